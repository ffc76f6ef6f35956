"""Starts the installed daemon as a user would, watches what it prints, and ends everything that it started."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from twisted.internet import reactor
from twisted.internet.task import deferLater

BIN = Path(sys.executable).parent
"""Where the programs of this installation are."""

REACTOR = os.environ.get("BGPTWIST_REACTOR", "epoll")
MARK = "FUNCTIONAL_TEST_MARK"
"""A variable that all processes of one daemon inherit, whatever session or group they move to."""

Found = TypeVar("Found")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def sleep(seconds: float) -> None:
    await deferLater(reactor, seconds)


async def until(check: Callable[[], Found], what: str, within: float = 15.0) -> Found:
    """The first true result of `check`, asked again and again; AssertionError after `within` seconds."""
    deadline = time.monotonic() + within
    while not (found := check()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        await sleep(0.05)
    return found


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment without what would steer the daemon, and with `settings`.

    The current folder, whose checkout is not what was installed, is taken off Python's path; a superuser stays one,
    because the helpers of the tests write into the superuser's folders.
    """
    steering = ("exabgp", "bgptwist", "pythonpath")
    environment = {name: value for name, value in os.environ.items() if not name.lower().startswith(steering)}
    environment["PATH"] = os.pathsep.join((str(BIN), environment.get("PATH", os.defpath)))
    if os.geteuid() == 0:
        environment["exabgp_daemon_user"] = "root"
    return environment | {"exabgp_tcp_bind": ""} | dict(settings)


def twistd(*files: Path) -> list[str]:
    """The command that starts the daemon under the reactor of this run."""
    return [str(BIN / "twistd"), f"--reactor={REACTOR}", "--nodaemon", "--pidfile=", "bgptwist", *map(str, files)]


def marked(mark: str) -> list[int]:
    """Ids of the live processes that carry `mark` in their environment."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue  # it has ended meanwhile, or is not ours
    return found


class Daemon:
    """One running daemon in a session of its own; what it prints goes to the file `output` in `folder`."""

    def __init__(self, folder: Path, command: Iterable[str], settings: Mapping[str, str]) -> None:
        self.mark = uuid.uuid4().hex
        self.path = folder / f"output-{self.mark[:8]}"
        with self.path.open("wb") as stream:
            self.process = subprocess.Popen(
                list(command),
                env=clean_environment(settings) | {MARK: self.mark},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.path.read_text(errors="replace")

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Deliver a signal to the daemon alone, not to its helpers."""
        self.process.send_signal(number)

    async def ended(self, within: float = 15.0) -> int:
        """The exit status, once there is one."""
        await until(lambda: not self.running, "the daemon ends", within)
        status: int = self.process.returncode
        return status

    async def gone(self, within: float = 5.0) -> None:
        """Wait until no process that the daemon started is left."""
        await until(lambda: not marked(self.mark), "helpers and their children end", within)

    def destroy(self) -> None:
        """Kill, by process id, whatever is left."""
        deadline = time.monotonic() + 10
        while (left := marked(self.mark)) and time.monotonic() < deadline:
            for process in left:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            self.process.poll()
            time.sleep(0.05)
        self.process.wait(5)


Start = Callable[..., Daemon]
"""Starts a daemon of a configuration, or of a whole command: what the fixture `start` gives."""
