"""`plugin` sections: what they say, what they give plug-ins a right to, and how they change at a reload."""

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import ApiSettings, ConfigurationError, DirectionSettings, PluginSettings, Settings
from bgptwist.settings.plan import plan
from bgptwist.settings.plugin import Scope, interest
from bgptwist.settings.value import EVENTS
from tests.settings.broken import neighbor


def plugins(*sections: str) -> Settings:
    """The settings of some sections and a neighbor, 127.0.0.1."""
    return load_text("".join(f"plugin {section}\n" for section in sections) + neighbor(""))


class PluginTests(SynchronousTestCase):
    def test_all_that_a_section_may_say(self) -> None:
        text = """p {
            use my.package.Failover;
            neighbor 127.0.0.1;
            neighbor 127.0.0.1;
            events [ fsm receive-update ];
            events SEND-OPEN;
            option prefix 10.0.0.0/8 next-hop self;
            option quiet;
        }"""
        (found,) = plugins(text).plugins
        wanted = interest("fsm", "receive-update", "send-open")
        options = (("prefix", "10.0.0.0/8 next-hop self"), ("quiet", ""))
        self.assertEqual(found, PluginSettings("p", "my.package.Failover", "", ("127.0.0.1",), wanted, options))

    def test_the_least(self) -> None:
        (found,) = plugins("p { use failover; }").plugins
        self.assertEqual(found, PluginSettings("p", "failover"))

    def test_a_file_stands_beside_the_configuration(self) -> None:
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        (folder / "a.py").touch()
        text = "plugin p { use ./a.py A.B; }"
        (found,) = load_text(text, folder=str(folder)).plugins
        self.assertEqual((found.file, found.use), (str(folder / "a.py"), "A.B"))

    def test_names_that_no_file_can_have(self) -> None:
        for name in ("./" + "x" * 5000 + ".py", "/root/x/../..//.py", "/dev/null/x.py"):
            with self.assertRaises(ConfigurationError):
                plugins(f"p {{ use {name} A; }}")

    def test_it_may_command_the_neighbors_that_it_names(self) -> None:
        settings = plugins("p { use a.B; neighbor 127.0.0.1; }", "q { use a.B; }")
        self.assertEqual(settings.neighbors[0].api, (ApiSettings(("plugin p",)),))
        self.assertTrue(settings.neighbors[0].api[0].is_of_plugins)
        self.assertFalse(ApiSettings().is_of_plugins)
        self.assertFalse(ApiSettings(("plugin p", "h")).is_of_plugins)

    def test_a_change_stops_and_starts_it_alone(self) -> None:
        old = plugins("p { use a.B; }", "q { use a.B; }", "r { use a.B; }")
        new = plugins("p { use a.B; option x y; }", "r { use a.B; }", "s { use a.B; }")
        steps = plan(old, new)
        self.assertEqual(steps.stopped_plugins, ("p", "q"))
        self.assertEqual([each.name for each in steps.started_plugins], ["p", "s"])
        self.assertTrue(steps)
        self.assertEqual((steps.restarted, steps.adjusted), ((), ()))
        self.assertFalse(plan(new, replace(new)))

    def test_who_may_command_changes_without_a_new_session(self) -> None:
        steps = plan(plugins("p { use a.B; }"), plugins("p { use a.B; neighbor 127.0.0.1; }"))
        self.assertEqual((len(steps.adjusted), steps.restarted), (1, ()))


class InterestTests(SynchronousTestCase):
    def test_words_become_what_an_api_section_says(self) -> None:
        found = interest("neighbor-changes", "receive-update", "receive-open", "send-update")
        self.assertEqual(
            found,
            ApiSettings(
                neighbor_changes=True,
                receive=DirectionSettings(frozenset({"update", "open"}), parsed=True),
                send=DirectionSettings(frozenset({"update"}), parsed=True),
            ),
        )
        self.assertEqual(interest(), ApiSettings())
        self.assertTrue(interest(*EVENTS).signal)

    def test_other_words_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "there is no event 'update'"):
            interest("update")


class ScopeTests(SynchronousTestCase):
    def test_addresses_and_ranges(self) -> None:
        scope = Scope(("192.0.2.1", "10.0.0.7/24", "2001:db8::/32"))
        for address in ("192.0.2.1", "10.0.0.200", "2001:db8::1"):
            self.assertTrue(scope.contains(address))
        for address in ("192.0.2.2", "10.0.1.1", "2001:db9::1"):
            self.assertFalse(scope.contains(address))

    def test_none_are_all(self) -> None:
        self.assertTrue(Scope(()).contains("192.0.2.1"))
