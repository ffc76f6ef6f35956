"""The other end of the daemon's socket and pipes: say a line, read the answer.  For programs that may wait."""

import errno
import json
import os
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bgptwist.net.rendezvous import meeting, pipe_folders, pipes
from bgptwist.settings.environment import load
from bgptwist.settings.model import Environment
from bgptwist.wire.errors import Refused

DONE: Final = "done"
ERROR: Final = "error"
REASON: Final = "error: "
OBJECT: Final = '{ "answer": "'
"""How the answers of a conversation in JSON begin."""

LAST: Final = frozenset({DONE, "shutdown"})
SILENT: Final = ("silence-ack", "session ack silence")
"""Commands that are not answered, nor are those that follow."""

STALE: Final = 1.5
"""Seconds at most for which a pipe is emptied of what others did not read."""

OPENING: Final = 5.0
"""Seconds for the daemon to open its side of a pipe."""

DRY: Final = 0.05
"""Seconds after which a pipe is taken to be empty."""


class Silence(Exception):
    """The daemon says nothing for as long as it was given."""


class Gone(Exception):
    """The daemon closed the connection."""


class Answer:
    """How a command ended: `error` is None when it was carried out, else the reason, which may be ''."""

    def __init__(self, error: str | None = None) -> None:
        self.error = error


class Ending:
    """Tells the end of an answer from its data lines, for a line that may have an identifier (`@ID COMMAND`)."""

    def __init__(self, line: str = "") -> None:
        first = line.split(None, 1)[:1]
        self._prefix = f"{first[0]} " if first and first[0].startswith("@") else ""
        self._reason = ""

    def read(self, told: str) -> Answer | None:
        """How it ended, None for a line before the end."""
        if told.startswith(OBJECT):
            return of_object(told)
        if self._prefix and told.startswith(self._prefix):
            told = told.removeprefix(self._prefix)
            if told.startswith(REASON):
                return Answer(told.removeprefix(REASON))
            return Answer() if told == DONE or told.startswith(f"{DONE} announced ") else None
        if told.startswith(REASON):
            self._reason = told.removeprefix(REASON)
        if told == ERROR:
            return Answer(self._reason)
        return Answer() if told in LAST else None


def of_object(told: str) -> Answer | None:
    """How a command ended whose answer is an object."""
    try:
        found = json.loads(told)
    except ValueError:
        return None
    return Answer(str(found.get("message", "")) if found.get("answer") == ERROR else None)


def is_answered(line: str) -> bool:
    """Whether the daemon says anything to a line, as long as nobody asked it not to."""
    return line.strip() not in SILENT and line.split(None, 1)[:1] != ["debug"]


class Link:
    """Lines to a daemon and lines from it.  `timeout` is in seconds of silence, 0 for ever."""

    def __init__(self, reading: int, writing: int, timeout: float = 0.0) -> None:
        self.timeout = timeout
        self._reading = reading
        self._writing = writing
        self._rest = b""
        self._lines: deque[str] = deque()
        for number in (reading, writing):
            os.set_blocking(number, False)

    def fileno(self) -> int:
        """The number of the file to read from."""
        return self._reading

    def say(self, line: str) -> None:
        """Write one line; Gone when nobody takes it."""
        self.push(line.encode("utf-8", "surrogateescape") + b"\n")

    def push(self, data: bytes) -> None:
        """Write octets; answers that come meanwhile are kept, so that neither side waits for the other."""
        while data:
            ready, writable, _ = select.select([self._reading], [self._writing], [])
            if ready:
                self.take(0)
            try:
                data = data[os.write(self._writing, data) :] if writable else data
            except BlockingIOError:
                continue
            except OSError as error:
                raise Gone(error.strerror) from None

    def line(self) -> str:
        """The next line; Silence or Gone when there is none."""
        while not self._lines:
            self.take(self.timeout or None)
        return self._lines.popleft()

    def take(self, timeout: float | None) -> None:
        """Read what is there, or wait for it."""
        ready, _, _ = select.select([self._reading], [], [], timeout)
        if not ready:
            raise Silence
        try:
            data = os.read(self._reading, 1 << 16)
        except BlockingIOError:
            return
        except OSError as error:
            raise Gone(error.strerror) from None
        if not data:
            raise Gone
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += [line.decode("utf-8", "backslashreplace") for line in lines]

    @property
    def has_lines(self) -> bool:
        """Whether a line can be had without waiting for octets."""
        return bool(self._lines)

    def ask(self, line: str) -> Iterator[str | Answer]:
        """Say a line; its data lines, and at last how it ended."""
        self.say(line)
        if not is_answered(line):
            yield Answer()
            return
        ending = Ending(line)
        while True:
            told = self.line()
            answer = ending.read(told)
            if answer is not None:
                yield answer
                return
            if not told.startswith(REASON):
                yield told

    def close(self) -> None:
        """Hang up."""
        for number in {self._reading, self._writing}:
            os.close(number)


def through_socket(path: Path, timeout: float = 0.0) -> Link:
    """A connection to the socket of a daemon; Refused says why there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(os.fspath(path))
    except OSError as error:
        connection.close()
        raise Refused(f"{path}: {error.strerror or error}") from None
    number = connection.detach()
    return Link(number, number, timeout)


def through_pipes(pair: tuple[Path, Path], timeout: float) -> Link:
    """A pair of named pipes with a daemon behind them, emptied of old answers; Refused when nobody is there."""
    try:
        reading = os.open(pair[1], os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Refused(f"{pair[1]}: {error.strerror}") from None
    deadline = time.monotonic() + OPENING
    while True:
        try:
            writing = os.open(pair[0], os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            break
        except OSError as error:
            if time.monotonic() > deadline or error.errno != errno.ENXIO:
                os.close(reading)
                raise Refused(f"{pair[0]}: no daemon reads it ({error.strerror})") from None
        time.sleep(0.1)
    deadline = time.monotonic() + STALE
    while time.monotonic() < deadline and select.select([reading], [], [], DRY)[0]:
        try:
            if not os.read(reading, 1 << 16):
                break
        except BlockingIOError:
            break
    return Link(reading, writing, timeout)


class Ways:
    """How a daemon may be reached, as the command line says it; '' where it does not."""

    def __init__(self, socket: str = "", pipename: str = "", root: str = "", timeout: float = 0.0) -> None:
        self.socket = socket
        self.pipename = pipename
        self.root = root
        self.timeout = timeout


def connect(ways: Ways, variables: Mapping[str, str] = os.environ) -> Link:
    """Reach the daemon: at the socket or pipes that were named, else at the socket, else at the pipes.

    Refused says in one line what is missing.
    """
    if ways.root:
        variables = {**variables, "EXABGP_ROOT": ways.root}
    environment, _ = load(variables)
    root = variables.get("EXABGP_ROOT", "")
    if ways.socket:
        return through_socket(Path(ways.socket), ways.timeout)
    folders = pipe_folders(root, environment.cli_pipe or "")
    if ways.pipename:
        return by_name(ways.pipename, folders, ways.timeout)
    place = meeting(variables, environment.api_socketname, environment.api_socketpath or environment.cli_socket or "")
    live = place.live()
    if len(live) > 1:
        raise Refused(f"several daemons run, choose one with --socket: {' '.join(map(str, live))}")
    if live:
        return through_socket(live[0], ways.timeout)
    if pipes(environment.api_pipename, folders) is not None:
        return by_name(environment.api_pipename, folders, ways.timeout)
    raise Refused(missing(environment, place.folders(), place.fixed()))


def by_name(name: str, folders: list[Path], timeout: float) -> Link:
    """The named pipes of that name."""
    pair = pipes(name, folders)
    if pair is None:
        raise Refused(f"there are no pipes {name}.in and {name}.out in any of {' '.join(map(str, folders))}")
    return through_pipes(pair, timeout or OPENING)


def missing(environment: Environment, folders: list[Path], fixed: Path | None) -> str:
    """Where nobody was found."""
    if fixed is not None:
        return f"no daemon takes commands at {fixed}"
    places = " ".join(map(str, folders))
    return f"no daemon takes commands: there is no {environment.api_socketname}.sock in any of {places}"


def is_open(link: Link) -> bool:
    """Whether the daemon still holds the other end."""
    poll = select.poll()
    poll.register(link.fileno(), select.POLLRDHUP)
    return not any(state & (select.POLLHUP | select.POLLERR | select.POLLRDHUP) for _, state in poll.poll(0))
