"""Health checks inside the daemon, on a clock: what they announce, when they check, what a reload changes."""

import os
from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from bgptwist.interfaces import ICaller
from bgptwist.net.health import Healthchecks, Voice
from bgptwist.net.probes import Verdict
from bgptwist.settings.build import load_text
from bgptwist.settings.model import HealthcheckSettings, Probe
from tests.api.stage import Stage

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
NEIGHBORS = "".join(
    [
        f"neighbor {each} {{ router-id 1.2.3.4; local-address 127.0.0.9; local-as 1; peer-as 2; }}\n"
        for each in (FIRST, SECOND)
    ]
)
PROBE = "probe tcp 127.0.0.1:80; interval 5; fast-interval 1; timeout 3;"
ROUTE = "announce route 192.0.2.1/32 next-hop self;"


def checks(*texts: str) -> Sequence[HealthcheckSettings]:
    text = "".join(f"healthcheck c{index} {{ {each} }}\n" for index, each in enumerate(texts))
    return load_text(text + NEIGHBORS).healthchecks


class World:
    """A daemon whose probes answer what the test says: `answer` is a verdict, a failure or None for silence."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.answer: Any = Verdict(True, "is there")
        self.answers: dict[str, Any] = {}
        self.attempts = 0
        self.cancelled = 0
        self.health = Healthchecks(self.stage.clock, self.stage.dispatcher, self.stage.control.now, self.attempt)
        self.stage.control.healthchecks = self.health.report

    def attempt(self, probe: Probe, reactor: Any) -> "Deferred[Verdict]":
        self.attempts += 1
        answer = self.answers.get(probe.text, self.answer)
        if answer is None:
            return Deferred(self._cancel)
        return fail(answer) if isinstance(answer, Exception) else succeed(answer)

    def _cancel(self, _: object) -> None:
        self.cancelled += 1

    def apply(
        self, *started: HealthcheckSettings, stopped: Sequence[str] = (), neighbors: Any = (FIRST, SECOND)
    ) -> None:
        self.health.apply(stopped, started, neighbors)
        self.stage.settle()

    def bad(self) -> None:
        self.answer = Verdict(False, "is gone")

    def good(self) -> None:
        self.answer = Verdict(True, "is there")

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.stage.clock.advance(1)
            self.stage.settle()

    @property
    def state(self) -> str:
        return self.health.report()[0].state


class CheckTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.world = World()

    def test_routes_wait_until_it_is_up(self) -> None:
        self.world.apply(*checks(PROBE + ROUTE))
        self.assertEqual((self.world.state, self.world.stage.routes()), ("RISING", []))
        self.world.run(1)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("RISING", []))
        self.world.run(1)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("UP", ["192.0.2.1/32"]))
        self.assertEqual(self.world.stage.routes(SECOND), ["192.0.2.1/32"])

    def test_it_goes_down_after_three_bad_checks_and_withdraws(self) -> None:
        self.world.apply(*checks(PROBE + ROUTE))
        self.world.run(2)
        self.world.bad()
        self.world.run(5)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("FALLING", ["192.0.2.1/32"]))
        self.world.run(2)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("DOWN", []))
        self.assertIn("tcp 127.0.0.1:80: is gone", self.world.health.report()[0].result)

    def test_metrics_of_states(self) -> None:
        self.world.apply(*checks(f"{PROBE}{ROUTE} rise 1; fall 1; up-metric 5; down-metric 9;"))
        found = self.world.stage.speaker
        member = self.world.stage.peer().member
        self.assertEqual([route.path.attributes()[0].words() for _, route in found.routes_out(member)], ["5"])
        self.world.bad()
        self.world.run(5)
        self.assertEqual([route.path.attributes()[0].words() for _, route in found.routes_out(member)], ["9"])

    def test_probes_that_are_late_are_bad_and_do_not_overlap(self) -> None:
        self.world.answer = None
        self.world.apply(*checks(PROBE + ROUTE))
        self.world.run(2)
        self.assertEqual((self.world.attempts, self.world.state), (1, "INIT"))
        self.assertIsNone(self.world.health.report()[0].next)
        self.world.run(1)
        self.assertEqual((self.world.cancelled, self.world.state), (1, "FALLING"))
        self.assertIn("no answer in 3 s", self.world.health.report()[0].result)
        self.world.run(1)
        self.assertEqual(self.world.attempts, 2)

    def test_a_probe_that_fails_is_bad(self) -> None:
        self.world.answer = ValueError("broken\x1b")
        self.world.apply(*checks(PROBE + ROUTE))
        self.assertEqual(self.world.state, "FALLING")
        self.assertIn("broken\\x1b", self.world.health.report()[0].result)

    def test_how_many_must_be_good(self) -> None:
        for require, good, state in (("all", 1, "DOWN"), ("all", 2, "UP"), ("any", 1, "UP"), ("2", 1, "DOWN")):
            world = World()
            world.answers = {
                "tcp 127.0.0.1:80": Verdict(True, ""),
                "tcp 127.0.0.1:81": Verdict(good == 2, ""),
            }
            text = f"{PROBE} probe tcp 127.0.0.1:81; require {require}; rise 1; fall 1; {ROUTE}"
            world.apply(*checks(text))
            self.assertEqual(world.state, state, require)

    def test_a_file_disables_it(self) -> None:
        path = os.path.abspath(self.mktemp())
        self.world.apply(*checks(f"{PROBE}{ROUTE} rise 1; disable {path};"))
        self.assertEqual((self.world.state, self.world.stage.routes()), ("UP", ["192.0.2.1/32"]))
        with open(path, "w"):
            pass
        self.world.run(5)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("DISABLED", []))
        self.assertEqual(self.world.attempts, 1)
        os.unlink(path)
        self.world.run(5)
        self.assertEqual(self.world.state, "INIT")
        self.world.run(5)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("UP", ["192.0.2.1/32"]))

    def test_a_reload_changes_only_the_difference(self) -> None:
        (before,) = checks(f"{PROBE}{ROUTE} rise 1;")
        self.world.apply(before)
        self.assertEqual(self.world.stage.routes(), ["192.0.2.1/32"])
        (after,) = checks(f"{PROBE} announce route 192.0.2.2/32 next-hop self; rise 1;")
        self.world.bad()
        self.world.apply(after)
        self.assertEqual((self.world.state, self.world.stage.routes()), ("FALLING", ["192.0.2.2/32"]))
        (one,) = checks(f"{PROBE} announce route 192.0.2.2/32 next-hop self; rise 1; neighbor {SECOND};")
        self.world.apply(one)
        self.assertEqual((self.world.stage.routes(), self.world.stage.routes(SECOND)), ([], ["192.0.2.2/32"]))

    def test_one_that_is_removed_takes_its_routes_with_it(self) -> None:
        self.world.apply(*checks(f"{PROBE}{ROUTE} rise 1;"))
        self.world.apply(stopped=["c0"])
        self.assertEqual((self.world.stage.routes(), self.world.health.report()), ([], []))
        attempts = self.world.attempts
        self.world.run(20)
        self.assertEqual(self.world.attempts, attempts)

    def test_one_that_is_removed_while_it_probes(self) -> None:
        self.world.answer = None
        self.world.apply(*checks(f"{PROBE}{ROUTE}"))
        self.world.apply(stopped=["c0"])
        self.assertEqual(self.world.cancelled, 1)

    def test_neighbors_that_are_gone_are_not_spoken_to(self) -> None:
        self.world.apply(*checks(f"{PROBE}{ROUTE} rise 1; neighbor {FIRST};"), neighbors=(SECOND,))
        self.assertEqual((self.world.stage.routes(), self.world.stage.logged), ([], []))
        self.world.apply(neighbors=(FIRST, SECOND))
        self.assertEqual(self.world.stage.routes(), ["192.0.2.1/32"])

    def test_many_routes_take_several_turns(self) -> None:
        self.world.apply(*checks(f"{PROBE} rise 1; announce route 10.0.0.0/16 next-hop self split /27;"))
        self.world.run(1)
        self.assertEqual(len(self.world.stage.routes()), 2048)

    def test_show(self) -> None:
        say = self.world.stage.say
        self.assertEqual(say("show healthchecks"), ["done"])
        self.world.apply(*checks(f"{PROBE}{ROUTE} rise 1;", PROBE + ROUTE))
        self.world.run(2)
        first, second, _ = say("show healthchecks")
        line = "UP for 2 s, 1 of 1 routes, 1 good and 0 bad checks, next check in 3 s, last: tcp 127.0.0.1:80: is there"
        self.assertEqual(first, f"c0 {line}")
        self.assertTrue(second.startswith("c1 UP for 0 s, 1 of 1 routes, 3 good"), second)
        self.assertEqual(say("show healthchecks json"), say("system healthchecks"))
        self.assertEqual(say("show healthchecks all"), ["error"])

    def test_the_end(self) -> None:
        self.world.answer = None
        self.world.apply(*checks(PROBE + ROUTE, f"{PROBE}{ROUTE}"))
        self.world.health.stop()
        self.assertEqual((self.world.cancelled, self.world.health.report()), (2, []))

    def test_interface(self) -> None:
        verifyObject(ICaller, Voice("healthcheck web"))
