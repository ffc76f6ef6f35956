"""Parts of multicast routes: sources and groups with wildcards (RFC 6514, 4; RFC 6625, 2), keys of leaf routes."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Number, Raw
from bgptwist.wire.words import Words

WILDCARD: Final = "*"
EITHER: Final = (4, 16)


def one_size(afi: int) -> tuple[int, ...]:
    """The octets of an address of that AFI."""
    return (4,) if afi == 1 else (16,)


class Multicast(Address):
    """A source or a group after its length in bits; no bits at all are the wildcard `*`, where one may stand.

    `sizes` are the octets that an address may have.
    """

    def __init__(self, sizes: tuple[int, ...] = EITHER, *, wildcard: bool = False) -> None:
        super().__init__(sizes[0] if len(sizes) == 1 else 0)
        self.sizes = sizes
        self.wildcard = wildcard
        if wildcard:
            self.expected += " or *"

    def decode(self, octets: Octets) -> object:
        bits = octets.octet()
        if bits == 0 and self.wildcard:
            return WILDCARD
        if bits % 8 or bits // 8 not in self.sizes:
            raise Malformed(f"an address of {bits} bits", 3, 10)
        return spell.address(octets.take(bits // 8))

    def encode(self, tree: object) -> bytes:
        if tree == WILDCARD and self.wildcard:
            return b"\0"
        value = super().encode(tree)
        return bytes((8 * len(value),)) + value

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        if self.wildcard and word in (WILDCARD, "any"):
            return WILDCARD
        try:
            return spell.address(super().encode(word))
        except Misspelt:
            raise words.wrong(self.expected) from None


class NumberText(Number):
    """A number that the tree has as a string, as ExaBGP writes source AS, TEID and QFI."""

    def decode(self, octets: Octets) -> object:
        return str(super().decode(octets))

    def read(self, words: Words) -> object:
        return str(super().read(words))


class RouteKey(Raw):
    """The NLRI of the route that a leaf route answers, in hexadecimal; an originator follows it.

    `tails` are the sizes of what follows; `counted` ones begin with their length in bits.  A key that is no NLRI, by
    its own length, ends where the first of `tails` that can be begins.
    """

    def __init__(self, tails: tuple[int, ...], *, counted: bool) -> None:
        super().__init__()
        self.tails = tails
        self.counted = counted

    def decode(self, octets: Octets) -> object:
        sizes = [octets.left - tail for tail in self.tails if octets.left >= tail]
        if octets.left >= 2:
            framed = 2 + octets.data[octets.at + 1]
            sizes.sort(key=lambda size: size != framed)
        for size in sizes:
            tail = octets.left - size
            if not self.counted or octets.data[octets.at + size] == 8 * (tail - 1):
                return spell.hexadecimal(octets.take(size))
        raise Malformed("no originator behind the route key", 3, 10)


class Late(Field):
    """A part at the end that older senders leave out: null in the tree and `none` in words unless it is there.

    It is there when as many octets are left as `left` says.
    """

    def __init__(self, field: Field, left: tuple[int, ...]) -> None:
        self.field = field
        self.left = left
        self.single = field.single

    def decode(self, octets: Octets) -> object:
        return self.field.decode(octets) if octets.left in self.left else None

    def encode(self, tree: object) -> bytes:
        return b"" if tree is None else self.field.encode(tree)

    def words(self, tree: object) -> str:
        return "none" if tree is None else self.field.words(tree)

    def read(self, words: Words) -> object:
        return None if words.accept("none") else self.field.read(words)
