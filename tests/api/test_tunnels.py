"""PMSI_TUNNEL, TUNNEL_ENCAP and BGP Prefix-SID as ExaBGP shows them."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders import prefix_sid, tunnels
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.registry import KINDS
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex


def value(code: int, octets: str) -> Attribute:
    return KINDS[code].decode(bytes.fromhex(octets))


def policy(words: str) -> object:
    read = KINDS[23].read
    assert read is not None
    return json.loads(tunnels.tunnel_encap(read(Words(lex(f"( sr-policy ( {words} ) )")))))["sr-policy"]


class PmsiTests(SynchronousTestCase):
    def test_the_string_of_exabgp(self) -> None:
        for octets, text in (
            ("00060006410a000001", "pmsi:ingressreplication:0:100(1601):10.0.0.1"),
            ("01060006400a000001", "pmsi:ingressreplication:1:100:10.0.0.1"),
            ("0000000000", "pmsi:notunnel:0:0:"),
            ("00030000000a000001e8010101", "pmsi:pim-ssmtree:0:0:0x0A000001E8010101"),
            ("000a0003e80a000001", "pmsi:unknown:0:62(1000):0x0A000001"),
        ):
            self.assertEqual(json.loads(tunnels.pmsi(value(22, octets))), text)

    def test_what_is_shown_is_read_again(self) -> None:
        kind = KINDS[22]
        assert kind.restore is not None and kind.read is not None
        for octets, _, _ in examples(kind):
            text = json.loads(tunnels.pmsi(kind.decode(octets)))
            if not text.startswith("pmsi:unknown"):
                self.assertEqual(kind.read(Words(lex(kind.restore(text)))).octets(), octets, text)


class TunnelTests(SynchronousTestCase):
    def test_ordinary_policies_are_the_same(self) -> None:
        for octets, _, text in examples(KINDS[23])[:4]:
            self.assertEqual(json.loads(tunnels.tunnel_encap(KINDS[23].decode(octets))), json.loads(text))

    def test_what_exabgp_does_not_show_is_left_out(self) -> None:
        for words, expected in (
            ("preference ( 5 flags 1 )", {"preference": 5}),
            ("binding-sid mpls 5 s 0 flags 0", {"binding-sid": {"type": "mpls", "label": 5}}),
            ("binding-sid null flags S", {"binding-sid": None}),
            ("binding-sid srv6 ::1 flags S", {"binding-sid": {"type": "srv6", "sid": "::1"}}),
            ("srv6-binding-sid ::1 flags S", {"srv6-binding-sid": "::1"}),
            ("unknown-subtlv-77 0x00", {"unknown-subtlv-77": "0x00"}),
            ("unknown-subtlv-77 0x00 unknown-subtlv-77 0x01", {"unknown-subtlv-77": ["0x00", "0x01"]}),
            ("segment-list segment raw 99 0x00", {"segment-lists": [{"weight": 1, "segments": []}]}),
            ("segment-list weight ( 5 flags 1 )", {"segment-lists": [{"weight": 5, "segments": []}]}),
            (
                "segment-list segment type-f local 10.0.0.1 remote 10.0.0.2 sid 5 s 1 flags V",
                {
                    "segment-lists": [
                        {
                            "weight": 1,
                            "segments": [{"type": "F", "local_ipv4": "10.0.0.1", "remote_ipv4": "10.0.0.2", "sid": 5}],
                        }
                    ]
                },
            ),
        ):
            self.assertEqual(policy(words), expected, words)
        mixed = policy("segment-list policy-name x segment-list")
        self.assertEqual(
            mixed, {"segment-lists": [{"weight": 1, "segments": []}, {"weight": 1, "segments": []}], "policy-name": "x"}
        )

    def test_structures_are_shown_whole(self) -> None:
        found = policy("srv6-binding-sid ::1 endpoint-behavior 65 32 0 16 0 structure-reserved 1")
        lengths = {"behavior": 65, "lb-length": 32, "ln-length": 0, "fun-length": 16, "arg-length": 0}
        self.assertEqual(found, {"srv6-binding-sid": {"sid": "::1", **lengths}})

    def test_all_examples_can_be_shown(self) -> None:
        for octets, _, _ in examples(KINDS[23]):
            json.loads(tunnels.tunnel_encap(KINDS[23].decode(octets)))


class PrefixSidTests(SynchronousTestCase):
    def shown(self, octets: str) -> object:
        return json.loads(prefix_sid.prefix_sid(value(40, octets)))

    def test_ordinary_values_are_the_same(self) -> None:
        for octets, _, text in examples(KINDS[40])[:8]:
            self.assertEqual(self.shown(octets.hex()), json.loads(text))

    def test_flags_and_reserved_octets_are_left_out(self) -> None:
        self.assertEqual(self.shown("0100070180000000012c"), {"sr-label-index": 300})
        self.assertEqual(self.shown("0300080001003e80000320"), {"sr-srgbs": [[16000, 800]]})
        self.assertEqual(
            self.shown("0500190701001501" + "00" * 15 + "01" + "80" + "0013" + "02"),
            {"l3-service": [{"sid": "::1", "flags": 0, "endpoint_behavior": 19}]},
        )

    def test_what_is_unknown(self) -> None:
        self.assertEqual(self.shown("0200020102"), {"attribute-not-implemented-2": "0x0102"})
        self.assertEqual(self.shown("050006000700" + "02ABCD"), {"l3-service": [{"type": 7, "raw": "abcd"}]})

    def test_all_examples_can_be_shown(self) -> None:
        for octets, _, _ in examples(KINDS[40]):
            self.shown(octets.hex())
