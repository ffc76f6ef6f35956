"""Plug-ins in the installed daemon: good ones, and some that do everything wrong."""

import signal
from pathlib import Path

import pytest_twisted

from daemon import Start, sleep, until
from helper import Helper, relay
from peer import KEEPALIVE, NOTIFICATION, UPDATE, Listener, update

pytest_plugins = ["stage"]

HEAD = """\
import os, sys
from zope.interface import implementer
from bgptwist.interfaces import IPlugin
from bgptwist.settings.plugin import interest
"""

GOOD = (
    HEAD
    + """
@implementer(IPlugin)
class Good:
    wanted = interest("neighbor-changes", "receive-update")

    async def start(self, context):
        self.context = context
        context.announce("route", context.options["prefix"], "next-hop self")
        context.log(f"shown {await context.command('show adj-rib out')}")

    def event(self, event):
        self.context.log(f"heard {type(event).__name__}")

    def stop(self):
        self.context.withdraw("route", self.context.options["prefix"])
"""
)

BAD = (
    HEAD
    + """
@implementer(IPlugin)
class Bad:
    wanted = interest("neighbor-changes", "fsm", "receive-update", "receive-keepalive", "send-update", "send-keepalive")

    def start(self, context):
        context.call_later(0.1, sys.exit, 5)

    def event(self, event):
        raise RuntimeError("as ever")

    def stop(self):
        sys.exit(6)
"""
)


def section(name: str, use: str, inside: str = "") -> str:
    return f"plugin {name} {{ use {use}; {inside} }}\n"


def neighbor(listener: Listener) -> str:
    return f"""
neighbor {listener.address} {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65001;
    hold-time 9;
    connect {listener.port};
    family {{ ipv4 unicast; }}
    api {{ processes [ h ]; }}
}}
"""


@pytest_twisted.ensureDeferred
async def test_good_and_bad_ones(start: Start, listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "worse.py").write_text("import nothing_of_that_name\n")
    after = (
        section("bad", "./bad.py Bad")
        + section("worse", "./worse.py Worse")
        + section("worst", "nowhere.at.All")
        + relay(tmp_path)
        + neighbor(listener)
    )
    daemon = start(section("good", "./good.py Good", "option prefix 10.1.0.0/16;") + after)
    peer = await listener.established()
    assert (await peer.updates(1))[0].endswith(bytes((16, 10, 1)))
    peer.send(update("10.9.0.0/16"))
    await until(lambda: "plugin good: heard UpdateMessage" in daemon.output, "the good one hears the update")
    await until(lambda: "plugin bad failed 10 times" in daemon.output, "the bad one is switched off")
    assert "plugin worse: it cannot be loaded: ModuleNotFoundError" in daemon.output
    assert "plugin worst: it cannot be loaded" in daemon.output
    helper = Helper(tmp_path)
    helper.say("show plugins")
    await until(lambda: "done" in helper.answers(), "the command is answered")
    states = [line.partition(",")[0] for line in helper.answers()[:-1]]
    assert states == ["good running", "bad off", "worse failed", "worst failed"]
    path = tmp_path / "bgptwist.conf"
    path.write_text(section("good", "./good.py Good", "option prefix 10.2.0.0/16;") + after)
    daemon.signal(signal.SIGUSR1)
    await until(lambda: any(body.endswith(bytes((16, 10, 2))) for body in bodies(peer.messages)), "the new prefix")
    await until(
        lambda: any(bytes((16, 10, 1)) in body[:8] for body in bodies(peer.messages)), "the old one is withdrawn"
    )
    assert daemon.output.count("plugin good started") == 2
    keepalives = peer.count(KEEPALIVE)
    await until(lambda: peer.count(KEEPALIVE) > keepalives, "the session lives")
    assert not peer.lost
    daemon.signal(signal.SIGTERM)
    await peer.receive(NOTIFICATION)
    assert await daemon.ended() == 0
    await daemon.gone()
    await sleep(0)


def bodies(messages: list[tuple[int, bytes]]) -> list[bytes]:
    """Those of UPDATEs."""
    return [body for kind, body in messages if kind == UPDATE]
