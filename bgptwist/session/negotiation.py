"""What we offer, what the peer offers, and what follows (RFC 4271, 4.2 and 6.2; RFC 5492; RFC 7911; RFC 9234)."""

from dataclasses import dataclass, replace
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.capabilities import role as roles
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.bfd_strict import BfdStrict
from bgptwist.wire.capabilities.dynamic import Dynamic
from bgptwist.wire.capabilities.enhanced_refresh import EnhancedRefresh
from bgptwist.wire.capabilities.extended_message import ExtendedMessage
from bgptwist.wire.capabilities.extended_next_hop import ExtendedNextHop
from bgptwist.wire.capabilities.graceful_restart import FORWARDING, LONGEST, GracefulRestart
from bgptwist.wire.capabilities.hostname import HostName
from bgptwist.wire.capabilities.link_local_next_hop import LinkLocalNextHop
from bgptwist.wire.capabilities.long_lived import LongLived
from bgptwist.wire.capabilities.multiple_labels import MultipleLabels
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.multisession import OLD, MultiSession
from bgptwist.wire.capabilities.operational import Operational
from bgptwist.wire.capabilities.orf import OutboundRouteFiltering
from bgptwist.wire.capabilities.paths_limit import PathsLimit
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.capabilities.route_refresh import OLD as OLD_REFRESH
from bgptwist.wire.capabilities.route_refresh import RouteRefresh
from bgptwist.wire.capabilities.software_version import SoftwareVersion
from bgptwist.wire.capabilities.unknown import Unknown
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import EXTENDED, NORMAL, OLD_ROUTE_REFRESH, ROUTE_REFRESH
from bgptwist.wire.kinds import LAYOUT_5, CapabilityValue, Family, Layout, ReceiveContext, SendContext
from bgptwist.wire.messages.open import VERSION, Open
from bgptwist.wire.registry import BY_CODE
from bgptwist.wire.values.asn import AS_TRANS

RECEIVE: Final = 1
SEND: Final = 2

ADD_PATH: Final = (0x101, 0x201, 0x104, 0x204, 0x180, 0x280)
"""Indexes of the families that ADD-PATH is offered for unless others are named; these come first in the capability."""

IPV6: Final = 2

RESTARTABLE: Final = 63
LONG_LIVED: Final = 36
"""Families for which graceful restart, and the long-lived one, find room in a capability that is not repeated."""

LABELLED: Final = (4, 128)
"""The SAFIs whose routes can have several labels."""

PREFIX_FILTERS: Final = 64
"""The type of route filters that is offered (RFC 5292)."""


@dataclass(frozen=True, slots=True)
class Local:
    """What we offer to one peer.

    `local_as` is None when it is to be the peer's (`local-as auto`), `peer_as` None when any will do; `router_id` has
    four octets.  `add_path` is 0 off, 1 receive, 2 send, 3 both, for `add_path_families`; `next_hops` are families
    and the AFI of a next hop they may have, None for no such capability.  `graceful_restart` is in seconds, None for
    off; `restarting` says that this is not our first session with the peer.  `role` is a number of RFC 9234.
    `link_local` is the link-local address sent beside an IPv6 next hop where agreed, sixteen octets or empty.
    `paths_limits` say how many paths we want; `long_lived` is in seconds and needs graceful restart; `dynamic` are
    capability codes, None for no such capability; `orf` is 0 off, 1 receive, 2 send, 3 both; `multiple_labels` is how
    many we can take, 0 for one.  `others` are capabilities by code and octets that are offered as they are.
    """

    local_as: int | None
    router_id: bytes
    families: tuple[Family, ...]
    peer_as: int | None = None
    hold_time: int = 180
    asn4: bool = True
    next_hops: tuple[tuple[Family, int], ...] | None = None
    add_path: int = 0
    add_path_families: tuple[Family, ...] = ()
    graceful_restart: int | None = None
    restarting: bool = False
    route_refresh: bool = False
    operational: bool = False
    extended_message: bool | None = None
    host_name: str = ""
    domain_name: str = ""
    software_version: str = ""
    link_local_next_hop: bool = False
    link_local: bytes = b""
    multi_session: bool = False
    role: int | None = None
    role_strict: bool = False
    paths_limits: tuple[tuple[Family, int], ...] = ()
    long_lived: int | None = None
    dynamic: tuple[int, ...] | None = None
    orf: int = 0
    bfd_strict: bool = False
    multiple_labels: int = 0
    others: tuple[tuple[int, bytes], ...] = ()
    aigp: bool = False
    group: bool = True
    layout: Layout = LAYOUT_5

    def mirror(self, received: Open) -> "Local":
        """The same, with the peer's AS number for ours if ours is to be its."""
        return self if self.local_as is not None else replace(self, local_as=received.speaker_as)

    def open(self) -> Open:
        """Our OPEN; AS_TRANS stands for an AS number that needs four octets (RFC 6793, 4.2.3)."""
        asn = self.local_as or 0
        return Open(VERSION, asn if asn <= 0xFFFF else AS_TRANS, self.hold_time, self.router_id, self.capabilities())

    def capabilities(self) -> list[CapabilityValue]:
        """The capabilities in ExaBGP's order; those it does not have stand before multi-session."""
        found: list[CapabilityValue] = [MultiProtocol([(family.afi, family.safi) for family in self.families])]
        if self.asn4:
            found.append(Asn4(self.local_as or 0))
        if self.next_hops is not None:
            found.append(ExtendedNextHop(self.conversions()))
        if self.add_path:
            found.append(AddPath(self.paths()))
            if limits := self.limits():
                found.append(PathsLimit(limits))
        if self.graceful_restart is not None:
            kept = [(family.afi, family.safi, FORWARDING) for family in self.families[:RESTARTABLE]]
            found.append(GracefulRestart(self.restarting, min(self.graceful_restart, LONGEST), kept))
        if self.route_refresh:
            found += [RouteRefresh(), EnhancedRefresh()]
        if self.operational:
            found.append(Operational())
        if self.layout.extended_message if self.extended_message is None else self.extended_message:
            found.append(ExtendedMessage())
        if self.host_name:
            found.append(HostName(self.host_name, self.domain_name))
        if self.software_version:
            found.append(SoftwareVersion(self.software_version))
        if self.link_local_next_hop:
            found.append(LinkLocalNextHop())
        found += self.modern()
        if self.multi_session:
            found.append(MultiSession([MultiProtocol.code]))
            if self.layout.generation < 6:
                found.append(MultiSession([MultiProtocol.code], 0, OLD))
        present = {value.code for value in found}
        return found + [value for value in map(given, self.others) if value.code not in present]

    def modern(self) -> list[CapabilityValue]:
        """The capabilities that ExaBGP does not have."""
        found: list[CapabilityValue] = []
        if self.has_role:
            found.append(Role(self.role or 0))
        if self.long_lived is not None and self.graceful_restart is not None:
            kept = self.families[:LONG_LIVED]
            found.append(LongLived([(family.afi, family.safi, FORWARDING, self.long_lived) for family in kept]))
        if self.orf:
            types = [(PREFIX_FILTERS, self.orf)]
            found.append(OutboundRouteFiltering([(family.afi, family.safi, types) for family in self.families]))
        if self.multiple_labels > 1:
            labelled = [family for family in self.families if family.safi in LABELLED]
            found.append(MultipleLabels([(family.afi, family.safi, self.multiple_labels) for family in labelled]))
        if self.dynamic is not None:
            found.append(Dynamic(list(self.dynamic)))
        if self.bfd_strict:
            found.append(BfdStrict())
        return found

    @property
    def has_role(self) -> bool:
        """Whether we tell our role: only a peer of another AS hears of it (RFC 9234, 4.1)."""
        return self.role is not None and (self.peer_as is None or self.peer_as != self.local_as)

    def limits(self) -> list[tuple[int, int, int]]:
        """How many paths we want of the families that we receive several of."""
        wanted = dict(self.paths_limits)
        if not self.add_path & RECEIVE:
            return []
        return [(each.afi, each.safi, wanted[each]) for each in self.with_paths() if each in wanted]

    def conversions(self) -> list[tuple[int, int, int]]:
        """The next hops of another address family that are offered: IPv6 for IPv4 routes, the case of RFC 8950."""
        return [
            (family.afi, family.safi, afi)
            for family, afi in self.next_hops or ()
            if family in self.families and family.afi != IPV6 and afi == IPV6
        ]

    def with_paths(self) -> list[Family]:
        """The families that ADD-PATH is offered for, in the order of the capability."""
        offered = {family.index: family for family in self.families if family in self.add_path_families}
        order = (*ADD_PATH, *sorted(index for index in offered if index not in ADD_PATH))
        return [offered[index] for index in order if index in offered and offered[index].with_path_id.path_id]

    def paths(self) -> list[tuple[int, int, int]]:
        """The families with path identifiers as the capability has them."""
        return [(family.afi, family.safi, self.add_path) for family in self.with_paths()]


class Negotiated:
    """What a session agreed.

    `families` are the common ones in our order, without path identifiers; `add_path_send` and `add_path_receive` those
    of them that have some.  `next_hops` are (family, AFI of the next hop).  `refresh` is `absent`, `normal` or
    `enhanced`, `refresh_kind` the message type it is asked for with, `keepalive` the seconds between KEEPALIVEs before
    jitter.  Of graceful restart (RFC 4724) both sides speak if `graceful_restart`; `peer_restart_time`,
    `peer_restarting` and `peer_forwarding` are what the peer said, `survives_notification` whether a NOTIFICATION
    leaves the routes standing (RFC 8538).  `paths_limits` and `labels` are how many paths and labels the peer takes,
    `long_lived` the seconds it may keep stale routes, by family; `peer_role` is None unless both have one.
    """

    def __init__(self, local: Local, sent: Open, received: Open, local_address: bytes) -> None:
        """Both OPENs were found acceptable; `local_address` is ours on this connection, 4 or 16 octets."""
        self.local = local
        self.sent = sent
        self.received = received
        self.local_as = local.local_as or 0
        self.peer_as = received.speaker_as
        self.router_id = received.router_id
        """The peer's identifier."""
        self.hold_time = min(sent.hold_time, received.hold_time)
        self.keepalive = self.hold_time / 3
        common = frozenset(received.families)
        self.families = tuple(family for family in local.families if (family.afi, family.safi) in common)
        self.asn4 = self.both(Asn4.code)
        self.multisession = self.both(MultiSession([]).code) or self.both(OLD)
        self.operational = self.both(Operational.code)
        self.dynamic = self.both(Dynamic.code)
        self._negotiate_refresh()
        self.message_size = EXTENDED if self.both(ExtendedMessage.code) else NORMAL
        self.next_hops = self._next_hops()
        self.add_path_send = self._paths(SEND, RECEIVE)
        self.add_path_receive = self._paths(RECEIVE, SEND)
        restart = received.find(GracefulRestart.code)
        self.graceful_restart = self.both(GracefulRestart.code)
        self.peer_restart_time = restart.time if isinstance(restart, GracefulRestart) else 0
        self.peer_restarting = isinstance(restart, GracefulRestart) and restart.restarting
        self.peer_forwarding = self._forwarding(restart)
        ours = sent.find(GracefulRestart.code)
        self.survives_notification = (
            isinstance(ours, GracefulRestart)
            and isinstance(restart, GracefulRestart)
            and ours.notification
            and restart.notification
        )
        self._negotiate_limits()
        self.send = self._send(local_address)
        self.receive = self._receive()

    @property
    def external(self) -> bool:
        """Whether the peer is of another AS."""
        return self.local_as != self.peer_as

    def both(self, code: int) -> bool:
        """Whether both sides announced that capability, and one that makes sense."""
        ours, theirs = self.sent.find(code), self.received.find(code)
        return ours is not None and theirs is not None and type(ours) is type(theirs)

    def _negotiate_refresh(self) -> None:
        """Route refresh: the standard one, or the one before it where the peer has nothing else."""
        ours = isinstance(self.sent.find(RouteRefresh.code), RouteRefresh) or self.both(OLD_REFRESH)
        self.old_refresh = ours and isinstance(self.received.find(OLD_REFRESH), RouteRefresh)
        self.refresh = "normal" if self.old_refresh else "absent"
        self.refresh_kind = OLD_ROUTE_REFRESH
        if self.both(RouteRefresh.code):
            self.refresh = "enhanced" if self.both(EnhancedRefresh.code) else "normal"
            self.refresh_kind = ROUTE_REFRESH

    def _negotiate_limits(self) -> None:
        """What the peer can take of what: paths, labels, time; and its role."""
        received = self.received
        limits = received.find(PathsLimit.code)
        self.paths_limits = self._by_family(limits.limits if isinstance(limits, PathsLimit) else [], self.add_path_send)
        labels = received.find(MultipleLabels.code) if self.both(MultipleLabels.code) else None
        self.labels = self._by_family(labels.counts if isinstance(labels, MultipleLabels) else [], self.families)
        lived = received.find(LongLived.code) if self.both(LongLived.code) and self.graceful_restart else None
        times = [(afi, safi, time) for afi, safi, _, time in lived.families] if isinstance(lived, LongLived) else []
        self.long_lived = self._by_family(times, self.families)
        role = received.find(Role.code) if self.both(Role.code) else None
        self.peer_role = role.role if isinstance(role, Role) else None

    def _by_family(
        self, entries: list[tuple[int, int, int]], families: tuple[Family, ...]
    ) -> tuple[tuple[Family, int], ...]:
        """The entries that are of these families."""
        numbers = {(afi, safi): number for afi, safi, number in reversed(entries)}
        return tuple(
            (family, numbers[family.afi, family.safi]) for family in families if (family.afi, family.safi) in numbers
        )

    def _next_hops(self) -> tuple[tuple[Family, int], ...]:
        ours, theirs = self.sent.find(ExtendedNextHop.code), self.received.find(ExtendedNextHop.code)
        if not isinstance(ours, ExtendedNextHop) or not isinstance(theirs, ExtendedNextHop):
            return ()
        by_code = {(family.afi, family.safi): family for family in self.families}
        return tuple(
            (by_code[afi, safi], hop)
            for afi, safi, hop in ours.conversions
            if (afi, safi) in by_code and (afi, safi, hop) in theirs.conversions
        )

    def _paths(self, our_way: int, their_way: int) -> tuple[Family, ...]:
        """The families in which we go one way with several paths and the peer the other."""
        ours, theirs = self.sent.find(AddPath.code), self.received.find(AddPath.code)
        if not isinstance(ours, AddPath) or not isinstance(theirs, AddPath):
            return ()
        we = {(afi, safi) for afi, safi, way in ours.families if way & our_way}
        they = {(afi, safi) for afi, safi, way in theirs.families if way & their_way}
        return tuple(family for family in self.families if (family.afi, family.safi) in we & they)

    def _forwarding(self, restart: CapabilityValue | None) -> tuple[Family, ...]:
        """The families in which the peer went on forwarding while it was away."""
        if not isinstance(restart, GracefulRestart):
            return ()
        kept = {(afi, safi) for afi, safi, flags in restart.families if flags & FORWARDING}
        return tuple(family for family in self.families if (family.afi, family.safi) in kept)

    def _forms(self, with_paths: tuple[Family, ...]) -> dict[int, Family]:
        return {family.index: family.with_path_id if family in with_paths else family for family in self.families}

    def _send(self, local_address: bytes) -> SendContext:
        local = self.local
        return SendContext(
            self._forms(self.add_path_send),
            self.local_as,
            self.asn4,
            self.external,
            local.aigp,
            local_address if len(local_address) == 4 else local.router_id,
            local_address if len(local_address) == 16 else b"",
            local.link_local if self.both(LinkLocalNextHop.code) else b"",
            frozenset(family.index for family, _ in self.next_hops),
            local.group,
            self.message_size,
            local.layout,
        )

    def _receive(self) -> ReceiveContext:
        return ReceiveContext(
            self._forms(self.add_path_receive),
            self.asn4,
            self.external,
            self.local.aigp,
            frozenset(family.index for family, _ in self.next_hops),
            self.both(LinkLocalNextHop.code),
            message_size=self.message_size,
        )


def negotiate(local: Local, sent: Open, received: Open, local_address: str) -> Negotiated:
    """What follows from both OPENs; Malformed when the peer's is not acceptable (wire.md, 3).

    What is wrong with an OPEN whoever sends it was found when it was decoded.
    """
    peer_as = received.speaker_as
    if local.peer_as is not None and peer_as != local.peer_as:
        raise Malformed(f"the peer's AS number is {peer_as}, {local.peer_as} was expected", 2, 2)
    if received.router_id == local.router_id and peer_as == local.local_as:
        name = spell.address(received.router_id)
        raise Malformed(f"both sides of this internal session have the identifier {name}", 2, 3)
    check_role(local, received)
    found = Negotiated(local, sent, received, spell.address_octets(local_address.partition("%")[0]))
    if not found.families:
        raise Malformed("there is no common address family", 2, 7, multiprotocol(sent))
    return found


def check_role(local: Local, received: Open) -> None:
    """Malformed when the roles do not fit, or a strict one has no counterpart (RFC 9234, 4.2)."""
    if not local.has_role or local.role is None or received.speaker_as == local.local_as:
        return
    theirs = received.find(Role.code)
    if isinstance(theirs, Role):
        if not roles.fit(local.role, theirs.role):
            raise Malformed(f"the peer is {roles.name(theirs.role)} to our {roles.name(local.role)}", 2, 11)
    elif local.role_strict:
        raise Malformed("the peer has no role", 2, 11)


def given(other: tuple[int, bytes]) -> CapabilityValue:
    """The capability of a code and octets, which may be one that nobody knows."""
    code, octets = other
    record = BY_CODE.get(code)
    try:
        value = None if record is None else record.decode(octets)
    except Malformed:
        value = None
    return value if value is not None and value.octets() == octets else Unknown(code, octets)


def multiprotocol(sent: Open) -> bytes:
    """The multiprotocol capabilities of our OPEN as the data of a NOTIFICATION (RFC 5492, 5)."""
    found = sent.find(MultiProtocol.code)
    if found is None:
        return b""
    return b"".join(bytes((found.code, len(value))) + value for value in found.instances())
