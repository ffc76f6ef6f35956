"""The installed daemon in bad company: peers that send rubbish, helpers that misbehave, files that do not parse."""

import re
import signal
import sys
import textwrap
from pathlib import Path

import pytest
import pytest_twisted

from daemon import BIN, Start, free_port, sleep, twistd, until
from peer import (
    IPV6_UNICAST,
    KEEPALIVE,
    MARKER,
    NOTIFICATION,
    OPEN,
    UPDATE,
    Listener,
    connect,
    message,
    opening,
    update,
)

pytest_plugins = ["stage"]
RELAY = Path(__file__).resolve().parent / "relay.py"

CEASE_SHUTDOWN = bytes((6, 2))


def neighbor(listener: Listener, inside: str = "", hold_time: int = 9) -> str:
    """A neighbor section for the peer behind `listener`, with more statements `inside`."""
    return f"""
neighbor {listener.address} {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65001;
    hold-time {hold_time};
    connect {listener.port};
    family {{ ipv4 unicast; }}
    {inside}
}}
"""


def process(name: str, folder: Path, program: str) -> str:
    """A process section for a Python program, which is written to `folder`."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(program))
    return f"process {name} {{ run {sys.executable} {path}; encoder json; }}\n"


def relay(name: str, folder: Path) -> str:
    """A process section for `relay.py`: its files are NAME.events and NAME.commands in `folder`."""
    events, commands = folder / f"{name}.events", folder / f"{name}.commands"
    return f"process {name} {{ run {sys.executable} {RELAY} {events} {commands}; encoder json; }}\n"


def api(name: str) -> str:
    return f"api {{ processes [ {name} ]; neighbor-changes; receive {{ parsed; update; }} }}"


def mentions_line(text: str, number: int) -> bool:
    """Whether a message of the log, apart from its time and the path of the file, says that line number."""
    after = text.rpartition("bgptwist.conf")[2] + text.partition("bgptwist.conf")[0].rpartition("]")[2]
    return re.search(rf"\b{number}\b", after) is not None


class TestStarting:
    """The three ways to start the daemon, the examples, the demonstration."""

    @pytest.mark.parametrize("way", ["twistd bgptwist FILE", "bgptwist server FILE", "bgptwist FILE"])
    @pytest_twisted.ensureDeferred
    async def test_each_way_starts_it(self, way: str, tmp_path: Path, start: Start, listener: Listener) -> None:
        path = tmp_path / "started.conf"
        path.write_text(neighbor(listener))
        program, *words = way.removesuffix(" FILE").split()
        daemon = start(command=twistd(path) if program == "twistd" else [str(BIN / program), *words, str(path)])
        peer = await listener.established()
        daemon.signal(signal.SIGTERM)
        assert (await peer.receive(NOTIFICATION))[:2] == CEASE_SHUTDOWN
        assert await daemon.ended() == 0

    @pytest_twisted.ensureDeferred
    async def test_a_broken_file_is_refused_with_one_clear_line(self, start: Start, listener: Listener) -> None:
        daemon = start(neighbor(listener).replace("hold-time", "holdtime"))
        assert await daemon.ended() == 1
        lines = [line for line in daemon.output.splitlines() if "bgptwist.conf" in line and "holdtime" in line]
        assert len(lines) == 1
        assert mentions_line(lines[0], 7)
        assert "Traceback" not in daemon.output

    def test_there_are_examples(self) -> None:
        assert EXAMPLES

    @pytest_twisted.ensureDeferred
    async def test_the_demonstration_ends_well(self, start: Start) -> None:
        daemon = start(command=[str(BIN / "bgptwist"), "demo", "--for", "5"])
        assert await daemon.ended(20) == 0
        await daemon.gone()


EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "etc" / "bgptwist").glob("*.conf"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
@pytest_twisted.ensureDeferred
async def test_an_example_is_valid(path: Path, start: Start) -> None:
    daemon = start(command=[str(BIN / "bgptwist"), "validate", "-nrv", str(path)])
    assert await daemon.ended() == 0


def header(length: int, kind: int, body: bytes = b"") -> bytes:
    """A message whose header says `length`, whatever is behind it."""
    return MARKER + length.to_bytes(2, "big") + bytes((kind,)) + body


OPENINGS = {
    "a request for a web page": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", (1, 1), None),
    "a KEEPALIVE first": (message(KEEPALIVE), (5, 1), None),
    "an UPDATE first": (update("198.51.100.0/24"), (5, 1), None),
    "an OPEN of 28 octets": (header(28, OPEN, bytes(9)), (1, 2), b"\x00\x1c"),
    "an OPEN of version 3": (opening(version=3), (2, 1), b"\x00\x04"),
    "an OPEN of another AS": (opening(asn=65009), (2, 2), None),
    "an OPEN of AS 0": (opening(asn=0), (2, 2), None),
    "an OPEN with identifier 0": (opening(identifier="0.0.0.0"), (2, 3), None),
    "an OPEN with hold time 1": (opening(hold_time=1), (2, 6), None),
    "an OPEN with too many parameters": (message(OPEN, opening()[19:28] + b"\x20\x02\x06"), (2, 0), None),
    "an OPEN without a family in common": (opening(capabilities=(IPV6_UNICAST,)), (2, 7), None),
}

LATER = {
    "a marker of zeros": (bytes(16) + b"\x00\x13\x04", (1, 1), None),
    "a marker with one octet wrong": (b"\xff" * 15 + b"\xfe" + b"\x00\x13\x04", (1, 1), None),
    "garbage": (bytes(range(256)), (1, 1), None),
    "length 0": (header(0, UPDATE), (1, 2), b"\x00\x00"),
    "length 18": (header(18, KEEPALIVE), (1, 2), b"\x00\x12"),
    "length 4097": (header(4097, UPDATE, bytes(4078)), (1, 2), b"\x10\x01"),
    "length 65535, of which nothing comes": (header(65535, UPDATE), (1, 2), b"\xff\xff"),
    "a KEEPALIVE of 20 octets": (header(20, KEEPALIVE, b"\0"), (1, 2), b"\x00\x14"),
    "an UPDATE of 22 octets": (header(22, UPDATE, bytes(3)), (1, 2), b"\x00\x16"),
    "a second OPEN": (opening(), (5, 3), None),
    "withdrawn routes that overrun": (message(UPDATE, b"\xff\x00\x00\x00"), (3, 1), None),
    "a prefix of 33 bits": (message(UPDATE, bytes(4) + b"\x21\x01\x02\x03\x04\x05"), (3, 10), None),
}


class TestBadPeers:
    """Each peculiarity of a peer ends its session with the right NOTIFICATION, and nothing else."""

    async def refused(self, listener: Listener, octets: bytes, code: tuple[int, int], data: bytes | None) -> None:
        """The latest connection is told why, closed, and followed by another which works."""
        peer = listener.connections[-1]
        peer.send(octets)
        body = await peer.receive(NOTIFICATION)
        assert tuple(body[:2]) == code
        assert data is None or body[2:] == data
        await until(lambda: peer.lost, "the daemon closes the connection")
        await listener.established()

    @pytest.mark.parametrize("case", OPENINGS)
    @pytest_twisted.ensureDeferred
    async def test_instead_of_an_open(self, case: str, start: Start, listener: Listener) -> None:
        start(neighbor(listener))
        peer = await listener.connection()
        await peer.receive(OPEN)
        await self.refused(listener, *OPENINGS[case])

    @pytest.mark.parametrize("case", LATER)
    @pytest_twisted.ensureDeferred
    async def test_when_established(self, case: str, start: Start, listener: Listener) -> None:
        start(neighbor(listener))
        peer = await listener.established()
        peer.keep_alive(0)
        await self.refused(listener, *LATER[case])

    @pytest_twisted.ensureDeferred
    async def test_an_unknown_message_type(self, start: Start, listener: Listener) -> None:
        start(neighbor(listener))
        peer = await listener.established()
        peer.send(message(255))
        # ExaBGP 5 says 1/0 with a text, RFC 4271 says 1/3 with the type: compat.generation decides.
        assert (await peer.receive(NOTIFICATION))[0] == 1

    @pytest_twisted.ensureDeferred
    async def test_octets_may_come_one_by_one(self, start: Start, listener: Listener) -> None:
        start(neighbor(listener, "static { route 203.0.113.0/24 next-hop 192.0.2.9; }"))
        peer = await listener.connection()
        await peer.establish(octets_at_a_time=1)
        await peer.updates(1)

    @pytest_twisted.ensureDeferred
    async def test_silence_ends_with_the_hold_timer(self, start: Start, listener: Listener) -> None:
        start(neighbor(listener, hold_time=3))
        peer = await listener.connection()
        await peer.establish(hold_time=3)
        peer.send(update("198.51.100.0/24")[:30])  # half a message is silence, too
        assert (await peer.receive(NOTIFICATION, within=8))[:2] == bytes((4, 0))

    @pytest_twisted.ensureDeferred
    async def test_a_connection_cut_within_a_message(self, start: Start, listener: Listener) -> None:
        daemon = start(neighbor(listener))
        peer = await listener.established()
        peer.send(update("198.51.100.0/24")[:30])
        await sleep(0.2)
        peer.close()
        await listener.established()
        assert "Traceback" not in daemon.output

    @pytest_twisted.ensureDeferred
    async def test_one_bad_peer_leaves_the_other_alone(
        self, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        start(neighbor(listener) + neighbor(other_listener))
        good, bad = await listener.established(), await other_listener.established()
        bad.send(bytes(4000))
        await bad.receive(NOTIFICATION)
        keepalives = good.count(KEEPALIVE)
        await until(lambda: good.count(KEEPALIVE) > keepalives, "keepalives go on")
        assert not good.lost

    @pytest_twisted.ensureDeferred
    async def test_a_stranger_is_not_served(self, start: Start, listener: Listener) -> None:
        port = free_port()
        start(neighbor(listener), settings={"exabgp_tcp_bind": "127.0.0.1", "exabgp_tcp_port": str(port)})
        good = await listener.established()
        stranger = await connect(port, source="127.0.0.9")
        stranger.send(opening())
        await until(lambda: stranger.lost, "a connection from nobody's address is closed")
        assert stranger.count(OPEN) == 0
        keepalives = good.count(KEEPALIVE)
        await until(lambda: good.count(KEEPALIVE) > keepalives, "keepalives go on")

    @pytest_twisted.ensureDeferred
    async def test_a_second_connection_collides(self, start: Start, listener: Listener) -> None:
        port = free_port()
        start(neighbor(listener), settings={"exabgp_tcp_bind": "127.0.0.1", "exabgp_tcp_port": str(port)})
        first = await listener.established()
        second = await connect(port)
        second.send(opening())
        await until(lambda: second.lost, "the established session wins")
        keepalives = first.count(KEEPALIVE)
        await until(lambda: first.count(KEEPALIVE) > keepalives, "keepalives go on")


MISBEHAVING = {
    "garbage": """
        import os, time
        for _ in range(200):
            os.write(1, os.urandom(300) + b"\\n")
            os.write(1, b"announce route 1.2.3.4/99 next-hop\\n" + b"x" * 5000 + b"\\n" + b"\\xff\\xfe\\n")
            time.sleep(0.05)
        """,
    "dying": "raise SystemExit(3)",
    "deaf": """
        import os, time
        for number in range(30000):
            line = f"announce route 10.{number >> 8 & 255}.{number & 255}.0/24 next-hop 192.0.2.9 med {number % 7}"
            os.write(1, line.encode() + b"\\n")
        time.sleep(600)
        """,
    "closing its output": """
        import os, time
        os.close(1)
        time.sleep(600)
        """,
    "endless line": """
        import os, time
        for _ in range(64):
            os.write(1, b"announce " * 8192)
        time.sleep(600)
        """,
}


class TestHelpers:
    """A helper can harm nobody but itself."""

    @pytest.mark.parametrize("case", MISBEHAVING)
    @pytest_twisted.ensureDeferred
    async def test_the_others_go_on(
        self, case: str, tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        daemon = start(
            process("bad", tmp_path, MISBEHAVING[case])
            + relay("good", tmp_path)
            + neighbor(listener, api("good"), hold_time=3)
            + neighbor(other_listener, api("bad"), hold_time=3)
        )
        good, bad = await listener.established(hold_time=3), await other_listener.established(hold_time=3)
        for number in range(4000):  # enough events to fill the pipe of a helper that does not read
            bad.send(update(f"10.{number >> 8}.{number & 255}.0/24"))
        marks = good.count(KEEPALIVE), bad.count(KEEPALIVE)
        await sleep(6)
        assert good.count(KEEPALIVE) >= marks[0] + 4, "keepalives to the other peer"
        assert bad.count(KEEPALIVE) >= marks[1] + 4, "keepalives to its own peer"
        with (tmp_path / "good.commands").open("a") as commands:
            commands.write("announce route 203.0.113.0/24 next-hop 192.0.2.9\n")
        await good.updates(1)
        assert (good.lost, bad.lost) == (False, False)
        daemon.signal(signal.SIGTERM)
        assert await daemon.ended() == 0
        await daemon.gone()

    @pytest_twisted.ensureDeferred
    async def test_one_that_reads_late_misses_nothing(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        daemon = start(process("late", tmp_path, LATE) + neighbor(listener, api("late")))
        peer = await listener.established()
        octets = [update(f"10.{number >> 8}.{number & 255}.0/24") for number in range(10_000)]
        peer.send(b"".join(octets))
        counted = tmp_path / "late.count"
        await until(lambda: counted.exists() and counted.read_text().endswith(" 10000\n"), "all events", 40)
        assert "dropped" not in daemon.output
        assert not peer.lost

    @pytest_twisted.ensureDeferred
    async def test_one_that_never_reads_its_answers_is_heard_to_the_end(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        start(process("deaf", tmp_path, DEAF) + neighbor(listener, api("deaf")))
        peer = await listener.established()
        wanted = {bytes((24, 10 + (number >> 16), number >> 8 & 255, number & 255)) for number in range(100_000)}

        def announced() -> set[bytes]:
            found: set[bytes] = set()
            for kind, body in peer.messages:
                if kind == UPDATE:
                    nlri = body[4 + int.from_bytes(body[2:4], "big") :]
                    found.update(nlri[at : at + 4] for at in range(0, len(nlri), 4))
            return found

        await until(lambda: announced() == wanted, "all routes", 60)
        assert not peer.lost


LATE = """
    import pathlib, sys, time
    time.sleep(3)
    count = 0
    with open(pathlib.Path(__file__).with_suffix(".count"), "w", buffering=1) as out:
        for line in sys.stdin:
            count += '"update"' in line and '"nlri"' in line
            if count % 1000 == 0:
                out.write(f"counted {count}\\n")
    """

DEAF = """
    import sys, time
    for number in range(100_000):
        prefix = f"{10 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.0/24"
        sys.stdout.write(f"announce route {prefix} next-hop 192.0.2.9\\n")
    sys.stdout.flush()
    time.sleep(600)
    """


STUBBORN = """
    import signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("announce route 203.0.113.0/24 next-hop 192.0.2.9", flush=True)
    time.sleep(600)
    """


class TestStopping:
    """An end that the peer is told of and that leaves nothing behind."""

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
    @pytest_twisted.ensureDeferred
    async def test_a_signal_ends_it(self, name: str, start: Start, listener: Listener) -> None:
        daemon = start(neighbor(listener))
        peer = await listener.established()
        daemon.signal(signal.Signals[name])
        assert (await peer.receive(NOTIFICATION))[:2] == CEASE_SHUTDOWN
        assert await daemon.ended() == 0

    @pytest_twisted.ensureDeferred
    async def test_helpers_and_their_children_end_with_it(
        self, tmp_path: Path, start: Start, listener: Listener
    ) -> None:
        daemon = start(process("stubborn", tmp_path, STUBBORN) + neighbor(listener, api("stubborn")))
        peer = await listener.established()
        await peer.updates(1)  # so the grandchild runs
        daemon.signal(signal.SIGTERM)
        assert (await peer.receive(NOTIFICATION))[:2] == CEASE_SHUTDOWN
        assert await daemon.ended() == 0
        await daemon.gone()

    @pytest_twisted.ensureDeferred
    async def test_it_ends_while_it_seeks_a_connection(self, start: Start, listener: Listener) -> None:
        daemon = start(neighbor(listener).replace(str(listener.port), str(free_port())))
        await until(lambda: daemon.output, "it says something")
        await sleep(1.5)
        daemon.signal(signal.SIGTERM)
        assert await daemon.ended() == 0


class TestReload:
    """SIGUSR1 reads the file again: all of it, or nothing."""

    @pytest_twisted.ensureDeferred
    async def test_a_broken_file_changes_nothing(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        path = tmp_path / "bgptwist.conf"
        good = neighbor(listener, "static { route 203.0.113.0/24 next-hop 192.0.2.9; }")
        daemon = start(good)
        peer = await listener.established()
        await peer.updates(1)
        for _ in range(2):  # a failed reload does not poison the next
            before = len(daemon.output)
            path.write_text(good.replace("hold-time", "holdtime").replace("203.0.113.0", "198.51.100.0"))
            daemon.signal(signal.SIGUSR1)
            await until(lambda at=before: "holdtime" in daemon.output[at:], "the reason is logged")
            await sleep(1)
            lines = [line for line in daemon.output[before:].splitlines() if "holdtime" in line]
            assert len(lines) == 1
            assert "bgptwist.conf" in lines[0]
            assert mentions_line(lines[0], 7)
            assert "Traceback" not in daemon.output
            assert (peer.count(UPDATE), peer.count(NOTIFICATION), peer.lost) == (2, 0, False)
        path.write_text(neighbor(listener, "static { route 198.51.100.0/24 next-hop 192.0.2.9; }"))
        daemon.signal(signal.SIGUSR1)
        await until(lambda: any(body.endswith(b"\x18\xc6\x33\x64") for _, body in peer.messages), "the new route")
        assert len(listener.connections) == 1, "the session went on"

    @pytest_twisted.ensureDeferred
    async def test_a_removed_neighbor_is_told(
        self, tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
    ) -> None:
        daemon = start(neighbor(listener) + neighbor(other_listener))
        kept, removed = await listener.established(), await other_listener.established()
        (tmp_path / "bgptwist.conf").write_text(neighbor(listener))
        daemon.signal(signal.SIGUSR1)
        assert (await removed.receive(NOTIFICATION))[:2] == bytes((6, 3))
        await until(lambda: removed.lost, "the connection is closed")
        keepalives = kept.count(KEEPALIVE)
        await until(lambda: kept.count(KEEPALIVE) > keepalives, "the other goes on")
        assert len(listener.connections) == 1
