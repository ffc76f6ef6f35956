"""Commands that make and remove neighbors until the next reload (ExaBGP's API, 3)."""

from dataclasses import replace
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.grammar.lexer import Misplaced
from bgptwist.grammar.selector import parse
from bgptwist.settings.build import load_text
from bgptwist.settings.model import ApiSettings, ConfigurationError, DirectionSettings, NeighborSettings
from bgptwist.settings.schema import CAPABILITY, NEIGHBOR, Keyword
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.registry import family

OPTIONS: Final = (
    "IP local-address IP local-as N peer-as N [router-id IP] [family-allowed AFI-SAFI/...] [api PROCESS] "
    "[neighbor-changes B] [receive TYPE/...] [STATEMENT VALUE ...]"
)
TYPES: Final = ("open", "update", "notification", "keepalive", "refresh", "operational")
SPECIAL: Final = frozenset("{};\"'#")
"""What would end or begin something else in a file."""

ALIASES: Final = {"local-ip": "local-address"}
API: Final = ("api", "neighbor-changes", "receive")


class Draft:
    """A neighbor as the words of a command tell it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.statements: list[str] = []
        self.capabilities: list[str] = []
        self.families: list[str] = []
        self.api: dict[str, list[str]] = {word: [] for word in API}

    def take(self, word: str, value: str, at: int) -> None:
        """A word and its value; `at` is where the word stands."""
        word = ALIASES.get(word, word)
        if word in self.api:
            self.api[word].append(value)
        elif word == "family-allowed":
            self.families += [] if value == "in-open" else named(value, at + 1)
        elif isinstance(NEIGHBOR.contents.get(word), Keyword):
            self.statements.append(f"{word} {value};")
        elif isinstance(CAPABILITY.contents.get(word), Keyword):
            self.capabilities.append(f"{word} {value};")
        else:
            raise Misspelt(f"'{word}' is no statement of a neighbor", "local-address, local-as, peer-as and others", at)

    def section(self) -> str:
        """The section of a file."""
        blocks = [
            f"{name} {{ {' '.join(lines)} }}"
            for name, lines in (("capability", self.capabilities), ("family", self.families))
            if lines
        ]
        return f"neighbor {self.address} {{ {' '.join([*self.statements, *blocks])} }}"


def named(value: str, at: int) -> list[str]:
    """`ipv4-unicast/ipv6-unicast` as statements of a `family` section."""
    found = [name.split("-", 1) for name in value.split("/")]
    wrong = [words for words in found if len(words) != 2 or family(*words) is None]
    if wrong:
        raise Misspelt(f"'{'-'.join(wrong[0])}' is no address family", "families like ipv4-unicast/ipv6-unicast", at)
    return [f"{' '.join(words)};" for words in found]


def audience(call: Call, draft: Draft) -> tuple[ApiSettings, ...]:
    """Who may command the neighbor and hear of it: the helpers named, else the one that asks."""
    names = draft.api["api"] or ([call.conversation.helper] if call.conversation.helper else [])
    unknown = set(names).difference(call.control.daemon.helpers_known())
    if unknown:
        raise Refused(f"there is no process '{min(unknown)}'")
    kinds = frozenset(kind for value in draft.api["receive"] for kind in value.split("/"))
    if not kinds.issubset(TYPES):
        raise Refused(f"'{min(kinds.difference(TYPES))}' is no type of message, expected {', '.join(TYPES)}")
    changes = draft.api["neighbor-changes"][-1:] in (["true"], ["enable"])
    receive = DirectionSettings(kinds, parsed=bool(kinds))
    return (ApiSettings(tuple(names), neighbor_changes=changes, receive=receive),) if names else ()


def neighbor(call: Call, words: list[str]) -> NeighborSettings:
    """The neighbor of these words; Misspelt or Refused."""
    strange = [at for at, word in enumerate(words) if not SPECIAL.isdisjoint(word)]
    if strange:
        raise Misspelt(f"'{words[strange[0]]}' cannot be read", "words and values", strange[0])
    if len(words) % 2 == 0:
        raise Misspelt("a word has no value" if words else "the line is empty", f"{OPTIONS}", len(words))
    draft = Draft(words[0])
    for at in range(1, len(words), 2):
        draft.take(words[at], words[at + 1], at)
    section = draft.section()
    try:
        found = load_text(section, call.control.environment, name="command").neighbors[0]
    except ConfigurationError as error:
        raise Refused(complaint(error.errors[0], section)) from None
    return replace(found, api=audience(call, draft))


def complaint(error: Misspelt, section: str) -> str:
    """What is wrong with the section, and in which statement."""
    text = error.reason + (f", expected {error.expected}" if error.expected else "")
    if isinstance(error, Misplaced):
        before, after = section[: error.place.column - 1], section[error.place.column - 1 :]
        start = max(before.rfind(mark) for mark in ";{") + 1
        statement = (before[start:] + after.split(";")[0]).strip(" {}")
        text += f", in '{statement}'" if statement else ""
    return text


def create(call: Call) -> Output:
    """`IP KEY VALUE ...`: a neighbor that lasts until the next reload."""
    made = neighbor(call, call.words)
    if any(made.name == peer.settings.name for peer in call.control.speaker.peers.values()):
        raise Refused(f"there is such a neighbor already: {made.name}")
    call.control.daemon.create(made)
    return None


def delete(call: Call) -> Output:
    """`IP [KEY VALUE ...]`: a neighbor that is there no more until the next reload brings it back."""
    words = ["neighbor", *call.words]
    selectors, at = parse(words)
    if at < len(words):
        raise Misspelt(f"'{words[at]}' cannot be read", "an address, then words of the neighbor's name", at - 1)
    speaker = call.control.speaker
    found = speaker.members_of(speaker.select(selectors, call.conversation.helper))
    if not found:
        raise Refused("no neighbor matching the command")
    came = [peer for peer in found if peer.origin is not None]
    if len(came) == len(found):
        raise Refused(f"{came[0].settings.peer_address} came from a range: tear it down, or delete the range")
    call.control.daemon.delete({peer.settings.name for peer in found if peer.origin is None})
    return None


COMMANDS: Final[tuple[Command, ...]] = (
    Command("create neighbor", create, modern="peer create", options=OPTIONS),
    Command("delete neighbor", delete, modern="peer delete", options="IP [KEY VALUE ...]"),
)
