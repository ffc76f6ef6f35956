"""The commands that a health check gives for its prefixes in each state, word by word as ExaBGP's does (its API, 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bgptwist.health.machine import SPEAKING, State

SELF: Final = "self"
EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What is said of some prefixes.

    The first prefix gets the metric of the state, each one after it `increase` more.  Lists of communities and AS
    numbers are words without brackets, '' for none.  `as_paths` are those of states that have one of their own.
    `withdraw_on_down`: nothing is announced but in UP.  `neighbors` are addresses; none, or `*`, is everybody.
    """

    prefixes: tuple[str, ...]
    next_hop: str = SELF
    metrics: dict[State, int] = field(
        default_factory=lambda: {State.UP: 100, State.DOWN: 1000, State.DISABLED: 500},
    )
    increase: int = 1
    local_preference: int = -1
    community: str = ""
    disabled_community: str = ""
    extended_community: str = ""
    large_community: str = ""
    as_path: str = ""
    as_paths: dict[State, str] = field(default_factory=dict)
    path_id: int = 0
    withdraw_on_down: bool = False
    neighbors: tuple[str, ...] = ()

    @property
    def selector(self) -> str:
        """The words before the command."""
        if not self.neighbors or EVERYBODY in self.neighbors:
            return f"neighbor {EVERYBODY}"
        return ", ".join([f"neighbor {each}" for each in self.neighbors])

    def lines(self, state: State) -> list[str]:
        """The commands for a state, one for each prefix; none in a state that says nothing."""
        if state not in SPEAKING:
            return []
        if state is State.EXIT or (self.withdraw_on_down and state is not State.UP):
            return [self._line("withdraw", prefix, []) for prefix in self.prefixes]
        attributes = self._attributes(state)
        metric = self.metrics.get(state, 0)
        return [
            self._line("announce", prefix, [f"med {metric + index * self.increase}", *attributes])
            for index, prefix in enumerate(self.prefixes)
        ]

    def _line(self, verb: str, prefix: str, attributes: Sequence[str]) -> str:
        """One command; the path identifier belongs to the prefix, so a withdrawal has it, too."""
        words = [self.selector, verb, "route", prefix, "next-hop", self.next_hop, *attributes]
        if self.path_id:
            words.append(f"path-information {self.path_id}")
        return " ".join(words)

    def _attributes(self, state: State) -> list[str]:
        """What an announcement says besides its metric, in the order that others expect."""
        found = []
        if self.local_preference >= 0:
            found.append(f"local-preference {self.local_preference}")
        community = self.community if state is State.UP else self.disabled_community or self.community
        lists = (
            ("community", community),
            ("extended-community", self.extended_community),
            ("large-community", self.large_community),
            ("as-path", self.as_paths.get(state, self.as_path)),
        )
        return found + [f"{word} [ {items} ]" for word, items in lists if items]
