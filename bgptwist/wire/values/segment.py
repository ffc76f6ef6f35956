"""Segments and segment lists of SR policies (RFC 9830, 2.4.4; RFC 9831).

A segment is type, length, flags, an octet that is the SR algorithm or nothing, addresses, and a SID.  Its tree has the
letter of its type and the names that ExaBGP gives the parts; whatever ExaBGP does not show is there only when it is
out of the ordinary: flags that the parts do not imply, reserved octets, a type number of the drafts.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Flags, Number
from bgptwist.wire.values.label import HIGHEST
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.ordered import Bare, Options, Sparse, Switch
from bgptwist.wire.values.srv6 import Structure
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words

WEIGHT: Final = 9
HAS_STRUCTURE: Final = 0x10
"""The flag B: behaviour and structure follow the SRv6 SID."""

IPV4: Final = Address(4)
IPV6: Final = Address(16)
INTERFACE: Final = Number(4)
ALGORITHM: Final = Number(1)
LABEL: Final = Number(3, HIGHEST)
FLAGS: Final = Flags(1, ("V", "A", "S", "B"))
STRUCTURE: Final = Structure()

BOTTOM: Final = 0x100
CLASS: Final = Number(1, 7)
TTL: Final = Number(1)


def entry(value: int) -> dict[str, object]:
    """What stands after the label in a label stack entry (RFC 3032, 2.1)."""
    return {"tc": value >> 9 & 7, "s": bool(value & BOTTOM), "ttl": value & 0xFF}


def entry_octets(label: object, tree: dict[str, object], bottom: bool) -> bytes:
    """A label stack entry; `bottom` counts when the tree does not say."""
    value = integer(label, HIGHEST) << 12 | integer(tree.get("tc", 0), 7) << 9 | integer(tree.get("ttl", 0), 0xFF)
    given = tree.get("s", bottom)
    if not isinstance(given, bool):
        given = bool(integer(given, 1))
    return (value | BOTTOM * given).to_bytes(4, "big")


class LabelEntry(Field):
    """A label stack entry by itself; words `LABEL`, or `( LABEL tc N s 1 ttl N )` where these are not zero."""

    options: Final = Options(tc=CLASS, s=Switch(), ttl=TTL)

    def decode(self, octets: Octets) -> object:
        value = octets.integer(4)
        return {"label": value >> 12, **entry(value)}

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        return entry_octets(given.get("label"), given, False)

    def words(self, tree: object) -> str:
        given = members(tree)
        more = self.options.words({name: value for name, value in given.items() if value})
        return f"( {given.get('label')}{more} )" if more else str(given.get("label"))

    def read(self, words: Words) -> object:
        if not words.accept("("):
            return {"label": LABEL.read(words)}
        tree: dict[str, object] = {"label": LABEL.read(words), **self.options.read(words)}
        words.require(")")
        return tree


class Part:
    """An address or interface of a segment: its word, its key in the tree, its field."""

    def __init__(self, word: str, key: str, field: Address | Number) -> None:
        self.word = word
        self.key = key
        self.field = field


class Segment:
    """One type of segment: its number, its letter, and what stands between the two first octets and the SID.

    `algorithm`: the second octet is the SR algorithm.  `srv6`: the SID is one of SRv6, else a label.  `needed`: there
    is always a SID.  `ends`: the last of these in a list has the bit of the bottom of the stack, as ExaBGP sets it.
    `old` is the number that the type had in drafts, which is understood and not sent.
    """

    def __init__(
        self,
        code: int,
        letter: str,
        parts: tuple[Part, ...],
        *,
        algorithm: bool = False,
        srv6: bool = False,
        needed: bool = False,
        ends: bool = False,
        sid: tuple[str, str] = ("sid", "sid"),
        old: int = 0,
    ) -> None:
        self.code = code
        self.letter = letter
        self.parts = parts
        self.algorithm = algorithm
        self.srv6 = srv6
        self.needed = needed
        self.ends = ends
        self.word, self.key = sid
        self.old = old
        size = 2 + sum([part.field.size for part in parts])
        sids = {size + 16, size + 24} if srv6 else {size + 4}
        self.sizes = frozenset(sids if needed else {size} | sids)
        """The lengths that a value may have."""
        fields: dict[str, Field] = {part.word: part.field for part in parts}
        if algorithm:
            fields["algorithm"] = ALGORITHM
        fields[self.word] = IPV6 if srv6 else LABEL
        if srv6:
            fields["endpoint-behavior"] = STRUCTURE
        else:
            fields |= {"tc": CLASS, "s": Switch(), "ttl": TTL}
        fields |= {"flags": FLAGS, "reserved": Number(1), "code": Number(1)}
        self.options = Options(**fields)
        self.keys = {name: name for name in fields} | {part.word: part.key for part in parts} | {self.word: self.key}
        """By word, the keys of the tree."""
        self.allowed = frozenset(self.keys.values()) | {"type"}

    def decode(self, code: int, value: bytes) -> dict[str, object]:
        """The tree of a value; Malformed when its length is none of those there are."""
        octets = Octets(value)
        tree: dict[str, object] = {"type": self.letter}
        flags = octets.octet()
        second = octets.octet()
        for part in self.parts:
            tree[part.key] = part.field.decode(octets)
        if self.algorithm:
            tree["algorithm"] = second
        elif second:
            tree["reserved"] = second
        if octets.left and self.srv6:
            tree[self.key] = IPV6.decode(octets)
            if octets.left:
                tree["endpoint-behavior"] = STRUCTURE.decode(octets)
        elif octets.left:
            number = octets.integer(4)
            tree[self.key] = number >> 12
            tree |= entry(number) if self.ends else {name: found for name, found in entry(number).items() if found}
        if octets.left or (self.needed and self.key not in tree):
            raise Malformed(f"a segment of type {self.letter} with {len(value)} octets")
        if flags != HAS_STRUCTURE * ("endpoint-behavior" in tree):
            tree["flags"] = FLAGS.decode(Octets(value))
        if code != self.code:
            tree["code"] = code
        return tree

    def encode(self, tree: dict[str, object], last: bool) -> bytes:
        """Type, length and value; `last`: the bottom of the stack unless the tree says otherwise."""
        for key in tree:
            if key not in self.allowed:
                raise Misspelt(
                    f"a segment of type {self.letter} has no '{key}'", f"one of {', '.join(sorted(self.allowed))}"
                )
        second = integer(tree.get("algorithm" if self.algorithm else "reserved", 0), 0xFF)
        found: list[bytes] = []
        for part in self.parts:
            if part.key not in tree:
                raise Misspelt(f"a segment of type {self.letter} has no '{part.key}'", part.word)
            found.append(part.field.encode(tree[part.key]))
        structure = "endpoint-behavior" in tree
        if self.key in tree:
            sid = tree[self.key]
            found.append(IPV6.encode(sid) if self.srv6 else entry_octets(sid, tree, last))
            if structure:
                found.append(STRUCTURE.encode(tree["endpoint-behavior"]))
        elif self.needed or structure:
            raise Misspelt(f"a segment of type {self.letter} has no SID", self.word)
        flags = FLAGS.encode(tree["flags"]) if "flags" in tree else bytes((HAS_STRUCTURE * structure,))
        code = integer(tree.get("code", self.code), 0xFF)
        if code not in (self.code, self.old):
            raise Misspelt(f"{code} is no number of type {self.letter}", str(self.code))
        value = flags + bytes((second,)) + b"".join(found)
        return bytes((code, len(value))) + value

    def words(self, tree: dict[str, object], last: bool) -> str:
        """`type-c ipv4 10.0.0.1 algorithm 0 sid 16001`; zeros and an expected `s` are left out."""
        named = {name: tree[key] for name, key in self.keys.items() if key in tree}
        for name in ("tc", "ttl"):
            if not named.get(name):
                named.pop(name, None)
        if named.get("s", last) == last:
            named.pop("s", None)
        return f"type-{self.letter.lower()}" + self.options.words(named)

    def read(self, words: Words) -> dict[str, object]:
        """What follows `type-c`."""
        at = words.at
        named = self.options.read(words)
        missing = [part.word for part in self.parts if part.word not in named]
        if self.word not in named and (self.needed or len(named.keys() & {"endpoint-behavior", "tc", "s", "ttl"})):
            missing.append(self.word)
        if missing:
            raise Misspelt(f"type-{self.letter.lower()} has no '{missing[0]}'", missing[0], at)
        if self.algorithm:
            named.setdefault("algorithm", 0)
        if named.get("code", self.code) not in (self.code, self.old):
            raise Misspelt(f"{named['code']} is no number of type {self.letter}", f"code {self.old or self.code}", at)
        return {"type": self.letter, **{self.keys[name]: value for name, value in named.items()}}


NODE4: Final = Part("ipv4", "ipv4_node", IPV4)
NODE6: Final = Part("ipv6", "ipv6_node", IPV6)
LOCAL_INTERFACE: Final = Part("local-if-id", "local_if_id", INTERFACE)
LOCAL4: Final = (Part("local", "local_ipv4", IPV4), Part("remote", "remote_ipv4", IPV4))
LOCAL6: Final = (Part("local", "local_ipv6", IPV6), Part("remote", "remote_ipv6", IPV6))
LINK6: Final = (
    LOCAL_INTERFACE,
    Part("local-ipv6", "local_ipv6", IPV6),
    Part("remote-if-id", "remote_if_id", INTERFACE),
    Part("remote-ipv6", "remote_ipv6", IPV6),
)

SEGMENTS: Final = (
    Segment(1, "A", (), needed=True, ends=True, sid=("mpls", "label")),
    Segment(13, "B", (), srv6=True, needed=True, sid=("srv6", "sid"), old=2),
    Segment(3, "C", (NODE4,), algorithm=True, ends=True),
    Segment(4, "D", (NODE6,), algorithm=True),
    Segment(5, "E", (LOCAL_INTERFACE, NODE4)),
    Segment(6, "F", LOCAL4),
    Segment(7, "G", LINK6),
    Segment(8, "H", LOCAL6),
    Segment(14, "I", (NODE6,), algorithm=True, srv6=True, old=10),
    Segment(15, "J", LINK6, algorithm=True, srv6=True, old=11),
    Segment(16, "K", LOCAL6, algorithm=True, srv6=True, old=12),
)
"""Every type of segment."""

BY_CODE: Final = {code: row for row in SEGMENTS for code in (row.code, row.old) if code}
BY_LETTER: Final = {row.letter: row for row in SEGMENTS}
BY_WORD: Final = {f"type-{row.letter.lower()}": row for row in SEGMENTS}


def labelled(tree: dict[str, object]) -> bool:
    """Whether a segment counts when the bottom of the stack is sought."""
    row = BY_LETTER.get(str(tree.get("type")))
    return row is not None and row.ends and row.key in tree


def bottom_of(segments: list[dict[str, object]]) -> int:
    """Which segment is the last with a label of types A and C; -1 when there is none."""
    return max([at for at, tree in enumerate(segments) if labelled(tree)], default=-1)


def segment_tree(code: int, value: bytes) -> dict[str, object]:
    """One segment; what no row can show is `{"type": 200, "raw": "0x.."}`."""
    row = BY_CODE.get(code)
    if row is not None:
        try:
            tree = row.decode(code, value)
            if row.encode(tree, False)[2:] == value:
                return tree
        except (Malformed, Misspelt):
            pass
    return {"type": code, "raw": spell.hexadecimal(value)}


def segment_octets(tree: dict[str, object], last: bool) -> bytes:
    """Type, length and value of one segment."""
    kind = tree.get("type")
    row = BY_LETTER.get(kind) if isinstance(kind, str) else None
    if row is not None:
        return row.encode(tree, last)
    if "raw" not in tree:
        raise Misspelt(f"{kind!r} is no type of segment", f"one of {', '.join(BY_LETTER)}, or a number and 'raw'")
    value = raw_octets(string(tree["raw"]))
    if len(value) > 0xFF:
        raise Misspelt(f"a segment of {len(value)} octets", "at most 255")
    return bytes((integer(kind, 0xFF), len(value))) + value


def segment_words(tree: dict[str, object], last: bool) -> str:
    """`type-a mpls 16001`, or `raw 200 0x..`."""
    row = BY_LETTER.get(str(tree["type"]))
    return f"raw {tree['type']} {tree['raw']}" if row is None else row.words(tree, last)


def read_segment(words: Words) -> dict[str, object]:
    """What follows `segment`."""
    expected = f"one of {', '.join(BY_WORD)}, raw"
    word = words.next(expected)
    row = BY_WORD.get(word)
    if row is not None:
        return row.read(words)
    if word != "raw":
        raise words.wrong(expected, f"'{word}' is no type of segment")
    code = words.integer(0xFF, "the type number of a segment")
    value = raw_octets(words.next("its value in hexadecimal"), words)
    if len(value) > 0xFF:
        raise words.wrong("at most 255 octets")
    return {"type": code, "raw": spell.hexadecimal(value)}


class SegmentList(Field):
    """A segment list: a reserved octet, its weight, its segments; words `weight W segment TYPE ... segment TYPE ...`.

    A weight that does not stand first has its place in `weight-position`; a second one is a segment of type 9.
    """

    weight: Final = Bare(
        "value",
        Sparse(
            Member("flags", Number(1), default=0),
            Member("reserved", Number(1), default=0),
            Member("value", Number(4), word=""),
        ),
    )

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {}
        reserved = octets.octet()
        if reserved:
            tree["reserved"] = reserved
        segments: list[dict[str, object]] = []
        while octets.left:
            code = octets.octet()
            value = octets.take(octets.octet())
            if code == WEIGHT and len(value) == 6 and "weight" not in tree:
                tree["weight"] = self.weight.decode(Octets(value))
                if segments:
                    tree["weight-position"] = len(segments)
            else:
                segments.append(segment_tree(code, value))
        tree["segments"] = segments
        return tree

    def parts(self, tree: object) -> tuple[dict[str, object], list[dict[str, object]], int]:
        """The members, the segments, and before which of them the weight stands: -1 when there is none."""
        given = members(tree)
        for key in given:
            if key not in ("reserved", "weight", "weight-position", "segments"):
                raise Misspelt(f"a segment list has no '{key}'", "weight, segments")
        segments = [members(item) for item in items(given.get("segments", []))]
        at = integer(given.get("weight-position", 0), len(segments)) if "weight" in given else -1
        return given, segments, at

    def encode(self, tree: object) -> bytes:
        given, segments, weight_at = self.parts(tree)
        bottom = bottom_of(segments)
        found = [segment_octets(segment, at == bottom) for at, segment in enumerate(segments)]
        if weight_at >= 0:
            value = self.weight.encode(given["weight"])
            found.insert(weight_at, bytes((WEIGHT, len(value))) + value)
        return integer(given.get("reserved", 0), 0xFF).to_bytes(1, "big") + b"".join(found)

    def words(self, tree: object) -> str:
        given, segments, weight_at = self.parts(tree)
        bottom = bottom_of(segments)
        found = [f"segment {segment_words(segment, at == bottom)}" for at, segment in enumerate(segments)]
        if weight_at >= 0:
            found.insert(weight_at, f"weight {self.weight.words(given['weight'])}")
        if "reserved" in given:
            found.insert(0, f"reserved {given['reserved']}")
        return " ".join(found)

    def read(self, words: Words) -> object:
        tree: dict[str, object] = {}
        if words.accept("reserved"):
            tree["reserved"] = words.integer(0xFF)
        segments: list[dict[str, object]] = []
        while True:
            if words.accept("segment"):
                segments.append(read_segment(words))
            elif words.accept("weight"):
                if "weight" in tree:
                    raise words.wrong("'segment'", "'weight' stands twice")
                tree["weight"] = self.weight.read(words)
                if segments:
                    tree["weight-position"] = len(segments)
            else:
                break
        tree["segments"] = segments
        return tree
