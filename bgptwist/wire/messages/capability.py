"""CAPABILITY: capabilities that change during the session (draft-ietf-idr-dynamic-cap, 4), shown and not acted upon.

The number is that of OPERATIONAL; what a session agreed says which of the two a message is.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.octets import Octets

ACKNOWLEDGES: Final = 0x80
WANTS_ANSWER: Final = 0x40
REMOVES: Final = 0x01

ACTIONS: Final = ("advertise", "remove")


class Revision:
    """One capability that comes or goes; `sequence` is None in the older form, which has no acknowledgement either."""

    def __init__(self, flags: int, sequence: int | None, code: int, value: bytes) -> None:
        self.flags = flags
        self.sequence = sequence
        self.code = code
        self.value = value

    def words(self) -> str:
        """`advertise 69 0x00010103 sequence 1`."""
        found = [ACTIONS[self.flags & REMOVES], str(self.code), spell.hexadecimal(self.value)]
        if self.sequence is not None:
            found += ["sequence", str(self.sequence), *self.marks()]
        return " ".join(found)

    def marks(self) -> list[str]:
        """What the flags say besides the action."""
        marks = (("acknowledgement", ACKNOWLEDGES), ("acknowledge", WANTS_ANSWER))
        return [mark for mark, bit in marks if self.flags & bit]

    def json(self) -> str:
        """`{ "action": "advertise", "code": 69, "raw": "0x..", "sequence": 1, "flags": [ ] }`."""
        action, raw = ACTIONS[self.flags & REMOVES], spell.hexadecimal(self.value)
        text = f'"action": "{action}", "code": {self.code}, "raw": "{raw}"'
        if self.sequence is not None:
            listed = ", ".join([f'"{mark}"' for mark in self.marks()])
            text += f', "sequence": {self.sequence}, "flags": [ {listed} ]'
        return f"{{ {text} }}"


class CapabilityChange:
    """A message: its revisions, none when nobody can tell them apart, and its body."""

    def __init__(self, revisions: list[Revision], body: bytes) -> None:
        self.revisions = revisions
        self.body = body

    def words(self) -> str:
        """`[advertise 69 0x00010103 sequence 1, remove 2 0x sequence 2]`, or the octets."""
        listed = ", ".join([revision.words() for revision in self.revisions])
        return f"[{listed}]" if self.revisions else spell.hexadecimal(self.body)

    def json(self) -> str:
        """`{ "revisions": [ ... ] }`, or `{ "raw": "0x.." }`."""
        if not self.revisions:
            return f'{{ "raw": "{spell.hexadecimal(self.body)}" }}'
        return f'{{ "revisions": [ {", ".join([revision.json() for revision in self.revisions])} ] }}'


def decode(body: bytes) -> CapabilityChange:
    """The message of a body, in whichever of the two forms fills it; never an error."""
    for read in (revision, older_revision):
        source = Octets(body)
        found: list[Revision] = []
        try:
            while source.left:
                found.append(read(source))
        except Malformed:
            continue
        return CapabilityChange(found, body)
    return CapabilityChange([], body)


def revision(source: Octets) -> Revision:
    """Flags, sequence number, and a capability whose code and length have two octets each."""
    flags = source.octet()
    sequence, code, size = source.integer(4), source.integer(2), source.integer(2)
    return Revision(flags, sequence, code, source.take(size))


def older_revision(source: Octets) -> Revision:
    """Action, code and length of one octet each."""
    flags, code, size = source.octet(), source.octet(), source.octet()
    if flags & ~REMOVES:
        raise Malformed(f"action {flags}")
    return Revision(flags, None, code, source.take(size))
