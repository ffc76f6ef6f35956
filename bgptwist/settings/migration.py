"""Files of ExaBGP 3.4, 4, 5 and 6 in the current spelling, each change with its place.

The schema knows the former spelling of a statement; here is what takes more than other words: helpers that stand in
neighbors, groups, switches whose meaning without a value has changed.
"""

import re
import shlex
from typing import Final, NamedTuple

from bgptwist.grammar.lexer import Place, Source, split_route
from bgptwist.grammar.route import ALIASES
from bgptwist.settings import environment
from bgptwist.settings.build import load_text
from bgptwist.settings.formatting import Document, Line, bare, document
from bgptwist.settings.grouping import Grouping
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.schema import API, GROUP, PROCESS, ROOT, Former, Keyword, Routes, Section
from bgptwist.settings.value import boolean
from bgptwist.wire.registry import FAMILIES

OLD_ROUTE_WORDS: Final = {
    "as-sequence": "as-path",
    "withdrawn": "withdraw",
    "not-a-fragment": "!is-fragment",
    "redirect-next-hop": "redirect-to-nexthop",
}
"""Words of routes and rules that ExaBGP 2 to 4 had, and what they are today."""

OLD_CAPABILITIES: Final = ("add-path", "aigp", "operational")
"""Capabilities that could stand beside the section, and are no statement there today."""

MESSAGES: Final = ("open", "update", "notification", "keepalive", "refresh", "operational")
PLURALS: Final = {f"{word}s": word for word in ("open", "update", "notification", "keepalive")}

FLAGS: Final = {
    "parse-routes": ("neighbor-changes", "receive parsed", "receive update"),
    "peer-updates": ("neighbor-changes", "receive parsed", "receive update"),
    "receive-routes": ("receive parsed", "receive update", "receive refresh"),
    "receive-operational": ("receive parsed", "receive operational"),
    "receive-parsed": ("receive parsed",),
    "receive-packets": ("receive packets",),
    "receive-updates": ("receive update",),
    "receive-refresh": ("receive refresh",),
    "send-packets": ("send packets",),
}
"""What a process of ExaBGP 3 is told, and the words of the section `api` for it."""

HEADING: Final = re.compile(r"\s*\[(?:(?:exabgp|bgptwist)\.([^\]]+)|[^\]]*)\]\s*\Z", re.IGNORECASE)
SETTING: Final = re.compile(r"(\s*)([A-Za-z][\w-]*)(\s*=\s*)(.*?)\s*\Z")

SWITCHES_3: Final = {"aigp": "disable"}
"""Switches that were off without a value in ExaBGP 3; the others were on."""


class Note(NamedTuple):
    """What was changed, or is left to people, and where."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class Migration(NamedTuple):
    """The new text, what was changed, and what is left to people."""

    text: str
    changes: list[Note]
    left: list[Note]


class Migrator:
    """Rewrites the lines of one document."""

    def __init__(self, found: Document) -> None:
        self.document = found
        self.changes: list[Note] = []
        self.left: list[Note] = []
        self.old = ancient(found.lines)
        """The file is of ExaBGP 3."""
        self._helpers: dict[str, str] = {
            " ".join(line.words[1:]): "" for line in found.lines if line.keyword == PROCESS.word and line.contents
        }
        self._moved: list[Line] = []
        self._made: list[Line] = []
        """Sections that were put around a statement."""
        self._orphans: list[str] = []
        """Comments whose statement is gone."""
        self._group: Line | None = None
        self._neighbor: Line | None = None

    def run(self) -> None:
        """Rewrite everything."""
        lines: list[Line] = []
        grouping = Grouping(self.document.lines)
        for line in self.document.lines:
            self._moved = []
            self._group = line if line.keyword == GROUP.word and line.inner is not None else None
            rewritten = self._line(ROOT, line, [])
            if self._group is not None:
                split = grouping.split(self._group)
                shared = f", and what they share is the template '{split.template}'" if split.template else ""
                self._note(line, f"a group is of ExaBGP 3: its neighbors stand outside now{shared}")
                rewritten = split.lines
                self._orphans += split.before
            adopted = [*self._moved, *rewritten]
            if adopted:
                adopted[0].before = [*self._orphans, *adopted[0].before]
                self._orphans = []
            if self._group is not None:
                self._orphans += split.after
            lines += adopted
        self.document.lines[:] = lines
        self.document.ending[:0] = self._orphans

    def _note(self, line: Line, text: str) -> None:
        self.changes.append(Note(line.place, text))

    def _lines(self, section: Section, lines: list[Line]) -> list[Line]:
        """The statements of a section in their current spelling."""
        found: list[Line] = []
        for line in lines:
            found += self._line(section, line, found)
        for line in [each for each in found if each in self._made]:
            later = next((each for each in found[found.index(line) + 1 :] if each.keyword == line.keyword), None)
            if later is not None and later.inner is not None and line.keyword != API.word:
                line.contents[0].before = [*line.before, *line.contents[0].before]
                later.inner[:0] = line.contents
                found.remove(line)
        return found

    def _line(self, section: Section, line: Line, before: list[Line]) -> list[Line]:
        """One statement; what goes into a section that is there already goes into that one."""
        record = section.contents.get(line.keyword.lower() if section.fold else line.keyword)
        if isinstance(record, Routes):
            self._route(section, record, line)
        elif section is not ROOT and line.keyword == PROCESS.word and line.inner is not None:
            return self._process(section, line)
        elif isinstance(record, Former) and line.inner is None:
            return self._former(section, record, line, before)
        elif within_neighbor(section) and line.keyword in OLD_CAPABILITIES and line.inner is None:
            return self._moved_into(Former(line.keyword, line.keyword, "capability"), line, line.words[1:], before)
        elif isinstance(record, Section) and line.inner is not None:
            self._neighbor = line if record.word == "neighbor" else self._neighbor
            line.inner = self._lines(record, line.inner)
            if within_neighbor(record):
                self._minimal(line)
            if record is PROCESS:
                self._encoder(line)
            elif record is API:
                line.inner = self._told(line.inner)
        elif isinstance(record, Keyword) and line.inner is None:
            self._keyword(section, record, line)
        return [line]

    # ------------------------------------------------------------------ statements

    def _former(self, section: Section, former: Former, line: Line, before: list[Line]) -> list[Line]:
        """A statement that the schema knows by another name."""
        rest = line.words[1:]
        if former.second:
            if rest[:1] != [former.second]:
                return [line]
            rest = rest[1:]
        if former.section == API.word:
            rest = ["[", *rest, "]"]
        if former.section:
            return self._moved_into(former, line, rest, before)
        old = line.words[0]
        line.say([*former.now.split(), *rest])
        if former.word == "md5" and len(line.words) > 2:
            line.say([line.words[0], " ".join(line.words[1:])])
        self._note(line, f"'{old}{' ' + former.second if former.second else ''}' is '{former.now}' now")
        return [line]

    def _moved_into(self, former: Former, line: Line, rest: list[str], before: list[Line]) -> list[Line]:
        """A statement that stands in a section now."""
        old = line.keyword
        spellings = dict(zip(line.words, line.spellings, strict=True))
        words = [*former.now.split(), *rest]
        moved = Line(words, None, line.place, [spellings.get(word) or bare(word) for word in words])
        moved.beside = line.beside
        self._switch(moved)
        renamed = "" if former.now == old else f"'{former.now}' "
        self._note(line, f"'{old}' is {renamed}in a section '{former.section}' now")
        home = next((each for each in before if each.keyword == former.section and each.inner is not None), None)
        if home is None or former.section == API.word:
            home = Line([former.section], [], line.place)
            home.before = line.before
            home.inner = [moved]
            self._made.append(home)
            return [home]
        moved.before = [comment for comment in line.before if comment]
        home.inner = [*home.contents, moved]
        return []

    def _keyword(self, section: Section, keyword: Keyword, line: Line) -> None:
        """A statement that is current, but perhaps for its value."""
        if section.distinct and line.words[1:2] and line.words[1].lower() in ALIASES:
            old = line.words[1]
            line.say([line.words[0], ALIASES[old.lower()], *line.words[2:]])
            self._note(line, f"'{old}' is '{line.words[1]}' here")
        elif keyword.surprise and len(line.words) == 1 and not self.old:
            line.say([line.keyword, "false"])
            self._note(line, f"'{line.keyword};' is off, which is said now")
        elif self.old and keyword.read is boolean:
            self._switch(line)
        elif keyword.word == "run":
            self._run(line)

    def _switch(self, line: Line) -> None:
        """Say what a switch of ExaBGP 3 means without a value."""
        if self.old and len(line.words) == 1 and line.keyword not in ("graceful-restart", "processes"):
            value = SWITCHES_3.get(line.keyword, "enable")
            line.say([line.keyword, value])
            self._note(line, f"'{line.keyword};' is '{value}' in ExaBGP 3, which is said now")

    def _run(self, line: Line) -> None:
        """ExaBGP 3 cut a program in quotes into words."""
        if len(line.words) != 2 or " " not in line.words[1].strip():
            return
        try:
            words = shlex.split(line.words[1])
        except ValueError:
            return
        line.say(["run", *words])
        self._note(line, "the program and its arguments are words of their own now")

    def _encoder(self, line: Line) -> None:
        """ExaBGP 3 and 4 did not need an encoder."""
        if not any(each.keyword in ("encoder", "include") for each in line.contents):
            line.inner = [*line.contents, Line(["encoder", "text"], None, line.place)]
            self._note(line, "'encoder text;' is said now")

    def _minimal(self, line: Line) -> None:
        """`minimal` meant the families of the routes, which are named now."""
        for section in line.contents:
            for each in section.contents if section.keyword == "family" else ():
                if each.words != ["minimal"]:
                    continue
                others = self._group.contents if self._group is not None and self._group is not line else []
                inside = [inner for other in line.contents for inner in other.contents if other.keyword == "neighbor"]
                found = families(line, [*line.contents, *others, *inside])
                if not found:
                    self.left.append(Note(each.place, "'minimal' is of ExaBGP 3: name the families of the routes"))
                    return
                lines = [Line(name.split(), None, each.place) for name in found]
                lines[0].adopt(each)
                section.inner = [*(other for other in section.contents if other is not each), *lines]
                self._note(each, f"'minimal' is {', '.join(found)} now: the families of the routes")

    # ------------------------------------------------------------------ helpers

    def _process(self, section: Section, line: Line) -> list[Line]:
        """A process in a neighbor: the program goes outside, what it is told into a section `api`."""
        own = [each for each in line.contents if each.keyword in PROCESS.contents]
        told = [each for each in line.contents if each.keyword not in PROCESS.contents]
        names = line.words[1:] or self._beside()
        if len(names) != 1 and (own or not names):
            self.left.append(Note(line.place, "a process without a name: give it one, outside and in 'api'"))
            return [line]
        api = Line([API.word], None, line.place)
        api.adopt(line)
        if any(each.keyword == "run" for each in own):
            names = [self._hoisted(line, names[0], own, api)]
            self._reach(section, line, names[0])
            self._note(line, f"process '{names[0]}' stands outside now, and a section 'api' names it")
        else:
            self._note(line, f"what {' and '.join(map(repr, names))} is told stands in a section 'api' now")
        api.inner = self._told([Line(["processes", "[", *names, "]"], None, line.place), *told])
        return [api]

    def _beside(self) -> list[str]:
        """The processes that one without a name is about: those of the same neighbor and of its group."""
        homes = [self._group] if self._group is not None else []
        homes += [self._neighbor] if self._neighbor is not None else []
        known = [each for home in homes for each in home.contents if each.keyword == PROCESS.word]
        return list(dict.fromkeys(each.words[1] for each in known if len(each.words) == 2))

    def _hoisted(self, line: Line, named: str, own: list[Line], api: Line) -> str:
        """The name of a process that was put outside: another one when there is another process of that name."""
        outside = Line([PROCESS.word, named], self._lines(PROCESS, own), line.place)
        self._encoder(outside)
        text = "; ".join(" ".join(each.words) for each in outside.contents)
        free = named
        count = 1
        while self._helpers.get(free, text) != text:
            count += 1
            free = f"{named}-{count}"
        if free in self._helpers:
            api.before = [*api.before, *(remark for each in own for remark in each.remarks())]
        else:
            self._helpers[free] = text
            outside.say([PROCESS.word, free])
            outside.before = api.before
            api.before = []
            self._moved.append(outside)
        if free != named:
            self._note(line, f"there is another process '{named}': this one is '{free}' now")
        return free

    def _reach(self, section: Section, line: Line, named: str) -> None:
        """Say that a helper reaches fewer neighbors than in ExaBGP 3."""
        neighbors = [each for each in self.document.lines if each.keyword == "neighbor"]
        groups = [each for each in self.document.lines if each.keyword == GROUP.word]
        inside = [each for group in groups for each in group.contents if each.keyword == "neighbor"]
        here = 1
        if section is GROUP and self._group is not None:
            here = sum(each.keyword == "neighbor" for each in self._group.contents)
        if len(neighbors) + len(inside) > here:
            text = f"ExaBGP 3 let '{named}' speak to every neighbor: name it in 'api' of the others, if it should"
            self.left.append(Note(line.place, text))

    def _told(self, lines: list[Line]) -> list[Line]:
        """What helpers are told, in the words of the section `api`."""
        found: list[Line] = []
        for line in lines:
            if line.keyword in ("send", "receive") and line.inner is not None:
                beside = self._direction(line)
                same = next((each for each in found if each.keyword == line.keyword and each.inner is not None), None)
                if same is None:
                    found.append(line)
                else:
                    same.inner = merged(same.contents, line)
                for each in beside:
                    touched = flag(found, each.keyword, each)
                    touched.before = [*touched.before, *each.remarks()]
            elif line.keyword in FLAGS and line.inner is None:
                self._note(line, f"'{line.keyword}' is {' and '.join(map(repr, FLAGS[line.keyword]))} now")
                touched = [flag(found, words, line) for words in FLAGS[line.keyword]][0]
                touched.before = [*touched.before, *line.remarks()]
            else:
                found.append(line)
        for line in found:
            said = {each.keyword for each in line.contents}
            forms = self.old and line.keyword in ("send", "receive") and "packets" in said
            if forms and not said.intersection(MESSAGES):
                line.inner = [*line.contents, *(Line([kind], None, line.place) for kind in MESSAGES)]
                self._note(line, f"all messages are named in '{line.keyword}' now")
        return found

    def _direction(self, line: Line) -> list[Line]:
        """The words of `send` or `receive`; what stands beside these sections now is given back."""
        kept: list[Line] = []
        beside: list[Line] = []
        for each in line.contents:
            if each.keyword in PLURALS:
                old = each.keyword
                each.say([PLURALS[old], *each.words[1:]])
                self._note(each, f"'{old}' is '{each.keyword}' now")
            if each.keyword == "neighbor-changes":
                self._note(each, f"'neighbor-changes' stands beside '{line.keyword}' now")
                beside.append(each)
            else:
                kept.append(each)
        line.inner = kept
        return beside

    # ------------------------------------------------------------------ routes

    def _route(self, section: Section, record: Routes, line: Line) -> None:
        """A route: words of it, and of what is in its block."""
        if line.keyword in ALIASES:
            old = line.keyword
            line.say([ALIASES[old], *line.words[1:]])
            self._note(line, f"'{old}' is '{line.keyword}' here")
        pending = [line]
        known = {**OLD_ROUTE_WORDS, **dict(record.former)}
        if record.word == "vpls":
            known["route-distinguisher"] = "rd"
        while pending:
            each = pending.pop(0)
            pending += each.contents
            words, told = current(each.words, known)
            if told:
                each.say(words)
                for text in told:
                    self._note(each, text)


def families(neighbor: Line, lines: list[Line]) -> list[str]:
    """The families of all routes in some statements of a neighbor, none when they cannot be read."""
    named = neighbor.words[1] if len(neighbor.words) > 1 and ":" in neighbor.words[1] else "192.0.2.1"
    start = ["router-id 192.0.2.2", "local-as 1", "peer-as 2"]
    inner = [Line(words.split()) for words in start]
    inner.append(Line(["family"], [Line(["all"])]))
    inner += [each for each in lines if each.keyword in ("static", "flow", "l2vpn", "announce")]
    try:
        (found,) = load_text(Document([Line(["neighbor", named], inner)], [], ()).text()).neighbors
    except ConfigurationError:
        return []
    names = {route.family.name for route in (*found.routes, *(static.route for static in found.watched))}
    return [family.name for family in FAMILIES if family.name in names]


def within_neighbor(section: Section) -> bool:
    """Whether it is the section of a neighbor, a template or a group."""
    return section is not ROOT and "peer-as" in section.contents


def flag(found: list[Line], words: str, origin: Line) -> Line:
    """Say `WORD` or `SECTION WORD` once; the line that says it."""
    word, _, kind = words.partition(" ")
    home = found
    if kind:
        section = next((each for each in found if each.keyword == word and each.inner is not None), None)
        if section is None:
            section = Line([word], [], origin.place)
            found.append(section)
        inner = section.inner
        assert inner is not None
        home = inner
    known = next((each for each in home if each.keyword == (kind or word) and each.inner is None), None)
    if known is None:
        known = Line([kind or word], None, origin.place)
        home.append(known)
    return known


def merged(lines: list[Line], section: Line) -> list[Line]:
    """The flags of two sections as those of one."""
    found = list(lines)
    for each in section.contents:
        same = next((other for other in found if other.words == each.words), None)
        if same is None:
            found.append(each)
        else:
            same.before = [*same.before, *each.remarks()]
    found[0].before = [*section.before, *filter(None, [section.beside]), *found[0].before]
    found[-1].before = [*found[-1].before, *section.ending, *filter(None, [section.closing])]
    return found


def current(words: list[str], known: dict[str, str]) -> tuple[list[str], list[str]]:
    """The words of a route in their current spelling, and what was changed."""
    told = [f"'{word}' is '{known[word]}' now" for word in dict.fromkeys(words) if word in known]
    found = [known.get(word, word) for word in words]
    flat = as_path(found)
    if flat is not None:
        told.append("a set in an as-path stands beside the sequence now")
        found = flat
    return found, told


def as_path(words: list[str]) -> list[str] | None:
    """The words of a route whose AS path has sets inside a sequence, which ExaBGP 3 wrote so; None when it has not."""
    if "as-path" not in words:
        return None
    start = words.index("as-path") + 1
    if words[start : start + 1] != ["["] or "]" not in words[start:]:
        return None
    end = words.index("]", start)
    inside = [piece for word in words[start + 1 : end] for piece in split_route(word)]
    if not {"(", "{"}.intersection(inside):
        return None
    found: list[str] = []
    sequence: list[str] = []
    in_set = False
    for word in inside:
        if word in ("(", "{") and not in_set:
            found += ["[", *sequence, "]"] if sequence else []
            sequence = []
            in_set = True
            found.append("(")
        elif word in (")", "}") and in_set:
            in_set = False
            found.append(")")
        elif word in ("(", "{", ")", "}"):
            return None
        elif in_set:
            found.append(word)
        else:
            sequence.append(word)
    if in_set:
        return None
    found += ["[", *sequence, "]"] if sequence else []
    return [*words[:start], *found, *words[end + 1 :]]


def ancient(lines: list[Line]) -> bool:
    """Whether a file is of ExaBGP 3: it has what no later version took, and nothing that came later."""
    pending = [(ROOT, line) for line in lines]
    found = False
    while pending:
        section, line = pending.pop()
        record = section.contents.get(line.keyword)
        if line.keyword in ("template", "api", "announce") or (section is ROOT and line.keyword == PROCESS.word):
            return False
        if isinstance(record, Section):
            pending += [(record, each) for each in line.contents]
            found = found or bool(record.former)
        former = isinstance(record, Former) and not record.second
        beside = within_neighbor(section) and line.inner is None and line.keyword in OLD_CAPABILITIES
        found = found or former or beside or (section.word == "family" and line.words == ["minimal"])
    return found


def migrated(source: Source) -> Migration:
    """A file in the current spelling; ConfigurationError when it cannot be cut into statements."""
    found = document(source)
    migrator = Migrator(found)
    migrator.run()
    changes = sorted(dict.fromkeys(migrator.changes), key=lambda note: note.place[1:])
    for warning in found.warnings:
        changes.append(Note(warning.place, f"{warning.reason}: it is closed there now"))
    return Migration(found.text(), changes, migrator.left)


def migrated_environment(source: Source) -> Migration:
    """An environment file with the settings of today; those that mean nothing any more are left to people."""
    changes: list[Note] = []
    left: list[Note] = []
    lines = source.text.split("\n")
    section = ""
    for number, text in enumerate(lines, 1):
        place = Place(source.name, number, 1)
        heading = HEADING.match(text)
        if heading is not None:
            section = (heading[1] or "").lower()
            continue
        found = SETTING.match(text)
        if found is None or not section:
            continue
        name = environment.setting_name(section, found[2])
        value = found[4]
        if name == "tcp.once":
            name, value = "tcp.attempts", str(int(value.lower() in environment.TRUE))
        if name.startswith("log.") and name.partition(".")[2] in environment.TOPICS or name in environment.UNUSED:
            continue
        if not any(setting.name == name for setting in environment.SETTINGS):
            left.append(Note(place, f"there is no setting '{name}' any more"))
            continue
        word = name.partition(".")[2]
        if word == found[2].lower().replace("_", "-") and value == found[4]:
            continue
        lines[number - 1] = f"{found[1]}{word}{found[3]}{value}"
        changes.append(Note(place, f"'{found[0].strip()}' is '{lines[number - 1].strip()}' now"))
    return Migration("\n".join(lines), changes, left)
