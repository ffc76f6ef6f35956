"""What a console asks for with `events`: `[neighbor IP]... [json [VERSION] | text] [WORD]...`."""

from typing import Final

from bgptwist.settings.model import ApiSettings, DirectionSettings
from bgptwist.settings.value import VERSIONS
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import address, address_octets

CONDITIONS: Final = ("state", "fsm", "negotiated", "signal")
MESSAGES: Final = ("open", "update", "notification", "keepalive", "refresh", "operational")
SILENT: Final = frozenset({"fsm", "keepalive"})
"""What is not told to one who names no type: it would be most of it."""
DIRECTIONS: Final = ("receive", "send")
FORMS: Final = ("parsed", "packets", "consolidate")
TYPES: Final = (*CONDITIONS, *MESSAGES)
WORDS: Final = ("neighbor", "json", "text", *DIRECTIONS, *FORMS, *TYPES)
"""All that may follow `events`."""


class Tail:
    """Which events in which form: as one `api` section, for some neighbors or (none named) for all."""

    def __init__(self) -> None:
        self.neighbors: set[str] = set()
        self.encoder = "json"
        self.version = ""
        self.wanted = ApiSettings()

    def hears(self, neighbor: str) -> bool:
        """Whether events of the neighbor with that address are wanted."""
        return not self.neighbors or neighbor in self.neighbors


def read(words: list[str]) -> Tail:
    """What the words after `events` mean; Misspelt names the first that is not understood."""
    tail = Tail()
    chosen: set[str] = set()
    rest = iter(words)
    word = next(rest, None)
    at = 0
    while word is not None:
        following = next(rest, None)
        if word in ("neighbor", "peer"):
            if following is None or not is_address(following):
                raise Misspelt("the neighbor is missing", "an address after neighbor", at)
            if following != "*":
                tail.neighbors.add(address(address_octets(following)))
            following = next(rest, None)
        elif word in ("json", "text"):
            tail.encoder = word
            if word == "json" and following in VERSIONS:
                tail.version = following or ""
                following = next(rest, None)
        elif word in (*TYPES, *DIRECTIONS, *FORMS):
            chosen.add(word)
        else:
            raise Misspelt(f"'{word}' is no type of event", f"one of {' '.join(WORDS)}", at)
        word = following
        at += 1
    tail.wanted = wanted(chosen)
    return tail


def is_address(word: str) -> bool:
    """Whether a word is an address, or `*`."""
    try:
        return word == "*" or bool(address_octets(word))
    except ValueError:
        return False


def wanted(chosen: set[str]) -> ApiSettings:
    """The section that asks for these words: all types but the many where none is named, received ones, parsed."""
    types = chosen & set(TYPES) or set(TYPES) - SILENT
    forms = chosen & set(FORMS)
    block = DirectionSettings(
        types=frozenset(types & set(MESSAGES)),
        parsed=not forms or "parsed" in forms or forms == {"consolidate"},
        packets="packets" in forms or "consolidate" in forms,
        consolidate="consolidate" in forms,
    )
    block = block if block.types else DirectionSettings()
    directions = chosen & set(DIRECTIONS) or {"receive"}
    return ApiSettings(
        neighbor_changes="state" in types,
        negotiated="negotiated" in types,
        fsm="fsm" in types,
        signal="signal" in types,
        send=block if "send" in directions else DirectionSettings(),
        receive=block if "receive" in directions else DirectionSettings(),
    )
