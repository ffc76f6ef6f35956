"""Commands with identifiers, batches, leases and owners, from a helper of the installed daemon to the wire and back."""

import signal
import sys
import textwrap
from pathlib import Path

import pytest_twisted

from daemon import Daemon, Start, until
from helper import Helper, relay
from peer import END_OF_RIB, UPDATE, Conversation, Listener

pytest_plugins = ["stage"]

CLIENT = """
    import sys, time
    from bgptwist.client import CommandRefused, Helper

    helper = Helper(identifiers=True)
    if not helper.announce("route 10.9.0.0/16 next-hop 192.0.2.1", owner="client"):
        sys.exit("the first route was refused")
    try:
        with helper.transaction():
            helper.announce("route 10.10.0.0/16 next-hop 192.0.2.1", owner="client", ttl=600)
            helper.announce("route 10.11.0.0/16")
    except CommandRefused as refusal:
        print("REFUSED", refusal.reason, file=sys.stderr)
    with helper.transaction():
        helper.announce("route 10.12.0.0/16 next-hop 192.0.2.1", owner="client")
        helper.announce("route 10.13.0.0/16 next-hop 192.0.2.1")
    print("LEASES", helper.ask("show leases"), file=sys.stderr)
    time.sleep(1.5)
"""


def configuration(folder: Path, listener: Listener, more: str = "", names: str = "h") -> str:
    """A neighbor behind `listener` for the helper `h` and others."""
    return f"""{relay(folder)}{more}
neighbor {listener.address} {{
    router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001; hold-time 30;
    connect {listener.port};
    family {{ ipv4 unicast; }}
    api {{ processes [ {names} ]; neighbor-changes; send {{ parsed; update; notification; }} }}
}}
"""


class Table:
    """What the peer was told: /16 and /32 prefixes, by the octets of their NLRI."""

    def __init__(self, peer: Conversation) -> None:
        self._peer = peer

    def now(self) -> set[bytes]:
        """The NLRI that were announced and not withdrawn."""
        found: set[bytes] = set()
        for kind, body in self._peer.messages:
            if kind != UPDATE or body == END_OF_RIB:
                continue
            withdrawn = int.from_bytes(body[:2], "big")
            attributes = int.from_bytes(body[2 + withdrawn : 4 + withdrawn], "big")
            found -= set(cut(body[2 : 2 + withdrawn]))
            found |= set(cut(body[4 + withdrawn + attributes :]))
        return found


def cut(octets: bytes) -> list[bytes]:
    """The NLRI of a field."""
    found = []
    while octets:
        size = 1 + (octets[0] + 7) // 8
        found.append(octets[:size])
        octets = octets[size:]
    return found


def nlri(second: int) -> bytes:
    """10.SECOND.0.0/16."""
    return bytes((16, 10, second))


async def begun(folder: Path, start: Start, listener: Listener) -> tuple[Daemon, Conversation, Helper]:
    """A daemon with an established session, and its helper."""
    daemon = start(configuration(folder, listener))
    peer = await listener.established(30)
    helper = Helper(folder)
    await until(lambda: "up" in helper.states(), "the helper hears of the session")
    return daemon, peer, helper


@pytest_twisted.ensureDeferred
async def test_answers_and_events_name_the_command(tmp_path: Path, start: Start, listener: Listener) -> None:
    daemon, peer, helper = await begun(tmp_path, start, listener)
    helper.say("@1 announce route 10.1.0.0/16 next-hop 192.0.2.1")
    helper.say("announce route 10.2.0.0/16 next-hop 192.0.2.1 med 5")
    helper.say("@3 announce route 10.3.0.0/16")
    await until(lambda: len(helper.answers()) >= 3, "three answers")
    assert helper.answers()[0] == "@1 done announced 1 withdrawn 0 rejected 0"
    assert helper.answers()[1] == "done"
    assert helper.answers()[2].startswith("@3 error: the route has no next hop")
    await until(lambda: Table(peer).now() == {nlri(1), nlri(2)}, "two routes")

    def causes() -> list[tuple[str, list[str]]]:
        return [(event["type"], event.get("cause", [])) for event in helper.events() if "direction" in str(event)]

    await until(lambda: ("update", ["1"]) in causes(), "the cause of an UPDATE")
    assert ("update", []) in causes()
    helper.say("@4 neighbor 127.0.0.1 teardown 4")
    await until(lambda: "down" in helper.states(), "the end of the session")
    downs = [event for event in helper.events() if event["neighbor"].get("state") == "down"]
    assert downs[0]["cause"] == ["4"]
    assert "Traceback" not in daemon.output


@pytest_twisted.ensureDeferred
async def test_a_batch_is_all_or_nothing(tmp_path: Path, start: Start, listener: Listener) -> None:
    _, peer, helper = await begun(tmp_path, start, listener)
    helper.say("announce route 10.1.0.0/16 next-hop 192.0.2.1")
    await until(lambda: Table(peer).now() == {nlri(1)}, "one route")
    before = len(peer.messages)
    helper.say("batch begin")
    helper.say("withdraw route 10.1.0.0/16")
    helper.say("announce route 10.2.0.0/16 next-hop bogus")
    helper.say("@b batch commit")
    await until(lambda: len(helper.answers()) == 5, "five answers")
    assert helper.answers()[:4] == ["done", "done", "done", "error"]
    assert helper.answers()[4].startswith("@b error: 1 of 2 lines were refused: line 2: ")
    assert all(kind != UPDATE for kind, _ in peer.messages[before:])
    helper.say("batch begin")
    helper.say("withdraw route 10.1.0.0/16")
    for second in range(10, 110):
        helper.say(f"announce route 10.{second}.0.0/16 next-hop 192.0.2.1")
    helper.say("@c batch commit")
    await until(lambda: Table(peer).now() == {nlri(second) for second in range(10, 110)}, "a hundred routes")
    assert helper.answers()[-1] == "@c done announced 100 withdrawn 1 rejected 0"


@pytest_twisted.ensureDeferred
async def test_a_lease_ends_on_the_wire(tmp_path: Path, start: Start, listener: Listener) -> None:
    daemon, peer, helper = await begun(tmp_path, start, listener)
    helper.say("announce route 10.1.0.0/16 next-hop 192.0.2.1 ttl 1.5 owner a")
    helper.say("announce route 10.2.0.0/16 next-hop 192.0.2.1 ttl 600")
    await until(lambda: Table(peer).now() == {nlri(1), nlri(2)}, "two routes")
    await until(lambda: Table(peer).now() == {nlri(2)}, "the withdrawal")
    await until(lambda: "withdrawn because the ttl is over: 10.1.0.0/16 of a" in daemon.output, "a line in the log")
    daemon.signal(signal.SIGTERM)
    assert await daemon.ended() == 0


@pytest_twisted.ensureDeferred
async def test_what_a_helper_owns_goes_with_it(tmp_path: Path, start: Start, listener: Listener) -> None:
    program = tmp_path / "client.py"
    program.write_text(textwrap.dedent(CLIENT))
    section = f"process client {{ run {sys.executable} {program}; encoder json; respawn false; }}\n"
    daemon = start(configuration(tmp_path, listener, section, "h client"))
    peer = await listener.established(30)
    await until(lambda: Table(peer).now() == {nlri(9), nlri(12), nlri(13)}, "three routes")
    helper = Helper(tmp_path)
    helper.say("@1 withdraw route 10.9.0.0/16")
    await until(lambda: helper.answers() == ["@1 error: 10.9.0.0/16 belongs to owner client"], "the refusal")
    await until(lambda: Table(peer).now() == {nlri(13)}, "the routes of the helper go with it")
    assert "REFUSED 1 of 2 lines were refused: line 2: the route has no next hop" in daemon.output
    assert "LEASES []" in daemon.output
    assert "Traceback" not in daemon.output
