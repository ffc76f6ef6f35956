"""Why tshark 4.0 and we differ: by file of the corpus, a part of the words or of tshark's remark -> the reason.

An empty part stands for all examples of a record: tshark does not know the code point, or nothing but its name.
Everywhere else the octets were compared with the RFC named, or with the text that the reason cites.
"""

from typing import Final

NAME_ONLY: Final = "tshark 4.0 knows the name of the code point, and shows its value as octets"
NO_CAPABILITY: Final = "tshark 4.0 does not know this capability"
NO_ATTRIBUTE: Final = "tshark 4.0 does not know this attribute"
NO_SAFI: Final = "tshark 4.0 does not know this SAFI, or only its name"
NO_AFI: Final = "tshark 4.0 does not know this AFI"
NO_TYPE: Final = "a type that nobody assigned, kept as octets"
NO_RD: Final = "a type of route distinguisher that nobody assigned"
LATER: Final = "tshark 4.0 does not know this code point"
RESERVED: Final = "reserved bits, set on purpose"

ATTRIBUTES: Final = {
    "attributes/008-community": {
        "0xffff": LATER,
        "[ 0:0 0:0 ]": "the range 0:x is reserved (RFC 1997); tshark takes every community of it for a well-known one",
    },
    "attributes/016-extended-community": {
        "not read: bgp.ext_com.value_raw": NAME_ONLY,
        "Type: Unknown (0x": LATER,
        "Unknown type 0x": LATER,
        "Subtype (AS2): Unknown (0x04)": "tshark knows the link bandwidth only as a non-transitive community",
        "Unknown subtype 0x04": "tshark knows the link bandwidth only as a non-transitive community",
        "0x4002FDE800000064": "a route target that is not transitive, on purpose",
        "0x800DFDE800000064": NO_TYPE,
        "encap:500": NO_TYPE,
        "0x80090000000000FF": RESERVED,
        "Unknown (0x03)": LATER,
        "Unknown subtype 0x03": LATER,
        "Unknown (0x0c)": LATER,
        "Unknown subtype 0x0c": LATER,
        "Unknown (0x0f)": LATER,
        "Unknown subtype 0x0f": LATER,
        "Unknown (0x10)": LATER,
        "Unknown subtype 0x10": LATER,
        "Unknown (0x13)": LATER,
        "Unknown subtype 0x13": LATER,
        "Unknown (0x14)": LATER,
        "Unknown subtype 0x14": LATER,
        "Unknown (0x20)": LATER,
        "Unknown subtype 0x20": LATER,
        "l2info:": "tshark does not show the preference of draft-ietf-l2vpn-vpls-multihoming",
    },
    "attributes/022-pmsi": {
        "2001:db8::": "tshark reads an IPv4 address, whatever the length says (RFC 6514, 5)",
        "tunnel 0x0000000A000100070A000001": RESERVED,
        "type transport": LATER,
        "type 9": NO_TYPE,
        "type 255": NO_TYPE,
        "type assisted-replication": LATER,
        "type bier": LATER,
        "type sr-mpls-p2mp": LATER,
        "type srv6-p2mp": LATER,
    },
    "attributes/023-tunnel-encap": {
        "segment_list.subtlv.data": "tshark 4.0 shows the segments but A, and the weight, as octets (RFC 9830, 2.4.4)",
        "SubTLV: Unknown": "tshark 4.0 has the codes of segments of a draft before RFC 9830 and 9831",
        "Type: Unknown (13)": "segment type B is 13 since RFC 9830; tshark 4.0 has the 2 of a draft",
        "Type: Unknown (14)": LATER,
        "Type: Unknown (15)": LATER,
        "Type: Unknown (16)": LATER,
        "Type: Unknown (200)": NO_TYPE,
        "Type code: Unknown (20)": "tshark 4.0 does not know tunnel type 20 (RFC 9012), nor sub-TLV 20 (RFC 9830)",
        "Type code: Unknown (19)": "tshark 4.0 does not know GENEVE (RFC 8926)",
        "Type code: Unknown (130)": "tshark 4.0 does not know the name of a policy (RFC 9830, 2.4.8)",
        " bytes)": "the heading of a part that it does not know",
        "not read: bgp.update.encaps_tunnel_tlv_subtlv.value": NAME_ONLY,
        "enlp ( 9": NO_TYPE,
        "unknown-subtlv-77": NO_TYPE,
        "tunnel-type-99": NO_TYPE,
        " color 100": "tshark takes the 8 octets of a color (RFC 9012, 3.4.2) for 4, and is lost after them",
    },
    "attributes/024-traffic-engineering": {"": NAME_ONLY},
    "attributes/025-extended-community-ipv6": {"": NAME_ONLY},
    "attributes/026-aigp": {
        "0x0200040101000B0000000000000064": "tshark stops at the first TLV that it does not know (RFC 7311, 3)",
    },
    "attributes/027-pe-distinguisher-labels": {"": NAME_ONLY},
    "attributes/028-entropy-label-capability": {"": "deprecated by RFC 7447, octets without a meaning"},
    "attributes/029-bgp-ls": {
        "Unknown BGP-LS Attribute TLV Code (1": LATER,
        "Unknown BGP-LS Flex-Algo sub-TLV Code (10": LATER,
        "generic-lsid-600": NO_TYPE,
        "generic-lsid-1095": "TLVs of a wrong length, on purpose",
        "te-metric 20/3": "the form of old senders, on purpose",
        "standard 0x8000000000000000 user 0xFF": "a bit mask of one octet, on purpose",
        "multi-topology": "tshark reads no type and length here",
        "sr-prefix-range": "tshark does not show TLV 1159 (RFC 9085, 2.3.5)",
        "MSD Type: Unknown (200)": NO_TYPE,
        "Metric-Type: Unknown (9)": NO_TYPE,
        "node-flags O+T+R": "tshark does not know the router bit (RFC 9552, 5.3.1.1)",
        "igp-flags N": "tshark knows only the first of the four flags (RFC 9552, 5.3.3.1)",
        "igp-flags 0xB1": RESERVED,
        "link-protection 0xBF01": RESERVED,
    },
    "attributes/033-bgpsec-path": {
        "algorithm-suite 2": "tshark reads one of the two signature blocks (RFC 8205, 3.2)",
    },
    "attributes/034-community-container": {"": NO_ATTRIBUTE},
    "attributes/035-only-to-customer": {"": NO_ATTRIBUTE},
    "attributes/036-d-path": {
        "[ 65000:2:evpn 65000:1:mpls-vpn ]": "tshark takes the domains of a segment for 6 octets; they have 7",
        "] [": "tshark reads the first segment only",
    },
    "attributes/037-sfp": {"": NO_ATTRIBUTE},
    "attributes/038-bfd-discriminator": {"": NO_ATTRIBUTE},
    "attributes/039-next-hop-characteristics": {"": NO_ATTRIBUTE},
    "attributes/040-bgp-prefix-sid": {
        "SRv6 Endpoint Behavior: Unknown (0x0048)": LATER,
        "SRv6 Endpoint Behavior: Unknown (0x0000)": NO_TYPE,
        "sr-srgbs ( [ ( 16000,800 ) ] flags 1 ) l3-service": "tshark is lost after an SRGB (RFC 8669, 3.2)",
        "attribute-not-implemented-2": "TLVs that RFC 8669 deprecated, on purpose",
        "unknown ": NO_TYPE,
    },
    "attributes/041-bier": {"": NO_ATTRIBUTE},
    "attributes/042-edge-metadata": {"": NO_ATTRIBUTE},
    "attributes/128-attr-set": {
        "Unknown (35)": "tshark 4.0 does not know ONLY_TO_CUSTOMER",
        "Unknown Path attributes": "tshark 4.0 does not know ONLY_TO_CUSTOMER",
        "Unknown BGP-LS Attribute TLV Code": NO_TYPE,
        "community [ 0:1 ]": "the range 0:x is reserved (RFC 1997); tshark takes it for a well-known one",
    },
}

CAPABILITIES: Final = {
    "capabilities/001-multiprotocol": {
        "Unknown (31)": NO_AFI,
        "SAFI: Unknown (9)": "tshark 4.0 does not know the SAFI of service chaining (RFC 9015)",
        "SAFI: Unknown (80)": "tshark 4.0 does not know BGP-LS-SPF (RFC 9815)",
        "afi-99 safi-99": NO_TYPE,
    },
    "capabilities/003-outbound-route-filtering": {
        "ipv6 unicast": "tshark reads the filters of one family only (RFC 5291, 4: one or more entries)",
        "Type: Unknown (64)": "tshark does not know the filters by address prefix (RFC 5292)",
    },
    "capabilities/005-nexthop": {"SAFI: Unknown (300)": NO_TYPE},
    "capabilities/008-multiple-labels": {"": NAME_ONLY},
    "capabilities/009-role": {"": NAME_ONLY},
    "capabilities/068-multi-session": {"": NAME_ONLY},
    "capabilities/071-long-lived-graceful-restart": {"": NAME_ONLY},
    "capabilities/072-routing-policy-distribution": {
        "": "tshark believes that the value is empty (draft-ietf-idr-rpd)"
    },
    "capabilities/074-bfd-strict": {"": NO_CAPABILITY},
    "capabilities/075-software-version": {"": NO_CAPABILITY},
    "capabilities/076-paths-limit": {"": NO_CAPABILITY},
    "capabilities/077-link-local-nexthop": {"": NO_CAPABILITY},
    "capabilities/129-old-routing-policy-distribution": {"": NO_CAPABILITY},
    "capabilities/130-cisco-outbound-route-filtering": {
        "ipv6 unicast": "tshark reads the filters of one family only (RFC 5291, 4: one or more entries)",
        "Type: Unknown (64)": "tshark does not know the filters by address prefix (RFC 5292)",
    },
    "capabilities/184-old-hostname": {"": NO_CAPABILITY},
    "capabilities/185-operational": {"": NO_CAPABILITY},
}

FLOW: Final = {
    "/8 ]": "tshark reads the first 4 of 8 octets (RFC 8955, 4.2.1.1)",
    "tcp-flags [ fin syn rst push ack urg ece cwr ns": "tshark reads one octet of TCP flags (RFC 8955, 4.2.2.9)",
    "tcp-flags [ 0x200": "tshark reads one octet of TCP flags (RFC 8955, 4.2.2.9)",
}
LOST: Final = "tshark is lost at a pattern with an offset (RFC 8956, 3.1)"
PATTERNS: Final = {"/64-": LOST, "/65-": LOST, "/60-": LOST, "/120-": LOST}
FLOW_LABEL: Final = {
    "Unknown filter 13": "tshark does not know the flow label (RFC 8956, 3.7)",
    "Filter type: Unknown (13)": "tshark does not know the flow label (RFC 8956, 3.7)",
    "Unknown DSCP": "a traffic class without a name",
    "Differentiated Services Codepoint: Unknown": "a traffic class without a name",
}
DISTINGUISHER: Final = {"rd 0x0007": NO_RD}
VPN_MULTICAST: Final = {"": "tshark takes SAFI 129 for labelled; its prefixes have no label (RFC 6514, 7)"}

BOTTOM: Final = "no bottom of the label stack, on purpose"

FAMILIES: Final = {
    "families/ipv4-nlri-mpls": {
        "0.0.0.0/0 label 3": "tshark refuses a default route after the label (RFC 8277, 2)",
        "label 100/7/0": BOTTOM,
        "label [ 100 0/0/0 ]": BOTTOM,
    },
    "families/ipv6-nlri-mpls": {
        "::/0 label 3": "tshark refuses a default route after the label (RFC 8277, 2)",
        "label 100/7/0": BOTTOM,
    },
    "families/ipv4-mcast-vpn": {
        "originator 2001:db8::1": "tshark reads an address of the family's AFI, whatever the length says (RFC 6515, 1)",
        "raw 0x2A": NO_TYPE,
    },
    "families/ipv6-mcast-vpn": {
        "originator 10.0.0.1": "tshark reads an address of the family's AFI, whatever the length says (RFC 6515, 1)",
        "raw 0x2A": NO_TYPE,
    },
    "families/ipv4-mspw": {"": NO_SAFI},
    "families/l2vpn-mspw": {"": NO_SAFI},
    "families/ipv4-encapsulation": {"": "tshark shows the address without its length (RFC 5512, 3)"},
    "families/ipv6-encapsulation": {"": "tshark shows the address without its length (RFC 5512, 3)"},
    "families/ipv4-mdt": {
        "Unknown SAFI (66)": "tshark reads the NLRI and not the next hop",
        "rd 0x0009": NO_RD,
    },
    "families/ipv4-4over6": {"": NO_SAFI},
    "families/ipv4-6over4": {"": NO_SAFI},
    "families/ipv6-6over4": {"": NO_SAFI},
    "families/ipv4-sr-policy": {"Unknown SAFI (73)": "tshark reads the NLRI and not the next hop"},
    "families/ipv6-sr-policy": {
        "Unknown SAFI (73)": "tshark reads the NLRI and not the next hop",
        "IPv6 address with length 4": "tshark reads an IPv4 endpoint (RFC 9830, 2.1: 16 octets when AFI is 2)",
    },
    "families/ipv4-sd-wan": {"": NO_SAFI},
    "families/ipv6-sd-wan": {"": NO_SAFI},
    "families/ipv4-rpd": {"": NO_SAFI},
    "families/ipv6-rpd": {"": NO_SAFI},
    "families/routing-policy-rpd": {"": NO_AFI},
    "families/ipv4-classful-transport": {"": NO_SAFI},
    "families/ipv6-classful-transport": {"": NO_SAFI},
    "families/ipv4-tunnel-flow": {"": NO_SAFI},
    "families/ipv6-tunnel-flow": {"": NO_SAFI},
    "families/l2vpn-tunnel-flow": {"": NO_SAFI},
    "families/ipv4-mcast-tree": {"": NO_SAFI},
    "families/ipv6-mcast-tree": {"": NO_SAFI},
    "families/ipv4-unreachability": {"": NO_SAFI},
    "families/ipv6-unreachability": {"": NO_SAFI},
    "families/ipv4-car": {"": NO_SAFI},
    "families/ipv6-car": {"": NO_SAFI},
    "families/ipv4-vpn-car": {"": NO_SAFI},
    "families/ipv6-vpn-car": {"": NO_SAFI},
    "families/ipv4-mup": {"": NO_SAFI},
    "families/ipv6-mup": {"": NO_SAFI},
    "families/ipv4-mpls-vpn": {"rd 0x0009": NO_RD, "label 100/0/0": BOTTOM},
    "families/ipv6-mpls-vpn": {"rd 0x0009": NO_RD, "label 100/0/0": BOTTOM},
    "families/ipv4-mcast-mpls-vpn": VPN_MULTICAST,
    "families/ipv6-mcast-mpls-vpn": VPN_MULTICAST,
    "families/ipv4-rtc": {
        "left out: 1 octets from 0 on": "tshark shows the prefix without its length (RFC 4684, 4)",
        "malformed": "tshark reads 12 octets, whatever the length says (RFC 4684, 4)",
    },
    "families/ipv4-vpn-discovery": {"": NO_SAFI},
    "families/l2vpn-mcast-vpls": {"": NO_SAFI},
    "families/l2vpn-vpls": {"base vni:4192": "tshark seeks the bottom of the label stack, which a VNI does not have"},
    "families/l2vpn-evpn": {
        "rd 0x0063": NO_RD,
        "igmp-leave-sync": "tshark does not know Reserved and Maximum Response Time (RFC 9251, 9.3)",
        "per-region-i-pmsi": "tshark 4.0 does not know type 9 (RFC 9572)",
        "leaf route-key": "tshark 4.0 does not know type 11 (RFC 9572)",
        "raw 0x2A": NO_TYPE,
    },
    "families/sfc-service-chaining": {"": NO_AFI},
    "families/ipv4-flow": FLOW,
    "families/ipv4-flow-vpn": FLOW | DISTINGUISHER,
    "families/ipv6-flow": PATTERNS | FLOW_LABEL,
    "families/ipv6-flow-vpn": PATTERNS | DISTINGUISHER,
    "families/l2vpn-flow": {"": NO_SAFI},
    "families/l2vpn-flow-vpn": {"": NO_SAFI},
    "families/bgp-ls-bgp-ls": {
        "Unknown Link-State NLRI type": LATER,
        "NLRI Type: Unknown": LATER,
        "raw 0x": NO_TYPE,
        "Identifier: Unknown": "an identifier without a name",
        "Protocol ID: Unknown (6)": "tshark 4.0 does not know OSPFv3",
        "Protocol ID: Unknown (8)": "tshark 4.0 does not know RSVP-TE",
        "Protocol ID: Unknown (9)": "tshark 4.0 does not know segment routing (RFC 9857)",
        "protocol 227": NO_TYPE,
        "protocol 0": NO_TYPE,
        "ospf-route-type 7": NO_TYPE,
        "generic-600": NO_TYPE,
        "generic-1000": NO_TYPE,
        "Sub-TLV type (517)": "tshark 4.0 does not know the member of a confederation (RFC 9086)",
        "Link Descriptor TLV Code (270)": LATER,
        "Prefix Descriptor TLV Code (535)": LATER,
        "prefix 0x": "a prefix with fewer or more octets than its length asks for, on purpose",
        "multi-topology [": "several topologies in one link, on purpose (RFC 9552, 5.2.2.1 permits one)",
        "multi-topology 32770": RESERVED,
    },
    "families/bgp-ls-bgp-ls-vpn": {"": "tshark sees no route distinguisher in SAFI 72 (RFC 9552, 5.2)"},
    "families/bgp-ls-bgp-ls-spf": {"": NO_SAFI},
}

EXPLAINED: Final[dict[str, dict[str, str]]] = {**ATTRIBUTES, **CAPABILITIES, **FAMILIES}
