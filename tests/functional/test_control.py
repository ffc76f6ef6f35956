"""The installed command line against the installed daemon: socket, pipes, events, files of commands, two at once."""

import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_twisted

from daemon import BIN, Start, clean_environment, free_port, sleep, twistd, until
from peer import KEEPALIVE, Listener, update

pytest_plugins = ["stage"]

ORDINARY = 65534
"""A user without rights, if the tests run as root."""

NEIGHBOR = """
neighbor 127.0.0.1 { router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001; hold-time 9;
    connect %d; family { ipv4 unicast; } }
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name, for sockets, that other users may look into."""
    folder = Path(tempfile.mkdtemp(prefix="b"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def at(place: Path, **settings: str) -> dict[str, str]:
    """The settings of a daemon that takes commands in that folder."""
    return {"exabgp_api_socketpath": f"{place}/x.sock", **settings}


class Program:
    """One run of `bgptwist`, whose output goes to files; what was said is there when it ended."""

    def __init__(self, place: Path, *words: str, given: str = "", **settings: str) -> None:
        number = len(list(place.glob("out-*")))
        self.out, self.err = place / f"out-{number}", place / f"err-{number}"
        (place / "given").write_text(given)
        with (place / "given").open() as stdin, self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [str(BIN / "bgptwist"), *words],
                env=clean_environment(at(place) | settings),
                cwd=place,
                stdin=stdin,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    async def ended(self, within: float = 30.0) -> tuple[int, str, str]:
        """The status, the output, the errors."""
        try:
            await until(lambda: self.process.poll() is not None, "the program ends", within)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            self.process.wait(5)
        return self.process.returncode, self.out.read_text(), self.err.read_text()


async def cli(place: Path, *words: str, **settings: str) -> tuple[int, str, str]:
    """One command, carried out or not."""
    return await Program(place, "cli", *words, **settings).ended()


async def ready(place: Path, name: str = "x.sock") -> Path:
    """The socket, once it is there."""
    await until((place / name).exists, "the daemon makes its socket")
    return place / name


@pytest_twisted.ensureDeferred
async def test_a_command_is_carried_out_and_its_status_tells(place: Path, start: Start) -> None:
    daemon = start(NEIGHBOR % free_port(), settings=at(place))
    path = await ready(place)
    assert path.stat().st_mode & 0o777 == 0o600
    status, out, err = await cli(place, "show", "neighbor", "summary")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "Peer            AS        up/down state       |     #sent     #recvd"
    status, out, err = await cli(place, "announce route 10.0.0.0/33 next-hop 1.1.1.1")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "10.0.0.0/33" in err
    assert (await cli(place, "--compat", "bogus"))[0] == 0
    status, out, _ = await cli(place, "--compat", "s", "n", "s")
    assert (status, out.splitlines()[0]) == (0, "command: show neighbor summary")
    status, out, _ = await cli(place, "show neighbor summary", "--json")
    assert (status, json.loads(out)[0]["peer"]["address"]) == (0, "127.0.0.1")
    assert await cli(place, "shutdown") == (0, "shutdown in progress\n", "")
    assert await daemon.ended() == 0
    assert not path.exists()
    status, out, err = await cli(place, "version")
    assert (status, out, err) == (1, "", f"bgptwist cli: no daemon takes commands at {place}/x.sock\n")


@pytest_twisted.ensureDeferred
async def test_a_file_is_played_and_mistakes_have_their_place(place: Path, start: Start, listener: Listener) -> None:
    start(NEIGHBOR % listener.port, settings=at(place))
    await listener.established()
    lines = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1" for n in range(20_000)]
    lines[7] = "announce rout 10.0.0.0/24"
    lines[9] = "# a remark"
    (place / "commands").write_text("\n".join(lines))
    status, out, err = await Program(place, "run", "commands").ended()
    assert (status, out) == (1, "19998 carried out, 1 refused\n")
    assert err.startswith("commands:8: ") and err.count("\n") == 1
    status, out, err = await Program(place, "run", "--stop", "commands").ended()
    assert (status, out) == (1, "7 carried out, 1 refused\n")
    (place / "commands").write_text("\n".join(lines[10:]))
    status, out, err = await Program(place, "run", "commands").ended()
    assert (status, out, err) == (0, f"{20_000 - 10} carried out, 0 refused\n", "")
    status, out, err = await Program(place, "run", "-", given="version\n").ended()
    assert (status, out.splitlines()[-1]) == (0, "1 carried out, 0 refused")


@pytest_twisted.ensureDeferred
async def test_events_are_seen_as_they_happen(place: Path, start: Start, listener: Listener) -> None:
    daemon = start(NEIGHBOR % listener.port, settings=at(place))
    peer = await listener.established()
    one = Program(place, "events", "update", "--count", "2")
    await until(lambda: peer.send(update("10.1.0.0/16")) or one.out.read_text().strip(), "an event", 10)
    peer.send(update("10.2.0.0/16"))
    status, out, err = await one.ended()
    events = [json.loads(line) for line in out.splitlines()]
    assert (status, err, [event["type"] for event in events]) == (0, "", ["update", "update"])
    other = Program(place, "events", "--text", "state")
    await sleep(1.5)
    peer.close()
    await until(lambda: "neighbor 127.0.0.1 down" in other.out.read_text(), "the neighbor goes down", 10)
    other.process.send_signal(signal.SIGINT)
    assert (await other.ended())[0] == 0
    status, _, err = await Program(place, "events", "bogus").ended()
    assert (status, err.count("\n")) == (1, 1)
    assert daemon.running


@pytest_twisted.ensureDeferred
async def test_pipes_are_served_when_somebody_made_them(place: Path, start: Start) -> None:
    for name in ("exabgp.in", "exabgp.out"):
        os.mkfifo(place / name, 0o600)
    start(NEIGHBOR % free_port(), settings={"exabgp_cli_pipe": str(place), "exabgp_cli_socket": ""})
    words = ("--pipename", "exabgp", "--timeout", "10")
    for _ in range(2):
        status, out, err = await cli(place, *words, "version", exabgp_cli_pipe=str(place))
        assert (status, out.startswith("bgptwist "), err) == (0, True, "")
    status, _, err = await cli(place, *words, "bogus", exabgp_cli_pipe=str(place))
    assert (status, err.count("\n")) == (1, 1)
    # as programs do that know nothing of our client
    with (place / "exabgp.in").open("w") as commands:
        commands.write("announce route 10.0.0.0/24 next-hop 1.1.1.1\n")
    with (place / "exabgp.out").open() as answers:
        assert answers.readline() == "done\n"


@pytest_twisted.ensureDeferred
async def test_two_daemons_of_one_user_run_side_by_side(place: Path, tmp_path: Path, start: Start) -> None:
    (place / "run").mkdir()
    settings = {"EXABGP_ROOT": str(place)}
    path = tmp_path / "one.conf"
    path.write_text(NEIGHBOR % free_port())
    first = start(command=twistd(path), settings=settings)
    await ready(place, "run/bgptwist.sock")
    second = start(command=twistd(path), settings=settings)
    other = await ready(place, f"run/bgptwist-{second.process.pid}.sock")
    settings["exabgp_api_socketpath"] = ""
    found = json.loads((await cli(place, "daemon", "status", **settings))[1])
    assert found["pid"] == first.process.pid
    found = json.loads((await cli(place, "--socket", str(other), "daemon", "status", **settings))[1])
    assert found["pid"] == second.process.pid
    for daemon in (first, second):
        assert "Traceback" not in daemon.output
        daemon.signal(signal.SIGTERM)
        assert await daemon.ended() == 0
    assert not list((place / "run").iterdir())


@pytest_twisted.ensureDeferred
async def test_a_start_without_anything_prepared_gives_no_advice(place: Path, tmp_path: Path, start: Start) -> None:
    path = tmp_path / "plain.conf"
    path.write_text(NEIGHBOR % free_port())
    daemon = start(command=[str(BIN / "bgptwist"), str(path)], settings={"XDG_RUNTIME_DIR": str(place)})
    await until(lambda: "runs with 1 neighbors" in daemon.output, "the daemon starts")
    for word in ("mkfifo", "chmod", "pipe", "could not", "cannot", "#warn", "#error"):
        assert word not in daemon.output, word


@pytest_twisted.ensureDeferred
async def test_a_stranger_is_refused(place: Path, start: Start) -> None:
    if os.geteuid() != 0:
        pytest.skip("to be somebody else one must be root")
    daemon = start(NEIGHBOR % free_port(), settings=at(place))
    path = await ready(place)
    program = (
        f"import os, socket; os.setgid({ORDINARY}); os.setuid({ORDINARY}); s = socket.socket(socket.AF_UNIX)\n"
        f"s.connect({str(path)!r}); print(s.makefile().read())"
    )
    command = [str(BIN / "python"), "-S", "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert "PermissionError" in found.stderr
    # whoever opens the door still decides nothing
    path.chmod(0o666)
    found = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert found.stdout.split("\n")[:2] == [f"error: user {ORDINARY} may not give commands here", "error"]
    assert f"a client was refused: user {ORDINARY}" in daemon.output


def memory(process: int) -> int:
    """Octets that a process has in memory."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) << 10
    raise AssertionError("there is no such line")


ROUTES = 200_000


@pytest_twisted.ensureDeferred
async def test_a_long_answer_to_one_that_reads_slowly_holds_up_nobody(
    place: Path, start: Start, listener: Listener
) -> None:
    daemon = start(NEIGHBOR % listener.port, settings=at(place))
    peer = await listener.established()
    (place / "commands").write_text(
        "".join(f"announce route 10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32 next-hop 1.1.1.1\n" for n in range(ROUTES))
    )
    status, out, _ = await Program(place, "run", "commands").ended(120)
    assert (status, out) == (0, f"{ROUTES} carried out, 0 refused\n")
    await sleep(1)
    before = memory(daemon.process.pid)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(place / "x.sock"))
        client.setblocking(False)
        client.send(b"show adj-rib out\n")
        keepalives, read, began = peer.count(KEEPALIVE), 0, time.monotonic()
        highest = before
        while time.monotonic() - began < 10:
            await sleep(0.1)
            read += len(client.recv(20_000))
            highest = max(highest, memory(daemon.process.pid))
        assert peer.count(KEEPALIVE) - keepalives >= 2
        assert not peer.lost
        assert read > 100_000
        assert highest - before < 32 << 20
        # somebody else is served meanwhile
        assert (await cli(place, "version"))[0] == 0
        found = b""
        while not found.endswith(b"\ndone\n"):
            try:
                found = found[-10:] + client.recv(1 << 20)
            except BlockingIOError:
                await sleep(0.01)


class Terminal:
    """`bgptwist cli` at a terminal, which is typed into."""

    def __init__(self, place: Path) -> None:
        ours, theirs = pty.openpty()
        self.number = ours
        self.seen = b""
        os.set_blocking(ours, False)
        environment = clean_environment(at(place)) | {"TERM": "dumb", "XDG_STATE_HOME": str(place / "state")}
        self.process = subprocess.Popen(
            [str(BIN / "bgptwist"), "cli"],
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    async def shows(self, text: str) -> None:
        """Wait until a text has appeared, and forget all before it."""

        def look() -> bool:
            try:
                self.seen += os.read(self.number, 1 << 16)
            except OSError:
                pass
            return text.encode() in self.seen

        await until(look, f"the terminal shows {text}, not {self.seen!r}", 10)
        self.seen = self.seen.partition(text.encode())[2]

    async def type(self, keys: str, shows: str) -> None:
        os.write(self.number, keys.encode())
        await self.shows(shows)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        os.close(self.number)


@pytest_twisted.ensureDeferred
async def test_a_person_has_a_prompt_with_completion(place: Path, start: Start) -> None:
    if find_spec("readline") is None:
        pytest.skip("this Python has no readline")
    start(NEIGHBOR % free_port(), settings=at(place))
    await ready(place)
    terminal = Terminal(place)
    try:
        await terminal.shows("bgptwist> ")
        await terminal.type("version\n", "bgptwist 0")
        await terminal.type("bogus\n", "error: 'bogus' is no command")
        await terminal.type("neighbor 1\t", "127.0.0.1 ")
        await terminal.type("\x03", "bgptwist> ")
        await terminal.type("help watchdog\n", "[neighbor IP] announce watchdog")
        await terminal.type("events\n", "^C ends them")
        await terminal.type("\x03", "(interrupted)")
        await terminal.type("show adj-rib out\nversion\n", "bgptwist 0")
        os.write(terminal.number, b"quit\n")
        await until(lambda: terminal.process.poll() is not None, "the session ends")
        assert terminal.process.returncode == 0
        history = place / "state" / "bgptwist" / "history"
        assert "help watchdog" in history.read_text().splitlines()
        assert history.stat().st_mode & 0o077 == 0
    finally:
        terminal.close()
