"""`sync`: the answer waits for TCP."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.call import Wait
from tests.api.stage import Stage

ROUTE = "announce route 10.0.0.0/24 next-hop 192.0.2.1"


class SyncTests(SynchronousTestCase):
    """A helper that wants to know what left."""

    def setUp(self) -> None:
        self.stage = Stage()
        self.conversation = self.stage.conversation
        self.conversation.reasons = True

    def begin(self, line: str = "sync") -> list[bool]:
        """Give the command; a flag for each time that it may go on."""
        lines = self.stage.dispatcher.command(self.conversation, line)
        assert lines is not None
        self.lines = lines
        found = next(lines)
        assert isinstance(found, Wait)
        ready: list[bool] = []
        found.subscribe(lambda: ready.append(True))
        self.assertEqual(ready, [])
        return ready

    def end(self) -> list[str]:
        """The rest of the answer."""
        self.assertEqual(list(self.lines), [])
        return self.stage.caller.read()

    def test_it_is_answered_when_tcp_took_everything(self) -> None:
        driver = self.stage.establish()
        self.stage.say(ROUTE)
        ready = self.begin()
        self.stage.clock.pump([0.01] * 20)
        self.assertEqual(ready, [])
        driver.taken = driver.given
        self.stage.clock.pump([0.05] * 2)
        self.assertEqual(ready, [True])
        self.assertEqual(self.end(), ["done"])

    def test_a_session_that_ends_is_an_error(self) -> None:
        driver = self.stage.establish()
        self.stage.say(ROUTE)
        ready = self.begin("neighbor 127.0.0.1 sync")
        self.stage.peer().disconnected(driver, "lost")
        self.stage.clock.advance(0.1)
        self.assertEqual(ready, [True])
        answer = self.end()
        self.assertIn("the session ended before everything was sent: 127.0.0.1", answer[0])
        self.assertEqual(answer[1:], ["error"])

    def test_without_a_session_there_is_nothing_to_wait_for(self) -> None:
        answer = self.stage.say("sync")
        self.assertIn("no session is established", answer[0])
        self.assertEqual(answer[1:], ["error"])

    def test_words_are_not_ignored(self) -> None:
        self.assertEqual(self.stage.say("sync now")[-1], "error")

    def test_a_change_waits_when_it_ends_with_sync(self) -> None:
        driver = self.stage.establish()
        ready = self.begin("peer * announce route 10.0.0.0/24 next-hop 192.0.2.1 sync")
        self.stage.clock.advance(0)
        driver.taken = driver.given
        self.stage.clock.pump([0.05] * 2)
        self.assertEqual((ready, self.end()), ([True], ["done"]))

    def test_every_change_waits_while_that_is_enabled(self) -> None:
        driver = self.stage.establish()
        self.assertEqual(self.stage.say("enable-sync"), ["done"])
        for line in (ROUTE, "withdraw route 10.0.0.0/24", "announce attributes next-hop self nlri 10.1.0.0/24"):
            ready = self.begin(line)
            self.stage.clock.advance(0)
            driver.taken = driver.given
            self.stage.clock.pump([0.05] * 2)
            self.assertEqual((ready, self.end()), ([True], ["done"]))
        self.assertEqual(self.stage.say("version")[-1], "done")
        self.assertEqual(self.stage.say("session sync disable", ROUTE), ["done", "done"])

    def test_a_change_without_a_session_is_answered_at_once(self) -> None:
        self.assertEqual(self.stage.say("enable-sync", ROUTE, "announce route x"), ["done", "done", *self.wrong("x")])

    def wrong(self, prefix: str) -> list[str]:
        """The answer to an announcement of something that is no prefix."""
        self.stage.dispatcher.command(self.conversation, f"announce route {prefix}")
        answer = self.stage.caller.read()
        self.assertEqual(answer[-1], "error")
        return answer
