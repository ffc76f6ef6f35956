"""All that is known of a neighbor: the forms of `show neighbors` and of `show neighbor detail`."""

from collections.abc import Iterable, Iterator
from json import dumps, loads
from time import gmtime, strftime
from typing import Final

from bgptwist.api.answers import ascii_line
from bgptwist.api.call import PAUSE, Lines, Pause
from bgptwist.api.columns import columns, cut
from bgptwist.api.encoders.json import negotiated_json
from bgptwist.api.lookup import sources
from bgptwist.api.report import ESTABLISHED, asn, duration, limits, local_as, ours, peer_as, shown_name, theirs
from bgptwist.rib.query import Census, Query
from bgptwist.session.counters import named
from bgptwist.session.fsm import Timers
from bgptwist.session.negotiation import Negotiated
from bgptwist.settings.model import ApiSettings
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.open import Open
from bgptwist.wire.registry import BY_CODE
from bgptwist.wire.spell import address

HEADINGS: Final = ("Neighbor", "AS", "State", "Since", "In", "Out", "Last error")
WIDEST: Final = 80
"""Characters of the last error in the table."""

Counts = dict[str, int]
"""Routes by the name of their family."""


# ------------------------------------------------------------------ figures


def census(speaker: Speaker, peers: list[Peer], found: dict[int, Counts]) -> Iterator[Pause]:
    """Count what each peer is told, into `found` by member; one look at the Adj-RIB-Out for all of them."""
    counted = Census()
    members = sum({peer.member for peer in peers})
    for source, _ in sources(speaker, members, "out"):
        for _ in counted.take(source, Query()):
            yield PAUSE
    counted.settle()
    for peer in peers:
        found[peer.member] = {}
    for (bit, family), routes in counted.counts.items():
        if bit in found:
            found[bit][family.name] = routes


def held(peer: Peer) -> Counts | None:
    """How many routes the peer told us, None where nobody keeps them."""
    incoming, negotiated = peer.incoming, peer.negotiated
    if incoming is None or negotiated is None:
        return None
    return {family.name: incoming.count(family) for family in negotiated.families}


def since(peer: Peer) -> float:
    """The time of day at which the session came up, or was lost, or the neighbor became known."""
    if peer.established_at is not None:
        return peer.established_at
    history = peer.totals
    return history.begun if history.lost_at is None else history.lost_at


def moment(time: float) -> str:
    """`2026-11-22T16:12:04Z`."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(time))


# ------------------------------------------------------------------ show neighbors


def overview(speaker: Speaker, peers: list[Peer], now: float, json: bool) -> Lines:
    """One row or object for each neighbor."""
    return overview_objects(speaker, peers) if json else columns(HEADINGS, overview_rows(speaker, peers, now))


def overview_rows(speaker: Speaker, peers: list[Peer], now: float) -> Iterator[tuple[str, ...] | Pause]:
    """The cells of each neighbor."""
    told: dict[int, Counts] = {}
    yield from census(speaker, peers, told)
    for peer in peers:
        received = held(peer)
        yield (
            shown_name(peer.settings),
            asn(peer_as(peer)),
            peer.state.lower(),
            duration(max(0.0, now - since(peer))).replace(" days, ", "d").replace(" day, ", "d"),
            "" if received is None else str(sum(received.values())),
            str(sum(told[peer.member].values())),
            cut(ascii_line(peer.last_error), WIDEST),
        )


def overview_objects(speaker: Speaker, peers: list[Peer]) -> Lines:
    """The same as JSON, one object a line."""
    told: dict[int, Counts] = {}
    yield from census(speaker, peers, told)
    for peer in peers:
        received = held(peer)
        yield dumps(
            {
                "neighbor": shown_name(peer.settings),
                "as": peer_as(peer),
                "state": peer.state,
                "since": since(peer),
                "in": None if received is None else sum(received.values()),
                "out": sum(told[peer.member].values()),
                "last-error": peer.last_error,
            }
        )


# ------------------------------------------------------------------ show neighbor detail


def details(speaker: Speaker, peers: list[Peer], json: bool) -> Lines:
    """Everything about each neighbor, as paragraphs or as one JSON object a line."""
    told: dict[int, Counts] = {}
    yield from census(speaker, peers, told)
    for peer in peers:
        behind = speaker.outgoing.is_behind(peer.member)
        if json:
            yield dumps(profile(peer, told[peer.member], behind))
        else:
            yield from paragraphs(peer, told[peer.member], behind)
        yield PAUSE


def profile(peer: Peer, told: Counts, behind: bool) -> dict[str, object]:
    """A neighbor as an object; times are seconds, those of the day since 1970."""
    settings, history, negotiated = peer.settings, peer.totals, peer.negotiated
    session, remote, exchange = peer.session, theirs(peer), peer.exchange
    sent, received = peer.counters.sent, peer.counters.received
    return {
        "neighbor": shown_name(settings),
        "name": settings.name,
        "description": settings.description,
        "state": peer.state,
        "since": since(peer),
        "uptime": int(peer.up_for),
        "last-error": {"text": peer.last_error, "time": history.error_at} if peer.last_error else None,
        "sessions": {"established": history.flaps + (peer.state == ESTABLISHED), "lost": history.flaps},
        "attempts": peer.attempts,
        "local": side(ours(peer), peer.identity.local_address or settings.local_address, local_as(peer)),
        "peer": side(remote, settings.peer_address, peer_as(peer)),
        "negotiated": None if negotiated is None else loads(negotiated_json(negotiated)),
        "timers": None if session is None else remaining(session.timers),
        "messages": {"sent": named(sent), "received": named(received)},
        "messages-before": {"sent": named(history.sent), "received": named(history.received)},
        "routes": {"in": held(peer), "out": told},
        "outgoing": {"behind": behind, "waiting": 0 if exchange is None else exchange.untold},
        "helpers": helpers(peer),
        **limits(peer),
    }


def remaining(timers: Timers) -> dict[str, float | None]:
    """Seconds until timers fire, and since the peer was heard."""
    shown = {
        "hold": timers.hold,
        "keepalive": timers.keepalive,
        "send-hold": timers.send_hold,
        "last-message": timers.heard,
    }
    return {name: None if seconds is None else round(seconds, 3) for name, seconds in shown.items()}


def side(message: Open | None, name: str, number: int | None) -> dict[str, object]:
    """One of the two ends, with its capabilities by name."""
    return {
        "address": name,
        "as": number,
        "router-id": None if message is None else address(message.router_id),
        "hold-time": None if message is None else message.hold_time,
        "capabilities": capabilities(message),
    }


def capability_name(code: int) -> str:
    """The name of a capability, or its number."""
    record = BY_CODE.get(code)
    return f"capability-{code}" if record is None else record.name


def capabilities(message: Open | None) -> dict[str, object]:
    """What an OPEN announces, by name, each as events show it."""
    if message is None:
        return {}
    return {capability_name(value.code): loads(value.json()) for value in message.capabilities}


def helpers(peer: Peer) -> dict[str, list[str]]:
    """The helpers that may command the neighbor, and the events that each is told."""
    found: dict[str, list[str]] = {}
    for section in peer.settings.api:
        for name in section.processes:
            found.setdefault(name, []).extend(events(section))
    return {name: sorted(set(words)) for name, words in found.items()}


def events(section: ApiSettings) -> Iterator[str]:
    """`neighbor-changes`, `receive-update` and so on."""
    for word in ("neighbor_changes", "negotiated", "fsm", "signal"):
        if getattr(section, word):
            yield word.replace("_", "-")
    for name, way in (("send", section.send), ("receive", section.receive)):
        if way.parsed or way.packets or way.consolidate:
            yield from (f"{name}-{kind}" for kind in way.types)


# ------------------------------------------------------------------ text


def paragraphs(peer: Peer, told: Counts, behind: bool) -> Lines:
    """The same for people; `behind`: its transport takes no more, so it has still to be told something."""
    settings = peer.settings
    yield f"Neighbor {shown_name(settings)}"
    yield from pairs(conditions(peer, behind))
    yield ""
    yield from indented(columns(("Capability", "Sent", "Received"), capability_rows(ours(peer), theirs(peer))))
    yield ""
    yield from indented(columns(("Family", "Agreed", "Add-path", "In", "Out"), family_rows(peer, told)))
    yield ""
    yield from indented(columns(("Message", "Sent", "Received", "Sent before", "Received before"), message_rows(peer)))
    for name, words in helpers(peer).items():
        yield ""
        yield f"  Helper {name}: {', '.join(words) or 'no events'}"
    yield ""


def indented(lines: Lines) -> Lines:
    """Lines of a paragraph within another."""
    return (line if not isinstance(line, str) else f"  {line}".rstrip() for line in lines)


def pairs(found: Iterable[tuple[str, str]]) -> Iterator[str]:
    """`  Name        value`, without those that have none."""
    for name, value in found:
        if value:
            yield f"  {name:<15} {ascii_line(value)}"


def conditions(peer: Peer, behind: bool) -> Iterator[tuple[str, str]]:
    """What can be said in a line each."""
    settings, history, negotiated, session = peer.settings, peer.totals, peer.negotiated, peer.session
    local, remote = ours(peer), theirs(peer)
    yield "Description", settings.description or ""
    yield "State", f"{peer.state}, {'up' if peer.state == ESTABLISHED else 'down'} since {moment(since(peer))}"
    yield "Up for", duration(peer.up_for) if peer.state == ESTABLISHED else ""
    blamed = "" if history.error_at is None else f", at {moment(history.error_at)}"
    yield "Last error", f"{peer.last_error}{blamed}" if peer.last_error else ""
    established = history.flaps + (peer.state == ESTABLISHED)
    yield "Sessions", f"{established} established, {history.flaps} lost, {peer.attempts} attempts"
    yield "AS", f"local {asn(local_as(peer))}, peer {asn(peer_as(peer))}"
    here = peer.identity.local_address or settings.local_address or "auto"
    yield "Address", f"local {here}, peer {shown_name(settings)}"
    yield "Identifier", f"local {address(local.router_id)}" + (f", peer {address(remote.router_id)}" if remote else "")
    if session is not None:
        timers = session.timers
        agreed = local.hold_time if negotiated is None else negotiated.hold_time
        theirs_too = "" if remote is None else f", peer {remote.hold_time} s"
        yield "Hold time", f"{agreed} s (local {local.hold_time} s{theirs_too}), {left(timers.hold)}"
        yield "Keepalive", "" if negotiated is None else f"every {negotiated.keepalive:g} s, {left(timers.keepalive)}"
        yield "Send hold", "" if timers.send_hold is None else left(timers.send_hold)
        yield "Last message", f"{timers.heard:.0f} s ago"
    yield from bounds(peer)
    exchange = peer.exchange
    if exchange is not None:
        yield "Outgoing", "behind: its TCP takes no more" if behind else "in step"
        yield "Waiting", f"{exchange.untold} routes (maximum-prefix-out)" if settings.maximum_prefix_out else ""


def bounds(peer: Peer) -> Iterator[tuple[str, str]]:
    """How far a range and `maximum-prefix` are used up."""
    settings, exchange = peer.settings, peer.exchange
    if peer.came is not None:
        yield "Range", f"{len(peer.came)} peers of {settings.range_limit}, {peer.refused} refused"
    for limit in settings.maximum_prefix if exchange is not None and peer.came is None else ():
        held_now = 0 if exchange is None else exchange.held(limit.family)
        yield "Maximum prefix", f"{held_now} of {limit.bound}, {'all' if limit.family is None else limit.family.name}"


def left(seconds: float | None) -> str:
    """When a timer expires."""
    return "not running" if seconds is None else f"fires in {seconds:.0f} s"


def capability_rows(local: Open, remote: Open | None) -> Iterator[tuple[str, str, str]]:
    """Which side announces what."""
    sent = [value.code for value in local.capabilities]
    received = [] if remote is None else [value.code for value in remote.capabilities]
    for code in dict.fromkeys([*sent, *received]):
        answer = "n/a" if remote is None else yes(code in received)
        yield capability_name(code), yes(code in sent), answer


def yes(value: bool) -> str:
    """A cell that says whether."""
    return "yes" if value else "no"


def family_rows(peer: Peer, told: Counts) -> Iterator[tuple[str, ...]]:
    """The families of either side, what was agreed about them, and how many routes there are."""
    negotiated = peer.negotiated
    received = held(peer) or {}
    listed: dict[str, Family] = {family.name: family for family in peer.settings.families}
    for name in dict.fromkeys([*listed, *told]):
        family = listed.get(name)
        agreed = negotiated is not None and family in negotiated.families
        yield (
            name,
            yes(agreed) if negotiated else "n/a",
            "" if negotiated is None or family is None else ways(negotiated, family),
            str(received.get(name, "")),
            str(told.get(name, 0)),
        )


def ways(negotiated: Negotiated, family: Family) -> str:
    """The directions in which there are path identifiers: `send/receive`."""
    found = (("send", negotiated.add_path_send), ("receive", negotiated.add_path_receive))
    return "/".join([word for word, families in found if family in families])


def message_rows(peer: Peer) -> Iterator[tuple[str, ...]]:
    """Messages of this session and of those before it, by type."""
    counted = [named(counts) for counts in (peer.counters.sent, peer.counters.received)]
    counted += [named(counts) for counts in (peer.totals.sent, peer.totals.received)]
    for name in counted[0]:
        yield name, *[str(counts[name]) for counts in counted]
