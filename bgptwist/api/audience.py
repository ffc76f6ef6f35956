"""Who is told of an event: listeners, those that get the very same line of it, and all those of one neighbor."""

from collections.abc import Callable
from typing import Final, NamedTuple

from bgptwist.api.encoders.json import NEGOTIATED, PACKET, RAW, TYPES, JsonEncoder
from bgptwist.api.encoders.text import TextEncoder
from bgptwist.settings.model import ApiSettings, DirectionSettings
from bgptwist.speaker.events import (
    RECEIVE,
    SEND,
    Agreed,
    CapabilityMessage,
    Event,
    FsmChanged,
    KeepaliveMessage,
    Message,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    SignalReceived,
    StateChanged,
    UpdateMessage,
)
from bgptwist.wire.framing import OLD_ROUTE_REFRESH, ROUTE_REFRESH

Encoder = JsonEncoder | TextEncoder
Report = Callable[[str], None]
"""Told of an event that could not be told."""


class Sort(NamedTuple):
    """One sort of events: its class, its `type` in JSON, the word that asks for it, and whether text has a form."""

    event: type[Event]
    type: str
    word: str
    help: str
    text: bool = True
    since: str = "3.4"
    """The first version of ExaBGP that told it."""


EVENTS: Final = (
    Sort(StateChanged, "state", "neighbor-changes", "the session: `connected`, `up`, or `down` with a reason"),
    Sort(FsmChanged, "fsm", "fsm", "every state of the session (RFC 4271, 8)", text=False, since="4"),
    Sort(Agreed, "negotiated", "negotiated", "what was negotiated, once for each session", text=False, since="4"),
    Sort(SignalReceived, "signal", "signal", "a signal to the daemon, for each neighbor", text=False, since="4"),
    Sort(OpenMessage, "open", "open", "an OPEN with all its capabilities"),
    Sort(UpdateMessage, "update", "update", "an UPDATE: routes that come and go, or the end of the first ones"),
    Sort(NotificationMessage, "notification", "notification", "a NOTIFICATION"),
    Sort(KeepaliveMessage, "keepalive", "keepalive", "a KEEPALIVE"),
    Sort(RefreshMessage, "refresh", "refresh", "a ROUTE-REFRESH: `query`, `begin` or `end`"),
    Sort(OperationalMessage, "operational", "operational", "an OPERATIONAL message: advice, or counts of routes"),
    Sort(CapabilityMessage, "capability", "operational", "a CAPABILITY message, whose number is the same", since="–"),
)
"""Everything that helpers can be told, in the order of the manual."""

CONDITIONS: Final[dict[type[Event], str]] = {
    sort.event: sort.word for sort in EVENTS if not issubclass(sort.event, Message)
}
"""Events that are no messages, by the word of the section that asks for them."""

FIELDS: Final[dict[str, str]] = {word: word.replace("-", "_") for word in CONDITIONS.values()}
"""Those words, with the field of ApiSettings that holds each."""

NOTHING: Final[frozenset[str]] = frozenset()


class Listener:
    """One that is told lines: how it is spoken to, and how many JSON events of each neighbor it was sent.

    `send` is None while it does not run.
    """

    __slots__ = ("counters", "encoder", "name", "send")

    def __init__(self, name: str, encoder: Encoder, send: Callable[[str], None] | None = None) -> None:
        self.name = name
        self.encoder = encoder
        self.send = send
        self.counters: dict[str, int] = {}

    def end(self) -> None:
        """It hears no more, not even of the event that is being told."""
        self.send = None


class Observer:
    """One that is given the events themselves; what it raises is reported and harms nobody else."""

    __slots__ = ("name", "receive")

    def __init__(self, name: str, receive: Callable[[Event], None] | None) -> None:
        self.name = name
        self.receive = receive

    def end(self) -> None:
        """It hears no more."""
        self.receive = None


Hearer = Listener | Observer


class Group:
    """Listeners that get the very same line of an event."""

    __slots__ = ("encoder", "form", "listeners", "report")

    def __init__(self, encoder: Encoder, form: int, report: Report) -> None:
        self.encoder = encoder
        self.form = form
        self.report = report
        self.listeners: list[Listener] = []

    def tell_one(self, event: Event, name: str) -> None:
        """Tell it to who has that name."""
        self.tell(event, [listener for listener in self.listeners if listener.name == name])

    def tell(self, event: Event, some: list[Listener] | None = None) -> None:
        """Tell those that run, or some of them; the line is written once, and not if nobody runs."""
        encoded: tuple[str, str] | None = None
        counted = self.encoder.counted
        neighbor = event.identity.name
        for listener in self.listeners if some is None else some:
            send = listener.send
            if send is None:
                continue
            if encoded is None:
                encoded = self._encode(event)
                if encoded is None:
                    break
            if counted:
                count = listener.counters[neighbor] = listener.counters.get(neighbor, 0) + 1
                send(f"{encoded[0]}{count}{encoded[1]}")
            else:
                send(encoded[0])

    def _encode(self, event: Event) -> tuple[str, str] | None:
        """Write an event; if that fails a listener gets the octets, and the session goes on."""
        try:
            return self.encoder.encode(event, self.form)
        except Exception as error:
            self.report(f"{event.identity.name}: {type(event).__name__} cannot be written: {error!r}")
            return self.encoder.encode(event, PACKET) if isinstance(event, Message) else None


class Circle:
    """Observers of an event."""

    __slots__ = ("observers", "report")

    def __init__(self, report: Report) -> None:
        self.report = report
        self.observers: list[Observer] = []

    def tell_one(self, event: Event, name: str) -> None:
        """Give it to who has that name."""
        self.tell(event, [observer for observer in self.observers if observer.name == name])

    def tell(self, event: Event, some: list[Observer] | None = None) -> None:
        """Give them the event, or some of them."""
        for observer in self.observers if some is None else some:
            receive = observer.receive
            if receive is None:
                continue
            try:
                receive(event)
            except Exception as error:
                self.report(f"{observer.name} failed at {type(event).__name__} of {event.identity.name}: {error!r}")


Told = dict[str | int, tuple[Group | Circle, ...]]


class Table:
    """Gathers who hears of each sort of event: the words of conditions, or the numbers of message types."""

    def __init__(self) -> None:
        self.groups: dict[str | int, list[Group]] = {}
        self.circles: dict[str | int, Circle] = {}

    def join(self, sort: str | int, hearer: Hearer, form: int, report: Report) -> None:
        """Put a hearer to those with its encoder and form; octets come before meaning."""
        if isinstance(hearer, Observer):
            self.circles.setdefault(sort, Circle(report)).observers.append(hearer)
            return
        groups = self.groups.setdefault(sort, [])
        for group in groups:
            if group.encoder is hearer.encoder and group.form == form:
                break
        else:
            group = Group(hearer.encoder, form, report)
            groups.append(group)
            groups.sort(key=lambda group: not group.form & PACKET)
        group.listeners.append(hearer)

    def told(self) -> Told:
        """Who is told of each sort, those that get lines first."""
        found: Told = {}
        for sort in {**self.groups, **self.circles}:
            circle = self.circles.get(sort)
            found[sort] = (*self.groups.get(sort, ()), *(() if circle is None else (circle,)))
        if ROUTE_REFRESH in found:
            found[OLD_ROUTE_REFRESH] = found[ROUTE_REFRESH]
        return found


class Audience:
    """Who listens to one neighbor, or to several that the same ones listen to.

    `words` is what IEventSink.interest tells.
    """

    __slots__ = ("conditions", "received", "sent", "words")

    def __init__(self, wishes: list[tuple[Hearer, list[ApiSettings]]], report: Report) -> None:
        """What each hearer wants; several sections of one add up."""
        conditions, received, sent = Table(), Table(), Table()
        words: set[str] = set()
        for hearer, sections in wishes:
            words.update(join_conditions(conditions, hearer, sections, report))
            words.update(join_messages({RECEIVE: received, SEND: sent}, hearer, sections, report))
        self.conditions = conditions.told()
        self.received = received.told()
        self.sent = sent.told()
        self.words = frozenset(words) if words else NOTHING

    def of(self, event: Event) -> tuple[Group | Circle, ...]:
        """Who is told of an event."""
        if isinstance(event, Message):
            return (self.sent if event.direction == SEND else self.received).get(event.kind, ())
        return self.conditions.get(CONDITIONS.get(type(event), ""), ())


def join_conditions(table: Table, hearer: Hearer, sections: list[ApiSettings], report: Report) -> list[str]:
    """Put a hearer into the table of what is no message; the words that it asked for."""
    found = [word for word, field in FIELDS.items() if any(getattr(section, field) for section in sections)]
    for word in found:
        table.join(word, hearer, 0, report)
    return found


def join_messages(tables: dict[str, Table], hearer: Hearer, sections: list[ApiSettings], report: Report) -> list[str]:
    """Put a hearer into the tables of messages by direction; the words for these: direction and type."""
    found: list[str] = []
    block = NEGOTIATED if any(section.negotiated for section in sections) else 0
    for direction, table in tables.items():
        merged = union([section.receive if direction == RECEIVE else section.send for section in sections])
        wanted = (0,) if isinstance(hearer, Observer) else forms(merged)
        for kind, name in enumerate(TYPES):
            if wanted and name in merged.types:
                found.append(f"{direction}-{name}")
                for form in wanted:
                    table.join(kind, hearer, form | block, report)
    return found


def union(blocks: list[DirectionSettings]) -> DirectionSettings:
    """All that any of the blocks asks for."""
    return DirectionSettings(
        frozenset().union(*[block.types for block in blocks]),
        any(block.parsed for block in blocks),
        any(block.packets for block in blocks),
        any(block.consolidate for block in blocks),
    )


def forms(block: DirectionSettings) -> tuple[int, ...]:
    """In which forms a message is told: octets, meaning, both one after the other, or both in one."""
    if block.consolidate:
        return (RAW,) if block.packets else (0,)
    if block.packets:
        return (PACKET, 0) if block.parsed else (PACKET,)
    return (0,) if block.parsed else ()
