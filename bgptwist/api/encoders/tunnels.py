"""PMSI_TUNNEL and TUNNEL_ENCAP as ExaBGP shows them: nothing of what it leaves out."""

import json
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.attributes.pmsi import EXABGP_NAMES, LEAST
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values.ordered import ORDER
from bgptwist.wire.values.segment import BY_LETTER

INGRESS_REPLICATION: Final = 6
NO_TUNNEL: Final = 0

OWN: Final = frozenset(("flags", "reserved", "code", "structure-reserved"))
"""Members that are ours."""
ENTRY: Final = frozenset(("tc", "s", "ttl"))
"""What ExaBGP shows of a label stack entry in segments of types A and C only."""
UNKNOWN: Final = "unknown-subtlv-"

Tree = dict[str, object]


def pmsi(attribute: Attribute) -> str:
    """`"pmsi:ingressreplication:0:100(1601):10.0.0.1"`: type, flags, label and its 24 bits, identifier."""
    value = attribute.octets()
    raw = int.from_bytes(value[2:LEAST], "big")
    label = str(raw >> 4) if raw & 0xF == 0 else f"{raw >> 4}({raw})"
    identifier = value[LEAST:]
    tunnel = ""
    if value[1] == INGRESS_REPLICATION:
        tunnel = spell.address(identifier)
    elif identifier and value[1] != NO_TUNNEL:
        tunnel = spell.hexadecimal(identifier)
    return json.dumps(f"pmsi:{EXABGP_NAMES.get(value[1], 'unknown')}:{value[0]}:{label}:{tunnel}")


def tunnel_encap(attribute: Attribute) -> str:
    """The tunnels; an SR policy has the members that ExaBGP gives it, others have ours."""
    tree = json.loads(attribute.json())
    if not isinstance(tree, dict):
        return json.dumps(tree)
    tree.pop(ORDER, None)
    policy = tree.get("sr-policy")
    if isinstance(policy, dict):
        tree["sr-policy"] = {key: sub_tlv(key, value) for key, value in policy.items() if key != ORDER}
    return json.dumps(tree)


def sub_tlv(key: str, value: object) -> object:
    """One sub-TLV of an SR policy."""
    if key == "segment-lists" and isinstance(value, list):
        return [segment_list(item) for item in value]
    if key.startswith(UNKNOWN) and isinstance(value, list):
        return value[0] if len(value) == 1 else value
    return plain(value)


def plain(value: object) -> object:
    """A value without flags and reserved octets."""
    if not isinstance(value, dict):
        return value
    if "value" in value:
        return value["value"]
    kept = {key: item for key, item in value.items() if key not in OWN}
    if kept.get("type") == "null":
        return None
    if kept.get("type") == "mpls":
        return {"type": "mpls", "label": kept.get("label")}
    return kept["sid"] if list(kept) == ["sid"] else kept


def segment_list(tree: Tree) -> Tree:
    """A segment list: with the weight that counts when none is given, and known segments only."""
    segments = tree.get("segments")
    listed = segments if isinstance(segments, list) else []
    return {
        "weight": plain(tree.get("weight", 1)),
        "segments": [segment(item) for item in listed if item.get("type") in BY_LETTER],
    }


def segment(tree: Tree) -> Tree:
    """One segment."""
    hidden = OWN if BY_LETTER[str(tree["type"])].ends else OWN | ENTRY
    kept = {key: value for key, value in tree.items() if key not in hidden}
    structure = kept.get("endpoint-behavior")
    if isinstance(structure, dict):
        kept["endpoint-behavior"] = plain(structure)
    return kept
