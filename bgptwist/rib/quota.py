"""How many routes one session may be told: those within the bounds, the first that come; the others wait."""

from collections.abc import Iterator

from bgptwist.rib.offer import Entry, share
from bgptwist.wire.kinds import Family


class Quota:
    """The bound of all routes together, under None, and of families, and which routes the peer has.

    To a peer without ADD-PATH all paths of a prefix are one route.  `short` says that something had to wait.
    """

    def __init__(self, bounds: dict[Family | None, int]) -> None:
        self.short = False
        self.said = False
        """Whether somebody was told that the quota is used up."""
        self._bounds = bounds
        self._told: dict[Family, set[bytes]] = {}

    def room(self, family: Family) -> int:
        """How many more routes of a family may be told now."""
        base = family.base
        rooms = [self.total] if None in self._bounds else []
        if base in self._bounds:
            rooms.append(self._bounds[base] - len(self._told.get(base, ())))
        return min(rooms) if rooms else 1 << 32

    @property
    def total(self) -> int:
        """How many more routes of whatever family may be told now."""
        bound = self._bounds.get(None)
        return 1 << 32 if bound is None else bound - sum(map(len, self._told.values()))

    def admit(self, form: Family, family: Family, nlris: list[bytes]) -> list[bytes]:
        """Those NLRI that may be told, which they are from now on; `form` is how the session spells the family."""
        told = self._told.setdefault(family.base, set())
        room = self.room(family)
        admitted: list[bytes] = []
        for nlri in nlris:
            name = seen(form, family, nlri)
            if name not in told:
                if room <= 0:
                    self.short = True
                    continue
                room -= 1
                told.add(name)
            admitted.append(nlri)
        return admitted

    def release(self, form: Family, family: Family, nlris: list[bytes]) -> list[bytes]:
        """Those NLRI that the peer has and that are now to be taken back."""
        told = self._told.get(family.base, set())
        found: list[bytes] = []
        for nlri in nlris:
            name = seen(form, family, nlri)
            if name in told:
                told.remove(name)
                found.append(nlri)
        return found

    def waiting(
        self, member: int, forms: dict[int, Family], tables: dict[Family, dict[bytes, Entry]]
    ) -> Iterator[tuple[Family, bytes]]:
        """What a member is to be told according to the tables, and was not: families and keys."""
        for family, table in tables.items():
            form = forms.get(family.index)
            if form is None:
                continue
            told = self._told.get(family.base, ())
            for key, entry in table.items():
                offer = share(entry, member)
                if offer is not None and seen(form, family, key if offer.nlri is None else offer.nlri) not in told:
                    yield family, key

    def fitting(
        self, member: int, forms: dict[int, Family], tables: dict[Family, dict[bytes, Entry]]
    ) -> list[tuple[Family, list[bytes]]]:
        """As much of what waits as there is room for."""
        self.short = False
        chosen: dict[Family, list[bytes]] = {}
        left = self.total
        for family, key in self.waiting(member, forms, tables):
            keys = chosen.setdefault(family, [])
            if left <= 0:
                self.short = True
                break
            if len(keys) >= self.room(family):
                self.short = True
            else:
                keys.append(key)
                left -= 1
        return [each for each in chosen.items() if each[1]]

    def described(self, family: Family) -> str:
        """The bound that counts for a family, in words."""
        if self.total <= 0 or family.base not in self._bounds:
            return f"{self._bounds.get(None)} routes"
        return f"{self._bounds[family.base]} routes of {family.base.name}"


def seen(form: Family, family: Family, nlri: bytes) -> bytes:
    """What identifies a route for the peer: path identifiers only where the session has them."""
    base = family.base
    plain = nlri[4:] if family.path_id else nlri
    key = plain if base.key is None else base.key(plain)
    if not form.path_id:
        return key
    return (nlri[:4] if family.path_id else b"\0\0\0\0") + key
