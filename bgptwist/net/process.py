"""Processes that lead a group of their own, so that what they started can be ended with them."""

import os
from collections.abc import Mapping, Sequence
from signal import SIGKILL, SIGTERM
from typing import Final

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IProcessProtocol, IReactorTime
from twisted.internet.process import Process

POLL: Final = 0.02
"""Seconds between two looks at a group that is ending."""

NOT_STARTED: Final = 126
"""Status of a child that could not become its program, as shells have it."""

LINGER: Final = 1.0
"""Seconds after SIGKILL for which a group may be seen, at most."""

SCAN: Final = 0.1
"""Seconds between two searches for members that are not dead."""

CROWD: Final = 2000
"""Processes among which nobody is searched for: there an init collects the dead."""


class GroupLeader(Process):
    """A child process with its own process group and umask, in the session of the daemon."""

    def __init__(
        self,
        reactor: object,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        umask: int,
        protocol: IProcessProtocol,
    ) -> None:
        """The first argument is the program; standard input, output and error are pipes."""
        self._umask = umask
        self.number = 0
        """The number of the process and of its group, after its end too."""
        Process.__init__(self, reactor, arguments[0], list(arguments), dict(environment), folder, protocol)

    def _fork(self, *arguments: object, **named: object) -> None:
        """Make the process; when this returns it may have ended, and then Twisted soon forgets its number."""
        Process._fork(self, *arguments, **named)
        assert self.pid is not None
        self.number = self.pid
        try:
            # the child does the same: whoever comes first, no signal to the group is lost
            os.setpgid(self.number, self.number)
        except OSError:
            pass

    def _trySpawnInsteadOfFork(self, *arguments: object) -> bool:
        """Spawning knows no process group and no umask."""
        return False

    def _setupChild(self, *arguments: object, **named: object) -> None:
        """In the child, before the program starts."""
        os.setpgid(0, 0)
        os.umask(self._umask)
        Process._setupChild(self, *arguments, **named)

    def _execChild(self, *arguments: object) -> None:
        """In the child: become the program, or say in one line why that cannot be."""
        try:
            Process._execChild(self, *arguments)
        except OSError as error:
            os.write(2, f"cannot be started: {error.strerror}\n".encode())
            os._exit(NOT_STARTED)


class ProcessGroup:
    """All processes of a group, the leader dead or alive."""

    def __init__(self, clock: IReactorTime, number: int, poll: float = POLL) -> None:
        self._clock = clock
        self._number = number
        self._poll = poll
        self._waiting: list[Deferred[None]] = []
        self._next_look: IDelayedCall | None = None
        self._killed = False
        self._gone = False
        self._scan_at = 0.0
        self._kill_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether a process of the group is left, be it dead and not collected."""
        return self._signal(0)

    def _signal(self, number: int) -> bool:
        try:
            os.killpg(self._number, number)
        except PermissionError:
            return True
        except OSError:
            return False
        return True

    def end(self, patience: float) -> "Deferred[None]":
        """Ask the group to end, make it end after `patience` seconds; fires when it is gone.

        Asked again while it is ending, it fires at the same time.
        """
        if self._gone:
            # the number may be somebody else's now
            return succeed(None)
        gone: Deferred[None] = Deferred()
        self._waiting.append(gone)
        if self._next_look is None:
            self._kill_at = self._clock.seconds() + patience
            self._scan_at = self._clock.seconds() + self._poll
            self._signal(SIGTERM)
        else:
            self._next_look.cancel()
        self._look()
        return gone

    def _look(self) -> None:
        """Look whether the group is gone, soon again if it is not."""
        self._next_look = None
        now = self._clock.seconds()
        if self.alive and not self._given_up(now):
            if now >= self._kill_at:
                self._killed = True
                self._signal(SIGKILL)
            self._next_look = self._clock.callLater(self._poll, self._look)
            return
        self._gone = True
        waiting, self._waiting = self._waiting, []
        for gone in waiting:
            gone.callback(None)

    def _given_up(self, now: float) -> bool:
        """Whether nothing can be done about who is left; in a container the dead may never be collected."""
        if self._killed and now >= self._kill_at + LINGER:
            return True
        if now < self._scan_at:
            return False
        self._scan_at = now + SCAN
        return is_dead(self._number)


def is_dead(group: int) -> bool:
    """Whether all members of a process group are zombies; False where that cannot be known."""
    try:
        names = [name for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return False
    if len(names) > CROWD:
        return False
    for name in names:
        try:
            with open(f"/proc/{name}/stat") as stat:
                # the name of the program, in parentheses, may hold anything
                state, _, number = stat.read().rpartition(")")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(number) == group and state not in "ZX":
            return False
    return True
