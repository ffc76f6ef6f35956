"""`include FILE;`: files that are parts of a configuration."""

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.settings.build import load
from bgptwist.settings.include import DEEPEST, MOST
from bgptwist.settings.model import ConfigurationError, Settings
from tests.settings.broken import ROUTE, neighbor

TEMPLATES = "template {\n\tneighbor t { hold-time 30; }\n}\n"


class IncludeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(os.path.realpath(self.mktemp()))
        self.folder.mkdir()

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def load(self, text: str) -> Settings:
        return load([self.write("main.conf", text)])

    def errors(self, text: str) -> list[str]:
        """What is wrong, without the folder."""
        error = self.assertRaises(ConfigurationError, self.load, text)
        return str(error).replace(f"{self.folder}/", "").splitlines()

    def test_a_file_may_be_put_together_from_others(self) -> None:
        self.write("templates.conf", TEMPLATES)
        self.write("routes", f"{ROUTE};\nroute 198.51.100.0/24 next-hop 10.0.0.9;\n")
        self.write("families", "ipv4 unicast;\nipv6 unicast;\n")
        parts = self.load(
            "include templates.conf;\n" + neighbor("inherit t;\nstatic { include routes; }", "include families;")
        )
        whole = self.load(
            TEMPLATES
            + neighbor(
                f"inherit t;\nstatic {{ {ROUTE}; route 198.51.100.0/24 next-hop 10.0.0.9; }}",
                "ipv4 unicast; ipv6 unicast;",
            )
        )
        self.assertEqual(parts.neighbors, whole.neighbors)
        self.assertEqual([statement(route) for route in parts.neighbors[0].routes], self.routes(whole))
        self.assertEqual(parts.warnings, ())

    def routes(self, settings: Settings) -> list[str]:
        return [statement(route) for route in settings.neighbors[0].routes]

    def test_every_section_may_include(self) -> None:
        for name, text in (
            ("capability", "asn4 true;"),
            ("api", "neighbor-changes;"),
            ("receive", "update; parsed;"),
            ("ipv4", "unicast 192.0.2.0/24 next-hop 10.0.0.9;"),
            ("flow", "route port 80 discard;"),
            ("process", "run /bin/true;"),
        ):
            self.write(name, text)
        text = neighbor(
            "capability { include capability; } api { include api; receive { include receive; } }"
            "announce { ipv4 { include ipv4; } } flow { include flow; }",
            "ipv4 unicast; ipv4 flow;",
        )
        found = self.load("process p { include process; }\n" + text)
        self.assertEqual(found.helpers[0].run, ("/bin/true",))
        self.assertEqual((found.neighbors[0].api[0].receive.parsed, len(found.neighbors[0].routes)), (True, 2))

    def test_names_are_relative_to_the_file_they_stand_in(self) -> None:
        self.write("a/one.conf", "include b/two.conf;\n")
        self.write("a/b/two.conf", "include ../three.conf;\n")
        self.write("a/three.conf", neighbor("hold-time 33;"))
        self.assertEqual(self.load("include a/one.conf;").neighbors[0].hold_time, 33)

    def test_absolute_names_are_taken_as_they_are(self) -> None:
        path = self.write("a/one.conf", neighbor(""))
        self.assertEqual(len(self.load(f"include {path};").neighbors), 1)

    def test_a_pattern_means_its_files_in_the_order_of_their_names(self) -> None:
        for number in (2, 1, 3):
            self.write(f"peers/{number}.conf", neighbor("").replace("neighbor 127.0.0.1", f"neighbor 127.0.0.{number}"))
        self.write("peers/4.conf~", "nonsense")
        (self.folder / "peers" / "5.conf").mkdir()
        found = self.load("include peers/*.conf;")
        self.assertEqual([each.peer_address for each in found.neighbors], ["127.0.0.1", "127.0.0.2", "127.0.0.3"])

    def test_a_pattern_without_a_file_is_worth_a_warning(self) -> None:
        found = self.load("include peers/*.conf;\n" + neighbor(""))
        self.assertIn("main.conf:1:1: no file matches 'peers/*.conf'", str(found.warnings[0]))

    def test_a_name_with_the_letters_of_a_pattern_is_found_as_it_is(self) -> None:
        self.write("what?.conf", neighbor(""))
        self.write("whatever.conf", "nonsense")
        self.assertEqual(len(self.load("include what?.conf;").neighbors), 1)

    def test_a_file_that_says_nothing_is_nothing(self) -> None:
        self.write("empty", "# later\n")
        self.assertEqual(len(self.load("include empty;\n" + neighbor("include empty;")).neighbors), 1)

    def test_a_program_is_looked_for_beside_the_file_that_names_it(self) -> None:
        program = self.write("helpers/here.sh", "#!/bin/sh\n")
        os.chmod(program, 0o755)
        self.write("helpers/all.conf", "process p { run ./here.sh; }\n")
        self.assertEqual(self.load("include helpers/all.conf;").helpers[0].run, (program,))

    def test_every_load_reads_the_files_again(self) -> None:
        self.write("body", "hold-time 30;")
        self.assertEqual(self.load(neighbor("include body;")).neighbors[0].hold_time, 30)
        self.write("body", "hold-time 31;")
        self.assertEqual(self.load(neighbor("include body;")).neighbors[0].hold_time, 31)

    def test_errors_name_the_file_they_are_in(self) -> None:
        self.write("parts/body", "passive maybe;\n  hold-time 2;\n")
        self.assertEqual(
            self.errors(neighbor("include parts/body;\nlisten x;")),
            [
                "main.conf:8:8: 'x' cannot be read, expected a port from 1 to 65535, or 0 for none",
                "parts/body:1:9: 'maybe' cannot be read, expected true or false",
                "parts/body:2:13: '2' cannot be read, expected 0, or a number from 3 to 65535",
            ],
        )

    def test_an_error_of_a_file_that_is_included_twice_is_told_once(self) -> None:
        self.write("body", "hold-time 2;")
        other = neighbor("include body;").replace("neighbor 127.0.0.1", "neighbor 127.0.0.2")
        self.assertEqual(len(self.errors(neighbor("include body;") + other)), 1)

    def test_what_cannot_be_included_is_an_error(self) -> None:
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "pipe")
        for name, reason in (
            ("nowhere", "'nowhere' cannot be read (No such file or directory), expected a file that can be read"),
            ("folder", "'folder' is no file, expected a file"),
            ("pipe", "'pipe' is no file, expected a file"),
            ("/dev/zero", "'/dev/zero' is no file, expected a file"),
            ('"a\\u0000b"', "'a\\x00b' cannot be read (embedded null byte), expected a file that can be read"),
        ):
            found = self.errors(f"include {name};\n" + neighbor(""))
            self.assertEqual(len(found), 1, found)
            self.assertTrue(found[0].startswith("main.conf:1:9: "), found)
            self.assertTrue(reason in found[0] or "null" in found[0], found)

    def test_what_a_missing_file_may_say_is_not_missed(self) -> None:
        lines = self.errors("include nowhere;\n" + neighbor("inherit t;\napi { processes [ p ]; }"))
        self.assertEqual(len(lines), 1, lines)
        lines = self.errors("neighbor 127.0.0.1 { include nowhere; }")
        self.assertEqual(len(lines), 1, lines)

    def test_files_that_include_each_other_are_refused_with_the_chain(self) -> None:
        self.write("a", "include b;")
        self.write("b", "include a;")
        self.assertEqual(
            self.errors("include a;"), ["b:1:9: files include each other: a > b > a, expected another file"]
        )
        self.assertEqual(
            self.errors("include main.conf;"),
            ["main.conf:1:9: files include each other: main.conf > main.conf, expected another file"],
        )

    def test_a_link_to_a_file_is_the_file(self) -> None:
        self.write("a", "include b;")
        os.symlink("a", self.folder / "b")
        self.assertIn("files include each other: a > b", self.errors("include a;")[0])

    def test_files_do_not_include_each_other_without_bound(self) -> None:
        for number in range(DEEPEST + 2):
            self.write(f"{number}", f"include {number + 1};")
        self.assertEqual(
            self.errors("include 0;"), [f"9:1:9: more than {DEEPEST} files include each other, expected fewer"]
        )
        for number in range(DEEPEST - 1):
            self.write(f"{number}", f"include {number + 1};include {number + 1};include {number + 1};")
        self.write(f"{DEEPEST - 1}", "")
        self.assertIn(f"more than {MOST} files are included", self.errors("include 0;")[0])

    def test_another_encoding_is_worth_a_warning(self) -> None:
        (self.folder / "body").write_bytes(b'description "r\xe9seau";')
        found = self.load(neighbor("include body;"))
        self.assertIn("is not in UTF-8", str(found.warnings[0]))

    def test_a_section_of_an_included_file_must_be_closed_there(self) -> None:
        self.write("body", "static {\n\troute 192.0.2.0/24 next-hop 10.0.0.9;\n")
        self.assertEqual(
            self.errors(neighbor("include body;\n}")),
            [
                "main.conf:9:1: this '}' closes nothing, expected a '{' before it",
                "body:1:1: section 'static' is not closed at the end of the file, expected '}'",
            ],
        )
