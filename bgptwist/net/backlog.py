"""What waits for one that does not read: answers, all of which are kept, and events, the newest of them."""

from collections import deque


class Limits:
    """How much waits for one that does not read: lines and octets of events, octets of answers."""

    def __init__(self, lines: int = 10_000, octets: int = 1 << 20, answers: int = 1 << 20) -> None:
        self.lines = lines
        self.octets = octets
        self.answers = answers


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
