"""What is said in OPERATIONAL messages, and what of it is said again (draft-ietf-idr-operational-message, 3.2)."""

from typing import Protocol

from bgptwist.settings.model import NeighborSettings
from bgptwist.wire.messages.operational import ASM, QUERIES, Operational


class Listener(Protocol):
    """A session that OPERATIONAL messages can be sent in."""

    def advise(self, message: Operational, sequence: int) -> bool:
        """Send a message; False when that was not agreed."""


class Advice:
    """The OPERATIONAL messages of one peer: an ASM stands until the next one of its family."""

    def __init__(self) -> None:
        self._standing: dict[tuple[int, int], Operational] = {}
        self._sequence = 0

    def copied(self) -> "Advice":
        """The same for another peer, which numbers its queries itself."""
        found = Advice()
        found._standing.update(self._standing)
        return found

    def begin(self, settings: NeighborSettings, listener: Listener) -> None:
        """A session is up: say what stands, and what the configuration wants said."""
        configured = [each for each in settings.operational if each.kind != ASM]
        standing = {(each.afi, each.safi): each for each in settings.operational if each.kind == ASM}
        for message in [*(standing | self._standing).values(), *configured]:
            self._say(message, listener)

    def send(self, message: Operational, settings: NeighborSettings, listener: Listener | None) -> bool:
        """Say something new; False when neither the session, if there is one, nor a later one can hear it."""
        said = listener is not None and self._say(message, listener)
        if message.kind != ASM or not settings.capability.operational:
            return said
        self._standing[message.afi, message.safi] = message
        return said or listener is None

    def _say(self, message: Operational, listener: Listener) -> bool:
        """Send a message; a query without a sequence number gets the next."""
        if message.kind in QUERIES and message.sequence is None:
            self._sequence += 1
        return listener.advise(message, self._sequence)
