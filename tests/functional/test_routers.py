"""The installed daemon beside FRR and OpenBGPD: sessions, attributes, events, withdrawals."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted
from routers import OWN, Frr, OpenBgpd, Router

from daemon import Start, until
from helper import Helper, relay

pytest_plugins = ["stage"]

ROUTES = 500


@pytest.fixture(params=[Frr, OpenBgpd], ids=["frr", "openbgpd"])
def router(request: pytest.FixtureRequest) -> Iterator[Router]:
    """One of the two, which is ended with the test; its log is shown when that fails."""
    if reason := request.param.missing():
        pytest.skip(reason)
    made: Router = request.param()
    try:
        yield made
    finally:
        print(f"---- log of {made.label}", *made.log.splitlines()[-40:], sep="\n")
        made.destroy()


def neighbor(port: int) -> str:
    return f"""
neighbor 127.0.0.1 {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65002;
    hold-time 9;
    connect {port};
    family {{ ipv4 unicast; ipv6 unicast; }}
    api {{ processes [ h ]; neighbor-changes; receive {{ parsed; update; }} }}
}}
"""


@pytest_twisted.ensureDeferred
async def test_routes_come_and_go_both_ways(tmp_path: Path, start: Start, router: Router) -> None:
    await router.start()
    daemon = start(relay(tmp_path) + neighbor(router.port))
    helper = Helper(tmp_path)
    await router.established()
    await until(lambda: OWN in helper.announced(), "the route of the router is told")
    next_hop, attributes = helper.announced()[OWN]
    assert next_hop in ("127.0.0.1", "10.0.0.2")
    assert attributes["as-path"]["0"] == {"element": "as-sequence", "value": [65002]}

    told = {f"10.{number >> 8}.{number & 255}.0/24": number for number in range(ROUTES)}
    for prefix, number in told.items():
        helper.say(f"announce route {prefix} next-hop 192.0.2.1 med {number} community [ 65001:{number} ]")
    helper.say("announce route 2001:db8:1::/48 next-hop 2001:db8::1 as-path [ 65001 65010 ] large-community 65001:1:2")
    await until(lambda: len(router.routes()) == ROUTES + 1, "all routes are there", 30)
    found = router.routes()
    assert {prefix: found[prefix]["med"] for prefix in told} == told
    for prefix, number in list(told.items())[:: ROUTES // 5]:
        assert router.communities(prefix) == f"65001:{number}"
    assert {found[prefix]["path"] for prefix in told} == {"65001"}
    assert found["2001:db8:1::/48"]["path"].split() == ["65001", "65010"]

    for prefix in list(told)[1:]:
        helper.say(f"withdraw route {prefix}")
    helper.say("withdraw route 2001:db8:1::/48")
    await until(lambda: list(router.routes()) == [next(iter(told))], "all but one are withdrawn", 30)
    await until(lambda: helper.answers().count("done") == 2 * ROUTES + 1, "every command is answered")
    assert "error" not in helper.answers()

    router.destroy()
    await until(lambda: helper.states()[-1:] == ["down"], "the end of the router is told")
    assert daemon.running
