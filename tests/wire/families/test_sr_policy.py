"""SR policies as NLRI."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import sr_policy
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

NLRI = bytes.fromhex("6000000000000000640a000001")


class SrPolicyTests(SynchronousTestCase):
    def test_a_field_is_cut_into_policies(self) -> None:
        self.assertEqual(sr_policy.IPV4.split(NLRI + NLRI, 0, 26), [NLRI, NLRI])
        both = b"\0\0\0\1" + NLRI
        self.assertEqual(sr_policy.IPV4.with_path_id.split(both + both, 0, 34), [both, both])

    def test_a_field_that_is_cut_short_is_malformed(self) -> None:
        for family, field in ((sr_policy.IPV4, NLRI[:-1]), (sr_policy.IPV4.with_path_id, b"\0\0\0\1")):
            with self.assertRaises(Malformed) as caught:
                family.split(field, 0, len(field))
            self.assertEqual((caught.exception.code, caught.exception.subcode), (3, 10))

    def test_a_policy_of_another_length_is_dropped_alone(self) -> None:
        odd = b"\x08\x01"
        self.assertEqual(sr_policy.IPV4.split(odd + NLRI, 0, 15), [odd, NLRI])
        for family in (sr_policy.IPV4, sr_policy.IPV6):
            assert family.check is not None
            with self.assertRaises(Malformed):
                family.check(odd)
            self.assertEqual(family.words(odd), "raw 0x0801")
            self.assertEqual(family.json(odd), '{"parsed": false, "raw": "0801"}')
        assert sr_policy.IPV6.check is not None
        with self.assertRaises(Malformed):
            sr_policy.IPV6.check(NLRI)

    def test_words_stand_in_any_order(self) -> None:
        for text in ("distinguisher 0 color 100 endpoint 10.0.0.1", "color 100 endpoint 10.0.0.1 distinguisher 0"):
            self.assertEqual(sr_policy.IPV4.read(Words(lex(text))), NLRI)

    def test_wrong_words(self) -> None:
        for text in (
            "",
            "10.0.0.1",
            "distinguisher 0 color 100",
            "distinguisher 0 color 100 endpoint 2001:db8::1",
            "distinguisher 4294967296 color 100 endpoint 10.0.0.1",
            "distinguisher 0 color x endpoint 10.0.0.1",
            "distinguisher 0 distinguisher 0 color 1 endpoint 10.0.0.1",
        ):
            with self.assertRaises(Misspelt):
                sr_policy.IPV4.read(Words(lex(text)))

    def test_next_hops_stand_in_mp_reach_alone(self) -> None:
        self.assertFalse(sr_policy.IPV4.next_hop_attribute)
        self.assertFalse(sr_policy.IPV4.with_path_id.next_hop_attribute)

    def test_json_that_is_no_policy(self) -> None:
        assert sr_policy.IPV4.restore is not None
        for tree in ({}, [], {"distinguisher": 1, "color": 2}, {"distinguisher": 1, "color": 2, "endpoint": "::1"}):
            with self.assertRaises(Misspelt):
                sr_policy.IPV4.restore(tree)
