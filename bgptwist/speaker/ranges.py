"""Whose connection it is that comes, and the ranges of neighbors: every address of one gets a peer of its own.

The range itself is a Peer, too.  It never talks: it stands for whoever may come, so its routes are those of all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import Final, NamedTuple

from bgptwist.session.timers import Call, Clock
from bgptwist.settings.model import NeighborSettings
from bgptwist.speaker.peer import Input, Peer
from bgptwist.wire.framing import NOTIFICATION, OPEN, message
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.spell import address, address_octets

QUIET: Final = 60.0
"""Seconds between two lines in the log about refused connections."""

LATEST: Final = 3600.0
"""Seconds after which peers without a session are looked at in any case."""


class Refusal(NamedTuple):
    """A connection is not wanted: the line for the log, if there is something new to say, and the last words."""

    reason: str
    octets: bytes = b""


class Range:
    """One range: its own peer and the peers that came, by address."""

    def __init__(
        self,
        peer: Peer,
        clock: Clock,
        make: Callable[[NeighborSettings, Peer], Peer],
        drop: Callable[[Peer], object],
    ) -> None:
        """`make` gives a started peer with these settings from that range, `drop` forgets one without a session."""
        self.peer = peer
        self.peers: dict[str, Peer] = {}
        peer.came = self.peers
        self._clock = clock
        self._make = make
        self._drop = drop
        self._doors: dict[str, tuple[str, int]] = {}
        self._idle: dict[str, float] = {}
        """Since when peers are without a session, those for the longest time first; some have one by now."""
        self._call: Call | None = None
        self._quiet_until = 0.0

    @property
    def members(self) -> int:
        """The bits of the peers that came."""
        found = 0
        for peer in self.peers.values():
            found |= peer.member
        return found

    def admit(self, local: str, port: int, remote: str) -> Peer | Refusal:
        """The peer of an address that connects to ours; made for it if there is room."""
        name = address(address_octets(remote.partition("%")[0]))
        found = self.peers.get(name)
        if not self.peer.takes:
            return Refusal(f"{name}: no connection is wanted now")
        if found is None:
            if len(self.peers) >= self.peer.settings.range_limit and not self._make_room():
                return self._refuse(local, name)
            found = self.peers[name] = self._make(one_of(self.peer.settings, name), self.peer)
            self._rest(name)
        self.peer.attempts += 1
        self._doors[name] = (local, port)
        return found

    def _make_room(self) -> bool:
        """Forget the peer that has been without a session for the longest time, unless it must be remembered."""
        for name in self._idle:
            peer = self.peers[name]
            if peer.session is None and not peer.barred:
                self._forget(name)
                return True
        return False

    def _refuse(self, local: str, name: str) -> Refusal:
        """No room: an OPEN, because a NOTIFICATION may not come before it, and Cease 6/5."""
        self.peer.refused += 1
        now = self._clock.seconds()
        reason = ""
        if now >= self._quiet_until:
            self._quiet_until = now + QUIET
            reason = f"{name}: refused, range-limit {self.peer.settings.range_limit} is reached"
        offer = self.peer.local(local)
        if offer.local_as is None:
            return Refusal(reason)
        return Refusal(
            reason, message(OPEN, offer.open().octets()) + message(NOTIFICATION, Notification(6, 5).octets())
        )

    def ended(self, peer: Peer) -> None:
        """A peer has no session any more: it is remembered for a while."""
        self._rest(peer.settings.peer_address)
        if not self.peer.takes and all(each.session is None for each in self.peers.values()):
            self.peer.feed(Input.EXHAUSTED)

    def _rest(self, name: str) -> None:
        self._idle.pop(name, None)
        self._idle[name] = self._clock.seconds()
        if self._call is None:
            self._call = self._clock.callLater(self.peer.settings.range_idle, self._sweep)

    def _sweep(self) -> None:
        """Forget the peers that were without a session for long enough."""
        self._call = None
        now = self._clock.seconds()
        earliest = inf
        for name, since in list(self._idle.items()):
            peer = self.peers[name]
            due = max(since + self.peer.settings.range_idle, peer.barred_until)
            if peer.session is not None:
                del self._idle[name]
            elif due <= now:
                self._forget(name)
            else:
                earliest = min(earliest, due, now + LATEST)
        if self._idle:
            # A second is waited in any case, so that many are forgotten together.
            self._call = self._clock.callLater(max(1.0, earliest - now), self._sweep)

    def _forget(self, name: str) -> None:
        peer = self.peers.pop(name)
        del self._doors[name]
        self._idle.pop(name, None)
        self._drop(peer)

    def adjust(self) -> None:
        """The range has other settings that need no new session: so have its peers."""
        for name, peer in list(self.peers.items()):
            peer.adjust(one_of(self.peer.settings, name))
        if self._call is not None:
            self._call.cancel()
            self._call = self._clock.callLater(0, self._sweep)

    def disperse(self, whom: Callable[[Peer, str, int], bool] = lambda peer, local, port: True) -> None:
        """End the sessions of some peers, or of all, with 6/3 and forget them; asked by the address they called."""
        for name, peer in list(self.peers.items()):
            if whom(peer, *self._doors.get(name, ("", 0))):
                peer.stop(6, 3)
                self._forget(name)

    def halt(self) -> None:
        """Forget nobody any more by ourselves."""
        if self._call is not None:
            self._call.cancel()
            self._call = None


class Directory:
    """The neighbors of the configuration by address and by range."""

    def __init__(self, peers: Iterable[Peer]) -> None:
        self._exact: dict[str, list[Peer]] = {}
        self._ranges: dict[tuple[int, int], dict[int, list[Peer]]] = {}
        for peer in peers:
            settings = peer.settings
            if settings.prefix_length is None:
                self._exact.setdefault(settings.peer_address, []).append(peer)
            else:
                octets = address_octets(settings.peer_address)
                table = self._ranges.setdefault((len(octets), settings.prefix_length), {})
                table.setdefault(front(octets, settings.prefix_length), []).append(peer)

    def find(self, local: str, port: int, remote: str) -> Peer | None:
        """The neighbor that a connection from `remote` to our address and port belongs to."""
        return find(self._candidates(remote), local, port, remote)

    def _candidates(self, remote: str) -> Iterator[Peer]:
        name = remote.partition("%")[0]
        yield from self._exact.get(name, ())
        octets = address_octets(name)
        for (size, length), table in self._ranges.items():
            if size == len(octets):
                yield from table.get(front(octets, length), ())


def front(octets: bytes, length: int) -> int:
    """The first bits of an address as a number."""
    return int.from_bytes(octets, "big") >> len(octets) * 8 - length


def one_of(settings: NeighborSettings, name: str) -> NeighborSettings:
    """The settings of one address of a range."""
    return replace(settings, peer_address=name, prefix_length=None)


def find(peers: Iterable[Peer], local: str, port: int, remote: str) -> Peer | None:
    """The peer that a connection belongs to.

    Its own address counts more than a range, a narrow range more than a wide one; then a port of its own counts more
    than the common one, and a configured local address more than none.  Among equals the first without a session is
    taken.
    """
    best: Peer | None = None
    best_rank = (-1, False, False, False)
    for peer in peers:
        settings = peer.settings
        ours = settings.md5_ip or settings.local_address
        if settings.listen not in (0, port) or (ours and ours != local):
            continue
        length = covers(settings, remote)
        rank = (length, settings.listen == port, bool(ours), peer.session is None)
        if length >= 0 and rank > best_rank:
            best, best_rank = peer, rank
    return best


def covers(settings: NeighborSettings, remote: str) -> int:
    """How many bits of the address the neighbor has in common with it: 128 for itself, -1 for another's."""
    if settings.prefix_length is None:
        return 128 if settings.peer_address == remote.partition("%")[0] else -1
    ours, theirs = address_octets(settings.peer_address), address_octets(remote.partition("%")[0])
    length = settings.prefix_length
    return length if len(ours) == len(theirs) and front(ours, length) == front(theirs, length) else -1
