"""How addresses, prefixes, lists and strings are written as words and as JSON."""

from json import dumps
from socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop, inet_pton


def ipv4_octets(text: str) -> bytes:
    """The four octets of dotted `text`; ValueError when it is none."""
    try:
        return inet_pton(AF_INET, text)
    except (OSError, UnicodeError, ValueError):
        raise ValueError(f"'{text}' is no IPv4 address") from None


def ipv6_octets(text: str) -> bytes:
    """The sixteen octets of `text` (RFC 4291, 2.2); ValueError when it is none."""
    try:
        return inet_pton(AF_INET6, text)
    except (OSError, UnicodeError, ValueError):
        raise ValueError(f"'{text}' is no IPv6 address") from None


def address_octets(text: str) -> bytes:
    """The 4 or 16 octets of an address; ValueError when it is none."""
    return ipv6_octets(text) if ":" in text else ipv4_octets(text)


def address(octets: bytes) -> str:
    """The text of an address of 4 or 16 octets (RFC 5952); anything else in hexadecimal."""
    size = len(octets)
    if size == 4:
        return inet_ntoa(octets)
    if size == 16:
        return inet_ntop(AF_INET6, octets)
    return hexadecimal(octets)


def hexadecimal(octets: bytes) -> str:
    """`0x` and upper-case digits."""
    return "0x" + octets.hex().upper()


def string(text: str) -> str:
    """A JSON string in ASCII, whatever is in `text`."""
    return dumps(text)


def text(octets: bytes) -> str:
    """UTF-8 from a peer as text; octets that are none become backslash escapes."""
    return octets.decode("utf-8", "backslashreplace")


def printable(text: str) -> str:
    """Text from a peer for one line of a log or an answer: control characters are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
