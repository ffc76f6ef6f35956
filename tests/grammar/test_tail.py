"""The words of commands about what becomes of a route; the other ones are tried with whole routes."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.route import RouteReader
from bgptwist.grammar.tail import LONGEST_OWNER, LONGEST_TTL
from bgptwist.wire.errors import Misspelt

HOP = "next-hop 1.1.1.1"


class ClaimTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.reader = RouteReader()

    def claim(self, words: str) -> tuple[str, float] | None:
        found = self.reader.announcement(f"10.0.0.0/24 {HOP} {words}").claim
        return None if found is None else (found.owner, found.ttl)

    def test_they_say_whose_it_is_and_for_how_long(self) -> None:
        self.assertEqual(self.claim("med 5"), None)
        self.assertEqual(self.claim("ttl 3600 owner ddos"), ("ddos", 3600.0))
        self.assertEqual(self.claim("owner a.b-c ttl 0.25 med 5"), ("a.b-c", 0.25))
        self.assertEqual(self.claim(f"ttl {LONGEST_TTL:.0f}"), ("", LONGEST_TTL))
        self.assertEqual(self.claim(f"owner {'x' * LONGEST_OWNER}"), ("x" * LONGEST_OWNER, 0.0))

    def test_the_octets_are_the_same(self) -> None:
        one = self.reader.announcement(f"10.0.0.0/24 {HOP} med 5").routes
        self.assertEqual(self.reader.announcement(f"10.0.0.0/24 {HOP} ttl 1 med 5 owner x").routes, one)

    def test_errors_name_the_word(self) -> None:
        for words, at in (("ttl 0", 4), ("ttl x", 4), ("ttl 5 owner", 6), (f"owner {'x' * 65}", 4), ("ttl 1.", 4)):
            error = self.assertRaises(Misspelt, self.claim, words)
            self.assertEqual(error.at, at, words)

    def test_a_watchdog_and_a_claim_do_not_go_together(self) -> None:
        for words in ("watchdog dog ttl 5", "owner a watchdog dog"):
            self.assertRaises(Misspelt, self.claim, words)
