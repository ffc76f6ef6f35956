"""Commands that move all routes of one watchdog (ExaBGP's API, 2.4)."""

from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.api.changes import Watchdog


def move(call: Call, announce: bool) -> Output:
    """Announce or withdraw the routes of `[NAME]`, on every neighbor; the helper's own name when none is given.

    A name that nobody uses is answered `done`, as ExaBGP does, and logged.
    """
    words = call.words
    name = words[0] if words else call.conversation.name
    call.change(Watchdog(name, not announce), 0)
    if not call.control.speaker.watched(name):
        call.control.log("debug", f"helper {call.conversation.name}: no route has the watchdog {name}")
    return None


def announce_watchdog(call: Call) -> Output:
    return move(call, True)


def withdraw_watchdog(call: Call) -> Output:
    return move(call, False)


COMMANDS: Final[tuple[Command, ...]] = (
    Command("announce watchdog", announce_watchdog, peers=True, options="[NAME]", changes=True),
    Command("withdraw watchdog", withdraw_watchdog, peers=True, options="[NAME]", changes=True),
)
