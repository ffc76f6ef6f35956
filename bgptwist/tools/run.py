"""`bgptwist run FILE`: the commands of a file, many under way at once, and what was wrong with which line."""

import argparse
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from bgptwist.tools.console import reach, ways
from bgptwist.tools.link import REASON, SILENT, Ending, Gone, Link, Silence, connect, is_answered
from bgptwist.wire.errors import BgptwistError

PROGRAM: Final = "bgptwist run"
UNDER_WAY: Final = 2000
"""Commands that wait for their answers at once."""

TOGETHER: Final = 1 << 16
"""Octets that are written at once."""

BEGIN: Final = "batch begin"
COMMIT: Final = "batch commit"
HUSHING: Final = ("disable-ack", "session ack disable")
SPEAKING: Final = ("enable-ack", "session ack enable")
"""Commands after which there are no answers, and after which there are some again."""

Numbered = tuple[int, str]
"""A line and its number in the file, 0 for one that is not from there."""


class Player:
    """Plays lines into a daemon and counts how they were answered; `stop`: no more after the first error."""

    def __init__(self, link: Link, name: str, stop: bool) -> None:
        self._link = link
        self._name = name
        self._stop = stop
        self._under_way: deque[tuple[int, Ending]] = deque()
        self._waiting: list[str] = []
        self._size = 0
        self._is_answered = True
        self.done = 0
        self.refused = 0

    def play(self, lines: Iterable[Numbered]) -> None:
        """Say all lines and hear all answers; with `stop` each waits for the one before."""
        limit = 1 if self._stop else UNDER_WAY
        for number, line in lines:
            while len(self._under_way) >= limit:
                self._push()
                self._hear()
            if self._is_over:
                return
            self._say(number, line)
        self._push()
        while self._under_way:
            self._hear()

    @property
    def _is_over(self) -> bool:
        return self._stop and self.refused > 0

    def _say(self, number: int, line: str) -> None:
        """One more line; several are written at once."""
        if line in SILENT:
            self._is_answered = False
        elif line in SPEAKING:
            self._is_answered = True
        if line.startswith("@") or (self._is_answered and is_answered(line)):
            self._under_way.append((number, Ending(line)))
        else:
            # nobody tells how it went
            self.done += 1
        if line in HUSHING:
            self._is_answered = False
        self._waiting.append(f"{line}\n")
        self._size += len(line)
        if self._size > TOGETHER:
            self._push()

    def _push(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            self._link.push("".join(waiting).encode("utf-8", "surrogateescape"))

    def _hear(self) -> None:
        """The answer of the oldest command under way."""
        number, ending = self._under_way.popleft()
        while True:
            told = self._link.line()
            answer = ending.read(told)
            if answer is None:
                if not told.startswith(REASON):
                    print(told)
            elif answer.error is None:
                self.done += number > 0
                return
            else:
                self.refused += 1
                place = f"{self._name}:{number}" if number else self._name
                print(f"{place}: {answer.error or 'refused'}", file=sys.stderr)
                return


def numbered(lines: Iterable[str]) -> Iterator[Numbered]:
    """The commands among the lines: no blank ones, no remarks."""
    for number, line in enumerate(lines, 1):
        command = line.strip()
        if command and not command.startswith("#"):
            yield number, command


def wrapped(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """All of them as one batch."""
    yield 0, BEGIN
    yield from lines
    yield 0, COMMIT


def main(words: list[str]) -> int:
    """0 when all commands were carried out, else 1."""
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Give the commands of a file to the running daemon.")
    parser.add_argument("file", metavar="FILE", help="a command on each line, # for remarks; - for the standard input")
    parser.add_argument("--stop", action="store_true", help="end at the first command that is refused")
    parser.add_argument("--batch", action="store_true", help="all together or none: as one batch")
    reach(parser)
    found = parser.parse_args(words)
    try:
        with open(0 if found.file == "-" else found.file, encoding="utf-8", errors="surrogateescape") as stream:
            player = Player(connect(ways(found)), found.file, found.stop)
            lines = numbered(stream)
            return play(player, wrapped(lines) if found.batch else lines, found.batch)
    except OSError as error:
        print(f"{PROGRAM}: {found.file}: {error.strerror or error}", file=sys.stderr)
    except BgptwistError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
    return 1


def play(player: Player, lines: Iterable[Numbered], together: bool = False) -> int:
    """Play and say how it went."""
    status = 0
    try:
        player.play(lines)
    except Gone:
        print(f"{PROGRAM}: the daemon hung up", file=sys.stderr)
        status = 1
    except Silence:
        print(f"{PROGRAM}: the daemon has not answered in time", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        status = 130
    if together and (status or player.refused):
        print("nothing was changed")
    else:
        print(f"{player.done} carried out, {player.refused} refused")
    return status or int(player.refused > 0)
