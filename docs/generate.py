"""Writes the tables of the manual from the records of the code, between the marks of the pages in this folder.

    python docs/generate.py            rewrite them
    python docs/generate.py --check    only say which are not up to date; the status is then 1

A table stands between `<!-- table: NAME -->` and `<!-- end -->`.  The examples of the reference are those of the golden
corpus (`tests/corpus`), which the tests read in all three spellings.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from pathlib import Path

import bgptwist
from bgptwist.api.dispatcher import COMMANDS
from bgptwist.grammar.route import KEYWORDS
from bgptwist.settings import environment, schema
from bgptwist.settings.description import sections
from bgptwist.settings.form import form_of
from bgptwist.settings.model import Environment
from bgptwist.settings.schema import REQUIRED, Former, Keyword, Refusal, Routes, Section
from bgptwist.wire.attributes.communities import NAMES
from bgptwist.wire.errors import VERDICTS
from bgptwist.wire.kinds import Capability, Family, Kind
from bgptwist.wire.registry import ATTRIBUTES, CAPABILITIES, FAMILIES
from bgptwist.wire.values.extended_community import ROWS

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.wire.examples import Record, examples  # noqa: E402

SHOWN = 12
"""The most examples of one record in the reference."""

MARK = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)
SECTIONS = (
    *(schema.PROCESS, schema.NEIGHBOR, schema.TCP_AO, schema.CAPABILITY, schema.API),
    schema.direction("receive", ""),
)

DEFAULTS = {
    "process.encoder": "`text`",
    "capability.add-path": "off",
    "capability.nexthop": "on with `nexthop { }`",
    "capability.graceful-restart": "off",
    "capability.extended-message": "on in generation 6",
}
"""Where the model does not say what counts in the end."""


def rows(heading: str, lines: Iterable[Iterable[str]]) -> str:
    """A table; the words of the heading are divided by bars."""
    found = [heading.split(" | "), ["---"] * (heading.count("|") + 1), *lines]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in found)


def code(*words: str) -> str:
    """Words as they are typed."""
    return ", ".join(f"`{word}`" for word in words if word) or "–"


def spelt(value: object) -> str:
    """A default as the language spells it."""
    if value in (None, "", (), b"", MISSING):
        return "–"
    return code(
        str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else f"{value}"
    )


def statements(section: Section) -> Iterator[list[str]]:
    """What may stand in a section, in the order of the schema; what is refused is left to the text."""
    for record in section.contents.values():
        if isinstance(record, Keyword):
            kind = form_of(record.read).name
            default = False if kind.startswith("boolean") else None
            told = DEFAULTS.get(f"{section.word}.{record.word}") or spelt(section.default(record) or default)
            told = "required" if record.required else told
            alone = "error" if record.bare is REQUIRED else spelt(record.bare)
            yield [code(record.word), kind, told, alone, record.help]
        elif not isinstance(record, Refusal | Former):
            yield [code(f"{record.word} {{ }}"), "section", "–", "–", record.help]


def values() -> Iterator[list[str]]:
    """The forms of the values of the sections above, in their order."""
    listed = [each for section in SECTIONS for each in section.contents.values() if isinstance(each, Keyword)]
    forms = {form.name: form for form in (form_of(each.read) for each in listed)}
    names = [form_of(section.name) for section in sections(schema.ROOT) if section.name is not None]
    for form in {**{form.name: form for form in names}, **forms}.values():
        yield [form.name, form.accepts]


def former(section: Section) -> Iterator[list[str]]:
    """Spellings of ExaBGP 3 and 4 in a section and in those inside, and what is written today."""
    for record in section.contents.values():
        if isinstance(record, Former):
            old = " ".join(filter(None, (record.word, record.second, "...")))
            yield [code(f"{old};"), code(section.word), code(record.spelt("...").strip("'"))]
        elif isinstance(record, Routes):
            yield from ([code(old), code(section.word), code(now)] for old, now in record.former)
        elif isinstance(record, Section) and record.former:
            yield [code(f"{record.word} NAME {{ ... }}"), "–", record.former.replace("'", "`")]
        elif isinstance(record, Section) and section is not schema.TEMPLATE:
            yield from former(record)


def accepted(read: Callable[[str], object]) -> str:
    """What a reader of the environment accepts, by what it says of something else."""
    try:
        read("\0")
    except ValueError as error:
        text = str(error).replace(" or ", ", ").partition(", which")[0]
        return re.sub("a number (of|from) ", "", text).replace(f" to {1 << 31}", " and more")
    return "text"


def settings() -> Iterator[list[str]]:
    """The environment settings; those that no module asks for are marked."""
    own = ("environment.py", "model.py")
    texts = [path.read_text() for path in Path(bgptwist.__file__).parent.rglob("*.py") if path.name not in own]
    for setting in environment.SETTINGS:
        used = any(re.search(rf"\b{setting.field}\b", text) for text in texts)
        default = getattr(Environment(), setting.field)
        value = f"{default:04o}" if setting.read is environment.octal else default
        help = setting.help if used else f"{setting.help} (*no effect yet*)"
        yield [code(setting.name), accepted(setting.read), spelt(value), help]


def first(function: object) -> str:
    """The first line of a docstring, without the drafts it names."""
    return re.sub(r" \(draft[^)]*\)", "", (function.__doc__ or "").strip().split("\n")[0].rstrip("."))


def example_text(record: Record, before: str = "") -> str:
    """Some examples of a record, words and JSON: the first of each beginning."""
    begun: set[str] = set()
    found: list[str] = []
    for _, words, text in examples(record):
        start = " ".join(words.split()[:2]) if words[:1] in "[(" else words.partition(" ")[0]
        if start in begun or len(found) == SHOWN or len(words) > 400:
            continue
        begun.add(start)
        found.append(f"{before}{words}".rstrip() + f"\n    {text}\n")
    return "```\n" + "".join(found) + "```\n\n" if found else ""


def family_text(family: Family) -> str:
    """What the reference says of a family."""
    start = f"### {family.name}\n\nAFI {family.afi}, SAFI {family.safi} ({family.rfc})."
    return f"{start}{' ' + family.help if family.help else ''}\n\n{example_text(family, f'announce {family.name} ')}"


def attribute_text(kind: Kind) -> str:
    """What the reference says of an attribute."""
    verdict = VERDICTS[kind.malformed]
    help = f" {kind.help[0].upper()}{kind.help[1:]}." if kind.help else ""
    start = f"### {kind.word}\n\nType {kind.code}, flags 0x{kind.flags:02X} ({kind.rfc}).{help} Malformed: {verdict}."
    return f"{start}\n\n{example_text(kind, f'{kind.word} ')}"


def capability_text(record: Capability) -> str:
    """What the reference says of a capability."""
    return f"### {record.name}\n\nCode {record.code} ({record.rfc}).\n\n{example_text(record)}"


def tables() -> Iterator[tuple[str, str]]:
    """All tables with their names."""
    for section in SECTIONS:
        yield f"section-{section.word}", rows("keyword | value | default | alone | meaning", statements(section))
    yield "values", rows("value | accepts", values())
    yield "former", rows("before | in | today", former(schema.ROOT))
    kinds = [kind for kind in ATTRIBUTES if kind.read and kind.word not in KEYWORDS]
    yield "attributes", rows("word | code | meaning", ([code(each.word), str(each.code), each.help] for each in kinds))
    yield "route-words", rows("word | meaning", ([code(word), first(read)] for word, read in KEYWORDS.items()))
    yield "communities", rows("name | value", ([code(name), f"0x{value:08X}"] for name, value in NAMES.items()))
    forms = ([code(row.word), f"0x{row.code:04X}", row.help] for row in ROWS)
    yield "extended-communities", rows("word | type | what follows", forms)
    families = ([code(each.name), f"{each.afi}, {each.safi}", each.rfc] for each in FAMILIES)
    yield "families", rows("family | AFI, SAFI | defined in", families)
    yield "reference-families", "".join(family_text(family) for family in FAMILIES)
    yield "reference-attributes", "".join(attribute_text(kind) for kind in ATTRIBUTES)
    yield "reference-capabilities", "".join(capability_text(record) for record in CAPABILITIES)
    yield "environment", rows("setting | value | default | meaning", settings())
    yield "commands", rows("version 4 | version 6 | what follows", commands())


def commands() -> Iterator[list[str]]:
    """The commands in both dialects."""
    for each in COMMANDS:
        yield [code(each.words), code(each.modern or f"peer X {each.selected[0]}"), code(each.options)]


def main(check: bool) -> int:
    """Rewrite or check every page; the status."""
    known = dict(tables())
    status = 0
    for page in sorted(HERE.rglob("*.md")):
        text = page.read_text()
        new = MARK.sub(lambda found: found[1] + known[found[2]] + found[3], text)
        if new != text and check:
            print(f"{page.relative_to(HERE.parent)}: a table is not up to date, run python docs/generate.py")
            status = 1
        elif new != text:
            page.write_text(new)
    return status


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
