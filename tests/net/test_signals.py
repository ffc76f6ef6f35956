"""Signals become calls of the reactor."""

import signal
from collections.abc import Callable
from typing import Any

from twisted.internet.task import Clock
from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.signals import Early, Later, Signals

USED = (signal.SIGUSR1, signal.SIGUSR2)


class TurningReactor(MemoryReactorClock):
    """A reactor whose turns the test makes; a handler may run at any time, so nothing but `callFromThread` is safe."""

    def callFromThread(self, function: Callable[..., object], *arguments: object) -> None:
        self.callLater(0, function, *arguments)


class SignalsTests(SynchronousTestCase):
    """A table of two signals, and handlers that are put back after each test."""

    def setUp(self) -> None:
        for number in USED:
            self.addCleanup(signal.signal, number, signal.signal(number, signal.SIG_IGN))
        self.reactor: Any = TurningReactor()
        self.heard: list[tuple[str, int]] = []
        self.signals = Signals(
            self.reactor,
            {
                signal.SIGUSR1: lambda number: self.heard.append(("one", number)),
                signal.SIGUSR2: lambda number: self.heard.append(("two", number)),
            },
        )

    def start(self) -> None:
        """The service starts, then the reactor."""
        self.signals.startService()
        self.reactor.run()

    def test_a_signal_calls_its_function_with_its_number_in_the_next_turn(self) -> None:
        self.start()
        signal.raise_signal(signal.SIGUSR1)
        self.assertEqual(self.heard, [])
        self.reactor.advance(0)
        self.assertEqual(self.heard, [("one", signal.SIGUSR1)])

    def test_signals_that_came_during_the_start_are_carried_out_once_each(self) -> None:
        early = Early(USED)
        for number in (signal.SIGUSR2, signal.SIGUSR1, signal.SIGUSR2):
            signal.raise_signal(number)
        self.assertEqual(early.came, [signal.SIGUSR2, signal.SIGUSR1])
        table = {number: lambda number: self.heard.append(("early", number)) for number in USED}
        Signals(self.reactor, table, early).startService()
        self.assertEqual(self.heard, [])
        self.reactor.run()
        self.reactor.advance(0)
        self.assertEqual(self.heard, [("early", signal.SIGUSR2), ("early", signal.SIGUSR1)])

    def test_each_signal_has_its_own_function(self) -> None:
        self.start()
        for number in (signal.SIGUSR2, signal.SIGUSR1, signal.SIGUSR2):
            signal.raise_signal(number)
        self.reactor.advance(0)
        self.assertEqual([word for word, _ in self.heard], ["two", "one", "two"])

    def test_handlers_are_installed_after_those_of_the_reactor(self) -> None:
        self.signals.startService()
        self.assertEqual([signal.getsignal(number) for number in USED], [signal.SIG_IGN] * 2)
        self.reactor.run()
        self.assertTrue(all(callable(signal.getsignal(number)) for number in USED))

    def test_a_reactor_that_runs_already_installs_them_at_once(self) -> None:
        self.reactor.run()
        self.signals.startService()
        signal.raise_signal(signal.SIGUSR1)
        self.reactor.advance(0)
        self.assertEqual(len(self.heard), 1)

    def test_a_service_that_stopped_before_the_reactor_ran_installs_nothing(self) -> None:
        self.signals.startService()
        self.signals.stopService()
        self.reactor.run()
        self.assertEqual([signal.getsignal(number) for number in USED], [signal.SIG_IGN] * 2)

    def test_signals_are_ignored_once_the_service_has_stopped(self) -> None:
        self.start()
        self.signals.stopService()
        for number in USED:
            signal.raise_signal(number)
        self.reactor.advance(0)
        self.assertEqual(self.heard, [])
        self.assertEqual([signal.getsignal(number) for number in USED], [signal.SIG_IGN] * 2)

    def test_a_signal_that_came_before_the_stop_is_carried_out(self) -> None:
        self.start()
        signal.raise_signal(signal.SIGUSR1)
        self.signals.stopService()
        self.reactor.advance(0)
        self.assertEqual(len(self.heard), 1)

    def test_other_signals_are_left_alone(self) -> None:
        before = signal.getsignal(signal.SIGALRM)
        self.start()
        self.assertEqual(signal.getsignal(signal.SIGALRM), before)
        self.signals.stopService()
        self.assertEqual(signal.getsignal(signal.SIGALRM), before)

    def test_a_service_may_start_again(self) -> None:
        self.start()
        self.signals.stopService()
        self.signals.startService()
        signal.raise_signal(signal.SIGUSR2)
        self.reactor.advance(0)
        self.assertEqual(self.heard, [("two", signal.SIGUSR2)])


class LaterTests(SynchronousTestCase):
    """One thing, some seconds after the start."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.done: list[float] = []
        self.later = Later(self.clock, 5, lambda: self.done.append(self.clock.seconds()))
        self.later.startService()

    def test_it_is_done_once(self) -> None:
        self.clock.pump([1] * 20)
        self.assertEqual(self.done, [5])
        self.later.stopService()

    def test_it_is_not_done_after_the_end(self) -> None:
        self.later.stopService()
        self.clock.pump([1] * 20)
        self.assertEqual(self.done, [])
