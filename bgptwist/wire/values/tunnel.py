"""Tunnels and their sub-TLVs (RFC 9012, 2 and 3), with those of SR policies (RFC 9830, 2.4).

A tunnel is a dictionary by the names of its sub-TLVs.  Those of SR policies have the form that ExaBGP gives them; flags
and reserved octets are shown only when they are not what ExaBGP sends.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import prefix_sid
from bgptwist.wire.values.field import Address, Field, Flags, Mac, Number, Pad, Raw, Text
from bgptwist.wire.values.layout import Member, Sequence
from bgptwist.wire.values.ordered import Bare, Options, Ordered, Sparse, Switch
from bgptwist.wire.values.segment import CLASS, LABEL, TTL, LabelEntry, SegmentList, entry, entry_octets
from bgptwist.wire.values.srv6 import Structure
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, members, string
from bgptwist.wire.words import Words, number

SR_POLICY: Final = 15
"""The tunnel type of SR policies."""

COLOR: Final = b"\x03\x0b"
"""Type and subtype of the color community, which a color sub-TLV repeats (RFC 9012, 3.4.2)."""

HERE: Final = "next-hop"
"""An endpoint of no address: the next hop of the route (RFC 9012, 3.1)."""

ADDRESS_SIZES: Final = {1: 4, 2: 16}
"""By AFI."""


class Color(Field):
    """A color, `100`, with its flags `100/0x4000` unless they are zero; the tree is a number, or both."""

    def decode(self, octets: Octets) -> object:
        if octets.take(2) != COLOR:
            raise Malformed("no color community")
        flags = octets.integer(2)
        color = octets.integer(4)
        return {"color": color, "flags": flags} if flags else color

    def encode(self, tree: object) -> bytes:
        given = tree if isinstance(tree, dict) else {"color": tree}
        flags = integer(given.get("flags", 0), 0xFFFF)
        return COLOR + flags.to_bytes(2, "big") + integer(given.get("color"), 0xFFFFFFFF).to_bytes(4, "big")

    def words(self, tree: object) -> str:
        return f"{tree['color']}/0x{tree.get('flags', 0):04X}" if isinstance(tree, dict) else str(tree)

    def read(self, words: Words) -> object:
        expected = "a color, or COLOR/FLAGS"
        color, slash, flags = words.next(expected).partition("/")
        tree = {"color": number(color), "flags": number(flags) if slash else 0}
        if not 0 <= tree["color"] <= 0xFFFFFFFF or not 0 <= tree["flags"] <= 0xFFFF:
            raise words.wrong(expected)
        return tree if tree["flags"] else tree["color"]


class Endpoint(Field):
    """Where a tunnel ends: four reserved octets, AFI, an address of that family, or `next-hop` (RFC 9012, 3.1)."""

    def decode(self, octets: Octets) -> object:
        if octets.integer(4):
            raise Malformed("reserved octets that are not zero")
        afi = octets.integer(2)
        if octets.left != ADDRESS_SIZES.get(afi, 0):
            raise Malformed(f"an endpoint of AFI {afi} with {octets.left} octets")
        return spell.address(octets.rest()) if octets.left else HERE

    def encode(self, tree: object) -> bytes:
        if tree == HERE:
            return bytes(6)
        try:
            value = spell.address_octets(string(tree))
        except ValueError:
            raise Misspelt(f"'{tree}' is no endpoint", f"an address or '{HERE}'") from None
        return bytes(4) + (b"\0\1" if len(value) == 4 else b"\0\2") + value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(f"an address or '{HERE}'")
        try:
            return word if word == HERE else spell.address(spell.address_octets(word))
        except ValueError:
            raise words.wrong(f"an address or '{HERE}'") from None


class BindingSid(Field):
    """The binding SID: flags, a reserved octet, then nothing, a label entry or an SRv6 SID (RFC 9830, 2.4.2).

    Words are `null`, `mpls LABEL` or `srv6 SID`.  A label is sent as ExaBGP sends it: with the bit 0x10 of the flags
    and the bottom of the stack set; what came otherwise says so.
    """

    flags: Final = Flags(1, ("S", "I"))
    sid: Final = Address(16)
    options: Final = Options(tc=CLASS, s=Switch(), ttl=TTL, flags=flags, reserved=Number(1))
    usual: Final = {"tc": 0, "s": True, "ttl": 0}
    preset: Final = {"mpls": b"\x10"}
    """The flags that are not shown, by type; zero where nothing is said."""

    def decode(self, octets: Octets) -> object:
        flags = octets.take(1)
        reserved = octets.octet()
        tree: dict[str, object] = {"type": "null"}
        if octets.left == 4:
            value = octets.integer(4)
            tree = {"type": "mpls", "label": value >> 12}
            tree |= {name: found for name, found in entry(value).items() if found != self.usual[name]}
        elif octets.left:
            tree = {"type": "srv6", "sid": self.sid.decode(octets)}
        if flags != self.preset.get(str(tree["type"]), b"\0"):
            tree["flags"] = self.flags.decode(Octets(flags))
        if reserved:
            tree["reserved"] = reserved
        return None if tree == {"type": "null"} else tree

    def encode(self, tree: object) -> bytes:
        given = members({"type": "null"} if tree is None else tree)
        kind = given.get("type")
        if kind == "mpls":
            sid = entry_octets(given.get("label"), given, True)
        elif kind == "srv6":
            sid = self.sid.encode(given.get("sid"))
        elif kind == "null":
            sid = b""
        else:
            raise Misspelt(f"{kind!r} is no type of binding SID", "mpls, srv6 or null")
        flags = self.flags.encode(given["flags"]) if "flags" in given else self.preset.get(str(kind), b"\0")
        return flags + bytes((integer(given.get("reserved", 0), 0xFF),)) + sid

    def words(self, tree: object) -> str:
        given = members({"type": "null"} if tree is None else tree)
        sid = given.get("label", given.get("sid", ""))
        return f"{given.get('type')} {sid}".rstrip() + self.options.words(given)

    def read(self, words: Words) -> object:
        kind = words.next("mpls, srv6 or null")
        if kind == "mpls":
            tree: dict[str, object] = {"type": kind, "label": LABEL.read(words)}
        elif kind == "srv6":
            tree = {"type": kind, "sid": self.sid.read(words)}
        elif kind == "null":
            tree = {"type": kind}
        else:
            raise words.wrong("mpls, srv6 or null", f"'{kind}' is no type of binding SID")
        tree |= self.options.read(words)
        if kind != "mpls" and not tree.keys().isdisjoint(self.usual):
            raise words.wrong("flags", "tc, s and ttl are of labels")
        return None if tree == {"type": "null"} else tree


class Srv6BindingSid(Field):
    """The SRv6 binding SID: flags, a reserved octet, the SID, behaviour and structure (RFC 9830, 2.4.3).

    Words are `SID`, `SID endpoint-behavior B LB LN FUN ARG`.
    """

    flags: Final = Flags(1, ("S", "I", "B"))
    implied: Final = 0x20
    """The flag B: behaviour and structure are there."""
    sid: Final = Address(16)
    structure: Final = Structure()
    options: Final = Options(**{"endpoint-behavior": structure}, flags=flags, reserved=Number(1))
    own: Final = ("sid", "flags", "reserved")

    def decode(self, octets: Octets) -> object:
        flags = octets.take(1)
        reserved = octets.octet()
        tree: dict[str, object] = {"sid": self.sid.decode(octets)}
        implied = 0
        if octets.left:
            tree |= members(self.structure.decode(octets))
            implied = self.implied
        if flags[0] != implied:
            tree["flags"] = self.flags.decode(Octets(flags))
        if reserved:
            tree["reserved"] = reserved
        return tree["sid"] if len(tree) == 1 else tree

    def encode(self, tree: object) -> bytes:
        given = tree if isinstance(tree, dict) else {"sid": tree}
        structure = self.structure.encode(given) if self.structured(given) else b""
        flags = self.flags.encode(given["flags"]) if "flags" in given else bytes((self.implied * bool(structure),))
        return flags + bytes((integer(given.get("reserved", 0), 0xFF),)) + self.sid.encode(given.get("sid")) + structure

    def structured(self, given: dict[str, object]) -> bool:
        """Whether a behaviour is among the members."""
        return any(key not in self.own for key in given)

    def words(self, tree: object) -> str:
        if not isinstance(tree, dict):
            return str(tree)
        named = dict(tree)
        if self.structured(tree):
            named["endpoint-behavior"] = tree
        return f"{tree.get('sid')}{self.options.words(named)}"

    def read(self, words: Words) -> object:
        tree: dict[str, object] = {"sid": self.sid.read(words)}
        found = self.options.read(words)
        tree |= members(found.pop("endpoint-behavior", {})) | found
        return tree["sid"] if len(tree) == 1 else tree


FLAGS_MEMBER: Final = Member("flags", Number(1), default=0)
RESERVED_MEMBER: Final = Member("reserved", Number(1), default=0)


def after_flags(field: Field) -> Bare:
    """A value after flags and a reserved octet, none of which means anything."""
    return Bare("value", Sparse(FLAGS_MEMBER, RESERVED_MEMBER, Member("value", field, word="")))


PRIORITY: Final = Bare("value", Sparse(Member("value", Number(1), word=""), RESERVED_MEMBER))
NAME: Final = Bare("value", Sparse(RESERVED_MEMBER, Member("value", Text(), word="")))

POLICY_ROWS: Final = (
    Tlv(12, "preference", after_flags(Number(4))),
    Tlv(13, "binding-sid", BindingSid()),
    Tlv(14, "enlp", after_flags(Number(1))),
    Tlv(15, "priority", PRIORITY),
    Tlv(20, "srv6-binding-sid", Srv6BindingSid()),
    Tlv(128, "segment-lists", SegmentList(), word="segment-list", many=True),
    Tlv(129, "candidate-path-name", NAME),
    Tlv(130, "policy-name", NAME),
)
"""The sub-TLVs of SR policies."""

COMMON_ROWS: Final = (
    Tlv(2, "protocol", Number(2)),
    Tlv(4, "color", Color()),
    Tlv(5, "load-balancing-block", Number(2)),
    Tlv(6, "egress-endpoint", Endpoint(), word="egress"),
    Tlv(7, "ds-field", Number(1)),
    Tlv(8, "udp-port", Number(2)),
    Tlv(9, "embedded-label-handling", Number(1)),
    Tlv(10, "label-stack", Sequence(LabelEntry())),
    Tlv(11, "prefix-sid", prefix_sid.LAYOUT),
)
"""Those of all tunnels, but for the encapsulation."""

VIRTUAL: Final = Sparse(
    Member("flags", Flags(1, ("V", "M")), default={"V": 0, "M": 0, "RSV": 0}),
    Member("vni", Number(3), default=0),
    Member("mac", Mac(), default="00:00:00:00:00:00"),
    Member("pad", Pad(2)),
)
"""The encapsulation of VXLAN and NVGRE (RFC 9012, 3.2.1 and 3.2.2)."""

KEY: Final = Sparse(Member("key", Number(4)))
"""Of GRE (RFC 9012, 3.2.4)."""

SESSION: Final = Sparse(Member("session", Number(4)), Member("cookie", Raw(), default="0x"))
"""Of L2TPv3: a session and a cookie of at most eight octets (RFC 9012, 3.2.3)."""


def tunnel(encapsulation: Field | None = None) -> Ordered:
    """The sub-TLVs of one type of tunnel."""
    row = Tlv(1, "encapsulation", encapsulation or Raw())
    return Ordered((row, *COMMON_ROWS, *POLICY_ROWS), sizes=(1, 1), unknown="unknown-subtlv", wide=128)


POLICY: Final = tunnel()

TUNNELS: Final = (
    Tlv(1, "l2tpv3", tunnel(SESSION), many=True),
    Tlv(2, "gre", tunnel(KEY), many=True),
    Tlv(3, "transmit-endpoint", tunnel(), many=True),
    Tlv(4, "ipsec", tunnel(), many=True),
    Tlv(5, "ip-in-ip-ipsec", tunnel(), many=True),
    Tlv(6, "mpls-in-ip-ipsec", tunnel(), many=True),
    Tlv(7, "ip-in-ip", tunnel(), many=True),
    Tlv(8, "vxlan", tunnel(VIRTUAL), many=True),
    Tlv(9, "nvgre", tunnel(VIRTUAL), many=True),
    Tlv(10, "mpls", tunnel(), many=True),
    Tlv(11, "mpls-in-gre", tunnel(KEY), many=True),
    Tlv(12, "vxlan-gpe", tunnel(), many=True),
    Tlv(13, "mpls-in-udp", tunnel(), many=True),
    Tlv(14, "ipv6-tunnel", tunnel(), many=True),
    Tlv(SR_POLICY, "sr-policy", POLICY),
    Tlv(16, "bare", tunnel(), many=True),
    Tlv(17, "sr-tunnel", tunnel(), many=True),
    Tlv(19, "geneve", tunnel(), many=True),
    Tlv(20, "any-encapsulation", tunnel(), many=True),
)
"""Every type of tunnel; only that of SR policies cannot be repeated (RFC 9830, 2.4)."""

LAYOUT: Final = Ordered(TUNNELS, unknown="tunnel-type")
