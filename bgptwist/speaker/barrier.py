"""Waits until the TCP of some peers took everything that was announced before (the command `sync`)."""

from collections.abc import Callable, Iterable
from typing import Final

from bgptwist.session.timers import Clock
from bgptwist.speaker.exchange import Exchange
from bgptwist.speaker.peer import Peer

SOON: Final = 0.001
LATE: Final = 0.05
"""Seconds from one look to the next: they double from the first to the second."""


class Barrier:
    """Looks again and again until nothing is left; sessions that are not established are not waited for.

    `ready(lost)` is called once, never within the constructor, with the addresses of peers whose session ended first.
    """

    def __init__(self, clock: Clock, peers: Iterable[Peer], ready: Callable[[list[str]], object]) -> None:
        self._clock = clock
        self._ready = ready
        self._lost: list[str] = []
        self._delay = SOON
        self._left: dict[Peer, tuple[Exchange, int | None]] = {
            peer: (peer.exchange, None) for peer in peers if peer.exchange is not None
        }
        clock.callLater(0, self._look)

    def _look(self) -> None:
        """Cross off who has everything; the octets to wait for are known when the last message was written."""
        for peer, (exchange, mark) in list(self._left.items()):
            driver = exchange.session.driver
            if peer.exchange is not exchange:
                del self._left[peer]
                self._lost.append(peer.settings.peer_address)
                continue
            if mark is None and exchange.is_idle:
                mark = driver.given
                self._left[peer] = (exchange, mark)
            if mark is not None and driver.taken >= mark:
                del self._left[peer]
        if not self._left:
            self._ready(self._lost)
            return
        self._clock.callLater(self._delay, self._look)
        self._delay = min(2 * self._delay, LATE)
