"""Batches: all of the lines or none, in one turn."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api import batch
from bgptwist.speaker.events import UpdateMessage
from tests.api.stage import Stage, neighbor

ROUTE = "10.0.0.0/24 next-hop 1.1.1.1"
OTHER = "10.1.0.0/24 next-hop 1.1.1.1"

LINES = (
    f"announce route {ROUTE}",
    f"announce route {ROUTE} med 5",
    f"announce route {OTHER}",
    "withdraw route 10.0.0.0/24",
    "withdraw route 10.1.0.0/24",
    "neighbor 127.0.0.2 withdraw route 10.1.0.0/24",
    f"neighbor 127.0.0.1 announce route {ROUTE} med 7",
    f"announce route {OTHER} owner a",
    f"announce route {OTHER} owner b",
    "withdraw route 10.1.0.0/24 owner a",
    "withdraw owner a",
    "announce route 10.2.0.0/24 next-hop 1.1.1.1 watchdog w",
    "withdraw watchdog w",
    "announce attributes next-hop 1.1.1.1 nlri 10.3.0.0/24 10.4.0.0/24",
    f"peer * group announce route {ROUTE} ; withdraw route 10.3.0.0/24",
)

WRONG = ("announce route x", "annonce route", "neighbor 9.9.9.9 withdraw route 10.0.0.0/24", "announce eor")


def table(stage: Stage) -> Any:
    """Everything there is, to be compared."""
    stage.settle()
    found = [
        (peer.settings.name, route.family.name, route.nlri, route.path.octets, route.next_hop)
        for peer, route in stage.speaker.routes_out(-1)
    ]
    held = [(each.route.nlri, each.members, each.owner, each.due is None) for each in stage.speaker.ledger.held()]
    return sorted(found), sorted(held)


class BatchTests(SynchronousTestCase):
    def test_nothing_happens_before_the_commit_and_then_everything_at_once(self) -> None:
        stage = Stage()
        stage.establish()
        stage.say(f"announce route {OTHER}")
        self.assertEqual(
            stage.say("batch begin", f"announce route {ROUTE}", "@x withdraw route 10.1.0.0/24", "version"),
            ["done", "done", "@x done", "bgptwist 0.1.0", "done"],
        )
        self.assertEqual(stage.routes(), ["10.1.0.0/24"])
        stage.sink.events.clear()
        self.assertEqual(stage.say("@y batch commit"), ["@y done announced 1 withdrawn 1 rejected 0"])
        self.assertEqual(stage.routes(), ["10.0.0.0/24"])
        self.assertEqual(len({event.time for event in stage.sink.of(UpdateMessage)}), 1)

    def test_a_line_that_is_wrong_is_answered_at_once_and_nothing_changes(self) -> None:
        stage = Stage()
        lines = (f"announce route {ROUTE}", "announce route bad", "bogus", "announce eor", f"announce route {OTHER}")
        self.assertEqual(stage.say("batch begin", *lines), ["done", "done", "error", "error", "error", "done"])
        (answer,) = stage.say("@1 batch commit")
        self.assertEqual(
            answer,
            "@1 error: 3 of 5 lines were refused: "
            "line 2: the route has no next hop, expected next-hop ADDRESS or next-hop self, at the end; "
            "line 3: 'bogus' is no command, expected a command, see help; "
            "line 4: 'announce eor' cannot be part of a batch, say it after 'batch commit'",
        )
        self.assertEqual(stage.routes(), [])
        self.assertEqual(stage.say("batch commit", f"announce route {ROUTE}"), ["error", "done"])

    def test_many_wrong_lines_are_counted(self) -> None:
        stage = Stage()
        stage.say("batch begin", *["announce route bad"] * 9)
        (answer,) = stage.say("@1 batch commit")
        self.assertTrue(answer.startswith("@1 error: 9 of 9 lines were refused: line 1: "), answer)
        self.assertTrue(answer.endswith("; and 4 more"), answer)

    def test_a_line_that_was_too_long_counts_as_wrong(self) -> None:
        stage = Stage()
        stage.say("batch begin", f"announce route {ROUTE}")
        stage.conversation.error("a line is longer than 1048576 octets")
        stage.caller.read()
        self.assertIn("line 2: a line is longer", stage.say("@1 batch commit")[0])
        self.assertEqual(stage.routes(), [])

    def test_abort_and_reset_forget_it(self) -> None:
        for word in ("batch abort", "reset", "session reset"):
            stage = Stage()
            stage.say("batch begin", f"announce route {ROUTE}", word)
            self.assertEqual(stage.say("batch commit"), ["error"], word)
            self.assertEqual(stage.routes(), [])

    def test_it_does_not_nest(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("batch begin", "batch begin", "group start"), ["done", "error", "error"])
        self.assertEqual(stage.say("batch abort", "group start", "batch begin"), ["done", "done", "error"])
        self.assertEqual(stage.say("reset", "batch abort", "batch commit", "batch"), [*Q, "error", "error", "error"])

    def test_the_counts_as_data(self) -> None:
        stage = Stage()
        stage.say("batch begin", f"announce route {ROUTE}", "withdraw route 10.9.0.0/24")
        report = '{"status": "batch committed", "announced": 1, "withdrawn": 1}'
        self.assertEqual(stage.say("batch commit json"), [report, "done"])

    def test_two_owners_of_one_route_are_noticed_while_reading(self) -> None:
        stage = Stage()
        lines = (f"announce route {ROUTE} owner a", "withdraw route 10.0.0.0/24", f"announce route {ROUTE} owner b")
        self.assertEqual(stage.say("batch begin", *lines), ["done", "done", "error", "error"])

    def test_what_became_somebody_elses_meanwhile_is_refused(self) -> None:
        stage = Stage()
        stage.say("batch begin", f"announce route {OTHER}", f"announce route {ROUTE}")
        stage.say(f"announce route {ROUTE} owner x", conversation=stage.dispatcher.converse(stage.caller))
        expected = "@1 error: 1 of 2 lines were refused: line 2: 10.0.0.0/24 belongs to owner x"
        self.assertEqual(stage.say("@1 batch commit"), [expected])
        self.assertEqual(stage.routes(), ["10.0.0.0/24"])

    def test_neighbors_that_go_meanwhile_are_left_out(self) -> None:
        stage = Stage()
        stage.say("batch begin", f"announce route {ROUTE}")
        stage.speaker.remove(stage.peer("127.0.0.2").settings.name)
        stage.clock.advance(2)
        # whoever has the bit now was not meant
        stage.speaker.add([neighbor("127.0.0.3", 65003)])
        self.assertEqual(stage.say("batch commit"), ["done"])
        self.assertEqual((stage.routes("127.0.0.1"), stage.routes("127.0.0.3")), (["10.0.0.0/24"], []))

    def test_without_any_neighbor_left_a_line_is_wrong(self) -> None:
        stage = Stage()
        stage.say("batch begin", f"neighbor 127.0.0.2 announce route {ROUTE}")
        stage.speaker.remove(stage.peer("127.0.0.2").settings.name)
        self.assertIn("line 1: its neighbors are gone", stage.say("@1 batch commit")[0])

    def test_it_is_bounded(self) -> None:
        stage = Stage()
        stage.say("batch begin")
        lines = [f"announce route 10.0.0.0/8 next-hop 1.1.1.1 med {n} split /24" for n in range(5)]
        answers = stage.say(*lines)
        self.assertEqual(answers, ["done"] * 3 + ["error"] * 2)
        self.assertIn(f"a batch has at most {batch.MOST_ROUTES} routes", stage.say("@1 batch commit")[0])
        stage.say("batch begin")
        waiting = stage.conversation.batch
        assert waiting is not None
        waiting._lines = batch.MOST
        self.assertEqual(stage.say(f"@1 announce route {ROUTE}"), [f"@1 error: a batch has at most {batch.MOST} lines"])

    @given(st.lists(st.sampled_from(LINES), max_size=12), st.lists(st.sampled_from(LINES), max_size=4))
    def test_a_commit_is_all_lines_in_their_order_or_nothing(self, lines: list[str], before: list[str]) -> None:
        one, other = Stage(), Stage()
        for stage in (one, other):
            stage.say(*before)
        was = table(one)
        answers = one.say("batch begin", *lines)
        said = other.say(*lines)
        committed = one.say("@1 batch commit")[0].startswith("@1 done")
        self.assertEqual(committed, "error" not in answers)
        if committed:
            self.assertNotIn("error", said)
            self.assertEqual(table(one), table(other))
        else:
            self.assertEqual(table(one), was)

    @given(st.lists(st.sampled_from(LINES + WRONG), max_size=8))
    def test_any_wrong_line_spoils_it(self, lines: list[str]) -> None:
        stage = Stage()
        was = table(stage)
        answers = stage.say("batch begin", *lines)
        committed = stage.say("@1 batch commit")[0].startswith("@1 done")
        self.assertEqual(committed, "error" not in answers)
        if not committed:
            self.assertEqual(table(stage), was)


Q = ["asynchronous queue cleared", "done"]
