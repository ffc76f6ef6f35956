"""Statements, read as the schema says, become blocks of values; and how one block inherits from another."""

from difflib import get_close_matches
from typing import Any, Final

from bgptwist.grammar.lexer import Misplaced, Statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.schema import REQUIRED, ROOT, Keyword, Refusal, Routes, Section
from bgptwist.settings.value import ALL_FAMILIES, arguments, text
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.route import Announcement
from bgptwist.wire.words import Words

ENOUGH: Final = 100
"""More errors than this nobody reads."""

ROUTES: Final = "routes"
"""Under which name the announcements of a section are gathered."""

OPEN_ENDED: Final = (text, arguments)
"""Readers that take every word up to the `;`, also those of the next line if it is missing."""


class Given:
    """A value and the statement that gave it."""

    __slots__ = ("statement", "value")

    def __init__(self, value: object, statement: Statement) -> None:
        self.value = value
        self.statement = statement


class Block:
    """What a section says: single values and gathered ones by field, sections inside by keyword.

    `blocks` are sections that add up, `apart` those that do not.  Blocks are shared between heirs: never change one
    that is finished.
    """

    def __init__(self, section: Section, statement: Statement | None, name: Any = None) -> None:
        self.section = section
        self.statement = statement
        self.name = name
        self.values: dict[str, Given] = {}
        self.lists: dict[str, list[Given]] = {}
        self.routes: list[tuple[Announcement, Statement]] = []
        self.blocks: dict[str, Block] = {}
        self.apart: dict[str, list[Block]] = {}
        self.sound = True
        """Nothing inside was wrong."""

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
    found = Block(first.section, first.statement, first.name)
    found.sound = first.sound and second.sound
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
    """Reads statements by the schema; errors and warnings are gathered."""

    def __init__(self, routes: RouteReader, errors: list[Misplaced], warnings: list[str]) -> None:
        self._routes = routes
        self._errors = errors
        self._warnings = warnings

    def wrong(self, error: Misplaced) -> None:
        """Note an error; TooMany when there are enough."""
        self._errors.append(error)
        if len(self._errors) >= ENOUGH:
            raise TooMany

    def warn(self, statement: Statement, warning: str) -> None:
        """Note a warning about a statement."""
        self._warnings.append(f"{statement.place()}: {warning}")

    def read(self, section: Section, statement: Statement) -> Block:
        """The section that a statement opens."""
        before = len(self._errors)
        block = Block(section, statement, self._name(section, statement))
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
                    block.routes.append((record.read(self._routes, statement), statement))
                elif record is None or isinstance(record, Refusal):
                    raise unknown(block.section, statement, record)
                elif isinstance(record, Keyword):
                    self._keyword(block, record, statement)
                else:
                    self._section(block, record, statement)
            except Misplaced as error:
                self.wrong(error)
            except Misspelt as error:
                self.wrong(statement.wrong(error))

    def _keyword(self, block: Block, keyword: Keyword, statement: Statement) -> None:
        """`word VALUE;`."""
        if statement.inner is not None:
            raise Misspelt(f"'{keyword.word}' is no section", f"'{keyword.word} VALUE;'", 0)
        words = Words(statement.words(), 1)
        if not words.more and keyword.bare is not REQUIRED:
            found = keyword.bare
            if keyword.surprise:
                self.warn(statement, keyword.surprise)
        else:
            found = keyword.read(words)
            if keyword.read in OPEN_ENDED and statement.runs_on():
                raise Misspelt("the statement goes on in the next line", "';' at the end of the line", 0)
            if words.more:
                before = words.words[words.at - 1]
                raise Misspelt(f"'{words.peek()}' is one word too many", f"';' after '{before}'", words.at)
        given = Given(found, statement)
        if not keyword.many:
            block.values[keyword.field] = given
            return
        gathered = block.lists.setdefault(keyword.field, [])
        if block.section.distinct and any(other.value == found for other in gathered):
            raise Misspelt(f"'{' '.join(words.words)}' is here twice", "each once", 0)
        if gathered and ALL_FAMILIES in (found, gathered[0].value):
            raise Misspelt("'all' stands beside families", "'all;' alone, or families", 0)
        gathered.append(given)

    def _section(self, block: Block, section: Section, statement: Statement) -> None:
        """`word NAME { ... }`."""
        if statement.inner is None:
            raise Misspelt(f"'{section.word}' is a section", f"'{section.word} {{'", 0)
        found = self.read(section, statement)
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


def unknown(section: Section, statement: Statement, refusal: Refusal | None) -> Misspelt:
    """The error about a word that has no place here."""
    if refusal is not None:
        return Misspelt(refusal.reason, "", 0)
    where = f"in '{section.word}'" if section.word else "outside of a section"
    what = "section" if statement.inner is not None else "keyword"
    if section is not ROOT and statement.keyword in ROOT.contents:
        return Misspelt(f"there is no {what} '{statement.keyword}' {where}", "'}' before it", 0)
    return Misspelt(f"there is no {what} '{statement.keyword}' {where}", closest(statement.keyword, section), 0)


def closest(word: str, section: Section) -> str:
    """The keywords that may have been meant: those that look like it, or all when they are few."""
    known = [each for each, record in section.contents.items() if not isinstance(record, Refusal)]
    like = get_close_matches(word[:40], known, 3)
    if not like and len(known) <= 12:
        like = known
    return " or ".join(f"'{each}'" for each in like)
