"""Lines that are carried out together, later: a group whatever becomes of each, a batch all of them or none."""

from typing import Final

from bgptwist.api.changes import Change
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import BgptwistError, Refused
from bgptwist.wire.kinds import Family
from bgptwist.wire.route import key_of

MOST: Final = 100_000
"""Lines in a group or a batch."""

LARGEST: Final = 100 << 20
"""Characters of these lines."""

MOST_ROUTES: Final = 250_000
"""Routes in a batch: one line may split a prefix into many."""

TOLD: Final = 5
"""Lines that the answer to a commit says were refused; it counts the others."""


class Group:
    """The lines of a group that was started and not ended."""

    __slots__ = ("lines", "size")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.size = 0

    def add(self, line: str) -> None:
        """One more; Refused when there is no room."""
        if len(self.lines) >= MOST:
            raise Refused(f"a group has at most {MOST} lines")
        if self.size + len(line) > LARGEST:
            raise Refused(f"a group has at most {LARGEST} characters")
        self.lines.append(line)
        self.size += len(line)


class Entry:
    """A change of a batch: the number of its line, the members meant, and the identifier of its command."""

    __slots__ = ("cause", "change", "line", "members")

    def __init__(self, line: int, change: Change, members: int, cause: str) -> None:
        self.line = line
        self.change = change
        self.members = members
        self.cause = cause


class Batch:
    """Lines that were read and checked, and wait for `batch commit`."""

    __slots__ = ("_entries", "_lines", "_owners", "_peers", "_refusals", "_refused", "_routes", "_size", "_speaker")

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._entries: list[Entry] = []
        self._lines = 0
        self._size = 0
        self._routes = 0
        self._refused = 0
        self._refusals: list[str] = []
        self._owners: dict[tuple[Family, bytes], str] = {}
        self._peers: dict[int, list[Peer]] = {}

    def check(self, changes: list[tuple[Change, int]]) -> None:
        """Whether the changes of one line are possible, after those before them."""
        owners: dict[tuple[Family, bytes], str] = {}
        for change, members in changes:
            change.check(self._speaker, members)
            routes, owner = change.owners()
            for route in routes:
                key = key_of(route)
                other = owners.setdefault(key, self._owners.get(key, owner))
                if other != owner:
                    whose = f"owner {other}" if other else "nobody"
                    raise Refused(f"{route.family.words(route.nlri)} belongs to {whose} in this batch")
        if self._routes + len(owners) > MOST_ROUTES:
            raise Refused(f"a batch has at most {MOST_ROUTES} routes")
        self._routes += len(owners)
        self._owners.update(owners)

    def take(self, changes: list[tuple[Change, int]], cause: str, line: str) -> None:
        """The changes of a line that was read; Refused when they are not possible, or there is no room."""
        if self._lines >= MOST:
            raise Refused(f"a batch has at most {MOST} lines")
        if self._size + len(line) > LARGEST:
            raise Refused(f"a batch has at most {LARGEST} characters")
        self.check(changes)
        self._lines += 1
        self._size += len(line)
        for change, members in changes:
            if members not in self._peers:
                self._peers[members] = self._speaker.members_of(members)
            self._entries.append(Entry(self._lines, change, members, cause))

    def refuse(self, reason: str, line: str = "") -> None:
        """A line was wrong."""
        self._lines += 1
        self._size += len(line)
        self._refused += 1
        if len(self._refusals) < TOLD:
            self._refusals.append(f"line {self._lines}: {reason}")

    def commit(self, cause: str) -> tuple[int, int]:
        """Apply everything; how many routes were announced and withdrawn.  Refused when a line was or is wrong."""
        speaker = self._speaker
        present = {members: speaker.present(peers) for members, peers in self._peers.items()}
        for entry in self._entries if not self._refused else ():
            try:
                if entry.members and not present[entry.members]:
                    raise Refused("its neighbors are gone")
                entry.change.check(speaker, present[entry.members])
            except BgptwistError as error:
                self._refused += 1
                if len(self._refusals) < TOLD:
                    self._refusals.append(f"line {entry.line}: {error}")
        if self._refused:
            raise Refused(self._verdict())
        counts = [0, 0]
        try:
            for entry in self._entries:
                speaker.ledger.cause = entry.cause or cause
                counts[entry.change.withdraws] += entry.change.apply(speaker, present[entry.members])
        finally:
            speaker.ledger.cause = cause
        return counts[0], counts[1]

    def _verdict(self) -> str:
        """Which lines were refused, and why."""
        more = self._refused - len(self._refusals)
        rest = f"; and {more} more" if more else ""
        return f"{self._refused} of {self._lines} lines were refused: {'; '.join(self._refusals)}{rest}"
