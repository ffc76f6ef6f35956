"""The configurations in etc/ load to what is expected, and the helpers in examples/ do what they say.

`BGPTWIST_REWRITE=1` writes the expected texts anew.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings import environment
from bgptwist.settings.build import load
from bgptwist.settings.model import (
    ApiSettings,
    CapabilitySettings,
    CheckedRoute,
    DirectionSettings,
    Environment,
    HealthcheckSettings,
    HelperSettings,
    NeighborSettings,
    PluginSettings,
    Settings,
)

ROOT = Path(__file__).resolve().parent.parent.parent
ETC = ROOT / "etc" / "bgptwist"
EXPECTED = Path(__file__).resolve().parent / "expected"
DEFAULTS = {
    NeighborSettings: NeighborSettings(""),
    CapabilitySettings: CapabilitySettings(),
    ApiSettings: ApiSettings(),
    DirectionSettings: DirectionSettings(),
    HelperSettings: HelperSettings("", (), "json"),
    PluginSettings: PluginSettings("", ""),
    HealthcheckSettings: HealthcheckSettings(""),
    CheckedRoute: CheckedRoute("", b"", "", ""),
}


def spelt(value: object) -> str:
    """A value of a field, short enough to be read."""
    if type(value) in DEFAULTS:
        return "(" + "; ".join(told(value)) + ")"
    if isinstance(value, tuple):
        return ", ".join([spelt(each) for each in value])
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return str(value).replace(str(ROOT), "ROOT")


def told(settings: object) -> Iterator[str]:
    """The fields that differ from their defaults."""
    for field in fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, field.name)
        if field.name not in ("routes", "watched") and value != getattr(DEFAULTS[type(settings)], field.name):
            yield f"{field.name} = {spelt(value)}"


def dump(settings: Settings) -> str:
    """All that settings say, as lines."""
    lines = [f"warning: {str(warning).replace(str(ROOT), 'ROOT')}" for warning in settings.warnings]
    for helper in settings.helpers:
        lines += ["", *told(helper)]
    for plugin in settings.plugins:
        lines += ["", *told(plugin)]
    for check in settings.healthchecks:
        lines += ["", *told(check), *(f"route {each}" for route in check.routes for each in told(route))]
    for neighbor in settings.neighbors:
        lines += ["", neighbor.name, *(f"\t{line}" for line in told(neighbor))]
        lines += [f"\troute {statement(route)}" for route in neighbor.routes]
        for static in neighbor.watched:
            lines.append(f"\twatchdog {static.watchdog} held {static.held} route {statement(static.route)}")
    return "\n".join(lines).strip() + "\n"


class ExampleTests(SynchronousTestCase):
    maxDiff = None

    def test_every_configuration_means_what_is_expected(self) -> None:
        paths = sorted(ETC.glob("*.conf"))
        self.assertGreaterEqual(len(paths), 6)
        for path in paths:
            found = dump(load([str(path)]))
            expected = EXPECTED / f"{path.stem}.txt"
            if os.environ.get("BGPTWIST_REWRITE"):
                expected.write_text(found)
            self.assertEqual(found, expected.read_text(), path.name)

    def test_every_expected_text_has_its_configuration(self) -> None:
        self.assertEqual({path.stem for path in EXPECTED.iterdir()}, {path.stem for path in ETC.glob("*.conf")})

    def test_the_environment_file_has_the_defaults(self) -> None:
        self.assertEqual(environment.load({}, str(ETC / "bgptwist.env")), (Environment(), []))

    def test_helpers_can_be_started(self) -> None:
        for path in (ROOT / "examples").glob("*.py"):
            self.assertTrue(os.access(path, os.X_OK), path)


class HelperTests(SynchronousTestCase):
    def start(self, name: str, *arguments: str) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        line = [sys.executable, str(ROOT / "examples" / name), *arguments]
        process = subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.addCleanup(process.kill)
        return process

    def test_anycast_announces_while_the_service_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as service:
            helper = self.start("anycast.py", "192.0.2.53/32", "127.0.0.1", str(service.getsockname()[1]))
            assert helper.stdout is not None
            command = helper.stdout.readline()
            output, errors = helper.communicate("done\n", timeout=20)
        self.assertEqual((output, errors, helper.returncode), ("", "", 0))
        self.assertTrue(command.startswith("announce route "))
        (route,) = RouteReader().announcement(command.removeprefix("announce route ")).routes
        self.assertEqual(statement(route), "192.0.2.53/32 next-hop self")

    def test_collector_writes_a_line_for_a_route(self) -> None:
        neighbor = '"neighbor": { "address": { "local": "127.0.0.1", "peer": "10.0.0.1" }, "direction": "receive"'
        update = (
            '"attribute": { "as-path": { "0": { "element": "as-sequence", "value": [ 65001, 65002 ] } } }, '
            '"announce": { "ipv4 unicast": { "1.1.1.1": [ { "nlri": "10.0.0.0/24" } ] } }, '
            '"withdraw": { "ipv4 unicast": [ { "nlri": "10.0.1.0/24" } ] }'
        )
        message = f'"message": {{ "update": {{ {update} }} }}'
        lines = [
            "done",
            f'{{ "exabgp": "5.0.0", "time": 0.5, "type": "state", {neighbor}, "state": "up" }} }}',
            f'{{ "exabgp": "5.0.0", "time": 0.5, "type": "update", {neighbor}, {message} }} }}',
            '{ "exabgp": "5.0.0", "time": 0.5, "type": "notification", "notification": "shutdown" }',
        ]
        _, errors = self.start("collector.py").communicate("\n".join(lines) + "\n", timeout=20)
        start = "1970-01-01T00:00:00Z 10.0.0.1"
        self.assertEqual(
            [line.rstrip() for line in errors.splitlines()],
            [
                f"{start} up",
                f"{start} announce ipv4 unicast 10.0.0.0/24 next-hop 1.1.1.1 as-path 65001 65002",
                f"{start} withdraw ipv4 unicast 10.0.1.0/24",
            ],
        )
