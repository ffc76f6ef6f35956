"""What a command is, and what it is given: who called, which neighbors are meant, and what there is to act on."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple, Protocol
from uuid import uuid4

from bgptwist.api.answers import Answer, Conversation
from bgptwist.api.changes import Change
from bgptwist.grammar.route import RouteReader
from bgptwist.grammar.selector import Selector
from bgptwist.health.report import Report
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import Refused


class Daemon(Protocol):
    """The process as commands see it; the first three happen after the answer."""

    def shutdown(self) -> None: ...

    def reload(self) -> None: ...

    def restart(self) -> None: ...

    def create(self, neighbor: NeighborSettings) -> None:
        """One more neighbor until the next reload."""

    def delete(self, names: Collection[str]) -> None:
        """Without the neighbors of these names until the next reload."""

    def helpers_known(self) -> Collection[str]:
        """The names of the helpers of the configuration."""


class Log(Protocol):
    """Takes one line for the log; `level` is `debug`, `info` or `warning`."""

    def __call__(self, level: str, text: str) -> None: ...


def no_queues() -> dict[str, tuple[int, int]]:
    """What is reported when nobody has queues."""
    return {}


class PluginState(NamedTuple):
    """A plug-in for `show plugins`: `state` is one word, `problem` the last failure, '' when there was none."""

    name: str
    use: str
    state: str
    events: int
    failures: int
    problem: str


class ProcessState(NamedTuple):
    """A helper for `show processes`.

    `state` is `running`, `behind` (it does not read), `starting`, `ended` (and is not started again) or `given up` (it
    ended too often); `process` is the number of its process, 0 without one.  `lines` came from it in this run.
    Answers and events that wait are counted in lines and octets, `dropped` events are lost.
    """

    name: str
    process: int
    state: str
    restarts: int
    lines: int
    answers: tuple[int, int]
    events: tuple[int, int]
    dropped: int
    command: tuple[str, ...]


def no_processes() -> list[ProcessState]:
    """What is reported when there are none."""
    return []


def no_plugins() -> list[PluginState]:
    """What is reported when there are none."""
    return []


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
        self.processes: Callable[[], list[ProcessState]] = no_processes
        """Set by the daemon: how the helpers are."""
        self.plugins: Callable[[], list[PluginState]] = no_plugins
        self.healthchecks: Callable[[], list[Report]] = list
        """Set by the daemon: how the programs in it are."""
        self.routes = RouteReader()
        self.identifier = str(uuid4())
        self.started = now()
        self.commands: tuple[Command, ...] = ()
        """Set by the dispatcher, for the help."""


class Call:
    """One command as its function sees it.

    `text` is what follows the words of the command.  `selectors` is None when no neighbor was named.
    `modern`: it was spelt in the dialect of version 6, whose output is JSON.  `perform` carries out another line
    for the same caller and neighbors, without an answer.  `changes` are what it would change, in a batch; None: it does
    at once.  `touched` are the members for whom it changed something, `sync` whether its answer waits for their TCP.
    """

    __slots__ = (
        *("afterwards", "answer", "changes", "control", "conversation"),
        *("modern", "perform", "selectors", "sync", "text", "touched"),
    )

    def __init__(
        self,
        control: Control,
        answer: Answer,
        text: str,
        selectors: list[Selector] | None,
        modern: bool,
        perform: "Callable[[str, Call], None]",
    ) -> None:
        self.control = control
        self.answer = answer
        self.conversation: Conversation = answer.conversation
        self.changes: list[tuple[Change, int]] | None = None
        self.sync = self.conversation.sync
        self.touched = 0
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

    def change(self, change: Change, members: int) -> None:
        """Change what these members are told, and count it; in a batch, later.  Refused when it is not possible."""
        self.change_all([change], members)

    def change_all(self, changes: Iterable[Change], members: int) -> None:
        """The same with several changes: none of them is made when one is not possible."""
        changes = list(changes)
        if self.changes is not None:
            self.changes += [(change, members) for change in changes]
            return
        speaker = self.control.speaker
        for change in changes:
            change.check(speaker, members)
        for change in changes:
            count = change.apply(speaker, members)
            self.touched |= members
            if change.withdraws:
                self.answer.count(withdrawn=count)
            else:
                self.answer.count(announced=count)

    def shown(self) -> list[Peer]:
        """The peers that a `show` command is about: those named, else all, whoever asks."""
        return self.control.speaker.members_of(self.control.speaker.select(self.selectors, None))


class Pause:
    """In a long answer: nothing to say yet, let everybody else have a turn."""


class Wait:
    """In a long answer: nothing to say, and nothing else to do for this caller, until something has happened.

    `subscribe(ready)` is called once; `ready()` must be called later, never within, and at most once.
    """

    def __init__(self, subscribe: Callable[[Callable[[], None]], None]) -> None:
        self.subscribe = subscribe


PAUSE: Final = Pause()

Lines = Iterator[str | Pause | Wait]
"""A long answer, made while the caller reads it."""

Output = Iterator[str] | Lines | list[str] | None
"""The data lines before `done`: none, a few, or so many that they are made while the caller reads."""


class Command:
    """One command: its words of version 4, its words of version 6, and the function that carries it out.

    `modern` words begin with a noun.  `selected` are the words after `neighbor X` or `peer X`; the same as `words`
    when `peers` is set and none are given.  `options` is what may follow, for the help.
    `verbatim`: the text after the words is given as it was written, blanks and brackets included.  `changes`: all it
    does is `Call.change`, so it may be part of a batch.
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
        changes: bool = False,
    ) -> None:
        self.words = words
        self.run = run
        self.modern = modern
        self.selected = selected or ((words,) if peers else ())
        self.json = json
        self.options = options
        self.verbatim = verbatim
        self.changes = changes

    @property
    def name(self) -> str:
        """The words it is listed under."""
        return self.words or self.modern or self.selected[0]
