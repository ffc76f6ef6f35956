"""Programs in Python inside the daemon: they hear events as objects and say the commands that helpers say.

Whatever a plug-in raises stays with it: it is logged and counted, and one that fails too often is switched off.  What
cannot be kept from the daemon is the time that a plug-in takes, because both share one thread; long calls are logged.
"""

from collections import deque
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any, Final

from twisted.internet.defer import CancelledError, Deferred, gatherResults, maybeDeferred, succeed
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger, LogLevel
from twisted.python.failure import Failure
from zope.interface import implementer

from bgptwist.api.answers import DONE, ERROR, MARK
from bgptwist.api.call import Lines, PluginState, Wait
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.client import LONGEST, CommandRefused
from bgptwist.interfaces import ICaller, IPluginContext
from bgptwist.net.plugin_source import make
from bgptwist.settings.model import PluginSettings
from bgptwist.settings.plugin import Scope
from bgptwist.speaker.events import Event, StateChanged
from bgptwist.wire.errors import Refused
from bgptwist.wire.spell import printable

FAILURES: Final = 10
WINDOW: Final = 60.0
"""So many failures in so many seconds, and a plug-in is switched off."""

SLOW: Final = 0.5
"""Seconds of a call after which the log says that the daemon stood still."""
QUIET: Final = 60.0
"""Seconds between two such lines."""

PENDING: Final = 1000
"""Calls of a plug-in that may be under way; while there are more it is told no events, and gets no long answers."""

GRACE: Final = 5.0
"""Seconds that a plug-in may take to stop."""

DRAWN: Final = 500
"""Lines of a long answer in one turn of the reactor."""

REASON: Final = f"{ERROR}: "
START: Final = "start"
LEVELS: Final = ("debug", "info", "warn", "error")
RAISED: Final = (Exception, SystemExit)
"""What is caught; a program that says `sys.exit()` ends nobody but itself."""


@implementer(ICaller)
class Voice:
    """The caller of commands: what it is answered goes to whoever asks at that moment."""

    encoder = "json"

    def __init__(self, name: str) -> None:
        self.name = name
        self.into: Callable[[str], object] | None = None

    def write(self, line: str) -> None:
        """An answer."""
        if self.into is not None:
            self.into(line)


class Answer:
    """What one command was answered: data lines, and at the end a verdict.

    The last two lines are held back, because they may be the verdict and its reason.  A command with an identifier has
    both in one line, and the identifier before every line.
    """

    def __init__(self, line: str, receive: Callable[[str], object] | None = None) -> None:
        self.line = line
        self.lines: list[str] = []
        self.refusal: CommandRefused | None = None
        self._prefix = f"{line.split()[0]} " if line.startswith(MARK) else ""
        self._receive = receive or self.lines.append
        self._last: deque[str] = deque()

    def take(self, line: str) -> None:
        """A line came."""
        self._last.append(line.removeprefix(self._prefix))
        if len(self._last) > 2:
            self._receive(self._last.popleft())

    def end(self) -> None:
        """There are no more."""
        last = self._last
        verdict = last[-1] if last else ""
        if verdict == ERROR:
            last.pop()
            reason = last.pop() if last and last[-1].startswith(REASON) else ""
            self.refusal = CommandRefused(self.line, reason.removeprefix(REASON))
        elif self._prefix and verdict.startswith(REASON):
            self.refusal = CommandRefused(self.line, last.pop().removeprefix(REASON))
        elif verdict == DONE or (self._prefix and verdict.startswith(f"{DONE} ")):
            last.pop()
        while last:
            self._receive(last.popleft())


@implementer(IPluginContext)
class Context:
    """What a plug-in is given for one start."""

    def __init__(self, runner: "Runner", reactor: Any, dispatcher: Dispatcher) -> None:
        settings = runner.settings
        self.name = settings.name
        self.options = MappingProxyType(dict(settings.options))
        self.reactor = reactor
        self._runner = runner
        self._dispatcher = dispatcher
        self._voice = Voice(settings.caller)
        self._conversation = dispatcher.converse(self._voice, every=not settings.neighbors)
        self._calls: set[IDelayedCall] = set()
        self._closed = False

    # ------------------------------------------------------------------ commands

    def announce(self, *words: str, neighbor: str = "") -> bool:
        """Say `announce WORDS`."""
        return self._say(f"announce {' '.join(words)}", neighbor)

    def withdraw(self, *words: str, neighbor: str = "") -> bool:
        """Say `withdraw WORDS`."""
        return self._say(f"withdraw {' '.join(words)}", neighbor)

    def command(self, line: str, receive: Callable[[str], object] | None = None) -> "Deferred[list[str]]":
        """Say any command."""
        answer = Answer(checked(line), receive)
        found: Deferred[list[str]] = Deferred()
        self._begin(answer, lambda: settle(found, answer))
        return found

    def _say(self, line: str, neighbor: str) -> bool:
        """Say a line that is answered at once; one that asks to wait counts as accepted."""
        answer = Answer(checked(f"neighbor {neighbor} {line}" if neighbor else line))
        self._begin(answer, lambda: None)
        return answer.refusal is None

    def _begin(self, answer: Answer, ended: Callable[[], None]) -> None:
        """Say the line of an answer; `ended` is called when all of it is there."""
        conversation = self._conversation
        conversation.ack = conversation.reasons = True
        if conversation.json:
            conversation.speak(False)
        self._voice.into = answer.take
        try:
            lines = self._dispatcher.command(conversation, answer.line)
        finally:
            self._voice.into = None
        if lines is None:
            answer.end()
            ended()
        elif self._runner.is_crowded:
            answer.refusal = CommandRefused(answer.line, f"{PENDING} calls are under way")
            ended()
        else:
            self._runner.guard("an answer", self._draw, lines, answer, ended)

    def _draw(self, lines: Lines, answer: Answer, ended: Callable[[], None]) -> None:
        """Draw a long answer, as much as one turn allows."""

        def go_on() -> None:
            self.later(0, "an answer", self._draw, lines, answer, ended)

        for _ in range(DRAWN):
            self._voice.into = answer.take
            try:
                line = next(lines, None)
                if line is None:
                    answer.end()
            finally:
                self._voice.into = None
            if line is None:
                ended()
                return
            if isinstance(line, Wait):
                line.subscribe(go_on)
                return
            if not isinstance(line, str):
                break
            answer.take(line)
        go_on()

    # ------------------------------------------------------------------ the rest

    def log(self, text: str, level: str = "info") -> None:
        """A line for the log."""
        if level not in LEVELS:
            raise ValueError(f"there is no level '{level}', expected one of {' '.join(LEVELS)}")
        self._runner.log.emit(
            LogLevel.lookupByName(level), "plugin {name}: {text}", name=self.name, text=printable(text)
        )

    def call_later(self, seconds: float, call: Callable[..., object], *arguments: object) -> Callable[[], None]:
        """Call something later, unless the plug-in was stopped before."""
        return self.later(seconds, "a call", call, *arguments)

    def later(self, seconds: float, what: str, call: Callable[..., object], *arguments: object) -> Callable[[], None]:
        """The same, with a word for the log."""

        def now() -> None:
            self._calls.discard(timer)
            self._runner.guard(what, call, *arguments)

        def off() -> None:
            self._calls.discard(timer)
            try:
                timer.cancel()
            except (AlreadyCalled, AlreadyCancelled):
                pass

        if self._closed:
            return nothing
        timer: IDelayedCall = self.reactor.callLater(seconds, now)
        self._calls.add(timer)
        return off

    def close(self, closed: bool) -> None:
        """Nothing of what was asked for is called any more, and with `closed` nothing else either."""
        self._closed = closed
        calls, self._calls = self._calls, set()
        for call in calls:
            call.cancel()


class Runner:
    """One plug-in of the configuration, from its start to its stop.

    `state` is `running`, `failed` (it could not be started), `off` (it failed too often) or `stopped`.
    """

    log = Logger()

    def __init__(self, settings: PluginSettings, plugins: "Plugins") -> None:
        self.settings = settings
        self.state = "stopped"
        self.events = 0
        self.failures = 0
        self.problem = ""
        self._plugins = plugins
        self._clock = plugins.reactor
        self._scope = Scope(settings.neighbors)
        self._plugin: Any = None
        self._context: Context | None = None
        self._unsubscribe: Callable[[], None] = nothing
        self._failed: deque[float] = deque()
        self._pending: set[Deferred[Any]] = set()
        self._complained = -QUIET

    @property
    def is_crowded(self) -> bool:
        """Whether too many calls are under way."""
        return len(self._pending) >= PENDING

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Make the plug-in and start it; one that cannot be started is logged and left alone."""
        settings = self.settings
        try:
            plugin = make(settings, self._plugins.in_use())
        except RAISED:
            self.state = "failed"
            self._note("it cannot be loaded", Failure())
            return
        self._plugin = plugin
        self._context = Context(self, self._clock, self._plugins.dispatcher)
        self.state = "running"
        wanted = settings.wanted or plugin.wanted
        if not self.guard(START, plugin.start, self._context):
            self.state = "failed"
            self._clock.callLater(0, self._end)
            return
        if self.state != "running":
            return
        self._unsubscribe = self._plugins.subscriptions.observe(
            settings.caller, wanted, self.receive, self._scope.contains
        )
        if wanted.neighbor_changes:
            for event in self._plugins.states():
                if self._scope.contains(event.identity.peer_address):
                    self.receive(event)
        self.log.info("plugin {name} started", name=settings.name)

    @property
    def plugin(self) -> object:
        """What was made; None before that and afterwards."""
        return self._plugin

    def stop(self) -> "Deferred[None]":
        """Stop it; fires when it has stopped, or when it has taken too long for that."""
        if self.state == "running":
            self.state = "stopped"
            return self._end()
        self.state = "stopped"
        return succeed(None)

    def _end(self, _: object = None) -> "Deferred[None]":
        """No more events and calls, then its own `stop`."""
        self._unsubscribe()
        self._unsubscribe = nothing
        plugin, context, self._plugin = self._plugin, self._context, None
        if plugin is None or context is None:
            return succeed(None)
        context.close(False)
        for pending in list(self._pending):
            pending.cancel()

        def close(_: object) -> None:
            context.close(True)

        over = maybeDeferred(contained, plugin.stop).addTimeout(GRACE, self._clock)
        return over.addErrback(self._not_stopped).addBoth(close)

    def _not_stopped(self, failure: Failure) -> None:
        self._note("it did not stop well", failure)

    # ------------------------------------------------------------------ calls

    def receive(self, event: Event) -> None:
        """Tell it an event."""
        if self.state == "running" and not self.is_crowded:
            self.events += 1
            self.guard("event", self._plugin.event, event)

    def guard(self, what: str, call: Callable[..., object], *arguments: object) -> bool:
        """Call something of the plug-in; False when it failed at once."""
        before = self._clock.seconds()
        try:
            result = contained(call, *arguments)
        except RAISED:
            self._fail(what, Failure())
            return False
        finally:
            self._measure(what, self._clock.seconds() - before)
        if isinstance(result, Deferred):
            if not result.called or result.paused:
                self._pending.add(result)
            result.addBoth(self._settled, what, result)
        return True

    def _settled(self, result: object, what: str, pending: "Deferred[Any]") -> None:
        """A call that was under way has ended."""
        self._pending.discard(pending)
        if isinstance(result, Failure) and not (result.check(CancelledError) and self.state != "running"):
            self._fail(what, result)
            if what == START and self.state == "running":
                self.state = "failed"
                self._end()

    def _measure(self, what: str, seconds: float) -> None:
        """Say that the daemon stood still, not too often."""
        now = self._clock.seconds()
        if seconds >= SLOW and now - self._complained >= QUIET:
            self._complained = now
            self.log.warn(
                "plugin {name}: {what} took {seconds:.1f} seconds, in which the daemon stood still",
                name=self.settings.name,
                what=what,
                seconds=seconds,
            )

    def _fail(self, what: str, failure: Failure) -> None:
        """A call failed; too many of these in a short time, and it is switched off."""
        self._note(f"{what} failed", failure)
        now = self._clock.seconds()
        self._failed.append(now)
        while self._failed[0] <= now - WINDOW:
            self._failed.popleft()
        if self.state == "running" and len(self._failed) >= FAILURES:
            self.state = "off"
            self.log.error(
                "plugin {name} failed {count} times in {window:.0f} seconds and is switched off",
                name=self.settings.name,
                count=FAILURES,
                window=WINDOW,
            )
            # not from within an event, whose listeners are being told
            self._clock.callLater(0, self._end)

    def _note(self, what: str, failure: Failure) -> None:
        """One line for the log, and the traceback of what is not ours."""
        self.failures += 1
        if failure.check(Refused):
            self.problem = f"{what}: {failure.getErrorMessage()}"
            self.log.error("plugin {name}: {problem}", name=self.settings.name, problem=printable(self.problem))
            return
        self.problem = f"{what}: {reason(failure)}"
        self.log.failure("plugin {name}: {problem}", failure, name=self.settings.name, problem=self.problem)

    def report(self) -> PluginState:
        """How it is."""
        settings = self.settings
        use = f"{settings.file} {settings.use}".strip()
        return PluginState(settings.name, use, self.state, self.events, self.failures, self.problem)


class Plugins:
    """All plug-ins of the configuration."""

    def __init__(
        self,
        reactor: Any,
        dispatcher: Dispatcher,
        subscriptions: Subscriptions,
        states: Callable[[], Iterable[StateChanged]],
    ) -> None:
        """`states` are the present states of all neighbors, as events."""
        self.reactor = reactor
        self.dispatcher = dispatcher
        self.subscriptions = subscriptions
        self.states = states
        self.runners: dict[str, Runner] = {}
        self._settings: tuple[PluginSettings, ...] = ()
        self._wanted: dict[str, PluginSettings] = {}
        self._leaving: dict[str, Deferred[None]] = {}
        self._running = True

    def configure(self, settings: tuple[PluginSettings, ...]) -> None:
        """Stop those that are gone or changed, start those that are new; those that failed get another chance.

        The very same settings again, which nobody has read anew, change nothing.
        """
        if settings is self._settings:
            return
        self._settings = settings
        self._wanted = {each.name: each for each in settings}
        for name, runner in list(self.runners.items()):
            if runner.state != "running" or self._wanted.get(name) != runner.settings:
                self._dismiss(name)
        for name in self._wanted:
            self._start(name)

    def stop(self) -> "Deferred[None]":
        """Stop all of them; fires when they have stopped."""
        self._running = False
        for name in list(self.runners):
            self._dismiss(name)
        return gatherResults(list(self._leaving.values())).addCallback(nothing)

    def in_use(self) -> list[object]:
        """The objects that are plug-ins now."""
        return [runner.plugin for runner in self.runners.values() if runner.plugin is not None]

    def report(self) -> list[PluginState]:
        """How they are, in the order of the configuration."""
        return [self.runners[name].report() for name in self._wanted if name in self.runners]

    def _start(self, name: str) -> None:
        if self._running and name in self._wanted and name not in self.runners and name not in self._leaving:
            runner = self.runners[name] = Runner(self._wanted[name], self)
            runner.start()

    def _dismiss(self, name: str) -> None:
        """Stop one; a new one of that name waits until it has stopped."""
        gone = self.runners.pop(name).stop()
        if not gone.called:
            self._leaving[name] = gone
            gone.addCallback(self._left, name)

    def _left(self, _: object, name: str) -> None:
        del self._leaving[name]
        self._start(name)


def nothing(_: object = None) -> None:
    """Do nothing."""


def contained(call: Callable[..., object], *arguments: object) -> object:
    """Call something; a coroutine that it returns is begun."""
    result = call(*arguments)
    return Deferred.fromCoroutine(result) if hasattr(result, "cr_frame") else result  # type: ignore[arg-type]


def settle(found: "Deferred[list[str]]", answer: Answer) -> None:
    """Give a Deferred what a command was answered."""
    if answer.refusal is None:
        found.callback(answer.lines)
    else:
        found.errback(answer.refusal)


def checked(line: str) -> str:
    """A command; ValueError for what is no line."""
    if not line.strip() or "\n" in line or "\r" in line:
        raise ValueError("a command is one line that is not empty")
    if not line.isascii() or len(line) > LONGEST:
        raise ValueError(f"a command is of ASCII and has at most {LONGEST} characters")
    return line


def reason(failure: Failure) -> str:
    """What went wrong, in a line."""
    text = " ".join(failure.getErrorMessage().split())
    kind = getattr(failure.type, "__name__", "Exception")
    return printable(f"{kind}: {text}" if text else kind)
