"""Helpers of one daemon that are spoken to in different versions of the API."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest_twisted

from daemon import Start, until
from peer import Listener, update

pytest_plugins = ["stage"]
RELAY = Path(__file__).resolve().parent / "relay.py"
VERSIONS = {"old": "json 3.4", "four": "json 4", "plain": "json", "six": "json 6", "lines": "text 6"}
TAGS = {"old": "3.4.8", "four": "4.0.1", "plain": "5.0.0", "six": "6.0.0"}


def processes(folder: Path) -> str:
    """A section for each version; what a helper hears is in the file with its name."""
    return "".join(
        f"process {name} {{ run {sys.executable} {RELAY} {folder / name} {folder / name}.said; encoder {encoder}; }}\n"
        for name, encoder in VERSIONS.items()
    )


def heard(folder: Path, name: str) -> list[str]:
    """The lines that a helper heard so far, without empty ones."""
    path = folder / name
    return [line for line in path.read_text().split("\n")[:-1] if line] if path.exists() else []


def events(folder: Path, name: str, kind: str) -> list[Any]:
    """What a helper was told of events of that type: whole values."""
    found = [json.loads(line) for line in heard(folder, name) if line.startswith("{")]
    return [event for event in found if event["type"] == kind]


class TestVersions:
    @pytest_twisted.ensureDeferred
    async def test_each_helper_has_its_own(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        daemon = start(
            processes(tmp_path)
            + f"""
neighbor {listener.address} {{
    router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001; hold-time 9; connect {listener.port};
    family {{ ipv4 unicast; }}
    api {{ processes [ {" ".join(VERSIONS)} ]; neighbor-changes; receive {{ parsed; update; }} }}
}}
"""
        )
        peer = await listener.established()
        peer.send(update("10.1.0.0/16"))
        for name, tag in TAGS.items():
            (event, *_) = await until(lambda name=name: events(tmp_path, name, "update"), f"an update for {name}")  # type: ignore[misc]
            assert event["exabgp"] == tag
        six = events(tmp_path, "six", "update")[0]["neighbor"]["message"]["update"]
        assert six["announce"] == {"ipv4 unicast": {"192.0.2.1": [{"nlri": "10.1.0.0/16"}]}}
        four = events(tmp_path, "four", "update")[0]["neighbor"]
        assert four["message"]["update"]["attribute"]["as-path"] == [65001]
        assert "router-id" not in four
        old = events(tmp_path, "old", "update")[0]["neighbor"]
        assert old["ip"] == listener.address
        assert old["message"]["update"]["announce"] == {"ipv4 unicast": {"192.0.2.1": {"10.1.0.0/16": {}}}}
        lines = await until(lambda: heard(tmp_path, "lines")[4:], "text lines")
        assert lines[-1].endswith("receive update end")
        for name in VERSIONS:
            (tmp_path / f"{name}.said").write_text("announce route nonsense\n")
        for name in VERSIONS:
            await until(lambda name=name: "error" in heard(tmp_path, name), f"an answer for {name}")  # type: ignore[misc]
            reasons = [line for line in heard(tmp_path, name) if line.startswith("error: ")]
            assert bool(reasons) == VERSIONS[name].endswith("6"), (name, reasons)
        daemon.signal(signal.SIGTERM)
        for name, tag in TAGS.items():
            (event, *_) = await until(lambda name=name: events(tmp_path, name, "notification"), f"the end of {name}")  # type: ignore[misc]
            assert (event["exabgp"], event["notification"]) == (tag, "shutdown")
