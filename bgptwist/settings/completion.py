"""What may stand at a place of a file, for editors: words of the schema, families, names of helpers and templates."""

import re
from typing import Final

from bgptwist.grammar.flow import ACTIONS, MATCHES, OUTSIDE, SCOPES, SECTIONS
from bgptwist.grammar.lexer import Source, Statement
from bgptwist.grammar.tail import STATEMENT
from bgptwist.settings.form import form_of
from bgptwist.settings.mistake import names
from bgptwist.settings.schema import INCLUDE, ROOT, Keyword, Routes, Section
from bgptwist.settings.tree import parse
from bgptwist.settings.value import (
    AFIS,
    VERSIONS,
    AddPathReader,
    FamilyReader,
    NextHopReader,
    OperationalReader,
    encoder,
)
from bgptwist.wire.attributes import communities, origin
from bgptwist.wire.messages.operational import usage
from bgptwist.wire.registry import ATTRIBUTES, FAMILIES
from bgptwist.wire.values import flow_names
from bgptwist.wire.values.extended_community import ROWS

MARK: Final = "\ue000"
"""Stands where the cursor is; a character that nobody writes."""
WORD: Final = re.compile(r"[^\s;{}\[\],\"'#\\]*\Z")
BRACKETS: Final = {"[": 1, "(": 1, "]": -1, ")": -1}

ATTRIBUTE_WORDS: Final = tuple(
    dict.fromkeys((*STATEMENT, *(kind.word for kind in ATTRIBUTES if kind.read is not None and kind.word)))
)
VPLS: Final = ("rd", "endpoint", "base", "offset", "size")
COMMUNITIES: Final = ("community", "large-community", "extended-community")
ALONE: Final = ("withdraw", "atomic-aggregate", "accept", "discard", "redirect-to-nexthop", "copy-to-nexthop")
"""Words of routes that have no value."""

VALUES: Final[dict[str, tuple[str, ...]]] = {
    "next-hop": ("self",),
    "origin": origin.NAMES,
    "community": tuple(communities.NAMES),
    "extended-community": tuple(f"{row.word}:" for row in ROWS if row.word),
    "protocol": tuple(flow_names.PROTOCOLS.values()),
    "next-header": tuple(flow_names.PROTOCOLS.values()),
    "icmp-type": tuple(flow_names.ICMP_TYPES.values()),
    "icmp-code": tuple(flow_names.ICMP_CODES),
    "tcp-flags": tuple(flow_names.TCP_FLAGS.values()),
    "fragment": tuple(flow_names.FRAGMENTS.values()),
    "action": ("sample", "terminal", "sample-terminal"),
}
"""What may stand behind a word of a route, where it is one of a few."""


def complete(text: str, cursor: int) -> list[str]:
    """The words that may stand at `cursor`, those that begin with what is written of it, in order of the alphabet.

    Nothing in a comment, in quotes, and where anything may stand.
    """
    head = text[:cursor]
    found = WORD.search(head)
    begun = found[0] if found is not None else ""
    tree = parse(Source("", f"{head[: len(head) - len(begun)]}{MARK};"))
    path: list[Statement] = []
    inside = tree.statements
    while inside and MARK not in inside[-1].words():
        path.append(inside[-1])
        inside = inside[-1].inner or []
    if not inside:
        return []
    words = inside[-1].words()
    before = words[: words.index(MARK)]
    return sorted({word for word in candidates(text, path, before) if word.startswith(begun)})


def candidates(text: str, path: list[Statement], before: list[str]) -> tuple[str, ...]:
    """All words that may stand behind `before` in the section that a path of statements leads to."""
    section = ROOT
    for index, statement in enumerate(path):
        record = section.contents.get(statement.keyword.lower() if section.fold else statement.keyword)
        if isinstance(record, Routes):
            return in_route(section, record, [each.keyword for each in path[index + 1 :]], before)
        if not isinstance(record, Section):
            return ()
        section = record
    if not before:
        return (*names(section), INCLUDE.word)
    record = section.contents.get(before[0].lower() if section.fold else before[0])
    if isinstance(record, Routes):
        return after_route(record, section, before)
    return after_keyword(text, record, before) if isinstance(record, Keyword) else ()


# ------------------------------------------------------------------ statements


def after_keyword(text: str, keyword: Keyword, before: list[str]) -> tuple[str, ...]:
    """The values of a statement."""
    if keyword.word == "inherit":
        return defined(text, ("template", "neighbor"))
    if keyword.word == "processes":
        return defined(text, ("process",))
    read = keyword.read
    if isinstance(read, OperationalReader):
        return of_operational(read, before)
    if len(before) == 1:
        return form_of(read).words
    if len(before) == 2 and isinstance(read, NextHopReader):
        return tuple(AFIS)
    if len(before) == 2 and isinstance(read, AddPathReader):
        return ("limit",)
    if len(before) == 2 and read is encoder:
        return VERSIONS
    if isinstance(read, FamilyReader):
        return ()
    form = form_of(read)
    return form.words if form.many or keyword.word == "maximum-prefix" else ()


def of_operational(read: OperationalReader, before: list[str]) -> tuple[str, ...]:
    """The words of an OPERATIONAL message."""
    afis = tuple(dict.fromkeys(family.name.split()[0] for family in FAMILIES))
    if before[-1] == "afi":
        return afis
    if before[-1] == "safi":
        afi = before[before.index("afi") + 1] if "afi" in before[:-1] else ""
        return tuple(family.name.split()[1] for family in FAMILIES if not afi or family.name.startswith(f"{afi} "))
    keys = tuple(word.strip("[]") for word in usage(read.kind).split() if word.strip("[]").islower())
    return tuple(key for key in keys if key not in before) if len(before) % 2 else ()


def defined(text: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the sections that a text has under these keywords."""
    found = parse(Source("", text)).statements
    for keyword in path[:-1]:
        found = [inner for each in found if each.keyword == keyword for inner in each.inner or []]
    return tuple(each.words()[1] for each in found if each.keyword == path[-1] and each.words()[1:])


# ------------------------------------------------------------------ routes


def after_route(record: Routes, section: Section, before: list[str]) -> tuple[str, ...]:
    """The words of a route in one line."""
    if section.word == "flow" or record.word in ("flow", "flow-vpn"):
        return words_of((*MATCHES, *ACTIONS, *SCOPES, *OUTSIDE, *ATTRIBUTE_WORDS), before[1:])
    if record.word in ("attributes", "attribute"):
        return words_of((*ATTRIBUTE_WORDS, "nlri"), before[1:])
    if record.word == "vpls":
        return words_of((*VPLS, *ATTRIBUTE_WORDS), before[1:])
    if len(before) == 1:
        return ()
    return words_of(ATTRIBUTE_WORDS, before[2:])


def in_route(section: Section, record: Routes, path: list[str], before: list[str]) -> tuple[str, ...]:
    """The words in the block of a route."""
    if record.word == "vpls":
        known: tuple[str, ...] = (*VPLS, *ATTRIBUTE_WORDS)
    elif section.word == "flow":
        within = {"match": MATCHES, "then": (*ACTIONS, *COMMUNITIES), "scope": tuple(SCOPES)}
        known = within.get(path[0], ()) if path else (*SECTIONS, *OUTSIDE)
    else:
        known = ATTRIBUTE_WORDS
    if not before:
        return known
    return words_of((), before) if before[0] in known else ()


def words_of(known: tuple[str, ...], before: list[str]) -> tuple[str, ...]:
    """What may follow some words of a route: a value of the last one, or another word."""
    depth = 0
    governing = ""
    for index, word in enumerate(before):
        depth += BRACKETS.get(word, 0)
        if depth == 1 and word in ("[", "("):
            governing = before[index - 1] if index else ""
    if depth > 0:
        return VALUES.get(governing, ())
    last = before[-1] if before else ""
    if last in VALUES:
        return VALUES[last]
    if last in known and last not in ALONE:
        return ()
    return tuple(word for word in known if word not in before)
