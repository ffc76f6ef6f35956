"""MULTI_EXIT_DISC."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import med
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words


class MedTests(SynchronousTestCase):
    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, med.decode, bytes(3))

    def test_what_does_not_fit_is_refused(self) -> None:
        for word in ("4294967296", "-1", "x"):
            self.assertRaises(Misspelt, med.read, Words([word]))
