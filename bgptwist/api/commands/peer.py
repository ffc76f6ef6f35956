"""Commands about neighbors and their sessions (ExaBGP's API, 2.4, 2.6 and 2.7)."""

from collections.abc import Iterator
from json import dumps
from typing import Final

from bgptwist.api import profile, report
from bgptwist.api.call import Call, Command, Output
from bgptwist.grammar.selector import Selector, plain
from bgptwist.speaker.peer import Peer
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.kinds import Family
from bgptwist.wire.registry import family
from bgptwist.wire.words import number

FORMS: Final = ("summary", "extensive", "configuration", "detail", "json")
USAGE: Final = (
    "missing summary, extensive or configuration",
    "show neighbor [<ip>] summary | extensive | configuration [json]",
)


def family_named(words: list[str]) -> Family:
    """The family of two words; Misspelt for anything else."""
    found = family(words[0], words[1]) if len(words) == 2 else None
    if found is None:
        raise Misspelt(f"'{' '.join(words)}' is no address family", "an AFI and a SAFI, like ipv4 unicast", 0)
    return found


def announce_eor(call: Call) -> Output:
    """`[AFI SAFI]`: send End-of-RIB, of IPv4 unicast when no family is named."""
    found = family_named(call.words or ["ipv4", "unicast"])
    if not call.control.speaker.end_of_rib(found, call.members()):
        raise Refused("no session is established")
    return None


def announce_refresh(call: Call) -> Output:
    """`AFI SAFI`: send ROUTE-REFRESH."""
    found = family_named(call.words)
    if not call.control.speaker.route_refresh(found, call.members()):
        raise Refused("no session is established")
    return None


def teardown(call: Call) -> Output:
    """`CODE`: end sessions with NOTIFICATION 6/CODE; without a neighbor nothing happens, as in ExaBGP."""
    words = call.words
    code = number(words[0]) if len(words) == 1 else -1
    if not 0 <= code <= 255:
        raise Misspelt(f"'{call.text}' is no subcode of Cease", "a number from 0 to 255", 0)
    if call.selectors is None:
        call.control.log("warning", f"helper {call.conversation.name}: teardown without a neighbor does nothing")
        return None
    call.control.speaker.teardown(call.members(), code)
    return None


def show(call: Call) -> Output:
    """`[IP] summary|extensive|configuration|detail [json]`; JSON wins, and without `detail` tells of every neighbor."""
    words = call.words
    address = words[0] if words and words[0] not in FORMS else ""
    asked = set(words[1:] if address else words)
    unknown = asked.difference(FORMS)
    if unknown:
        expected = "summary, extensive, configuration, detail or json"
        raise Misspelt(f"'{min(unknown)}' is no form of show neighbor", expected, 0)
    if "detail" in asked:
        if address and not plain(address):
            raise Misspelt(f"'{address}' cannot be read", "the address of a neighbor, or a form", 0)
        if address:
            call.selectors = [Selector(plain(address))]
        return profile.details(call.control.speaker, call.shown(), call.modern or "json" in asked)
    if call.modern or "json" in asked:
        if address and call.modern:
            call.selectors = [Selector(plain(address))]
        return [dumps([report.neighbor_json(peer) for peer in call.shown()])]
    if not asked:
        return list(USAGE)
    if address:
        call.selectors = [Selector(plain(address))]
    return lines(call, asked)


def lines(call: Call, asked: set[str]) -> Iterator[str]:
    """The text of all neighbors, one after the other."""
    if "summary" in asked:
        yield report.SUMMARY
        for peer in call.shown():
            yield report.summary(peer)
    elif "extensive" in asked:
        for peer in call.shown():
            yield from report.extensive(peer)
    else:
        for peer in call.shown():
            yield from report.configuration(peer.settings)


def listed(peer: Peer) -> dict[str, object]:
    """One neighbor in the list of `peer list`."""
    return {
        "peer-address": peer.settings.peer_address,
        "peer-as": peer.settings.peer_as,
        "state": peer.state.lower(),
    }


def overview(call: Call) -> Output:
    """`[json]`: one row for each neighbor."""
    words = call.words
    if words not in ([], ["json"]):
        raise Misspelt(f"'{call.text}' cannot be read", "json, or nothing more", 0)
    control = call.control
    return profile.overview(control.speaker, call.shown(), control.now(), call.modern or bool(words))


def peer_list(call: Call) -> Output:
    """Addresses, AS numbers and states."""
    return [dumps([listed(peer) for peer in call.shown()])]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("announce eor", announce_eor, peers=True, options="[AFI SAFI]"),
    Command("announce route-refresh", announce_refresh, peers=True, options="AFI SAFI"),
    Command("teardown", teardown, peers=True, options="CODE"),
    Command(
        "show neighbor",
        show,
        modern="peer show",
        selected=("show neighbor", "show"),
        json=True,
        options="[IP] summary|extensive|configuration|detail [json]",
    ),
    Command("show neighbors", overview, modern="peer summary", selected=("summary",), json=True, options="[json]"),
    Command("", peer_list, modern="peer list", selected=("list",), json=True),
)
