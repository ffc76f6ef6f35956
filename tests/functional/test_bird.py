"""The installed daemon and BIRD 2: sessions, attributes, the golden corpus, events, withdrawals, restarts."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted

from bird import BIRD, BIRDC, CHANNELS, Attributes, Bird, ReflectingBird, version
from daemon import Start, free_port, until
from helper import Helper, relay
from mirror import CLUSTER, Mirror, neighbors

pytest_plugins = ["stage"]
pytestmark = pytest.mark.skipif(not (BIRD and BIRDC), reason="no BIRD here: install the package bird2")

ROUTES = 1000

StartBird = Callable[..., Bird]


@pytest.fixture
def bird() -> Iterator[StartBird]:
    """Makes BIRDs, which are ended with the test; their logs are shown when it fails."""
    birds: list[Bird] = []

    def make(**options: Any) -> Bird:
        birds.append(Bird(**options))
        return birds[-1]

    try:
        yield make
    finally:
        for made in birds:
            print("---- log of BIRD", *made.log.splitlines()[-40:], sep="\n")
            made.destroy()


def neighbor(inside: str, asn: int = 65001) -> str:
    return f"""
neighbor 127.0.0.1 {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as {asn};
    hold-time 9;
    family {{ ipv4 unicast; ipv6 unicast; }}
    {inside}
}}
"""


API = "api { processes [ h ]; neighbor-changes; receive { parsed; update; } }"


class TestSession:
    """Either side may be the one that connects."""

    @pytest_twisted.ensureDeferred
    async def test_we_connect(self, start: Start, bird: StartBird) -> None:
        port = free_port()
        peer = bird(port=port, remote=free_port(), passive=True)
        await peer.start()
        start(neighbor(f"connect {port}; static {{ route 203.0.113.0/24 next-hop 192.0.2.9; }}"))
        await peer.established()
        await until(lambda: peer.count() == (1, 0), "the route")
        text = peer.ask("show", "protocols", "all", "twist")
        for expected in ("Neighbor ID:      10.0.0.1", "AF announced: ipv4 ipv6", "internal multihop AS4"):
            assert expected in text

    @pytest_twisted.ensureDeferred
    async def test_bird_connects(self, start: Start, bird: StartBird) -> None:
        port = free_port()
        start(
            neighbor("passive true; static { route 203.0.113.0/24 next-hop 192.0.2.9; }"),
            settings={"exabgp_tcp_bind": "127.0.0.1", "exabgp_tcp_port": str(port)},
        )
        peer = bird(port=free_port(), remote=port, passive=False)
        await peer.start()
        await peer.established()
        await until(lambda: peer.count() == (1, 0), "the route")

    @pytest_twisted.ensureDeferred
    async def test_an_external_session(self, start: Start, bird: StartBird) -> None:
        port = free_port()
        peer = bird(port=port, remote=free_port(), passive=True, asn=4200000000)
        await peer.start()
        route = "route 203.0.113.0/24 next-hop 192.0.2.9 local-preference 300;"
        start(neighbor(f"connect {port}; static {{ {route} }}", asn=4200000000))
        await until(lambda: peer.count() == (1, 0), "the route", within=30)
        attributes = peer.routes()["203.0.113.0/24"]
        assert attributes["as_path"] == "65001"
        assert attributes["local_pref"] == "100", "BIRD's own default: ours is not sent to another AS"


def described(number: int, ipv6: bool) -> tuple[str, str, Attributes]:
    """Route `number` as prefix, as words of the configuration, and as the attributes that BIRD must print."""
    prefix = f"2001:db8:{number:x}::/48" if ipv6 else f"10.{number >> 8}.{number & 255}.0/24"
    next_hop = f"2001:db8:ffff::{number % 50 + 1:x}" if ipv6 else f"192.0.2.{number % 50 + 10}"
    origin = number % 3
    words = ["next-hop", next_hop, "origin", ("igp", "egp", "incomplete")[origin]]
    wanted = {"next_hop": next_hop, "origin": ("IGP", "EGP", "Incomplete")[origin], "as_path": "", "local_pref": "100"}

    def add(divisor: int, name: str, statement: str, shown: str) -> None:
        if number % divisor == 0:
            words.append(statement)
            wanted[name] = shown

    add(2, "as_path", f"as-path [ 65010 {4200000000 + number} ]", f"65010 {4200000000 + number}")
    add(3, "med", f"med {number}", str(number))
    add(5, "local_pref", f"local-preference {number + 200}", str(number + 200))
    add(7, "community", f"community [ 65001:{number} no-export ]", f"(65001,{number}) (65535,65281)")
    add(
        11,
        "large_community",
        f"large-community [ 65001:2:{number} 4200000001:4294967295:0 ]",
        f"(65001, 2, {number}) (4200000001, 4294967295, 0)",
    )
    add(
        13,
        "ext_community",
        f"extended-community [ target:65001:{number} origin:10.0.0.7:{number} ]",
        f"(rt, 65001, {number}) (ro, 10.0.0.7, {number})",
    )
    add(17, "atomic_aggr", "atomic-aggregate", "")
    add(19, "aggregator", "aggregator ( 4200000001:10.0.0.7 )", "10.0.0.7 AS4200000001")
    add(23, "originator_id", "originator-id 10.0.0.8", "10.0.0.8")
    add(23, "cluster_list", "cluster-list [ 10.0.0.9 10.0.0.10 ]", "10.0.0.9 10.0.0.10")
    return prefix, f"route {prefix} {' '.join(words)};", wanted


def in_one_order(attributes: Attributes) -> Attributes:
    """The same attributes with communities, whose order means nothing, sorted."""
    names = ("community", "large_community", "ext_community")
    return {
        name: " ".join(sorted(text.replace(") (", ")|(").split("|"))) if name in names else text
        for name, text in attributes.items()
    }


@pytest_twisted.ensureDeferred
async def test_every_attribute_of_many_routes_arrives(start: Start, bird: StartBird) -> None:
    routes = [described(number, ipv6) for ipv6 in (False, True) for number in range(1, ROUTES + 1)]
    port = free_port()
    peer = bird(port=port, remote=free_port(), passive=True)
    await peer.start()
    statements = "\n        ".join(words for _, words, _ in routes)
    start(neighbor(f"connect {port};\n    static {{\n        {statements}\n    }}"))
    await until(lambda: peer.count() == (ROUTES, ROUTES), "all routes", within=40)
    found = peer.routes()
    wrong = [
        f"{prefix}: {found.get(prefix)} instead of {wanted}"
        for prefix, _, wanted in routes
        if in_one_order(found.get(prefix, {})) != in_one_order(wanted)
    ]
    assert not wrong, "\n".join([f"{len(wrong)} routes are wrong", *wrong[:10]])


STATIC4 = """
    route 198.51.100.0/24 reject {
        bgp_origin = ORIGIN_INCOMPLETE;
        bgp_path.prepend(65010); bgp_path.prepend(4200000001);
        bgp_med = 5; bgp_local_pref = 300;
        bgp_community.add((65001,30)); bgp_community.add((65535,65281));
        bgp_large_community.add((65001,2,3));
        bgp_ext_community.add((rt,65001,100));
    };
    route 203.0.113.128/25 reject;
"""
STATIC6 = "route 2001:db8:1::/48 reject { bgp_med = 7; };"


class TestRoutesOfBird:
    """What BIRD announces becomes events, and what a helper says reaches BIRD."""

    async def begun(self, tmp_path: Path, start: Start, bird: StartBird) -> tuple[Bird, Helper]:
        """A session that is up, with a helper that has heard of all of BIRD's routes."""
        port = free_port()
        peer = bird(port=port, remote=free_port(), passive=True, static4=STATIC4, static6=STATIC6)
        await peer.start()
        route = "static { route 10.1.1.0/24 next-hop 192.0.2.9; }"
        start(relay(tmp_path) + neighbor(f"connect {port}; {API} {route}"))
        helper = Helper(tmp_path)
        await until(lambda: len(helper.announced()) == 3, "events of three routes", within=30)
        return peer, helper

    @pytest_twisted.ensureDeferred
    async def test_announcements_are_events(self, tmp_path: Path, start: Start, bird: StartBird) -> None:
        _, helper = await self.begun(tmp_path, start, bird)
        routes = helper.announced()
        next_hop, attributes = routes["198.51.100.0/24"]
        assert next_hop == "192.0.2.2"
        assert attributes == {
            "origin": "incomplete",
            "as-path": {"0": {"element": "as-sequence", "value": [4200000001, 65010]}},
            "med": 5,
            "local-preference": 300,
            "community": [[65001, 30], [65535, 65281]],
            "large-community": [[65001, 2, 3]],
            "extended-community": [{"value": 0x0002FDE900000064, "string": "target:65001:100"}],
        }
        assert routes["203.0.113.128/25"] == ("192.0.2.2", {"origin": "igp", "local-preference": 100})
        assert routes["2001:db8:1::/48"] == ("2001:db8::2", {"origin": "igp", "med": 7, "local-preference": 100})
        assert helper.states()[-1] == "up"

    @pytest_twisted.ensureDeferred
    async def test_withdrawals_are_events(self, tmp_path: Path, start: Start, bird: StartBird) -> None:
        peer, helper = await self.begun(tmp_path, start, bird)
        peer.ask("disable", "static4")
        await until(lambda: list(helper.announced()) == ["2001:db8:1::/48"], "both IPv4 routes are withdrawn")
        peer.ask("disable", "static6")
        await until(lambda: not helper.announced(), "the IPv6 route is withdrawn")
        peer.ask("enable", "static4")
        await until(lambda: len(helper.announced()) == 2, "the IPv4 routes are back")

    @pytest_twisted.ensureDeferred
    async def test_a_helper_announces_and_withdraws(self, tmp_path: Path, start: Start, bird: StartBird) -> None:
        peer, helper = await self.begun(tmp_path, start, bird)
        helper.say("announce route 10.2.0.0/16 next-hop 192.0.2.9 med 3 community [ 65001:1 65001:2 ]")
        helper.say("announce route 2001:db8:77::/48 next-hop 2001:db8::9")
        await until(lambda: peer.count() == (2, 1), "both routes")
        attributes = peer.routes()["10.2.0.0/16"]
        assert (attributes["med"], attributes["community"]) == ("3", "(65001,1) (65001,2)")
        helper.say("announce route 10.2.0.0/16 next-hop 192.0.2.9 med 4")
        await until(lambda: peer.routes()["10.2.0.0/16"]["med"] == "4", "the newer route replaces the older")
        helper.say("withdraw route 10.2.0.0/16 next-hop 192.0.2.9")
        helper.say("withdraw route 2001:db8:77::/48 next-hop 2001:db8::9")
        await until(lambda: peer.count() == (1, 0), "both are gone")

    @pytest_twisted.ensureDeferred
    async def test_a_restart_of_bird_brings_all_back(self, tmp_path: Path, start: Start, bird: StartBird) -> None:
        peer, helper = await self.begun(tmp_path, start, bird)
        helper.say("announce route 10.2.0.0/16 next-hop 192.0.2.9 med 3")
        helper.say("announce route 2001:db8:77::/48 next-hop 2001:db8::9")
        await until(lambda: peer.count() == (2, 1), "the routes of file and helper")
        before = dict(peer.routes())
        peer.kill()
        await until(lambda: helper.states()[-1] != "up", "the helper hears of it")
        assert "down" in helper.states()
        seen = len(helper.updates())
        await peer.start()
        await peer.established(within=40)
        await until(lambda: peer.count() == (2, 1), "the routes are announced again")
        assert peer.routes() == before
        await until(lambda: len(helper.updates()) >= seen + 3, "BIRD's routes come again")


BOTTOM = {
    "label 100/3/1|100/2/0": "it forgets the traffic class of a label",
    r"100/[07]/0|524288/0/0|[ [ ]0/0/0": "it seeks the bottom of the label stack (RFC 8277, 2.3)",
}
NOT_SENT = {
    "ipv6 unicast": {"::1/128": "it ignores loopback addresses"},
    "ipv6 multicast": {"::1/128": "it ignores loopback addresses"},
    "ipv4 nlri-mpls": BOTTOM,
    "ipv6 nlri-mpls": BOTTOM,
    "ipv4 mpls-vpn": BOTTOM,
    "ipv6 mpls-vpn": BOTTOM,
    "ipv4 flow": {
        r"destination-ipv4 \[": "a component twice, which RFC 8955, 4.2 forbids",
        "/8( |$)|=5000000000": "it takes values of at most four octets",
        "0x200|raw:0x8906|raw:0xC106": "bits that RFC 8955, 4.2.1 reserves",
        "raw:0x170A0001": "bits behind a prefix",
    },
    "ipv6 flow": {
        r"source-ipv6 \[": "a component twice, which RFC 8955, 4.2 forbids",
        "::1/128/120|raw:0x40": "a whole address with an offset, as ExaBGP sends it; RFC 8956, 3.1 has the rest only",
        "raw:0x0900": "bits behind a prefix",
    },
    "bgp-ls": {"": "it does not know BGP-LS"},
    "as-path": {"confed": "this is no confederation (RFC 5065, 5)"},
    "community": {r"no-advertise|65535:6( |$)": "it keeps such routes to itself (RFC 1997, RFC 9494)"},
}
"""By family or attribute, a pattern found in the words -> why BIRD 2.0 refuses or changes such an example."""

LOST = ("traffic-engineering", "bgpsec-path", "edge-metadata")
"""Attributes that are not transitive and that BIRD does not know: it must not pass them on (RFC 4271, 5)."""


@pytest.fixture
def reflecting() -> Iterator[ReflectingBird]:
    """A BIRD with all families that it knows."""
    if not version().startswith("2.0."):
        pytest.skip(f"what BIRD {version()} gets wrong is not known")
    made = ReflectingBird(CHANNELS)
    try:
        yield made
    finally:
        print("---- log of BIRD", *made.log.splitlines()[-40:], sep="\n")
        made.destroy()


@pytest_twisted.ensureDeferred
async def test_every_route_goes_round(tmp_path: Path, start: Start, reflecting: ReflectingBird) -> None:
    await reflecting.start()
    start(relay(tmp_path) + neighbors(reflecting, CHANNELS, "packets"))
    await reflecting.established()
    await Mirror(tmp_path, reflecting).reflects_families(CHANNELS, NOT_SENT)
    assert reflecting.is_up()


def kept(word: str, octets: bytes) -> bytes | None:
    """What BIRD passes on of an attribute."""
    if word == "cluster-list":
        return bytes(map(int, CLUSTER.split("."))) + octets
    return None if word in LOST else octets


@pytest_twisted.ensureDeferred
async def test_every_attribute_goes_round(tmp_path: Path, start: Start, reflecting: ReflectingBird) -> None:
    await reflecting.start()
    start(relay(tmp_path) + neighbors(reflecting, CHANNELS, "packets"))
    await reflecting.established()
    wrong = [
        f"{word} {words}: {octets.hex()} came back as {found and found.hex()}"
        for word, words, octets, found in await Mirror(tmp_path, reflecting).reflects_attributes(NOT_SENT)
        if found != kept(word, octets)
    ]
    assert not wrong, "\n".join(wrong)
    assert reflecting.is_up()
