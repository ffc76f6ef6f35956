"""The names of address families: AFI, SAFI and the pair (IANA registries of RFC 4760; names as ExaBGP writes them)."""

from typing import Final

AFIS: Final[dict[int, str]] = {
    1: "ipv4",
    2: "ipv6",
    25: "l2vpn",
    31: "sfc",
    16388: "bgp-ls",
    16397: "routing-policy",
}

SAFIS: Final[dict[int, str]] = {
    1: "unicast",
    2: "multicast",
    4: "nlri-mpls",
    5: "mcast-vpn",
    6: "mspw",
    7: "encapsulation",
    8: "mcast-vpls",
    9: "service-chaining",
    65: "vpls",
    66: "mdt",
    67: "4over6",
    68: "6over4",
    70: "evpn",
    71: "bgp-ls",
    72: "bgp-ls-vpn",
    73: "sr-policy",
    74: "sd-wan",
    75: "rpd",
    76: "classful-transport",
    77: "tunnel-flow",
    78: "mcast-tree",
    80: "bgp-ls-spf",
    81: "unreachability",
    83: "car",
    84: "vpn-car",
    85: "mup",
    128: "mpls-vpn",
    129: "mcast-mpls-vpn",
    132: "rtc",
    133: "flow",
    134: "flow-vpn",
    140: "vpn-discovery",
}

AFI_CODES: Final[dict[str, int]] = {name: code for code, name in AFIS.items()}
SAFI_CODES: Final[dict[str, int]] = {name: code for code, name in SAFIS.items()}


def afi_name(afi: int) -> str:
    """`ipv4`; `afi-3` for one without a name."""
    return AFIS.get(afi) or f"afi-{afi}"


def safi_name(safi: int) -> str:
    """`unicast`; `safi-3` for one without a name."""
    return SAFIS.get(safi) or f"safi-{safi}"


def slashed(afi: int, safi: int) -> str:
    """`ipv4/unicast`, the spelling inside JSON OPEN events."""
    return f"{afi_name(afi)}/{safi_name(safi)}"


def spaced(afi: int, safi: int) -> str:
    """`ipv4 unicast`, the spelling everywhere else."""
    return f"{afi_name(afi)} {safi_name(safi)}"


def afi_code(name: str) -> int:
    """The number of `ipv4` or `afi-1`, -1 for another word."""
    return code_of(name, AFI_CODES, "afi-", 0xFFFF)


def safi_code(name: str) -> int:
    """The number of `unicast` or `safi-1`, -1 for another word."""
    return code_of(name, SAFI_CODES, "safi-", 0xFF)


def code_of(name: str, codes: dict[str, int], prefix: str, maximum: int) -> int:
    """The number `name` has in `codes`, or states after `prefix`; -1 when neither."""
    code = codes.get(name, -1)
    if code >= 0 or not name.startswith(prefix):
        return code
    digits = name[len(prefix) :]
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 5 or int(digits) > maximum:
        return -1
    return int(digits)
