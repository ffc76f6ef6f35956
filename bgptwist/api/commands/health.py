"""How the health checks of the configuration are: `show healthchecks`."""

from json import dumps
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.health.report import Report
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import printable


def show_healthchecks(call: Call) -> Output:
    """`[json]`: each health check, its state and since when, the last result, results so far, routes announced."""
    words = call.words
    if words not in ([], ["json"]):
        raise Misspelt(f"'{words[-1]}' is one word too many", "json, or nothing", len(words) - 1)
    now = call.control.now()
    found = call.control.healthchecks()
    if words or call.modern:
        return [dumps([{**each._asdict(), **times(each, now)} for each in found])]
    return [line(each, now) for each in found]


def times(report: Report, now: float) -> dict[str, float | None]:
    """The times of a report as seconds: since the change of the state, until the next check."""
    return {
        "since": max(0.0, round(now - report.since, 1)),
        "next": None if report.next is None else max(0.0, round(report.next - now, 1)),
    }


def line(report: Report, now: float) -> str:
    """A report in one line."""
    told = times(report, now)
    due = "a check is under way" if told["next"] is None else f"next check in {told['next']:g} s"
    return (
        f"{report.name} {report.state} for {int(told['since'] or 0)} s, {report.routes} of {report.of} routes, "
        f"{report.good} good and {report.bad} bad checks, {due}"
        + (f", last: {printable(report.result)}" if report.result else "")
    )


COMMANDS: Final[tuple[Command, ...]] = (
    Command("show healthchecks", show_healthchecks, modern="system healthchecks", json=True, options="[json]"),
)
