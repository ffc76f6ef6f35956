"""Every file in examples/ and etc/bgptwist/ is started by a test: with a peer, if it announces something to one."""

import json
import shlex
import signal
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread

from daemon import BIN, Daemon, Start, free_port, twistd, until
from peer import UPDATE, Conversation, Listener, update

pytest_plugins = ["stage"]

TOP = Path(__file__).resolve().parents[2]
ETC = TOP / "etc" / "bgptwist"
RUNS = "runs with"
"""What the log says when the daemon has started."""

ALONE = (
    *("add-path.conf", "anycast.conf", "collector.conf", "families.conf", "parts.conf", "secured.conf"),
    *("anycast-probes.conf", "static.conf", "templates.conf"),
)
"""Configurations that are started as they are; nobody answers at their addresses."""

STARTED = {
    **{f"etc/bgptwist/{name}": "test_it_starts_as_it_is" for name in ALONE},
    "etc/bgptwist/parts/templates.conf": "test_it_starts_as_it_is",
    "etc/bgptwist/parts/prefixes.conf": "test_it_starts_as_it_is",
    "etc/bgptwist/parts/peers/10-east.conf": "test_it_starts_as_it_is",
    "etc/bgptwist/parts/peers/20-west.conf": "test_it_starts_as_it_is",
    "etc/bgptwist/bgptwist.env": "test_the_environment_file",
    "etc/bgptwist/bgptwist.service": "test_the_unit_of_systemd",
    "etc/bgptwist/classic.conf": "test_classic_helpers",
    "etc/bgptwist/commands.conf": "test_commands_from_outside",
    "etc/bgptwist/failover.conf": "test_the_failover_helper",
    "etc/bgptwist/plugins.conf": "test_plugins",
    "examples/anycast.py": "test_it_starts_as_it_is",
    "examples/collector.py": "test_it_starts_as_it_is",
    "examples/classic.py": "test_classic_helpers",
    "examples/classic.sh": "test_classic_helpers",
    "examples/failover.py": "test_the_failover_helper",
    "examples/fifo.sh": "test_commands_from_outside",
    "examples/http_api.py": "test_commands_from_outside",
    "examples/plugins/blackhole.py": "test_plugins",
    "examples/plugins/event_log.py": "test_plugins",
    "examples/plugins/failover.py": "test_plugins",
}
"""By file: the test that starts it."""


def test_no_file_is_left_out() -> None:
    found = {
        str(path.relative_to(TOP))
        for folder in (ETC, TOP / "examples")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "README.md"
    }
    assert found == set(STARTED)


def test_all_tests_that_are_named_exist() -> None:
    assert {name for name in STARTED.values() if not callable(globals().get(name))} == set()


def moved(name: str, first: Listener, second: Listener | None = None) -> str:
    """A configuration of etc/ whose routers are at the ports of listeners."""
    text = (ETC / name).read_text().replace("../../", f"{TOP}/")
    for address, listener in (("192.0.2.10", first), ("192.0.2.11", second)):
        if listener is not None:
            text = text.replace(f"neighbor {address} {{", f"neighbor {address} {{ connect {listener.port};")
            text = text.replace(address, listener.address)
    return text.replace("local-address 192.0.2.1;", "local-address 127.0.0.1;").replace(
        "peer-as 65000", "peer-as 65001"
    )


class Table:
    """What a peer was announced and not withdrawn since: IPv4 prefixes whose length is a multiple of eight or 25."""

    def __init__(self, peer: Conversation) -> None:
        self.peer = peer
        self.attributes: dict[str, bytes] = {}
        self._read = 0

    def routes(self) -> set[str]:
        messages = self.peer.messages
        while self._read < len(messages):
            kind, body = messages[self._read]
            self._read += 1
            if kind == UPDATE:
                gone = 2 + int.from_bytes(body[:2], "big")
                end = gone + 2 + int.from_bytes(body[gone : gone + 2], "big")
                for prefix in prefixes(body[2:gone]):
                    self.attributes.pop(prefix, None)
                for prefix in prefixes(body[end:]):
                    self.attributes[prefix] = body[gone + 2 : end]
        return set(self.attributes)

    async def become(self, *wanted: str) -> None:
        await until(lambda: self.routes() == set(wanted), f"the peer has {wanted} and no more")


def prefixes(octets: bytes) -> list[str]:
    """IPv4 prefixes."""
    found, at = [], 0
    while at < len(octets):
        length = octets[at]
        end = at + 1 + (length + 7) // 8
        found.append(".".join(str(each) for each in octets[at + 1 : end].ljust(4, b"\0")) + f"/{length}")
        at = end
    return found


async def ended_well(daemon: Daemon) -> None:
    """The daemon ends, its children too, and there was no surprise."""
    daemon.signal(signal.SIGTERM)
    assert await daemon.ended() == 0
    await daemon.gone()
    assert "Traceback" not in daemon.output


@pytest.mark.parametrize("name", ALONE)
@pytest_twisted.ensureDeferred
async def test_it_starts_as_it_is(name: str, start: Start) -> None:
    daemon = start(command=twistd(ETC / name))
    await until(lambda: RUNS in daemon.output, "the daemon runs")
    await ended_well(daemon)


@pytest_twisted.ensureDeferred
async def test_the_environment_file(start: Start) -> None:
    words = twistd(ETC / "static.conf")
    daemon = start(command=[*words[:-1], "--env-file", str(ETC / "bgptwist.env"), words[-1]])
    await until(lambda: RUNS in daemon.output, "the daemon runs")
    await ended_well(daemon)


@pytest_twisted.ensureDeferred
async def test_the_unit_of_systemd(start: Start, tmp_path: Path) -> None:
    lines = [line.partition("=") for line in (ETC / "bgptwist.service").read_text().splitlines()]
    said = {name: value for name, _, value in lines}
    path = tmp_path / "bgptwist.conf"
    path.write_text((ETC / "static.conf").read_text())
    for name in ("ExecStartPre", "ExecStart"):
        program, *words = shlex.split(said[name].replace("/etc/bgptwist/bgptwist.conf", str(path)))
        daemon = start(command=[str(BIN / program), *words])
        if name == "ExecStartPre":
            assert await daemon.ended() == 0
    await until(lambda: RUNS in daemon.output, "the daemon runs")
    daemon.signal(signal.SIGUSR1)
    await until(lambda: "was reloaded" in daemon.output, "ExecReload works")
    await ended_well(daemon)


@pytest_twisted.ensureDeferred
async def test_classic_helpers(start: Start, listener: Listener) -> None:
    daemon = start(moved("classic.conf", listener))
    await Table(await listener.established()).become("198.51.100.0/24", "203.0.113.0/24", "192.0.2.128/25")
    await ended_well(daemon)


@pytest_twisted.ensureDeferred
async def test_the_failover_helper(start: Start, listener: Listener, other_listener: Listener) -> None:
    daemon = start(moved("failover.conf", listener, other_listener))
    first, second = await listener.established(), await other_listener.established()
    table = Table(second)
    await table.become()
    first.close()
    await table.become("198.51.100.0/24")
    await listener.established()
    await table.become()
    await ended_well(daemon)


async def post(port: int, **form: str) -> tuple[int, str]:
    """What a web server of this machine answers to a form."""

    def ask() -> tuple[int, str]:
        body = urlencode(form).encode()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", body, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError as error:
            return 0, str(error)

    found: tuple[int, str] = await deferToThread(ask)
    return found


async def answered(ask: Callable[[], Awaitable[tuple[int, str]]]) -> tuple[int, str]:
    """The first answer of a server that may not listen yet."""
    status, text = 0, ""
    for _ in range(100):
        status, text = await ask()
        if status:
            break
        await until(lambda: True, "a turn")
    return status, text


@pytest_twisted.ensureDeferred
async def test_commands_from_outside(start: Start, listener: Listener, tmp_path: Path) -> None:
    fifo, port = tmp_path / "commands", free_port()
    text = moved("commands.conf", listener)
    daemon = start(text.replace("/run/bgptwist/commands", str(fifo)).replace("py 5000", f"py {port}"))
    table = Table(await listener.established())
    await until(fifo.is_fifo, "the named pipe is made")
    with fifo.open("w") as pipe:
        pipe.write("announce route 198.51.100.0/24 next-hop self\n")
    await table.become("198.51.100.0/24")
    with fifo.open("w") as pipe:
        pipe.write("withdraw route 198.51.100.0/24\nannounce route 203.0.113.0/24 next-hop self\n")
    await table.become("203.0.113.0/24")
    status, told = await answered(lambda: post(port, command="withdraw route 203.0.113.0/24"))
    assert (status, told) == (200, "OK\n")
    await table.become()
    several = ";".join(f"announce route 10.0.{number}.0/24 next-hop self" for number in range(100))
    assert await post(port, commands=several) == (200, "OK\n")
    await table.become(*(f"10.0.{number}.0/24" for number in range(100)))
    assert await post(port, command="announce nothing") == (400, "refused: announce nothing\n")
    assert (await post(port, x="y"))[0] == 400
    await ended_well(daemon)


@pytest_twisted.ensureDeferred
async def test_plugins(start: Start, listener: Listener, other_listener: Listener, tmp_path: Path) -> None:
    text = moved("plugins.conf", listener, other_listener)
    journal, listed = tmp_path / "events.json", tmp_path / "blackhole"
    text = text.replace("/var/log/bgptwist/events.json", str(journal)).replace("size 10000000", "size 2000")
    listed.write_text("203.0.113.7\n")
    daemon = start(text.replace("/run/bgptwist/blackhole", str(listed)))
    first, second = await listener.established(), await other_listener.established()
    mine, table = Table(first), Table(second)
    await mine.become("198.51.100.0/24")
    await table.become("203.0.113.7/32")
    first.send(update("203.0.113.0/24", extra=b"\xc0\x08\x04" + (65001 << 16 | 666).to_bytes(4, "big")))
    await table.become("203.0.113.7/32", "203.0.113.0/24")
    assert bytes.fromhex("ffff029a") in table.attributes["203.0.113.0/24"]
    listed.unlink()
    await table.become("203.0.113.0/24")
    first.close()
    await table.become("198.51.100.0/24")
    again = await listener.established()
    await table.become()
    for number in range(100):
        again.send(update(f"10.0.{number}.0/24"))
    await until(lambda: (tmp_path / "events.json.5").exists(), "older files are kept")
    files = [*tmp_path.glob("events.json*")]
    assert len(files) <= 6
    assert all(path.stat().st_size < 2200 for path in files)
    events = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    assert {event["event"] for event in events} == {"UpdateMessage"}
    await ended_well(daemon)
