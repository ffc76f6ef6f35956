"""Dynamic capabilities."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import dynamic

EXAMPLES = {
    dynamic.CAPABILITY: [
        ("", "dynamic capability()", '{"name": "dynamic-capability", "capabilities": []}'),
        ("0102", "dynamic capability(1 2)", '{"name": "dynamic-capability", "capabilities": [1, 2]}'),
    ]
}


class DynamicTests(SynchronousTestCase):
    def test_instances_are_merged_without_duplicates(self) -> None:
        self.assertEqual(dynamic.merge(dynamic.Dynamic([1, 2]), dynamic.Dynamic([2, 64])).octets(), b"\1\2\x40")
