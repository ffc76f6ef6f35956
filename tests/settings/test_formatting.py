"""`fmt`: any file in one form, which means the same, keeps every comment and does not change a second time."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Source, Statement
from bgptwist.settings.formatting import PIECE, document, formatted
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.tree import parse

TOP = Path(__file__).resolve().parent.parent.parent
FILES = [path for folder in ("etc", "examples", "tests", "docs") for path in TOP.glob(f"{folder}/**/*.conf")]

Shape = tuple[list[str], "list[Shape] | None"]


def shape(statements: list[Statement]) -> list[Shape]:
    """The words of statements and of what is in them."""
    return [(each.words(), None if each.inner is None else shape(each.inner)) for each in statements]


def plain(comment: str) -> str:
    """A comment in one line."""
    return " ".join(re.sub(r"\\[^\S\n]*(\n|\Z)", " ", comment).split())


def remarks(text: str) -> list[str]:
    """All comments of a text."""
    return sorted(plain(found[1]) for found in PIECE.finditer(text) if found[1])


SPECIAL = "#;{}[],\"'"
ODD = st.text(st.sampled_from(" \t\n\r\v\\abnrtu0(\u00a0\u0085\u2028\u00e9\U0001f600\ue000" + SPECIAL), max_size=8)
USUAL = st.sampled_from(("hold-time", "a", "10.0.0.0/24", "[", "]", ",", "(", "90", ""))
WORDS = st.one_of(USUAL, ODD, st.text(st.characters(codec="utf-8"), max_size=8))
MORE = st.sampled_from(("", "", "", "\\\n", " \\ \n more", "\\x", "\\\\\n # \\\n\\\r\n", "\\\\x"))
REMARK = st.builds(lambda text, more: f"#{text}{more}\n", st.text(st.characters(codec="utf-8"), max_size=9), MORE).map(
    lambda text: text if text.count("\n") == 1 or "\\" in text else "# \n"
)
BLANKS = st.sampled_from((" ", "\t", "\n", "\n\n", "\r\n", "\n \n\n", "\\\n", "\\ \n"))


def harmless(text: str) -> bool:
    """Whether a comment ends where its text does."""
    found = PIECE.match(text)
    return found is not None and found.end() == len(text) - 1 and text[-1] == "\n"


GAPS = st.lists(st.one_of(BLANKS, REMARK.filter(harmless)), max_size=3)


def escaped(letter: str) -> str:
    """A character outside of quotes."""
    if letter in SPECIAL or letter == "\\":
        return f"\\{letter}"
    if letter.isspace():
        return f"\\u{ord(letter):04X}"
    return letter


def written(word: str, way: int) -> str:
    """A word in one of the ways in which it can be written."""
    if word in ("[", "]", ",") and way:
        return word
    if way < 2 or not word:
        mark = "\"'"[way % 2]
        known = {"\\": "\\\\", mark: f"\\{mark}", "\n": "\\n"}
        return mark + "".join([known.get(letter, letter) for letter in word]) + mark
    if way == 2:
        return '"' + "".join([f"\\u{ord(letter):04x}" if ord(letter) < 0xD800 else letter for letter in word]) + '"'
    return "".join([escaped(letter) for letter in word])


class Drawn:
    """A text in the making, what it means, and its comments."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.parts: list[str] = []
        self.comments: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def gap(self) -> None:
        for part in self.draw(GAPS):
            self.parts.append(part)
            if part.startswith("#"):
                self.comments.append(plain(part))

    def statements(self, depth: int = 0) -> list[Shape]:
        shapes: list[Shape] = []
        for _ in range(self.draw(st.integers(0 if depth else 1, 3))):
            words = self.draw(st.lists(WORDS, min_size=1, max_size=5))
            for word in words:
                self.parts.append(" ")
                self.gap()
                self.parts.append(written(word, self.draw(st.integers(0, 3))))
            self.gap()
            if depth < 3 and self.draw(st.booleans()):
                self.parts.append("{")
                shapes.append((words, self.statements(depth + 1)))
                self.gap()
                self.parts.append("}")
            else:
                self.parts.append(";")
                shapes.append((words, None))
        self.gap()
        return shapes


@st.composite
def drafts(draw: st.DrawFn) -> tuple[str, list[Shape], list[str]]:
    """Any text without mistakes, its shapes and its comments."""
    drawn = Drawn(draw)
    shapes = drawn.statements()
    return drawn.text, shapes, sorted(drawn.comments)


class FormatTests(SynchronousTestCase):
    maxDiff = None

    def check(self, text: str) -> str:
        """The canonical form of a text that can be read."""
        found = formatted(Source("f", text))
        self.assertEqual(shape(parse(Source("f", found)).statements), shape(parse(Source("f", text)).statements))
        self.assertEqual(remarks(found), remarks(text))
        self.assertEqual(formatted(Source("f", found)), found)
        return found

    @given(drafts())
    def test_any_file_means_the_same_keeps_its_comments_and_changes_once(
        self, drawn: tuple[str, list[Shape], list[str]]
    ) -> None:
        text, shapes, comments = drawn
        tree = parse(Source("f", text))
        self.assertEqual(([], shapes), ([str(error) for error in tree.errors], shape(tree.statements)), repr(text))
        found = formatted(Source("f", text))
        self.assertEqual(shape(parse(Source("f", found)).statements), shapes)
        self.assertEqual(remarks(found), comments)
        self.assertEqual(formatted(Source("f", found)), found)

    @given(st.text(st.sampled_from(" \n\\#;{}[],\"'ab"), max_size=40))
    def test_any_characters_are_formatted_or_refused(self, text: str) -> None:
        try:
            formatted(Source("f", text))
        except ConfigurationError:
            return
        self.check(text)

    def test_the_configurations_at_hand(self) -> None:
        sound = 0
        for path in FILES:
            text = path.read_bytes().decode("utf-8", "replace")
            try:
                formatted(Source(path.name, text))
            except ConfigurationError:
                self.assertIn("broken", path.parts, path)
                continue
            self.check(text)
            sound += 1
        self.assertGreaterEqual(sound, 6)

    def test_one_statement_a_line_and_four_blanks_a_level(self) -> None:
        text = "neighbor  10.0.0.1{hold-time 90;family{ipv4 unicast;}\nprocesses[a,b];nexthop{}}"
        self.assertEqual(
            self.check(text),
            "neighbor 10.0.0.1 {\n"
            "    hold-time 90;\n"
            "    family {\n"
            "        ipv4 unicast;\n"
            "    }\n"
            "    processes [ a, b ];\n"
            "    nexthop { }\n"
            "}\n",
        )

    def test_comments_stay_where_they_were(self) -> None:
        text = (
            "# first\n\n\n# above\nneighbor x { # beside it\n  a 1;# beside a\n# above b\n"
            "  b\n  # among the words\n 2;\n\n"
            "\n  c 3;\n\n  # at the end\n} # closing\n\n# last\\\n of all"
        )
        self.assertEqual(
            self.check(text),
            "# first\n\n# above\nneighbor x {  # beside it\n    a 1;  # beside a\n    # above b\n"
            "    # among the words\n"
            "    b 2;\n\n    c 3;\n\n    # at the end\n}  # closing\n\n# last\\\n of all\n",
        )

    def test_quotes_stay_and_escapes_are_written_in_one_way(self) -> None:
        text = 'a "b c" \'d\' e\\ f \'"\' "\\u0009" "a , b" \\[ x"y" ;'
        self.assertEqual(self.check(text), 'a "b c" "d" "e f" \'"\' "\\t" "a , b" "[" xy;\n')

    def test_a_comment_with_a_backslash_at_its_end_does_not_take_a_statement(self) -> None:
        self.assertEqual(self.check("# \\\n\na 1;# \\"), "# \\\n\na 1;  # \\\n\n")

    def test_a_section_that_is_open_at_the_end_is_closed_with_a_warning_when_nothing_is_cut_off(self) -> None:
        text = "a {\n b {\n c 1; # d\n}"
        self.assertEqual(self.check(text), "a {\n    b {\n        c 1;  # d\n    }\n}\n")
        self.assertEqual(len(document(Source("f", text)).warnings), 1)

    def test_a_mistake_is_told_with_its_place(self) -> None:
        for text, wanted in (
            ("a 1;\nb 2 ", "f:2:4: the statement is not finished, expected ';' or '{'"),
            ('a "b;', 'f:1:3: the quote is not closed in its line, expected another "'),
            ("a { b 1;", "f:1:1: section 'a' is not closed at the end of the file, expected '}'"),
            (
                "description x\na 1;",
                "f:1:1: the statement goes on in the next line, expected ';' at the end of the line",
            ),
        ):
            self.assertEqual(str(self.assertRaises(ConfigurationError, formatted, Source("f", text))), wanted)

    def test_a_file_without_statements_may_be_included_somewhere(self) -> None:
        self.assertEqual(formatted(Source("f", "")), "")
        self.assertEqual(formatted(Source("f", "\n\n # a\n\n\n# b")), "# a\n\n# b\n")

    def test_a_description_joined_by_a_backslash_is_one_line(self) -> None:
        self.assertEqual(self.check("description x \\\n y;"), "description x y;\n")
