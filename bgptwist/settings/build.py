"""Files become settings: the tree is read by the schema, neighbors inherit and are checked (configuration, 4, 11)."""

import gc
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bgptwist.grammar.lexer import Misplaced, Place, Source
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.healthcheck import HealthcheckBuilder
from bgptwist.settings.mistake import alike, listed, told
from bgptwist.settings.model import (
    ApiSettings,
    ConfigurationError,
    DirectionSettings,
    Environment,
    HelperSettings,
    NeighborSettings,
    Settings,
)
from bgptwist.settings.neighbor import NeighborBuilder
from bgptwist.settings.plugin import PluginBuilder
from bgptwist.settings.program import find, stand_in
from bgptwist.settings.schema import INCLUDE
from bgptwist.settings.section import Block, SectionReader, TooMany, merged
from bgptwist.wire.errors import Refused
from bgptwist.wire.route import Route

TYPES: Final = ("open", "update", "notification", "keepalive", "refresh", "operational")
FORMS: Final = ("parsed", "packets", "consolidate")
DEFAULTS: Final = Environment()


def load(paths: Sequence[str], environment: Environment = DEFAULTS, routes: RouteReader | None = None) -> Settings:
    """The settings of some files together; ConfigurationError with everything that is wrong.

    A `routes` reader that is kept from load to load gives routes that did not change the same Path.
    """
    loader = Loader(environment, routes or RouteReader())
    with collector_off():
        for path in paths:
            loader.read_file(path)
        return loader.settings()


def load_text(
    text: str,
    environment: Environment = DEFAULTS,
    *,
    name: str = "text",
    folder: str = "/",
    routes: RouteReader | None = None,
) -> Settings:
    """The settings of a text; `folder` is where its programs and files are looked for first."""
    loader = Loader(environment, routes or RouteReader())
    with collector_off():
        loader.read(Source(name, text, folder))
        return loader.settings()


@contextmanager
def collector_off() -> Iterator[None]:
    """No garbage collection meanwhile: a long file makes many objects that all stay, which doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def decoded(octets: bytes, path: str, warnings: list[Misplaced]) -> str:
    """UTF-8, without a byte order mark; what is none is replaced, with a warning."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(path, octets.count(b"\n", 0, error.start) + 1, 1)
        warnings.append(Misplaced(place, "the file is not in UTF-8; what cannot be read is replaced"))
        return octets.decode("utf-8-sig", "replace")


class Loader:
    """One load: errors are gathered, so that one pass finds as many as it can.

    `unreadable`: a file could not be read at all.
    """

    def __init__(self, environment: Environment, routes: RouteReader) -> None:
        self.errors: list[Misplaced] = []
        self.warnings: list[Misplaced] = []
        self.unreadable = False
        self._environment = environment
        self._reader = SectionReader(routes, self.errors, self.warnings)
        self._builder = NeighborBuilder(environment, self._reader)
        self._plugins = PluginBuilder(self._reader)
        self._healthchecks = HealthcheckBuilder(self._reader, routes)
        self._helpers: dict[str, HelperSettings] = {}
        self._neighbors: list[Block] = []
        self._partial = False
        """A file cannot be read: what seems to be missing outside of neighbors may be there."""

    def read_file(self, path: str) -> None:
        """Read one file."""
        try:
            octets = Path(path).read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.errors.append(Misplaced(Place(path, 0, 0), f"the file cannot be read ({reason})"))
            self.unreadable = True
            return
        text = decoded(octets, path, self.warnings)
        del octets  # as long as the text, and not needed meanwhile
        self.read(Source(path, text, str(Path(path).absolute().parent), os.path.realpath(path)))

    def read(self, source: Source) -> None:
        """Read one file; templates count in their file alone."""
        try:
            root = self._reader.file(source)
            self._partial = self._partial or INCLUDE.word in root.unread
            for block in root.apart["process"]:
                self._helper(block)
            for block in root.apart.get("plugin", []):
                self._plugins.read(block)
            for block in root.apart.get("healthcheck", []):
                self._healthchecks.read(block)
            templates = self._templates(root)
            for block in neighbors(root):
                self._neighbors.append(self._inherited(block, templates))
        except TooMany:
            pass

    def settings(self) -> Settings:
        """What all files say; ConfigurationError when anything is wrong."""
        found: list[NeighborSettings] = []
        try:
            for block in self._neighbors:
                api = self._api(block)
                if block.sound:
                    found.append(self._builder.build(block, api))
                elif INCLUDE.word not in block.unread:
                    self._builder.examine(block)
            self._plugins.check(found, self._partial or len(found) < len(self._neighbors))
            self._healthchecks.check(found, self._partial or len(found) < len(self._neighbors))
        except TooMany:
            pass
        warnings = told(self.warnings, self._reader.sources)
        if self.errors:
            raise ConfigurationError(told(self.errors, self._reader.sources), warnings)
        entitled = tuple([self._plugins.entitled(neighbor) for neighbor in found])
        helpers = tuple(self._helpers.values())
        checks = self._healthchecks.healthchecks()
        return Settings(entitled, helpers, self._environment, warnings, self._plugins.plugins(), checks)

    def origin(self, route: Route) -> Place | None:
        """Where the statement of a route stands; this looks through all of them."""
        for neighbor in self._neighbors:
            announce = neighbor.block("announce").blocks.values()
            for block in (*neighbor.blocks.values(), *announce):
                for announcement, statement in block.routes:
                    if any(each is route for each in announcement.routes):
                        return statement.place()
        return None

    def _helper(self, block: Block) -> None:
        """A `process` section."""
        assert block.statement is not None
        name = str(block.name)
        if name in self._helpers:
            self._reader.wrong(Misplaced(block.statement.place(1), f"process '{name}' is here twice", "another name"))
            return
        fields: dict[str, Any] = {"encoder": ("text", ""), "run": ()}
        fields.update({field: given.value for field, given in block.values.items()})
        fields["encoder"], fields["version"] = fields["encoder"]
        if "run" in block.values:
            statement = block.values["run"].statement
            ours = stand_in(fields["run"], statement.source.folder)
            if ours:
                self._reader.warn(statement, "ExaBGP is not installed: its health check is replaced by bgptwist's own")
                fields["run"] = ours
            program, *arguments = fields["run"]
            try:
                fields["run"] = (find(program, statement.source.folder), *arguments)
            except Refused as error:
                self._reader.wrong(Misplaced(statement.place(1), str(error), "a program that can be started"))
        elif block.unread.isdisjoint(("run", INCLUDE.word)):
            reason = f"process '{name}' is incomplete"
            self._reader.wrong(Misplaced(block.statement.place(), reason, "'run PROGRAM;'"))
        if block.name is not None:
            self._helpers[name] = HelperSettings(name, **fields)

    def _templates(self, root: Block) -> dict[str, Block]:
        """The templates of a file by name, with what they inherit themselves."""
        found: dict[str, Block] = {}
        for block in root.block("template").apart.get("neighbor", []):
            assert block.statement is not None
            if block.lists.get("inherit"):
                self._reader.warn(block.statement, "a template inherits from a template, which ExaBGP ignores")
            name = str(block.name)
            if name in found:
                self._reader.wrong(
                    Misplaced(block.statement.place(1), f"template '{name}' is here twice", "another name")
                )
            found[name] = self._inherited(block, found)
        return found

    def _inherited(self, block: Block, templates: dict[str, Block]) -> Block:
        """A neighbor with what its templates give, in the order in which they are named: their values win."""
        assert block.statement is not None
        whole = block
        missing = False
        for given in block.lists.get("inherit", []):
            assert isinstance(given.value, tuple)
            words = given.statement.words()
            for name in given.value:
                template = templates.get(name)
                if template is None or template.order > block.order:
                    missing = True
                    if not self._partial:
                        place = given.statement.place(words.index(name, 1))
                        known = [each for each, other in templates.items() if other.order < block.order]
                        reason = f"there is no template '{name}' before this neighbor"
                        expected = listed(known[:8]) or "a template before this neighbor"
                        self._reader.wrong(Misplaced(place, reason, expected, like(name, known)))
                    continue
                self._overridden(block, template, name)
                whole = merged(whole, template)
        if missing:
            whole = merged(whole, Block(block.section, None))
            whole.sound = False
            whole.miss(INCLUDE.word)
        return whole

    def _overridden(self, own: Block, template: Block, name: str) -> None:
        """Warn where a template replaces a value of the neighbor."""
        for field, given in template.values.items():
            mine = own.values.get(field)
            if mine is not None and mine.value != given.value:
                what = " ".join(mine.statement.text.split())
                theirs = " ".join(given.statement.text.split())
                self._reader.warn(mine.statement, f"template '{name}' replaces '{what}' by '{theirs}', as in ExaBGP")
        for word, block in template.blocks.items():
            if word in own.blocks:
                self._overridden(own.blocks[word], block, name)

    def _api(self, block: Block) -> tuple[ApiSettings, ...]:
        """The `api` sections of a neighbor."""
        sections = block.apart.get("api", [])
        listed = [each.values["processes"] for each in sections if "processes" in each.values]
        matched = [each.values["processes_match"] for each in sections if "processes_match" in each.values]
        if listed and matched:
            place = matched[0].statement.place()
            reason = "a neighbor has both 'processes' and 'processes-match'"
            self._reader.wrong(Misplaced(place, reason, "one of them"))
        return tuple([self._one_api(section) for section in sections])

    def _one_api(self, section: Block) -> ApiSettings:
        fields: dict[str, Any] = {field: given.value for field, given in section.values.items()}
        processes = list(fields.pop("processes", ()))
        for name in processes:
            if name not in self._helpers and not self._partial:
                statement = section.values["processes"].statement
                place = statement.place(statement.words().index(name, 1))
                known = list(self._helpers)
                expected = listed(known[:8]) or "a 'process' section"
                self._reader.wrong(Misplaced(place, f"there is no process '{name}'", expected, like(name, known)))
        patterns = fields.pop("processes_match", ())
        if patterns:
            processes = [name for name in self._helpers if any(re.match(pattern, name) for pattern in patterns)]
            if not processes and not self._partial:
                place = section.values["processes_match"].statement.place(1)
                expected = "a regular expression for its beginning"
                self._reader.wrong(Misplaced(place, "no process has such a name", expected))
        for word in ("send", "receive"):
            fields[word] = self._direction(section.block(word))
        return ApiSettings(tuple(dict.fromkeys(processes)), **fields)

    def _direction(self, section: Block) -> DirectionSettings:
        """A `send` or `receive` section."""
        told = {field: given.value for field, given in section.values.items()}
        types = frozenset(kind for kind in TYPES if told.get(kind))
        forms = {form: bool(told.get(form)) for form in FORMS}
        if section.statement is not None and bool(types) != any(forms.values()):
            missing = "a form like 'parsed'" if types else "messages like 'update'"
            self._reader.warn(section.statement, f"'{section.section.word}' without {missing} gives no events")
        return DirectionSettings(types, **forms)


def like(name: str, known: list[str]) -> str:
    """The known name that may be meant by another, '' when none looks like it."""
    return next(iter(alike(name, known)), "")


def neighbors(root: Block) -> list[Block]:
    """The neighbors of a file, with those that stand in groups and share what the group says: their values win."""
    found = list(root.apart.get("neighbor", []))
    for group in root.apart.get("group", []):
        for block in group.apart.get("neighbor", []):
            whole = merged(group, block)
            whole.section = block.section
            whole.statement = block.statement
            whole.name = block.name
            whole.order = block.order
            whole.apart.pop("neighbor", None)
            found.append(whole)
    return sorted(found, key=lambda block: block.order)
