"""The tests' end of a helper: `relay.py` writes the daemon's events to one file and sends the lines of another."""

import json
import sys
from pathlib import Path
from typing import Any

RELAY = Path(__file__).resolve().parent / "relay.py"


def relay(folder: Path) -> str:
    """A section for a helper that writes its events to `events` and sends what is written to `commands`."""
    return f"process h {{ run {sys.executable} {RELAY} {folder / 'events'} {folder / 'commands'}; encoder json; }}\n"


class Helper:
    """The test's end of the helper's two files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, line: str) -> None:
        with (self.folder / "commands").open("a") as commands:
            commands.write(f"{line}\n")

    def lines(self) -> list[str]:
        """All whole lines so far."""
        path = self.folder / "events"
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def events(self) -> list[dict[str, Any]]:
        """All events so far; answers to commands are left out."""
        return [json.loads(line) for line in self.lines() if line.startswith("{")]

    def answers(self) -> list[str]:
        """What was said to the commands: `done` or `error`."""
        return [line for line in self.lines() if not line.startswith("{")]

    def states(self) -> list[str]:
        return [event["neighbor"]["state"] for event in self.events() if event["type"] == "state"]

    def updates(self) -> list[dict[str, Any]]:
        messages = [event["neighbor"]["message"] for event in self.events() if event["type"] == "update"]
        return [message["update"] for message in messages if "update" in message]

    def packets(self) -> list[bytes]:
        """The UPDATE messages that came as octets, without their headers."""
        messages = [event["neighbor"]["message"] for event in self.events() if event["type"] == "update"]
        return [bytes.fromhex(message["body"].removeprefix("0x")) for message in messages if "body" in message]

    def announced(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """By prefix: next hop and attributes, of what was announced and not withdrawn since."""
        routes: dict[str, tuple[str, dict[str, Any]]] = {}
        for update in self.updates():
            for withdrawn in update.get("withdraw", {}).values():
                for route in withdrawn:
                    routes.pop(route["nlri"], None)
            for next_hops in update.get("announce", {}).values():
                for next_hop, nlri in next_hops.items():
                    for route in nlri:
                        routes[route["nlri"]] = next_hop, update["attribute"]
        return routes
