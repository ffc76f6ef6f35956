"""A helper's two pipes without Twisted: commands go out, answers come back, and nothing makes it wait for ever."""

import json
import os
import select
import signal
import stat
import time
from collections.abc import Sequence
from types import FrameType
from typing import Final

CHUNK: Final = 65536
LONGEST: Final = 1 << 20
"""Octets of a line that is looked at; what is longer is an event, of which nothing is wanted."""
PATIENCE: Final = 10.0
"""Seconds to wait for the answer to a command before going on without it."""
IMPATIENCE: Final = 0.5
"""The same after an answer did not come."""
ENDINGS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

ANSWERS: Final = {"done": "done", "error": "error", "shutdown": "shutdown"}


def kind(line: str) -> str:
    """What a line from the daemon is: `done`, `error`, `shutdown`, `reason: ...` or '' for an event.

    Answers are words or, where that was chosen, JSON with the member `answer`.
    """
    line = line.strip()
    if line.startswith("error: "):
        return f"reason: {line[7:]}"
    if line.startswith("shutdown "):
        return "shutdown"
    if not line.startswith("{"):
        return ANSWERS.get(line, "")
    try:
        found = json.loads(line)
    except ValueError:
        return ""
    if found.get("notification") == "shutdown" or found.get("answer") == "shutdown":
        return "shutdown"
    return ANSWERS.get(str(found.get("answer")), "")


def is_channel(number: int) -> bool:
    """Whether a file descriptor is a pipe or a socket, so that its end says that who was there has gone."""
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


class Bell:
    """Signals that wake whoever waits: `rung` says that one of them asks for the end."""

    def __init__(self) -> None:
        self.rung = False
        self.number, out = os.pipe()
        os.set_blocking(self.number, False)
        os.set_blocking(out, False)
        signal.set_wakeup_fd(out, warn_on_full_buffer=False)
        for number in ENDINGS:
            signal.signal(number, self._ring)
        signal.signal(signal.SIGCHLD, ignore)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        self.rung = True

    def hush(self) -> None:
        """Forget what woke us."""
        try:
            while len(os.read(self.number, CHUNK)) == CHUNK:
                pass
        except BlockingIOError:
            pass


def ignore(number: int, frame: FrameType | None) -> None:
    """A child has ended: who waits for it looks."""


class Dialogue:
    """What is said to a daemon, and what it answers.

    `ack`: each command is answered.  `over()` says that we are to end: by a signal, by the daemon, or because it has
    gone.  `refused` holds what the daemon said against commands and nobody has taken yet.
    """

    def __init__(self, bell: Bell, ack: bool, source: int = 0, sink: int = 1, patience: float = PATIENCE) -> None:
        self.refused: list[str] = []
        self.lost = False
        """Nobody is there any more."""
        self.unanswered = 0
        """Commands whose answer did not come in time."""
        self._bell = bell
        self._ack = ack and is_channel(sink) and is_channel(source)
        self._patience = patience
        self._source = source if is_channel(source) else -1
        self._sink = sink
        self._rest = b""
        self._waiting = 0
        self._told = False

    def over(self) -> bool:
        """Whether it is time to end."""
        return self._bell.rung or self._told or self.lost

    def say(self, line: str, patience: float | None = None) -> None:
        """Give one command, and wait for its answer where there are any; `patience` are the seconds to wait at most."""
        deadline = time.monotonic() + (self._patience if patience is None else patience)
        # A pipe that takes anything takes a line at once: nobody else writes there.
        while not self.lost and not self._room(deadline):
            if time.monotonic() >= deadline:
                return
        self._write(line)
        if not self._ack or self.lost or self._source < 0:
            return
        self._waiting += 1
        while self._waiting and not self.over() and (left := deadline - time.monotonic()) > 0:
            self.listen(left)
        if self._waiting and not self.over():
            # it may come later; who answers nothing is not waited for as long again
            self.unanswered += 1
            self._waiting = 0
            self._patience = IMPATIENCE

    def wait(self, seconds: float) -> None:
        """Let time pass, while listening; the end is noticed at once."""
        deadline = time.monotonic() + seconds
        while not self.over() and (left := deadline - time.monotonic()) > 0:
            self.listen(left)

    def listen(self, seconds: float, also: Sequence[int] = ()) -> list[int]:
        """Wait until the daemon says something or a signal comes, for so many seconds at most.

        Or until one of the file descriptors `also` can be read: those that can are returned.
        """
        wanted = [self._bell.number, *also] + ([self._source] if self._source >= 0 else [])
        readable, _, _ = select.select(wanted, [], [], max(0.0, seconds))
        if self._bell.number in readable:
            self._bell.hush()
        if self._source in readable:
            self._read()
        return [number for number in also if number in readable]

    def _room(self, deadline: float) -> bool:
        """Whether the daemon takes a line now; while it does not, listen to it."""
        wanted = [self._source] if self._source >= 0 else []
        left = max(0.0, deadline - time.monotonic())
        readable, writable, _ = select.select(wanted, [self._sink], [], left)
        if readable:
            self._read()
        return bool(writable)

    def _write(self, line: str) -> None:
        octets = line.encode("utf-8", "backslashreplace") + b"\n"
        try:
            while octets:
                octets = octets[os.write(self._sink, octets) :]
        except OSError:
            self.lost = True

    def _read(self) -> None:
        try:
            octets = os.read(self._source, CHUNK)
        except OSError:
            octets = b""
        if not octets:
            # who says no more may listen a little longer
            self._told = True
            self._source = -1
            return
        *lines, self._rest = (self._rest + octets).split(b"\n")
        if len(self._rest) > LONGEST:
            self._rest = self._rest[:1]
        for line in lines:
            self._take(kind(line.decode("utf-8", "replace")))

    def _take(self, said: str) -> None:
        if said == "shutdown":
            self._told = True
        elif said.startswith("reason: "):
            self.refused.append(said.removeprefix("reason: "))
        elif said:
            self._waiting = max(0, self._waiting - 1)
            if said == "error" and not self.refused:
                self.refused.append("the log of the daemon says why")
