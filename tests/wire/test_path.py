"""Paths: how sections become canonical, and how they are packed for a session."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes.aggregator import read as read_aggregator
from bgptwist.wire.attributes.as_path import read as read_as_path
from bgptwist.wire.attributes.local_pref import read as read_local_pref
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.errors import Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.path import Generations, Path, PathTable, path_of
from bgptwist.wire.words import Words

FAMILIES = {IPV4_UNICAST.index: IPV4_UNICAST}
NEW = ReceiveContext(FAMILIES)
OLD = ReceiveContext(FAMILIES, asn4=False)


def words(text: str) -> Words:
    return Words(text.split())


def packed(path: Path, **agreed: bool) -> str:
    head, tail = path.pack(SendContext(FAMILIES, 65001, **agreed))
    return f"{head.hex()} {tail.hex()}"


class PackTests(SynchronousTestCase):
    def test_defaults_are_added_for_an_internal_peer(self) -> None:
        self.assertEqual(packed(Path(b""), external=False), "40010100400200 40050400000064")

    def test_defaults_are_added_for_an_external_peer(self) -> None:
        self.assertEqual(packed(Path(b"")), "4001010040020602010000fde9 ")

    def test_local_preference_is_not_for_external_peers(self) -> None:
        path = path_of([read_local_pref(words("200"))])
        self.assertEqual(packed(path), "4001010040020602010000fde9 ")
        self.assertEqual(packed(path, external=False), "40010100400200 400504000000c8")

    def test_old_peers_get_short_and_long_as_numbers(self) -> None:
        path = path_of([read_as_path(words("[ 4200000001 65010 ]")), read_aggregator(words("4200000001:10.0.0.7"))])
        self.assertEqual(
            packed(path, asn4=False),
            "40010100" + "400206" + "02025ba0fdf2" + "c0110a0202fa56ea010000fdf2" + " "
            + "c007065ba00a000007" + "c01208fa56ea010a000007",
        )  # fmt: skip

    def test_a_packing_is_remembered_per_context(self) -> None:
        one, two = SendContext(FAMILIES, 1), SendContext(FAMILIES, 2)
        path = path_of([Med(5)])
        self.assertEqual(path.pack(one), path.pack(one))
        self.assertNotEqual(path.pack(two), path.pack(one))
        self.assertEqual(path.pack(two), path.pack(two))

    def test_an_attribute_by_hand_keeps_its_flags_and_wins(self) -> None:
        path = path_of([Med(5), Unknown(0x80, 4, b"\0\0\0\x64"), Unknown(0x70, 0x99, b"\1")])
        self.assertEqual(path.octets.hex(), "80040400000064" + "7099000101")

    def test_values_are_ordered_by_code(self) -> None:
        path = path_of([Med(1), read_as_path(words("[ 1 ]"))])
        self.assertEqual([value.code for value in path.attributes()], [2, 4])


class ReceiveTests(SynchronousTestCase):
    def test_a_section_is_learnt_once(self) -> None:
        table = PathTable(NEW)
        section = bytes.fromhex("4001010040020602010000fde9400304c0000201")
        self.assertIs(table.receive(section), table.receive(section))

    def test_the_same_octets_mean_different_paths_to_different_peers(self) -> None:
        section = bytes.fromhex("40010100" + "40020a" + "0202" + "00010002" + "00030004" + "400304c0000201")
        old = bytes.fromhex("40010100" + "400206" + "0202" + "0001" + "0002" + "400304c0000201")
        new = PathTable(NEW).receive(section).path.attributes()[1]
        self.assertEqual(new.words(), "[ 65538 196612 ]")
        self.assertEqual(PathTable(OLD).receive(old).path.attributes()[1].words(), "[ 1 2 ]")

    def test_as4_path_of_an_old_peer_is_merged(self) -> None:
        section = bytes.fromhex("40010100" + "400208" + "0203" + "fde95ba05ba0" + "400304c0000201")
        section += bytes.fromhex("c0110a" + "0202" + "fa56ea00" + "fa56ea01")
        path = PathTable(OLD).receive(section).path
        self.assertEqual(path.attributes()[1].words(), "[ 65001 4200000000 4200000001 ]")
        self.assertEqual([value.code for value in path.attributes()], [1, 2])

    def test_aggregator_of_an_old_peer_that_is_not_as_trans_stops_the_merge(self) -> None:
        section = bytes.fromhex("40010100" + "400204" + "0201" + "5ba0" + "400304c0000201" + "c00706" + "fde90a000007")
        section += bytes.fromhex("c01106" + "0201" + "fa56ea00" + "c01208" + "fa56ea000a000008")
        path = PathTable(OLD).receive(section).path
        self.assertEqual([value.words() for value in path.attributes()], ["igp", "[ 23456 ]", "65001:10.0.0.7"])

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=80))
    def test_random_sections_raise_nothing_but_malformed(self, section: bytes) -> None:
        for context in (NEW, OLD):
            try:
                path = PathTable(context).receive(section).path
            except Malformed:
                continue
            for value in path.attributes():
                value.words()
                value.json()
            for asn4 in (True, False):
                path.pack(SendContext(FAMILIES, 1, asn4=asn4))


class GenerationTests(SynchronousTestCase):
    def test_a_table_never_holds_more_than_two_generations(self) -> None:
        table: Generations[int, int] = Generations(10)
        for number in range(1000):
            table.put(number, number)
            self.assertLessEqual(len(table.young) + len(table.old), 20)
        self.assertEqual(table.get(999), 999)
        self.assertEqual(table.get(0), None)


class MemoryTests(SynchronousTestCase):
    def test_the_text_of_each_renderer_is_kept_apart(self) -> None:
        path = path_of([Med(5)])
        self.assertEqual(path.recall("5"), None)
        for key in ("5", "text", "statement", "text"):
            path.remember(key, f"as {key}")
        self.assertEqual(
            [path.recall(key) for key in ("5", "text", "statement", "6")], ["as 5", "as text", "as statement", None]
        )

    def test_only_the_newest_path_of_a_table_holds_its_values(self) -> None:
        table = PathTable(NEW)
        first = table.receive(bytes.fromhex("4001010040020602010000fde9400304c0000201")).path
        self.assertEqual([value.words() for value in first.values or []], ["igp", "[ 65001 ]"])
        table.receive(bytes.fromhex("4001010140020602010000fde9400304c0000201"))
        self.assertEqual(first.values, None)
        self.assertEqual([value.words() for value in first.attributes()], ["igp", "[ 65001 ]"])

    def test_a_glance_and_a_closer_look_agree(self) -> None:
        section = bytes.fromhex("4001010040020602010000fde9400304c000020180040400000001c00804fde90001")
        glanced, learnt = PathTable(NEW).glance(section), PathTable(NEW).learn(section)
        assert glanced is not None
        self.assertEqual((glanced.path, glanced.next_hop), (learnt.path, learnt.next_hop))
        self.assertEqual((glanced.verdict, glanced.missing), (learnt.verdict, learnt.missing))

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=60))
    def test_whatever_a_glance_reads_a_closer_look_reads_the_same(self, tail: bytes) -> None:
        section = bytes.fromhex("4001010040020602010000fde9") + tail
        glanced = PathTable(NEW).glance(section)
        if glanced is not None:
            learnt = PathTable(NEW).learn(section)
            self.assertEqual((glanced.path, glanced.next_hop), (learnt.path, learnt.next_hop))
            self.assertEqual((glanced.verdict, glanced.missing), (learnt.verdict, learnt.missing))
