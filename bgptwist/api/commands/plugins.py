"""What the programs in the daemon do: `show plugins`."""

from json import dumps
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import printable


def show_plugins(call: Call) -> Output:
    """`[json]`: each plug-in, how it is, the events that it was told, how often it failed, and how at last."""
    words = call.words
    if words not in ([], ["json"]):
        raise Misspelt(f"'{words[-1]}' is one word too many", "json, or nothing", len(words) - 1)
    found = call.control.plugins()
    if words or call.modern:
        return [dumps([state._asdict() for state in found])]
    return [
        f"{each.name} {each.state}, {each.events} events, {each.failures} failures"
        + (f", the last one: {printable(each.problem)}" if each.problem else "")
        for each in found
    ]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("show plugins", show_plugins, modern="system plugins", json=True, options="[json]"),
)
