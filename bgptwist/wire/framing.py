"""A byte stream cut into messages (RFC 4271, 4.1 and 6.1; RFC 8654, 4)."""

from typing import Final

from bgptwist.wire.errors import Malformed

MARKER: Final = b"\xff" * 16

OPEN: Final = 1
UPDATE: Final = 2
NOTIFICATION: Final = 3
KEEPALIVE: Final = 4
ROUTE_REFRESH: Final = 5
OPERATIONAL: Final = 6
"""Or CAPABILITY, by what was negotiated."""
OLD_ROUTE_REFRESH: Final = 128

HEADER: Final = 19
"""Octets of marker, length and type."""

SHORTEST: Final = {OPEN: 29, UPDATE: 23, NOTIFICATION: 21, ROUTE_REFRESH: 23, OLD_ROUTE_REFRESH: 23}
LONGEST: Final = {OPEN: 4096, KEEPALIVE: HEADER}
"""Lengths of whole messages; extended messages make no exception of these two."""

NORMAL: Final = 4096
EXTENDED: Final = 65535

MINIMA: Final = [SHORTEST.get(kind, HEADER) for kind in range(256)]
MAXIMA: Final = [LONGEST.get(kind, EXTENDED) for kind in range(256)]


def message(kind: int, body: bytes) -> bytes:
    """A whole message."""
    return MARKER + (HEADER + len(body)).to_bytes(2, "big") + kind.to_bytes(1, "big") + body


KEEPALIVE_MESSAGE: Final = message(KEEPALIVE, b"")


class Framer:
    """Cuts what arrives into messages; `limit` is the longest one, raised once extended messages are agreed.

    After an error of the header `fault` says what is wrong, and nothing more comes out: there is no way to find the
    next message.  Unknown types are given out like the others.
    """

    def __init__(self, limit: int = NORMAL) -> None:
        self.limit = limit
        self.fault: Malformed | None = None
        self.chunks: list[bytes] = []
        self.held = 0
        """Octets in the chunks."""
        self.wanted = HEADER
        """Octets without which there is nothing to do."""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The type and body of the messages that are complete now."""
        if self.fault is not None:
            return []
        if self.held:
            # Joined once for each message, however small the pieces are that it comes in.
            self.chunks.append(data)
            self.held += len(data)
            if self.held < self.wanted:
                return []
            data = b"".join(self.chunks)
            self.chunks.clear()
            self.held = 0
        found: list[tuple[int, bytes]] = []
        at = self.cut(data, found)
        if at < len(data):
            self.chunks.append(data[at:])
            self.held = len(data) - at
        return found

    def cut(self, data: bytes, found: list[tuple[int, bytes]]) -> int:
        """Add the messages of `data` to `found`; where the first incomplete one begins, the end after a fault."""
        limit = self.limit
        at = 0
        end = len(data)
        while at + HEADER <= end:
            length = data[at + 16] << 8 | data[at + 17]
            kind = data[at + 18]
            if length < MINIMA[kind] or length > limit or length > MAXIMA[kind] or data[at : at + 16] != MARKER:
                self.fault = refusal(data[at : at + HEADER])
                return end
            stop = at + length
            if stop > end:
                self.wanted = length
                return at
            found.append((kind, data[at + HEADER : stop]))
            at = stop
        self.wanted = HEADER
        return at


def refusal(header: bytes) -> Malformed:
    """What to answer to a header that is wrong."""
    if header[:16] != MARKER:
        return Malformed("the marker is not all ones", 1, 1)
    length = header[16] << 8 | header[17]
    return Malformed(f"a message of type {header[18]} with {length} octets", 1, 2, header[16:18])
