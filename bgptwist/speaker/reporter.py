"""Tells the event sink what happens to one peer, as far as somebody wants to know, and the taps every message."""

from collections.abc import Callable, Sequence
from typing import Final

from bgptwist.interfaces import IEventSink, ITap
from bgptwist.session.counters import NAMES, slot
from bgptwist.session.negotiation import Negotiated
from bgptwist.speaker.events import (
    Agreed,
    CapabilityMessage,
    Event,
    FsmChanged,
    Identity,
    KeepaliveMessage,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    StateChanged,
    UnknownMessage,
    UpdateMessage,
)
from bgptwist.wire.framing import KEEPALIVE
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.messages.capability import CapabilityChange
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.messages.update import Update

NEIGHBOR_CHANGES: Final = "neighbor-changes"
FSM: Final = "fsm"
NEGOTIATED: Final = "negotiated"
SEND_UPDATE: Final = "send-update"
RECEIVE_UPDATE: Final = "receive-update"


class Reporter:
    """Makes events about one peer; `identity` is who that is, replaced whenever more of it is known.

    `causes` are the identifiers of the commands that are being carried out: events of this time name them.
    """

    def __init__(self, sink: IEventSink, now: Callable[[], float], taps: Sequence[ITap], identity: Identity) -> None:
        """`now` is the time of day in seconds since the epoch."""
        self.identity = identity
        self.causes: tuple[str, ...] = ()
        self._sink = sink
        self._now = now
        self.taps = taps
        self._state = "IDLE"

    def wants(self, word: str) -> bool:
        """Whether somebody wants events of that kind."""
        return word in self._sink.interest(self.identity.name)

    def _publish(self, event: Event) -> None:
        event.causes = self.causes
        self._sink.publish(event)

    def state(self, state: str, reason: str = "") -> None:
        """The peer is `connected`, `up` or `down`."""
        if self.wants(NEIGHBOR_CHANGES):
            self._publish(StateChanged(self.identity, self._now(), state, reason))

    def fsm(self, state: str) -> None:
        """The peer's machine is in that state now."""
        if state != self._state:
            self._state = state
            if self.wants(FSM):
                self._publish(FsmChanged(self.identity, self._now(), state))

    def agreed(self, negotiated: Negotiated) -> None:
        """Both OPENs were seen."""
        if self.wants(NEGOTIATED):
            self._publish(Agreed(self.identity, self._now(), negotiated))

    def tap(self, direction: str, kind: int, body: bytes) -> None:
        """Show the octets of a message to whoever records them."""
        for tap in self.taps:
            tap.message(self.identity.name, direction, kind, body)

    def message(self, direction: str, kind: int, body: bytes, value: object, negotiated: Negotiated | None) -> None:
        """A message other than an UPDATE came or went; `value` is what it says, None when nobody could read it."""
        if not self.wants(f"{direction}-{NAMES[slot(kind)]}"):
            return
        about = (self.identity, self._now(), direction, kind, body, negotiated)
        if isinstance(value, Open):
            self._publish(OpenMessage(*about, value))
        elif isinstance(value, Notification):
            self._publish(NotificationMessage(*about, value))
        elif isinstance(value, RouteRefresh):
            self._publish(RefreshMessage(*about, value))
        elif isinstance(value, Operational):
            self._publish(OperationalMessage(*about, value))
        elif isinstance(value, CapabilityChange):
            self._publish(CapabilityMessage(*about, value))
        elif kind == KEEPALIVE:
            self._publish(KeepaliveMessage(*about))
        else:
            self._publish(UnknownMessage(*about))

    def update(
        self,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        update: Update,
        context: ReceiveContext,
        causes: tuple[str, ...] = (),
    ) -> None:
        """An UPDATE came or went; the caller asked `wants` before decoding it.

        `causes` are the identifiers of the commands whose routes it has.
        """
        event = UpdateMessage(self.identity, self._now(), direction, kind, body, negotiated, update, context)
        if causes:
            event.causes = causes
        self._sink.publish(event)
