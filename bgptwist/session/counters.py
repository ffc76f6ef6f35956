"""How many messages of each type a session sent and received."""

from typing import Final

from bgptwist.wire.framing import OLD_ROUTE_REFRESH, ROUTE_REFRESH

NAMES: Final = ("unknown", "open", "update", "notification", "keepalive", "refresh", "operational")
"""By message type number (RFC 4271, 4.1; RFC 2918; type 6 is OPERATIONAL); `unknown` is every other number."""

ORDER: Final = ("open", "notification", "keepalive", "update", "refresh", "operational", "unknown")
"""The order in which `show neighbor` prints them."""


def slot(kind: int) -> int:
    """The place of a message type among NAMES: the old number of ROUTE-REFRESH is one of it."""
    if kind < len(NAMES):
        return kind
    return ROUTE_REFRESH if kind == OLD_ROUTE_REFRESH else 0


class Counters:
    """Messages by type number in both directions; the lists are public because the hot path adds to them.

    `flaps` counts the times an established session was lost; `last_error` says in words why the last one ended.
    """

    __slots__ = ("flaps", "last_error", "received", "sent")

    def __init__(self) -> None:
        self.sent = [0] * len(NAMES)
        self.received = [0] * len(NAMES)
        self.flaps = 0
        self.last_error = ""

    def count_sent(self, kind: int, messages: int = 1) -> None:
        """Count messages of type `kind` that left."""
        self.sent[slot(kind)] += messages

    def count_received(self, kind: int) -> None:
        """Count one message of type `kind` that came."""
        self.received[slot(kind)] += 1

    def add(self, other: "Counters") -> None:
        """Add the messages of a session that ended."""
        self.sent = [mine + theirs for mine, theirs in zip(self.sent, other.sent, strict=True)]
        self.received = [mine + theirs for mine, theirs in zip(self.received, other.received, strict=True)]


def named(counts: list[int]) -> dict[str, int]:
    """The counts of one direction by name in the order of `show neighbor`, `total` last."""
    table = {name: counts[NAMES.index(name)] for name in ORDER}
    return table | {"total": sum(counts)}
