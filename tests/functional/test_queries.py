"""The installed daemon asked what it holds: a hundred thousand routes streamed to a helper while sessions live on."""

import json
from pathlib import Path
from typing import Any

import pytest_twisted

from daemon import Start, until
from helper import Helper, relay
from peer import KEEPALIVE, UPDATE, Conversation, Listener, message

pytest_plugins = ["stage"]

ROUTES = 100_000
HOLD = 3

CONFIGURATION = """
{relay}
neighbor {address} {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65001;
    hold-time {hold};
    connect {port};
    adj-rib-in true;
    family {{ ipv4 unicast; }}
    api {{ processes [ h ]; }}
}}
"""


def many(count: int) -> bytes:
    """UPDATEs with that many /32, 500 in each, AS path [ 65002 N ] with N from 0 on."""
    found = []
    for at in range(0, count, 500):
        path = bytes((0x40, 2, 10, 2, 2)) + (65002).to_bytes(4, "big") + (65100 + at // 500).to_bytes(4, "big")
        attributes = b"\x40\1\1\0" + path + b"\x40\3\4\xc0\0\2\1" + b"\x40\5\4\0\0\0\x64"
        nlri = b"".join(b"\x20\x14" + (at + n).to_bytes(3, "big") for n in range(500))
        found.append(message(UPDATE, b"\0\0" + len(attributes).to_bytes(2, "big") + attributes + nlri))
    return b"".join(found)


class Asker(Helper):
    """Gives commands one after the other."""

    async def ask(self, line: str, within: float = 60.0) -> list[str]:
        """The lines of the answer, without its last word."""
        before = len(self.lines())
        self.say(line)
        found = await until(lambda: self.ended(before), line, within)
        assert found[-1] == "done", found[-1]
        return found[:-1]

    def ended(self, before: int) -> list[str]:
        lines = self.lines()[before:]
        return lines if lines and lines[-1] in ("done", "error") else []


async def asked(asker: Asker, line: str) -> list[Any]:
    """The JSON objects of an answer."""
    return [json.loads(each) for each in await asker.ask(line)]


@pytest_twisted.ensureDeferred
async def test_the_daemon_tells_what_it_holds(tmp_path: Path, start: Start, listener: Listener) -> None:
    start(CONFIGURATION.format(relay=relay(tmp_path), address=listener.address, port=listener.port, hold=HOLD))
    peer: Conversation = await listener.established(HOLD)
    asker = Asker(tmp_path)
    asker.say("# hello")
    await until(lambda: asker.answers() == ["done"], "the helper runs")
    peer.send(many(ROUTES))
    name = listener.address

    async def counted() -> int:
        found = await asked(asker, "show adj-rib in count json")
        return found[0]["routes"] if found else 0

    for _ in range(100):
        if await counted() == ROUTES:
            break
    assert await counted() == ROUTES

    heard = peer.count(KEEPALIVE)
    lines = await asker.ask("show adj-rib in", 120.0)
    assert len(lines) == len(set(lines)) == ROUTES
    (found,) = await asked(asker, "show adj-rib in prefix 20.0.1.5 longest json")
    assert (found["neighbor"], found["nlri"], found["next-hop"]) == (name, "20.0.1.5/32", "192.0.2.1")
    assert len(await asker.ask("show adj-rib in prefix 20.0.1.0/24 covered")) == 256
    assert len(await asker.ask("show adj-rib in as-path 65101$")) == 500
    assert len(await asker.ask("show adj-rib in as-path ^65002 count")) == 1
    table = await asker.ask("show adj-rib in origin-as 65100 limit 2 table")
    assert table[0].split()[0] == "Neighbor" and len(table) == 3

    (detail,) = await asked(asker, "show neighbor detail json")
    assert detail["state"] == "ESTABLISHED" and detail["routes"]["in"] == {"ipv4 unicast": ROUTES}
    assert 0 < detail["timers"]["hold"] <= HOLD
    (row,) = await asked(asker, "show neighbors json")
    assert row["in"] == ROUTES
    (helper,) = await asked(asker, "show processes json")
    assert helper["state"] == "running" and helper["lines"] > 5 and helper["process"] > 0
    added, *_ = await asked(asker, f"peer {name} routes add route 10.0.0.0/24 next-hop self")
    assert added["success"] is True
    (removed,) = await asked(asker, f"peer {name} routes remove index {added['index']}")
    assert removed["removed"] is True
    assert peer.count(KEEPALIVE) >= heard
