"""Routing policy distribution."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import policy_distribution
from bgptwist.wire.capabilities.policy_distribution import PolicyDistribution
from bgptwist.wire.errors import Malformed


class PolicyDistributionTests(SynchronousTestCase):
    def test_three_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, policy_distribution.decode, bytes(3))

    def test_instances_are_merged(self) -> None:
        found = policy_distribution.merge(
            PolicyDistribution([(1, 75, 1)]), PolicyDistribution([(1, 75, 2), (2, 75, 2)])
        )
        self.assertEqual(found.octets().hex(), "00014b0100024b02")
