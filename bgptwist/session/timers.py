"""Timers of a session: deadlines that are touched, not restarted, back-off and pace (RFC 4271, 10; RFC 9687)."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

LARGE_HOLD: Final = 240.0
"""Seconds an OPEN may take when nothing else is configured (RFC 4271, 8.2.2)."""

SEND_HOLD: Final = 480.0
"""The least send hold time in seconds (RFC 9687, 3.1)."""

STALL: Final = 1.0
"""A timer that fires so many seconds late tells of a process that stood still, or of a clock that was set."""

BACKOFF_LIMIT: Final = 60
"""The longest pause between two attempts to connect, in seconds."""


STABLE: Final = 10.0
"""Seconds a session must have been established for the next attempt to follow at once."""

IDLE_HOLD: Final = 5.0
"""The least pause in seconds after an error that the next attempt will meet again."""

OPEN_ERROR: Final = 2
FSM_ERROR: Final = 5
LASTING: Final = frozenset({(6, 1), (6, 5)})
"""Such errors as code and subcode, beside all of OPEN and of the FSM."""


class Call(Protocol):
    """A call that has been arranged for later."""

    def cancel(self) -> object:
        """It is not made."""


class Clock(Protocol):
    """The time: twisted's IReactorTime, or a Clock in tests."""

    def seconds(self) -> float:
        """Now; only differences mean something."""

    def callLater(self, delay: float, callable: Callable[..., Any], *args: object) -> Any:
        """Call `callable` in `delay` seconds; gives a Call."""


Random = Callable[[], float]
"""Numbers from 0 to 1, as `random.random`."""


class Deadline:
    """Calls `expired` when `limit` seconds have gone by since it was last touched.

    Touching is an assignment to `last`, made for every message: the timer is never restarted, it fires, looks at
    `last` and sleeps for the rest.  With `patient`, a firing that comes late is excused once: after a stall of this
    process what the peer sent meanwhile is still unread.
    """

    __slots__ = ("_call", "_clock", "_due", "_excused", "_expired", "last", "limit", "patient")

    def __init__(self, clock: Clock, expired: Callable[[], object], patient: bool = False) -> None:
        self._clock = clock
        self._expired = expired
        self._call: Call | None = None
        self._due = 0.0
        self._excused = False
        self.patient = patient
        self.last = 0.0
        self.limit = 0.0

    @property
    def running(self) -> bool:
        """Whether it can still expire."""
        return self._call is not None

    @property
    def left(self) -> float | None:
        """Seconds until it expires if nothing touches it, None while it does not run."""
        return None if self._call is None else max(0.0, self.last + self.limit - self._clock.seconds())

    def start(self, limit: float) -> None:
        """Count `limit` seconds from now; 0 stops it."""
        self.stop()
        self.limit = limit
        self.last = self._clock.seconds()
        self._excused = False
        if limit > 0:
            self._sleep(limit)

    def stop(self) -> None:
        """Never expire."""
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def touch(self) -> None:
        """Count from now."""
        self.last = self._clock.seconds()

    def _sleep(self, seconds: float) -> None:
        self._due = self._clock.seconds() + seconds
        self._call = self._clock.callLater(seconds, self._fire)

    def _fire(self) -> None:
        self._call = None
        now = self._clock.seconds()
        due = self.last + self.limit
        if now < due:
            self._excused = False
            self._sleep(due - now)
        elif self.patient and not self._excused and now - self._due > STALL:
            self._excused = True
            self._sleep(self.limit)
        else:
            self._expired()


class Backoff:
    """The pauses between attempts: 0 1 2 3 4 5 7 9 11 .. 60 seconds, each shortened by up to a quarter at random."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._next = 0

    def next(self) -> float:
        """Seconds to wait before the next attempt; the one after that waits longer."""
        pause = self._next
        self._next = min(int(1 + pause * 1.2), BACKOFF_LIMIT)
        return pause * jitter(self._random)

    def after(self, lasted: float, error: tuple[int, int] | None) -> float:
        """Seconds to wait after a session that was established for `lasted` seconds, 0 if it never was.

        `error` is the code and subcode of the NOTIFICATION that ended it, if one did.
        """
        if lasted >= STABLE:
            self.reset()
        pause = self.next()
        if error is not None and (error[0] in (OPEN_ERROR, FSM_ERROR) or error in LASTING):
            return max(pause, IDLE_HOLD * jitter(self._random))
        return pause

    def reset(self) -> None:
        """Begin again with no pause."""
        self._next = 0


class Pace:
    """Lets at most `rate` messages a second through and keeps the others; calls `idle` when it has none left."""

    def __init__(
        self, clock: Clock, rate: float, write: Callable[[Sequence[bytes]], object], idle: Callable[[], object]
    ) -> None:
        self._clock = clock
        self._rate = rate
        self._write = write
        self._idle = idle
        self._allowance = rate
        self._at = clock.seconds()
        self._call: Call | None = None
        self._waiting: deque[bytes] = deque()

    @property
    def waiting(self) -> int:
        """How many messages it keeps."""
        return len(self._waiting)

    def put(self, messages: Sequence[bytes]) -> None:
        """Write these messages, the first ones at once if the rate permits."""
        self._waiting.extend(messages)
        if self._call is None:
            self._run()

    def stop(self) -> None:
        """Forget the messages that are waiting."""
        self._waiting.clear()
        if self._call is not None:
            self._call.cancel()
            self._call = None

    def _run(self) -> None:
        waited = self._call is not None
        self._call = None
        now = self._clock.seconds()
        self._allowance = min(self._rate, self._allowance + (now - self._at) * self._rate)
        self._at = now
        # A little is forgiven, or rounding would send every message one tick late.
        count = min(int(self._allowance + 1e-6), len(self._waiting))
        if count:
            self._allowance -= count
            self._write([self._waiting.popleft() for _ in range(count)])
        if self._waiting:
            self._call = self._clock.callLater((1 - min(self._allowance, 0.999)) / self._rate, self._run)
        elif waited:
            self._idle()


def jitter(random: Random) -> float:
    """A factor from 0.75 to 1.0 (RFC 4271, 10)."""
    return 0.75 + 0.25 * random()


def keepalive_interval(hold_time: int, random: Random) -> float:
    """Seconds between KEEPALIVEs: a third of the hold time, with jitter; 0 for none.

    They are at least a second apart, because RFC 4271, 4.4 forbids more.
    """
    return max(1.0, hold_time / 3 * jitter(random)) if hold_time else 0.0


def send_hold_time(hold_time: int) -> float:
    """Seconds in which TCP must accept something from us (RFC 9687, 3.1); 0 for no limit."""
    return max(SEND_HOLD, 2.0 * hold_time) if hold_time else 0.0


def announce_delay(now: float, minutes: int) -> float:
    """Seconds until the minute of the hour is a multiple of `minutes` (`tcp.delay`); 0 when it is, or without delay.

    `now` is the time of day in seconds since the epoch.
    """
    minute = int(now // 60) % 60
    if not minutes or minute % minutes == 0:
        return 0.0
    return min(minutes - minute % minutes, 60 - minute) * 60 - now % 60
