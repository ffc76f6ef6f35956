"""How the helpers are: their processes, and what waits for them."""

from json import dumps
from shlex import join
from typing import Final

from bgptwist.api.answers import ascii_line
from bgptwist.api.call import Call, Command, Output, ProcessState
from bgptwist.api.columns import columns
from bgptwist.wire.errors import Misspelt

HEADINGS: Final = (
    "Helper", "Process", "State", "Restarts", "Lines", "Answers", "Octets", "Events", "Octets", "Dropped", "Command",
)  # fmt: skip


def show(call: Call) -> Output:
    """`[json]`: one row for each helper of the configuration."""
    words = call.words
    if words not in ([], ["json"]):
        raise Misspelt(f"'{call.text}' cannot be read", "json, or nothing more", 0)
    states = call.control.processes()
    if call.modern or words:
        return [dumps(tree(state)) for state in states]
    return columns(HEADINGS, map(cells, states))


def cells(state: ProcessState) -> tuple[str, ...]:
    """The cells of one helper."""
    figures = (state.restarts, state.lines, *state.answers, *state.events, state.dropped)
    number = str(state.process or "")
    return state.name, number, state.state, *map(str, figures), ascii_line(join(state.command))


def tree(state: ProcessState) -> dict[str, object]:
    """One helper as an object."""
    return {
        "helper": state.name,
        "process": state.process or None,
        "state": state.state,
        "restarts": state.restarts,
        "lines": state.lines,
        "answers": waiting(state.answers),
        "events": waiting(state.events) | {"dropped": state.dropped},
        "command": list(state.command),
    }


def waiting(queue: tuple[int, int]) -> dict[str, int]:
    """What waits in a queue."""
    return {"items": queue[0], "bytes": queue[1]}


COMMANDS: Final[tuple[Command, ...]] = (
    Command("show processes", show, modern="daemon processes", json=True, options="[json]"),
)
