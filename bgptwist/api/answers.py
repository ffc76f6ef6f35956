"""What a caller is answered: data lines, then `done` or `error`, when it wants to be told (ExaBGP's API, 1.5)."""

from typing import Final

from bgptwist.interfaces import ICaller
from bgptwist.wire.spell import printable

DONE: Final = "done"
ERROR: Final = "error"
CONSOLE: Final = "api-internal-cli"
"""How the names of callers begin that may command every neighbor."""


class Conversation:
    """One caller and what was agreed with it; a restarted helper begins a new one.

    `ack`: whether it is told `done` and `error`; data lines it always gets.  `reasons`: whether `error: REASON`
    comes before `error`.  `helper` is the name that counts for the right to command a neighbor, None for every right.
    `group` holds the lines of a group that was started and not ended.
    """

    __slots__ = ("ack", "group", "helper", "name", "reasons", "write")

    def __init__(self, caller: ICaller, ack: bool = True, reasons: bool = False) -> None:
        self.name = caller.name
        self.helper: str | None = None if caller.name.startswith(CONSOLE) else caller.name
        self.write = caller.write
        self.ack = ack
        self.reasons = reasons
        self.group: list[str] | None = None

    def done(self) -> None:
        """The command was carried out."""
        if self.ack:
            self.write(DONE)

    def error(self, reason: str) -> None:
        """The command was refused."""
        if self.ack:
            if self.reasons:
                self.write(f"error: {ascii_line(reason)}")
            self.write(ERROR)


def ascii_line(text: str) -> str:
    """Text as one line of ASCII."""
    return printable(text).encode("ascii", "backslashreplace").decode("ascii")
