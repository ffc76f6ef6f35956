"""Braces and semicolons."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Source, Statement
from bgptwist.settings.tree import DEEPEST, Tree, parse

TEXTS = st.lists(st.sampled_from((*"ab;{} \n#'\"\\", "word ", "a b;", "x { ", "}\n")), max_size=40).map("".join)


def tree(text: str) -> Tree:
    return parse(Source("f", text))


def shape(statements: list[Statement]) -> list[object]:
    """Keywords, and for sections what is inside."""
    return [each.keyword if each.inner is None else (each.keyword, shape(each.inner)) for each in statements]


class TreeTests(SynchronousTestCase):
    def test_sections_hold_their_statements(self) -> None:
        found = tree("a { b { c; } d; } e;")
        self.assertEqual(shape(found.statements), [("a", [("b", ["c"]), "d"]), "e"])
        self.assertEqual((found.errors, found.warnings), ([], []))

    def test_a_section_open_at_the_end_is_an_error(self) -> None:
        found = tree("a {\n b x { c;\n")
        self.assertEqual(shape(found.statements), [("a", [("b", ["c"])])])
        self.assertEqual((found.errors, found.warnings), ([], []))
        self.assertEqual(str(found.unclosed), "f:2:2: section 'b x' is not closed at the end of the file, expected '}'")

    def test_a_brace_below_a_section_is_taken_for_its_own_with_a_warning(self) -> None:
        found = tree("a x {\n b {\n c;\n}\n# the end\n")
        self.assertEqual(shape(found.statements), [("a", [("b", ["c"])])])
        self.assertEqual((found.errors, found.unclosed), ([], None))
        self.assertEqual(
            [str(each) for each in found.warnings],
            ["f:1:1: section 'a x' is not closed at the end of the file, expected '}'"],
        )

    def test_reading_goes_on_after_an_error(self) -> None:
        found = tree("a { b } } ; c; { d; } e")
        self.assertEqual(shape(found.statements), [("a", ["b"]), "c", ("", ["d"]), "e"])
        self.assertEqual(
            [str(error) for error in found.errors],
            [
                "f:1:6: the statement is not finished, expected ';' or '{'",
                "f:1:9: this '}' closes nothing, expected a '{' before it",
                "f:1:11: there is nothing before this ';', expected a statement",
                "f:1:16: a section has no name, expected a word before '{'",
                "f:1:24: the statement is not finished, expected ';' or '{'",
            ],
        )

    def test_sections_do_not_nest_without_bound(self) -> None:
        self.assertEqual(tree("a {" * DEEPEST).errors, [])
        self.assertIn("too many sections", str(tree("a {" * 100000).errors[0]))

    def test_there_are_never_more_than_a_hundred_errors(self) -> None:
        self.assertEqual(len(tree("}" * 100000).errors), 100)
        self.assertEqual(len(tree("'\n" * 100000).errors), 100)

    def test_a_text_that_says_nothing_is_an_error(self) -> None:
        for text in ("", "\n", "# only this"):
            self.assertIn("the file says nothing", str(tree(text).errors[0]))

    @given(TEXTS)
    def test_every_text_has_a_tree_or_errors(self, text: str) -> None:
        found = tree(text)
        self.assertTrue(found.statements or found.errors)
