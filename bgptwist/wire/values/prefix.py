"""Prefixes as NLRI have them: a length in bits, and the octets that these take (RFC 4271, 4.3; RFC 4760, 5)."""

from collections.abc import Callable
from socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop, inet_pton
from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values.tree import members, string
from bgptwist.wire.words import Words

ZEROS: Final = tuple(bytes(n) for n in range(17))
SPARE: Final = (0, 0x7F, 0x3F, 0x1F, 0x0F, 0x07, 0x03, 0x01)
"""The bits beyond the prefix in its last octet, by length modulo 8."""

DECIMAL: Final = tuple([str(number) for number in range(256)])


def cutter(maximum: int, path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
    """A function that cuts a field into prefixes of at most `maximum` bits, each after `path_id` octets."""
    # the octets an NLRI takes, by its length octet; lengths over the maximum never fit
    sizes = tuple(1 + (bits + 7) // 8 if bits <= maximum else 1 << 20 for bits in range(256))

    def split_plain(data: bytes, at: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        while at < end:
            bits = data[at]
            stop = at + sizes[bits]
            if stop > end:
                raise Malformed(f"a prefix of {bits} bits does not fit", 3, 10)
            if bits & 7 and data[stop - 1] & SPARE[bits & 7]:
                found.append(data[at : stop - 1] + bytes((data[stop - 1] & ~SPARE[bits & 7],)))
            else:
                found.append(data[at:stop])
            at = stop
        return found

    def split(data: bytes, at: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        while at < end:
            if at + path_id >= end:
                raise Malformed("a prefix is cut short", 3, 10)
            stop = at + path_id
            stop += sizes[data[stop]]
            if stop > end:
                raise Malformed(f"a prefix of {data[at + path_id]} bits does not fit", 3, 10)
            found.append(data[at : at + path_id] + split_plain(data, at + path_id, stop)[0])
            at = stop
        return found

    return split if path_id else split_plain


def words4(nlri: bytes) -> str:
    """`10.0.0.0/24`."""
    if len(nlri) == 4:
        return f"{DECIMAL[nlri[1]]}.{DECIMAL[nlri[2]]}.{DECIMAL[nlri[3]]}.0/{DECIMAL[nlri[0]]}"
    return f"{inet_ntoa(nlri[1:] + ZEROS[5 - len(nlri)])}/{nlri[0]}"


def words6(nlri: bytes) -> str:
    """`2001:db8::/32`."""
    return f"{inet_ntop(AF_INET6, nlri[1:] + ZEROS[17 - len(nlri)])}/{nlri[0]}"


def json4(nlri: bytes) -> str:
    """`{ "nlri": "10.0.0.0/24" }`."""
    return f'{{ "nlri": "{words4(nlri)}" }}'


def json6(nlri: bytes) -> str:
    """`{ "nlri": "2001:db8::/32" }`."""
    return f'{{ "nlri": "{inet_ntop(AF_INET6, nlri[1:] + ZEROS[17 - len(nlri)])}/{nlri[0]}" }}'


def reader(af: int, maximum: int, example: str) -> Callable[[Words], bytes]:
    """A function that reads a prefix; a bare address is a host route, bits beyond the length must be zero."""
    size = maximum // 8
    host = bytes((maximum,))
    lengths = {str(bits): bits for bits in range(maximum + 1)}
    heads = tuple(bytes((bits,)) for bits in range(maximum + 1))

    def read(words: Words) -> bytes:
        word = words.next(example)
        text, slash, length = word.partition("/")
        try:
            octets = inet_pton(af, text)
        except (OSError, UnicodeError, ValueError):
            raise words.wrong(example, f"'{word}' is not a valid prefix") from None
        if not slash:
            return host + octets
        bits = lengths.get(length, -1)
        if bits < 0:
            raise words.wrong(f"a length from 0 to {maximum}", f"'{word}' is not a valid prefix")
        used = (bits + 7) >> 3
        if used < size and octets[used:] != ZEROS[size - used] or octets[used - 1] & SPARE[bits & 7] and bits:
            raise words.wrong(f"zero bits after /{bits}", f"'{word}' has host bits set")
        return heads[bits] + octets[:used]

    return read


class PrefixForm:
    """How prefixes of AFI 1 or 2 are read and spelt; `maximum` is the longest, in bits."""

    def __init__(self, afi: int) -> None:
        self.maximum = 32 if afi == 1 else 128
        self.expected = "a prefix like " + ("10.0.0.0/24" if afi == 1 else "2001:db8::/32")
        self.read = reader(AF_INET if afi == 1 else AF_INET6, self.maximum, self.expected)
        self.words = words4 if afi == 1 else words6

    def octets(self, tree: object) -> bytes:
        """Length and octets of a prefix as JSON has it; Misspelt."""
        return self.read(Words([string(tree)]))

    def restore(self, tree: object) -> str:
        """The words of `{ "nlri": "10.0.0.0/24" }`, or of that string alone."""
        return self.words(self.octets(tree if isinstance(tree, str) else members(tree).get("nlri")))


def masked(nlri: bytes) -> bytes:
    """A prefix with no bits set beyond its length."""
    spare = SPARE[nlri[0] & 7]
    return nlri[:-1] + bytes((nlri[-1] & ~spare,)) if spare and nlri[-1] & spare else nlri


FORMS: Final = {1: PrefixForm(1), 2: PrefixForm(2)}
"""By AFI."""


def prefix_family(
    afi: int, safi: int, name: str, next_hop_sizes: tuple[int, ...], rfc: str, help: str, *, plain: bool = False
) -> Family:
    """The family of the prefixes of AFI 1 or 2, with its ADD-PATH form."""
    form = FORMS[afi]
    family = Family(
        afi,
        safi,
        name,
        next_hop_sizes,
        cutter(form.maximum, 0),
        form.read,
        form.words,
        json4 if afi == 1 else json6,
        plain=plain,
        rfc=rfc,
        restore=form.restore,
        help=help,
    )
    return add_path(family, cutter(form.maximum, 4))
