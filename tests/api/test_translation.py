"""Commands in the other dialect: what means the same, and what has no counterpart."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.translation import translated

PAIRS = (
    ("announce route 10.0.0.0/24 next-hop self", "peer * announce route 10.0.0.0/24 next-hop self"),
    (
        "neighbor 10.0.0.1 announce route 10.0.0.0/24 next-hop self community [1:1,2:2]",
        "peer 10.0.0.1 announce route 10.0.0.0/24 next-hop self community [1:1,2:2]",
    ),
    (
        "neighbor 10.0.0.1 local-as 1, neighbor 2001:db8::1 withdraw route 10.0.0.0/24",
        "peer [10.0.0.1 local-as 1, 2001:db8::1] withdraw route 10.0.0.0/24",
    ),
    ("neighbor * teardown 4", "peer * teardown 4"),
    ("show adj-rib in 10.0.0.1 extensive json", "rib show in 10.0.0.1 extensive json"),
    ("flush adj-rib out", "rib flush out"),
    ("clear adj-rib", "rib clear"),
    ("neighbor 10.0.0.1 flush adj-rib out", "peer 10.0.0.1 flush adj-rib out"),
    ("show neighbor extensive json", "peer show extensive json"),
    ("neighbor 10.0.0.1 show neighbor summary json", "peer 10.0.0.1 show summary json"),
    ("announce watchdog dog", "peer * announce watchdog dog"),
    ("announce eor ipv6 unicast", "peer * announce eor ipv6 unicast"),
    ("announce route-refresh ipv4 unicast", "peer * announce route-refresh ipv4 unicast"),
    ('announce operational asm afi ipv4 safi unicast advisory "a  b"',) * 2,
    ('announce json {"a":  1}', 'peer * announce json {"a":  1}'),
    ("announce flow route { match { source 10.0.0.0/8; } then { discard; } }",) * 2,
    ("enable-ack", "session ack enable"),
    ("disable-ack", "session ack disable"),
    ("silence-ack", "session ack silence"),
    ("reset", "session reset"),
    ("ping a 5 text", "session ping a 5 text"),
    ("shutdown", "daemon shutdown"),
    ("reload", "daemon reload"),
    ("restart", "daemon restart"),
    ("status", "daemon status"),
    ("version", "system version"),
    ("help", "system help"),
    ("queue-status", "system queue-status"),
    ("api version 4", "system api version 4"),
    ("crash", "system crash"),
)
"""A line of version 4 and the same of version 6."""

OLD = (
    ("show neighbors", "show neighbor configuration"),
    ("show neighbor", "show neighbor configuration"),
    ("show neighbor status", "show neighbor summary"),
    ("show routes", "show adj-rib out"),
    ("show routes 10.0.0.1", "show adj-rib out 10.0.0.1"),
    ("show routes extensive 10.0.0.1", "show adj-rib out 10.0.0.1 extensive"),
    ("show routes flow", "show adj-rib out flow extensive"),
    ("flush route", "flush adj-rib out"),
    ("neighbor 10.0.0.1 flush route", "neighbor 10.0.0.1 flush adj-rib out"),
    (
        "announce flow route {\\n match {\\n source 10.0.0.0/8;\\n fragment not-a-fragment;\\n }\\n"
        " then {\\n discard;\\n }\\n }",
        "announce flow route { match { source 10.0.0.0/8; fragment !is-fragment; } then { discard; } }",
    ),
    (
        "announce route 10.0.0.0/8 next-hop self as-path [ 1 2 { 3 4 } ] med 5",
        "announce route 10.0.0.0/8 next-hop self as-path [ 1 2 ] ( 3 4 ) med 5",
    ),
    (
        "announce route 10.0.0.0/8 next-hop self as-sequence [1 2(3)] withdrawn watchdog a",
        "announce route 10.0.0.0/8 next-hop self as-path [ 1 2 ] ( 3 ) withdraw watchdog a",
    ),
    (
        "announce ipv4 labeled-unicast 10.0.0.0/8 label 5 next-hop self",
        "announce ipv4 nlri-mpls 10.0.0.0/8 label 5 next-hop self",
    ),
)
"""Lines of ExaBGP 3 and 4 in version 4."""


def modern(line: str) -> str:
    """The second of a pair whose lines only differ in `peer *`."""
    return line if line.startswith("peer ") else f"peer * {line}"


class TranslationTests(SynchronousTestCase):
    def test_both_dialects_say_the_same(self) -> None:
        for four, six in PAIRS:
            six = modern(six) if four == six else six
            self.assertEqual(translated(four, True)[::2], (six, ""), four)
            self.assertEqual(translated(six, False)[::2], (four, ""), six)
            self.assertEqual(translated(four, True).change[:5], f"'{four[:4]}")

    def test_a_line_that_is_right_stays_as_it_was_written(self) -> None:
        for four, six in PAIRS:
            six = modern(six) if four == six else six
            self.assertEqual(translated(f"  {four} ", False), (f"  {four} ", "", ""))
            self.assertEqual(translated(six, True), (six, "", ""))
        for line in ("", "  ", "# announce route", "debug x", "debug", "peer * announce eor ipv4 unicast sync json"):
            self.assertEqual(translated(line, True), (line, "", ""))

    def test_lines_of_exabgp_3(self) -> None:
        for old, now in OLD:
            self.assertEqual(translated(old, False), (now, f"'{short(old)}' is '{short(now)}' now", ""))
            self.assertEqual(translated(old, True).line, translated(now, True).line)

    def test_answers_in_json_are_asked_for(self) -> None:
        self.assertEqual(translated("rib show out", False).line, "show adj-rib out json")
        self.assertEqual(translated("peer show summary", False).line, "show neighbor summary json")

    def test_a_list_of_peers_stands_in_brackets(self) -> None:
        line = translated("peer 10.0.0.1, peer 10.0.0.2 announce eor", True).line
        self.assertEqual(line, "peer [10.0.0.1, 10.0.0.2] announce eor")

    def test_what_has_no_counterpart_is_left(self) -> None:
        for line, dialect, wanted in (
            ("teardown 4", True, "'teardown' without a neighbor does nothing"),
            ("peer list", False, "'peer list' has no words in version 4"),
            ("group start", False, "'group start' has no words in version 4"),
            (
                "peer * group announce eor ; announce eor",
                False,
                "'peer * group announce eor ; announce eor' has no words",
            ),
            ("bogus", True, "'bogus' is no command"),
            ("neighbor 10.0.0.1 bogus", True, "'bogus' is no command for a neighbor"),
            ("neighbor", False, "the statement ends too early"),
        ):
            found = translated(line, dialect)
            self.assertEqual((found.line, found.left[: len(wanted)]), (line, wanted))
        found = translated("peer * announce eor sync json", False)
        self.assertEqual((found.line, found.left[:6]), ("announce eor", "'sync'"))

    @given(
        st.lists(
            st.sampled_from(("peer", "neighbor", "*", "[", ",", "show", "announce", "10.0.0.1", "json", "sync")),
            max_size=6,
        )
    )
    def test_any_words_are_translated_once(self, words: list[str]) -> None:
        for dialect in (True, False):
            found = translated(" ".join(words), dialect)
            self.assertEqual(translated(found.line, dialect).line, found.line)


def short(line: str) -> str:
    return line if len(line) <= 60 else f"{line[:57]}..."
