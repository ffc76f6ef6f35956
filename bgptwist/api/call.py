"""What a command is, and what it is given: who called, which neighbors are meant, and what there is to act on."""

from collections.abc import Callable, Iterator
from typing import Protocol
from uuid import uuid4

from bgptwist.api.answers import Conversation
from bgptwist.grammar.route import RouteReader
from bgptwist.grammar.selector import Selector
from bgptwist.settings.model import Environment
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import Refused


class Daemon(Protocol):
    """The process as commands see it; each of these happens after the answer."""

    def shutdown(self) -> None: ...

    def reload(self) -> None: ...

    def restart(self) -> None: ...


class Log(Protocol):
    """Takes one line for the log; `level` is `debug`, `info` or `warning`."""

    def __call__(self, level: str, text: str) -> None: ...


def no_queues() -> dict[str, tuple[int, int]]:
    """What is reported when nobody has queues."""
    return {}


class Control:
    """All that commands act on."""

    def __init__(
        self,
        speaker: Speaker,
        daemon: Daemon,
        environment: Environment,
        version: str,
        now: Callable[[], float],
        log: Log,
        queues: Callable[[], dict[str, tuple[int, int]]] = no_queues,
    ) -> None:
        """`version` is our own, `now` the time of day in seconds, `queues` the lines and octets that wait by helper."""
        self.speaker = speaker
        self.daemon = daemon
        self.environment = environment
        self.version = version
        self.now = now
        self.log = log
        self.queues = queues
        self.routes = RouteReader()
        self.identifier = str(uuid4())
        self.started = now()
        self.commands: tuple[Command, ...] = ()
        """Set by the dispatcher, for the help."""


class Call:
    """One command as its function sees it.

    `text` is what follows the words of the command.  `selectors` is None when no neighbor was named.
    `modern`: it was spelt in the dialect of version 6, whose output is JSON.  `perform` carries out another line
    for the same caller and neighbors, without an answer.
    """

    __slots__ = ("afterwards", "control", "conversation", "modern", "perform", "selectors", "text")

    def __init__(
        self,
        control: Control,
        conversation: Conversation,
        text: str,
        selectors: list[Selector] | None,
        modern: bool,
        perform: "Callable[[str, Call], None]",
    ) -> None:
        self.control = control
        self.conversation = conversation
        self.perform = perform
        self.text = text
        self.selectors = selectors
        self.modern = modern
        self.afterwards: Callable[[], None] | None = None
        """Called when the answer was given."""

    @property
    def words(self) -> list[str]:
        """What follows the words of the command."""
        return self.text.split()

    def members(self) -> int:
        """The member set of the neighbors meant; Refused when there is none."""
        members = self.control.speaker.select(self.selectors, self.conversation.helper)
        if not members:
            raise Refused("no neighbor matching the command")
        return members

    def shown(self) -> list[Peer]:
        """The peers that a `show` command is about: those named, else all, whoever asks."""
        return self.control.speaker.members_of(self.control.speaker.select(self.selectors, None))


Output = Iterator[str] | list[str] | None
"""The data lines before `done`: none, a few, or so many that they are made while the caller reads."""


class Command:
    """One command: its words of version 4, its words of version 6, and the function that carries it out.

    `modern` words begin with a noun.  `selected` are the words after `neighbor X` or `peer X`; the same as `words`
    when `peers` is set and none are given.  `options` is what may follow, for the help.
    `verbatim`: the text after the words is given as it was written, blanks and brackets included.
    """

    def __init__(
        self,
        words: str,
        run: Callable[[Call], Output],
        *,
        modern: str = "",
        selected: tuple[str, ...] = (),
        peers: bool = False,
        json: bool = False,
        options: str = "",
        verbatim: bool = False,
    ) -> None:
        self.words = words
        self.run = run
        self.modern = modern
        self.selected = selected or ((words,) if peers else ())
        self.json = json
        self.options = options
        self.verbatim = verbatim

    @property
    def name(self) -> str:
        """The words it is listed under."""
        return self.words or self.modern or self.selected[0]
