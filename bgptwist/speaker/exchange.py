"""What an established session exchanges: UPDATEs, requests to send them again (RFC 2918, RFC 7313), and advice."""

from collections.abc import Callable, Sequence
from typing import Final

from zope.interface import implementer

from bgptwist.interfaces import IUpdateWriter
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.outgoing import Outgoing
from bgptwist.rib.quota import Quota
from bgptwist.session import fsm
from bgptwist.session.negotiation import Negotiated
from bgptwist.session.timers import Call, Clock, Pace, announce_delay
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.ceiling import Ceiling
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import RECEIVE, SEND
from bgptwist.speaker.reporter import RECEIVE_UPDATE, SEND_UPDATE, Reporter
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.errors import KEEP, WITHDRAW, Malformed
from bgptwist.wire.framing import HEADER, OPERATIONAL, UPDATE
from bgptwist.wire.kinds import Family, ReceiveContext, SendContext
from bgptwist.wire.messages import refresh as refreshes
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.messages.refresh import RouteRefresh
from bgptwist.wire.path import Fault, PathTable

LONGEST_MARKER: Final = 11
"""Octets in the body of an End-of-RIB."""

SWEPT: Final = 1000
"""Routes in one event about those that a route refresh left behind."""


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
        self._complete: set[Family] = set()
        """Families whose End-of-RIB the peer sent."""
        self._owed: dict[bytes, Family] = {}
        """Families whose End-of-RIB we have still to send, by its body."""
        self._asked: set[Family] = set()
        """Those of them that the peer asked for meanwhile."""
        self._ceiling: Ceiling | None = None
        self._limit(settings)
        if settings.rate_limit:
            self._pace = Pace(clock, settings.rate_limit, self._write, self._go_on)

    def _limit(self, settings: NeighborSettings) -> None:
        """Take the limits of what the peer may tell."""
        if self._ceiling is not None:
            self._ceiling.adjust(settings.maximum_prefix)
        elif settings.maximum_prefix:
            self._ceiling = Ceiling(settings.maximum_prefix, self.negotiated.families, self.incoming, self._say)

    def held(self, family: Family | None) -> int:
        """How many routes of a family, or of all, the peer told us; 0 where nobody counts."""
        if self._ceiling is not None:
            return self._ceiling.held(family)
        return 0 if self.incoming is None else self.incoming.count(family)

    @property
    def untold(self) -> int:
        """How many routes the peer is not told because of `maximum-prefix-out`."""
        return self._outgoing.untold(self._member)

    @property
    def is_idle(self) -> bool:
        """Whether every message there is was written; TCP may not have taken them yet."""
        waits = self._pace is not None and self._pace.waiting
        return self._join_call is None and not waits and not self._outgoing.is_behind(self._member)

    @property
    def penalty(self) -> float | None:
        """Seconds without a session after this one, None for ever."""
        return 0.0 if self._ceiling is None else self._ceiling.penalty

    def adjust(self, settings: NeighborSettings) -> None:
        """Take other settings that need no new session."""
        self._settings = settings
        self._limit(settings)
        if self._ceiling is not None:
            self._cease(self._ceiling.check(self.negotiated.families[0]))

    def _cease(self, notification: Notification | None) -> None:
        """End the session, if there is a reason."""
        if notification is not None:
            self.session.feed(fsm.Input.STOP, notification)

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
        self._owed = {updates.end_of_rib(family)[HEADER:]: family for family in end_of_rib}
        bounds = dict(self._settings.maximum_prefix_out)
        quota = Quota(bounds) if bounds else None
        self._outgoing.join(self._member, self.negotiated.send, self, end_of_rib, settle, quota)
        if self._full:
            self._outgoing.pause(self._member)

    def end(self) -> None:
        """The session is over."""
        if self._join_call is not None:
            self._join_call.cancel()
            self._join_call = None
        if self._pace is not None:
            self._pace.stop()
        self._asked.clear()
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
        if update.end_of_rib is not None:
            self._complete.add(update.end_of_rib.base)
        if self._report.wants(RECEIVE_UPDATE):
            self._report.update(RECEIVE, UPDATE, body, negotiated, update, negotiated.receive)
        if self._ceiling is not None:
            self._cease(self._ceiling.update(update))

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
            self._resend(sent)
        elif self.incoming is None or negotiated.refresh != "enhanced":
            return
        elif refresh.subtype == refreshes.BEGIN:
            # A peer that restarts gracefully marks the end of its first routes: until then there is nothing stale.
            restarts = isinstance(negotiated.received.find(GracefulRestart.code), GracefulRestart)
            if kept.base in self._complete or not restarts:
                self.incoming.begin_refresh(kept)
        elif refresh.subtype == refreshes.END:
            self._sweep(self.incoming, kept)

    def _resend(self, family: Family) -> None:
        """Send the routes of a family again; their beginning is not marked before their first End-of-RIB."""
        enhanced = self.negotiated.refresh == "enhanced"
        if enhanced and family.base in self._owed.values():
            self._asked.add(family)
        else:
            self._outgoing.refresh(self._member, (family,), enhanced)

    def _sweep(self, incoming: Incoming, family: Family) -> None:
        """The peer sent all it has: what it did not send again is withdrawn, and helpers hear why."""
        gone = [route.nlri for route in incoming.end_refresh(family)]
        if not gone:
            return
        self._say(f"{len(gone)} routes of {family.name} were not announced again in a route refresh")
        if not self._report.wants(RECEIVE_UPDATE):
            return
        for at in range(0, len(gone), SWEPT):
            update = updates.Update(updates.NOTHING, [], [updates.Unreach(family, gone[at : at + SWEPT])])
            update.faults = (Fault(0, KEEP, "not announced again in a route refresh"),)
            self._report.update(RECEIVE, UPDATE, b"", self.negotiated, update, self.negotiated.receive)

    # ------------------------------------------------------------------ to the peer

    def ask(self, refresh: RouteRefresh) -> bool:
        """Send a ROUTE-REFRESH; False when the peer cannot be asked."""
        negotiated = self.negotiated
        index = refresh.afi << 8 | refresh.safi
        if negotiated.refresh == "absent" or index not in negotiated.receive.families:
            return False
        self.session.send(negotiated.refresh_kind, refresh.octets(), refresh)
        return True

    def advise(self, message: Operational, sequence: int) -> bool:
        """Send an OPERATIONAL message, with that number if it has none; False when the peer did not agree to it."""
        negotiated = self.negotiated
        if not negotiated.operational or message.afi << 8 | message.safi not in negotiated.send.families:
            return False
        whole = message.completed(negotiated.local.router_id, sequence)
        self.session.send(OPERATIONAL, whole.octets(), whole)
        return True

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
            if self._owed and len(body) <= LONGEST_MARKER:
                self._note_end(body)
            if kind != UPDATE:
                self._report.message(SEND, kind, body, refreshes.decode(body), self.negotiated)
            elif wanted:
                self._tell(body)

    def _note_end(self, body: bytes) -> None:
        """See whether an UPDATE of ours is the End-of-RIB of a family that the peer asked for."""
        family = self._owed.pop(body, None)
        for asked in [form for form in self._asked if form.base is family]:
            # in a turn of its own: the Adj-RIB-Out is busy with the one in which it sent the End-of-RIB
            self._clock.callLater(0, self._answer, asked)

    def _answer(self, family: Family) -> None:
        """Send the routes of a family that the peer asked for too early, unless the session is over."""
        if family in self._asked:
            self._asked.discard(family)
            self._outgoing.refresh(self._member, (family,), True)

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
