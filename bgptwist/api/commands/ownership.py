"""Commands about routes that have an owner or are only lent for some time."""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.api.call import PAUSE, Call, Command, Lines, Output
from bgptwist.api.changes import Owned
from bgptwist.grammar.tail import lease, owner
from bgptwist.speaker.ledger import Held, Ledger
from bgptwist.speaker.peer import Peer
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.words import Words

PORTION: Final = 500
"""Routes that are looked at before everybody else has a turn."""


def renew(call: Call) -> Output:
    """`ttl SECONDS owner NAME`: all leases of an owner begin anew; Refused when there is none."""
    words = Words(call.words)
    ttl, name = 0.0, ""
    while words.more:
        if words.accept("ttl"):
            ttl = lease(words)
        else:
            words.require("owner")
            name = owner(words)
    if not ttl or not name:
        raise Misspelt("it is not said what to renew", "ttl SECONDS owner NAME", len(words.words))
    count = call.control.speaker.ledger.renew(name, ttl, call.members())
    if not count:
        raise Refused(f"owner {name} has no route with a ttl")
    return None


def withdraw_owner(call: Call) -> Output:
    """`NAME`: withdraw all routes of an owner, whoever asks."""
    words = Words(call.words)
    name = owner(words)
    if words.more:
        raise Misspelt(f"'{words.peek()}' cannot be read", "nothing more", words.at)
    call.change(Owned(name), call.members())
    return None


def showing(wanted: Callable[[Held], object]) -> Callable[[Call], Output]:
    """The command that lists routes with an owner or a lease."""

    def run(call: Call) -> Output:
        words = call.words
        if words not in ([], ["json"]):
            raise Misspelt(f"'{words[0]}' cannot be read", "json or nothing", 0)
        members = call.control.speaker.select(call.selectors, None)
        told = as_json if call.modern or words else as_text
        return lines(call, members, wanted, told)

    return run


Told = Callable[[Ledger, Held, Peer], str]


def lines(call: Call, members: int, wanted: Callable[[Held], object], told: Told) -> Lines:
    """One line for each route and neighbor."""
    speaker = call.control.speaker
    for number, held in enumerate(speaker.ledger.held(), 1):
        if number % PORTION == 0:
            yield PAUSE
        if wanted(held):
            for peer in speaker.members_of(held.members & members):
                yield told(speaker.ledger, held, peer)


def as_text(ledger: Ledger, held: Held, peer: Peer) -> str:
    """`127.0.0.1 ipv4 unicast 10.0.0.1/32 owner ddos ttl 59.9`."""
    route = held.route
    words = f"{peer.settings.peer_address} {route.family.name} {route.family.words(route.nlri)}"
    left = ledger.left(held)
    return words + (f" owner {held.owner}" if held.owner else "") + ("" if left is None else f" ttl {left:.1f}")


def as_json(ledger: Ledger, held: Held, peer: Peer) -> str:
    """`{"neighbor": "127.0.0.1", "family": "ipv4 unicast", "route": "10.0.0.1/32", "owner": "ddos", "ttl": 59.9}`."""
    route = held.route
    left = ledger.left(held)
    shown = {
        "neighbor": peer.settings.peer_address,
        "family": route.family.name,
        "route": route.family.words(route.nlri),
        "owner": held.owner or None,
        "ttl": None if left is None else round(left, 1),
    }
    return dumps(shown)


COMMANDS: Final[tuple[Command, ...]] = (
    Command("withdraw owner", withdraw_owner, peers=True, options="NAME", changes=True),
    Command("renew", renew, peers=True, options="ttl SECONDS owner NAME"),
    Command(
        "show owners",
        showing(lambda held: held.owner),
        modern="rib show owners",
        selected=("show owners",),
        json=True,
        options="[json]",
    ),
    Command(
        "show leases",
        showing(lambda held: held.due is not None),
        modern="rib show leases",
        selected=("show leases",),
        json=True,
        options="[json]",
    ),
)
