"""AS_PATH."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import as_path
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import as_segment
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

asns = st.integers(1, 0xFFFFFFFF)
segments = st.lists(st.tuples(st.integers(1, 4), st.lists(asns, min_size=1, max_size=5)), max_size=4)


def path(text: str) -> bytes:
    return as_path.read(Words(lex(text))).octets()


def octets(found: list[tuple[int, list[int]]]) -> bytes:
    return b"".join([as_segment.segment(kind, numbers) for kind, numbers in found])


class SpellingTests(SynchronousTestCase):
    def test_a_lone_as_is_a_sequence_and_the_next_word_is_left(self) -> None:
        words = Words(lex("65001 next-hop 10.0.0.1"))
        self.assertEqual(as_path.read(words).octets().hex(), "02010000fde9")
        self.assertEqual(words.peek(), "next-hop")

    def test_commas_do_not_matter(self) -> None:
        self.assertEqual(path("[ 1, 2 ], ( 3,4 )"), path("[ 1 2 ] ( 3 4 )"))

    def test_a_comma_after_the_path_is_left(self) -> None:
        words = Words(lex("[ 1 ] , med 5"))
        as_path.read(words)
        self.assertEqual(words.peek(), ",")

    def test_dotted_numbers_are_read(self) -> None:
        self.assertEqual(path("[ 1.10 ]"), path("[ 65546 ]"))

    def test_long_paths_take_several_segments(self) -> None:
        found = path("[ " + "1 " * 300 + "]")
        self.assertEqual((found[1], found[2 + 255 * 4 + 1]), (255, 45))
        as_path.decode(found)

    def test_what_cannot_be_read_is_refused(self) -> None:
        for text in (
            "[ 1 ( 2 3 ) ]",
            "[ 1",
            "[ 1 )",
            "( 1 ]",
            "[ 4294967296 ]",
            "[ 0 ]",
            "[ -1 ]",
            "[ 1.70000 ]",
            "x",
            "",
        ):
            with self.assertRaises(Misspelt, msg=text):
                path(text)

    @settings(max_examples=50, deadline=None)
    @given(segments)
    def test_words_say_every_sound_path(self, found: list[tuple[int, list[int]]]) -> None:
        value = octets(found)
        self.assertEqual(path(as_path.decode(value).words()), value)


class SoundnessTests(SynchronousTestCase):
    def test_what_is_not_sound_is_malformed(self) -> None:
        for hexadecimal in (
            "09010000fde9",
            "00010000fde9",
            "02030000fde9",
            "0200",
            "02010000fde902",
            "020100000000",
            "02",
        ):
            with self.assertRaises(Malformed, msg=hexadecimal) as caught:
                as_path.decode(bytes.fromhex(hexadecimal))
            self.assertEqual((caught.exception.code, caught.exception.subcode), (3, 11))

    def test_four_zero_octets_across_numbers_are_not_as_0(self) -> None:
        as_path.decode(as_path.sequence(0x10000, 1))
        as_path.decode(as_path.sequence(0x01000000, 0x000000FF))


class WidthTests(SynchronousTestCase):
    def test_two_octet_paths_are_widened(self) -> None:
        self.assertEqual(
            as_segment.widen(bytes.fromhex("0202fde9fdf2010100ff")).hex(), "02020000fde90000fdf20101000000ff"
        )

    def test_what_is_not_sound_is_not_widened(self) -> None:
        for hexadecimal in ("0901fde9", "0200", "0202fde9", "0201fde902", "02"):
            self.assertRaises(Malformed, as_segment.widen, bytes.fromhex(hexadecimal))

    def test_what_does_not_fit_becomes_as_trans(self) -> None:
        self.assertEqual(as_segment.narrow(as_path.sequence(4200000001, 65010)).hex(), "02025ba0fdf2")

    def test_what_is_not_sound_is_not_narrowed(self) -> None:
        self.assertRaises(Malformed, as_segment.narrow, b"\2\2\0")

    def test_fits_tells_whether_two_octets_are_enough(self) -> None:
        self.assertTrue(as_path.fits(b""))
        self.assertTrue(as_path.fits(as_path.sequence(65535, 1)))
        self.assertFalse(as_path.fits(as_path.sequence(1, 65536)))
        self.assertFalse(as_path.fits(as_path.sequence(1) + as_segment.segment(1, [0x01000000])))

    @settings(max_examples=50, deadline=None)
    @given(segments)
    def test_a_path_that_fits_survives_both_ways(self, found: list[tuple[int, list[int]]]) -> None:
        value = octets(found)
        again = as_segment.widen(as_segment.narrow(value))
        self.assertEqual(again == value, as_path.fits(value) or not value)

    @settings(max_examples=50, deadline=None)
    @given(st.binary(max_size=40))
    def test_random_octets_are_widened_or_malformed(self, value: bytes) -> None:
        try:
            as_path.decode(as_segment.widen(value))
        except Malformed:
            pass


class ViewTests(SynchronousTestCase):
    def test_sets_are_seen(self) -> None:
        self.assertFalse(as_path.has_set(path("[ 1 ] confed-sequence [ 2 ]")))
        self.assertTrue(as_path.has_set(path("[ 1 ] ( 2 )")))
        self.assertTrue(as_path.has_set(path("confed-set ( 1 ) [ 2 ]")))

    def test_confederations_are_seen(self) -> None:
        self.assertFalse(as_path.has_confed(path("[ 1 ] ( 2 )")))
        self.assertTrue(as_path.has_confed(path("confed-sequence [ 1 ]")))
        self.assertEqual(as_path.without_confed(path("confed-sequence [ 1 ] [ 2 ] confed-set ( 3 )")), path("[ 2 ]"))

    def test_a_set_counts_once_and_confederations_do_not(self) -> None:
        self.assertEqual(as_path.length(path("confed-sequence [ 9 9 ] [ 1 2 ] ( 3 4 5 )")), 3)

    def test_first_and_origin_are_those_of_sequences(self) -> None:
        self.assertEqual((as_path.first(path("[ 1 2 ]")), as_path.origin(path("[ 1 2 ]"))), (1, 2))
        self.assertEqual((as_path.first(path("( 1 )")), as_path.origin(path("[ 2 ] ( 1 )"))), (0, 0))
        self.assertEqual((as_path.first(b""), as_path.origin(b"")), (0, 0))


class MergeTests(SynchronousTestCase):
    """RFC 6793, 4.2.3."""

    def merged(self, short: str, long: str, expected: str) -> None:
        self.assertEqual(as_segment.words(as_path.merge(path(short), path(long))), expected)

    def test_the_tail_comes_from_as4_path(self) -> None:
        self.merged("[ 65001 23456 23456 ]", "[ 4200000001 4200000002 ]", "[ 65001 4200000001 4200000002 ]")

    def test_a_longer_as4_path_is_ignored(self) -> None:
        self.merged("[ 23456 ]", "[ 4200000001 4200000002 ]", "[ 23456 ]")

    def test_equal_lengths_take_all_of_as4_path(self) -> None:
        self.merged("[ 23456 1 ]", "[ 4200000001 1 ]", "[ 4200000001 1 ]")

    def test_a_set_counts_once(self) -> None:
        self.merged("[ 1 2 ] ( 3 23456 )", "( 3 4200000001 )", "[ 1 2 ] ( 3 4200000001 )")
        self.merged("( 1 2 ) [ 3 23456 ]", "[ 4200000001 ]", "( 1 2 ) [ 3 4200000001 ]")

    def test_leading_confederation_segments_remain(self) -> None:
        self.merged("confed-sequence [ 7 ] [ 23456 ]", "[ 4200000001 ]", "confed-sequence [ 7 ] [ 4200000001 ]")

    def test_confederation_segments_of_as4_path_are_dropped(self) -> None:
        self.merged("[ 1 23456 ]", "confed-sequence [ 7 ] [ 4200000001 ]", "[ 1 4200000001 ]")
        self.merged("[ 1 ]", "confed-sequence [ 7 ]", "[ 1 ]")

    def test_segments_that_would_be_too_long_stay_apart(self) -> None:
        long = as_path.sequence(*[4200000000] * 200)
        found = as_path.merge(as_path.sequence(*[23456] * 255) + as_path.sequence(*[23456] * 100), long)
        self.assertEqual([found[at + 1] for at in as_segment.starts(found)], [155, 200])

    def test_what_is_not_sound_is_malformed(self) -> None:
        self.assertRaises(Malformed, as_path.merge, b"\2\1", as_path.sequence(1))
        self.assertRaises(Malformed, as_path.merge, as_path.sequence(1), b"\2\1")

    @settings(max_examples=50, deadline=None)
    @given(segments, segments)
    def test_the_length_is_that_of_as_path(
        self, short: list[tuple[int, list[int]]], long: list[tuple[int, list[int]]]
    ) -> None:
        value = octets(short)
        found = as_path.merge(value, octets(long))
        as_path.decode(found)
        self.assertEqual(as_path.length(found), as_path.length(value))
