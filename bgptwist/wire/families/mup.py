"""Mobile user plane: four types of routes of the architecture 3GPP 5G (draft-ietf-bess-mup-safi, 3.1)."""

from json import dumps
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.octets import Octets
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values.field import Address, CountedAddress, Field, Number, Prefix
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.multicast_route import Multicast
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body, ReshapedNlri, typed_family
from bgptwist.wire.values.tree import integer, raw_octets, string
from bgptwist.wire.values.typed import RouteType
from bgptwist.wire.words import Words, number

ARCHITECTURE: Final = 1
"""3GPP 5G."""

TEID_EXPECTED: Final = "a TEID and its bits, like 12345/32"

HIGHEST_QFI: Final = 63


class Qfi(Number):
    """A QoS flow identifier: six bits, in one octet."""

    def __init__(self) -> None:
        super().__init__(1)

    def read(self, words: Words) -> object:
        return words.integer(HIGHEST_QFI)


def teid_text(octets: bytes, bits: int) -> str:
    """`12345/23`; octets that hold more than their bits are written in hexadecimal, `0x303900/23`."""
    value = int.from_bytes(octets, "big")
    return f"{value}/{bits}" if value < 1 << bits else f"{hexadecimal(octets)}/{bits}"


def teid_parts(text: str) -> tuple[bytes, int]:
    """The octets of such a text, and how many bits count; a number stands at the right end of its octets."""
    left, _, right = text.partition("/")
    bits = number(right) if right.isdecimal() else -1
    if not 0 <= bits <= 32:
        raise Misspelt(f"'{text}' is no TEID with 0 to 32 bits", TEID_EXPECTED)
    size = (bits + 7) // 8
    if left[:2] == "0x":
        octets = raw_octets(left)
        if len(octets) != size:
            raise Misspelt(f"'{left}' has {len(octets)} octets", f"{size} octets for {bits} bits")
        return octets, bits
    value = number(left)
    if value < 0:
        raise Misspelt(f"'{text}' is no TEID", TEID_EXPECTED)
    if value >> bits:
        raise Misspelt(f"TEID {value} needs {value.bit_length()} bits, not {bits}", TEID_EXPECTED)
    return value.to_bytes(size, "big"), bits


class Teid(Field):
    """A TEID of so many bits, as a text; its length stands elsewhere, so TypeTwoSession makes the octets."""

    def words(self, tree: object) -> str:
        return string(tree)

    def read(self, words: Words) -> object:
        word = words.next(TEID_EXPECTED)
        try:
            return teid_text(*teid_parts(word))
        except Misspelt as error:
            raise words.wrong(error.expected, error.reason) from None


def prefix_outward(tree: dict[str, object]) -> dict[str, object]:
    """A prefix in two keys."""
    ip, _, length = string(tree["prefix"]).partition("/")
    return {"prefix_ip_len": int(length), "prefix_ip": ip}


def prefix_inward(given: dict[str, object]) -> str:
    """The prefix of two keys."""
    return f"{string(given.get('prefix_ip'))}/{integer(given.get('prefix_ip_len'), 128)}"


def bits(text: object) -> int:
    """The length of an address in bits; 0 of none."""
    return (128 if ":" in text else 32) if isinstance(text, str) and text else 0


class InterworkSegment(Body):
    """Type 1."""

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        return {**prefix_outward(tree), "rd": tree["rd"]}

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        return {**super().inward(given), "prefix": prefix_inward(given)}


class DirectSegment(Body):
    """Type 2."""

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        return {"ip": tree["ip"], "rd": tree["rd"]}


class TypeOneSession(Body):
    """Type 3; JSON has no source when there is none."""

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        shown = {
            **prefix_outward(tree),
            "teid": str(tree["teid"]),
            "qfi": str(tree["qfi"]),
            "rd": tree["rd"],
            "endpoint_ip_len": bits(tree["endpoint"]),
            "endpoint_ip": tree["endpoint"],
        }
        if "source" in tree:
            shown |= {"source_ip_len": bits(tree["source"]), "source_ip": tree["source"]}
        return shown

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        found = {"rd": given.get("rd"), "prefix": prefix_inward(given), "endpoint": given.get("endpoint_ip")}
        found |= {key: integer(given.get(key), 0xFFFFFFFF) for key in ("teid", "qfi")}
        if given.get("source_ip") not in (None, "b''"):  # what ExaBGP writes where no source is
            found["source"] = given["source_ip"]
        return found


class TypeTwoSession(Body):
    """Type 4: one length counts the bits of the endpoint and of the TEID behind it."""

    def __init__(self, size: int) -> None:
        rd = Member("rd", RouteDistinguisher())
        self.address = Address(size)
        super().__init__(rd, Member("endpoint", self.address, word=""), Member("teid", Teid()))
        self.rd = rd.field
        self.size = size

    def decode(self, octets: Octets) -> object:
        rd = self.rd.decode(octets)
        spare = octets.octet() - 8 * self.size
        if not 0 <= spare <= 32:
            raise Malformed(f"an endpoint of {8 * self.size + spare} bits", 3, 10)
        endpoint = self.address.decode(octets)
        return {"rd": rd, "endpoint": endpoint, "teid": teid_text(octets.take((spare + 7) // 8), spare)}

    def encode(self, tree: object) -> bytes:
        assert isinstance(tree, dict)
        octets, spare = teid_parts(string(tree["teid"]))
        return (
            self.rd.encode(tree["rd"])
            + bytes((8 * self.size + spare,))
            + self.address.encode(tree["endpoint"])
            + octets
        )

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        octets, spare = teid_parts(string(tree["teid"]))
        return {
            "endpoint_len": 8 * self.size + spare,
            "endpoint_ip": tree["endpoint"],
            "rd": tree["rd"],
            "teid": str(int.from_bytes(octets, "big")),
        }

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        spare = integer(given.get("endpoint_len"), 8 * self.size + 32, 8 * self.size) - 8 * self.size
        size = (spare + 7) // 8
        teid = integer(given.get("teid"), (1 << 8 * size) - 1).to_bytes(size, "big")
        return {"rd": given.get("rd"), "endpoint": given.get("endpoint_ip"), "teid": teid_text(teid, spare)}


class MupNlri(ReshapedNlri):
    """NLRI with an architecture before their type; JSON has no `parsed` when they are."""

    def json(self, nlri: bytes) -> str:
        return dumps(self.shown(nlri))

    def shown(self, nlri: bytes) -> dict[str, object]:
        code = self.code(nlri)
        tree = self.tree(nlri)
        if tree is None:
            return {"arch": nlri[0], **self.opaque(nlri)}
        route_type = self.types[code]
        shown = self.outward(route_type, tree)
        return {"name": route_type.name, "arch": nlri[0], "code": code, **shown, "raw": nlri.hex().upper()}


def nlri(afi: int) -> MupNlri:
    """The types of one AFI, which is that of prefixes, direct segments and endpoints of type 4."""
    rd = Member("rd", RouteDistinguisher())
    prefix = Member("prefix", Prefix(afi), word="")
    size = 4 if afi == 1 else 16
    return MupNlri(
        (
            RouteType(1, "mup-isd", "InterworkSegmentDiscoveryRoute", InterworkSegment(rd, prefix)),
            RouteType(
                2,
                "mup-dsd",
                "DirectSegmentDiscoveryRoute",
                DirectSegment(rd, Member("ip", Address(size), word="")),
            ),
            RouteType(
                3,
                "mup-t1st",
                "Type1SessionTransformedRoute",
                TypeOneSession(
                    rd,
                    prefix,
                    Member("teid", Number(4)),
                    Member("qfi", Qfi()),
                    Member("endpoint", Multicast()),
                    Member("source", CountedAddress(), optional=True),
                ),
                ("rd", "prefix"),
            ),
            RouteType(4, "mup-t2st", "Type2SessionTransformedRoute", TypeTwoSession(size)),
        ),
        (2, 1),
        bytes((ARCHITECTURE,)),
    )


def mup(afi: int, name: str) -> Family:
    """The family of one AFI."""
    return typed_family(
        afi,
        85,
        name,
        nlri(afi),
        "draft-ietf-bess-mup-safi",
        "mup-isd PREFIX, mup-dsd IP, mup-t1st PREFIX or mup-t2st IP, then `rd`, `teid`, `qfi`, `endpoint`, `source`",
        next_hop_attribute=True,
        mapped_next_hop=afi == 2,
    )


IPV4_MUP: Final = mup(1, "ipv4 mup")
IPV6_MUP: Final = mup(2, "ipv6 mup")
