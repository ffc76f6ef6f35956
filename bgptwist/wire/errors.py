"""What can be wrong, and how badly: errors of octets and of words, and the verdicts of RFC 7606, 2."""

from typing import Final

KEEP: Final = 0
"""Nothing is wrong."""
DISCARD: Final = 1
"""Drop the attribute, keep the route."""
WITHDRAW: Final = 2
"""Treat every NLRI of the UPDATE as withdrawn."""
RESET: Final = 3
"""Send a NOTIFICATION and end the session."""

VERDICTS: Final = ("keep", "attribute-discard", "treat-as-withdraw", "session-reset")


class BgptwistError(Exception):
    """Whatever bgptwist itself finds wrong."""


class Malformed(BgptwistError):
    """Octets that break a rule; carries the NOTIFICATION that answers them (RFC 4271, 6)."""

    def __init__(self, reason: str, code: int = 3, subcode: int = 1, data: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.subcode = subcode
        self.data = data


class Misspelt(BgptwistError):
    """Words that cannot be read: `at` is the index of the word, `expected` what should stand there."""

    def __init__(self, reason: str, expected: str = "", at: int = -1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expected = expected
        self.at = at

    def __str__(self) -> str:
        return f"{self.reason}, expected {self.expected}" if self.expected else self.reason


class Refused(BgptwistError):
    """Understood, but not possible now; the text is for the one who asked."""
