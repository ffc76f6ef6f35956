"""OPERATIONAL: advice for people at the other end, and counts of prefixes (draft-ietf-idr-operational-message, 3)."""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import afi, router_id
from bgptwist.wire.words import Words

ADM: Final = 1
ASM: Final = 2
RPCQ: Final = 3
RPCP: Final = 4
APCQ: Final = 5
APCP: Final = 6
LPCQ: Final = 7
LPCP: Final = 8

NAMES: Final[dict[int, str]] = {
    ADM: "ADM",
    ASM: "ASM",
    RPCQ: "RPCQ",
    RPCP: "RPCP",
    APCQ: "APCQ",
    APCP: "APCP",
    LPCQ: "LPCQ",
    LPCP: "LPCP",
    9: "SSQ",
    10: "DUP",
    11: "MUP",
    12: "MUD",
    13: "SSP",
    0xFFFE: "MP",
    0xFFFF: "NS",
}
"""Advisory demand and static messages; reachable, Adj-RIB-Out and Loc-RIB prefix counts, asked and answered; simple
state; dropped and malformed UPDATEs; what is permitted, and what is not satisfied."""

ADVISORIES: Final = (ADM, ASM)
QUERIES: Final = (RPCQ, APCQ, LPCQ)
COUNTERS: Final = (RPCP, APCP, LPCP)

KINDS: Final[dict[str, int]] = {NAMES[kind].lower(): kind for kind in (*ADVISORIES, *QUERIES, *COUNTERS)}
"""The types that can be said in words."""

LONGEST: Final = 2048
"""Octets of an advisory."""


class Operational:
    """One message; `kind` is its type.

    An advisory has `advisory`, UTF-8 as octets.  A query has `router_id` (four octets, empty: the sender's own) and
    `sequence` (None: the sender counts), an answer also `counter`.  Of any other type, and where the octets do not fit,
    `data` is what stands behind type and length, and the rest means nothing.
    """

    def __init__(
        self,
        kind: int,
        afi: int = 0,
        safi: int = 0,
        *,
        advisory: bytes = b"",
        router_id: bytes = b"",
        sequence: int | None = None,
        counter: int = 0,
        data: bytes | None = None,
    ) -> None:
        self.kind = kind
        self.afi = afi
        self.safi = safi
        self.advisory = advisory
        self.router_id = router_id
        self.sequence = sequence
        self.counter = counter
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operational) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return f"<Operational {self.words()}>"

    def _identity(self) -> tuple[object, ...]:
        numbered = (self.router_id, self.sequence, self.counter)
        return (self.kind, self.afi, self.safi, self.advisory, self.data, numbered)

    @property
    def name(self) -> str:
        """`ADM`; a number for a type without a name."""
        return NAMES.get(self.kind) or str(self.kind)

    def completed(self, router_id: bytes, sequence: int) -> "Operational":
        """The message with these where it says nothing itself."""
        return Operational(
            self.kind,
            self.afi,
            self.safi,
            advisory=self.advisory,
            router_id=self.router_id or router_id,
            sequence=sequence if self.sequence is None else self.sequence,
            counter=self.counter,
            data=self.data,
        )

    def octets(self) -> bytes:
        """The body: type, length, value."""
        value = self._value()
        return self.kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value

    def _value(self) -> bytes:
        if self.data is not None:
            return self.data
        head = self.afi.to_bytes(2, "big") + bytes((self.safi,))
        if self.kind in ADVISORIES:
            return head + self.advisory
        head += (self.router_id or bytes(4)) + (self.sequence or 0).to_bytes(4, "big")
        if self.kind in QUERIES:
            return head
        return head + self.counter.to_bytes(4 if self.counter <= 0xFFFFFFFF else 8, "big")

    def words(self) -> str:
        """`ADM afi ipv4 safi unicast advisory "text"`; like ExaBGP's, a query does not tell its number."""
        if self.data is not None:
            return f"{self.name} data {spell.hexadecimal(self.data)}"
        head = f"{self.name} afi {afi.afi_name(self.afi)} safi {afi.safi_name(self.safi)}"
        if self.kind in ADVISORIES:
            return f"{head} advisory {dumps(spell.text(self.advisory))}"
        if self.kind in QUERIES:
            return head
        number = f"router-id {spell.address(self.router_id or bytes(4))} sequence {self.sequence or 0}"
        return f"{head} {number} counter {self.counter}"

    def statement(self) -> str:
        """The words that `read` makes this message of, in the order of ExaBGP's configuration."""
        found = [self.name.lower(), "afi", afi.afi_name(self.afi), "safi", afi.safi_name(self.safi)]
        if self.router_id:
            found += ["router-id", spell.address(self.router_id)]
        if self.sequence is not None:
            found += ["sequence", str(self.sequence)]
        if self.kind in COUNTERS:
            found += ["counter", str(self.counter)]
        if self.kind in ADVISORIES:
            found += ["advisory", quoted(spell.text(self.advisory))]
        return " ".join(found)

    def json(self) -> str:
        """`{ "name": "ADM", "afi": "ipv4", "safi": "unicast", "advisory": "text" }`."""
        if self.data is not None:
            return f'{{ "name": "{self.name}", "type": {self.kind}, "data": "{spell.hexadecimal(self.data)}" }}'
        head = f'"name": "{self.name}", "afi": "{afi.afi_name(self.afi)}", "safi": "{afi.safi_name(self.safi)}"'
        if self.kind in ADVISORIES:
            return f'{{ {head}, "advisory": {dumps(spell.text(self.advisory))} }}'
        if self.kind in QUERIES:
            return f"{{ {head} }}"
        return (
            f'{{ {head}, "router-id": "{spell.address(self.router_id or bytes(4))}", '
            f'"sequence": {self.sequence or 0}, "counter": {self.counter} }}'
        )


def quoted(text: str) -> str:
    """A text in quotes, as files and commands read it: characters that are no ASCII stay, control ones are escaped."""
    inner = "".join([dumps(letter)[1:-1] if letter < " " or letter in '"\\' else letter for letter in text])
    return f'"{inner}"'


# ---------------------------------------------------------------------- from octets


def decode(body: bytes) -> Operational:
    """The message of a body; one that does not fit its type, or of another, is its octets: never an error."""
    kind = int.from_bytes(body[:2], "big")
    data = body[4:]
    if len(body) < 4 or len(data) != body[2] << 8 | body[3]:
        return Operational(kind, data=data)
    try:
        return parsed(kind, Octets(data))
    except Malformed:
        return Operational(kind, data=data)


def parsed(kind: int, octets: Octets) -> Operational:
    """The message of what stands behind type and length; Malformed when it does not fit."""
    if kind not in KINDS.values():
        raise Malformed(f"type {kind} is not known")
    code, safi = octets.integer(2), octets.octet()
    if kind in ADVISORIES:
        return Operational(kind, code, safi, advisory=octets.rest())
    sender, sequence = octets.take(4), octets.integer(4)
    counter = 0
    if kind in COUNTERS:
        counter = octets.integer(8 if octets.left == 8 else 4)
    if octets.left:
        raise Malformed(f"{octets.left} octets are too many")
    return Operational(kind, code, safi, router_id=sender, sequence=sequence, counter=counter)


# ---------------------------------------------------------------------- from words


def read_afi(words: Words) -> int:
    """The AFI of a word."""
    code = afi.afi_code(words.next("an AFI").lower())
    if code < 0:
        raise words.wrong(", ".join(afi.AFI_CODES))
    return code


def read_safi(words: Words) -> int:
    """The SAFI of a word."""
    code = afi.safi_code(words.next("a SAFI").lower())
    if code < 0:
        raise words.wrong(", ".join(afi.SAFI_CODES))
    return code


def read_advisory(words: Words) -> bytes:
    """A text of one word; one with blanks stands in quotes."""
    wanted = f"a text of at most {LONGEST} octets"
    octets = words.next(wanted).encode("utf-8", "backslashreplace")
    if len(octets) > LONGEST:
        raise words.wrong(wanted, f"the advisory has {len(octets)} octets")
    return octets


PARTS: Final[dict[str, Callable[[Words], object]]] = {
    "afi": read_afi,
    "safi": read_safi,
    "router-id": router_id.read,
    "sequence": lambda words: words.integer(0xFFFFFFFF),
    "counter": lambda words: words.integer(0xFFFFFFFFFFFFFFFF),
    "advisory": read_advisory,
}
"""How each part is read."""

NEEDED: Final[dict[int, tuple[str, ...]]] = {
    **dict.fromkeys(ADVISORIES, ("afi", "safi", "advisory")),
    **dict.fromkeys(QUERIES, ("afi", "safi")),
    **dict.fromkeys(COUNTERS, ("afi", "safi", "sequence", "counter")),
}
"""The parts that a message must have; `router-id`, and a `sequence` of queries, may come with them."""


def usage(kind: int) -> str:
    """What stands behind the type: `afi AFI safi SAFI advisory TEXT`."""
    if kind in ADVISORIES:
        return "afi AFI safi SAFI advisory TEXT"
    return "afi AFI safi SAFI [router-id IP] " + ("[sequence N]" if kind in QUERIES else "sequence N counter N")


def read(kind: int, words: Words) -> Operational:
    """The message of the words behind its type: `afi AFI safi SAFI` and what the type needs, in any order."""
    needed = NEEDED[kind]
    allowed = (*needed, "router-id", *(("sequence",) if kind in QUERIES else ()))
    found: dict[str, object] = {}
    while words.peek() in allowed:
        part = words.next("")
        if part in found:
            raise words.wrong("each once", f"'{part}' is here twice")
        found[part] = PARTS[part](words)
    for part in needed:
        if part not in found:
            raise Misspelt(f"'{part}' is missing", f"{part} and its value", words.at)
    sequence = found.get("sequence")
    sender = found.get("router-id", b"") if kind not in ADVISORIES else b""
    code, safi, counter, advisory = (found.get(part) for part in ("afi", "safi", "counter", "advisory"))
    assert isinstance(code, int) and isinstance(safi, int) and isinstance(sender, bytes)
    return Operational(
        kind,
        code,
        safi,
        advisory=advisory if isinstance(advisory, bytes) else b"",
        router_id=sender,
        sequence=sequence if isinstance(sequence, int) else None,
        counter=counter if isinstance(counter, int) else 0,
    )
