"""Keeps helper programs running: start, respawn within bounds, stop (ExaBGP's API, 1.2 and 1.6)."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, gatherResults, succeed
from twisted.internet.error import ProcessTerminated
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from bgptwist.api.call import ProcessState
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.net.backlog import Limits
from bgptwist.net.helper import HelperProtocol
from bgptwist.net.process import GroupLeader, ProcessGroup
from bgptwist.settings.model import Environment, HelperSettings

RESTARTS: Final = 5
WINDOW: Final = 64.0
"""So many restarts in so many seconds are allowed."""

FOLDER: Final = "/"
PRIVATE: Final = ("exabgp_cli_pipe", "exabgp.cli.pipe")
"""Variables of the daemon that helpers do not get."""


def how(reason: Failure) -> str:
    """How a process ended, '' when it did well."""
    ended = reason.value
    if not isinstance(ended, ProcessTerminated):
        return ""
    return f" by signal {ended.signal}" if ended.signal else f" with status {ended.exitCode}"


class Patience:
    """Seconds: from the farewell to SIGTERM, from SIGTERM to SIGKILL, between two looks at who is left."""

    def __init__(self, farewell: float = 0.1, grace: float = 2.0, poll: float = 0.02) -> None:
        self.farewell = farewell
        self.grace = grace
        self.poll = poll


class Keeper:
    """One helper of the configuration, through all its runs.

    `protocol` is the present run, None between two.  `given_up` says that it will not be started again, `failed` that
    it ended too often.
    """

    log = Logger()

    def __init__(self, settings: HelperSettings, helpers: "Helpers") -> None:
        self.settings = settings
        self.protocol: HelperProtocol | None = None
        self.given_up = False
        self.failed = False
        self.restarts = 0
        self._helpers = helpers
        self._leader: GroupLeader | None = None
        self._group: ProcessGroup | None = None
        self._restarted: deque[float] = deque()
        self._stopping = False
        self._calls: list[IDelayedCall] = []
        self._gone: list[Deferred[None]] = []

    # ------------------------------------------------------------------ a run

    def start(self) -> None:
        """Start a run."""
        helpers = self._helpers
        name = self.settings.name
        encoder = self.settings.encoder
        reasons = None if helpers.environment.api_reasons else self.settings.reasons
        protocol = HelperProtocol(name, encoder, helpers.dispatcher, helpers.clock, helpers.limits, reasons)
        protocol.on_closed = self._closed
        protocol.on_exited = self._exited
        protocol.on_gone = self._over
        protocol.on_behind = lambda behind: helpers.on_behind(name, behind)
        variables = {key: value for key, value in os.environ.items() if key not in PRIVATE} | {"TERM": "dumb"}
        umask = helpers.environment.daemon_umask
        try:
            leader = GroupLeader(helpers.clock, self.settings.run, variables, FOLDER, umask, protocol)
        except (OSError, ValueError) as error:
            self.log.error("helper {name} cannot be started: {error}", name=name, error=error)
            self._after()
            return
        self.protocol = protocol
        self._leader = leader
        self._group = ProcessGroup(helpers.clock, leader.number, helpers.patience.poll)
        helpers.subscriptions.attach(name, protocol.send)
        helpers.on_started(name)
        self.log.info("helper {name} started, process {pid}", name=name, pid=leader.number)

    def _later(self, delay: float, what: Callable[..., object], *arguments: object) -> None:
        """Do something in this run, unless it is over before."""
        self._calls = [call for call in self._calls if call.active()]
        self._calls.append(self._helpers.clock.callLater(delay, what, *arguments))

    def _closed(self) -> None:
        """It closed its output, which is as good as its end; a moment is given to a process that is ending."""
        self._later(self._helpers.patience.farewell, self._end_group)

    def _exited(self, reason: Failure) -> None:
        """The leader ended: what it started must not stay behind."""
        if self._group is None:
            # Twisted found it before its number was known here
            self._later(0, self._exited, reason)
            return
        self._helpers.subscriptions.detach(self.settings.name)
        self.log.info("helper {name} ended{how}", name=self.settings.name, how=how(reason))
        self._end_group()

    def _end_group(self) -> None:
        """End whoever is left of the run; who still holds the pipes after that has gone its own way."""
        if self._group is None:
            # it closed its output before its number was known here
            self._later(0, self._end_group)
            return
        protocol = self.protocol
        self._group.end(self._helpers.patience.grace).addCallback(self._group_gone, protocol)

    def _group_gone(self, _: object, protocol: HelperProtocol | None) -> None:
        if protocol is not None and protocol is self.protocol:
            self._later(self._helpers.patience.farewell, self._abandon)

    def _abandon(self) -> None:
        if self._leader is not None:
            self._leader.loseConnection()  # type: ignore[no-untyped-call]

    def _over(self) -> None:
        """The run is over, and all that was said in it was carried out."""
        assert self._group is not None
        self.protocol = None
        for call in self._calls:
            if call.active():
                call.cancel()
        self._calls = []
        self._helpers.subscriptions.detach(self.settings.name)
        self._helpers.on_ended(self.settings.name)
        self._group.end(self._helpers.patience.grace).addCallback(self._after)

    def report(self) -> ProcessState:
        """How it is."""
        protocol, settings = self.protocol, self.settings
        if protocol is None:
            state = ("given up" if self.failed else "ended") if self.given_up else "starting"
            return ProcessState(settings.name, 0, state, self.restarts, 0, (0, 0), (0, 0), 0, tuple(settings.run))
        answers, events = protocol.answers, protocol.events
        return ProcessState(
            settings.name,
            0 if self._leader is None else self._leader.number,
            "behind" if protocol.is_behind else "running",
            self.restarts,
            protocol.lines_in,
            (len(answers), answers.size),
            (len(events), events.size),
            events.dropped,
            tuple(settings.run),
        )

    # ------------------------------------------------------------------ between runs

    def _after(self, _: object = None) -> None:
        """Nothing is left of the run: start again, or not."""
        self._group = None
        if self._stopping:
            waiting, self._gone = self._gone, []
            for gone in waiting:
                gone.callback(None)
        elif self._helpers.environment.api_terminate:
            self.given_up = True
            self.log.warn("helper {name} ended, and api.terminate is set", name=self.settings.name)
            self._helpers.on_terminate()
        elif not (self.settings.respawn and self._helpers.environment.api_respawn):
            self.given_up = True
            self.log.info("helper {name} is not started again", name=self.settings.name)
        elif self._is_too_often():
            self.given_up = self.failed = True
            self.log.error(
                "helper {name} was started again {count} times in {window:.0f} seconds and is given up",
                name=self.settings.name,
                count=RESTARTS,
                window=WINDOW,
            )
        else:
            self.restarts += 1
            # not at once: a program that cannot be started would be started again from within
            self._later(0, self.start)

    def _is_too_often(self) -> bool:
        now = self._helpers.clock.seconds()
        while self._restarted and self._restarted[0] <= now - WINDOW:
            self._restarted.popleft()
        if len(self._restarted) >= RESTARTS:
            return True
        self._restarted.append(now)
        return False

    def stop(self) -> "Deferred[None]":
        """Say farewell, then end the group; fires when nothing of it is left."""
        if self._group is None:
            # between two runs, or after the last
            for call in self._calls:
                if call.active():
                    call.cancel()
            return succeed(None)
        gone: Deferred[None] = Deferred()
        self._gone.append(gone)
        if not self._stopping:
            self._stopping = True
            helpers = self._helpers
            if self.protocol is not None:
                settings = self.settings
                farewell = helpers.subscriptions.farewell(settings.encoder, helpers.now(), settings.version)
                self.protocol.write(farewell)
                self.protocol.flush()
                self._later(helpers.patience.farewell, self._dismiss)
        return gone

    def _dismiss(self) -> None:
        if self._leader is not None:
            self._leader.closeStdin()  # type: ignore[no-untyped-call]
        self._end_group()


class Helpers(Service):
    """All helpers of the configuration.

    `on_started(name)` hears when a helper runs and can be told events, `on_ended(name)` when it is over and all that it
    said was carried out, `on_behind(name, flag)` when one stops to read and when it has caught up, `on_terminate()`
    when one ended and `api.terminate` asks for the end of the daemon.
    """

    name = "helpers"

    def __init__(
        self,
        clock: Any,
        dispatcher: Dispatcher,
        subscriptions: Subscriptions,
        environment: Environment,
        now: Callable[[], float],
        *,
        limits: Limits | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`clock` is the reactor, `now` the time of day."""
        self.clock = clock
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
        self.environment = environment
        self.now = now
        self.limits = limits or Limits()
        self.patience = patience or Patience()
        self.on_started: Callable[[str], None] = lambda name: None
        self.on_ended: Callable[[str], None] = lambda name: None
        self.on_behind: Callable[[str, bool], None] = lambda name, behind: None
        self.on_terminate: Callable[[], None] = lambda: None
        self.keepers: dict[str, Keeper] = {}
        self._wanted: dict[str, HelperSettings] = {}
        self._leaving: dict[str, Deferred[Any]] = {}

    def configure(self, settings: Iterable[HelperSettings], *, restart: bool = False) -> None:
        """Take over the helpers of a configuration: start the new, stop the gone, both for those that changed.

        One that was given up because it ended too often is tried again; with `restart` all are started again.
        `Subscriptions.configure` comes first.
        """
        self._wanted = {helper.name: helper for helper in settings}
        if self.running:
            self._adjust(restart)

    def startService(self) -> None:
        super().startService()  # type: ignore[no-untyped-call]
        self._adjust(False)

    def stopService(self) -> "Deferred[None]":
        """Stop all helpers at the same time; fires when they and all that they started are gone."""
        super().stopService()  # type: ignore[no-untyped-call]
        for name in list(self.keepers):
            self._dismiss(name)
        return gatherResults(list(self._leaving.values())).addCallback(lambda _: None)

    def processes(self) -> list[ProcessState]:
        """How each helper is."""
        return [keeper.report() for keeper in self.keepers.values()]

    def queues(self) -> dict[str, tuple[int, int]]:
        """The lines and octets that wait for each helper."""
        waiting: dict[str, tuple[int, int]] = {}
        for name, keeper in self.keepers.items():
            protocol = keeper.protocol
            waiting[name] = (0, 0) if protocol is None else protocol.waiting
        return waiting

    @property
    def behind(self) -> list[str]:
        """The helpers that do not read what they are told."""
        return [name for name, keeper in self.keepers.items() if keeper.protocol and keeper.protocol.is_behind]

    def _adjust(self, restart: bool) -> None:
        for name, keeper in list(self.keepers.items()):
            if restart or keeper.failed or self._wanted.get(name) != keeper.settings:
                self._dismiss(name)
        for name in self._wanted:
            if name not in self.keepers and name not in self._leaving:
                self._start(name)

    def _start(self, name: str) -> None:
        keeper = self.keepers[name] = Keeper(self._wanted[name], self)
        keeper.start()

    def _dismiss(self, name: str) -> None:
        """Stop a helper; a new one of that name waits until it is gone."""
        gone = self.keepers.pop(name).stop()
        self._leaving[name] = gone
        gone.addCallback(self._left, name)

    def _left(self, _: object, name: str) -> None:
        del self._leaving[name]
        if self.running and name in self._wanted and name not in self.keepers:
            self._start(name)
