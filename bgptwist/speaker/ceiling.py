"""`maximum-prefix`: how many routes a peer may have told us before its session ends with 6/1 (RFC 4271, 6.7; RFC 4486).

What counts is what the Adj-RIB-In holds; without one, keys are counted in its place.
"""

from collections.abc import Callable, Iterable

from bgptwist.rib.incoming import Incoming
from bgptwist.rib.tally import Tally
from bgptwist.settings.model import PrefixLimit
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.update import Update


class Ceiling:
    """The limits of one session; each of them says something at most twice, so a peer cannot fill the log."""

    def __init__(
        self,
        limits: Iterable[PrefixLimit],
        families: tuple[Family, ...],
        incoming: Incoming | None,
        say: Callable[[str], object],
    ) -> None:
        """`families` are those of the session: limits of others have nothing to count."""
        self.penalty: float | None = 0.0
        """Once the session was ended: the seconds without a new one, None for ever."""
        self._families = families
        self._say = say
        self._tally = Tally() if incoming is None else None
        self._held: Incoming | Tally = incoming if self._tally is None else self._tally  # type: ignore[assignment]
        self._warned: set[Family | None] = set()
        self._live: list[PrefixLimit] = []
        self.adjust(limits)

    def adjust(self, limits: Iterable[PrefixLimit]) -> None:
        """Take other limits; families that were not counted before are counted from now on."""
        self._live = [limit for limit in limits if limit.family is None or limit.family in self._families]
        self._warned.clear()
        self._count()

    def _count(self) -> None:
        """Without an Adj-RIB-In, keep what is counted and nothing else."""
        if self._tally is not None:
            wanted = {limit.family for limit in self._live}
            self._tally.keep(self._families if None in wanted else [each for each in self._families if each in wanted])

    def update(self, update: Update) -> Notification | None:
        """Look at what an UPDATE leaves; the NOTIFICATION that the session must end with, if it is too much."""
        if self._tally is not None:
            self._tally.update(update)
        if not update.announced:
            return None
        return self.check(update.announced[-1].family.base)

    def held(self, family: Family | None) -> int:
        """How many routes of a family, or of all, were counted."""
        return self._held.count(family)

    def check(self, last: Family) -> Notification | None:
        """Compare every limit; `last` is the family that is named when all of them together are too many."""
        for limit in list(self._live):
            count = self._held.count(limit.family)
            if count > limit.bound:
                self._say(f"maximum-prefix: {count} {described(limit)}, {limit.bound} are allowed")
                if not limit.warning_only:
                    self.penalty = limit.restart
                    return Notification(6, 1, (limit.family or last).header + limit.bound.to_bytes(4, "big"))
                # A limit that only warns has nothing more to say, and its routes need not be counted.
                self._live.remove(limit)
                self._count()
            elif limit.family not in self._warned and count * 100 >= limit.bound * limit.warning:
                self._warned.add(limit.family)
                self._say(f"maximum-prefix: {count} {described(limit)} of {limit.bound}")
        return None


def described(limit: PrefixLimit) -> str:
    """What a limit counts."""
    return "routes" if limit.family is None else f"routes of {limit.family.name}"
