"""Descriptors of BGP-LS NLRI: what tells one node, link, prefix, policy or SID from another.

RFC 9552, 5.2 (nodes, links, prefixes); RFC 9086, 3 (BGP router id); RFC 9514, 6 (SRv6 SID); RFC 9857, 4 (candidate
path); draft-ietf-idr-bgp-ls-inter-as-topology-ext (remote AS and ASBR).
"""

import re
from collections.abc import Callable, Container
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import asn
from bgptwist.wire.values.field import Address, Field, Number, Prefix
from bgptwist.wire.values.layout import Member, Sequence, Struct, enclosed, hide, show
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words, number

LOCAL_NODE: Final = 256
REMOTE_NODE: Final = 257

GENERIC: Final = "generic-"
"""Before the number of a TLV that has no row, or whose value its row cannot show."""

ANY_SIZE: Final = range(1 << 16)

# ------------------------------------------------------------------ fields


class AsNumber(Number):
    """An AS number of four octets; words may say `1.10`."""

    def __init__(self) -> None:
        super().__init__(4)

    def read(self, words: Words) -> object:
        return asn.read(words)


class NamedNumber(Number):
    """A number in the tree that words give a name."""

    def __init__(self, size: int, names: dict[int, str]) -> None:
        super().__init__(size)
        self.names = names
        self.codes = {name: code for code, name in names.items()}
        self.expected = f"a number to {self.maximum} or one of {', '.join(self.codes)}"

    def words(self, tree: object) -> str:
        code = integer(tree, self.maximum)
        return self.names.get(code) or str(code)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        code = self.codes.get(word, number(word))
        if not 0 <= code <= self.maximum:
            raise words.wrong(self.expected)
        return code


class FourOctets(Field):
    """Four octets that people write as an address or as a number; the tree has the text of one of them."""

    def __init__(self, dotted: bool) -> None:
        self.dotted = dotted
        self.expected = "a number or four numbers with dots"

    def decode(self, octets: Octets) -> object:
        value = octets.take(4)
        return spell.address(value) if self.dotted else str(int.from_bytes(value, "big"))

    def encode(self, tree: object) -> bytes:
        text = tree if isinstance(tree, str) else dumps(tree)
        value = number(text)
        if 0 <= value <= 0xFFFFFFFF:
            return value.to_bytes(4, "big")
        try:
            return spell.ipv4_octets(text)
        except ValueError:
            raise Misspelt(f"{dumps(tree)[:60]} does not fit", self.expected) from None

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt:
            raise words.wrong(self.expected) from None


class Several(Sequence):
    """A list whose words need no brackets when it has one item."""

    def words(self, tree: object) -> str:
        given = items(tree)
        return enclosed(self.field, given[0]) if len(given) == 1 else super().words(tree)


class Reachability(Field):
    """The bits and octets of a prefix; hexadecimal when the octets are not as many as the bits need, or more is set.

    Some routers send one octet less than they should, which must not cost the route.
    """

    def __init__(self, afi: int) -> None:
        self.afi = afi
        self.prefix = Prefix(afi)

    def decode(self, octets: Octets) -> object:
        return show(self.prefix, octets.rest())

    def encode(self, tree: object) -> bytes:
        return hide(self.prefix, tree)

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        if words.peek()[:2] == "0x":
            return show(self.prefix, raw_octets(words.next(""), words))
        return self.prefix.read(words)

    def text(self, tree: object) -> str:
        """The prefix, also of hexadecimal, with zeros for octets that are missing; '' when there is none."""
        if not isinstance(tree, str) or tree[:2] != "0x":
            return str(tree)
        value = raw_octets(tree)
        if not 0 < len(value) <= self.prefix.size + 1:
            return ""
        return f"{spell.address(value[1:].ljust(self.prefix.size, bytes(1)))}/{value[0]}"


class CandidatePath(Field):
    """A candidate path of an SR policy (RFC 9857, 4); its flags say which of its addresses are of IPv6."""

    single = False
    IPV6_ENDPOINT: Final = 0x80
    IPV6_ORIGINATOR: Final = 0x40

    def __init__(self) -> None:
        self.layout = Struct(
            Member("protocol-origin", Number(1)),
            Member("endpoint", Address()),
            Member("color", Number(4)),
            Member("originator-as-number", AsNumber(), default=0),
            Member("originator-address", Address(), default="0.0.0.0"),
            Member("discriminator", Number(4), default=0),
        )

    def decode(self, octets: Octets) -> object:
        tree: dict[str, object] = {"protocol-origin": octets.octet()}
        flags = octets.integer(3) >> 16
        tree["endpoint"] = spell.address(octets.take(16 if flags & self.IPV6_ENDPOINT else 4))
        tree["color"] = octets.integer(4)
        tree["originator-as-number"] = octets.integer(4)
        tree["originator-address"] = spell.address(octets.take(16 if flags & self.IPV6_ORIGINATOR else 4))
        tree["discriminator"] = octets.integer(4)
        return tree

    def encode(self, tree: object) -> bytes:
        value = self.layout.encode(tree)
        given = members(tree)
        flags = self.IPV6_ENDPOINT if ":" in string(given["endpoint"]) else 0
        if ":" in string(given.get("originator-address", "")):
            flags |= self.IPV6_ORIGINATOR
        return value[:1] + bytes((flags, 0, 0)) + value[1:]

    def words(self, tree: object) -> str:
        return self.layout.words(tree)

    def read(self, words: Words) -> object:
        return self.layout.read(words)


# ------------------------------------------------------------------ nodes

ROUTER_ID: Final = 515
ROUTER_ID_EXPECTED: Final = "a router id like 10.0.0.1, 1921.6825.2240 or 0x..."
SYSTEM_ID: Final = re.compile(r"(?:[0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?:[.-]?[0-9A-Fa-f]{2})?")
"""An IS-IS system identifier of six octets, perhaps with the pseudonode."""


def router_id(value: bytes) -> dict[str, object]:
    """The IGP router id (RFC 9552, 5.2.1.4), which its length explains.

    An OSPF router id, with the designated router for a pseudonode; an IS-IS system id, with the pseudonode; an address.
    """
    size = len(value)
    if size in (4, 16):
        return {"router-id": spell.address(value)}
    if size == 8:
        return {"router-id": spell.address(value[:4]), "designated-router-id": spell.address(value[4:])}
    if size == 7 and value[6]:
        return {"router-id": value.hex(), "psn": str(value[6])}
    if size in (6, 7):
        return {"router-id": value.hex()}
    return {f"{GENERIC}{ROUTER_ID}": spell.hexadecimal(value)}


def router_id_octets(item: dict[str, object]) -> bytes:
    """The octets of such a tree."""
    text = string(item["router-id"])
    unknown = set(item) - {"router-id", "designated-router-id", "psn"}
    try:
        if SYSTEM_ID.fullmatch(text):
            value = bytes.fromhex(text.replace(".", "").replace("-", ""))
        else:
            value = raw_octets(text) if text[:2] == "0x" else spell.address_octets(text)
        if "designated-router-id" in item:
            value += spell.ipv4_octets(string(item["designated-router-id"]))
    except ValueError:
        raise Misspelt(f"{dumps(text)[:60]} is no router id", ROUTER_ID_EXPECTED) from None
    if "psn" in item:
        pseudonode = integer(item["psn"], 0xFF)
        if len(value) == 6:
            value += bytes((pseudonode,))
        if len(value) != 7 or value[6] != pseudonode:
            raise Misspelt("the pseudonode does not fit the router id", "a system id of six octets")
    if unknown or len(value) not in (4, 6, 7, 8, 16):
        raise Misspelt(f"{dumps(item)[:60]} is no router id", ROUTER_ID_EXPECTED)
    return value


class NodeRow:
    """One sub-TLV of a node: its code, key, word and field of four octets."""

    def __init__(self, code: int, key: str, word: str, field: Field) -> None:
        self.code = code
        self.key = key
        self.word = word
        self.field = field


NODE_ROWS: Final = (
    NodeRow(512, "autonomous-system", "autonomous-system", AsNumber()),
    NodeRow(513, "bgp-ls-identifier", "bgp-ls-identifier", FourOctets(dotted=False)),
    NodeRow(514, "ospf-area-id", "ospf-area", FourOctets(dotted=True)),
    NodeRow(516, "bgp-router-id", "bgp-router-id", Address(4)),
    NodeRow(517, "confederation-member", "confederation-member", AsNumber()),
)

NODE_SIZES: Final[dict[int, tuple[int, ...]]] = {row.code: (4,) for row in NODE_ROWS} | {ROUTER_ID: (4, 6, 7, 8, 16)}


class Node(Field):
    """The descriptors of a node: a list of objects, one for each sub-TLV, in rising order."""

    single = False

    def __init__(self) -> None:
        self.rows = {row.code: row for row in NODE_ROWS}
        self.by_key = {row.key: row for row in NODE_ROWS}
        self.by_word = {row.word: row for row in NODE_ROWS}

    def decode(self, octets: Octets) -> object:
        found: list[object] = []
        while octets.left:
            code = octets.integer(2)
            value = octets.take(octets.integer(2))
            row = self.rows.get(code)
            if code == ROUTER_ID:
                found.append(router_id(value))
            elif row is not None and len(value) == 4:
                found.append({row.key: row.field.decode(Octets(value))})
            else:
                found.append({f"{GENERIC}{code}": spell.hexadecimal(value)})
        return found

    def encode(self, tree: object) -> bytes:
        found = sorted([self._pair(members(item)) for item in items(tree)])
        return b"".join([framed(code, value) for code, value in found])

    def _pair(self, item: dict[str, object]) -> tuple[int, bytes]:
        """Code and value of one object."""
        if "router-id" in item:
            return ROUTER_ID, router_id_octets(item)
        if len(item) != 1:
            raise Misspelt(f"{dumps(item)[:60]} does not fit", "an object with one member")
        ((key, given),) = item.items()
        row = self.by_key.get(key)
        if row is None:
            return generic_code(key), raw_octets(string(given))
        try:
            return row.code, row.field.encode(given)
        except Misspelt as error:
            raise Misspelt(f"{key}: {error.reason}", error.expected) from None

    def words(self, tree: object) -> str:
        found: list[str] = []
        for item in map(members, items(tree)):
            if "router-id" in item:
                found += router_id_words(item)
                continue
            for key, given in item.items():
                row = self.by_key.get(key)
                found += (key, str(given)) if row is None else (row.word, row.field.words(given))
        return " ".join(found)

    def read(self, words: Words) -> object:
        found: list[object] = []
        given: set[str] = set()
        while True:
            word = words.peek()
            row = self.by_word.get(word)
            if row is None and word != "router-id" and not word.startswith(GENERIC):
                return found
            words.next("")
            if word in given:
                raise words.wrong("another word", f"'{word}' stands twice")
            given.add(word)
            if row is not None:
                found.append({row.key: row.field.read(words)})
            elif word == "router-id":
                found.append(read_router_id(words))
            else:
                code = read_generic(words)
                found.append({f"{GENERIC}{code}": read_raw(words)})


def router_id_words(item: dict[str, object]) -> list[str]:
    """`router-id 192168252240 psn 66`, `router-id 10.1.4.1 designated-router 10.1.1.2`."""
    value = router_id_octets(item)
    if len(value) == 7:
        return ["router-id", value[:6].hex(), "psn", str(value[6])]
    text = str(item["router-id"])
    if len(value) == 8:
        return ["router-id", text, "designated-router", str(item["designated-router-id"])]
    return ["router-id", text]


def read_router_id(words: Words) -> dict[str, object]:
    """The words after `router-id`."""
    at = words.at
    item: dict[str, object] = {"router-id": words.next(ROUTER_ID_EXPECTED)}
    if words.accept("psn"):
        item["psn"] = words.integer(0xFF)
    elif words.accept("designated-router"):
        item["designated-router-id"] = words.next("an IPv4 address")
    try:
        return router_id(router_id_octets(item))
    except Misspelt as error:
        raise Misspelt(error.reason, error.expected, at) from None


# ------------------------------------------------------------------ TLVs


def framed(code: int, value: bytes) -> bytes:
    """A value after its type and length."""
    if len(value) > 0xFFFF:
        raise Misspelt(f"{len(value)} octets are too many for one TLV", "less")
    return code.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def generic_code(key: str) -> int:
    """The number of `generic-600`."""
    code = number(key.removeprefix(GENERIC)) if key.startswith(GENERIC) else -1
    if not 0 <= code <= 0xFFFF:
        raise Misspelt(f"'{key[:40]}' is not known", f"{GENERIC}N")
    return code


def read_generic(words: Words) -> int:
    """The number of the word `generic-600` that has just been read."""
    try:
        return generic_code(words.words[words.at - 1])
    except Misspelt as error:
        raise words.wrong(error.expected, error.reason) from None


def read_raw(words: Words) -> str:
    """The next word, octets in hexadecimal."""
    word = words.next("octets in hexadecimal")
    return spell.hexadecimal(raw_octets(word, words))


def check_node(data: bytes, at: int, end: int) -> None:
    """Sub-TLVs of a node: in rising order, none twice, those known of their length (RFC 9552, 8.2.2)."""
    sizes = NODE_SIZES
    last = -1
    while at < end:
        if at + 4 > end:
            raise Malformed(f"{end - at} octets where a sub-TLV begins", 3, 10)
        code = data[at] << 8 | data[at + 1]
        size = data[at + 2] << 8 | data[at + 3]
        at += 4 + size
        if at > end:
            raise Malformed(f"a sub-TLV of {size} octets runs past its TLV", 3, 10)
        if code <= last:
            raise Malformed(f"sub-TLV {code} follows {last}", 3, 10)
        if code in sizes and size not in sizes[code]:
            raise Malformed(f"sub-TLV {code} has {size} octets", 3, 10)
        last = code


def check_prefix4(data: bytes, at: int, end: int) -> None:
    """At most 32 bits."""
    if data[at] > 32:
        raise Malformed(f"an IPv4 prefix of {data[at]} bits", 3, 10)


def check_prefix6(data: bytes, at: int, end: int) -> None:
    """At most 128 bits."""
    if data[at] > 128:
        raise Malformed(f"an IPv6 prefix of {data[at]} bits", 3, 10)


def check_candidate_path(data: bytes, at: int, end: int) -> None:
    """As many octets as the flags say."""
    flags = data[at + 1]
    size = 24 + (12 if flags & CandidatePath.IPV6_ENDPOINT else 0)
    size += 12 if flags & CandidatePath.IPV6_ORIGINATOR else 0
    if end - at != size:
        raise Malformed(f"a candidate path of {end - at} octets where its flags say {size}", 3, 10)


class Tlv:
    """One TLV: its code, the field of its value, the lengths it may have; `many`: it may stand more than once."""

    def __init__(
        self,
        code: int,
        field: Field,
        sizes: Container[int],
        *,
        many: bool = False,
        check: Callable[[bytes, int, int], None] | None = None,
    ) -> None:
        self.code = code
        self.field = field
        self.sizes = sizes
        self.many = many
        self.check = check


class Part:
    """One member of the tree: its key, its word, the field of both, and the TLVs it is made of.

    `listed`: each TLV is one item of a list.
    """

    def __init__(self, key: str, word: str, field: Field, *tlvs: Tlv, listed: bool = False) -> None:
        self.key = key
        self.word = word
        self.field = field
        self.tlvs = tlvs
        self.listed = listed

    def encode(self, tree: object) -> list[tuple[int, bytes]]:
        """Code and value of each TLV; an empty list has none."""
        if isinstance(self.field, Sequence) and tree == []:
            return []
        try:
            return [self._one(item) for item in (items(tree) if self.listed else (tree,))]
        except Misspelt as error:
            raise Misspelt(f"{self.key}: {error.reason}", error.expected) from None

    def _one(self, item: object) -> tuple[int, bytes]:
        """The first TLV that can hold an item."""
        last = Misspelt("nothing fits")
        for tlv in self.tlvs:
            try:
                return tlv.code, tlv.field.encode(item)
            except Misspelt as error:
                last = error
        raise last


NODE: Final = Node()
ADDRESSES: Final = Several(Address())
ASBRS: Final = Several(Address())
TOPOLOGIES: Final = Several(Number(2), 1)
IDENTIFIERS: Final = Struct(
    Member("link-local-id", Number(4), word="local"), Member("link-remote-id", Number(4), word="remote")
)

NODE_PART: Final = Part("node-descriptors", "local", NODE, Tlv(LOCAL_NODE, NODE, ANY_SIZE, check=check_node))
LOCAL_PART: Final = Part("local-node-descriptors", "local", NODE, Tlv(LOCAL_NODE, NODE, ANY_SIZE, check=check_node))
REMOTE_PART: Final = Part("remote-node-descriptors", "remote", NODE, Tlv(REMOTE_NODE, NODE, ANY_SIZE, check=check_node))

MULTI_TOPOLOGY: Final = Part(
    "multi-topology-ids", "multi-topology", TOPOLOGIES, Tlv(263, TOPOLOGIES, range(2, 1 << 16, 2))
)
"""Numbers of 16 bits, of which the first four are reserved."""

LINK_PARTS: Final = (
    Part(
        "interface-addresses",
        "interface-address",
        ADDRESSES,
        Tlv(259, Address(4), (4,), many=True),
        Tlv(261, Address(16), (16,), many=True),
        listed=True,
    ),
    Part(
        "neighbor-addresses",
        "neighbor-address",
        ADDRESSES,
        Tlv(260, Address(4), (4,), many=True),
        Tlv(262, Address(16), (16,), many=True),
        listed=True,
    ),
    MULTI_TOPOLOGY,
    Part("link-identifiers", "link-identifiers", Several(IDENTIFIERS), Tlv(258, IDENTIFIERS, (8,)), listed=True),
    Part("remote-as-number", "remote-as-number", AsNumber(), Tlv(270, AsNumber(), (4,))),
    Part(
        "remote-asbr-ids",
        "remote-asbr",
        ASBRS,
        Tlv(271, Address(4), (4,), many=True),
        Tlv(272, Address(16), (16,), many=True),
        listed=True,
    ),
)

OSPF_ROUTES: Final[dict[int, str]] = {
    1: "intra-area",
    2: "inter-area",
    3: "external-1",
    4: "external-2",
    5: "nssa-1",
    6: "nssa-2",
}
OSPF_ROUTE: Final = NamedNumber(1, OSPF_ROUTES)
OCTET: Final = Number(1)


def prefix_parts(afi: int) -> tuple[Part, ...]:
    """The parts of a prefix of IPv4 (AFI 1) or IPv6 (AFI 2)."""
    field = Reachability(afi)
    reach = Tlv(
        265, field, range(1, 6) if afi == 1 else range(1, 18), check=check_prefix4 if afi == 1 else check_prefix6
    )
    return (
        Part("ip-reachability-tlv", "prefix", field, reach),
        Part("ospf-route-type", "ospf-route-type", OSPF_ROUTE, Tlv(264, OSPF_ROUTE, (1,))),
        MULTI_TOPOLOGY,
        Part("bgp-route-type", "bgp-route-type", OCTET, Tlv(535, OCTET, (1,))),
    )


SID_PARTS: Final = (MULTI_TOPOLOGY, Part("srv6-sid", "sid", Address(16), Tlv(518, Address(16), (16,))))

CANDIDATE_PATH: Final = CandidatePath()
POLICY_PARTS: Final = (
    Part("tunnel-id", "tunnel-id", Number(2), Tlv(550, Number(2), (2,))),
    Part("lsp-id", "lsp-id", Number(2), Tlv(551, Number(2), (2,))),
    Part(
        "candidate-path",
        "candidate-path",
        CANDIDATE_PATH,
        Tlv(554, CANDIDATE_PATH, (24, 36, 48), check=check_candidate_path),
    ),
)

PROTOCOLS: Final[dict[int, str]] = {
    1: "isis-l1",
    2: "isis-l2",
    3: "ospfv2",
    4: "direct",
    5: "static",
    6: "ospfv3",
    7: "bgp",
    8: "rsvp-te",
    9: "sr",
}
PROTOCOL: Final = NamedNumber(1, PROTOCOLS)
