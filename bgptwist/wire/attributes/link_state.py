"""BGP-LS, what an IGP knows about a node, a link, a prefix, a segment or a policy (RFC 9552, 5.3).

Only the framing of the TLVs is checked (RFC 9552, 8.2.2): what is inside is for whoever uses it.
"""

from collections.abc import Callable
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import DISCARD, Malformed, Misspelt
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values.link_state_link import LINK_ROWS
from bgptwist.wire.values.link_state_node import NODE_ROWS
from bgptwist.wire.values.link_state_policy import POLICY_ROWS
from bgptwist.wire.values.link_state_prefix import PREFIX_ROWS
from bgptwist.wire.values.link_state_sid import HIGHEST, SID_ROWS
from bgptwist.wire.values.link_state_tlv import LinkStateTlvs
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words

TABLE: Final = LinkStateTlvs((*NODE_ROWS, *LINK_ROWS, *PREFIX_ROWS, *SID_ROWS, *POLICY_ROWS))

PROTECTION_NAMES: Final[dict[str, str]] = {
    "extra-traffic": "ExtraTrafic",
    "unprotected": "Unprotected",
    "shared": "Shared",
    "dedicated-one-to-one": "Dedicated 1:1",
    "dedicated-one-plus-one": "Dedicated 1+1",
    "enhanced": "Enhanced",
}
"""How ExaBGP calls the bits of link protection."""


def check(value: bytes) -> None:
    """Malformed unless the TLVs fill the attribute."""
    at = 0
    end = len(value)
    while at < end:
        stop = at + 4
        if stop > end:
            raise Malformed(f"BGP-LS ends within the header of a TLV, {end - at} octets are left", 3, 9)
        stop += value[at + 2] << 8 | value[at + 3]
        if stop > end:
            raise Malformed(f"BGP-LS ends within TLV {value[at] << 8 | value[at + 1]}", 3, 9)
        at = stop


SHAPE: Final = Shape(29, TABLE, check)


def read(words: Words) -> Attribute:
    """`( node-name r1 ... )`, or the whole value as `0x...`."""
    at = words.at
    attribute = SHAPE.read(words)
    try:
        check(attribute.octets())
    except Malformed as error:
        raise Misspelt(error.reason, "whole TLVs", at) from None
    return attribute


# ------------------------------------------------------------------ what ExaBGP shows, made ours again


def area(shown: object) -> str:
    """The hexadecimal of an area that ExaBGP shows as one decimal number."""
    if isinstance(shown, str) and shown[:2] == "0x":
        return shown
    value = integer(shown, (1 << 8 * 20) - 1)
    return spell.hexadecimal(value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def listed(shown: object) -> list[object]:
    """A list, or the only item of one."""
    return shown if isinstance(shown, list) else [shown]


def one_sid(shown: object) -> dict[str, object]:
    """An adjacency or a prefix whose label or index ExaBGP shows in a list, the undecoded in another.

    The flag V says that it is a label.
    """
    given = dict(members(shown))
    if "sids" not in given and "undecoded-sids" not in given:
        return given
    sids = items(given.pop("sids", []))
    undecoded = items(given.pop("undecoded-sids", []))
    if len(sids) + len(undecoded) != 1:
        raise Misspelt(f"{len(sids) + len(undecoded)} SIDs", "one in 'sids' or in 'undecoded-sids'")
    if undecoded:
        value = raw_octets(string(undecoded[0]))
        given["sid" if len(value) == 3 else "index"] = int.from_bytes(value, "big")
    else:
        given["sid" if members(given.get("flags", {})).get("V") else "index"] = sids[0]
    return given


def label_range(shown: object) -> dict[str, object]:
    """Size and first label; more than a label can be is an index."""
    pair = items(shown)
    if len(pair) != 2:
        raise Misspelt("a range of labels has two numbers", "[ size, label ]")
    first = integer(pair[1], 0xFFFFFFFF)
    return {"size": pair[0], "sid" if first <= HIGHEST else "index": first}


def sr_capabilities(given: dict[str, object]) -> list[object]:
    """TLV 1034 of `sr-capability-flags` and the ranges beside them."""
    ranges = [label_range(item) for item in items(given.pop("sids", []))]
    return [{"flags": given["sr-capability-flags"], "ranges": ranges}]


def sr_prefix_sid(given: dict[str, object]) -> list[object]:
    """TLV 1158 of `sr-prefix-flags` and what belongs to them."""
    tree = {"flags": given["sr-prefix-flags"], "algorithm": given.pop("sr-algorithm", 0)}
    for key in ("sids", "undecoded-sids"):
        tree[key] = given.pop(key, [])
    return [one_sid(tree)]


def protection(given: dict[str, object]) -> list[object]:
    """Flags of link protection by our names."""
    ours = {theirs: name for name, theirs in PROTECTION_NAMES.items()}
    return [{ours.get(name, name): flag for name, flag in members(given["link-protection-flags"]).items()}]


SPELLINGS: Final[dict[str, tuple[str, Callable[[dict[str, object]], list[object]]]]] = {
    "area-id": ("area-ids", lambda given: [area(given["area-id"])]),
    "area-ids": ("area-ids", lambda given: [area(item) for item in listed(given["area-ids"])]),
    "local-te-router-ids": ("local-router-ids", lambda given: listed(given["local-te-router-ids"])),
    "remote-te-router-id": ("remote-router-ids", lambda given: listed(given["remote-te-router-id"])),
    "sr-adj": ("sr-adjs", lambda given: [one_sid(given["sr-adj"])]),
    "sr-adjs": ("sr-adjs", lambda given: [one_sid(item) for item in listed(given["sr-adjs"])]),
    "sr-adj-lan-sids": (
        "sr-adj-lan-sids",
        lambda given: [one_sid(item) for item in listed(given["sr-adj-lan-sids"])],
    ),
    "sr-capability-flags": ("sr-capabilities", sr_capabilities),
    "sr-prefix-flags": ("sr-prefix-sids", sr_prefix_sid),
    "link-protection-flags": ("link-protection-flags", protection),
}
"""What ExaBGP calls, or writes, in another way: our key, and our values made of the whole object."""


PARTS: Final = ("sids", "undecoded-sids", "sr-algorithm")
"""Members that belong to those with flags."""


def native(tree: object) -> dict[str, object]:
    """The tree of what JSON shows, ours or ExaBGP's."""
    given = dict(members(tree))
    found: dict[str, object] = {}
    for key in [key for key in given if key not in PARTS]:
        if key not in SPELLINGS:
            ours, value = key, given[key]
        else:
            ours, made = SPELLINGS[key]
            values = made(given)
            value = values if TABLE.listed(ours) else values[0]
        before = found.get(ours)
        found[ours] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
    for key in PARTS:
        if key in given:
            raise Misspelt(f"'{key}' does not belong to anything", "'sr-capability-flags' or 'sr-prefix-flags'")
    return found


def restore(tree: object) -> str:
    """The words of what JSON shows."""
    return SHAPE.restore(tree if isinstance(tree, str) else native(tree))


KIND: Final = Kind(
    29,
    "bgp-ls",
    OPTIONAL_NON_TRANSITIVE,
    SHAPE.decode,
    read,
    malformed=DISCARD,
    rfc="RFC 9552",
    help="what an IGP knows about the node, link, prefix, segment or policy that a BGP-LS route names",
    restore=restore,
)
