"""BFD strict mode."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import bfd_strict
from bgptwist.wire.errors import Malformed


class BfdStrictTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(bfd_strict.BfdStrict().octets(), b"")
        self.assertRaises(Malformed, bfd_strict.decode, b"\0")
