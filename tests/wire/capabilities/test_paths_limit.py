"""Paths limit."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import paths_limit
from bgptwist.wire.capabilities.paths_limit import PathsLimit
from bgptwist.wire.errors import Malformed


class PathsLimitTests(SynchronousTestCase):
    def test_zero_is_no_limit_and_the_first_of_a_family_counts(self) -> None:
        found = paths_limit.decode(bytes.fromhex("0001010000" + "000101000a" + "000101000b"))
        self.assertEqual(found.octets().hex(), "000101000a")

    def test_four_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, paths_limit.decode, bytes(4))

    def test_instances_are_merged(self) -> None:
        found = paths_limit.merge(PathsLimit([(1, 1, 5)]), PathsLimit([(1, 1, 6), (2, 1, 7)]))
        self.assertEqual(found.octets().hex(), "00010100050002010007")
