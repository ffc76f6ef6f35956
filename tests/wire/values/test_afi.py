"""Names of address families."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.values import afi


class NameTests(SynchronousTestCase):
    def test_pairs_are_spelt_both_ways(self) -> None:
        self.assertEqual(afi.slashed(1, 128), "ipv4/mpls-vpn")
        self.assertEqual(afi.spaced(25, 70), "l2vpn evpn")
        self.assertEqual(afi.spaced(16388, 72), "bgp-ls bgp-ls-vpn")

    def test_families_are_called_as_their_numbers_are(self) -> None:
        for family in FAMILIES:
            self.assertEqual(family.name, afi.spaced(family.afi, family.safi))
            self.assertNotIn("-".join(["safi", str(family.safi)]), family.name)

    def test_names_are_single_words_and_unique(self) -> None:
        for table in (afi.AFIS, afi.SAFIS):
            self.assertEqual(len(set(table.values())), len(table))
            for name in table.values():
                self.assertRegex(name, r"^[a-z0-9]+(-[a-z0-9]+)*$")

    def test_other_words_are_none(self) -> None:
        for word in ("", "ipv5", "afi-", "afi-x", "afi-65536", "afi--1", "safi-1", "afi-999999"):
            self.assertEqual(afi.afi_code(word), -1, word)
        for word in ("", "IPv4", "safi-256", "safi-", "afi-1"):
            self.assertEqual(afi.safi_code(word), -1, word)

    @settings(max_examples=50)
    @given(st.integers(0, 0xFFFF), st.integers(0, 0xFF))
    def test_every_number_has_a_name_that_is_read_back(self, code: int, safi: int) -> None:
        self.assertEqual(afi.afi_code(afi.afi_name(code)), code)
        self.assertEqual(afi.safi_code(afi.safi_name(safi)), safi)
