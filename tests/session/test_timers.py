"""Deadlines, pauses and pace, on a clock that the test advances."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.session.timers import (
    Backoff,
    Deadline,
    Pace,
    announce_delay,
    jitter,
    keepalive_interval,
    send_hold_time,
)


class DeadlineTests(SynchronousTestCase):
    """Touching it costs an assignment; the timer below is never restarted."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.expired: list[float] = []
        self.deadline = Deadline(self.clock, lambda: self.expired.append(self.clock.seconds()))

    def test_it_expires_when_nobody_touches_it(self) -> None:
        self.deadline.start(90)
        self.clock.advance(89.9)
        self.assertEqual(self.expired, [])
        self.clock.advance(0.1)
        self.assertEqual(self.expired, [90])
        self.assertFalse(self.deadline.running)

    def test_it_says_how_long_it_will_wait(self) -> None:
        self.assertIsNone(self.deadline.left)
        self.deadline.start(90)
        self.clock.advance(30)
        self.assertEqual(self.deadline.left, 60)
        self.deadline.touch()
        self.assertEqual(self.deadline.left, 90)

    def test_touching_moves_no_timer(self) -> None:
        self.deadline.start(90)
        calls = self.clock.getDelayedCalls()
        self.clock.advance(30)
        self.deadline.touch()
        self.assertEqual(self.clock.getDelayedCalls(), calls)

    def test_it_sleeps_for_the_rest_when_it_was_touched(self) -> None:
        self.deadline.start(90)
        self.clock.advance(30)
        self.deadline.touch()
        self.clock.advance(60)
        self.assertEqual(self.expired, [])
        self.clock.advance(30)
        self.assertEqual(self.expired, [120])

    def test_zero_means_never(self) -> None:
        self.deadline.start(0)
        self.assertFalse(self.deadline.running)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_starting_again_forgets_what_was(self) -> None:
        self.deadline.start(10)
        self.deadline.start(90)
        self.clock.advance(89)
        self.assertEqual(self.expired, [])
        self.deadline.start(0)
        self.clock.advance(90)
        self.assertEqual(self.expired, [])

    def test_a_stopped_one_leaves_nothing_behind(self) -> None:
        self.deadline.start(90)
        self.deadline.stop()
        self.deadline.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_a_patient_one_excuses_a_stall_once(self) -> None:
        self.deadline.patient = True
        self.deadline.start(90)
        self.clock.advance(150)
        self.assertEqual(self.expired, [], "the process stood still: what the peer sent is still unread")
        self.clock.advance(90)
        self.assertEqual(self.expired, [240])

    def test_a_patient_one_expires_on_time(self) -> None:
        self.deadline.patient = True
        self.deadline.start(90)
        self.clock.advance(90.5)
        self.assertEqual(self.expired, [90.5])

    @given(st.lists(st.floats(0.01, 30), max_size=30))
    def test_it_never_expires_early_and_never_late(self, pauses: list[float]) -> None:
        clock = Clock()
        expired: list[float] = []
        deadline = Deadline(clock, lambda: expired.append(clock.seconds()))
        deadline.start(31)
        for pause in pauses:
            clock.advance(pause)
            self.assertEqual(expired, [])
            deadline.touch()
        clock.pump([0.5] * 61)
        self.assertEqual(expired, [])
        clock.pump([0.5, 0.5])
        self.assertEqual(len(expired), 1)


class BackoffTests(SynchronousTestCase):
    """ExaBGP's pauses, shortened at random so that a hundred peers do not come back in one instant."""

    def test_the_pauses_are_those_of_exabgp(self) -> None:
        backoff = Backoff(lambda: 1.0)
        pauses = [backoff.next() for _ in range(20)]
        self.assertEqual(pauses, [0, 1, 2, 3, 4, 5, 7, 9, 11, 14, 17, 21, 26, 32, 39, 47, 57, 60, 60, 60])

    def test_they_are_shortened_by_up_to_a_quarter(self) -> None:
        backoff = Backoff(lambda: 0.0)
        self.assertEqual([backoff.next() for _ in range(5)], [0, 0.75, 1.5, 2.25, 3])

    def test_a_reset_begins_again(self) -> None:
        backoff = Backoff(lambda: 1.0)
        for _ in range(5):
            backoff.next()
        backoff.reset()
        self.assertEqual(backoff.next(), 0)

    def test_a_stable_session_is_followed_by_an_attempt_at_once(self) -> None:
        backoff = Backoff(lambda: 1.0)
        for _ in range(5):
            backoff.next()
        self.assertEqual(backoff.after(10.0, None), 0)

    def test_a_session_that_dies_young_is_not(self) -> None:
        backoff = Backoff(lambda: 1.0)
        self.assertEqual([backoff.after(9.0, None) for _ in range(4)], [0, 1, 2, 3])

    def test_what_will_be_refused_again_waits_longer(self) -> None:
        for error in ((2, 2), (5, 1), (6, 1), (6, 5)):
            self.assertEqual(Backoff(lambda: 1.0).after(0.0, error), 5)
        for passing in ((4, 0), (6, 2), (6, 4), (3, 1)):
            self.assertEqual(Backoff(lambda: 1.0).after(0.0, passing), 0)


class PaceTests(SynchronousTestCase):
    """`rate-limit`: so many messages a second, the others wait."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.written: list[bytes] = []
        self.idle = 0
        self.pace = Pace(self.clock, 5, self.write, self.became_idle)

    def write(self, messages: Sequence[bytes]) -> None:
        self.written.extend(messages)

    def became_idle(self) -> None:
        self.idle += 1

    def test_the_first_ones_leave_at_once(self) -> None:
        self.pace.put([b"a", b"b"])
        self.assertEqual((self.written, self.pace.waiting), ([b"a", b"b"], 0))

    def test_forty_at_five_a_second_take_seven_seconds_after_the_first_five(self) -> None:
        messages = [bytes((number,)) for number in range(40)]
        self.pace.put(messages)
        self.assertEqual(len(self.written), 5)
        for second in range(1, 8):
            self.clock.pump([0.05] * 20)
            self.assertLessEqual(abs(len(self.written) - 5 - 5 * second), 1)
        self.clock.pump([0.1])
        self.assertEqual(self.written, messages)

    def test_it_says_when_nothing_waits_any_more(self) -> None:
        self.pace.put([b"x"] * 7)
        self.assertEqual(self.idle, 0)
        self.clock.pump([0.1] * 10)
        self.assertEqual((len(self.written), self.idle), (7, 1))

    def test_nothing_is_said_when_nothing_ever_waited(self) -> None:
        self.pace.put([b"x"])
        self.clock.pump([0.1] * 20)
        self.assertEqual(self.idle, 0)

    def test_stopping_forgets_what_waits(self) -> None:
        self.pace.put([b"x"] * 10)
        self.pace.stop()
        self.clock.advance(10)
        self.assertEqual((len(self.written), self.clock.getDelayedCalls()), (5, []))


class IntervalTests(SynchronousTestCase):
    """The lengths of the timers of RFC 4271, 10 and RFC 9687."""

    def test_jitter_is_from_three_quarters_to_one(self) -> None:
        self.assertEqual((jitter(lambda: 0.0), jitter(lambda: 1.0)), (0.75, 1.0))

    def test_a_keepalive_is_sent_three_times_in_a_hold_time(self) -> None:
        self.assertEqual(keepalive_interval(90, lambda: 1.0), 30)
        self.assertEqual(keepalive_interval(90, lambda: 0.0), 22.5)

    def test_keepalives_are_never_less_than_a_second_apart(self) -> None:
        self.assertEqual(keepalive_interval(3, lambda: 0.0), 1)

    def test_hold_time_zero_means_no_timer_at_all(self) -> None:
        self.assertEqual((keepalive_interval(0, lambda: 1.0), send_hold_time(0)), (0, 0))

    def test_the_send_hold_time_is_eight_minutes_or_twice_the_hold_time(self) -> None:
        self.assertEqual((send_hold_time(90), send_hold_time(300)), (480, 600))


class AnnounceDelayTests(SynchronousTestCase):
    """`tcp.delay`: announcing begins when the minute is a multiple."""

    def test_without_a_delay_it_begins_at_once(self) -> None:
        self.assertEqual(announce_delay(61.0, 0), 0)

    def test_within_a_minute_that_fits_it_begins_at_once(self) -> None:
        self.assertEqual(announce_delay(10 * 60 + 59.0, 5), 0)

    def test_else_it_waits_for_the_beginning_of_one(self) -> None:
        self.assertEqual(announce_delay(11 * 60 + 15.0, 5), 3 * 60 + 45)

    def test_the_hour_begins_with_one_that_fits(self) -> None:
        self.assertEqual(announce_delay(57 * 60.0, 7), 3 * 60)
