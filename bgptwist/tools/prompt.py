"""A prompt for commands, with completion from the daemon's own table, a history, and help."""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from bgptwist.tools.completion import LOCAL, Known, candidates, known
from bgptwist.tools.link import Answer, Gone, Link, Silence, is_open
from bgptwist.wire.errors import BgptwistError
from bgptwist.wire.registry import FAMILIES

readline: Any = import_module("readline") if find_spec("readline") is not None else None
"""The module, which some builds of Python do not have: then there is no completion and no history."""

PROMPT: Final = "bgptwist> "
REMEMBERED: Final = 1000
"""Lines of the history."""

FRESH: Final = 5.0
"""Seconds for which the list of neighbors is not asked for again."""

PRIVATE: Final = 0o600
ENDINGS: Final = ("quit", "exit", "q")

INTRODUCTION: Final = "Tab completes, help lists the commands, help WORD those with the word, quit ends."


class Prompt:
    """One person at a terminal.  `reconnect` reaches the daemon again after it was started again."""

    def __init__(self, link: Link, reconnect: Callable[[], Link], history: Path) -> None:
        self._link: Link | None = link
        self._reconnect = reconnect
        self._history = history
        self._commands: list[Known] = []
        self._neighbors: list[str] = []
        self._asked = float("-inf")
        self._found: list[str] = []

    def run(self) -> int:
        """Read and carry out lines until the end; always 0."""
        self._prepare()
        print(INTRODUCTION)
        while True:
            try:
                line = input(PROMPT).strip()
            except KeyboardInterrupt:
                print()
                continue
            except EOFError:
                print()
                break
            if line in ENDINGS:
                break
            if line:
                self._carry_out(line)
        self._remember()
        return 0

    @staticmethod
    def families() -> list[str]:
        """The families there are, by name."""
        return sorted({family.name for family in FAMILIES})

    def _prepare(self) -> None:
        """Teach readline."""
        if readline is None:
            return
        try:
            readline.read_history_file(self._history)
        except OSError:
            # there is none yet
            pass
        readline.set_history_length(REMEMBERED)
        readline.set_completer_delims(" \t\n")
        readline.set_completer(self.complete)
        readline.parse_and_bind("tab: complete")

    def _remember(self) -> None:
        """Keep the history, readable for nobody else."""
        if readline is None:
            return
        try:
            self._history.parent.mkdir(parents=True, exist_ok=True)
            self._history.touch(PRIVATE)
            readline.write_history_file(self._history)
        except OSError as error:
            print(f"the history was not kept: {error}", file=sys.stderr)

    # ------------------------------------------------------------------ commands

    def _carry_out(self, line: str) -> None:
        """One line; ^C ends its answer and not the session."""
        words = line.split()
        try:
            if words[0] == "help" and len(words) < 3:
                self._help(words[1:])
                return
            link = self._reach()
            if words[0] == "events":
                self._watch(link, line)
                return
            for told in link.ask(line):
                self._tell(told)
        except (Gone, Silence):
            self._hang_up()
            print("the daemon hung up", file=sys.stderr)
        except BgptwistError as error:
            print(error, file=sys.stderr)
        except KeyboardInterrupt:
            # the rest of the answer would be taken for that of the next command
            self._hang_up()
            print("\n(interrupted)")

    def _tell(self, told: str | Answer) -> None:
        if isinstance(told, str):
            print(told)
        elif told.error is not None:
            print(f"error: {told.error or 'see the log of the daemon'}", file=sys.stderr)

    def _watch(self, link: Link, line: str) -> None:
        """Events until ^C, on this connection, which ends with them."""
        for told in link.ask(line):
            self._tell(told)
            if isinstance(told, Answer) and told.error is not None:
                return
        print("(events follow, ^C ends them)")
        while True:
            print(link.line(), flush=True)

    def _help(self, words: list[str]) -> None:
        """All commands, or those in which a word occurs."""
        lines = sorted({command.described for command in self._table()})
        shown = [line for line in lines if not words or words[0] in line]
        print("\n".join(shown or [f"no command has the word {words[0]}"]))

    def _reach(self) -> Link:
        """The connection, made again if the daemon hung up."""
        if self._link is not None and not is_open(self._link):
            self._hang_up()
        if self._link is None:
            self._link = self._reconnect()
        return self._link

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    # ------------------------------------------------------------------ completion

    def complete(self, text: str, state: int) -> str | None:
        """What readline calls, with 0, 1, 2 ... until there is no more."""
        if state == 0:
            try:
                line = readline.get_line_buffer()[: readline.get_endidx()]
                self._found = candidates(self._table(), line, self._addresses, self.families(), LOCAL)
            except (Gone, Silence, BgptwistError):
                self._found = []
        return f"{self._found[state]} " if state < len(self._found) else None

    def _table(self) -> list[Known]:
        """The commands of the daemon."""
        if not self._commands:
            self._commands = commands_of(self._reach())
        return self._commands

    def _addresses(self) -> list[str]:
        """The neighbors there are."""
        if time.monotonic() > self._asked + FRESH:
            self._neighbors = neighbors_of(self._reach())
            self._asked = time.monotonic()
        return self._neighbors


def commands_of(link: Link) -> list[Known]:
    """Ask a daemon for its commands."""
    answer = json.loads(first(link, "system help", "{}"))
    return known(answer) if isinstance(answer, dict) else []


def neighbors_of(link: Link) -> list[str]:
    """Ask a daemon for the addresses of its neighbors."""
    answer = json.loads(first(link, "peer list", "[]"))
    return [str(peer.get("peer-address")) for peer in answer if isinstance(peer, dict)]


def first(link: Link, line: str, otherwise: str) -> str:
    """The first line of an answer."""
    told = [each for each in link.ask(line) if isinstance(each, str)]
    return told[0] if told else otherwise
