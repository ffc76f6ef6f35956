"""Which neighbors a command means: `neighbor IP KEY VALUE, neighbor *` and `peer [IP, IP]` (commands, 2.2 and 3)."""

from collections.abc import Iterable, Mapping
from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import address, address_octets
from bgptwist.wire.words import Words

KEYS: Final = frozenset({"local-ip", "local-as", "peer-as", "router-id", "family-allowed"})
"""What a selector may ask for besides the peer's address."""

ANY: Final = "*"
NEIGHBOR: Final = "neighbor"


class Selector:
    """The address of a peer, or `*`, and what else must be so, as words."""

    __slots__ = ("address", "conditions")

    def __init__(self, address: str, conditions: tuple[tuple[str, str], ...] = ()) -> None:
        self.address = address
        self.conditions = conditions

    def matches(self, names: Mapping[str, str]) -> bool:
        """Whether a neighbor is meant; `names` are the words of its name, see `names_of`."""
        if self.address not in (ANY, names[NEIGHBOR]):
            return False
        return all(names.get(key) == value for key, value in self.conditions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Selector) and (self.address, self.conditions) == (other.address, other.conditions)

    def __hash__(self) -> int:
        return hash((self.address, self.conditions))

    def __repr__(self) -> str:
        return f"<Selector {self.address} {' '.join(word for pair in self.conditions for word in pair)}>"


def names_of(name: str) -> dict[str, str]:
    """The keys and values in a neighbor's name: `neighbor IP local-ip IP local-as N ...`."""
    words = name.split()
    return dict(zip(words[::2], words[1::2], strict=False))


def meant(selectors: Iterable[Selector], names: Mapping[str, str]) -> bool:
    """Whether any of the selectors matches."""
    return any(selector.matches(names) for selector in selectors)


def parse(words: list[str], at: int = 0) -> tuple[list[Selector], int]:
    """The selectors that words begin with, and where the command goes on; none for a command without selector.

    `[`, `]` and `,` are words of their own.
    """
    cursor = Words(words, at)
    word = cursor.peek()
    if word not in ("neighbor", "peer"):
        return [], at
    found: list[Selector] = []
    while True:
        cursor.require(word)
        if word == "peer" and cursor.accept("["):
            found += bracketed(cursor)
        else:
            found.append(one(cursor))
        if not cursor.accept(","):
            return list(dict.fromkeys(found)), cursor.at


def bracketed(cursor: Words) -> list[Selector]:
    """`IP KEY VALUE, IP ]`."""
    found = [one(cursor)]
    while not cursor.accept("]"):
        cursor.accept(",")
        found.append(one(cursor))
    return found


def one(cursor: Words) -> Selector:
    """`IP KEY VALUE ...` or `* KEY VALUE ...`."""
    wanted = "the address of a neighbor, or *"
    peer = plain(cursor.next(wanted))
    if not peer:
        raise cursor.wrong(wanted)
    conditions: list[tuple[str, str]] = []
    while cursor.peek() in KEYS:
        key = cursor.next("")
        value = cursor.next(f"a value for {key}")
        if key in ("local-ip", "router-id"):
            value = value if value == "auto" else plain(value)
        if not value or value in ("[", "]", ","):
            raise cursor.wrong(f"a value for {key}")
        conditions.append((key, value))
    return Selector(peer, tuple(conditions))


def plain(word: str) -> str:
    """An address, or a range of them, as neighbors' names spell it; `*` as it is; '' for anything else."""
    if word == ANY:
        return word
    text, slash, length = word.partition("/")
    try:
        return address(address_octets(text)) + slash + length
    except ValueError:
        return ""


def split_selector(words: list[str]) -> tuple[list[Selector], list[str]]:
    """The selectors and the words of the command that follows; Misspelt when no command does."""
    found, at = parse(words)
    if found and at >= len(words):
        raise Misspelt("the command is missing", "a command after the neighbors", at)
    return found, words[at:]
