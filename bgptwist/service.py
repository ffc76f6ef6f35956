"""Where objects are built and joined: the options of twistd, and one MultiService with everything in starting order."""

import gc
import os
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.threads import deferToThreadPool
from twisted.logger import ILogObserver, Logger, LogLevel, globalLogPublisher
from twisted.python import usage
from twisted.python.components import Componentized
from twisted.python.failure import Failure
from twisted.python.reflect import namedAny

from bgptwist.api.call import Control
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.api.encoders.dialects import dialect_of
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.grammar.route import RouteReader
from bgptwist.interfaces import IEventSink
from bgptwist.net import logs, privileges
from bgptwist.net.bgp import Connections
from bgptwist.net.connect import Network
from bgptwist.net.control import ControlSocket
from bgptwist.net.health import Healthchecks
from bgptwist.net.keeper import Helpers
from bgptwist.net.listen import Listeners
from bgptwist.net.pipes import CommandPipes
from bgptwist.net.plugins import Plugins
from bgptwist.net.pressure import Pressure
from bgptwist.net.rendezvous import meeting, pipe_folders
from bgptwist.net.signals import Early, Later, Signals
from bgptwist.settings.build import load
from bgptwist.settings.environment import TOPICS
from bgptwist.settings.environment import load as load_environment
from bgptwist.settings.mistake import report
from bgptwist.settings.model import ConfigurationError, Environment, NeighborSettings, Settings
from bgptwist.settings.plan import Plan, plan
from bgptwist.settings.plugin import named
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.ranges import Refusal
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import BgptwistError, Refused

VERSION: Final = "0.1.0"
"""Of bgptwist; setup.cfg reads it here."""
YOUNG: Final = 20_000
"""New objects before the garbage collector looks at them: a full table makes many, nearly all without cycles."""

CEASE: Final = 6
SHUTDOWN: Final = 2
RELOADS: Final = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM)
"""Signals that wait when they come during the start."""


class Options(usage.Options):
    """What may follow `twistd bgptwist`."""

    synopsis = "[options] FILE..."
    longdesc = "A programmable BGP speaker. Of several files the first is used, and the next one at each reload."
    optParameters = [
        ["env-file", "e", "", "environment file: [exabgp.SECTION] or [bgptwist.SECTION], NAME = VALUE"],
        ["reload-after", "s", 0, "reload once, after so many seconds", int],
    ]
    optFlags = [
        ["once", "1", "try one connection for each neighbor, then end"],
        ["passive", "P", "never connect to a neighbor"],
        ["verbose", "v", "log everything"],
    ]

    def parseArgs(self, *files: str) -> None:
        """At least one configuration file."""
        if not files:
            raise usage.UsageError("a configuration file is needed")
        self["files"] = files


class Daemon(MultiService):
    """The whole: listeners, peers, helpers; what commands and signals ask of the process happens here."""

    def __init__(
        self,
        reactor: Any,
        settings: Settings,
        files: Sequence[str] = (),
        *,
        owner: bool = True,
        watch: Callable[[IEventSink], IEventSink] = lambda sink: sink,
        reader: RouteReader | None = None,
        early: Early | None = None,
    ) -> None:
        """`files` are for reloads: each one takes the next.  `watch` may put an event sink before that of helpers.

        `owner`: the process is ours, and with it its signals and its user.  `reader` made the routes of `settings`;
        `early` are the signals that came before.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.log = Logger("bgptwist")  # of a class it would have the name of the class
        self.reactor = reactor
        self._files = list(files)
        self._file = 0
        self._reader = reader or RouteReader()
        self._steps = 0
        self._restart_helpers = self._restart_sessions = False
        self._loading = False
        self._ending = False
        self._stopping: Deferred[Any] | None = None
        self.settings = Settings(environment=settings.environment)
        self._first = settings
        self.environment: Environment = settings.environment
        self.subscriptions = Subscriptions(dialect_of(self.environment))
        self.subscriptions.on_problem = lambda problem: self._say("error", problem)
        self.connections = Connections(reactor)
        network = Network(reactor, self.connections)
        self.speaker = Speaker(
            reactor, network, watch(self.subscriptions), self.environment, self._note, VERSION, time.time
        )
        self.speaker.on_finished = self._finished
        control = Control(
            self.speaker, self, self.environment, VERSION, time.time, self._say, lambda: self.helpers.queues()
        )
        self.dispatcher = Dispatcher(control)
        self.helpers = Helpers(reactor, self.dispatcher, self.subscriptions, self.environment, time.time)
        self.plugins = Plugins(reactor, self.dispatcher, self.subscriptions, self.speaker.states)
        control.plugins = self.plugins.report
        self.healthchecks = Healthchecks(reactor, self.dispatcher, time.time)
        control.healthchecks = self.healthchecks.report
        control.processes = self.helpers.processes
        self._pressure = Pressure(reactor, lambda: self.speaker.peers.values(), self.environment.api_patience)
        self._join()
        self.listeners = Listeners(reactor, self.connections, self._find)
        self.listeners.setServiceParent(self)  # type: ignore[no-untyped-call]
        self._owner = owner
        if owner:
            Signals(reactor, self._signals(), early).setServiceParent(self)  # type: ignore[no-untyped-call]

    def _join(self) -> None:
        """Who hears of what becomes of peers and helpers."""
        self.speaker.on_came = self._came
        self.speaker.on_gone = self._gone
        self.speaker.on_learnt = lambda peer: self.dispatcher.peers_changed()
        self.helpers.on_started = lambda name: self.subscriptions.inform(name, self.speaker.states())
        self.helpers.on_ended = self.speaker.owner_gone
        self.helpers.on_behind = self._pressure.behind
        self.helpers.on_terminate = self.shutdown

    def _signals(self) -> dict[int, Any]:
        """What each signal does (ExaBGP's API, 9)."""
        return {
            signal.SIGTERM: self._signalled(self.shutdown),
            signal.SIGINT: self._signalled(self.shutdown),
            signal.SIGHUP: self._signalled(self.shutdown),
            signal.SIGUSR1: self._signalled(self.reload),
            signal.SIGUSR2: self._signalled(self._reload_all),
            signal.SIGALRM: self._signalled(self.restart),
        }

    def _signalled(self, action: Any) -> Any:
        def carry_out(number: int) -> None:
            self.speaker.signal(number, signal.Signals(number).name)
            action()

        return carry_out

    def _note(self, text: str) -> None:
        self.log.info("{text}", text=text)

    def _say(self, level: str, text: str) -> None:
        self.log.emit(LogLevel.levelWithName("warn" if level == "warning" else level), "{text}", text=text)

    def _find(self, local: str, port: int, remote: str) -> Peer | Refusal | None:
        return self.speaker.admit(local, port, remote)

    def _came(self, peer: Peer) -> None:
        """A peer came from a range: who listens to the range listens to it."""
        self.subscriptions.add(peer.settings)
        self._pressure.came(peer)
        self.dispatcher.peers_changed()

    def _gone(self, peer: Peer) -> None:
        """A peer of a range is forgotten."""
        self.subscriptions.remove(peer.settings.name)
        self.dispatcher.peers_changed()

    # ------------------------------------------------------------------ life

    def setServiceParent(self, parent: Any) -> None:
        """Join an application, and tell it where the log goes if the settings say so."""
        super().setServiceParent(parent)  # type: ignore[no-untyped-call]
        try:
            observer = logs.observer(self.environment)
        except (OSError, ValueError) as error:
            raise SystemExit(f"bgptwist: the log cannot be written (exabgp.log.destination): {error}") from None
        if observer is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, observer)

    def privilegedStartService(self) -> None:
        """Open the ports."""
        self.listeners.expect(self._first.neighbors, self.environment)
        super().privilegedStartService()  # type: ignore[no-untyped-call]

    def startService(self) -> None:
        """Ports first, then the user is changed, then helpers, then peers."""
        if self._owner:
            # What there is now stays: the collector need not look at it again and again while routes come and go.
            gc.freeze()
            gc.set_threshold(YOUNG)
            logs.limit(globalLogPublisher, self.environment)
        self.listeners.expect(self._first.neighbors, self.environment)
        super().startService()  # type: ignore[no-untyped-call]
        if self.environment.daemon_drop:
            self._drop()
        self._apply(self._first, plan(self.settings, self._first))
        self.helpers.startService()
        if not self.environment.daemon_drop:
            self._drop()
        self._note(f"bgptwist {VERSION} runs with {len(self.settings.neighbors)} neighbors")

    def _drop(self) -> None:
        try:
            if self._owner and privileges.drop(self.environment.daemon_user):
                self._note(f"running as {self.environment.daemon_user}")
        except Refused as error:
            raise SystemExit(f"bgptwist: {error}") from None

    def stopService(self) -> Deferred[Any]:
        """Cease to every peer, the end to every helper; fires when connections and processes are gone."""
        if self._stopping is None:
            plugins = self.plugins.stop()  # first, because it may withdraw what it announced
            self.healthchecks.stop()
            self.speaker.stop(CEASE, SHUTDOWN)
            self._stopping = DeferredList(
                [
                    maybeDeferred(super().stopService),
                    self.helpers.stopService(),
                    plugins,
                    self.connections.drained(),
                ]
            )
        return self._stopping

    def _finished(self) -> None:
        self._note("no connection attempt is left")
        self.shutdown()

    # ------------------------------------------------------------------ what commands and signals ask for

    def shutdown(self) -> None:
        """End the process, with status 0."""
        if not self._ending and self._stopping is None:
            self._ending = True
            self._note("shutting down")
            self.reactor.callLater(0, self._stop_reactor)

    def _stop_reactor(self) -> None:
        if self.reactor.running and self._stopping is None:
            self.reactor.stop()

    def create(self, neighbor: NeighborSettings) -> None:
        """One more neighbor until the next reload."""
        self._revise((*self.settings.neighbors, neighbor))

    def delete(self, names: Collection[str]) -> None:
        """Without the neighbors of these names until the next reload."""
        self._revise(tuple([neighbor for neighbor in self.settings.neighbors if neighbor.name not in names]))

    def _revise(self, neighbors: tuple[NeighborSettings, ...]) -> None:
        settings = replace(self.settings, neighbors=neighbors)
        for problem in self.listeners.expect(neighbors, self.environment):
            self.log.error("{problem}", problem=problem)
        self._apply(settings, plan(self.settings, settings))

    def helpers_known(self) -> Collection[str]:
        """The names of the helpers of the configuration."""
        return [helper.name for helper in self.settings.helpers]

    def reload(self) -> None:
        """Load the configuration again; a broken one changes nothing."""
        self._ask()

    def _reload_all(self) -> None:
        """Load the configuration again and start the helpers again, as ExaBGP 5 does; later ones leave the equal."""
        self._ask(helpers=self.environment.compat_generation < 6)

    def restart(self) -> None:
        """Load the configuration again, reset every session, start the helpers again."""
        self._ask(helpers=self.environment.compat_generation < 6, sessions=True)

    def _ask(self, helpers: bool = False, sessions: bool = False) -> None:
        """One more load, in another turn; what is asked for while one is under way follows it.

        Of several files each request takes the next one, and a whole round of them ends where it began.
        """
        if self._stopping is not None or not self._files:
            return
        self._restart_helpers |= helpers
        self._restart_sessions |= sessions
        self._steps = self._steps % len(self._files) + 1
        if not self._loading:
            self._loading = True
            self.reactor.callLater(0, self._load)

    def _load(self) -> None:
        """Load a file in a thread, so that sessions live on however long it is."""
        self._steps -= 1
        helpers, sessions = self._restart_helpers, self._restart_sessions
        self._restart_helpers = self._restart_sessions = False
        at = (self._file + 1) % len(self._files)
        loading = deferToThreadPool(self.reactor, self.reactor.getThreadPool(), self._prepare, self._files[at])
        loading.addCallback(self._loaded, at, helpers, sessions).addErrback(self._not_loaded, self._files[at])
        loading.addBoth(self._next)

    def _prepare(self, file: str) -> tuple[Settings, Plan, Settings]:
        """What a file says, and what that changes in which settings; called in a thread, it only reads."""
        before = self.settings
        settings = load([file], self.environment, self._reader)
        return settings, plan(before, settings), before

    def _loaded(self, found: tuple[Settings, Plan, Settings], at: int, helpers: bool, sessions: bool) -> None:
        """The file is good: from now on it counts."""
        if self._stopping is not None:
            return
        settings, steps, before = found
        if before is not self.settings:
            steps = plan(self.settings, settings)  # a command made or removed a neighbor meanwhile
        self._file = at
        for warning in settings.warnings:
            self.log.warn("{text}", text=warning)
        for problem in self.listeners.expect(settings.neighbors, settings.environment):
            self.log.error("{problem}", problem=problem)
        self._apply(settings, steps, helpers)
        if sessions:
            self.speaker.restart()
        self._note(f"the configuration was reloaded from {self._files[at]}")

    def _not_loaded(self, failure: Failure, file: str) -> None:
        """The file is broken: what there is stays."""
        if isinstance(failure.value, ConfigurationError):
            more = len(failure.value.errors) - 1
            reason = f"{failure.value.errors[0]}{f' (and {more} more)' if more else ''}"
            self.log.error("the configuration was not reloaded: {reason}", reason=reason)
        else:
            self.log.failure("the configuration was not reloaded from {file}", failure, file=file)

    def _next(self, _: object) -> None:
        """Load again if somebody asked for it meanwhile."""
        gc.enable()  # a helper that was started while the thread had the collector off may have left it so
        self._loading = self._steps > 0 and self._stopping is None
        if self._loading:
            self.reactor.callLater(0, self._load)

    def _apply(self, settings: Settings, steps: Plan, helpers: bool = False) -> None:
        """Walk the plan from the present settings to new ones; `helpers`: all of them start again."""
        before = {neighbor.name: changes_heard(neighbor) for neighbor in self.settings.neighbors}
        self.settings = settings
        for name in steps.removed:
            self.speaker.remove(name)  # first, so that its helpers hear that it is down
            self.subscriptions.remove(name)
        self.subscriptions.configure(self.speaker.with_those_of_ranges(settings.neighbors), settings.helpers)
        self.helpers.configure(settings.helpers, restart=helpers)
        for neighbor in () if helpers else steps.adjusted:
            for name in changes_heard(neighbor) - before[neighbor.name] - {each.name for each in steps.started_helpers}:
                self.subscriptions.inform(name, self.speaker.states([neighbor.name]))
        self.speaker.apply(steps)
        for neighbor in steps.added:
            # one of a range with that name, which is gone now, took its listeners with it
            self.subscriptions.add(neighbor)
        self.dispatcher.peers_changed()
        self.plugins.configure(settings.plugins)
        present = {named(neighbor) for neighbor in settings.neighbors}
        self.healthchecks.apply(steps.stopped_healthchecks, steps.started_healthchecks, present)


def changes_heard(neighbor: NeighborSettings) -> frozenset[str]:
    """The helpers that are told when a neighbor goes up and down."""
    return frozenset(name for section in neighbor.api if section.neighbor_changes for name in section.processes)


def makeService(options: Options) -> Daemon:
    """The service of a command line; a wrong configuration ends the process with status 1 and says why."""
    early = Early(RELOADS)
    reader = RouteReader()
    files = options["files"]
    try:
        environment, warnings = load_environment(os.environ, options["env-file"])
        environment = adjusted(environment, options)
        settings = load([files[0]], environment, reader)
    except BgptwistError as error:
        raise SystemExit(f"bgptwist: {report(error)}") from None
    # The reactor is chosen by twistd's options: importing it with this module would choose before they were read.
    daemon = Daemon(namedAny("twisted.internet.reactor"), settings, files, reader=reader, early=early)
    for warning in (*warnings, *settings.warnings):
        daemon.log.warn("{text}", text=warning)
    open_to_commands(daemon, os.environ)
    if options["reload-after"] > 0:
        Later(daemon.reactor, options["reload-after"], daemon.reload).setServiceParent(daemon)  # type: ignore[no-untyped-call]
    return daemon


def adjusted(environment: Environment, options: Mapping[str, object]) -> Environment:
    """The settings of the environment with what the command line says of them."""
    if options["once"]:
        environment = replace(environment, tcp_connections=1)
    if options["passive"]:
        environment = replace(environment, bgp_passive=True)
    if options["verbose"]:
        environment = replace(environment, log_level="DEBUG", log_topics=frozenset(TOPICS))
    return environment


def open_to_commands(daemon: Daemon, variables: Mapping[str, str]) -> None:
    """Let the command line in: by the Unix socket, and by named pipes where somebody made some."""
    environment = daemon.environment
    if environment.api_cli and environment.cli_socket != "":
        place = environment.api_socketpath or environment.cli_socket or ""
        ControlSocket(
            daemon.reactor,
            daemon.dispatcher,
            daemon.subscriptions.subscribe,
            meeting(variables, environment.api_socketname, place),
        ).setServiceParent(daemon)  # type: ignore[no-untyped-call]
    if environment.api_cli and environment.cli_pipe != "":
        folders = pipe_folders(variables.get("EXABGP_ROOT", ""), environment.cli_pipe or "")
        CommandPipes(daemon.reactor, daemon.dispatcher, environment.api_pipename, folders).setServiceParent(daemon)  # type: ignore[no-untyped-call]
