"""Extended communities as words (RFC 4360, RFC 5668, RFC 7153, RFC 8955, 7): one table, a row for each form.

A row is found by the two octets of type and subtype, whole: the registries reuse subtypes under other types.
What has no row, or more in its octets than the words of its row can say, is written in hexadecimal.
"""

from collections.abc import Callable
from math import isfinite
from struct import pack, unpack
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values import asn
from bgptwist.wire.words import Words, number

SIZE: Final = 8

EXPECTED: Final = "an extended community (target:65000:1, 0x0002FDE800000001)"

UNFIT: Final = b""
"""What a reader gives for words that are not of its row."""


class Row:
    """One form: `code` is type and subtype, `word` what it is called.

    `read` makes the six octets after the code from the words after the name, or UNFIT when they are of another row;
    `write` makes the words, None when the octets are of another row.  Rows of one word are tried in their order.
    """

    def __init__(
        self, code: int, word: str, read: Callable[[str], bytes], write: Callable[[bytes], str | None], glue: str = ":"
    ) -> None:
        self.code = code
        self.word = word
        self.read = read
        self.write = write
        self.glue = glue
        """What stands between the name and the rest; a blank makes it two words."""


def decimal(text: str, size: int) -> int:
    """A decimal number that fits in so many octets, -1 for anything else."""
    value = int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else -1
    return value if value < 1 << 8 * size else -1


def read_as2(text: str) -> bytes:
    """`A:N`, two and four octets; N may be written as an address."""
    left, _, right = text.partition(":")
    asn2 = asn.number(left)
    value = decimal(right, 4)
    rest = read_address(right) if value < 0 else value.to_bytes(4, "big")
    if asn2 < 0 or asn2 > 0xFFFF or not rest:
        return UNFIT
    return asn2.to_bytes(2, "big") + rest


def write_as2(value: bytes) -> str:
    asn2, rest = unpack(">HI", value)
    return f"{asn2}:{rest}"


def read_ipv4(text: str) -> bytes:
    """`a.b.c.d:N`."""
    left, _, right = text.partition(":")
    address = read_address(left)
    value = decimal(right, 2)
    if not address or value < 0:
        return UNFIT
    return address + value.to_bytes(2, "big")


def write_ipv4(value: bytes) -> str:
    return f"{spell.address(value[:4])}:{value[4] << 8 | value[5]}"


def read_as4(text: str) -> bytes:
    """`A:N`, four and two octets; a final L says so where A alone does not."""
    left, _, right = text.partition(":")
    asn4 = asn.number(left.removesuffix("L"))
    value = decimal(right, 2)
    if asn4 < 0 or value < 0:
        return UNFIT
    return pack(">IH", asn4, value)


def write_as4(value: bytes) -> str:
    asn4, rest = unpack(">IH", value)
    return f"{asn4}:{rest}" if asn4 > 0xFFFF else f"{asn4}L:{rest}"


def read_address(text: str) -> bytes:
    """The octets of an IPv4 address, UNFIT for anything else."""
    try:
        return spell.ipv4_octets(text)
    except ValueError:
        return UNFIT


def read_numbers(text: str, sizes: tuple[int, ...]) -> bytes:
    """`1:2:3`, each number of its size."""
    parts = text.split(":")
    if len(parts) != len(sizes):
        return UNFIT
    found = b""
    for part, size in zip(parts, sizes, strict=True):
        value = decimal(part, size)
        if value < 0:
            return UNFIT
        found += value.to_bytes(size, "big")
    return found


def read_l2info(text: str) -> bytes:
    """Encapsulation, control flags, MTU, preference (RFC 4761, 3.2.4)."""
    return read_numbers(text, (1, 1, 2, 2))


def write_l2info(value: bytes) -> str:
    encapsulation, control, mtu, preference = unpack(">BBHH", value)
    return f"{encapsulation}:{control}:{mtu}:{preference}"


def read_float(text: str) -> bytes:
    """Four octets of an IEEE number that is finite and not negative, UNFIT for anything else."""
    whole, _, fraction = text.partition(".")
    if not whole.isdecimal() or not text.isascii() or (fraction and not fraction.isdecimal()) or len(text) > 50:
        return UNFIT
    try:
        return pack(">f", float(text))
    except OverflowError:
        return UNFIT


def write_float(value: bytes) -> str | None:
    """The number without its fraction, as ExaBGP writes it; None when it is not finite."""
    found: float = unpack(">f", value)[0]
    return str(int(found)) if isfinite(found) else None


def read_bandwidth(text: str) -> bytes:
    """AS and octets a second (draft-ietf-idr-link-bandwidth)."""
    left, _, right = text.partition(":")
    owner = decimal(left, 2)
    rate = read_float(right)
    return owner.to_bytes(2, "big") + rate if owner >= 0 and rate else UNFIT


def write_bandwidth(value: bytes) -> str | None:
    rate = write_float(value[2:])
    return None if rate is None else f"{value[0] << 8 | value[1]}:{rate}"


def read_octet_rate(text: str) -> bytes:
    """`9600` or `9600:bytes` (RFC 8955, 7.1)."""
    rate = read_float(text.removesuffix(":bytes"))
    return b"\0\0" + rate if rate else UNFIT


def write_octet_rate(value: bytes) -> str | None:
    return write_float(value[2:])


def read_packet_rate(text: str) -> bytes:
    """`1000:packets` (RFC 8955, 7.2)."""
    rate = read_float(text.removesuffix(":packets")) if text.endswith(":packets") else UNFIT
    return b"\0\0" + rate if rate else UNFIT


def write_packet_rate(value: bytes) -> str | None:
    rate = write_float(value[2:])
    return None if rate is None else f"{rate}:packets"


def read_action(text: str) -> bytes:
    """`sample`, `terminal` or `sample-terminal` (RFC 8955, 7.3)."""
    bits = {"sample": 2, "terminal": 1, "sample-terminal": 3, "terminal-sample": 3}.get(text, 0)
    return b"\0\0\0\0\0" + bytes((bits,)) if bits else UNFIT


def write_action(value: bytes) -> str | None:
    return (None, "terminal", "sample", "sample-terminal")[value[5] & 3]


def read_mark(text: str) -> bytes:
    """A DSCP (RFC 8955, 7.5)."""
    value = decimal(text, 1)
    return b"\0\0\0\0\0" + bytes((value,)) if 0 <= value <= 63 else UNFIT


def write_mark(value: bytes) -> str:
    return str(value[5])


def read_redirect(text: str) -> bytes:
    """Nothing follows: the next hop is that of the route (draft-simpson-idr-flowspec-redirect)."""
    return UNFIT if text else bytes(6)


def write_redirect(value: bytes) -> str | None:
    return None if value[5] & 1 else ""


def read_copy(text: str) -> bytes:
    """As the redirection, of a copy."""
    return UNFIT if text else b"\0\0\0\0\0\1"


def write_copy(value: bytes) -> str | None:
    return "" if value[5] & 1 else None


def read_redirect_to(text: str) -> bytes:
    """An IPv4 address (draft-ietf-idr-flowspec-redirect-ip)."""
    address = read_address(text)
    return address + b"\0\0" if address else UNFIT


def write_redirect_to(value: bytes) -> str | None:
    return None if value[5] & 1 else spell.address(value[:4])


def read_copy_to(text: str) -> bytes:
    """As the redirection, of a copy."""
    address = read_address(text)
    return address + b"\0\1" if address else UNFIT


def write_copy_to(value: bytes) -> str | None:
    return spell.address(value[:4]) if value[5] & 1 else None


DIRECTIONS: Final = ("", "input", "output", "input-output")


def read_interfaces(text: str) -> bytes:
    """`input:65000:1`, or `transitive:` before it (draft-ietf-idr-flowspec-interfaceset)."""
    direction, _, rest = text.removeprefix("transitive:").partition(":")
    owner, _, group = rest.partition(":")
    number4 = asn.number(owner)
    value = decimal(group, 2)
    if direction not in DIRECTIONS[1:] or number4 < 0 or not 0 <= value <= 0x3FFF:
        return UNFIT
    return pack(">IH", number4, DIRECTIONS.index(direction) << 14 | value)


def write_interfaces(value: bytes) -> str | None:
    owner, group = unpack(">IH", value)
    return f"{DIRECTIONS[group >> 14]}:{owner}:{group & 0x3FFF}" if group >> 14 else None


def read_local_interfaces(text: str) -> bytes:
    """The non-transitive form says so in words."""
    return read_interfaces(text.removeprefix("non-transitive:")) if text.startswith("non-transitive:") else UNFIT


def write_local_interfaces(value: bytes) -> str | None:
    written = write_interfaces(value)
    return None if written is None else f"non-transitive:{written}"


TUNNELS: Final[dict[int, str]] = {
    0: "Default",
    1: "L2TPv3",
    2: "GRE",
    7: "IP-in-IP",
    8: "VXLAN",
    9: "NVGRE",
    10: "MPLS",
    11: "MPLS-in-GRE",
    12: "VXLAN-GPE",
    13: "MPLS-in-UDP",
    19: "GENEVE",
}
TUNNEL_CODES: Final[dict[str, int]] = {name.lower(): code for code, name in TUNNELS.items()}


def read_encapsulation(text: str) -> bytes:
    """A tunnel type by name or number (RFC 9012, 4.1)."""
    value = TUNNEL_CODES.get(text.lower(), decimal(text, 2))
    return value.to_bytes(6, "big") if value >= 0 else UNFIT


def write_encapsulation(value: bytes) -> str:
    code = value[4] << 8 | value[5]
    return TUNNELS.get(code) or str(code)


def read_mobility(text: str) -> bytes:
    """A sequence number, `:sticky` after it when the address may not move (RFC 7432, 7.7)."""
    value = decimal(text.removesuffix(":sticky"), 4)
    return (b"\1\0" if text.endswith(":sticky") else b"\0\0") + value.to_bytes(4, "big") if value >= 0 else UNFIT


def write_mobility(value: bytes) -> str:
    sequence = int.from_bytes(value[2:], "big")
    return f"{sequence}:sticky" if value[0] & 1 else str(sequence)


def write_nothing(value: bytes) -> None:
    """For a row that only reads."""
    return None


ROWS: Final = (
    Row(0x0002, "target", read_as2, write_as2),
    Row(0x0102, "target", read_ipv4, write_ipv4),
    Row(0x0202, "target", read_as4, write_as4),
    Row(0x0003, "origin", read_as2, write_as2),
    Row(0x0103, "origin", read_ipv4, write_ipv4),
    Row(0x0203, "origin", read_as4, write_as4),
    # The octets that ExaBGP gives to these words; they read back as those of an address.
    Row(0x0102, "target4", read_as4, write_nothing),
    Row(0x0103, "origin4", read_as4, write_nothing),
    Row(0x8008, "redirect", read_as2, write_as2),
    Row(0x8108, "redirect", read_ipv4, write_ipv4),
    Row(0x8208, "redirect", read_as4, write_as4),
    Row(0x800A, "l2info", read_l2info, write_l2info),
    Row(0x4004, "bandwidth", read_bandwidth, write_bandwidth),
    Row(0x0C00, "mup", read_as2, write_as2),
    Row(0x0800, "redirect-to-nexthop", read_redirect, write_redirect),
    Row(0x0800, "copy-to-nexthop", read_copy, write_copy),
    Row(0x010C, "redirect-to-nexthop-ietf", read_redirect_to, write_redirect_to, " "),
    Row(0x010C, "copy-to-nexthop-ietf", read_copy_to, write_copy_to, " "),
    Row(0x8006, "rate-limit", read_octet_rate, write_octet_rate),
    Row(0x800C, "rate-limit", read_packet_rate, write_packet_rate),
    Row(0x8007, "action", read_action, write_action, " "),
    Row(0x8009, "mark", read_mark, write_mark, " "),
    Row(0x0702, "interface-set", read_interfaces, write_interfaces),
    Row(0x4702, "interface-set", read_local_interfaces, write_local_interfaces),
    Row(0x030C, "encap", read_encapsulation, write_encapsulation),
    Row(0x0600, "mac-mobility", read_mobility, write_mobility),
)


def by_code() -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in ROWS:
        found.setdefault(row.code, []).append(row)
    return found


def by_word() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in ROWS:
        found.setdefault(row.word, []).append(row)
    return found


BY_CODE: Final = by_code()
BY_WORD: Final = by_word()
SPACED: Final = frozenset(row.word for row in ROWS if row.glue == " ")
"""Names that are followed by a word of their own."""


def text(community: bytes) -> str:
    """`target:65000:1`: the words of its row, in hexadecimal without one; some rows leave out reserved octets."""
    for row in BY_CODE.get(community[0] << 8 | community[1], ()):
        rest = row.write(community[2:])
        if rest is not None:
            return row.word + row.glue + rest if rest else row.word
    return spell.hexadecimal(community)


def words(community: bytes) -> str:
    """What `read` makes the same octets of: the text, or hexadecimal where that leaves something out."""
    written = text(community)
    return written if parse(written) == community else spell.hexadecimal(community)


def json(community: bytes) -> str:
    """`{ "value": 842122827661412, "string": "target:65000:100" }`."""
    return f'{{ "value": {int.from_bytes(community, "big")}, "string": "{text(community)}" }}'


def parse(word: str) -> bytes:
    """The eight octets of one community (`mark 10` has a blank in it), empty when it is none."""
    if word[:2] in ("0x", "0X"):
        value = number(word) if len(word) == 2 + 2 * SIZE else -1
        return value.to_bytes(SIZE, "big") if value >= 0 else UNFIT
    name, _, rest = word.replace(" ", ":", 1).partition(":")
    rows = BY_WORD.get(name)
    if rows is None:
        # A route target may be written without its name.
        rows = BY_WORD["target"]
        rest = word
    for row in rows:
        found = row.read(rest)
        if found:
            return row.code.to_bytes(2, "big") + found
    return UNFIT


def read_one(words: Words) -> bytes:
    """The eight octets of the community that comes next, which may be of two words."""
    word = words.next(EXPECTED)
    at = words.at - 1
    if word in SPACED:
        word = f"{word} {words.next(f'what follows {word}')}"
    found = parse(word)
    if not found:
        raise Misspelt(f"'{word}' is no extended community", EXPECTED, at)
    return found


def read(words: Words) -> bytes:
    """The octets of one community or of `[ a b ]`, in ascending order; commas do not matter."""
    if not words.accept("["):
        return read_one(words)
    found: list[bytes] = []
    while not words.accept("]"):
        if not words.accept(","):
            found.append(read_one(words))
    found.sort()
    return b"".join(found)
