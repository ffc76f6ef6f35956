"""Dynamic capabilities."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import dynamic


class DynamicTests(SynchronousTestCase):
    def test_instances_are_merged_without_duplicates(self) -> None:
        self.assertEqual(dynamic.merge(dynamic.Dynamic([1, 2]), dynamic.Dynamic([2, 64])).octets(), b"\1\2\x40")
