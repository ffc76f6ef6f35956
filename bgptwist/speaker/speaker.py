"""All peers and what they are told: the one object that commands, reloads and the service act on."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, Protocol

from bgptwist.grammar.selector import Selector, meant
from bgptwist.interfaces import IEventSink, INetwork
from bgptwist.rib.outgoing import Outgoing
from bgptwist.rib.transfer import bits
from bgptwist.rib.watchdog import Watchdogs
from bgptwist.session.timers import Call, Clock
from bgptwist.settings.model import Environment, NeighborSettings, StaticRoute
from bgptwist.settings.plan import Plan, RouteChanges
from bgptwist.speaker.barrier import Barrier
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import SignalReceived, StateChanged
from bgptwist.speaker.ledger import Attribution, Ledger
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import Directory, Range, Refusal, one_of
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.route import Announcement, Route

SWEEP: Final = 1.0
"""Seconds after which the routes of members that are gone are forgotten, all in one walk through the table."""


class Log(Protocol):
    """Takes one line for the log."""

    def __call__(self, text: str) -> None: ...


class Speaker:
    """Peers by neighbor name, each one bit of a member set, over one Adj-RIB-Out."""

    def __init__(
        self,
        clock: Clock,
        network: INetwork,
        sink: IEventSink,
        environment: Environment,
        log: Log,
        version: str,
        now: Callable[[], float],
    ) -> None:
        """`version` is the software version for capability 75, `now` the time of day in seconds for events."""
        self.peers: dict[str, Peer] = {}
        self.outgoing = Outgoing(clock, self._problem)
        self.ledger = Ledger(clock, self.outgoing.withdraw, log)
        self.contexts = Contexts()
        self.on_finished: Callable[[], None] | None = None
        """Called when no peer has a connection attempt left."""
        self.on_came: Callable[[Peer], object] = ignore
        """Called when a peer came from a range, before its first event."""
        self.on_gone: Callable[[Peer], object] = ignore
        """Called when such a peer was forgotten."""
        self.on_learnt: Callable[[Peer], object] = ignore
        """Called when the AS numbers of a session are known that the configuration leaves open."""
        self._clock = clock
        self._network = network
        self._sink: IEventSink = Attribution(self.ledger, sink)
        self._environment = environment
        self._log = log
        self._version = version
        self._now = now
        self._by_member: dict[int, Peer] = {}
        self._ranges: dict[str, Range] = {}
        self._directory: Directory | None = None
        self._taken = self._enrolled = self._dead = 0
        self._cleaning: Call | None = None
        self._watchdogs = Watchdogs()

    def _problem(self, member: int, reason: str) -> None:
        peer = self._by_member.get(member)
        self._log(f"{peer.settings.peer_address if peer else 'a peer'}: {reason}")

    # ------------------------------------------------------------------ neighbors

    def apply(self, plan: Plan) -> None:
        """Walk the part of a plan that concerns peers and their routes."""
        for name in plan.removed:
            self.remove(name)
        changes = dict(plan.routes)
        for settings in plan.restarted:
            if settings.name in self._ranges:
                self._ranges[settings.name].disperse()
            self.peers[settings.name].reconfigure(settings)
            self._change(self._members_of(settings.name), changes.get(settings.name))
        for settings in plan.adjusted:
            self.peers[settings.name].adjust(settings)
            if settings.name in self._ranges:
                self._ranges[settings.name].adjust()
            self._change(self._members_of(settings.name), changes.get(settings.name))
        added = {settings.name for settings in plan.added}
        self._disperse(lambda peer, local, port: peer.settings.name in added)
        self.add(plan.added)
        self._directory = None
        self._disperse(self._strayed)

    def _members_of(self, name: str) -> int:
        """The bit of a neighbor, and of all peers of a range."""
        found = self._ranges.get(name)
        return self.peers[name].member | (found.members if found is not None else 0)

    def _disperse(self, whom: Callable[[Peer, str, int], bool]) -> None:
        for found in self._ranges.values():
            found.disperse(whom)

    def _strayed(self, peer: Peer, local: str, port: int) -> bool:
        """Whether the connection of a peer would be another neighbor's now."""
        return self._configured().find(local, port, peer.settings.peer_address) is not peer.origin

    def _configured(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(peer for peer in self.peers.values() if peer.origin is None)
        return self._directory

    def admit(self, local: str, port: int, remote: str) -> Peer | Refusal | None:
        """Whose connection it is; None when it is nobody's."""
        peer = self._configured().find(local, port, remote)
        found = None if peer is None else self._ranges.get(peer.settings.name)
        return peer if found is None else found.admit(local, port, remote)

    def with_those_of_ranges(self, neighbors: Iterable[NeighborSettings]) -> list[NeighborSettings]:
        """These neighbors, after the peers that came from ranges, with the settings of their range among these."""
        listed = list(neighbors)
        known = {settings.name: settings for settings in listed if settings.prefix_length is not None}
        came = [
            one_of(known.get(name, found.peer.settings), address)
            for name, found in self._ranges.items()
            for address in found.peers
        ]
        return [*came, *listed]

    def _change(self, members: int, changes: RouteChanges | None) -> None:
        """Withdraw the configured routes that are gone, announce those that are new; others stay as they are."""
        if changes is None:
            return
        gone = [*changes.withdraw, *(static.route for static in changes.unwatch)]
        for route in gone:
            # not from those to whom a helper told another one in its place
            if still := self.outgoing.holders(route, members):
                self.outgoing.withdraw([route], still)
                if self.ledger.active:
                    self.ledger.withdrawn([route], still)
        for static in changes.unwatch:
            self._watchdogs.remove(static.watchdog, static.route, members)
        self._watch(changes.watch, members)
        self.outgoing.announce(changes.announce, members)
        if self.ledger.active:
            self.ledger.announced(changes.announce, members)

    def add(self, neighbors: Iterable[NeighborSettings]) -> None:
        """Make new peers and start them; neighbors with the very same routes share the work."""
        fresh: list[Peer] = []
        shared: dict[int, tuple[NeighborSettings, int]] = {}
        for settings in neighbors:
            peer = self._make(settings)
            member = peer.member
            if settings.prefix_length is not None:
                self._ranges[settings.name] = Range(peer, self._clock, self._come, self._vanish)
            fresh.append(peer)
            first, members = shared.get(id(settings.routes), (settings, 0))
            shared[id(settings.routes)] = (first, members | member)
            self._watch(settings.watched, member)
        for settings, members in shared.values():
            self.outgoing.announce(settings.routes, members)
        self._directory = None
        for peer in fresh:
            peer.start()

    def _make(self, settings: NeighborSettings, origin: Peer | None = None) -> Peer:
        """A peer with the lowest bit that nobody has."""
        member = ~self._taken & (self._taken + 1)
        peer = Peer(
            settings,
            self._environment,
            member,
            self._clock,
            self._network,
            self._sink,
            self.outgoing,
            self.contexts,
            version=self._version,
            now=self._now,
            log=self._log,
            on_finished=self._peer_finished,
            on_change=self._peer_changed,
            origin=origin,
        )
        self._taken |= member
        self.peers[settings.name] = peer
        self._by_member[member] = peer
        return peer

    def _come(self, settings: NeighborSettings, origin: Peer) -> Peer:
        """Somebody of a range connected."""
        peer = self._make(settings, origin)
        self.on_came(peer)
        peer.start()
        return peer

    def _watch(self, watched: Iterable[StaticRoute], members: int) -> None:
        for static in watched:
            self._watchdogs.add(Announcement([static.route], static.watchdog, static.held), members)
            if not static.held:
                self.outgoing.announce([static.route], members)
                if self.ledger.active:
                    self.ledger.announced([static.route], members)

    def remove(self, name: str) -> None:
        """A neighbor left the configuration: Cease 6/3, and everything of it is forgotten."""
        peer = self.peers.pop(name, None)
        if peer is None:
            return
        self._directory = None
        found = self._ranges.pop(name, None)
        if found is not None:
            found.disperse()
            found.halt()
        peer.stop(6, 3)
        self._bury(peer)
        self._watchdogs.forget(peer.member)

    def _vanish(self, peer: Peer) -> None:
        """A peer of a range is forgotten."""
        self.peers.pop(peer.settings.name, None)
        self._bury(peer)
        self.on_gone(peer)

    def _bury(self, peer: Peer) -> None:
        """Nobody has that bit any more, nor gets it before the table was cleaned of it."""
        self.outgoing.leave(peer.member)
        del self._by_member[peer.member]
        if self._cleaning is None:
            self._cleaning = self._clock.callLater(SWEEP, self._sweep)
        self._dead |= peer.member

    def _sweep(self) -> None:
        self._cleaning = None
        dead, self._dead = self._dead, 0
        self.outgoing.forget(dead)
        self.ledger.forget(dead)
        self._watchdogs.forget(dead)
        self._taken &= ~dead
        self._enrolled &= ~dead

    def start(self) -> None:
        """Start every peer that is not running."""
        for peer in list(self.peers.values()):
            peer.start()

    def stop(self, code: int = 6, subcode: int = 2) -> None:
        """End every session with that NOTIFICATION; nothing is tried again, and no route lapses."""
        self.ledger.stop()
        for peer in list(self.peers.values()):
            peer.stop(code, subcode)
        for found in self._ranges.values():
            found.halt()
        if self._cleaning is not None:
            self._cleaning.cancel()
            self._sweep()

    def restart(self) -> None:
        """End every session with NOTIFICATION 6/3, as ExaBGP does, and connect again at once."""
        for peer in list(self.peers.values()):
            peer.teardown(3)

    def _peer_finished(self, peer: Peer) -> None:
        configured = (other for other in self.peers.values() if other.origin is None)
        if self.on_finished is not None and all(other.finished for other in configured):
            self.on_finished()

    def _peer_changed(self, peer: Peer) -> None:
        """A session is established, or the last one of a peer is over."""
        origin = peer.origin
        if origin is not None and peer.state == "ESTABLISHED":
            if not peer.member & self._enrolled:
                self._enrolled |= peer.member
                self.outgoing.enrol(peer.member, origin.member)
                self.ledger.enrol(peer.member, origin.member)
                self._watchdogs.enrol(peer.member, origin.member)
        elif origin is not None and origin.settings.name in self._ranges:
            self._ranges[origin.settings.name].ended(peer)
        if None in (peer.settings.local_as, peer.settings.peer_as):
            self.on_learnt(peer)

    @property
    def up(self) -> int:
        """How many sessions are established."""
        return sum(peer.state == "ESTABLISHED" for peer in self.peers.values())

    def signal(self, code: int, name: str) -> None:
        """Tell helpers that asked for it that the daemon got a signal."""
        for peer in self.peers.values():
            if "signal" in self._sink.interest(peer.settings.name):
                self._sink.publish(SignalReceived(peer.identity, self._now(), code, name))

    def states(self, names: Collection[str] | None = None) -> list[StateChanged]:
        """The states of these neighbors, or of all, as the events that a helper missed which comes late."""
        found: list[StateChanged] = []
        for name, peer in self.peers.items():
            if peer.origin is not None:
                name = peer.origin.settings.name
            if peer.session is None or (names is not None and name not in names):
                continue
            found.append(StateChanged(peer.identity, self._now(), "connected"))
            if peer.state == "ESTABLISHED":
                found.append(StateChanged(peer.identity, self._now(), "up"))
        return found

    # ------------------------------------------------------------------ member sets

    def select(self, selectors: list[Selector] | None, helper: str | None) -> int:
        """The neighbors a command means: those the helper may command (None: all), narrowed by selectors.

        A range means its peers, too.
        """
        members = 0
        for peer in self.peers.values():
            settings = peer.settings
            if helper is not None and not any(helper in api.processes for api in settings.api):
                continue
            if selectors is None or meant(selectors, words_of(settings)) or self._learnt(selectors, peer):
                members |= peer.member if settings.prefix_length is None else self._members_of(settings.name)
        return members

    def _learnt(self, selectors: list[Selector], peer: Peer) -> bool:
        """Whether selectors mean a peer by AS numbers that its configuration leaves open."""
        if peer.learnt is None or None not in (peer.settings.local_as, peer.settings.peer_as):
            return False
        numbers = dict(zip(("local-as", "peer-as"), map(str, peer.learnt), strict=True))
        return meant(selectors, words_of(peer.settings) | numbers)

    def present(self, peers: Iterable[Peer]) -> int:
        """The members that these peers are now: without those that are gone, with those that came from their ranges."""
        members = 0
        for peer in peers:
            if self._by_member.get(peer.member) is peer:
                whole = self._ranges.get(peer.settings.name)
                members |= (
                    peer.member
                    if whole is None or whole.peer is not peer
                    else self._members_of(whole.peer.settings.name)
                )
        return members

    def members_of(self, members: int) -> list[Peer]:
        """The peers of a member set."""
        return [self._by_member[bit] for bit in bits(members) if bit in self._by_member]

    def _established(self, members: int) -> list[Peer]:
        return [peer for peer in self.members_of(members) if peer.state == "ESTABLISHED"]

    # ------------------------------------------------------------------ routes

    def announce(self, routes: Iterable[Route], members: int) -> None:
        """Tell these peers some routes, now and in every later session."""
        self.outgoing.announce(routes, members)

    def withdraw(self, routes: Iterable[Route], members: int) -> None:
        """Take routes back."""
        self.outgoing.withdraw(routes, members)

    def hold(self, announcement: Announcement, members: int) -> None:
        """Remember an announcement that names a watchdog; it is announced unless it is held."""
        self._watchdogs.add(announcement, members)
        if not announcement.held:
            self.outgoing.announce(announcement.routes, members)

    def watched(self, name: str) -> list[tuple[Route, int]]:
        """The routes of a watchdog, and for which members they are."""
        return self._watchdogs.routes(name)

    def watchdog(self, name: str, announce: bool) -> bool:
        """Announce or withdraw all routes of a watchdog; False when nobody uses the name."""
        routes = self._watchdogs.routes(name)
        for route, members in routes:
            if announce:
                self.outgoing.announce([route], members)
            else:
                self.outgoing.withdraw([route], members)
        return bool(routes)

    def end_of_rib(self, family: Family, members: int) -> bool:
        """Send End-of-RIB where the family was agreed; False when it was in none of the sessions."""
        peers = [peer for peer in self._established(members) if peer.negotiated and family in peer.negotiated.families]
        for peer in peers:
            self.outgoing.send_end_of_rib(peer.member, family)
        return bool(peers)

    def route_refresh(self, family: Family, members: int) -> bool:
        """Ask for the routes of a family again; False when no peer can be asked."""
        asked = [peer.send_refresh(family) for peer in self._established(members)]
        return any(asked)

    def operational(self, message: Operational, members: int) -> bool:
        """Send an OPERATIONAL message; False when no peer can hear it, now or later."""
        told = [peer.send_operational(message) for peer in self.members_of(members)]
        return any(told)

    def teardown(self, members: int, subcode: int) -> None:
        """End the established sessions with NOTIFICATION 6/subcode; they start again at once."""
        for peer in self._established(members):
            peer.teardown(subcode)

    def flush(self, members: int) -> None:
        """Send everything again, between BoRR and EoRR where enhanced route refresh was negotiated."""
        for peer in self._established(members):
            negotiated = peer.negotiated
            if negotiated is not None:
                enhanced = negotiated.refresh == "enhanced"
                self.outgoing.refresh(peer.member, negotiated.families, enhanced)

    def is_established(self, members: int) -> bool:
        """Whether any of these peers has a session."""
        return bool(self._established(members))

    def sync(self, members: int, ready: Callable[[list[str]], object]) -> None:
        """Call `ready`, later, when the TCP of these peers took all that was announced.

        It is told the addresses of peers whose session ended before; who has no session is not waited for.
        """
        Barrier(self._clock, self._established(members), ready)

    def clear_out(self, members: int) -> None:
        """Withdraw everything, routes of the configuration too, and those that have an owner."""
        self.outgoing.clear(members)
        self.ledger.forget(members)

    def withdraw_owned(self, owner: str, members: int) -> int:
        """Withdraw all routes of an owner; how many they were."""
        owned = self.ledger.owned(owner, members)
        for route, theirs in owned:
            self.outgoing.withdraw([route], theirs)
            self.ledger.withdrawn([route], theirs)
        return len(owned)

    def owner_gone(self, name: str) -> None:
        """A helper ended: routes that have its name as their owner are withdrawn from everybody."""
        if count := self.withdraw_owned(name, -1):
            self._log(f"withdrawn because their owner {name} ended: {count} routes")

    def clear_in(self, members: int) -> None:
        """Forget what was received."""
        for peer in self.members_of(members):
            if peer.incoming is not None:
                peer.incoming.clear()

    def routes_out(self, members: int) -> Iterator[tuple[Peer, Route]]:
        """What these peers are told."""
        for bit, route in self.outgoing.routes(members):
            if bit in self._by_member:
                yield self._by_member[bit], route

    def routes_in(self, members: int) -> Iterator[tuple[Peer, Route]]:
        """What these peers told us."""
        for peer in self.members_of(members):
            if peer.incoming is not None:
                for route in peer.incoming.routes():
                    yield peer, route


def words_of(settings: NeighborSettings) -> dict[str, str]:
    """The words a selector may ask for."""
    length = "" if settings.prefix_length is None else f"/{settings.prefix_length}"
    return {
        "neighbor": settings.peer_address + length,
        "local-ip": settings.local_address or "auto",
        "local-as": "auto" if settings.local_as is None else str(settings.local_as),
        "peer-as": "auto" if settings.peer_as is None else str(settings.peer_as),
        "router-id": settings.router_id,
        "family-allowed": settings.family_allowed,
    }


def ignore(peer: Peer) -> None:
    """Nobody wants to know."""
