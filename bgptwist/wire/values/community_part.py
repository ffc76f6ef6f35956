"""Parts of a community: numbers, names and addresses between colons, each at its place in the octets."""

from collections.abc import Callable
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.values import asn
from bgptwist.wire.values.community_table import UNFIT, Row
from bgptwist.wire.words import number

TRANSITIVE: Final = "transitive:"
NON_TRANSITIVE: Final = "non-transitive:"

Reader = Callable[[str], bytes]
Writer = Callable[[bytes], str | None]


def decimal(text: str, size: int) -> int:
    """A decimal number that fits in so many octets, -1 for anything else."""
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else -1
    return value if value < 1 << 8 * size else -1


def read_address(text: str) -> bytes:
    """The octets of an IPv4 address, UNFIT for anything else."""
    try:
        return spell.ipv4_octets(text)
    except ValueError:
        return UNFIT


class Part:
    """So many octets, and the words for them; `count` are the pieces between colons that they take."""

    def __init__(self, size: int, count: int = 1) -> None:
        self.size = size
        self.count = count

    def read(self, text: str) -> bytes:
        """The octets of the words, UNFIT when they are none."""
        raise NotImplementedError

    def write(self, value: bytes) -> str | None:
        """The words of the octets, None when there are none."""
        raise NotImplementedError


class Count(Part):
    """A decimal number."""

    def read(self, text: str) -> bytes:
        value = decimal(text, self.size)
        return value.to_bytes(self.size, "big") if value >= 0 else UNFIT

    def write(self, value: bytes) -> str | None:
        return str(int.from_bytes(value, "big"))


class AsNumber(Count):
    """An AS number."""

    def read(self, text: str) -> bytes:
        value = asn.number(text)
        return value.to_bytes(self.size, "big") if 0 <= value < 1 << 8 * self.size else UNFIT


class Plain(Part):
    """Octets in hexadecimal."""

    def read(self, text: str) -> bytes:
        value = number(text) if text[:2] == "0x" and len(text) == 2 + 2 * self.size else -1
        return value.to_bytes(self.size, "big") if value >= 0 else UNFIT

    def write(self, value: bytes) -> str | None:
        return spell.hexadecimal(value)


class Zero(Part):
    """Reserved octets, which no word stands for; a community that uses them is written in hexadecimal."""

    def __init__(self, size: int) -> None:
        super().__init__(size, 0)

    def read(self, text: str) -> bytes:
        return bytes(self.size)

    def write(self, value: bytes) -> str | None:
        return None if any(value) else ""


class Ipv4(Part):
    """An IPv4 address."""

    def __init__(self) -> None:
        super().__init__(4)

    def read(self, text: str) -> bytes:
        return read_address(text)

    def write(self, value: bytes) -> str | None:
        return spell.address(value)


class MacAddress(Part):
    """A MAC address, `00:11:22:33:44:55`."""

    def __init__(self) -> None:
        super().__init__(6, 6)

    def read(self, text: str) -> bytes:
        digits = text.replace(":", "")
        value = number("0x" + digits) if len(digits) == 12 and len(text) == 17 and text[2::3] == ":::::" else -1
        return value.to_bytes(6, "big") if value >= 0 else UNFIT

    def write(self, value: bytes) -> str | None:
        return value.hex(":")


class Name(Part):
    """A number of which some have names."""

    def __init__(self, size: int, names: dict[int, str]) -> None:
        super().__init__(size)
        self.names = names
        self.codes = {name: code for code, name in names.items()}

    def read(self, text: str) -> bytes:
        value = self.codes.get(text, decimal(text, self.size))
        return value.to_bytes(self.size, "big") if value >= 0 else UNFIT

    def write(self, value: bytes) -> str | None:
        code = int.from_bytes(value, "big")
        return self.names.get(code, str(code))


class Bits(Part):
    """Bits with names, `P+C`; `0` for none, and a number in hexadecimal when others are set."""

    def __init__(self, size: int, names: dict[int, str]) -> None:
        super().__init__(size)
        self.names = names
        self.bits = {name: bit for bit, name in names.items()}

    def read(self, text: str) -> bytes:
        value = number(text)
        if value < 0:
            value = 0
            for name in text.split("+"):
                if name not in self.bits:
                    return UNFIT
                value |= self.bits[name]
        return value.to_bytes(self.size, "big") if value < 1 << 8 * self.size else UNFIT

    def write(self, value: bytes) -> str | None:
        code = int.from_bytes(value, "big")
        if code & ~sum(self.names):
            return spell.hexadecimal(value)
        return "+".join([name for bit, name in self.names.items() if code & bit]) or "0"


def read_parts(parts: tuple[Part, ...], text: str) -> bytes:
    """The octets of the words of all parts, UNFIT when one does not fit or some are too many."""
    pieces = text.split(":") if text else []
    at = 0
    found = b""
    for part in parts:
        value = part.read(":".join(pieces[at : at + part.count]))
        if not value:
            return UNFIT
        found += value
        at += part.count
    return found if at == len(pieces) else UNFIT


def write_parts(parts: tuple[Part, ...], value: bytes) -> str | None:
    """The words of all parts, None when one has none."""
    found: list[str] = []
    at = 0
    for part in parts:
        written = part.write(value[at : at + part.size])
        if written is None:
            return None
        if part.count:
            found.append(written)
        at += part.size
    return ":".join(found)


def row(code: int, word: str, help: str, *parts: Part) -> Row:
    """The row of a community that is made of parts."""
    if sum(part.size for part in parts) != 6:
        raise ValueError(f"the parts of {word} do not fill six octets")
    return Row(code, word, lambda text: read_parts(parts, text), lambda value: write_parts(parts, value), help=help)


def twins(code: int, word: str, read: Reader, write: Writer, mark: str, help: str = "") -> tuple[Row, Row]:
    """Two rows for a community of which the other transitivity is `mark`ed: `cost:non-transitive:128:1:5`.

    The one without a mark may have its own, `cost:transitive:128:1:5`.
    """
    help = help or (read.__doc__ or "").partition("\n")[0]
    own = NON_TRANSITIVE if mark == TRANSITIVE else TRANSITIVE

    def write_marked(value: bytes) -> str | None:
        written = write(value)
        return None if written is None else mark + written

    return (
        Row(code, word, lambda text: read(text.removeprefix(own)), write, help=help),
        Row(
            code ^ 0x4000,
            word,
            lambda text: read(text.removeprefix(mark)) if text.startswith(mark) else UNFIT,
            write_marked,
            help=f"the same after `{mark}`",
        ),
    )


def row_twins(code: int, word: str, help: str, *parts: Part) -> tuple[Row, Row]:
    """The two rows of a community that is made of parts and may be transitive or not; the transitive one is usual."""
    first = row(code, word, help, *parts)
    return twins(code, word, first.read, first.write, NON_TRANSITIVE, help)


def write_nothing(value: bytes) -> None:
    """For a row that only reads."""
    return None


def alias(other: Row, word: str) -> Row:
    """Another name that is read for the same."""
    return Row(other.code, word, other.read, write_nothing, other.glue, f"as `{other.word}`")
