"""Mistakes in files as people and editors see them: the line, a mark under the column, a word that may be meant."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final
from unicodedata import combining, east_asian_width

from bgptwist.grammar.flow import ACTIONS, MATCHES, OUTSIDE, SCOPES
from bgptwist.grammar.lexer import Misplaced, Source, Statement
from bgptwist.grammar.sr_policy import WORDS as POLICY
from bgptwist.grammar.tail import STATEMENT
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.schema import INCLUDE, ROOT, Former, Refusal, Section
from bgptwist.wire.errors import BgptwistError, Misspelt
from bgptwist.wire.registry import WORDS

ERROR: Final = "error"
WARNING: Final = "warning"

INDENT: Final = "    "
WIDEST: Final = 110
"""Characters of a line that are shown; of a longer one those around the column."""

LONGEST: Final = 40
"""Characters of a word that may be a misspelt one."""

CLOSE: Final = 0.7
"""How much a word must look like another one that is not the only possibility."""

FEW: Final = 12
"""So many keywords can be listed."""

QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
BARE: Final = re.compile(r"[^\s;{}\[\],\"']+")
LIKE_A_WORD: Final = re.compile(r"!?[A-Za-z][A-Za-z0-9_/-]+\Z", re.ASCII)
BETWEEN: Final = re.compile(r",? or |, | \(|\)")
SECRET: Final = re.compile(r"""\b((?:md5-)?password\s+|md5\s+)((?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^;"'])+)""")
"""A password, which has no place in a log."""
ROUTE_WORDS: Final = tuple(dict.fromkeys((*STATEMENT, *WORDS, *POLICY, *MATCHES, *ACTIONS, *SCOPES, *OUTSIDE)))


# ------------------------------------------------------------------ what may be meant


def names(section: Section) -> list[str]:
    """What may stand in a section today."""
    return [
        word
        for word, record in section.contents.items()
        if not isinstance(record, Refusal | Former) and not (isinstance(record, Section) and record.former)
    ]


def alike(word: str, known: Iterable[str], close: float = 0.6) -> list[str]:
    """The known words that look like another one, the best first."""
    return [each for each in get_close_matches(word[:LONGEST].lower(), list(known), 3, close) if each != word]


def homes(word: str) -> list[str]:
    """The sections in which a word may stand."""
    found: list[str] = []
    pending = [ROOT]
    while pending:
        section = pending.pop(0)
        if word in names(section) and section.word:
            found.append(section.word)
        pending += [each for each in section.contents.values() if isinstance(each, Section) and not each.former]
    return list(dict.fromkeys(found))


def unknown(section: Section, statement: Statement) -> Misplaced:
    """The error about a word that has no place in a section."""
    word = statement.keyword
    known = names(section)
    elsewhere = [each for each in homes(word) if each != section.word]
    like = alike(word, (*known, INCLUDE.word), CLOSE if elsewhere else 0.6)
    where = f"in '{section.word}'" if section.word else "outside of a section"
    what = "section" if statement.inner is not None else "keyword"
    expected = listed(like)
    if elsewhere:
        expected = f"{f'{expected}, or ' if like else ''}it in {listed(elsewhere[:3])}"
    elif not like and len(known) <= FEW:
        expected = listed(known)
    suggestion = like[0] if like and not elsewhere else ""
    return Misplaced(statement.place(), f"there is no {what} '{word}' {where}", expected, suggestion)


def listed(words: Iterable[str]) -> str:
    """Words of which one may stand somewhere."""
    return " or ".join([f"'{word}'" for word in words])


def choices(expected: str) -> list[str]:
    """The single words that an expectation lists."""
    pieces = [piece.removeprefix("one of ").strip("'") for piece in BETWEEN.split(expected)]
    return [piece for piece in pieces if LIKE_A_WORD.match(piece)]


def suggested(error: Misplaced) -> str:
    """The word that may be meant by the one that is wrong, '' when none looks like it."""
    word = error.line[slice(*span(error))]
    if not LIKE_A_WORD.match(word):
        return ""
    known = choices(error.expected)
    if error.reason.endswith("is not known in a route"):
        known += ROUTE_WORDS
    return next(iter(alike(word, known, CLOSE)), "")


# ------------------------------------------------------------------ what is shown


def told(mistakes: list[Misplaced], sources: Mapping[str, Source]) -> tuple[Misplaced, ...]:
    """Mistakes by file and line, each once, with the text of the lines and with words that may be meant."""
    order = {name: index for index, name in enumerate(sources)}

    def rank(mistake: Misplaced) -> tuple[int, int, int]:
        place = mistake.place
        return order.get(place.file, -1), place.line, place.column

    found = {str(mistake): mistake for mistake in sorted(mistakes, key=rank)}
    for mistake in found.values():
        source = sources.get(mistake.place.file)
        if source is not None:
            mistake.line = source.line(mistake.place.line)
            mistake.suggestion = mistake.suggestion or suggested(mistake)
    return tuple(found.values())


def span(error: Misplaced) -> tuple[int, int]:
    """Where in its line the word begins and ends that is wrong; both are the same at the end of a statement."""
    at = max(error.place.column - 1, 0)
    found = QUOTED.match(error.line, at) or BARE.match(error.line, at)
    if found is not None:
        return at, found.end()
    return at, at + (error.line[at : at + 1] in tuple("[]{},"))


def picture(error: Misspelt, severity: str = ERROR) -> str:
    """A mistake for people: the message, the line with a mark under it, and the word that may be meant."""
    lines = [str(error) if severity == ERROR else f"{severity}: {error}"]
    if isinstance(error, Misplaced) and error.line:
        start, end = span(error)
        first = max(start - WIDEST // 2, 0) if len(error.line) > WIDEST else 0
        shown = SECRET.sub(lambda found: found[1] + "*" * len(found[2]), error.line)[first : first + WIDEST]
        before = "".join([blank(letter) for letter in shown[: start - first]])
        under = "".join(["^" * width(letter) for letter in shown[start - first : end - first]])
        lines.append(INDENT + "".join([letter if letter.isprintable() or letter == "\t" else "?" for letter in shown]))
        lines.append(f"{INDENT}{before}{under or '^'}")
    if isinstance(error, Misplaced) and error.suggestion:
        lines.append(f"{INDENT}did you mean '{error.suggestion}'?")
    return "\n".join(lines)


def report(error: BgptwistError) -> str:
    """All that an error says, for people."""
    if isinstance(error, ConfigurationError):
        return "\n".join([picture(each) for each in error.errors])
    return str(error)


def blank(letter: str) -> str:
    """White space that is as wide as a character."""
    return "\t" if letter == "\t" else " " * width(letter)


def width(letter: str) -> int:
    """The columns of a terminal that a character takes."""
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in ("W", "F") else 1


def entry(error: Misspelt, severity: str = ERROR) -> dict[str, object]:
    """A mistake for programs; lines and columns count from 1, line 0 means the whole file."""
    if not isinstance(error, Misplaced):
        return {"file": "", "line": 0, "column": 0, "severity": severity, "message": error.reason, **details(error)}
    place = error.place
    start, end = span(error)
    found: dict[str, object] = {"file": place.file, "line": place.line, "column": place.column}
    if error.line and end > start:
        found["end_column"] = end + 1
    return {**found, "severity": severity, "message": error.reason, **details(error)}


def details(error: Misspelt) -> dict[str, object]:
    """What was expected, and what may be meant; null for nothing."""
    suggestion = error.suggestion if isinstance(error, Misplaced) else ""
    return {"expected": error.expected or None, "suggestion": suggestion or None}
