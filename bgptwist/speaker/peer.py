"""One neighbor: seeks a connection, accepts the peer's, keeps one of two, backs off (RFC 4271, 8.2.2: Idle to Active).

What happens on a connection is `session.fsm`'s business; the routes of an established one are `rib.outgoing`'s.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from math import inf
from random import random as system_random
from typing import Any, Final, NamedTuple

from bgptwist.interfaces import IConnecting, IEventSink, INetwork, ISessionDriver, ITap
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.outgoing import Outgoing
from bgptwist.session import fsm
from bgptwist.session.collision import rank, resolve
from bgptwist.session.counters import Counters
from bgptwist.session.negotiation import Local, Negotiated
from bgptwist.session.timers import Backoff, Call, Clock, Random
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.advice import Advice
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import RECEIVE, SEND, Identity
from bgptwist.speaker.exchange import Exchange
from bgptwist.speaker.history import History
from bgptwist.speaker.offer import local_of
from bgptwist.speaker.reporter import Reporter
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages import refresh as refreshes
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.spell import address


class State(Enum):
    """What a peer is doing; TALKING has the states of its sessions inside."""

    IDLE = "IDLE"
    """Not started, or stopped."""
    ACTIVE = "ACTIVE"
    """Waits: for the time of the next attempt, and for the peer's."""
    CONNECT = "CONNECT"
    """A TCP connection is being made."""
    TALKING = "TALKING"
    """There is a session; a second connection may be coming."""
    FINISHED = "FINISHED"
    """All attempts are used up."""


class Input(Enum):
    """What a peer can be fed; the numbers are the events of RFC 4271, 8.1."""

    START = "1 and 3 to 7, detail: the seconds until the first attempt"
    STOP = "2 and 8, detail: the NOTIFICATION for the sessions"
    RETRY = "9 and 13"
    CONNECTED = "16, detail: the driver"
    FAILED = "18, detail: the reason as text"
    INCOMING = "14 and 17, detail: the driver"
    ENDED = "the last session is over, detail: the seconds until the next attempt"
    ENDED_CONNECTING = "the last session is over, and a connection is being made"
    EXHAUSTED = "no attempt is left"
    RESET = "begin again, detail: the seconds until the next attempt"


class Step(NamedTuple):
    """What an input does: the state changes first, so that whatever the action causes meets the new one."""

    action: Callable[["Peer", Any], None]
    state: State


class Peer:
    """A neighbor of the configuration and its sessions: usually one, two while a collision is being resolved.

    `member` is its bit in member sets, `settings` may be exchanged while it runs (`reconfigure` resets the session).
    """

    learnt: tuple[int, int] | None = None
    """Our AS number and the peer's in the session there is, or in the last one."""
    barred_until = 0.0
    """Until when no session is wanted: the peer told us too much."""
    came: "dict[str, Peer] | None" = None
    """Of a range: the peers that came from it, by address."""
    refused = 0
    """Connections for which a range had no room."""

    def __init__(
        self,
        settings: NeighborSettings,
        environment: Environment,
        member: int,
        clock: Clock,
        network: INetwork,
        sink: IEventSink,
        outgoing: Outgoing,
        contexts: Contexts,
        *,
        version: str,
        now: Callable[[], float],
        log: Callable[[str], object],
        on_finished: Callable[["Peer"], object] | None = None,
        on_change: Callable[["Peer"], object] | None = None,
        random: Random = system_random,
        taps: Sequence[ITap] = (),
        origin: "Peer | None" = None,
    ) -> None:
        """`version` is our software's, `now` the time of day; `on_finished` hears when no attempt is left.

        `on_change` hears when the session is established and when the last one is over, `origin` is the range that
        the peer came from.
        """
        self.settings = settings
        self.member = member
        self.phase = State.IDLE
        self.established_at: float | None = None
        """The time of day at which the session came up."""
        self.attempts = 0
        """Connections tried, or accepted where we only wait."""
        self.totals = History(now)
        """Messages of all sessions that ended."""
        self.origin = origin
        self._environment = environment
        self._clock = clock
        self._network = network
        self._outgoing = outgoing
        self._contexts = contexts
        self._version = version
        self._now = now
        self._log = log
        self._on_finished = on_finished
        self._on_change = on_change
        self._random = random
        self._backoff = Backoff(random)
        self._sessions: dict[ISessionDriver, fsm.Session] = {}
        self._exchange: Exchange | None = None
        self._advice: Advice = Advice() if origin is None else origin._advice.copied()
        self._up_since = 0.0
        self._deaf = False
        self._restarting = False
        self._hurry = False
        self._failure = ""
        self._connecting: IConnecting | None = None
        self._retry: Call | None = None
        self._report = Reporter(sink, now, taps, self._identity(None))

    # ------------------------------------------------------------------ what others ask

    @property
    def identity(self) -> Identity:
        """Who this is, for events."""
        return self._report.identity

    @property
    def session(self) -> fsm.Session | None:
        """The session that has come furthest."""
        return max(self._sessions.values(), key=rank, default=None)

    @property
    def state(self) -> str:
        """IDLE, ACTIVE, CONNECT, OPENSENT, OPENCONFIRM or ESTABLISHED."""
        session = self.session
        if session is not None:
            return session.state.value
        return self.phase.value if self.phase in (State.ACTIVE, State.CONNECT) else State.IDLE.value

    @property
    def finished(self) -> bool:
        """Whether all attempts to connect are used up."""
        return self.phase is State.FINISHED

    @property
    def negotiated(self) -> Negotiated | None:
        """What the established session agreed."""
        return None if self._exchange is None else self._exchange.negotiated

    @property
    def incoming(self) -> Incoming | None:
        """The routes the peer told us in this session; None without a session, or without Adj-RIB-In."""
        return None if self._exchange is None else self._exchange.incoming

    @property
    def counters(self) -> Counters:
        """The messages of the present session."""
        session = self.session
        return Counters() if session is None else session.counters

    @property
    def up_for(self) -> float:
        """Seconds since the session came up, 0 without one."""
        return 0.0 if self._exchange is None else self._clock.seconds() - self._up_since

    @property
    def last_error(self) -> str:
        """Why the last session ended or the last attempt failed, in words; '' when nothing did."""
        return self.totals.last_error

    @property
    def passive(self) -> bool:
        """Whether we wait for the peer to connect."""
        return self.settings.passive or self._environment.bgp_passive

    @property
    def barred(self) -> bool:
        """Whether no session is wanted now because of what the peer did in the last one."""
        return self._clock.seconds() < self.barred_until

    @property
    def takes(self) -> bool:
        """Whether a connection of the peer is wanted now; a range takes those of the peers that come from it."""
        return Input.INCOMING in TABLE[self.phase] and not (self.passive and self._exhausted) and not self.barred

    @property
    def exchange(self) -> Exchange | None:
        """What the established session exchanges."""
        return self._exchange

    def local(self, local_address: str = "") -> Local:
        """What we offer in the next OPEN, on a connection from that address."""
        return local_of(self.settings, self._environment, self._version, self._restarting, local_address)

    # ------------------------------------------------------------------ commands

    def start(self) -> None:
        """Seek a session."""
        self.feed(Input.START, 0.0)

    def stop(self, code: int = 6, subcode: int = 2, data: bytes = b"") -> None:
        """End the sessions with that NOTIFICATION; nothing is tried until `start`."""
        self.feed(Input.STOP, Notification(code, subcode, data))

    def teardown(self, subcode: int, data: bytes = b"") -> None:
        """End the sessions with NOTIFICATION 6/subcode, and connect again at once."""
        self._reset(Notification(6, subcode, data))

    def adjust(self, settings: NeighborSettings) -> None:
        """Take other settings that need no new session."""
        self.settings = settings
        if self._exchange is not None:
            self._exchange.adjust(settings)

    def reconfigure(self, settings: NeighborSettings) -> None:
        """Take other settings: sessions end with 6/3, as in ExaBGP, and new ones are sought at once."""
        self.settings = settings
        self._reset(Notification(6, 3))

    def send_refresh(self, family: Family, subtype: int = refreshes.REQUEST) -> bool:
        """Ask for the routes of a family again; False when the peer cannot be asked."""
        return self._exchange is not None and self._exchange.ask(RouteRefresh(family.afi, family.safi, subtype))

    def send_operational(self, message: Operational) -> bool:
        """Send an OPERATIONAL message, an ASM in later sessions too; False when neither this nor a later one can."""
        return self._advice.send(message, self.settings, self._exchange)

    def pause_reading(self) -> None:
        """Hear nothing of the established peer for now; its hold timer waits."""
        self._deaf = True
        if self._exchange is not None:
            self._exchange.session.driver.pause_reading()
            self._exchange.session.pause()

    def resume_reading(self) -> None:
        """Hear the peer again."""
        self._deaf = False
        if self._exchange is not None:
            self._exchange.session.driver.resume_reading()
            self._exchange.session.resume()

    # ------------------------------------------------------------------ from the network

    def accept(self, driver: ISessionDriver) -> bool:
        """The peer connected to us; False when it is not served, and then the connection is to be closed."""
        if not self.takes or self.settings.prefix_length is not None:
            return False
        if any(session.driver.peer_address != driver.peer_address for session in self._sessions.values()):
            return False  # a link-local address of two links is that of two routers
        for session in list(self._sessions.values()):
            if not session.ours and session.state is not fsm.State.ESTABLISHED:
                # The peer connects once more: it has given up the connection that it opened before.
                session.feed(fsm.Input.COLLISION)
        self.feed(Input.INCOMING, driver)
        return driver in self._sessions

    def connected(self, driver: ISessionDriver) -> None:
        """The connection we asked for is there."""
        self._connecting = None
        if Input.CONNECTED in TABLE[self.phase]:
            self.feed(Input.CONNECTED, driver)
        else:
            driver.close()

    def connect_failed(self, reason: str) -> None:
        """The connection we asked for cannot be had."""
        self._connecting = None
        self.feed(Input.FAILED, reason)

    def received(self, driver: ISessionDriver, kind: int, body: bytes) -> None:
        """A message came: its type and the octets behind the header."""
        session = self._sessions.get(driver)
        if session is not None:
            if self._report.taps:
                self._report.tap(RECEIVE, kind, body)
            session.receive(kind, body)

    def malformed(self, driver: ISessionDriver, fault: Malformed) -> None:
        """The header of a message is wrong."""
        self._feed_session(driver, fsm.Input.HEADER_ERROR, fault)

    def disconnected(self, driver: ISessionDriver, reason: str) -> None:
        """A connection is gone."""
        self._feed_session(driver, fsm.Input.CONNECTION_LOST, reason)

    def _feed_session(self, driver: ISessionDriver, input: fsm.Input, detail: object) -> None:
        session = self._sessions.get(driver)
        if session is not None:
            session.feed(input, detail)

    def written(self, driver: ISessionDriver) -> None:
        """TCP took octets of ours."""
        session = self._sessions.get(driver)
        if session is not None:
            session.written()

    def paused(self, driver: ISessionDriver) -> None:
        """The transport is full."""
        if self._exchange is not None and self._exchange.session.driver is driver:
            self._exchange.paused()

    def resumed(self, driver: ISessionDriver) -> None:
        """The transport takes more."""
        if self._exchange is not None and self._exchange.session.driver is driver:
            self._exchange.resumed()

    # ------------------------------------------------------------------ the machine

    def feed(self, input: Input, detail: Any = None) -> None:
        """Do what the table says; what it does not name is ignored, as RFC 4271 has it for Idle."""
        step = TABLE[self.phase].get(input)
        if step is not None:
            self.phase = step.state
            step.action(self, detail)

    @property
    def _exhausted(self) -> bool:
        allowed = self._environment.tcp_connections
        return allowed != 0 and self.attempts >= allowed

    def _wait(self, pause: float) -> None:
        """Attempt again after so many seconds, if an attempt is left; who is passive waits for the peer's."""
        self._cancel()
        if self._exhausted:
            self.feed(Input.EXHAUSTED)
        elif self.passive or pause == inf:
            self._report.fsm("ACTIVE")
        else:
            self._retry = self._clock.callLater(pause, self.feed, Input.RETRY)

    def _cancel(self) -> None:
        """Neither wait for an attempt nor make one."""
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None

    def _connect(self, detail: None) -> None:
        self._retry = None
        self.attempts += 1
        self._report.identity = self._identity(None)
        self._report.fsm("ACTIVE")
        self._report.fsm("IDLE")
        self._connecting = self._network.connect(self)

    def _fail(self, reason: str) -> None:
        """An attempt came to nothing."""
        self._note_failure(reason)
        self._wait(self._backoff.next())

    def _note_failure(self, reason: str) -> None:
        """Log why an attempt failed, once until the reason is another."""
        self.totals.blame(f"no connection: {reason}")
        if reason != self._failure:
            self._failure = reason
            self._say(self.totals.last_error)

    def _talk(self, driver: ISessionDriver) -> None:
        """The connection we asked for."""
        self._open(driver, True)

    def _answer(self, driver: ISessionDriver) -> None:
        """The connection the peer opened; ours may still come, and then there is a collision."""
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if self.passive:
            self.attempts += 1
        self._open(driver, False)

    def _open(self, driver: ISessionDriver, ours: bool) -> None:
        """A session for a connection."""
        local = self.local(driver.local_address)
        wait = float(self._environment.bgp_openwait)
        session = fsm.Session(self, driver, self._clock, self._random, local, wait, ours=ours)
        self._sessions[driver] = session
        self._failure = ""
        if len(self._sessions) == 1:
            self._report.identity = self._identity(session)
            self._report.fsm("IDLE")
            self._report.state("connected")
        session.start()

    def _halt(self, cease: Notification) -> None:
        self._cancel()
        self.barred_until = 0.0
        for session in list(self._sessions.values()):
            session.feed(fsm.Input.STOP, cease)

    def _finish(self, detail: None) -> None:
        if self._on_finished is not None:
            self._on_finished(self)

    def _go_on(self, detail: None) -> None:
        """The connection being made is all there is now."""

    def _reset(self, cease: Notification) -> None:
        """End what there is, and begin again at once."""
        self._backoff.reset()
        self.barred_until = 0.0
        self._hurry = True
        for session in list(self._sessions.values()):
            session.feed(fsm.Input.STOP, cease)
        self._hurry = False
        self.feed(Input.RESET, 0.0)

    # ------------------------------------------------------------------ what sessions tell (session.fsm.Owner)

    def heard(self, session: fsm.Session, kind: int, body: bytes, value: object) -> None:
        """A message other than an UPDATE came."""
        self._report.message(RECEIVE, kind, body, value, session.negotiated)

    def told(self, session: fsm.Session, kind: int, body: bytes, value: object) -> None:
        """The session sent a message of its own."""
        self._report.tap(SEND, kind, body)
        self._report.message(SEND, kind, body, value, session.negotiated)

    def moved(self, session: fsm.Session) -> None:
        """A session entered its state; that of a connection which lags behind another is nobody's business."""
        if all(other is session or rank(other) < rank(session) for other in self._sessions.values()):
            self._report.fsm(session.state.value)
        if session.state is fsm.State.ESTABLISHED:
            self._establish(session)

    def agreed(self, session: fsm.Session) -> None:
        """An OPEN is acceptable: with a second connection one of the two must go (RFC 4271, 6.8)."""
        other = next((one for one in self._sessions.values() if one is not session), None)
        if other is not None:
            resolve(session, other)
        if session.state is fsm.State.OPEN_CONFIRM:
            assert session.negotiated is not None
            self.learnt = (session.negotiated.local_as, session.negotiated.peer_as)
            self._report.identity = self._identity(session)
            self._report.agreed(session.negotiated)

    def update(self, session: fsm.Session, body: bytes) -> None:
        """An UPDATE came."""
        if self._exchange is not None:
            self._exchange.update(body)

    def refreshed(self, session: fsm.Session, refresh: RouteRefresh) -> None:
        """A ROUTE-REFRESH came."""
        if self._exchange is not None:
            self._exchange.refreshed(refresh)

    def closed(self, session: fsm.Session, ending: fsm.Ending) -> None:
        """A session is over: the peer is down unless another one lives."""
        del self._sessions[session.driver]
        self.totals.add(session.counters)
        self.totals.blame(f"{ending.reason}: {ending.text}")
        established = self._exchange is not None and self._exchange.session is session
        lasted = self.up_for if established else 0.0
        if established and self._exchange is not None:
            penalty = self._exchange.penalty
            self.barred_until = inf if penalty is None else self._clock.seconds() + penalty
            self._exchange.end()
            self._exchange = None
            self.established_at = None
            self._restarting = True
            self.totals.lose()
        self._say(self.totals.last_error)
        if self._sessions:
            return
        try:
            self._report.state("down", self._down_reason(ending))
            self._report.fsm("IDLE")
        finally:
            # Whatever fails on the way, the next attempt must follow.
            if self._connecting is not None:
                self.feed(Input.ENDED_CONNECTING)
            else:
                held = self.barred_until - self._clock.seconds()
                self.feed(Input.ENDED, max(held, self._pause(ending, lasted)))
            self._tell()

    def _down_reason(self, ending: fsm.Ending) -> str:
        """The reason of a `down` event in ExaBGP's words."""
        if self.phase is State.IDLE and (ending.sent is None or (ending.sent.code, ending.sent.subcode) == (6, 2)):
            return "stop, message [shutting down]"
        return ending.reason

    def _pause(self, ending: fsm.Ending, lasted: float) -> float:
        """Seconds until the next attempt; `lasted` is how long the session was established."""
        if self._hurry:
            return 0.0
        notification = ending.sent or ending.received
        return self._backoff.after(lasted, (notification.code, notification.subcode) if notification else None)

    def _establish(self, session: fsm.Session) -> None:
        """The session is up."""
        assert session.negotiated is not None
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        self._up_since = self._clock.seconds()
        self.established_at = self._now()
        exchange = self._exchange = Exchange(
            session,
            session.negotiated,
            self.member,
            self.settings,
            self._clock,
            self._outgoing,
            self._contexts,
            self._report,
            self._say,
        )
        self._tell()
        self._report.state("up")
        negotiated = session.negotiated
        names = ", ".join(family.name for family in negotiated.families)
        self._say(f"established, AS {negotiated.peer_as}, hold time {negotiated.hold_time} s, {names}")
        if self._deaf:
            self.pause_reading()
        self._advice.begin(self.settings, exchange)
        exchange.begin(self._environment, self._now())

    def _tell(self) -> None:
        if self._on_change is not None:
            self._on_change(self)

    def _identity(self, session: fsm.Session | None) -> Identity:
        """Who the peer is, as far as it is known."""
        settings = self.settings
        driver = None if session is None else session.driver
        negotiated = None if session is None else session.negotiated
        local = self.local(driver.local_address if driver else "")
        return Identity(
            settings.name,
            driver.local_address if driver else settings.local_address,
            driver.peer_address if driver else settings.peer_address,
            negotiated.local_as if negotiated else settings.local_as or 0,
            negotiated.peer_as if negotiated else settings.peer_as or 0,
            address(local.router_id) if any(local.router_id) else "",
        )

    def _say(self, text: str) -> None:
        self._log(f"{self.settings.peer_address}: {text}")


TABLE: Final[dict[State, dict[Input, Step]]] = {
    State.IDLE: {
        Input.START: Step(Peer._wait, State.ACTIVE),
    },
    State.ACTIVE: {
        Input.STOP: Step(Peer._halt, State.IDLE),
        Input.RESET: Step(Peer._wait, State.ACTIVE),
        Input.RETRY: Step(Peer._connect, State.CONNECT),
        Input.INCOMING: Step(Peer._answer, State.TALKING),
        Input.EXHAUSTED: Step(Peer._finish, State.FINISHED),
    },
    State.CONNECT: {
        Input.STOP: Step(Peer._halt, State.IDLE),
        Input.RESET: Step(Peer._wait, State.ACTIVE),
        Input.CONNECTED: Step(Peer._talk, State.TALKING),
        Input.FAILED: Step(Peer._fail, State.ACTIVE),
        Input.INCOMING: Step(Peer._answer, State.TALKING),
    },
    State.TALKING: {
        Input.STOP: Step(Peer._halt, State.IDLE),
        Input.CONNECTED: Step(Peer._talk, State.TALKING),
        Input.FAILED: Step(Peer._note_failure, State.TALKING),
        Input.INCOMING: Step(Peer._answer, State.TALKING),
        Input.ENDED: Step(Peer._wait, State.ACTIVE),
        Input.ENDED_CONNECTING: Step(Peer._go_on, State.CONNECT),
    },
    State.FINISHED: {},
}
