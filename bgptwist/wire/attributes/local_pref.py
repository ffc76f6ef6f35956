"""LOCAL_PREF (RFC 4271, 5.1.5)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import WELL_KNOWN, Attribute, Kind
from bgptwist.wire.values.tree import integer
from bgptwist.wire.words import Words


class LocalPref(Attribute):
    """How much the AS prefers this route."""

    code: int = 5

    def __init__(self, preference: int) -> None:
        self.preference = preference

    def octets(self) -> bytes:
        return self.preference.to_bytes(4, "big")

    def words(self) -> str:
        return str(self.preference)

    def json(self) -> str:
        return str(self.preference)


def decode(value: bytes) -> Attribute:
    if len(value) != 4:
        raise Malformed(f"local preference of {len(value)} octets", 3, 5)
    return LocalPref(int.from_bytes(value, "big"))


def read(words: Words) -> Attribute:
    return LocalPref(words.integer(0xFFFFFFFF))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return str(integer(tree, 0xFFFFFFFF))


KIND: Final = Kind(
    5,
    "local-preference",
    WELL_KNOWN,
    decode,
    read,
    sizes=(4,),
    internal=True,
    rfc="RFC 4271",
    help="how much the own AS prefers this route; the highest wins, peers of other AS are not told",
    restore=restore,
)
