"""Who is told what: sections, forms, counters."""

import json
from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.encoders.json import Stamp
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.interfaces import IEventSink
from bgptwist.settings.model import ApiSettings, DirectionSettings, HelperSettings, NeighborSettings
from bgptwist.speaker.events import (
    CapabilityMessage,
    Event,
    FsmChanged,
    Identity,
    KeepaliveMessage,
    OperationalMessage,
    RefreshMessage,
    StateChanged,
)
from bgptwist.wire.messages.capability import CapabilityChange
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.messages.refresh import RouteRefresh
from tests.api.test_json import update

JSON = HelperSettings("j", ("/bin/j",), "json")
OTHER = HelperSettings("k", ("/bin/k",), "json")
TEXT = HelperSettings("t", ("/bin/t",), "text")
UPDATES = frozenset({"update", "keepalive"})
PARSED = DirectionSettings(UPDATES, parsed=True)


def neighbor(*sections: ApiSettings, address: str = "127.0.0.1") -> NeighborSettings:
    return NeighborSettings(address, api=sections)


NAME = neighbor().name


def identity(name: str = NAME) -> Identity:
    return Identity(name, "127.0.0.1", "127.0.0.1", 65000, 65001, "1.2.3.4")


def keepalive(direction: str = "receive", name: str = NAME) -> Event:
    return KeepaliveMessage(identity(name), 1.5, direction, 4, b"", None)


class Crowd:
    """Subscriptions with helpers that remember what they were told."""

    def __init__(self, *sections: ApiSettings, helpers: tuple[HelperSettings, ...] = (JSON, OTHER, TEXT)) -> None:
        self.subscriptions = Subscriptions(VERSION_5, lambda: Stamp("vm", 699, 697))
        self.subscriptions.configure([neighbor(*sections)], helpers)
        self.told: dict[str, list[str]] = {}
        for helper in helpers:
            self.told[helper.name] = []
            self.subscriptions.attach(helper.name, self.told[helper.name].append)

    def publish(self, *events: Event) -> None:
        for event in events:
            self.subscriptions.publish(event)

    def values(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.told[name]]

    def counters(self, name: str) -> list[int]:
        return [value["counter"] for value in self.values(name)]


class LateTests(SynchronousTestCase):
    """One helper is told what the others heard before."""

    EVENTS = [StateChanged(identity(), 1.5, state) for state in ("connected", "up")]

    def test_nobody_else_hears_it(self) -> None:
        section = ApiSettings(("j", "k", "t"), neighbor_changes=True)
        crowd = Crowd(section)
        crowd.publish(keepalive())
        crowd.subscriptions.inform("k", self.EVENTS)
        self.assertEqual([value["neighbor"]["state"] for value in crowd.values("k")], ["connected", "up"])
        self.assertEqual(crowd.counters("k"), [1, 2])
        self.assertEqual((crowd.told["j"], crowd.told["t"]), ([], []))
        crowd.publish(self.EVENTS[1])
        self.assertEqual((crowd.counters("k"), crowd.counters("j")), ([1, 2, 3], [1]))

    def test_the_text_form_has_no_counter(self) -> None:
        crowd = Crowd(ApiSettings(("t",), neighbor_changes=True))
        crowd.subscriptions.inform("t", self.EVENTS)
        self.assertEqual(
            [line.strip() for line in crowd.told["t"]], ["neighbor 127.0.0.1 connected", "neighbor 127.0.0.1 up"]
        )

    def test_only_what_was_asked_for(self) -> None:
        crowd = Crowd(ApiSettings(("j",), fsm=True), ApiSettings(("k",), neighbor_changes=True))
        for name in ("j", "nobody"):
            crowd.subscriptions.inform(name, [*self.EVENTS, StateChanged(identity("neighbor other"), 1.5, "up")])
        self.assertEqual(crowd.told, {"j": [], "k": [], "t": []})

    def test_a_helper_that_does_not_run_is_passed_over(self) -> None:
        crowd = Crowd(ApiSettings(("j",), neighbor_changes=True))
        crowd.subscriptions.detach("j")
        crowd.subscriptions.inform("j", self.EVENTS)
        self.assertEqual(crowd.told["j"], [])


class InterestTests(SynchronousTestCase):
    """What the speaker may leave out."""

    def test_it_provides_its_interface(self) -> None:
        self.assertTrue(verifyObject(IEventSink, Subscriptions(VERSION_5)))

    def test_interest_is_the_sum_of_the_sections(self) -> None:
        crowd = Crowd(
            ApiSettings(("j",), neighbor_changes=True, receive=PARSED),
            ApiSettings(("t",), fsm=True, signal=True, negotiated=True, send=PARSED),
        )
        self.assertEqual(
            crowd.subscriptions.interest(NAME),
            {
                "neighbor-changes",
                "fsm",
                "signal",
                "negotiated",
                "receive-update",
                "receive-keepalive",
                "send-update",
                "send-keepalive",
            },
        )

    def test_a_type_without_a_form_is_of_no_interest(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=DirectionSettings(UPDATES)))
        self.assertEqual(crowd.subscriptions.interest(NAME), frozenset())

    def test_nobody_is_interested_in_an_unknown_neighbor(self) -> None:
        self.assertEqual(Crowd().subscriptions.interest("neighbor 9.9.9.9"), frozenset())

    def test_a_neighbor_may_come_and_go(self) -> None:
        crowd = Crowd()
        late = neighbor(ApiSettings(("j",), receive=PARSED), address="127.0.0.9")
        crowd.subscriptions.add(late)
        crowd.publish(keepalive(name=late.name))
        crowd.subscriptions.remove(late.name)
        crowd.publish(keepalive(name=late.name))
        self.assertEqual(crowd.counters("j"), [1])
        self.assertEqual(crowd.subscriptions.interest(late.name), frozenset())


class TypeTests(SynchronousTestCase):
    """Message types with another number, another name, or no message at all."""

    def test_the_old_number_of_route_refresh_is_one_of_it(self) -> None:
        crowd = Crowd(ApiSettings(("j", "t"), receive=DirectionSettings(frozenset({"refresh"}), parsed=True)))
        asked = RouteRefresh(1, 1)
        crowd.publish(RefreshMessage(identity(), 1.5, "receive", 128, asked.octets(), None, asked))
        self.assertEqual([value["type"] for value in crowd.values("j")], ["refresh"])
        self.assertEqual(len(crowd.told["t"]), 1)

    def test_operational_subscribers_are_told_of_both_messages_with_that_number(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=DirectionSettings(frozenset({"operational"}), parsed=True)))
        advice = Operational(1, 1, 1, advisory=b"x")
        crowd.publish(OperationalMessage(identity(), 1.5, "receive", 6, advice.octets(), None, advice))
        crowd.publish(CapabilityMessage(identity(), 1.5, "receive", 6, b"", None, CapabilityChange([], b"")))
        self.assertEqual([value["type"] for value in crowd.values("j")], ["operational", "capability"])

    def test_who_wants_octets_hears_of_no_message_that_never_came(self) -> None:
        both = DirectionSettings(UPDATES, parsed=True, packets=True)
        crowd = Crowd(ApiSettings(("j", "t"), receive=both))
        event = update("180A0000")
        event.identity, event.body = identity(), b""
        crowd.publish(event)
        self.assertEqual([len(crowd.told[name]) for name in ("j", "t")], [1, 1])
        self.assertNotIn("body", crowd.told["j"][0])


class PublishTests(SynchronousTestCase):
    """Who gets what."""

    def test_only_who_asked_is_told(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=PARSED), ApiSettings(("t",), neighbor_changes=True))
        crowd.publish(keepalive(), keepalive("send"), StateChanged(identity(), 1.5, "up"))
        self.assertEqual([value["type"] for value in crowd.values("j")], ["keepalive"])
        self.assertEqual(crowd.told["t"], ["neighbor 127.0.0.1 up\n"])
        self.assertEqual(crowd.told["k"], [])

    def test_each_helper_counts_each_neighbor_from_one_without_gaps(self) -> None:
        second = neighbor(ApiSettings(("j",), receive=PARSED), address="127.0.0.2")
        crowd = Crowd(ApiSettings(("j", "k"), receive=PARSED))
        crowd.subscriptions.add(second)
        crowd.publish(keepalive(), keepalive(name=second.name), keepalive(), keepalive())
        self.assertEqual(crowd.counters("j"), [1, 1, 2, 3])
        self.assertEqual(crowd.counters("k"), [1, 2, 3])

    def test_a_helper_that_is_not_running_is_told_nothing(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=PARSED))
        crowd.subscriptions.detach("j")
        crowd.publish(keepalive())
        self.assertEqual(crowd.told["j"], [])
        crowd.subscriptions.attach("j", crowd.told["j"].append)
        crowd.publish(keepalive())
        self.assertEqual(crowd.counters("j"), [1])

    def test_a_new_run_is_counted_anew(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=PARSED))
        crowd.publish(keepalive(), keepalive())
        crowd.subscriptions.attach("j", crowd.told["j"].append)
        crowd.publish(keepalive())
        self.assertEqual(crowd.counters("j"), [1, 2, 1])

    def test_a_new_configuration_keeps_the_counters(self) -> None:
        section = ApiSettings(("j",), receive=PARSED)
        crowd = Crowd(section)
        crowd.publish(keepalive())
        crowd.subscriptions.configure([neighbor(section, ApiSettings(("k",)))], (JSON, OTHER))
        crowd.publish(keepalive())
        self.assertEqual(crowd.counters("j"), [1, 2])

    def test_sections_of_one_helper_add_up(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=PARSED), ApiSettings(("j",), send=PARSED))
        crowd.publish(keepalive(), keepalive("send"))
        self.assertEqual(crowd.counters("j"), [1, 2])

    def test_flags_of_one_helper_do_not_change_what_another_gets(self) -> None:
        both = DirectionSettings(UPDATES, packets=True, consolidate=True)
        crowd = Crowd(ApiSettings(("j",), receive=both), ApiSettings(("k",), receive=PARSED))
        crowd.publish(keepalive())
        self.assertIn("header", crowd.values("j")[0])
        self.assertNotIn("header", crowd.values("k")[0])

    def test_an_event_of_no_known_sort_is_ignored(self) -> None:
        crowd = Crowd(ApiSettings(("j",), fsm=True))
        crowd.subscriptions.publish(object())
        crowd.subscriptions.publish(Event(identity(), 1.5))
        crowd.publish(FsmChanged(identity(), 1.5, "IDLE"))
        self.assertEqual(crowd.counters("j"), [1])

    def test_an_event_that_cannot_be_written_is_told_as_octets(self) -> None:
        crowd = Crowd(ApiSettings(("j",), receive=PARSED, fsm=True))
        problems: list[str] = []
        crowd.subscriptions.on_problem = problems.append
        event = update("180A0000")
        event.identity = identity()
        event.update.announced[0].nlris = [b""]
        crowd.publish(event)
        self.assertEqual(crowd.values("j")[0]["neighbor"]["message"]["category"], 2)
        self.assertIn("UpdateMessage cannot be written", problems[0])

    def test_helpers_of_one_form_share_the_line(self) -> None:
        crowd = Crowd(ApiSettings(("j", "k"), receive=PARSED))
        event = update("180A0000")
        event.identity = identity()
        crowd.publish(event)
        self.assertEqual(crowd.told["j"], crowd.told["k"])


class VersionTests(SynchronousTestCase):
    """Each helper in the version that it asked for."""

    HELPERS = (
        JSON,
        replace(OTHER, version="6"),
        replace(TEXT, version="6"),
        HelperSettings("l", (), "json", version="3.4"),
    )

    def test_a_helper_is_spoken_to_in_its_version(self) -> None:
        section = ApiSettings(("j", "k", "t", "l"), neighbor_changes=True, receive=PARSED)
        crowd = Crowd(section, helpers=self.HELPERS)
        crowd.publish(StateChanged(identity(), 1.5, "up"), keepalive())
        tags = {name: {value["exabgp"] for value in crowd.values(name)} for name in "jkl"}
        self.assertEqual(tags, {"j": {"5.0.0"}, "k": {"6.0.0"}, "l": {"3.4.8"}})
        self.assertEqual(crowd.told["t"][0], "neighbor 127.0.0.1 up\n")
        self.assertEqual(crowd.counters("k"), [1, 2])

    def test_equal_versions_are_written_once(self) -> None:
        subscriptions = Crowd().subscriptions
        self.assertIs(subscriptions.encoder("json", "5"), subscriptions.encoder("json"))
        self.assertIs(subscriptions.encoder("text", "6"), subscriptions.encoder("text"))
        self.assertIsNot(subscriptions.encoder("text", "4"), subscriptions.encoder("text"))
        self.assertIsNot(subscriptions.encoder("json", "6"), subscriptions.encoder("json"))

    def test_the_farewell_is_in_the_version_too(self) -> None:
        subscriptions = Crowd(helpers=self.HELPERS).subscriptions
        self.assertEqual(json.loads(subscriptions.farewell("json", 1.5, "6"))["exabgp"], "6.0.0")
        self.assertEqual(json.loads(subscriptions.farewell("json", 1.5, "3.4"))["pid"], "699")

    def test_another_version_begins_to_count_anew(self) -> None:
        section = ApiSettings(("j",), receive=PARSED)
        crowd = Crowd(section)
        crowd.publish(keepalive())
        crowd.subscriptions.configure([neighbor(section)], (replace(JSON, version="4"),))
        crowd.subscriptions.attach("j", crowd.told["j"].append)
        crowd.publish(keepalive())
        self.assertEqual([value["exabgp"] for value in crowd.values("j")], ["5.0.0", "4.0.1"])
        self.assertEqual(crowd.counters("j"), [1, 1])


class FormTests(SynchronousTestCase):
    """`parsed`, `packets`, `consolidate`."""

    def forms(self, **flags: bool) -> list[tuple[bool, bool]]:
        """For each event: whether it has the octets at top level, and inside."""
        crowd = Crowd(ApiSettings(("j",), receive=replace(PARSED, **{"parsed": False, **flags})))
        crowd.publish(keepalive())
        return [("header" in value, "message" in value["neighbor"]) for value in crowd.values("j")]

    def test_parsed_is_the_meaning(self) -> None:
        self.assertEqual(self.forms(parsed=True), [(False, False)])

    def test_packets_are_the_octets(self) -> None:
        self.assertEqual(self.forms(packets=True), [(False, True)])

    def test_both_are_two_events_octets_first(self) -> None:
        self.assertEqual(self.forms(parsed=True, packets=True), [(False, True), (False, False)])

    def test_consolidate_puts_both_into_one(self) -> None:
        self.assertEqual(self.forms(packets=True, consolidate=True), [(True, False)])
        self.assertEqual(self.forms(parsed=True, packets=True, consolidate=True), [(True, False)])

    def test_consolidate_alone_is_the_meaning(self) -> None:
        self.assertEqual(self.forms(consolidate=True), [(False, False)])

    def test_farewell(self) -> None:
        crowd = Crowd()
        self.assertEqual(crowd.subscriptions.farewell("text", 1.5), "shutdown 699 697\n")
        self.assertEqual(json.loads(crowd.subscriptions.farewell("json", 1.5))["notification"], "shutdown")


ALL = ApiSettings(neighbor_changes=True, receive=PARSED)


class SubscribeTests(SynchronousTestCase):
    """Those who listen though no section names them."""

    def setUp(self) -> None:
        self.crowd = Crowd(ApiSettings(("j",), fsm=True))
        self.subscriptions = self.crowd.subscriptions
        self.lines: list[str] = []

    def subscribe(self, name: str = "client", version: str = "", encoder: str = "json", **named: Any) -> Any:
        return self.subscriptions.subscribe(
            name, encoder, version, named.pop("wanted", ALL), self.lines.append, **named
        )

    def test_interest_comes_and_goes_with_it(self) -> None:
        self.assertEqual(self.subscriptions.interest(NAME), {"fsm"})
        end = self.subscribe()
        self.assertEqual(
            self.subscriptions.interest(NAME), {"fsm", "neighbor-changes", "receive-update", "receive-keepalive"}
        )
        end()
        self.assertEqual(self.subscriptions.interest(NAME), {"fsm"})

    def test_it_is_told_and_counts_for_itself(self) -> None:
        self.crowd.publish(FsmChanged(identity(), 1.5, "IDLE"), keepalive())
        end = self.subscribe()
        self.crowd.publish(FsmChanged(identity(), 1.5, "ACTIVE"), keepalive(), keepalive("send"), keepalive())
        end()
        end()
        self.crowd.publish(keepalive())
        self.assertEqual([json.loads(line)["counter"] for line in self.lines], [1, 2])
        self.assertEqual(self.crowd.counters("j"), [1, 2])

    def test_only_the_neighbors_it_asked_for(self) -> None:
        second = neighbor(address="127.0.0.2")
        self.subscriptions.add(second)
        self.subscribe(neighbors=lambda address: address == "127.0.0.2")
        self.crowd.publish(keepalive(), keepalive(name=second.name))
        self.assertEqual(len(self.lines), 1)
        self.assertEqual(self.subscriptions.interest(NAME), {"fsm"})

    def test_neighbors_that_come_later_are_heard_of(self) -> None:
        self.subscribe()
        late = neighbor(address="127.0.0.9")
        self.crowd.publish(keepalive(name=late.name))
        self.subscriptions.add(late)
        self.crowd.publish(keepalive(name=late.name))
        self.subscriptions.remove(late.name)
        self.subscriptions.add(late)
        self.crowd.publish(keepalive(name=late.name))
        self.assertEqual([json.loads(line)["counter"] for line in self.lines], [1, 1])

    def test_it_outlives_a_reload(self) -> None:
        end = self.subscribe()
        self.crowd.publish(keepalive())
        self.subscriptions.configure([neighbor()], ())
        self.crowd.publish(keepalive())
        self.assertEqual([json.loads(line)["counter"] for line in self.lines], [1, 2])
        end()
        self.assertEqual(self.subscriptions.interest(NAME), frozenset())

    def test_each_has_its_own_version(self) -> None:
        for version, tag in (("", "5.0.0"), ("4", "4.0.1"), ("5", "5.0.0"), ("6", "6.0.0"), ("6-as-4", "4.0.1")):
            end = self.subscribe(version=version)
            self.crowd.publish(keepalive())
            self.assertEqual(json.loads(self.lines.pop())["exabgp"], tag)
            end()

    def test_text(self) -> None:
        self.subscribe(encoder="text")
        self.crowd.publish(StateChanged(identity(), 1.5, "up"))
        self.assertEqual(self.lines, ["neighbor 127.0.0.1 up\n"])

    def test_equal_ones_share_the_line_and_an_ended_one_leaves_no_trace(self) -> None:
        first, second = self.subscribe("a"), self.subscribe("b")
        self.crowd.publish(keepalive())
        self.assertEqual(self.lines[0], self.lines[1])
        first()
        self.crowd.publish(keepalive())
        self.assertEqual(len(self.lines), 3)
        second()
        self.assertEqual(vars(self.subscriptions)["_subscribed"], {})

    def test_who_ends_while_an_event_is_told_hears_no_more_of_it(self) -> None:
        self.subscriptions.observe("first", ALL, lambda event: second())
        second = self.subscriptions.observe("second", ALL, lambda event: self.lines.append("second"))
        self.crowd.publish(keepalive(), keepalive())
        self.assertEqual(self.lines, [])

    def test_a_late_one_is_told_what_others_heard(self) -> None:
        self.subscribe("a")
        self.subscribe("b")
        self.subscriptions.inform("b", LateTests.EVENTS)
        self.assertEqual([json.loads(line)["counter"] for line in self.lines], [1, 2])

    def test_a_version_that_there_is_not(self) -> None:
        self.assertRaises(KeyError, self.subscribe, version="7")


class ObserveTests(SynchronousTestCase):
    """Those who are given the events themselves."""

    def setUp(self) -> None:
        self.crowd = Crowd(ApiSettings(("j",), receive=PARSED))
        self.problems: list[str] = []
        self.crowd.subscriptions.on_problem = self.problems.append
        self.events: list[Event] = []

    def test_an_event_comes_once_whatever_the_forms(self) -> None:
        for form in (PARSED, DirectionSettings(UPDATES), DirectionSettings(UPDATES, parsed=True, packets=True)):
            end = self.crowd.subscriptions.observe("o", ApiSettings(receive=form), self.events.append)
            self.assertIn("receive-keepalive", self.crowd.subscriptions.interest(NAME))
            event = keepalive()
            self.crowd.publish(event, keepalive("send"))
            self.assertEqual(self.events, [event])
            self.events.clear()
            end()

    def test_what_it_raises_is_reported_and_harms_nobody(self) -> None:
        def fail(event: Event) -> None:
            raise ValueError("bad")

        self.crowd.subscriptions.observe("plugin p", ALL, fail)
        self.crowd.subscriptions.observe("plugin q", ALL, self.events.append)
        self.crowd.publish(keepalive())
        self.assertEqual(len(self.events), 1)
        self.assertEqual(self.crowd.counters("j"), [1])
        self.assertEqual(self.problems, [f"plugin p failed at KeepaliveMessage of {NAME}: ValueError('bad')"])

    def test_both_numbers_of_route_refresh(self) -> None:
        wanted = ApiSettings(receive=DirectionSettings(frozenset({"refresh"})))
        self.crowd.subscriptions.observe("o", wanted, self.events.append)
        asked = RouteRefresh(1, 1)
        for kind in (5, 128):
            self.crowd.publish(RefreshMessage(identity(), 1.5, "receive", kind, asked.octets(), None, asked))
        self.assertEqual(len(self.events), 2)

    def test_a_late_one(self) -> None:
        self.crowd.subscriptions.observe("o", ALL, self.events.append)
        self.crowd.subscriptions.observe("p", ALL, self.events.append)
        self.crowd.subscriptions.inform("o", LateTests.EVENTS)
        self.assertEqual(self.events, LateTests.EVENTS)
