"""One neighbor: its block of values is completed, checked in ExaBGP's order, and frozen (configuration, 5, 6, 11)."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from bgptwist.grammar.lexer import Misplaced, Place, Statement
from bgptwist.settings.model import (
    ApiSettings,
    CapabilitySettings,
    Environment,
    MasterKey,
    NeighborSettings,
    StaticRoute,
)
from bgptwist.settings.section import Block, SectionReader
from bgptwist.settings.value import ALL_FAMILIES, MD5_LONGEST, Range
from bgptwist.wire.kinds import SELF, Family
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.registry import FAMILIES, by_index
from bgptwist.wire.route import Route

REQUIRED: Final = ("local-as", "peer-as")
"""What every neighbor says."""
ADDRESSING: Final = ("peer_address", "local_address", "router_id", "md5_ip", "passive", "listen")
"""Fields that are checked together."""

ROUTE_SECTIONS: Final = ("static", "flow", "l2vpn")
"""The sections that hold routes themselves, in their order; `announce` has a section for each AFI instead."""
USUAL: Final = (
    *("ipv4 unicast", "ipv4 multicast", "ipv4 nlri-mpls", "ipv4 mcast-vpn", "ipv4 mup", "ipv4 mpls-vpn", "ipv4 rtc"),
    *("ipv4 flow", "ipv4 flow-vpn", "ipv6 unicast", "ipv6 multicast", "ipv6 nlri-mpls", "ipv6 mcast-vpn", "ipv6 mup"),
    *("ipv6 mpls-vpn", "ipv6 flow", "ipv6 flow-vpn", "l2vpn vpls", "l2vpn evpn", "bgp-ls bgp-ls", "bgp-ls bgp-ls-vpn"),
)
"""What a neighbor without `family`, or with `all`, offers: the families of ExaBGP; others are offered when named."""

LATER: Final = ("ipv4 sr-policy", "ipv6 sr-policy")
"""What generation 6 offers as well."""

NEXT_HOP_SIZES: Final = {1: 4, 2: 16}

Made = TypeVar("Made")


class RouteSet:
    """The routes that some blocks say; neighbors with the same blocks share one.

    `kinds` has, for each family and length of next hop, the first statement with such a route.
    """

    def __init__(self, blocks: list[Block]) -> None:
        routes: list[Route] = []
        watched: list[StaticRoute] = []
        kinds: dict[tuple[int, int], Statement] = {}
        for block in blocks:
            for announcement, statement in block.routes:
                if announcement.watchdog:
                    watched += [
                        StaticRoute(each, announcement.watchdog, announcement.held) for each in announcement.routes
                    ]
                else:
                    routes += announcement.routes
                for route in announcement.routes:
                    kind = (route.family.index, len(route.next_hop))
                    if kind not in kinds:
                        kinds[kind] = statement
        self.routes = tuple(routes)
        self.watched = tuple(watched)
        self.kinds = kinds


class NeighborBuilder:
    """Makes settings of blocks; knows the neighbors made before, to find duplicates."""

    def __init__(self, environment: Environment, reader: SectionReader) -> None:
        self._environment = environment
        self._reader = reader
        later = LATER if environment.compat_generation >= 6 else ()
        usual = [family for family in FAMILIES if family.name in (*USUAL, *later)]
        self._every = tuple(sorted(usual, key=lambda family: family.index))
        self._sets: dict[tuple[int, ...], tuple[list[Block], RouteSet]] = {}
        self._names: dict[str, Place] = {}
        self._listening: dict[tuple[str, int | None, int], Place] = {}

    def build(self, block: Block, api: tuple[ApiSettings, ...]) -> NeighborSettings:
        """The settings of one neighbor; all that is wrong with it is noted, and they are worth nothing then."""
        before = self._reader.mistakes
        fields: dict[str, Any] = {field: given.value for field, given in block.values.items()}
        peer: Range = fields.pop("peer_address", None) or block.name
        for word in REQUIRED:
            self._tried(self._require, block, word)
            fields.setdefault(word.replace("-", "_"), None)
        fields["peer_address"], fields["prefix_length"] = peer
        fields.setdefault("connect", self._environment.tcp_connect)
        fields["passive"] = fields.get("passive", False) or self._environment.bgp_passive
        self._tried(self._negotiation, block, fields)
        routes = self._routes(block)
        self._tried(self._check_self, routes, peer)
        self._tried(self._complete, block, fields, peer)
        self._tried(self._check_addresses, block, fields, peer)
        self._tried(self._password, block, fields)
        fields["tcp_ao"] = self._tried(self._master_key, block)
        self._tried(self._limits, block, fields)
        settings = NeighborSettings(**fields, api=api, routes=routes.routes, watched=routes.watched)
        if self._reader.mistakes == before:
            self._tried(self._check_duplicate, block, settings)
        self._check_routes(routes, settings)
        return settings

    def examine(self, block: Block) -> None:
        """Check a neighbor that has statements which cannot be read, as far as they do not matter."""
        fields: dict[str, Any] = {field: given.value for field, given in block.values.items()}
        peer: Range | None = fields.pop("peer_address", None) or block.name
        for word in REQUIRED:
            if word.replace("-", "_") not in block.unread:
                self._tried(self._require, block, word)
        if peer is None:
            return
        if block.unread.isdisjoint(ADDRESSING):
            fields["passive"] = fields.get("passive", False) or self._environment.bgp_passive
            self._tried(self._complete, block, fields, peer)
            self._tried(self._check_addresses, block, fields, peer)
        if block.unread.isdisjoint(("family", "nexthop")):
            families = [given.value for given in block.block("family").lists.get("families", [])]
            given = [given.value for given in block.block("nexthop").lists.get("next_hops", [])]
            known = self._every if not families or ALL_FAMILIES in families else ordered(families)
            self._check_routes(
                self._routes(block), NeighborSettings(peer.address, families=known, next_hops=unique(given))
            )

    def _tried(self, check: Callable[..., Made], *arguments: Any) -> Made | None:
        """What a check makes; its error is noted, and the next one goes on."""
        try:
            return check(*arguments)
        except Misplaced as error:
            self._reader.wrong(error)
            return None

    def _require(self, block: Block, word: str) -> None:
        """The keyword must be given."""
        if word.replace("-", "_") not in block.values:
            raise Misplaced(opening(block), f"the neighbor is incomplete: {word} is missing", f"'{word} NUMBER;'")

    def _negotiation(self, block: Block, fields: dict[str, Any]) -> None:
        """Families and capabilities."""
        given = block.block("capability")
        values: dict[str, Any] = {field: value.value for field, value in given.values.items()}
        values["others"] = tuple([value.value for value in given.lists.get("others", [])])
        capability = fields["capability"] = CapabilitySettings(**values)
        families = [given.value for given in block.block("family").lists.get("families", [])]
        everything = not families or ALL_FAMILIES in families
        fields["families"] = self._every if everything else ordered(families)
        fields["next_hops"] = unique([given.value for given in block.block("nexthop").lists.get("next_hops", [])])
        several: list[Any] = [given.value for given in block.block("add-path").lists.get("families", [])]
        if several and ALL_FAMILIES not in several:
            fields["add_path_families"] = ordered([each for each, _ in several])
            fields["paths_limits"] = tuple([pair for pair in several if pair[1]])
        fields["operational"] = tuple(self._advice(block, fields["families"]))
        self._check_capability(given, capability, fields)
        if capability.route_refresh and not fields.get("adj_rib_out", True):
            fields["adj_rib_out"] = True
            statement = block.values["adj_rib_out"].statement
            self._reader.warn(statement, "route-refresh needs the routes that were sent: adj-rib-out stays true")
        local_as = fields["local_as"]
        if not capability.asn4 and local_as is not None and local_as > 0xFFFF:
            place = block.values["local_as"].statement.place(1)
            raise Misplaced(place, f"AS {local_as} needs the capability asn4", "an AS number of at most 65535")

    def _check_capability(self, given: Block, capability: CapabilitySettings, fields: dict[str, Any]) -> None:
        """Warn of capabilities that would not be offered."""
        if capability.long_lived is not None and capability.graceful_restart is None:
            statement = given.values["long_lived"].statement
            self._reader.warn(statement, "long-lived graceful restart is not offered without 'graceful-restart'")
        if capability.role is not None and fields["local_as"] == fields["peer_as"] is not None:
            self._reader.warn(given.values["role"].statement, "a role is told to peers of another AS only")

    def _advice(self, block: Block, families: tuple[Family, ...]) -> Iterator[Operational]:
        """The OPERATIONAL messages; those about other families are dropped, as in ExaBGP."""
        known = {family.index for family in families}
        for given in block.block("operational").lists.get("operational", []):
            message: Any = given.value
            if message.afi << 8 | message.safi in known:
                yield message
            else:
                self._reader.warn(given.statement, f"{message.name} is not sent: its family is not in 'family'")

    def _routes(self, block: Block) -> RouteSet:
        """The routes of a neighbor, from memory when another one has the same."""
        announce = block.block("announce")
        blocks = [block.block(word) for word in ROUTE_SECTIONS]
        blocks += [announce.block(word) for word in announce.section.contents]
        key = tuple(id(each.routes) if each.routes else 0 for each in blocks)
        if key not in self._sets:
            self._sets[key] = (blocks, RouteSet(blocks))
        return self._sets[key][1]

    def _check_self(self, routes: RouteSet, peer: Range) -> None:
        """`next-hop self` needs an address of ours of the route's family; IPv4 can use the router-id."""
        for (index, size), statement in routes.kinds.items():
            if size == len(SELF) and index >> 8 == 2 and ":" not in peer.address:
                reason = "'next-hop self' of an IPv6 route has no address of ours on an IPv4 session"
                raise Misplaced(word_place(statement, "self"), reason, "an IPv6 address")

    def _complete(self, block: Block, fields: dict[str, Any], peer: Range) -> None:
        """local-address and router-id, where they are needed."""
        local = fields.get("local_address", "")
        if fields.get("listen") and not local:
            place = block.values["listen"].statement.place()
            raise Misplaced(
                place, "the neighbor is incomplete: 'listen' needs a local-address", "'local-address ADDRESS;'"
            )
        if "router_id" not in fields:
            if ":" in peer.address or not local or ":" in local:
                who = "an IPv6 neighbor" if ":" in peer.address else "a neighbor without an IPv4 local-address"
                raise Misplaced(opening(block), f"{who} needs a router-id", "'router-id ADDRESS;'")
            fields["router_id"] = local

    def _check_addresses(self, block: Block, fields: dict[str, Any], peer: Range) -> None:
        """Addresses are of one family, and ranges only wait."""
        for field in ("local_address", "md5_ip"):
            own = fields.get(field, "")
            if own and (":" in own) != (":" in peer.address):
                wanted = "an IPv6 address" if ":" in peer.address else "an IPv4 address"
                reason = f"{own} and the neighbor {peer.address} are of different families"
                raise Misplaced(block.values[field].statement.place(1), reason, wanted)
        if peer.length is not None and not fields["passive"]:
            raise Misplaced(opening(block), "a range of neighbors cannot be connected to", "'passive true;'")

    def _password(self, block: Block, fields: dict[str, Any]) -> None:
        """The MD5 key as octets."""
        base64 = fields.pop("md5_base64", False)
        text: str = fields.pop("md5_password", "")
        if not text:
            return
        key = text.encode()
        place = block.values["md5_password"].statement.place(1)
        if base64 is not False:
            try:
                key = b64decode(text, validate=True)
            except (NotBase64, ValueError):
                if base64:
                    raise Misplaced(place, "the md5-password is not in base64", "'md5-base64 false;'") from None
        if not 0 < len(key) <= MD5_LONGEST:
            raise Misplaced(place, f"the md5-password has {len(key)} octets", f"1 to {MD5_LONGEST}")
        fields["md5_password"] = key

    def _master_key(self, block: Block) -> MasterKey | None:
        """The key of TCP-AO; a block that says less than all is an error, also an empty one, which asks for no key."""
        given = block.blocks.get("tcp-ao")
        if given is None or given.statement is None:
            return None
        values: dict[str, Any] = {field: value.value for field, value in given.values.items()}
        if "md5_password" in block.values:
            raise Misplaced(given.statement.place(), "a neighbor has both 'tcp-ao' and 'md5-password'", "one of them")
        missing = [word for word in ("keyid", "algorithm", "password") if word not in values]
        if missing:
            reason = f"tcp-ao is incomplete: {' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
            raise Misplaced(given.statement.place(), reason, " and ".join(f"'{word} ...;'" for word in missing))
        statement = given.values["password"].statement
        key = values["password"].encode()
        if values.get("base64"):
            try:
                key = b64decode(key, validate=True)
            except (NotBase64, ValueError):
                raise Misplaced(statement.place(1), "the password is not in base64", "'base64 false;'") from None
        if not 0 < len(key) <= MD5_LONGEST:
            raise Misplaced(statement.place(1), f"the password has {len(key)} octets", f"1 to {MD5_LONGEST}")
        return MasterKey(values["keyid"], values["algorithm"], key)

    def _limits(self, block: Block, fields: dict[str, Any]) -> None:
        """Limits of routes, the last one of each family; what would have no effect gives a warning."""
        received: dict[Family | None, Any] = {}
        sent: dict[Family | None, Any] = {}
        for given in block.lists.get("maximum_prefix", []):
            limit: Any = given.value
            received[limit.family] = limit
            self._check_limit(given.statement, limit.family, fields["families"])
        for given in block.lists.get("maximum_prefix_out", []):
            pair: Any = given.value
            sent[pair[0]] = pair
            self._check_limit(given.statement, pair[0], fields["families"])
        fields["maximum_prefix"] = tuple(received.values())
        fields["maximum_prefix_out"] = tuple(sent.values())
        for field in ("range_limit", "range_idle"):
            if field in block.values and fields["prefix_length"] is None:
                word = field.replace("_", "-")
                self._reader.warn(block.values[field].statement, f"{word} matters for a range of neighbors only")

    def _check_limit(self, statement: Statement, family: Family | None, families: tuple[Family, ...]) -> None:
        """A limit should be of a family that is offered."""
        if family is not None and family not in families:
            self._reader.warn(statement, f"{family.name} is not in 'family': the limit has no effect")

    def _check_duplicate(self, block: Block, settings: NeighborSettings) -> None:
        """Two neighbors must differ in their name, and those with a port of their own in peer or port."""
        place = opening(block)
        before = self._names.setdefault(settings.name, place)
        if before is not place:
            reason = f"neighbor {settings.peer_address} is here twice, first at {before}"
            raise Misplaced(place, reason, "other addresses, AS numbers or router-id")
        if settings.listen:
            before = self._listening.setdefault((settings.peer_address, settings.prefix_length, settings.listen), place)
            if before is not place:
                place = block.values["listen"].statement.place(1)
                reason = f"port {settings.listen} is for the neighbor {settings.peer_address} at {before}"
                raise Misplaced(place, reason, "another port")

    def _check_routes(self, routes: RouteSet, settings: NeighborSettings) -> None:
        """Every route must be of a family that will be negotiated."""
        allowed = {family.index for family in settings.families}
        crossed = {(family.index, afi) for family, afi in settings.next_hops}
        for (index, size), statement in routes.kinds.items():
            family = by_index(index)
            assert family is not None
            if index not in allowed:
                place = statement.place()
                reason = f"routes of {family.name} cannot be sent to {settings.peer_address}"
                self._reader.wrong(Misplaced(place, reason, f"'{family.name};' in the section 'family'"))
                continue
            other = 3 - family.afi
            if family.safi in (1, 2) and size == NEXT_HOP_SIZES.get(other) and (index, other) not in crossed:
                need = f"'nexthop {{ {family.name} ipv{4 if other == 1 else 6}; }}'"
                self._reader.warn(statement, f"the peer must accept such a next hop, which needs {need}")


def opening(block: Block) -> Place:
    """Where a neighbor begins."""
    assert block.statement is not None
    return block.statement.place()


def word_place(statement: Statement, word: str) -> Place:
    """Where a word stands in a route statement."""
    words = [each.lower() for each in statement.route_words()]
    return statement.route_place(words.index(word) if word in words else 0)


def ordered(families: list[Any]) -> tuple[Family, ...]:
    """Each once, by AFI and SAFI."""
    return tuple(sorted(unique(families), key=lambda family: int(family.index)))


def unique(items: list[Any]) -> tuple[Any, ...]:
    """Each once, in the order of the file."""
    return tuple(dict.fromkeys(items))
