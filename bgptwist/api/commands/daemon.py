"""Commands about the daemon as a whole (ExaBGP's API, 2.6, 2.7 and 3)."""

import os
from collections.abc import Callable
from json import dumps
from time import gmtime, strftime
from typing import Final

from bgptwist.api.call import Call, Command, Control, Output
from bgptwist.wire.errors import Misspelt, Refused


def ending(word: str, effect: Callable[[Control], Callable[[], None]]) -> Callable[[Call], Output]:
    """A command that is answered first and takes effect then."""

    def run(call: Call) -> Output:
        call.afterwards = effect(call.control)
        status = f"{word} in progress"
        return [dumps({"status": status}) if call.modern else status]

    return run


shutdown: Final = ending("shutdown", lambda control: control.daemon.shutdown)
reload: Final = ending("reload", lambda control: control.daemon.reload)
restart: Final = ending("restart", lambda control: control.daemon.restart)


def software(control: Control) -> tuple[str, str]:
    """Name and version: ours, or those of ExaBGP when the settings ask to be taken for it."""
    told = control.environment.compat_version
    return ("exabgp", told) if told else ("bgptwist", control.version)


def version(call: Call) -> Output:
    """Say who we are."""
    application, number = software(call.control)
    if call.modern:
        return [dumps({"version": number, "application": application})]
    return [f"{application} {number}"]


def status(call: Call) -> Output:
    """Say how the daemon is."""
    control = call.control
    application, number = software(control)
    uptime = max(0, int(control.now() - control.started))
    peers = {name: peer.state for name, peer in control.speaker.peers.items()}
    if call.modern:
        report = {
            "version": number,
            "uuid": control.identifier,
            "pid": os.getpid(),
            "uptime": uptime,
            "start_time": control.started,
            "peers": peers,
        }
        return [dumps(report)]
    return [
        f"{application} {number}",
        f"UUID: {control.identifier}",
        f"PID: {os.getpid()}",
        f"Uptime: {uptime}",
        f"Start time: {strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(control.started))}",
        f"Peers: {len(peers)}",
        *[f"  {name}: {state}" for name, state in peers.items()],
    ]


def queue_status(call: Call) -> Output:
    """Say what waits for each helper."""
    waiting = call.control.queues()
    if call.modern:
        return [dumps({name: {"items": items, "bytes": size} for name, (items, size) in waiting.items()})]
    return [f"{name}: {items} items, {size} bytes" for name, (items, size) in waiting.items()]


def api_version(call: Call) -> Output:
    """`[N]`: lines of versions 4 and 6 are always both understood, so there is nothing to switch."""
    words = call.words
    if words and words[0] not in ("4", "6"):
        raise Misspelt(f"there is no API version {words[0]}", "4 or 6", 0)
    number = int(words[0]) if words else call.control.environment.api_version
    return [dumps({"api_version": number, "description": "json-only" if number == 6 else "json and text"})]


def help_lines(call: Call) -> Output:
    """`[WORD ...]`: list the commands, or those whose names have all these words."""
    wanted = set(call.words)
    commands = [each for each in call.control.commands if wanted.issubset(f"{each.name} {each.modern}".split())]
    if not commands:
        raise Misspelt(f"no command has '{call.text}' in its name", "a word of a command", 0)
    if call.modern:
        listed = [
            {
                "command": command.modern or command.name,
                "neighbor_support": bool(command.selected),
                "json_support": command.json,
                "options": command.options.split(),
                "words": command.words,
                "selected": list(command.selected),
            }
            for command in commands
        ]
        filters = ["local-ip", "local-as", "peer-as", "router-id", "family-allowed"]
        return [dumps({"description": "available API commands", "peer_filters": filters, "commands": listed})]
    head = ["", "available API commands are listed here:", "=======================================", ""]
    lines: list[str] = []
    for command in sorted(commands, key=lambda command: command.name):
        prefix = "[neighbor <ip> [filters]] " if command.selected else ""
        lines.append(f"{prefix}{command.name} {command.options}".rstrip())
    return lines if wanted else [*head, *lines, ""]


def crash(call: Call) -> Output:
    """A test of what happens when a command fails."""
    raise Refused("crash was asked for")


COMMANDS: Final[tuple[Command, ...]] = (
    Command("shutdown", shutdown, modern="daemon shutdown"),
    Command("reload", reload, modern="daemon reload"),
    Command("restart", restart, modern="daemon restart"),
    Command("status", status, modern="daemon status", json=True),
    Command("version", version, modern="system version", json=True),
    Command("help", help_lines, modern="system help", json=True, options="[WORD ...]"),
    Command("queue-status", queue_status, modern="system queue-status", json=True),
    Command("api version", api_version, modern="system api version", json=True, options="[4|6]"),
    Command("crash", crash, modern="system crash"),
)
