"""Multiple labels."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import multiple_labels
from bgptwist.wire.capabilities.multiple_labels import MultipleLabels
from bgptwist.wire.errors import Malformed


class MultipleLabelsTests(SynchronousTestCase):
    def test_counts_below_two_say_nothing_and_the_first_of_a_family_counts(self) -> None:
        found = multiple_labels.decode(bytes.fromhex("00010400" + "0001040a" + "00028003" + "00028004"))
        self.assertEqual(found.octets().hex(), "00028003")

    def test_five_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, multiple_labels.decode, bytes(5))

    def test_instances_are_merged(self) -> None:
        found = multiple_labels.merge(MultipleLabels([(1, 4, 5)]), MultipleLabels([(1, 4, 6), (2, 4, 7)]))
        self.assertEqual(found.octets().hex(), "0001040500020407")
