"""Typed VPN routes as ExaBGP 5 and 6 show them, where that is less than what is known of them (api, 4.4)."""

from collections.abc import Callable
from json import dumps, loads
from typing import Final

from bgptwist.wire.kinds import Family

NlriSpelling = Callable[[Family, bytes, str], str]
"""An NLRI as JSON object: its family, its octets and the next hop as text."""

KEPT: Final = ("path-information",)
"""What is no part of the NLRI itself."""


def short_rd(rd: str) -> str:
    """`65000:1` for what else is `65000L:1`: ExaBGP does not tell an AS of two octets from one of four."""
    left, _, right = rd.partition(":")
    return f"{left.removesuffix('L')}:{right}" if left.endswith("L") else rd


def with_short_rd(shown: dict[str, object]) -> dict[str, object]:
    """The same members with the route distinguisher as ExaBGP writes it."""
    rd = shown.get("rd")
    return {**shown, "rd": short_rd(rd)} if isinstance(rd, str) else shown


def of_types(*codes: int) -> NlriSpelling:
    """Routes of which only those types are read; of the others there is the code and the octets."""

    def spelling(family: Family, nlri: bytes, next_hop: str) -> str:
        shown = loads(family.json(nlri))
        if shown["code"] in codes:
            return dumps(with_short_rd(shown))
        rest = {key: shown[key] for key in KEPT if key in shown}
        return dumps({"code": shown["code"], "parsed": False, "raw": shown["raw"], **rest})

    return spelling


def mup(family: Family, nlri: bytes, next_hop: str) -> str:
    """Routes of MUP; a session of type 1 always has a source, of Python's empty octets when there is none."""
    shown = with_short_rd(loads(family.json(nlri)))
    if "endpoint_ip_len" in shown and not shown.get("source_ip"):
        last: dict[str, object] = {key: shown.pop(key) for key in ("raw", *KEPT) if key in shown}
        shown = {**shown, "source_ip_len": 0, "source_ip": "b''", **last}
    return dumps(shown)


def vpls(family: Family, nlri: bytes, next_hop: str) -> str:
    """Routes of VPLS without the bits beside the label."""
    shown = with_short_rd(loads(family.json(nlri)))
    shown.pop("raw-base", None)
    return dumps(shown)


mcast_vpn: Final = of_types(5, 6, 7)
evpn: Final = of_types(1, 2, 3, 4, 5)

TYPED_NLRIS: Final[dict[int, NlriSpelling]] = {
    0x1_05: mcast_vpn,
    0x2_05: mcast_vpn,
    0x1_55: mup,
    0x2_55: mup,
    0x19_41: vpls,
    0x19_46: evpn,
}
"""By family index; what generations 5 and 6 show of these is the same."""
