"""The installed daemon gets neighbors by command, waits for TCP when asked to, and forgets them at a reload."""

import signal
from pathlib import Path

import pytest_twisted
from test_daemon import api, neighbor

from daemon import Start, until
from helper import Helper, relay
from peer import NOTIFICATION, Conversation, Listener

pytest_plugins = ["stage"]

DECONFIGURED = bytes((6, 3))


def creation(listener: Listener) -> str:
    return (
        f"peer create {listener.address} local-address 127.0.0.1 local-as 65001 peer-as 65001 router-id 10.0.0.1 "
        f"hold-time 9 connect {listener.port} family-allowed ipv4-unicast"
    )


@pytest_twisted.ensureDeferred
async def test_a_neighbor_is_made_spoken_to_and_removed(
    tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
) -> None:
    start(relay(tmp_path) + neighbor(listener, api("h")))
    helper = Helper(tmp_path)
    await listener.established()
    helper.say(creation(other_listener) + " neighbor-changes true receive update")
    made = await other_listener.established()
    await until(lambda: helper.states() == ["connected", "up"] * 2, "the helper hears of both neighbors")
    helper.say(f"neighbor {other_listener.address} announce route 10.9.0.0/24 next-hop 192.0.2.1")
    helper.say(f"neighbor {other_listener.address} sync")
    await until(lambda: helper.answers() == ["done"] * 3, "three answers")
    assert await made.updates(1)
    helper.say(creation(other_listener))
    await until(lambda: helper.answers()[3:] == ["error"], "nobody is made twice")
    helper.say(f"peer delete {other_listener.address}")
    assert (await made.receive(NOTIFICATION))[:2] == DECONFIGURED
    await until(lambda: helper.answers()[4:] == ["done"], "the deletion is answered")
    assert not listener.connections[0].lost


@pytest_twisted.ensureDeferred
async def test_a_reload_forgets_them_and_brings_back_what_was_removed(
    tmp_path: Path, start: Start, listener: Listener, other_listener: Listener
) -> None:
    daemon = start(relay(tmp_path) + neighbor(listener, api("h")))
    helper = Helper(tmp_path)
    first = await listener.established()
    helper.say(creation(other_listener))
    made: Conversation = await other_listener.established()
    daemon.signal(signal.SIGUSR1)
    assert (await made.receive(NOTIFICATION))[:2] == DECONFIGURED
    assert not first.lost
    helper.say(f"peer delete {listener.address}")
    assert (await first.receive(NOTIFICATION))[:2] == DECONFIGURED
    daemon.signal(signal.SIGUSR1)
    await listener.established()
