"""One run of a helper program: what it says is carried out, what it is told waits for it alone (ExaBGP's API, 1).

A helper that does not read is *behind*: events for it wait in a queue of bounded size, the oldest are dropped and
counted; answers are kept, in little room.  Nobody else notices.
"""

import fcntl
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

from twisted.internet.interfaces import IDelayedCall, IPushProducer
from twisted.internet.protocol import ProcessProtocol
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from bgptwist.api.answers import Conversation
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.interfaces import ICaller
from bgptwist.wire.spell import printable

CHUNK: Final = 65536
"""Octets that are written at once."""

PIPE: Final = 1 << 20
"""Octets that the pipe to a helper is asked to hold."""

LONGEST_LINE: Final = 1 << 20
"""Octets a helper may write without newline."""

TURN: Final = 2000
"""Commands of one helper before everybody else gets a turn; a long line counts as several."""

LINE: Final = 200
"""Characters of a line that counts as one."""

DRAWN: Final = 500
"""Lines of a long answer before everybody else gets a turn."""

COMPLAINT: Final = 4096
"""Octets of a line on standard error that are logged as one."""


class Limits:
    """How much waits for a helper that does not read: lines and octets of events, octets of answers."""

    def __init__(self, lines: int = 10_000, octets: int = 1 << 20, answers: int = 1 << 20) -> None:
        self.lines = lines
        self.octets = octets
        self.answers = answers


class Splitter:
    """Cuts octets into lines; one that is too long comes as None, octets that are not ASCII as escapes."""

    def __init__(self, limit: int = LONGEST_LINE) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._skipping = False

    def feed(self, data: bytes) -> list[str | None]:
        """The lines that are complete now, without their newlines."""
        end = data.rfind(b"\n")
        if end < 0:
            self._keep(data)
            return []
        whole = data[:end]
        if self._parts:
            whole = b"".join([*self._parts, whole])
            self._parts.clear()
            self._size = 0
        lines: list[str | None] = [*whole.decode("ascii", "backslashreplace").split("\n")]
        if self._skipping:
            lines[0] = None
            self._skipping = False
        self._keep(data[end + 1 :])
        return lines

    def _keep(self, data: bytes) -> None:
        """Remember the beginning of a line, unless it is the rest of one that is too long."""
        if not data or self._skipping:
            return
        self._parts.append(data)
        self._size += len(data)
        if self._size > self._limit:
            self._parts.clear()
            self._size = 0
            self._skipping = True


class Run:
    """A line and how many times in a row it is to be said."""

    __slots__ = ("count", "line")

    def __init__(self, line: str) -> None:
        self.line = line
        self.count = 1


class Answers:
    """Answers that wait: a hundred thousand times `done` take the room of one."""

    def __init__(self) -> None:
        self._runs: deque[Run] = deque()
        self.size = 0
        """Characters that are kept."""

    def __len__(self) -> int:
        return sum(run.count for run in self._runs)

    def add(self, line: str) -> None:
        """Let one more line wait."""
        if self._runs and self._runs[-1].line == line:
            self._runs[-1].count += 1
            return
        self._runs.append(Run(line))
        self.size += len(line) + 1

    def take(self, size: int) -> list[str]:
        """The first lines of about `size` characters, which wait no more."""
        taken: list[str] = []
        while self._runs and size > 0:
            run = self._runs[0]
            count = min(run.count, size // (len(run.line) + 1) + 1)
            taken += [run.line] * count
            size -= count * (len(run.line) + 1)
            run.count -= count
            if not run.count:
                self._runs.popleft()
                self.size -= len(run.line) + 1
        return taken

    def clear(self) -> None:
        """Nobody wants them any more."""
        self._runs.clear()
        self.size = 0


class Events:
    """Events that wait, the newest of them; `dropped` counts those that had to go."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._events: deque[str] = deque()
        self.size = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._events)

    def add(self, event: str) -> None:
        """Let one more event wait; the oldest are dropped when there are too many."""
        events = self._events
        events.append(event)
        self.size += len(event) + 1
        while len(events) > 1 and (self.size > self._limits.octets or len(events) > self._limits.lines):
            self.size -= len(events.popleft()) + 1
            self.dropped += 1

    def take(self, size: int) -> list[str]:
        """The first events of about `size` characters, which wait no more."""
        taken: list[str] = []
        while self._events and size > 0:
            event = self._events.popleft()
            taken.append(event)
            size -= len(event) + 1
            self.size -= len(event) + 1
        return taken

    def clear(self) -> None:
        """Nobody wants them any more."""
        self._events.clear()
        self.size = 0


@implementer(ICaller, IPushProducer)
class HelperProtocol(ProcessProtocol):
    """Speaks with one process through its pipes.

    `on_closed()` is called when it closed its output, `on_exited()` when it ended, `on_gone()` when in addition all
    that it said was carried out; `on_behind(flag)` when it stops to read or has read everything.
    """

    log = Logger()

    def __init__(self, name: str, encoder: str, dispatcher: Dispatcher, clock: Any, limits: Limits) -> None:
        self.name = name
        self.encoder = encoder
        self.on_closed: Callable[[], None] = nothing
        self.on_exited: Callable[[Failure], None] = nothing
        self.on_gone: Callable[[], None] = nothing
        self.on_behind: Callable[[bool], None] = nothing
        self.is_behind = False
        self.answers = Answers()
        self.events = Events(limits)
        self._limits = limits
        self._clock = clock
        self._command = dispatcher.command
        self._conversation: Conversation = dispatcher.converse(self)
        self._splitter = Splitter()
        self._pipes: dict[int, Any] = {}
        self._lines: deque[str | None] = deque()
        self._turn: IDelayedCall | None = None
        self._stream: Iterator[str] | None = None
        self._out: list[str] = []
        self._out_size = 0
        self._pouring: IDelayedCall | None = None
        self._deaf = False
        self._ended = False
        self._reading = True
        self._resuming = False
        self._told_behind = False
        self._stderr = b""
        self._gap = 0

    # ------------------------------------------------------------------ what Twisted calls

    def connectionMade(self) -> None:
        # the pipes are what Twisted's own process transport has beyond its interface
        self._pipes = getattr(self.transport, "pipes", {})
        pipe = self._pipes[0]
        try:
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
        except (AttributeError, OSError):
            pass
        pipe.registerProducer(self, True)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if childFD == 1:
            self._lines.extend(self._splitter.feed(data))
            if self._turn is None:
                self._work()
        else:
            self._complain(data)

    def childConnectionLost(self, childFD: int) -> None:
        if childFD == 0:
            self._deafen()
        elif childFD == 1:
            self.on_closed()

    def processExited(self, reason: Failure) -> None:
        self._deafen()
        self.on_exited(reason)

    def processEnded(self, reason: Failure) -> None:
        self._ended = True
        self._deafen()
        self._complain(b"\n" if self._stderr else b"")
        if self._turn is None:
            self._work()

    # ------------------------------------------------------------------ what it says

    def _work(self) -> None:
        """Carry out lines until it is somebody else's turn, or the answers find no room."""
        self._turn = None
        lines = self._lines
        command = self._command
        left = TURN
        while lines and left > 0 and self._stream is None and not self.is_stuck:
            line = lines.popleft()
            if line is None:
                self._conversation.error(f"a line is longer than {LONGEST_LINE} octets")
                self.log.warn(
                    "helper {name} wrote a line of more than {size} octets", name=self.name, size=LONGEST_LINE
                )
                continue
            left -= 1 + len(line) // LINE
            self._stream = command(self._conversation, line)
        if self._stream is not None:
            self._draw()
        elif lines and not self.is_stuck:
            self._turn = self._clock.callLater(0, self._work)
        elif self._ended and not lines:
            self._cancel_pouring()
            on_gone, self.on_gone = self.on_gone, nothing
            on_gone()
        self._regulate()

    @property
    def is_stuck(self) -> bool:
        """Whether so many answers wait that nothing more is carried out until they are read."""
        return self.answers.size > self._limits.answers

    def _regulate(self) -> None:
        """Read on when there is nothing left to carry out."""
        reading = not self._lines and self._stream is None
        if reading != self._reading:
            self._reading = reading
            pipe = self._pipes.get(1)
            if pipe is not None:
                if reading:
                    pipe.resumeProducing()
                else:
                    pipe.pauseProducing()

    def _draw(self) -> None:
        """Write some more lines of a long answer."""
        self._turn = None
        stream = self._stream
        left = DRAWN
        while stream is not None and left and not self.is_behind:
            left -= 1
            line = next(stream, None)
            if line is None or self._deaf:
                stream = self._stream = None
            else:
                self.write(line)
        if stream is None:
            self._turn = self._clock.callLater(0, self._work)
        elif not self.is_behind:
            self._turn = self._clock.callLater(0, self._draw)

    def _complain(self, data: bytes) -> None:
        """Log what it writes on standard error, line by line."""
        lines = (self._stderr + data).split(b"\n")
        self._stderr = lines.pop()
        while len(self._stderr) > COMPLAINT:
            lines.append(self._stderr[:COMPLAINT])
            self._stderr = self._stderr[COMPLAINT:]
        for line in lines:
            text = printable(line.decode("utf-8", "backslashreplace").rstrip())
            self.log.info("helper {name} says: {text}", name=self.name, text=text)

    # ------------------------------------------------------------------ what it is told

    def write(self, line: str) -> None:
        """An answer; kept however long it takes the helper to read."""
        if self._deaf:
            return
        if self.is_behind:
            self.answers.add(line)
            return
        self._put(line)

    def send(self, event: str) -> None:
        """An event, without its last newline; may be dropped when the helper is behind."""
        if self._deaf:
            return
        if self.is_behind:
            before = self.events.dropped
            self.events.add(event)
            if before == self._gap and self.events.dropped > before:
                self.log.warn("helper {name} does not read, its oldest events are dropped", name=self.name)
            return
        self._put(event)

    def _put(self, text: str) -> None:
        """Collect what is said in one turn of the reactor, and write it together."""
        self._out.append(text)
        self._out_size += len(text)
        if self._out_size > CHUNK:
            self._pour()
        elif self._pouring is None:
            self._pouring = self._clock.callLater(0, self._pour)

    def _pour(self) -> None:
        """Hand over what was collected."""
        self._cancel_pouring()
        if self._out:
            out, self._out = self._out, []
            self._out_size = 0
            self._hand_over(out)

    def _cancel_pouring(self) -> None:
        if self._pouring is not None:
            pouring, self._pouring = self._pouring, None
            if pouring.active():
                pouring.cancel()

    def _hand_over(self, lines: list[str]) -> None:
        """Write lines into the pipe, as much as it takes at once."""
        pipe = self._pipes.get(0)
        if pipe is not None and not self._deaf:
            lines.append("")
            pipe.write("\n".join(lines).encode("ascii", "backslashreplace"))
            # what the pipe takes now need not wait for the next turn, nor make the helper look behind
            if pipe.connected and not pipe.disconnecting:
                pipe.doWrite()
            if self.is_behind and not self._told_behind:
                self._told_behind = True
                self.on_behind(True)

    def pauseProducing(self) -> None:
        """The pipe is full."""
        self.is_behind = True

    def resumeProducing(self) -> None:
        """The pipe is empty: say what waited, answers first."""
        self.is_behind = False
        if self._resuming:
            # the loop below goes on
            return
        self._resuming = True
        while not self.is_behind:
            lines = self.answers.take(CHUNK) or self.events.take(CHUNK)
            if not lines:
                break
            self._hand_over(lines)
        self._resuming = False
        if not self.is_behind:
            self._catch_up()
        if self._turn is None and (self._stream is not None or (self._lines and not self.is_stuck)):
            self._turn = self._clock.callLater(0, self._work if self._stream is None else self._draw)

    def stopProducing(self) -> None:
        """The pipe is closed."""
        self._deafen()

    def _catch_up(self) -> None:
        """The helper has read everything, or never will."""
        if self._told_behind:
            self._told_behind = False
            self.on_behind(False)
        if self.events.dropped > self._gap:
            dropped = self.events.dropped - self._gap
            self._gap = self.events.dropped
            self.log.warn("helper {name} reads again, {count} events were dropped", name=self.name, count=dropped)

    def _deafen(self) -> None:
        """Nobody reads any more: forget what waits, carry out what was said."""
        if self._deaf:
            return
        self._deaf = True
        self.is_behind = False
        self.answers.clear()
        self.events.clear()
        self._out.clear()
        self._cancel_pouring()
        self._catch_up()
        if self._turn is None and (self._lines or self._stream is not None):
            self._turn = self._clock.callLater(0, self._work if self._stream is None else self._draw)

    @property
    def waiting(self) -> tuple[int, int]:
        """The lines and characters that wait until it reads."""
        return len(self.answers) + len(self.events), self.answers.size + self.events.size

    def flush(self) -> None:
        """Write at once what was collected."""
        self._pour()


def nothing(*_: object) -> None:
    """What is done where nobody asked for anything."""
