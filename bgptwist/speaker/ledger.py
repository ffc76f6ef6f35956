"""Whose routes those of commands are, until when, and which command brought them about.

Nothing is kept of a route that no command said `ttl`, `owner` or an identifier about.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import Final

from zope.interface import implementer

from bgptwist.interfaces import IEventSink
from bgptwist.session.timers import Call, Clock
from bgptwist.speaker.events import SEND, Event, UpdateMessage
from bgptwist.wire.errors import Refused
from bgptwist.wire.kinds import Family
from bgptwist.wire.route import Claim, Route, key_of

Key = tuple[Family, bytes]

CAUSES: Final = 100_000
"""Routes of which the last command is known by its identifier; the oldest are forgotten."""

STEP: Final = 1000
"""Routes that lapse in one turn of the reactor."""

SLACK: Final = 1000
"""Dates in the calendar that count no more before it is written again, beside as many as do count."""

NAMED: Final = 3
"""Routes that a line about lapsed ones names."""


class Held:
    """A route of some members: its owner, '' for nobody, and when it lapses by the clock, None for never.

    `noted` is the earliest date of it in the calendar, None when there is none.
    """

    __slots__ = ("due", "members", "noted", "owner", "route")

    def __init__(self, route: Route, members: int, owner: str, due: float | None) -> None:
        self.route = route
        self.members = members
        self.owner = owner
        self.due = due
        self.noted: float | None = None


class Ledger:
    """What is known of routes beside the Adj-RIB-Out.

    `active` is whether anything is: as long as it is not, nobody has to ask.  `cause` is the identifier of the command
    that is being carried out, '' when it has none.
    """

    def __init__(
        self, clock: Clock, withdraw: Callable[[list[Route], int], object], log: Callable[[str], object]
    ) -> None:
        """`withdraw(routes, members)` takes back what lapses; `log` takes a line about it."""
        self.active = False
        self.cause = ""
        self._clock = clock
        self._withdraw = withdraw
        self._log = log
        self._held: dict[Key, list[Held]] = {}
        self._owners: dict[str, dict[Key, None]] = {}
        self._causes: dict[Key, str] = {}
        self._calendar: list[tuple[float, int, Key, Held]] = []
        self._leases = 0
        self._serial = 0
        self._timer: Call | None = None
        self._timed = 0.0
        self._stopped = False

    # ------------------------------------------------------------------ owners and leases

    def check(self, routes: Iterable[Route], members: int, owner: str) -> None:
        """Refused when one of these routes of these members is somebody else's."""
        if not self._owners:
            return
        for route in routes:
            for held in self._held.get(key_of(route), ()):
                if held.members & members and held.owner and held.owner != owner:
                    words = route.family.words(route.nlri)
                    raise Refused(f"{words} belongs to owner {held.owner}")

    def announced(self, routes: Iterable[Route], members: int, claim: Claim | None = None) -> None:
        """These routes were announced, on what terms: those from before count no more."""
        due = self._clock.seconds() + claim.ttl if claim is not None and claim.ttl else None
        for route in routes:
            key = key_of(route)
            if self.active:
                self._strip(key, members)
            if claim is not None:
                held = Held(route, members, claim.owner, due)
                self._held.setdefault(key, []).append(held)
                if claim.owner:
                    self._owners.setdefault(claim.owner, {})[key] = None
                if due is not None:
                    self._leases += 1
                    self._note(key, held, due)
            self._remember(route, key)
        self._settle()

    def withdrawn(self, routes: Iterable[Route], members: int) -> None:
        """These routes were withdrawn: nothing of them counts any more."""
        for route in routes:
            key = key_of(route)
            self._strip(key, members)
            self._remember(route, key)
        self._settle()

    def renew(self, owner: str, ttl: float, members: int) -> int:
        """The leases of an owner begin anew; how many there are."""
        due = self._clock.seconds() + ttl
        count = 0
        for key in self._owners.get(owner, ()):
            for held in self._held[key]:
                if held.owner == owner and held.due is not None and held.members & members:
                    count += 1
                    if held.members & ~members:
                        # the other members keep their date
                        other = Held(held.route, held.members & ~members, owner, held.due)
                        self._held[key] = [*self._held[key], other]
                        self._leases += 1
                        self._note(key, other, held.due)
                        held.members &= members
                    held.due = due
                    self._note(key, held, due)
        self._settle()
        return count

    def owned(self, owner: str, members: int) -> list[tuple[Route, int]]:
        """The routes of an owner and for which of these members they are."""
        return [
            (held.route, held.members & members)
            for key in self._owners.get(owner, ())
            for held in self._held[key]
            if held.owner == owner and held.members & members
        ]

    def held(self) -> Iterator[Held]:
        """Every route with an owner or a lease; safe against changes in between."""
        for key in list(self._held):
            yield from self._held.get(key, ())

    def left(self, held: Held) -> float | None:
        """Seconds until a route lapses, None for ever."""
        return None if held.due is None else max(0.0, held.due - self._clock.seconds())

    # ------------------------------------------------------------------ members

    def forget(self, members: int) -> None:
        """Members are gone, or everything was withdrawn from them."""
        if self._held:
            for key in list(self._held):
                self._strip(key, members)
            self._settle()

    def enrol(self, members: int, like: int) -> None:
        """New members have what another one has."""
        for found in self._held.values():
            for held in found:
                if held.members & like:
                    held.members |= members

    def _strip(self, key: Key, members: int) -> None:
        """Nothing counts any more for these members of a key."""
        found = self._held.get(key)
        if found is None:
            return
        left: list[Held] = []
        for held in found:
            held.members &= ~members
            if held.members:
                left.append(held)
                continue
            if held.due is not None:
                self._leases -= 1
                held.due = None
        for owner in {held.owner for held in found} - {held.owner for held in left} - {""}:
            keys = self._owners[owner]
            keys.pop(key, None)
            if not keys:
                del self._owners[owner]
        if left:
            self._held[key] = left
        else:
            del self._held[key]

    # ------------------------------------------------------------------ the calendar

    def _note(self, key: Key, held: Held, due: float) -> None:
        """Look at a route then, unless that happens earlier anyway: a lease that is renewed costs nothing."""
        if held.noted is not None and held.noted <= due:
            return
        held.noted = due
        self._serial += 1
        heappush(self._calendar, (due, self._serial, key, held))

    def _settle(self) -> None:
        """After changes: be called at the first date, and keep the calendar small."""
        self.active = bool(self._held or self._causes)
        if len(self._calendar) > 2 * self._leases + SLACK:
            self._calendar = [each for each in self._calendar if each[3].due is not None and each[3].noted == each[0]]
            heapify(self._calendar)
        first = self._calendar[0][0] if self._calendar else None
        if self._timer is not None and (first is None or first < self._timed):
            self._timer.cancel()
            self._timer = None
        if first is not None and self._timer is None and not self._stopped:
            self._timed = first
            self._timer = self._clock.callLater(max(0.0, first - self._clock.seconds()), self._lapse)

    def _lapse(self) -> None:
        """Take back what was not renewed, a step at a time."""
        self._timer = None
        now = self._clock.seconds()
        lapsed: list[Held] = []
        while self._calendar and self._calendar[0][0] <= now and len(lapsed) < STEP:
            date, _, key, held = heappop(self._calendar)
            if held.due is None or held.noted != date:
                continue
            held.noted = None
            if held.due > now:
                self._note(key, held, held.due)
                continue
            gone = Held(held.route, held.members, held.owner, None)
            self._strip(key, held.members)
            self._causes.pop(key, None)
            lapsed.append(gone)
        for gone in lapsed:
            self._withdraw([gone.route], gone.members)
        if lapsed:
            self._log(f"withdrawn because the ttl is over: {named(lapsed)}")
        self._settle()

    def stop(self) -> None:
        """Nothing lapses any more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # ------------------------------------------------------------------ causes

    def _remember(self, route: Route, key: Key) -> None:
        """The command that is being carried out is the last one about a route."""
        if not self.cause:
            if self._causes:
                for each in keys_of(route, key):
                    self._causes.pop(each, None)
            return
        for each in keys_of(route, key):
            self._causes.pop(each, None)
            self._causes[each] = self.cause
        while len(self._causes) > CAUSES:
            del self._causes[next(iter(self._causes))]

    def causes(self, event: Event) -> tuple[str, ...]:
        """The identifiers of the commands that brought an event about."""
        if isinstance(event, UpdateMessage) and event.update.end_of_rib is None:
            return self._of(event) if event.direction == SEND and self._causes else ()
        return (self.cause,) if self.cause else ()

    def _of(self, event: UpdateMessage) -> tuple[str, ...]:
        """Those of the routes in an UPDATE of ours."""
        found: dict[str, None] = {}
        update = event.update
        parts = [(part.family, part.nlris) for part in update.announced]
        for family, nlris in parts + [(part.family, part.nlris) for part in update.withdrawn]:
            for nlri in nlris:
                key = nlri if family.key is None else family.key(nlri)
                cause = self._causes.get((family, key))
                if cause is None and family.path_id:
                    cause = self._causes.get((family.base, key[4:]))
                if cause is not None:
                    found[cause] = None
        return tuple(found)


@implementer(IEventSink)
class Attribution:
    """Says in each event which commands brought it about, and passes it on."""

    def __init__(self, ledger: Ledger, sink: IEventSink) -> None:
        self._ledger = ledger
        self._sink = sink
        self.interest: Callable[[str], frozenset[str]] = sink.interest
        """Which events of a neighbor somebody wants; asked for every message, hence no function of its own."""

    def publish(self, event: object) -> None:
        """One of bgptwist.speaker.events."""
        if (self._ledger.active or self._ledger.cause) and isinstance(event, Event):
            event.causes = self._ledger.causes(event)
        self._sink.publish(event)


def keys_of(route: Route, key: Key) -> tuple[Key, ...]:
    """That, and what identifies it to a peer without ADD-PATH."""
    return (key, (route.family.base, key[1][4:])) if route.family.path_id else (key,)


def named(lapsed: list[Held]) -> str:
    """Routes for the log: the first ones, and how many more there are."""
    words = [
        held.route.family.words(held.route.nlri) + (f" of {held.owner}" if held.owner else "")
        for held in lapsed[:NAMED]
    ]
    more = len(lapsed) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")
