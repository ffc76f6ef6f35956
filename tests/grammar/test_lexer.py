"""The lexer: words, where they stand, and what cannot be read."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import (
    Misplaced,
    Place,
    Source,
    Statement,
    split,
    split_route,
    statements,
)
from bgptwist.wire.errors import Misspelt

TEXTS = st.text(alphabet="ab \t\r\n;{}[](),#\"'\\u0041\u00e9", max_size=60)


def read(text: str) -> list[Statement | Misplaced]:
    return list(statements(Source("f", text)))


def words(text: str) -> list[tuple[str, ...]]:
    """The words of each statement and its mark; errors as their text."""
    return [(str(each),) if isinstance(each, Misplaced) else (*each.words(), each.mark) for each in read(text)]


def one(text: str) -> Statement:
    (found,) = read(text)
    assert isinstance(found, Statement)
    return found


class WordTests(SynchronousTestCase):
    def test_white_space_of_all_kinds_separates_words(self) -> None:
        self.assertEqual(words("a\tb  c\r\n;"), [("a", "b", "c", ";")])

    def test_marks_need_no_blanks(self) -> None:
        self.assertEqual(words("a{b;c}"), [("a", "{"), ("b", ";"), ("c", "}")])

    def test_brackets_and_commas_are_words_but_parentheses_are_not(self) -> None:
        self.assertEqual(words("a[1:1,2](3);"), [("a", "[", "1:1", ",", "2", "]", "(3)", ";")])

    def test_parentheses_of_a_route_are_words(self) -> None:
        self.assertEqual(one("x (16000,800);").route_words(), ["x", "(", "16000", ",", "800", ")"])
        self.assertEqual(one("x '' (16000,800);").route_words(), ["x", "", "(", "16000", ",", "800", ")"])

    def test_a_quoted_word_with_blanks_keeps_its_parentheses(self) -> None:
        self.assertEqual(one('x "a (b)";').route_words(), ["x", "a (b)"])

    def test_a_statement_may_span_lines(self) -> None:
        self.assertEqual(words("a [\n b # c\n d\n]\n;"), [("a", "[", "b", "d", "]", ";")])

    def test_comments_end_with_their_line(self) -> None:
        self.assertEqual(words("# x;\na; # b; {\nc; #"), [("a", ";"), ("c", ";")])

    def test_a_comment_joins_the_next_line_with_a_backslash(self) -> None:
        self.assertEqual(words("# mup \\\n rd 1:1;\na;"), [("a", ";")])

    def test_a_backslash_at_the_end_of_a_line_joins_the_next(self) -> None:
        self.assertEqual(words("a \\\nnext-hop \\  \r\n b;"), [("a", "next-hop", "b", ";")])
        self.assertEqual(words("a\\\nb;"), [("ab", ";")])

    def test_quotes_make_everything_literal(self) -> None:
        self.assertEqual(words('a "b # ; { } [ ] , \'" \'c "d"\';'), [("a", "b # ; { } [ ] , '", 'c "d"', ";")])

    def test_a_closing_quote_ends_the_word_an_opening_one_does_not(self) -> None:
        self.assertEqual(words('ab"cd ef" "a""b";'), [("abcd ef", "a", "b", ";")])

    def test_quotes_may_hold_nothing(self) -> None:
        self.assertEqual(words('a "";'), [("a", "", ";")])

    def test_an_escaped_character_has_no_meaning(self) -> None:
        self.assertEqual(words('a \\; \\" \\# \\\\ "x\\"y";'), [("a", ";", '"', "#", "\\", 'x"y', ";")])

    def test_escapes_name_characters(self) -> None:
        self.assertEqual(words("\\u00e9\\n\\t\\b\\f\\r;"), [("\u00e9\n\t\b\f\r", ";")])

    def test_a_backslash_at_the_end_of_the_text_is_nothing(self) -> None:
        self.assertEqual(words("a; \\"), [("a", ";")])

    def test_words_may_be_in_any_script(self) -> None:
        self.assertEqual(words("description r\u00e9seau;"), [("description", "r\u00e9seau", ";")])

    def test_a_text_without_a_mark_is_a_statement_without_one(self) -> None:
        self.assertEqual(words("a; b c"), [("a", ";"), ("b", "c", "")])

    def test_nothing_makes_no_statement(self) -> None:
        self.assertEqual([words(text) for text in ("", " \n", "# a", "\\\n")], [[]] * 4)

    def test_the_keyword_is_the_first_word(self) -> None:
        texts = (" route x;", "hold-time 5;", "[ a;", "'a b' c;", ";", "a[b];")
        self.assertEqual([one(text).keyword for text in texts], ["route", "hold-time", "[", "a b", "", "a"])

    def test_a_quoted_statement_is_plain_only_without_quotes_and_escapes(self) -> None:
        self.assertEqual([one(text).plain for text in ("a b;", "a # c\n b;", "a 'b';", "a \\b;")], [1, 1, 0, 0])

    def test_split_and_split_route_differ_in_parentheses(self) -> None:
        self.assertEqual(split("a[b](c),d"), ["a", "[", "b", "]", "(c)", ",", "d"])
        self.assertEqual(split_route("a[b](c),d"), ["a", "[", "b", "]", "(", "c", ")", ",", "d"])


class PlaceTests(SynchronousTestCase):
    TEXT = "one;\n\n  two [3]\n\tfour;\nfive 'si x' # c\n  seven(8) {\n}"

    def test_words_know_line_and_column(self) -> None:
        _, two, five, _ = [each for each in read(self.TEXT) if isinstance(each, Statement)]
        self.assertEqual([two.place(at)[1:] for at in range(5)], [(3, 3), (3, 7), (3, 8), (3, 9), (4, 2)])
        self.assertEqual([five.place(at)[1:] for at in range(3)], [(5, 1), (5, 6), (6, 3)])
        self.assertEqual(
            [five.route_place(at)[1:] for at in range(6)], [(5, 1), (5, 6), (6, 3), (6, 8), (6, 9), (6, 10)]
        )

    def test_the_word_after_the_last_is_where_the_last_ends(self) -> None:
        self.assertEqual(one("a b \n;").place(2), Place("f", 1, 4))
        self.assertEqual(one("a 'b' \n;").place(2), Place("f", 1, 6))
        self.assertEqual(one("a b;").place(-1), Place("f", 1, 1))

    def test_the_mark_has_a_place(self) -> None:
        self.assertEqual(one("a \n {").mark_place(), Place("f", 2, 2))
        self.assertEqual(one("'a' \n {").mark_place(), Place("f", 2, 2))

    def test_a_place_of_line_zero_is_the_file(self) -> None:
        self.assertEqual(str(Place("f", 0, 0)), "f")

    def test_a_statement_places_an_error(self) -> None:
        error = one("a b c;").wrong(Misspelt("no", "yes", 2))
        self.assertEqual(str(error), "f:1:5: no, expected yes")

    def test_a_statement_knows_whether_it_runs_on(self) -> None:
        texts = ("a b;", "a\nb;", "a \\\n b;", "a 'b'\n c;", "\n a 'b';", "a # x\n b;")
        self.assertEqual([one(text).runs_on() for text in texts], [False, True, False, True, False, True])


class ErrorTests(SynchronousTestCase):
    def test_an_open_quote_ends_its_statement_with_the_line(self) -> None:
        self.assertEqual(
            words('a "b;\nc;'), [('f:1:3: the quote is not closed in its line, expected another "',), ("c", ";")]
        )

    def test_half_a_character_is_refused(self) -> None:
        self.assertEqual(words("a \\udc00;")[0], ("f:1:3: '\\udc00' is half a character",))

    @given(TEXTS)
    def test_every_text_is_read_to_its_end(self, text: str) -> None:
        source = Source("f", text)
        for found in statements(source):
            if isinstance(found, Statement):
                size = len(found.words())
                places = [found.place(at) for at in range(size + 1)]
                self.assertEqual(places, sorted(places))
                self.assertEqual(len(found.route_words()) >= size, True)
                found.route_place(len(found.route_words()))
                self.assertIn(found.mark, ("", ";", "{", "}"))

    @given(st.lists(st.text(alphabet="ab;{}#'\"\\ []", max_size=6), min_size=1, max_size=5))
    def test_any_words_can_be_escaped(self, given: list[str]) -> None:
        text = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in given)
        self.assertEqual(one(text + ";").words(), given)
