"""Multicast VPN: words in any order, addresses of the AFI, lengths."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.mcast_vpn import IPV4_MCAST_VPN, IPV6_MCAST_VPN, nlri
from bgptwist.wire.kinds import Family
from tests.wire.examples import examples
from tests.wire.families.typed import changed, read

BOTH = (IPV4_MCAST_VPN, IPV6_MCAST_VPN)


class MulticastVpnTests(SynchronousTestCase):
    def refused(self, family: Family, words: str) -> str:
        return str(self.assertRaises(Misspelt, read, family, words))

    def test_every_type_occurs_in_the_corpus(self) -> None:
        for family in BOTH:
            codes = {octets[0] for octets, words, _ in examples(family) if not words.startswith("raw")}
            self.assertEqual(codes, set(range(1, 8)))
            self.assertEqual(codes, set(nlri(family.afi).types))

    def test_words_stand_in_any_order(self) -> None:
        one = read(IPV4_MCAST_VPN, "shared-join rp 10.99.199.1 group 239.251.255.228 rd 65000:99999 source-as 65000")
        self.assertEqual(one.hex(), "06160000fde80001869f0000fde8200a63c70120effbffe4")
        other = read(IPV4_MCAST_VPN, "shared-join source-as 65000 rd 65000:99999 group 239.251.255.228 rp 10.99.199.1")
        self.assertEqual(one, other)

    def test_addresses_are_of_the_family(self) -> None:
        for words in (
            "source-ad source fd12::4 group 232.1.1.1 rd 1:1",
            "source-ad source 10.0.0.1 group ff3e::1 rd 1:1",
            "s-pmsi source fd12::4 rd 1:1 originator 10.0.0.1",
        ):
            self.assertIn("an IPv4 address", self.refused(IPV4_MCAST_VPN, words))
        words = "shared-join rp 10.0.0.1 group ff0e::1 rd 1:1 source-as 1"
        self.assertIn("an IPv6 address", self.refused(IPV6_MCAST_VPN, words))
        assert IPV4_MCAST_VPN.check is not None
        sixteen = read(IPV6_MCAST_VPN, "source-ad source fd12::4 group ff3e::1 rd 1:1")
        self.assertRaises(Malformed, IPV4_MCAST_VPN.check, sixteen)

    def test_wrong_words_are_refused(self) -> None:
        for words, reason in (
            ("source-ad source 10.0.0.1 group 232.1.1.1", "'rd' is missing"),
            ("source-join source 10.0.0.1 group 232.1.1.1 rd 1:1", "'source-as' is missing"),
            ("shared-join group 232.1.1.1 rd 1:1 source-as 1", "'rp' is missing"),
            ("source-ad source * group 232.1.1.1 rd 1:1", "an IPv4 address"),
            ("source-ad source 10.0.0.1 source 10.0.0.2 group 232.1.1.1 rd 1:1", "'source' stands twice"),
            ("shared-join rp 10.0.0.1 group 232.1.1.1 rd 1:1 source-as 4294967296", "4294967295"),
            ("shared-tree rp 10.0.0.1", "'shared-tree' is no type of route"),
            ("inter-as-i-pmsi rd 70000:70000 source-as 1", "route distinguisher"),
            ("raw 0x05", "one whole NLRI"),
        ):
            self.assertIn(reason, self.refused(IPV4_MCAST_VPN, words))

    def test_bodies_that_do_not_fit_are_malformed(self) -> None:
        assert IPV4_MCAST_VPN.check is not None
        for octets in (
            "0100",
            "010b" + "00" * 11,
            "020b" + "00" * 11,
            "020d" + "00" * 13,
            "0303" + "00" * 3,
            "0403" + "00" * 3,
            "0512" + "00" * 8 + "200a000001" + "21e8010101",
            "050e" + "00" * 8 + "00" + "20e8010101",
            "0513" + "00" * 8 + "200a000001" + "20e8010101" + "00",
            "0616" + "00" * 22,
        ):
            self.assertRaises(Malformed, IPV4_MCAST_VPN.check, bytes.fromhex(octets))
        IPV4_MCAST_VPN.check(bytes.fromhex("0800"))

    def test_the_whole_nlri_is_its_key(self) -> None:
        for family in BOTH:
            self.assertIs(family.key, None)

    def test_next_hop_stands_beside_the_route(self) -> None:
        for family in BOTH:
            self.assertTrue(family.next_hop_attribute)

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_json_of_another_shape_is_read_or_misspelt(self, data: st.DataObject) -> None:
        for family in BOTH:
            assert family.restore is not None
            try:
                family.restore(changed(data, family))
            except Misspelt:
                pass

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(BOTH), st.integers(1, 7), st.binary(max_size=60))
    def test_any_body_is_spelt(self, family: Family, code: int, body: bytes) -> None:
        assert family.restore is not None
        octets = nlri(family.afi).framed(code, body)
        words = family.words(octets)
        self.assertEqual(read(family, words), octets)
        self.assertEqual(family.restore(json.loads(family.json(octets))), words)
