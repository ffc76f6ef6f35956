"""One conversation, from TCP connect to close: those states of RFC 4271, 8.2.2 (and RFC 6608, RFC 9687).

Idle, Connect without a connection, and Active belong to `speaker.peer`, which makes a Session for each connection.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol

from bgptwist.interfaces import ISessionDriver
from bgptwist.session.counters import Counters
from bgptwist.session.negotiation import Local, Negotiated, negotiate
from bgptwist.session.timers import Clock, Deadline, Random, keepalive_interval, send_hold_time
from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import (
    HEADER,
    KEEPALIVE,
    NOTIFICATION,
    OLD_ROUTE_REFRESH,
    OPEN,
    OPERATIONAL,
    ROUTE_REFRESH,
    UPDATE,
    message,
)
from bgptwist.wire.messages import capability as capabilities
from bgptwist.wire.messages import notification as notifications
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import operational as operationals
from bgptwist.wire.messages import refresh as refreshes
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.registry import BY_CODE


class State(Enum):
    """Where a conversation stands; the values are the names that events and `show neighbor` use."""

    CONNECT = "CONNECT"
    """TCP is up and our OPEN has not left: DelayOpen runs, or `local-as auto` waits for the peer's OPEN."""
    OPEN_SENT = "OPENSENT"
    OPEN_CONFIRM = "OPENCONFIRM"
    ESTABLISHED = "ESTABLISHED"
    CLOSED = "IDLE"


class Input(Enum):
    """What a conversation can be fed; the numbers are the events of RFC 4271, 8.1 (29 is RFC 9687's)."""

    STOP = "2 and 8, detail: the NOTIFICATION to send, None to close without a word"
    HOLD_EXPIRED = "10"
    KEEPALIVE_EXPIRED = "11"
    DELAY_EXPIRED = "12; also when there is no DelayOpen to wait for"
    CONNECTION_LOST = "18, detail: the reason as text"
    OPEN = "19 and 20, detail: Open"
    HEADER_ERROR = "21, detail: Malformed"
    OPEN_ERROR = "22, detail: Malformed"
    COLLISION = "23"
    VERSION_ERROR = "24, detail: Notification"
    NOTIFICATION = "25, detail: Notification"
    KEEPALIVE = "26"
    UPDATE = "27, detail: the body"
    UPDATE_ERROR = "28, detail: Malformed"
    SEND_HOLD_EXPIRED = "29"
    REFRESH = "ROUTE-REFRESH (RFC 2918), detail: RouteRefresh"
    REFRESH_ERROR = "a malformed ROUTE-REFRESH (RFC 7313, 5), detail: Malformed"
    OPERATIONAL = "OPERATIONAL, where negotiated, detail: Operational"
    CAPABILITY = "CAPABILITY, where negotiated and OPERATIONAL is not, detail: CapabilityChange"


class Step(NamedTuple):
    """What an input does: the state changes first, so that whatever the action causes meets the new one."""

    action: Callable[["Session", Any], None]
    state: State


class Ending(NamedTuple):
    """Why a conversation is over: the NOTIFICATION that was sent or received, if one was, and what happened."""

    sent: Notification | None
    received: Notification | None
    text: str
    """For people: may hold what the peer wrote, escaped."""

    @property
    def reason(self) -> str:
        """The reason of a `down` event, as ExaBGP words it."""
        if self.sent is not None:
            return f"notification sent ({self.sent.code},{self.sent.subcode})"
        if self.received is not None:
            return f"notification received ({self.received.code},{self.received.subcode})"
        return "closing connection"


class Timers(NamedTuple):
    """Seconds until timers of a session expire, None for those that do not run; `heard` ago the last message came."""

    hold: float | None
    keepalive: float | None
    send_hold: float | None
    heard: float


class Owner(Protocol):
    """Who has conversations: told of what happens in them, in the order it happens."""

    def heard(self, session: "Session", kind: int, body: bytes, value: object) -> None:
        """A message other than an UPDATE came; `value` is None when it could not be read or was not expected."""

    def told(self, session: "Session", kind: int, body: bytes, value: object) -> None:
        """The session sent a message of its own: OPEN, KEEPALIVE, NOTIFICATION."""

    def moved(self, session: "Session") -> None:
        """The session entered its state."""

    def agreed(self, session: "Session") -> None:
        """The peer's OPEN is acceptable; collisions are resolved now, by feeding COLLISION to one of the two."""

    def update(self, session: "Session", body: bytes) -> None:
        """An UPDATE came; what is wrong with it is fed back as UPDATE_ERROR."""

    def refreshed(self, session: "Session", refresh: RouteRefresh) -> None:
        """A ROUTE-REFRESH came."""

    def closed(self, session: "Session", ending: Ending) -> None:
        """The session is over; the driver was told to close."""


class Session:
    """The machine of one connection.  It owns no IO: it is given clock, driver and owner.

    `ours` says that we opened the connection.  `sent`, `received` and `negotiated` are None until they are known.
    """

    def __init__(
        self,
        owner: Owner,
        driver: ISessionDriver,
        clock: Clock,
        random: Random,
        local: Local,
        open_wait: float,
        delay_open: float = 0.0,
        ours: bool = True,
    ) -> None:
        """`open_wait` seconds the peer's OPEN may take (the large hold time), `delay_open` ours waits for it."""
        self.state = State.CONNECT
        self.driver = driver
        self.ours = ours
        self.local = local
        self.sent: Open | None = None
        self.received: Open | None = None
        self.negotiated: Negotiated | None = None
        self.counters = Counters()
        self._owner = owner
        self._clock = clock
        self._random = random
        self._open_wait = open_wait
        self._delay_open = delay_open
        self._hold = Deadline(clock, self._hold_expired, patient=True)
        self._keepalive = Deadline(clock, self._keepalive_expired)
        self._send_hold = Deadline(clock, self._send_hold_expired)
        self._delay = Deadline(clock, self._delay_expired)

    # ------------------------------------------------------------------ inputs

    def start(self) -> None:
        """TCP is connected (events 16 and 17)."""
        self._owner.moved(self)
        self._hold.start(self._open_wait)
        if self.local.local_as is None:
            return
        if self._delay_open:
            self._delay.start(self._delay_open)
        else:
            self.feed(Input.DELAY_EXPIRED)

    def receive(self, kind: int, body: bytes) -> None:
        """A whole message came: its type and the octets behind the header."""
        if kind == UPDATE and self.state is State.ESTABLISHED:
            # The same as the row UPDATE of the table, without the walk: this happens for every route.
            self._hold.last = self._clock.seconds()
            self.counters.received[UPDATE] += 1
            self._owner.update(self, body)
            return
        if self.state is State.CLOSED:
            return
        self._hold.touch()
        self.counters.count_received(kind)
        named = INPUTS.get(kind) or self._agreed(kind)
        if named is None:
            self._owner.heard(self, kind, body, None)
            self.feed(Input.HEADER_ERROR, unknown_type(kind))
        elif named not in TABLE[self.state]:
            self._owner.heard(self, kind, body, None)
            self.feed(named)
        else:
            self._read(named, kind, body)

    def _agreed(self, kind: int) -> Input | None:
        """The input of a message type that means something only where both sides agreed to it."""
        negotiated = self.negotiated
        if negotiated is None:
            return None
        if kind == OLD_ROUTE_REFRESH and negotiated.old_refresh:
            return Input.REFRESH
        if kind != OPERATIONAL:
            return None
        if negotiated.operational:
            return Input.OPERATIONAL
        return Input.CAPABILITY if negotiated.dynamic else None

    def _read(self, named: Input, kind: int, body: bytes) -> None:
        """Decode a message that is expected in this state, and feed it."""
        reader = READERS.get(named)
        value: Any = body
        try:
            if reader is not None:
                value = reader[0](body)
        except Malformed as fault:
            self._owner.heard(self, kind, body, None)
            self.feed(reader[1] if reader is not None else named, fault)
            return
        if named is Input.NOTIFICATION and (value.code, value.subcode) == (2, 1):
            named = Input.VERSION_ERROR
        if named is not Input.UPDATE:
            self._owner.heard(self, kind, body, value)
        self.feed(named, value)

    def feed(self, input: Input, detail: Any = None) -> None:
        """Do what the table says; what it does not name is an FSM error, and a closed session hears nothing."""
        if self.state is State.CLOSED:
            return
        step = TABLE[self.state].get(input)
        if step is None:
            self._refuse(input)
            return
        self.state = step.state
        step.action(self, detail)

    def wrote(self, messages: Sequence[bytes]) -> None:
        """The owner sent whole messages: they do a KEEPALIVE's work (RFC 4271, 8.2.2)."""
        self._keepalive.last = self._clock.seconds()
        for octets in messages:
            self.counters.count_sent(octets[HEADER - 1])

    def send(self, kind: int, body: bytes, value: object = None) -> None:
        """Send one message, count it and tell the owner."""
        self.driver.send(message(kind, body))
        self.counters.count_sent(kind)
        self._owner.told(self, kind, body, value)

    def written(self) -> None:
        """TCP took octets from us (RFC 9687, 3.2)."""
        self._send_hold.touch()

    def pause(self) -> None:
        """We stopped reading: what the peer says now cannot be heard, so the hold timer waits."""
        self._hold.stop()

    def resume(self) -> None:
        """We read again."""
        if self.state is not State.CLOSED:
            self._hold.start(self._hold.limit)

    # ------------------------------------------------------------------ timers

    @property
    def timers(self) -> Timers:
        """What the timers show now."""
        return Timers(
            self._hold.left, self._keepalive.left, self._send_hold.left, self._clock.seconds() - self._hold.last
        )

    def _hold_expired(self) -> None:
        self.feed(Input.HOLD_EXPIRED)

    def _keepalive_expired(self) -> None:
        self.feed(Input.KEEPALIVE_EXPIRED)

    def _send_hold_expired(self) -> None:
        self.feed(Input.SEND_HOLD_EXPIRED)

    def _delay_expired(self) -> None:
        self.feed(Input.DELAY_EXPIRED)

    # ------------------------------------------------------------------ actions

    def send_open(self, detail: None) -> None:
        """Our OPEN leaves, and the peer's is awaited."""
        self._speak()
        self._owner.moved(self)
        self._hold.start(self._open_wait)

    def _speak(self) -> None:
        self._delay.stop()
        self.sent = self.local.open()
        self.send(OPEN, self.sent.octets(), self.sent)

    def answer(self, received: Open) -> None:
        """The peer's OPEN came before ours left (event 20): ours follows."""
        self.local = self.local.mirror(received)
        self._speak()
        self.accept(received)

    def accept(self, received: Open) -> None:
        """The peer's OPEN came: if it is acceptable and wins, a KEEPALIVE says so."""
        assert self.sent is not None
        self.received = received
        try:
            self.negotiated = negotiate(self.local, self.sent, received, self.driver.local_address)
        except Malformed as fault:
            self.feed(Input.OPEN_ERROR, fault)
            return
        self._owner.agreed(self)
        if self.state is not State.OPEN_CONFIRM:
            return
        self.driver.set_limit(self.negotiated.message_size)
        self._owner.moved(self)
        hold_time = self.negotiated.hold_time
        self._hold.start(hold_time)
        self._send_hold.start(send_hold_time(hold_time))
        self.keep_alive(None)

    def keep_alive(self, detail: None) -> None:
        """Send a KEEPALIVE, and the next one after an interval in which no UPDATE is sent."""
        self.send(KEEPALIVE, b"")
        assert self.negotiated is not None
        self._keepalive.start(keepalive_interval(self.negotiated.hold_time, self._random))

    def establish(self, detail: object) -> None:
        """The peer agrees, too."""
        self._owner.moved(self)

    def alive(self, detail: object) -> None:
        """That the message came is all it says to us, and `receive` noted that."""

    def deliver(self, body: bytes) -> None:
        """Hand an UPDATE to the owner."""
        self._owner.update(self, body)

    def refresh(self, refresh: RouteRefresh) -> None:
        """Hand a ROUTE-REFRESH to the owner."""
        self._owner.refreshed(self, refresh)

    def stop(self, cease: Notification | None) -> None:
        """We end it; without a NOTIFICATION the peer may keep our routes (RFC 4724, 4.2)."""
        self._end(cease, f"we ended the session: {words(cease)}" if cease else "we closed the connection")

    def expire(self, detail: None) -> None:
        """The peer was silent for the hold time."""
        text = "no OPEN came" if self.negotiated is None else "the hold timer expired"
        self._end(Notification(4, 0), f"{text} in {self._hold.limit:g} s")

    def expire_send(self, detail: None) -> None:
        """TCP took nothing from us for the send hold time; the NOTIFICATION will hardly leave (RFC 9687, 3.2)."""
        self._end(Notification(8, 0), f"the peer's TCP took nothing in {self._send_hold.limit:g} s", abort=True)

    def lose(self, reason: object) -> None:
        """TCP failed or was closed; the reason, as text, says why."""
        self._end(None, f"the connection was lost: {spell.printable(str(reason))}")

    def fail(self, fault: Malformed) -> None:
        """The peer sent what breaks a rule; the error says which NOTIFICATION answers it."""
        self._end(notifications.answer(fault), spell.printable(fault.reason))

    def collide(self, detail: None) -> None:
        """Another connection to this peer is kept (RFC 4271, 6.8)."""
        self._end(Notification(6, 7), "another connection to this peer is kept")

    def hear(self, received: Notification) -> None:
        """The peer ended it; a NOTIFICATION is never answered."""
        self._end(None, f"the peer ended the session: {words(received)}", received)

    def _refuse(self, input: Input) -> None:
        """What may not happen in this state: the FSM error of RFC 6608, with the type of an unexpected message."""
        kind = TYPES.get(input)
        data = b"" if kind is None else bytes((kind,))
        state = self.state
        self.state = State.CLOSED
        self._end(Notification(5, REFUSALS[state], data), f"{input.name} is not expected in {state.value}")

    def _end(
        self, notification: Notification | None, text: str, received: Notification | None = None, abort: bool = False
    ) -> None:
        """Tell the peer if there is something to tell and our OPEN was sent (wire.md, 11), and close."""
        for timer in (self._hold, self._keepalive, self._send_hold, self._delay):
            timer.stop()
        if self.sent is None:
            notification = None
        try:
            if notification is not None:
                self.send(NOTIFICATION, notification.octets(), notification)
        finally:
            # Whatever fails on the way, a session that is over must not be forgotten half way.
            if abort:
                self.driver.abort()
            else:
                self.driver.close()
            self._owner.closed(self, Ending(notification, received, text))


def words(notification: Notification) -> str:
    """A NOTIFICATION in one line for people, what the peer wrote escaped."""
    sentence = spell.printable(notification.sentence())
    return f"{notification.describe()}, {sentence}" if sentence else notification.describe()


def unknown_type(kind: int) -> Malformed:
    """The error of an unknown message type.

    RFC 4271, 6.1 wants 1/3 with the type octet; ExaBGP, and the conformance kit with it, sends 1/0 with this text.
    """
    text = f'can not decode update message of type "{kind}"'
    return Malformed(text, 1, 0, text.encode("ascii"))


INPUTS: Final[dict[int, Input]] = {
    OPEN: Input.OPEN,
    UPDATE: Input.UPDATE,
    NOTIFICATION: Input.NOTIFICATION,
    KEEPALIVE: Input.KEEPALIVE,
    ROUTE_REFRESH: Input.REFRESH,
}
"""The input that a message type is, whatever was agreed."""

TYPES: Final[dict[Input, int]] = {
    **{named: kind for kind, named in INPUTS.items()},
    Input.OPERATIONAL: OPERATIONAL,
    Input.CAPABILITY: OPERATIONAL,
}

READERS: Final[dict[Input, tuple[Callable[[bytes], object], Input]]] = {
    Input.OPEN: (lambda body: opens.decode(body, BY_CODE), Input.OPEN_ERROR),
    # A NOTIFICATION is never answered, not even one without a subcode.
    Input.NOTIFICATION: (notifications.decode, Input.CONNECTION_LOST),
    Input.REFRESH: (refreshes.decode, Input.REFRESH_ERROR),
    # Neither is ever malformed: what cannot be read is told as octets.
    Input.OPERATIONAL: (operationals.decode, Input.OPERATIONAL),
    Input.CAPABILITY: (capabilities.decode, Input.CAPABILITY),
}
"""How a message is read, and what it is when it cannot be; the others are their octets."""

REFUSALS: Final[dict[State, int]] = {
    State.CONNECT: 0,
    State.OPEN_SENT: 1,
    State.OPEN_CONFIRM: 2,
    State.ESTABLISHED: 3,
}
"""The subcode of the FSM error (RFC 6608, 3)."""

ENDINGS: Final[dict[Input, Step]] = {
    Input.STOP: Step(Session.stop, State.CLOSED),
    Input.HOLD_EXPIRED: Step(Session.expire, State.CLOSED),
    Input.CONNECTION_LOST: Step(Session.lose, State.CLOSED),
    Input.HEADER_ERROR: Step(Session.fail, State.CLOSED),
    Input.COLLISION: Step(Session.collide, State.CLOSED),
    Input.VERSION_ERROR: Step(Session.hear, State.CLOSED),
    Input.NOTIFICATION: Step(Session.hear, State.CLOSED),
}
"""What ends a conversation in every state."""

TABLE: Final[dict[State, dict[Input, Step]]] = {
    State.CONNECT: {
        **ENDINGS,
        Input.DELAY_EXPIRED: Step(Session.send_open, State.OPEN_SENT),
        Input.OPEN: Step(Session.answer, State.OPEN_CONFIRM),
        Input.OPEN_ERROR: Step(Session.fail, State.CLOSED),
    },
    State.OPEN_SENT: {
        **ENDINGS,
        Input.OPEN: Step(Session.accept, State.OPEN_CONFIRM),
        Input.OPEN_ERROR: Step(Session.fail, State.CLOSED),
    },
    # A second OPEN on one connection is no collision but an FSM error; the other connection has a Session of its own.
    State.OPEN_CONFIRM: {
        **ENDINGS,
        Input.OPEN_ERROR: Step(Session.fail, State.CLOSED),
        Input.KEEPALIVE_EXPIRED: Step(Session.keep_alive, State.OPEN_CONFIRM),
        Input.KEEPALIVE: Step(Session.establish, State.ESTABLISHED),
        Input.SEND_HOLD_EXPIRED: Step(Session.expire_send, State.CLOSED),
    },
    State.ESTABLISHED: {
        **ENDINGS,
        Input.KEEPALIVE_EXPIRED: Step(Session.keep_alive, State.ESTABLISHED),
        Input.KEEPALIVE: Step(Session.alive, State.ESTABLISHED),
        Input.UPDATE: Step(Session.deliver, State.ESTABLISHED),
        Input.UPDATE_ERROR: Step(Session.fail, State.CLOSED),
        Input.REFRESH: Step(Session.refresh, State.ESTABLISHED),
        Input.REFRESH_ERROR: Step(Session.fail, State.CLOSED),
        Input.OPERATIONAL: Step(Session.alive, State.ESTABLISHED),
        Input.CAPABILITY: Step(Session.alive, State.ESTABLISHED),
        Input.SEND_HOLD_EXPIRED: Step(Session.expire_send, State.CLOSED),
    },
    State.CLOSED: {},
}
