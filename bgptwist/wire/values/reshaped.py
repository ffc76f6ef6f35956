"""Typed NLRI as ExaBGP shows them: the keys of JSON split, join and rename what the octets of a body hold."""

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.tree import integer, members, raw_octets, string
from bgptwist.wire.values.typed import RouteType, TypedNlri
from bgptwist.wire.words import Words


class Body(Struct):
    """The layout of a route type; JSON may have other keys than the tree, words another order than the octets.

    `spoken` are the words of all members that have one, in the order in which they are written.
    """

    def __init__(self, *listed: Member, spoken: tuple[str, ...] = ()) -> None:
        super().__init__(*listed)
        if spoken:
            self.by_word = {word: self.by_word[word] for word in spoken}

    def outward(self, tree: dict[str, object]) -> dict[str, object]:
        """What JSON shows of a tree."""
        return tree

    def inward(self, given: dict[str, object]) -> dict[str, object]:
        """The tree of what JSON shows; other keys do not count."""
        return {member.key: given[member.key] for member in self.listed if member.key in given}


class ReshapedNlri(TypedNlri):
    """Typed NLRI with such bodies.  Words that would not be read again give way to `raw 0x...`."""

    def words(self, nlri: bytes) -> str:
        tree = self.tree(nlri)
        if tree is not None:
            route_type = self.types[self.code(nlri)]
            text = f"{route_type.word} {route_type.layout.words(tree)}"
            try:
                if self.read(Words(text.split())) == nlri:
                    return text
            except Misspelt:
                pass
        return f"raw {spell.hexadecimal(nlri)}"

    def shown(self, nlri: bytes) -> dict[str, object]:
        code = self.code(nlri)
        raw = nlri.hex().upper()
        tree = self.tree(nlri)
        if tree is None:
            return self.opaque(nlri)
        route_type = self.types[code]
        return {"code": code, "parsed": True, "raw": raw, "name": route_type.name, **self.outward(route_type, tree)}

    def opaque(self, nlri: bytes) -> dict[str, object]:
        """What JSON shows of an NLRI without a layout."""
        return {"code": self.code(nlri), "parsed": False, "raw": nlri.hex().upper()}

    def outward(self, route_type: RouteType, tree: dict[str, object]) -> dict[str, object]:
        """The members of the JSON object."""
        layout = route_type.layout
        return layout.outward(tree) if isinstance(layout, Body) else tree

    def restore(self, tree: object) -> str:
        given = members(tree)
        route_type = self.types.get(integer(given.get("code", -1), 0xFFFF))
        if route_type is None or given.get("parsed") is False:
            nlri = raw_octets("0x" + string(given.get("raw", "")))
            if len(nlri) < self.head:
                raise Misspelt("the NLRI is too short", "'raw' with the whole NLRI")
            return self.words(nlri)
        layout = route_type.layout
        inner = layout.inward(given) if isinstance(layout, Body) else given
        return self.words(self.framed(route_type.code, self.encode(route_type, inner)))


def typed_family(
    afi: int,
    safi: int,
    name: str,
    nlri: TypedNlri,
    rfc: str,
    help: str,
    *,
    next_hop_attribute: bool = False,
    mapped_next_hop: bool = False,
    checked: bool = True,
) -> Family:
    """The family of typed NLRI, with its ADD-PATH form; `checked`: an NLRI that its layout cannot hold is malformed.

    `next_hop_attribute` is for the families that ExaBGP announces with a NEXT_HOP.
    """
    identity = any(route_type.identity for route_type in nlri.types.values())
    family = Family(
        afi,
        safi,
        name,
        (4, 16),
        nlri.split,
        nlri.read,
        nlri.words,
        nlri.json,
        nlri.key if identity else None,
        next_hop_attribute=next_hop_attribute,
        rfc=rfc,
        restore=nlri.restore,
        check=nlri.check if checked and nlri.types else None,
        help=help,
        mapped_next_hop=mapped_next_hop,
    )
    return add_path(family, TypedNlri((), nlri.sizes, bytes(4) + nlri.front).split)
