"""What happened to a neighbor since the daemon knows it: sessions that came and went, and what went wrong last."""

from collections.abc import Callable

from bgptwist.session.counters import Counters


class History(Counters):
    """The messages of all sessions that ended, how many were lost, and when; times are the time of day in seconds."""

    __slots__ = ("_now", "begun", "error_at", "lost_at")

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self.begun = now()
        """Since when the neighbor is known."""
        self.lost_at: float | None = None
        """When an established session was lost."""
        self.error_at: float | None = None
        """When `last_error` happened."""

    def blame(self, text: str) -> None:
        """Something went wrong, in words."""
        self.last_error = text
        self.error_at = self._now()

    def lose(self) -> None:
        """An established session is over."""
        self.flaps += 1
        self.lost_at = self._now()
