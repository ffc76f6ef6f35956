"""From a line to a command: found by its first words, the longest first, in both dialects (ExaBGP's API, 2 and 3).

A line of version 4 begins with a verb, perhaps after `neighbor X`; one of version 6 with a noun: `daemon`, `session`,
`system`, `rib`, or `peer X` and then the verb.  Both are aliases in one table, and each is answered in its own way.
"""

from collections.abc import Iterator
from traceback import extract_tb
from typing import Final

from bgptwist.api.answers import MARK, Answer, Conversation, identified
from bgptwist.api.batch import Batch
from bgptwist.api.call import Call, Command, Control, Lines, Output
from bgptwist.api.changes import Routes
from bgptwist.api.commands import (
    batch,
    creation,
    daemon,
    group,
    health,
    indexed,
    ownership,
    peer,
    plugins,
    processes,
    rib,
    routes,
    session,
    sync,
    watchdog,
)
from bgptwist.grammar.lexer import split_route
from bgptwist.grammar.selector import Selector, parse
from bgptwist.interfaces import ICaller
from bgptwist.wire.errors import BgptwistError, Misspelt, Refused
from bgptwist.wire.spell import printable

COMMANDS: Final[tuple[Command, ...]] = (
    *routes.COMMANDS,
    *peer.COMMANDS,
    *creation.COMMANDS,
    *sync.COMMANDS,
    *rib.COMMANDS,
    *indexed.COMMANDS,
    *processes.COMMANDS,
    *watchdog.COMMANDS,
    *group.COMMANDS,
    *batch.COMMANDS,
    *ownership.COMMANDS,
    *session.COMMANDS,
    *daemon.COMMANDS,
    *plugins.COMMANDS,
    *health.COMMANDS,
)

NOUNS: Final = frozenset({"daemon", "session", "system", "rib", "peer", "group", "batch"})
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
        self._reasons = environment.api_reasons or environment.api_version >= 6
        self._table = table(COMMANDS)
        self._selected = selected(COMMANDS)
        self._members: dict[tuple[str | None, str], int] = {}
        self._announcement = control.routes.announcement
        self._speaker = control.speaker
        self._ledger = control.speaker.ledger

    def converse(self, caller: ICaller, every: bool = False) -> Conversation:
        """Begin with a caller: a helper that was just started, a console that just connected.

        `every`: it may command every neighbor, whatever the `api` sections say.
        """
        conversation = Conversation(caller, self._ack, self._reasons)
        if every:
            conversation.helper = None
        return conversation

    def peers_changed(self) -> None:
        """Forget which neighbors a selector means; to be called when neighbors come, go or change their helpers."""
        self._members.clear()

    def command(self, conversation: Conversation, line: str) -> Lines | None:
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
        if conversation.special:
            return self._command(conversation, line)
        try:
            members = self._members.get((conversation.helper, head)) or self._learn(conversation, head)
            if not members:
                return self._command(conversation, line)
            announcement = self._announcement(text, withdraw=withdraw)
            if announcement.claim is not None or announcement.watchdog or self._ledger.active:
                change = Routes(announcement, withdraw)
                change.check(self._speaker, members)
                change.apply(self._speaker, members)
            elif withdraw:
                self._speaker.withdraw(announcement.routes, members)
            else:
                self._speaker.announce(announcement.routes, members)
        except Exception as error:
            self._refuse(Answer(conversation), line, text, error)
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

    def _command(self, conversation: Conversation, line: str) -> Lines | None:
        """Any line."""
        line = line.strip()
        answer = Answer(conversation)
        waiting = conversation.batch
        command: Command | None = None
        call: Call | None = None
        try:
            if line.startswith(MARK):
                answer.identifier, line = identified(line)
            if self._is_remark(answer, line):
                return None
            if conversation.group is not None and group.belongs(line):
                group.add(conversation.group, line, answer)
                return None
            command, call = self._find(answer, line)
            if waiting is not None and belongs(command):
                self._read(waiting, command, call, line)
                output: Output = None
            else:
                output = self._run(command, call)
            if call.sync and call.touched:
                output = sync.afterwards(output, sync.taken(self._speaker, call.touched))
        except Exception as error:
            reason = self._refuse(answer, line, line if call is None else call.text, error)
            if waiting is not None and (command is None or belongs(command)):
                waiting.refuse(reason, line)
            return None
        if output is not None and not isinstance(output, list):
            return self._stream(answer, line, output)
        for text in output or ():
            answer.write(text)
        answer.done()
        if call.afterwards is not None:
            try:
                call.afterwards()
            except Exception as error:
                # it was answered already
                self._complain(conversation, line, line, error)
        return None

    def _run(self, command: Command, call: Call) -> Output:
        """Carry out a command; what it brings about at once is known to be its doing."""
        if not call.answer.identifier:
            return command.run(call)
        self._ledger.cause = call.answer.identifier
        try:
            return command.run(call)
        finally:
            self._ledger.cause = ""

    def _read(self, waiting: Batch, command: Command, call: Call, line: str) -> None:
        """Read and check a line of a batch."""
        if not command.changes:
            raise Refused(f"'{command.words}' cannot be part of a batch, say it after 'batch commit'")
        call.changes = []
        command.run(call)
        waiting.take(call.changes, call.answer.identifier, line)

    def _is_remark(self, answer: Answer, line: str) -> bool:
        """Take note of a line that is no command: `debug` has no answer, `#` and (version 6) an empty line have."""
        name = answer.conversation.name
        if line.startswith("debug ") or line == "debug":
            self.control.log("warning", f"helper {name}: {printable(line)}")
            if answer.identifier:
                answer.done()
            return True
        if line.startswith("#"):
            self.control.log("debug", f"helper {name}: {printable(line)}")
        elif line or self.control.environment.compat_generation < 6:
            return False
        answer.done()
        return True

    def _find(self, answer: Answer, line: str) -> tuple[Command, Call]:
        """The command of a line, and the call to give to it; Misspelt when there is none."""
        words = line.split(None, LONGEST)
        if not words:
            raise Misspelt("the line is empty", "a command, see help", -1)
        modern = words[0] in NOUNS
        command, size = longest(self._table, words)
        if command is not None:
            rest = line.split(None, size)
            return command, self._call(answer, rest[size] if len(rest) > size else "", None, modern)
        if words[0] not in ("neighbor", "peer"):
            raise Misspelt(f"'{line[:SHOWN]}' is no command", "a command, see help", -1)
        given = split_route(line)
        selectors, at = parse(given)
        command, size = longest(self._selected, given[at:])
        if command is None:
            raise Misspelt(f"'{' '.join(given[at : at + 3])}' is no command for a neighbor", "a command, see help", -1)
        if command.verbatim:
            text = line[line.index(f" {command.words}") + len(command.words) + 1 :]
            return command, self._call(answer, text.strip(), selectors, modern)
        given = given[at + size :]
        waits = False
        if modern and command.words.startswith(VERBS):
            given, waits = without_options(given)
        call = self._call(answer, " ".join(given), selectors, modern)
        call.sync |= waits
        return command, call

    def _call(self, answer: Answer, text: str, selectors: list[Selector] | None, modern: bool) -> Call:
        return Call(self.control, answer, text, selectors, modern, self._perform)

    def _perform(self, line: str, call: Call) -> None:
        """Carry out a line that announces or withdraws, for the neighbors of another call."""
        words = line.split()
        command, size = longest(self._selected, words)
        if command is None:
            raise Misspelt(f"'{line[:SHOWN]}' is no command", "a command, see help", -1)
        words, waits = without_options(words[size:])
        part = self._call(call.answer, " ".join(words), call.selectors, True)
        part.changes = call.changes
        command.run(part)
        call.touched |= part.touched
        call.sync |= waits

    def _stream(self, answer: Answer, line: str, lines: Lines | Iterator[str]) -> Lines:
        """A long answer; its end is answered when the caller has drawn all lines."""
        prefix = answer.prefix
        try:
            if prefix:
                for text in lines:
                    yield prefix + text if isinstance(text, str) else text
            else:
                yield from lines
        except Exception as error:
            self._refuse(answer, line, line, error)
            return
        answer.done()

    def _refuse(self, answer: Answer, line: str, text: str, error: Exception) -> str:
        """Answer `error`, and give the reason."""
        reason = self._complain(answer.conversation, line, text, error)
        answer.error(reason)
        return reason

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


def belongs(command: Command) -> bool:
    """Whether a command is part of a batch when one was begun; others are carried out at once."""
    return command.changes or command.words.startswith(VERBS)


def longest(commands: dict[str, Command], words: list[str]) -> tuple[Command | None, int]:
    """The command with the most of these words, and how many they are."""
    for size in range(min(len(words), LONGEST), 0, -1):
        command = commands.get(" ".join(words[:size]))
        if command is not None:
            return command, size
    return None, 0


def without_options(words: list[str]) -> tuple[list[str], bool]:
    """The words without `sync|async` and `json|text` at the end, which version 6 has; and whether to wait."""
    words = list(words)
    if words and words[-1] in ("json", "text"):
        words.pop()
    waits = bool(words) and words[-1] == "sync"
    if words and words[-1] in ("sync", "async"):
        words.pop()
    return words, waits
