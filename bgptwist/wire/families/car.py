"""Color-aware routing: endpoints with the intent that a color stands for (RFC 9871, 2.9).

An NLRI has a length, the length of its key, a type, the key, and TLVs that are no part of the key.  The VPN form has
a route distinguisher at the front of the key.
"""

from json import dumps
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Number, Pad, Prefix
from bgptwist.wire.values.framed import FramedNlri, framed_family
from bgptwist.wire.values.label_stack import LabelStack
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.prefix import masked
from bgptwist.wire.values.rd import SIZE, RouteDistinguisher
from bgptwist.wire.values.tlv import Tlv, Tlvs
from bgptwist.wire.values.tree import integer, members
from bgptwist.wire.words import Words

FRONT: Final = 3
"""Octets before the key: the length, the length of the key, the type."""

COLOR_SIZE: Final = 4

COLOR_AWARE: Final = 1
IP_PREFIX: Final = 2

TYPES: Final[dict[int, tuple[str, str]]] = {
    COLOR_AWARE: ("color-aware", "Color-Aware Route"),
    IP_PREFIX: ("ip-prefix", "IP Prefix"),
}
"""Word and name of each type."""

INDEX: Final = Struct(Member("", Pad(1)), Member("flags", Number(2), default=0), Member("index", Number(4), word=""))

TRANSITIVE: Final = 0x40
"""The flag in the type of a TLV that is passed on by those who do not know it."""


def tlvs() -> Tlvs:
    """The TLVs: MPLS labels, an index of labels, SRv6 SIDs; each with and without the flag."""
    rows: list[Tlv] = []
    for code, key, field in (
        (1, "label", LabelStack()),
        (2, "label-index", INDEX),
        (3, "srv6-sid", Sequence(Address(16), 1)),
    ):
        rows += Tlv(code, key, field), Tlv(code | TRANSITIVE, f"{key}-transitive", field)
    return Tlvs(tuple(rows), sizes=(1, 1))


TLVS: Final = tlvs()


class ColorAware(Field):
    """What follows the length of an NLRI of AFI 1 or 2 whose type is known: a tree with `code`, key and TLVs."""

    single = False

    def __init__(self, afi: int, distinguished: bool) -> None:
        prefix = Member("prefix", Prefix(afi), word="")
        before = (Member("rd", RouteDistinguisher()),) if distinguished else ()
        self.keys = {
            COLOR_AWARE: Struct(*before, prefix, Member("color", Number(4))),
            IP_PREFIX: Struct(*before, prefix),
        }
        self.by_word = {word: code for code, (word, _) in TYPES.items()}

    def decode(self, octets: Octets) -> object:
        size, code = octets.octet(), octets.octet()
        layout = self.keys.get(code)
        if layout is None:
            raise Malformed(f"nobody knows type {code}", 3, 10)
        key = Octets(octets.take(size))
        tree = members(layout.decode(key))
        if key.left:
            raise Malformed(f"{key.left} octets too many in the key of type {code}", 3, 10)
        return {"code": code, **tree, **members(TLVS.decode(octets))}

    def parts(self, tree: object) -> tuple[int, dict[str, object], dict[str, object]]:
        """The type, the key and the TLVs of a tree."""
        given = members(tree)
        code = integer(given.get("code"), 0xFF)
        if code not in self.keys:
            raise Misspelt(f"nobody knows type {code}", "'code' 1 or 2")
        names = {member.key for member in self.keys[code].listed}
        key = {name: value for name, value in given.items() if name in names}
        return code, key, {name: value for name, value in given.items() if name not in names and name != "code"}

    def encode(self, tree: object) -> bytes:
        code, key, rest = self.parts(tree)
        octets = self.keys[code].encode(key)
        return bytes((len(octets), code)) + octets + TLVS.encode(rest)

    def words(self, tree: object) -> str:
        code, key, rest = self.parts(tree)
        return f"{TYPES[code][0]} {self.keys[code].words(key)} {TLVS.words(rest)}".rstrip()

    def read(self, words: Words) -> object:
        expected = f"one of {', '.join(self.by_word)}, raw"
        word = words.next(expected)
        if word not in self.by_word:
            raise words.wrong(expected, f"'{word}' is no type of route")
        code = self.by_word[word]
        return {"code": code, **members(self.keys[code].read(words)), **members(TLVS.read(words))}


class ColorAwareNlri(FramedNlri):
    """NLRI of color-aware routing; JSON has the members of typed NLRI: `code`, `parsed`, `raw`, `name`."""

    def __init__(self, afi: int, distinguished: bool) -> None:
        super().__init__(ColorAware(afi, distinguished))
        self.prefix_at = FRONT + (SIZE if distinguished else 0)
        self.maximum = 32 if afi == 1 else 128

    def tidy(self, nlri: bytes) -> bytes:
        at = self.prefix_at
        if len(nlri) <= at or nlri[2] not in TYPES:
            return nlri
        end = at + 1 + (nlri[at] + 7) // 8
        return nlri if end > len(nlri) else nlri[:at] + masked(nlri[at:end]) + nlri[end:]

    def check(self, nlri: bytes) -> None:
        """Malformed when the key runs past the end, or does not fit a known type, which others need not."""
        size = len(nlri)
        if size < FRONT or FRONT + nlri[1] > size:
            raise Malformed("a key runs past its NLRI", 3, 10)
        if nlri[2] not in TYPES:
            return
        at = FRONT + nlri[1]
        bits = nlri[self.prefix_at] if at > self.prefix_at else 0xFF
        wanted = self.prefix_at + 1 + (bits + 7) // 8 + (COLOR_SIZE if nlri[2] == COLOR_AWARE else 0)
        if bits > self.maximum or wanted != at:
            raise Malformed(f"a key of {nlri[1]} octets does not fit type {nlri[2]}", 3, 10)
        while at < size:
            at += 2 + nlri[at + 1] if at + 1 < size else size
            if at > size:
                raise Malformed("a TLV runs past its NLRI", 3, 10)

    def json(self, nlri: bytes) -> str:
        code = nlri[2] if len(nlri) > 2 else 0
        raw = nlri.hex().upper()
        tree = self.tree(nlri)
        if tree is None:
            return dumps({"code": code, "parsed": False, "raw": raw})
        return dumps({"code": code, "parsed": True, "raw": raw, "name": TYPES[code][1], **members(tree)})

    def restore(self, tree: object) -> str:
        given = members(tree)
        if given.get("parsed") is False:
            return super().restore(given)
        return super().restore({key: value for key, value in given.items() if key not in ("parsed", "raw", "name")})

    def key(self, nlri: bytes) -> bytes:
        """The type and the key."""
        return nlri[1 : FRONT + nlri[1]] if len(nlri) > 1 else nlri


def color_aware(afi: int, name: str, next_hop_sizes: tuple[int, ...]) -> Family:
    """The family of AFI 1 or 2."""
    form = ColorAwareNlri(afi, False)
    help = "Endpoints with a color, and IP prefixes, with the labels or SIDs that lead to them."
    return framed_family(afi, 83, name, next_hop_sizes, form, "RFC 9871", help, key=form.key)


def color_aware_vpn(afi: int, name: str, next_hop_sizes: tuple[int, ...]) -> Family:
    """The family of AFI 1 or 2 with route distinguishers."""
    form = ColorAwareNlri(afi, True)
    help = "Endpoints with a color, and IP prefixes, in virtual private networks."
    return framed_family(afi, 84, name, next_hop_sizes, form, "RFC 9871", help, key=form.key, next_hop_prefix=bytes(8))


IPV4: Final = color_aware(1, "ipv4 car", (4, 16, 32))
IPV6: Final = color_aware(2, "ipv6 car", (16, 32, 4))
IPV4_VPN: Final = color_aware_vpn(1, "ipv4 vpn-car", (12, 24, 48))
IPV6_VPN: Final = color_aware_vpn(2, "ipv6 vpn-car", (24, 48, 12))
