"""Lists of AFI, SAFI and a number, the shape of most capability values (RFC 7911, 4; RFC 8277, 2.1; RFC 9494, 3.1)."""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import afi, tree

LONGEST: Final = 255
"""Octets of the value of one capability."""

Tuple = tuple[int, int, int]


def split(value: bytes, at: int, size: int) -> list[Tuple]:
    """The (AFI, SAFI, number) entries of `value[at:]`, each number `size` octets long."""
    width = 3 + size
    end = len(value)
    if (end - at) % width:
        raise Malformed(f"{end - at} octets are no whole number of {width}", 2, 0)
    found: list[Tuple] = []
    while at < end:
        entry = (value[at] << 8 | value[at + 1], value[at + 2], int.from_bytes(value[at + 3 : at + width], "big"))
        found.append(entry)
        at += width
    return found


def join(entries: list[Tuple], size: int) -> bytes:
    """The octets of such entries."""
    return b"".join(
        [
            code.to_bytes(2, "big") + safi.to_bytes(1, "big") + number.to_bytes(size, "big")
            for code, safi, number in entries
        ]
    )


def pieces(octets: bytes, width: int) -> list[bytes]:
    """Octets of whole entries cut into values that a capability can hold, one at least."""
    step = LONGEST // width * width
    return [octets[at : at + step] for at in range(0, len(octets) or 1, step)]


def first(entries: list[Tuple]) -> list[Tuple]:
    """The entries without those of a family that was there before."""
    seen: set[int] = set()
    found: list[Tuple] = []
    for entry in entries:
        index = entry[0] << 8 | entry[1]
        if index not in seen:
            seen.add(index)
            found.append(entry)
    return found


def json(name: str, entries: list[Tuple]) -> str:
    """`{ "name": "paths-limit", "ipv4/unicast": 10 }`."""
    return members(name, [f'"{afi.slashed(code, safi)}": {number}' for code, safi, number in first(entries)])


def codes(name: object) -> tuple[int, int]:
    """AFI and SAFI of `ipv4/unicast`; Misspelt for anything else."""
    code, _, safi = tree.string(name).partition("/")
    found = afi.afi_code(code), afi.safi_code(safi)
    if min(found) < 0:
        raise Misspelt(f"'{name}' is no family", "an AFI and a SAFI, like ipv4/unicast")
    return found


def families(given: object) -> list[tuple[int, int, object]]:
    """AFI, SAFI and what stands there of each member of an object but its name."""
    return [(*codes(name), value) for name, value in tree.members(given).items() if name != "name"]


def restore(given: object, maximum: int) -> list[Tuple]:
    """The entries that `json` shows; Misspelt when one is no number up to `maximum`."""
    return [(code, safi, tree.integer(value, maximum)) for code, safi, value in families(given)]


def members(name: str, parts: list[str]) -> str:
    """A JSON object whose first member is the name."""
    return "{ " + ", ".join([f'"name": "{name}"', *parts]) + " }"
