"""The health checks of the configuration: services are probed here, and their routes follow (docs/healthcheck.md).

Each check announces and withdraws by the commands that helpers give, as a caller of its own.
"""

import os
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, Final

from twisted.internet.defer import CancelledError, Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.reflect import namedAny
from zope.interface import implementer

from bgptwist.api.dispatcher import Dispatcher
from bgptwist.health.advertisement import EVERYBODY
from bgptwist.health.announced import Announced, Words
from bgptwist.health.machine import SPEAKING, Input, Machine, State
from bgptwist.health.report import Report
from bgptwist.interfaces import ICaller
from bgptwist.net.probes import Verdict, because, command
from bgptwist.settings.model import (
    CheckedRoute,
    CommandProbe,
    DnsProbe,
    HealthcheckSettings,
    HttpProbe,
    Probe,
    TcpProbe,
)

PROBES: Final[dict[type, str]] = {
    TcpProbe: "bgptwist.net.probe_tcp.tcp",
    CommandProbe: "bgptwist.net.probes.command",
    HttpProbe: "bgptwist.net.probe_http.http",
    DnsProbe: "bgptwist.net.probe_dns.ask",
}
"""What tries a probe, by name: most are imported when they are used, for they take much with them."""

TURN: Final = 500
"""Commands in one turn of the reactor."""
HOOK: Final = 60.0
"""Seconds that a program may take which is told of a change."""
WAITING: Final = 100
"""Changes that may wait for such a program; of more the oldest are not told."""
SHOWN: Final = 300
"""Characters of a result."""


def attempt(probe: Probe, reactor: Any) -> "Deferred[Verdict]":
    """Try a probe once."""
    found: Deferred[Verdict] = namedAny(PROBES[type(probe)])(probe, reactor)
    return found


@implementer(ICaller)
class Voice:
    """The caller of the commands; what they are answered is in the log already when it matters."""

    encoder = "text"

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, line: str) -> None:
        """An answer."""


class Check:
    """One service: probed again and again, one probe of a kind at a time."""

    log = Logger()

    def __init__(self, settings: HealthcheckSettings, checks: "Healthchecks") -> None:
        self.settings = settings
        self.machine = Machine(settings.rise, settings.fall)
        self.announced = Announced()
        self._checks = checks
        self._conversation = checks.dispatcher.converse(Voice(f"healthcheck {settings.name}"), every=True)
        self._since = checks.now()
        self._next: IDelayedCall | None = None
        self._due = 0.0
        self._probing: Deferred[Any] | None = None
        self._result = ""
        self._spoken = State.INIT
        """The last state in which neighbors were told something."""
        self._lines: deque[tuple[str, str]] = deque()
        self._pouring: IDelayedCall | None = None
        self._changes: deque[str] = deque(maxlen=WAITING)
        self._telling: Deferred[Any] | None = None
        self._stopped = False

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        """Check for the first time, in another turn."""
        self._later(0)

    def change(self, settings: HealthcheckSettings) -> None:
        """Go on with other settings: the state stays until checks say another, routes change by their difference."""
        self.settings = settings
        self.machine.rise = settings.rise
        self.machine.fall = settings.fall
        self._rest()
        self._announce()
        self._later(0)

    def renew(self) -> None:
        """Say again what is announced, for neighbors that are new."""
        self._say(self.announced.again())

    def stop(self, withdraw: bool) -> None:
        """Check no more; take back what was announced, unless all sessions end anyway."""
        self._stopped = True
        self._rest()
        self._changes.clear()
        if self._telling is not None:
            self._telling.cancel()
        if withdraw:
            self.machine.feed(Input.EXIT)
            self._announce()
        elif self._pouring is not None:
            self._pouring.cancel()

    def _rest(self) -> None:
        """Give up a check that is under way, and the next one."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if self._probing is not None:
            probing, self._probing = self._probing, None
            probing.cancel()

    def _later(self, seconds: float) -> None:
        self._due = self._checks.now() + seconds
        self._next = self._checks.clock.callLater(seconds, self._check)

    # ------------------------------------------------------------------ a check

    def _check(self) -> None:
        """Try all probes at once, each for so long at most."""
        self._next = None
        settings = self.settings
        if settings.disable and os.path.exists(settings.disable):
            self._judged(Input.DISABLE, f"{settings.disable} is there")
            return
        probing = gatherResults([self._probe(each) for each in settings.probes], consumeErrors=True)
        self._probing = probing
        probing.addCallback(self._gathered)
        probing.addErrback(self._given_up, probing)

    def _probe(self, probe: Probe) -> "Deferred[Verdict]":
        """One probe; whatever goes wrong is a verdict."""
        timeout = self.settings.timeout
        trying: Deferred[Any] = maybeDeferred(self._checks.attempt, probe, self._checks.clock)
        trying.addTimeout(timeout, self._checks.clock, late(timeout))

        def failed(failure: Failure) -> Any:
            # a cancelled one is nobody's business any more
            return failure if failure.check(CancelledError) else Verdict(False, because(failure))

        return trying.addErrback(failed)

    def _gathered(self, verdicts: list[Verdict]) -> None:
        """All probes have ended."""
        self._probing = None
        settings = self.settings
        good = sum(verdict.good for verdict in verdicts)
        enough = good >= (settings.require or len(verdicts))
        pairs = zip(settings.probes, verdicts, strict=True)
        told = [f"{probe.text}: {verdict.text}" for probe, verdict in pairs if verdict.good is enough]
        self._judged(Input.GOOD if enough else Input.BAD, "; ".join(told)[:SHOWN])

    def _given_up(self, failure: Failure, probing: "Deferred[Any]") -> None:
        """The check was cancelled; anything else is a mistake of ours, which must not end the checks."""
        if self._probing is probing:
            self._probing = None
            self.log.failure("healthcheck {name} failed", failure, name=self.settings.name)
            self._judged(Input.BAD, because(failure))

    def _judged(self, given: Input, result: str) -> None:
        """One check has ended."""
        if self._stopped:
            return
        self._result = result
        if self.machine.feed(given):
            self._changed()
        self._later(self.machine.pause(self.settings.interval, self.settings.fast_interval))

    def _changed(self) -> None:
        """The state is another one."""
        state = self.machine.state
        self._since = self._checks.now()
        level = self.log.info if state in SPEAKING else self.log.debug
        level("healthcheck {name} is {state}: {why}", name=self.settings.name, state=state.value, why=self._result)
        if state in SPEAKING:
            self._announce()
        if self.settings.execute:
            self._changes.append(state.value)
            if self._telling is None:
                self._tell()

    # ------------------------------------------------------------------ what follows from it

    def _wanted(self) -> dict[Hashable, Words]:
        """The routes that are to be out in the present state, by neighbor and key."""
        state = self.machine.state
        if state not in SPEAKING:
            # the state before decides: what is out stays, with the words of the present settings
            state = self._spoken
        self._spoken = state
        found: dict[Hashable, Words] = {}
        for neighbor in self.settings.neighbors or (EVERYBODY,):
            for route in self.settings.routes:
                words = said(route, state)
                if words:
                    head = f"neighbor {neighbor}"
                    found[neighbor, route.family, route.key] = Words(
                        f"{head} announce {words}", f"{head} withdraw {route.withdrawal}"
                    )
        return found

    def _announce(self) -> None:
        """Make what is announced what the state wants."""
        self._say(self.announced.become(self._wanted()))

    def _say(self, lines: Iterable[str]) -> None:
        """Give commands, in order, some of them in each turn."""
        self._lines.extend((line.split(maxsplit=2)[1], line) for line in lines)
        if self._lines and self._pouring is None:
            self._pour()

    def _pour(self) -> None:
        self._pouring = None
        known = self._checks.neighbors
        for _ in range(min(TURN, len(self._lines))):
            neighbor, line = self._lines.popleft()
            # of one that is not there nothing need be said, and one that comes is told
            if neighbor in known or (neighbor == EVERYBODY and known):
                self._checks.dispatcher.command(self._conversation, line)
        if self._lines:
            self._pouring = self._checks.clock.callLater(0, self._pour)

    def _tell(self) -> None:
        """Start the programs that are told of a change, one change after the other."""
        self._telling = None
        if not self._changes or self._stopped:
            return
        variables = {"STATE": self._changes.popleft(), "HEALTHCHECK": self.settings.name}
        runs = []
        for each in self.settings.execute:
            run: Deferred[Any] = command(each, self._checks.clock, variables)
            run.addTimeout(HOOK, self._checks.clock, late(HOOK))
            runs.append(run.addCallback(self._told, each))
        self._telling = gatherResults(runs, consumeErrors=True)
        self._telling.addErrback(lambda _: None).addCallback(lambda _: self._tell())

    def _told(self, verdict: Verdict, program: CommandProbe) -> None:
        if not verdict.good:
            name = self.settings.name
            self.log.warn("healthcheck {name}: {what} {how}", name=name, what=program.text, how=verdict.text)

    def report(self) -> Report:
        """How it is doing."""
        return Report(
            self.settings.name,
            self.machine.state.value,
            self._since,
            self._result,
            self.machine.good,
            self.machine.bad,
            None if self._next is None else self._due,
            len(self.announced),
            len(self.settings.routes) * max(1, len(self.settings.neighbors)),
        )


def said(route: CheckedRoute, state: State) -> str:
    """What follows `announce` in a state, '' where the route is withdrawn."""
    words = {State.UP: route.up, State.DOWN: route.down, State.DISABLED: route.disabled}
    return words.get(state, "")


def late(seconds: float) -> Callable[[object, float], object]:
    """What becomes of a probe that takes too long."""

    def verdict(result: object, timeout: float) -> Verdict:
        return Verdict(False, f"no answer in {seconds:g} s")

    return verdict


class Healthchecks:
    """All health checks; `neighbors` are those that there are, as names of sections spell them."""

    def __init__(
        self,
        clock: Any,
        dispatcher: Dispatcher,
        now: Callable[[], float],
        attempt: "Callable[[Probe, Any], Deferred[Verdict]]" = attempt,
    ) -> None:
        """`clock` is the reactor, `now` the time of day in seconds; `attempt` tries a probe."""
        self.clock = clock
        self.attempt = attempt
        self.dispatcher = dispatcher
        self.now = now
        self.neighbors: Collection[str] = ()
        self._checks: dict[str, Check] = {}

    def apply(self, stopped: Iterable[str], started: Iterable[HealthcheckSettings], neighbors: Collection[str]) -> None:
        """Walk the part of a plan that is about health checks, when that of neighbors was walked."""
        self.neighbors = neighbors
        for name in stopped:
            check = self._checks.pop(name, None)
            if check is not None:
                check.stop(withdraw=True)
        for check in self._checks.values():
            check.renew()
        for settings in started:
            present = self._checks.get(settings.name)
            if present is not None:
                present.change(settings)
            else:
                self._checks[settings.name] = Check(settings, self)
                self._checks[settings.name].start()

    def stop(self) -> None:
        """The daemon ends: no more checks, and nobody of theirs stays behind."""
        for check in self._checks.values():
            check.stop(withdraw=False)
        self._checks.clear()

    def report(self) -> list[Report]:
        """How all of them are doing, in the order in which they were begun."""
        return [check.report() for check in self._checks.values()]
