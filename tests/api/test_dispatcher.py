"""From a line to a command: by its first words, in both dialects, one answer each, and nothing raises."""

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.call import Command
from bgptwist.api.dispatcher import COMMANDS, longest, selected, table
from tests.api.stage import Caller, Stage, neighbor

ROUTE = "10.0.0.0/24 next-hop 1.1.1.1"

VERSION_4 = {
    "announce route",
    "withdraw route",
    "announce attributes",
    "withdraw attributes",
    "announce attribute",
    "withdraw attribute",
    "announce ipv4",
    "withdraw ipv4",
    "announce ipv6",
    "withdraw ipv6",
    "announce flow",
    "withdraw flow",
    "announce vpls",
    "withdraw vpls",
    "announce eor",
    "announce route-refresh",
    "announce operational",
    "announce watchdog",
    "withdraw watchdog",
    "teardown",
    "show neighbor",
    "show adj-rib",
    "flush adj-rib",
    "clear adj-rib",
    "shutdown",
    "reload",
    "restart",
    "reset",
    "version",
    "help",
    "crash",
    "ping",
    "status",
    "queue-status",
    "bye",
    "api version",
    "enable-ack",
    "disable-ack",
    "silence-ack",
    "enable-sync",
    "disable-sync",
    "enable-reasons",
    "disable-reasons",
    "answers json",
    "answers text",
    "batch begin",
    "batch commit",
    "batch abort",
    "withdraw owner",
    "renew",
    "show owners",
    "show leases",
}

VERSION_6 = {
    "daemon shutdown",
    "daemon reload",
    "daemon restart",
    "daemon status",
    "session ack enable",
    "session ack disable",
    "session ack silence",
    "session sync enable",
    "session sync disable",
    "session reset",
    "session ping",
    "session bye",
    "system help",
    "system version",
    "system crash",
    "system queue-status",
    "system api version",
    "rib show",
    "rib flush",
    "rib clear",
    "peer show",
    "peer list",
    "group start",
    "group end",
    "session reasons enable",
    "session reasons disable",
    "session answers json",
    "session answers text",
    "rib show owners",
    "rib show leases",
}

VERBS = {
    "announce route",
    "withdraw route",
    "announce attributes",
    "announce ipv4",
    "announce eor",
    "announce route-refresh",
    "announce watchdog",
    "teardown",
    "show neighbor",
    "show adj-rib",
    "flush adj-rib",
    "clear adj-rib",
    "show",
    "list",
    "group",
}


class TableTests(SynchronousTestCase):
    """The table is complete, and no line is a command by accident."""

    def test_every_command_of_both_versions_is_there(self) -> None:
        found = set(table(COMMANDS))
        self.assertEqual((VERSION_4 | VERSION_6) - found, set())

    def test_every_command_that_takes_a_neighbor_is_there(self) -> None:
        self.assertEqual(VERBS - set(selected(COMMANDS)), set())

    def test_two_commands_of_one_name_are_refused(self) -> None:
        twice = (Command("help", lambda call: None), Command("help", lambda call: None))
        self.assertRaises(ValueError, table, twice)

    def test_the_longest_words_win(self) -> None:
        commands = table(
            (Command("announce route", lambda call: None), Command("announce route refresh", lambda call: None))
        )
        self.assertEqual(longest(commands, ["announce", "route", "refresh", "x"])[1], 3)
        self.assertEqual(longest(commands, ["announce", "route", "x"])[1], 2)
        self.assertEqual(longest(commands, ["route", "announce"]), (None, 0))

    def test_names_inside_a_line_mean_nothing(self) -> None:
        stage = Stage()
        for line in (
            "announce watchdog reload",
            "# version bump",
            f"#announce route {ROUTE}",
        ):
            self.assertEqual(stage.say(line), ["done"], line)
        for line in (
            "neighbor 127.0.0.1 version",
            "neighbor 127.0.0.1 shutdown",
            f"announce route {ROUTE} json",
            "xversion",
            "please shutdown",
            "rib announce route 10.0.0.0/24",
            "announce",
            "neighbor",
            "neighbor 127.0.0.1",
            "peer",
            "peer *",
        ):
            self.assertEqual(stage.say(line), ["error"], line)
        self.assertEqual(stage.daemon.asked, [])
        self.assertEqual(stage.routes(), [])


class AnswerTests(SynchronousTestCase):
    """Exactly one terminator for each command, in the order of the commands."""

    def test_answers_keep_the_order_of_the_commands(self) -> None:
        stage = Stage()
        announces = [f"announce route 10.{n}.0.0/24 next-hop 1.1.1.1" for n in range(5)]
        answers = stage.say(*announces, "version", "bogus", "announce route 10.9.0.0/24")
        self.assertEqual(answers, ["done"] * 5 + ["bgptwist 0.1.0", "done", "error", "error"])

    def test_an_empty_line_is_wrong_in_generation_5_and_nothing_in_6(self) -> None:
        self.assertEqual(Stage().say("", "  \r"), ["error", "error"])
        self.assertEqual(Stage(compat_generation=6).say("", " "), ["done", "done"])

    def test_blanks_do_not_matter(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("\t announce    route   10.0.0.0/24\tnext-hop 1.1.1.1 \r"), ["done"])
        self.assertEqual(stage.say(f"neighbor   127.0.0.1  announce   route {ROUTE}"), ["done"])
        self.assertEqual(stage.routes(), ["10.0.0.0/24"])

    def test_debug_is_logged_and_not_answered(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("debug what now"), [])
        self.assertIn("warning: helper h: debug what now", stage.logged)

    def test_reasons_are_told_in_version_6(self) -> None:
        stage = Stage(api_version=6)
        answers = stage.say("announce route 10.9.0.0/24")
        self.assertEqual(answers[1:], ["error"])
        self.assertTrue(answers[0].startswith("error: the route has no next hop, expected next-hop ADDRESS"))

    def test_the_log_says_why_and_where_in_one_line(self) -> None:
        stage = Stage()
        stage.say("announce route 10.0.0.0/24 next-hop 1.1.1.1 med x")
        said = stage.logged[-1]
        self.assertIn("helper h", said)
        self.assertIn("at 'x'", said)
        self.assertIn("announce route 10.0.0.0/24", said)
        self.assertNotIn("\n", said)

    def test_a_mistake_of_ours_is_an_error_and_nothing_worse(self) -> None:
        stage = Stage()

        def broken(*_: Any) -> int:
            raise ZeroDivisionError("oh")

        stage.dispatcher._speaker = stage.control.speaker = broken  # type: ignore[assignment]
        self.assertEqual(stage.say(f"announce route {ROUTE}", "flush adj-rib out"), ["error", "error"])
        self.assertIn("AttributeError", stage.logged[-1])


class SelectorTests(SynchronousTestCase):
    """Which neighbors a line means."""

    def told(self, line: str) -> tuple[bool, bool]:
        """Whether each of the two neighbors is told the route."""
        stage = Stage()
        stage.say(line)
        return bool(stage.routes("127.0.0.1")), bool(stage.routes("127.0.0.2"))

    def test_without_selector_all_neighbors_of_the_helper(self) -> None:
        self.assertEqual(self.told(f"announce route {ROUTE}"), (True, True))

    def test_one_neighbor_in_either_dialect(self) -> None:
        for line in (
            f"neighbor 127.0.0.2 announce route {ROUTE}",
            f"peer 127.0.0.2 announce route {ROUTE}",
            f"peer 127.0.0.2 announce route {ROUTE} json",
            f"peer 127.0.0.2 announce route {ROUTE} async text",
            f"neighbor * peer-as 65002 announce route {ROUTE}",
            f"peer [127.0.0.2] announce route {ROUTE}",
        ):
            self.assertEqual(self.told(line), (False, True), line)

    def test_lists(self) -> None:
        for line in (
            f"neighbor 127.0.0.1, neighbor 127.0.0.2 announce route {ROUTE}",
            f"neighbor 127.0.0.1 , neighbor 127.0.0.2 announce route {ROUTE}",
            f"neighbor 127.0.0.1 router-id 1.2.3.4, neighbor 127.0.0.2 announce route {ROUTE}",
            f"peer [127.0.0.1, 127.0.0.2] announce route {ROUTE}",
            f"peer 127.0.0.1, peer 127.0.0.2 announce route {ROUTE}",
            f"peer * announce route {ROUTE}",
            f"neighbor * announce route {ROUTE}",
        ):
            self.assertEqual(self.told(line), (True, True), line)

    def test_a_selector_that_matches_nobody_acts_on_nobody(self) -> None:
        stage = Stage()
        for line in (
            f"neighbor 9.9.9.9 announce route {ROUTE}",
            f"peer 9.9.9.9 announce route {ROUTE}",
            "peer 9.9.9.9 teardown 4",
            "neighbor 127.0.0.1 peer-as 7 flush adj-rib out",
        ):
            self.assertEqual(stage.say(line), ["error"], line)
        self.assertEqual(stage.routes(), [])

    def test_a_helper_commands_only_neighbors_that_name_it(self) -> None:
        stage = Stage()
        stranger = stage.dispatcher.converse(Caller("stranger"))
        stranger.write = stage.caller.write
        answers = stage.say(f"neighbor 127.0.0.1 announce route {ROUTE}", conversation=stranger)
        self.assertEqual(answers, ["error"])

    def test_a_console_commands_every_neighbor(self) -> None:
        stage = Stage(neighbor("127.0.0.1", api=()))
        console = stage.dispatcher.converse(Caller("api-internal-cli-0a"))
        console.write = stage.caller.write
        self.assertEqual(stage.say(f"announce route {ROUTE}", conversation=console), ["done"])
        self.assertEqual(stage.routes(), ["10.0.0.0/24"])

    def test_what_a_selector_means_is_forgotten_when_peers_change(self) -> None:
        stage = Stage()
        line = f"neighbor 127.0.0.3 announce route {ROUTE}"
        self.assertEqual(stage.say(line), ["error"])
        stage.speaker.add([neighbor("127.0.0.3", 65003)])
        self.assertEqual(stage.say(line, f"announce route {ROUTE}"), ["done", "done"])
        self.assertEqual(stage.routes("127.0.0.3"), ["10.0.0.0/24"])
        stage.speaker.remove(stage.peer("127.0.0.3").settings.name)
        stage.dispatcher.peers_changed()
        self.assertEqual(stage.say(line), ["error"])


class GroupTests(SynchronousTestCase):
    """Commands that are carried out together."""

    def test_lines_wait_for_the_end_of_the_group(self) -> None:
        stage = Stage()
        lines = ("group start", f"announce route {ROUTE}", "withdraw route 10.1.0.0/24", "announce route x")
        self.assertEqual(stage.say(*lines), ["done"] * 4)
        self.assertEqual(stage.routes(), [])
        report, done = stage.say("group end")
        self.assertEqual(done, "done")
        value = json.loads(report)
        self.assertEqual((value["announced"], value["withdrawn"], len(value["errors"])), (1, 1, 1))
        self.assertEqual(stage.routes(), ["10.0.0.0/24"])

    def test_a_group_in_one_line(self) -> None:
        stage = Stage()
        line = f"peer 127.0.0.2 group announce route {ROUTE} ; announce route 10.1.0.0/24 next-hop 1.1.1.1"
        self.assertEqual(json.loads(stage.say(line)[0])["announced"], 2)
        self.assertEqual((stage.routes("127.0.0.1"), len(stage.routes("127.0.0.2"))), ([], 2))

    def test_an_end_without_start_is_wrong(self) -> None:
        self.assertEqual(Stage().say("group end"), ["error"])
        self.assertEqual(Stage().say("group start", "group start"), ["done", "error"])

    def test_reset_forgets_a_group(self) -> None:
        stage = Stage()
        stage.say("group start", f"announce route {ROUTE}", "reset")
        self.assertEqual(stage.say("group end"), ["error"])
        self.assertEqual(stage.routes(), [])

    def test_other_commands_do_not_wait(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("group start", "version"), ["done", "bgptwist 0.1.0", "done"])


WORDS = st.sampled_from(
    "announce withdraw route attributes ipv4 ipv6 unicast flow vpls eor watchdog neighbor peer * 127.0.0.1 , [ ] ( ) "
    "10.0.0.0/24 next-hop 1.1.1.1 self med 5 json text sync show adj-rib in out extensive summary configuration group "
    "start end ; teardown 4 session ack enable disable rib clear flush daemon system help version api nlri { } = \\ \0 "
    "community 65000:1 split /26 label rd 1:1 2001:db8::/32 \u00e9 # debug reset crash ping status list "
    "ttl owner renew batch begin commit @1 @".split(" ")
)


END = re.compile(r"(done|error)\Z|@[!-~]{1,64} (done( announced \d+ withdrawn \d+ rejected \d+)?\Z|error: )")


class RobustnessTests(SynchronousTestCase):
    """No line raises, and every line has one answer."""

    def answers(self, line: str) -> None:
        stage = Stage()
        found = stage.say(line)
        if line.strip().startswith("debug ") or line.strip() == "debug":
            self.assertEqual(found, [])
        else:
            ends = [text for text in found if END.match(text)]
            self.assertEqual(len(ends), 1, (line, found))
            self.assertEqual(found[-1], ends[0])

    @given(st.lists(WORDS, max_size=12))
    def test_random_words(self, words: list[str]) -> None:
        if not {"silence-ack", "disable-ack"}.intersection(words) and words[:3] != ["session", "ack", "disable"]:
            self.answers(" ".join(words))

    @given(st.text(max_size=200))
    def test_random_text(self, line: str) -> None:
        self.answers(line)

    def test_a_line_of_many_communities_is_read_quickly(self) -> None:
        communities = " ".join(f"{n % 65000}:{n % 17}" for n in range(10000))
        stage = Stage()
        self.assertEqual(stage.say(f"announce route {ROUTE} community [ {communities} ]"), ["done"])
