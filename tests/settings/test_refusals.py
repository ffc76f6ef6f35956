"""What must be refused: Appendix B of the reference, row by row, and that the error names the place.

How the errors read is in tests/corpus/broken.  ExaBGP accepts some of these rows, which loses a setting, a route or a
filter.
"""

import re

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import ConfigurationError, Settings
from tests.settings.broken import ROUTE, neighbor, static

PROCESS = "process p { run /bin/true; encoder json; } "
OTHER = "\nneighbor 127.0.0.9 { local-address 127.0.0.1; local-as 65001; peer-as 65001; }\n"
BOTH = "ipv4 unicast; ipv6 unicast;"

OPEN = "neighbor 127.0.0.1 { local-address 127.0.0.1; local-as 65001; peer-as 65001; hold-time 30; "

ROWS: tuple[tuple[str, str, str], ...] = (
    ("1, a statement that is not ended", neighbor("hold-time 90\n"), "f:7:13"),
    ("2, a quote that is not closed", neighbor('description "x;'), "f:7:13"),
    ("3, no ';' before '}'", neighbor("hold-time 5 }"), "f:7:12"),
    ("4, the end of the file in a section", OPEN, "f:1:1"),
    ("5, a surplus brace", neighbor("} }"), "f:7:3"),
    ("6, a trailing word", neighbor("hold-time 90 100;"), "f:7:14"),
    ("7, an unknown keyword", neighbor("holdtime 90;"), "f:7:1"),
    ("8, an unknown section", neighbor("foo { }"), "f:7:1"),
    ("9, no local-as", "neighbor 127.0.0.1 { router-id 10.0.0.1; peer-as 65001; }", "f:1:1"),
    ("9, no peer-as", "neighbor 127.0.0.1 { router-id 10.0.0.1; local-as 65001; }", "f:1:1"),
    (
        "10, an IPv6 peer without router-id",
        "neighbor 2001:db8::1 { local-address 2001:db8::2; local-as 65001; peer-as 65001; }",
        "f:1:1",
    ),
    (
        "11, mixed families",
        "neighbor 2001:db8::1 { local-address 10.0.0.2; router-id 10.0.0.1; local-as 1; peer-as 1; }",
        "f:1:38",
    ),
    (
        "12, a range that is not passive",
        "neighbor 10.0.0.0/24 { local-address 10.0.0.2; local-as 65001; peer-as 65001; }",
        "f:1:1",
    ),
    ("13, a neighbor twice", neighbor("") + neighbor(""), "f:9:1"),
    ("14, a hold time of 2", neighbor("hold-time 2;"), "f:7:11"),
    ("15, a TTL of 256", neighbor("outgoing-ttl 256;"), "f:7:14"),
    ("15, a TTL of 256 to accept", neighbor("incoming-ttl 256;"), "f:7:14"),
    ("16, a port of 70000", neighbor("listen 70000;"), "f:7:8"),
    ("16, a port of 70000 to connect to", neighbor("connect 70000;"), "f:7:9"),
    ("17, 13 bits of seconds", neighbor("capability { graceful-restart 4096; }"), "f:7:31"),
    ("18, a password of 81 characters", neighbor(f"md5-password {'x' * 81};"), "f:7:14"),
    ("19, not base64", neighbor('md5-password "not base64!"; md5-base64 true;'), "f:7:14"),
    ("20, a family twice", neighbor("", "ipv4 unicast; ipv4 unicast;"), "f:6:25"),
    ("21, no such pair", neighbor("", "ipv4 evpn;"), "f:6:16"),
    ("22, all with others", neighbor("", "ipv4 unicast; all;"), "f:6:25"),
    ("23, an unknown template", neighbor("inherit nope;"), "f:7:9"),
    ("24, an undefined process", neighbor("api { processes [ nope ]; }"), "f:7:19"),
    (
        "25, both ways to name processes",
        PROCESS + neighbor('api { processes [ p ]; processes-match [ "^p" ]; }'),
        "f:7:24",
    ),
    ("26, no program", "process p { run /nonexistent/prog; encoder json; }" + neighbor(""), "f:1:17"),
    ("27, a family not negotiated", static("route 2001:db8:1::/48 next-hop 2001:db8::9;"), "f:7:10"),
    ("28, host bits", static("route 192.0.2.1/24 next-hop 10.0.0.9;"), "f:7:16"),
    ("29, no next hop", static("route 192.0.2.0/24 med 5;"), "f:7:34"),
    ("30, no next hop in a block", static("route 192.0.2.0/24 { med 5; }"), "f:7:36"),
    ("31, no own IPv6 address", static("route 2001:db8:1::/48 next-hop self;", BOTH), "f:7:41"),
    ("32, half a community above 65535", static(f"{ROUTE} community 65001:70000;"), "f:7:57"),
    ("33, nesting", static(f"{ROUTE} as-path [ 1 ( 2 3 ) ];"), "f:7:59"),
    ("34, a label of 21 bits", static(f"{ROUTE} label 1048576;", "ipv4 nlri-mpls;"), "f:7:53"),
    ("35, an empty stack", static(f"{ROUTE} label [ ];", "ipv4 nlri-mpls;"), "f:7:55"),
    ("36, no type of RD", static(f"{ROUTE} label 3 rd 70000:70000;", "ipv4 mpls-vpn;"), "f:7:"),
    ("37, split /33", static(f"{ROUTE} split /33;"), "f:7:53"),
    ("38, odd digits", static(f"{ROUTE} attribute [ 0x63 0xc0 0x123 ];"), "f:7:69"),
    ("39, a code above 255", static(f"{ROUTE} attribute [ 0x163 0xc0 0x01 ];"), "f:7:59"),
    ("39, flags above 255", static(f"{ROUTE} attribute [ 0x63 0x1c0 0x01 ];"), "f:7:64"),
    ("40, no index", static(f"{ROUTE} bgp-prefix-sid [ ];"), "f:7:"),
    ("41, a flow that matches everything", neighbor("flow { route { then { discard; } } }", "ipv4 flow;"), "f:7:30"),
    ("42, the same in one line", neighbor("flow { route discard; }", "ipv4 flow;"), "f:7:21"),
    (
        "43, not a prefix",
        neighbor("flow { route { match { source any; } then { discard; } } }", "ipv4 flow;"),
        "f:7:31",
    ),
    (
        "44, a mask of 33",
        neighbor("flow { route { match { source 10.0.0.0/33; } then { discard; } } }", "ipv4 flow;"),
        "f:7:31",
    ),
    (
        "45, prefixes of two families",
        neighbor(
            "flow { route { match { source 10.0.0.0/8; destination 2001:db8::/33; } then { discard; } } }",
            "ipv4 flow; ipv6 flow;",
        ),
        "f:7:55",
    ),
    (
        "46, a port of 65536",
        neighbor("flow { route { match { port 65536; } then { discard; } } }", "ipv4 flow;"),
        "f:7:29",
    ),
    (
        "47, no RD",
        neighbor("announce { ipv4 { flow-vpn source 10.0.0.0/8 discard; } }", "ipv4 flow-vpn;"),
        "f:7:53",
    ),
    (
        "48, no next hop of VPLS",
        neighbor("l2vpn { vpls x { endpoint 1; base 1; offset 1; size 8; rd 1:1; } }", "l2vpn vpls;"),
        "f:7:",
    ),
    (
        "49, a TEID of 5 bits in 4",
        neighbor("announce { ipv4 { mup mup-t2st 10.0.0.1 rd 1:1 teid 16/4 next-hop 10.0.0.2; } }", "ipv4 mup;"),
        "f:7:",
    ),
    ("50, a route that is never sent", static(f"{ROUTE};", "ipv6 unicast;"), "f:7:10"),
)
"""The number and reason of a row, its configuration, and where the first error is; how far families that are not
unicast are read is not of interest here."""

WHOLE = PROCESS + neighbor(
    'description "a b"; hold-time 90;\napi { processes [ p ]; receive { parsed; update; } }\n'
    f"static {{ {ROUTE} community [ 65001:1 no-export ]; route 198.51.100.0/24 {{ next-hop self; med 1; }} }}"
)

SINGLE = (
    *("router-id 1.2.3.4", "local-address 127.0.0.1", "local-as 65001", "peer-as 65001", "hold-time 90"),
    *("passive true", "listen 1790", "connect 1790", "source-interface eth0", "md5-password x", "md5-base64 false"),
    *("md5-ip 127.0.0.2", "outgoing-ttl 2", "incoming-ttl 2", "rate-limit 10", "host-name a", "domain-name b"),
    *("group-updates true", "auto-flush true", "adj-rib-in true", "adj-rib-out true", "manual-eor false"),
)
"""Keywords of a neighbor with one value."""


class RefusalTests(SynchronousTestCase):
    """A configuration is right, or it is refused."""

    def refused(self, text: str) -> list[str]:
        """The lines of the error."""
        return str(self.assertRaises(ConfigurationError, load_text, text, name="f")).splitlines()

    def test_every_row_is_refused_where_it_is_wrong(self) -> None:
        for row, text, place in ROWS:
            first = self.refused(text)[0]
            self.assertTrue(first.startswith(place if place.endswith(":") else f"{place}: "), f"{row}: {first}")

    def test_every_error_names_file_line_and_column(self) -> None:
        for row, text, _ in ROWS:
            for line in self.refused(text):
                self.assertRegex(line, r"^f:[1-9]\d*:[1-9]\d*: \S", row)

    def test_every_row_of_the_appendix_is_here(self) -> None:
        numbers = {int(row.partition(",")[0]) for row, _, _ in ROWS}
        self.assertEqual(numbers, set(range(1, 51)))

    def test_one_wrong_neighbor_refuses_the_sound_ones_too(self) -> None:
        for row, text, _ in ROWS:
            if text != OPEN:
                self.assertEqual(self.refused(text + OTHER)[0], self.refused(text)[0], row)

    def test_words_of_commands_have_no_place_in_a_file(self) -> None:
        expected = "'ttl' and 'owner' are words of commands, expected a route without them"
        self.assertEqual(self.refused(static(f"{ROUTE} ttl 5;")), [f"f:7:47: {expected}"])
        self.assertEqual(self.refused(static(f"{ROUTE} med 5 owner me ttl 5;")), [f"f:7:53: {expected}"])
        self.assertEqual(
            self.refused(static("route 192.0.2.0/24 { next-hop 10.0.0.9; ttl 5; }"))[0][-len(expected) :], expected
        )
        flow = neighbor("flow { route { match { source 10.0.0.0/24; } then { discard; owner me; } } }", "ipv4 flow;")
        self.assertNotEqual(self.refused(flow), [])

    def test_the_sound_parts_are_no_reason_for_refusal(self) -> None:
        for text in (neighbor(""), neighbor("") + OTHER, static(f"{ROUTE};"), WHOLE, PROCESS):
            self.assertEqual(load_text(text).warnings, ())


class OpenEndTests(SynchronousTestCase):
    """A file whose last brace looks as if it closed everything runs today; one that is cut off is refused."""

    WHOLE = OPEN.replace("; ", ";\n\t").strip() + f"\n\tstatic {{\n\t\t{ROUTE};\n}}\n"
    """The section `static` is not closed, as its brace shows."""

    def test_a_brace_below_the_section_is_meant_for_it(self) -> None:
        settings = load_text(self.WHOLE, name="f")
        (found,) = settings.neighbors
        self.assertEqual((found.peer_address, found.hold_time, len(found.routes)), ("127.0.0.1", 30, 1))
        (warning,) = [str(each) for each in settings.warnings]
        self.assertTrue(warning.startswith("f:1:1: section 'neighbor 127.0.0.1' is not closed"), warning)

    def test_any_other_end_is_refused(self) -> None:
        for text in (OPEN, f"{OPEN} static {{ {ROUTE};", f"{OPEN} static {{ {ROUTE}; }}", self.WHOLE + "\tpassive;\n"):
            error = self.assertRaises(ConfigurationError, load_text, text, name="f")
            self.assertIn("is not closed at the end of the file", str(error))

    def test_a_section_left_open_before_another_neighbor_is_refused(self) -> None:
        error = self.assertRaises(ConfigurationError, load_text, OPEN + OTHER, name="f")
        self.assertTrue(str(error).startswith("f:2:1: "), str(error))

    def test_what_follows_a_section_left_open_is_read(self) -> None:
        error = self.assertRaises(ConfigurationError, load_text, f"{OPEN} static {{ {OTHER} holdtime 5;", name="f")
        lines = str(error).splitlines()
        self.assertEqual(len(lines), 2, lines)
        self.assertIn("there is no section 'neighbor' in 'static', expected '}' before it", lines[0])

    def test_nothing_is_lost_wherever_the_file_is_cut(self) -> None:
        whole = load_text(WHOLE)
        for end in range(1, len(WHOLE)):
            cut = self.load(WHOLE[:end])
            if cut is not None and cut != whole:
                self.assertEqual(WHOLE[:end].strip(), PROCESS.strip())

    def load(self, text: str) -> Settings | None:
        try:
            return load_text(text)
        except ConfigurationError:
            return None


class SilenceTests(SynchronousTestCase):
    """What ExaBGP passes over in silence."""

    @given(st.sampled_from(SINGLE), st.from_regex(re.compile(r"[a-z0-9.:/-]{1,8}", re.ASCII), fullmatch=True))
    def test_no_word_after_a_value_is_passed_over(self, statement: str, word: str) -> None:
        self.assertEqual(len(load_text(neighbor(f"{statement};")).neighbors), 1)
        error = self.assertRaises(ConfigurationError, load_text, neighbor(f"{statement} {word};"), name="f")
        self.assertTrue(str(error).startswith(f"f:7:{len(statement) + 2}: "), str(error))

    def test_no_statement_is_ended_by_a_brace(self) -> None:
        for statement in SINGLE:
            error = self.assertRaises(ConfigurationError, load_text, neighbor(f"{statement} }}"), name="f")
            self.assertTrue(str(error).startswith("f:7:"), str(error))
