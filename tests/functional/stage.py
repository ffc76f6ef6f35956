"""The fixtures of the functional tests: daemons that are ended with their test, and ports for them to connect to.

This is a plug-in that the test modules name, not a `conftest.py`: pytest would import that before pytest-twisted has
installed the reactor which was asked for.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
import pytest_twisted

from daemon import Daemon, Start, twistd
from peer import Listener


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts daemons: `start(text)` under twistd, or `start(command=[...])`; a failed test shows their output."""
    daemons: list[Daemon] = []

    def start(text: str = "", command: list[str] | None = None, settings: Mapping[str, str] | None = None) -> Daemon:
        if command is None:
            path = tmp_path / "bgptwist.conf"
            path.write_text(text)
            command = twistd(path)
        daemons.append(Daemon(tmp_path, command, settings or {}))
        return daemons[-1]

    try:
        yield start
    finally:
        for daemon in daemons:
            daemon.destroy()
            print(f"---- output of the daemon, status {daemon.process.returncode}", daemon.output, sep="\n")


@pytest_twisted.async_yield_fixture
async def listener() -> AsyncIterator[Listener]:
    """A listening port of 127.0.0.1."""
    listener = Listener()
    yield listener
    await listener.close()


@pytest_twisted.async_yield_fixture
async def other_listener() -> AsyncIterator[Listener]:
    """A listening port of 127.0.0.2: the second peer of a daemon, because an address may be a neighbor once."""
    listener = Listener("127.0.0.2")
    yield listener
    await listener.close()
