"""What BGP-LS tells about nodes."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_node import FLEX_ALGO, NODE_ROWS, Area
from bgptwist.wire.values.link_state_tlv import LinkStateTlvs
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

NODE = LinkStateTlvs(NODE_ROWS)


class NodeTests(SynchronousTestCase):
    def test_areas_keep_all_their_octets(self) -> None:
        for octets, tree, words in (
            ("490090", "0x490090", "49.0090"),
            ("49", "0x49", "49"),
            ("00", "0x00", "00"),
            ("000001", "0x000001", "00.0001"),
            ("4900", "0x4900", "49.00"),
            ("39840f80000000000000000001", "0x39840F80000000000000000001", "39.840F.8000.0000.0000.0000.0001"),
        ):
            self.assertEqual(Area().decode(Octets(bytes.fromhex(octets))), tree)
            self.assertEqual(Area().encode(tree).hex(), octets)
            self.assertEqual(Area().words(tree), words)
            self.assertEqual(Area().read(Words([words])), tree)
            self.assertEqual(Area().read(Words([tree])), tree)

    def test_an_area_has_octets(self) -> None:
        self.assertRaises(Malformed, Area().decode, Octets(b""))
        for bad in ("", "x", "4", "49.009", "0x", ".."):
            self.assertRaises(Misspelt, Area().read, Words([bad]))
        self.assertRaises(Misspelt, Area().encode, "49.0090")

    def test_a_flexible_algorithm_has_the_defaults_of_its_rfc(self) -> None:
        octets = FLEX_ALGO.encode(FLEX_ALGO.read(Words(lex("algorithm 128"))))
        self.assertEqual(octets.hex(), "80000080")

    def test_exclude_any_needs_a_group(self) -> None:
        self.assertRaises(Misspelt, FLEX_ALGO.read, Words(lex("algorithm 128 exclude-any [ ]")))
        tree = FLEX_ALGO.decode(Octets(bytes.fromhex("80000080" + "04100000")))
        self.assertEqual(FLEX_ALGO.words(tree), "algorithm 128 generic-lsid-1040 0x")

    def test_depths_of_stacks_by_number_or_name(self) -> None:
        words = ("[ ( 1 10 ) ( entropy-label 3 ) ]", "[ ( base-mpls-imposition 10 ) ( 2 3 ) ]")
        for text in words:
            octets = NODE.encode(NODE.read(Words(lex(f"node-msd {text}"))))
            self.assertEqual(octets.hex(), "010a0004010a0203")
