"""Back-pressure: while a helper does not read, the peers whose messages it gets are not read either, for a while."""

from collections.abc import Callable, Iterable
from typing import Any

from twisted.logger import Logger

from bgptwist.settings.model import NeighborSettings
from bgptwist.speaker.peer import Peer


def listens(helper: str, settings: NeighborSettings) -> bool:
    """Whether a helper is told what that neighbor sends."""
    return any(helper in section.processes and section.receive.types for section in settings.api)


class Pressure:
    """Pauses peers for helpers that are behind; after `patience` seconds a helper is on its own and loses events.

    A peer that is not read is slowed down by TCP; its hold timer waits meanwhile and it still hears from us.
    """

    log = Logger()

    def __init__(self, clock: Any, peers: Callable[[], Iterable[Peer]], patience: float) -> None:
        self._clock = clock
        self._peers = peers
        self._patience = patience
        self._holding: dict[str, Any] = {}
        self._paused: dict[Peer, set[str]] = {}

    def behind(self, helper: str, flag: bool) -> None:
        """A helper stopped to read, or has read everything."""
        if not flag:
            self._release(helper)
        elif helper not in self._holding:
            peers = [peer for peer in self._peers() if listens(helper, peer.settings)]
            if peers:
                self._holding[helper] = self._clock.callLater(self._patience, self._give_up, helper)
            for peer in peers:
                holders = self._paused.setdefault(peer, set())
                holders.add(helper)
                if len(holders) == 1:
                    peer.pause_reading()

    def came(self, peer: Peer) -> None:
        """A peer came from a range: it is held back like the others."""
        holders = {helper for helper in self._holding if listens(helper, peer.settings)}
        if holders:
            self._paused[peer] = holders
            peer.pause_reading()

    def _give_up(self, helper: str) -> None:
        self.log.warn(
            "helper {helper} has not read for {seconds:.0f} seconds: its neighbors go on without it",
            helper=helper,
            seconds=self._patience,
        )
        self._release(helper)

    def _release(self, helper: str) -> None:
        call = self._holding.pop(helper, None)
        if call is None:
            return
        if call.active():
            call.cancel()
        for peer, holders in list(self._paused.items()):
            holders.discard(helper)
            if not holders:
                del self._paused[peer]
                peer.resume_reading()
