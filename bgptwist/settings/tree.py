"""Statements become a tree of sections; this knows braces and semicolons, not BGP."""

from typing import Final

from bgptwist.grammar.lexer import Misplaced, Source, Statement, statements

DEEPEST: Final = 32
"""Sections inside each other; nothing needs more than five."""
ENOUGH: Final = 100
"""More errors than this nobody reads."""


class Tree:
    """The statements of one file, each section with its own inside; `errors` and `warnings` have their places.

    `unclosed` is the error of a section that is open at the end; it is not among `errors`.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.statements: list[Statement] = []
        self.errors: list[Misplaced] = []
        self.warnings: list[Misplaced] = []
        self.unclosed: Misplaced | None = None


class TreeBuilder:
    """Puts one statement after the other into a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._inside = tree.statements
        self._outer: list[list[Statement]] = []
        self._opened: list[Statement] = []
        self._last: Statement | None = None

    def read(self) -> bool:
        """Read the whole text; False when it is of no use to read on."""
        errors = self.tree.errors
        for statement in statements(self.tree.source):
            if isinstance(statement, Misplaced):
                errors.append(statement)
            elif statement.mark == ";" and statement.text.strip():
                self._inside.append(statement)  # nearly all of a long file
                self._last = statement
                continue
            elif not self._add(statement):
                return False
            if len(errors) >= ENOUGH:
                return False
        return True

    def _add(self, statement: Statement) -> bool:
        """Put in a statement; False when it is of no use to read on."""
        mark = statement.mark
        empty = not statement.text.strip() and statement.plain
        self._last = statement
        if mark == ";":
            if empty:
                self._wrong(statement, "there is nothing before this ';'", "a statement")
            else:
                self._inside.append(statement)
        elif mark == "{":
            if empty:
                self._wrong(statement, "a section has no name", "a word before '{'")
            if len(self._opened) == DEEPEST:
                self._wrong(statement, "too many sections are open", "'}'")
                return False
            statement.inner = []
            self._inside.append(statement)
            self._outer.append(self._inside)
            self._opened.append(statement)
            self._inside = statement.inner
        else:
            if not empty:
                error = Misplaced(statement.end(), "the statement is not finished", "';' or '{'")
                self.tree.errors.append(error)
                self._inside.append(statement)
            if mark and not self._opened:
                self._wrong(statement, "this '}' closes nothing", "a '{' before it")
            elif mark:
                self._inside = self._outer.pop()
                self._opened.pop()
        return True

    def _wrong(self, statement: Statement, reason: str, expected: str) -> None:
        """An error about a mark."""
        self.tree.errors.append(Misplaced(statement.mark_place(), reason, expected))

    def end(self) -> None:
        """The text ends here.

        A section that is still open makes the file look cut off.  Where the last `}` stands below the first word of
        the section, only one inside was forgotten: such files run today, and get a warning.
        """
        if not self._opened:
            return
        section = self._opened[-1]
        what = " ".join(section.words())
        error = Misplaced(section.place(), f"section '{what}' is not closed at the end of the file", "'}'")
        last = self._last.mark_place() if self._last is not None and self._last.mark == "}" else None
        if len(self._opened) == 1 and last is not None and last.column == section.place().column:
            self.tree.warnings.append(error)
        else:
            self.tree.unclosed = error


def parse(source: Source) -> Tree:
    """The tree of a text; reading goes on after an error as well as it can."""
    tree = Tree(source)
    builder = TreeBuilder(tree)
    if not builder.read():
        return tree
    builder.end()
    if not tree.statements and not tree.errors and source.within is None:
        nothing = source.place(len(source.text))
        tree.errors.append(Misplaced(nothing, "the file says nothing", "a section like 'neighbor'"))
    return tree
