"""All peers and what they are told: the one object that commands, reloads and the service act on."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from bgptwist.grammar.selector import Selector
from bgptwist.interfaces import IEventSink, INetwork
from bgptwist.rib.outgoing import Clock, Outgoing
from bgptwist.rib.transfer import bits
from bgptwist.rib.watchdog import Watchdogs
from bgptwist.settings.model import Environment, NeighborSettings, StaticRoute
from bgptwist.settings.plan import Plan, RouteChanges
from bgptwist.speaker.contexts import Contexts
from bgptwist.speaker.events import SignalReceived
from bgptwist.speaker.peer import Peer
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.route import Announcement, Route


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
        self.contexts = Contexts()
        self.on_finished: Callable[[], None] | None = None
        """Called when no peer has a connection attempt left."""
        self._clock = clock
        self._network = network
        self._sink = sink
        self._environment = environment
        self._log = log
        self._version = version
        self._now = now
        self._by_member: dict[int, Peer] = {}
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
            self.peers[settings.name].reconfigure(settings)
            self._change(self.peers[settings.name].member, changes.get(settings.name))
        for settings in plan.adjusted:
            self.peers[settings.name].settings = settings
            self._change(self.peers[settings.name].member, changes.get(settings.name))
        self.add(plan.added)

    def _change(self, member: int, changes: RouteChanges | None) -> None:
        """Withdraw the configured routes that are gone, announce those that are new; others stay as they are."""
        if changes is None:
            return
        self.outgoing.withdraw([*changes.withdraw, *(static.route for static in changes.unwatch)], member)
        for static in changes.unwatch:
            self._watchdogs.remove(static.watchdog, static.route, member)
        self.outgoing.announce(changes.announce, member)
        self._watch(changes.watch, member)

    def add(self, neighbors: Iterable[NeighborSettings]) -> None:
        """Make new peers and start them; neighbors with the very same routes share the work."""
        fresh: list[Peer] = []
        shared: dict[int, tuple[NeighborSettings, int]] = {}
        for settings in neighbors:
            member = self._free_bit()
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
            )
            self.peers[settings.name] = peer
            self._by_member[member] = peer
            fresh.append(peer)
            first, members = shared.get(id(settings.routes), (settings, 0))
            shared[id(settings.routes)] = (first, members | member)
            self._watch(settings.watched, member)
        for settings, members in shared.values():
            self.outgoing.announce(settings.routes, members)
        for peer in fresh:
            peer.start()

    def _watch(self, watched: Iterable[StaticRoute], member: int) -> None:
        for static in watched:
            self._watchdogs.add(Announcement([static.route], static.watchdog, static.held), member)
            if not static.held:
                self.outgoing.announce([static.route], member)

    def _free_bit(self) -> int:
        bit = 1
        while bit in self._by_member:
            bit <<= 1
        return bit

    def remove(self, name: str) -> None:
        """A neighbor left the configuration: Cease 6/3, and everything of it is forgotten."""
        peer = self.peers.pop(name, None)
        if peer is None:
            return
        peer.stop(6, 3)
        self.outgoing.leave(peer.member)
        self.outgoing.forget(peer.member)
        self._watchdogs.forget(peer.member)
        del self._by_member[peer.member]

    def start(self) -> None:
        """Start every peer that is not running."""
        for peer in list(self.peers.values()):
            peer.start()

    def stop(self, code: int = 6, subcode: int = 2) -> None:
        """End every session with that NOTIFICATION; nothing is tried again."""
        for peer in list(self.peers.values()):
            peer.stop(code, subcode)

    def restart(self) -> None:
        """Reset every session (6/4) and connect again at once."""
        for peer in list(self.peers.values()):
            peer.teardown(4)

    def _peer_finished(self, peer: Peer) -> None:
        if self.on_finished is not None and all(other.finished for other in self.peers.values()):
            self.on_finished()

    @property
    def up(self) -> int:
        """How many sessions are established."""
        return sum(peer.state == "ESTABLISHED" for peer in self.peers.values())

    def signal(self, code: int, name: str) -> None:
        """Tell helpers that asked for it that the daemon got a signal."""
        for peer in self.peers.values():
            if "signal" in self._sink.interest(peer.settings.name):
                self._sink.publish(SignalReceived(peer.identity, self._now(), code, name))

    # ------------------------------------------------------------------ member sets

    def select(self, selectors: list[Selector] | None, helper: str | None) -> int:
        """The neighbors a command means: those the helper may command (None: all), narrowed by selectors."""
        members = 0
        for peer in self.peers.values():
            settings = peer.settings
            if helper is not None and not any(helper in api.processes for api in settings.api):
                continue
            if selectors is None or any(selector.matches(words_of(settings)) for selector in selectors):
                members |= peer.member
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

    def clear_out(self, members: int) -> None:
        """Withdraw everything, routes of the configuration too."""
        self.outgoing.clear(members)

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
