"""ORIGIN (RFC 4271, 5.1.1)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import WELL_KNOWN, Attribute, Kind
from bgptwist.wire.values.tree import string
from bgptwist.wire.words import Words

NAMES: Final = ("igp", "egp", "incomplete")

IGP: Final = 0
EGP: Final = 1
INCOMPLETE: Final = 2


class Origin(Attribute):
    """Where the route came from: IGP, EGP or INCOMPLETE."""

    code: int = 1

    def __init__(self, origin: int) -> None:
        self.origin = origin

    def octets(self) -> bytes:
        return bytes((self.origin,))

    def words(self) -> str:
        return NAMES[self.origin]

    def json(self) -> str:
        return f'"{NAMES[self.origin]}"'


def decode(value: bytes) -> Attribute:
    if len(value) != 1 or value[0] > INCOMPLETE:
        raise Malformed(f"origin 0x{value.hex()}", 3, 6)
    return Origin(value[0])


def read(words: Words) -> Attribute:
    word = words.next("igp, egp or incomplete").lower()
    if word not in NAMES:
        raise words.wrong("igp, egp or incomplete")
    return Origin(NAMES.index(word))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return read(Words([string(tree)])).words()


KIND: Final = Kind(
    1,
    "origin",
    WELL_KNOWN,
    decode,
    read,
    sizes=(1,),
    rfc="RFC 4271",
    help="where the route came from: igp, egp or incomplete",
    restore=restore,
)
