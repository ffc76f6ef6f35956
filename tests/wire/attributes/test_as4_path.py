"""AS4_PATH."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import as4_path
from bgptwist.wire.errors import DISCARD, KEEP, Malformed


class As4PathTests(SynchronousTestCase):
    def test_the_empty_path_and_bad_ones_are_malformed(self) -> None:
        for hexadecimal in ("", "0200", "02010000", "020100000000", "0902fa56ea010000fdf2"):
            self.assertRaises(Malformed, as4_path.decode, bytes.fromhex(hexadecimal))

    def test_it_is_not_for_peers_that_know_four_octets(self) -> None:
        self.assertEqual(as4_path.KIND.policy(external=True, asn4=True), DISCARD)
        self.assertEqual(as4_path.KIND.policy(external=True, asn4=False), KEEP)
