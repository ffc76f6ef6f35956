"""Which neighbors a command means."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.selector import Selector, meant, names_of, parse, plain, split_selector
from bgptwist.wire.errors import Misspelt

NAME = "neighbor 127.0.0.1 local-ip 127.0.0.1 local-as 65000 peer-as 65001 router-id 1.2.3.4 family-allowed in-open"
OTHER = "neighbor 2001:db8::1 local-ip auto local-as auto peer-as 1 router-id 1.2.3.4 family-allowed ipv4-unicast"

WORDS = (
    "neighbor",
    "peer",
    "*",
    "127.0.0.1",
    "::1",
    "[",
    "]",
    ",",
    "local-ip",
    "peer-as",
    "family-allowed",
    "auto",
    "x",
)


def selectors(text: str) -> tuple[list[Selector], int]:
    return parse(text.split())


class SelectorTests(SynchronousTestCase):
    def matches(self, text: str, name: str = NAME) -> bool:
        found, _ = selectors(text)
        return meant(found, names_of(name))

    def test_a_command_without_selector_starts_at_once(self) -> None:
        self.assertEqual(selectors("announce route"), ([], 0))
        self.assertEqual(parse([]), ([], 0))

    def test_the_command_goes_on_after_the_last_key(self) -> None:
        for text, at in (
            ("neighbor 127.0.0.1 announce", 2),
            ("neighbor 127.0.0.1 local-as 1 peer-as 2 announce", 6),
            ("neighbor 127.0.0.1 , neighbor ::1 local-as 1 announce", 7),
            ("peer * announce", 2),
            ("peer 127.0.0.1 , peer ::1 announce", 5),
            ("peer [ 127.0.0.1 local-as 1 , ::1 ] announce", 8),
            ("peer [ 127.0.0.1 ::1 ] announce", 5),
        ):
            self.assertEqual(selectors(text)[1], at, text)

    def test_duplicates_collapse(self) -> None:
        self.assertEqual(len(selectors("neighbor 127.0.0.1 , neighbor 127.0.0.1 x")[0]), 1)

    def test_addresses_match_in_any_spelling(self) -> None:
        self.assertTrue(self.matches("neighbor 127.0.0.1"))
        self.assertFalse(self.matches("neighbor 127.0.0.2"))
        self.assertTrue(self.matches("neighbor 2001:DB8:0::1", OTHER))
        self.assertTrue(self.matches("neighbor *", OTHER))

    def test_all_keys_must_match(self) -> None:
        keys = "local-as 65000 peer-as 65001 local-ip 127.0.0.1 router-id 1.2.3.4 family-allowed in-open"
        self.assertTrue(self.matches(f"neighbor 127.0.0.1 {keys}"))
        self.assertTrue(self.matches(f"neighbor * {keys}"))
        self.assertFalse(self.matches("neighbor 127.0.0.1 local-as 65000 peer-as 65000"))
        self.assertTrue(self.matches("neighbor * local-ip auto local-as auto family-allowed ipv4-unicast", OTHER))
        self.assertFalse(self.matches("neighbor * family-allowed ipv4-unicast"))

    def test_any_selector_may_match(self) -> None:
        self.assertTrue(self.matches("neighbor 10.0.0.1 , neighbor 127.0.0.1"))
        self.assertTrue(self.matches("peer [ 10.0.0.1 , 127.0.0.1 peer-as 65001 ]"))
        self.assertFalse(self.matches("peer [ 10.0.0.1 , 127.0.0.1 peer-as 65002 ]"))

    def test_what_is_no_selector_is_misspelt(self) -> None:
        for text, at in (
            ("neighbor", 1),
            ("neighbor router", 1),
            ("neighbor 127.0.0.1 local-as", 3),
            ("neighbor 127.0.0.1 local-as ,", 3),
            ("neighbor 127.0.0.1 local-ip router", 3),
            ("neighbor 127.0.0.1 , announce", 3),
            ("neighbor [ 127.0.0.1 ]", 1),
            ("peer [ ]", 2),
            ("peer [ 127.0.0.1", 3),
        ):
            self.assertEqual(self.assertRaises(Misspelt, selectors, text).at, at, text)

    def test_a_selector_alone_is_no_command(self) -> None:
        self.assertRaises(Misspelt, split_selector, ["neighbor", "*"])
        self.assertEqual(split_selector(["neighbor", "*", "x"]), ([Selector("*")], ["x"]))
        self.assertEqual(split_selector(["x"]), ([], ["x"]))

    def test_plain_spells_addresses_as_names_do(self) -> None:
        words = ("*", "2001:DB8::0:1", "10.0.0.0/24", "x", "")
        self.assertEqual([plain(word) for word in words], ["*", "2001:db8::1", "10.0.0.0/24", "", ""])

    @given(st.lists(st.sampled_from(WORDS), max_size=10))
    def test_any_words_are_selectors_or_misspelt(self, words: list[str]) -> None:
        try:
            found, at = parse(words)
        except Misspelt as error:
            self.assertGreaterEqual(error.at, 0)
            return
        self.assertLessEqual(at, len(words))
        self.assertEqual(bool(found), bool(words) and words[0] in ("neighbor", "peer"))
