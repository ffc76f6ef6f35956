"""What a caller is answered: data lines, then `done` or `error`, when it wants to be told (ExaBGP's API, 1.5)."""

from json import dumps
from typing import Final

from bgptwist.api.batch import Batch, Group
from bgptwist.interfaces import ICaller
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import printable

DONE: Final = "done"
ERROR: Final = "error"
COMPLETED: Final = "command completed"
"""The message of a JSON answer, as ExaBGP has it."""

CONSOLE: Final = "api-internal-cli"
"""How the names of callers begin that may command every neighbor."""

MARK: Final = "@"
"""What an identifier begins with."""

LONGEST: Final = 64
"""Characters of an identifier."""


class Conversation:
    """One caller and what was agreed with it; a restarted helper begins a new one.

    `ack`: whether it is told `done` and `error`; data lines it always gets.  `reasons`: whether `error: REASON`
    comes before `error`.  `json`: whether both are JSON objects.  `helper` is the name that counts for the right to
    command a neighbor, None for every right.  `group` and `batch` are those that were begun and not ended.
    `sync`: whether changes are answered when the peers' TCP took them.
    """

    __slots__ = ("ack", "batch", "group", "helper", "json", "name", "reasons", "special", "sync", "write")

    def __init__(self, caller: ICaller, ack: bool = True, reasons: bool = False) -> None:
        self.name = caller.name
        self.helper: str | None = None if caller.name.startswith(CONSOLE) else caller.name
        self.write = caller.write
        self.ack = ack
        self.reasons = reasons
        self.json = False
        self.sync = False
        self.group: Group | None = None
        self.batch: Batch | None = None
        self.special = False
        """Whether a route is not only put into the table and answered `done`."""

    def collect(self, group: Group | None = None, batch: Batch | None = None) -> None:
        """From now on lines are for a group or a batch, or for neither."""
        self.group = group
        self.batch = batch
        self.special = self.json or self.sync or group is not None or batch is not None

    def speak(self, json: bool) -> None:
        """Answer with JSON objects from now on, or with text."""
        self.json = json
        self.collect(self.group, self.batch)

    def wait(self, sync: bool) -> None:
        """Answer changes when the peers' TCP took them, or at once."""
        self.sync = sync
        self.collect(self.group, self.batch)

    def done(self) -> None:
        """A command without identifier was carried out."""
        if self.ack:
            Answer(self).done() if self.json else self.write(DONE)

    def error(self, reason: str) -> None:
        """What came was no command at all."""
        if self.batch is not None:
            self.batch.refuse(reason)
        Answer(self).error(reason)


class Answer:
    """The answer to one command, which may have an identifier: then it is given whatever was agreed.

    `announced` and `withdrawn` count routes, `rejected` lines of a group; they are told when something is `counted`.
    """

    __slots__ = ("announced", "conversation", "counted", "identifier", "rejected", "withdrawn")

    def __init__(self, conversation: Conversation, identifier: str = "") -> None:
        self.conversation = conversation
        self.identifier = identifier
        self.counted = False
        self.announced = self.withdrawn = self.rejected = 0

    def count(self, announced: int = 0, withdrawn: int = 0, rejected: int = 0) -> None:
        """So many more."""
        self.counted = True
        self.announced += announced
        self.withdrawn += withdrawn
        self.rejected += rejected

    @property
    def prefix(self) -> str:
        """What every line of the answer begins with."""
        return f"{MARK}{self.identifier} " if self.identifier and not self.conversation.json else ""

    def write(self, line: str) -> None:
        """A data line."""
        self.conversation.write(self.prefix + line)

    def done(self) -> None:
        """The command was carried out."""
        conversation = self.conversation
        if conversation.json:
            self._object(DONE, COMPLETED)
        elif self.identifier:
            counts = f" announced {self.announced} withdrawn {self.withdrawn} rejected {self.rejected}"
            conversation.write(f"{MARK}{self.identifier} {DONE}{counts if self.counted else ''}")
        elif conversation.ack:
            conversation.write(DONE)

    def error(self, reason: str) -> None:
        """The command was refused."""
        conversation = self.conversation
        if conversation.json:
            self._object(ERROR, ascii_line(reason))
        elif self.identifier:
            conversation.write(f"{MARK}{self.identifier} {ERROR}: {ascii_line(reason)}")
        elif conversation.ack:
            if conversation.reasons:
                conversation.write(f"{ERROR}: {ascii_line(reason)}")
            conversation.write(ERROR)

    def _object(self, word: str, message: str) -> None:
        """The end of the answer as JSON."""
        if not self.identifier and not self.conversation.ack:
            return
        members: dict[str, object] = {"answer": word, "message": message}
        if self.identifier:
            members["id"] = self.identifier
        if self.counted and word == DONE:
            members |= {"announced": self.announced, "withdrawn": self.withdrawn, "rejected": self.rejected}
        self.conversation.write(f"{{ {dumps(members)[1:-1]} }}")


def identified(line: str) -> tuple[str, str]:
    """The identifier of `@IDENTIFIER COMMAND`, and the command; Misspelt when there is none."""
    identifier, _, rest = line[1:].partition(" ")
    if not 0 < len(identifier) <= LONGEST or not identifier.isascii() or not identifier.isprintable():
        raise Misspelt(f"'{MARK}{identifier[:LONGEST]}' is no identifier", f"{MARK} and 1 to {LONGEST} characters", 0)
    return identifier, rest.lstrip()


def ascii_line(text: str) -> str:
    """Text as one line of ASCII."""
    return printable(text).encode("ascii", "backslashreplace").decode("ascii")
