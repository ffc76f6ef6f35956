"""TLVs of the BGP-LS attribute that tell about a candidate path of an SR policy (RFC 9857, 5)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Choice, Field, Number, Raw, Real, Text
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.link_state_node import U32S
from bgptwist.wire.values.link_state_sid import DESCRIBED, BindingSid, LabelEntry
from bgptwist.wire.values.link_state_tlv import Block, LinkStateTlvs, Reserved, flags
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, members, raw_octets
from bgptwist.wire.words import Words, number

METRIC_TYPES: Final[dict[int, str]] = {
    0: "igp",
    1: "min-delay",
    2: "te",
    3: "hop-count",
    4: "sid-list-length",
    5: "bandwidth",
}
"""Metrics of SR policies (RFC 9857, 8.6); others are numbers."""

METRIC_TYPE: Final = Member("type", Choice(1, METRIC_TYPES))
MARGIN: Final = Member("margin", Number(4), default=0)
BOUND: Final = Member("bound", Number(4), default=0)
IDENTIFIER: Final = "identifier"


class GroupIdentifier(Field):
    """Which group of paths, four octets: a number; more octets are hexadecimal."""

    expected: Final = "a number of 32 bits, or more than four octets in hexadecimal"

    def decode(self, octets: Octets) -> object:
        if octets.left < 4:
            raise Malformed(f"a group identifier of {octets.left} octets")
        return octets.integer(4) if octets.left == 4 else spell.hexadecimal(octets.rest())

    def encode(self, tree: object) -> bytes:
        if not isinstance(tree, str) or tree[:2] != "0x":
            return integer(tree, 0xFFFFFFFF).to_bytes(4, "big")
        value = raw_octets(tree)
        if len(value) <= 4:
            raise Misspelt(f"'{tree}' is too short", self.expected)
        return value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        value = number(word)
        if 0 <= value <= 0xFFFFFFFF and len(word) <= 10:
            return value
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt as error:
            raise words.wrong(self.expected, error.reason) from None


class BindingSids(Block):
    """The binding SID in use and the one asked for, both labels or both SRv6 SIDs (RFC 9857, 5.1)."""

    def __init__(self) -> None:
        super().__init__(
            flags("D", "B", "U", "L", "F", size=2),
            Reserved(2),
            Member("binding-sid", BindingSid()),
            Member("provisioned-binding-sid", BindingSid(), word="provisioned"),
        )

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        if len(value) not in (12, 36):
            raise Misspelt("a label and an SRv6 SID", "two of one sort")
        return value


class Affinity(Block):
    """Administrative groups to avoid and to use: three lists after their lengths (RFC 9857, 5.6.1)."""

    lists: Final = ("exclude-any", "include-any", "include-all")

    def __init__(self) -> None:
        super().__init__(*[Member(key, U32S, optional=True) for key in self.lists], Reserved(1))

    def decode(self, octets: Octets) -> object:
        sizes = octets.take(3)
        reserved = octets.octet()
        tree: dict[str, object] = {}
        for key, size in zip(self.lists, sizes, strict=True):
            if size:
                tree[key] = U32S.decode(Octets(octets.take(4 * size)))
        return tree | ({"reserved": reserved} if reserved else {})

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        values = [U32S.encode(given.pop(key)) if key in given else b"" for key in self.lists]
        reserved = integer(given.pop("reserved", 0), 0xFF)
        if given:
            raise Misspelt(f"'{next(iter(given))}' is not known here", f"one of {', '.join(self.lists)}")
        if any(len(value) > 4 * 0xFF for value in values):
            raise Misspelt("too many groups", "255 at most")
        return bytes([*[len(value) // 4 for value in values], reserved]) + b"".join(values)


CONSTRAINT_TLVS: Final = LinkStateTlvs(
    (
        Tlv(1208, "affinity", Affinity()),
        Tlv(1209, "shared-risk-link-groups", U32S, word="shared-risk-link-group"),
        Tlv(1210, "bandwidth", Real()),
        Tlv(
            1211,
            "disjoint-group",
            Block(
                flags("S", "N", "L", "F", "I", key="request"),
                flags("S", "N", "L", "F", "I", "X", key="status"),
                Reserved(2),
                Member(IDENTIFIER, GroupIdentifier()),
            ),
        ),
        Tlv(
            1214,
            "bidirectional-group",
            Block(flags("R", "C", size=2), Reserved(2), Member(IDENTIFIER, GroupIdentifier())),
        ),
        Tlv(
            1215,
            "metrics",
            Block(METRIC_TYPE, flags("O", "M", "A", "B"), Reserved(2), MARGIN, BOUND),
            word="metric",
            many=True,
        ),
    )
)
"""What a path was asked to obey."""

LABEL: Final = Member("sid", LabelEntry(), optional=True)
SRV6: Final = Member("sid", Address(16), optional=True)
ALGORITHM: Final = Member("algorithm", Number(1), default=0)
NODE4: Final = Member("node", Address(4))
NODE6: Final = Member("node", Address(16))
LOCAL4: Final = Member("local", Address(4))
REMOTE4: Final = Member("remote", Address(4))
LOCAL6: Final = Member("local", Address(16))
REMOTE6: Final = Member("remote", Address(16))
LOCAL_INTERFACE: Final = Member("local-interface", Number(4))
REMOTE_INTERFACE: Final = Member("remote-interface", Number(4))
INTERFACES6: Final = (LOCAL6, LOCAL_INTERFACE, REMOTE6, REMOTE_INTERFACE)

SEGMENT_TYPES: Final = {code: chr(ord("A") + code - 1) for code in range(1, 12)}
DESCRIPTORS: Final[dict[object, tuple[Member, ...]]] = {
    "A": (LABEL, ALGORITHM),
    "B": (SRV6, ALGORITHM),
    "C": (LABEL, ALGORITHM, NODE4),
    "D": (LABEL, ALGORITHM, NODE6),
    "E": (LABEL, NODE4, LOCAL_INTERFACE),
    "F": (LABEL, LOCAL4, REMOTE4),
    "G": (LABEL, *INTERFACES6),
    "H": (LABEL, LOCAL6, REMOTE6),
    "I": (SRV6, ALGORITHM, NODE6),
    "J": (SRV6, *INTERFACES6),
    "K": (SRV6, LOCAL6, REMOTE6),
}
"""What stands in a segment of which type (RFC 9857, 5.7.1.1); the SID is there only with the flag S."""


class Body(Block):
    """What follows the type of a segment; the flag S is set by a SID that is given."""

    def __init__(self, *descriptor: Member, tail: LinkStateTlvs | None = None) -> None:
        super().__init__(Reserved(1), flags("S", "E", "V", "R", "A", size=2), *descriptor, tail=tail)

    def present(self, member: Member, tree: dict[str, object], octets: Octets) -> bool:
        return members(tree["flags"])["S"] == 1

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        if "sid" in self.by_key:
            if "sid" in given:
                given["flags"] = {**members(given.get("flags", {})), "S": 1}
            elif members(given.get("flags", {})).get("S"):
                raise Misspelt("the flag S without a SID", "sid")
        return super().encode(given)


class Segment(Field):
    """One segment: the letter of its type and what such a one has; words `type A sid 16001`."""

    single = False
    letter: Final = Choice(1, SEGMENT_TYPES)

    def __init__(self) -> None:
        self.bodies = {letter: Body(*descriptor, tail=DESCRIBED) for letter, descriptor in DESCRIPTORS.items()}
        self.unknown = Body(Member("value", Raw(), default="0x"))

    def body(self, letter: object) -> Body:
        """What stands after the type."""
        return self.bodies.get(letter, self.unknown) if isinstance(letter, str) else self.unknown

    def decode(self, octets: Octets) -> object:
        letter = self.letter.decode(octets)
        return {"type": letter, **members(self.body(letter).decode(octets))}

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        if "type" not in given:
            raise Misspelt("'type' is missing", "a letter from A to K, or a number")
        letter = given.pop("type")
        return self.letter.encode(letter) + self.body(letter).encode(given)

    def words(self, tree: object) -> str:
        given = dict(members(tree))
        letter = given.pop("type")
        return f"type {letter} {self.body(letter).words(given)}".rstrip()

    def read(self, words: Words) -> object:
        words.require("type")
        letter = self.letter.read(words)
        return {"type": letter, **members(self.body(letter).read(words))}


LIST_TLVS: Final = LinkStateTlvs(
    (
        Tlv(1206, "segments", Segment(), word="segment", many=True),
        Tlv(
            1207,
            "metrics",
            Block(
                METRIC_TYPE,
                flags("M", "A", "B", "V"),
                Reserved(2),
                MARGIN,
                BOUND,
                Member("value", Number(4), default=0),
            ),
            word="metric",
            many=True,
        ),
        Tlv(1216, "bandwidth", Real()),
        Tlv(1217, IDENTIFIER, Number(4)),
    )
)
"""What is in a segment list, and what it costs."""

TOPOLOGY: Final = Member("multi-topology-id", Number(2), word="multi-topology", default=0)

POLICY_ROWS: Final = (
    Tlv(1201, "sr-binding-sids", BindingSids(), word="sr-binding-sid", many=True),
    Tlv(
        1202,
        "sr-candidate-path-state",
        Block(
            Member("priority", Number(1), default=0),
            Reserved(1),
            flags("S", "A", "B", "E", "V", "O", "D", "C", "I", "T", "U", size=2),
            Member("preference", Number(4), default=100),
        ),
    ),
    Tlv(1203, "sr-candidate-path-name", Text()),
    Tlv(
        1204,
        "sr-candidate-path-constraints",
        Block(
            flags("D", "P", "U", "A", "T", "S", "F", "H", size=2),
            Reserved(2),
            TOPOLOGY,
            ALGORITHM,
            Reserved(1, "reserved-2"),
            tail=CONSTRAINT_TLVS,
        ),
    ),
    Tlv(
        1205,
        "sr-segment-lists",
        Block(
            flags("D", "E", "C", "V", "R", "F", "A", "T", "M", size=2),
            Reserved(2),
            TOPOLOGY,
            ALGORITHM,
            Reserved(1, "reserved-2"),
            Member("weight", Number(4), default=1),
            tail=LIST_TLVS,
        ),
        word="sr-segment-list",
        many=True,
    ),
    Tlv(
        1212,
        "srv6-binding-sids",
        Block(
            flags("B", "U", "F", size=2),
            Reserved(2),
            Member("binding-sid", Address(16)),
            Member("provisioned-binding-sid", Address(16), word="provisioned"),
            tail=DESCRIBED,
        ),
        word="srv6-binding-sid",
        many=True,
    ),
    Tlv(1213, "sr-policy-name", Text()),
)
"""What a candidate path is told with."""
