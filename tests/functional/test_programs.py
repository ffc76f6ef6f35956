"""Programs of others under our daemon, as they are: installed from PyPI by the test, which copies nothing of them.

The variables BGPTWIST_EXABGP_PROCESS (a virtual environment) and BGPTWIST_EXABGP_SDIST (a file) name what is at hand;
without them pip is asked, and without pip the tests are skipped.
"""

import json
import os
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread

from daemon import BIN, Start, clean_environment, free_port, sleep, until
from peer import END_OF_RIB, UPDATE, Conversation, Listener

pytest_plugins = ["stage"]

PROCESS = "exabgp-process==1.0.5"
SDIST = "exabgp==5.0.15"

UNSOUND = {
    "conf-extended-attributes.conf": "this '}' closes nothing",
}
"""Files of ExaBGP that we refuse, and what we say: they have mistakes that ExaBGP does not see."""

STREAM = 100_000


def neighbor(listener: Listener, helper: str) -> str:
    """The neighbor behind a listener, which a helper may command."""
    return f"""
neighbor {listener.address} {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65001;
    hold-time 90;
    connect {listener.port};
    family {{ ipv4 unicast; }}
    api {{ processes [ {helper} ]; }}
}}
"""


def pip(*words: str, python: str = sys.executable) -> None:
    """Ask pip for something; the test is skipped when it cannot be had."""
    line = [python, "-m", "pip", "--disable-pip-version-check", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"pip {' '.join(words)}: {reason}")


# ---------------------------------------------------------------------------------------------------------------------
# exabgp-process, which CESNET runs: commands by HTTP; its other mode needs RabbitMQ


@pytest.fixture(scope="module")
def exabgp_process(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program."""
    given = os.environ.get("BGPTWIST_EXABGP_PROCESS")
    folder = Path(given) if given else tmp_path_factory.mktemp("exabgp-process")
    if not given:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
        pip("install", PROCESS, python=str(folder / "bin" / "python"))
    return folder / "bin" / "exabgp-process"


async def post(port: int, command: str) -> int:
    """The status that its server answers to a command, 0 when there is no answer."""

    def ask() -> int:
        body = urlencode({"command": json.dumps({"command": command})}).encode()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", body, timeout=10) as answer:
                found: int = answer.status
                return found
        except urllib.error.URLError:
            return 0

    status: int = await deferToThread(ask)
    return status


def prefixes(octets: bytes) -> Iterator[str]:
    """IPv4 prefixes."""
    at = 0
    while at < len(octets):
        length = octets[at]
        end = at + 1 + (length + 7) // 8
        yield ".".join(str(each) for each in octets[at + 1 : end].ljust(4, b"\0")) + f"/{length}"
        at = end


def parts(body: bytes) -> tuple[bytes, bytes]:
    """The withdrawn and the announced prefixes of an UPDATE, as octets."""
    gone = 2 + int.from_bytes(body[:2], "big")
    return body[2:gone], body[gone + 2 + int.from_bytes(body[gone : gone + 2], "big") :]


def announced(peer: Conversation) -> list[str]:
    """All prefixes that a peer was announced, in their order."""
    return [prefix for kind, body in peer.messages if kind == UPDATE for prefix in prefixes(parts(body)[1])]


def withdrawn(peer: Conversation) -> list[str]:
    """All that it was withdrawn."""
    return [prefix for kind, body in peer.messages if kind == UPDATE for prefix in prefixes(parts(body)[0])]


@pytest_twisted.ensureDeferred
async def test_exabgp_process(exabgp_process: Path, start: Start, listener: Listener, tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "process"
    folder.mkdir()
    sections = ("[api]", "type = http", "[logging]", f"log_dir = {folder}", "[http]", "host = 127.0.0.1")
    (folder / "process.conf").write_text("\n".join((*sections, f"port = {port}", "")))
    # it looks for its configuration in the present folder first, and helpers are started in /
    run = f'run /bin/sh -c "cd {folder} && exec {exabgp_process}";'
    daemon = start(f"process cesnet {{ {run} encoder json; }}\n" + neighbor(listener, "cesnet"))
    peer = await listener.established(90)
    deadline = time.monotonic() + 30
    while not await post(port, "announce route 198.51.100.0/24 next-hop 192.0.2.9 community [65001:666]"):
        assert time.monotonic() < deadline, "exabgp-process answers"
    await until(lambda: announced(peer) == ["198.51.100.0/24"], "the peer has the route")
    assert await post(port, "withdraw route 198.51.100.0/24 next-hop 192.0.2.9") == 200
    await until(lambda: withdrawn(peer) == ["198.51.100.0/24"], "the route is withdrawn")
    rule = "announce flow route { match { destination 198.51.100.7/32; protocol [ udp ]; } then { discard; } }"
    assert await post(port, rule) == 200
    assert await post(port, "nonsense") == 200
    await until(lambda: "in: nonsense" in daemon.output, "nonsense is refused in the log")
    assert await post(port, "announce route 203.0.113.0/24 next-hop 192.0.2.9") == 200
    await until(lambda: announced(peer)[-1] == "203.0.113.0/24", "and it goes on")
    assert "Traceback" not in daemon.output


# ---------------------------------------------------------------------------------------------------------------------
# what mrt2exabgp and others make: a whole table at once from a program that never reads


def written_at_once(listener: Listener, folder: Path, expected: list[str]) -> str:
    """A configuration with a helper that announces these prefixes with one write, once there is a file `go`."""
    lines, program, go = folder / "lines", folder / "stream.py", folder / "go"
    lines.write_text("".join(f"announce route {prefix} next-hop 192.0.2.9 med 5\n" for prefix in expected))
    program.write_text(
        f"import os, sys, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.01)\n"
        f"sys.stdout.write(open({str(lines)!r}).read())\nsys.stdout.flush()\ntime.sleep(3600)\n"
    )
    return f"process stream {{ run {sys.executable} {program}; encoder text; }}\n" + neighbor(listener, "stream")


EXPECTED = [f"{10 + n // 65536}.{n // 256 % 256}.{n % 256}.0/24" for n in range(STREAM)]


@pytest_twisted.ensureDeferred
async def test_a_stream_of_announcements(start: Start, listener: Listener, tmp_path: Path) -> None:
    daemon = start(written_at_once(listener, tmp_path, EXPECTED))
    peer = await listener.established(90)
    await until(lambda: (UPDATE, END_OF_RIB) in peer.messages, "the first routes are told")
    (tmp_path / "go").touch()
    await until(lambda: len(announced(peer)) >= STREAM, "all prefixes", 90)
    found = announced(peer)
    assert len(found) == STREAM, "each prefix once"
    assert found == EXPECTED, "in the order of the lines"
    assert withdrawn(peer) == []
    assert "Traceback" not in daemon.output


@pytest_twisted.ensureDeferred
async def test_a_stream_for_a_peer_that_does_not_read(start: Start, listener: Listener, tmp_path: Path) -> None:
    # a message for each route, which is more than the system takes for somebody who does not read
    text = written_at_once(listener, tmp_path, EXPECTED).replace("hold-time", "group-updates false; hold-time")
    start(text)
    peer = await listener.established(90)
    await until(lambda: (UPDATE, END_OF_RIB) in peer.messages, "the first routes are told")
    peer.transport.pauseProducing()
    (tmp_path / "go").touch()
    await sleep(4)
    peer.transport.resumeProducing()
    await until(lambda: len(announced(peer)) >= STREAM, "all prefixes", 90)
    found = announced(peer)
    assert len(found) == STREAM, "each prefix once"
    assert found == EXPECTED, "in the order of the lines"


@pytest_twisted.ensureDeferred
async def test_a_stream_while_the_session_comes_up(start: Start, listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    start(written_at_once(listener, tmp_path, EXPECTED))
    peer = await listener.established(90)
    await until(lambda: len(set(announced(peer))) >= STREAM, "all prefixes", 90)
    assert announced(peer) == EXPECTED, "each prefix once, in the order of the lines"
    assert withdrawn(peer) == []


# ---------------------------------------------------------------------------------------------------------------------
# the configurations that ExaBGP comes with, and the programs that they run


@pytest.fixture(scope="module")
def exabgp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder etc of ExaBGP's source."""
    folder = tmp_path_factory.mktemp("exabgp")
    given = os.environ.get("BGPTWIST_EXABGP_SDIST")
    if not given:
        pip("download", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), SDIST)
    (archive,) = [Path(given)] if given else folder.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")
    (etc,) = folder.glob("*/etc")
    return etc


def test_configurations_of_exabgp(exabgp: Path) -> None:
    files = sorted((exabgp / "exabgp").glob("*.conf"))
    assert len(files) > 70
    environment = clean_environment({"EXABGP_ETC": str(exabgp)})
    line = [BIN / "bgptwist", "validate", "--format", "json", *files]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (1, "")
    failed: dict[str, list[str]] = {}
    for mistake in json.loads(done.stdout):
        if mistake["severity"] == "error":
            failed.setdefault(Path(mistake["file"]).name, []).append(mistake["message"])
    print(f"{len(files) - len(failed)} of {len(files)} files of ExaBGP are sound, others are not:", failed)
    assert failed == {name: [reason] for name, reason in UNSOUND.items()}
