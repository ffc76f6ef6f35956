"""Questions to tables: each filter agrees with a model that looks at every route by other means."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from random import Random
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.criteria import (
    COMMUNITIES,
    EXTENDED,
    LARGE,
    AsPattern,
    PathFilter,
    Test,
    flat,
    has_community,
    hops,
    originated,
)
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.outgoing import Outgoing
from bgptwist.rib.prefixes import COVERED, COVERING, EXACT, LONGEST, RELATIONS, PrefixFilter
from bgptwist.rib.query import TURN, Census, Found, Query, Source
from bgptwist.wire.attributes.as_path import AsPath
from bgptwist.wire.attributes.communities import Communities
from bgptwist.wire.families import labelled, vpn
from bgptwist.wire.families.flow import FAMILIES as FLOWS
from bgptwist.wire.families.inet import IPV4_MULTICAST, IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import SELF, Family
from bgptwist.wire.messages.update import Reach, Update
from bgptwist.wire.path import Path, path_of
from bgptwist.wire.route import Route
from bgptwist.wire.values import as_segment

HOPS = (bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2)), SELF, bytes(15) + b"\1" + b"\xfe\x80" + bytes(13) + b"\1")
PLAIN = (IPV4_UNICAST, IPV4_MULTICAST, IPV6_UNICAST, IPV4_UNICAST.with_path_id, IPV6_UNICAST.with_path_id)
FAMILIES = (*PLAIN, labelled.IPV4, vpn.IPV4, vpn.IPV6.with_path_id)

Network = IPv4Network | IPv6Network


def network(random: Random, afi: int) -> Network:
    """A prefix of a small space, so that many cover each other."""
    width = 32 if afi == 1 else 128
    bits = random.choice((0, 1, 7, 8, 9, 12, 16, 17, 24, width - 1, width))
    octets = bytes(random.choice((0, 10, 10, 128, 255)) for _ in range(width // 8))
    value = int.from_bytes(octets, "big") >> width - bits << width - bits
    return ip_network((value.to_bytes(width // 8, "big"), bits))


def prefix_octets(found: Network) -> bytes:
    return bytes((found.prefixlen,)) + found.network_address.packed[: (found.prefixlen + 7) // 8]


def nlri_of(family: Family, found: Network, random: Random) -> bytes:
    """An NLRI of a family with that prefix in it."""
    plain = prefix_octets(found)
    front = b""
    if family.safi in (4, 128):
        front = (random.randrange(16, 1000) << 4 | 1).to_bytes(3, "big")
    if family.safi == 128:
        front += bytes((0, 0, 0, 1, 0, 0, 0, random.randrange(2)))
    identifier = random.randrange(3).to_bytes(4, "big") if family.path_id else b""
    return identifier + bytes((plain[0] + 8 * len(front),)) + front + plain[1:]


def path(random: Random) -> Path:
    """A path with some AS numbers and communities."""
    numbers = [random.choice((65001, 65002, 0x10001, 1)) for _ in range(random.randrange(4))]
    value = as_segment.segment(as_segment.SEQUENCE, numbers)
    if random.random() < 0.3:
        value += as_segment.segment(as_segment.SET, [random.choice((65001, 65002, 7))])
    found: list[Any] = [AsPath(value)]
    if random.random() < 0.7:
        found.append(Communities(b"".join(random.choice((b"\0\1\0\2", b"\0\2\0\1", b"\1\0\2\0")) for _ in range(3))))
    return path_of(found)


class Model:
    """Routes as plain objects, looked at one by one."""

    def __init__(self) -> None:
        self.routes: dict[tuple[Family, bytes, int], tuple[Route, Network]] = {}

    def put(self, route: Route, found: Network, members: int) -> None:
        family = route.family
        key = route.nlri if family.key is None else family.key(route.nlri)
        for bit in (1, 2, 4):
            if bit & members:
                self.routes[family, key, bit] = (route, found)

    def ask(self, relation: str | None, wanted: Network, test: Any) -> set[tuple[Family, bytes, bytes, int]]:
        """The wanted (family, NLRI, path, member)."""
        matching = [
            (family, route, found, bit)
            for (family, _, bit), (route, found) in self.routes.items()
            if test(route) and (relation is None or related(relation, found, wanted))
        ]
        if relation == LONGEST:
            best: dict[tuple[Family, int], int] = {}
            for family, _, found, bit in matching:
                best[family, bit] = max(best.get((family, bit), -1), found.prefixlen)
            matching = [each for each in matching if each[2].prefixlen == best[each[0], each[3]]]
        return {(family, route.nlri, route.path.octets, bit) for family, route, _, bit in matching}


def related(relation: str, found: Network, wanted: Network) -> bool:
    if found.version != wanted.version:
        return False
    if relation == EXACT:
        return found == wanted
    inner, outer = (found, wanted) if relation == COVERED else (wanted, found)
    return inner.subnet_of(outer)  # type: ignore[arg-type]


def asked(sources: Iterable[Source], query: Query) -> list[tuple[Family, bytes, bytes, int]]:
    """What a query finds, one entry for each member."""
    return [
        (found.route.family, found.route.nlri, found.route.path.octets, bit)
        for source in sources
        for found in query.run(source)
        if found is not None
        for bit in (1, 2, 4)
        if found.members & bit
    ]


def tables(seed: int) -> tuple[Random, Model, Outgoing, Incoming, Model]:
    """Random tables, and models of them."""
    random = Random(seed)
    outgoing = Outgoing(Clock(), lambda member, reason: None)
    incoming = Incoming()
    told, received = Model(), Model()
    for _ in range(random.randrange(80)):
        family = random.choice(FAMILIES)
        found = network(random, family.afi)
        route = Route(family, nlri_of(family, found, random), path(random), random.choice(HOPS))
        members = random.randrange(1, 8)
        outgoing.announce([route], members)
        told.put(route, found, members)
        if random.random() < 0.7:
            incoming.update(Update(route.path, [Reach(family, route.next_hop, [route.nlri])], []))
            received.put(route, found, 1)
    return random, told, outgoing, incoming, received


class PropertyTests(SynchronousTestCase):
    """Random tables of all sorts of families, for three members."""

    def agree(self, seed: int, relation: str | None, query: Query, wanted: Network, test: Any, world: Any) -> None:
        _, told, outgoing, incoming, received = world
        for sources, model, mask in (
            (outgoing.sources(7), told, 7),
            (outgoing.sources(2), told, 2),
            (incoming.sources(1), received, 1),
        ):
            found = asked(sources, query)
            expected = {each for each in model.ask(relation, wanted, test) if each[3] & mask}
            self.assertEqual(len(found), len(set(found)), (seed, relation))
            self.assertEqual(set(found), expected, (seed, relation, wanted))

    def test_prefixes(self) -> None:
        for seed in range(150):
            world = tables(seed)
            for relation in RELATIONS:
                wanted = network(world[0], world[0].choice((1, 2)))
                afi = 1 if wanted.version == 4 else 2
                query = Query(prefix=PrefixFilter(afi, prefix_octets(wanted), relation))
                self.agree(seed, relation, query, wanted, lambda route: True, world)

    def test_prefixes_and_communities(self) -> None:
        community = b"\0\1\0\2"

        def has(route: Route) -> bool:
            values = [value for value in route.path.attributes() if isinstance(value, Communities)]
            return any(0x10002 in value.numbers() for value in values)

        for seed in range(60):
            world = tables(seed)
            for relation in (None, *RELATIONS):
                wanted = network(world[0], 1)
                prefix = None if relation is None else PrefixFilter(1, prefix_octets(wanted), relation)
                query = Query(prefix=prefix, paths=PathFilter((has_community(COMMUNITIES, community),)))
                self.agree(seed, relation, query, wanted, has, world)

    def test_as_paths(self) -> None:
        for seed in range(60):
            world = tables(seed)
            random = world[0]
            numbers = tuple(random.choice((65001, 65002, 0x10001, 1, 7)) for _ in range(random.randrange(1, 3)))
            first, last = random.random() < 0.3, random.random() < 0.3
            query = Query(paths=PathFilter((AsPattern(numbers, first, last),)))

            def fits(route: Route, numbers: tuple[int, ...] = numbers, first: bool = first, last: bool = last) -> bool:
                here = listed(route.path)
                places = [at for at in range(len(here)) if tuple(here[at : at + len(numbers)]) == numbers]
                return any((at == 0 or not first) and (at + len(numbers) == len(here) or not last) for at in places)

            self.agree(seed, None, query, network(random, 1), fits, world)

    def test_origins_and_next_hops_and_families(self) -> None:
        for seed in range(60):
            world = tables(seed)
            random = world[0]
            number, hop = random.choice((65001, 65002, 7)), random.choice(HOPS[:3])
            families = frozenset(random.sample([family.base for family in FAMILIES], 3))
            query = Query(families, paths=PathFilter((originated(number),)), next_hop=hop)

            def fits(
                route: Route, number: int = number, hop: bytes = hop, families: frozenset[Family] = families
            ) -> bool:
                value = next(value.octets() for value in route.path.attributes() if value.code == 2)
                at = as_segment.starts(value)[-1:]
                ends = set(as_segment.numbers(value, at[0])[-1:]) if at else set()
                return number in ends and route.next_hop == hop and route.family.base in families

            self.agree(seed, None, query, network(random, 1), fits, world)

    def test_a_census_counts_what_is_found(self) -> None:
        for seed in range(40):
            _, told, outgoing, incoming, received = tables(seed)
            for sources, model in ((outgoing.sources(7), told), (incoming.sources(1), received)):
                census = Census()
                for source in sources:
                    list(census.take(source, Query()))
                census.settle()
                expected: dict[tuple[int, Family], int] = {}
                for family, _, bit in model.routes:
                    expected[bit, family.base] = expected.get((bit, family.base), 0) + 1
                self.assertEqual({key: count for key, count in census.counts.items() if count}, expected, seed)


def listed(found: Path) -> list[int]:
    """The AS numbers of a path, by way of its words."""
    words = next(value.words() for value in found.attributes() if value.code == 2)
    return [int(word) for word in words.split() if word.isdecimal()]


class PatternTests(SynchronousTestCase):
    """AS paths as octets: the middle of two numbers is no number."""

    def test_numbers_are_found_where_they_begin(self) -> None:
        value = as_segment.segment(2, [0x00010000, 0x00010000])
        self.assertFalse(AsPattern((0x00000001,))({2: value}))
        self.assertTrue(AsPattern((0x00010000, 0x00010000), True, True)({2: value}))

    def test_the_empty_path(self) -> None:
        empty = AsPattern((), True, True)
        self.assertTrue(empty({}))
        self.assertTrue(empty({2: b""}))
        self.assertFalse(empty({2: as_segment.segment(2, [1])}))

    def test_a_path_that_is_not_sound_has_no_numbers(self) -> None:
        for value in (b"\2", b"\2\2\0\0\0\1", b"\7\1\0\0\0\1\2\1\0\0\0\1"):
            self.assertIsNone(flat(value))
            self.assertFalse(AsPattern((1,))({2: value}))
            self.assertFalse(AsPattern((), True, True)({2: value}))
            self.assertFalse(originated(1)({2: value}))

    def test_communities_are_found_where_they_begin(self) -> None:
        for code, size in ((COMMUNITIES, 4), (EXTENDED, 8), (LARGE, 12)):
            wanted = bytes(size - 1) + b"\1"
            test: Test = has_community(code, wanted)
            self.assertFalse(test({code: b"\1" + bytes(size - 1) + b"\1" + bytes(size - 1)}))
            self.assertTrue(test({code: b"\1" * size + wanted}))
            self.assertFalse(test({}))

    def test_a_path_is_looked_at_once(self) -> None:
        looks = []

        def test(values: dict[int, bytes]) -> bool:
            looks.append(values)
            return True

        wanted = PathFilter((test,))
        for _ in range(3):
            self.assertTrue(wanted(Path(b"\x40\x01\x01\x00")))
        self.assertEqual(len(looks), 1)

    def test_every_form_of_a_next_hop(self) -> None:
        one, two = b"\x20\1" + bytes(13) + b"\1", b"\xfe\x80" + bytes(13) + b"\2"
        four = bytes((10, 0, 0, 1))
        rd = bytes(8)
        for octets, expected in (
            (four, [four]),
            (rd + four, [four]),
            (one, [one]),
            (one + two, [one, two]),
            (rd + one, [one]),
            (rd + one + rd + two, [one, two]),
            (SELF, [SELF]),
            (b"", [b""]),
        ):
            self.assertEqual(list(hops(octets)), expected)


class TurnTests(SynchronousTestCase):
    """Nobody waits for a question."""

    def table(self) -> Incoming:
        table = Incoming()
        nlris = [b"\x18" + number.to_bytes(3, "big") for number in range(10 * TURN)]
        table.update(Update(Path(b""), [Reach(IPV4_UNICAST, HOPS[0], nlris)], []))
        return table

    def longest_silence(self, found: Iterable[Found | None]) -> tuple[int, int]:
        """How many pauses there were and how many routes there were at most between two."""
        pauses = most = since = 0
        for each in found:
            since += each is not None
            most = max(most, since)
            if each is None:
                pauses += 1
                since = 0
        return pauses, most

    def test_a_scan_pauses_though_nothing_is_found(self) -> None:
        (source,) = self.table().sources(1)
        for query in (
            Query(next_hop=HOPS[1]),
            Query(prefix=PrefixFilter(1, b"\x20\xff\xff\xff\xff", COVERED)),
        ):
            self.assertEqual(self.longest_silence(query.run(source)), (10, 0))

    def test_a_scan_that_finds_all_pauses(self) -> None:
        (source,) = self.table().sources(1)
        self.assertEqual(self.longest_silence(Query().run(source)), (10, TURN))

    def test_what_can_be_looked_up_needs_no_scan(self) -> None:
        (source,) = self.table().sources(1)
        for relation in (EXACT, COVERING, LONGEST):
            found = list(Query(prefix=PrefixFilter(1, b"\x20\0\0\1\0", relation)).run(source))
            self.assertNotIn(None, found)

    def test_a_table_that_is_cleared_meanwhile_is_empty(self) -> None:
        table = self.table()
        (source,) = table.sources(1)
        found = Query().run(source)
        next(found)
        table.clear()
        self.assertEqual([each for each in found if each is not None], [])

    def test_other_families_are_passed_over(self) -> None:
        flow = next(family for family in FLOWS if family.name == "ipv4 flow")
        wanted = PrefixFilter(1, b"\0")
        self.assertEqual([wanted.concerns(each) for each in (IPV4_UNICAST, IPV6_UNICAST, flow)], [True, False, False])
        (source,) = self.table().sources(1)
        self.assertEqual(list(Query(frozenset([IPV6_UNICAST])).run(source)), [])
        self.assertEqual(list(Query(frozenset()).run(source)), [])
        self.assertEqual(list(Query(prefix=PrefixFilter(2, b"\0", COVERING)).run(source)), [])
