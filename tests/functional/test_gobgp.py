"""The installed daemon and GoBGP: the golden corpus goes to GoBGP and back, and GoBGP's own routes become events."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted

from bgptwist.wire.registry import ATTRIBUTES, FAMILIES
from daemon import Start, until
from gobgp import GoBgp, missing
from helper import relay
from limits import CHANGED, KNOWN_TLVS, NOT_SENT
from mirror import CLUSTER, HOPS, NAMED, Mirror, examples, hop, limited, neighbors

pytest_plugins = ["stage"]
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

StartGoBgp = Callable[..., GoBgp]
Begin = Callable[..., Awaitable[Mirror]]


@pytest.fixture
def gobgp() -> Iterator[StartGoBgp]:
    """Makes GoBGPs, which are ended with the test; their logs are shown when it fails."""
    made: list[GoBgp] = []

    def make(families: Iterable[str], **options: Any) -> GoBgp:
        made.append(GoBgp(families, **options))
        return made[-1]

    try:
        yield make
    finally:
        for each in made:
            print("---- log of GoBGP", *each.log.splitlines()[-30:], sep="\n")
            each.destroy()


def kept(word: str, octets: bytes) -> bytes:
    """What GoBGP passes on of an attribute."""
    if word == "cluster-list":
        return bytes(map(int, CLUSTER.split("."))) + octets
    if word not in KNOWN_TLVS:
        return octets
    size, known = KNOWN_TLVS[word]
    found = b""
    while octets:
        end = size + 2 + int.from_bytes(octets[size : size + 2], "big")
        if int.from_bytes(octets[:size], "big") in known:
            found += octets[:end]
        octets = octets[end:]
    return found


@pytest_twisted.async_yield_fixture
async def begin(tmp_path: Path, start: Start, gobgp: StartGoBgp) -> AsyncIterator[Begin]:
    """Begins the two sessions; at the end of the test neither may have gone down."""
    begun: list[GoBgp] = []

    async def begin(families: list[str], receive: str = "packets", inside: str = "", **options: Any) -> Mirror:
        peer = gobgp(families, **options)
        await peer.start()
        start(relay(tmp_path) + neighbors(peer, families, receive, inside))
        await peer.established()
        begun.append(peer)
        return Mirror(tmp_path, peer)

    yield begin
    for peer in begun:
        assert peer.is_up()
        assert peer.flaps() == 0


GROUPS = {
    "prefixes": (
        *("ipv4 unicast", "ipv6 unicast", "ipv4 nlri-mpls", "ipv6 nlri-mpls", "ipv4 mpls-vpn", "ipv6 mpls-vpn"),
        *("ipv4 encapsulation", "ipv6 encapsulation"),
    ),
    "layer 2 and policies": ("l2vpn vpls", "l2vpn evpn", "ipv4 sr-policy", "ipv6 sr-policy", "bgp-ls bgp-ls"),
    "mobile": ("ipv4 mup", "ipv6 mup"),
    "route targets": ("ipv4 rtc",),
    "flow": ("ipv4 flow", "ipv6 flow", "ipv4 flow-vpn", "ipv6 flow-vpn", "l2vpn flow-vpn"),
}


@pytest.mark.parametrize("group", GROUPS)
@pytest_twisted.ensureDeferred
async def test_every_route_goes_round(group: str, begin: Begin) -> None:
    mirror = await begin(list(dict.fromkeys(("ipv4 unicast", *GROUPS[group]))))
    await mirror.reflects_families(GROUPS[group], NOT_SENT)


@pytest_twisted.ensureDeferred
async def test_every_attribute_goes_round(begin: Begin) -> None:
    mirror = await begin(["ipv4 unicast", "bgp-ls bgp-ls"])
    wrong = [
        f"{word} {words}: {octets.hex()} came back as {found and found.hex()}"
        for word, words, octets, found in await mirror.reflects_attributes(NOT_SENT)
        if (found != kept(word, octets)) != limited(CHANGED, word, words)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("reasons", [NOT_SENT, CHANGED], ids=["not sent", "changed"])
def test_reasons_are_about_examples(reasons: dict[str, dict[str, str]]) -> None:
    listed = {kind.word: examples(kind) for kind in ATTRIBUTES} | {family.name: examples(family) for family in FAMILIES}
    for name, patterns in reasons.items():
        for pattern in patterns:
            assert any(re.search(pattern, words) for _, words, _ in listed[name]), f"{name}: {pattern}"


VIA = "nexthop 10.0.0.7"
VIA6 = "nexthop 2001:db8::7"
TARGET = {"value": 0x0002FDE800000002, "string": "target:65000:2"}

OWN = [
    (
        f"10.1.0.0/24 {VIA} med 7 local-pref 200 origin egp aspath 65010,4200000001 "
        "community 65001:1,no-export large-community 1:2:3 aigp metric 100",
        "ipv4 unicast",
        {"nlri": "10.1.0.0/24"},
        {
            "origin": "egp",
            "as-path": {"0": {"element": "as-sequence", "value": [65010, 4200000001]}},
            "med": 7,
            "local-preference": 200,
            "community": [[65001, 1], [65535, 65281]],
            "large-community": [[1, 2, 3]],
            "aigp": 100,
        },
    ),
    (f"-a ipv6 2001:db8:1::/48 {VIA6} med 8", "ipv6 unicast", {"nlri": "2001:db8:1::/48"}, {"med": 8}),
    (
        f"-a ipv4-mpls 10.1.1.0/24 100/200 {VIA}",
        "ipv4 nlri-mpls",
        {"nlri": "10.1.1.0/24", "label": [[100], [200]]},
        {},
    ),
    (
        f"-a vpnv4 10.2.0.0/24 label 10 rd 65000:1 rt 65000:2 {VIA}",
        "ipv4 mpls-vpn",
        {"nlri": "10.2.0.0/24", "label": [[10]], "rd": "65000:1"},
        {"extended-community": [TARGET]},
    ),
    (
        f"-a vpnv6 2001:db8:2::/48 label 10 rd 10.0.0.1:1 rt 65000:2 {VIA6}",
        "ipv6 mpls-vpn",
        {"nlri": "2001:db8:2::/48", "label": [[10]], "rd": "10.0.0.1:1"},
        {"extended-community": [TARGET]},
    ),
    (
        "-a evpn a-d esi ARBITRARY 11:22:33:44:55:66:77:88:99 etag 10 label 100 rd 65000:1 rt 65000:2 " + VIA,
        "l2vpn evpn",
        {"code": 1, "rd": "65000:1", "esi": "00:11:22:33:44:55:66:77:88:99", "ethernet-tag": 10, "label": [[6, 100]]},
        {"extended-community": [TARGET]},
    ),
    (
        "-a evpn macadv aa:bb:cc:dd:ee:01 10.0.0.5 esi LACP aa:bb:cc:dd:ee:ff 100 etag 10 label 100 rd 65000:1 "
        f"rt 65000:2 encap vxlan {VIA}",
        "l2vpn evpn",
        {
            "code": 2,
            "rd": "65000:1",
            "esi": "01:aa:bb:cc:dd:ee:ff:00:64:00",
            "ethernet-tag": 10,
            "mac": "AA:BB:CC:DD:EE:01",
            "ip": "10.0.0.5",
            "label": [[6, 100]],
        },
        {"extended-community": [TARGET, {"value": 0x030C000000000008, "string": "encap:VXLAN"}]},
    ),
    (
        f"-a evpn multicast 10.0.0.1 etag 5 rd 65000:1 rt 65000:2 pmsi ingress-repl 100 10.0.0.1 {VIA}",
        "l2vpn evpn",
        {"code": 3, "rd": "65000:1", "ethernet-tag": 5, "ip": "10.0.0.1"},
        {"pmsi": "pmsi:ingressreplication:0:6(100):10.0.0.1"},
    ),
    (
        f"-a evpn esi 10.0.0.1 esi AS 65000 7 rd 65000:1 rt 65000:2 {VIA}",
        "l2vpn evpn",
        {"code": 4, "rd": "65000:1", "esi": "05:00:00:fd:e8:00:00:00:07:00", "ip": "10.0.0.1"},
        {},
    ),
    (
        f"-a evpn prefix 2001:db8:3::/48 gw 2001:db8::1 etag 10 label 100 rd 65000:1 rt 65000:2 {VIA}",
        "l2vpn evpn",
        {"code": 5, "rd": "65000:1", "ip": "2001:db8:3::", "iplen": 48, "gateway": "2001:db8::1", "label": [[6, 100]]},
        {},
    ),
    (
        "-a ipv4-flowspec match destination 10.4.0.0/24 source 10.5.0.0/16 protocol ==tcp ==udp destination-port ==80 "
        ">=1024&<=2000 tcp-flags ==SA fragment is-fragment dscp ==46 packet-length >=64 then rate-limit 1000",
        "ipv4 flow",
        {
            "destination-ipv4": ["10.4.0.0/24"],
            "source-ipv4": ["10.5.0.0/16"],
            "protocol": ["=tcp", "=udp"],
            "destination-port": ["=80", ">=1024&<=2000"],
            "tcp-flags": ["=syn+ack"],
            "packet-length": [">=64"],
            "dscp": ["=46"],
            "fragment": ["is-fragment"],
        },
        {"extended-community": [{"value": 0x80060000447A0000, "string": "rate-limit:1000"}]},
    ),
    (
        "-a ipv6-flowspec match destination 2001:db8:4::/48 protocol ==udp label ==100 then redirect 65000:10",
        "ipv6 flow",
        {"destination-ipv6": ["2001:db8:4::/48/0"], "next-header": ["=udp"], "flow-label": ["=100"]},
        {"extended-community": [{"value": 0x8008FDE80000000A, "string": "redirect:65000:10"}]},
    ),
    (
        "-a ipv4-l3vpn-flowspec rd 65000:1 match destination 10.4.0.0/24 source-port ==53 then discard rt 65000:2",
        "ipv4 flow-vpn",
        {"destination-ipv4": ["10.4.0.0/24"], "source-port": ["=53"], "rd": "65000:1"},
        {"extended-community": [TARGET, {"value": 0x8006000000000000, "string": "rate-limit:0"}]},
    ),
    (
        "-a l2vpn-flowspec rd 65000:1 match source-mac aa:bb:cc:dd:ee:01 llc-dsap ==1 llc-control ==3 cos ==3 "
        "inner-cos ==2 then discard rt 65000:2",
        "l2vpn flow-vpn",
        {
            "source-mac": ["AA:BB:CC:DD:EE:01"],
            "dsap": ["=1"],
            "llc-control": ["=3"],
            "vlan-cos": ["=3"],
            "inner-vlan-cos": ["=2"],
            "rd": "65000:1",
        },
        {},
    ),
    (
        "-a ipv4-mup isd 10.0.0.0/24 rd 65000:1 prefix 2001:db8:1:1::/64 locator-node-length 24 function-length 16 "
        f"behavior ENDM_GTP4E rt 65000:2 {VIA6}",
        "ipv4 mup",
        {"code": 1, "prefix_ip": "10.0.0.0", "prefix_ip_len": 24, "rd": "65000:1"},
        {
            "bgp-prefix-sid": {
                "l3-service": [
                    {
                        "sid": "2001:db8:1:1::",
                        "flags": 0,
                        "endpoint_behavior": 72,
                        "structure": {
                            "locator-block-length": 64,
                            "locator-node-length": 24,
                            "function-length": 16,
                            "argument-length": 0,
                            "transposition-length": 0,
                            "transposition-offset": 0,
                        },
                    }
                ]
            }
        },
    ),
    (
        f"-a ipv4-mup t1st 192.168.0.1/32 rd 65000:1 rt 65000:2 teid 12345 qfi 9 endpoint 10.0.0.1 {VIA}",
        "ipv4 mup",
        {"code": 3, "prefix_ip": "192.168.0.1", "teid": "12345", "qfi": "9", "endpoint_ip": "10.0.0.1"},
        {"extended-community": [TARGET]},
    ),
    (
        f"-a ipv4-mup t2st 10.0.0.1 rd 65000:1 rt 65000:2 teid 12345 mup 10:20 {VIA}",
        "ipv4 mup",
        {"code": 4, "endpoint_ip": "10.0.0.1", "endpoint_len": 64, "teid": "12345"},
        {"extended-community": [TARGET, {"value": 0x0C00000A00000014, "string": "mup:10:20"}]},
    ),
]
"""Routes as GoBGP's client has them, their family, and the least that JSON must say of NLRI and attributes."""


@pytest_twisted.ensureDeferred
async def test_routes_of_gobgp_are_events(begin: Begin) -> None:
    families = list(dict.fromkeys(family for _, family, _, _ in OWN))
    mirror = await begin(families, "parsed")
    for words, family, nlri, attributes in OWN:
        told = len(mirror.helper.updates())
        mirror.peer.tell("global", "rib", "add", *words.split())
        await until(lambda: len(mirror.helper.updates()) > told, f"an event of {words}")  # noqa: B023
        event = mirror.helper.updates()[-1]
        (routes,) = event["announce"][family].values()
        assert nlri.items() <= routes[0].items(), words
        assert attributes.items() <= event["attribute"].items(), words
        mirror.peer.tell("global", "rib", "del", *words.split())
        await until(lambda: mirror.helper.updates()[-1].get("withdraw"), f"a withdrawal of {words}")
        assert list(mirror.helper.updates()[-1]["withdraw"]) == [family]


PATHS = {
    "ipv4 unicast": "10.0.0.0/24",
    "ipv6 unicast": "2001:db8:1::/48",
    "ipv4 nlri-mpls": "10.0.0.0/24 label 100",
    "ipv6 nlri-mpls": "2001:db8:1::/48 label 100",
    "ipv4 mpls-vpn": "10.0.0.0/24 label 100 rd 65000:1",
    "ipv6 mpls-vpn": "2001:db8:1::/48 label 100 rd 65000:1",
}
"""A route of each family that the daemon offers ADD-PATH for."""


@pytest_twisted.ensureDeferred
async def test_several_paths_of_one_route(begin: Begin) -> None:
    mirror = await begin(list(PATHS), "parsed", "capability { add-path send/receive; }", add_path=True)
    for family, words in PATHS.items():
        for number in (1, 2):
            mirror.say(f"announce {family} {words} path-information 0.0.0.{number}{hop(NAMED[family])} med {number}")
    await mirror.accepted()
    counts = {(NAMED[name].afi, NAMED[name].safi): 2 for name in PATHS}
    await until(lambda: mirror.peer.received() == counts, "two paths of each")

    def paths() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for update in mirror.helper.updates():
            for family, hops in update.get("announce", {}).items():
                for routes in hops.values():
                    found.setdefault(family, set()).update(route["path-information"] for route in routes)
        return found

    await until(lambda: {name: len(each) for name, each in paths().items()} == dict.fromkeys(PATHS, 2), "all come back")
    for family, words in PATHS.items():
        mirror.say(f"withdraw {family} {words} path-information 0.0.0.1")
    await until(lambda: mirror.peer.received() == dict.fromkeys(counts, 1), "one path of each")


@pytest_twisted.ensureDeferred
async def test_ipv4_routes_by_way_of_ipv6(begin: Begin) -> None:
    families = ["ipv4 unicast", "ipv4 nlri-mpls", "ipv4 mpls-vpn"]
    inside = "capability { nexthop enable; } nexthop { ipv4 unicast ipv6; ipv4 nlri-mpls ipv6; ipv4 mpls-vpn ipv6; }"
    mirror = await begin(families, "parsed", inside)
    for words in (
        "unicast 10.0.0.0/24",
        "nlri-mpls 10.0.0.0/24 label 100",
        "mpls-vpn 10.0.0.0/24 label 100 rd 65000:1",
    ):
        mirror.say(f"announce ipv4 {words} next-hop {HOPS[2]}")
    await mirror.accepted()

    def hops() -> dict[str, list[str]]:
        return {name: list(each) for update in mirror.helper.updates() for name, each in update["announce"].items()}

    await until(lambda: hops() == dict.fromkeys(families, [HOPS[2]]), "all come back")
