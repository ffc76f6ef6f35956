"""How the routes of a table are shown: in lines, in columns, as JSON objects, as numbers.

What is written here of a path is not remembered with it: a look at a million routes leaves nothing behind.
"""

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Final

from bgptwist.api.call import Lines, Pause
from bgptwist.api.columns import columns, cut
from bgptwist.api.encoders import text as texts
from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.encoders.json import members
from bgptwist.api.lookup import Row
from bgptwist.api.report import shown_name
from bgptwist.grammar import render
from bgptwist.rib.criteria import COMMUNITIES, EXTENDED, LARGE, hops
from bgptwist.rib.prefixes import PREFIXES
from bgptwist.speaker.peer import Peer
from bgptwist.wire.attributes.as_path import AsPath
from bgptwist.wire.kinds import SELF, Attribute, Family
from bgptwist.wire.path import AS_PATH, LOCAL_PREF, Generations, Path
from bgptwist.wire.route import Route
from bgptwist.wire.spell import address
from bgptwist.wire.values import as_segment

MED: Final = 4
SHOWN: Final = (MED, LOCAL_PREF, COMMUNITIES, LARGE, EXTENDED)
"""The attributes that have a cell, beside the AS path."""

HEADINGS: Final = ("Neighbor", "Family", "Prefix", "Next hop", "AS path", "MED", "Local pref", "Communities")
WIDEST: Final = 60
"""Characters of an AS path, of communities, and of what stands for a prefix."""

OPENERS: Final = ("", "{", "", "(", "[")
CLOSERS: Final = ("", "}", "", ")", "]")
"""Around the AS numbers of a segment, by its type."""

REMEMBERED: Final = 1000
"""Paths whose text is kept while one answer is written."""

Number = tuple[Peer, Family, int]


# ------------------------------------------------------------------ lines


def lines(rows: Iterable[Row | Pause], detail: bool) -> Lines:
    """`127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1`, with `detail` all attributes behind it."""
    for row in rows:
        if isinstance(row, Pause):
            yield row
            continue
        peer, route = row
        words = texts.route_words(route.family, route.nlri, render.next_hop(route.next_hop) if route.next_hop else "")
        yield f"{shown_name(peer.settings)} {route.family.name} {words}{path_text(route.path) if detail else ''}"


def path_text(path: Path) -> str:
    """All attributes, each with a blank before it."""
    known = path.recall(texts.KEY)
    return "".join(texts.path_parts(path)) if known is None else known


# ------------------------------------------------------------------ columns


def table(rows: Iterable[Row | Pause]) -> Lines:
    """Routes in columns under a heading."""
    known: Generations[Path, tuple[str, ...]] = Generations(REMEMBERED)
    return columns(HEADINGS, (row if isinstance(row, Pause) else cells(row, known) for row in rows))


def cells(row: Row, known: Generations[Path, tuple[str, ...]]) -> list[str]:
    """The cells of one route."""
    peer, route = row
    path = known.get(route.path)
    if path is None:
        path = path_cells(route.path)
        known.put(route.path, path)
    hop = render.next_hop(route.next_hop) if route.next_hop else ""
    nlri = cut(route.family.words(route.nlri), WIDEST)
    return [shown_name(peer.settings), route.family.name, nlri, hop, *path]


def path_cells(path: Path) -> tuple[str, ...]:
    """AS path, MED, local preference and communities."""
    values = {value.code: value for value in path.attributes()}
    words = {code: values[code].words().strip("[ ]") for code in SHOWN if code in values}
    communities = " ".join([words[code] for code in (COMMUNITIES, LARGE, EXTENDED) if code in words])
    return (
        cut(as_words(values.get(AS_PATH)), WIDEST),
        words.get(MED, ""),
        words.get(LOCAL_PREF, ""),
        cut(communities, WIDEST),
    )


def as_words(attribute: Attribute | None) -> str:
    """`65001 65010 {65020,65030}`."""
    if not isinstance(attribute, AsPath):
        return ""
    value = attribute.octets()
    parts: list[str] = []
    for at in as_segment.starts(value):
        kind = value[at]
        glue = "," if kind in (as_segment.SET, as_segment.CONFED_SET) else " "
        parts.append(OPENERS[kind] + glue.join(map(str, as_segment.numbers(value, at))) + CLOSERS[kind])
    return " ".join(parts)


# ------------------------------------------------------------------ JSON


def objects(rows: Iterable[Row | Pause]) -> Lines:
    """One JSON object for each route, with all that is known of it."""
    known: Generations[Path, str] = Generations(REMEMBERED)
    for row in rows:
        if isinstance(row, Pause):
            yield row
            continue
        peer, route = row
        attributes = known.get(route.path)
        if attributes is None:
            attributes = ", ".join(members(route.path.attributes(), VERSION_5))
            known.put(route.path, attributes)
        yield (
            f'{{"neighbor": {dumps(shown_name(peer.settings))}, "family": "{route.family.name}", {nlri(route)}, '
            f'{next_hops(route)}, "attributes": {{{attributes}}}}}'
        )


def nlri(route: Route) -> str:
    """The members about the NLRI.

    `nlri` is a prefix, and its `label`, `rd` and `path-information` stand beside it; of other families it is the
    object that events have.
    """
    family = route.family
    special = VERSION_5.nlris.get(family.index)
    if special is None:
        text = family.json(route.nlri)
    else:
        text = special(family, route.nlri, render.next_hop(route.next_hop) if route.next_hop else "")
    if family.afi in (1, 2) and family.safi in PREFIXES:
        return text.strip()[1:-1].strip()
    return f'"nlri": {text}'


def next_hops(route: Route) -> str:
    """The next hop, and the link-local address beside it if there is one."""
    if not route.next_hop:
        return '"next-hop": null'
    if route.next_hop == SELF:
        return '"next-hop": "self"'
    first, *more = [address(hop) for hop in hops(route.next_hop)]
    return f'"next-hop": "{first}"' + "".join(f', "link-local": "{hop}"' for hop in more)


# ------------------------------------------------------------------ numbers


def numbers(found: Iterable[Number | Pause], forms: set[str]) -> Lines:
    """How many routes there are, by neighbor and family."""
    if "table" in forms:
        rows = (
            each if isinstance(each, Pause) else (shown_name(each[0].settings), each[1].name, str(each[2]))
            for each in found
        )
        return columns(("Neighbor", "Family", "Routes"), rows)
    return number_lines(found, "json" in forms)


def number_lines(found: Iterable[Number | Pause], json: bool) -> Iterator[str | Pause]:
    """`127.0.0.1 ipv4 unicast 12`, or an object with `neighbor`, `family` and `routes`."""
    for each in found:
        if isinstance(each, Pause):
            yield each
            continue
        peer, family, routes = each
        name = shown_name(peer.settings)
        if json:
            yield dumps({"neighbor": name, "family": family.name, "routes": routes})
        else:
            yield f"{name} {family.name} {routes}"
