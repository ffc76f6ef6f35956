"""Commands about the conversation with the caller itself (ExaBGP's API, 1.5 and 2.7)."""

from json import dumps
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.wire.errors import Refused


def enable_ack(call: Call) -> Output:
    """Say `done` and `error` from now on, this time too."""
    call.conversation.ack = True
    return None


def disable_ack(call: Call) -> Output:
    """Say `done` once more."""
    conversation = call.conversation
    conversation.ack = True

    def silence() -> None:
        conversation.ack = False

    call.afterwards = silence
    return None


def silence_ack(call: Call) -> Output:
    """Say nothing, not even now."""
    call.conversation.ack = False
    return None


def reset(call: Call) -> Output:
    """Forget what is waiting: a group that was not ended; everything else was carried out when it came."""
    call.conversation.group = None
    return [dumps({"status": "asynchronous queue cleared"}) if call.modern else "asynchronous queue cleared"]


def ping(call: Call) -> Output:
    """`[UUID START] [text]`: say that we live."""
    control = call.control
    if call.modern and call.words[-1:] != ["text"]:
        return [dumps({"pong": control.identifier, "active": True})]
    return [f"pong {control.identifier} active=true"]


def bye(call: Call) -> Output:
    """`[UUID]`: the caller takes its leave."""
    return None


def enable_sync(call: Call) -> Output:
    """Answers that wait for the wire are not offered; to say `done` would be a lie."""
    raise Refused("answers cannot wait until a route was sent")


def disable_sync(call: Call) -> Output:
    """Answers do not wait for the wire."""
    return None


COMMANDS: Final[tuple[Command, ...]] = (
    Command("enable-ack", enable_ack, modern="session ack enable"),
    Command("disable-ack", disable_ack, modern="session ack disable"),
    Command("silence-ack", silence_ack, modern="session ack silence"),
    Command("enable-sync", enable_sync, modern="session sync enable"),
    Command("disable-sync", disable_sync, modern="session sync disable"),
    Command("reset", reset, modern="session reset"),
    Command("ping", ping, modern="session ping", json=True, options="[UUID START] [text]"),
    Command("bye", bye, modern="session bye", options="[UUID]"),
)
