"""Mistakes as people and programs see them."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Misplaced, Place
from bgptwist.settings.build import load_text
from bgptwist.settings.mistake import WARNING, choices, entry, picture, report
from bgptwist.settings.model import ConfigurationError
from bgptwist.wire.errors import Misspelt, Refused
from tests.settings.broken import neighbor, static


def mistake(line: str, column: int) -> Misplaced:
    """One in a line."""
    found = Misplaced(Place("f", 1, column), "it is wrong")
    found.line = line
    return found


class PictureTests(SynchronousTestCase):
    def errors(self, text: str) -> tuple[Misplaced, ...]:
        error = self.assertRaises(ConfigurationError, load_text, text, name="f")
        return tuple(error.errors)

    def marked(self, line: str, column: int) -> str:
        """What stands under a line."""
        return picture(mistake(line, column)).split("\n")[2].removeprefix("    ")

    def test_the_line_has_a_mark_under_the_word(self) -> None:
        (error,) = self.errors(neighbor("\thold-time  2; # short"))
        self.assertEqual(
            picture(error),
            "f:7:13: '2' cannot be read, expected 0, or a number from 3 to 65535\n"
            "    \thold-time  2; # short\n"
            "    \t           ^",
        )

    def test_a_warning_says_so(self) -> None:
        (warning,) = load_text(neighbor("manual-eor;"), name="f").warnings
        self.assertEqual(
            picture(warning, WARNING),
            "warning: f:7:1: 'manual-eor;' means 'manual-eor false;', as in ExaBGP\n    manual-eor;\n    ^^^^^^^^^^",
        )

    def test_tabs_stay_tabs_and_wide_characters_are_two_columns(self) -> None:
        self.assertEqual(self.marked("\ta\tb c", 5), "\t \t^".replace("^", "  ^")[:4] + "^")
        self.assertEqual(self.marked("\u65e5\u672c x", 4), "     ^")
        self.assertEqual(self.marked("e\u0301 x", 4), "  ^")
        self.assertEqual(self.marked("\u65e5\u672c;", 1), "^^^^")

    def test_a_quoted_word_is_marked_with_its_quotes(self) -> None:
        self.assertEqual(self.marked("a 'b c' d", 3), "  ^^^^^")

    def test_one_character_is_marked_at_a_brace_or_the_end(self) -> None:
        for line, column in (("a }", 3), ("a", 2), ("a ;", 3), ("a [", 3)):
            self.assertEqual(self.marked(line, column), " " * (column - 1) + "^")

    def test_of_a_long_line_a_part_is_shown(self) -> None:
        shown = picture(mistake("x" * 5000 + " here " + "y" * 5000, 5002)).split("\n")
        self.assertLess(max(len(line) for line in shown), 130)
        at = shown[2].index("^")
        self.assertEqual(shown[1][at : at + 4], "here")

    def test_control_characters_do_not_reach_the_terminal(self) -> None:
        self.assertNotIn("\x1b", picture(mistake("\x1b[31m x", 7)))
        (error,) = self.errors(neighbor('"\\u001b[31mred" 5;'))
        self.assertTrue(picture(error).isprintable() or "\x1b" not in picture(error))
        self.assertIn("\\x1b[31mred", str(error))

    def test_passwords_are_not_shown(self) -> None:
        for text in ("md5-password secret secret;", 'md5-password "secret";; listen x;', "md5 secret\n;listen x;"):
            shown = "\n".join([picture(each) for each in self.errors(neighbor(text))])
            self.assertNotIn("secret", shown)

    def test_without_a_line_there_is_none(self) -> None:
        self.assertEqual(picture(Misplaced(Place("f", 0, 0), "it is wrong")), "f: it is wrong")
        self.assertEqual(picture(Misspelt("it is wrong", "better")), "it is wrong, expected better")

    def test_a_report_shows_all_errors(self) -> None:
        error = self.assertRaises(ConfigurationError, load_text, neighbor("hold-time 2;\nlisten x;"), name="f")
        self.assertEqual(len(report(error).split("\n")), 6)
        self.assertEqual(report(Refused("no")), "no")


class SuggestionTests(SynchronousTestCase):
    def suggestion(self, text: str) -> str:
        error = self.assertRaises(ConfigurationError, load_text, text)
        first = error.errors[0]
        assert isinstance(first, Misplaced)
        return first.suggestion

    def test_a_misspelt_word_has_one(self) -> None:
        process = "process watcher { run /bin/true; }\ntemplate { neighbor upstream { } }\n"
        for fragment, wanted in (
            ("holdtime 90;", "hold-time"),
            ("Hold-Time 90;", "hold-time"),
            ("passive ture;", "true"),
            ("capability { add-path recieve; }", "receive"),
            ("family { ipv4 unicsat; }", "unicast"),
            ("api { processes [ wacher ]; }", "watcher"),
            ("inherit upsteam;", "upstream"),
            ("inclde x;", "include"),
            ("static { rout 10.0.0.0/8; }", "route"),
            ("static { route 10.0.0.0/8 nexthop 1.2.3.4; }", "next-hop"),
            ("static { route 10.0.0.0/8 next-hop slef; }", "self"),
            ("static { route 10.0.0.0/8 next-hop 1.2.3.4 comunity 1:1; }", "community"),
            ("static { route 10.0.0.0/8 next-hop 1.2.3.4 community no-exprt; }", "no-export"),
            ("static { route 10.0.0.0/8 next-hop 1.2.3.4 origin icomplete; }", "incomplete"),
            ("flow { route { match { destination-prot 80; } then { discard; } } }", "destination-port"),
            ("flow { route { match { port 80; } then { discrad; } } }", "discard"),
            ("capability { route; }", "route-refresh"),
        ):
            self.assertEqual(self.suggestion(process + neighbor(fragment)), wanted, fragment)

    def test_what_looks_like_nothing_has_none(self) -> None:
        for text in (neighbor("xyzzy;"), neighbor("hold-time 2;"), static("route 10.0.0.1/8 next-hop self;"), "}"):
            self.assertEqual(self.suggestion(text), "", text)

    def test_a_word_of_another_section_is_sent_there(self) -> None:
        error = self.assertRaises(ConfigurationError, load_text, neighbor("encoder json;"))
        self.assertEqual(error.errors[0].expected, "it in 'process'")

    def test_choices_are_the_single_words_of_an_expectation(self) -> None:
        for text, wanted in (
            ("true or false", ["true", "false"]),
            ("one of mup-isd, mup-dsd, raw", ["mup-isd", "mup-dsd", "raw"]),
            ("a number from 0 to 255, or disable", ["disable"]),
            ("an address or 'self'", ["self"]),
            ("a community (65000:1, no-export)", ["no-export"]),
            ("", []),
        ):
            self.assertEqual(choices(text), wanted, text)


class EntryTests(SynchronousTestCase):
    def test_an_entry_has_the_place_and_the_end_of_the_word(self) -> None:
        error = self.assertRaises(ConfigurationError, load_text, neighbor("passive ture;"), name="f")
        self.assertEqual(
            entry(error.errors[0]),
            {
                "file": "f",
                "line": 7,
                "column": 9,
                "end_column": 13,
                "severity": "error",
                "message": "'ture' cannot be read",
                "expected": "true or false",
                "suggestion": "true",
            },
        )

    def test_an_entry_without_a_place_is_about_nothing_in_particular(self) -> None:
        found = entry(Misspelt("it is wrong"), WARNING)
        self.assertEqual((found["file"], found["line"], found["severity"]), ("", 0, "warning"))
