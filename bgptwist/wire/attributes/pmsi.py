"""PMSI_TUNNEL: the tunnel that carries multicast of a VPN (RFC 6514, 5; RFC 7902; RFC 8556; RFC 9574)."""

import re
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Choice, Field, Flags, Number, Pad, Raw
from bgptwist.wire.values.label import HIGHEST, Label
from bgptwist.wire.values.layout import BySize, Member, Struct, hide, read_shown, show, shown_words
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tree import integer, members
from bgptwist.wire.words import Words

CODE: Final = 22
LEAST: Final = 5
"""Flags, type and label."""


class Root(Address):
    """An address after its AFI and its size in octets."""

    def decode(self, octets: Octets) -> object:
        afi = octets.integer(2)
        value = octets.take(octets.octet())
        if (afi, len(value)) not in ((1, 4), (2, 16)):
            raise Malformed(f"a root of AFI {afi} with {len(value)} octets")
        return spell.address(value)

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        return (b"\0\1" if len(value) == 4 else b"\0\2") + bytes((len(value),)) + value

    def read(self, words: Words) -> object:
        return Address().read(words)


class Opaque(Raw):
    """Octets after how many they are, in two octets."""

    def decode(self, octets: Octets) -> object:
        return spell.hexadecimal(octets.take(octets.integer(2)))

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        if len(value) > 0xFFFF:
            raise Misspelt(f"{len(value)} octets", "at most 65535 octets")
        return len(value).to_bytes(2, "big") + value

    def read(self, words: Words) -> object:
        return Raw().read(words)


class Tunnel:
    """One type of tunnel: its code, its name, what its identifier is, and the lengths that may have (none: any)."""

    def __init__(self, code: int, name: str, identifier: Field, sizes: tuple[int, ...] = ()) -> None:
        self.code = code
        self.name = name
        self.identifier = identifier
        self.sizes = sizes


def forwarding_class(kind: int) -> Struct:
    """An mLDP FEC element (RFC 6388, 2.2 and 3.1); `kind` is the usual type of element."""
    return Struct(Member("fec", Number(1), default=kind), Member("root", Root()), Member("opaque", Opaque()))


def tree_of(size: int) -> Struct:
    """A PIM tree: the sender or root, and the group."""
    return Struct(Member("sender", Address(size)), Member("group", Address(size)))


MLDP: Final = (2, 7)
PIM: Final = BySize({8: tree_of(4), 32: tree_of(16)})

TUNNELS: Final = (
    Tunnel(0, "none", Raw(), (0,)),
    Tunnel(
        1,
        "rsvp-te-p2mp",
        Struct(
            Member("p2mp-id", Number(4)),
            Member("reserved", Pad(2)),
            Member("tunnel-id", Number(2)),
            Member("extended-tunnel-id", Address()),
        ),
        (12, 24),
    ),
    Tunnel(2, "mldp-p2mp", forwarding_class(6)),
    Tunnel(3, "pim-ssm", PIM, (8, 32)),
    Tunnel(4, "pim-sm", PIM, (8, 32)),
    Tunnel(5, "bidir-pim", PIM, (8, 32)),
    Tunnel(6, "ingress-replication", Address(), (4, 16)),
    Tunnel(7, "mldp-mp2mp", forwarding_class(7)),
    Tunnel(8, "transport", Raw()),
    Tunnel(10, "assisted-replication", Address(), (4, 16)),
    Tunnel(
        11,
        "bier",
        Struct(Member("sub-domain", Number(1)), Member("bfr-id", Number(2)), Member("bfr-prefix", Address())),
        (7, 19),
    ),
    Tunnel(12, "sr-mpls-p2mp", Raw()),
    Tunnel(13, "srv6-p2mp", Raw()),
)
"""Every type of tunnel; the identifiers of 8, 12 and 13 are shown as they are."""

EXABGP_NAMES: Final = {
    0: "notunnel",
    1: "rsvp-tep2mplsp",
    2: "mldpp2mplsp",
    3: "pim-ssmtree",
    4: "pim-smtree",
    5: "bidir-pimtree",
    6: "ingressreplication",
    7: "mldpmp2mplsp",
}
"""What ExaBGP calls the types it knows; others are `unknown`."""

EXABGP_TEXT: Final = re.compile(
    r"pmsi:(?P<name>[a-z0-9-]+):(?P<flags>\d{1,3}):(?P<label>\d{1,7})(\((?P<raw>\d{1,8})\))?:(?P<tunnel>.*)"
)

BY_CODE: Final = {row.code: row for row in TUNNELS}
RAW: Final = Raw()

TYPE: Final = Choice(1, {row.code: row.name for row in TUNNELS})
FLAGS: Final = Flags(1, ("", "E", "", "AR-LEAF", "AR-REPLICATOR", "BM", "U", "L"))
"""E: there is an Extended Community with more flags; AR, BM and U: RFC 9574, 4; L: leaf information is required."""
LABEL: Final = Label()
NONE: Final = dict.fromkeys((*FLAGS.bits, "RSV"), 0)


class Pmsi(Field):
    """Flags, type, label, identifier; words `type T label L tunnel IDENTIFIER flags F`, without what is zero.

    An identifier that is not what its type says is hexadecimal; there is no `tunnel` when type `none` has none.
    """

    single = False

    def decode(self, octets: Octets) -> object:
        flags = FLAGS.decode(octets)
        kind = TYPE.decode(octets)
        tree: dict[str, object] = {"type": kind, "flags": flags, "label": LABEL.decode(octets)}
        identifier = octets.rest()
        if identifier or kind != TUNNELS[0].name:
            tree["tunnel"] = show(self.identifier(kind), identifier)
        return tree

    def identifier(self, kind: object) -> Field:
        """The field of the identifier of a type."""
        row = BY_CODE.get(TYPE.encode(kind)[0])
        return RAW if row is None else row.identifier

    def encode(self, tree: object) -> bytes:
        given = of_text(tree) if isinstance(tree, str) else members(tree)
        for key in given:
            if key not in ("type", "flags", "label", "tunnel"):
                raise Misspelt(f"'{key}' has no place here", "type, flags, label, tunnel")
        kind = given.get("type")
        tunnel = hide(self.identifier(kind), given["tunnel"]) if "tunnel" in given else b""
        head = FLAGS.encode(given.get("flags", {})) + TYPE.encode(kind)
        return head + LABEL.encode(given.get("label", [0])) + tunnel

    def words(self, tree: object) -> str:
        given = members(tree)
        kind = given.get("type")
        found = f"type {TYPE.words(kind)}"
        if given.get("label", [0]) != [0]:
            found += f" label {LABEL.words(given['label'])}"
        if "tunnel" in given:
            found += f" tunnel {shown_words(self.identifier(kind), given['tunnel'])}"
        if given.get("flags", NONE) != NONE:
            found += f" flags {FLAGS.words(given['flags'])}"
        return found

    def read(self, words: Words) -> object:
        expected = "type, label, tunnel or flags"
        tree: dict[str, object] = {}
        while words.peek() not in ("", ")"):
            word = words.next(expected)
            if word in tree:
                raise words.wrong(expected, f"'{word}' stands twice")
            if word == "tunnel":
                if "type" not in tree:
                    raise words.wrong("'type' before it")
                field = self.identifier(tree["type"])
                tree[word] = show(field, read_shown(field, words))
            elif word in READERS:
                tree[word] = READERS[word].read(words)
            else:
                raise words.wrong(expected)
        if "type" not in tree:
            raise Misspelt("'type' is missing", f"type and one of {', '.join(TYPE.codes)}", words.at)
        return tree


def of_text(text: str) -> dict[str, object]:
    """The tree of what ExaBGP shows, `pmsi:ingressreplication:0:100(1601):10.0.0.1`."""
    found = EXABGP_TEXT.fullmatch(text)
    if found is None or found["name"] not in EXABGP_NAMES.values():
        raise Misspelt(f"{dumps(text)[:60]} is no PMSI tunnel", "pmsi:TYPE:FLAGS:LABEL(RAW):TUNNEL")
    kind = next(code for code, name in EXABGP_NAMES.items() if name == found["name"])
    label = integer(found["label"], HIGHEST)
    raw = integer(found["raw"] or label << 4, 0xFFFFFF)
    flags = integer(found["flags"], 0xFF)
    tree: dict[str, object] = {
        "type": TYPE.decode(Octets(bytes((kind,)))),
        "flags": FLAGS.decode(Octets(bytes((flags,)))),
        "label": [label, raw] if raw else [0],
    }
    if kind:
        tree["tunnel"] = found["tunnel"] or "0x"
    return tree


READERS: Final[dict[str, Field]] = {"type": TYPE, "flags": FLAGS, "label": LABEL}


def check(value: bytes) -> None:
    """Malformed when it is too short, or the identifier cannot be one of its type."""
    size = len(value) - LEAST
    if size < 0:
        raise Malformed(f"PMSI_TUNNEL of {len(value)} octets")
    row = BY_CODE.get(value[1])
    if row is None:
        return
    if row.sizes and size not in row.sizes:
        raise Malformed(f"PMSI tunnel {row.name} with an identifier of {size} octets")
    if row.code in MLDP:
        root = value[LEAST + 3] if size > 3 else 0
        opaque = LEAST + 4 + root
        afi = int.from_bytes(value[LEAST + 1 : LEAST + 3], "big")
        if (afi, root) not in ((1, 4), (2, 16)) or opaque + 2 > len(value):
            raise Malformed(f"PMSI tunnel {row.name} without a FEC")
        if opaque + 2 + (value[opaque] << 8 | value[opaque + 1]) != len(value):
            raise Malformed(f"PMSI tunnel {row.name} with a FEC of another size")


SHAPE: Final = Shape(CODE, Pmsi(), check)

KIND: Final = Kind(
    CODE,
    "pmsi",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    restore=SHAPE.restore,
    rfc="RFC 6514",
    help="the tunnel of a multicast VPN: ( type TYPE label L tunnel IDENTIFIER flags F )",
)
