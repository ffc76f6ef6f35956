"""BGP Prefix-SID: ExaBGP's words, ours, and what is discarded."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import prefix_sid
from bgptwist.wire.errors import DISCARD, KEEP, Malformed, Misspelt
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.path import PathTable, header
from bgptwist.wire.registry import WORDS
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

KIND = prefix_sid.KIND


def octets(text: str, word: str = "bgp-prefix-sid") -> str:
    words = Words(lex(text))
    kind = WORDS[word]
    assert kind.read is not None and kind.code == 40
    found = kind.read(words).octets().hex()
    assert not words.more, words.peek()
    return found


def verdict(text: str) -> int:
    value = bytes.fromhex(text)
    table = PathTable(ReceiveContext({}, external=False, mandatory=False))
    return table.receive(header(KIND.flags, KIND.code, len(value)) + value).verdict


def service(structure: str, code: str = "05", lead: str = "00") -> str:
    body = lead + "20010db8000000000000000000000001" + "00" + "0013" + "00" + structure
    sub = f"01{len(body) // 2:04x}{body}"
    return f"{code}{len(sub) // 2 + 1:04x}00{sub}"


class WordsTests(SynchronousTestCase):
    def test_label_index(self) -> None:
        self.assertEqual(octets("[ 777 ]"), "01000700000000000309")
        self.assertEqual(octets("[777]"), octets("[ 0x309 ]"))

    def test_label_ranges_with_and_without_blanks_and_commas(self) -> None:
        expected = "0100070000000000012c03000e00000c35000010000f4240001388"
        for text in (
            "[ 300, [ ( 800000,4096 ), ( 1000000,5000 ) ] ]",
            "[ 300, [ ( 800000,4096 ) ( 1000000,5000 ) ] ]",
            "[300,[(800000,4096),(1000000,5000)]]",
            "( sr-label-index 300 sr-srgbs [ ( 800000 4096 ) ( 1000000 5000 ) ] )",
        ):
            self.assertEqual(octets(text), expected, text)

    def test_services(self) -> None:
        word = "bgp-prefix-sid-srv6"
        self.assertEqual(
            octets("( l3-service 2001:db8:f::1 0x13 [ 40,24,16,0,0,0 ] )", word),
            "0500220001001e0020010db8000f0000000000000000000100001300010006281810000000",
        )
        self.assertEqual(
            octets("(l3-service 2001:db8:f::1 19 [40 24 16 0 0 0])", word),
            octets("( l3-service 2001:db8:f::1 End.DT4 [ 40,24,16,0,0,0 ] )"),
        )
        self.assertEqual(octets("( l2-service 2001:: )", word)[-6:], "ffff00")
        self.assertEqual(octets("( l2-service 2001:: )", word)[:2], "06")
        self.assertEqual(octets("( l3-service 2001::1 0x15 [48,16,0,0,16,64] )", word)[-12:], "301000001040")

    def test_what_exabgp_lets_pass_is_refused(self) -> None:
        for text in (
            "[ ]",
            "[ 4294967296 ]",
            "[ -1 ]",
            "[(16000,800)]",
            "[ 30, 40 ]",
            "[ 30, [ ] ]",
            "[ 30, [ ( 16000 ) ] ]",
            "[ 30, [ ( 16777216,800 ) ] ]",
            "[ 30, [ ( 16000,800 ]",
            "[ 30",
            "30",
            "( )",
            "( sr-label-index )",
            "( other 1 )",
            "( l3-service 10.0.0.1 )",
            "( l3-service )",
            "( l3-service 2001:: 65536 )",
            "( l3-service 2001:: End.DT5 )",
            "( l3-service 2001:: 0x13 [ 40,24,16,0,0 ] )",
            "( l3-service 2001:: 0x13 [ 40,24,16,0,0,0,0 ] )",
            "( l3-service 2001:: 0x13 [ 40,24,16,0,0,256 ] )",
            "( l3-service 2001:: 0x13 [ 100,29,0,0,0,0 ] )",
            "( l3-service 2001:: 0x13 [ 40,24,16,0,20,120 ] )",
            "( l3-service 2001:: l3-service 2001:: )",
            "0x",
            "0x01",
        ):
            with self.assertRaises(Misspelt):
                octets(text)

    def test_the_second_word_is_for_services_only(self) -> None:
        for text in ("[ 30 ]", "( sr-label-index 30 )", "l3-service 2001::", "( )", ""):
            with self.assertRaises(Misspelt):
                octets(text, "bgp-prefix-sid-srv6")

    def test_errors_name_the_word(self) -> None:
        with self.assertRaises(Misspelt) as caught:
            octets("[ 30, [ ( 16000,x ) ] ]")
        self.assertIn("the size of a range", str(caught.exception))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 3, 4, 5, 6, 9]),
                st.one_of(st.binary(max_size=50), st.binary(min_size=7, max_size=7)),
            ),
            min_size=1,
            max_size=5,
        )
    )
    def test_nothing_is_lost(self, tlvs: list[tuple[int, bytes]]) -> None:
        value = b"".join([bytes((code,)) + len(body).to_bytes(2, "big") + body for code, body in tlvs])
        try:
            found = KIND.decode(value)
        except Malformed:
            return
        self.assertEqual(octets(found.words()), value.hex())
        assert KIND.restore is not None
        self.assertEqual(octets(KIND.restore(json.loads(found.json()))), value.hex())


class VerdictTests(SynchronousTestCase):
    def test_a_wrong_label_index_is_discarded(self) -> None:
        self.assertEqual(verdict("010006" + "00" * 6), DISCARD)
        self.assertEqual(verdict("010008" + "00" * 8), DISCARD)
        self.assertEqual(verdict("010007" + "00" * 7), KEEP)

    def test_wrong_ranges_are_discarded(self) -> None:
        for size, expected in ((2, DISCARD), (7, DISCARD), (8, KEEP), (13, DISCARD), (14, KEEP)):
            self.assertEqual(verdict(f"03{size:04x}" + "00" * size), expected, size)

    def test_tlvs_that_do_not_fit_are_discarded(self) -> None:
        for text in ("", "01", "010007", "02000100" + "02", "050000", "05000200" + "01", "0500040001" + "0001"):
            self.assertEqual(verdict(text), DISCARD, text)

    def test_services(self) -> None:
        self.assertEqual(verdict(service("")), KEEP)
        self.assertEqual(verdict(service("010006" + "28181000" + "0000")), KEEP)
        self.assertEqual(verdict(service("", "06")), KEEP)
        self.assertEqual(verdict(service("0100")), DISCARD)
        self.assertEqual(verdict(service("010005" + "2818100000")), DISCARD)
        self.assertEqual(verdict("05" + "0004" + "00" + "010000"), DISCARD)

    def test_transposition(self) -> None:
        for lengths, expected in (
            ("28181000" + "1040", KEEP),
            ("30100000" + "1040", KEEP),
            ("28181000" + "1070", KEEP),
            ("28181000" + "1071", DISCARD),
            ("28181000" + "00ff", KEEP),
            ("40200f11" + "0000", KEEP),
            ("40201011" + "0000", DISCARD),
        ):
            self.assertEqual(verdict(service("010006" + lengths)), expected, lengths)

    def test_what_is_unknown_is_kept(self) -> None:
        for text in ("020000", "040001ff", "ff0000", service("07000101"), "05000400" + "070000"):
            self.assertEqual(verdict(text), KEEP, text)
