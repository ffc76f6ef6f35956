"""Back-pressure: neighbors are not read while a helper that listens to them does not read."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.pressure import Pressure, listens
from bgptwist.settings.model import ApiSettings, DirectionSettings, NeighborSettings
from bgptwist.wire.framing import KEEPALIVE
from tests.api.stage import Stage, neighbor
from tests.fakes import RecordingDriver

PATIENCE = 10.0
UPDATES = DirectionSettings(frozenset({"update"}), parsed=True)
ADDRESSES = {"127.0.0.1": ("h",), "127.0.0.2": ("h", "k"), "127.0.0.3": ("k",), "127.0.0.4": ()}
"""Neighbors, and the helpers that hear of them."""


def told(*helpers: str, receive: DirectionSettings = UPDATES) -> tuple[ApiSettings, ...]:
    return (ApiSettings(processes=helpers, receive=receive),)


class ListensTests(SynchronousTestCase):
    """Who is told what a neighbor sends."""

    def listens(self, helper: str, *sections: ApiSettings) -> bool:
        return listens(helper, neighbor("127.0.0.1", api=sections))

    def test_a_helper_that_gets_messages(self) -> None:
        self.assertTrue(self.listens("h", *told("h")))
        self.assertTrue(self.listens("h", *told("k"), *told("k", "h")))

    def test_no_helper_of_others(self) -> None:
        self.assertFalse(self.listens("h", *told("k")))
        self.assertFalse(self.listens("h"))

    def test_no_helper_that_only_gives_commands_or_hears_what_we_send(self) -> None:
        quiet = ApiSettings(processes=("h",), neighbor_changes=True, fsm=True, send=UPDATES)
        self.assertFalse(self.listens("h", quiet))
        self.assertFalse(self.listens("h", quiet, *told("k")))


class World:
    """Established neighbors, each with its connection, and what holds them back."""

    def __init__(self) -> None:
        neighbors = [neighbor(address, api=told(*helpers)) for address, helpers in ADDRESSES.items()]
        self.stage = Stage(*neighbors)
        self.clock: Clock = self.stage.clock
        self.drivers: dict[str, RecordingDriver] = {address: self.stage.establish(address) for address in ADDRESSES}
        self.waiting = len(self.clock.getDelayedCalls())
        self.pressure = Pressure(self.clock, self.stage.speaker.peers.values, PATIENCE)

    @property
    def deaf(self) -> list[str]:
        """The neighbors that are not read."""
        return [address for address, driver in self.drivers.items() if not driver.reading]


class PressureTests(SynchronousTestCase):
    """Two helpers and four neighbors."""

    def setUp(self) -> None:
        self.world = World()
        self.behind = self.world.pressure.behind
        self.clock = self.world.clock

    def warnings(self) -> list[dict[str, Any]]:
        """The warnings from now on."""
        found: list[dict[str, Any]] = []

        def watch(event: Any) -> None:
            if event["log_namespace"] == Pressure.log.namespace:
                found.append(event)

        globalLogPublisher.addObserver(watch)
        self.addCleanup(globalLogPublisher.removeObserver, watch)
        return found

    def test_only_those_the_helper_hears_of_are_paused(self) -> None:
        self.behind("h", True)
        self.assertEqual(self.world.deaf, ["127.0.0.1", "127.0.0.2"])

    def test_they_go_on_when_the_helper_has_read_everything(self) -> None:
        self.behind("h", True)
        self.behind("h", False)
        self.assertEqual(self.world.deaf, [])
        self.clock.advance(2 * PATIENCE)
        self.assertEqual(self.world.deaf, [])

    def test_who_is_heard_by_two_waits_for_both(self) -> None:
        self.behind("h", True)
        self.behind("k", True)
        self.behind("h", False)
        self.assertEqual(self.world.deaf, ["127.0.0.2", "127.0.0.3"])
        self.behind("k", False)
        self.assertEqual(self.world.deaf, [])

    def test_a_helper_is_waited_for_so_long_and_no_longer(self) -> None:
        warnings = self.warnings()
        self.behind("h", True)
        self.clock.advance(PATIENCE - 0.1)
        self.assertEqual((self.world.deaf, warnings), (["127.0.0.1", "127.0.0.2"], []))
        self.clock.advance(0.2)
        self.assertEqual(self.world.deaf, [])
        self.assertEqual([(event["helper"], event["seconds"]) for event in warnings], [("h", PATIENCE)])

    def test_it_is_waited_for_again_once_it_has_caught_up(self) -> None:
        self.behind("h", True)
        self.clock.advance(PATIENCE + 1)
        self.behind("h", False)
        self.behind("h", True)
        self.assertEqual(self.world.deaf, ["127.0.0.1", "127.0.0.2"])

    def test_being_told_twice_makes_no_difference(self) -> None:
        self.behind("h", True)
        self.clock.advance(PATIENCE / 2)
        self.behind("h", True)
        self.clock.advance(PATIENCE / 2)
        self.assertEqual(self.world.deaf, [])
        self.behind("h", False)
        self.behind("h", False)
        self.assertEqual(self.world.deaf, [])

    def test_patience_is_of_each_helper(self) -> None:
        self.behind("h", True)
        self.clock.advance(PATIENCE - 1)
        self.behind("k", True)
        self.clock.advance(1)
        self.assertEqual(self.world.deaf, ["127.0.0.2", "127.0.0.3"])

    def test_nobody_waits_for_a_helper_that_hears_of_nobody(self) -> None:
        warnings = self.warnings()
        before = len(self.clock.getDelayedCalls())
        self.behind("stranger", True)
        self.assertEqual((self.world.deaf, len(self.clock.getDelayedCalls())), ([], before))
        self.clock.advance(2 * PATIENCE)
        self.behind("stranger", False)
        self.assertEqual(warnings, [])

    def test_no_timer_is_left_when_the_helper_has_read(self) -> None:
        clock = Clock()
        pressure = Pressure(clock, self.world.stage.speaker.peers.values, PATIENCE)
        pressure.behind("h", True)
        self.assertEqual([call.getTime() for call in clock.getDelayedCalls()], [PATIENCE])
        pressure.behind("h", False)
        self.assertEqual(clock.getDelayedCalls(), [])

    def test_a_paused_neighbor_hears_from_us_while_its_hold_timer_waits(self) -> None:
        stage = self.world.stage
        Pressure(Clock(), stage.speaker.peers.values, PATIENCE).behind("h", True)
        driver = self.world.drivers["127.0.0.1"]
        before = driver.kinds.count(KEEPALIVE)
        for _ in range(20):
            self.clock.advance(10)
        self.assertEqual(stage.peer("127.0.0.1").state, "ESTABLISHED")
        self.assertGreaterEqual(driver.kinds.count(KEEPALIVE), before + 6)
        self.assertIn("hold timer", stage.peer("127.0.0.4").last_error)

    def test_a_neighbor_that_left_while_it_was_paused_is_no_trouble(self) -> None:
        self.behind("h", True)
        self.world.stage.speaker.remove(self.world.stage.peer("127.0.0.1").settings.name)
        self.behind("h", False)
        self.assertEqual(self.world.drivers["127.0.0.2"].reading, True)

    def test_a_neighbor_that_comes_back_while_the_helper_is_behind_is_paused_too(self) -> None:
        self.behind("h", True)
        stage = self.world.stage
        peer = stage.peer("127.0.0.1")
        peer.disconnected(self.world.drivers["127.0.0.1"], "gone")
        stage.network.attempts.clear()
        self.clock.advance(5)
        driver = stage.establish("127.0.0.1")
        self.assertFalse(driver.reading)
        self.behind("h", False)
        self.assertTrue(driver.reading)


class HolderTests(SynchronousTestCase):
    """Whatever happens in whatever order."""

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.sampled_from(("h", "k", "stranger")), st.booleans()),
                st.tuples(st.just("time"), st.sampled_from((1.0, 4.0, 9.0, 11.0))),
            ),
            max_size=30,
        )
    )
    def test_a_neighbor_is_read_unless_a_helper_holds_it(self, steps: list[tuple[str, Any]]) -> None:
        paused: dict[str, bool] = dict.fromkeys(ADDRESSES, False)
        clock = Clock()
        pressure = Pressure(clock, lambda: peers, PATIENCE)
        peers: Any = [SwitchedPeer(neighbor(address, api=told(*ADDRESSES[address])), paused) for address in ADDRESSES]
        since: dict[str, float] = {}
        for word, detail in steps:
            if word == "time":
                clock.advance(detail)
            else:
                pressure.behind(word, detail)
                if not detail:
                    since.pop(word, None)
                else:
                    since.setdefault(word, clock.seconds())
            for helper in [name for name, start in since.items() if clock.seconds() >= start + PATIENCE]:
                del since[helper]
            for address, helpers in ADDRESSES.items():
                self.assertEqual(paused[address], bool(since.keys() & set(helpers)), (address, since))


class SwitchedPeer:
    """As much of a peer as is paused; twice in a row is an error."""

    def __init__(self, settings: NeighborSettings, paused: dict[str, bool]) -> None:
        self.settings = settings
        self._paused = paused

    def pause_reading(self) -> None:
        self._switch(True)

    def resume_reading(self) -> None:
        self._switch(False)

    def _switch(self, paused: bool) -> None:
        assert self._paused[self.settings.peer_address] is not paused
        self._paused[self.settings.peer_address] = paused
