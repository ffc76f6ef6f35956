"""How reading goes on after an error: where a `;` was forgotten, what a block says without its wrong statement."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from bgptwist.grammar.lexer import Misplaced, Place, Statement

LONG: Final = 20000
"""Characters of a statement beyond which nobody forgot a `;` in it."""
SHORT: Final = "the statement ends too early"
MANY: Final = 1000
"""Statements of a block beyond which one error is enough."""


def unended(statement: Statement, known: Collection[str], place: Place | None) -> tuple[Statement, Statement] | None:
    """The two statements that one is in which a `;` was forgotten: a known word begins a line, and is in the way there.

    Without a `place` of the error, the first such word counts.
    """
    if len(statement.text) > LONG:
        return None
    words = statement.words()
    starts = statement.starts()
    for index in statement.line_starts():
        if words[index] in known and place in (None, statement.source.place(starts[index])):
            first = statement.reworded(words[:index], range(index), cut=True)
            return first, statement.reworded(words[index:], range(index, len(words)))
    return None


def modern(statement: Statement, words: Mapping[str, str]) -> Statement | None:
    """A statement with other words in place of old ones, also inside; None when there are none of these."""
    given = statement.words()
    inner = [modern(each, words) for each in statement.inner or []]
    if not any(inner) and not any(word in words for word in given):
        return None
    found = statement.reworded([words.get(word, word) for word in given], range(len(given)))
    if statement.inner is not None:
        found.inner = [new or old for new, old in zip(inner, statement.inner, strict=True)]
    return found


def places(statement: Statement, words: Collection[str]) -> Iterator[tuple[str, Place]]:
    """The words of a statement, also inside, that are among others, and where they stand."""
    for at, word in zip(statement.starts(), statement.words(), strict=True):
        if word in words:
            yield word, statement.source.place(at)
    for inner in statement.inner or []:
        yield from places(inner, words)


def without(statement: Statement, place: Place) -> Statement | None:
    """A section without the statement inside in which a place is; None when there is none."""
    given = statement.inner or []
    if len(given) > MANY:
        return None
    for index, inner in enumerate(given):
        if place.file != inner.source.name or not inner.place() <= place <= last_place(inner):
            continue
        shorter = None if inner.inner is None else without(inner, place)
        if inner.inner is not None and shorter is None:
            return None
        words = statement.words()
        found = statement.reworded(words, range(len(words)))
        found.inner = [*given[:index], *([shorter] if shorter else []), *given[index + 1 :]]
        return found
    return None


def last_place(statement: Statement) -> Place:
    """The last place known of a statement: its mark, or that of the last one inside."""
    while statement.inner:
        statement = statement.inner[-1]
    return statement.mark_place()


def about_word(statement: Statement, error: Misplaced) -> bool:
    """Whether an error is about a word that stands where it is, not about one that is missing."""
    pending = list(statement.inner or [])
    while pending:
        inner = pending.pop()
        pending += inner.inner or []
        if inner.inner is None and inner.place() <= error.place <= inner.mark_place():
            said = [word in error.reason for word in inner.words()]
            places = [inner.source.place(at) for at, told in zip(inner.starts(), said, strict=True) if told]
            return error.place in places or error.reason == SHORT
    return False
