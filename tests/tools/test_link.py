"""The client's end of a connection: how answers end, on a pair of sockets; and files of commands played through it."""

import os
import socket
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.tools.link import Ending, Gone, Link, Silence, Ways, connect, is_answered, is_open, through_socket
from bgptwist.tools.run import Player, numbered, wrapped
from bgptwist.tools.run import main as run_main
from bgptwist.wire.errors import Refused
from tests.tools.test_cli import run


def ended(line: str, *told: str) -> list[str | None]:
    """How each line of an answer is read: its error, None when it is not the end, '-' for the good end."""
    ending = Ending(line)
    found = [ending.read(each) for each in told]
    return [None if answer is None else "-" if answer.error is None else answer.error for answer in found]


class EndingTests(SynchronousTestCase):
    def test_text(self) -> None:
        self.assertEqual(ended("version", "bgptwist 0.1.0", "done"), [None, "-"])
        self.assertEqual(ended("bogus", "error"), [""])
        self.assertEqual(ended("bogus", "error: it is wrong", "error"), [None, "it is wrong"])
        self.assertEqual(ended("shutdown", "shutdown in progress", "done"), [None, "-"])

    def test_objects(self) -> None:
        good = '{ "answer": "done", "message": "command completed", "id": "7" }'
        bad = '{ "answer": "error", "message": "it is wrong" }'
        self.assertEqual(ended("version", '{"version": "1"}', good), [None, "-"])
        self.assertEqual(ended("version", bad, '{ "answer": "'), ["it is wrong", None])

    def test_identifiers(self) -> None:
        self.assertEqual(ended("@7 version", "@7 bgptwist 0.1.0", "@7 done"), [None, "-"])
        self.assertEqual(ended("@7 x", "done", "@8 done", "@7 error: it is wrong"), ["-", None, "it is wrong"])
        self.assertEqual(ended("@7 x", "@7 done announced 1 withdrawn 0 rejected 0"), ["-"])

    def test_some_lines_have_no_answer(self) -> None:
        for line in ("debug", "debug text", "silence-ack", "session ack silence"):
            self.assertFalse(is_answered(line))
        for line in ("debugging", "enable-ack", "", "# remark"):
            self.assertTrue(is_answered(line))


class LinkTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.daemon, ours = socket.socketpair()
        self.addCleanup(self.daemon.close)
        number = ours.detach()
        self.link = Link(number, number)
        self.addCleanup(self.link.close)

    def asked(self, line: str) -> list[str]:
        return [each if isinstance(each, str) else f"error={each.error}" for each in self.link.ask(line)]

    def test_an_answer_is_its_lines_and_its_end(self) -> None:
        self.daemon.send(b"one\ntwo\ndone\nerror: wrong\nerror\n")
        self.assertEqual(self.asked("first"), ["one", "two", "error=None"])
        self.assertEqual(self.asked("second"), ["error=wrong"])
        self.assertEqual(self.daemon.recv(100), b"first\nsecond\n")

    def test_what_is_not_answered_is_not_waited_for(self) -> None:
        self.assertEqual(self.asked("debug text"), ["error=None"])

    def test_lines_are_put_together(self) -> None:
        self.daemon.send(b"on")
        self.link.take(0)
        self.assertFalse(self.link.has_lines)
        self.daemon.send(b"e\nd\xc3\xa4\xff\n")
        self.assertEqual([self.link.line(), self.link.line()], ["one", "dä\\xff"])

    def test_silence_is_told_after_a_while(self) -> None:
        self.link.timeout = 0.01
        self.assertRaises(Silence, self.link.line)

    def test_the_end_is_told(self) -> None:
        self.assertTrue(is_open(self.link))
        self.daemon.close()
        self.assertFalse(is_open(self.link))
        self.assertRaises(Gone, self.link.line)
        self.assertRaises(Gone, self.link.push, b"x" * (1 << 20))

    def test_a_file_is_played_and_mistakes_are_told_with_their_line(self) -> None:
        self.daemon.send(b"done\nerror: it is wrong\nerror\ndata\ndone\n")
        player = Player(self.link, "f", False)
        status, output, errors = run(lambda words: player.play(numbered(["one", "# x", "", "two", "three"])) or 0)
        self.assertEqual((status, output, errors), (0, "data\n", "f:4: it is wrong\n"))
        self.assertEqual((player.done, player.refused), (2, 1))
        self.assertEqual(self.daemon.recv(100), b"one\ntwo\nthree\n")

    def test_it_stops_at_the_first_mistake_if_asked(self) -> None:
        self.daemon.send(b"done\nerror\n")
        player = Player(self.link, "f", True)
        run(lambda words: player.play(numbered(["one", "two", "three"])) or 0)
        self.assertEqual((player.done, player.refused), (1, 1))
        self.assertEqual(self.daemon.recv(100), b"one\ntwo\n")

    def test_answers_that_were_switched_off_are_not_waited_for(self) -> None:
        self.daemon.send(b"done\ndone\ndone\n@7 done\n")
        player = Player(self.link, "f", False)
        lines = ["disable-ack", "one", "enable-ack", "two", "silence-ack", "three", "@7 four"]
        run(lambda words: player.play(numbered(lines)) or 0)
        self.assertEqual((player.done, player.refused), (7, 0))

    def test_a_batch_is_around_all_of_them(self) -> None:
        self.assertEqual(list(wrapped([(3, "x")])), [(0, "batch begin"), (3, "x"), (0, "batch commit")])


class ReachTests(SynchronousTestCase):
    def test_where_nobody_is_one_line_says_so(self) -> None:
        here = self.mktemp()
        os.mkdir(here)
        for ways, variables in (
            (Ways(socket=f"{here}/none"), {}),
            (Ways(pipename="none"), {"exabgp_cli_pipe": here}),
            (Ways(), {"exabgp_api_socketpath": f"{here}/none"}),
        ):
            error = self.assertRaises(Refused, connect, ways, variables)
            self.assertNotIn("\n", str(error))
        Path(here, "file").write_text("")
        self.assertRaises(Refused, through_socket, Path(here, "file"))

    def test_a_file_that_is_not_there_is_one_line(self) -> None:
        status, output, errors = run(run_main, "nofile")
        self.assertEqual((status, output, errors), (1, "", "bgptwist run: nofile: No such file or directory\n"))
