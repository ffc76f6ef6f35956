"""Who wants which event of which neighbor, and in what form (ExaBGP's API, 1.1 and 4.2)."""

from collections.abc import Callable, Iterable
from typing import Final

from zope.interface import classImplements

from bgptwist.api.encoders.dialects import Dialect
from bgptwist.api.encoders.json import NEGOTIATED, PACKET, RAW, TYPES, JsonEncoder, Stamp, here
from bgptwist.api.encoders.text import TextEncoder
from bgptwist.interfaces import IEventSink
from bgptwist.settings.model import ApiSettings, DirectionSettings, HelperSettings, NeighborSettings
from bgptwist.speaker.events import (
    RECEIVE,
    SEND,
    Agreed,
    Event,
    FsmChanged,
    Message,
    SignalReceived,
    StateChanged,
)
from bgptwist.wire.framing import OLD_ROUTE_REFRESH, ROUTE_REFRESH

Encoder = JsonEncoder | TextEncoder

CONDITIONS: Final[dict[type[Event], str]] = {
    StateChanged: "neighbor-changes",
    FsmChanged: "fsm",
    SignalReceived: "signal",
    Agreed: "negotiated",
}
"""Events that are no messages, by the word of the section that asks for them."""

NOTHING: Final[frozenset[str]] = frozenset()


class Listener:
    """One helper: how it is spoken to, while it runs, and how many JSON events of each neighbor it was sent."""

    __slots__ = ("counters", "encoder", "name", "send")

    def __init__(self, name: str, encoder: Encoder) -> None:
        self.name = name
        self.encoder = encoder
        self.send: Callable[[str], None] | None = None
        self.counters: dict[str, int] = {}


class Group:
    """Listeners that get the very same line of an event."""

    __slots__ = ("encoder", "form", "listeners")

    def __init__(self, encoder: Encoder, form: int) -> None:
        self.encoder = encoder
        self.form = form
        self.listeners: list[Listener] = []


class Audience:
    """Who listens to one neighbor, or to several with the same `api` sections.

    `conditions` are groups by word; `received` and `sent` by message type.  `words` is what IEventSink.interest tells.
    """

    __slots__ = ("conditions", "received", "sent", "words")

    def __init__(self) -> None:
        self.conditions: dict[str, list[Group]] = {}
        self.received: dict[int, list[Group]] = {}
        self.sent: dict[int, list[Group]] = {}
        self.words: frozenset[str] = NOTHING


class Subscriptions:
    """The event sink of the speaker: writes every event once for each form wanted, and counts for each listener."""

    def __init__(self, dialect: Dialect, stamp: Callable[[], Stamp] = here) -> None:
        self._encoders: dict[str, Encoder] = {"json": JsonEncoder(dialect, stamp), "text": TextEncoder(stamp)}
        self._listeners: dict[str, Listener] = {}
        self._audiences: dict[str, Audience] = {}
        self._shared: dict[tuple[ApiSettings, ...], Audience] = {}
        self.on_problem: Callable[[str], None] = ignore
        """Told of an event that could not be written."""

    # ------------------------------------------------------------------ settings

    def configure(self, neighbors: Iterable[NeighborSettings], helpers: Iterable[HelperSettings]) -> None:
        """Take over a new configuration; listeners that stay keep their counters."""
        before = self._listeners
        self._listeners = {}
        for settings in helpers:
            encoder = self._encoders[settings.encoder]
            listener = before.get(settings.name)
            if listener is None or listener.encoder is not encoder:
                listener = Listener(settings.name, encoder)
            self._listeners[settings.name] = listener
        self._audiences.clear()
        self._shared.clear()
        for neighbor in neighbors:
            self.add(neighbor)

    def add(self, neighbor: NeighborSettings) -> None:
        """Learn who listens to a neighbor, which may have come with a connection."""
        audience = self._shared.get(neighbor.api)
        if audience is None:
            audience = self._shared[neighbor.api] = self._audience(neighbor.api)
        self._audiences[neighbor.name] = audience

    def remove(self, name: str) -> None:
        """Forget a neighbor and its counters."""
        self._audiences.pop(name, None)
        for listener in self._listeners.values():
            listener.counters.pop(name, None)

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

    def farewell(self, encoder: str, time: float) -> str:
        """The event that tells a helper to end."""
        return self._encoders[encoder].shutdown(time)

    # ------------------------------------------------------------------ events

    def interest(self, name: str) -> frozenset[str]:
        """Which events of that neighbor somebody asked for, whether or not the helper runs now."""
        audience = self._audiences.get(name)
        return NOTHING if audience is None else audience.words

    def publish(self, event: object) -> None:
        """Tell every listener of an event's neighbor that wants it."""
        if not isinstance(event, Event):
            return
        name = event.identity.name
        audience = self._audiences.get(name)
        if audience is None:
            return
        if isinstance(event, Message):
            groups = (audience.sent if event.direction == SEND else audience.received).get(event.kind)
        else:
            groups = audience.conditions.get(CONDITIONS.get(type(event), ""))
        if not groups:
            return
        for group in groups:
            encoded: tuple[str, str] | None = None
            counted = group.encoder.counted
            for listener in group.listeners:
                send = listener.send
                if send is None:
                    continue
                if encoded is None:
                    encoded = self._encode(event, group)
                    if encoded is None:
                        break
                if counted:
                    count = listener.counters[name] = listener.counters.get(name, 0) + 1
                    send(f"{encoded[0]}{count}{encoded[1]}")
                else:
                    send(encoded[0])

    def inform(self, helper: str, events: Iterable[Event]) -> None:
        """Tell one helper, which comes late, what the others heard before."""
        for event in events:
            audience = self._audiences.get(event.identity.name)
            groups = audience.conditions.get(CONDITIONS.get(type(event), ""), []) if audience is not None else []
            for group in groups:
                mine = [listener for listener in group.listeners if listener.name == helper]
                encoded = self._encode(event, group) if mine else None
                if encoded is not None:
                    self._say(mine[0], event.identity.name, encoded, group.encoder.counted)

    def _say(self, listener: Listener, name: str, encoded: tuple[str, str], counted: bool) -> None:
        """Give a listener an event of a neighbor."""
        send = listener.send
        if send is not None and counted:
            count = listener.counters[name] = listener.counters.get(name, 0) + 1
            send(f"{encoded[0]}{count}{encoded[1]}")
        elif send is not None:
            send(encoded[0])

    def _encode(self, event: Event, group: Group) -> tuple[str, str] | None:
        """Write an event; if that fails a listener gets the octets, and the session goes on."""
        try:
            return group.encoder.encode(event, group.form)
        except Exception as error:
            self.on_problem(f"{event.identity.name}: {type(event).__name__} cannot be written: {error!r}")
            return group.encoder.encode(event, PACKET) if isinstance(event, Message) else None

    # ------------------------------------------------------------------ sections into groups

    def _audience(self, sections: tuple[ApiSettings, ...]) -> Audience:
        """Who the sections of a neighbor name, and what for; several sections that name a helper add up."""
        audience = Audience()
        words: set[str] = set()
        for listener in self._listeners.values():
            mine = [section for section in sections if listener.name in section.processes]
            for word, wanted in (
                ("neighbor-changes", any(section.neighbor_changes for section in mine)),
                ("fsm", any(section.fsm for section in mine)),
                ("signal", any(section.signal for section in mine)),
                ("negotiated", any(section.negotiated for section in mine)),
            ):
                if wanted:
                    words.add(word)
                    join(audience.conditions.setdefault(word, []), listener, 0)
            block = NEGOTIATED if any(section.negotiated for section in mine) else 0
            for direction, table in ((RECEIVE, audience.received), (SEND, audience.sent)):
                merged = union([section.receive if direction == RECEIVE else section.send for section in mine])
                for kind, name in enumerate(TYPES):
                    for form in forms(merged) if name in merged.types else ():
                        words.add(f"{direction}-{name}")
                        join(table.setdefault(kind, []), listener, form | block)
                if ROUTE_REFRESH in table:
                    table[OLD_ROUTE_REFRESH] = table[ROUTE_REFRESH]
        audience.words = frozenset(words)
        return audience


classImplements(Subscriptions, IEventSink)


def ignore(problem: str) -> None:
    """Nobody wants to know."""


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


def join(groups: list[Group], listener: Listener, form: int) -> None:
    """Put a listener into the group with its encoder and form; octets come before meaning."""
    for group in groups:
        if group.encoder is listener.encoder and group.form == form:
            group.listeners.append(listener)
            return
    group = Group(listener.encoder, form)
    group.listeners.append(listener)
    groups.append(group)
    groups.sort(key=lambda group: not group.form & PACKET)
