"""Which of two connections is kept: RFC 4271, 6.8 and RFC 6286, 2.3."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.session.collision import Survivor, replaces_established, survivor

LOW = bytes((10, 0, 0, 1))
HIGH = bytes((192, 0, 2, 1))


class SurvivorTests(SynchronousTestCase):
    """The higher identifier keeps the connection that its speaker opened."""

    def test_ours_is_kept_when_our_identifier_is_higher(self) -> None:
        self.assertIs(survivor(HIGH, LOW, 65001, 65002), Survivor.OURS)

    def test_theirs_is_kept_when_their_identifier_is_higher(self) -> None:
        self.assertIs(survivor(LOW, HIGH, 65002, 65001), Survivor.THEIRS)

    def test_identifiers_are_compared_as_unsigned_numbers(self) -> None:
        self.assertIs(survivor(bytes((128, 0, 0, 0)), bytes((127, 255, 255, 255)), 1, 2), Survivor.OURS)

    def test_equal_identifiers_leave_it_to_the_as_numbers(self) -> None:
        self.assertIs(survivor(LOW, LOW, 4200000000, 65001), Survivor.OURS)
        self.assertIs(survivor(LOW, LOW, 65001, 4200000000), Survivor.THEIRS)

    def test_both_sides_keep_the_same_connection(self) -> None:
        for ours, theirs in (((LOW, 1), (HIGH, 2)), ((HIGH, 1), (LOW, 2)), ((LOW, 1), (LOW, 2))):
            here = survivor(ours[0], theirs[0], ours[1], theirs[1])
            there = survivor(theirs[0], ours[0], theirs[1], ours[1])
            self.assertIsNot(here, there)


class EstablishedTests(SynchronousTestCase):
    """An established session yields only to a peer that says it restarted (RFC 4724, 5)."""

    def test_a_restarting_peer_replaces_its_session_when_graceful_restart_was_agreed(self) -> None:
        self.assertTrue(replaces_established(peer_restarts=True, agreed_restart=True))

    def test_nobody_else_does(self) -> None:
        self.assertFalse(replaces_established(peer_restarts=True, agreed_restart=False))
        self.assertFalse(replaces_established(peer_restarts=False, agreed_restart=True))
