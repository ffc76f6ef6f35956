"""How a neighbor is shown: the forms of `show neighbor`, which programs read by column (ExaBGP's API, 2.6)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from bgptwist.grammar import render
from bgptwist.session.counters import named
from bgptwist.session.negotiation import Negotiated
from bgptwist.settings.model import ApiSettings, CapabilitySettings, DirectionSettings, NeighborSettings
from bgptwist.speaker.peer import Peer
from bgptwist.wire.capabilities.add_path import NAMES, AddPath
from bgptwist.wire.capabilities.role import NAMES as ROLES
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.open import Open
from bgptwist.wire.spell import address
from bgptwist.wire.values.afi import afi_name

SUMMARY: Final = "Peer            AS        up/down state       |     #sent     #recvd"

ESTABLISHED: Final = "ESTABLISHED"

CAPABILITIES: Final[dict[str, tuple[int, ...]]] = {
    "asn4": (65,),
    "route-refresh": (2,),
    "multi-session": (68, 131),
    "operational": (185,),
    "add-path": (69,),
    "extended-message": (6,),
    "graceful-restart": (64,),
}
"""The capabilities that are shown, and their codes."""

SHOWN: Final = ("open", "notification", "keepalive", "update", "refresh", "total")
"""The message counts that are shown."""


def duration(seconds: float) -> str:
    """`0:00:03`, `2 days, 1:00:00`."""
    return str(timedelta(seconds=int(seconds)))


def asn(number: int | None) -> str:
    """An AS number of the settings."""
    return "auto" if number is None else str(number)


def peer_as(peer: Peer) -> int | None:
    """The peer's AS number, from its OPEN when the settings leave it open."""
    negotiated = peer.negotiated
    return peer.settings.peer_as if negotiated is None else negotiated.peer_as


def local_as(peer: Peer) -> int | None:
    """Our AS number towards the peer."""
    negotiated = peer.negotiated
    return peer.settings.local_as if negotiated is None else negotiated.local_as


def shown_name(settings: NeighborSettings) -> str:
    """The address of a neighbor, or the range."""
    return settings.peer_address + ("" if settings.prefix_length is None else f"/{settings.prefix_length}")


def summary(peer: Peer) -> str:
    """The row of one neighbor."""
    since = duration(peer.up_for) if peer.state == ESTABLISHED else "down"
    sent, received = named(peer.counters.sent), named(peer.counters.received)
    return (
        f"{shown_name(peer.settings):<15} {asn(peer_as(peer)):<7} {since:>9} {peer.state.lower():<12} "
        f"{sent['update']:>10} {received['update']:>10}"
    )


# ------------------------------------------------------------------ what both long forms tell


def offers(message: Open | None) -> dict[str, bool]:
    """Which of the shown capabilities an OPEN has."""
    codes = set() if message is None else {value.code for value in message.capabilities}
    return {name: not codes.isdisjoint(numbers) for name, numbers in CAPABILITIES.items()}


def ours(peer: Peer) -> Open:
    """The OPEN we sent, or would send."""
    negotiated = peer.negotiated
    return peer.local(peer.identity.local_address).open() if negotiated is None else negotiated.sent


def theirs(peer: Peer) -> Open | None:
    """The OPEN of the peer while a session is up."""
    negotiated = peer.negotiated
    return None if negotiated is None else negotiated.received


def families(message: Open | None, shown: tuple[Family, ...]) -> dict[str, bool]:
    """Which of our families an OPEN has."""
    codes = [] if message is None else message.families
    return {family.name: (family.afi, family.safi) in codes for family in shown}


def add_path(message: Open | None, shown: tuple[Family, ...]) -> dict[str, bool]:
    """For which of our families an OPEN has ADD-PATH."""
    found = None if message is None else message.find(AddPath.code)
    codes = [(afi, safi) for afi, safi, _ in found.families] if isinstance(found, AddPath) else []
    return {family.name: (family.afi, family.safi) in codes for family in shown}


def agreed_paths(negotiated: Negotiated | None, family: Family) -> str:
    """`disabled`, `send`, `receive` or `send/receive`."""
    if negotiated is None:
        return NAMES[0]
    return NAMES[2 * (family in negotiated.add_path_send) + (family in negotiated.add_path_receive)]


# ------------------------------------------------------------------ JSON


def side(message: Open | None, shown: tuple[Family, ...], name: str, number: int | None) -> dict[str, object]:
    """One of the two ends of a session."""
    return {
        "capabilities": offers(message),
        "families": families(message, shown),
        "add-path": add_path(message, shown),
        "address": name,
        "as": number,
        "id": None if message is None else address(message.router_id),
        "hold": None if message is None else message.hold_time,
    }


def neighbor_json(peer: Peer) -> dict[str, object]:
    """A neighbor as a JSON object."""
    settings = peer.settings
    negotiated = peer.negotiated
    local, remote = ours(peer), theirs(peer)
    offered, answered = offers(local), offers(remote)
    sent, received = named(peer.counters.sent), named(peer.counters.received)
    common = settings.families if negotiated is None else negotiated.families
    return {
        "state": "up" if peer.state == ESTABLISHED else "down",
        "duration": int(peer.up_for),
        "fsm": peer.state,
        "local": side(local, settings.families, peer.identity.local_address or settings.local_address, local_as(peer)),
        "peer": side(remote, settings.families, shown_name(settings), peer_as(peer)),
        "messages": {
            "sent": {name: sent[name] for name in SHOWN},
            "received": {name: received[name] for name in SHOWN},
        },
        "capabilities": [name for name in CAPABILITIES if offered[name] and answered[name]],
        "families": [family.name for family in common],
        "add-path": {family.name: agreed_paths(negotiated, family) for family in common},
        **limits(peer),
    }


def limits(peer: Peer) -> dict[str, object]:
    """What is said of a range, and of a neighbor with `maximum-prefix` or `maximum-prefix-out`."""
    settings = peer.settings
    found: dict[str, object] = {}
    if peer.came is not None:
        found["range"] = {"peers": len(peer.came), "limit": settings.range_limit, "refused": peer.refused}
    elif settings.maximum_prefix:
        exchange = peer.exchange
        found["maximum-prefix"] = [
            {
                "family": "all" if limit.family is None else limit.family.name,
                "received": 0 if exchange is None else exchange.held(limit.family),
                "limit": limit.bound,
            }
            for limit in settings.maximum_prefix
        ]
    if settings.maximum_prefix_out and peer.exchange is not None:
        found["maximum-prefix-out"] = {"waiting": peer.exchange.untold}
    return found


def limit_lines(peer: Peer) -> Iterator[str]:
    """The same in text."""
    settings, exchange = peer.settings, peer.exchange
    if peer.came is not None:
        yield row("range peers", len(peer.came), f"of {settings.range_limit}", f"{peer.refused} refused")
    for limit in settings.maximum_prefix if exchange is not None else ():
        assert exchange is not None
        name = "all" if limit.family is None else limit.family.name
        yield row("maximum-prefix", exchange.held(limit.family), f"of {limit.bound}", name)
    if settings.maximum_prefix_out and exchange is not None:
        yield row("maximum-prefix-out", exchange.untold, "wait")


# ------------------------------------------------------------------ extensive


def heading(name: str, *columns: str) -> str:
    """The first line of a paragraph."""
    return f"    {name:<20}{columns[0]:>15}" + "".join(f" {column:>15}" for column in columns[1:])


def row(name: str, local: object, remote: object = "", last: str = "") -> str:
    """A line of a paragraph, with all its columns however empty."""
    return f"   {name:<20} {local!s:>15} {remote!s:>15} {last:<15}"


def enabled(value: bool, known: bool = True) -> str:
    """`enabled`, `disabled`, or `n/a` while nobody can know."""
    if not known:
        return "n/a"
    return "enabled" if value else "disabled"


def extensive(peer: Peer) -> Iterator[str]:
    """Everything about a neighbor, in lines."""
    settings = peer.settings
    local, remote = ours(peer), theirs(peer)
    up = remote is not None
    yield f"Neighbor {shown_name(settings)}"
    yield ""
    yield heading("Session", "Local")
    yield row("local", peer.identity.local_address or settings.local_address or "auto")
    yield row("state", peer.state)
    if peer.state == ESTABLISHED:
        yield row("up for", duration(peer.up_for))
    elif peer.last_error:
        yield f"   last error: {peer.last_error}"
    yield from limit_lines(peer)
    yield ""
    yield heading("Setup", "Local", "Remote")
    yield row("AS", asn(local_as(peer)), asn(peer_as(peer)))
    yield row("ID", address(local.router_id), address(remote.router_id) if remote is not None else "n/a")
    yield row("hold-time", local.hold_time, remote.hold_time if remote is not None else "n/a")
    yield ""
    yield heading("Capability", "Local", "Remote")
    offered, answered = offers(local), offers(remote)
    for name in CAPABILITIES:
        yield row(f"{name}:", enabled(offered[name]), enabled(answered[name], up))
    yield ""
    yield heading("Families", "Local", "Remote", "Add-Path")
    known = families(remote, settings.families)
    for family in settings.families:
        paths = agreed_paths(peer.negotiated, family)
        yield row(f"{family.name}:", enabled(True), enabled(known[family.name], up), paths)
    yield ""
    yield heading("Message Statistic", "Sent", "Received")
    sent, received = named(peer.counters.sent), named(peer.counters.received)
    for name in SHOWN:
        yield row(f"{name}:", sent[name], received[name])
    yield ""


# ------------------------------------------------------------------ configuration


def flag(value: bool) -> str:
    """A switch of the configuration."""
    return "enable" if value else "disable"


def block(name: str, inner: list[str], indent: str) -> list[str]:
    """A section, nothing when there is nothing in it."""
    return [f"{indent}{name} {{", *[f"{indent}\t{line}" for line in inner], f"{indent}}}"] if inner else []


def configuration(settings: NeighborSettings) -> Iterator[str]:
    """The section that would make this neighbor; passwords are left out."""
    yield f"neighbor {shown_name(settings)} {{"
    for name, value in (*statements(settings), *limit_statements(settings)):
        yield f"\t{name} {value};"
    yield from block("capability", capability(settings), "\t")
    yield from block("family", [f"{family.name};" for family in settings.families], "\t")
    yield from block("nexthop", [f"{family.name} {afi_name(afi)};" for family, afi in settings.next_hops], "\t")
    yield from block("add-path", add_path_lines(settings), "\t")
    yield from block("operational", [f"{message.statement()};" for message in settings.operational], "\t")
    for number, section in enumerate([section for section in settings.api if not section.is_of_plugins]):
        yield from api(section, number)
    routes = [f"route {render.statement(route)};" for route in settings.routes if route.family.safi in (1, 2, 4, 128)]
    yield from block("static", routes, "\t")
    yield "}"


def statements(settings: NeighborSettings) -> Iterator[tuple[str, str]]:
    """The statements of a neighbor that have a value."""
    texts = {
        "description": f'"{settings.description}"' if settings.description else "",
        "router-id": settings.router_id,
        "host-name": settings.host_name,
        "domain-name": settings.domain_name,
        "local-address": settings.local_address,
        "source-interface": settings.source_interface,
        "local-as": asn(settings.local_as),
        "peer-as": asn(settings.peer_as),
        "hold-time": str(settings.hold_time),
        "rate-limit": str(settings.rate_limit or ""),
        "manual-eor": "true" if settings.manual_eor else "",
        "passive": "true" if settings.passive else "",
        "listen": str(settings.listen or ""),
        "connect": str(settings.connect) if settings.connect != 179 else "",
        "incoming-ttl": str(settings.incoming_ttl or ""),
        "outgoing-ttl": str(settings.outgoing_ttl or ""),
        "group-updates": str(settings.group_updates).lower(),
        "auto-flush": str(settings.auto_flush).lower(),
        "adj-rib-in": str(settings.adj_rib_in).lower(),
        "adj-rib-out": str(settings.adj_rib_out).lower(),
    }
    return ((name, value) for name, value in texts.items() if value)


def limit_statements(settings: NeighborSettings) -> Iterator[tuple[str, str]]:
    """The statements that limit peers and routes."""
    if settings.prefix_length is not None:
        yield "range-limit", str(settings.range_limit)
        yield "range-idle", str(settings.range_idle)
    for limit in settings.maximum_prefix:
        family = "" if limit.family is None else f"{limit.family.name} "
        restart = "never" if limit.restart is None else limit.restart
        ending = "warning-only" if limit.warning_only else f"restart {restart}"
        yield "maximum-prefix", f"{family}{limit.bound} warning {limit.warning} {ending}"
    for out, bound in settings.maximum_prefix_out:
        yield "maximum-prefix-out", f"{'' if out is None else f'{out.name} '}{bound}"


def capability(settings: NeighborSettings) -> list[str]:
    """The lines of the `capability` section."""
    known = settings.capability
    lines = [
        f"asn4 {flag(known.asn4)};",
        f"route-refresh {flag(known.route_refresh)};",
        f"graceful-restart {'disable' if known.graceful_restart is None else known.graceful_restart};",
        f"nexthop {flag(bool(settings.next_hops) if known.next_hop is None else known.next_hop)};",
        f"add-path {NAMES[known.add_path]};".replace("disabled", "disable"),
        f"multi-session {flag(known.multi_session)};",
        f"operational {flag(known.operational)};",
        f"aigp {flag(known.aigp)};",
    ]
    if known.extended_message is not None:
        lines.append(f"extended-message {flag(known.extended_message)};")
    return lines + [f"{name} {value};" for name, value in modern(known) if value]


def modern(known: CapabilitySettings) -> Iterator[tuple[str, str]]:
    """The statements of capabilities that are not always shown, '' for those that are off."""
    yield "software-version", "enable" if known.software_version else ""
    yield "link-local-nexthop", "enable" if known.link_local_next_hop else ""
    yield "link-local-prefer", "enable" if known.link_local_prefer else ""
    yield "role", "" if known.role is None else ROLES[known.role]
    yield "role-strict", "enable" if known.role_strict else ""
    yield "long-lived-graceful-restart", str(known.long_lived or "")
    yield "outbound-route-filtering", NAMES[known.orf] if known.orf else ""
    yield "multiple-labels", str(known.multiple_labels or "")
    yield "dynamic", "" if known.dynamic is None else f"[ {' '.join(map(str, known.dynamic))} ]"
    yield "bfd-strict", "enable" if known.bfd_strict else ""
    for code, value in known.others:
        yield "raw", f"[ {code} 0x{value.hex()} ]"


def add_path_lines(settings: NeighborSettings) -> list[str]:
    """The lines of the `add-path` section."""
    limits = dict(settings.paths_limits)
    return [
        f"{family.name} limit {limits[family]};" if family in limits else f"{family.name};"
        for family in settings.add_path_families or ()
    ]


def api(section: ApiSettings, number: int) -> Iterator[str]:
    """An `api` section."""
    inner = [f"processes [ {', '.join(section.processes)} ];"]
    for name in ("neighbor_changes", "negotiated", "fsm", "signal"):
        if getattr(section, name):
            inner.append(f"{name.replace('_', '-')};")
    for name, direction in (("send", section.send), ("receive", section.receive)):
        inner += block(name, [f"{word};" for word in wanted(direction)], "")
    yield from block(f"api api-{number}", inner, "\t")


def wanted(direction: DirectionSettings) -> list[str]:
    """The words of a `send` or `receive` block."""
    forms = [name for name in ("parsed", "packets", "consolidate") if getattr(direction, name)]
    return forms + sorted(direction.types)
