"""Commands about the conversation with the caller, and what is said to peers (ExaBGP's API, 1.5, 2.4 and 2.7)."""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.grammar.lexer import Source, Tokenizer
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.messages import operational
from bgptwist.wire.words import Words

OPTIONS: Final = ("async", "json", "text")
"""The last words of version 6 that change nothing here."""


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


def reasons(enable: bool) -> Callable[[Call], Output]:
    """The command that wants `error: REASON` before `error`, or not."""

    def run(call: Call) -> Output:
        call.conversation.reasons = enable
        return None

    return run


def answers(json: bool) -> Callable[[Call], Output]:
    """The command that wants its answers as JSON, this one and those after it, or as text."""

    def run(call: Call) -> Output:
        call.conversation.speak(json)
        return None

    return run


def reset(call: Call) -> Output:
    """Forget what is waiting: a group or batch that was not ended; everything else was carried out when it came."""
    call.conversation.collect()
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


def announce_operational(call: Call) -> Output:
    """`KIND afi AFI safi SAFI ...`: send an OPERATIONAL message; an advisory with blanks stands in quotes."""
    words = Words(quoted_words(call.text))
    kinds = ", ".join(operational.KINDS)
    kind = operational.KINDS.get(words.next(kinds).lower())
    if kind is None:
        raise words.wrong(kinds, "there is no such message")
    message = operational.read(kind, words)
    while call.modern and words.peek() in OPTIONS:
        words.next("")
    if words.more:
        raise Misspelt(f"'{words.peek()}' is one word too many", "quotes around an advisory with blanks", words.at)
    if not call.control.speaker.operational(message, call.members()):
        raise Refused("no session agreed to operational messages of that family")
    return None


def quoted_words(text: str) -> list[str]:
    """The words of a command in which some stand in quotes, as in a file."""
    reader = Tokenizer(Source("command", text), 0)
    statement = reader.statement()
    if reader.errors:
        raise Misspelt(reader.errors[0].reason, reader.errors[0].expected)
    if statement.mark:
        raise Misspelt(f"'{statement.mark}' cannot stand here", "quotes around a text")
    return statement.words()


COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "announce operational",
        announce_operational,
        peers=True,
        verbatim=True,
        options="KIND afi AFI safi SAFI [advisory TEXT] [router-id IP] [sequence N] [counter N]",
    ),
    Command("enable-ack", enable_ack, modern="session ack enable"),
    Command("disable-ack", disable_ack, modern="session ack disable"),
    Command("silence-ack", silence_ack, modern="session ack silence"),
    Command("enable-reasons", reasons(True), modern="session reasons enable"),
    Command("disable-reasons", reasons(False), modern="session reasons disable"),
    Command("answers json", answers(True), modern="session answers json"),
    Command("answers text", answers(False), modern="session answers text"),
    Command("reset", reset, modern="session reset"),
    Command("ping", ping, modern="session ping", json=True, options="[UUID START] [text]"),
    Command("bye", bye, modern="session bye", options="[UUID]"),
)
