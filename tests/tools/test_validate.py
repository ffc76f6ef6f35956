"""`bgptwist validate`: what is said about good and bad files, and the status."""

import json
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment
from bgptwist.tools import validate
from tests.tools.test_cli import run

NEIGHBOR = """\
neighbor 127.0.0.%d {
	router-id 10.0.0.1;
	local-address 127.0.0.1;
	local-as 65001;
	peer-as %d;
	family { ipv4 unicast; ipv6 unicast; }
	static {
		%s
	}
}
"""
ROUTE = "route 192.0.2.0/24 next-hop 10.0.0.9"
OTHER = "route 2001:db8:1::/48 next-hop 2001:db8::9"
WRONG = "route 198.51.100.0/24 next-hop 10.0.0.9 attribute [ 0x02 0x40 0x0909 ]"
"""An AS_PATH of one octet too few, which loads because it is written by hand."""

NAME = "neighbor 127.0.0.2 local-ip 127.0.0.1 local-as 65001 peer-as 65001 router-id 10.0.0.1 family-allowed in-open"


MISSING = "the file cannot be read (No such file or directory)"


def neighbor(*routes: str, number: int = 2, peer_as: int = 65001) -> str:
    return NEIGHBOR % (number, peer_as, "\n\t\t".join(f"{route};" for route in routes))


SURPRISING = neighbor(ROUTE).replace("\tstatic", "\tmanual-eor;\n\tstatic")
"""A file with one warning, in line 7."""


class ValidateTests(SynchronousTestCase):
    """Files that are right, and others."""

    def write(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_text(text)
        return path

    def test_a_good_file_is_one_line(self) -> None:
        path = self.write(neighbor(ROUTE))
        self.assertEqual(run(validate.main, path), (0, f"✓ loading {path}\n", ""))

    def test_a_broken_file_is_all_its_errors_with_their_places(self) -> None:
        path = self.write(neighbor("route x next-hop 10.0.0.9", "route 192.0.2.0/24 med 5"))
        status, output, errors = run(validate.main, "-nrv", path)
        self.assertEqual((status, output), (1, ""))
        self.assertEqual(
            errors,
            f"{path}:8:9: 'x' is not a valid prefix, expected a prefix like 10.0.0.0/24\n"
            "    \t\troute x next-hop 10.0.0.9;\n"
            "    \t\t      ^\n"
            f"{path}:9:27: the route has no next hop, expected next-hop ADDRESS or next-hop self\n"
            "    \t\troute 192.0.2.0/24 med 5;\n"
            "    \t\t                        ^\n",
        )

    def test_a_misspelt_word_has_a_suggestion(self) -> None:
        path = self.write(neighbor().replace("local-as", "local-ass"))
        _, _, errors = run(validate.main, path)
        self.assertTrue(
            errors.endswith("    \tlocal-ass 65001;\n    \t^^^^^^^^^\n    did you mean 'local-as'?\n"), errors
        )

    def test_a_missing_file_is_not_checked(self) -> None:
        path = self.mktemp()
        self.assertEqual(
            run(validate.main, path), (2, "", f"{path}: the file cannot be read (No such file or directory)\n")
        )
        self.assertEqual(run(validate.main, self.write("x;"), path, self.write(neighbor()))[0], 2)

    def test_a_wrong_environment_is_not_checked(self) -> None:
        os.environ["exabgp_tcp_port"] = "x"
        self.addCleanup(os.environ.pop, "exabgp_tcp_port")
        self.assertEqual(run(validate.main, self.write(neighbor()))[:2], (2, ""))

    def test_warnings_are_told_and_are_no_errors(self) -> None:
        path = self.write(SURPRISING)
        status, output, errors = run(validate.main, path)
        self.assertEqual((status, output), (0, f"✓ loading {path}\n"))
        self.assertTrue(errors.startswith(f"warning: {path}:7:2: "), errors)

    def test_warnings_are_errors_where_that_is_wanted(self) -> None:
        path = self.write(SURPRISING)
        for option in ("--strict", "-s"):
            status, output, errors = run(validate.main, option, "-nrv", path)
            self.assertEqual((status, output), (1, ""))
            self.assertTrue(errors.startswith(f"{path}:7:2: "), errors)
        self.assertEqual(run(validate.main, "--strict", self.write(neighbor(ROUTE)))[0], 0)

    def test_warnings_of_a_broken_file_are_told_too(self) -> None:
        path = self.write(SURPRISING + neighbor("route x", number=3))
        _, _, errors = run(validate.main, path)
        self.assertIn(f"warning: {path}:7:2: ", errors)

    def test_every_file_is_checked_and_one_bad_one_is_the_status(self) -> None:
        good, bad = self.write(neighbor(ROUTE)), self.write("neighbor")
        status, output, errors = run(validate.main, good, bad, good)
        self.assertEqual((status, output), (1, f"✓ loading {good}\n" * 2))
        self.assertTrue(errors.startswith(f"{bad}:1:"), errors)

    def test_without_files_the_words_are_not_understood(self) -> None:
        status, output, errors = run(validate.main, "-nrv")
        self.assertEqual((status, output), (2, ""))
        self.assertTrue(errors.startswith("usage: bgptwist validate "), errors)

    def test_neighbors_are_told_by_their_address_or_their_name(self) -> None:
        path = self.write(neighbor(ROUTE) + neighbor(number=3))
        self.assertEqual(
            run(validate.main, "-n", path)[1].splitlines()[1:], ["✓ neighbor 127.0.0.2", "✓ neighbor 127.0.0.3"]
        )
        self.assertEqual(run(validate.main, "-nv", path)[1].splitlines()[1], f"✓ {NAME}")

    def test_routes_are_counted_or_told(self) -> None:
        path = self.write(neighbor(ROUTE, OTHER) + neighbor(number=3))
        self.assertEqual(
            run(validate.main, "-r", path)[1].splitlines()[1:],
            ["✓ 2 routes of neighbor 127.0.0.2", "✓ 0 routes of neighbor 127.0.0.3"],
        )
        self.assertEqual(run(validate.main, "-rv", path)[1].splitlines()[1:3], [f"✓ {ROUTE}", f"✓ {OTHER}"])

    def test_short_options_may_be_one_word(self) -> None:
        path = self.write(neighbor(ROUTE))
        self.assertEqual(
            run(validate.main, "-nrv", path), run(validate.main, "--neighbor", "--route", "--verbose", path)
        )
        self.assertEqual(run(validate.main, "-nrv", path)[0], 0)

    def test_routes_that_wait_for_a_watchdog_are_checked_too(self) -> None:
        path = self.write(neighbor(f"{ROUTE} watchdog dog withdraw", f"{WRONG} watchdog dog"))
        status, output, errors = run(validate.main, "-r", path)
        self.assertEqual((status, output.splitlines()[-1]), (1, "✗ 2 routes of neighbor 127.0.0.2"))
        self.assertEqual(errors.count("\n"), 1)

    def test_a_route_that_does_not_come_back_is_told_with_its_file(self) -> None:
        path = self.write(neighbor(ROUTE, WRONG))
        self.assertEqual(run(validate.main, path)[0], 0)
        status, output, errors = run(validate.main, "-rv", path)
        self.assertEqual((status, output.splitlines()[1:]), (1, [f"✓ {ROUTE}", "✗ 2 routes of neighbor 127.0.0.2"]))
        self.assertTrue(errors.startswith(f"{path}:9:3: route 198.51.100.0/24 next-hop 10.0.0.9 attribute"), errors)

    def test_the_fault_of_one_neighbor_is_not_that_of_the_next(self) -> None:
        path = self.write(neighbor(WRONG) + neighbor(ROUTE, number=3))
        status, output, _ = run(validate.main, "-r", path)
        self.assertEqual(
            (status, output.splitlines()[1:]),
            (1, ["✗ 1 routes of neighbor 127.0.0.2", "✓ 1 routes of neighbor 127.0.0.3"]),
        )


class JsonTests(SynchronousTestCase):
    """What editors and CI read."""

    def write(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_text(text)
        return path

    def told(self, *words: str) -> tuple[int, list[dict[str, object]]]:
        """The status, and the mistakes of a document that is alone on the standard output."""
        status, output, errors = run(validate.main, "--format", "json", *words)
        self.assertEqual(errors, "")
        found = json.loads(output)
        assert isinstance(found, list)
        return status, found

    def test_a_good_file_has_no_mistakes(self) -> None:
        self.assertEqual(self.told("-nrv", self.write(neighbor(ROUTE))), (0, []))

    def test_an_error_has_its_place_its_reason_and_a_suggestion(self) -> None:
        path = self.write(neighbor().replace("local-as", "local-ass"))
        status, (first,) = self.told(path)
        self.assertEqual(status, 1)
        self.assertEqual(
            first,
            {
                "file": path,
                "line": 4,
                "column": 2,
                "end_column": 11,
                "severity": "error",
                "message": "there is no keyword 'local-ass' in 'neighbor'",
                "expected": "'local-as' or 'local-address'",
                "suggestion": "local-as",
            },
        )

    def test_what_ends_too_early_has_no_end_of_its_own(self) -> None:
        _, (first,) = self.told(self.write(neighbor("route 192.0.2.0/24 med 5")))
        self.assertEqual((first["line"], first["column"], "end_column" in first), (8, 27, False))
        self.assertEqual((first["expected"], first["suggestion"]), ("next-hop ADDRESS or next-hop self", None))

    def test_warnings_have_another_severity_unless_they_are_errors(self) -> None:
        path = self.write(SURPRISING)
        self.assertEqual([(each["severity"], each["line"]) for each in self.told(path)[1]], [("warning", 7)])
        status, found = self.told("-s", path)
        self.assertEqual((status, [each["severity"] for each in found]), (1, ["error"]))

    def test_all_files_are_in_one_document(self) -> None:
        first, second, missing = self.write("x;"), self.write("y;"), self.mktemp()
        status, found = self.told(first, second, missing)
        self.assertEqual((status, [each["file"] for each in found]), (2, [first, second, missing]))
        self.assertEqual([found[2][key] for key in ("line", "column", "message")], [0, 0, MISSING])

    def test_a_route_that_does_not_come_back_is_told_with_its_place(self) -> None:
        path = self.write(neighbor(ROUTE, WRONG))
        status, (found,) = self.told("-r", path)
        self.assertEqual((status, found["file"], found["line"], found["column"]), (1, path, 9, 3))

    def test_other_formats_are_not_understood(self) -> None:
        self.assertEqual(run(validate.main, "--format", "xml", self.write(neighbor()))[:2], (2, ""))


class RouteCheckTests(SynchronousTestCase):
    """Every sound route survives the wire and the language."""

    def faults(self, text: str) -> list[str]:
        environment = Environment()
        found: list[str] = []
        for settings in load_text(text).neighbors:
            checker = validate.RouteCheck(settings, environment)
            found += [checker.fault(route) for route in validate.routes_of(settings)]
        return found

    def test_attributes_of_all_kinds_survive_inside_and_outside(self) -> None:
        for words in (
            "next-hop self",
            "next-hop 10.0.0.9 origin incomplete med 5 local-preference 7",
            "next-hop 10.0.0.9 as-path [ 65001 4200000001 ] ( 65020 65030 )",
            "next-hop 10.0.0.9 atomic-aggregate aggregator 4200000001:10.0.0.7",
            "next-hop 10.0.0.9 community [ 1:2 no-export ] large-community 1:2:3 extended-community target:1:2",
            "next-hop 10.0.0.9 originator-id 1.2.3.4 cluster-list [ 1.2.3.4 5.6.7.8 ]",
            "next-hop 10.0.0.9 aigp 100",
            "next-hop 10.0.0.9 attribute [ 0x63 0xc0 0xdeadbeef ]",
            "next-hop 2001:db8::9",
        ):
            for peer_as in (65001, 65002):
                text = neighbor(f"route 192.0.2.0/24 {words}", peer_as=peer_as)
                self.assertEqual(self.faults(text), [""], f"{words} to {peer_as}")

    def test_short_as_numbers_survive_too(self) -> None:
        text = neighbor(f"{ROUTE} as-path [ 65001 4200000001 ] aggregator 4200000001:10.0.0.7")
        self.assertEqual(self.faults(text.replace("\tstatic", "\tcapability { asn4 disable; }\n\tstatic")), [""])

    def test_a_path_identifier_survives(self) -> None:
        text = neighbor(f"{ROUTE} path-information 5")
        self.assertEqual(
            self.faults(text.replace("\tstatic", "\tcapability { add-path send/receive; }\n\tstatic")), [""]
        )

    def test_a_family_without_a_common_session_is_a_fault(self) -> None:
        settings = load_text(neighbor(OTHER)).neighbors[0]
        only = load_text(neighbor().replace("ipv6 unicast;", "")).neighbors[0]
        self.assertEqual(
            validate.RouteCheck(only, Environment()).fault(settings.routes[0]),
            "family ipv6 unicast would not be agreed with the peer",
        )

    @given(
        st.integers(0, 0xFFFFFFFF),
        st.lists(st.integers(0, 0xFFFFFFFF).map(lambda number: f"{number >> 16}:{number & 0xFFFF}"), max_size=9),
        st.lists(st.integers(1, 0xFFFFFFFF).filter(lambda number: number != 23456).map(str), max_size=9),
        st.integers(0, 32),
        st.sampled_from((65001, 65002)),
    )
    def test_any_values_survive(
        self, med: int, communities: list[str], numbers: list[str], length: int, peer_as: int
    ) -> None:
        prefix = f"{'128.0.0.0' if length else '0.0.0.0'}/{length}"
        words = f"med {med} community [ {' '.join(communities)} ] as-path [ {' '.join(numbers)} ]"
        self.assertEqual(self.faults(neighbor(f"route {prefix} next-hop 10.0.0.9 {words}", peer_as=peer_as)), [""])
