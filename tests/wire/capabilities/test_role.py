"""Roles."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import role
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.errors import Malformed


class RoleTests(SynchronousTestCase):
    def test_roles_fit_in_pairs(self) -> None:
        pairs = {(ours, theirs) for ours in range(6) for theirs in range(6) if role.fit(ours, theirs)}
        self.assertEqual(pairs, {(0, 3), (3, 0), (1, 2), (2, 1), (4, 4)})

    def test_two_roles_that_differ_are_a_mismatch(self) -> None:
        error = self.assertRaises(Malformed, role.merge, Role(0), Role(3))
        self.assertEqual((error.code, error.subcode), (2, 11))

    def test_the_same_role_twice_is_one(self) -> None:
        self.assertEqual(role.merge(Role(4), Role(4)).octets(), b"\4")

    def test_two_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, role.decode, bytes(2))
