"""Helper programs: pure parts by themselves, the protocol on pipes made of lists, the rest with real processes."""

import os
import sys
from collections.abc import Callable
from signal import SIGKILL
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet import reactor as real_reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone
from twisted.internet.interfaces import IPushProducer
from twisted.internet.task import Clock, deferLater
from twisted.logger import globalLogPublisher
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.interfaces import ICaller
from bgptwist.net.backlog import Answers, Events, Limits
from bgptwist.net.helper import HelperProtocol
from bgptwist.net.keeper import RESTARTS, Helpers, Patience
from bgptwist.net.talk import CHUNK, TURN, Splitter
from bgptwist.settings.model import HelperSettings
from tests.api.stage import NEIGHBORS, Stage

reactor: Any = real_reactor
NEVER_READ = Limits(lines=50, octets=20_000, answers=1000)


class SplitterTests(SynchronousTestCase):
    """Octets into lines."""

    def test_lines_are_cut_wherever_the_octets_are(self) -> None:
        splitter = Splitter()
        found = [splitter.feed(data) for data in (b"one\ntw", b"", b"o", b"\n\nthree\n", b"rest")]
        self.assertEqual(found, [["one"], [], [], ["two", "", "three"], []])

    def test_octets_that_are_no_ascii_are_escaped(self) -> None:
        self.assertEqual(Splitter().feed(b"a \xc3\xa9\nb\n"), ["a \\xc3\\xa9", "b"])

    def test_a_line_too_long_is_told_apart_and_the_next_one_is_read(self) -> None:
        splitter = Splitter(10)
        self.assertEqual(splitter.feed(b"x" * 8), [])
        self.assertEqual(splitter.feed(b"x" * 8), [])
        self.assertEqual(splitter.feed(b"x" * 1000), [])
        self.assertEqual(splitter.feed(b"x\nnext\n"), [None, "next"])

    @given(st.lists(st.binary(max_size=20), max_size=20))
    def test_random_octets_give_the_lines_there_are(self, parts: list[bytes]) -> None:
        splitter = Splitter()
        found = [line for part in parts for line in splitter.feed(part)]
        self.assertEqual(len(found), b"".join(parts).count(b"\n"))
        self.assertTrue(all(line is not None and line.isascii() for line in found))


class QueueTests(SynchronousTestCase):
    """What waits for a helper that does not read."""

    def test_the_same_answer_a_hundred_thousand_times_takes_the_room_of_one(self) -> None:
        answers = Answers()
        for _ in range(100_000):
            answers.add("done")
        answers.add("error")
        self.assertEqual((len(answers), answers.size), (100_001, 11))
        taken: list[str] = []
        while lines := answers.take(CHUNK):
            self.assertLess(sum(map(len, lines)), CHUNK + 10)
            taken += lines
        self.assertEqual(taken, ["done"] * 100_000 + ["error"])
        self.assertEqual((len(answers), answers.size), (0, 0))

    def test_the_oldest_events_are_dropped_and_counted(self) -> None:
        events = Events(Limits(lines=3))
        for number in range(10):
            events.add(str(number))
        self.assertEqual((events.dropped, events.take(100)), (7, ["7", "8", "9"]))
        self.assertEqual(events.size, 0)

    def test_octets_count_too(self) -> None:
        events = Events(Limits(octets=20))
        for number in range(10):
            events.add(f"{number:09}")
        self.assertEqual(len(events), 2)

    def test_one_event_is_always_kept(self) -> None:
        events = Events(Limits(octets=20))
        events.add("x" * 1000)
        self.assertEqual(len(events), 1)


class FakePipe:
    """A pipe that takes `room` octets and remembers them; `reading` is what a reader was asked."""

    def __init__(self, room: int = 1 << 30) -> None:
        self.room = room
        self.taken = b""
        self.waiting = b""
        self.connected = True
        self.disconnecting = False
        self.reading = True
        self.producer: Any = None
        self.paused = False

    def fileno(self) -> int:
        raise OSError("no file")

    def registerProducer(self, producer: object, streaming: bool) -> None:
        self.producer = producer

    def write(self, data: bytes) -> None:
        self.waiting += data
        if len(self.waiting) > CHUNK and not self.paused:
            self.paused = True
            self.producer.pauseProducing()

    def doWrite(self) -> None:
        size = min(self.room, len(self.waiting))
        self.taken += self.waiting[:size]
        self.waiting = self.waiting[size:]
        self.room -= size
        if not self.waiting and self.paused:
            self.paused = False
            self.producer.resumeProducing()

    def pauseProducing(self) -> None:
        self.reading = False

    def resumeProducing(self) -> None:
        self.reading = True

    def read(self, size: int = 1 << 30) -> None:
        """The other side reads: there is room for that much more."""
        self.room += size
        self.doWrite()


class FakeTransport:
    """The pipes of a process that is none."""

    def __init__(self, room: int) -> None:
        self.pipes = {0: FakePipe(room), 1: FakePipe(), 2: FakePipe()}


class ProtocolTests(SynchronousTestCase):
    """The protocol on pipes made of lists."""

    def helper(self, room: int = 1 << 30, limits: Limits | None = None) -> HelperProtocol:
        self.stage = Stage()
        self.clock = Clock()
        protocol = HelperProtocol("h", "text", self.stage.dispatcher, self.clock, limits or Limits())
        transport: Any = FakeTransport(room)
        self.stdin: FakePipe = transport.pipes[0]
        self.stdout: FakePipe = transport.pipes[1]
        protocol.makeConnection(transport)
        self.behind: list[bool] = []
        protocol.on_behind = self.behind.append
        return protocol

    def settle(self) -> None:
        for _ in range(200):
            self.clock.advance(0)

    def told(self) -> list[str]:
        self.settle()
        return self.stdin.taken.decode().split("\n")[:-1]

    def test_it_provides_its_interfaces(self) -> None:
        protocol = self.helper()
        self.assertTrue(verifyObject(ICaller, protocol))
        self.assertTrue(verifyObject(IPushProducer, protocol))

    def test_answers_of_one_turn_leave_together_and_in_order(self) -> None:
        protocol = self.helper()
        protocol.childDataReceived(1, b"version\nbogus\n#\n")
        self.assertEqual(self.stdin.taken, b"")
        self.assertEqual(self.told(), ["bgptwist 0.1.0", "done", "error", "done"])

    def test_everybody_gets_a_turn(self) -> None:
        protocol = self.helper()
        lines = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1\n" for n in range(2 * TURN + 5)]
        protocol.childDataReceived(1, "".join(lines).encode())
        self.assertEqual(len(self.stage.routes()), TURN)
        self.assertFalse(self.stdout.reading)
        protocol.childDataReceived(1, b"#\n")
        self.assertEqual(len(self.stage.routes()), TURN)
        self.assertEqual(self.told(), ["done"] * (2 * TURN + 6))
        self.assertTrue(self.stdout.reading)

    def test_a_long_line_uses_up_a_turn_sooner(self) -> None:
        protocol = self.helper()
        protocol.childDataReceived(1, (b"#" + b"x" * 400_000 + b"\n") * 3)
        self.assertFalse(self.stdout.reading)
        self.assertEqual(self.told(), ["done"] * 3)

    def test_a_line_too_long_is_an_error_and_the_next_is_carried_out(self) -> None:
        protocol = self.helper()
        for _ in range(3):
            protocol.childDataReceived(1, b"x" * (1 << 19))
        protocol.childDataReceived(1, b"x\n#\n")
        self.assertEqual(self.told(), ["error", "done"])

    def test_a_helper_that_does_not_read_is_behind_and_answers_take_no_room(self) -> None:
        protocol = self.helper(room=0)
        for _ in range(40):
            protocol.childDataReceived(1, b"#\n" * 1900)
            self.settle()
        self.assertTrue(protocol.is_behind)
        self.assertEqual(self.behind, [True])
        self.assertLess(protocol.answers.size, 20)
        self.assertLess(len(self.stdin.waiting), 2 * CHUNK)
        self.assertTrue(self.stdout.reading)
        self.stdin.read()
        self.assertEqual(self.told(), ["done"] * (40 * 1900))
        self.assertEqual(self.behind, [True, False])

    def test_events_are_dropped_and_answers_kept(self) -> None:
        protocol = self.helper(0, NEVER_READ)
        for number in range(1000):
            protocol.send(f"event {number:0500}")
        protocol.childDataReceived(1, b"#\n")
        self.assertLess(protocol.waiting[0], 60)
        self.assertGreater(protocol.events.dropped, 500)
        dropped = protocol.events.dropped
        self.stdin.read()
        told = self.told()
        self.assertEqual(len([line for line in told if line.startswith("event")]), 1000 - dropped)
        self.assertEqual(told[-1], f"event {999:0500}")
        self.assertIn("done", told)
        self.assertEqual(protocol.waiting, (0, 0))

    def test_too_many_answers_stop_the_reading_of_commands(self) -> None:
        protocol = self.helper(0, NEVER_READ)
        for _ in range(100):
            protocol.childDataReceived(1, b"help\nversion\n")
            self.settle()
        self.assertTrue(protocol.is_stuck)
        self.assertFalse(self.stdout.reading)
        self.assertLess(protocol.answers.size, 10_000)
        while self.stdin.waiting or protocol.waiting[0]:
            self.stdin.read(10_000)
            self.settle()
        self.settle()
        self.assertEqual(self.told().count("done"), 200)
        self.assertTrue(self.stdout.reading)

    def dump(self) -> HelperProtocol:
        """A helper that asked for ten thousand routes and then for the version, and does not read."""
        protocol = self.helper(room=0)
        commands = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1" for n in range(2000)]
        self.stage.say("silence-ack", *commands)
        protocol.childDataReceived(1, b"show adj-rib out\nversion\n")
        self.settle()
        return protocol

    def test_a_long_answer_waits_for_the_reader_and_the_next_command_too(self) -> None:
        protocol = self.dump()
        self.assertTrue(protocol.is_behind)
        self.assertLess(protocol.answers.size, CHUNK)
        self.assertLess(len(self.stdin.waiting), 3 * CHUNK)
        while self.stdin.waiting:
            self.stdin.read(50_000)
            self.settle()
        told = self.told()
        self.assertEqual(len(told), 4003)
        self.assertEqual(told[-3:], ["done", "bgptwist 0.1.0", "done"])

    def test_a_long_answer_is_given_up_when_nobody_will_read_it(self) -> None:
        protocol = self.dump()
        protocol.childConnectionLost(0)
        protocol.childDataReceived(1, b"announce route 172.16.0.0/16 next-hop 1.1.1.1\n")
        self.settle()
        self.assertIn("172.16.0.0/16", self.stage.routes())
        self.assertEqual(self.behind, [True, False])

    def test_what_was_said_before_the_end_is_carried_out(self) -> None:
        protocol = self.helper()
        gone: list[bool] = []
        protocol.on_gone = lambda: gone.append(True)
        lines = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1\n" for n in range(2 * TURN)]
        protocol.childDataReceived(1, "".join([*lines, "announce route 172.16.0.0/16 next-hop 1.1"]).encode())
        done = Failure(ProcessDone(0))
        protocol.processExited(done)
        protocol.processEnded(done)
        self.assertEqual(gone, [])
        self.assertEqual(self.told(), [])
        self.assertEqual((len(self.stage.routes()), gone), (2 * TURN, [True]))

    def test_stopping_to_produce_is_the_end_of_answers(self) -> None:
        protocol = self.helper()
        protocol.stopProducing()
        protocol.childDataReceived(1, b"#\n")
        protocol.send("event")
        self.assertEqual(self.told(), [])


HEAD = "import os, sys, time, signal\ndef say(text):\n os.write(1, (text + '\\n').encode())\n"


class ProcessTests(TestCase):
    """Real processes; none of them may be left behind."""

    timeout = 30

    def setUp(self) -> None:
        self.stage = Stage()
        self.subscriptions = Subscriptions(VERSION_5)
        self.helpers: Helpers | None = None
        self.said: list[str] = []
        self.observer: Callable[[Any], None] = lambda event: self.said.append(str(event.get("text", "")))
        globalLogPublisher.addObserver(self.observer)
        self.addCleanup(globalLogPublisher.removeObserver, self.observer)
        self.addCleanup(self.end)

    def end(self) -> Any:
        return self.helpers.stopService() if self.helpers is not None and self.helpers.running else None

    def program(self, source: str, name: str = "h", **settings: Any) -> HelperSettings:
        return HelperSettings(name, (sys.executable, "-S", "-E", "-c", HEAD + source), "text", **settings)

    def start(self, *programs: HelperSettings, **environment: Any) -> Helpers:
        stage = Stage(**environment)
        self.stage = stage
        self.subscriptions.configure(NEIGHBORS, programs)
        patience = Patience(farewell=0.05, grace=0.2, poll=0.01)
        helpers = Helpers(
            reactor, stage.dispatcher, self.subscriptions, stage.environment, lambda: 1.5, patience=patience
        )
        helpers.configure(programs)
        helpers.startService()
        self.helpers = helpers
        return helpers

    async def until(self, true: Callable[[], object]) -> None:
        for _ in range(1000):
            if true():
                return
            await deferLater(reactor, 0.01)
        self.fail(f"it did not happen; logged: {self.stage.logged}")

    def debugged(self) -> list[str]:
        """What helpers reported with `debug`."""
        return [line.split(" debug ", 1)[1] for line in self.stage.logged if " debug " in line]

    def pids(self) -> list[int]:
        """The processes that helpers reported."""
        return [int(word) for line in self.debugged() if line.startswith("pid ") for word in line.split()[1:]]

    def alive(self, pid: int) -> bool:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                return stat.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    async def test_commands_are_carried_out_and_answered(self) -> None:
        self.start(
            self.program("say('announce route 10.0.0.0/24 next-hop 1.1.1.1')\nsay('debug ' + input())\ntime.sleep(60)")
        )
        await self.until(self.debugged)
        self.assertEqual(self.debugged(), ["done"])
        self.assertEqual(self.stage.routes(), ["10.0.0.0/24"])

    async def test_a_helper_finds_the_world_as_exabgp_makes_it(self) -> None:
        self.patch(os, "environ", {**os.environ, "exabgp_cli_pipe": "x", "TERM": "xterm", "MARK": "here"})
        self.start(
            self.program(
                "mask = os.umask(0)\n"
                "say('debug %s %s %s %s %o %s %s' % (os.getcwd(), os.environ.get('TERM'), os.environ.get('MARK'),"
                " 'exabgp_cli_pipe' in os.environ, mask, os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()))\n"
                "say('debug fds ' + ' '.join(sorted(os.listdir('/proc/self/fd'))[:3]))\n"
                "time.sleep(60)"
            )
        )
        await self.until(lambda: len(self.debugged()) == 2)
        self.assertEqual(self.debugged(), ["/ dumb here False 137 True False", "fds 0 1 2"])

    async def test_events_and_the_farewell_arrive(self) -> None:
        helpers = self.start(
            self.program(
                "say('debug ready')\n"
                "for line in sys.stdin:\n"
                " line = line.split()\n"
                " say('debug got ' + ' '.join(line))\n"
                " if line[:1] == ['shutdown']: break\n"
            )
        )
        await self.until(self.debugged)
        protocol = helpers.keepers["h"].protocol
        assert protocol is not None
        protocol.send("neighbor 127.0.0.1 up\n")
        await self.until(lambda: len(self.debugged()) >= 3)
        await helpers.stopService()
        found = self.debugged()
        self.assertEqual(found[1:3], ["got neighbor 127.0.0.1 up", "got"])
        self.assertEqual(found[3], f"got shutdown {os.getpid()} {os.getppid()}")

    async def test_a_helper_that_never_reads_has_all_its_commands_carried_out(self) -> None:
        self.start(
            self.program(
                "text = ''.join('announce route 10.%d.%d.0/24 next-hop 1.1.1.1\\n' % (n >> 8, n & 255)"
                " for n in range(30000))\n"
                "sys.stdout.write(text); sys.stdout.flush()\nsay('debug written')\ntime.sleep(60)"
            )
        )
        await self.until(self.debugged)
        self.assertEqual(len(self.stage.routes()), 30000)

    async def test_a_helper_that_reads_late_gets_the_newest_events_and_every_answer(self) -> None:
        helpers = self.start(
            self.program(
                "say('version')\nsay('debug ready')\ntime.sleep(0.2)\ncount = answers = 0\n"
                "for line in sys.stdin:\n"
                " count += line.startswith('event')\n"
                " answers += line in ('done\\n', 'bgptwist 0.1.0\\n')\n"
                " if line.startswith('event 4999 '): break\n"
                "say('debug got %d %d' % (count, answers))\ntime.sleep(60)"
            )
        )
        await self.until(self.debugged)
        protocol = helpers.keepers["h"].protocol
        assert protocol is not None
        changes: list[bool] = []
        protocol.on_behind = changes.append
        for number in range(5000):
            protocol.send(f"event {number} {'x' * 1000}")
        self.assertTrue(protocol.is_behind)
        self.assertEqual(helpers.behind, ["h"])
        self.assertGreater(helpers.queues()["h"][0], 500)
        await self.until(lambda: len(self.debugged()) == 2)
        self.assertEqual(self.debugged()[1], f"got {5000 - protocol.events.dropped} 2")
        self.assertGreater(protocol.events.dropped, 1000)
        self.assertEqual(changes, [True, False])

    async def test_each_helper_says_how_it_is(self) -> None:
        helpers = self.start(
            self.program("say('debug pid %d' % os.getpid())\ntime.sleep(60)"),
            self.program("pass", "short", respawn=False),
            HelperSettings("nowhere", ("/nowhere/at/all",), "text"),
        )
        await self.until(lambda: helpers.keepers["short"].given_up and helpers.keepers["nowhere"].failed)
        await self.until(self.pids)
        found = {state.name: state for state in helpers.processes()}
        running = found["h"]
        self.assertEqual((running.state, running.process, running.restarts), ("running", self.pids()[0], 0))
        self.assertGreaterEqual(running.lines, 1)
        self.assertEqual((running.answers, running.events, running.dropped), ((0, 0), (0, 0), 0))
        self.assertEqual(running.command[0], sys.executable)
        self.assertEqual((found["short"].state, found["short"].process), ("ended", 0))
        self.assertEqual((found["nowhere"].state, found["nowhere"].restarts), ("given up", RESTARTS))
        protocol = helpers.keepers["h"].protocol
        assert protocol is not None
        for number in range(5000):
            protocol.send(f"event {number} {'x' * 1000}")
        (behind,) = [state for state in helpers.processes() if state.name == "h"]
        self.assertEqual(behind.state, "behind")
        self.assertEqual(behind.events[0], len(protocol.events))
        self.assertGreater(behind.dropped, 1000)

    async def test_a_helper_that_ended_is_started_again_and_what_it_said_last_counts(self) -> None:
        helpers = self.start(
            self.program("say('debug pid %d' % os.getpid())\nsys.stdout.write('shutdown'); sys.stdout.flush()")
        )
        await self.until(lambda: len(set(self.pids())) == RESTARTS + 1)
        await self.until(lambda: helpers.keepers["h"].given_up)
        self.assertEqual(len(set(self.pids())), RESTARTS + 1)
        self.assertEqual(helpers.keepers["h"].restarts, RESTARTS)
        self.assertEqual(self.stage.daemon.asked, [])

    async def test_the_end_of_one_helper_is_nothing_to_another(self) -> None:
        helpers = self.start(
            self.program("", "bad"), self.program("say('debug pid %d' % os.getpid())\ntime.sleep(60)", "good")
        )
        await self.until(lambda: helpers.keepers["bad"].given_up and self.pids())
        self.assertTrue(self.alive(self.pids()[0]))

    async def test_a_helper_without_respawn_ends_once(self) -> None:
        helpers = self.start(self.program("say('debug one')", respawn=False))
        await self.until(lambda: helpers.keepers["h"].given_up)
        self.assertEqual(self.debugged(), ["one"])
        self.subscriptions.publish(object())

    async def test_the_environment_may_forbid_respawn_or_end_the_daemon(self) -> None:
        helpers = self.start(self.program(""), api_respawn=False)
        await self.until(lambda: helpers.keepers["h"].given_up)
        await helpers.stopService()
        helpers = self.start(self.program("time.sleep(0.1)"), api_terminate=True)
        ended: list[bool] = []
        helpers.on_terminate = lambda: ended.append(True)
        await self.until(lambda: ended)
        self.assertEqual(helpers.keepers["h"].restarts, 0)

    async def test_a_program_that_is_not_there_is_given_up(self) -> None:
        helpers = self.start(HelperSettings("h", ("/no/such/program",), "text"))
        await self.until(lambda: helpers.keepers["h"].given_up)

    async def test_stopping_ends_children_and_those_that_do_not_want_to(self) -> None:
        stubborn = (
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "child = os.fork()\n"
            "if child: say('debug pid %d %d' % (os.getpid(), child))\n"
            "time.sleep(60)"
        )
        helpers = self.start(self.program(stubborn, "a"), self.program(stubborn, "b"))
        await self.until(lambda: len(self.pids()) == 4)
        before = reactor.seconds()
        await helpers.stopService()
        self.assertLess(reactor.seconds() - before, 2.0)
        self.assertEqual([pid for pid in self.pids() if self.alive(pid)], [])

    async def test_a_helper_that_was_killed_leaves_no_children(self) -> None:
        helpers = self.start(
            self.program("child = os.fork()\nif child: say('debug pid %d %d' % (os.getpid(), child))\ntime.sleep(60)")
        )
        await self.until(self.pids)
        leader, child = self.pids()
        os.kill(leader, SIGKILL)
        await self.until(lambda: not self.alive(child))
        await self.until(lambda: len(self.pids()) == 4)
        self.assertEqual(helpers.keepers["h"].restarts, 1)

    async def test_a_helper_that_closed_its_output_is_started_again(self) -> None:
        helpers = self.start(self.program("say('debug pid %d' % os.getpid())\nos.close(1)\ntime.sleep(60)"))
        await self.until(lambda: len(self.pids()) >= 2)
        self.assertFalse(self.alive(self.pids()[0]))
        self.assertGreater(helpers.keepers["h"].restarts, 0)

    async def test_a_helper_that_closed_its_input_may_go_on(self) -> None:
        self.start(
            self.program(
                "os.close(0)\nfor n in range(20):\n time.sleep(0.01)\n say('version')\n"
                "say('debug pid %d' % os.getpid())\ntime.sleep(60)"
            )
        )
        await self.until(self.pids)
        self.assertTrue(self.alive(self.pids()[0]))

    async def test_octets_that_are_no_ascii_do_not_matter(self) -> None:
        self.start(self.program("os.write(1, b'announce \\xff\\xfe\\n')\nsay('debug ' + input())\ntime.sleep(60)"))
        await self.until(self.debugged)
        self.assertEqual(self.debugged(), ["error"])

    async def test_what_it_writes_on_standard_error_is_logged(self) -> None:
        self.start(self.program("sys.stderr.write('oh \\x07 no\\nagain'); sys.stderr.flush()", respawn=False))
        await self.until(lambda: "again" in self.said)
        self.assertIn("oh \\x07 no", self.said)

    async def test_a_new_configuration_touches_only_what_changed(self) -> None:
        source = "say('debug pid %d' % os.getpid())\ntime.sleep(60)"
        helpers = self.start(*[self.program(source, name) for name in ("stays", "changes", "goes")])
        await self.until(lambda: len(self.pids()) == 3)
        stays = helpers.keepers["stays"]
        old = self.pids()
        programs = [
            self.program(source, "stays"),
            self.program("pass\n" + source, "changes"),
            self.program(source, "comes"),
        ]
        self.subscriptions.configure(NEIGHBORS, programs)
        helpers.configure(programs)
        await self.until(lambda: len(self.pids()) == 5)
        await self.until(lambda: sum(map(self.alive, old)) == 1)
        self.assertIs(helpers.keepers["stays"], stays)
        self.assertEqual(sorted(helpers.keepers), ["changes", "comes", "stays"])
        helpers.configure(programs, restart=True)
        await self.until(lambda: len(self.pids()) == 8)
        self.assertEqual(sum(map(self.alive, self.pids())), 3)
        self.assertEqual(helpers.queues(), {"stays": (0, 0), "changes": (0, 0), "comes": (0, 0)})
        self.assertEqual(helpers.behind, [])

    async def test_each_run_is_told_when_it_can_hear(self) -> None:
        started: list[tuple[str, int]] = []
        program = self.program("input(); say('debug heard')")
        self.subscriptions.configure(NEIGHBORS, [program])
        helpers = Helpers(
            reactor,
            self.stage.dispatcher,
            self.subscriptions,
            self.stage.environment,
            lambda: 1.5,
            patience=Patience(0.05),
        )
        self.helpers = helpers

        def tell(name: str) -> None:
            protocol = helpers.keepers[name].protocol
            assert protocol is not None
            started.append((name, len(started)))
            protocol.send("hear this\n")

        ended: list[str] = []
        helpers.on_ended = ended.append
        helpers.on_started = tell
        helpers.configure([program])
        helpers.startService()
        await self.until(lambda: len(self.debugged()) == 3)
        self.assertEqual(set(ended[:2]), {"h"})
        self.assertEqual(started[:3], [("h", 0), ("h", 1), ("h", 2)])

    async def test_one_that_was_given_up_is_tried_again_by_a_new_configuration(self) -> None:
        programs = [self.program("say('debug pid %d' % os.getpid())", name, respawn=name == "h") for name in "ho"]
        helpers = self.start(*programs)
        await self.until(lambda: helpers.keepers["h"].failed and helpers.keepers["o"].given_up)
        self.assertEqual(len(set(self.pids())), RESTARTS + 2)
        helpers.configure(programs)
        await self.until(lambda: len(set(self.pids())) > RESTARTS + 2)
        self.assertTrue(helpers.keepers["o"].given_up, "who is to run once ran once")

    async def test_a_new_run_knows_nothing_of_the_old_one(self) -> None:
        self.start(
            self.program(
                "say('version')\nsay('silence-ack')\nsay('debug ' + input())\nos.write(1, b'version\\n' * 50)\n"
            )
        )
        await self.until(lambda: len(self.debugged()) == 3)
        self.assertEqual(set(self.debugged()), {"bgptwist 0.1.0"})

    async def test_stopping_twice_and_between_two_runs(self) -> None:
        helpers = self.start(self.program("", respawn=False))
        await self.until(lambda: helpers.keepers["h"].given_up)
        keeper = helpers.keepers["h"]
        first: Deferred[None] = keeper.stop()
        second: Deferred[None] = keeper.stop()
        await first
        await second
