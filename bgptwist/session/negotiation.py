"""What we offer, what the peer offers, and what follows (RFC 4271, 4.2 and 6.2; RFC 5492; RFC 7911; RFC 9234)."""

from dataclasses import dataclass, replace
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.capabilities import role as roles
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.enhanced_refresh import EnhancedRefresh
from bgptwist.wire.capabilities.extended_message import ExtendedMessage
from bgptwist.wire.capabilities.extended_next_hop import ExtendedNextHop
from bgptwist.wire.capabilities.graceful_restart import FORWARDING, LONGEST, GracefulRestart
from bgptwist.wire.capabilities.hostname import HostName
from bgptwist.wire.capabilities.link_local_next_hop import LinkLocalNextHop
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.multisession import OLD, MultiSession
from bgptwist.wire.capabilities.operational import Operational
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.capabilities.route_refresh import RouteRefresh
from bgptwist.wire.capabilities.software_version import SoftwareVersion
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import EXTENDED, NORMAL
from bgptwist.wire.kinds import LAYOUT_5, CapabilityValue, Family, Layout, ReceiveContext, SendContext
from bgptwist.wire.messages.open import VERSION, Open
from bgptwist.wire.values.asn import AS_TRANS

RECEIVE: Final = 1
SEND: Final = 2

ADD_PATH: Final = (0x101, 0x201, 0x104, 0x204, 0x180, 0x280)
"""Indexes of the families that ADD-PATH is offered for, in the order of the capability: as ExaBGP has them."""

IPV6: Final = 2


@dataclass(frozen=True, slots=True)
class Local:
    """What we offer to one peer.

    `local_as` is None when it is to be the peer's (`local-as auto`), `peer_as` None when any will do; `router_id` has
    four octets.  `add_path` is 0 off, 1 receive, 2 send, 3 both, for `add_path_families`; `next_hops` are families
    and the AFI of a next hop they may have, None for no such capability.  `graceful_restart` is in seconds, None for
    off; `restarting` says that this is not our first session with the peer.  `role` is a number of RFC 9234.
    `link_local` is the link-local address sent beside an IPv6 next hop where agreed, sixteen octets or empty.
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
        """The capabilities in ExaBGP's order."""
        found: list[CapabilityValue] = [MultiProtocol([(family.afi, family.safi) for family in self.families])]
        if self.asn4:
            found.append(Asn4(self.local_as or 0))
        if self.next_hops is not None:
            found.append(ExtendedNextHop(self.conversions()))
        if self.add_path:
            found.append(AddPath(self.paths()))
        if self.graceful_restart is not None:
            kept = [(family.afi, family.safi, FORWARDING) for family in self.families]
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
        if self.role is not None:
            found.append(Role(self.role))
        if self.multi_session:
            found.append(MultiSession([MultiProtocol.code]))
            if self.layout.generation < 6:
                found.append(MultiSession([MultiProtocol.code], 0, OLD))
        return found

    def conversions(self) -> list[tuple[int, int, int]]:
        """The next hops of another address family that are offered: IPv6 for IPv4 routes, the case of RFC 8950."""
        return [
            (family.afi, family.safi, afi)
            for family, afi in self.next_hops or ()
            if family in self.families and family.afi != IPV6 and afi == IPV6
        ]

    def paths(self) -> list[tuple[int, int, int]]:
        """The families that ADD-PATH is offered for: those of them whose NLRI can carry a path identifier."""
        offered = {family.index: family for family in self.families if family in self.add_path_families}
        return [
            (offered[index].afi, offered[index].safi, self.add_path)
            for index in ADD_PATH
            if index in offered and offered[index].with_path_id.path_id
        ]


class Negotiated:
    """What a session agreed.

    `families` are the common ones in our order, without path identifiers; `add_path_send` and `add_path_receive` those
    of them that have some.  `next_hops` are (family, AFI of the next hop).  `refresh` is `absent`, `normal` or
    `enhanced`, `keepalive` the seconds between KEEPALIVEs before jitter.  Of graceful restart (RFC 4724) both sides
    speak if `graceful_restart`; `peer_restart_time`, `peer_restarting` and `peer_forwarding` are what the peer said,
    `survives_notification` whether a NOTIFICATION leaves the routes standing (RFC 8538).
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
        self.refresh = "absent"
        if self.both(RouteRefresh().code):
            self.refresh = "enhanced" if self.both(EnhancedRefresh.code) else "normal"
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
    if local.role is None:
        return
    theirs = received.find(Role.code)
    if isinstance(theirs, Role):
        if not roles.fit(local.role, theirs.role):
            raise Malformed(f"the peer is {roles.name(theirs.role)} to our {roles.name(local.role)}", 2, 11)
    elif local.role_strict:
        raise Malformed("the peer has no role", 2, 11)


def multiprotocol(sent: Open) -> bytes:
    """The multiprotocol capabilities of our OPEN as the data of a NOTIFICATION (RFC 5492, 5)."""
    found = sent.find(MultiProtocol.code)
    if found is None:
        return b""
    return b"".join(bytes((found.code, len(value))) + value for value in found.instances())
