"""ADD-PATH."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import add_path
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.errors import Malformed

EXAMPLES = {
    add_path.CAPABILITY: [
        ("", "addpath()", '{"name": "addpath"}'),
        ("00010103", "addpath(send/receive ipv4 unicast)", '{"name": "addpath", "ipv4/unicast": "send/receive"}'),
        (
            "0001010100020102",
            "addpath(receive ipv4 unicast,send ipv6 unicast)",
            '{"name": "addpath", "ipv4/unicast": "receive", "ipv6/unicast": "send"}',
        ),
    ]
}


class AddPathTests(SynchronousTestCase):
    def test_unknown_directions_and_later_entries_of_a_family_are_ignored(self) -> None:
        found = add_path.decode(bytes.fromhex("00010100" + "00010107" + "00010101" + "00010102"))
        self.assertEqual(found.octets().hex(), "00010101")

    def test_instances_are_merged(self) -> None:
        found = add_path.merge(AddPath([(1, 1, 1)]), AddPath([(1, 1, 2), (2, 1, 3)]))
        self.assertEqual(found.octets().hex(), "0001010100020103")

    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, add_path.decode, bytes(3))
