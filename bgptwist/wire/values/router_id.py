"""Four octets written as an IPv4 address: router identifiers, cluster identifiers, aggregators (RFC 4456, RFC 6286)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.words import Words

EXPECTED: Final = "an IPv4 address"


def octets(text: str, at: int = -1) -> bytes:
    """The four octets of `text`, the word at index `at` or a part of it."""
    try:
        return spell.ipv4_octets(text)
    except ValueError:
        raise Misspelt(f"'{text}' is no IPv4 address", EXPECTED, at) from None


def read(words: Words) -> bytes:
    """The four octets that come next."""
    return octets(words.next(EXPECTED), words.at - 1)
