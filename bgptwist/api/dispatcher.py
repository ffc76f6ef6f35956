"""From a line to a command: found by its first words, the longest first, in both dialects (ExaBGP's API, 2 and 3).

A line of version 4 begins with a verb, perhaps after `neighbor X`; one of version 6 with a noun: `daemon`, `session`,
`system`, `rib`, or `peer X` and then the verb.  Both are aliases in one table, and each is answered in its own way.
"""

from collections.abc import Iterator
from traceback import extract_tb
from typing import Final

from bgptwist.api.answers import Conversation
from bgptwist.api.call import Call, Command, Control
from bgptwist.api.commands import daemon, group, peer, rib, routes, session, watchdog
from bgptwist.grammar.lexer import split_route
from bgptwist.grammar.selector import Selector, parse
from bgptwist.interfaces import ICaller
from bgptwist.wire.errors import BgptwistError, Misspelt, Refused
from bgptwist.wire.spell import printable

COMMANDS: Final[tuple[Command, ...]] = (
    *routes.COMMANDS,
    *peer.COMMANDS,
    *rib.COMMANDS,
    *watchdog.COMMANDS,
    *group.COMMANDS,
    *session.COMMANDS,
    *daemon.COMMANDS,
)

NOUNS: Final = frozenset({"daemon", "session", "system", "rib", "peer", "group"})
"""The first words of version 6."""

SELECTED: Final = ("neighbor ", "peer ")
VERBS: Final = ("announce", "withdraw")
OPTIONS: Final = ("sync", "async", "json", "text")
"""The last words of version 6, which say how to answer."""
LONGEST: Final = 4
"""Words of the longest command."""

SHOWN: Final = 200
"""Characters of a wrong line that are logged."""

REMEMBERED: Final = 1000


def table(commands: tuple[Command, ...]) -> dict[str, Command]:
    """Commands by their words in either dialect; two with the same words do not import."""
    found: dict[str, Command] = {}
    for command in commands:
        for words in (command.words, command.modern):
            if words and found.setdefault(words, command) is not command:
                raise ValueError(f"two commands are called {words}")
    return found


def selected(commands: tuple[Command, ...]) -> dict[str, Command]:
    """Commands by their words after a selector."""
    return {words: command for command in commands for words in command.selected}


class Dispatcher:
    """Carries out the lines of all callers."""

    def __init__(self, control: Control) -> None:
        self.control = control
        control.commands = COMMANDS
        environment = control.environment
        self._ack = environment.api_ack
        self._modern = environment.api_version >= 6
        self._table = table(COMMANDS)
        self._selected = selected(COMMANDS)
        self._members: dict[tuple[str | None, str], int] = {}
        self._announcement = control.routes.announcement
        self._speaker = control.speaker

    def converse(self, caller: ICaller) -> Conversation:
        """Begin with a caller: a helper that was just started, a console that just connected."""
        return Conversation(caller, self._ack, self._modern)

    def peers_changed(self) -> None:
        """Forget which neighbors a selector means; to be called when neighbors come, go or change their helpers."""
        self._members.clear()

    def command(self, conversation: Conversation, line: str) -> Iterator[str] | None:
        """Carry out one line and answer it.

        A long answer is returned: the shell draws its lines as fast as they are read, and goes on with the next
        command when there are no more; the last word (`done`) is then written.
        """
        # Nearly all lines announce or withdraw a route in words seen before: no table, no list of words.
        withdraw = False
        if line.startswith("announce route "):
            head, text = "", line[15:]
        elif line.startswith("withdraw route "):
            head, text, withdraw = "", line[15:], True
        elif line.startswith(SELECTED):
            head, found, text = line.partition(" announce route ")
            if not found:
                head, found, text = line.partition(" withdraw route ")
                withdraw = True
            if not found or (head[0] == "p" and text.rstrip().endswith(OPTIONS)):
                return self._command(conversation, line)
        else:
            return self._command(conversation, line)
        if conversation.group is not None:
            return self._command(conversation, line)
        try:
            members = self._members.get((conversation.helper, head)) or self._learn(conversation, head)
            if not members:
                return self._command(conversation, line)
            announcement = self._announcement(text, withdraw=withdraw)
            if withdraw:
                self._speaker.withdraw(announcement.routes, members)
            elif announcement.watchdog:
                self._speaker.hold(announcement, members)
            elif not announcement.held:
                self._speaker.announce(announcement.routes, members)
        except Exception as error:
            self._refuse(conversation, line, text, error)
            return None
        conversation.done()
        return None

    def _learn(self, conversation: Conversation, head: str) -> int:
        """The neighbors that a caller means by the words before the command, which is remembered until peers change.

        None when there are none, or more than a selector stands there.
        """
        selectors: list[Selector] | None = None
        if head:
            words = split_route(head)
            selectors, at = parse(words)
            if at < len(words):
                return 0
        members = self._speaker.select(selectors, conversation.helper)
        if members:
            if len(self._members) >= REMEMBERED:
                self._members.clear()
            self._members[conversation.helper, head] = members
        return members

    def _command(self, conversation: Conversation, line: str) -> Iterator[str] | None:
        """Any line."""
        line = line.strip()
        call: Call | None = None
        try:
            if self._is_remark(conversation, line):
                return None
            if conversation.group is not None and group.belongs(line):
                group.add(conversation, line)
                return None
            command, call = self._find(conversation, line)
            output = command.run(call)
        except Exception as error:
            self._refuse(conversation, line, line if call is None else call.text, error)
            return None
        if output is not None and not isinstance(output, list):
            return self._stream(conversation, line, output)
        for text in output or ():
            conversation.write(text)
        conversation.done()
        if call.afterwards is not None:
            try:
                call.afterwards()
            except Exception as error:
                # it was answered already
                self._complain(conversation, line, line, error)
        return None

    def _is_remark(self, conversation: Conversation, line: str) -> bool:
        """Take note of a line that is no command: `debug` has no answer, `#` and (version 6) an empty line have."""
        if line.startswith("debug ") or line == "debug":
            self.control.log("warning", f"helper {conversation.name}: {printable(line)}")
            return True
        if line.startswith("#"):
            self.control.log("debug", f"helper {conversation.name}: {printable(line)}")
        elif line or self.control.environment.compat_generation < 6:
            return False
        conversation.done()
        return True

    def _find(self, conversation: Conversation, line: str) -> tuple[Command, Call]:
        """The command of a line, and the call to give to it; Misspelt when there is none."""
        words = line.split(None, LONGEST)
        if not words:
            raise Misspelt("the line is empty", "a command, see help", -1)
        modern = words[0] in NOUNS
        command, size = longest(self._table, words)
        if command is not None:
            rest = line.split(None, size)
            return command, self._call(conversation, rest[size] if len(rest) > size else "", None, modern)
        if words[0] not in ("neighbor", "peer"):
            raise Misspelt(f"'{line[:SHOWN]}' is no command", "a command, see help", -1)
        given = split_route(line)
        selectors, at = parse(given)
        command, size = longest(self._selected, given[at:])
        if command is None:
            raise Misspelt(f"'{' '.join(given[at : at + 3])}' is no command for a neighbor", "a command, see help", -1)
        if command.verbatim:
            text = line[line.index(f" {command.words}") + len(command.words) + 1 :]
            return command, self._call(conversation, text.strip(), selectors, modern)
        given = given[at + size :]
        if modern and command.words.startswith(VERBS):
            given = without_options(given)
        return command, self._call(conversation, " ".join(given), selectors, modern)

    def _call(self, conversation: Conversation, text: str, selectors: list[Selector] | None, modern: bool) -> Call:
        return Call(self.control, conversation, text, selectors, modern, self._perform)

    def _perform(self, line: str, call: Call) -> None:
        """Carry out a line that announces or withdraws, for the neighbors of another call."""
        words = line.split()
        command, size = longest(self._selected, words)
        if command is None:
            raise Misspelt(f"'{line[:SHOWN]}' is no command", "a command, see help", -1)
        text = " ".join(without_options(words[size:]))
        command.run(self._call(call.conversation, text, call.selectors, True))

    def _stream(self, conversation: Conversation, line: str, lines: Iterator[str]) -> Iterator[str]:
        """A long answer; its end is answered when the caller has drawn all lines."""
        try:
            yield from lines
        except Exception as error:
            self._refuse(conversation, line, line, error)
            return
        conversation.done()

    def _refuse(self, conversation: Conversation, line: str, text: str, error: Exception) -> None:
        """Answer `error`."""
        conversation.error(self._complain(conversation, line, text, error))

    def _complain(self, conversation: Conversation, line: str, text: str, error: Exception) -> str:
        """Say in the log what is wrong and where, in one line; the reason is returned."""
        reason = str(error)
        if isinstance(error, Misspelt) and error.at >= 0:
            place = " ".join(split_route(text)[error.at : error.at + 3])
            reason += f", at '{place}'" if place else ", at the end"
        elif not isinstance(error, BgptwistError):
            # a mistake of ours: no line may end the daemon, and the log must say where to look
            frame = extract_tb(error.__traceback__)[-1]
            reason = f"{type(error).__name__}: {reason} ({frame.filename}:{frame.lineno})"
        shown = line if len(line) <= SHOWN else f"{line[:SHOWN]}..."
        self.control.log("warning", printable(f"helper {conversation.name}: {reason}, in: {shown}"))
        return reason


def longest(commands: dict[str, Command], words: list[str]) -> tuple[Command | None, int]:
    """The command with the most of these words, and how many they are."""
    for size in range(min(len(words), LONGEST), 0, -1):
        command = commands.get(" ".join(words[:size]))
        if command is not None:
            return command, size
    return None, 0


def without_options(words: list[str]) -> list[str]:
    """The words without `sync|async` and `json|text` at the end, which version 6 has; to wait is not possible."""
    words = list(words)
    if words and words[-1] in ("json", "text"):
        words.pop()
    if words and words[-1] in ("sync", "async") and words.pop() == "sync":
        raise Refused("answers cannot wait until a route was sent")
    return words
