"""What an established session exchanges: UPDATEs, and requests to send them again (RFC 2918, RFC 7313)."""

from collections.abc import Callable, Sequence

from zope.interface import implementer

from bgptwist.interfaces import IUpdateWriter
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.outgoing import Outgoing
from bgptwist.session import fsm
from bgptwist.session.negotiation import Negotiated
from bgptwist.session.timers import Call, Clock, Pace, announce_delay
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import RECEIVE, SEND
from bgptwist.speaker.reporter import RECEIVE_UPDATE, SEND_UPDATE, Reporter
from bgptwist.wire.errors import WITHDRAW, Malformed
from bgptwist.wire.framing import HEADER, UPDATE
from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.messages import refresh as refreshes
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.path import PathTable


@implementer(IUpdateWriter)
class Exchange:
    """From Established to the end of the session: one member of the Adj-RIB-Out, and the Adj-RIB-In.

    `incoming` is None when the configuration wants no Adj-RIB-In.
    """

    def __init__(
        self,
        session: fsm.Session,
        negotiated: Negotiated,
        member: int,
        settings: NeighborSettings,
        clock: Clock,
        outgoing: Outgoing,
        contexts: Contexts,
        report: Reporter,
        say: Callable[[str], object],
    ) -> None:
        self.session = session
        self.negotiated = negotiated
        self.incoming = Incoming() if settings.adj_rib_in else None
        self._member = member
        self._settings = settings
        self._clock = clock
        self._outgoing = outgoing
        self._contexts = contexts
        self._report = report
        self._say = say
        # Sessions that agreed the same things share contexts, and with them every packing and every Path.
        negotiated.send = contexts.send(negotiated.send)
        negotiated.receive = contexts.receive(negotiated.receive)
        self._paths = contexts.paths(negotiated.receive)
        self._mirror: tuple[ReceiveContext, PathTable] | None = None
        self._pace: Pace | None = None
        self._full = False
        self._join_call: Call | None = None
        self._complaints: set[tuple[int, str]] = set()
        if settings.rate_limit:
            self._pace = Pace(clock, settings.rate_limit, self._write, self._go_on)

    def begin(self, environment: Environment, now: float) -> None:
        """The peer is owed all routes, now or from the minute of `tcp.delay`; `now` is the time of day."""
        # Helpers announce once they hear that the session is up; a restarting speaker's End-of-RIB comes after that.
        defer = self._settings.capability.graceful_restart is not None and any(
            section.processes for section in self._settings.api
        )
        settle = environment.bgp_eor_settle if defer else 0.0
        if delay := announce_delay(now, environment.tcp_delay):
            self._join_call = self._clock.callLater(delay, self._join, settle)
        else:
            self._join(settle)

    def _join(self, settle: float) -> None:
        self._join_call = None
        end_of_rib = () if self._settings.manual_eor else self.negotiated.families
        self._outgoing.join(self._member, self.negotiated.send, self, end_of_rib, settle)
        if self._full:
            self._outgoing.pause(self._member)

    def end(self) -> None:
        """The session is over."""
        if self._join_call is not None:
            self._join_call.cancel()
            self._join_call = None
        if self._pace is not None:
            self._pace.stop()
        self._outgoing.leave(self._member)

    # ------------------------------------------------------------------ from the peer

    def update(self, body: bytes) -> None:
        """An UPDATE came."""
        negotiated = self.negotiated
        try:
            update = updates.decode(body, negotiated.receive, self._paths)
        except Malformed as fault:
            self._report.message(RECEIVE, UPDATE, body, None, negotiated)
            self.session.feed(fsm.Input.UPDATE_ERROR, fault)
            return
        if self.incoming is not None:
            self.incoming.update(update)
        if update.faults:
            self._complain(update)
        if self._report.wants(RECEIVE_UPDATE):
            self._report.update(RECEIVE, UPDATE, body, negotiated, update, negotiated.receive)

    def _complain(self, update: updates.Update) -> None:
        """Log each kind of fault once a session: a peer that makes one makes it in every UPDATE."""
        for fault in update.faults:
            complaint = (fault.code, fault.reason)
            if complaint not in self._complaints and len(self._complaints) < 100:
                self._complaints.add(complaint)
                outcome = "routes withdrawn" if fault.verdict >= WITHDRAW else "attribute dropped"
                self._say(f"malformed UPDATE, {outcome}: {fault.reason}")

    def refreshed(self, refresh: RouteRefresh) -> None:
        """A ROUTE-REFRESH came; one for a family that was not agreed is ignored (RFC 2918, 4)."""
        negotiated = self.negotiated
        index = refresh.afi << 8 | refresh.safi
        sent = negotiated.send.families.get(index)
        kept = negotiated.receive.families.get(index)
        if sent is None or kept is None or negotiated.refresh == "absent":
            return
        if refresh.subtype == refreshes.REQUEST:
            self._outgoing.refresh(self._member, (sent,), negotiated.refresh == "enhanced")
        elif self.incoming is not None and refresh.subtype == refreshes.BEGIN:
            self.incoming.begin_refresh(kept)
        elif self.incoming is not None and refresh.subtype == refreshes.END:
            self.incoming.end_refresh(kept)

    # ------------------------------------------------------------------ to the peer

    def write_updates(self, messages: Sequence[bytes]) -> None:
        """Send whole messages of the Adj-RIB-Out: UPDATEs, and the marks of an enhanced refresh."""
        if self._pace is None:
            self._write(messages)
            return
        self._pace.put(messages)
        if self._pace.waiting:
            self._outgoing.pause(self._member)

    def _write(self, messages: Sequence[bytes]) -> None:
        self.session.driver.send_many(messages)
        self.session.wrote(messages)
        wanted = self._report.wants(SEND_UPDATE)
        for message in messages:
            kind, body = message[HEADER - 1], message[HEADER:]
            self._report.tap(SEND, kind, body)
            if kind != UPDATE:
                self._report.message(SEND, kind, body, refreshes.decode(body), self.negotiated)
            elif wanted:
                self._tell(body)

    def _tell(self, body: bytes) -> None:
        """Publish an UPDATE of ours, read as a peer without demands would read it."""
        if self._mirror is None:
            context = self._contexts.receive(mirror(self.negotiated.send))
            self._mirror = (context, self._contexts.paths(context))
        context, paths = self._mirror
        try:
            update = updates.decode(body, context, paths)
        except Malformed as fault:
            self._say(f"an UPDATE was sent that we cannot read ourselves: {fault.reason}")
            return
        self._report.update(SEND, UPDATE, body, self.negotiated, update, context)

    def paused(self) -> None:
        """The transport is full."""
        self._full = True
        self._outgoing.pause(self._member)

    def resumed(self) -> None:
        """The transport takes more."""
        self._full = False
        self._go_on()

    def _go_on(self) -> None:
        if not self._full and not (self._pace is not None and self._pace.waiting):
            self._outgoing.resume(self._member)


def mirror(context: SendContext) -> ReceiveContext:
    """The context in which our own UPDATEs are read: theirs are the families and AS numbers, and nothing is refused."""
    return ReceiveContext(
        context.families,
        context.asn4,
        external=False,
        aigp=True,
        extended_next_hop=frozenset(context.families),
        link_local=True,
        mandatory=False,
        message_size=context.message_size,
    )
