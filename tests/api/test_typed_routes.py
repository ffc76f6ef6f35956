"""Typed VPN routes in the forms of ExaBGP."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.typed_routes import TYPED_NLRIS
from bgptwist.wire.families.evpn import EVPN
from bgptwist.wire.families.mcast_vpn import IPV4_MCAST_VPN
from bgptwist.wire.families.mup import IPV4_MUP, IPV6_MUP
from bgptwist.wire.families.vpls import VPLS
from bgptwist.wire.kinds import Family
from bgptwist.wire.registry import BY_INDEX
from tests.wire.examples import examples
from tests.wire.families.typed import read


class TypedRouteTests(SynchronousTestCase):
    def shown(self, family: Family, nlri: bytes) -> dict[str, object]:
        text = TYPED_NLRIS[family.index](family, nlri, "10.0.0.1")
        self.assertTrue(text.isascii() and text.isprintable(), text)
        found = json.loads(text)
        assert isinstance(found, dict)
        return found

    def test_what_exabgp_reads_is_as_it_is(self) -> None:
        for words in (
            "mac-ip rd 65000:1 mac 00:11:22:33:44:55 ip 10.0.0.1 label [ 100 200 ]",
            "ip-prefix rd 65000:1 prefix 10.0.0.0/8 label vni:5000",
            "ethernet-segment rd 65000:1 esi 0 ip 10.0.0.1",
        ):
            nlri = read(EVPN, words)
            self.assertEqual(self.shown(EVPN, nlri), json.loads(EVPN.json(nlri)))
        nlri = read(IPV4_MCAST_VPN, "shared-join rp 10.0.0.1 group 232.1.1.1 rd 65000:1 source-as 65000")
        self.assertEqual(self.shown(IPV4_MCAST_VPN, nlri), json.loads(IPV4_MCAST_VPN.json(nlri)))

    def test_types_that_exabgp_does_not_read_are_octets(self) -> None:
        for family, read_ones in ((EVPN, range(1, 6)), (IPV4_MCAST_VPN, range(5, 8))):
            for octets, _, _ in examples(family):
                shown = self.shown(family, octets)
                self.assertEqual(shown["parsed"], octets[0] in read_ones)
                if octets[0] not in read_ones:
                    self.assertEqual(shown, {"code": octets[0], "parsed": False, "raw": octets.hex().upper()})

    def test_a_session_always_has_a_source(self) -> None:
        session = "mup-t1st 10.0.0.0/24 rd 1:1 teid 1 qfi 9 endpoint 10.0.0.1"
        for words in (session, f"{session} source none"):
            shown = self.shown(IPV4_MUP, read(IPV4_MUP, words))
            self.assertEqual((shown["source_ip_len"], shown["source_ip"]), (0, "b''"))
            self.assertEqual(list(shown)[-1], "raw")
        shown = self.shown(IPV4_MUP, read(IPV4_MUP, f"{session} source 10.0.0.2"))
        self.assertEqual((shown["source_ip_len"], shown["source_ip"]), (32, "10.0.0.2"))
        self.assertNotIn("source_ip", self.shown(IPV6_MUP, read(IPV6_MUP, "mup-dsd ::1 rd 1:1")))

    def test_vpls_has_the_label_alone(self) -> None:
        nlri = read(VPLS, "rd 65000L:1 endpoint 3 base vni:4192 offset 1 size 8")
        expected = {"rd": "65000:1", "endpoint": 3, "base": 262, "offset": 1, "size": 8}
        self.assertEqual(self.shown(VPLS, nlri), expected)

    def test_path_identifiers_are_kept(self) -> None:
        for index in TYPED_NLRIS:
            family = BY_INDEX[index].with_path_id
            for octets, _, _ in examples(family):
                self.assertEqual(self.shown(family, octets)["path-information"], "0.0.0.10")
