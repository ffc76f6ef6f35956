"""Characters become statements that know file, line and column (the language of ExaBGP's configuration files)."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bgptwist.wire.errors import Misspelt

ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

SPECIAL: Final = re.compile(r"[{}#\"'\\]|\Z")
"""What a long file has little of: braces, comments, quotes, escapes.  Everything up to it is cut at its semicolons."""

JOIN: Final = re.compile(r"\\[^\S\n]*+(?:\n|\Z)")
"""A backslash that is the last thing in its line: the next line goes on where this one ends."""

GAP: Final = re.compile(r"(?:\s++|#(?:[^\\\n]++|\\[^\S\n]*+\n|\\)*+|\\[^\S\n]*+(?:\n|\Z))++")
"""White space, comments and joins; a join at the end of a comment makes the next line part of it, as in ExaBGP."""

RUN: Final = re.compile(r"[^\s;{}#\"'\\\[\],]++")
WORD: Final = re.compile(r"[\[\],]|[^\s\[\],]++")
ROUTE_WORD: Final = re.compile(r"[\[\](),]|[^\s\[\](),]++")
UNICODE: Final = re.compile(r"u([0-9a-fA-F]{4})")

SHOWN: Final = 1000
"""Characters of a reason that are told: a word of a file may be as long as the file."""


class Place(NamedTuple):
    """Where something stands; lines and columns count from 1, line 0 means the whole file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Misplaced(Misspelt):
    """Misspelt words of a file, with the place: one line, `file:line:column: reason, expected this`.

    `suggestion` is a word that may have been meant instead.  `line` is the text of the line, '' when it is not known.
    A warning has the same shape.
    """

    def __init__(self, place: Place, reason: str, expected: str = "", suggestion: str = "") -> None:
        super().__init__(readable(reason), readable(expected))
        self.place = place
        self.suggestion = suggestion
        self.line = ""

    def __str__(self) -> str:
        return f"{readable(str(self.place))}: {super().__str__()}"


def readable(text: str) -> str:
    """A text that fits in a line: control characters are spelt, and the middle of a long text is left out."""
    if len(text) > SHOWN:
        text = f"{text[: SHOWN // 2]} ... {text[-SHOWN // 2 :]}"
    if text.isprintable():
        return text
    return "".join([letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text])


class Source:
    """A text and its name; `folder` is where the files are that it names.

    `path` tells a file from others, whatever its name; `within` is what includes it.
    """

    def __init__(self, name: str, text: str, folder: str = "/", path: str = "", within: "Source | None" = None) -> None:
        self.name = name
        self.text = text
        self.folder = folder
        self.path = path
        self.within = within
        self._lines: list[int] | None = None

    def place(self, offset: int) -> Place:
        """Line and column of the character at `offset`."""
        ends = self._ends()
        line = bisect_right(ends, offset)
        return Place(self.name, line + 1, offset - (ends[line - 1] if line else 0) + 1)

    def line(self, number: int) -> str:
        """The text of a line, which counts from 1."""
        ends = self._ends()
        if not 1 <= number <= len(ends) + 1:
            return ""
        start = ends[number - 2] if number > 1 else 0
        return self.text[start : ends[number - 1] if number <= len(ends) else len(self.text)].rstrip("\r\n")

    def _ends(self) -> list[int]:
        """Where lines end."""
        if self._lines is None:
            self._lines = [found.end() for found in re.finditer("\n", self.text)]
        return self._lines


class Statement:
    """The words of one statement; `mark` ends it: `;`, `{`, `}`, or nothing at the end of the text.

    `text` holds the words between blanks, with no comment, quote or escape among them; it begins at `at`.
    `inner` are the statements of a section.
    """

    __slots__ = ("at", "inner", "mark", "source", "text")

    def __init__(self, source: Source, at: int, text: str, mark: str) -> None:
        self.source = source
        self.at = at
        self.text = text
        self.mark = mark
        self.inner: list[Statement] | None = None

    @property
    def keyword(self) -> str:
        """The first word, '' when there is none."""
        words = self.text.split(None, 1)
        if words and words[0].isalpha():
            return words[0]
        everything = self.words()
        return everything[0] if everything else ""

    @property
    def plain(self) -> bool:
        """Whether `text` tells the words."""
        return True

    def words(self) -> list[str]:
        """All words; `[`, `]` and `,` are words of their own."""
        return split(self.text)

    def route_words(self) -> list[str]:
        """All words of a route, where parentheses are words of their own, too."""
        return split_route(self.text)

    def place(self, index: int = 0) -> Place:
        """Where the word with that index stands; one index after the last is the end of the statement."""
        return self._place(self.starts(), index)

    def route_place(self, index: int) -> Place:
        """The same for an index among `route_words`."""
        return self._place([self.at + found.start() for found in ROUTE_WORD.finditer(self.text)], index)

    def wrong(self, error: Misspelt) -> Misplaced:
        """The error about `words` of this statement, with its place."""
        return Misplaced(self.place(error.at), error.reason, error.expected)

    def bounds(self) -> tuple[int, int]:
        """Where in the text of the source the last word ends, and where the mark stands."""
        return self.at + len(self.text.rstrip()), self.at + len(self.text)

    def end(self) -> Place:
        """Where the last word ends."""
        return self.source.place(self.bounds()[0])

    def mark_place(self) -> Place:
        """Where the mark stands."""
        return self.source.place(self.bounds()[1])

    def starts(self) -> list[int]:
        """Where in the text of the source each word begins."""
        return [self.at + found.start() for found in WORD.finditer(self.text)]

    def reworded(self, words: list[str], origins: Sequence[int], *, cut: bool = False) -> "QuotedStatement":
        """A statement of other words, each where the word with its origin stands; `cut`: what follows is not of it."""
        starts = self.starts()
        stop, mark_at = self.bounds()
        if cut:
            stop = mark_at = self._word_end(starts[origins[-1]], starts[origins[-1] + 1])
        mark = ";" if cut else self.mark
        found = QuotedStatement(self.source, words, [starts[at] for at in origins], stop, mark, mark_at, True)
        found.inner = None if cut else self.inner
        return found

    def _word_end(self, start: int, following: int) -> int:
        """Where a word ends that has another after it."""
        between = self.source.text[start:following]
        gaps = [gap.start() for gap in GAP.finditer(between) if gap.end() == len(between)]
        return start + gaps[0] if gaps else following

    def line_starts(self) -> Iterator[int]:
        """The indexes of words that begin a line which no backslash joins to the one before."""
        starts = self.starts()
        for index in range(1, len(starts)):
            between = self.source.text[starts[index - 1] : starts[index]]
            if "\n" in between and "\n" in JOIN.sub("", between):
                yield index

    def runs_on(self) -> bool:
        """Whether the words go on in another line without a backslash before it, as when a `;` was forgotten."""
        return "\n" in self.text.strip()

    def _place(self, offsets: list[int], index: int) -> Place:
        if not offsets:
            return self.end()
        return self.source.place(offsets[max(index, 0)]) if index < len(offsets) else self.end()

    def __repr__(self) -> str:
        return f"<Statement {' '.join(self.words())[:60]} {self.mark}>"


class QuotedStatement(Statement):
    """A statement that was read character by character: `tokens` are its words, `offsets` where they stand."""

    __slots__ = ("literal", "mark_at", "offsets", "stop", "tokens")

    def __init__(
        self, source: Source, tokens: list[str], offsets: list[int], stop: int, mark: str, mark_at: int, literal: bool
    ) -> None:
        super().__init__(source, offsets[0] if offsets else stop, " ".join(tokens), mark)
        self.mark_at = mark_at
        self.tokens = tokens
        self.offsets = offsets
        self.stop = stop
        self.literal = literal
        """Some words were quoted or have escapes, so `text` does not tell them."""

    @property
    def keyword(self) -> str:
        """The first word, '' when there is none."""
        return self.tokens[0] if self.tokens else ""

    @property
    def plain(self) -> bool:
        """Whether `text` tells the words."""
        return not self.literal

    def words(self) -> list[str]:
        """All words; `[`, `]` and `,` are words of their own."""
        return self.tokens

    def route_words(self) -> list[str]:
        """All words of a route, where parentheses are words of their own, too."""
        return [piece for word in self.tokens for piece in pieces(word)]

    def place(self, index: int = 0) -> Place:
        """Where the word with that index stands; one index after the last is the end of the statement."""
        return self._place(self.offsets, index)

    def route_place(self, index: int) -> Place:
        """The same for an index among `route_words`."""
        offsets: list[int] = []
        for at, word in zip(self.offsets, self.tokens, strict=True):
            for piece in pieces(word):
                offsets.append(at)
                at += len(piece)
        return self._place(offsets, index)

    def bounds(self) -> tuple[int, int]:
        """Where in the text of the source the last word ends, and where the mark stands."""
        return self.stop, self.mark_at

    def starts(self) -> list[int]:
        """Where in the text of the source each word begins."""
        return self.offsets

    def runs_on(self) -> bool:
        """Whether the words go on in another line without a backslash before it, as when a `;` was forgotten."""
        return "\n" in JOIN.sub("", self.source.text[self.at : self.stop])


def split(text: str) -> list[str]:
    """The words of plain text; `[`, `]` and `,` are words of their own."""
    if "[" in text or "]" in text or "," in text:
        text = text.replace("[", " [ ").replace("]", " ] ").replace(",", " , ")
    return text.split()


def split_route(text: str) -> list[str]:
    """The words of a route or a command: parentheses are words of their own, too."""
    if "[" in text or "]" in text:
        text = text.replace("[", " [ ").replace("]", " ] ")
    if "(" in text or ")" in text:
        text = text.replace("(", " ( ").replace(")", " ) ")
    if "," in text:
        text = text.replace(",", " , ")
    return text.split()


def pieces(word: str) -> list[str]:
    """A word cut at its parentheses; a quoted one that has more than a word in it stays whole."""
    if ("(" in word or ")" in word) and not any(letter.isspace() or letter in "[]," for letter in word):
        return split_route(word)
    return [word]


def statements(source: Source) -> Iterator[Statement | Misplaced]:
    """The statements of a text in order; what cannot be read comes as an error between them."""
    text = source.text
    find = text.find
    at = 0
    special = -1
    while at < len(text):
        if special < at:
            found = SPECIAL.search(text, at)
            special = found.start() if found is not None else len(text)
        end = find(";", at, special)
        if end >= 0:
            yield Statement(source, at, text[at:end], ";")
            at = end + 1
            continue
        letter = text[special : special + 1]
        if letter in "{}":
            if letter or not text[at:].isspace():
                yield Statement(source, at, text[at:special], letter)
            at = special + 1
            continue
        gap = GAP.match(text, at)
        if gap is not None and gap.end() > special:
            at = gap.end()
            continue
        tokenizer = Tokenizer(source, at)
        statement = tokenizer.statement()
        at = tokenizer.at
        if tokenizer.errors:
            yield from tokenizer.errors
        elif statement.tokens or statement.mark:
            yield statement


class Tokenizer:
    """Reads one statement character by character: quotes, escapes, comments, joined lines."""

    def __init__(self, source: Source, at: int) -> None:
        self.source = source
        self.text = source.text
        self.at = at
        self.errors: list[Misplaced] = []
        self._tokens: list[str] = []
        self._offsets: list[int] = []
        self._stop = at
        self._literal = False
        self._parts: list[str] | None = None
        """What is known of the word that is being read; None between words."""

    def statement(self) -> QuotedStatement:
        """The statement, at most up to an error; `at` is then behind it."""
        text = self.text
        while not self.errors and self.at < len(text) and text[self.at] not in ";{}":
            self._step(text[self.at])
        self._finish()
        at = self.at
        mark = text[at : at + 1]
        self.at += 1
        return QuotedStatement(self.source, self._tokens, self._offsets, self._stop, mark, at, self._literal)

    def _step(self, letter: str) -> None:
        """Read what begins with `letter`."""
        run = RUN.match(self.text, self.at)
        if run is not None:
            self._add(run[0])
            self.at = run.end()
        elif letter == "\\":
            self._escape()
        elif letter in "\"'":
            self._quote(letter)
        elif letter in "[],":
            self._finish()
            self._add(letter)
            self.at += 1
            self._finish()
        else:
            self._finish()
            gap = GAP.match(self.text, self.at)
            self.at = self.at + 1 if gap is None else gap.end()

    def _add(self, piece: str) -> None:
        if self._parts is None:
            self._parts = []
            self._offsets.append(self.at)
        self._parts.append(piece)

    def _finish(self) -> None:
        """End the word, if there is one."""
        if self._parts is not None:
            self._tokens.append("".join(self._parts))
            self._stop = self.at
            self._parts = None

    def _escape(self) -> None:
        """A backslash: a joined line, a control character, or the next character as it is, without meaning."""
        joined = JOIN.match(self.text, self.at)
        if joined is not None:
            self.at = joined.end()
            return
        self._literal = True
        letter = self.text[self.at + 1]
        code = UNICODE.match(self.text, self.at + 1)
        if code is None:
            self._add(ESCAPES.get(letter, letter))
            self.at += 2
            return
        number = int(code[1], 16)
        if 0xD800 <= number < 0xE000:
            self.errors.append(Misplaced(self.source.place(self.at), f"'\\{code[0]}' is half a character"))
            number = 0xFFFD
        self._add(chr(number))
        self.at = code.end()

    def _quote(self, mark: str) -> None:
        """Up to the same quote in the same line; it ends the word."""
        opened = self.at
        self._add("")
        self._literal = True
        self.at += 1
        while True:
            letter = self.text[self.at] if self.at < len(self.text) else "\n"
            if letter == "\n":
                reason = "the quote is not closed in its line"
                self.errors.append(Misplaced(self.source.place(opened), reason, f"another {mark}"))
                break
            if letter == mark:
                self.at += 1
                break
            if letter == "\\":
                self._escape()
            else:
                self._add(letter)
                self.at += 1
        self._finish()
