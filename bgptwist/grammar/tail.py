"""The words after a prefix that are no attributes: next hop, label, path identifier, what becomes of the route."""

from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import NO_NEXT_HOP, SELF
from bgptwist.wire.path import Path
from bgptwist.wire.route import Claim
from bgptwist.wire.spell import address_octets, ipv4_octets
from bgptwist.wire.values import label_stack
from bgptwist.wire.words import Words, number

QUOTED: Final = frozenset(" \t\r\n\f\b[](),;{}")

LONGEST_TTL: Final = 31_536_000.0
"""Seconds of a year."""

LONGEST_OWNER: Final = 64
"""Characters of the name of an owner."""


class Tail:
    """What the words after a prefix say; every route written with the same words shares one.

    `label` and `rd` are words that belong to the NLRI.  `split` is a prefix length, 0 for none.
    `plain`: there is nothing but a path and a next hop.  `claim` is made of `owner` and `ttl`, if they are there.
    """

    __slots__ = (
        *("claim", "held", "label", "name", "next_hop", "owner", "path", "path_id"),
        *("plain", "rd", "split", "ttl", "watchdog"),
    )

    def __init__(self, path: Path) -> None:
        self.path = path
        self.next_hop = NO_NEXT_HOP
        self.path_id = b""
        self.label: list[str] = []
        self.rd = ""
        self.split = -1
        self.watchdog = ""
        self.held = False
        self.name = ""
        self.owner = ""
        self.ttl = 0.0
        self.claim: Claim | None = None
        self.plain = True


def read_next_hop(tail: Tail, words: Words) -> None:
    """`next-hop ADDRESS` or `next-hop self`; the first one counts."""
    word = words.next("an address or 'self'")
    if word.lower() == "self":
        next_hop = SELF
    else:
        try:
            next_hop = address_octets(word)
        except ValueError:
            raise words.wrong("an address or 'self'", f"'{word}' is not a valid next hop") from None
    tail.next_hop = tail.next_hop or next_hop


def read_path_information(tail: Tail, words: Words) -> None:
    """`path-information N` or `path-information a.b.c.d` (RFC 7911, 3)."""
    wanted = "a number from 0 to 4294967295 or four numbers like 0.0.0.1"
    if "." in words.peek():
        word = words.next(wanted)
        try:
            identifier = ipv4_octets(word)
        except ValueError:
            raise words.wrong(wanted) from None
    else:
        identifier = words.integer(0xFFFFFFFF, wanted).to_bytes(4, "big")
    tail.path_id = tail.path_id or identifier


def read_label(tail: Tail, words: Words) -> None:
    """`label N` or `label [ N M ]` (RFC 3032, 2.1: 20 bits)."""
    wanted = label_stack.EXPECTED
    start = words.at
    labels = words.items(wanted)
    if not labels:
        raise words.wrong(wanted, "the label stack is empty")
    for index, label in enumerate(labels):
        if not label_stack.entry_octets(label, False):
            raise Misspelt(f"'{label}' is no label", wanted, start + index + (words.words[start] == "["))
    tail.label = tail.label or labels


def read_rd(tail: Tail, words: Words) -> None:
    """`rd A:N` (RFC 4364, 4.2); the family reads it."""
    word = words.next("a route distinguisher like 65000:1")
    tail.rd = tail.rd or word


def read_split(tail: Tail, words: Words) -> None:
    """`split /N`: all subnets of that length instead of the prefix."""
    word = words.next("a prefix length like /24")
    length = number(word.removeprefix("/"))
    if not 0 <= length <= 128:
        raise words.wrong("a prefix length like /24")
    if tail.split < 0:
        tail.split = length


def read_watchdog(tail: Tail, words: Words) -> None:
    """`watchdog NAME`: the group that `announce watchdog NAME` moves."""
    word = words.next("the name of a watchdog")
    if word in ("announce", "withdraw"):
        raise words.wrong("the name of a watchdog", f"'{word}' cannot name a watchdog")
    tail.watchdog = tail.watchdog or word


def read_withdraw(tail: Tail, words: Words) -> None:
    """`withdraw`: a route with a watchdog waits for it."""
    tail.held = True


def read_name(tail: Tail, words: Words) -> None:
    """`name WORD`: for people; not sent."""
    tail.name = words.next("a name")


def read_ttl(tail: Tail, words: Words) -> None:
    """`ttl SECONDS`: withdrawn after so long, unless it is announced again; commands only."""
    tail.ttl = lease(words)


def lease(words: Words) -> float:
    """A number of seconds, perhaps with a fraction, more than none and at most a year."""
    word = words.next(TTL_WANTED)
    whole, dot, fraction = word.partition(".")
    if not word.isascii() or not whole.isdecimal() or (dot and not fraction.isdecimal()) or len(word) > 20:
        raise words.wrong(TTL_WANTED)
    value = float(word)
    if not 0 < value <= LONGEST_TTL:
        raise words.wrong(TTL_WANTED)
    return value


TTL_WANTED: Final = "seconds, more than 0 and at most a year"


def read_owner(tail: Tail, words: Words) -> None:
    """`owner NAME`: only a command that says so may change or withdraw it; commands only."""
    tail.owner = owner(words)


def owner(words: Words) -> str:
    """The name of an owner."""
    wanted = f"a name of at most {LONGEST_OWNER} characters"
    word = words.next(wanted)
    if len(word) > LONGEST_OWNER or not word.isprintable() or not QUOTED.isdisjoint(word):
        raise words.wrong(wanted)
    return word


STATEMENT: Final = {
    "next-hop": read_next_hop,
    "path-information": read_path_information,
    "label": read_label,
    "rd": read_rd,
    "route-distinguisher": read_rd,
    "split": read_split,
    "watchdog": read_watchdog,
    "withdraw": read_withdraw,
    "name": read_name,
}
"""The words of a route statement that are no attributes."""

CLAIMS: Final = {"ttl": read_ttl, "owner": read_owner}
"""Words of commands alone: what is in a file stays, and changes with the file."""

KEYWORDS: Final = {**STATEMENT, **CLAIMS}
