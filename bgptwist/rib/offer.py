"""What a key of the Adj-RIB-Out holds: what is told to whom."""

from bgptwist.rib.transfer import bits
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route


class Offer:
    """A path and next hop, and the members they are told to; shared by all prefixes it fits.

    `nlri` is set where an NLRI is not its own key, and then the offer is one prefix's own.
    """

    __slots__ = ("members", "next_hop", "nlri", "path")

    def __init__(self, path: Path, next_hop: bytes, members: int, nlri: bytes | None) -> None:
        self.path = path
        self.next_hop = next_hop
        self.members = members
        self.nlri = nlri

    def says(self, other: "Offer") -> bool:
        """Whether a peer hears the same of both."""
        return self.next_hop == other.next_hop and self.path == other.path and self.nlri == other.nlri


Entry = Offer | dict[int, Offer]
"""What a key holds: one offer for all members that have any, or the offer of each member by its bit."""


def shares(entry: Entry | None, members: int) -> list[tuple[Offer, int]]:
    """What `members` are told of an entry: each offer with those of them that it is for."""
    if entry is None:
        return []
    if isinstance(entry, Offer):
        mask = entry.members & members
        return [(entry, mask)] if mask else []
    found: dict[Offer, int] = {}
    for bit in bits(members) if members.bit_count() <= len(entry) else list(entry):
        if bit & members and bit in entry:
            offer = entry[bit]
            found[offer] = found.get(offer, 0) | bit
    return list(found.items())


def holders(entry: Entry | None, route: Route, members: int) -> int:
    """Which of some members are told this very route, and not another one with its key."""
    found = 0
    for offer, mask in shares(entry, members):
        if offer.next_hop == route.next_hop and offer.path == route.path and offer.nlri in (None, route.nlri):
            found |= mask
    return found


def remainder(entry: Entry, members: int, others: int) -> bool:
    """Take members out of an entry, where it is; whether it is still for anybody.  `others` is everybody else."""
    if isinstance(entry, Offer):
        if entry.members & members:
            entry.members &= others
        return entry.members != 0
    for bit in [bit for bit in entry if bit & members]:
        del entry[bit]
    return bool(entry)


def share(entry: Entry | None, member: int) -> Offer | None:
    """What one member is told of an entry."""
    if isinstance(entry, Offer):
        return entry if entry.members & member else None
    return None if entry is None else entry.get(member)
