"""COMMUNITY_CONTAINER, wide communities among them (draft-ietf-idr-wide-bgp-communities, 3 and 4)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.counted import Boxed
from bgptwist.wire.values.field import Field, Flags, Number, Raw, Real, Text
from bgptwist.wire.values.framed import Followed
from bgptwist.wire.values.layout import Member, Sequence, Struct, attempt
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, members
from bgptwist.wire.words import Words

HEAD_SIZE: Final = 6
WIDE: Final = 1
"""The type whose body is known."""

NUMBERS: Final = Sequence(Number(4))

ATOMS: Final = Ordered(
    (
        Tlv(1, "as-numbers", NUMBERS, many=True),
        Tlv(2, "ipv4-prefixes", Raw(), many=True),
        Tlv(3, "ipv6-prefixes", Raw(), many=True),
        Tlv(4, "integers", NUMBERS, many=True),
        Tlv(5, "floats", Sequence(Real()), many=True),
        Tlv(6, "neighbor-classes", NUMBERS, many=True),
        Tlv(7, "user-classes", NUMBERS, many=True),
        Tlv(8, "text", Text(), many=True),
    ),
    sizes=(1, 2),
)

BODY: Final = Followed(
    Struct(Member("community", Number(4)), Member("source-as", Number(4)), Member("context-as", Number(4))),
    Ordered(
        (Tlv(1, "targets", ATOMS), Tlv(2, "exclude-targets", ATOMS), Tlv(3, "parameters", ATOMS)),
        sizes=(1, 2),
    ),
)

HEAD: Final = Struct(
    Member("type", Number(2)),
    Member("flags", Flags(1, ("", "", "", "", "", "", "C", "T")), default={"C": 0, "T": 0, "RSV": 0}),
    Member("reserved", Number(1), default=0),
)
VALUE: Final = Boxed(2, Raw())


class Container(Field):
    """Type, flags, and a body: the members of a wide community, or `value` in hexadecimal for any other."""

    single = False

    def decode(self, octets: Octets) -> object:
        tree = members(HEAD.decode(octets))
        value = octets.take(octets.integer(2))
        body = attempt(BODY, value) if tree["type"] == WIDE else None
        return {**tree, **({"value": Raw().decode(Octets(value))} if body is None else members(body))}

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        head = {key: value for key, value in given.items() if key in HEAD.by_word}
        rest = {key: value for key, value in given.items() if key not in head}
        if "value" in rest:
            return HEAD.encode(head) + VALUE.encode(rest["value"])
        integer(given.get("type"), WIDE, WIDE)
        return HEAD.encode(head) + VALUE.encode(Raw().decode(Octets(BODY.encode(rest))))

    def words(self, tree: object) -> str:
        given = members(tree)
        if "value" in given:
            return f"{HEAD.words(given)} value {VALUE.words(given['value'])}"
        return f"{HEAD.words(given)} {BODY.words({key: given[key] for key in given if key not in HEAD.by_word})}"

    def read(self, words: Words) -> object:
        tree = members(HEAD.read(words))
        if words.accept("value"):
            return {**tree, "value": VALUE.read(words)}
        if tree["type"] != WIDE:
            raise words.wrong("'value' and the body in hexadecimal")
        return {**tree, **members(BODY.read(words))}


def check(value: bytes) -> None:
    """Malformed unless whole containers fill the value."""
    at = 0
    end = len(value)
    while at < end or not end:
        if end - at < HEAD_SIZE:
            raise Malformed(f"a community container of {end - at} octets", 3, 5)
        at += HEAD_SIZE + (value[at + 4] << 8 | value[at + 5])
    if at > end:
        raise Malformed("a community container runs past the end", 3, 5)


SHAPE: Final = Shape(34, Sequence(Container(), 1), check)

KIND: Final = Kind(
    34,
    "community-container",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="draft-ietf-idr-wide-bgp-communities",
    help="wide communities: [ ( type 1 community 7 source-as 65000 context-as 0 targets ( as-numbers 65002 ) ) ]",
    restore=SHAPE.restore,
)
