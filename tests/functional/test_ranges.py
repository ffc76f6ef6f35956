"""The installed daemon with a range of neighbors: thirty peers, limits, those who leave and come again."""

import json
import signal
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_twisted

from daemon import Daemon, Start, free_port, sleep, until
from peer import END_OF_RIB, KEEPALIVE, NOTIFICATION, OPEN, UPDATE, Conversation, connect, message, opening, update

pytest_plugins = ["stage"]
RELAY = Path(__file__).resolve().parent / "relay.py"
HOLD = 30
PEERS = 30

ROUTES = """
    static {
        route 198.51.100.0/24 next-hop 192.0.2.9;
        route 198.51.101.0/24 next-hop 192.0.2.9 med 5;
    }
"""


def configuration(port: int, folder: Path, inside: str = "", before: str = "") -> str:
    """A range of the loopback network, with a helper that is told everything."""
    events, commands = folder / "events", folder / "commands"
    return f"""
process relay {{ run {sys.executable} {RELAY} {events} {commands}; encoder json; }}
{before}
neighbor 127.0.1.0/24 {{
    passive;
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as auto;
    hold-time {HOLD};
    listen {port};
    family {{ ipv4 unicast; }}
    api {{ processes [ relay ]; neighbor-changes; receive {{ parsed; update; }} }}
    {inside}
}}
"""


class Stage:
    """A daemon with a range, and the peers that the test connects."""

    def __init__(self, daemon: Daemon, port: int, folder: Path) -> None:
        self.daemon = daemon
        self.port = port
        self.folder = folder
        self.peers: dict[str, Conversation] = {}

    async def ready(self) -> None:
        await until(lambda: "runs with" in self.daemon.output, "the daemon runs")

    async def call(self, address: str) -> Conversation:
        """A connection from that address."""
        peer = self.peers[address] = await connect(self.port, address)
        return peer

    async def come(self, address: str, asn: int = 65002) -> Conversation:
        """A session from that address."""
        peer = await self.call(address)
        await peer.receive(OPEN)
        identifier = f"10.1.{address.split('.')[2]}.{address.split('.')[3]}"
        peer.send(opening(asn=asn, hold_time=HOLD, identifier=identifier) + message(KEEPALIVE))
        await peer.receive(KEEPALIVE)
        peer.keep_alive(HOLD)
        return peer

    def events(self) -> list[Any]:
        path = self.folder / "events"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]

    def states(self, address: str) -> list[str]:
        """The states that helpers heard of one peer."""
        found = [event["neighbor"] for event in self.events() if event["type"] == "state"]
        return [each["state"] for each in found if each["address"]["peer"] == address]

    def answers(self) -> list[str]:
        """What the helper read beside events."""
        lines = (self.folder / "events").read_text().splitlines()
        return [line for line in lines if not line.startswith("{")]

    async def command(self, line: str) -> list[str]:
        """Say a line as the helper; what is answered before `done` or `error`."""
        before = len(self.answers())
        with (self.folder / "commands").open("a") as commands:
            commands.write(f"{line}\n")

        def answered() -> list[str]:
            lines = self.answers()[before:]
            return lines if lines and lines[-1] in ("done", "error") else []

        return await until(answered, f"an answer to {line}")

    def close(self) -> None:
        for peer in self.peers.values():
            if not peer.lost:
                peer.close()


@pytest_twisted.async_yield_fixture
async def stages(start: Start, tmp_path: Path) -> AsyncIterator[Any]:
    """Makes stages; their connections are closed after the test."""
    found: list[Stage] = []

    async def make(inside: str = "", before: str = "") -> Stage:
        port = free_port()
        stage = Stage(start(configuration(port, tmp_path, inside, before)), port, tmp_path)
        found.append(stage)
        await stage.ready()
        return stage

    yield make
    for stage in found:
        stage.close()


def prefixes(peer: Conversation) -> set[bytes]:
    """The IPv4 prefixes of 24 bits that a peer was told and not told to forget."""
    held: set[bytes] = set()
    for kind, body in peer.messages:
        if kind == UPDATE:
            gone = struct.unpack("!H", body[:2])[0]
            size = struct.unpack("!H", body[2 + gone : 4 + gone])[0]
            held -= {body[at : at + 4] for at in range(2, 2 + gone, 4)}
            held |= {body[at : at + 4] for at in range(4 + gone + size, len(body), 4)}
    return held


def third(*numbers: int) -> set[bytes]:
    return {bytes((24, 198, 51, number)) for number in numbers}


def memory(process: int) -> int:
    """KiB of memory that a process holds now."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


@pytest_twisted.ensureDeferred
async def test_thirty_peers_are_each_told_everything(stages: Any) -> None:
    stage = await stages(ROUTES + "range-idle 1;")
    addresses = [f"127.0.1.{number}" for number in range(1, PEERS + 1)]
    for number, address in enumerate(addresses):
        await stage.come(address, 65100 + number)
    for address in addresses:
        peer = stage.peers[address]
        await until(lambda peer=peer: (UPDATE, END_OF_RIB) in peer.messages, "the End-of-RIB")
        assert prefixes(peer) == third(100, 101)
    assert await stage.command("announce route 198.51.102.0/24 next-hop 192.0.2.9") == ["done"]
    assert await stage.command("neighbor 127.0.1.7 announce route 198.51.103.0/24 next-hop 192.0.2.9") == ["done"]
    assert await stage.command("neighbor * peer-as 65109 announce route 198.51.104.0/24 next-hop 192.0.2.9") == ["done"]
    for address, more in (("127.0.1.7", (103,)), ("127.0.1.10", (104,)), ("127.0.1.30", ())):
        wanted = third(100, 101, 102, *more)
        await until(lambda: prefixes(stage.peers[address]) == wanted, f"the routes of {address}")  # noqa: B023
    late = await stage.come("127.0.1.99")
    await until(lambda: prefixes(late) == third(100, 101, 102), "what was announced before")
    late.send(update("203.0.113.0/24", asn=65002))
    await until(
        lambda: any(
            event["type"] == "update" and event["neighbor"]["address"]["peer"] == "127.0.1.99"
            for event in stage.events()
        ),
        "the event of one peer",
    )
    shown = (await stage.command("show neighbor summary"))[1:-1]
    assert len(shown) == PEERS + 2
    assert shown[0].split()[0] == "127.0.1.0/24"
    assert {line.split()[1] for line in shown if line.startswith("127.0.1.10 ")} == {"65109"}
    stage.close()
    await until(lambda: all(stage.states(address)[-1:] == ["down"] for address in addresses), "everybody is down")
    await sleep(3)
    shown = (await stage.command("show neighbor summary"))[1:-1]
    assert [line.split()[0] for line in shown] == ["127.0.1.0/24"], "nobody is left"
    assert stage.states("127.0.1.5") == ["connected", "up", "down"]
    stage.daemon.signal(signal.SIGTERM)
    assert await stage.daemon.ended() == 0
    assert "Traceback" not in stage.daemon.output
    await stage.daemon.gone()


@pytest_twisted.ensureDeferred
async def test_no_more_than_the_limit(stages: Any) -> None:
    stage = await stages("range-limit 3; range-idle 60;")
    for number in range(1, 4):
        await stage.come(f"127.0.1.{number}")
    refused = await stage.call("127.0.1.4")
    assert (await refused.receive(OPEN))[1:3] == struct.pack("!H", 65001)
    assert (await refused.receive(NOTIFICATION))[:2] == bytes((6, 5))
    await until(lambda: refused.lost, "the connection is closed")
    stage.peers["127.0.1.2"].close()
    await until(lambda: stage.states("127.0.1.2")[-1:] == ["down"], "one left")
    await stage.come("127.0.1.4")
    assert not any(stage.peers[f"127.0.1.{number}"].lost for number in (1, 3, 4))
    shown = await stage.command("show neighbor extensive")
    assert any(line.split() == ["range", "peers", "3", "of", "3", "1", "refused"] for line in shown), shown


@pytest_twisted.ensureDeferred
async def test_a_neighbor_of_its_own_counts_more_than_the_range(stages: Any) -> None:
    other = (
        "neighbor 127.0.1.5 { passive; router-id 10.0.0.1; local-address 127.0.0.1; local-as 65077; peer-as 65002; }"
    )
    stage = await stages(ROUTES)
    port = stage.port
    path = stage.folder / "bgptwist.conf"
    one = await stage.come("127.0.1.5")
    bystander = await stage.come("127.0.1.6")
    await until(lambda: prefixes(one) == third(100, 101), "the routes of the range")
    path.write_text(path.read_text() + other.replace("passive;", f"passive; listen {port};"))
    stage.daemon.signal(signal.SIGUSR1)
    assert (await one.receive(NOTIFICATION))[:2] == bytes((6, 3))
    again = await stage.call("127.0.1.5")
    assert (await again.receive(OPEN))[1:3] == struct.pack("!H", 65077)
    path.write_text(path.read_text().replace("198.51.101.0/24", "198.51.109.0/24"))
    stage.daemon.signal(signal.SIGUSR1)
    await until(lambda: prefixes(bystander) == third(100, 109), "the routes of the new file")
    assert not bystander.lost
    path.write_text(path.read_text().replace("127.0.1.0/24", "127.0.2.0/24"))
    stage.daemon.signal(signal.SIGUSR1)
    assert (await bystander.receive(NOTIFICATION))[:2] == bytes((6, 3))


@pytest_twisted.ensureDeferred
async def test_who_tells_too_much_is_shut_out_for_a_while(stages: Any) -> None:
    stage = await stages("maximum-prefix 3 restart 4; maximum-prefix ipv4 unicast 100 warning-only; range-idle 0;")
    loud, quiet = await stage.come("127.0.1.1"), await stage.come("127.0.1.2")
    for number in range(4):
        loud.send(update(f"203.0.{number}.0/24", asn=65002))
    assert (await loud.receive(NOTIFICATION)).hex() == "060100010100000003"
    await until(lambda: loud.lost, "the connection is closed")
    early = await connect(stage.port, "127.0.1.1")
    await until(lambda: early.lost, "a connection that comes too early is closed")
    assert early.count(OPEN) == 0
    events = [event["neighbor"] for event in stage.events() if event["type"] == "state"]
    assert [event["reason"] for event in events if event["state"] == "down"] == ["notification sent (6,1)"]
    await sleep(4)
    again = await stage.come("127.0.1.1")
    assert not again.lost and not quiet.lost
    assert "maximum-prefix: 4 routes, 3 are allowed" in stage.daemon.output


@pytest_twisted.ensureDeferred
async def test_nobody_is_told_more_than_is_wanted(stages: Any) -> None:
    stage = await stages(ROUTES + "maximum-prefix-out 3;")
    peer = await stage.come("127.0.1.1")
    for number in range(110, 120):
        await stage.command(f"announce route 198.51.{number}.0/24 next-hop 192.0.2.9")
    await until(lambda: prefixes(peer) == third(100, 101, 110), "three routes")
    shown = await stage.command("show neighbor extensive")
    assert any(line.split() == ["maximum-prefix-out", "9", "wait"] for line in shown), shown
    await stage.command("withdraw route 198.51.110.0/24 next-hop 192.0.2.9")
    await until(lambda: prefixes(peer) == third(100, 101, 111), "the next one")
    assert stage.daemon.output.count("maximum-prefix-out") == 1


@pytest_twisted.ensureDeferred
async def test_coming_and_going_leaves_nothing(stages: Any) -> None:
    stage = await stages(ROUTES + "range-idle 0; maximum-prefix 100;")

    async def round_of(first: int) -> None:
        for number in range(first, first + 20):
            peer = await stage.come(f"127.0.1.{number}", 65000 + number)
            peer.send(update("203.0.113.0/24", asn=65000 + number))
        await until(lambda: all((UPDATE, END_OF_RIB) in peer.messages for peer in stage.peers.values()), "End-of-RIB")
        stage.close()
        stage.peers.clear()
        await sleep(1.5)

    await round_of(1)
    before = memory(stage.daemon.process.pid)
    for first in (21, 41, 61, 81, 101):
        await round_of(first)
    assert memory(stage.daemon.process.pid) - before < 3000, "KiB for a hundred peers that are gone"
    shown = (await stage.command("show neighbor summary"))[1:-1]
    assert len(shown) == 1
    assert "Traceback" not in stage.daemon.output
