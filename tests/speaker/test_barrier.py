"""`sync`: what TCP has not taken yet is waited for, sessions that end are named."""

from dataclasses import replace

from bgptwist.speaker.barrier import LATE, Barrier
from tests.speaker.test_exchange import ExchangeTestCase
from tests.speaker.test_peer import OURS, route


class BarrierTests(ExchangeTestCase):
    """A barrier before one peer."""

    def barrier(self) -> list[list[str]]:
        heard: list[list[str]] = []
        Barrier(self.clock, [self.peer], heard.append)
        return heard

    def test_it_waits_until_tcp_took_what_was_announced(self) -> None:
        self.meet(OURS)
        self.clock.advance(0)
        self.driver.taken = self.driver.given
        before = self.driver.given
        self.world.outgoing.announce([route()], self.peer.member)
        heard = self.barrier()
        self.assertEqual(heard, [])
        self.clock.pump([0, LATE, LATE])
        self.assertGreater(self.driver.given, before)
        self.assertEqual(heard, [])
        self.driver.taken = self.driver.given
        self.clock.advance(LATE)
        self.assertEqual(heard, [[]])
        self.clock.advance(10 * LATE)
        self.assertEqual(len(heard), 1)

    def test_what_is_announced_later_is_not_waited_for(self) -> None:
        self.meet(OURS)
        self.clock.advance(0)
        heard = self.barrier()
        self.clock.advance(0)
        mark = self.driver.given
        self.world.outgoing.announce([route()], self.peer.member)
        self.clock.advance(0)
        self.assertGreater(self.driver.given, mark)
        self.driver.taken = mark
        self.clock.advance(LATE)
        self.assertEqual(heard, [[]])

    def test_messages_that_a_rate_holds_back_are_waited_for(self) -> None:
        self.meet(replace(OURS, rate_limit=1))
        self.clock.advance(5)
        for number in range(3):
            self.world.outgoing.announce([route(bytes((24, 192, 0, number)), med=number)], self.peer.member)
        heard = self.barrier()
        self.clock.advance(0)
        self.driver.taken = self.driver.given
        self.clock.advance(LATE)
        self.assertEqual(heard, [])
        self.clock.pump([0.5] * 6)
        self.driver.taken = self.driver.given
        self.clock.advance(LATE)
        self.assertEqual(heard, [[]])

    def test_a_session_that_ends_is_named(self) -> None:
        self.meet(OURS)
        heard = self.barrier()
        self.peer.disconnected(self.driver, "lost")
        self.clock.advance(0)
        self.assertEqual(heard, [[self.peer.settings.peer_address]])

    def test_nobody_is_no_reason_to_wait(self) -> None:
        self.begin(OURS)
        heard = self.barrier()
        self.clock.advance(0)
        self.assertEqual(heard, [[]])
