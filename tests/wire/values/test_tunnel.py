"""Tunnels: every row is exercised; words and trees that are wrong."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.registry import KINDS
from bgptwist.wire.values.tunnel import COMMON_ROWS, LAYOUT, POLICY_ROWS, TUNNELS
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex


def octets(words: str) -> str:
    read = Words(lex(words))
    found = LAYOUT.encode(LAYOUT.read(read))
    assert not read.more, read.peek()
    return found.hex()


class TunnelTests(SynchronousTestCase):
    def test_every_tunnel_and_sub_tlv_stands_in_the_corpus(self) -> None:
        trees = [json.loads(text) for _, _, text in examples(KINDS[23])]
        self.assertEqual({row.key for row in TUNNELS} - {key for tree in trees for key in tree}, set())
        found = [value if isinstance(value, list) else [value] for tree in trees for value in tree.values()]
        keys = {key for tunnels in found for tunnel in tunnels if isinstance(tunnel, dict) for key in tunnel}
        wanted = {row.key for row in (*COMMON_ROWS, *POLICY_ROWS)} | {"encapsulation"}
        self.assertEqual(wanted - keys, set())

    def test_words_of_a_tunnel(self) -> None:
        self.assertEqual(
            octets("vxlan ( egress 10.0.0.1 color 100 udp-port 4789 )"),
            "0008001a" + "060a0000000000010a000001" + "0408030b000000000064" + "080212b5",
        )
        self.assertEqual(
            octets("gre ( egress next-hop encapsulation ( key 7 ) )"), "0002000e" + "0606000000000000" + "010400000007"
        )
        self.assertEqual(octets("mpls ( label-stack [ 100 ( 200 s 1 tc 7 ttl 64 ) ] )"), "000a000a0a0800064000000c8f40")
        self.assertEqual(octets("mpls ( label-stack 100 )"), "000a00060a0400064000")

    def test_an_rfc_9830_label_can_be_sent(self) -> None:
        self.assertEqual(
            octets("sr-policy ( binding-sid mpls 24000 flags 0 s 0 )"), "000f0008" + "0d06" + "0000" + "05dc0000"
        )

    def test_wrong_words(self) -> None:
        for words, reason in (
            ("vxlan", "too early"),
            ("vxlan ( egress 10.0.0 )", "10.0.0"),
            ("vxlan ( color 4294967296 )", "4294967296"),
            ("vxlan ( color 1/65536 )", "1/65536"),
            ("vxlan ( udp-port 65536 )", "65536"),
            ("vxlan ( udp-port 1 udp-port 2 )", "twice"),
            ("vxlan ( ttl 1 )", "'ttl'"),
            ("sr-policy ( ) sr-policy ( )", "twice"),
            ("sr-policy ( binding-sid ipv4 10.0.0.1 )", "'ipv4'"),
            ("sr-policy ( binding-sid mpls 1048576 )", "1048576"),
            ("sr-policy ( binding-sid null tc 1 )", "labels"),
            ("sr-policy ( binding-sid srv6 10.0.0.1 )", "10.0.0.1"),
            ("sr-policy ( priority 256 )", "256"),
            ("sr-policy ( preference 4294967296 )", "4294967296"),
            ("sr-policy ( policy-name [ )", "'['"),
            ("sr-policy ( srv6-binding-sid fc00::1 flags X )", "'X'"),
            ("tunnel-type-x 0x00", "tunnel-type-x"),
        ):
            with self.assertRaises(Misspelt) as caught:
                octets(words)
            self.assertIn(reason, str(caught.exception), words)

    def test_wrong_trees(self) -> None:
        for tree in (
            {"vxlan": {}},
            {"sr-policy": []},
            {"sr-policy": {"binding-sid": 1}},
            {"sr-policy": {"binding-sid": {"type": "other"}}},
            {"sr-policy": {"binding-sid": {"type": "mpls"}}},
            {"sr-policy": {"srv6-binding-sid": {"behavior": 1}}},
            {"sr-policy": {"srv6-binding-sid": {"sid": "::1", "behavior": 1}}},
            {"sr-policy": {"preference": {"flags": 1}}},
            {"vxlan": [{"color": "red"}]},
            {"vxlan": [{"egress-endpoint": "here"}]},
            {"vxlan": [{"egress-endpoint": 1}]},
            {"vxlan": [{"label-stack": [{"label": 1, "s": "x"}]}]},
        ):
            with self.assertRaises(Misspelt):
                LAYOUT.encode(tree)
