"""An attribute of any type code as octets: what we do not know, and what a statement spells out (RFC 4271, 5)."""

from typing import Final

from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values.tree import integer, raw_octets, string
from bgptwist.wire.words import Words

ANY: Final = 256
"""In place of a type code: no octet is it, the attribute names its own."""

LONGEST: Final = 0xFFFF


class Unknown(Attribute):
    """An attribute with its flags, as they came or as they are to be sent."""

    def __init__(self, flags: int, code: int, data: bytes) -> None:
        self.flags = flags
        self.code = code
        self.data = data

    def octets(self) -> bytes:
        return self.data

    def words(self) -> str:
        return f"[ 0x{self.code:02X} 0x{self.flags:02X} {hexadecimal(self.data)} ]"

    def json(self) -> str:
        return f'"0x{self.data.hex()}"'


def decode(value: bytes) -> Attribute:
    """For the record alone; who meets an unknown attribute makes an Unknown with its flags and code."""
    return Unknown(OPTIONAL_TRANSITIVE, 0, value)


def read(words: Words) -> Attribute:
    """`[ 0xCODE 0xFLAGS 0xDATA ]`; the data may be empty."""
    words.require("[")
    code = words.integer(0xFF, "a type code (0x63)")
    flags = words.integer(0xFF, "attribute flags (0xC0)")
    expected = "the value in hexadecimal (0xDEADBEEF)"
    word = words.next(expected)
    digits = word[2:]
    if word[:2] not in ("0x", "0X") or len(digits) % 2 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        raise words.wrong(expected)
    if len(digits) > 2 * LONGEST:
        raise words.wrong(expected, f"{len(digits) // 2} octets are more than an attribute holds")
    words.require("]")
    return Unknown(flags, code, bytes.fromhex(digits))


def restore(code: int, flags: int, tree: object) -> str:
    """The words of what JSON shows under a key that tells code and flags (`attribute-0x63-0xC0`)."""
    return Unknown(integer(flags, 0xFF), integer(code, 0xFF), raw_octets(string(tree))).words()


KIND: Final = Kind(
    ANY,
    "attribute",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    rfc="RFC 4271",
    help="any attribute, octet by octet: [ 0xCODE 0xFLAGS 0xVALUE ]; takes the place of the one with that code",
)
