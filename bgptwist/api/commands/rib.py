"""Commands about the tables of routes (ExaBGP's API, 2.5)."""

import json
from collections.abc import Iterator
from typing import Final

from bgptwist.api import display, lookup
from bgptwist.api.call import PAUSE, Call, Command, Lines, Output, Pause
from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.encoders.json import members
from bgptwist.api.encoders.text import route_words
from bgptwist.api.lookup import TABLES, Row
from bgptwist.grammar import render
from bgptwist.grammar.lexer import split_route
from bgptwist.grammar.selector import Selector
from bgptwist.speaker.peer import Peer
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.route import Route

DETAILED: Final = frozenset({"detail", "extensive"})


def direction(words: list[str]) -> str:
    """The table that the first word names, which is removed."""
    if not words or words[0] not in TABLES:
        raise Misspelt(f"'{words[0] if words else ''}' is no table", "in or out", 0)
    return words.pop(0)


def show(call: Call) -> Output:
    """`in|out` and what is asked for: one line for each route, or columns, or numbers."""
    asked = lookup.read(split_route(call.text))
    forms = asked.forms
    if asked.address:
        call.selectors = [Selector(asked.address)]
    if call.modern and "table" not in forms:
        forms.add("json")
    speaker = call.control.speaker
    meant = speaker.select(call.selectors, None)
    if "count" in forms:
        return display.numbers(lookup.numbers(speaker, meant, asked), forms)
    rows = lookup.rows(speaker, meant, asked)
    if "table" in forms:
        return display.table(rows)
    if asked.modern:
        return display.objects(rows) if "json" in forms else display.lines(rows, bool(forms & DETAILED))
    if "json" in forms:
        return json_lines(rows, asked.restricted, "extensive" in forms)
    return text_lines(rows, "extensive" in forms)


def text_lines(rows: Iterator[Row | Pause], extensive: bool) -> Lines:
    """`127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1`, or the whole name and all attributes."""
    for row in rows:
        if isinstance(row, Pause):
            yield row
            continue
        peer, route = row
        family = route.family
        words = route_words(family, route.nlri, render.next_hop(route.next_hop) if route.next_hop else "")
        if extensive:
            yield f"{peer.settings.name} {family.name} {words}{display.path_text(route.path)}"
        else:
            yield f"{peer.settings.peer_address} {family.name} {words}"


def json_lines(rows: Iterator[Row | Pause], restricted: bool, extensive: bool) -> Lines:
    """`{"127.0.0.1": {"routes": [{"prefix": "10.2.0.0/24", "family": "ipv4 unicast"}]}}`.

    A route without prefix, such as a flow, is told by its words, but only to who asks for its family: ExaBGP tells
    of none.
    """
    for row in rows:
        if isinstance(row, Pause):
            yield row
            continue
        peer, route = row
        family = route.family
        value = json.loads(family.json(route.nlri))
        if extensive:
            yield json.dumps(whole(peer, route, value))
            continue
        prefix = value.get("nlri")
        if prefix is None and not restricted:
            yield PAUSE
            continue
        told = {"nlri": family.words(route.nlri)} if prefix is None else {"prefix": prefix}
        told["family"] = family.name
        yield json.dumps({peer.settings.peer_address: {"routes": [told]}})


def whole(peer: Peer, route: Route, value: dict[str, object]) -> dict[str, object]:
    """A route with its next hop and attributes, in the second form of ExaBGP 5 (`show-routes-format=v2`)."""
    afi, _, safi = route.family.name.partition(" ")
    nlri = {"prefix" if name == "nlri" else name: item for name, item in value.items() if name != "string"}
    nlri["nexthop"] = render.next_hop(route.next_hop) if route.next_hop else None
    nlri["family"] = {"afi": afi, "safi": safi}
    attributes = json.loads(f"{{ {', '.join(members(route.path.attributes(), VERSION_5))} }}")
    return {"peer": {"address": peer.settings.peer_address}, "route": {"nlri": nlri, "attributes": attributes}}


def flush(call: Call) -> Output:
    """`out`: send everything again."""
    words = call.words
    if words != ["out"]:
        raise Misspelt(f"'{call.text}' cannot be flushed", "out", 0)
    call.control.speaker.flush(call.members())
    return None


def clear(call: Call) -> Output:
    """`in|out`, out when neither is said: withdraw what was announced, or forget what was received."""
    words = call.words
    table = direction(words) if words else "out"
    if words:
        raise Misspelt(f"'{words[0]}' cannot be read", "nothing more", 1)
    if table == "out":
        call.control.speaker.clear_out(call.members())
    else:
        call.control.speaker.clear_in(call.members())
    return None


SHOWN: Final = (
    "in|out [IP] [AFI SAFI|inet|flow|l2vpn] [prefix P [exact|covering|covered|longest]] [as-path PATTERN] "
    "[origin-as N] [community C] [next-hop IP] [limit N] [extensive|detail|count] [table|json]"
)

COMMANDS: Final[tuple[Command, ...]] = (
    Command("show adj-rib", show, modern="rib show", selected=("show adj-rib",), json=True, options=SHOWN),
    Command("flush adj-rib", flush, modern="rib flush", peers=True, options="out"),
    Command("clear adj-rib", clear, modern="rib clear", peers=True, options="[in|out]"),
)
