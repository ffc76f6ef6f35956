"""What commands change in the Adj-RIB-Out, as values: checked first, applied then, now or at the end of a batch."""

from abc import ABC, abstractmethod

from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.route import Announcement, Route


class Change(ABC):
    """One change: `check` is Refused when it is not possible, `apply` does it and cannot fail after that.

    `withdraws` is how its routes are counted.
    """

    withdraws = False

    def owners(self) -> tuple[list[Route], str]:
        """Its routes, and whose they are to be."""
        return [], ""

    def check(self, speaker: Speaker, members: int) -> None:
        """See whether it is possible."""
        routes, owner = self.owners()
        speaker.ledger.check(routes, members, owner)

    @abstractmethod
    def apply(self, speaker: Speaker, members: int) -> int:
        """Do it; how many routes were announced or withdrawn."""


class Routes(Change):
    """What one statement says is announced or withdrawn."""

    def __init__(self, announcement: Announcement, withdraws: bool) -> None:
        self._announcement = announcement
        self.withdraws = withdraws

    def owners(self) -> tuple[list[Route], str]:
        claim = self._announcement.claim
        return self._announcement.routes, claim.owner if claim is not None else ""

    def apply(self, speaker: Speaker, members: int) -> int:
        announcement = self._announcement
        routes = announcement.routes
        ledger = speaker.ledger
        if self.withdraws:
            speaker.withdraw(routes, members)
            if ledger.active or ledger.cause:
                ledger.withdrawn(routes, members)
            return len(routes)
        if announcement.watchdog:
            speaker.hold(announcement, members)
        if announcement.held:
            return 0
        if not announcement.watchdog:
            speaker.announce(routes, members)
        if ledger.active or ledger.cause or announcement.claim is not None:
            ledger.announced(routes, members, announcement.claim)
        return len(routes)


class Watchdog(Change):
    """All routes of a watchdog are announced or withdrawn, on every neighbor."""

    def __init__(self, name: str, withdraws: bool) -> None:
        self._name = name
        self.withdraws = withdraws

    def check(self, speaker: Speaker, members: int) -> None:
        for route, theirs in speaker.watched(self._name):
            speaker.ledger.check([route], theirs, "")

    def apply(self, speaker: Speaker, members: int) -> int:
        speaker.watchdog(self._name, not self.withdraws)
        watched = speaker.watched(self._name)
        ledger = speaker.ledger
        if ledger.active or ledger.cause:
            note = ledger.withdrawn if self.withdraws else ledger.announced
            for route, theirs in watched:
                note([route], theirs)
        return len(watched)


class Owned(Change):
    """All routes of an owner are withdrawn."""

    withdraws = True

    def __init__(self, owner: str) -> None:
        self._owner = owner

    def apply(self, speaker: Speaker, members: int) -> int:
        return speaker.withdraw_owned(self._owner, members)
