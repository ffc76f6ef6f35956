"""Ethernet VPN: eleven types of routes (RFC 7432, 7; RFC 9136, 3.1; RFC 9251, 9; RFC 9572, 3)."""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.spell import address, address_octets
from bgptwist.wire.values.esi import Esi
from bgptwist.wire.values.field import Address, CountedAddress, Field, Flags, Mac, Number, Prefix, Raw
from bgptwist.wire.values.label import Label
from bgptwist.wire.values.layout import Member, Sequence
from bgptwist.wire.values.multicast_route import WILDCARD, Late, Multicast, RouteKey
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body, ReshapedNlri, typed_family
from bgptwist.wire.values.tree import integer, items, members, string
from bgptwist.wire.values.typed import RouteType
from bgptwist.wire.words import Words, number

LABEL_SIZE: Final = 3
UNSPECIFIED: Final = ("0.0.0.0", "::")


class Labels(Sequence):
    """One label, or up to `maximum` of them, in place of the rest; in words the brackets of one are left out."""

    def __init__(self, maximum: int) -> None:
        super().__init__(Label(), 1)
        self.maximum = maximum

    def decode(self, octets: Octets) -> object:
        if octets.left > LABEL_SIZE * self.maximum:
            raise Malformed(f"{octets.left} octets in place of labels", 3, 10)
        return super().decode(octets)

    def encode(self, tree: object) -> bytes:
        if len(items(tree)) > self.maximum:
            raise Misspelt(f"{len(items(tree))} labels", f"{self.maximum} at most")
        return super().encode(tree)

    def words(self, tree: object) -> str:
        given = items(tree)
        return self.field.words(given[0]) if len(given) == 1 else super().words(tree)


class CountedMac(Field):
    """A MAC address after its length in bits, which is 48."""

    def __init__(self) -> None:
        self.mac = Mac()

    def decode(self, octets: Octets) -> object:
        bits = octets.octet()
        if bits != 48:
            raise Malformed(f"a MAC address of {bits} bits", 3, 10)
        return self.mac.decode(octets)

    def encode(self, tree: object) -> bytes:
        return b"\x30" + self.mac.encode(tree)

    def words(self, tree: object) -> str:
        return self.mac.words(tree)

    def read(self, words: Words) -> object:
        return self.mac.read(words)


class FullPrefix(Field):
    """The length of a prefix and all octets of its address; how many follows from those left, gateway and label.

    Bits beyond the length are shown as they are; words that have some are refused.
    """

    def decode(self, octets: Octets) -> object:
        bits = octets.octet()
        size = {4 + 4 + LABEL_SIZE: 4, 16 + 16 + LABEL_SIZE: 16}.get(octets.left, 0)
        if not size or bits > 8 * size:
            raise Malformed(f"a prefix of {bits} bits where {octets.left} octets are left", 3, 10)
        return f"{address(octets.take(size))}/{bits}"

    def encode(self, tree: object) -> bytes:
        text, _, length = string(tree).partition("/")
        try:
            value = address_octets(text)
        except ValueError:
            value = b""
        if not value or not 0 <= number(length) <= 8 * len(value):
            raise Misspelt(f"'{tree}' is not a valid prefix", "a prefix like 10.0.0.0/24")
        return bytes((number(length),)) + value

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        return Prefix(2 if ":" in words.peek() else 1).read(words)


class Gateway(Address):
    """The gateway between a prefix and the label."""

    def decode(self, octets: Octets) -> object:
        return address(octets.take(octets.left - LABEL_SIZE))


class MacIp(Body):
    """Type 2; JSON has no `ip` when there is no address."""

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        shown = {key: value for key, value in tree.items() if key != "ip"}
        return {**shown, "ip": tree["ip"]} if tree["ip"] else shown


class IpPrefix(Body):
    """Type 5; JSON has the prefix in two keys.  Without a gateway it is unspecified, in the family of the prefix."""

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        prefix = given.get("prefix")
        if isinstance(prefix, str):
            wanted = UNSPECIFIED[":" in prefix]
            gateway = given.get("gateway") or wanted
            if isinstance(gateway, str) and (":" in gateway) != (":" in wanted):
                raise Misspelt(f"the gateway {gateway} is not of the family of the prefix", "an address like " + wanted)
            given = {**given, "gateway": gateway}
        return super().encode(given)

    def words(self, tree: object) -> str:
        given = members(tree)
        return super().words({**given, "gateway": ""} if given["gateway"] in UNSPECIFIED else given)

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        shown = {key: tree[key] for key in ("rd", "esi", "ethernet-tag", "label")}
        ip, _, length = string(tree["prefix"]).partition("/")
        return {**shown, "ip": ip, "iplen": int(length), "gateway": tree["gateway"]}

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        tree = super().inward(given)
        tree["prefix"] = f"{string(given.get('ip'))}/{integer(given.get('iplen'), 128)}"
        return tree


FLAGS: Final = Flags(1, ("", "", "", "", "IE", "v3", "v2", "v1"))
"""RFC 9251, 9.1.1: IE means exclude; v1 to v3 are versions of IGMP, v1 and v2 those of MLD."""

RD: Final = Member("rd", RouteDistinguisher())
SEGMENT: Final = Member("esi", Esi())
ANY_SEGMENT: Final = Member("esi", Esi(), default="-")
TAG: Final = Member("ethernet-tag", Number(4), default=0)
SOURCE: Final = Member("source", Multicast(wildcard=True), default=WILDCARD)
GROUP: Final = Member("group", Multicast(wildcard=True), default=WILDCARD)
ORIGINATOR: Final = Member("originator", CountedAddress())
FLAGGED: Final = Member("flags", Late(FLAGS, (1,)), default=FLAGS.decode(Octets(b"\0")))
NO_LABEL: Final = [[0]]

TYPES: Final = (
    RouteType(
        1,
        "ethernet-ad",
        "Ethernet Auto-Discovery",
        Body(RD, SEGMENT, TAG, Member("label", Labels(1), default=NO_LABEL)),
        ("rd", "esi", "ethernet-tag"),
    ),
    RouteType(
        2,
        "mac-ip",
        "MAC/IP advertisement",
        MacIp(
            RD,
            ANY_SEGMENT,
            TAG,
            Member("mac", CountedMac()),
            Member("ip", CountedAddress(), default=""),
            Member("label", Labels(2), default=NO_LABEL),
        ),
        ("rd", "ethernet-tag", "mac", "ip"),
    ),
    RouteType(
        3,
        "multicast",
        "Inclusive Multicast Ethernet Tag",
        Body(RD, TAG, Member("ip", Multicast())),
    ),
    RouteType(
        4,
        "ethernet-segment",
        "Ethernet Segment",
        Body(RD, SEGMENT, Member("ip", Multicast())),
    ),
    RouteType(
        5,
        "ip-prefix",
        "IP Prefix Advertisement",
        IpPrefix(
            RD,
            ANY_SEGMENT,
            TAG,
            Member("prefix", FullPrefix()),
            Member("gateway", Gateway(), default=""),
            Member("label", Labels(1), default=NO_LABEL),
        ),
        ("rd", "ethernet-tag", "prefix"),
    ),
    RouteType(
        6,
        "smet",
        "Selective Multicast Ethernet Tag",
        Body(RD, TAG, SOURCE, GROUP, ORIGINATOR, FLAGGED),
        ("rd", "ethernet-tag", "source", "group", "originator"),
    ),
    RouteType(
        7,
        "igmp-report-sync",
        "Multicast Membership Report Synch",
        Body(RD, SEGMENT, TAG, SOURCE, GROUP, ORIGINATOR, FLAGGED),
        ("rd", "esi", "ethernet-tag", "source", "group", "originator"),
    ),
    RouteType(
        8,
        "igmp-leave-sync",
        "Multicast Leave Synch",
        Body(
            RD,
            SEGMENT,
            TAG,
            SOURCE,
            GROUP,
            ORIGINATOR,
            Member("reserved", Late(Number(4), (5, 6)), default=0),
            Member("max-response-time", Late(Number(1), (1, 2)), default=0),
            FLAGGED,
        ),
        ("rd", "esi", "ethernet-tag", "source", "group", "originator"),
    ),
    RouteType(
        9,
        "per-region-i-pmsi",
        "Per-Region I-PMSI A-D",
        Body(RD, TAG, Member("region", Raw(8))),
    ),
    RouteType(
        10,
        "s-pmsi",
        "S-PMSI A-D",
        Body(RD, TAG, SOURCE, GROUP, ORIGINATOR),
    ),
    RouteType(
        11,
        "leaf",
        "Leaf A-D",
        Body(Member("route-key", RouteKey((5, 17), counted=True)), ORIGINATOR),
    ),
)

NLRI: Final = ReshapedNlri(TYPES)

EVPN: Final = typed_family(
    25,
    70,
    "l2vpn evpn",
    NLRI,
    "RFC 7432",
    "the type of the route, then `rd`, `esi`, `ethernet-tag` and what the type has; what is left out is 0",
)
