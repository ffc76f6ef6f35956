"""Software versions."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import software_version
from bgptwist.wire.capabilities.software_version import SoftwareVersion
from bgptwist.wire.errors import Malformed


class SoftwareVersionTests(SynchronousTestCase):
    def test_other_lengths_are_malformed(self) -> None:
        for hexadecimal in ("", "01", "016162"):
            self.assertRaises(Malformed, software_version.decode, bytes.fromhex(hexadecimal))

    def test_what_is_sent_is_cut_between_characters(self) -> None:
        self.assertEqual(SoftwareVersion("a" + "\u00e9" * 40).octets(), b"\x3f" + ("a" + "\u00e9" * 31).encode())

    def test_more_than_is_allowed_is_taken(self) -> None:
        self.assertEqual(software_version.decode(b"\x50" + b"x" * 80).words(), f"software({'x' * 80})")
