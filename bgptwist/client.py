"""For those who write helpers in Python: commands with their answers and events as objects, with asyncio or without.

Stands alone: nothing but the standard library, and nothing of bgptwist, so that the file can be copied.
`Conversation` knows which answer belongs to which command and does no input or output; `Helper` waits with `poll`,
`AsyncHelper` with asyncio.  Neither changes the mode of the descriptors, so `print` to standard error goes on to work.
"""

import asyncio
import json
import os
import select
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

LONGEST: Final = 1 << 20
"""The octets that a command may have."""

BACKLOG: Final = 1 << 16
"""The octets of commands that wait to be written before a batch takes more lines."""

EVENTS: Final = 10_000
"""The events that wait for their reader before the oldest are dropped."""

IDENTIFIER: Final = 64
"""The characters that an identifier may have."""

COUNTS: Final = ("announced", "withdrawn", "rejected")

ACKS: Final = {"enable-ack": "enable", "disable-ack": "disable", "silence-ack": "silence"}
"""The commands of version 4 about answers; in version 6 they are `session ack WORD`."""


class CommandRefused(Exception):
    """A command was answered `error`; `line` is the command, `reason` is '' unless the daemon tells reasons."""

    def __init__(self, line: str, reason: str = "") -> None:
        super().__init__(f"{line}: {reason or 'refused, the log of the daemon says why'}")
        self.line = line
        self.reason = reason


class DaemonGone(Exception):
    """The daemon stops, or has closed the pipe: there will be no answer."""


class Reported(NamedTuple):
    """A route of an update: `nlri` is the object of the event; `next_hop` is '' when it is withdrawn."""

    family: str
    nlri: dict[str, Any]
    next_hop: str = ""

    @property
    def prefix(self) -> str:
        """`192.0.2.0/24`; '' for families whose routes are no prefixes."""
        return str(self.nlri.get("nlri", ""))


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its type, the address of the peer ('' without one), its member `neighbor`, and all of it."""

    type: str
    peer: str
    neighbor: dict[str, Any]
    raw: dict[str, Any]

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of an update, by name; none in other events."""
        return _table(self._update(), "attribute")

    def announced(self) -> list[Reported]:
        """The routes that an update announces; none in other events."""
        return [
            Reported(family, _nlri(route), next_hop)
            for family, next_hops in _table(self._update(), "announce").items()
            for next_hop, routes in next_hops.items()
            for route in routes
        ]

    def withdrawn(self) -> list[Reported]:
        """The routes that an update withdraws; none in other events."""
        withdrawn = _table(self._update(), "withdraw")
        return [Reported(family, _nlri(route)) for family, routes in withdrawn.items() for route in routes]

    def _update(self) -> dict[str, Any]:
        return _table(_table(self.neighbor, "message"), "update")


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    """A member that is an object; an empty one when it is missing or something else."""
    member = table.get(name)
    return member if isinstance(member, dict) else {}


def _nlri(route: Any) -> dict[str, Any]:
    """A route as an object, also with `api.compact`."""
    return route if isinstance(route, dict) else {"nlri": route}


def _event(line: str) -> Event | None:
    """The event on a line; None for data lines, which may be JSON, too."""
    if not line.startswith("{"):
        return None
    try:
        raw = json.loads(line)
    except ValueError:
        return None
    if not isinstance(raw, dict) or "exabgp" not in raw or "type" not in raw:
        return None
    neighbor = _table(raw, "neighbor")
    return Event(str(raw["type"]), str(_table(neighbor, "address").get("peer", "")), neighbor, raw)


@dataclass(slots=True, eq=False)
class Answer:
    """What became of a command: `accepted` is None until it is known; `data` are the lines before `done`.

    `counts` are the routes announced and withdrawn and the lines rejected, where the command has an `identifier`.
    """

    line: str
    accepted: bool | None = None
    data: list[str] = field(default_factory=list)
    reason: str = ""
    identifier: str = ""
    counts: dict[str, int] = field(default_factory=dict)


class Conversation:
    """Commands and octets go in, answers, events and octets come out.

    `outgoing` is what is to be written: those who write delete what they wrote.  `events` are those nobody took yet;
    when there are `limit` of them the oldest are dropped and counted in `dropped`.  `finished`: the daemon stops or is
    gone.  `ended`: it says nothing any more, and nothing is written.
    """

    def __init__(self, answers: bool = True, limit: int = EVENTS, identifiers: bool = False) -> None:
        """`answers`: what `api.ack` is; false when the daemon says neither `done` nor `error`.

        `identifiers`: number the commands, so that each is answered in any case and with its reason (not for ExaBGP).
        """
        self.answers = answers
        self.identifiers = identifiers
        self.outgoing = bytearray()
        self.events: deque[Event] = deque()
        self.dropped = 0
        self.finished = False
        self.ended = False
        self._limit = limit
        self._waiting: deque[Answer] = deque()
        self._identified: dict[str, Answer] = {}
        self._number = 0
        self._incoming = bytearray()

    def say(self, line: str) -> Answer:
        """Take a command; its answer is settled by `feed`, or at once where none will come.

        ValueError for what would not be one command: an empty line, several, a long one, or one that is not ASCII.
        DaemonGone when the daemon stops.  A line may begin with an identifier of its own: `@ID COMMAND`.
        """
        text = line.strip()
        if not text or "\n" in line or not line.isascii() or len(line) > LONGEST - 20:
            raise ValueError(f"not a command of one line in ASCII: {line[:60]!r}")
        if self.finished:
            raise DaemonGone
        answer = Answer(line)
        if text.startswith("@"):
            answer.identifier, _, text = text[1:].partition(" ")
            text = text.lstrip()
            if not 0 < len(answer.identifier) <= IDENTIFIER or not text or answer.identifier in self._identified:
                raise ValueError(f"not an identifier of its own before a command: {line[:60]!r}")
        elif self.identifiers:
            self._number += 1
            answer.identifier = str(self._number)
            line = f"@{answer.identifier} {line}"
        self.outgoing += line.encode("ascii") + b"\n"
        return self._expect(answer, text)

    def _expect(self, answer: Answer, text: str) -> Answer:
        """Wait for the answer to a command, if it will have one."""
        words = text.split(None, 3)
        if answer.identifier:
            self._identified[answer.identifier] = answer
        elif text == "debug" or text.startswith("debug "):
            answer.accepted = True
            return answer
        change = ACKS.get(words[0]) or (words[2] if words[:2] == ["session", "ack"] and len(words) > 2 else "")
        if change in ("enable", "disable"):
            self.answers = True
        elif change == "silence":
            self.answers = False
        if self.answers or answer.identifier:
            self._waiting.append(answer)
        else:
            answer.accepted = True
        if change == "disable":
            self.answers = False
        return answer

    def feed(self, octets: bytes) -> None:
        """What the daemon said; empty when it has closed the pipe."""
        if not octets:
            self.finished = self.ended = True
            self.outgoing.clear()
            return
        start = len(self._incoming)
        self._incoming += octets
        end = self._incoming.rfind(b"\n", start)
        if end < 0:
            return
        lines = self._incoming[:end].decode("ascii", "replace").split("\n")
        del self._incoming[: end + 1]
        for line in lines:
            self._hear(line.strip())

    def _hear(self, line: str) -> None:
        if line in ("done", "error"):
            answer = next((each for each in self._waiting if not each.identifier), None)
            if answer is not None:
                self._settle(answer, line == "done")
            return
        if line[:1] in ("@", "{") and self._hear_answer(line):
            return
        event = _event(line)
        if event is None:
            if line and self._waiting:
                self._waiting[0].data.append(line)
        elif event.type == "notification" and event.raw.get("notification") == "shutdown":
            self.finished = True
        else:
            if len(self.events) >= self._limit:
                self.events.popleft()
                self.dropped += 1
            self.events.append(event)

    def _hear_answer(self, line: str) -> bool:
        """Take what begins with an identifier, or is an answer as JSON; False when it is neither."""
        if line.startswith("@"):
            identifier, _, rest = line[1:].partition(" ")
            answer = self._identified.get(identifier)
            if answer is None:
                return False
            word, _, more = rest.partition(" ")
            if word == "done":
                numbers = more.split()
                answer.counts = {name: int(number) for name, number in zip(numbers[::2], numbers[1::2], strict=False)}
                self._settle(answer, True)
            elif word == "error:":
                self._settle(answer, False, more)
            else:
                answer.data.append(rest)
            return True
        if not line.startswith('{ "answer": '):
            return False
        told = json.loads(line)
        known = self._identified.get(str(told.get("id", "")))
        answer = known or next((each for each in self._waiting if not each.identifier), None)
        if answer is not None:
            answer.counts = {name: told[name] for name in COUNTS if name in told}
            accepted = told["answer"] == "done"
            self._settle(answer, accepted, "" if accepted else str(told.get("message", "")))
        return True

    def _settle(self, answer: Answer, accepted: bool, reason: str = "") -> None:
        self._waiting.remove(answer)
        self._identified.pop(answer.identifier, None)
        answer.reason = reason
        if not accepted and not reason and answer.data and answer.data[-1].startswith("error: "):
            answer.reason = answer.data.pop().removeprefix("error: ")
        answer.accepted = accepted

    def result(self, answer: Answer) -> bool | None:
        """Whether a command was carried out, None while that is not known; DaemonGone when it never will be."""
        if answer.accepted is None and self.ended:
            raise DaemonGone
        return answer.accepted

    def read(self, descriptor: int) -> None:
        """Feed what waits at a descriptor that is ready."""
        self.feed(os.read(descriptor, 1 << 16))

    def write(self, descriptor: int) -> None:
        """Write as much as a descriptor that is ready takes without making us wait."""
        try:
            del self.outgoing[: os.write(descriptor, self.outgoing[: select.PIPE_BUF])]
        except BrokenPipeError:
            self.feed(b"")


def _command(verb: str, words: tuple[object, ...], neighbor: str, owner: str, ttl: float = 0.0) -> str:
    line = " ".join([verb, *map(str, words)])
    if ttl:
        line += f" ttl {ttl:.3f}"
    if owner:
        line += f" owner {owner}"
    return f"neighbor {neighbor} {line}" if neighbor else line


def _data(answer: Answer) -> list[str]:
    """The data lines of a settled answer; CommandRefused."""
    if not answer.accepted:
        raise CommandRefused(answer.line, answer.reason)
    return answer.data


class Helper:
    """A helper that waits: every method returns when the daemon has answered.

    All of them raise ValueError for what is not one line of ASCII, and DaemonGone when the daemon stops.
    """

    def __init__(
        self,
        reader: int = 0,
        writer: int = 1,
        answers: bool = True,
        limit: int = EVENTS,
        identifiers: bool = False,
    ) -> None:
        """The descriptors of the pipes; `answers` is false where `api.ack` is: then everything counts as done.

        `identifiers`: number the commands: each is answered in any case, and with its reason; not for ExaBGP.
        """
        self.conversation = Conversation(answers, limit, identifiers)
        self._reader = reader
        self._writer = writer

    def announce(self, *words: object, neighbor: str = "", owner: str = "", ttl: float = 0.0) -> bool:
        """`announce("route", prefix, "next-hop self")`: whether it was accepted."""
        return self.command(_command("announce", words, neighbor, owner, ttl))

    def withdraw(self, *words: object, neighbor: str = "", owner: str = "") -> bool:
        """`withdraw("route", prefix)`: whether it was accepted."""
        return self.command(_command("withdraw", words, neighbor, owner))

    def command(self, line: str) -> bool:
        """Say any command: whether it was carried out."""
        return self._wait(self.conversation.say(line))

    def ask(self, line: str) -> list[str]:
        """Say a command: its data lines; CommandRefused.  Without answers nobody knows where they end: ValueError."""
        if not (self.conversation.answers or self.conversation.identifiers):
            raise ValueError("answers are switched off")
        answer = self.conversation.say(line)
        self._wait(answer)
        return _data(answer)

    def batch(self, lines: Iterable[str]) -> list[bool]:
        """Say many commands without waiting for each: which of them were carried out, in their order."""
        answers = []
        for line in lines:
            answers.append(self.conversation.say(line))
            while len(self.conversation.outgoing) > BACKLOG:
                self._turn(None)
        return [self._wait(answer) for answer in answers]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A block whose routes are announced and withdrawn together at its end, or not at all.

        CommandRefused says which lines were wrong; an exception in the block forgets them.  Not for ExaBGP.
        """
        self.ask("batch begin")
        try:
            yield
        except BaseException:
            if not self.finished:
                self.command("batch abort")
            raise
        self.ask("@commit batch commit")

    def events(self) -> Iterator[Event]:
        """The events as they come; ends when the daemon stops."""
        while (event := self.event()) is not None:
            yield event

    def event(self, timeout: float | None = None) -> Event | None:
        """The next event; None when `timeout` seconds went by, or when the daemon stops (see `finished`)."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self.conversation.events and not self.conversation.finished:
            left = None if until is None else max(0.0, until - time.monotonic())
            self._turn(left)
            if left == 0.0:
                break
        return self.conversation.events.popleft() if self.conversation.events else None

    @property
    def finished(self) -> bool:
        """Whether the daemon stops or is gone."""
        return self.conversation.finished

    def _wait(self, answer: Answer) -> bool:
        while self.conversation.outgoing:
            self._turn(None)
        while (accepted := self.conversation.result(answer)) is None:
            self._turn(None)
        return accepted

    def _turn(self, timeout: float | None) -> None:
        """Read and write once what can be, after at most `timeout` seconds."""
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        if self.conversation.outgoing:
            poll.register(self._writer, select.POLLOUT)
        for descriptor, _ in poll.poll(None if timeout is None else timeout * 1000):
            if descriptor == self._reader:
                self.conversation.read(descriptor)
            else:
                self.conversation.write(descriptor)


class AsyncHelper:
    """The same with asyncio: `async with AsyncHelper() as helper`; any number of tasks may say commands.

    A task that is cancelled while it waits leaves its answer behind, and no other task gets it.
    """

    def __init__(
        self,
        reader: int = 0,
        writer: int = 1,
        answers: bool = True,
        limit: int = EVENTS,
        identifiers: bool = False,
    ) -> None:
        """As for `Helper`."""
        self.conversation = Conversation(answers, limit, identifiers)
        self._reader = reader
        self._writer = writer
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().add_reader(self._reader, self._readable)
        return self

    async def __aexit__(self, *error: object) -> None:
        asyncio.get_running_loop().remove_reader(self._reader)
        asyncio.get_running_loop().remove_writer(self._writer)

    async def announce(self, *words: object, neighbor: str = "", owner: str = "", ttl: float = 0.0) -> bool:
        """`await announce("route", prefix, "next-hop self")`: whether it was accepted."""
        return await self.command(_command("announce", words, neighbor, owner, ttl))

    async def withdraw(self, *words: object, neighbor: str = "", owner: str = "") -> bool:
        """`await withdraw("route", prefix)`: whether it was accepted."""
        return await self.command(_command("withdraw", words, neighbor, owner))

    async def command(self, line: str) -> bool:
        """Say any command: whether it was carried out."""
        return await self._wait(self._say(line))

    async def ask(self, line: str) -> list[str]:
        """Say a command: its data lines; CommandRefused, and ValueError without answers."""
        if not (self.conversation.answers or self.conversation.identifiers):
            raise ValueError("answers are switched off")
        answer = self._say(line)
        await self._wait(answer)
        return _data(answer)

    async def batch(self, lines: Iterable[str]) -> list[bool]:
        """Say many commands without waiting for each: which of them were carried out, in their order."""
        answers = []
        for line in lines:
            answers.append(self._say(line))
            while len(self.conversation.outgoing) > BACKLOG:
                await self._news.wait()
        return [await self._wait(answer) for answer in answers]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """`async with helper.transaction():` as with `Helper`."""
        await self.ask("batch begin")
        try:
            yield
        except BaseException:
            if not self.finished:
                await self.command("batch abort")
            raise
        await self.ask("@commit batch commit")

    async def events(self) -> AsyncIterator[Event]:
        """The events as they come; ends when the daemon stops."""
        while True:
            while self.conversation.events:
                yield self.conversation.events.popleft()
            if self.conversation.finished:
                return
            await self._news.wait()

    @property
    def finished(self) -> bool:
        """Whether the daemon stops or is gone."""
        return self.conversation.finished

    def _say(self, line: str) -> Answer:
        answer = self.conversation.say(line)
        asyncio.get_running_loop().add_writer(self._writer, self._writable)
        return answer

    async def _wait(self, answer: Answer) -> bool:
        while self.conversation.outgoing:
            await self._news.wait()
        while (accepted := self.conversation.result(answer)) is None:
            await self._news.wait()
        return accepted

    def _readable(self) -> None:
        self.conversation.read(self._reader)
        self._tell()

    def _writable(self) -> None:
        self.conversation.write(self._writer)
        self._tell()

    def _tell(self) -> None:
        """Wake all who wait, and stop watching what needs no watching."""
        loop = asyncio.get_running_loop()
        if self.conversation.ended:
            loop.remove_reader(self._reader)
        if not self.conversation.outgoing:
            loop.remove_writer(self._writer)
        self._news.set()
        self._news = asyncio.Event()
