"""SIDs of BGP-LS: labels, indexes, ranges, SRv6."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_sid import ENDPOINT_BEHAVIOR, STRUCTURE, BindingSid, LabelEntry, LabelRange
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class SidTests(SynchronousTestCase):
    def test_a_range_holds_a_label_or_an_index(self) -> None:
        field = LabelRange()
        for octets, tree, words in (
            ("001f4004890003003e80", {"size": 8000, "sid": 16000}, "size 8000 sid 16000"),
            ("001f400489000400003e80", {"size": 8000, "index": 16000}, "size 8000 index 16000"),
        ):
            self.assertEqual(field.decode(Octets(bytes.fromhex(octets))), tree)
            self.assertEqual(field.encode(tree).hex(), octets)
            self.assertEqual(field.words(tree), words)
            self.assertEqual(field.read(Words(lex(words))), tree)

    def test_a_range_of_something_else_is_malformed(self) -> None:
        for octets in ("001f40048900023e80", "001f4004880003003e80", "001f4004890003003e", "001f40", ""):
            self.assertRaises(Malformed, LabelRange().decode, Octets(bytes.fromhex(octets)))

    def test_a_label_stack_entry_is_a_label_unless_other_bits_are_set(self) -> None:
        field = LabelEntry()
        for octets, tree in (("03e81000", 16001), ("03e81100", "0x03E81100"), ("fffff000", 0xFFFFF)):
            self.assertEqual(field.decode(Octets(bytes.fromhex(octets))), tree)
            self.assertEqual(field.encode(tree).hex(), octets)
            self.assertEqual(field.read(Words([field.words(tree)])), tree)
        self.assertEqual(field.read(Words(["0x03E81000"])), 16001)
        for bad in ("1048576", "0x3E81", "x"):
            self.assertRaises(Misspelt, field.read, Words([bad]))
        for tree in (-1, 1 << 20, "0x00", None, True):
            self.assertRaises(Misspelt, field.encode, tree)

    def test_binding_sids_are_told_apart_by_what_is_left(self) -> None:
        self.assertEqual(BindingSid().decode(Octets(bytes.fromhex("03e81000" + "00000000"))), 16001)
        self.assertEqual(BindingSid().decode(Octets(bytes(32))), "::")
        self.assertRaises(Malformed, BindingSid().decode, Octets(bytes(20)))

    def test_behaviors_have_names_in_words(self) -> None:
        tree = ENDPOINT_BEHAVIOR.read(Words(lex("behavior End.DT46")))
        self.assertEqual(tree, {"behavior": 20, "flags": 0, "algorithm": 0})

    def test_the_keys_of_a_structure_are_those_of_exabgp(self) -> None:
        tree = STRUCTURE.decode(Octets(bytes((40, 24, 16, 255))))
        self.assertEqual(tree, {"loc_block_len": 40, "loc_node_len": 24, "func_len": 16, "arg_len": 255})
        self.assertEqual(STRUCTURE.words(tree), "block 40 node 24 function 16 argument 255")
