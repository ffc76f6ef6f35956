"""A `plugin` section becomes settings: where its program is, which neighbors it is for, what it is told.

Nothing of the program is read or carried out: that happens when it is started (bgptwist.net.plugins).
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from bgptwist.grammar.lexer import Misplaced, Statement
from bgptwist.settings.mistake import alike, listed
from bgptwist.settings.model import ApiSettings, DirectionSettings, NeighborSettings, PluginSettings
from bgptwist.settings.section import Block, SectionReader
from bgptwist.settings.value import EVENTS, Range


class PluginBuilder:
    """Makes the settings of all `plugin` sections of one load; what is wrong with them is noted."""

    def __init__(self, reader: SectionReader) -> None:
        self._reader = reader
        self._blocks: dict[str, Block] = {}
        self._plugins: dict[str, PluginSettings] = {}

    def read(self, block: Block) -> None:
        """A section, before all neighbors are known."""
        assert block.statement is not None
        name = str(block.name)
        if name in self._plugins:
            self._reader.wrong(Misplaced(block.statement.place(1), f"plugin '{name}' is here twice", "another name"))
            return
        if "use" in block.values:
            given = block.values["use"]
            file, use = self._source(given.value, given.statement)
        else:
            file = use = ""
            if "use" not in block.unread:
                reason = f"plugin '{name}' is incomplete"
                self._reader.wrong(Misplaced(block.statement.place(), reason, "'use NAME;'"))
        lists = block.lists
        if block.name is not None:
            self._blocks[name] = block
            self._plugins[name] = PluginSettings(
                name,
                use,
                file,
                tuple(dict.fromkeys(spelt(given.value) for given in lists.get("neighbors", []))),
                self._events(block),
                self._options(block),
            )

    def _source(self, given: Any, statement: Statement) -> tuple[str, str]:
        """The file, which stands beside the configuration unless it is absolute, and the name."""
        file, use = given
        if file:
            file = os.path.normpath(Path(statement.source.folder, file))
            if not os.path.isfile(file):  # Path.is_file raises for names that are too long
                self._reader.wrong(Misplaced(statement.place(1), f"there is no file '{file}'", "a module of Python"))
        return file, use

    def _options(self, block: Block) -> tuple[tuple[str, str], ...]:
        """The words for it, by name."""
        found: dict[str, str] = {}
        for given in block.lists.get("options", []):
            pair: Any = given.value
            if pair[0] in found:
                place = given.statement.place(1)
                self._reader.wrong(Misplaced(place, f"option '{pair[0]}' is here twice", "each once"))
            found[pair[0]] = pair[1]
        return tuple(found.items())

    def _events(self, block: Block) -> ApiSettings | None:
        """What it is told, None when the section does not say it."""
        lists: list[Any] = [given.value for given in block.lists.get("wanted", [])]
        return interest(*frozenset().union(*lists)) if lists else None

    def plugins(self) -> tuple[PluginSettings, ...]:
        """All of them, in the order of the files."""
        return tuple(self._plugins.values())

    def check(self, neighbors: list[NeighborSettings], partial: bool) -> None:
        """The neighbors that they name must be there; `partial`: not all files could be read."""
        if not partial:
            check_neighbors(self._reader, "plugin", self._blocks, neighbors)

    def entitled(self, neighbor: NeighborSettings) -> NeighborSettings:
        """The neighbor with the right of plug-ins to command it, which is that of helpers."""
        mine = [each.caller for each in self._plugins.values() if named(neighbor) in each.neighbors]
        return replace(neighbor, api=(*neighbor.api, ApiSettings(tuple(mine)))) if mine else neighbor


def check_neighbors(
    reader: SectionReader, word: str, blocks: Mapping[str, Block], neighbors: Iterable[NeighborSettings]
) -> None:
    """The neighbors that sections `word NAME` name must be there."""
    known = list(dict.fromkeys(named(neighbor) for neighbor in neighbors))
    for name, block in blocks.items():
        for given in block.lists.get("neighbors", []):
            wanted = spelt(given.value)
            if wanted not in known:
                reason = f"{word} '{name}' is for the neighbor {wanted}, which is not there"
                expected = listed(known[:8]) or "a 'neighbor' section"
                meant = next(iter(alike(wanted, known)), "")
                reader.wrong(Misplaced(given.statement.place(1), reason, expected, meant))


def spelt(peer: Any) -> str:
    """An address or a range, as in the name of a neighbor."""
    assert isinstance(peer, Range)
    return peer.address if peer.length is None else f"{peer.address}/{peer.length}"


def named(neighbor: NeighborSettings) -> str:
    """The same of a neighbor."""
    return spelt(Range(neighbor.peer_address, neighbor.prefix_length))


def interest(*words: str) -> ApiSettings:
    """What words such as `neighbor-changes`, `receive-update` and `send-open` ask for; ValueError for any other."""
    for word in words:
        if word not in EVENTS:
            raise ValueError(f"there is no event '{word}', expected one of {' '.join(EVENTS)}")
    types = [
        frozenset(word.removeprefix(f"{direction}-") for word in words if word.startswith(f"{direction}-"))
        for direction in ("receive", "send")
    ]
    receive, send = (DirectionSettings(each, parsed=bool(each)) for each in types)
    return ApiSettings(
        neighbor_changes="neighbor-changes" in words,
        negotiated="negotiated" in words,
        fsm="fsm" in words,
        signal="signal" in words,
        send=send,
        receive=receive,
    )


class Scope:
    """Some neighbors, as a plug-in names them: addresses and ranges; none of these are all."""

    def __init__(self, neighbors: tuple[str, ...]) -> None:
        self._addresses = frozenset(each for each in neighbors if "/" not in each)
        self._ranges = [ip_network(each, strict=False) for each in neighbors if "/" in each]

    def contains(self, address: str) -> bool:
        """Whether a neighbor with that address is one of them."""
        if address in self._addresses or not (self._addresses or self._ranges):
            return True
        return any(ip_address(address) in each for each in self._ranges)
