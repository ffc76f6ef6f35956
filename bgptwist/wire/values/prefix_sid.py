"""The TLVs of BGP Prefix-SID (RFC 8669, 3) and its SRv6 services (RFC 9252, 2 and 3).

The tree is ExaBGP's; flags and reserved octets are in it only when they are not zero.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Number
from bgptwist.wire.values.layout import Member, show
from bgptwist.wire.values.ordered import Bare, Options, Ordered, Sparse, whole
from bgptwist.wire.values.srv6 import read_behavior
from bgptwist.wire.values.tlv import Tlv, Tlvs
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words

LABEL_INDEX: Final = 1
SRGB: Final = 3
L3_SERVICE: Final = 5
L2_SERVICE: Final = 6
SERVICES: Final = {"l3-service": L3_SERVICE, "l2-service": L2_SERVICE}

INFORMATION: Final = 1
"""The service sub-TLV that tells a SID."""
STRUCTURE: Final = 1
"""Its sub-sub-TLV that tells what the bits of the SID are."""

LENGTHS: Final = (
    "locator-block-length",
    "locator-node-length",
    "function-length",
    "argument-length",
    "transposition-length",
    "transposition-offset",
)
EXPECTED: Final = "[ BLOCK,NODE,FUNCTION,ARGUMENT,TRANSPOSITION,OFFSET ], lengths in bits"
SID: Final = Address(16)
PLAIN: Final = Tlvs((), sizes=(1, 2))
OPAQUE: Final = 0xFFFF
"""The behaviour of a SID that only its owner understands."""


class Ranges(Field):
    """Label ranges, `[[base, size], ...]`; words `[ ( BASE,SIZE ), ( BASE,SIZE ) ]` (RFC 8669, 3.2)."""

    def decode(self, octets: Octets) -> object:
        found: list[object] = []
        while octets.left:
            found.append([octets.integer(3), octets.integer(3)])
        return found

    def encode(self, tree: object) -> bytes:
        found: list[bytes] = []
        for item in items(tree):
            pair = items(item)
            if len(pair) != 2:
                raise Misspelt(f"{len(pair)} numbers are no range", "[ base, size ]")
            found += [integer(each, 0xFFFFFF).to_bytes(3, "big") for each in pair]
        return b"".join(found)

    def words(self, tree: object) -> str:
        pairs = [items(item) for item in items(tree)]
        inner = ", ".join([f"( {base},{size} )" for base, size in pairs])
        return f"[ {inner} ]" if inner else "[ ]"

    def read(self, words: Words) -> object:
        words.require("[")
        found: list[object] = []
        while not words.accept("]"):
            if found:
                words.accept(",")
            words.require("(")
            base = words.integer(0xFFFFFF, "the first label of a range")
            words.accept(",")
            size = words.integer(0xFFFFFF, "the size of a range")
            words.require(")")
            found.append([base, size])
        return found


class Lengths(Field):
    """The structure of a SID: six lengths in bits (RFC 9252, 3.2.1)."""

    def decode(self, octets: Octets) -> object:
        return {name: octets.octet() for name in LENGTHS}

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        return bytes([integer(given.get(name), 0xFF) for name in LENGTHS])

    def words(self, tree: object) -> str:
        given = members(tree)
        return f"[ {','.join([str(given.get(name)) for name in LENGTHS])} ]"

    def read(self, words: Words) -> object:
        words.require("[")
        found: dict[str, object] = {}
        for name in LENGTHS:
            if found:
                words.accept(",")
            found[name] = words.integer(0xFF, EXPECTED)
        words.require("]")
        return found


STRUCTURES: Final = Lengths()


class ServiceSid(Field):
    """A SID with behaviour and structure; words `SID BEHAVIOR [ LENGTHS ] flags N ...` (RFC 9252, 3.1).

    The structure is shown as such when it is the first sub-sub-TLV; all others are in `unknown`.
    """

    single = False
    options: Final = Options(flags=Number(1), reserved1=Number(1), reserved2=Number(1))
    keys: Final = frozenset(("sid", "endpoint_behavior", "structure", "unknown", *options.fields))

    def decode(self, octets: Octets) -> object:
        reserved1 = octets.octet()
        tree: dict[str, object] = {"sid": SID.decode(octets), "flags": octets.octet()}
        tree["endpoint_behavior"] = octets.integer(2)
        reserved2 = octets.octet()
        unknown: list[object] = []
        for at, (code, value) in enumerate(PLAIN.cut(octets)):
            if at == 0 and code == STRUCTURE and len(value) == len(LENGTHS):
                tree["structure"] = STRUCTURES.decode(Octets(value))
            else:
                unknown.append(unknown_tree(code, value))
        if unknown:
            tree["unknown"] = unknown
        if reserved1:
            tree["reserved1"] = reserved1
        if reserved2:
            tree["reserved2"] = reserved2
        return tree

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        for key in given:
            if key not in self.keys:
                raise Misspelt(f"a service SID has no '{key}'", f"one of {', '.join(sorted(self.keys))}")
        found = [
            bytes((integer(given.get("reserved1", 0), 0xFF),)),
            SID.encode(given.get("sid")),
            bytes((integer(given.get("flags", 0), 0xFF),)),
            integer(given.get("endpoint_behavior", OPAQUE), 0xFFFF).to_bytes(2, "big"),
            bytes((integer(given.get("reserved2", 0), 0xFF),)),
        ]
        if "structure" in given:
            found.append(PLAIN.framed(STRUCTURE, STRUCTURES.encode(given["structure"])))
        found += [unknown_octets(members(item)) for item in items(given.get("unknown", []))]
        return b"".join(found)

    def words(self, tree: object) -> str:
        given = members(tree)
        behavior = integer(given.get("endpoint_behavior", OPAQUE), 0xFFFF)
        text = f"{given.get('sid')} 0x{behavior:02X}"
        if "structure" in given:
            text += f" {STRUCTURES.words(given['structure'])}"
        text += self.options.words({name: value for name, value in given.items() if value})
        return text + "".join([f" unknown {unknown_words(members(item))}" for item in items(given.get("unknown", []))])

    def read(self, words: Words) -> object:
        tree: dict[str, object] = {"sid": SID.read(words), "flags": 0, "endpoint_behavior": OPAQUE}
        following = words.peek()
        if (
            following
            and following not in ("[", "]", ")", "unknown", *SERVICES)
            and following not in self.options.fields
        ):
            tree["endpoint_behavior"] = read_behavior(words)
        if words.peek() == "[":
            tree["structure"] = STRUCTURES.read(words)
        tree |= self.options.read(words)
        unknown: list[object] = []
        while words.accept("unknown"):
            unknown.append(read_unknown(words))
        return tree | ({"unknown": unknown} if unknown else {})


def unknown_tree(code: int, value: bytes) -> dict[str, object]:
    """A sub-TLV or sub-sub-TLV that has no form of its own."""
    return {"type": code, "raw": spell.hexadecimal(value)}


def unknown_octets(tree: dict[str, object]) -> bytes:
    """Type, length, value."""
    return PLAIN.framed(integer(tree.get("type"), 0xFF), raw_octets(string(tree.get("raw"))))


def unknown_words(tree: dict[str, object]) -> str:
    """`7 0x..`."""
    return f"{tree.get('type')} {tree.get('raw')}"


def read_unknown(words: Words) -> dict[str, object]:
    """What follows `unknown`."""
    code = words.integer(0xFF, "a type number")
    return unknown_tree(code, raw_octets(words.next("a value in hexadecimal"), words))


class ServiceList(Field):
    """The sub-TLVs of a service: SIDs, and what is unknown; words of one SID, or `[ ( .. ) ( unknown 7 0x.. ) ]`."""

    sid: Final = ServiceSid()

    def decode(self, octets: Octets) -> object:
        found: list[object] = []
        for code, value in PLAIN.cut(octets):
            try:
                if code != INFORMATION:
                    raise Malformed("no SID information")
                found.append(whole(self.sid, value))
            except (Malformed, Misspelt):
                found.append(unknown_tree(code, value))
        return found

    def encode(self, tree: object) -> bytes:
        found: list[bytes] = []
        for item in items(tree):
            given = members(item)
            found.append(PLAIN.framed(INFORMATION, self.sid.encode(given)) if "sid" in given else unknown_octets(given))
        return b"".join(found)

    def words(self, tree: object) -> str:
        given = [members(item) for item in items(tree)]
        if len(given) == 1 and "sid" in given[0]:
            return self.sid.words(given[0])
        inner = [self.sid.words(item) if "sid" in item else f"unknown {unknown_words(item)}" for item in given]
        return f"[ {' '.join([f'( {each} )' for each in inner])} ]" if inner else "[ ]"

    def read(self, words: Words) -> object:
        if not words.accept("["):
            return [self.sid.read(words)]
        found: list[object] = []
        while not words.accept("]"):
            if words.accept(","):
                continue
            words.require("(")
            found.append(read_unknown(words) if words.accept("unknown") else self.sid.read(words))
            words.require(")")
        return found


RESERVED: Final = Member("reserved", Number(1), default=0)
SERVICE: Final = Bare("services", Sparse(RESERVED, Member("services", ServiceList(), word="")))
INDEX: Final = Bare(
    "value", Sparse(RESERVED, Member("flags", Number(2), default=0), Member("value", Number(4), word=""))
)
BLOCKS: Final = Bare("ranges", Sparse(Member("flags", Number(2), default=0), Member("ranges", Ranges(), word="")))

ROWS: Final = (
    Tlv(LABEL_INDEX, "sr-label-index", INDEX),
    Tlv(SRGB, "sr-srgbs", BLOCKS),
    Tlv(L3_SERVICE, "l3-service", SERVICE),
    Tlv(L2_SERVICE, "l2-service", SERVICE),
)


class PrefixSid(Field):
    """All TLVs; words `[ INDEX ]`, `[ INDEX, [ ( BASE,SIZE ) ] ]` as ExaBGP has them, else `( ROW value ... )`.

    The words are one unit, so that they need no parentheses elsewhere; what is no TLVs at all is hexadecimal.
    """

    tlvs: Final = Ordered(ROWS, sizes=(1, 2), unknown="attribute-not-implemented")

    def decode(self, octets: Octets) -> object:
        return self.tlvs.decode(octets)

    def encode(self, tree: object) -> bytes:
        return raw_octets(tree) if isinstance(tree, str) else self.tlvs.encode(tree)

    def words(self, tree: object) -> str:
        if isinstance(tree, str):
            return tree
        given = members(tree)
        index = given.get("sr-label-index")
        ranges = given.get("sr-srgbs")
        if list(given) == ["sr-label-index"] and isinstance(index, int):
            return f"[ {index} ]"
        if list(given) == ["sr-label-index", "sr-srgbs"] and isinstance(index, int) and isinstance(ranges, list):
            return f"[ {index}, {BLOCKS.words(ranges)} ]"
        return f"( {self.tlvs.words(given)} )" if given else "( )"

    def read(self, words: Words) -> object:
        if words.peek()[:2] == "0x":
            return show(self, raw_octets(words.next("hexadecimal"), words))
        if words.accept("["):
            tree: dict[str, object] = {"sr-label-index": words.integer(0xFFFFFFFF, "a label index up to 4294967295")}
            words.accept(",")
            if words.peek() == "[":
                tree["sr-srgbs"] = BLOCKS.read(words)
            words.require("]")
            return tree
        if words.next("'[' and a label index, or '(' and TLVs") != "(":
            raise words.wrong("'[' and a label index, or '(' and TLVs")
        found = self.tlvs.read(words)
        if words.next(f"one of {', '.join(self.tlvs.by_word)}, or ')'") != ")":
            raise words.wrong(f"one of {', '.join(self.tlvs.by_word)}, or ')'")
        return found


LAYOUT: Final = PrefixSid()
