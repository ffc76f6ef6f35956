"""Multisession."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import multisession
from bgptwist.wire.capabilities.multisession import MultiSession
from bgptwist.wire.errors import Malformed


class MultiSessionTests(SynchronousTestCase):
    def test_it_is_sent_twice_as_exabgp_does(self) -> None:
        self.assertEqual(MultiSession([1]).instances(), [b"\0", b"\1"])

    def test_both_forms_mean_the_same(self) -> None:
        found = multisession.merge(multisession.decode(b"\0"), multisession.decode(b"\1"))
        self.assertEqual(found.octets(), multisession.decode(b"\0\1").octets())

    def test_no_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, multisession.decode, b"")
