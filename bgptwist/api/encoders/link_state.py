"""The BGP-LS attribute as ExaBGP shows it: fewer TLVs have a name of their own, and some say less than they hold.

ExaBGP 5 repeats keys, of which a reader keeps the last; here that one stands alone.  Its development makes lists.
"""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.attributes.link_state import PROTECTION_NAMES, TABLE
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_sid import HIGHEST
from bgptwist.wire.values.link_state_tlv import GENERIC
from bgptwist.wire.values.ordered import whole
from bgptwist.wire.values.tree import items, members, string

Shown = dict[str, object]
Spelling = Callable[[Shown, object], None]
"""Adds what a TLV holds to what is shown."""

PLAIN: Final = (
    *(1024, 1025, 1026, 1035, 1038),
    *(1088, 1089, 1090, 1091, 1094, 1096, 1097, 1098),
    *(1152, 1153, 1154, 1155, 1156, 1157, 1162, 1171, 1250, 1252),
)
"""TLVs that ExaBGP shows once, as we do."""

LISTED: Final = (1106, 1107, 1108)
MEASURED: Final = (1114, 1115, 1116, 1117, 1118, 1119, 1120)


def same(tree: object) -> object:
    """A tree as it is."""
    return tree


def plain(key: str, change: Callable[[object], object] = same) -> Spelling:
    """A member; the last of several counts."""

    def add(shown: Shown, tree: object) -> None:
        shown[key] = change(tree)

    return add


def appended(key: str, change: Callable[[object], object] = same) -> Spelling:
    """One more item of a list."""

    def add(shown: Shown, tree: object) -> None:
        items(shown.setdefault(key, [])).append(change(tree))

    return add


def sids(given: Shown) -> Shown:
    """The label or index of a segment in `sids`, where the flag V tells which it is; otherwise in `undecoded-sids`."""
    label = "sid" in given
    value = given.pop("sid") if label else given.pop("index")
    assert isinstance(value, int)
    if bool(members(given["flags"])["V"]) == label and not (label and value > HIGHEST):
        return {"sids": [value], "undecoded-sids": []}
    return {"sids": [], "undecoded-sids": [spell.hexadecimal(value.to_bytes(3 if label else 4, "big"))]}


def adjacency(tree: object) -> object:
    """An adjacency with its SIDs in a list."""
    given = {key: value for key, value in members(tree).items() if key != "reserved"}
    found = sids(given)
    return given | found


def metric(tree: object) -> object:
    """A metric whatever its size."""
    return tree[0] if isinstance(tree, list) else tree


def one_octet(tree: object) -> object:
    """Flags without those after the first octet."""
    return {name: bit for name, bit in members(tree).items() if name != "more"}


def listed(tree: object) -> object:
    """A list of one."""
    return [tree]


def area(tree: object) -> object:
    """An area as one decimal number."""
    return str(int(string(tree)[2:], 16))


def capabilities(shown: Shown, tree: object) -> None:
    """Flags, and ranges of labels as pairs."""
    given = members(tree)
    shown["sr-capability-flags"] = given["flags"]
    shown["sids"] = [
        [pair["size"], pair.get("sid", pair.get("index"))] for pair in map(members, items(given["ranges"]))
    ]


def prefix_sid(shown: Shown, tree: object) -> None:
    """Flags, SIDs and algorithm, each by itself."""
    given = dict(members(tree))
    shown["sr-prefix-flags"] = given["flags"]
    shown.update(sids(given))
    shown["sr-algorithm"] = given["algorithm"]


def protection(shown: Shown, tree: object) -> None:
    """The bits of link protection by ExaBGP's names."""
    shown["link-protection-flags"] = {PROTECTION_NAMES.get(name, name): bit for name, bit in members(tree).items()}


BOTH: Final[dict[int, Spelling]] = {
    **{code: plain(TABLE.rows[code].key) for code in PLAIN},
    **{code: appended(TABLE.rows[code].key) for code in LISTED},
    1034: capabilities,
    1092: plain("te-metric", metric),
    1093: protection,
    1095: plain("igp-metric", metric),
    1100: appended("sr-adj-lan-sids", adjacency),
    1158: prefix_sid,
    1170: plain("sr-prefix-attribute-flags", one_octet),
}
"""What ExaBGP 5 and its development show in the same way."""

GENERATION_5: Final[dict[int, Spelling]] = BOTH | {
    1027: plain("area-id", area),
    1028: plain("local-te-router-ids", listed),
    1029: plain("local-te-router-ids", listed),
    1030: plain("remote-te-router-id"),
    1031: plain("remote-te-router-id"),
    1099: plain("sr-adj", adjacency),
}

GENERATION_6: Final[dict[int, Spelling]] = (
    BOTH
    | {code: plain(TABLE.rows[code].key) for code in (258, *MEASURED)}
    | {
        1027: appended("area-ids", area),
        1028: appended("local-router-ids"),
        1029: appended("local-router-ids"),
        1030: appended("remote-router-ids"),
        1031: appended("remote-router-ids"),
        1099: appended("sr-adjs", adjacency),
    }
)


def shown(octets: bytes, spellings: dict[int, Spelling]) -> Shown:
    """What is shown; TLVs without a spelling, and those that make no sense, in hexadecimal."""
    found: Shown = {}
    for code, value in TABLE.cut(Octets(octets)):
        spelling = spellings.get(code)
        if spelling is not None:
            try:
                spelling(found, whole(TABLE.rows[code].field, value))
                continue
            except (Malformed, Misspelt):
                pass
        key = f"{GENERIC}-{code}"
        items(found.setdefault(key, [])).append(spell.hexadecimal(value))
    return found


def generation_5(attribute: Attribute) -> str:
    """The JSON of ExaBGP 5."""
    return dumps(shown(attribute.octets(), GENERATION_5))


def generation_6(attribute: Attribute) -> str:
    """The JSON of ExaBGP's development."""
    return dumps(shown(attribute.octets(), GENERATION_6))
