"""VPLS: blocks of labels (RFC 4761, 3.2.2) and addresses for auto-discovery (RFC 6074, 3.2.2.1)."""

from json import dumps
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.octets import Octets
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values.field import Address, Number
from bgptwist.wire.values.label import BOTTOM, Label
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.rd import RouteDistinguisher
from bgptwist.wire.values.reshaped import Body
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.values.typed import TypedNlri
from bgptwist.wire.words import Words

HEAD: Final = 2
"""Octets of the length."""


class Block(Body):
    """The form of RFC 4761; JSON has the label alone, and all 24 bits under `raw-base` when the others are odd."""

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        raw = integer(items(tree["base"])[-1], 0xFFFFFF)
        shown = {key: tree[key] for key in ("rd", "endpoint")}
        shown |= {"base": raw >> 4, "offset": tree["offset"], "size": tree["size"]}
        return shown if raw & 0xF == BOTTOM else {**shown, "raw-base": raw}

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        base = integer(given.get("base"), 0xFFFFF)
        raw = integer(given.get("raw-base", base << 4 | BOTTOM), 0xFFFFFF)
        return {**super().inward(given), "base": [raw >> 4, raw] if raw else [0]}


RD: Final = Member("rd", RouteDistinguisher())

BLOCK: Final = Block(
    RD,
    Member("endpoint", Number(2)),
    Member("offset", Number(2)),
    Member("size", Number(2)),
    Member("base", Label()),
    spoken=("rd", "endpoint", "base", "offset", "size"),
)
DISCOVERY: Final = Body(RD, Member("pe", Address(4)))

FORMS: Final = {17: BLOCK, 12: DISCOVERY}
"""By the octets after the length."""

EITHER: Final = Body(*[Member(each.key, each.field, optional=True) for each in (*BLOCK.listed, DISCOVERY.listed[1])])
"""What words may say, of either form."""

BASE_AT: Final = HEAD + 14
"""Where the label stands, which is no part of the identity."""

CUT: Final = TypedNlri((), (0, HEAD)).split
CUT_NUMBERED: Final = TypedNlri((), (0, HEAD), bytes(4)).split


def check(nlri: bytes) -> None:
    """Malformed when the length is that of no form."""
    if len(nlri) - HEAD not in FORMS:
        raise Malformed(f"an NLRI of {len(nlri) - HEAD} octets, not of 17 or 12", 3, 10)


def tree(nlri: bytes) -> dict[str, object]:
    """The members of an NLRI of one of the forms."""
    return members(FORMS[len(nlri) - HEAD].decode(Octets(nlri, HEAD)))


def words(nlri: bytes) -> str:
    """`rd 65000:1 endpoint 5 base 10702 offset 1 size 8` or `rd 65000:1 pe 10.0.0.1`."""
    form = FORMS.get(len(nlri) - HEAD)
    return f"raw {hexadecimal(nlri)}" if form is None else form.words(tree(nlri))


def json(nlri: bytes) -> str:
    """The JSON object of an NLRI."""
    form = FORMS.get(len(nlri) - HEAD)
    return dumps({"parsed": False, "raw": nlri.hex().upper()} if form is None else form.outward(tree(nlri)))


def framed(given: dict[str, object]) -> bytes:
    """The NLRI of members of one form, told by its `pe`."""
    form = DISCOVERY if "pe" in given else BLOCK
    for key in given:
        if all(key != member.key for member in form.listed):
            raise Misspelt(f"'{key}' has no place beside 'pe'", "rd and pe alone")
    body = form.encode(given)
    return len(body).to_bytes(HEAD, "big") + body


def read(words: Words) -> bytes:
    """The NLRI of words, in any order; `raw 0x...` holds one with its length."""
    if words.accept("raw"):
        octets = raw_octets(words.next("the NLRI in hexadecimal"), words)
        if int.from_bytes(octets[:HEAD], "big") != len(octets) - HEAD:
            raise words.wrong("one whole NLRI in hexadecimal, with its length")
        return octets
    given = members(EITHER.read(words))
    try:
        return framed(given)
    except Misspelt as error:
        raise Misspelt(error.reason, error.expected, words.at) from None


def restore(given: object) -> str:
    """The words of a JSON object."""
    shown = members(given)
    if "raw" in shown:
        octets = raw_octets("0x" + string(shown["raw"]))
        if len(octets) < HEAD:
            raise Misspelt("the NLRI is too short", "'raw' with the whole NLRI")
        return words(octets)
    form = DISCOVERY if "pe" in shown else BLOCK
    return words(framed(form.inward(shown)))


def key(nlri: bytes) -> bytes:
    """All but the label of a block."""
    return nlri[:BASE_AT] if len(nlri) == HEAD + 17 else nlri


VPLS: Final = add_path(
    Family(
        25,
        65,
        "l2vpn vpls",
        (4, 16),
        CUT,
        read,
        words,
        json,
        key,
        next_hop_attribute=False,
        rfc="RFC 4761",
        restore=restore,
        check=check,
        help="`rd`, `endpoint`, `base`, `offset` and `size` in any order, or `rd` and `pe` (RFC 6074)",
    ),
    CUT_NUMBERED,
)
