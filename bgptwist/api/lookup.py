"""Which routes a `show adj-rib` command asks for: its words as a query, and the rows that answer it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bgptwist.api.call import PAUSE, Pause
from bgptwist.grammar.selector import plain
from bgptwist.rib.criteria import (
    COMMUNITIES,
    EXTENDED,
    IPV6_EXTENDED,
    LARGE,
    AsPattern,
    PathFilter,
    Test,
    has_community,
    originated,
)
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.prefixes import EXACT, RELATIONS, PrefixFilter
from bgptwist.rib.query import Census, Found, Query, Source
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import SELF, Family
from bgptwist.wire.registry import BY_NAME, FAMILIES
from bgptwist.wire.route import Route
from bgptwist.wire.spell import address_octets
from bgptwist.wire.values import community, extended_community, ipv6_extended_community, large_community
from bgptwist.wire.values.asn import MAXIMUM
from bgptwist.wire.values.prefix import FORMS
from bgptwist.wire.words import Words, number

TABLES: Final = ("in", "out")
"""The Adj-RIBs."""

GROUPS: Final[dict[str, Callable[[Family], bool]]] = {
    "inet": lambda family: family.afi in (1, 2) and family.safi in (1, 2, 4, 128),
    "flow": lambda family: family.safi in (133, 134),
    "l2vpn": lambda family: family.afi == 25,
}
"""The words that choose some of the families."""

AFIS: Final = frozenset(name.partition(" ")[0] for name in BY_NAME)

SHOWN: Final = ("extensive", "json", "text", "table", "detail", "count")
"""The words that say how the answer looks."""

EXPECTED: Final = (
    "an address, a family, inet, flow, l2vpn, prefix, as-path, origin-as, community, next-hop, limit, "
    "extensive, detail, count, table or json"
)

WANTED_PATH: Final = "AS numbers like 65001, ^65001, 65010$ or [ 65001 65002 ]"
WANTED_COMMUNITY: Final = "a community like 65000:1, no-export, 65000:1:2 or target:65000:1"
MOST: Final = 1 << 62


@dataclass
class Asked:
    """What the words of a command say; `address` is that of a neighbor, '' for all that are meant otherwise.

    `modern`: something is asked that ExaBGP does not know, so the answer need not look like its.
    """

    table: str
    address: str = ""
    families: set[Family] = field(default_factory=set)
    restricted: bool = False
    prefix: PrefixFilter | None = None
    tests: list[Test] = field(default_factory=list)
    next_hop: bytes | None = None
    limit: int = MOST
    forms: set[str] = field(default_factory=set)
    modern: bool = False

    def query(self) -> Query:
        """The same as a question to tables."""
        families = frozenset(self.families) if self.restricted else None
        return Query(families, self.prefix, PathFilter(tuple(self.tests)) if self.tests else None, self.next_hop)


# ------------------------------------------------------------------ words


def read(words: list[str]) -> Asked:
    """What the words after `show adj-rib` ask for; Misspelt."""
    cursor = Words(words)
    if cursor.peek() not in TABLES:
        raise Misspelt(f"'{cursor.peek()}' is no table", "in or out", 0)
    asked = Asked(cursor.next(""))
    said: set[str] = set()
    while cursor.more:
        word = cursor.next("")
        reader = CONDITIONS.get(word)
        if reader is not None:
            if word in said:
                raise cursor.wrong("another word", f"{word} is said twice")
            if word != "community":
                said.add(word)
            reader(cursor, asked)
            asked.modern = True
        elif word in AFIS and (family := BY_NAME.get(f"{word} {cursor.peek()}")) is not None:
            cursor.next("")
            asked.families.add(family)
            asked.restricted = asked.modern = True
        elif word in GROUPS:
            asked.families.update(filter(GROUPS[word], FAMILIES))
            asked.restricted = True
        elif word in SHOWN:
            asked.forms.add(word)
        elif plain(word):
            asked.address = plain(word)
        elif word in AFIS:
            reason = f"'{f'{word} {cursor.peek()}'.rstrip()}' is no address family"
            raise cursor.wrong("an AFI and a SAFI, like ipv4 unicast", reason)
        else:
            raise cursor.wrong(EXPECTED)
    return checked(asked)


def checked(asked: Asked) -> Asked:
    """The same, unless its words contradict each other."""
    forms = asked.forms
    if "table" in forms and "json" in forms:
        raise Misspelt("table and json cannot both be had", "one of them")
    if "count" in forms and asked.limit < MOST:
        raise Misspelt("routes are counted however many they are", "count without limit")
    asked.modern = asked.modern or not forms.isdisjoint(("table", "detail", "count"))
    return asked


def read_prefix(words: Words, asked: Asked) -> None:
    """`prefix P [exact|covering|covered|longest]`."""
    afi = 2 if ":" in words.peek() else 1
    nlri = FORMS[afi].read(words)
    relation = words.next("") if words.peek() in RELATIONS else EXACT
    asked.prefix = PrefixFilter(afi, nlri, relation)


def read_as_path(words: Words, asked: Asked) -> None:
    """`as-path 65001`, `^65001`, `65010$`, `[ 65001 65002 ]`; `^$` is the empty path."""
    given = "".join(f"{word} " for word in words.items(WANTED_PATH)).strip()
    inner = given.removeprefix("^").removesuffix("$")
    numbers = [number(word) for word in inner.split()]
    first, last = given.startswith("^"), given.endswith("$")
    if any(not 0 <= each <= MAXIMUM for each in numbers) or not (numbers or (first and last)):
        raise words.wrong(WANTED_PATH, f"'{given}' is no AS path")
    asked.tests.append(AsPattern(tuple(numbers), first, last))


def read_origin(words: Words, asked: Asked) -> None:
    """`origin-as N`."""
    asked.tests.append(originated(words.integer(MAXIMUM, "an AS number")))


def read_community(words: Words, asked: Asked) -> None:
    """`community C`, of any size; may be said several times."""
    word = words.next(WANTED_COMMUNITY)
    if word in extended_community.TABLE.spaced:
        word = f"{word} {words.next(WANTED_COMMUNITY)}"
    found = community_of(word)
    if found is None:
        raise words.wrong(WANTED_COMMUNITY, f"'{word}' is no community")
    asked.tests.append(has_community(*found))


def community_of(word: str) -> tuple[int, bytes] | None:
    """The attribute and the octets of a community; hexadecimal is told by its length."""
    plain_number = community.parse(word)
    if plain_number >= 0:
        return COMMUNITIES, plain_number.to_bytes(4, "big")
    if large := large_community.parse(word) if word.count(":") == 2 or len(word) == 26 else b"":
        return LARGE, large
    if extended := extended_community.TABLE.parse(word):
        return EXTENDED, extended
    longer = ipv6_extended_community.TABLE.parse(word)
    return (IPV6_EXTENDED, longer) if longer else None


def read_next_hop(words: Words, asked: Asked) -> None:
    """`next-hop IP`, or `self`."""
    word = words.next("the address of a next hop, or self")
    try:
        asked.next_hop = SELF if word == "self" else address_octets(word)
    except ValueError:
        raise words.wrong("the address of a next hop, or self") from None


def read_limit(words: Words, asked: Asked) -> None:
    """`limit N`: the first N routes."""
    asked.limit = words.integer(MOST - 1, "how many routes", 1)


CONDITIONS: Final[dict[str, Callable[[Words, Asked], None]]] = {
    "prefix": read_prefix,
    "as-path": read_as_path,
    "origin-as": read_origin,
    "community": read_community,
    "next-hop": read_next_hop,
    "limit": read_limit,
}
"""By the word that they begin with."""


# ------------------------------------------------------------------ rows

Row = tuple[Peer, Route]


def rows(speaker: Speaker, members: int, asked: Asked) -> Iterator[Row | Pause]:
    """The routes that are asked for with their neighbors, and pauses."""
    query = asked.query()
    left = asked.limit
    peers: dict[int, list[Peer]] = {}
    for found in pieces(speaker, members, asked.table, query):
        if found is None:
            peers.clear()  # neighbors may come and go in a pause
            yield PAUSE
            continue
        route, mask = found
        whose = peers.get(mask)
        if whose is None:
            whose = peers[mask] = speaker.members_of(mask)
        for peer in whose:
            yield peer, route
            left -= 1
            if not left:
                return


def pieces(speaker: Speaker, members: int, table: str, query: Query) -> Iterator[Found | None]:
    """What is found in all the tables."""
    for source, lives in sources(speaker, members, table):
        for found in query.run(source):
            if not lives():
                break
            yield found


def sources(speaker: Speaker, members: int, table: str) -> Iterator[tuple[Source, Callable[[], bool]]]:
    """The tables of some members, and whether each still counts: what a peer told is over with its session."""
    if table == "out":
        for told in speaker.outgoing.sources(members):
            yield told, always
        return
    for peer in speaker.members_of(members):
        incoming = peer.incoming
        if incoming is None:
            continue
        for received in incoming.sources(peer.member):
            yield received, alive(peer, incoming)


def alive(peer: Peer, incoming: Incoming) -> Callable[[], bool]:
    """Whether that is still what a peer told, or its session is over."""
    return lambda: peer.incoming is incoming


def always() -> bool:
    """The Adj-RIB-Out is there for ever."""
    return True


def numbers(speaker: Speaker, members: int, asked: Asked) -> Iterator[tuple[Peer, Family, int] | Pause]:
    """How many routes are found of each neighbor and family, when all were looked at."""
    census = Census()
    query = asked.query()
    for source, lives in sources(speaker, members, asked.table):
        for _ in census.take(source, query):
            yield PAUSE
            if not lives():
                break
    census.settle()
    order = {peer.member: peer for peer in speaker.members_of(members)}
    for (bit, family), routes in sorted(census.counts.items(), key=lambda item: (item[0][0], item[0][1].index)):
        if bit in order:
            yield order[bit], family, routes
