"""The whole table in portions, as it is told to sessions that come up: what is made for one serves all its equals."""

from collections.abc import Container, Iterator, Mapping
from itertools import chain

from bgptwist.rib.offer import Entry, Offer
from bgptwist.wire.kinds import Family, SendContext

Tables = Mapping[Family, dict[bytes, Entry]]


class Portion(list[bytes]):
    """Keys that are told in one step; it remembers the messages for one member, and who is told the same."""

    __slots__ = ("_context", "_members", "_messages", "_turn")

    def __init__(self, keys: list[bytes]) -> None:
        super().__init__(keys)
        self._turn = -1
        self._members = 0
        self._context: SendContext | None = None
        self._messages: list[bytes] = []

    def messages(self, member: int, context: SendContext, turn: int) -> list[bytes] | None:
        """What was said in this turn of the table to somebody who is told the same; None when nobody was."""
        if self._turn == turn and self._context is context and self._members & member:
            return self._messages
        return None

    def remember(
        self, member: int, context: SendContext, turn: int, table: dict[bytes, Entry], messages: list[bytes]
    ) -> None:
        """These messages told it to a member."""
        self._members = equals(table, self, member)
        self._context = context
        self._turn = turn
        self._messages = messages


class Portions:
    """The tables cut into portions, kept while somebody is told them."""

    def __init__(self) -> None:
        self._cut: dict[Family, list[Portion]] = {}

    def all(
        self, tables: Tables, base: Family | None, changed: Container[Family], size: int
    ) -> Iterator[tuple[Family, Portion]]:
        """The keys of one family, or of all, as they are now; those of a `changed` family are looked at again."""
        for family, table in tables.items():
            if table and (base is None or family.base is base):
                if family not in self._cut or family in changed:
                    self._cut[family] = cut(table, size)
                for portion in self._cut[family]:
                    yield family, portion

    def forget(self, families: Mapping[Family, object] | None = None) -> None:
        """Keep nothing of families that changed, or of any."""
        if families is None:
            self._cut.clear()
        else:
            for family in families:
                self._cut.pop(family, None)


def cut(table: dict[bytes, Entry], size: int) -> list[Portion]:
    """The keys of a table; if there are many, those with one offer follow each other, so that they share messages."""
    keys = list(table)
    if len(keys) > size:
        rows: dict[Offer, list[bytes]] = {}
        single: list[bytes] = []
        for key, entry in table.items():
            if isinstance(entry, Offer) and entry.nlri is None:
                rows.setdefault(entry, []).append(key)
            else:
                single.append(key)
        keys = [*chain.from_iterable(rows.values()), *single]
    return [Portion(keys[at : at + size]) for at in range(0, len(keys), size)]


def equals(table: dict[bytes, Entry], keys: list[bytes], member: int) -> int:
    """The members that are told the same of some keys as one of them."""
    members = -1
    last: Entry | None = None
    for key in keys:
        entry = table.get(key)
        if entry is last or entry is None:
            continue
        if not isinstance(entry, Offer):
            return member
        members &= entry.members if entry.members & member else ~entry.members
        last = entry
    return members
