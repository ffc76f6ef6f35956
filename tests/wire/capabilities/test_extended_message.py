"""Extended messages."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import extended_message
from bgptwist.wire.errors import Malformed


class ExtendedMessageTests(SynchronousTestCase):
    def test_it_has_no_value(self) -> None:
        self.assertEqual(extended_message.ExtendedMessage().octets(), b"")
        self.assertRaises(Malformed, extended_message.decode, b"\0")
