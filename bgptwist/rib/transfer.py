"""What one member is still to be told: lists of NLRI, taken a step at a time."""

from collections.abc import Iterable, Iterator

from bgptwist.wire.kinds import Family


def bits(members: int) -> Iterator[int]:
    """The members of a set, one bit each, lowest first."""
    while members:
        low = members & -members
        yield low
        members ^= low


class Transfer:
    """Keys of some families, `front` messages before them and `back` after them.

    `withdraw_missing`: a key without a route any more is withdrawn, else passed over.
    """

    __slots__ = ("_at", "_lists", "back", "front", "withdraw_missing")

    def __init__(
        self,
        lists: Iterable[tuple[Family, list[bytes]]],
        withdraw_missing: bool,
        front: list[bytes] | None = None,
        back: list[bytes] | None = None,
    ) -> None:
        self._lists = list(lists)
        self._at = 0
        self.withdraw_missing = withdraw_missing
        self.front = front or []
        self.back = back or []

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self._lists

    def take(self, count: int) -> tuple[Family, list[bytes]] | None:
        """The next NLRI, at most `count` of one family; None when nothing is left.  A short list comes as it is."""
        if not self._lists:
            return None
        family, keys = self._lists[0]
        if len(keys) <= count:
            return self._lists.pop(0)
        taken = keys[self._at : self._at + count]
        self._at += count
        if self._at >= len(keys):
            self._lists.pop(0)
            self._at = 0
        return family, taken
