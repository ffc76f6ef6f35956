"""Statements become a tree of sections; this knows braces and semicolons, not BGP."""

from typing import Final

from bgptwist.grammar.lexer import Misplaced, Source, Statement, statements

DEEPEST: Final = 32
"""Sections inside each other; nothing needs more than five."""


class Tree:
    """The statements of one file, each section with its own inside; `errors` and `warnings` have their places."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.statements: list[Statement] = []
        self.errors: list[Misplaced] = []
        self.warnings: list[str] = []


def parse(source: Source) -> Tree:
    """The tree of a text; reading goes on after an error as well as it can.

    A section that is still open at the end of the file is closed there, with a warning; everything else is an error.
    """
    tree = Tree(source)
    errors = tree.errors
    inside = tree.statements
    outer: list[list[Statement]] = []
    opened: list[Statement] = []
    for statement in statements(source):
        if isinstance(statement, Misplaced):
            errors.append(statement)
            continue
        mark = statement.mark
        empty = not statement.text.strip() and statement.plain
        if mark == ";":
            if empty:
                errors.append(Misplaced(statement.mark_place(), "there is nothing before this ';'", "a statement"))
            else:
                inside.append(statement)
        elif mark == "{":
            if empty:
                errors.append(Misplaced(statement.mark_place(), "a section has no name", "a word before '{'"))
            if len(opened) == DEEPEST:
                errors.append(Misplaced(statement.mark_place(), "too many sections are open", "'}'"))
                return tree
            statement.inner = []
            inside.append(statement)
            outer.append(inside)
            opened.append(statement)
            inside = statement.inner
        else:
            if not empty:
                errors.append(Misplaced(statement.end(), "the statement is not finished", "';' or '{'"))
            if mark and not opened:
                errors.append(Misplaced(statement.mark_place(), "this '}' closes nothing", "a '{' before it"))
            elif mark:
                inside = outer.pop()
                opened.pop()
    if opened:
        section = opened[-1]
        what = " ".join(section.words())
        tree.warnings.append(f"{section.place()}: section '{what}' is not closed at the end of the file, expected '}}'")
    if not tree.statements and not errors:
        errors.append(Misplaced(source.place(len(source.text)), "the file says nothing", "a section like 'neighbor'"))
    return tree
