"""What the probes of a health check have in common, and those that run a program.  Others have modules of their own.

A probe is a function of its settings and of the reactor which gives a Deferred of a Verdict; when that is cancelled,
nothing of the probe may stay behind.
"""

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IDelayedCall
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from bgptwist.net.process import GroupLeader, ProcessGroup
from bgptwist.settings.model import CommandProbe
from bgptwist.wire.spell import printable

KEPT: Final = 200
"""Octets of what a program says that are kept, the last ones."""
SHOWN: Final = 100
"""Characters of a reason from elsewhere."""
LINGER: Final = 0.05
"""Seconds for which the pipes of a program that has ended may stay open."""
UMASK: Final = 0o022
FOLDER: Final = "/"


class Verdict(NamedTuple):
    """Whether a probe was good, and how it ended in words."""

    good: bool
    text: str


def because(failure: Failure) -> str:
    """Why something failed, in a few words."""
    text = failure.getErrorMessage() or type(failure.value).__name__
    return printable(text.rstrip("."))[:SHOWN]


# ---------------------------------------------------------------------- programs


class Watcher(ProcessProtocol):
    """A program that runs: `done` fires when it ends, whatever those do whom it started."""

    def __init__(self, done: "Deferred[Verdict]", clock: Any) -> None:
        self._done = done
        self._clock = clock
        self._said = b""
        self._lingering: IDelayedCall | None = None

    def connectionMade(self) -> None:
        # nothing is said to it
        closing: Any = self.transport
        closing.closeStdin()

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        self._said = (self._said + data)[-KEPT:]

    def processExited(self, reason: Failure) -> None:
        # what it said last may be on its way
        self._lingering = self._clock.callLater(LINGER, self._over, reason)

    def processEnded(self, reason: Failure) -> None:
        self._over(reason)

    def _over(self, reason: Failure) -> None:
        if self._lingering is not None and self._lingering.active():
            self._lingering.cancel()
        if not self._done.called:
            self._done.callback(self._verdict(reason))

    def _verdict(self, reason: Failure) -> Verdict:
        ended = reason.value
        if not isinstance(ended, ProcessTerminated):
            return Verdict(True, "ended well")
        how = f"ended by signal {ended.signal}" if ended.signal else f"ended with status {ended.exitCode}"
        lines = self._said.decode("utf-8", "replace").strip().splitlines()
        return Verdict(False, f"{how}: {printable(lines[-1])}"[:KEPT] if lines else how)


def command(
    settings: CommandProbe, reactor: Any, variables: Mapping[str, str] | None = None, patience: float = 0.0
) -> "Deferred[Verdict]":
    """Run a program in a group of its own, which is ended with it; on cancelling at once, or after `patience`."""
    group: list[ProcessGroup] = []

    def cancel(_: object) -> None:
        for each in group:
            each.end(patience)

    done: Deferred[Verdict] = Deferred(cancel)
    watcher = Watcher(done, reactor)
    environment = {**os.environ, **(variables or {})}
    try:
        leader = GroupLeader(reactor, settings.run, environment, FOLDER, UMASK, watcher)
    except (OSError, ValueError) as error:
        done.callback(Verdict(False, f"cannot be started: {error}"))
        return done
    group.append(ProcessGroup(reactor, leader.number))

    def clean(found: Any) -> Any:
        # who was started by it and holds its pipes would make us hold them, too, run after run
        group[0].end(patience)
        leader.loseConnection()  # type: ignore[no-untyped-call]
        return found

    return done.addBoth(clean)
