"""Named pipes for commands: real ones, in a folder of the test."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor as real_reactor
from twisted.internet.task import Clock, deferLater
from twisted.trial.unittest import TestCase

from bgptwist.net.backlog import Limits
from bgptwist.net.pipes import PATIENCE, CommandPipes, PipeTalk
from tests.api.stage import Stage

reactor: Any = real_reactor


class PipeTests(TestCase):
    timeout = 30

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="b"))
        self.pair = self.folder / "exabgp.in", self.folder / "exabgp.out"
        self.stage = Stage()
        self.service = CommandPipes(reactor, self.stage.dispatcher, "exabgp", [self.folder])
        self.numbers: list[int] = []

    def tearDown(self) -> None:
        if self.service.running:
            self.service.stopService()
        for number in self.numbers:
            os.close(number)
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()

    def serve(self) -> None:
        for path in self.pair:
            os.mkfifo(path, 0o600)
        self.service.privilegedStartService()
        self.service.startService()

    def say(self, text: str) -> None:
        """Write as a shell does: open, write, close."""
        number = os.open(self.pair[0], os.O_WRONLY)
        os.write(number, text.encode())
        os.close(number)

    async def read(self, size: int) -> bytes:
        """At least so many octets of the answers."""
        number = os.open(self.pair[1], os.O_RDONLY | os.O_NONBLOCK)
        self.numbers.append(number)
        found = b""

        def enough() -> bool:
            nonlocal found
            try:
                found += os.read(number, 1 << 16)
            except BlockingIOError:
                pass
            return len(found) >= size

        await self.until(enough)
        return found

    async def until(self, true: Callable[[], object]) -> None:
        for _ in range(1000):
            if true():
                return
            await deferLater(reactor, 0.01)
        self.fail("it did not happen")

    def test_without_pipes_nothing_happens(self) -> None:
        self.service.startService()
        self.assertIsNone(self.service.talk)

    async def test_writers_come_and_go_and_each_is_answered(self) -> None:
        self.serve()
        for _ in range(3):
            self.say("version\n")
            self.assertEqual(await self.read(20), b"bgptwist 0.1.0\ndone\n")

    async def test_every_neighbor_may_be_commanded(self) -> None:
        self.serve()
        self.say("announce route 10.0.0.0/24 next-hop 1.1.1.1\nbogus\n")
        self.assertEqual(await self.read(11), b"done\nerror\n")
        self.assertEqual(self.stage.routes(), ["10.0.0.0/24"])

    async def test_a_pipe_that_may_not_be_opened_is_no_reason_to_end(self) -> None:
        os.mkfifo(self.pair[0])
        os.mkfifo(self.pair[1])
        self.service._folders = [self.folder]
        self.pair[1].unlink()
        self.pair[1].symlink_to(self.folder / "none")
        self.service.startService()
        self.assertIsNone(self.service.talk)

    async def test_a_long_answer_waits_for_the_reader(self) -> None:
        routes = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1" for n in range(5000)]
        self.stage.say("silence-ack", *routes)
        self.serve()
        self.say("show adj-rib out\n")
        talk = self.service.talk
        assert talk is not None
        await self.until(lambda: talk.is_behind)
        self.assertLess(talk.answers.size, 1 << 17)
        found = b""
        while not found.endswith(b"done\n"):
            found += await self.read(1)
        self.assertEqual(found.count(b"\n"), 2 * 5000 + 1)

    async def test_answers_that_nobody_reads_are_thrown_away_after_a_while(self) -> None:
        routes = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1" for n in range(5000)]
        self.stage.say("silence-ack", *routes)
        for path in self.pair:
            os.mkfifo(path, 0o600)
        clock = Deputy()
        talk = PipeTalk(clock, self.stage.dispatcher, Limits(), self.pair)
        talk.heard(b"show adj-rib out\n")
        while not talk.is_behind:
            clock.advance(0)
        for _ in range(3):
            clock.advance(PATIENCE)
        talk._answers.doWrite()
        clock.advance(0)
        self.assertFalse(talk.is_behind)
        talk.heard(b"version\n")
        clock.advance(0)
        self.assertEqual(await self.read(20), b"bgptwist 0.1.0\ndone\n")
        talk.close()


class Deputy(Clock):
    """A clock that can be asked to look at files, and does not."""

    def addReader(self, reader: object) -> None: ...

    def addWriter(self, writer: object) -> None: ...

    def removeReader(self, reader: object) -> None: ...

    def removeWriter(self, writer: object) -> None: ...
