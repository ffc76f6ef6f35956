"""What an established session exchanges besides routes: refreshes in both directions, OPERATIONAL messages."""

import json
from dataclasses import replace
from typing import Any

from bgptwist.api.encoders.dialects import VERSION_5, VERSION_6, Dialect
from bgptwist.api.encoders.json import PACKET, RAW, JsonEncoder
from bgptwist.api.encoders.text import TextEncoder
from bgptwist.session.negotiation import Local
from bgptwist.settings.build import load_text
from bgptwist.settings.model import CapabilitySettings, Environment, NeighborSettings
from bgptwist.speaker.events import CapabilityMessage, OperationalMessage, RefreshMessage, UnknownMessage, UpdateMessage
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.framing import NOTIFICATION, OLD_ROUTE_REFRESH, OPERATIONAL, ROUTE_REFRESH, UPDATE
from bgptwist.wire.kinds import SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.operational import ADM, ASM, RPCP, RPCQ, Operational, decode
from bgptwist.wire.path import path_of
from bgptwist.wire.registry import FAMILIES
from tests.fakes import RecordingDriver
from tests.speaker.test_peer import HOP, MARKER, OFFER, OURS, PREFIX, PeerTestCase, announcement, route

OTHER = bytes((24, 203, 0, 113))
BEGIN, END, QUERY = bytes((0, 1, 1, 1)), bytes((0, 1, 2, 1)), bytes((0, 1, 0, 1))
HELLO = Operational(ASM, 1, 1, advisory=b"hello")

REFRESHING = replace(OURS, capability=CapabilitySettings(route_refresh=True))
ADVISING = replace(OURS, capability=CapabilitySettings(operational=True))


class ExchangeTestCase(PeerTestCase):
    """A peer with capabilities."""

    def meet(self, settings: NeighborSettings, theirs: Local = OFFER, environment: Environment | None = None) -> None:
        """Establish a session with these settings and that offer."""
        self.begin(settings, environment)
        self.driver: RecordingDriver = self.establish(theirs.open().octets())

    def hear(self, kind: int, *bodies: bytes) -> None:
        for body in bodies:
            self.peer.received(self.driver, kind, body)
        self.clock.advance(0)
        self.assertEqual(self.peer.state, "ESTABLISHED")

    def held(self) -> list[bytes]:
        assert self.peer.incoming is not None
        return sorted(held.nlri for held in self.peer.incoming.routes())

    def told(self, event: object, dialect: Dialect = VERSION_5, form: int = 0) -> Any:
        """An event as JSON."""
        encoded = JsonEncoder(dialect).encode(event, form)  # type: ignore[arg-type]
        assert encoded is not None
        return json.loads(f"{encoded[0]}1{encoded[1]}")


class OfferTests(ExchangeTestCase):
    """What the configuration says is offered."""

    def test_every_capability_of_the_configuration_is_in_the_open(self) -> None:
        (settings,) = load_text(
            """neighbor 192.0.2.2 { local-address 192.0.2.1; router-id 10.0.0.1; local-as 65001; peer-as 65002;
                host-name edge; domain-name lab; family { ipv4 unicast; ipv4 nlri-mpls; }
                nexthop { ipv4 unicast ipv6; } add-path { ipv4 unicast limit 4; }
                capability {
                    add-path send/receive; graceful-restart 120; long-lived-graceful-restart 3600; route-refresh;
                    operational; extended-message; software-version true; link-local-nexthop true; multi-session;
                    role customer; outbound-route-filtering receive; multiple-labels 2; dynamic; bfd-strict;
                    raw [ 7 0x080002 ]; raw [ 128 ]; raw [ 239 0xff ];
                }
            }"""
        ).neighbors
        self.begin(settings)
        codes = [value.code for value in self.peer.local().open().capabilities]
        ours = [9, 71, 3, 8, 67, 74]
        self.assertEqual(codes, [1, 65, 5, 69, 76, 64, 2, 70, 185, 6, 73, 75, 77, *ours, 68, 131, 7, 128, 239])

    def test_roles_that_do_not_fit_end_the_session_and_so_does_none_for_a_strict_one(self) -> None:
        for strict, theirs in ((False, replace(OFFER, role=3)), (True, OFFER)):
            self.begin(replace(OURS, capability=CapabilitySettings(role=3, role_strict=strict)))
            driver = self.connect()
            self.peer.received(driver, 1, theirs.open().octets())
            self.assertEqual((driver.messages[-1][0], driver.messages[-1][1][:2]), (NOTIFICATION, b"\2\x0b"))
        self.meet(replace(OURS, capability=CapabilitySettings(role=3)), replace(OFFER, role=0))
        self.meet(replace(OURS, capability=CapabilitySettings(role=3)), OFFER)


class WithdrawTests(ExchangeTestCase):
    """A malformed attribute takes the route away (RFC 7606, 2)."""

    def test_the_route_is_gone_and_helpers_hear_why(self) -> None:
        self.meet(OURS)
        self.hear(UPDATE, announcement())
        good = announcement()
        self.assertEqual(good[4:8].hex(), "40010100")
        self.hear(UPDATE, good[:7] + b"\5" + good[8:])
        self.assertEqual(self.held(), [])
        event = self.sink.of(UpdateMessage)[-1]
        for dialect in (VERSION_5, VERSION_6):
            told = self.told(event, dialect)["neighbor"]["message"]["update"]
            self.assertNotIn("announce", told)
            self.assertEqual(told["withdraw"], {"ipv4 unicast": [{"nlri": "198.51.100.0/24"}]})
            self.assertEqual(told["attribute"]["error"], "treat-as-withdraw")
            self.assertEqual(told["attribute"]["reason"], "origin: origin 0x05")


class SweepTests(ExchangeTestCase):
    """The peer marks the beginning and the end of its routes (RFC 7313, 4)."""

    def setUp(self) -> None:
        self.meet(REFRESHING)
        self.hear(UPDATE, announcement(), announcement(OTHER))
        self.sink.events.clear()

    def swept(self) -> list[UpdateMessage]:
        """Events about routes that no message withdrew."""
        return [event for event in self.sink.of(UpdateMessage) if not event.body]

    def test_what_was_not_announced_again_is_told_as_withdrawn_with_the_reason(self) -> None:
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, announcement(OTHER))
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual(self.held(), [OTHER])
        (event,) = self.swept()
        for dialect in (VERSION_5, VERSION_6):
            self.assertEqual(
                self.told(event, dialect)["neighbor"]["message"],
                {
                    "update": {
                        "attribute": {"reason": "not announced again in a route refresh"},
                        "withdraw": {"ipv4 unicast": [{"nlri": "198.51.100.0/24"}]},
                    }
                },
            )
        self.assertNotIn("body", self.told(event, form=RAW))
        self.assertIsNone(JsonEncoder(VERSION_5).encode(event, PACKET))
        lines = TextEncoder().encode(event, RAW)
        assert lines is not None
        self.assertIn("receive update withdrawn 198.51.100.0/24\n", lines[0])
        self.assertNotIn("header", lines[0])
        self.assertIsNone(TextEncoder().encode(event, PACKET))
        self.assertIn(
            "192.0.2.2: 1 routes of ipv4 unicast were not announced again in a route refresh", self.world.lines
        )

    def test_nothing_is_told_when_all_came_again(self) -> None:
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, announcement(OTHER), announcement())
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual((self.held(), self.swept()), (sorted([PREFIX, OTHER]), []))

    def test_an_end_without_a_beginning_is_ignored(self) -> None:
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual((len(self.held()), self.swept()), (2, []))

    def test_an_end_counts_once(self) -> None:
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.hear(UPDATE, announcement())
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual(self.held(), [PREFIX])

    def test_a_second_beginning_begins_again(self) -> None:
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, announcement())
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, announcement(OTHER))
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual(self.held(), [OTHER])

    def test_a_route_withdrawn_meanwhile_is_not_told_twice(self) -> None:
        gone = (len(PREFIX)).to_bytes(2, "big") + PREFIX + b"\0\0"
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, gone, announcement(OTHER))
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual((self.held(), self.swept()), ([OTHER], []))

    def test_a_new_route_is_not_stale(self) -> None:
        new = bytes((24, 192, 0, 2))
        self.hear(ROUTE_REFRESH, BEGIN)
        self.hear(UPDATE, announcement(new))
        self.hear(ROUTE_REFRESH, END)
        self.assertEqual(self.held(), [new])

    def test_another_family_is_left_alone(self) -> None:
        self.hear(ROUTE_REFRESH, bytes((0, 2, 1, 1)), bytes((0, 2, 2, 1)))
        self.assertEqual(len(self.held()), 2)

    def test_many_routes_are_told_in_several_events(self) -> None:
        prefixes = [bytes((24, 10, number >> 8, number & 255)) for number in range(1500)]
        context = SendContext({IPV4_UNICAST.index: IPV4_UNICAST}, local_as=65002)
        for message in updates.announce(context, IPV4_UNICAST, path_of([]), HOP, prefixes):
            self.hear(UPDATE, message[19:])
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertEqual([len(event.update.withdrawn[0].nlris) for event in self.swept()], [1000, 502])
        self.assertEqual(self.held(), [])

    def test_nothing_is_made_that_nobody_wants(self) -> None:
        self.sink.wanted = frozenset()
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertEqual((self.held(), self.sink.events), ([], []))

    def test_marks_mean_nothing_where_they_were_not_agreed(self) -> None:
        plain = OFFER.open()
        plain.capabilities = [value for value in plain.capabilities if value.code != 70]
        self.begin(REFRESHING)
        self.driver = self.establish(plain.octets())
        self.hear(UPDATE, announcement())
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertEqual(self.held(), [PREFIX])

    def test_without_adj_rib_in_there_is_nothing_to_sweep(self) -> None:
        self.meet(replace(REFRESHING, adj_rib_in=False))
        self.hear(UPDATE, announcement())
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertIsNone(self.peer.incoming)

    def test_a_restarting_peer_marks_nothing_before_its_end_of_rib(self) -> None:
        self.meet(REFRESHING, replace(OFFER, graceful_restart=120))
        self.hear(UPDATE, announcement())
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertEqual(self.held(), [PREFIX])
        self.hear(UPDATE, MARKER)
        self.hear(ROUTE_REFRESH, BEGIN, END)
        self.assertEqual(self.held(), [])


class RequestTests(ExchangeTestCase):
    """The peer asks, and we do."""

    def test_every_family_can_be_asked_for_both_ways(self) -> None:
        everything = tuple(sorted(FAMILIES, key=lambda family: family.index))
        self.meet(replace(REFRESHING, families=everything), replace(OFFER, families=everything))
        for family in everything:
            head = family.header[:2]
            sent = len(self.driver.sent)
            self.hear(ROUTE_REFRESH, head + b"\0" + family.header[2:])
            marks = [(ROUTE_REFRESH, head + mark + family.header[2:]) for mark in (b"\1", b"\2")]
            self.assertEqual(self.driver.messages[sent:], marks, family.name)
            self.assertTrue(self.peer.send_refresh(family), family.name)
            self.assertEqual(self.driver.messages[-1], (ROUTE_REFRESH, head + b"\0" + family.header[2:]))

    def test_the_beginning_is_not_marked_before_the_first_end_of_rib(self) -> None:
        settings = replace(REFRESHING, capability=CapabilitySettings(route_refresh=True, graceful_restart=120))
        environment = Environment(bgp_eor_settle=5.0)
        self.begin(replace(settings, api=()), environment)
        self.world.outgoing.announce([route()], 1)
        self.driver = self.connect()
        self.peer.received(self.driver, 1, OFFER.open().octets())
        self.peer.received(self.driver, 4, b"")
        self.hear(ROUTE_REFRESH, QUERY)
        self.clock.advance(0)
        kinds = self.driver.kinds
        self.assertEqual(kinds[-5:], [UPDATE, UPDATE, ROUTE_REFRESH, UPDATE, ROUTE_REFRESH])
        self.assertEqual(self.driver.messages[-4], (UPDATE, MARKER))

    def test_a_peer_that_sends_its_own_end_of_rib_late_is_answered_at_once(self) -> None:
        self.meet(replace(REFRESHING, manual_eor=True))
        self.hear(ROUTE_REFRESH, QUERY)
        self.assertEqual(self.driver.kinds[-2:], [ROUTE_REFRESH, ROUTE_REFRESH])

    def test_filters_are_told_and_the_routes_sent(self) -> None:
        self.meet(REFRESHING)
        self.hear(ROUTE_REFRESH, QUERY + bytes.fromhex("01400009" + "00000000050000" + "080a"))
        event = self.sink.of(RefreshMessage)[0]
        told = self.told(event)["neighbor"]["route-refresh"]
        self.assertEqual(told["orf"][0]["entries"][0]["prefix"], "10.0.0.0/8")
        self.assertEqual(self.driver.kinds[-2:], [ROUTE_REFRESH, ROUTE_REFRESH])
        for orf in ("01", "0140", "014000ff00", "ffffffffff", "01400001ff"):
            self.hear(ROUTE_REFRESH, QUERY + bytes.fromhex(orf))

    def test_an_unknown_subtype_is_ignored(self) -> None:
        self.meet(REFRESHING)
        sent = len(self.driver.sent)
        self.hear(ROUTE_REFRESH, bytes((0, 1, 3, 1)), bytes((0, 1, 255, 1)), bytes((0, 1, 9, 1, 7, 7)))
        self.assertEqual(len(self.driver.sent), sent)

    def test_a_marker_of_another_length_ends_the_session(self) -> None:
        for mark in (BEGIN, END):
            self.meet(REFRESHING)
            self.peer.received(self.driver, ROUTE_REFRESH, mark + b"\0")
            kind, body = self.driver.messages[-1]
            self.assertEqual((kind, body[:2], body[-5:]), (NOTIFICATION, b"\7\1", mark + b"\0"))

    def test_the_number_of_before_the_standard_is_used_with_a_peer_that_knows_no_other(self) -> None:
        old = replace(OFFER, route_refresh=False, others=((128, b""),))
        self.meet(REFRESHING, old)
        assert self.peer.negotiated is not None
        self.assertEqual(self.peer.negotiated.refresh, "normal")
        self.assertTrue(self.peer.send_refresh(IPV4_UNICAST))
        self.assertEqual(self.driver.messages[-1], (OLD_ROUTE_REFRESH, QUERY))
        self.world.outgoing.announce([route()], 1)
        self.clock.advance(0)
        self.hear(OLD_ROUTE_REFRESH, QUERY)
        self.assertEqual(self.driver.kinds[-1], UPDATE)
        (event,) = [event for event in self.sink.of(RefreshMessage) if event.direction == "receive"]
        self.assertEqual(self.told(event)["type"], "refresh")
        self.assertEqual(self.peer.counters.received[ROUTE_REFRESH], 1)

    def test_the_old_number_is_unknown_unless_it_was_offered(self) -> None:
        self.meet(REFRESHING)
        self.peer.received(self.driver, OLD_ROUTE_REFRESH, QUERY)
        self.assertEqual(self.driver.messages[-1][0], NOTIFICATION)


class OperationalTests(ExchangeTestCase):
    """OPERATIONAL, where both sides agreed to it."""

    THEIRS = replace(OFFER, operational=True)

    def sent(self) -> list[Operational]:
        return [decode(body) for kind, body in self.driver.messages if kind == OPERATIONAL]

    def test_a_message_that_comes_is_told(self) -> None:
        self.meet(ADVISING, self.THEIRS)
        self.hear(OPERATIONAL, Operational(ADM, 1, 1, advisory="h\u00e9llo\n".encode()).octets())
        (event,) = self.sink.of(OperationalMessage)
        told = self.told(event)
        self.assertEqual(told["type"], "operational")
        self.assertEqual(
            told["neighbor"]["operational"],
            {"name": "ADM", "afi": "ipv4", "safi": "unicast", "advisory": "h\u00e9llo\n"},
        )
        lines = TextEncoder().encode(event, 0)
        self.assertEqual(
            lines,
            ('neighbor 192.0.2.2 receive operational ADM afi ipv4 safi unicast advisory "h\\u00e9llo\\n"', ""),
        )
        self.assertEqual(self.peer.counters.received[OPERATIONAL], 1)

    def test_nonsense_is_told_and_does_no_harm(self) -> None:
        self.meet(ADVISING, self.THEIRS)
        for body in (b"", b"\0", bytes(4), b"\0\1\0\x09\0\1\1", b"\xff" * 40, bytes(4000)):
            self.hear(OPERATIONAL, body)
        self.assertEqual(len(self.sink.of(OperationalMessage)), 6)
        for event in self.sink.of(OperationalMessage):
            self.told(event)

    def test_it_is_an_unknown_type_unless_both_sides_agreed(self) -> None:
        for settings, theirs in ((ADVISING, OFFER), (OURS, self.THEIRS)):
            self.meet(settings, theirs)
            self.peer.received(self.driver, OPERATIONAL, HELLO.octets())
            self.assertEqual(self.driver.messages[-1][0], NOTIFICATION)
            self.assertEqual(len(self.sink.of(UnknownMessage)), 1)

    def test_ours_are_sent_and_told(self) -> None:
        self.meet(ADVISING, self.THEIRS)
        self.assertTrue(self.peer.send_operational(Operational(RPCQ, 1, 1)))
        self.assertTrue(self.peer.send_operational(Operational(RPCQ, 1, 1)))
        self.assertTrue(self.peer.send_operational(Operational(RPCP, 1, 1, sequence=9, counter=5)))
        self.assertEqual([message.sequence for message in self.sent()], [1, 2, 9])
        self.assertEqual({message.router_id for message in self.sent()}, {bytes((10, 0, 0, 1))})
        events = self.sink.of(OperationalMessage)
        self.assertEqual([event.direction for event in events], ["send"] * 3)
        self.assertEqual(self.told(events[-1])["neighbor"]["operational"]["router-id"], "10.0.0.1")

    def test_nothing_is_sent_that_was_not_agreed(self) -> None:
        for settings, theirs in ((ADVISING, OFFER), (OURS, self.THEIRS)):
            self.meet(settings, theirs)
            self.assertFalse(self.peer.send_operational(HELLO))
            self.assertFalse(self.peer.send_operational(Operational(RPCQ, 1, 1)))
            self.assertEqual(self.sent(), [])
        self.meet(ADVISING, self.THEIRS)
        self.assertFalse(self.peer.send_operational(Operational(RPCQ, 2, 1)), "that family was not agreed")
        self.assertEqual(self.sent(), [])

    def test_the_last_advice_of_each_family_is_repeated_in_every_session(self) -> None:
        both = (IPV4_UNICAST, IPV6_UNICAST)
        theirs = replace(self.THEIRS, families=both)
        self.meet(replace(ADVISING, families=both), theirs)
        again = Operational(ASM, 1, 1, advisory=b"again")
        other = Operational(ASM, 2, 1, advisory=b"other")
        for message in (HELLO, Operational(ADM, 1, 1, advisory=b"once"), other, again):
            self.assertTrue(self.peer.send_operational(message))
        self.peer.disconnected(self.driver, "lost")
        self.clock.advance(60)
        self.driver = self.establish(theirs.open().octets())
        self.assertEqual(self.sent(), [again, other])

    def test_advice_may_wait_for_its_session(self) -> None:
        self.begin(ADVISING)
        self.assertTrue(self.peer.send_operational(HELLO))
        self.assertFalse(self.peer.send_operational(Operational(RPCQ, 1, 1)))
        self.driver = self.establish(self.THEIRS.open().octets())
        self.assertEqual(self.sent(), [HELLO])

    def test_the_configuration_speaks_at_the_start_of_a_session(self) -> None:
        query = Operational(RPCQ, 1, 1, sequence=7)
        settings = replace(ADVISING, operational=(query, HELLO))
        self.meet(settings, self.THEIRS)
        self.assertEqual(self.sent(), [HELLO, replace_router_id(query)])
        self.meet(settings, OFFER)
        self.assertEqual(self.sent(), [])

    def test_a_command_replaces_what_the_configuration_says(self) -> None:
        self.begin(replace(ADVISING, operational=(HELLO,)))
        other = Operational(ASM, 1, 1, advisory=b"other")
        self.peer.send_operational(other)
        self.driver = self.establish(self.THEIRS.open().octets())
        self.assertEqual(self.sent(), [other])

    def test_capability_messages_have_the_same_number(self) -> None:
        dynamic = replace(OURS, capability=CapabilitySettings(dynamic=(1,)))
        self.meet(dynamic, replace(OFFER, dynamic=()))
        self.hear(OPERATIONAL, bytes.fromhex("00010400020001"), b"\xff")
        self.assertEqual(self.sink.of(OperationalMessage), [])
        event = self.sink.of(CapabilityMessage)[0]
        told = self.told(event)
        self.assertEqual(told["type"], "capability")
        self.assertEqual(
            told["neighbor"]["capability"], {"revisions": [{"action": "advertise", "code": 1, "raw": "0x00020001"}]}
        )
        lines = TextEncoder().encode(event, 0)
        self.assertEqual(lines, ("neighbor 192.0.2.2 receive capability [advertise 1 0x00020001]\n", ""))

    def test_operational_goes_before_capability(self) -> None:
        both = replace(OURS, capability=CapabilitySettings(dynamic=(), operational=True))
        self.meet(both, replace(self.THEIRS, dynamic=()))
        self.hear(OPERATIONAL, HELLO.octets())
        self.assertEqual(len(self.sink.of(OperationalMessage)), 1)


def replace_router_id(message: Operational) -> Operational:
    """The message as it is on the wire."""
    return message.completed(bytes((10, 0, 0, 1)), 0)
