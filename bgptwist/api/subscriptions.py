"""Who wants which event of which neighbor, and in what form (ExaBGP's API, 1.1 and 4.2)."""

from collections.abc import Callable, Iterable

from zope.interface import classImplements

from bgptwist.api.audience import NOTHING, Audience, Encoder, Hearer, Listener, Observer
from bgptwist.api.encoders.dialects import VERSIONS, Dialect
from bgptwist.api.encoders.former import FormerEncoder
from bgptwist.api.encoders.former_text import FormerTextEncoder
from bgptwist.api.encoders.json import JsonEncoder, Stamp, here
from bgptwist.api.encoders.text import TextEncoder
from bgptwist.interfaces import IEventSink
from bgptwist.settings.model import ApiSettings, HelperSettings, NeighborSettings
from bgptwist.speaker.events import SEND, Event, Message


def everyone(address: str) -> bool:
    """Every neighbor."""
    return True


class Subscription:
    """Something that hears of neighbors though no section names it: `neighbors` says of which, by their address."""

    __slots__ = ("hearer", "neighbors", "wanted")

    def __init__(self, hearer: Hearer, wanted: ApiSettings, neighbors: Callable[[str], bool]) -> None:
        self.hearer = hearer
        self.wanted = wanted
        self.neighbors = neighbors


class Known:
    """What is remembered of a neighbor: its address, its sections and who listens."""

    __slots__ = ("address", "audience", "sections")

    def __init__(self, address: str, sections: tuple[ApiSettings, ...], audience: Audience) -> None:
        self.address = address
        self.sections = sections
        self.audience = audience


class Subscriptions:
    """The event sink of the speaker: writes every event once for each form wanted, and counts for each listener."""

    def __init__(self, dialect: Dialect, stamp: Callable[[], Stamp] = here) -> None:
        """`dialect` is that of JSON for who does not ask for a version."""
        self._dialect = dialect
        self._stamp = stamp
        self._encoders: dict[str, Encoder] = {}
        self._listeners: dict[str, Listener] = {}
        self._subscribed: dict[Subscription, None] = {}
        self._known: dict[str, Known] = {}
        self._shared: dict[tuple[object, ...], Audience] = {}
        self.on_problem: Callable[[str], None] = ignore
        """Told of an event that could not be written, or at which an observer failed."""

    # ------------------------------------------------------------------ settings

    def configure(self, neighbors: Iterable[NeighborSettings], helpers: Iterable[HelperSettings]) -> None:
        """Take over a new configuration; listeners that stay keep their counters, subscriptions go on."""
        before = self._listeners
        self._listeners = {}
        for settings in helpers:
            encoder = self.encoder(settings.encoder, settings.version)
            listener = before.get(settings.name)
            if listener is None or listener.encoder is not encoder:
                listener = Listener(settings.name, encoder)
            self._listeners[settings.name] = listener
        self._known.clear()
        self._shared.clear()
        for neighbor in neighbors:
            self.add(neighbor)

    def add(self, neighbor: NeighborSettings) -> None:
        """Learn who listens to a neighbor, which may have come with a connection."""
        audience = self._audience(neighbor.peer_address, neighbor.api)
        self._known[neighbor.name] = Known(neighbor.peer_address, neighbor.api, audience)

    def remove(self, name: str) -> None:
        """Forget a neighbor and its counters."""
        self._known.pop(name, None)
        for listener in self._listeners.values():
            listener.counters.pop(name, None)
        for each in self._subscribed:
            if isinstance(each.hearer, Listener):
                each.hearer.counters.pop(name, None)

    def attach(self, name: str, send: Callable[[str], None]) -> None:
        """A helper runs: send it events from now on, counted from 1; `send` takes an event without its last newline."""
        listener = self._listeners.get(name)
        if listener is not None:
            listener.send = send
            listener.counters = {}

    def detach(self, name: str) -> None:
        """A helper ended."""
        listener = self._listeners.get(name)
        if listener is not None:
            listener.send = None

    def encoder(self, encoder: str, version: str = "") -> Encoder:
        """What writes `json` or `text` in that version of the API, '' for that of the daemon; KeyError for others."""
        dialect = VERSIONS[version] if version else self._dialect
        key = f"text {dialect.text}" if encoder == "text" else f"json {dialect.key}"
        found = self._encoders.get(key)
        if found is None:
            found = self._encoders[key] = self._make(encoder, dialect)
        return found

    def _make(self, encoder: str, dialect: Dialect) -> Encoder:
        if encoder == "text":
            return (FormerTextEncoder if dialect.former else TextEncoder)(self._stamp, dialect.text)
        if self._dialect.compact:
            dialect = dialect.compacted()
        return FormerEncoder(dialect, self._stamp) if dialect.former else JsonEncoder(dialect, self._stamp)

    def farewell(self, encoder: str, time: float, version: str = "") -> str:
        """The event that tells a helper to end."""
        return self.encoder(encoder, version).shutdown(time)

    # ------------------------------------------------------------------ subscriptions

    def subscribe(
        self,
        name: str,
        encoder: str,
        version: str,
        wanted: ApiSettings,
        send: Callable[[str], None],
        neighbors: Callable[[str], bool] = everyone,
    ) -> Callable[[], None]:
        """Send lines of events to somebody who is no helper, from now on; gives the function that ends it.

        `neighbors` is asked about the address of a neighbor.  `send` takes an event without its last newline, as that
        of `attach` does, and must not raise; `wanted.processes` means nothing here.  What was asked for outlives
        reloads, and neighbors that come later are heard of, too.
        """
        return self._begin(Subscription(Listener(name, self.encoder(encoder, version), send), wanted, neighbors))

    def observe(
        self,
        name: str,
        wanted: ApiSettings,
        receive: Callable[[Event], None],
        neighbors: Callable[[str], bool] = everyone,
    ) -> Callable[[], None]:
        """Give somebody the events themselves; the rest is as with `subscribe`.

        An event comes once, whatever the forms, if `wanted` names its type.  What `receive` raises is told to
        `on_problem`.
        """
        return self._begin(Subscription(Observer(name, receive), wanted, neighbors))

    def _begin(self, subscription: Subscription) -> Callable[[], None]:
        def end() -> None:
            if subscription in self._subscribed:
                del self._subscribed[subscription]
                subscription.hearer.end()
                self._renew(subscription)

        self._subscribed[subscription] = None
        self._renew(subscription)
        return end

    def _renew(self, changed: Subscription) -> None:
        """Somebody listens, or does so no more: find out anew who listens to the neighbors that it may hear."""
        self._shared.clear()
        for known in self._known.values():
            if changed.neighbors(known.address):
                known.audience = self._audience(known.address, known.sections)

    def _audience(self, address: str, sections: tuple[ApiSettings, ...]) -> Audience:
        """Who listens to a neighbor with that address and those sections; who has the same shares the audience."""
        others = tuple([each for each in self._subscribed if each.neighbors(address)])
        audience = self._shared.get((sections, others))
        if audience is None:
            wishes: list[tuple[Hearer, list[ApiSettings]]] = []
            for listener in self._listeners.values():
                mine = [section for section in sections if listener.name in section.processes]
                if mine:
                    wishes.append((listener, mine))
            wishes += [(each.hearer, [each.wanted]) for each in others]
            audience = self._shared[sections, others] = Audience(wishes, self._report)
        return audience

    def _report(self, problem: str) -> None:
        self.on_problem(problem)

    # ------------------------------------------------------------------ events

    def interest(self, name: str) -> frozenset[str]:
        """Which events of that neighbor somebody asked for, whether or not a helper runs now."""
        known = self._known.get(name)
        return NOTHING if known is None else known.audience.words

    def publish(self, event: object) -> None:
        """Tell everybody who wants an event of its neighbor."""
        if not isinstance(event, Event):
            return
        known = self._known.get(event.identity.name)
        if known is None:
            return
        audience = known.audience
        if isinstance(event, Message):
            groups = (audience.sent if event.direction == SEND else audience.received).get(event.kind, ())
        else:
            groups = audience.of(event)
        for group in groups:
            group.tell(event)

    def inform(self, name: str, events: Iterable[Event]) -> None:
        """Tell one helper or subscriber, which comes late, what the others heard before."""
        for event in events:
            known = self._known.get(event.identity.name)
            for group in () if known is None else known.audience.of(event):
                group.tell_one(event, name)


classImplements(Subscriptions, IEventSink)


def ignore(problem: str) -> None:
    """Nobody wants to know."""
