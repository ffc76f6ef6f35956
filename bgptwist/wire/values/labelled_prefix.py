"""Prefixes behind labels and a route distinguisher (RFC 8277, 2; RFC 4364, 4.3.4; RFC 4659, 3; RFC 6513).

One octet counts the bits of all that follows: labels of 24 each, the route distinguisher of 64, and the prefix.
"""

from collections.abc import Callable
from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values import label_stack, rd
from bgptwist.wire.values.prefix import FORMS, SPARE
from bgptwist.wire.values.tree import members, string
from bgptwist.wire.words import Words

NEVER: Final = 1 << 20
"""The size of an NLRI whose length octet cannot be right."""

HEADS: Final = tuple(bytes((bits,)) for bits in range(256))

VPN_HOPS: Final = {1: (12, 24, 48), 2: (24, 48, 12)}
"""Octets of a next hop, each address behind eight octets of zero (RFC 4364, 4.3.2; RFC 4659, 3.2.1; RFC 8950)."""


class LabelledPrefix:
    """How NLRI of AFI 1 or 2 with `labels`, with a route distinguisher (`distinguished`), or with both are spelt.

    Its methods are what a Family is made of.
    """

    def __init__(self, name: str, afi: int, *, labels: bool, distinguished: bool) -> None:
        self.name = name
        self.form = FORMS[afi]
        self.labels = labels
        self.distinguished = distinguished
        self.rd_size = rd.SIZE if distinguished else 0

    def cutter(self, path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
        """A function that cuts a field into NLRI, each after `path_id` octets, with no bits beyond the prefix."""
        labels = self.labels
        # bits of an NLRI with one label, or none where there are none
        shortest = 8 * self.rd_size + (8 * label_stack.SIZE if labels else 0)
        longest = shortest + self.form.maximum
        sizes = tuple(
            1 + (bits + 7) // 8 if bits >= shortest and (labels or bits <= longest) else NEVER for bits in range(256)
        )

        def split(data: bytes, at: int, end: int) -> list[bytes]:
            found: list[bytes] = []
            while at < end:
                start = at + path_id
                if start >= end:
                    raise Malformed("a prefix is cut short", 3, 10)
                bits = data[start]
                stop = start + sizes[bits]
                if stop > end:
                    raise Malformed(f"a prefix of {bits} bits does not fit", 3, 10)
                if labels and (bits > longest or not data[start + 3] & 1):
                    self.check(data, start)
                spare = SPARE[bits & 7]
                if spare and data[stop - 1] & spare:
                    found.append(data[at : stop - 1] + HEADS[data[stop - 1] & ~spare])
                else:
                    found.append(data[at:stop])
                at = stop
            return found

        return split

    def withdrawn(self, nlri: bytes) -> bytes:
        """What withdraws the route: labels but the first would be taken for a part of the prefix (RFC 8277, 2.4).

        Others send them all the same, and are understood: an entry that means nothing has the bit of the bottom, or
        is one of two.
        """
        front = self.front(nlri)
        surplus = front - 1 - label_stack.SIZE
        return HEADS[nlri[0] - 8 * surplus] + label_stack.COMPATIBILITY + nlri[front:] if surplus else nlri

    def check(self, data: bytes, at: int) -> None:
        """Malformed when the NLRI at `at` has a prefix that is too long."""
        room = data[at] // 8 - self.rd_size
        bits = data[at] - 8 * self.rd_size - 8 * label_stack.size(data, at + 1, room)
        if bits > self.form.maximum:
            raise Malformed(f"a prefix of {bits} bits behind labels", 3, 10)

    def front(self, nlri: bytes) -> int:
        """Where the labels of an NLRI end."""
        if not self.labels:
            return 1
        if nlri[3] & 1:
            return 4
        return 1 + label_stack.size(nlri, 1, nlri[0] // 8 - self.rd_size)

    def prefix(self, nlri: bytes, at: int) -> str:
        """The text of the prefix that stands at `at`."""
        return self.form.words(HEADS[nlri[0] - 8 * at + 8] + nlri[at:])

    def words(self, nlri: bytes) -> str:
        """`10.0.0.0/24 label 100 rd 65000:1`."""
        front = self.front(nlri)
        text = self.prefix(nlri, front + self.rd_size)
        if self.labels:
            text = f"{text} label {label_stack.words(nlri[1:front])}"
        return f"{text} rd {rd.text(nlri[front : front + rd.SIZE])}" if self.distinguished else text

    def json(self, nlri: bytes) -> str:
        """`{ "nlri": "10.0.0.0/24", "label": [[100, 1601]], "rd": "65000:1" }`."""
        if not self.labels:
            return f'{{ "nlri": "{self.prefix(nlri, 9)}", "rd": "{rd.text(nlri[1:9])}" }}'
        if nlri[3] & 1:
            raw = nlri[1] << 16 | nlri[2] << 8 | nlri[3]
            labels = f"[[{raw >> 4}, {raw}]]"
            front = 4
        else:
            front = self.front(nlri)
            labels = label_stack.json(nlri[1:front])
        at = front + self.rd_size
        prefix = self.form.words(HEADS[nlri[0] - 8 * at + 8] + nlri[at:])
        if self.distinguished:
            return f'{{ "nlri": "{prefix}", "label": {labels}, "rd": "{rd.text(nlri[front:at])}" }}'
        return f'{{ "nlri": "{prefix}", "label": {labels} }}'

    def key(self, nlri: bytes) -> bytes:
        """The NLRI without its labels, which are no part of what a route is about (RFC 8277, 2)."""
        front = self.front(nlri)
        return HEADS[nlri[0] - 8 * front + 8] + nlri[front:]

    def read(self, words: Words) -> bytes:
        """The NLRI of `P`, `label` and `rd`, the latter in any order."""
        start = words.at
        prefix = self.form.read(words)
        stack = distinguisher = b""
        while words.peek() in ("label", "rd", "route-distinguisher"):
            word = words.next("")
            if word == "label" and self.labels and not stack:
                stack = label_stack.read(words)
            elif word != "label" and self.distinguished and not distinguisher:
                distinguisher = read_rd(words)
            else:
                raise words.wrong("another word", f"'{word}' has no place here in a route of {self.name}")
        if self.labels and not stack:
            raise Misspelt(f"a route of {self.name} needs a label", "label 100", words.at)
        if self.distinguished and not distinguisher:
            raise Misspelt(f"a route of {self.name} needs a route distinguisher", "rd 65000:1", words.at)
        try:
            return self.octets(prefix, stack, distinguisher)
        except Misspelt as error:
            error.at = start
            raise

    def octets(self, prefix: bytes, stack: bytes, distinguisher: bytes) -> bytes:
        """The NLRI of its parts; Misspelt when they do not fit together."""
        before = len(stack) + len(distinguisher)
        bits = prefix[0] + 8 * before
        if bits > 255:
            raise Misspelt(f"{len(stack) // label_stack.SIZE} labels are too many for this prefix", "fewer labels")
        nlri = b"".join((HEADS[bits], stack, distinguisher, prefix[1:]))
        if self.front(nlri) != 1 + len(stack):
            raise Misspelt("a receiver would see the end of this label stack elsewhere", "a last label with its bit")
        return nlri

    def restore(self, tree: object) -> str:
        """The words of what JSON shows; `label` may also be `[[100]]`, as ExaBGP 5 has it."""
        given = members(tree)
        for key, wanted in (("label", self.labels), ("rd", self.distinguished)):
            if (key in given) != wanted:
                reason = f"a route of {self.name} has {'a' if wanted else 'no'} '{key}'"
                raise Misspelt(reason, f"'{key}'" if wanted else "a member less")
        stack = label_stack.octets(given["label"]) if self.labels else b""
        distinguisher = rd.octets(string(given["rd"])) if self.distinguished else b""
        return self.words(self.octets(self.form.octets(given.get("nlri")), stack, distinguisher))


def read_rd(words: Words) -> bytes:
    """The octets of a route distinguisher."""
    word = words.next(rd.EXPECTED)
    try:
        return rd.octets(word)
    except Misspelt as error:
        raise words.wrong(error.expected, error.reason) from None


def labelled_family(
    afi: int,
    safi: int,
    name: str,
    next_hop_sizes: tuple[int, ...],
    rfc: str,
    help: str,
    *,
    labels: bool = True,
    distinguished: bool = True,
) -> Family:
    """The family of such prefixes, with its ADD-PATH form."""
    form = LabelledPrefix(name, afi, labels=labels, distinguished=distinguished)
    family = Family(
        afi,
        safi,
        name,
        next_hop_sizes,
        form.cutter(0),
        form.read,
        form.words,
        form.json,
        form.key if labels else None,
        next_hop_prefix=bytes(form.rd_size),
        rfc=rfc,
        restore=form.restore,
        help=help,
        withdrawn=form.withdrawn if labels else None,
    )
    return add_path(family, form.cutter(4))
