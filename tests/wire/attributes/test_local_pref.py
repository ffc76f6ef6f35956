"""LOCAL_PREF."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import local_pref
from bgptwist.wire.errors import DISCARD, KEEP, Malformed, Misspelt
from bgptwist.wire.words import Words


class LocalPrefTests(SynchronousTestCase):
    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, local_pref.decode, bytes(3))

    def test_what_does_not_fit_is_refused(self) -> None:
        self.assertRaises(Misspelt, local_pref.read, Words(["4294967296"]))

    def test_it_is_not_for_other_as(self) -> None:
        self.assertEqual(local_pref.KIND.policy(external=True, asn4=True), DISCARD)
        self.assertEqual(local_pref.KIND.policy(external=False, asn4=True), KEEP)
