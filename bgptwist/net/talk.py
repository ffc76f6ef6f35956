"""A caller as the shell sees it: lines are carried out in turns, answers and events wait for who does not read.

What helpers, consoles and named pipes have in common; how octets come and go is theirs.  One that does not read is
*behind*: events for it wait in a queue of bounded size, the oldest are dropped and counted; answers are kept, in little
room.  Nobody else notices.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from twisted.internet.interfaces import IDelayedCall, IPushProducer
from twisted.logger import Logger
from zope.interface import implementer

from bgptwist.api.answers import Conversation
from bgptwist.api.call import PAUSE, Lines, Wait
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.interfaces import ICaller
from bgptwist.net.backlog import Answers, Events, Limits

CHUNK: Final = 65536
"""Octets that are written at once."""

LONGEST_LINE: Final = 1 << 20
"""Octets a caller may write without newline."""

TURN: Final = 2000
"""Commands of one caller before everybody else gets a turn; a long line counts as several."""

LINE: Final = 200
"""Characters of a line that counts as one."""

DRAWN: Final = 500
"""Lines of a long answer before everybody else gets a turn."""


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


@implementer(ICaller, IPushProducer)
class Talk(ABC):
    """Carries out what one caller says and tells it the answers and events, in pieces.

    Whoever inherits calls `heard(octets)` with what was said, `finish()` when no more will be said and `deafen()` when
    nobody reads any more; it is asked to `put(octets)` and to `listen(flag)`, and its transport is told that we are the
    producer.  `on_gone()` is called when it finished and all that it said was carried out; `on_behind(flag)` when it
    stops to read or has read everything.
    """

    log = Logger("bgptwist.net.helper")

    kind = "helper"
    """What it is called in the log."""

    def __init__(self, name: str, encoder: str, dispatcher: Dispatcher, clock: Any, limits: Limits) -> None:
        self.name = name
        self.encoder = encoder
        self.on_gone: Callable[[], None] = nothing
        self.on_behind: Callable[[bool], None] = nothing
        self.is_behind = False
        self.lines_in = 0
        """Lines that it said."""
        self.answers = Answers()
        self.events = Events(limits)
        self._limits = limits
        self._clock = clock
        self._command: Callable[[Conversation, str], Lines | None] = dispatcher.command
        self._conversation: Conversation = self.converse(dispatcher)
        self._splitter = Splitter()
        self._lines: deque[str | None] = deque()
        self._turn: IDelayedCall | None = None
        self._stream: Lines | None = None
        self._wait: Wait | None = None
        self._out: list[str] = []
        self._out_size = 0
        self._pouring: IDelayedCall | None = None
        self._deaf = False
        self._ended = False
        self._reading = True
        self._resuming = False
        self._told_behind = False
        self._gap = 0

    # ------------------------------------------------------------------ what callers of a kind do in their own way

    def converse(self, dispatcher: Dispatcher) -> Conversation:
        """Begin the conversation, in which the caller has the rights of its name."""
        return dispatcher.converse(self)

    @abstractmethod
    def put(self, octets: bytes) -> None:
        """Write octets, as many of them as possible at once; only called while somebody reads."""

    @abstractmethod
    def listen(self, flag: bool) -> None:
        """Take octets from the caller, or take none for now."""

    def missed(self, count: int) -> None:
        """So many events were dropped before it read again."""
        self.log.warn(
            "{kind} {name} reads again, {count} events were dropped", kind=self.kind, name=self.name, count=count
        )

    # ------------------------------------------------------------------ what it says

    def heard(self, data: bytes) -> None:
        """The caller said something."""
        lines = self._splitter.feed(data)
        self.lines_in += len(lines)
        self._lines.extend(lines)
        if self._turn is None:
            self._work()

    def finish(self) -> None:
        """The caller will say no more; what it said is carried out."""
        self._ended = True
        if self._turn is None:
            self._work()

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
                    "{kind} {name} wrote a line of more than {size} octets",
                    kind=self.kind,
                    name=self.name,
                    size=LONGEST_LINE,
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
            self.listen(reading)

    def _draw(self) -> None:
        """Write some more lines of a long answer, until it has to wait or wants others to have a turn."""
        self._turn = None
        stream = self._stream
        left = DRAWN
        while stream is not None and left > 0 and not self.is_behind and self._wait is None:
            line = next(stream, None)
            if line is PAUSE:
                left = 0
            elif line is None or self._deaf:
                stream = self._stream = None
            elif isinstance(line, str):
                left -= 1
                self.write(line)
            elif isinstance(line, Wait):
                self._await(line)
        if stream is None:
            self._turn = self._clock.callLater(0, self._work)
        elif not self.is_behind and self._wait is None:
            self._turn = self._clock.callLater(0, self._draw)

    def _await(self, wait: Wait) -> None:
        """Do nothing for this caller until something has happened, or it is gone."""

        def ready() -> None:
            if self._wait is wait:
                self._wait = None
                self._go_on()

        self._wait = wait
        try:
            wait.subscribe(ready)
        except Exception:
            # a mistake of ours: the caller must not wait for ever
            self.log.failure("{kind} {name}: it cannot be waited for", kind=self.kind, name=self.name)
            ready()

    def _go_on(self) -> None:
        """Take up what was left, in another turn."""
        if self._turn is None and self._wait is None and (self._stream is not None or self._lines):
            self._turn = self._clock.callLater(0, self._work if self._stream is None else self._draw)

    # ------------------------------------------------------------------ what it is told

    def write(self, line: str) -> None:
        """An answer; kept however long it takes to read it."""
        if self._deaf:
            return
        if self.is_behind:
            self.answers.add(line)
            return
        self._put(line)

    def send(self, event: str) -> None:
        """An event, without its last newline; may be dropped when the caller is behind."""
        if self._deaf:
            return
        if self.is_behind:
            before = self.events.dropped
            self.events.add(event)
            if before == self._gap and self.events.dropped > before:
                self.log.warn(
                    "{kind} {name} does not read, its oldest events are dropped", kind=self.kind, name=self.name
                )
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
        """Write lines, as much as the other side takes at once."""
        if not self._deaf:
            lines.append("")
            self.put("\n".join(lines).encode("ascii", "backslashreplace"))
            if self.is_behind and not self._told_behind:
                self._told_behind = True
                self.on_behind(True)

    def pauseProducing(self) -> None:
        """The other side does not read as fast as we write."""
        self.is_behind = True

    def resumeProducing(self) -> None:
        """The other side has read everything: say what waited, answers first."""
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
        if self._stream is not None or not self.is_stuck:
            self._go_on()

    def stopProducing(self) -> None:
        """The other side reads no more."""
        self.deafen()

    def _catch_up(self) -> None:
        """It has read everything, or never will."""
        if self._told_behind:
            self._told_behind = False
            self.on_behind(False)
        if self.events.dropped > self._gap:
            dropped = self.events.dropped - self._gap
            self._gap = self.events.dropped
            self.missed(dropped)

    def deafen(self) -> None:
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
        if self._wait is not None:
            # nobody is left to be told that it happened
            self._wait = self._stream = None
        self._go_on()

    def forget(self) -> None:
        """What waits, and what is left of a long answer, is wanted no more; the next command is."""
        self.answers.clear()
        self.events.clear()
        self._out.clear()
        self._out_size = 0
        self._stream = self._wait = None
        self._go_on()

    @property
    def waiting(self) -> tuple[int, int]:
        """The lines and characters that wait until it reads."""
        return len(self.answers) + len(self.events), self.answers.size + self.events.size

    def flush(self) -> None:
        """Write at once what was collected."""
        self._pour()


def nothing(*_: object) -> None:
    """What is done where nobody asked for anything."""
