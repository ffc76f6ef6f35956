"""What a health check has announced inside the daemon: so that it takes back exactly that, and repeats nothing."""

from collections.abc import Hashable, Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """A route as the commands that make it and take it back say it, with the neighbors in front."""

    announce: str
    withdraw: str


class Announced:
    """The routes that are out, by what identifies them."""

    def __init__(self) -> None:
        self._routes: dict[Hashable, Words] = {}

    def __len__(self) -> int:
        return len(self._routes)

    def become(self, wanted: Mapping[Hashable, Words]) -> list[str]:
        """The commands that turn what is out into what is wanted: what goes first, then what comes or changes."""
        before = self._routes
        self._routes = dict(wanted)
        gone = [words.withdraw for key, words in before.items() if key not in wanted]
        come = [words.announce for key, words in wanted.items() if before.get(key) != words]
        return gone + come

    def again(self) -> list[str]:
        """The commands that announce all of it once more, for neighbors that were not there before."""
        return [words.announce for words in self._routes.values()]
