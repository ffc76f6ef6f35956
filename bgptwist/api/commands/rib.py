"""Commands about the tables of routes (ExaBGP's API, 2.5)."""

import json
from collections.abc import Callable, Iterator
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.encoders.json import members
from bgptwist.api.encoders.text import path_words, route_words
from bgptwist.grammar import render
from bgptwist.grammar.selector import Selector, plain
from bgptwist.speaker.peer import Peer
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.route import Route

GROUPS: Final[dict[str, Callable[[Family], bool]]] = {
    "inet": lambda family: family.afi in (1, 2) and family.safi in (1, 2, 4, 128),
    "flow": lambda family: family.safi in (133, 134),
    "l2vpn": lambda family: family.afi == 25,
}
"""The words that choose some of the families."""

TABLES: Final = ("in", "out")


def direction(words: list[str]) -> str:
    """The table that the first word names, which is removed."""
    if not words or words[0] not in TABLES:
        raise Misspelt(f"'{words[0] if words else ''}' is no table", "in or out", 0)
    return words.pop(0)


def show(call: Call) -> Output:
    """`in|out [IP] [inet|flow|l2vpn] [extensive] [json]`: one line for each route."""
    words = call.words
    table = direction(words)
    wanted: list[Callable[[Family], bool]] = []
    forms = {"json"} if call.modern else set()
    for word in words:
        if word in GROUPS:
            wanted.append(GROUPS[word])
        elif word in ("extensive", "json", "text"):
            forms.add(word)
        elif plain(word):
            call.selectors = [Selector(plain(word))]
        else:
            raise Misspelt(f"'{word}' cannot be read", "an address, inet, flow, l2vpn, extensive or json", 1)
    speaker = call.control.speaker
    meant = speaker.select(call.selectors, None)
    routes = speaker.routes_out(meant) if table == "out" else speaker.routes_in(meant)
    if "json" in forms:
        return json_lines(routes, wanted, "extensive" in forms)
    return text_lines(routes, wanted, "extensive" in forms)


def chosen(family: Family, wanted: list[Callable[[Family], bool]]) -> bool:
    """Whether a family was asked for."""
    return not wanted or any(group(family) for group in wanted)


def text_lines(
    routes: Iterator[tuple[Peer, Route]], wanted: list[Callable[[Family], bool]], extensive: bool
) -> Iterator[str]:
    """`127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1`, or the whole name and all attributes."""
    for peer, route in routes:
        family = route.family
        if not chosen(family, wanted):
            continue
        words = route_words(family, route.nlri, render.next_hop(route.next_hop) if route.next_hop else "")
        if extensive:
            yield f"{peer.settings.name} {family.name} {words}{path_words(route.path)}"
        else:
            yield f"{peer.settings.peer_address} {family.name} {words}"


def json_lines(
    routes: Iterator[tuple[Peer, Route]], wanted: list[Callable[[Family], bool]], extensive: bool
) -> Iterator[str]:
    """`{"127.0.0.1": {"routes": [{"prefix": "10.2.0.0/24", "family": "ipv4 unicast"}]}}`.

    A route without prefix, such as a flow, is told by its words, but only to who asks for its family: ExaBGP tells
    of none.
    """
    for peer, route in routes:
        family = route.family
        if not chosen(family, wanted):
            continue
        value = json.loads(family.json(route.nlri))
        if extensive:
            yield json.dumps(whole(peer, route, value))
            continue
        prefix = value.get("nlri")
        if prefix is None and not wanted:
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


SHOWN: Final = "in|out [IP] [inet|flow|l2vpn] [extensive] [json]"

COMMANDS: Final[tuple[Command, ...]] = (
    Command("show adj-rib", show, modern="rib show", selected=("show adj-rib",), json=True, options=SHOWN),
    Command("flush adj-rib", flush, modern="rib flush", peers=True, options="out"),
    Command("clear adj-rib", clear, modern="rib clear", peers=True, options="[in|out]"),
)
