"""UNIX signals become calls in the next reactor turn."""

import signal
from collections.abc import Callable, Iterable, Mapping
from types import FrameType
from typing import Any

from twisted.application.service import Service
from twisted.internet.interfaces import IDelayedCall


class Early:
    """Signals that come while the process starts wait in `came`, each once; they would end it."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self.came: list[int] = []
        for number in numbers:
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number not in self.came:
            self.came.append(number)


class Signals(Service):
    """While it runs, each signal of `table` calls its function with the number, `early` ones first.

    The reactor's own handlers are replaced: they would make twistd end with the signal's status instead of 0.
    """

    def __init__(self, reactor: Any, table: Mapping[int, Callable[[int], None]], early: Early | None = None) -> None:
        self._reactor = reactor
        self._table = dict(table)
        self._early = early
        self._before: dict[int, Any] = {}

    def startService(self) -> None:
        """Install the handlers once the reactor has installed its own."""
        Service.startService(self)
        self._reactor.callWhenRunning(self._install)

    def _install(self) -> None:
        if self.running:
            for number in self._table:
                self._before.setdefault(number, signal.signal(number, self._handle))
            early, self._early = self._early, None
            for number in early.came if early is not None else ():
                self._handle(number, None)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._reactor.callFromThread(self._table[number], number)

    def stopService(self) -> None:
        """Ignore further signals: what is under way ends the process anyway."""
        Service.stopService(self)
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)
        self._before = {}


class Later(Service):
    """Does one thing some seconds after the start, as if a signal had come."""

    def __init__(self, reactor: Any, seconds: float, action: Callable[[], None]) -> None:
        self._reactor = reactor
        self._seconds = seconds
        self._action = action
        self._call: IDelayedCall | None = None

    def startService(self) -> None:
        """Begin to wait."""
        Service.startService(self)
        self._call = self._reactor.callLater(self._seconds, self._action)

    def stopService(self) -> None:
        """Wait no more."""
        Service.stopService(self)
        if self._call is not None and self._call.active():
            self._call.cancel()
