"""PMSI_TUNNEL: identifiers by type, and what is malformed."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import pmsi
from bgptwist.wire.errors import KEEP, WITHDRAW, Malformed, Misspelt
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.path import PathTable, header
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

KIND = pmsi.KIND


def octets(text: str) -> str:
    words = Words(lex(text))
    assert KIND.read is not None
    found = KIND.read(words).octets().hex()
    assert not words.more, words.peek()
    return found


def verdict(text: str) -> int:
    value = bytes.fromhex(text)
    table = PathTable(ReceiveContext({}, external=False, mandatory=False))
    return table.receive(header(KIND.flags, KIND.code, len(value)) + value).verdict


class PmsiTests(SynchronousTestCase):
    def test_every_type_stands_in_the_corpus(self) -> None:
        seen = {json.loads(text)["type"] for _, _, text in examples(KIND)}
        self.assertEqual({row.name for row in pmsi.TUNNELS} - seen, set())

    def test_words_in_any_order(self) -> None:
        self.assertEqual(octets("( type ingress-replication label 100 tunnel 10.0.0.1 )"), "00060006410a000001")
        self.assertEqual(octets("( flags L label vni:100 type 6 tunnel 10.0.0.1 )"), "01060000640a000001")
        self.assertEqual(octets("( type none )"), "0000000000")

    def test_wrong_words(self) -> None:
        for text, reason in (
            ("( )", "'type'"),
            ("( label 5 )", "'type'"),
            ("( tunnel 10.0.0.1 type 6 )", "'type'"),
            ("( type gre )", "'gre'"),
            ("( type 256 )", "256"),
            ("( type 6 type 6 )", "twice"),
            ("( type 6 other 1 )", "other"),
            ("( type ingress-replication )", "identifier of 0 octets"),
            ("( type none tunnel 0x00 )", "identifier of 1 octets"),
            ("( type ingress-replication tunnel 10.0.0 )", "10.0.0"),
            ("( type 6 tunnel 10.0.0.1 label 1048576 )", "1048576"),
            ("( type pim-ssm tunnel ( sender 10.0.0.1 group ff02::1 ) )", "an IPv6 address"),
            ("( type bier tunnel ( sub-domain 256 bfr-id 1 bfr-prefix 10.0.0.1 ) )", "256"),
            ("ingress-replication", "'('"),
        ):
            with self.assertRaises(Misspelt) as caught:
                octets(text)
            self.assertIn(reason, str(caught.exception), text)

    def test_too_short_or_an_identifier_of_another_type(self) -> None:
        for text in (
            "000000",
            "00060000",
            "0000000000" + "00",
            "0006000000",
            "0006000000" + "0a0000",
            "0001000000" + "00" * 11,
            "0003000000" + "00" * 7,
            "000a000000" + "00" * 5,
            "000b000000" + "00" * 6,
            "0002000000",
            "0002000000" + "060001040a000001",
            "0002000000" + "060002040a0000010000",
            "0002000000" + "060001040a0000010001",
            "0002000000" + "060001040a000001000000",
        ):
            self.assertEqual(verdict(text), WITHDRAW, text)

    def test_unknown_types_are_kept(self) -> None:
        for text in ("0009000000", "00ff000000aabb", "0008000000", "000c00000000", "000d000000ff"):
            self.assertEqual(verdict(text), KEEP, text)

    def test_what_exabgp_shows_is_read(self) -> None:
        assert KIND.restore is not None
        for text, expected in (
            ("pmsi:ingressreplication:0:100(1601):10.0.0.1", "00060006410a000001"),
            ("pmsi:ingressreplication:1:100:10.0.0.1", "01060006400a000001"),
            ("pmsi:notunnel:0:0:", "0000000000"),
            ("pmsi:pim-ssmtree:0:0:0x0A000001E8010101", "00030000000a000001e8010101"),
        ):
            self.assertEqual(octets(KIND.restore(text)), expected)
        for text in (
            "pmsi",
            "pmsi:unknown:0:0:0x",
            "pmsi:other:0:0:",
            "pmsi:notunnel:256:0:",
            "pmsi:notunnel:0:1048576:",
        ):
            with self.assertRaises(Misspelt):
                KIND.restore(text)

    def test_other_trees_are_refused(self) -> None:
        assert KIND.restore is not None
        for tree in ({}, [], {"type": "none", "other": 1}, {"type": 6, "tunnel": "x"}, {"type": None}, 1):
            with self.assertRaises(Misspelt):
                KIND.restore(tree)

    @given(st.integers(0, 255), st.integers(0, 16), st.binary(min_size=3, max_size=3), st.binary(max_size=40))
    def test_nothing_is_lost(self, flags: int, code: int, label: bytes, identifier: bytes) -> None:
        value = bytes((flags, code)) + label + identifier
        try:
            found = KIND.decode(value)
        except Malformed:
            return
        self.assertEqual(octets(found.words()), value.hex())
        assert KIND.restore is not None
        self.assertEqual(octets(KIND.restore(json.loads(found.json()))), value.hex())
