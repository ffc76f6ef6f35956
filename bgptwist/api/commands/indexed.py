"""`peer X routes`: what neighbors are told, listed, added and removed by index (ExaBGP's API, 3).

An index is hexadecimal: AFI and SAFI, whether path identifiers stand in the NLRI, and what identifies the route.  It is
the same in every run, and says itself which route is meant.
"""

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Final

from bgptwist.api import lookup
from bgptwist.api.call import Call, Command, Lines, Output, Pause
from bgptwist.api.changes import Routes
from bgptwist.api.display import path_text
from bgptwist.api.encoders.text import route_words
from bgptwist.grammar import render
from bgptwist.rib.query import Found
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.kinds import Family
from bgptwist.wire.registry import FAMILIES, by_index
from bgptwist.wire.route import Announcement, Route

LISTED: Final = 1000
"""Routes in one array; a longer list is several arrays, a line each."""

ACTIONS: Final = ("list", "add", "remove")

HEAD: Final = 4
"""Octets of an index before the key."""

Result = dict[str, object]


# ------------------------------------------------------------------ indexes


def key_of(family: Family, nlri: bytes) -> bytes:
    """What identifies a route of a family."""
    return nlri if family.key is None else family.key(nlri)


def index_of(route: Route) -> str:
    """The index of a route."""
    family = route.family
    return (family.header + bytes((family.path_id,)) + key_of(family, route.nlri)).hex()


def named_by(word: str) -> tuple[Family, bytes]:
    """The family and the key of an index; Misspelt."""
    expected = "an index as `routes list` shows it"
    try:
        octets = bytes.fromhex(word)
    except ValueError:
        raise Misspelt(f"'{word[:80]}' is not hexadecimal", expected) from None
    family = by_index(int.from_bytes(octets[:3], "big"))
    if family is None or len(octets) <= HEAD or octets[3] > 1:
        raise Misspelt(f"'{word[:80]}' is no index", expected)
    return (family.with_path_id if octets[3] else family), octets[HEAD:]


def spelt(route: Route) -> str:
    """`10.0.0.0/24 next-hop 1.2.3.4 med 5`."""
    hop = render.next_hop(route.next_hop) if route.next_hop else ""
    return route_words(route.family, route.nlri, hop) + path_text(route.path)


# ------------------------------------------------------------------ the command


def routes(call: Call) -> Output:
    """`[AFI [SAFI]] list`, `[AFI SAFI] add|remove route ...`, `remove index HEX`."""
    words = call.words
    at = next((at for at, word in enumerate(words[:3]) if word in ACTIONS), -1)
    if at < 0:
        raise Misspelt("it is not said what to do with routes", "[AFI [SAFI]] and list, add or remove", 0)
    families = named(words[:at])
    rest = " ".join(words[at + 1 :])
    return RUN[words[at]](call, families, rest)


def named(words: list[str]) -> frozenset[Family] | None:
    """The families of an AFI, or the one of an AFI and a SAFI; None for all."""
    if not words:
        return None
    name = " ".join(words)
    found = [family for family in FAMILIES if name in (family.name, family.name.partition(" ")[0])]
    if not found:
        raise Misspelt(f"'{name}' is no address family", "an AFI, or an AFI and a SAFI, like ipv4 unicast", 0)
    return frozenset(found)


def listed(call: Call, families: frozenset[Family] | None, rest: str) -> Output:
    """What the neighbors are told."""
    if rest:
        raise Misspelt(f"'{rest}' cannot be read", "nothing after list")
    speaker = call.control.speaker
    members = speaker.select(call.selectors, None)
    if not members:
        raise Refused("no neighbor matching the command")
    asked = lookup.Asked("out", families=set(families or ()), restricted=families is not None)
    return arrays(
        row if isinstance(row, Pause) else entry(row[1]) | {"neighbor": row[0].settings.name}
        for row in lookup.rows(speaker, members, asked)
    )


def entry(route: Route) -> Result:
    """A route and its index."""
    return {"index": index_of(route), "route": spelt(route)}


def arrays(results: Iterable[Result | Pause]) -> Lines:
    """Results as JSON arrays; one that is empty when there is nothing."""
    block: list[Result] = []
    told = False
    for result in results:
        if isinstance(result, Pause):
            yield result
            continue
        block.append(result)
        if len(block) == LISTED:
            yield dumps(block)
            block = []
            told = True
    if block or not told:
        yield dumps(block)


def answer(results: list[Result]) -> Output:
    """One object for one route, arrays for several."""
    return [dumps(results[0])] if len(results) == 1 else arrays(results)


def read(call: Call, families: frozenset[Family] | None, text: str, withdraw: bool) -> Announcement:
    """What words after `add` or `remove` say; the word `route` may be left out."""
    text = text.removeprefix("route ").strip()
    if not text or text == "route":
        raise Misspelt("the route is missing", "a route: PREFIX [ATTRIBUTE ...]")
    if families is None:
        return call.control.routes.announcement(text, withdraw=withdraw)
    if len(families) > 1:
        raise Misspelt("an AFI alone says too little of a route", "an AFI and a SAFI, like ipv4 unicast", 0)
    afi, _, safi = min(families, key=lambda family: family.index).name.partition(" ")
    return call.control.routes.family_route(afi, safi, text, withdraw=withdraw)


def added(call: Call, families: frozenset[Family] | None, rest: str) -> Output:
    """Announce routes."""
    members = call.members()
    announcement = read(call, families, rest, False)
    call.change(Routes(announcement, False), members)
    return answer([entry(route) | {"success": True} for route in announcement.routes])


def removed(call: Call, families: frozenset[Family] | None, rest: str) -> Output:
    """Withdraw routes that are announced."""
    members = call.members()
    word, _, text = rest.partition(" ")
    if word == "index":
        family, key = named_by(text.strip())
        gone = take_back(call, family, key, members)
        return [dumps({"removed": gone, "index": text.strip()})]
    results: list[Result] = []
    for route in read(call, families, rest, True).routes:
        gone = take_back(call, route.family, key_of(route.family, route.nlri), members)
        results.append({"removed": gone, "route": spelt(route), "index": index_of(route)})
    return answer(results)


def take_back(call: Call, family: Family, key: bytes, members: int) -> bool:
    """Withdraw what members are told about a key; whether they were told anything."""
    found = list(told(call, family, key, members))
    for route, mask in found:
        call.change(Routes(Announcement([route]), True), mask)
    return bool(found)


def told(call: Call, family: Family, key: bytes, members: int) -> Iterator[Found]:
    """What members are told about a key."""
    for source in call.control.speaker.outgoing.sources(members):
        if source.family is family:
            yield from source.at(key)


RUN: Final = {"list": listed, "add": added, "remove": removed}

OPTIONS: Final = "[AFI [SAFI]] list | [AFI SAFI] add|remove route PREFIX [ATTRIBUTE ...] | remove index HEX"

COMMANDS: Final[tuple[Command, ...]] = (Command("", routes, selected=("routes",), json=True, options=OPTIONS),)
