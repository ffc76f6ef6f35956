"""Where objects are built and joined: the options of twistd, and one MultiService with everything in starting order."""

import gc
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.logger import ILogObserver, Logger, LogLevel, globalLogPublisher
from twisted.python import usage
from twisted.python.components import Componentized
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
from bgptwist.net.keeper import Helpers
from bgptwist.net.listen import Listeners, find
from bgptwist.net.pressure import Pressure
from bgptwist.net.signals import Signals
from bgptwist.settings.build import load
from bgptwist.settings.environment import load as load_environment
from bgptwist.settings.model import ConfigurationError, Environment, Settings
from bgptwist.settings.plan import plan
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import BgptwistError, Refused

VERSION: Final = "0.1.0"
"""Of bgptwist; setup.cfg reads it here."""
YOUNG: Final = 20_000
"""New objects before the garbage collector looks at them: a full table makes many, nearly all without cycles."""

CEASE: Final = 6
SHUTDOWN: Final = 2


class Options(usage.Options):
    """What may follow `twistd bgptwist`."""

    synopsis = "[options] FILE..."
    longdesc = "A programmable BGP speaker. Of several files the first is used, and the next one at each reload."
    optParameters = [["env-file", "e", "", "environment file: [exabgp.SECTION] or [bgptwist.SECTION], NAME = VALUE"]]
    optFlags = [["once", "1", "try one connection for each neighbor, then end"]]

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
    ) -> None:
        """`files` are for reloads: each one takes the next.  `watch` may put an event sink before that of helpers.

        `owner`: the process is ours, and with it its signals and its user.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.log = Logger("bgptwist")  # of a class it would have the name of the class
        self._reactor = reactor
        self._files = list(files)
        self._file = 0
        self._reader = RouteReader()
        self._ending = False
        self._stopping: Deferred[Any] | None = None
        self.settings = Settings(environment=settings.environment)
        self._first = settings
        self.environment: Environment = settings.environment
        self.subscriptions = Subscriptions(dialect_of(self.environment))
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
        pressure = Pressure(reactor, lambda: self.speaker.peers.values(), self.environment.api_patience)
        self.helpers.on_behind = pressure.behind
        self.helpers.on_terminate = self.shutdown
        self.listeners = Listeners(reactor, self.connections, self._find)
        self.listeners.setServiceParent(self)  # type: ignore[no-untyped-call]
        self._owner = owner
        if owner:
            Signals(reactor, self._signals()).setServiceParent(self)  # type: ignore[no-untyped-call]

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

    def _find(self, local: str, port: int, remote: str) -> Peer | None:
        return find(self.speaker.peers.values(), local, port, remote)

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
        self._apply(self._first)
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
            self.speaker.stop(CEASE, SHUTDOWN)
            self._stopping = DeferredList(
                [
                    maybeDeferred(super().stopService),
                    self.helpers.stopService(),
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
            self._reactor.callLater(0, self._stop_reactor)

    def _stop_reactor(self) -> None:
        if self._reactor.running and self._stopping is None:
            self._reactor.stop()

    def reload(self) -> None:
        """Load the configuration again; a broken one changes nothing."""
        self._reactor.callLater(0, self._reload)

    def _reload_all(self) -> None:
        """Load the configuration again and restart the helpers."""
        self._reactor.callLater(0, self._reload, True)

    def restart(self) -> None:
        """Load the configuration again, reset every session, restart the helpers."""
        self._reactor.callLater(0, self._reload, True, True)

    def _reload(self, helpers: bool = False, sessions: bool = False) -> None:
        if self._stopping is not None or not self._files:
            return
        at = (self._file + 1) % len(self._files)
        try:
            settings = load([self._files[at]], self.environment, self._reader)
        except ConfigurationError as error:
            more = len(error.errors) - 1
            self.log.error(
                "the configuration was not reloaded: {reason}{more}",
                reason=str(error.errors[0]),
                more=f" (and {more} more)" if more else "",
            )
            return
        self._file = at
        for warning in settings.warnings:
            self.log.warn("{text}", text=warning)
        for problem in self.listeners.expect(settings.neighbors, settings.environment):
            self.log.error("{problem}", problem=problem)
        self._apply(settings)
        if sessions:
            self.speaker.restart()
        if helpers:
            self.helpers.restart()
        self._note(f"the configuration was reloaded from {self._files[at]}")

    def _apply(self, settings: Settings) -> None:
        """Walk the plan from the present settings to new ones."""
        steps = plan(self.settings, settings)
        self.settings = settings
        self.subscriptions.configure(settings.neighbors, settings.helpers)
        self.helpers.configure(settings.helpers)
        self.speaker.apply(steps)
        self.dispatcher.peers_changed()


def makeService(options: Options) -> Daemon:
    """The service of a command line; a wrong configuration ends the process with status 1 and says why."""
    try:
        environment, warnings = load_environment(os.environ, options["env-file"])
        if options["once"]:
            environment = replace(environment, tcp_connections=1)
        settings = load([options["files"][0]], environment)
    except BgptwistError as error:
        raise SystemExit(f"bgptwist: {error}") from None
    # The reactor is chosen by twistd's options: importing it with this module would choose before they were read.
    daemon = Daemon(namedAny("twisted.internet.reactor"), settings, options["files"])
    for warning in (*warnings, *settings.warnings):
        daemon.log.warn("{text}", text=warning)
    return daemon
