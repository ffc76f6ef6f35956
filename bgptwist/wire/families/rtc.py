"""Route target constraint: which route targets somebody wants, as prefixes of origin AS and target (RFC 4684, 4)."""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values import extended_community
from bgptwist.wire.values.prefix import cutter, masked
from bgptwist.wire.values.tree import integer, members, raw_octets, string
from bgptwist.wire.words import Words, number

ORIGIN: Final = 32
"""Bits of the origin AS, the least that any but the default route has."""

WHOLE: Final = 96

FORMS: Final = (0, 1, 2)
ROUTE_TARGET: Final = 2
"""The first octets of extended communities that are route targets, and the second (RFC 4360, 4; RFC 5668)."""

EXPECTED: Final = "'default', or origin-as and a number"
TARGET: Final = "a route target like target:65000:1, or 0x... with the bits that count, 0x0002/16"


def check(nlri: bytes) -> None:
    """Malformed when the AS is not whole (RFC 4684, 4)."""
    if 0 < nlri[0] < ORIGIN:
        raise Malformed(f"an origin AS of {nlri[0]} bits", 3, 10)


def target(nlri: bytes) -> str:
    """The route target as far as it goes."""
    octets = nlri[5:]
    if nlri[0] == WHOLE and octets[0] in FORMS and octets[1] == ROUTE_TARGET:
        return extended_community.words(octets)
    return spell.hexadecimal(octets)


def words(nlri: bytes) -> str:
    """`default`, `origin-as 65000 route-target target:65000:1`, `origin-as 65000 route-target 0x0002FD/23`."""
    bits = nlri[0]
    if bits == 0:
        return "default"
    if bits < ORIGIN:
        return f"raw {spell.hexadecimal(nlri)}"
    text = f"origin-as {int.from_bytes(nlri[1:5], 'big')}"
    if bits == ORIGIN:
        return text
    return f"{text} route-target {target(nlri)}{'' if bits == WHOLE else f'/{bits - ORIGIN}'}"


def json(nlri: bytes) -> str:
    """`{ "origin": 65000, "route-target": "target:65000:1" }`; a shorter one has its `length` in bits.

    The default has neither length nor target: 0 and null.
    """
    bits = nlri[0]
    if 0 < bits < ORIGIN:
        return dumps({"parsed": False, "raw": nlri.hex().upper()})
    wanted = f'"{target(nlri)}"' if bits > ORIGIN else "null"
    length = f', "length": {bits}' if bits not in (0, WHOLE) else ""
    return f'{{ "origin": {int.from_bytes(nlri[1:5], "big")}, "route-target": {wanted}{length} }}'


def made(bits: int, origin: int, octets: bytes) -> bytes:
    """The NLRI of so many bits; Misspelt when the target has others."""
    nlri = bytes((bits,)) + origin.to_bytes(4, "big") + octets
    if len(octets) != (bits - ORIGIN + 7) // 8 or masked(nlri) != nlri:
        raise Misspelt(f"the route target has not {bits - ORIGIN} bits", TARGET)
    return nlri


def read(words: Words) -> bytes:
    """The NLRI of words; `route-target` itself may be left out."""
    if words.accept("default"):
        return b"\0"
    if words.next(EXPECTED) != "origin-as":
        raise words.wrong(EXPECTED)
    origin = words.integer(0xFFFFFFFF)
    if words.accept("route-target"):
        return read_target(origin, words)
    following = words.peek()
    if following[:2] in ("0x", "0X") or ":" in following:
        return read_target(origin, words)
    return made(ORIGIN, origin, b"")


def read_target(origin: int, words: Words) -> bytes:
    """The NLRI with the route target that comes next: whole, or as far as its length says."""
    if "/" not in words.peek():
        return made(WHOLE, origin, extended_community.read_one(words))
    text, _, length = words.next(TARGET).partition("/")
    bits = number(length)
    if not 0 < bits < WHOLE - ORIGIN:
        raise words.wrong("a length from 1 to 63 bits")
    try:
        return made(ORIGIN + bits, origin, raw_octets(text))
    except Misspelt as error:
        raise words.wrong(TARGET, error.reason) from None


def restore(tree: object) -> str:
    """The words of what JSON shows."""
    given = members(tree)
    wanted = given.get("route-target")
    origin = integer(given.get("origin"), 0xFFFFFFFF)
    bits = integer(given.get("length", (WHOLE if wanted is not None else ORIGIN if origin else 0)), WHOLE)
    if bits < ORIGIN or wanted is None:
        if wanted is not None or bits not in (0, ORIGIN) or (origin and not bits):
            raise Misspelt(f"a length of {bits} does not fit", "a route target, or a length of 0 or 32")
        return words(made(ORIGIN, origin, b"")) if bits else "default"
    text = string(wanted)
    octets = raw_octets(text) if bits < WHOLE else extended_community.parse(text)
    return words(made(bits, origin, octets))


def family(afi: int, name: str) -> Family:
    """The family of route target memberships."""
    split: Callable[[bytes, int, int], list[bytes]] = cutter(WHOLE, 0)
    found = Family(
        afi,
        132,
        name,
        (4, 16),
        split,
        read,
        words,
        json,
        rfc="RFC 4684",
        restore=restore,
        check=check,
        help="Which route targets a router wants to hear of; `default` wants all.",
    )
    return add_path(found, cutter(WHOLE, 4))


IPV4: Final = family(1, "ipv4 rtc")
