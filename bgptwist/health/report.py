"""How a health check is doing, for whoever asks."""

from typing import NamedTuple


class Report(NamedTuple):
    """One health check.

    `state` is a word of the machine; `since` the time of day at which it began, in seconds, and `next` that of the next
    check, None while one is under way.  `result` says in words how the last check ended, '' before the first.  `good`
    and `bad` count results.  `routes` of `of` routes are announced.
    """

    name: str
    state: str
    since: float
    result: str
    good: int
    bad: int
    next: float | None
    routes: int
    of: int
