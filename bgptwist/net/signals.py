"""UNIX signals become calls in the next reactor turn."""

import signal
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from twisted.application.service import Service


class Signals(Service):
    """While it runs, each signal of `table` calls its function with the number.

    The reactor's own handlers are replaced: they would make twistd end with the signal's status instead of 0.
    """

    def __init__(self, reactor: Any, table: Mapping[int, Callable[[int], None]]) -> None:
        self._reactor = reactor
        self._table = dict(table)
        self._before: dict[int, Any] = {}

    def startService(self) -> None:
        """Install the handlers once the reactor has installed its own."""
        Service.startService(self)
        self._reactor.callWhenRunning(self._install)

    def _install(self) -> None:
        if self.running:
            for number in self._table:
                self._before.setdefault(number, signal.signal(number, self._handle))

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._reactor.callFromThread(self._table[number], number)

    def stopService(self) -> None:
        """Ignore further signals: what is under way ends the process anyway."""
        Service.stopService(self)
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)
        self._before = {}
