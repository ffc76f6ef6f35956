"""An established session as the Adj-RIB-Out sees it."""

from bgptwist.interfaces import IUpdateWriter
from bgptwist.rib.quota import Quota
from bgptwist.rib.transfer import Transfer
from bgptwist.wire.kinds import Family, SendContext
from bgptwist.wire.messages import update
from bgptwist.wire.path import Path


class Member:
    """Who is told, in what context, and what is still owed to it."""

    __slots__ = (
        *("bit", "context", "deadline", "end_of_rib", "missing", "owed"),
        *("paused", "quota", "refilling", "settle", "told", "transfers", "writer"),
    )

    def __init__(self, bit: int, context: SendContext, writer: IUpdateWriter, quota: Quota | None = None) -> None:
        self.bit = bit
        self.context = context
        self.writer = writer
        self.quota = quota
        self.refilling = False
        self.paused = False
        self.told = False
        """Whether a route was sent in this session: before that there is nothing to withdraw."""
        self.missing: set[Family] = set()
        """Families that were not agreed, though there are routes of them; each is reported once."""
        self.owed: dict[Family, dict[bytes, bytes]] = {}
        self.transfers: list[Transfer] = []
        self.end_of_rib: tuple[Family, ...] = ()
        self.settle = 0.0
        self.deadline = 0.0

    @property
    def is_late(self) -> bool:
        """Whether what changes has to wait behind what is told already."""
        return bool(self.paused or self.transfers or self.owed)

    def go_on(self) -> bool:
        """Whether there is something to tell, and the transport takes it; what is owed comes after the rest."""
        if self.owed and not self.transfers:
            owed, self.owed = self.owed, {}
            self.transfers.append(Transfer([(family, list(keys.values())) for family, keys in owed.items()], True))
        return bool(self.transfers) and not self.paused

    def herald(self, family: Family, path: Path) -> list[bytes]:
        """What ExaBGP sends in a session before the first withdrawal if nothing was announced: attributes alone."""
        if self.told or family.index not in self.context.families:
            return []
        self.told = True
        return [update.bare(self.context, path)]
