"""The language as data: what the schema says, for editors and other programs (`configuration show-schema`)."""

from collections.abc import Iterator
from typing import Final

from bgptwist.grammar.flow import ACTIONS, MATCHES, OUTSIDE, SCOPES
from bgptwist.grammar.tail import STATEMENT as ROUTE_KEYWORDS
from bgptwist.settings.form import Form, form_of
from bgptwist.settings.schema import INCLUDE, REQUIRED, ROOT, Former, Keyword, Refusal, Routes, Section
from bgptwist.wire.registry import ATTRIBUTES, FAMILIES

VERSION: Final = 1
"""Of the shape of the description; a member that is added does not change it."""


def described() -> dict[str, object]:
    """Everything: `{ "version", "root", "values", "families", "route", "flow" }`.

    `root` is a section.  `values` has the forms of values by the names that statements give.  `route` are the words of
    route statements, `flow` those that rules have besides.
    """
    return {
        "version": VERSION,
        "root": section(ROOT),
        "values": values(),
        "families": [{"family": each.name, "afi": each.afi, "safi": each.safi} for each in FAMILIES],
        "route": {
            "words": [{"word": word, "help": first_line(read)} for word, read in ROUTE_KEYWORDS.items()],
            "attributes": [
                {"word": kind.word, "code": kind.code, "help": kind.help}
                for kind in ATTRIBUTES
                if kind.read is not None
            ],
        },
        "flow": {
            "match": list(MATCHES),
            "then": list(ACTIONS),
            "scope": list(SCOPES),
            "beside": list(OUTSIDE),
        },
    }


def section(record: Section) -> dict[str, object]:
    """A section and what may stand in it; `sections` are of the same shape.

    `name` is the form of the word before the brace, null for none.  Sections of one kind add up unless `apart` is true.
    """
    contents = tuple(record.contents.values())
    return {
        "section": record.word,
        "help": record.help,
        "name": None if record.name is None else form_of(record.name).name,
        "name_optional": record.optional,
        "apart": record.apart,
        "any_case": record.fold,
        "statements": [statement(record, each) for each in contents if isinstance(each, Keyword)],
        "routes": [{"word": each.word, "help": each.help} for each in contents if isinstance(each, Routes)],
        "sections": [section(each) for each in contents if isinstance(each, Section)],
        "former": [former(each) for each in contents if isinstance(each, Former)],
        "refused": [{"word": each.word, "reason": each.reason} for each in contents if isinstance(each, Refusal)],
    }


def statement(home: Section, record: Keyword) -> dict[str, object]:
    """One statement; `alone` is its value without a word, absent where one is needed.

    `default` is null where nothing counts, or where it follows from something else; `required` ones have none.
    """
    form = form_of(record.read)
    default = home.default(record)
    found: dict[str, object] = {
        "word": record.word,
        "value": form.name,
        "words": list(form.words),
        "required": record.required,
        "default": plain(default),
        "many": record.many,
        "help": record.help,
    }
    if record.bare is not REQUIRED:
        found["alone"] = plain(record.bare)
    if record.surprise:
        found["warning"] = record.surprise
    return found


def former(record: Former) -> dict[str, object]:
    """A spelling of older versions; `section` is where the statement stands today, '' for where it stood."""
    return {"word": record.word, "second": record.second, "now": record.now, "section": record.section}


def plain(found: object) -> object:
    """A value of the model as JSON has it, null for what is no single word or number."""
    return found if isinstance(found, bool | int | float | str) else None


def values() -> dict[str, object]:
    """The forms of all values in the schema, by name, in order of the alphabet."""
    found: dict[str, Form] = {}
    for each in sections(ROOT):
        if each.name is not None:
            form = form_of(each.name)
            found.setdefault(form.name, form)
        for record in each.contents.values():
            if isinstance(record, Keyword):
                form = form_of(record.read)
                found.setdefault(form.name, form)
    found.setdefault(form_of(INCLUDE.read).name, form_of(INCLUDE.read))
    return {name: told(found[name]) for name in sorted(found)}


def told(form: Form) -> dict[str, object]:
    """The form of a value."""
    found: dict[str, object] = {
        "accepts": form.accepts.replace("`", "'"),
        "words": list(form.words),
        "also": list(form.also),
        "examples": list(form.examples),
        "list": form.many,
    }
    if form.least is not None:
        found["minimum"] = form.least
    if form.most is not None:
        found["maximum"] = form.most
    return found


def sections(record: Section) -> Iterator[Section]:
    """A section and those inside it, each once."""
    pending = [record]
    known: set[int] = set()
    while pending:
        found = pending.pop(0)
        if id(found) in known:
            continue
        known.add(id(found))
        yield found
        pending += [each for each in found.contents.values() if isinstance(each, Section)]


def first_line(function: object) -> str:
    """The first line of a docstring."""
    return (function.__doc__ or "").strip().partition("\n")[0]
