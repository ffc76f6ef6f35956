"""Reloads of the installed daemon: signals, neighbors, several files; fifty reloads in ten seconds, twenty peers."""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_twisted
from twisted.internet.interfaces import IAddress

from daemon import BIN, REACTOR, Daemon, Start, free_port, marked, sleep, twistd, until
from peer import END_OF_RIB, KEEPALIVE, NOTIFICATION, OPEN, UPDATE, Conversation, Listener, message, opening

pytest_plugins = ["stage"]
RELAY = Path(__file__).resolve().parent / "relay.py"

CEASE_SHUTDOWN = bytes((6, 2))
CEASE_DECONFIGURED = bytes((6, 3))

MED = 4
COMMUNITIES = 8


@dataclass(frozen=True)
class Route:
    """A /24 of 10.0.0.0/8 with a metric and a community."""

    number: int
    med: int = 0
    community: int = 1

    @property
    def words(self) -> str:
        return (
            f"route 10.{self.number >> 8}.{self.number & 255}.0/24 next-hop 192.0.2.9 med {self.med} "
            f"community [ 65001:{self.community} ];"
        )


@dataclass(frozen=True)
class Neighbor:
    """A neighbor section for the peer behind a listener."""

    address: str
    port: int
    routes: tuple[Route, ...] = ()
    hold_time: int = 90
    description: str = "one"
    helpers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        api = f"api {{ processes [ {' '.join(self.helpers)} ]; neighbor-changes; }}" if self.helpers else ""
        return (
            f"neighbor {self.address} {{\n"
            f" router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001; connect {self.port};\n"
            f" hold-time {self.hold_time}; description {self.description}; family {{ ipv4 unicast; }} {api}\n"
            f" static {{ {' '.join(route.words for route in self.routes)} }}\n"
            "}\n"
        )


@dataclass(frozen=True)
class Configuration:
    """A whole file: helpers by name with a word in their command, and neighbors."""

    neighbors: tuple[Neighbor, ...]
    helpers: tuple[tuple[str, str], ...] = ()
    folder: Path = field(default=Path())

    @property
    def words(self) -> str:
        processes = "".join(
            f"process {name} {{ run {sys.executable} {RELAY} {self.folder}/{name}.events {self.folder}/{name}.commands "
            f"{word}; encoder json; }}\n"
            for name, word in self.helpers
        )
        return processes + "".join(neighbor.words for neighbor in self.neighbors)


def write(path: Path, text: str) -> None:
    """Put a file into place at once: a reload must not see half of it."""
    other = path.with_suffix(".new")
    other.write_text(text)
    os.replace(other, path)


def told(conversation: Conversation) -> dict[int, Route]:
    """The routes that a session holds after all it heard."""
    held: dict[int, Route] = {}
    for kind, body in conversation.messages:
        if kind != UPDATE or body == END_OF_RIB:
            continue
        size = int.from_bytes(body[:2], "big")
        for number in prefixes(body[2 : 2 + size]):
            held.pop(number, None)
        start = 4 + size
        end = start + int.from_bytes(body[2 + size : start], "big")
        values = attributes(body[start:end])
        for number in prefixes(body[end:]):
            held[number] = Route(
                number, int.from_bytes(values[MED], "big"), int.from_bytes(values[COMMUNITIES][2:4], "big")
            )
    return held


def prefixes(octets: bytes) -> Iterable[int]:
    """The numbers of /24 prefixes of 10.0.0.0/8."""
    assert len(octets) % 4 == 0
    for at in range(0, len(octets), 4):
        assert octets[at : at + 2] == bytes((24, 10))
        yield octets[at + 2] << 8 | octets[at + 3]


def attributes(octets: bytes) -> dict[int, bytes]:
    """Attribute values by code."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        wide = octets[at] & 0x10
        size = int.from_bytes(octets[at + 2 : at + (4 if wide else 3)], "big")
        start = at + (4 if wide else 3)
        found[octets[at + 1]] = octets[start : start + size]
        at = start + size
    return found


def states(path: Path) -> list[tuple[str, str]]:
    """The addresses and states that a helper was told."""
    lines = path.read_text().splitlines() if path.exists() else []
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [(each["neighbor"]["address"]["peer"], each["neighbor"]["state"]) for each in found if "neighbor" in each]


def helper_processes(mark: str) -> dict[str, str]:
    """The helpers that run, and the word in their command."""
    found = {}
    for process in marked(mark):
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if str(RELAY) in words:
            found[Path(words[2]).stem] = words[4]
    return found


def section(listener: Listener, *routes: Route, **more: object) -> Neighbor:
    return Neighbor(listener.address, listener.port, routes, **more)  # type: ignore[arg-type]


class TestSignals:
    """What each signal does to a daemon with two neighbors and a helper."""

    async def begin(
        self, tmp_path: Path, start: Start, listener: Listener, generation: str = "5"
    ) -> tuple[Daemon, Conversation]:
        """A daemon whose session is up and whose helper knows it."""
        self.path = tmp_path / "bgptwist.conf"
        self.first = Configuration((section(listener, Route(1), helpers=("h",)),), (("h", "one"),), tmp_path)
        self.events = tmp_path / "h.events"
        daemon = start(self.first.words, settings={"bgptwist_compat_generation": generation})
        peer = await listener.established(90)
        await until(lambda: told(peer) == {1: Route(1)}, "the route")
        await until(lambda: ("127.0.0.1", "up") in states(self.events), "the helper hears of it")
        return daemon, peer

    @pytest_twisted.ensureDeferred
    async def test_usr1_takes_routes_over_and_leaves_sessions_and_helpers(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener)
        helper = self.helper(daemon)
        routes = (Route(2), Route(3, med=7), Route(4))
        for routes in ((Route(1), Route(2)), (Route(2, med=5),), (Route(2, med=5, community=9), Route(3))):
            before = peer.count(UPDATE)
            write(self.path, replace(self.first, neighbors=(section(listener, *routes, helpers=("h",)),)).words)
            daemon.signal(signal.SIGUSR1)
            await until(lambda wanted=routes: told(peer) == {each.number: each for each in wanted}, "the new routes")
            assert peer.count(UPDATE) - before <= 2, "a message for what goes and one for what comes"
        assert (len(listener.connections), peer.count(NOTIFICATION), self.helper(daemon)) == (1, 0, helper)
        assert states(self.events) == [("127.0.0.1", "connected"), ("127.0.0.1", "up")]

    @pytest_twisted.ensureDeferred
    async def test_usr1_starts_again_a_helper_whose_command_changed_and_tells_it_the_states(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener)
        before = self.helper(daemon)
        write(self.path, replace(self.first, helpers=(("h", "two"),)).words)
        daemon.signal(signal.SIGUSR1)
        await until(lambda: helper_processes(daemon.mark) == {"h": "two"}, "the new command runs")
        known = [("127.0.0.1", "connected"), ("127.0.0.1", "up")]
        await until(lambda: states(self.events) == known * 2, "the helper is told what it missed")
        assert self.helper(daemon) != before
        assert (len(listener.connections), peer.lost) == (1, False)

    @pytest_twisted.ensureDeferred
    async def test_usr1_tells_a_new_helper_and_one_that_is_newly_attached_the_states(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener)
        before = self.helper(daemon)
        known = [("127.0.0.1", "connected"), ("127.0.0.1", "up")]
        both = (("h", "one"), ("k", "one"), ("l", "one"))
        attached = section(listener, Route(1), helpers=("h", "k"))
        write(self.path, replace(self.first, helpers=both, neighbors=(attached,)).words)
        daemon.signal(signal.SIGUSR1)
        await until(lambda: states(tmp_path / "k.events") == known, "the new helper is told")
        more = replace(attached, helpers=("h", "k", "l"))
        write(self.path, replace(self.first, helpers=both, neighbors=(more,)).words)
        daemon.signal(signal.SIGUSR1)
        await until(lambda: states(tmp_path / "l.events") == known, "so is the one that was not attached before")
        await sleep(0.3)
        assert [states(tmp_path / f"{name}.events") for name in "hkl"] == [known] * 3, "everybody once"
        assert (self.helper(daemon), len(listener.connections), peer.lost) == (before, 1, False)

    @pytest_twisted.ensureDeferred
    async def test_a_helper_that_died_is_told_the_states_in_its_next_run(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, _ = await self.begin(tmp_path, start, listener)
        os.kill(self.helper(daemon), signal.SIGKILL)
        known = [("127.0.0.1", "connected"), ("127.0.0.1", "up")]
        await until(lambda: states(self.events) == known * 2, "it is told again")

    @pytest.mark.parametrize("generation", ["5", "6"])
    @pytest_twisted.ensureDeferred
    async def test_usr2_starts_helpers_again(
        self, generation: str, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener, generation)
        before = self.helper(daemon)
        write(self.path, replace(self.first, neighbors=(section(listener, Route(2), helpers=("h",)),)).words)
        daemon.signal(signal.SIGUSR2)
        await until(lambda: told(peer) == {2: Route(2)}, "the new routes")
        known = [("127.0.0.1", "connected"), ("127.0.0.1", "up")]
        if generation == "5":
            await until(lambda: states(self.events) == known * 2, "all helpers start again")
            assert self.helper(daemon) != before
        else:
            await sleep(0.5)
            assert (self.helper(daemon), states(self.events)) == (before, known), "only those that changed"
        assert (len(listener.connections), peer.lost) == (1, False)

    @pytest_twisted.ensureDeferred
    async def test_alrm_resets_sessions_and_takes_the_file(
        self, tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener)
        neighbors = (section(listener, Route(2), helpers=("h",)), section(other_listener, Route(3)))
        write(self.path, replace(self.first, neighbors=neighbors).words)
        daemon.signal(signal.SIGALRM)
        assert (await peer.receive(NOTIFICATION))[:2] == CEASE_DECONFIGURED
        again, new = await listener.established(90), await other_listener.established(90)
        await until(lambda: told(again) == {2: Route(2)}, "removed routes stay removed")
        await until(lambda: told(new) == {3: Route(3)}, "new neighbors start")

    @pytest_twisted.ensureDeferred
    async def test_alrm_with_a_broken_file_resets_nothing(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon, peer = await self.begin(tmp_path, start, listener)
        write(self.path, self.first.words.replace("hold-time 90", "hold-time 1"))
        daemon.signal(signal.SIGALRM)
        await until(lambda: "was not reloaded" in daemon.output, "the reason is logged")
        await sleep(0.3)
        assert (peer.lost, peer.count(NOTIFICATION), len(listener.connections)) == (False, 0, 1)

    @pytest_twisted.ensureDeferred
    async def test_the_command_does_what_usr1_does(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        _, peer = await self.begin(tmp_path, start, listener)
        write(self.path, replace(self.first, neighbors=(section(listener, Route(2), helpers=("h",)),)).words)
        with (tmp_path / "h.commands").open("a") as commands:
            commands.write("reload\n")
        await until(lambda: told(peer) == {2: Route(2)}, "the new routes")
        await until(lambda: "reload in progress\ndone\n" in self.events.read_text(), "the answer")

    @pytest_twisted.ensureDeferred
    async def test_each_signal_is_an_event(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        path = tmp_path / "bgptwist.conf"
        told_signals = Configuration((section(listener),), (("h", "one"),), tmp_path).words
        told_signals = told_signals.replace("family {", "api { processes [ h ]; signal; } family {")
        daemon = start(told_signals)
        await listener.established(90)
        daemon.signal(signal.SIGUSR1)
        events = tmp_path / "h.events"
        await until(lambda: events.exists() and '"signal"' in events.read_text(), f"the event, {path}")

    def helper(self, daemon: Daemon) -> int:
        """The process of the helper."""
        found = []
        for process in marked(daemon.mark):
            try:
                words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if str(self.events) in words:
                found.append(process)
        return found[-1] if found else 0


class TestNeighbors:
    """The rows of the table of neighbors."""

    @pytest_twisted.ensureDeferred
    async def test_changed_new_and_removed_ones(
        self, tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        path = tmp_path / "bgptwist.conf"
        helpers = (("h", "one"),)
        one, two = section(listener, Route(1), helpers=("h",)), section(other_listener, Route(2), helpers=("h",))
        whole = Configuration((one, two), helpers, tmp_path)
        daemon = start(whole.words)
        changed, removed = await listener.established(90), await other_listener.established(90)
        await until(lambda: told(changed) and told(removed), "the routes")
        with (tmp_path / "h.commands").open("a") as commands:
            commands.write("announce route 10.0.99.0/24 next-hop 192.0.2.9 med 0 community [ 65001:1 ]\n")
        await until(lambda: 99 in told(changed) and 99 in told(removed), "the route of the helper")
        write(path, replace(whole, neighbors=(replace(one, hold_time=60, routes=(Route(5),)),)).words)
        daemon.signal(signal.SIGUSR1)
        for peer in (changed, removed):
            assert (await peer.receive(NOTIFICATION))[:2] == CEASE_DECONFIGURED
            await until(lambda peer=peer: peer.lost, "the connection is closed")
        again = await listener.established(60)
        await until(lambda: told(again) == {5: Route(5), 99: Route(99)}, "the file's routes, and the helper's")
        await until(lambda: states(tmp_path / "h.events")[-1] == ("127.0.0.1", "up"), "the events")
        assert ("127.0.0.2", "down") in states(tmp_path / "h.events"), "the helper hears that the neighbor left"
        write(path, whole.words)
        daemon.signal(signal.SIGUSR1)
        new = await other_listener.established(90)
        await until(lambda: told(new) == {2: Route(2)}, "a new neighbor knows nothing of the old one's routes")

    @pytest_twisted.ensureDeferred
    async def test_ports_of_neighbors_open_and_close(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        path = tmp_path / "bgptwist.conf"
        port = free_port()
        plain = Configuration((section(listener),)).words
        listening = plain.replace("hold-time 90;", f"hold-time 90; listen {port};")
        daemon = start(plain)
        await listener.established(90)
        for text, wanted in ((listening, True), (plain, False), (listening, True)):
            write(path, text)
            daemon.signal(signal.SIGUSR1)
            await until(lambda wanted=wanted: is_open(port) is wanted, f"the port is open: {wanted}")


def is_open(port: int) -> bool:
    """Whether a socket of this machine listens on that port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


class TestLongFiles:
    """Sixty thousand routes, and a peer that wants to hear something every second."""

    @pytest_twisted.ensureDeferred
    async def test_sessions_live_while_a_long_file_is_read(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        routes = tuple(Route(number, med=number % 500) for number in range(60_000))
        path = tmp_path / "bgptwist.conf"
        daemon = start(Configuration((section(listener, *routes, hold_time=3),)).words)
        peer = await listener.established(3)
        await until(lambda: peer.count(UPDATE) and len(told(peer)) == len(routes), "all routes", 30)
        for _ in range(3):
            routes = (*routes[:100], *routes[200:], Route(65_000 + len(routes) % 500))
            write(path, Configuration((section(listener, *routes, hold_time=3),)).words)
            before = peer.count(UPDATE)
            daemon.signal(signal.SIGUSR1)
            await until(lambda before=before: peer.count(UPDATE) > before, "the changes", 30)
        await until(lambda: told(peer) == {each.number: each for each in routes}, "the last file", 30)
        assert (len(listener.connections), peer.lost, peer.count(NOTIFICATION)) == (1, False, 0)


class TestSeveralFiles:
    """Of several files each gets a process, unless they are the states of one, which they always are for twistd."""

    @pytest_twisted.ensureDeferred
    async def test_a_process_for_each(
        self, tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        files = [tmp_path / "one.conf", tmp_path / "two.conf"]
        for path, each in zip(files, (listener, other_listener), strict=True):
            path.write_text(Configuration((section(each, Route(1)),)).words)
        daemon = start(command=self.command(*files))
        peers = [await listener.established(90), await other_listener.established(90)]
        await until(lambda: all(told(peer) == {1: Route(1)} for peer in peers), "the routes")
        assert len(marked(daemon.mark)) == 3, "the parent and two others"
        for path, each in zip(files, (listener, other_listener), strict=True):
            write(path, Configuration((section(each, Route(2)),)).words)
        daemon.signal(signal.SIGUSR1)
        await until(lambda: all(told(peer) == {2: Route(2)} for peer in peers), "both are reloaded")
        daemon.signal(signal.SIGTERM)
        for peer in peers:
            assert (await peer.receive(NOTIFICATION))[:2] == CEASE_SHUTDOWN
        assert await daemon.ended() == 0
        await daemon.gone()

    @pytest_twisted.ensureDeferred
    async def test_nothing_starts_when_one_is_broken(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        good, bad = tmp_path / "good.conf", tmp_path / "bad.conf"
        good.write_text(Configuration((section(listener),)).words)
        bad.write_text(good.read_text().replace("hold-time", "holdtime"))
        daemon = start(command=self.command(good, bad))
        assert await daemon.ended() == 1
        assert "bad.conf:3:2: " in daemon.output
        assert not listener.connections
        await daemon.gone()

    @pytest_twisted.ensureDeferred
    async def test_one_log_file_for_several_is_refused(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        path = tmp_path / "one.conf"
        path.write_text(Configuration((section(listener),)).words)
        settings = {"exabgp_log_destination": str(tmp_path / "log")}
        daemon = start(command=self.command(path, path), settings=settings)
        assert await daemon.ended() == 1
        assert "several processes cannot write the log" in daemon.output

    @pytest.mark.parametrize("way", ["twistd", "server"])
    @pytest_twisted.ensureDeferred
    async def test_with_rotate_each_reload_takes_the_next(
        self, way: str, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        files = [tmp_path / f"{number}.conf" for number in (1, 2, 3)]
        for number, path in enumerate(files, 1):
            path.write_text(Configuration((section(listener, Route(number)),)).words)
        if way == "twistd":
            daemon = start(command=twistd(*files))
        else:
            daemon = start(command=self.command(*files), settings={"exabgp_debug_rotate": "true"})
        peer = await listener.established(90)
        for number in (1, 2, 3, 1, 2):
            await until(lambda number=number: told(peer) == {number: Route(number)}, f"the routes of file {number}")
            daemon.signal(signal.SIGUSR1)
        assert len(listener.connections) == 1

    def command(self, *files: Path) -> list[str]:
        return [str(BIN / "bgptwist"), "server", f"--reactor={REACTOR}", *map(str, files)]


class Mutator:
    """Makes one file of another, at random; knows which neighbors never changed in a way that needs a new session."""

    def __init__(self, seed: int, listeners: list[Listener], folder: Path) -> None:
        self.random = random.Random(seed)
        self.listeners = listeners
        self.steady = {each.address for each in listeners[:12]}
        """The peers that keep their sessions: the first twelve."""
        self.now = Configuration(
            tuple(section(each, *(Route(number) for number in range(40))) for each in listeners),
            (("h", "1"), ("k", "1")),
            folder,
        )

    def step(self) -> None:
        """Another good file."""
        neighbors = [self.neighbor(each) for each in self.now.neighbors]
        loose = [each for each in self.listeners if each.address not in self.steady]
        present = {each.address for each in neighbors}
        if self.random.random() < 0.4:
            chosen = self.random.choice(loose)
            if chosen.address in present:
                neighbors = [each for each in neighbors if each.address != chosen.address]
            else:
                neighbors.append(section(chosen, Route(1), Route(2, med=9)))
        helpers = self.now.helpers
        if self.random.random() < 0.15:
            helpers = (("h", "1"), ("k", str(self.random.randrange(9))))
        self.random.shuffle(neighbors)
        self.now = replace(self.now, neighbors=tuple(neighbors), helpers=helpers)

    def neighbor(self, before: Neighbor) -> Neighbor:
        """Another state of a neighbor."""
        draw = self.random.random
        routes = {route.number: route for route in before.routes}
        for _ in range(self.random.randrange(12)):
            number = self.random.randrange(60)
            if draw() < 0.4:
                routes.pop(number, None)
            else:
                routes[number] = Route(number, self.random.randrange(4), self.random.randrange(1, 5))
        found = replace(before, routes=tuple(routes.values()))
        if draw() < 0.2:
            found = replace(found, description=f"text{self.random.randrange(99)}")
        if draw() < 0.2:
            found = replace(found, helpers=self.random.choice(((), ("h",), ("h", "k"))))
        if before.address not in self.steady and draw() < 0.15:
            found = replace(found, hold_time=self.random.choice((60, 90, 120)))
        return found

    def broken(self) -> str:
        """A file that must be refused: some good changes, and something wrong behind them."""
        before = self.now
        self.step()
        text, self.now = self.now.words, before
        return self.random.choice(
            (
                text + "neighbor 127.0.0.99 { nonsense; }",
                text.replace("hold-time 90", "hold-time 2", 1),
                text + 'process x { run "/bin/true; }',
                text.replace("med 0", "med none", 1),
                text + "}",
                "",
            )
        )


class Willing(Conversation):
    """Answers the daemon's OPEN at once."""

    def dataReceived(self, data: bytes) -> None:
        before = self.count(OPEN)
        super().dataReceived(data)
        if self.count(OPEN) > before:
            self.send(opening(hold_time=90) + message(KEEPALIVE))
            self.keep_alive(90)


class Answering(Listener):
    """A port whose connections become sessions by themselves."""

    def buildProtocol(self, address: IAddress) -> Conversation:
        self.connections.append(Willing())
        return self.connections[-1]


class TestManyReloads:
    """Fifty reloads in ten seconds, twenty peers, files that change at random, some of them broken."""

    @pytest.mark.parametrize("seed", [1, 2])
    @pytest_twisted.ensureDeferred
    async def test_the_last_good_file_counts(self, seed: int, tmp_path: Path, start: Start) -> None:
        path = tmp_path / "bgptwist.conf"
        listeners: list[Listener] = [Answering(f"127.0.0.{number}") for number in range(2, 22)]
        try:
            mutator = Mutator(seed, listeners, tmp_path)
            daemon = start(mutator.now.words)
            await until(
                lambda: all(each.connections and told(each.connections[-1]) for each in listeners), "all are up"
            )
            began = time.monotonic()
            refused = 0
            for number in range(50):
                if number < 49 and mutator.random.random() < 0.2:
                    write(path, mutator.broken())
                    refused += 1
                else:
                    mutator.step()
                    write(path, mutator.now.words)
                daemon.signal(signal.SIGUSR1)
                await sleep(max(0.0, began + (number + 1) * 0.19 - time.monotonic()))
            took = time.monotonic() - began
            assert took < 10.5, f"the test machine took {took:.1f} s for 50 signals"
            wanted = {each.address: {route.number: route for route in each.routes} for each in mutator.now.neighbors}
            await until(lambda: self.held(listeners, wanted) == wanted, "everybody holds the routes of the last file")
            await until(lambda: helper_processes(daemon.mark) == dict(mutator.now.helpers), "the last file's helpers")
            for listener in listeners:
                live = [each for each in listener.connections if not each.lost]
                assert len(live) == (listener.address in wanted), listener.address
                if listener.address in mutator.steady:
                    assert len(listener.connections) == 1, f"{listener.address} kept its session"
                    assert live[0].count(NOTIFICATION) == 0
            assert refused > 3
            assert daemon.output.count("the configuration was reloaded from") > 25
            assert "was not reloaded" in daemon.output
            assert "Traceback" not in daemon.output
        finally:
            for listener in listeners:
                await listener.close()

    def held(self, listeners: list[Listener], wanted: dict[str, dict[int, Route]]) -> dict[str, dict[int, Route]]:
        """What the peers hold whose session is up, or should be."""
        found: dict[str, dict[int, Route]] = {}
        for listener in listeners:
            live = [each for each in listener.connections if not each.lost]
            if live:
                found[listener.address] = told(live[-1])
        return found
