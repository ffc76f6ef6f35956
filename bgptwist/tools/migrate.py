"""`bgptwist configuration migrate`: files and commands of older versions in the current spelling.

What was rewritten and what is left to people is told, with its place; the result is loaded, or the commands are tried,
so that what would be wrong is told as well.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any, Final

from twisted.internet.task import Clock
from zope.interface import implementer

from bgptwist.api.call import Control
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.api.translation import translated
from bgptwist.grammar.lexer import Misplaced, Place, Source
from bgptwist.interfaces import ICaller
from bgptwist.settings.build import decoded, load_text
from bgptwist.settings.migration import Migration, Note, migrated, migrated_environment
from bgptwist.settings.mistake import picture
from bgptwist.settings.model import ConfigurationError, Environment
from bgptwist.speaker.ledger import Ledger
from bgptwist.tools.encode import NoDaemon
from bgptwist.wire.errors import Misspelt, Refused

GOOD: Final = 0
LEFT: Final = 1
"""Something is left to people, or a file is wrong."""
UNREADABLE: Final = 2


class Rehearsal:
    """Takes the place of the speaker: everything is possible, and nothing happens."""

    def __init__(self) -> None:
        self.peers: dict[str, Any] = {}
        self.ledger = Ledger(Clock(), self.withdraw, print)
        self.outgoing = self

    def select(self, selectors: object, helper: object) -> int:
        """Every selector means a neighbor."""
        return 1

    def members_of(self, members: int) -> list[Any]:
        """There is nothing to show."""
        return []

    def sources(self, members: int) -> list[Any]:
        """There are no tables."""
        return []

    def end_of_rib(self, *arguments: object) -> bool:
        """There is a session for everything."""
        return True

    def announce(self, *arguments: object) -> None:
        """Nothing happens."""

    def withdraw_owned(self, *arguments: object) -> int:
        """Nobody owns anything."""
        return 0

    watched = sources
    route_refresh = operational = end_of_rib
    withdraw = hold = watchdog = teardown = flush = clear_out = clear_in = announce


@implementer(ICaller)
class Silent:
    """Gives commands and keeps nothing of the answers but whether it was an error."""

    name = "migrate"
    encoder = "text"

    def __init__(self) -> None:
        self.refused = False

    def write(self, line: str) -> None:
        """An answer."""
        self.refused = self.refused or line == "error"


class Trial:
    """Tries commands; `fault` is what would be wrong with the last one."""

    def __init__(self) -> None:
        self.fault = ""
        speaker: Any = Rehearsal()
        control = Control(speaker, NoDaemon(), Environment(), "", time.time, self._log)
        self._dispatcher = Dispatcher(control)
        self._caller = Silent()
        self._conversation = self._dispatcher.converse(self._caller)

    def run(self, line: str) -> str:
        """What is wrong with a command, '' when it would be carried out."""
        self.fault = ""
        self._caller.refused = False
        self._conversation.ack = True
        for _ in self._dispatcher.command(self._conversation, line) or ():
            pass
        return self.fault if self._caller.refused and not line.endswith("crash") else ""

    def _log(self, level: str, text: str) -> None:
        if level == "warning":
            self.fault = text.partition(": ")[2].rpartition(", in: ")[0]


def commands(source: Source, modern: bool) -> Migration:
    """Commands, a line each, in version 6 when `modern`, else in version 4."""
    changes: list[Note] = []
    left: list[Note] = []
    lines: list[str] = []
    trial = Trial()
    for number, line in enumerate(source.text.split("\n"), 1):
        place = Place(source.name, number, 1)
        found = translated(line, modern)
        lines.append(found.line)
        if found.change:
            changes.append(Note(place, found.change))
        if found.left:
            left.append(Note(place, found.left))
        elif found.line.strip() and (fault := trial.run(found.line.strip())):
            left.append(Note(place, fault))
    return Migration("\n".join(lines), changes, left)


def configuration(source: Source, folder: str) -> Migration:
    """A configuration file, with what is wrong with the result."""
    found = migrated(source)
    left = list(found.left)
    name = f"{source.name} (new)"
    mistakes: list[Misspelt] = []
    try:
        mistakes += load_text(found.text, name=name, folder=folder).warnings
    except ConfigurationError as error:
        mistakes += (*error.errors, *error.warnings)
    for mistake in mistakes:
        place = mistake.place if isinstance(mistake, Misplaced) else Place(name, 0, 0)
        left.append(Note(place, f"{mistake.reason}{f', expected {mistake.expected}' if mistake.expected else ''}"))
    return Migration(found.text, found.changes, left)


def read(name: str) -> Source:
    """A file, or `-` for the standard input; Refused when it cannot be read as text."""
    warnings: list[Misplaced] = []
    try:
        octets = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise Refused(f"{name}: the file cannot be read ({getattr(error, 'strerror', None) or error})") from None
    text = decoded(octets, name, warnings)
    if warnings:
        raise Refused(f"{warnings[0].place}: the file is not in UTF-8: write it anew, or parts of it would be lost")
    return Source(name, text)


def rewrite(name: str, old: str, new: str, keep: bool) -> None:
    """Write a file anew; `keep` the old one beside it.  Refused when that is not possible."""
    try:
        if keep:
            Path(f"{name}.bak").write_bytes(old.encode())
        Path(name).write_bytes(new.encode())
    except OSError as error:
        raise Refused(f"{name}: the file cannot be written ({error.strerror or error})") from None


def main(words: list[str]) -> int:
    """Rewrite files, or print them as they would be."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration migrate",
        description="Files of ExaBGP 3.4, 4, 5 and 6, or commands of helpers, in the current spelling.",
        epilog="The status is 0 when all is done, 1 when something is left to people, 2 when a file cannot be read.",
    )
    parser.add_argument("-w", "--write", action="store_true", help="rewrite the files; the old one is kept as FILE.bak")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("-c", "--commands", action="store_true", help="the lines are commands of a helper")
    kinds.add_argument("-e", "--environment", action="store_true", help="the files are environment files")
    parser.add_argument(
        "--api", choices=("4", "6"), default="4", help="with --commands: the version to write, 4 unless told"
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="- for the standard input")
    found = parser.parse_args(words)
    return max(one(name, found) for name in found.files)


def one(name: str, options: argparse.Namespace) -> int:
    """Rewrite one file; its status."""
    try:
        source = read(name)
        result = result_of(source, options)
        for note in result.changes:
            print(note, file=sys.stderr)
        for note in result.left:
            print(f"{note.place}: to be done by hand: {note.text}", file=sys.stderr)
        if not options.write or name == "-":
            sys.stdout.write(result.text)
        elif result.text != source.text:
            rewrite(name, source.text, result.text, True)
    except ConfigurationError as error:
        for mistake in error.errors:
            print(picture(mistake), file=sys.stderr)
        return LEFT
    except Refused as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    return LEFT if result.left else GOOD


def result_of(source: Source, options: argparse.Namespace) -> Migration:
    """What becomes of a text."""
    if options.commands:
        return commands(source, options.api == "6")
    if options.environment:
        return migrated_environment(source)
    folder = Path.cwd() if source.name == "-" else Path(source.name).absolute().parent
    return configuration(source, str(folder))
