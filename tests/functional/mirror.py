"""A peer that reflects routes (RFC 4456) between two sessions of the daemon, as a mirror of what the daemon announces.

What the daemon says on the first session comes back on the second as octets, taken apart and put together again by
the peer.  The examples come from the golden corpus.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

sys.path.append(str(Path(__file__).resolve().parents[2]))  # for the corpus; the daemon's package is the installed one

from bgptwist.wire.kinds import Family
from bgptwist.wire.registry import ATTRIBUTES, FAMILIES
from daemon import until
from helper import Helper
from tests.wire.examples import Example, examples

ASN = 65500
"""Of both sides."""

OURS = ("127.0.0.1", "127.0.0.2")
"""The daemon's end of the two sessions."""

THEIRS = ("127.0.0.1", "127.0.0.9")
"""The peer's end."""

CLUSTER = "10.0.0.9"

NAMED = {family.name: family for family in FAMILIES}
INDEXED = {family.index: family for family in FAMILIES}
HOPS = {1: "10.0.0.7", 2: "2001:db8::7"}

NODE = bytes.fromhex("0001001F02000000000000000001000012020000040000FDE902030006192168252240")
"""A node of IS-IS, for attributes of BGP-LS; its instance identifier stands from the fifth octet on."""

LINK_STATE = 29
MP_REACH = 14
MP_UNREACH = 15
NOT_ROUTED = (3, 17, 18)
"""The codes that are no attribute of a route: NEXT_HOP, and what stands for AS numbers of four octets."""

Reasons = Mapping[str, Mapping[str, str]]
"""By family or attribute, a pattern found in the words -> why the peer does not get them right."""

Attributes = dict[int, bytes]
Key = tuple[int, bytes]


class Reflector(Protocol):
    """What is asked of the peer."""

    port: int

    def received(self) -> Mapping[tuple[int, int], int]:
        """How many routes the daemon announced on the first session, by AFI and SAFI."""
        ...

    def is_up(self) -> bool:
        """Whether both sessions are up."""
        ...


def neighbors(peer: Reflector, families: Iterable[str], receive: str, inside: str = "") -> str:
    """Two neighbors: the first is told routes, what comes from the second is told to the helper."""
    text = ""
    for number, (ours, theirs) in enumerate(zip(OURS, THEIRS, strict=True)):
        wanted = f"receive {{ {receive}; update; }}" if number else ""
        text += f"""
neighbor {theirs} {{
    router-id 10.0.0.{number + 1};
    local-address {ours};
    local-as {ASN};
    peer-as {ASN};
    hold-time 30;
    connect {peer.port};
    family {{ {"; ".join(families)}; }}
    {inside}
    api {{ processes [ h ]; neighbor-changes; {wanted} }}
}}
"""
    return text


def cut(body: bytes) -> tuple[bytes, Attributes, bytes]:
    """Withdrawn routes, attributes and NLRI of an UPDATE."""
    size = int.from_bytes(body[:2], "big")
    withdrawn, at = body[2 : 2 + size], 4 + size
    end = at + int.from_bytes(body[at - 2 : at], "big")
    attributes: Attributes = {}
    while at < end:
        begin = at + (4 if body[at] & 0x10 else 3)
        size = int.from_bytes(body[at + 2 : begin], "big")
        attributes[body[at + 1]] = body[begin : begin + size]
        at = begin + size
    return withdrawn, attributes, body[end:]


def key_of(family: Family, nlri: bytes) -> Key:
    """What tells a route from others."""
    return family.index, family.key(nlri) if family.key else nlri


def keyed(header: bytes, field: bytes) -> Iterator[tuple[Key, bytes]]:
    """The NLRI of a field, each after its key."""
    family = INDEXED[int.from_bytes(header, "big")]
    for nlri in family.split(field, 0, len(field)):
        yield key_of(family, nlri), nlri


def limited(reasons: Reasons, name: str, words: str) -> bool:
    """Whether the peer is known for not getting these words right."""
    return any(re.search(pattern, words) for pattern in reasons.get(name, {}))


def rounds(family: Family, reasons: Reasons) -> list[list[Example]]:
    """The examples of a family that the peer gets right, in rounds without two of the same key."""
    found: list[dict[Key, Example]] = []
    for example in examples(family):
        if limited(reasons, family.name, example[1]):
            continue
        key = key_of(family, example[0])
        for known in found:
            if key not in known:
                known[key] = example
                break
        else:
            found.append({key: example})
    return [list(known.values()) for known in found]


def hop(family: Family) -> str:
    """The next hop of the family's routes in words."""
    if 0 in family.next_hop_sizes:
        return ""
    return f" next-hop {HOPS[2 if family.afi == 2 else 1]}"


class Mirror:
    """The daemon's helper: what it announces on the first session, and what has come back on the second.

    `routes` are the NLRI, the size of the next hop and the attributes, by key.
    """

    def __init__(self, folder: Path, peer: Reflector) -> None:
        self.peer = peer
        self.helper = Helper(folder)
        self.said = 0
        self.seen = 0
        self.routes: dict[Key, tuple[bytes, int, Attributes]] = {}

    def say(self, line: str) -> None:
        self.helper.say(f"neighbor {THEIRS[0]} {line}")
        self.said += 1

    async def accepted(self) -> None:
        """Wait for the answers, which must be good."""
        await until(lambda: len(self.helper.answers()) == self.said, "answers to all commands")
        assert set(self.helper.answers()) <= {"done"}, [line for line in self.helper.lines() if '"error"' in line]

    def look(self) -> dict[Key, bytes]:
        """The NLRI of the routes that are announced now."""
        packets = self.helper.packets()
        for body in packets[self.seen :]:
            withdrawn, attributes, nlri = cut(body)
            unreach = attributes.get(MP_UNREACH, b"\0\1\1" + withdrawn)
            for key, _ in keyed(unreach[:3], unreach[3:]):
                self.routes.pop(key, None)
            reach = attributes.pop(MP_REACH, b"\0\1\1\4" + bytes(5) + nlri)
            size = reach[3]
            for key, each in keyed(reach[:3], reach[5 + size :]):
                self.routes[key] = each, size, attributes
        self.seen = len(packets)
        return {key: route[0] for key, route in self.routes.items()}

    async def shows(self, wanted: dict[Key, bytes]) -> None:
        """Wait until exactly these NLRI have come back; a failure says which did not."""
        try:
            await until(lambda: self.look() == wanted, "", within=10)
        except AssertionError:
            found = self.look()
            missing = [nlri.hex() for key, nlri in wanted.items() if key not in found]
            wrong = [
                f"{nlri.hex()} is {found[key].hex()}" for key, nlri in wanted.items() if found.get(key, nlri) != nlri
            ]
            surplus = [nlri.hex() for key, nlri in found.items() if key not in wanted]
            raise AssertionError(f"missing {missing}, changed {wrong}, not asked for {surplus}") from None

    async def reflects(self, listed: list[tuple[Family, Example]]) -> None:
        """Announce routes, see them come back, withdraw them, see that they are gone."""
        wanted = {key_of(family, octets): octets for family, (octets, _, _) in listed}
        counts: dict[tuple[int, int], int] = {}
        for family, (_, words, _) in listed:
            self.say(f"announce {family.name} {words}{hop(family)}")
            counts[family.afi, family.safi] = counts.get((family.afi, family.safi), 0) + 1
        await self.accepted()
        await self.shows(wanted)
        received = self.peer.received()
        assert {index: received[index] for index in counts} == counts
        for (index, _), (nlri, size, _) in self.routes.items():
            assert size in INDEXED[index].next_hop_sizes, nlri.hex()
        for family, (_, words, _) in listed:
            self.say(f"withdraw {family.name} {words}")
        await self.accepted()
        await self.shows({})

    async def reflects_families(self, names: Iterable[str], reasons: Reasons) -> None:
        """All examples of families, in as many rounds as their keys ask for."""
        found = {NAMED[name]: rounds(NAMED[name], reasons) for name in names}
        for number in range(max(map(len, found.values()))):
            turns = [(family, each[number]) for family, each in found.items() if number < len(each)]
            await self.reflects([(family, example) for family, turn in turns for example in turn])

    async def reflects_attributes(self, reasons: Reasons) -> list[tuple[str, str, bytes, bytes | None]]:
        """All examples of attributes, each on a route of its own: keyword, words, octets, octets that came back."""
        wanted: dict[Key, tuple[str, str, int, bytes]] = {}
        unicast, link_state = NAMED["ipv4 unicast"], NAMED["bgp-ls bgp-ls"]
        for kind in ATTRIBUTES:
            for octets, words, _ in examples(kind):
                if kind.code in NOT_ROUTED or limited(reasons, kind.word, words):
                    continue
                number = len(wanted)
                family, nlri = unicast, bytes((24, 10, number >> 8, number & 255))
                if kind.code == LINK_STATE:
                    family, nlri = link_state, NODE[:5] + number.to_bytes(8, "big") + NODE[13:]
                self.say(f"announce {family.name} {family.words(nlri)} next-hop {HOPS[1]} {kind.word} {words}")
                wanted[family.index, nlri] = kind.word, words, kind.code, octets
        await self.accepted()
        await self.shows({key: key[1] for key in wanted})
        return [
            (word, words, octets, self.routes[key][2].get(code)) for key, (word, words, code, octets) in wanted.items()
        ]
