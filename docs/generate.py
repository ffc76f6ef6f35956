"""Writes the tables of the manual from the records of the code, between the marks of the pages in this folder.

    python docs/generate.py            rewrite them
    python docs/generate.py --check    only say which are not up to date; the status is then 1

A table stands between `<!-- table: NAME -->` and `<!-- end -->`.  The examples of the reference are those of the golden
corpus (`tests/corpus`), which the tests read in all three spellings.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from pathlib import Path
from typing import Any

import bgptwist
from bgptwist.api.audience import EVENTS
from bgptwist.api.dispatcher import COMMANDS
from bgptwist.api.encoders.dialects import VERSION_5, VERSIONS
from bgptwist.api.encoders.json import PACKET, Stamp
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.grammar.tail import KEYWORDS
from bgptwist.settings import environment, schema
from bgptwist.settings.description import sections
from bgptwist.settings.form import form_of
from bgptwist.settings.model import Environment
from bgptwist.settings.schema import REQUIRED, Former, Keyword, Refusal, Routes, Section
from bgptwist.speaker.events import Message
from bgptwist.tools.healthcheck_options import GROUPS
from bgptwist.wire.attributes.communities import NAMES
from bgptwist.wire.errors import VERDICTS
from bgptwist.wire.kinds import Capability, Family, Kind
from bgptwist.wire.registry import ATTRIBUTES, CAPABILITIES, FAMILIES
from bgptwist.wire.values.extended_community import ROWS

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tests.api.events import FILES  # noqa: E402
from tests.wire.examples import Record, examples  # noqa: E402

SHOWN = 12
"""The most examples of one record in the reference."""

DIFFERENCES: tuple[tuple[str, str, int, Callable[[Any], Any]], ...] = (
    ("`exabgp`", "up", 0, lambda event: event["exabgp"]),
    ("`time`", "up", 0, lambda event: event["time"]),
    ("`pid`", "up", 0, lambda event: event["pid"]),
    ("`asn`", "up", 0, lambda event: event["neighbor"]["asn"]),
    ("`ip`", "up", 0, lambda event: event["neighbor"].get("ip")),
    ("`router-id`", "up", 0, lambda event: event["neighbor"].get("router-id")),
    ("`reason` of `down`", "down, 'notification sent (6,3)'", 0, lambda event: event["neighbor"]["reason"]),
    ("`direction` of what came", "routes", 0, lambda event: event["neighbor"].get("direction")),
    ("a prefix", "routes", 0, lambda event: next(iter(told(event)["announce"]["ipv4 unicast"].values()))),
    ("one withdrawn", "routes withdrawn", 0, lambda event: told(event)["withdraw"]["ipv4 unicast"]),
    ("a label", "ipv4-nlri-mpls announced", 0, lambda event: inner(event, "label")),
    ("`as-path`", "routes", 0, lambda event: told(event)["attribute"]["as-path"]),
    ("`confederation-path`", "routes", 0, lambda event: told(event)["attribute"].get("confederation-path")),
    ("`community` 2:1 1:2", "routes with communities", 0, lambda event: told(event)["attribute"]["community"]),
    (
        "`extended-community`",
        "016-extended-community 0002fde800000064",
        0,
        lambda event: told(event)["attribute"]["extended-community"],
    ),
    ("two next hops", "routes with two next hops", 0, lambda event: list(told(event)["announce"]["ipv6 unicast"])),
    (
        "`next-hop` among the attributes",
        "routes and others withdrawn",
        0,
        lambda event: told(event)["attribute"].get("next-hop"),
    ),
    ("`next-hop` in a flow", "ipv4-flow announced", 0, lambda event: inner(event, "next-hop")),
    ("the end of the first routes", "end of rib", 0, lambda event: event["neighbor"]["message"]),
    ("capabilities of an OPEN we sent", "open that was sent", 0, lambda event: capabilities(event)),
    (
        "a NOTIFICATION",
        "notification that came, an error with data",
        0,
        lambda event: event.get("notification") or event["neighbor"]["notification"],
    ),
    ("`type` of what came, `packets`", "keepalive that came", PACKET, lambda event: event["type"]),
    ("`message`, `packets`", "keepalive that came", PACKET, lambda event: list(event["neighbor"]["message"])),
)
"""What the manual compares: a topic, the event of tests.api.events that shows it, in which form, and where."""


def told(event: Any) -> Any:
    """What an UPDATE says."""
    return event["neighbor"]["message"]["update"]


def inner(event: Any, member: str) -> Any:
    """A member of the only route that an UPDATE announces."""
    (hops,) = told(event)["announce"].values()
    (routes,) = hops.values()
    (route,) = routes.values() if isinstance(routes, dict) else routes
    return route.get(member)


def capabilities(event: Any) -> list[str]:
    """The keys of the first capabilities of an OPEN."""
    return list(event["neighbor"]["open"]["capabilities"])[:2]


MARK = re.compile(r"(<!-- table: ([\w-]+) -->\n).*?(<!-- end -->)", re.S)
SECTIONS = (
    *(schema.PROCESS, schema.PLUGIN, schema.HEALTHCHECK, schema.NEIGHBOR, schema.TCP_AO, schema.CAPABILITY, schema.API),
    schema.direction("receive", ""),
)

DEFAULTS = {
    "process.encoder": "`text`",
    "capability.add-path": "off",
    "capability.nexthop": "on with `nexthop { }`",
    "capability.graceful-restart": "off",
    "capability.extended-message": "on in generation 6",
    "healthcheck.require": "`all`",
    "healthcheck.increase": "`0`",
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
        elif isinstance(record, Routes):
            yield [code(record.word), "route", "–", "error", record.help]
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
    yield "events", rows("`type` | asked for by | what it tells | text | in ExaBGP since", sorts())
    yield "dialects", rows("in version | " + " | ".join(VERSIONS), differences())
    yield "healthcheck-options", rows("option | default | meaning", healthcheck_options())
    yield "commands", rows("version 4 | version 6 | what follows", commands())


def healthcheck_options() -> Iterator[list[str]]:
    """The options of the helper `bgptwist healthcheck`."""
    for _, listed in GROUPS:
        for option in listed:
            many = "; may be repeated" if option.many else ""
            names = ", ".join(f"`{f'{name} {option.metavar}'.rstrip()}`" for name in option.names)
            yield [names, spelt(option.default) if option.read else "–", f"{option.help}{many}"]


def sorts() -> Iterator[list[str]]:
    """The sorts of events."""
    for each in EVENTS:
        is_message = issubclass(each.event, Message)
        asked = f"`receive {{ {each.word}; }}`, `send {{ {each.word}; }}`" if is_message else code(each.word)
        yield [code(each.type), asked, each.help, "yes" if each.text else "no", each.since]


def differences() -> Iterator[list[str]]:
    """What the versions of JSON say of the same event, by topic; `=` is the same as to the left."""
    subscriptions = Subscriptions(VERSION_5, lambda: Stamp("vm", 699, 697))
    happened = {title: event for make in FILES.values() for title, event in make()}
    for topic, title, form, found in DIFFERENCES:
        cells = []
        for version in VERSIONS:
            encoded = subscriptions.encoder("json", version).encode(happened[title], form)
            assert encoded is not None
            value = found(json.loads("1".join(encoded)))
            cells.append("–" if value is None else code(json.dumps(value)))
        same = [cell == before for cell, before in zip(cells, ["", *cells], strict=False)]
        yield [topic, *("=" if equal else cell for cell, equal in zip(cells, same, strict=True))]


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
