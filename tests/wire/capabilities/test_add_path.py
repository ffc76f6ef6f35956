"""ADD-PATH."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import add_path
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.errors import Malformed


class AddPathTests(SynchronousTestCase):
    def test_unknown_directions_and_later_entries_of_a_family_are_ignored(self) -> None:
        found = add_path.decode(bytes.fromhex("00010100" + "00010107" + "00010101" + "00010102"))
        self.assertEqual(found.octets().hex(), "00010101")

    def test_instances_are_merged(self) -> None:
        found = add_path.merge(AddPath([(1, 1, 1)]), AddPath([(1, 1, 2), (2, 1, 3)]))
        self.assertEqual(found.octets().hex(), "0001010100020103")

    def test_many_families_are_several_instances(self) -> None:
        families = [(afi, safi, 3) for afi in (1, 2) for safi in range(1, 41)]
        instances = AddPath(families).instances()
        self.assertEqual([len(octets) for octets in instances], [252, 68])
        found = add_path.merge(*map(add_path.decode, instances))
        assert isinstance(found, AddPath)
        self.assertEqual(found.families, families)

    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, add_path.decode, bytes(3))
