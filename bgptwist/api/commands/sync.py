"""Answers that wait until the peers' TCP has what was announced (ExaBGP's API, 3, where they may wait for ever)."""

from collections.abc import Callable
from typing import Final

from bgptwist.api.call import Call, Command, Lines, Output, Wait
from bgptwist.speaker.speaker import Speaker
from bgptwist.wire.errors import Misspelt, Refused


def taken(speaker: Speaker, members: int) -> Lines:
    """Nothing, until TCP took all that these peers were told; Refused when a session ended before.

    Sessions that are not established are not waited for.
    """
    lost: list[str] = []

    def subscribe(ready: Callable[[], None]) -> None:
        def over(found: list[str]) -> None:
            lost.extend(found)
            ready()

        speaker.sync(members, over)

    if speaker.is_established(members):
        yield Wait(subscribe)
    if lost:
        raise Refused(f"the session ended before everything was sent: {', '.join(sorted(lost))}")


def sync(call: Call) -> Output:
    """Wait until TCP took all that was announced or withdrawn before, by whomever."""
    if call.words:
        raise Misspelt(f"'{call.text}' cannot be read", "nothing more", 0)
    members = call.members()
    if not call.control.speaker.is_established(members):
        raise Refused("no session is established")
    return taken(call.control.speaker, members)


def afterwards(output: Output, waiting: Lines) -> Lines:
    """The data lines of a command, and what it waits for."""
    yield from output or ()
    yield from waiting


def enable_sync(call: Call) -> Output:
    """Answer every change from now on when TCP took it."""
    call.conversation.wait(True)
    return None


def disable_sync(call: Call) -> Output:
    """Answer changes when they are in the table."""
    call.conversation.wait(False)
    return None


COMMANDS: Final[tuple[Command, ...]] = (
    Command("sync", sync, peers=True),
    Command("enable-sync", enable_sync, modern="session sync enable"),
    Command("disable-sync", disable_sync, modern="session sync disable"),
)
