"""BGP Prefix-SID as ExaBGP shows it: without flags and reserved octets."""

import json
from typing import Final

from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values.ordered import ORDER
from bgptwist.wire.values.prefix_sid import SERVICES

UNKNOWN: Final = "attribute-not-implemented-"
SHOWN: Final = ("sid", "flags", "endpoint_behavior", "structure")
"""What ExaBGP tells of a SID; it always says that the flags are zero."""
MAIN: Final = ("value", "ranges", "services")
"""The member that counts where ours has more."""


def prefix_sid(attribute: Attribute) -> str:
    """`{ "sr-label-index": 300, "sr-srgbs": [[800000, 4096]] }`, `{ "l3-service": [ { "sid": .. } ] }`."""
    tree = json.loads(attribute.json())
    if not isinstance(tree, dict):
        return json.dumps(tree)
    return json.dumps({key: tlv(key, value) for key, value in tree.items() if key != ORDER})


def tlv(key: str, value: object) -> object:
    """One TLV."""
    if isinstance(value, dict):
        value = next((value[name] for name in MAIN if name in value), value)
    if key.startswith(UNKNOWN) and isinstance(value, list) and len(value) == 1:
        return value[0]
    if key in SERVICES and isinstance(value, list):
        return [service(item) for item in value]
    return value


def service(tree: dict[str, object]) -> dict[str, object]:
    """One SID, or what is unknown: its octets without 0x."""
    if "sid" not in tree:
        return {"type": tree.get("type"), "raw": str(tree.get("raw", "")).removeprefix("0x").lower()}
    return {name: 0 if name == "flags" else tree[name] for name in SHOWN if name in tree}
