"""What happened, to which peer, when: frozen values that the peer publishes to an IEventSink."""

from typing import Final

from bgptwist.session.negotiation import Negotiated
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.messages.capability import CapabilityChange
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.messages.update import Update

SEND: Final = "send"
RECEIVE: Final = "receive"


class Identity:
    """Who a peer is in every event: addresses as text, AS numbers, our router id; one object per session.

    `name` is the neighbor's name (settings.model.NeighborSettings.name), `peer_as` the peer's once its OPEN was seen.
    `local_address` is '' until the connection has one.
    """

    __slots__ = ("local_address", "local_as", "name", "peer_address", "peer_as", "router_id")

    def __init__(
        self, name: str, local_address: str, peer_address: str, local_as: int, peer_as: int, router_id: str
    ) -> None:
        self.name = name
        self.local_address = local_address
        self.peer_address = peer_address
        self.local_as = local_as
        self.peer_as = peer_as
        self.router_id = router_id


class Event:
    """`time` is seconds since the epoch; `causes` are the identifiers of the commands that brought it about, if any."""

    __slots__ = ("causes", "identity", "time")

    def __init__(self, identity: Identity, time: float) -> None:
        self.identity = identity
        self.time = time
        self.causes: tuple[str, ...] = ()


class StateChanged(Event):
    """`state` is `connected`, `up` or `down`; `reason` says why a session went down."""

    __slots__ = ("reason", "state")

    def __init__(self, identity: Identity, time: float, state: str, reason: str = "") -> None:
        super().__init__(identity, time)
        self.state = state
        self.reason = reason


class FsmChanged(Event):
    """`state` is one of IDLE CONNECT ACTIVE OPENSENT OPENCONFIRM ESTABLISHED."""

    __slots__ = ("state",)

    def __init__(self, identity: Identity, time: float, state: str) -> None:
        super().__init__(identity, time)
        self.state = state


class SignalReceived(Event):
    """The daemon got a signal: its number and name (`SIGTERM`)."""

    __slots__ = ("code", "signal")

    def __init__(self, identity: Identity, time: float, code: int, signal: str) -> None:
        super().__init__(identity, time)
        self.code = code
        self.signal = signal


class Agreed(Event):
    """Both OPENs were seen: what the session negotiated."""

    __slots__ = ("negotiated",)

    def __init__(self, identity: Identity, time: float, negotiated: Negotiated) -> None:
        super().__init__(identity, time)
        self.negotiated = negotiated


class Message(Event):
    """A message that came or went: `direction`, the type number and the body octets without header.

    The subclasses hold the decoded value.  `negotiated` is None before both OPENs were seen.
    """

    __slots__ = ("body", "direction", "kind", "negotiated")

    def __init__(
        self, identity: Identity, time: float, direction: str, kind: int, body: bytes, negotiated: Negotiated | None
    ) -> None:
        super().__init__(identity, time)
        self.direction = direction
        self.kind = kind
        self.body = body
        self.negotiated = negotiated


class OpenMessage(Message):
    """An OPEN."""

    __slots__ = ("open",)

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        open: Open,
    ) -> None:
        super().__init__(identity, time, direction, kind, body, negotiated)
        self.open = open


class KeepaliveMessage(Message):
    """A KEEPALIVE."""

    __slots__ = ()


class UnknownMessage(Message):
    """A message of a type we do not know."""

    __slots__ = ()


class UpdateMessage(Message):
    """An UPDATE; `update` is decoded in `context`.

    Without a body it is none that came: what the end of a route refresh withdrew is told in the same form.
    """

    __slots__ = ("context", "update")

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        update: Update,
        context: ReceiveContext,
    ) -> None:
        # not by way of the classes above: there is one of these for every route
        self.identity = identity
        self.time = time
        self.direction = direction
        self.kind = kind
        self.body = body
        self.negotiated = negotiated
        self.update = update
        self.context = context
        self.causes = ()


class NotificationMessage(Message):
    """A NOTIFICATION."""

    __slots__ = ("notification",)

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        notification: Notification,
    ) -> None:
        super().__init__(identity, time, direction, kind, body, negotiated)
        self.notification = notification


class RefreshMessage(Message):
    """A ROUTE-REFRESH."""

    __slots__ = ("refresh",)

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        refresh: RouteRefresh,
    ) -> None:
        super().__init__(identity, time, direction, kind, body, negotiated)
        self.refresh = refresh


class OperationalMessage(Message):
    """An OPERATIONAL message."""

    __slots__ = ("operational",)

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        operational: Operational,
    ) -> None:
        super().__init__(identity, time, direction, kind, body, negotiated)
        self.operational = operational


class CapabilityMessage(Message):
    """A CAPABILITY message, which has the number of OPERATIONAL."""

    __slots__ = ("change",)

    def __init__(
        self,
        identity: Identity,
        time: float,
        direction: str,
        kind: int,
        body: bytes,
        negotiated: Negotiated | None,
        change: CapabilityChange,
    ) -> None:
        super().__init__(identity, time, direction, kind, body, negotiated)
        self.change = change
