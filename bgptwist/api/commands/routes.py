"""Commands that announce and withdraw routes (ExaBGP's API, 2.3)."""

from collections.abc import Callable
from typing import Final

from bgptwist.api.call import Call, Command, Output
from bgptwist.api.changes import Routes
from bgptwist.grammar import reported
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.registry import BY_NAME
from bgptwist.wire.route import Announcement

Reader = Callable[[Call, bool], Announcement]
"""Reads the words of a call, which withdraws or does not."""


def route(call: Call, withdraw: bool) -> Announcement:
    """`route PREFIX ATTRIBUTES`."""
    return call.control.routes.announcement(call.text, withdraw=withdraw)


def attributes(call: Call, withdraw: bool) -> Announcement:
    """`attributes ATTRIBUTES nlri PREFIX PREFIX`."""
    return call.control.routes.attributes(call.text, withdraw=withdraw)


def of_afi(afi: str, usual: str = "") -> Reader:
    """`ipv4 SAFI ...`, `ipv6 SAFI ...`; the `usual` SAFI may be left out."""

    def read(call: Call, withdraw: bool) -> Announcement:
        safi, _, text = call.text.partition(" ")
        if usual and f"{afi} {safi}" not in BY_NAME:
            return call.control.routes.family_route(afi, usual, call.text, withdraw=withdraw)
        try:
            return call.control.routes.family_route(afi, safi, text.strip(), withdraw=withdraw)
        except Misspelt as error:
            error.at += 1
            raise

    return read


def of_family(afi: str, safi: str) -> Reader:
    """A command that names one family."""

    def read(call: Call, withdraw: bool) -> Announcement:
        return call.control.routes.family_route(afi, safi, call.text, withdraw=withdraw)

    return read


def flow(call: Call, withdraw: bool) -> Announcement:
    """`flow route COMPONENTS ACTIONS`, flat or in braces."""
    return call.control.routes.flow_route(call.text, withdraw=withdraw)


def announce_json(call: Call) -> Output:
    """`announce json OBJECT`: what an event announces is announced, what it withdraws is withdrawn."""
    members = call.members()
    found = reported.read(call.control.routes, call.text)
    announced = [Routes(announcement, False) for announcement in found.announced]
    withdrawn = [Routes(announcement, True) for announcement in found.withdrawn]
    call.change_all([*announced, *withdrawn], members)
    return None


def withdraw_json(call: Call) -> Output:
    """`withdraw json OBJECT`: all routes that an event names are withdrawn."""
    members = call.members()
    found = reported.read(call.control.routes, call.text)
    call.change_all([Routes(each, True) for each in (*found.announced, *found.withdrawn)], members)
    return None


def announcing(read: Reader) -> Callable[[Call], Output]:
    """The command that announces what `read` finds."""

    def run(call: Call) -> Output:
        members = call.members()
        announce(call, read(call, False), members)
        return None

    return run


def withdrawing(read: Reader) -> Callable[[Call], Output]:
    """The command that withdraws what `read` finds."""

    def run(call: Call) -> Output:
        members = call.members()
        withdraw(call, read(call, True), members)
        return None

    return run


def announce(call: Call, announcement: Announcement, members: int) -> None:
    """Announce, or remember under the name of a watchdog."""
    call.change(Routes(announcement, False), members)


def withdraw(call: Call, announcement: Announcement, members: int) -> None:
    """Withdraw."""
    call.change(Routes(announcement, True), members)


def pair(words: str, read: Reader, options: str) -> tuple[Command, Command]:
    """The command that announces and its counterpart."""
    return (
        Command(f"announce {words}", announcing(read), peers=True, options=options, changes=True),
        Command(f"withdraw {words}", withdrawing(read), peers=True, options=options, changes=True),
    )


COMMANDS: Final[tuple[Command, ...]] = (
    *pair("route", route, "PREFIX [ATTRIBUTE ...]"),
    *pair("attributes", attributes, "[ATTRIBUTE ...] nlri PREFIX ..."),
    *pair("attribute", attributes, "[ATTRIBUTE ...] nlri PREFIX ..."),
    Command("announce json", announce_json, peers=True, verbatim=True, options="UPDATE-EVENT", changes=True),
    Command("withdraw json", withdraw_json, peers=True, verbatim=True, options="UPDATE-EVENT", changes=True),
    *pair("ipv4", of_afi("ipv4"), "SAFI PREFIX [ATTRIBUTE ...]"),
    *pair("ipv6", of_afi("ipv6"), "SAFI PREFIX [ATTRIBUTE ...]"),
    *pair("l2vpn", of_afi("l2vpn"), "SAFI NLRI [ATTRIBUTE ...]"),
    *pair("bgp-ls", of_afi("bgp-ls", "bgp-ls"), "[SAFI] NLRI [ATTRIBUTE ...]"),
    *pair("evpn", of_family("l2vpn", "evpn"), "TYPE NLRI [ATTRIBUTE ...]"),
    *pair("rtc", of_family("ipv4", "rtc"), "NLRI [ATTRIBUTE ...]"),
    *pair("flow", flow, "route COMPONENT ... ACTION ..."),
    *pair("vpls", of_family("l2vpn", "vpls"), "rd A:B endpoint N base N offset N size N next-hop IP [ATTRIBUTE ...]"),
)
