"""What GoBGP 3.10 cannot take, or changes: by family or attribute, a pattern found in the words -> the reason.

Each was checked by itself, against the RFC and against what tshark makes of the same octets.
"""

from typing import Final

Reasons = dict[str, dict[str, str]]

CLASS: Final = "it forgets the traffic class of a label"
BOTTOM: Final = "it seeks the bottom of the label stack, and ends with a panic or finds another prefix"
DISTINGUISHER: Final = "it forgets the value of a route distinguisher of unknown type"
TWICE: Final = "it resets the session when a component stands twice (RFC 8955, 4.2)"
LABELLED: Final = {r"label 100/3/1|label \[ 100/2/0": CLASS, r"label 100/7/0|label 0/0/0|label \[ 100 0/0/0": BOTTOM}
VPN: Final = {"rd 0x": DISTINGUISHER, "label 100/3/1": CLASS, "label 100/0/0|label 0/0/0": BOTTOM}

NOT_SENT: Final[Reasons] = {
    "ipv4 nlri-mpls": LABELLED,
    "ipv6 nlri-mpls": LABELLED,
    "ipv4 mpls-vpn": VPN,
    "ipv6 mpls-vpn": VPN,
    "ipv4 rtc": {
        r"^origin-as \d+$|/\d+$": "it knows prefixes of 0 and 96 bits only (RFC 4684, 4)",
        "0x(0003|8002)": "it tells extended communities of RTC apart by their last six octets only, and counts one",
        "^default$": "it ends with a panic when another route follows",
    },
    "ipv4 mup": {
        " source ": "it does not know the source, and passes the length on without it",
        "^raw 0x(01002A|0200)": "it knows types 1 to 4 of architecture 1",
        " teid 0 ": "it refuses TEID 0",
        r"teid \S+/(0|4|23)$": "it makes four octets of every TEID, in a length for fewer",
    },
    "ipv6 mup": {
        "2001:db8:1:1::/64": "it takes the prefix of type 3 for 16 octets, whatever its length",
        "^raw 0x(01002A|0200)": "it knows types 1 to 4 of architecture 1",
        r"teid \S+/(0|12)$": "it makes four octets of every TEID, in a length for fewer",
    },
    "l2vpn vpls": {"base vni:": BOTTOM, " pe ": "it does not know auto-discovery (RFC 6074)"},
    "l2vpn evpn": {
        "^smet|^igmp-|^per-region-i-pmsi|^s-pmsi|^leaf|^raw 0x2A": "it knows types 1 to 5",
        "rd 0x": DISTINGUISHER,
    },
    "ipv4 flow": {r"destination-ipv4 \[": TWICE, "raw:0x170A0001": "it clears the bits behind a prefix"},
    "ipv6 flow": {r"source-ipv6 \[": TWICE, "raw:0x090020FF": "it clears the bits behind a prefix"},
    "ipv4 flow-vpn": {
        "rd 0x": DISTINGUISHER,
        "raw:0x170A0001": "it clears the bits behind a prefix",
    },
    "ipv6 flow-vpn": {
        "rd 0x": DISTINGUISHER,
        r"source-ipv6 \[": TWICE,
        "raw:0x090020FF": "it clears the bits behind a prefix",
    },
    "l2vpn flow-vpn": {
        "rd 0x": DISTINGUISHER,
        "snap =2048/5": "a value of five octets, which no operator can announce",
        "destination-ipv4": "it does not know components of IPv4 in this family",
    },
    "bgp-ls bgp-ls": {
        "^sr-policy|^srv6-sid|^stub-link|^raw": "it knows types 1 to 4",
        "multi-topology": "it forgets TLV 263",
        "generic-|confederation-member|remote-as-number|bgp-route-type": "it forgets TLVs that it does not know",
        "router-id 2001:db8::1": "it does not know the identifiers of RFC 9552, 5.2.1.4, of 16 octets",
        r"local \( \)|remote \( \)": "it wants descriptors",
        "ospf-route-type 7": "it refuses types that nobody assigned",
        r"prefix (0.0.0.0|::)/0": "it refuses the default route",
        "prefix 0x(1E0A8602|4020010DB800)$": "a prefix with fewer octets than its length asks for, on purpose",
    },
    "extended-community": {
        "e-tree-info": "it ends with a panic",
        "l2-attributes|e-tree:|df-election|i-sid|arp-nd|multicast-flags": "a subtype it does not know: it withdraws",
        "evi-rt|attachment-circuit|service-carving-time|evpn-bandwidth": "a subtype it does not know: it withdraws",
    },
    "community": {r"65535:6( |$)": "it keeps stale routes to itself (RFC 9494, 4.3)"},
    "bgp-prefix-sid": {
        r"l3-service \[ \( 2001:db8:1:1:: 0x(01|13)|unknown 3": "it ends with a panic",
    },
}
"""Routes, or routes with these attributes, that the tests do not send."""

CHANGED: Final[Reasons] = {
    "extended-community": {
        "^l2info": "it forgets the preference",
        "bandwidth:transitive|0x0004FDE9": "it makes a link bandwidth not transitive",
        r"^color:\d\d:|0x030B0001": "it forgets the flags of a color",
        "0x0600FF00": "it forgets reserved flags",
    },
    "pmsi": {"assisted-replication|type 255": "it forgets all flags but one"},
    "tunnel-encap": {
        "segment type-[c-k]|segment raw|code 2": "it discards the attribute: of segments it knows A and B",
        "candidate-path-name|policy-name": "it gives names three octets more than they have",
        "enlp . 9|unknown-subtlv-6|encapsulation 0x|tunnel-type-99": "it cannot read it, and discards the attribute",
        r"flags V\+S\+B reserved|weight . 5 flags 128": "it forgets reserved octets",
        "flags 0xFF reserved|flags I reserved": "it forgets reserved octets",
        r"sr-policy \( \)": "it forgets a tunnel without sub-TLVs",
        r"label-stack \[ \]": "it forgets a sub-TLV without a value",
    },
    "traffic-engineering": {"": "it does not know it, and it is not transitive"},
    "bgpsec-path": {"": "it does not know it, and it is not transitive"},
    "edge-metadata": {"": "it does not know it, and it is not transitive"},
    "bgp-ls": {
        "te-metric 20/3|generic-lsid-(1095|1036)": "TLVs of a wrong length, on purpose: it discards the attribute",
    },
    "bgp-prefix-sid": {"reserved 1": "it forgets reserved octets"},
}
"""Attributes that come back otherwise, or not at all; the route does."""

KNOWN_TLVS: Final[dict[str, tuple[int, frozenset[int]]]] = {
    "bgp-ls": (
        2,
        frozenset((*range(1024, 1032), *range(1034, 1037), *range(1088, 1093), *range(1095, 1100), *range(1101, 1104)))
        | {1152, 1157, 1158},
    ),
    "bgp-prefix-sid": (1, frozenset((5, 6))),
}
"""Attributes of which it passes on only the TLVs that it knows: octets of a type, and the types."""
