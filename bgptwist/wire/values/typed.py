"""Families whose NLRI are typed: type, length, body (EVPN, MCAST-VPN, MUP, BGP-LS and their kin)."""

from json import dumps

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.layout import Struct
from bgptwist.wire.values.tree import integer, members, raw_octets, string
from bgptwist.wire.words import Words


class RouteType:
    """One type: its code, its word, the name in JSON, and the layout of its body.

    `identity` are the keys of the members that tell one route from another (RFC 7432, 7); none: all of them do.
    """

    def __init__(self, code: int, word: str, name: str, layout: Struct, identity: tuple[str, ...] = ()) -> None:
        self.code = code
        self.word = word
        self.name = name
        self.layout = layout
        self.identity = identity


class TypedNlri:
    """How typed NLRI are cut, read and spelt; its methods are what a Family is made of.

    `front` are octets before the type that are always the same (the architecture of MUP); `sizes` are the octets of
    type and length.  Words are `WORD MEMBER VALUE ...`, or `raw 0x...` with the whole NLRI for what has no layout.
    JSON is `{ "code": 2, "parsed": true, "raw": "02..", "name": "..", members }`.
    """

    def __init__(self, types: tuple[RouteType, ...], sizes: tuple[int, int] = (1, 1), front: bytes = b"") -> None:
        self.types = {route_type.code: route_type for route_type in types}
        self.by_word = {route_type.word: route_type for route_type in types}
        self.sizes = sizes
        self.front = front
        self.head = len(front) + sum(sizes)

    def split(self, data: bytes, at: int, end: int) -> list[bytes]:
        """Cut a field; Malformed when an NLRI runs past the end."""
        found: list[bytes] = []
        type_at = len(self.front)
        size_at = type_at + self.sizes[0]
        wide = self.sizes[1] == 2
        while at < end:
            stop = at + self.head
            if stop > end:
                raise Malformed(f"{end - at} octets where an NLRI begins", 3, 10)
            stop += (data[at + size_at] << 8 | data[at + size_at + 1]) if wide else data[at + size_at]
            if stop > end:
                raise Malformed(f"an NLRI of {stop - at} octets where {end - at} are left", 3, 10)
            found.append(data[at:stop])
            at = stop
        return found

    def code(self, nlri: bytes) -> int:
        """The type of an NLRI."""
        at = len(self.front)
        return int.from_bytes(nlri[at : at + self.sizes[0]], "big")

    def tree(self, nlri: bytes) -> dict[str, object] | None:
        """The members of the body, None when its type has no layout or the layout would lose something."""
        route_type = self.types.get(self.code(nlri))
        if route_type is None or nlri[: len(self.front)] != self.front:
            return None
        octets = Octets(nlri, self.head)
        try:
            tree = members(route_type.layout.decode(octets))
            if octets.left == 0 and route_type.layout.encode(tree) == nlri[self.head :]:
                return tree
        except (Malformed, Misspelt):
            pass
        return None

    def check(self, nlri: bytes) -> None:
        """Malformed when the body of a known type does not fit its layout."""
        route_type = self.types.get(self.code(nlri))
        if route_type is None or nlri[: len(self.front)] != self.front:
            return
        octets = Octets(nlri, self.head)
        route_type.layout.decode(octets)
        if octets.left:
            raise Malformed(f"{octets.left} octets too many for type {route_type.code}", 3, 10)

    def framed(self, code: int, body: bytes) -> bytes:
        """A whole NLRI."""
        if len(body) >= 1 << 8 * self.sizes[1]:
            raise Misspelt(f"{len(body)} octets are too many for an NLRI", "less")
        return self.front + code.to_bytes(self.sizes[0], "big") + len(body).to_bytes(self.sizes[1], "big") + body

    def words(self, nlri: bytes) -> str:
        """The words of an NLRI."""
        tree = self.tree(nlri)
        if tree is None:
            return f"raw {spell.hexadecimal(nlri)}"
        route_type = self.types[self.code(nlri)]
        return f"{route_type.word} {route_type.layout.words(tree)}"

    def read(self, words: Words) -> bytes:
        """The NLRI of words."""
        expected = f"one of {', '.join([*self.by_word, 'raw'])}" if self.by_word else "raw and the NLRI in hexadecimal"
        word = words.next(expected)
        if word == "raw":
            octets = raw_octets(words.next("the NLRI in hexadecimal"), words)
            try:
                whole = self.split(octets, 0, len(octets)) == [octets]
            except Malformed:
                whole = False
            if not whole:
                raise words.wrong("one whole NLRI in hexadecimal, with type and length")
            return octets
        route_type = self.by_word.get(word)
        if route_type is None:
            raise words.wrong(expected, f"'{word}' is no type of route")
        at = words.at
        body = self.encode(route_type, route_type.layout.read(words), at)
        return self.framed(route_type.code, body)

    def encode(self, route_type: RouteType, tree: object, at: int = -1) -> bytes:
        """The body of a tree, which must be read again; words blame the word at `at`."""
        try:
            body = route_type.layout.encode(tree)
            octets = Octets(body)
            if route_type.layout.decode(octets) is None or octets.left:
                raise Malformed("it cannot be read again")
        except Misspelt as error:
            raise Misspelt(error.reason, error.expected, at) from None
        except Malformed as error:
            raise Misspelt(error.reason, "another value", at) from None
        return body

    def json(self, nlri: bytes) -> str:
        """The JSON object of an NLRI."""
        return dumps(self.shown(nlri))

    def shown(self, nlri: bytes) -> dict[str, object]:
        """The same as a dictionary."""
        code = self.code(nlri)
        tree = self.tree(nlri)
        raw = nlri.hex().upper()
        if tree is None:
            return {"code": code, "parsed": False, "raw": raw}
        return {"code": code, "parsed": True, "raw": raw, "name": self.types[code].name, **tree}

    def restore(self, tree: object) -> str:
        """The words of a JSON object: its members count, `raw` only where there are none."""
        given = members(tree)
        route_type = self.types.get(integer(given.get("code", -1), 0xFFFF))
        if route_type is None or given.get("parsed") is False:
            nlri = raw_octets("0x" + string(given.get("raw", "")))
            if len(nlri) < self.head:
                raise Misspelt("the NLRI is too short", "'raw' with the whole NLRI")
            return self.words(nlri)
        kept = {member.key: given[member.key] for member in route_type.layout.listed if member.key in given}
        return f"{route_type.word} {route_type.layout.words(self.checked(route_type, kept))}"

    def checked(self, route_type: RouteType, tree: object) -> object:
        """The same tree as octets have it."""
        return route_type.layout.decode(Octets(self.encode(route_type, tree)))

    def key(self, nlri: bytes) -> bytes:
        """What tells this route from others."""
        route_type = self.types.get(self.code(nlri))
        if route_type is None or not route_type.identity:
            return nlri
        octets = Octets(nlri, self.head)
        found = [nlri[: self.head - self.sizes[1]]]
        try:
            for member in route_type.layout.listed:
                if member.optional and not octets.left:
                    continue
                at = octets.at
                member.field.decode(octets)
                if member.key in route_type.identity:
                    found.append(nlri[at : octets.at])
        except Malformed:
            return nlri
        return b"".join(found)
