"""The length in front of a flow specification (RFC 8955, 4.1): one octet below 240, two from there on."""

from collections.abc import Callable
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt

SHORT: Final = 240
"""Lengths from here on take two octets, the first four bits set."""

LONGEST: Final = 0xFFF


def head(nlri: bytes) -> int:
    """The octets of length."""
    return 2 if nlri[0] >= SHORT else 1


def framed(body: bytes) -> bytes:
    """The NLRI with such a body; Misspelt when it is too long."""
    size = len(body)
    if size > LONGEST:
        raise Misspelt(f"the rule takes {size} octets", f"at most {LONGEST}")
    return (bytes((size,)) if size < SHORT else (0xF000 | size).to_bytes(2, "big")) + body


def cutter(path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
    """A function that cuts a field into NLRI, each after `path_id` octets; lengths become as short as they can be."""

    def split(data: bytes, at: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        while at < end:
            start = at + path_id
            if start >= end:
                raise Malformed(f"{end - at} octets where a flow begins", 3, 10)
            size = data[start]
            if size < SHORT:
                stop = start + 1 + size
                if stop > end:
                    raise Malformed(f"a flow of {size} octets where {end - start - 1} are left", 3, 10)
                found.append(data[at:stop])
                at = stop
                continue
            body = start + 2
            if body > end:
                raise Malformed(f"{end - at} octets where a flow begins", 3, 10)
            stop = body + ((size & 0x0F) << 8 | data[start + 1])
            if stop > end:
                raise Malformed(f"a flow of {stop - body} octets where {end - body} are left", 3, 10)
            found.append(data[at:start] + framed(data[body:stop]))
            at = stop
        return found

    return split


def whole(nlri: bytes, at: int = -1) -> bytes:
    """The same NLRI if it is one; Misspelt blames the word at `at`."""
    try:
        if cutter(0)(nlri, 0, len(nlri)) == [nlri]:
            return nlri
    except Malformed:
        pass
    raise Misspelt("this is no rule", "one whole rule in hexadecimal, with its length", at)
