"""Statements, read as the schema says, become blocks of values; and how one block inherits from another."""

from collections.abc import Iterator
from typing import Any, Final

from bgptwist.grammar.lexer import Misplaced, Place, Source, Statement
from bgptwist.grammar.route import RouteReader
from bgptwist.grammar.tail import CLAIMS
from bgptwist.settings import recovery
from bgptwist.settings.include import Includes
from bgptwist.settings.mistake import alike, names, unknown
from bgptwist.settings.schema import API, INCLUDE, PROCESS, REQUIRED, ROOT, Former, Keyword, Refusal, Routes, Section
from bgptwist.settings.tree import ENOUGH, Tree, parse
from bgptwist.settings.value import ALL_FAMILIES, arguments, option, text
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.route import Announcement
from bgptwist.wire.words import Words

OPEN_ENDED: Final = (text, arguments, option)
"""Readers that take every word up to the `;`, also those of the next line if it is missing."""


NOTHING: Final[frozenset[str]] = frozenset()


class Given:
    """A value and the statement that gave it."""

    __slots__ = ("statement", "value")

    def __init__(self, value: object, statement: Statement) -> None:
        self.value = value
        self.statement = statement


class Block:
    """What a section says: single values and gathered ones by field, sections inside by keyword.

    `blocks` are sections that add up, `apart` those that do not.  Blocks are shared between heirs: never change one
    that is finished.  `order` counts the sections as they are read.
    """

    def __init__(self, section: Section, statement: Statement | None, name: Any = None, order: int = 0) -> None:
        self.section = section
        self.statement = statement
        self.name = name
        self.order = order
        self.values: dict[str, Given] = {}
        self.lists: dict[str, list[Given]] = {}
        self.routes: list[tuple[Announcement, Statement]] = []
        self.blocks: dict[str, Block] = {}
        self.apart: dict[str, list[Block]] = {}
        self.sound = True
        """Nothing inside was wrong."""
        self.unread: frozenset[str] = NOTHING
        """Fields and sections that may be meant by what cannot be read."""

    def miss(self, word: str) -> None:
        """Something of that field or section cannot be read."""
        self.unread |= {word}

    def block(self, word: str) -> "Block":
        """The section inside with that keyword, an empty one when there is none."""
        found = self.blocks.get(word)
        if found is None:
            inside = self.section.contents[word]
            assert isinstance(inside, Section)
            found = Block(inside, None)
        return found


def merged(first: Block, second: Block) -> Block:
    """Both together: single values of the second win, lists are appended (configuration, 4)."""
    found = Block(first.section, first.statement, first.name, first.order)
    found.sound = first.sound and second.sound
    found.unread = first.unread | second.unread
    found.values = {**first.values, **second.values}
    found.lists = {**first.lists}
    for field, items in second.lists.items():
        found.lists[field] = found.lists[field] + items if field in found.lists else items
    found.routes = first.routes + second.routes if first.routes and second.routes else first.routes or second.routes
    found.blocks = {**first.blocks}
    for word, block in second.blocks.items():
        found.blocks[word] = merged(found.blocks[word], block) if word in found.blocks else block
    found.apart = {**first.apart}
    for word, blocks in second.apart.items():
        found.apart[word] = found.apart.get(word, []) + blocks
    return found


class TooMany(Exception):
    """There are enough errors; reading on is of no use."""


class SectionReader:
    """Reads statements by the schema; errors and warnings are gathered.

    `sources` are the files that were read, by name.  `root` is what stands outside of sections in the present one;
    `processes` are those that ExaBGP 3 had in neighbors.
    """

    def __init__(self, routes: RouteReader, errors: list[Misplaced], warnings: list[Misplaced]) -> None:
        self.sources: dict[str, Source] = {}
        self.root = Block(ROOT, None)
        self.processes: list[Block] = []
        self._routes = routes
        self._errors = errors
        self._warnings = warnings
        self._includes = Includes()
        self._unclosed: dict[Source, Tree] = {}
        self._order = 0

    def wrong(self, error: Misplaced) -> None:
        """Note an error; TooMany when there are enough."""
        self._errors.append(error)
        if len(self._errors) >= ENOUGH:
            raise TooMany

    @property
    def mistakes(self) -> int:
        """How many errors there are."""
        return len(self._errors)

    def warn(self, statement: Statement, warning: str, expected: str = "") -> None:
        """Note a warning about a statement."""
        self.note(Misplaced(statement.place(), warning, expected))

    def note(self, warning: Misplaced) -> None:
        """Note a warning, unless there are enough."""
        if len(self._warnings) < ENOUGH:
            self._warnings.append(warning)
        elif len(self._warnings) == ENOUGH:
            self._warnings.append(Misplaced(Place(warning.place.file, 0, 0), "there are more warnings than these"))

    def file(self, source: Source) -> Block:
        """What a file and those that it includes say."""
        root = self.root = Block(ROOT, None)
        self.processes = []
        self.fill(root, self._statements(source))
        for tree in self._unclosed.values():
            for warning in tree.warnings:
                self.note(warning)
            if tree.unclosed is not None:
                self.wrong(tree.unclosed)
        self._unclosed = {}
        root.apart["process"] = root.apart.get("process", []) + self.processes
        return root

    def _statements(self, source: Source) -> list[Statement]:
        """The statements of a file; what is wrong with its braces and quotes is noted."""
        tree = parse(source)
        self.sources.setdefault(source.name, source)
        for error in tree.errors:
            self.wrong(error)
        if tree.unclosed is not None or tree.warnings:
            self._unclosed[source] = tree
        return tree.statements

    def block(self, section: Section, statement: Statement, name: Any = None) -> Block:
        """An empty block, which knows when it was begun."""
        self._order += 1
        return Block(section, statement, name, self._order)

    def read(self, section: Section, statement: Statement) -> Block:
        """The section that a statement opens."""
        before = len(self._errors)
        block = self.block(section, statement, self._name(section, statement))
        self.fill(block, statement.inner or [])
        block.sound = len(self._errors) == before
        return block

    def fill(self, block: Block, statements: list[Statement]) -> None:
        """Read the statements of a section into its block."""
        contents = block.section.contents
        for statement in statements:
            word = statement.keyword
            record = contents.get(word)
            if record is None and block.section.fold:
                record = contents.get(word.lower())
            try:
                if isinstance(record, Routes):
                    announcement = record.read(self._routes, statement)
                    if announcement.claim is not None:
                        words = statement.words()
                        at = next((at for at, word in enumerate(words) if word in CLAIMS), 0)
                        raise Misspelt("'ttl' and 'owner' are words of commands", "a route without them", at)
                    block.routes.append((announcement, statement))
                elif isinstance(record, Keyword):
                    self._keyword(block, record, statement)
                elif isinstance(record, Section):
                    self._section(block, record, statement)
                elif isinstance(record, Former):
                    self._former(block, record, statement)
                elif record is not None:
                    raise Misspelt(record.reason, "", 0)
                elif word == INCLUDE.word:
                    self._include(block, statement)
                else:
                    self._unknown(block, statement)
            except Misplaced as error:
                self._mistaken(block, record, statement, error)
            except Misspelt as error:
                self._mistaken(block, record, statement, statement.wrong(error))

    # ------------------------------------------------------------------ what is right

    def _keyword(self, block: Block, keyword: Keyword, statement: Statement) -> None:
        """`word VALUE;`."""
        found = self._value(keyword, statement)
        given = Given(found, statement)
        if not keyword.many:
            block.values[keyword.field] = given
            return
        gathered = block.lists.setdefault(keyword.field, [])
        if block.section.distinct and any(other.value == found for other in gathered):
            raise Misspelt(f"'{' '.join(statement.words())}' is here twice", "each once", 0)
        if gathered and ALL_FAMILIES in (found, gathered[0].value):
            raise Misspelt("'all' stands beside families", "'all;' alone, or families", 0)
        gathered.append(given)

    def _value(self, keyword: Keyword, statement: Statement) -> object:
        """What the words after a keyword mean."""
        if statement.inner is not None:
            raise Misspelt(f"'{keyword.word}' is no section", f"'{keyword.word} VALUE;'", 0)
        words = Words(statement.words(), 1)
        if not words.more and keyword.bare is not REQUIRED:
            if keyword.surprise:
                self.warn(statement, keyword.surprise)
            return keyword.bare
        found = keyword.read(words)
        if keyword.read in OPEN_ENDED and statement.runs_on():
            raise Misspelt("the statement goes on in the next line", "';' at the end of the line", 0)
        if words.more:
            before = words.words[words.at - 1]
            raise Misspelt(f"'{words.peek()}' is one word too many", f"';' after '{before}'", words.at)
        return found

    def _section(self, block: Block, section: Section, statement: Statement) -> None:
        """`word NAME { ... }`."""
        if statement.inner is None:
            raise Misspelt(f"'{section.word}' is a section", f"'{section.word} {{'", 0)
        if section.former:
            self.warn(statement, f"'{section.word}' is of ExaBGP 3", section.former)
        found = self.read(section, statement)
        if not found.sound:
            block.miss(section.word)
        if section.apart:
            block.apart.setdefault(section.word, []).append(found)
        elif section.word in block.blocks:
            block.blocks[section.word] = merged(block.blocks[section.word], found)
        else:
            block.blocks[section.word] = found

    def _name(self, section: Section, statement: Statement) -> Any:
        """What stands between the keyword and the brace."""
        words = Words(statement.words(), 1)
        try:
            if section.name is None or (section.optional and not words.more):
                name = None
            else:
                name = section.name(words)
            if words.more:
                raise Misspelt(f"'{words.peek()}' is one word too many", "'{'", words.at)
        except Misspelt as error:
            self.wrong(statement.wrong(error))
            return None
        return name

    def _include(self, block: Block, statement: Statement) -> None:
        """`include FILE;`: its statements stand here."""
        name = str(self._value(INCLUDE, statement))
        source = None
        for source in self._includes.sources(statement, name):
            if "\ufffd" in source.text:
                self.warn(statement, f"'{source.name}' is not in UTF-8; what cannot be read is replaced")
            self.fill(block, self._statements(source))
        if source is None:
            self.warn(statement, f"no file matches '{name}'")

    # ------------------------------------------------------------------ what was right

    def _former(self, block: Block, former: Former, statement: Statement) -> None:
        """A statement in its spelling of today."""
        words = statement.words()
        rest = 1
        if statement.inner is not None:
            if former.word != PROCESS.word:
                raise Misspelt(f"'{former.word}' is no section", former.spelt("VALUE"), 0)
            self._former_process(block, statement)
            return
        if former.second:
            if words[1:2] != [former.second]:
                reason = f"there is no keyword '{former.word}' in '{block.section.word}'"
                raise Misplaced(statement.place(), reason, former.spelt(""), former.now)
            rest = 2
        old = " ".join(words[:rest])
        self.warn(statement, f"'{old}' is written so in ExaBGP 3 and 4 only", former.spelt(" ".join(words[rest:])))
        now = former.now.split()
        modern = statement.reworded([*now, *words[rest:]], [0] * len(now) + list(range(rest, len(words))))
        target = block
        if former.section:
            section = block.section.contents[former.section]
            assert isinstance(section, Section)
            if section.apart:
                target = self.block(section, statement)
                block.apart.setdefault(section.word, []).append(target)
            else:
                target = block.blocks.setdefault(section.word, self.block(section, statement))
        before = len(self._errors)
        self.fill(target, [modern])
        if len(self._errors) > before:
            block.miss(former.section)

    def _former_process(self, block: Block, statement: Statement) -> None:
        """A process in a neighbor, which alone hears of it."""
        self.warn(
            statement,
            "a process in a neighbor is of ExaBGP 3",
            "'process NAME { ... }' outside, and 'api { processes [ NAME ]; }' here",
        )
        before = self.mistakes
        process = self.block(PROCESS, statement, self._name(PROCESS, statement))
        api = self.block(API, statement)
        if process.name is not None:
            api.values["processes"] = Given((process.name,), statement)
        for inner in statement.inner or []:
            self.fill(process if inner.keyword in PROCESS.contents else api, [inner])
        process.sound = api.sound = self.mistakes == before
        block.apart.setdefault(API.word, []).append(api)
        if process.name is not None and (process.values or process.unread):
            self.processes.append(process)

    # ------------------------------------------------------------------ what is wrong

    def _unknown(self, block: Block, statement: Statement) -> None:
        """A word that has no place here.  A section that stands outside shows that this one is not closed."""
        if block.section is not ROOT and statement.keyword in ROOT.contents:
            reason = f"there is no section '{statement.keyword}' in '{block.section.word}'"
            if statement.inner is not None:
                self._unclosed.pop(statement.source, None)
                self.wrong(Misplaced(statement.place(), reason, "'}' before it"))
                self.fill(self.root, [statement])
                return
        if statement.plain and not statement.text.strip():
            return  # that it has no name is told
        raise unknown(block.section, statement)

    def _mistaken(
        self,
        block: Block,
        record: Keyword | Routes | Refusal | Former | Section | None,
        statement: Statement,
        error: Misplaced,
    ) -> None:
        """Note an error, and read what can be read in spite of it."""
        place = error.place if isinstance(record, Routes) else None
        parts = recovery.unended(statement, {*block.section.contents, INCLUDE.word}, place)
        if parts is not None:
            first, second = parts
            self.fill(block, [first])
            self.wrong(Misplaced(first.end(), "the statement is not ended", "';' at the end of the line"))
            self.fill(block, [second])
            return
        if isinstance(record, Routes):
            modern = recovery.modern(statement, dict(record.former))
            if modern is not None:
                for old, place in recovery.places(statement, dict(record.former)):
                    now = f"'{dict(record.former)[old]}'"
                    self.note(Misplaced(place, f"'{old}' is written so in ExaBGP 3 and 4 only", now))
                self.fill(block, [modern])
                return
            for other in self._other_errors(record, statement, error):
                self.wrong(other)
        if isinstance(record, Keyword):
            block.miss(record.field)
        elif record is None and statement.keyword == INCLUDE.word:
            block.miss(INCLUDE.word)
        elif record is None:
            for word in alike(statement.keyword, names(block.section)):
                meant = block.section.contents[word]
                block.miss(meant.field if isinstance(meant, Keyword) else word)
        self.wrong(error)

    def _other_errors(self, record: Routes, statement: Statement, error: Misplaced) -> Iterator[Misplaced]:
        """What else is wrong in a block: what is found without the statement of the error."""
        place = error.place
        for _ in range(ENOUGH):
            shorter = recovery.without(statement, place)
            if shorter is None:
                return
            statement = shorter
            try:
                record.read(self._routes, statement)
                return
            except Misplaced as other:
                if not recovery.about_word(statement, other):
                    return
                place = other.place
                yield other
