"""What is remembered of a neighbor's past."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.speaker.history import History


class HistoryTests(SynchronousTestCase):
    def test_losses_and_faults_have_their_time(self) -> None:
        clock = Clock()
        clock.advance(100)
        history = History(clock.seconds)
        self.assertEqual((history.begun, history.lost_at, history.error_at, history.last_error), (100, None, None, ""))
        clock.advance(5)
        history.blame("no connection: refused")
        clock.advance(5)
        history.lose()
        self.assertEqual((history.error_at, history.last_error), (105, "no connection: refused"))
        self.assertEqual((history.lost_at, history.flaps), (110, 1))
