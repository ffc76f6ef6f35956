"""AS numbers as words and numbers (RFC 5396), and the one that stands for those of four octets (RFC 6793, 4.2.3)."""

from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.words import Words

AS_TRANS: Final = 23456
"""What a two-octet field holds when the number needs four."""

MAXIMUM: Final = 0xFFFFFFFF

EXPECTED: Final = "an AS number (65000 or 1.10)"


def number(word: str) -> int:
    """The AS number written as `65000` or as `1.10`, -1 when the word is none."""
    if not word.isascii() or len(word) > 12:
        return -1
    if word.isdecimal():
        value = int(word)
        return value if value <= MAXIMUM else -1
    high, _, low = word.partition(".")
    if not high.isdecimal() or not low.isdecimal():
        return -1
    upper, lower = int(high), int(low)
    return upper << 16 | lower if upper <= 0xFFFF and lower <= 0xFFFF else -1


def read(words: Words, minimum: int = 0) -> int:
    """The AS number that comes next; `minimum` is 1 where AS 0 has no meaning (RFC 7607)."""
    value = number(words.next(EXPECTED))
    if value < minimum:
        raise words.wrong(EXPECTED)
    return value


def read_positive(text: str, at: int = -1) -> int:
    """The AS number written in `text`, a part of the word at index `at`; AS 0 is refused (RFC 7607)."""
    value = number(text)
    if value < 1:
        raise Misspelt(f"'{text}' is no AS number", EXPECTED, at)
    return value
