"""Long answers that pause and wait, with a caller made of lists; the rest of Talk is tested as helpers have it."""

from collections.abc import Callable, Iterator

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.answers import Conversation
from bgptwist.api.call import PAUSE, Lines, Wait
from bgptwist.net.backlog import Limits
from bgptwist.net.talk import DRAWN, Talk
from tests.api.stage import Stage


class Caller(Talk):
    """Remembers what it was told; commands are functions by name."""

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__("c", "text", Stage().dispatcher, self.clock, Limits())
        self.told: list[str] = []
        self.listening = True
        self.functions: dict[str, Callable[[], Lines]] = {}
        self.ready: list[Callable[[], None]] = []
        self._command = self.carry_out

    def carry_out(self, conversation: Conversation, line: str) -> Lines | None:
        if line in self.functions:
            return self.functions[line]()
        self.write(line)
        return None

    def put(self, octets: bytes) -> None:
        self.told += octets.decode().splitlines()

    def listen(self, flag: bool) -> None:
        self.listening = flag

    def turns(self, count: int = 50) -> list[str]:
        for _ in range(count):
            self.clock.advance(0)
        return self.told


class TalkTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.caller = Caller()
        self.steps: list[int] = []

    def counting(self) -> Lines:
        for number in range(5):
            self.steps.append(number)
            yield PAUSE
        yield "counted"

    def waiting(self) -> Lines:
        yield "before"
        yield Wait(self.caller.ready.append)
        yield "after"

    def test_a_pause_gives_others_a_turn(self) -> None:
        self.caller.functions["count"] = self.counting
        self.caller.heard(b"count\nnext\n")
        self.assertEqual(self.steps, [0])
        self.assertFalse(self.caller.listening)
        self.assertEqual(self.caller.turns(), ["counted", "next"])
        self.assertTrue(self.caller.listening)

    def test_nothing_else_is_carried_out_while_one_waits(self) -> None:
        self.caller.functions["wait"] = self.waiting
        self.caller.heard(b"wait\nnext\n")
        self.assertEqual(self.caller.turns(), ["before"])
        self.caller.heard(b"more\n")
        self.assertFalse(self.caller.listening)
        self.assertEqual(self.caller.turns(), ["before"])
        self.caller.ready.pop()()
        self.assertEqual(self.caller.turns(), ["before", "after", "next", "more"])
        self.assertTrue(self.caller.listening)

    def test_events_are_told_while_one_waits(self) -> None:
        self.caller.functions["wait"] = self.waiting
        self.caller.heard(b"wait\n")
        self.caller.send("event")
        self.assertEqual(self.caller.turns(), ["before", "event"])

    def test_what_happens_after_the_caller_is_gone_is_nothing(self) -> None:
        self.caller.functions["wait"] = self.waiting
        self.caller.heard(b"wait\nnext\n")
        self.caller.turns()
        gone: list[bool] = []
        self.caller.on_gone = lambda: gone.append(True)
        self.caller.deafen()
        self.caller.finish()
        self.caller.turns()
        self.assertEqual(gone, [True])
        self.caller.ready.pop()()
        self.assertEqual(self.caller.turns(), ["before"])
        self.assertEqual(self.caller.clock.getDelayedCalls(), [])

    def test_work_that_was_begun_is_ended_without_a_reader(self) -> None:
        self.caller.functions["count"] = self.counting
        self.caller.heard(b"count\n")
        self.caller.deafen()
        self.assertEqual(self.caller.turns(), [])
        self.assertEqual(self.steps, [0, 1, 2, 3, 4])

    def test_a_wait_that_cannot_be_is_none(self) -> None:
        def fail(ready: Callable[[], None]) -> None:
            raise ValueError("a mistake")

        def lines() -> Lines:
            yield Wait(fail)
            yield "after"

        self.caller.functions["wait"] = lines
        self.caller.heard(b"wait\n")
        self.assertEqual(self.caller.turns(), ["after"])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_a_long_answer_leaves_in_pieces(self) -> None:
        def lines() -> Iterator[str]:
            for number in range(3 * DRAWN):
                self.steps.append(number)
                yield str(number)

        self.caller.functions["long"] = lines
        self.caller.heard(b"long\n")
        self.assertEqual(len(self.steps), DRAWN)
        self.assertEqual(len(self.caller.turns()), 3 * DRAWN)

    def test_what_is_forgotten_does_not_hold_up_the_next_command(self) -> None:
        self.caller.functions["wait"] = self.waiting
        self.caller.heard(b"wait\nnext\n")
        self.caller.turns()
        self.caller.forget()
        self.assertEqual(self.caller.turns(), ["before", "next"])
