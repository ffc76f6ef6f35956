"""Files become settings: the tree is read by the schema, neighbors inherit and are checked (configuration, 4, 11)."""

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bgptwist.grammar.lexer import Misplaced, Place, Source
from bgptwist.grammar.route import RouteReader
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
from bgptwist.settings.program import find
from bgptwist.settings.schema import ROOT
from bgptwist.settings.section import Block, SectionReader, TooMany, merged
from bgptwist.settings.tree import parse
from bgptwist.wire.errors import Refused

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
            try:
                octets = Path(path).read_bytes()
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                loader.errors.append(Misplaced(Place(path, 0, 0), f"the file cannot be read ({reason})"))
                continue
            loader.read(Source(path, decoded(octets, path, loader.warnings)), str(Path(path).absolute().parent))
        return loader.settings()


def load_text(
    text: str,
    environment: Environment = DEFAULTS,
    *,
    name: str = "text",
    folder: str = "/",
    routes: RouteReader | None = None,
) -> Settings:
    """The settings of a text; `folder` is where its programs are looked for first."""
    loader = Loader(environment, routes or RouteReader())
    with collector_off():
        loader.read(Source(name, text), folder)
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


def decoded(octets: bytes, path: str, warnings: list[str]) -> str:
    """UTF-8, without a byte order mark; what is none is replaced, with a warning."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        warnings.append(f"{path}:{line}:1: the file is not in UTF-8; what cannot be read is replaced")
        return octets.decode("utf-8-sig", "replace")


class Loader:
    """One load: errors are gathered, so that one pass finds as many as it can."""

    def __init__(self, environment: Environment, routes: RouteReader) -> None:
        self.errors: list[Misplaced] = []
        self.warnings: list[str] = []
        self._environment = environment
        self._reader = SectionReader(routes, self.errors, self.warnings)
        self._builder = NeighborBuilder(environment, self._reader)
        self._helpers: dict[str, HelperSettings] = {}
        self._neighbors: list[Block] = []

    def read(self, source: Source, folder: str) -> None:
        """Read one file; templates count in their file alone."""
        try:
            tree = parse(source)
            self.warnings += tree.warnings
            for error in tree.errors:
                self._reader.wrong(error)
            root = Block(ROOT, None)
            self._reader.fill(root, tree.statements)
            for block in root.apart.get("process", []):
                self._helper(block, folder)
            templates = self._templates(root)
            for block in root.apart.get("neighbor", []):
                self._neighbors.append(self._inherited(block, templates))
        except TooMany:
            pass

    def settings(self) -> Settings:
        """What all files say; ConfigurationError when anything is wrong."""
        neighbors: list[NeighborSettings] = []
        try:
            for block in self._neighbors:
                if not block.sound:
                    continue
                try:
                    neighbors.append(self._builder.build(block, self._api(block)))
                except Misplaced as error:
                    self._reader.wrong(error)
        except TooMany:
            pass
        if self.errors:
            raise ConfigurationError(tuple(self.errors))
        return Settings(tuple(neighbors), tuple(self._helpers.values()), self._environment, tuple(self.warnings))

    def _helper(self, block: Block, folder: str) -> None:
        """A `process` section."""
        assert block.statement is not None
        name = str(block.name)
        if not block.sound:
            self._helpers.setdefault(name, HelperSettings(name, ()))
            return
        if name in self._helpers:
            self._reader.wrong(Misplaced(block.statement.place(1), f"process '{name}' is here twice", "another name"))
            return
        fields: dict[str, Any] = {field: given.value for field, given in block.values.items()}
        if "run" not in fields:
            error = Misplaced(block.statement.place(), f"process '{name}' is incomplete", "'run PROGRAM;'")
            self._reader.wrong(error)
            fields["run"] = ()
        else:
            program, *arguments = fields["run"]
            try:
                fields["run"] = (find(program, folder), *arguments)
            except Refused as error:
                place = block.values["run"].statement.place(1)
                self._reader.wrong(Misplaced(place, str(error), "a program that can be started"))
        self._helpers[name] = HelperSettings(name, **{"encoder": "text", **fields})

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
                if template is None or template.statement is None or template.statement.at > block.statement.at:
                    place = given.statement.place(words.index(name, 1))
                    known = [each for each, other in templates.items() if before(other, block)]
                    expected = " or ".join(f"'{each}'" for each in known[:8]) or "a template before this neighbor"
                    self._reader.wrong(
                        Misplaced(place, f"there is no template '{name}' before this neighbor", expected)
                    )
                    missing = True
                    continue
                self._overridden(block, template, name)
                whole = merged(whole, template)
        if missing:
            whole = merged(whole, Block(block.section, None))
            whole.sound = False
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
            raise Misplaced(place, "a neighbor has both 'processes' and 'processes-match'", "one of them")
        return tuple([self._one_api(section) for section in sections])

    def _one_api(self, section: Block) -> ApiSettings:
        fields: dict[str, Any] = {field: given.value for field, given in section.values.items()}
        processes = list(fields.pop("processes", ()))
        for name in processes:
            if name not in self._helpers:
                statement = section.values["processes"].statement
                known = " or ".join(f"'{each}'" for each in list(self._helpers)[:8]) or "a 'process' section"
                place = statement.place(statement.words().index(name, 1))
                raise Misplaced(place, f"there is no process '{name}'", known)
        patterns = fields.pop("processes_match", ())
        if patterns:
            processes = [name for name in self._helpers if any(re.match(pattern, name) for pattern in patterns)]
            if not processes:
                place = section.values["processes_match"].statement.place(1)
                raise Misplaced(place, "no process has such a name", "a regular expression for its beginning")
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


def before(template: Block, neighbor: Block) -> bool:
    """Whether a template stands before a neighbor."""
    assert template.statement is not None and neighbor.statement is not None
    return template.statement.at < neighbor.statement.at
