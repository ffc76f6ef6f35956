"""What BGP-LS tells about SR policies."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_policy import (
    DESCRIPTORS,
    POLICY_ROWS,
    SEGMENT_TYPES,
    Affinity,
    GroupIdentifier,
    Segment,
)
from bgptwist.wire.values.link_state_tlv import LinkStateTlvs
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

POLICY = LinkStateTlvs(POLICY_ROWS)


def segment(words: str) -> str:
    return Segment().encode(Segment().read(Words(lex(words)))).hex()


class SegmentTests(SynchronousTestCase):
    def test_every_type_has_a_letter_and_a_descriptor(self) -> None:
        self.assertEqual(list(SEGMENT_TYPES.values()), list(DESCRIPTORS))
        self.assertEqual(SEGMENT_TYPES[11], "K")

    def test_a_sid_sets_its_flag(self) -> None:
        self.assertEqual(segment("type A sid 16001"), "01008000" + "03e81000" + "00")
        self.assertEqual(segment("type A flags E sid 16001"), "0100c000" + "03e81000" + "00")
        self.assertEqual(segment("type 1 algorithm 5"), "01000000" + "05")
        self.assertRaises(Misspelt, segment, "type A flags S")

    def test_an_srv6_segment_has_an_srv6_sid(self) -> None:
        self.assertEqual(segment("type B sid ::1"), "02008000" + "00" * 15 + "01" + "00")
        self.assertRaises(Misspelt, segment, "type B sid 16001")
        self.assertRaises(Misspelt, segment, "type A sid ::1")

    def test_a_descriptor_has_all_its_parts(self) -> None:
        for words in (
            "type C",
            "type E node 10.0.0.1",
            "type F local 10.0.0.1",
            "type G local ::1 remote ::2",
            "sid 5",
        ):
            self.assertRaises(Misspelt, segment, words)

    def test_a_type_without_a_letter_is_kept(self) -> None:
        tree = Segment().decode(Octets(bytes.fromhex("0c078000ff")))
        self.assertEqual(Segment().words(tree), "type 12 reserved 7 flags S value 0xFF")
        self.assertEqual(Segment().encode(tree).hex(), "0c078000ff")

    def test_a_segment_that_is_cut_is_malformed(self) -> None:
        whole = bytes.fromhex("0300800003e81000800a000001")
        Segment().decode(Octets(whole))
        for size in range(len(whole)):
            self.assertRaises(Malformed, Segment().decode, Octets(whole[:size]))


class ConstraintTests(SynchronousTestCase):
    def test_affinities_count_groups(self) -> None:
        field = Affinity()
        for octets, words in (
            ("00000000", ""),
            ("0100000000000005", "exclude-any [ 5 ]"),
            ("0002010000000001" + "0000000200000003", "include-any [ 1 2 ] include-all [ 3 ]"),
        ):
            tree = field.decode(Octets(bytes.fromhex(octets)))
            self.assertEqual(field.words(tree), words)
            self.assertEqual(field.encode(field.read(Words(lex(words)))).hex(), octets)
        for octets in ("000000", "01000000", "0100000000"):
            self.assertRaises(Malformed, field.decode, Octets(bytes.fromhex(octets)))

    def test_groups_have_numbers_or_longer_names(self) -> None:
        field = GroupIdentifier()
        for octets, tree in (("00000007", 7), ("0000000007", "0x0000000007"), ("ffffffff", 0xFFFFFFFF)):
            self.assertEqual(field.decode(Octets(bytes.fromhex(octets))), tree)
            self.assertEqual(field.encode(tree).hex(), octets)
            self.assertEqual(field.read(Words([field.words(tree)])), tree)
        self.assertEqual(field.read(Words(["0x7"])), 7)
        self.assertRaises(Malformed, field.decode, Octets(bytes(3)))
        for bad in ("x", "4294967296", "0x00000000f", "-1"):
            self.assertRaises(Misspelt, field.read, Words([bad]))

    def test_a_candidate_path_that_people_write(self) -> None:
        words = (
            "sr-candidate-path-state ( flags A+V preference 200 ) sr-policy-name blue "
            "sr-binding-sid ( flags B binding-sid 24000 provisioned 0 ) "
            "sr-segment-list ( segment ( type A sid 16001 ) segment ( type A sid 16002 ) metric ( type te value 30 ) )"
        )
        octets = POLICY.encode(POLICY.read(Words(lex(words))))
        tree = POLICY.decode(Octets(octets))
        self.assertEqual(POLICY.encode(tree), octets)
        assert isinstance(tree, dict)
        self.assertEqual([each["sid"] for each in tree["sr-segment-lists"][0]["segments"]], [16001, 16002])
        self.assertEqual(tree["sr-segment-lists"][0]["metrics"][0]["type"], "te")
