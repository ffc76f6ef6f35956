"""How commands are answered: with identifiers, with reasons, with JSON, with counts; nothing changes for others."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.speaker.events import (
    RECEIVE,
    SEND,
    Event,
    KeepaliveMessage,
    NotificationMessage,
    StateChanged,
    UpdateMessage,
)
from bgptwist.speaker.ledger import CAUSES
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import NO_NEXT_HOP
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route
from tests.api.stage import KEEPALIVE, Stage

ROUTE = "10.0.0.0/24 next-hop 1.1.1.1"
ONE = "announced 1 withdrawn 0 rejected 0"
NO_HOP = "the route has no next hop, expected next-hop ADDRESS or next-hop self, at the end"


class IdentifierTests(SynchronousTestCase):
    """`@ID COMMAND`."""

    def test_every_line_of_the_answer_has_the_identifier(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("@17 version"), ["@17 bgptwist 0.1.0", "@17 done"])
        self.assertEqual(stage.say(f"@a announce route {ROUTE}"), [f"@a done {ONE}"])
        self.assertEqual(stage.say("@17 bogus"), ["@17 error: 'bogus' is no command, expected a command, see help"])
        self.assertEqual(stage.say("version"), ["bgptwist 0.1.0", "done"])

    def test_long_answers_too(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE}")
        told = "ipv4 unicast 10.0.0.0/24 next-hop 1.1.1.1"
        self.assertEqual(stage.say("@x show adj-rib out"), [f"@x 127.0.0.1 {told}", f"@x 127.0.0.2 {told}", "@x done"])

    def test_who_asks_with_an_identifier_is_answered_in_any_case(self) -> None:
        stage = Stage(api_ack=False)
        self.assertEqual(stage.say(f"announce route {ROUTE}", "bogus"), [])
        self.assertEqual(stage.say(f"@1 announce route {ROUTE}"), [f"@1 done {ONE}"])
        self.assertEqual(len(stage.say("@2 bogus", "@3 debug text", "@4 # remark", "@5 silence-ack")), 4)

    def test_in_both_dialects_and_with_blanks(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say(f"  @1   peer * announce route {ROUTE} json "), [f"@1 done {ONE}"])
        self.assertEqual(stage.say("@1 neighbor 127.0.0.1 withdraw route 10.0.0.0/24")[0][:7], "@1 done")
        self.assertEqual(stage.routes(), [])

    def test_what_is_no_identifier_is_an_error(self) -> None:
        stage = Stage()
        for line in ("@", "@ version", f"@{'x' * 65} version", "@\x01 version", "@\u00e9 version"):
            self.assertEqual(stage.say(line), ["error"], line)
        self.assertEqual(stage.say("@1"), ["@1 error: the line is empty, expected a command, see help"])
        self.assertEqual(stage.say(f"@{'x' * 64} ping")[-1], f"@{'x' * 64} done")

    def test_counts_of_commands_with_many_routes(self) -> None:
        stage = Stage()
        self.assertEqual(
            stage.say(
                "@1 announce attributes next-hop self nlri 10.1.0.0/24 10.2.0.0/24 10.3.0.0/24",
                "@2 announce route 10.4.0.0/22 next-hop self split /24",
                '@3 announce json { "announce": { "ipv4 unicast": { "1.1.1.1": [ "10.9.0.0/24" ] } }, '
                '"withdraw": { "ipv4 unicast": [ "10.1.0.0/24", "10.2.0.0/24" ] } }',
                "@4 group start",
                f"@5 announce route {ROUTE}",
                "@6 withdraw route 10.3.0.0/24",
                "@7 announce route bad",
                "@8 group end",
            ),
            [
                "@1 done announced 3 withdrawn 0 rejected 0",
                "@2 done announced 4 withdrawn 0 rejected 0",
                "@3 done announced 1 withdrawn 2 rejected 0",
                *("@4 done", "@5 done", "@6 done", "@7 done"),
                '@8 {"status": "group processed", "announced": 1, "withdrawn": 1, '
                f'"errors": ["{NO_HOP.removesuffix(", at the end")}"]}}',
                "@8 done announced 1 withdrawn 1 rejected 1",
            ],
        )

    def test_a_group_has_room_for_so_many_characters(self) -> None:
        stage = Stage()
        stage.say("group start")
        assert stage.conversation.group is not None
        stage.conversation.group.size = 100 << 20
        self.assertEqual(
            stage.say(f"@1 announce route {ROUTE}"), [f"@1 error: a group has at most {100 << 20} characters"]
        )

    @given(st.text(max_size=80))
    def test_any_identifier_has_one_answer_and_nothing_raises(self, identifier: str) -> None:
        found = Stage().say(f"@{identifier} announce route {ROUTE}")
        ends = [line for line in found if line in ("done", "error") or " done" in line or " error: " in line]
        self.assertEqual(len(ends), 1, found)


class CauseTests(SynchronousTestCase):
    """Events name the commands that brought them about."""

    def setUp(self) -> None:
        self.stage = Stage()
        self.driver = self.stage.establish()
        self.stage.sink.events.clear()

    def causes(self, *lines: str, kind: type[Event] = UpdateMessage) -> list[tuple[str, ...]]:
        self.stage.sink.events.clear()
        self.stage.say(*lines)
        return [event.causes for event in self.stage.sink.events if isinstance(event, kind)]

    def test_updates(self) -> None:
        self.assertEqual(self.causes(f"@1 announce route {ROUTE}"), [("1",)])
        self.assertEqual(self.causes("announce route 10.0.1.0/24 next-hop 1.1.1.1"), [()])
        self.assertEqual(self.causes("@2 withdraw route 10.0.0.0/24"), [("2",)])
        self.assertEqual(self.causes(f"announce route {ROUTE}"), [()])
        both = self.causes(f"@3 announce route {ROUTE} med 1", "@4 announce route 10.0.1.0/24 next-hop 1.1.1.1 med 1")
        self.assertEqual([set(each) for each in both], [{"3", "4"}])
        self.assertEqual(self.causes("@5 announce eor"), [("5",)])

    def test_the_end_of_a_session(self) -> None:
        self.assertEqual(self.causes("@8 neighbor 127.0.0.1 teardown 4", kind=NotificationMessage), [("8",)])
        states = [(event.state, event.causes) for event in self.stage.sink.of(StateChanged)]
        self.assertEqual(states, [("down", ("8",))])

    def test_what_comes_from_the_peer_has_no_cause(self) -> None:
        self.stage.say(f"@1 announce route {ROUTE}")
        self.stage.sink.events.clear()
        self.stage.peer().received(self.driver, KEEPALIVE, b"")
        (event,) = self.stage.sink.of(KeepaliveMessage)
        self.assertEqual((event.direction, event.causes), (RECEIVE, ()))

    def test_lines_of_a_batch_have_their_own(self) -> None:
        self.stage.say("batch begin", f"@1 announce route {ROUTE}", "announce route 10.0.1.0/24 next-hop 1.1.1.1")
        self.assertEqual(self.causes("@9 batch commit"), [("1", "9")])

    def test_they_are_bounded(self) -> None:
        ledger = self.stage.speaker.ledger
        ledger.cause = "1"
        path = Path(b"")
        for number in range(0, CAUSES + 5000, 5000):
            nlris = [bytes((32, *(number + at).to_bytes(4, "big"))) for at in range(5000)]
            ledger.announced([Route(IPV4_UNICAST, nlri, path, NO_NEXT_HOP) for nlri in nlris], 1)
        ledger.cause = ""
        self.assertEqual(len(ledger._causes), CAUSES)

    def test_a_direction_is_not_confused(self) -> None:
        self.causes(f"@1 announce route {ROUTE}")
        self.assertEqual([event.direction for event in self.stage.sink.of(UpdateMessage)], [SEND])


class ReasonTests(SynchronousTestCase):
    """`error: REASON` before `error`."""

    def test_by_setting_and_by_command(self) -> None:
        line = "announce route 10.0.0.0/24"
        self.assertEqual(Stage(api_reasons=True).say(line), [f"error: {NO_HOP}", "error"])
        stage = Stage()
        self.assertEqual(stage.say("enable-reasons", line), ["done", f"error: {NO_HOP}", "error"])
        self.assertEqual(stage.say("session reasons disable", line), ["done", "error"])
        self.assertEqual(stage.say("session reasons enable", line), ["done", f"error: {NO_HOP}", "error"])
        self.assertEqual(stage.say("disable-reasons", line), ["done", "error"])


class JsonTests(SynchronousTestCase):
    """`session answers json`."""

    def test_both_ends_as_objects(self) -> None:
        stage = Stage()
        done = '{ "answer": "done", "message": "command completed" }'
        self.assertEqual(stage.say("session answers json", "version"), [done, "bgptwist 0.1.0", done])
        found = [json.loads(line) for line in stage.say(f"announce route {ROUTE}", "@7 announce route 10.0.0.0/24")]
        self.assertEqual(
            found,
            [
                {
                    "answer": "done",
                    "message": "command completed",
                    "announced": 1,
                    "withdrawn": 0,
                    "rejected": 0,
                },
                {"answer": "error", "message": NO_HOP, "id": "7"},
            ],
        )
        self.assertEqual(stage.say("answers text", f"announce route {ROUTE}"), ["done", "done"])

    def test_who_wants_no_answers_gets_those_with_an_identifier(self) -> None:
        stage = Stage(api_ack=False)
        self.assertEqual(stage.say("answers json", "bogus", "version"), ["bgptwist 0.1.0"])
        (line,) = stage.say('@a"b bye')
        self.assertEqual(json.loads(line), {"answer": "done", "message": "command completed", "id": 'a"b'})
