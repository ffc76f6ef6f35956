"""The client for helpers: answers against those of the daemon, pipes against a program that plays the daemon."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.client import AsyncHelper, CommandRefused, Conversation, DaemonGone, Event, Helper, Reported
from tests.api.stage import Stage

ROOT = Path(__file__).resolve().parent.parent
ROUTE = "announce route 10.0.0.0/24 next-hop 1.1.1.1"
SHUTDOWN = '{ "exabgp": "5.0.0", "time": 1.5, "type": "notification", "notification": "shutdown" }'

LINES = (
    ROUTE,
    "announce route 10.0.0.1/24 next-hop 1.1.1.1",
    "bogus",
    "version",
    "system version",
    "show adj-rib out json",
    "reset",
    "# remark",
    "#",
    "debug text",
    " debug text ",
    "debug",
    "debug\ttext",
    "group start",
    "group end",
    "enable-ack",
    "disable-ack",
    "silence-ack",
    "disable-ack now",
    "session ack enable",
    "session  ack disable",
    "session ack silence",
    "session ack",
    "session ack bogus",
    "neighbor 127.0.0.1 disable-ack",
    "enable-reasons",
    "answers json",
    "session answers text",
    "batch begin",
    "batch commit",
    "batch commit json",
)

DAEMON = """
import sys
for line in sys.stdin:
    if line.startswith("debug"):
        continue
    if line == "bye\\n":
        print(sys.argv[1], flush=True)
        break
    for _ in range(int(sys.argv[2])):
        print('{ "exabgp": "5.0.0", "type": "keepalive", "neighbor": { "address": { "peer": "10.0.0.1" } } }')
    print("error" if "bogus" in line else "done", flush=True)
"""


STAGE = """
import sys
from tests.api.stage import Stage
stage = Stage()
for line in sys.stdin:
    for answer in stage.say(line.rstrip("\\n")):
        print(answer, flush=True)
"""
"""The commands of the daemon itself, without sessions."""


def told(kind: str, **members: Any) -> str:
    """The line of an event about the peer 10.0.0.1."""
    return json.dumps({"exabgp": "5.0.0", "type": kind, "neighbor": {"address": {"peer": "10.0.0.1"}, **members}})


class ConversationTests(SynchronousTestCase):
    """Which answer belongs to which command, without pipes."""

    def heard(self, conversation: Conversation, *lines: str) -> None:
        conversation.feed("".join(f"{line}\n" for line in lines).encode())

    @given(st.booleans(), st.lists(st.sampled_from(LINES), max_size=20), st.integers(1, 50))
    def test_the_daemon_answers_as_is_expected(self, ack: bool, lines: list[str], size: int) -> None:
        stage = Stage(api_ack=ack)
        conversation = Conversation(ack)
        answers = [conversation.say(line) for line in lines]
        self.assertEqual(bytes(conversation.outgoing).decode().splitlines(), lines)
        said = stage.say(*lines)
        octets = "".join(f"{line}\n" for line in said).encode()
        for start in range(0, len(octets), size):
            conversation.feed(octets[start : start + size])
        self.assertNotIn(None, [answer.accepted for answer in answers])
        refused = [answer.line for answer in answers if not answer.accepted]
        self.assertEqual(len(refused), said.count("error") + sum('"answer": "error"' in line for line in said))
        # One command more finds its own answer.
        last = conversation.say("session ack bogus")
        self.heard(conversation, *stage.say(last.line))
        self.assertEqual(last.accepted, not conversation.answers)

    @given(st.booleans(), st.booleans(), st.lists(st.sampled_from(LINES), max_size=20))
    def test_with_identifiers_every_answer_is_found(self, ack: bool, numbered: bool, lines: list[str]) -> None:
        stage = Stage(api_ack=ack)
        conversation = Conversation(ack, identifiers=numbered)
        answers = [conversation.say(line if numbered else f"@x{at} {line}") for at, line in enumerate(lines)]
        said = stage.say(*bytes(conversation.outgoing).decode().splitlines())
        self.heard(conversation, *said)
        self.assertNotIn(None, [answer.accepted for answer in answers])
        for answer in answers:
            self.assertEqual(bool(answer.reason), not answer.accepted, answer)
            if (
                answer.line == ROUTE
                and answer.accepted
                and not any("begin" in line or "group" in line for line in lines)
            ):
                self.assertEqual(answer.counts, {"announced": 1, "withdrawn": 0, "rejected": 0})

    def test_identifiers_of_ones_own(self) -> None:
        conversation = Conversation()
        named, plain = conversation.say(f"@a {ROUTE}"), conversation.say("version")
        for line in ("@ version", "@a version", "@b", f"@{'x' * 65} version"):
            self.assertRaises(ValueError, conversation.say, line)
        self.heard(conversation, "@b stray", "@a some data", "@a error: no such command", "@other data", "done")
        self.assertEqual((named.accepted, named.reason, named.data[-1]), (False, "no such command", "some data"))
        self.assertEqual((plain.accepted, plain.data), (True, ["@other data"]))
        self.assertEqual(conversation.say("@a version").accepted, None)

    def test_answers_in_order_with_events_between(self) -> None:
        conversation = Conversation()
        first, second, third = [conversation.say(line) for line in ("version", "bogus", ROUTE)]
        self.heard(conversation, "", "exabgp 5.0.0", told("keepalive"), '{"127.0.0.1": {"routes": []}}', "{", "done")
        self.assertEqual((first.accepted, second.accepted), (True, None))
        self.assertEqual(first.data, ["exabgp 5.0.0", '{"127.0.0.1": {"routes": []}}', "{"])
        self.heard(conversation, "error: no such command", "error", "done")
        self.assertEqual((second.accepted, second.reason, second.data), (False, "no such command", []))
        self.assertTrue(third.accepted)
        self.assertEqual([event.type for event in conversation.events], ["keepalive"])
        self.heard(conversation, "done", "stray")

    def test_what_is_not_one_command_is_never_said(self) -> None:
        conversation = Conversation()
        for line in ("", "  ", "a\nb", "debug \u00e9", "x" * (1 << 20) + "x"):
            self.assertRaises(ValueError, conversation.say, line)
        self.assertEqual(conversation.outgoing, b"")

    def test_events_are_bounded(self) -> None:
        conversation = Conversation(limit=2)
        self.heard(conversation, *(told("state", state=state) for state in ("connected", "up", "down")))
        self.assertEqual([event.neighbor["state"] for event in conversation.events], ["up", "down"])
        self.assertEqual(conversation.dropped, 1)

    def test_after_the_end(self) -> None:
        conversation = Conversation()
        answer = conversation.say(ROUTE)
        self.heard(conversation, SHUTDOWN)
        self.assertTrue(conversation.finished)
        self.assertRaises(DaemonGone, conversation.say, ROUTE)
        self.assertIsNone(conversation.result(answer))
        conversation.feed(b"")
        self.assertRaises(DaemonGone, conversation.result, answer)
        self.assertEqual(conversation.outgoing, b"")


class EventTests(SynchronousTestCase):
    def event(self, kind: str, **members: Any) -> Event:
        conversation = Conversation()
        conversation.feed(told(kind, **members).encode() + b"\n")
        return conversation.events.popleft()

    def test_routes_of_an_update(self) -> None:
        announce = {"ipv4 unicast": {"1.1.1.1": [{"nlri": "10.0.0.0/24"}, "10.0.1.0/24"]}}
        withdraw = {"ipv4 flow": [{"string": "flow"}]}
        update = {"attribute": {"med": 5}, "announce": announce, "withdraw": withdraw}
        event = self.event("update", message={"update": update})
        self.assertEqual((event.type, event.peer, event.attributes), ("update", "10.0.0.1", {"med": 5}))
        self.assertEqual([route.prefix for route in event.announced()], ["10.0.0.0/24", "10.0.1.0/24"])
        self.assertEqual(event.announced()[0], Reported("ipv4 unicast", {"nlri": "10.0.0.0/24"}, "1.1.1.1"))
        self.assertEqual(event.withdrawn(), [Reported("ipv4 flow", {"string": "flow"})])
        self.assertEqual(event.withdrawn()[0].prefix, "")

    def test_other_events_have_no_routes(self) -> None:
        for members in ({}, {"message": "x"}, {"message": {"eor": {"afi": "ipv4", "safi": "unicast"}}}):
            event = self.event("update", **members)
            self.assertEqual((event.announced(), event.withdrawn(), event.attributes), ([], [], {}))


class PipeCase(SynchronousTestCase):
    """Runs a program that plays the daemon at the other end of two pipes."""

    def daemon(self, last: str = "", events: int = 0, program: str = DAEMON) -> tuple[int, int]:
        """The descriptors that the helper reads and writes; `events` come before each answer, `last` at the end."""
        line = [sys.executable, "-c", program, last, str(events)]
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables)
        assert process.stdin is not None and process.stdout is not None
        for end in (process.wait, process.stdout.close, process.stdin.close, process.kill):
            self.addCleanup(end)
        return process.stdout.fileno(), process.stdin.fileno()


class HelperTests(PipeCase):
    def test_commands(self) -> None:
        helper = Helper(*self.daemon())
        self.assertTrue(helper.announce("route", "10.0.0.0/24", "next-hop self"))
        self.assertFalse(helper.withdraw("bogus", neighbor="10.0.0.1"))
        self.assertTrue(helper.command("debug nothing"))
        self.assertEqual(helper.ask("version"), [])
        refusal = self.assertRaises(CommandRefused, helper.ask, "bogus")
        self.assertEqual((refusal.line, refusal.reason), ("bogus", ""))
        self.assertRaises(DaemonGone, helper.command, "bye")
        self.assertRaises(DaemonGone, helper.batch, [ROUTE])
        self.assertEqual((list(helper.events()), helper.finished), ([], True))

    def test_owners_and_reasons(self) -> None:
        helper = Helper(*self.daemon(program=STAGE), identifiers=True)
        self.assertTrue(helper.announce("route 10.0.0.0/24", "next-hop self", owner="me", ttl=60))
        self.assertEqual(helper.ask("neighbor 127.0.0.1 show owners")[0].split(" ttl ")[0][-8:], "owner me")
        self.assertFalse(helper.withdraw("route 10.0.0.0/24"))
        refusal = self.assertRaises(CommandRefused, helper.ask, "withdraw route 10.0.0.0/24")
        self.assertEqual(refusal.reason, "10.0.0.0/24 belongs to owner me")
        self.assertTrue(helper.withdraw("route 10.0.0.0/24", owner="me"))

    def test_a_transaction(self) -> None:
        for identifiers in (False, True):
            helper = Helper(*self.daemon(program=STAGE), identifiers=identifiers)
            with helper.transaction():
                self.assertTrue(helper.announce("route 10.0.0.0/24 next-hop self"))
                self.assertEqual(helper.ask("show adj-rib out"), [])
            self.assertEqual(len(helper.ask("show adj-rib out")), 2)
            with self.assertRaises(CommandRefused) as caught, helper.transaction():
                self.assertTrue(helper.announce("route 10.1.0.0/24 next-hop self"))
                self.assertFalse(helper.announce("route 10.2.0.0/24"))
            self.assertIn("1 of 2 lines were refused: line 2: the route has no next hop", caught.exception.reason)
            with self.assertRaises(KeyError), helper.transaction():
                helper.announce("route 10.1.0.0/24 next-hop self")
                raise KeyError
            self.assertEqual(len(helper.ask("show adj-rib out")), 2)

    def test_a_batch_that_fills_both_pipes(self) -> None:
        helper = Helper(*self.daemon(events=5))
        lines = [f"{ROUTE} med {n}" if n % 7 else f"bogus {n}" for n in range(5000)]
        self.assertEqual(helper.batch(lines), [bool(n % 7) for n in range(5000)])
        self.assertEqual(len(helper.conversation.events) + helper.conversation.dropped, 25000)

    def test_events_until_the_shutdown(self) -> None:
        helper = Helper(*self.daemon(SHUTDOWN, events=1))
        helper.command(ROUTE)
        event = helper.event()
        assert event is not None
        self.assertEqual((event.type, event.peer), ("keepalive", "10.0.0.1"))
        self.assertIsNone(helper.event(0.0))
        self.assertFalse(helper.finished)
        helper.conversation.say("bye")
        helper.command("debug so that it is written")
        self.assertEqual(list(helper.events()), [])
        self.assertTrue(helper.finished)

    def test_without_answers_nothing_is_waited_for(self) -> None:
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        silent, unused = os.pipe()
        self.addCleanup(os.close, silent)
        self.addCleanup(os.close, unused)
        helper = Helper(silent, writer, answers=False)
        self.assertTrue(helper.command(ROUTE))
        self.assertEqual(os.read(reader, 1000).decode(), f"{ROUTE}\n")
        self.assertRaises(ValueError, helper.ask, "version")

    def test_a_pipe_that_nobody_reads_any_more(self) -> None:
        silent, unused = os.pipe()
        reader, writer = os.pipe()
        os.close(reader)
        for descriptor in (silent, unused, writer):
            self.addCleanup(os.close, descriptor)
        self.assertRaises(DaemonGone, Helper(silent, writer).command, ROUTE)


class AsyncHelperTests(PipeCase):
    def test_commands_of_several_tasks(self) -> None:
        async def talk(descriptors: Iterable[int]) -> None:
            async with AsyncHelper(*descriptors) as helper:
                lost = asyncio.ensure_future(helper.command("bogus"))
                await asyncio.sleep(0)
                lost.cancel()
                words = ["route 10.0.0.0/24", "bogus", "route 10.0.1.0/24", "bogus"]
                found = await asyncio.gather(*(helper.announce(word) for word in words))
                self.assertEqual(found, [True, False, True, False])
                self.assertTrue(await helper.withdraw("route 10.0.0.0/24", neighbor="10.0.0.1"))
                self.assertEqual(await helper.ask("version"), [])
                with self.assertRaises(CommandRefused):
                    await helper.ask("bogus")
                with self.assertRaises(DaemonGone):
                    await helper.command("bye")
                self.assertEqual(([event async for event in helper.events()], helper.finished), ([], True))

        asyncio.run(talk(self.daemon()))

    def test_a_transaction(self) -> None:
        async def talk(descriptors: Iterable[int]) -> None:
            async with AsyncHelper(*descriptors, identifiers=True) as helper:
                async with helper.transaction():
                    self.assertTrue(await helper.announce("route 10.0.0.0/24 next-hop self", ttl=5, owner="me"))
                    self.assertEqual(await helper.ask("show adj-rib out"), [])
                self.assertEqual(len(await helper.ask("show leases")), 2)
                with self.assertRaises(CommandRefused):
                    async with helper.transaction():
                        await helper.withdraw("route 10.0.0.0/24")

        asyncio.run(talk(self.daemon(program=STAGE)))

    def test_a_batch_that_fills_both_pipes(self) -> None:
        async def talk(descriptors: Iterable[int]) -> None:
            async with AsyncHelper(*descriptors) as helper:
                lines = [f"{ROUTE} med {n}" if n % 7 else f"bogus {n}" for n in range(5000)]
                self.assertEqual(await helper.batch(lines), [bool(n % 7) for n in range(5000)])
                self.assertEqual(len(helper.conversation.events) + helper.conversation.dropped, 25000)

        asyncio.run(talk(self.daemon(events=5)))

    def test_events_until_the_shutdown(self) -> None:
        async def talk(descriptors: Iterable[int]) -> None:
            async with AsyncHelper(*descriptors) as helper:
                await helper.batch([ROUTE, ROUTE])
                leave = asyncio.ensure_future(helper.command("bye"))
                self.assertEqual([event.type async for event in helper.events()], ["keepalive", "keepalive"])
                with self.assertRaises(DaemonGone):
                    await leave

        asyncio.run(talk(self.daemon(SHUTDOWN, events=1)))

    def test_without_answers_nothing_is_waited_for(self) -> None:
        async def talk(descriptors: Iterable[int]) -> None:
            async with AsyncHelper(*descriptors, answers=False) as helper:
                self.assertTrue(await helper.command("bogus"))
                with self.assertRaises(ValueError):
                    await helper.ask("version")

        asyncio.run(talk(self.daemon()))


class ExampleTests(SynchronousTestCase):
    def test_failover_announces_while_the_peer_is_down(self) -> None:
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "examples" / "failover.py"), "192.0.2.0/24", "10.0.0.1"],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdin is not None and process.stdout is not None
        announce = "announce route 192.0.2.0/24 next-hop self\n"
        withdraw = "withdraw route 192.0.2.0/24\n"
        said = ["done", told("state", state="connected"), told("state", state="up")]
        try:
            self.assertEqual(process.stdout.readline(), announce)
            print(*said, sep="\n", file=process.stdin, flush=True)
            self.assertEqual(process.stdout.readline(), withdraw)
            print("done", told("state", state="down"), sep="\n", file=process.stdin, flush=True)
            self.assertEqual(process.stdout.readline(), announce)
            output, errors = process.communicate(f"done\n{SHUTDOWN}\n", timeout=20)
        finally:
            process.kill()
            process.communicate()
        self.assertEqual((output, errors, process.returncode), ("", "", 0))
