"""Plug-ins: what they hear and may say, and that nothing which they do wrong reaches anybody else."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import formatEvent, globalLogPublisher
from twisted.plugin import getPlugins
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from bgptwist import plugins
from bgptwist.api.call import Lines, Wait
from bgptwist.api.encoders.dialects import dialect_of
from bgptwist.api.report import configuration
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.client import CommandRefused
from bgptwist.interfaces import IPlugin, IPluginContext
from bgptwist.net.plugins import FAILURES, GRACE, PENDING, Answer, Context, Plugins
from bgptwist.settings.model import ApiSettings, Environment, NeighborSettings, PluginSettings
from bgptwist.settings.plugin import interest
from bgptwist.speaker.events import StateChanged
from tests.api.stage import Stage, neighbor

HERE = f"{__name__}."
MINE = (ApiSettings(("plugin p",)),)


@implementer(IPlugin)
class Parrot:
    """Remembers what it is told; the newest one is in `made`."""

    wanted = interest("neighbor-changes")
    made: "list[Parrot]" = []

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.calls: list[str] = []
        self.context: Any = None
        Parrot.made.append(self)

    def start(self, context: IPluginContext) -> object:
        self.context = context
        self.calls.append("start")
        return None

    def event(self, event: object) -> object:
        self.events.append(event)
        return None

    def stop(self) -> object:
        self.calls.append("stop")
        return None


@implementer(IPlugin)
class Broken(Parrot):
    """Fails at every event, and when it is stopped."""

    def event(self, event: object) -> object:
        super().event(event)
        raise KeyError("no\nsuch route")

    def stop(self) -> object:
        super().stop()
        sys.exit(3)


@implementer(IPlugin)
class Stillborn(Parrot):
    """Fails when it starts."""

    def start(self, context: IPluginContext) -> object:
        super().start(context)
        raise ValueError("no prefix")


@implementer(IPlugin)
class Slow(Parrot):
    """Takes its time for everything."""

    def event(self, event: object) -> object:
        super().event(event)
        waited: Deferred[object] = Deferred()
        return waited

    def stop(self) -> object:
        super().stop()
        waited: Deferred[object] = Deferred()
        return waited


@implementer(IPlugin)
class Eventual(Parrot):
    """A plug-in of coroutines."""

    async def start(self, context: IPluginContext) -> object:
        super().start(context)
        self.events += await context.command("version")
        return None

    async def event(self, event: object) -> object:
        raise KeyError("later")


@implementer(IPlugin)
class Greedy(Parrot):
    """Asks for nothing that can be had."""

    wanted: Any = "everything"


class NotOne:
    """No plug-in."""


def unable() -> None:
    """Makes nothing."""
    raise ImportError("no module named router")


class PluginTestCase(SynchronousTestCase):
    def setUp(self) -> None:
        self.prepare(neighbor("127.0.0.1", api=MINE), neighbor("127.0.0.2", 65002))

    def prepare(self, *neighbors: NeighborSettings) -> None:
        self.stage = Stage(*neighbors)
        self.subscriptions = Subscriptions(dialect_of(Environment()))
        self.subscriptions.configure(neighbors, ())
        speaker = self.stage.speaker
        self.plugins = Plugins(self.stage.clock, self.stage.dispatcher, self.subscriptions, speaker.states)
        Parrot.made.clear()
        self.addCleanup(Parrot.made.clear)
        self.logged: list[str] = []
        globalLogPublisher.addObserver(self.observe)
        self.addCleanup(globalLogPublisher.removeObserver, self.observe)

    def observe(self, event: Any) -> None:
        if event["log_namespace"].startswith("bgptwist.net.plugins"):
            self.logged.append(formatEvent(event))

    def start(self, use: str = "Parrot", **named: Any) -> Any:
        """The only plug-in."""
        self.plugins.configure((PluginSettings("p", HERE + use, **named),))
        return Parrot.made[-1] if Parrot.made else None

    def publish(self, state: str = "up", address: str = "127.0.0.1") -> None:
        peer = self.stage.peer(address)
        self.subscriptions.publish(StateChanged(peer.identity, 1.5, state))

    def problems(self, kind: type[Exception] = Exception, count: int = 1) -> None:
        self.assertEqual(len(self.flushLoggedErrors(kind)), count)

    def report(self) -> tuple[str, int, int, str]:
        (found,) = self.plugins.report()
        return found.state, found.events, found.failures, found.problem


class LifeTests(PluginTestCase):
    def test_it_is_given_what_its_section_says(self) -> None:
        parrot = self.start(options=(("prefix", "10.0.0.0/8"), ("quiet", "")))
        verifyObject(IPluginContext, parrot.context)
        self.assertEqual(parrot.context.name, "p")
        self.assertEqual(dict(parrot.context.options), {"prefix": "10.0.0.0/8", "quiet": ""})

    def test_it_hears_first_how_the_sessions_are(self) -> None:
        self.stage.establish()
        parrot = self.start()
        self.assertEqual(
            [(event.state, event.identity.peer_address) for event in parrot.events][-1], ("up", "127.0.0.1")
        )

    def test_it_hears_events(self) -> None:
        parrot = self.start()
        parrot.events.clear()
        self.publish("down")
        self.assertEqual([event.state for event in parrot.events], ["down"])
        self.assertEqual(self.report()[0], "running")

    def test_it_hears_of_its_neighbors_alone(self) -> None:
        parrot = self.start(neighbors=("127.0.0.1",))
        parrot.events.clear()
        self.publish(address="127.0.0.2")
        self.assertEqual(parrot.events, [])
        self.publish()
        self.assertEqual(len(parrot.events), 1)

    def test_its_section_may_ask_for_other_events(self) -> None:
        parrot = self.start(wanted=interest("fsm"))
        self.publish()
        self.assertEqual(parrot.events, [])

    def test_a_reload_leaves_it_alone_unless_its_section_changed(self) -> None:
        first = self.start()
        self.start()
        self.assertEqual((len(Parrot.made), first.calls), (1, ["start"]))
        second = self.start(options=(("a", "b"),))
        self.assertEqual((first.calls, second.calls), (["start", "stop"], ["start"]))
        self.publish("down")
        self.assertNotIn("down", [event.state for event in first.events])

    def test_one_that_is_gone_is_stopped(self) -> None:
        parrot = self.start()
        self.plugins.configure(())
        self.assertEqual(parrot.calls, ["start", "stop"])
        self.assertEqual(self.plugins.report(), [])

    def test_the_end_waits_for_those_that_take_their_time(self) -> None:
        parrot = self.start("Slow")
        over = self.plugins.stop()
        self.assertNoResult(over)
        self.assertEqual(parrot.calls, ["start", "stop"])
        self.stage.clock.advance(GRACE)
        self.successResultOf(over)
        self.problems()

    def test_a_new_one_waits_until_the_old_one_has_stopped(self) -> None:
        self.start("Slow")
        self.start("Parrot")
        self.assertEqual(len(Parrot.made), 1)
        self.stage.clock.advance(GRACE)
        self.assertEqual(len(Parrot.made), 2)
        self.problems()

    def test_coroutines_are_awaited(self) -> None:
        parrot = self.start("Eventual")
        self.assertTrue(parrot.events)
        self.problems(KeyError, self.report()[2])


class FailureTests(PluginTestCase):
    def test_what_it_raises_stays_with_it(self) -> None:
        parrot = self.start("Broken")
        self.problems(KeyError, len(parrot.events))
        self.publish("down")
        (logged,) = self.flushLoggedErrors(KeyError)
        self.assertIsInstance(logged.value, KeyError)
        state, events, failures, problem = self.report()
        self.assertEqual((state, events), ("running", failures))
        self.assertEqual(problem, "event failed: KeyError: 'no\\nsuch route'")

    def test_one_that_fails_too_often_is_switched_off(self) -> None:
        parrot = self.start("Broken")
        for _ in range(FAILURES + 3):
            self.publish()
        self.assertEqual(len(parrot.events), FAILURES)
        self.assertEqual(self.report()[0], "off")
        self.stage.clock.advance(0)
        self.assertEqual(parrot.calls, ["start", "stop"])
        self.publish()
        self.assertEqual(len(parrot.events), FAILURES)
        self.problems(KeyError, FAILURES)
        self.problems(SystemExit)  # type: ignore[arg-type]

    def test_failures_now_and_then_are_forgiven(self) -> None:
        self.start("Broken")
        for _ in range(FAILURES * 3):
            self.publish()
            self.stage.clock.advance(30)
        self.assertEqual(self.report()[0], "running")
        self.flushLoggedErrors(KeyError)

    def test_a_reload_gives_another_chance(self) -> None:
        self.start("Stillborn")
        self.assertEqual(self.report()[0], "failed")
        self.start("Stillborn")
        self.assertEqual(len(Parrot.made), 2)
        self.problems(ValueError, 2)

    def test_one_that_cannot_be_loaded_is_told_in_one_line(self) -> None:
        cases = (
            ("NotOne", "no plug-in, see bgptwist.interfaces.IPlugin", 0),
            ("Greedy", "'wanted' of", 0),
            ("unable", "no module named router", 1),
            ("Missing", f"Python finds no '{HERE}Missing'", 0),
            ("HERE", "is neither a plug-in nor a class of them", 0),
        )
        for use, wanted, tracebacks in cases:
            self.start(use)
            state, _, _, problem = self.report()
            self.assertEqual(state, "failed")
            self.assertIn(wanted, problem)
            self.assertNotIn("\n", problem)
            self.problems(count=tracebacks)
        self.plugins.configure((PluginSettings("p", "nowhere.at.All"),))
        self.assertIn("Python finds no 'nowhere.at.All'", self.report()[3])

    def test_the_others_run(self) -> None:
        self.plugins.configure((PluginSettings("a", HERE + "NotOne"), PluginSettings("b", HERE + "Parrot")))
        self.assertEqual([each.state for each in self.plugins.report()], ["failed", "running"])

    def test_one_with_too_much_under_way_is_told_no_more(self) -> None:
        parrot = self.start("Slow")
        for _ in range(PENDING + 10):
            self.publish()
        self.assertEqual(len(parrot.events), PENDING)
        self.plugins.configure(())
        self.stage.clock.advance(GRACE)
        self.flushLoggedErrors()

    def test_calls_that_take_long_are_logged(self) -> None:
        parrot = self.start()
        clock = self.stage.clock
        self.logged.clear()
        parrot.context.call_later(1, lambda: setattr(clock, "rightNow", clock.rightNow + 2))
        clock.advance(1)
        self.assertEqual(self.report()[2], 0)
        self.assertEqual(self.logged, ["plugin p: a call took 2.0 seconds, in which the daemon stood still"])


class CommandTests(PluginTestCase):
    def answered(self, line: str) -> list[str]:
        return self.successResultOf(self.context.command(line))

    @property
    def context(self) -> Context:
        context: Context = Parrot.made[-1].context
        return context

    def shown(self) -> list[str]:
        found: list[str] = []
        answer = self.context.command("show adj-rib out", found.append)
        self.stage.clock.pump([0] * 20)
        self.successResultOf(answer)
        return sorted(line.split(" ipv4")[0] for line in found)

    def test_it_announces_and_withdraws(self) -> None:
        self.start()
        self.assertTrue(self.context.announce("route", "10.0.0.0/8", "next-hop self"))
        self.assertEqual(self.shown(), ["127.0.0.1", "127.0.0.2"])
        self.assertTrue(self.context.withdraw("route 10.0.0.0/8", neighbor="127.0.0.1"))
        self.assertEqual(self.shown(), ["127.0.0.2"])

    def test_it_reaches_its_neighbors_alone(self) -> None:
        self.start(neighbors=("127.0.0.1",))
        self.assertTrue(self.context.announce("route 10.0.0.0/8 next-hop self"))
        self.assertEqual(self.shown(), ["127.0.0.1"])
        self.assertFalse(self.context.announce("route 10.0.0.0/8 next-hop self", neighbor="127.0.0.2"))

    def test_a_refusal_is_told(self) -> None:
        self.start()
        self.assertFalse(self.context.announce("route 10.0.0.0/33 next-hop self"))
        refused = self.failureResultOf(self.context.command("announce route 10.0.0.0/8"), CommandRefused).value
        self.assertEqual(refused.line, "announce route 10.0.0.0/8")
        self.assertIn("no next hop", refused.reason)

    def test_a_command_may_have_an_identifier(self) -> None:
        self.start()
        self.assertEqual(len(self.answered("@1 version")), 1)
        self.assertEqual(self.answered("@2 announce route 10.0.0.0/8 next-hop self"), [])
        refused = self.failureResultOf(self.context.command("@3 announce route 10.0.0.0/8"), CommandRefused).value
        self.assertIn("no next hop", refused.reason)
        self.assertFalse(self.context.announce("route 10.0.0.0/8"))

    def test_a_short_answer_is_there_at_once(self) -> None:
        self.start()
        self.assertEqual(len(self.answered("version")), 1)
        self.assertEqual(self.answered("# nothing"), [])

    def test_silence_does_not_last(self) -> None:
        self.start()
        self.answered("silence-ack")
        self.context._conversation.speak(True)
        self.assertFalse(self.context.announce("nothing"))

    def test_what_is_no_line_is_refused(self) -> None:
        self.start()
        for line in ("", "  ", "a\nb", "caf\xe9", "x" * (1 << 20) + "x"):
            with self.assertRaises(ValueError):
                self.context.command(line)

    def test_a_long_answer_takes_turns(self) -> None:
        self.start()
        for number in range(1500):
            self.context.announce(f"route 10.{number // 250}.{number % 250}.0/24 next-hop self", neighbor="127.0.0.1")
        answer = self.context.command("show adj-rib out")
        self.assertNoResult(answer)
        self.stage.clock.pump([0] * 20)
        self.assertEqual(len(self.successResultOf(answer)), 1500)

    def test_an_answer_may_wait(self) -> None:
        self.start()
        waiting: list[Callable[[], None]] = []
        found: list[str] = []

        def lines() -> Lines:
            yield "one"
            yield Wait(waiting.append)
            yield "two"

        self.context._draw(lines(), Answer("x", found.append), lambda: found.append("end"))
        self.stage.clock.advance(0)
        self.assertEqual(found, [])
        waiting[0]()
        self.stage.clock.advance(0)
        self.assertEqual(found, ["one", "two", "end"])

    def test_calls_end_with_it(self) -> None:
        parrot = self.start()
        called: list[int] = []
        parrot.context.call_later(1, called.append, 1)
        off = parrot.context.call_later(2, called.append, 2)
        parrot.context.call_later(3, called.append, 3)
        off()
        off()
        self.stage.clock.advance(2)
        self.plugins.configure(())
        parrot.context.call_later(1, called.append, 4)
        self.stage.clock.advance(5)
        self.assertEqual(called, [1])
        self.assertEqual(self.stage.clock.getDelayedCalls(), [])

    def test_a_level_must_be_one(self) -> None:
        parrot = self.start()
        parrot.context.log("two\nlines", "warn")
        self.assertEqual(self.logged[-1], "plugin p: two\\nlines")
        with self.assertRaises(ValueError):
            parrot.context.log("x", "loud")


class SourceTests(PluginTestCase):
    TEXT = """\
from zope.interface import implementer
from twisted.plugin import IPlugin as IFound
from bgptwist.interfaces import IPlugin
from bgptwist.settings.plugin import interest

@implementer(IPlugin, IFound)
class Quiet:
    wanted = interest()
    name = "quiet"
    def start(self, context):
        context.log("VERSION")
    def event(self, event):
        pass
    def stop(self):
        pass

quiet = Quiet()
"""

    def folder(self) -> Path:
        folder = Path(self.mktemp())
        folder.mkdir()
        return folder

    def test_a_file_is_read_anew_each_time(self) -> None:
        path = self.folder() / "quiet.py"
        path.write_text(self.TEXT)
        self.plugins.configure((PluginSettings("p", "Quiet", str(path)),))
        self.assertEqual(self.report()[0], "running")
        self.plugins.configure((PluginSettings("p", "Loud", str(path)),))
        self.assertIn("there is no 'Loud' in", self.report()[3])
        path.write_text("1 / 0\n")
        self.plugins.configure((PluginSettings("p", "Quiet", str(path), options=(("a", ""),)),))
        self.assertIn("ZeroDivisionError", self.report()[3])
        self.problems(ZeroDivisionError)
        self.assertEqual([each.name for each in path.parent.iterdir()], ["quiet.py"])

    def test_the_one_of_the_manual(self) -> None:
        manual = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text()
        path = self.folder() / "failover.py"
        path.write_text(manual.split("```python\n")[1].split("```")[0])
        neighbors = ("192.0.2.10", "192.0.2.11")
        settings = PluginSettings("failover", "Failover", str(path), neighbors)
        mine = (ApiSettings((settings.caller,)),)
        self.prepare(*(neighbor(address, api=mine) for address in neighbors))
        self.plugins.configure((settings,))
        self.assertEqual(self.stage.speaker.outgoing.count(self.stage.peer("192.0.2.11").member), 1)
        for state, address, routes in (
            ("up", "192.0.2.10", 0),
            ("down", "192.0.2.11", 0),
            ("down", "192.0.2.10", 1),
            ("connected", "192.0.2.10", 1),
            ("up", "192.0.2.10", 0),
        ):
            self.publish(state, address)
            second = self.stage.peer("192.0.2.11").member
            self.assertEqual(self.stage.speaker.outgoing.count(second), routes)
        self.assertEqual(self.report()[0], "running")

    def test_a_name_is_found_in_the_folder_of_plugins(self) -> None:
        folder = self.folder()
        (folder / "found_quiet.py").write_text(self.TEXT)
        plugins.__path__.append(str(folder))
        self.addCleanup(plugins.__path__.remove, str(folder))
        self.assertIn("quiet", [each.name for each in getPlugins(IPlugin, plugins)])
        self.plugins.configure((PluginSettings("a", "quiet"), PluginSettings("b", "quiet")))
        self.assertEqual([each.state for each in self.plugins.report()], ["running", "failed"])
        self.assertIn("name its class in both", self.plugins.report()[1].problem)

    def test_a_name_that_nobody_has(self) -> None:
        self.plugins.configure((PluginSettings("a", "nobody"),))
        self.assertIn("there is no plug-in 'nobody'", self.plugins.report()[0].problem)

    def test_none_is_shipped(self) -> None:
        self.assertEqual(list(getPlugins(IPlugin, plugins)), [])


class ShowTests(PluginTestCase):
    def test_both_forms(self) -> None:
        self.stage.control.plugins = self.plugins.report
        self.start()
        stage = self.stage
        self.assertIsNone(stage.dispatcher.command(stage.conversation, "show plugins"))
        self.assertEqual(stage.caller.read(), ["p running, 0 events, 0 failures", "done"])
        stage.dispatcher.command(stage.conversation, "show plugins json")
        told = stage.caller.read()[0]
        self.assertIn('"name": "p", "use": "tests.net.test_plugins.Parrot", "state": "running"', told)
        self.assertNotIn("plugin", "".join(configuration(neighbor("127.0.0.1", api=MINE))))
        stage.dispatcher.command(stage.conversation, "show plugins loud")
        self.assertEqual(stage.caller.read(), ["error"])
