"""A configuration file in its canonical form: one statement a line, four blanks a level, comments where they were.

A text becomes a document of lines, each a statement with its comments, which others may change before it is written.
Only blanks, line breaks and needless quotes differ afterwards; the words of every statement stay as they are.
"""

import re
from collections.abc import Iterator
from typing import Final

from bgptwist.grammar.lexer import Misplaced, Place, QuotedStatement, Source, Statement
from bgptwist.settings import value
from bgptwist.settings.mistake import told
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.schema import ROOT, Keyword, Section
from bgptwist.settings.tree import Tree, parse
from bgptwist.wire.errors import Refused

INDENT: Final = "    "
BREAKING: Final = frozenset("#;{}[],'\"\\")
"""Characters that a bare word cannot hold, besides white space."""
PUNCTUATION: Final = ("[", "]", ",")
NAMED: Final = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}

COMMENT: Final = r"#(?:[^\\\n]++|\\[^\S\n]*+\n|\\)*+"
"""Up to the end of the line, or of the next one after a backslash."""
PIECE: Final = re.compile(rf"""({COMMENT})|"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|\\.?|[^#"'\\]++""", re.DOTALL)
"""A comment, or something in which no comment begins."""
GAP: Final = re.compile(rf"(?:\s++|{COMMENT}|\\[^\S\n]*+(?:\n|\Z))*+")
NOWHERE: Final = Place("", 0, 0)
TRAILING: Final = re.compile(r"[^\S\n]+(?=\n|\Z)")


def open_ended(section: Section) -> set[str]:
    """The keywords whose value is every word up to the `;`, so that a line break before it is a mistake."""
    found: set[str] = set()
    for record in section.contents.values():
        if isinstance(record, Section):
            found |= open_ended(record)
        elif isinstance(record, Keyword) and record.read in (value.text, value.arguments, value.option):
            found.add(record.word)
    return found


OPEN_ENDED: Final = frozenset(open_ended(ROOT))


class Line:
    """A statement of a document, with the comments that belong to it.

    `words` are their values, `spellings` how they are written.  `inner` are the statements of a section.
    `before`: comments above it, '' for an empty line.  `beside`: the comment on its line, of a section that beside
    `{`.  `ending`: comments after the last statement of a section.  `closing`: the comment beside `}`.
    """

    __slots__ = ("before", "beside", "closing", "ending", "inner", "place", "spellings", "words")

    def __init__(
        self,
        words: list[str],
        inner: list["Line"] | None = None,
        place: Place = NOWHERE,
        spellings: list[str] | None = None,
    ) -> None:
        self.words = words
        self.spellings = [bare(word) for word in words] if spellings is None else spellings
        self.inner = inner
        self.place = place
        self.before: list[str] = []
        self.beside = ""
        self.ending: list[str] = []
        self.closing = ""

    @property
    def keyword(self) -> str:
        """The first word, '' when there is none."""
        return self.words[0] if self.words else ""

    @property
    def contents(self) -> list["Line"]:
        """The statements inside, none when it is no section."""
        return self.inner or []

    def adopt(self, other: "Line") -> None:
        """Have the comments of another line."""
        self.before, self.beside = other.before, other.beside
        self.ending, self.closing = other.ending, other.closing

    def remarks(self) -> list[str]:
        """All comments of the statement and of what is in it."""
        found = [comment for comment in (*self.before, self.beside) if comment]
        for each in self.contents:
            found += each.remarks()
        return found + [comment for comment in (*self.ending, self.closing) if comment]

    def say(self, words: list[str]) -> None:
        """Have other words; those that stay keep their spelling."""
        known = dict(zip(self.words, self.spellings, strict=True))
        self.words = words
        self.spellings = [known.get(word) or bare(word) for word in words]

    def __repr__(self) -> str:
        return f"<Line {spelt(self)[:60]}>"


class Document:
    """The statements of a text and the comments after the last of them; `warnings` are those of its tree."""

    def __init__(self, lines: list[Line], ending: list[str], warnings: tuple[Misplaced, ...]) -> None:
        self.lines = lines
        self.ending = ending
        self.warnings = warnings

    def text(self) -> str:
        """The document as it is written."""
        found = list(written(self.lines, 0))
        found += comments(self.ending, "", not found)
        return "".join([f"{line}\n" for line in found])


class Reader:
    """Makes lines of the statements of one text; comments are taken from between their marks."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self._at = 0
        """Everything before this character is read."""
        self._last: Line | None = None
        """To whom a comment on the same line belongs."""
        self._closed = False
        """The section of that one is closed."""

    def block(self, statements: list[Statement]) -> list[Line]:
        """The lines of a section, or of the whole text."""
        found: list[Line] = []
        for statement in statements:
            line = read(statement)
            mark = mark_of(statement)
            line.before = self.comments(mark, start_of(statement))
            self._pass(mark, line, False)
            if statement.inner is not None:
                line.inner = self.block(statement.inner)
                gap = GAP.match(self.text, self._at)
                end = self._at if gap is None else gap.end()
                line.ending = self.comments(end)
                self._pass(end, line, True)
            found.append(line)
        return found

    def _pass(self, at: int, line: Line, closed: bool) -> None:
        """Everything up to a mark was read."""
        self._at = at + 1
        self._last = line
        self._closed = closed

    def comments(self, end: int, start: int = -1) -> list[str]:
        """The comments before `end`, '' for empty lines between them; the first may belong beside the last line.

        Those behind `start` are among the words of a statement: they go above it.
        """
        found: list[str] = []
        at = self._at
        if "#" in self.text[at:end]:
            for piece in PIECE.finditer(self.text, at, end):
                if piece[1] is None:
                    continue
                comment = tidy(piece[1])
                inside = 0 <= start < piece.start()
                lines = 0 if inside else self.text.count("\n", at, piece.start())
                if lines == 0 and at == self._at and self._last is not None and not inside:
                    self._beside(comment)
                else:
                    found += ["", comment] if lines > 1 else [comment]
                at = piece.end()
        if start > at and self.text.count("\n", at, start) > 1:
            found.append("")
        return found

    def _beside(self, comment: str) -> None:
        """A comment on the line of what was read last."""
        assert self._last is not None
        if self._closed:
            self._last.closing = comment
        else:
            self._last.beside = comment


def read(statement: Statement) -> Line:
    """A statement without its comments; Misplaced when it would mean something else in one line."""
    words = statement.words()
    spellings = words
    if isinstance(statement, QuotedStatement) and statement.literal:
        text = statement.source.text
        marked = [text[at] in "\"'\\" for at in statement.offsets]
        spellings = [quoted(word) if mark else bare(word) for word, mark in zip(words, marked, strict=True)]
    line = Line(words, None, statement.place(), spellings)
    if line.keyword in OPEN_ENDED and statement.runs_on():
        raise Misplaced(statement.place(), "the statement goes on in the next line", "';' at the end of the line")
    return line


def start_of(statement: Statement) -> int:
    """Where the first word stands."""
    if isinstance(statement, QuotedStatement):
        return statement.at
    return statement.at + len(statement.text) - len(statement.text.lstrip())


def mark_of(statement: Statement) -> int:
    """Where the `;` or `{` stands."""
    return statement.mark_at if isinstance(statement, QuotedStatement) else statement.at + len(statement.text)


def tidy(comment: str) -> str:
    """A comment without blanks at the ends of its lines; one that goes on with nothing keeps that nothing."""
    text = TRAILING.sub("", comment.rstrip())
    return f"{text}\n" if text.endswith("\\") else text


def bare(word: str) -> str:
    """A word without quotes if it can do without."""
    if word in PUNCTUATION:
        return word
    if not word or not word.isprintable() or " " in word or not BREAKING.isdisjoint(word):
        return quoted(word)
    return word


def quoted(word: str) -> str:
    """A word in quotes."""
    mark = "'" if '"' in word and "'" not in word else '"'
    found: list[str] = []
    for letter in word:
        if letter == mark:
            found.append(f"\\{letter}")
        elif letter in NAMED:
            found.append(NAMED[letter])
        elif letter.isprintable() or ord(letter) > 0xFFFF:
            found.append(letter)
        else:
            found.append(f"\\u{ord(letter):04x}")
    return f"{mark}{''.join(found)}{mark}"


def spelt(line: Line) -> str:
    """The words of a statement with one blank between them, none before a comma."""
    spellings = line.spellings
    if "," not in spellings:
        return " ".join(spellings)
    return "".join([word if word == "," or not index else f" {word}" for index, word in enumerate(spellings)])


def comments(found: list[str], indent: str, first: bool) -> Iterator[str]:
    """The lines of some comments; there is no empty one at the beginning of a section."""
    for index, comment in enumerate(found):
        if comment:
            yield indent + comment
        elif index or not first:
            yield ""


def written(lines: list[Line], level: int) -> Iterator[str]:
    """The lines of a section."""
    indent = INDENT * level
    for index, line in enumerate(lines):
        yield from comments(line.before, indent, not index)
        beside = f"  {line.beside}" if line.beside else ""
        if line.inner is None:
            yield f"{indent}{spelt(line)};{beside}"
            continue
        closing = f"  {line.closing}" if line.closing else ""
        if not line.inner and not line.ending and not beside:
            yield f"{indent}{spelt(line)} {{ }}{closing}"
            continue
        yield f"{indent}{spelt(line)} {{{beside}"
        yield from written(line.inner, level + 1)
        yield from comments(line.ending, indent + INDENT, not line.inner)
        yield f"{indent}}}{closing}"


def cut(source: Source) -> Tree:
    """The statements of a text, perhaps none; ConfigurationError when it cannot be cut into statements."""
    tree = parse(Source(source.name, source.text, within=source))
    errors = [*tree.errors, tree.unclosed] if tree.unclosed is not None else tree.errors
    if errors:
        raise ConfigurationError(told(errors, {source.name: source}))
    return tree


def document(source: Source) -> Document:
    """A text as lines; ConfigurationError when there are none."""
    return arranged(cut(source))


def arranged(tree: Tree) -> Document:
    """The statements of a text with their comments."""
    source = tree.source
    reader = Reader(source)
    try:
        lines = reader.block(tree.statements)
    except Misplaced as error:
        raise ConfigurationError(told([error], {source.name: source})) from None
    return Document(lines, reader.comments(len(source.text)), told(tree.warnings, {source.name: source}))


def formatted(source: Source) -> str:
    """The canonical form of a text; ConfigurationError when it has none.

    What was written is read again: it must be the same statements, or it is Refused.
    """
    tree = cut(source)
    text = arranged(tree).text()
    if not same(tree.statements, parse(Source(source.name, text, within=source)).statements):
        raise Refused(f"{source.name}: the canonical form would mean something else: please report this")
    return text


def same(one: list[Statement], other: list[Statement]) -> bool:
    """Whether two lists of statements have the same words and sections."""
    if len(one) != len(other):
        return False
    for left, right in zip(one, other, strict=True):
        if left.words() != right.words() or (left.inner is None) != (right.inner is None):
            return False
        if left.inner is not None and right.inner is not None and not same(left.inner, right.inner):
            return False
    return True
