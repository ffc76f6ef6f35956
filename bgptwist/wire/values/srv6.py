"""What SRv6 service SIDs and segments have in common: endpoint behaviours and the structure of a SID.

The behaviours are those of RFC 8986, 10.2 and its registry; the eight octets of behaviour and structure that follow an
SRv6 SID in SR policies are those of RFC 9830, 2.4.4.2.4.
"""

from typing import Final

from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field, Number
from bgptwist.wire.values.ordered import Options
from bgptwist.wire.values.tree import integer, members
from bgptwist.wire.words import Words, number

BEHAVIORS: Final = {
    "end": 1,
    "end.x": 5,
    "end.t": 9,
    "end.b6.encaps": 14,
    "end.dx6": 16,
    "end.dx4": 17,
    "end.dt6": 18,
    "end.dt4": 19,
    "end.dt46": 20,
    "end.dx2": 21,
    "end.dx2v": 22,
    "end.dt2u": 23,
    "end.dt2m": 24,
    "end.b6.encaps.red": 27,
    "opaque": 0xFFFF,
}
"""Names that may stand for a behaviour in words; octets are shown as numbers, as ExaBGP does."""

EXPECTED: Final = "an endpoint behavior: a number up to 65535, or a name like End.DT4"

LENGTHS: Final = ("lb-length", "ln-length", "fun-length", "arg-length")
RESERVED: Final = "structure-reserved"
RESERVE: Final = Options(structure_reserved=Number(2))


def read_behavior(words: Words) -> int:
    """A behaviour by number or by name."""
    word = words.next(EXPECTED)
    value = BEHAVIORS.get(word.lower(), number(word))
    if not 0 <= value <= 0xFFFF:
        raise words.wrong(EXPECTED)
    return value


class Structure(Field):
    """Behaviour and structure of an SRv6 SID, eight octets; words `BEHAVIOR LB LN FUN ARG`."""

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {"behavior": octets.integer(2)}
        reserved = octets.integer(2)
        for name in LENGTHS:
            tree[name] = octets.octet()
        if reserved:
            tree[RESERVED] = reserved
        return tree

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        found = [
            integer(given.get("behavior"), 0xFFFF).to_bytes(2, "big"),
            integer(given.get(RESERVED, 0), 0xFFFF).to_bytes(2, "big"),
            bytes([integer(given.get(name), 0xFF) for name in LENGTHS]),
        ]
        return b"".join(found)

    def words(self, tree: object) -> str:
        given = members(tree)
        numbers = " ".join([str(given.get(name)) for name in ("behavior", *LENGTHS)])
        return numbers + RESERVE.words(given)

    def read(self, words: Words) -> object:
        tree: dict[str, object] = {"behavior": read_behavior(words)}
        for name in LENGTHS:
            tree[name] = words.integer(0xFF, f"{name}: a number of bits")
        return tree | RESERVE.read(words)
