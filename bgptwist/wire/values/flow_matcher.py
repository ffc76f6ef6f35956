"""What one component of a flow specification matches, as octets and as words (RFC 8955, 4.2; RFC 8956, 3).

A matcher reads words into the octets after the type of a component, and back.  Words are items: one of them must be
true; `&` in an item joins terms that must all be true.  The octets of two components have two *forms*, between which
only the NLRI as a whole decides: form 0 is that of the RFC, form 1 what some speakers send instead.
"""

import re
from collections.abc import Callable
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Final, NamedTuple

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import number

END: Final = 0x80
AND: Final = 0x40

OPERATORS: Final = ("false", "=", ">", ">=", "<", "<=", "!=", "true")
"""By the bits `less`, `greater`, `equal` of a numeric operator."""

MASKS: Final = ("", "=", "!", "!=")
"""By the bits `not` and `match` of a bitmask operator."""

CONSTANTS: Final = ("false", "true")

WIDTHS: Final = {1: 0x00, 2: 0x10, 4: 0x20, 8: 0x30}
"""The bits of an operator that tell how many octets its value has."""

TERM: Final = re.compile(r"(!=|>=|<=|=|>|<|!|)([^=<>!].*)", re.DOTALL)

LINK_ADDRESS: Final = 6
"""Octets of a MAC address."""


class Item(NamedTuple):
    """One word of a rule: its text, its index among the words, and the largest number its keyword allows (-1: any)."""

    text: str
    at: int = -1
    maximum: int = -1


class Matcher:
    """Relates the octets of a component to items.  `single`: a rule has all its items in one component."""

    single: bool = True

    def cut(self, data: bytes, at: int, end: int, form: int) -> int:
        """Where the component ends whose octets begin at `at`, behind the type; Malformed when it does not."""
        raise NotImplementedError

    def show(self, value: bytes, form: int) -> list[str]:
        """The items of such octets."""
        raise NotImplementedError

    def read(self, items: list[Item], form: int) -> bytes:
        """The octets of items; Misspelt blames the word."""
        raise NotImplementedError

    def form(self, item: Item) -> int:
        """Which form an item asks for, -1 when it does not matter."""
        return -1

    def measures(self, value: bytes, form: int) -> tuple[int, int, int]:
        """Of a prefix: offset, bits that count, and these bits, as the first of 128."""
        raise NotImplementedError


def smallest(value: int) -> int:
    """The fewest octets, of those an operator can tell, that hold a value."""
    return next((width for width in WIDTHS if value < 1 << 8 * width), 8)


def folded(name: str) -> str:
    """Names may be written in capitals and with underscores."""
    return name.lower().replace("_", "-")


class Operators(Matcher):
    """A list of operator and value: `names` of values are read and written, `more` and what `find` knows only read.

    A value behind which its width stands (`80/2`) has so many octets, else as few as possible but `least`, and is
    `maximum` at most.  `fixed` is the width of all values in form 1, whatever their operators say.
    """

    def __init__(
        self,
        maximum: int,
        expected: str,
        names: dict[int, str] | None = None,
        more: dict[str, int] | None = None,
        find: Callable[[str], int] | None = None,
        least: int = 1,
        fixed: int = 0,
    ) -> None:
        self.maximum = maximum
        self.expected = expected
        self.names = names or {}
        self.codes = {name: code for code, name in self.names.items()} | (more or {})
        self.find = find
        self.least = least
        self.fixed = fixed

    def cut(self, data: bytes, at: int, end: int, form: int) -> int:
        while at < end:
            operator = data[at]
            at += 1 + (self.fixed if form and self.fixed else 1 << (operator >> 4 & 3))
            if operator & END:
                break
        else:
            raise Malformed("a list of operators without end", 3, 10)
        if at > end:
            raise Malformed("a value of a flow component is cut short", 3, 10)
        return at

    def show(self, value: bytes, form: int) -> list[str]:
        groups: list[list[str]] = []
        at = 0
        while at < len(value):
            operator = value[at]
            width = self.fixed if form and self.fixed else 1 << (operator >> 4 & 3)
            at += 1 + width
            text = self.term(operator, int.from_bytes(value[at - width : at], "big"), width)
            if operator & AND and groups:
                groups[-1].append(text)
            else:
                groups.append([text])
        return ["&".join(group) for group in groups]

    def read(self, items: list[Item], form: int) -> bytes:
        found = bytearray()
        last = 0
        for item in items:
            joined = 0
            for part in item.text.split("&"):
                operator, value, width = self.parse(part, item)
                if self.fixed and (width == self.fixed) != bool(form):
                    raise Misspelt(f"'{part}' has another width than others", f"/{self.fixed} everywhere", item.at)
                last = len(found)
                found.append(joined | operator | WIDTHS.get(width, 0))
                found += value.to_bytes(width, "big")
                joined = AND
        found[last] |= END
        return bytes(found)

    def form(self, item: Item) -> int:
        return int(f"/{self.fixed}" in item.text) if self.fixed else -1

    def term(self, operator: int, value: int, width: int) -> str:
        """One operator and its value."""
        raise NotImplementedError

    def parse(self, text: str, item: Item) -> tuple[int, int, int]:
        """Operator, value and width of such a term."""
        raise NotImplementedError

    def wrong(self, text: str, item: Item) -> Misspelt:
        """The error about a term of an item."""
        return Misspelt(f"'{text}' cannot be read" if text else f"'{item.text}' has a gap", self.expected, item.at)

    def sized(self, text: str, value: int, width: int) -> str:
        """The text of a value, with its width unless that is what a reader expects."""
        usual = width == max(smallest(value), self.least) and value <= self.maximum
        return text if usual else f"{text}/{width}"

    def measured(self, text: str, item: Item) -> tuple[int, int]:
        """A value and its width."""
        name, slash, suffix = text.partition("/")
        width = number(suffix) if slash else 0
        value = self.value(name)
        if value < 0 or (slash and width not in WIDTHS and (width != self.fixed or not width)):
            raise self.wrong(text, item)
        limit = self.maximum if item.maximum < 0 else item.maximum
        if slash:
            limit = (1 << 8 * width) - 1
        if value > limit:
            raise Misspelt(f"{value} is too large", f"a value of at most {limit}", item.at)
        return value, width or max(smallest(value), self.least)

    def value(self, name: str) -> int:
        """The number a name or number stands for, -1 when it is none."""
        found = self.codes.get(folded(name), -1)
        if found < 0:
            found = number(name)
        if found < 0 and self.find is not None:
            found = self.find(folded(name))
        return found


class Numeric(Operators):
    """Numbers that are compared: `=80`, `>=1024&<=2048`, `!=tcp` (RFC 8955, 4.2.1.1).

    The operators that compare nothing are `true` and `false`, with a colon before a value if it is not 0.
    """

    def term(self, operator: int, value: int, width: int) -> str:
        name = OPERATORS[operator & 7]
        text = self.sized(self.names.get(value) or str(value), value, width)
        if name in CONSTANTS:
            return name if text == "0" else f"{name}:{text}"
        return name + text

    def parse(self, text: str, item: Item) -> tuple[int, int, int]:
        constant, colon, rest = text.partition(":")
        if constant in CONSTANTS:
            return OPERATORS.index(constant), *self.measured(rest if colon else "0", item)
        found = TERM.fullmatch(text)
        if found is None or found[1] == "!":
            raise self.wrong(text, item)
        return OPERATORS.index(found[1] or "="), *self.measured(found[2], item)


class Bitmask(Operators):
    """Bits that must be set (`syn`), set all (`=syn+ack`), or not (`!fin`, `!=push`) (RFC 8955, 4.2.1.2)."""

    def term(self, operator: int, value: int, width: int) -> str:
        parts = [name for bit, name in self.names.items() if value & bit]
        rest = value & ~sum(self.names)
        if rest or not parts:
            parts.append(f"0x{rest:X}" if rest else "0")
        return MASKS[operator & 3] + self.sized("+".join(parts), value, width)

    def parse(self, text: str, item: Item) -> tuple[int, int, int]:
        found = TERM.fullmatch(text)
        if found is None or found[1] not in MASKS:
            raise self.wrong(text, item)
        return MASKS.index(found[1]), *self.measured(found[2], item)

    def value(self, name: str) -> int:
        bits = 0
        for part in name.split("+"):
            value = super().value(part)
            if value < 0:
                return -1
            bits |= value
        return bits


class Ipv4Prefix(Matcher):
    """An IPv4 prefix (RFC 8955, 4.2.2.1); each is a component of its own."""

    single = False

    def cut(self, data: bytes, at: int, end: int, form: int) -> int:
        if at >= end or data[at] > 32:
            raise Malformed("an IPv4 prefix of a flow is too long", 3, 10)
        stop = at + 1 + (data[at] + 7) // 8
        if stop > end:
            raise Malformed("an IPv4 prefix of a flow is cut short", 3, 10)
        return stop

    def show(self, value: bytes, form: int) -> list[str]:
        return [f"{inet_ntoa(value[1:].ljust(4, bytes(1)))}/{value[0]}"]

    def measures(self, value: bytes, form: int) -> tuple[int, int, int]:
        return 0, value[0], int.from_bytes(value[1:].ljust(16, bytes(1)), "big")

    def read(self, items: list[Item], form: int) -> bytes:
        (item,) = items
        text, slash, suffix = item.text.partition("/")
        bits = number(suffix)
        try:
            address = int.from_bytes(spell.ipv4_octets(text), "big")
        except ValueError:
            bits = -1
        if not slash or not 0 <= bits <= 32:
            raise Misspelt(f"'{item.text}' is no IPv4 prefix", "a prefix like 10.0.0.0/24", item.at)
        address &= ~((1 << 32 - bits) - 1)
        return bytes((bits,)) + address.to_bytes(4, "big")[: (bits + 7) // 8]


class Ipv6Prefix(Matcher):
    """Bits of an IPv6 address from an offset to a length (RFC 8956, 3.1), each a component of its own.

    With an offset there are two notations.  `ADDRESS/OFFSET-LENGTH` is that of the RFC, whose octets begin at the
    offset (form 0).  `ADDRESS/LENGTH/OFFSET` is ExaBGP's, which sends the whole address (form 1), as it does here
    if the bits before the offset are zero; other bits there do not count, and form 0 leaves them out.
    """

    single = False
    expected = "a prefix like 2001:db8::/32, 2001:db8::/32/0 or ::1/120-128"

    def cut(self, data: bytes, at: int, end: int, form: int) -> int:
        if at + 2 > end:
            raise Malformed("an IPv6 prefix of a flow is cut short", 3, 10)
        length, offset = data[at], data[at + 1]
        if length > 128 or (offset >= length and offset):
            raise Malformed(f"an IPv6 prefix of a flow from bit {offset} to bit {length}", 3, 10)
        stop = at + 2 + (length - (0 if form else offset) + 7) // 8
        if stop > end:
            raise Malformed("an IPv6 prefix of a flow is cut short", 3, 10)
        return stop

    def measures(self, value: bytes, form: int) -> tuple[int, int, int]:
        length, offset = value[0], value[1]
        bits = int.from_bytes(value[2:].ljust(16, bytes(1)), "big")
        return offset, length - offset, bits << offset & (1 << 128) - 1 if form else bits

    def show(self, value: bytes, form: int) -> list[str]:
        length, offset = value[0], value[1]
        bits = int.from_bytes(value[2:].ljust(16, bytes(1)), "big")
        if not form:
            bits >>= offset
        address = inet_ntop(AF_INET6, bits.to_bytes(16, "big"))
        return [f"{address}/{length}/{offset}" if form or not offset else f"{address}/{offset}-{length}"]

    def read(self, items: list[Item], form: int) -> bytes:
        (item,) = items
        bits, length, offset, _ = self.parse(item)
        if form:
            octets = bits.to_bytes(16, "big")[: (length + 7) // 8]
        else:
            bits = bits << offset & (1 << 128) - 1
            octets = bits.to_bytes(16, "big")[: (length - offset + 7) // 8]
        return bytes((length, offset)) + octets

    def form(self, item: Item) -> int:
        bits, _, offset, of_rfc = self.parse(item)
        return -1 if not offset else int(not of_rfc and not bits >> 128 - offset)

    def parse(self, item: Item) -> tuple[int, int, int, bool]:
        """The bits up to the length, length, offset, and whether it is the notation of the RFC."""
        text, slash, suffix = item.text.partition("/")
        first, dash, second = suffix.partition("-")
        if dash:
            offset, length = number(first), number(second)
        else:
            first, more, second = suffix.partition("/")
            length, offset = number(first), number(second) if more else 0
        try:
            bits = int.from_bytes(spell.ipv6_octets(text), "big")
        except ValueError:
            length = -1
        if not slash or not 0 <= length <= 128 or offset < 0 or (offset >= length and offset):
            raise Misspelt(f"'{item.text}' is no IPv6 prefix", self.expected, item.at)
        return bits & ~((1 << 128 - length) - 1), length, offset, bool(dash)


class LinkAddress(Matcher):
    """MAC addresses: operator, length, address; or a single one without operator, as older drafts have it.

    The draft is draft-ietf-idr-flowspec-l2vpn; `=00:11:22:33:44:55` is the first, `00:11:22:33:44:55` the second.
    """

    expected = "a MAC address like 00:11:22:33:44:55, or with an operator =00:11:22:33:44:55"

    def cut(self, data: bytes, at: int, end: int, form: int) -> int:
        stop = at
        while stop + 2 + LINK_ADDRESS <= end and data[stop + 1] == LINK_ADDRESS:
            stop += 2 + LINK_ADDRESS
            if data[stop - 2 - LINK_ADDRESS] & END:
                return stop
        if at + 1 + LINK_ADDRESS <= end and data[at] == LINK_ADDRESS:
            return at + 1 + LINK_ADDRESS
        raise Malformed("a MAC address of a flow is cut short", 3, 10)

    def show(self, value: bytes, form: int) -> list[str]:
        if len(value) == 1 + LINK_ADDRESS:
            return [value[1:].hex(":").upper()]
        groups: list[list[str]] = []
        for at in range(0, len(value), 2 + LINK_ADDRESS):
            text = OPERATORS[value[at] & 7] + value[at + 2 : at + 2 + LINK_ADDRESS].hex(":").upper()
            if value[at] & AND and groups:
                groups[-1].append(text)
            else:
                groups.append([text])
        return ["&".join(group) for group in groups]

    def read(self, items: list[Item], form: int) -> bytes:
        if len(items) == 1 and "&" not in items[0].text and not items[0].text.startswith(OPERATORS):
            return bytes((LINK_ADDRESS,)) + self.address(items[0].text, items[0])
        found = bytearray()
        last = 0
        for item in items:
            joined = 0
            for part in item.text.split("&"):
                operator = max([name for name in OPERATORS if part.startswith(name)], key=len, default="")
                last = len(found)
                found.append(joined | OPERATORS.index(operator or "="))
                found.append(LINK_ADDRESS)
                found += self.address(part[len(operator) :], item)
                joined = AND
        found[last] |= END
        return bytes(found)

    def address(self, text: str, item: Item) -> bytes:
        """The octets of an address."""
        parts = text.replace("-", ":").split(":")
        if len(parts) == LINK_ADDRESS and all(re.fullmatch("[0-9a-fA-F]{1,2}", part) for part in parts):
            return bytes([int(part, 16) for part in parts])
        raise Misspelt(f"'{text}' is no MAC address", self.expected, item.at)
