"""Families whose NLRI are one layout each behind a length, or of one size (MDT, encapsulation, CAR and their kin)."""

from collections.abc import Callable
from json import dumps

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import Struct
from bgptwist.wire.values.tlv import Tlvs
from bgptwist.wire.values.tree import members, raw_octets, string
from bgptwist.wire.words import Words


class FramedNlri:
    """How such NLRI are cut, read and spelt; its methods are what a Family is made of.

    An NLRI begins with `head` octets of length, which a class of its own relates to what follows (`size`, `framed`);
    `layout` is that of the rest.  Words are those of the layout, or `raw 0x...` with the whole NLRI where the layout
    would lose something; JSON is the tree of the layout, or `{ "parsed": false, "raw": ".." }`.
    """

    head: int = 1

    def __init__(self, layout: Field) -> None:
        self.layout = layout

    def size(self, data: bytes, at: int) -> int:
        """How many octets the NLRI takes whose length stands whole at `at`; Malformed when that cannot be."""
        return 1 + data[at]

    def framed(self, body: bytes) -> bytes:
        """The NLRI of a body; Misspelt when there is none."""
        if len(body) > 0xFF:
            raise Misspelt(f"{len(body)} octets are too many for an NLRI", "less")
        return bytes((len(body),)) + body

    def tidy(self, nlri: bytes) -> bytes:
        """The NLRI as it is kept: without bits beyond a prefix."""
        return nlri

    def cutter(self, path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
        """A function that cuts a field into NLRI, each after `path_id` octets."""

        def split(data: bytes, at: int, end: int) -> list[bytes]:
            found: list[bytes] = []
            while at < end:
                start = at + path_id
                if start + self.head > end:
                    raise Malformed(f"{end - at} octets where an NLRI begins", 3, 10)
                stop = start + self.size(data, start)
                if stop > end:
                    raise Malformed(f"an NLRI of {stop - start} octets where {end - start} are left", 3, 10)
                found.append(data[at:start] + self.tidy(data[start:stop]))
                at = stop
            return found

        return split

    def check(self, nlri: bytes) -> None:
        """Malformed when what follows the length does not fit the layout."""
        octets = Octets(nlri, self.head)
        self.layout.decode(octets)
        if octets.left:
            raise Malformed(f"{octets.left} octets too many in an NLRI", 3, 10)

    def tree(self, nlri: bytes) -> object:
        """What the layout shows, None when it would lose something."""
        octets = Octets(nlri, self.head)
        try:
            tree = self.layout.decode(octets)
            if octets.left == 0 and self.framed(self.layout.encode(tree)) == nlri:
                return tree
        except (Malformed, Misspelt):
            pass
        return None

    def words(self, nlri: bytes) -> str:
        """The words of an NLRI."""
        tree = self.tree(nlri)
        return f"raw {spell.hexadecimal(nlri)}" if tree is None else self.layout.words(tree)

    def json(self, nlri: bytes) -> str:
        """The JSON object of an NLRI."""
        tree = self.tree(nlri)
        return dumps({"parsed": False, "raw": nlri.hex().upper()} if tree is None else tree)

    def read(self, words: Words) -> bytes:
        """The NLRI of words."""
        if words.accept("raw"):
            return self.whole(raw_octets(words.next("the NLRI in hexadecimal"), words), words.at - 1)
        start = words.at
        tree = self.layout.read(words)
        try:
            return self.octets(members(tree))
        except Misspelt as error:
            raise Misspelt(error.reason, error.expected, start) from None

    def octets(self, tree: dict[str, object]) -> bytes:
        """The NLRI of a tree, which must be read again with the same members."""
        nlri = self.whole(self.framed(self.layout.encode(tree)))
        try:
            again = members(self.layout.decode(Octets(nlri, self.head)))
        except Malformed as error:
            raise Misspelt(error.reason, "another value") from None
        if again.keys() != tree.keys():
            missing = sorted(again.keys() - tree.keys()) or ["another member"]
            raise Misspelt("a member is missing among the others", f"'{missing[0]}'")
        return nlri

    def whole(self, nlri: bytes, at: int = -1) -> bytes:
        """The same NLRI if it would be cut from a field as it is; Misspelt blames the word at `at`."""
        try:
            if self.cutter(0)(nlri, 0, len(nlri)) == [nlri]:
                return nlri
            reason = "an NLRI has bits that do not count"
        except Malformed as error:
            reason = error.reason
        raise Misspelt(reason, "one whole NLRI", at)

    def restore(self, tree: object) -> str:
        """The words of a JSON object."""
        given = members(tree)
        if given.get("parsed") is False:
            return self.words(self.whole(raw_octets("0x" + string(given.get("raw")))))
        return self.words(self.octets(given))


class BitsNlri(FramedNlri):
    """NLRI whose length counts bits, `maximum` of them at most."""

    def __init__(self, layout: Field, maximum: int) -> None:
        super().__init__(layout)
        self.maximum = maximum

    def size(self, data: bytes, at: int) -> int:
        if data[at] > self.maximum:
            raise Malformed(f"an NLRI of {data[at]} bits", 3, 10)
        return 1 + (data[at] + 7) // 8

    def framed(self, body: bytes) -> bytes:
        return bytes((8 * len(body),)) + body


class Followed(Field):
    """A Struct and the TLVs behind it as one dictionary, and one row of words; no key may be in both."""

    single = False

    def __init__(self, first: Struct, tlvs: Tlvs) -> None:
        self.first = first
        self.tlvs = tlvs
        self.keys = {member.key for member in first.listed}

    def decode(self, octets: Octets) -> object:
        return {**members(self.first.decode(octets)), **members(self.tlvs.decode(octets))}

    def parts(self, tree: object) -> tuple[dict[str, object], dict[str, object]]:
        """What belongs to the Struct, and the rest."""
        given = members(tree)
        rest = {key: value for key, value in given.items() if key not in self.keys}
        return {key: value for key, value in given.items() if key in self.keys}, rest

    def encode(self, tree: object) -> bytes:
        first, rest = self.parts(tree)
        return self.first.encode(first) + self.tlvs.encode(rest)

    def words(self, tree: object) -> str:
        first, rest = self.parts(tree)
        return f"{self.first.words(first)} {self.tlvs.words(rest)}".strip()

    def read(self, words: Words) -> object:
        return {**members(self.first.read(words)), **members(self.tlvs.read(words))}


def framed_family(
    afi: int,
    safi: int,
    name: str,
    next_hop_sizes: tuple[int, ...],
    form: FramedNlri,
    rfc: str,
    help: str,
    *,
    key: Callable[[bytes], bytes] | None = None,
    next_hop_prefix: bytes = b"",
) -> Family:
    """The family of framed NLRI, with its ADD-PATH form."""
    family = Family(
        afi,
        safi,
        name,
        next_hop_sizes,
        form.cutter(0),
        form.read,
        form.words,
        form.json,
        key,
        next_hop_prefix=next_hop_prefix,
        rfc=rfc,
        restore=form.restore,
        check=form.check,
        help=help,
    )
    return add_path(family, form.cutter(4))
