"""Completion from the table of commands, which the real dispatcher gives here."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.tools.completion import LOCAL, as_json, candidates, known
from bgptwist.tools.prompt import Prompt
from tests.api.stage import Stage

FAMILIES = ("ipv4 unicast", "ipv4 flow", "ipv6 unicast")


def commands() -> list[object]:
    return json.loads(Stage().say("system help")[0])["commands"]


class CompletionTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.known = known({"commands": commands()})

    def found(self, line: str) -> list[str]:
        return candidates(self.known, line, lambda: ["192.0.2.1", "192.0.2.2"], FAMILIES)

    def test_a_line_begins_with_a_verb_a_noun_or_a_selector(self) -> None:
        found = self.found("")
        for word in ("announce", "show", "neighbor", "peer", "rib", "daemon", *LOCAL):
            self.assertIn(word, found)
        self.assertNotIn("192.0.2.1", found)

    def test_the_beginning_of_a_word_narrows_it(self) -> None:
        self.assertEqual(self.found("anno"), ["announce"])
        self.assertEqual(self.found("show adj"), ["adj-rib"])
        self.assertEqual(self.found("bogus "), [])

    def test_commands_are_completed_word_by_word(self) -> None:
        self.assertIn("route", self.found("announce "))
        self.assertIn("adj-rib", self.found("show "))
        self.assertIn("summary", self.found("show neighbor "))

    def test_neighbors_are_offered_where_one_may_stand(self) -> None:
        self.assertEqual(self.found("neighbor "), ["*", "192.0.2.1", "192.0.2.2"])
        self.assertIn("192.0.2.2", self.found("show neighbor "))
        self.assertIn("announce", self.found("neighbor 192.0.2.1 "))
        self.assertIn("route", self.found("neighbor 192.0.2.1 announce "))
        self.assertIn("show", self.found("peer 192.0.2.1 "))

    def test_families_are_offered_in_two_steps(self) -> None:
        self.assertEqual([word for word in self.found("announce eor ") if word.startswith("ip")], ["ipv4", "ipv6"])
        self.assertEqual(self.found("announce eor ipv4 "), ["flow", "unicast"])

    def test_what_is_not_known_gives_nothing(self) -> None:
        self.assertEqual(candidates([], "show ", list), [])

    def test_a_line_gets_its_json_form(self) -> None:
        for line, wanted in (
            ("show neighbor summary", "show neighbor summary json"),
            ("show neighbor summary json", "show neighbor summary json"),
            ("show adj-rib in", "show adj-rib in json"),
            ("version", "system version"),
            ("system version", "system version"),
            ("api version 4", "system api version 4"),
            ("announce route 10.0.0.0/24 next-hop 1.1.1.1", "announce route 10.0.0.0/24 next-hop 1.1.1.1"),
            ("bogus", "bogus"),
        ):
            self.assertEqual(as_json(self.known, line), wanted)

    def test_every_command_says_how_it_is_used(self) -> None:
        lines = [command.described for command in self.known]
        self.assertTrue(all(lines))
        self.assertTrue(any(line.startswith("[neighbor IP] announce route") for line in lines))

    def test_the_prompt_knows_the_families(self) -> None:
        self.assertIn("ipv4 unicast", Prompt.families())
