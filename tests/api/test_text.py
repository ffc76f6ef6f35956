"""Events as text: programs compare these lines byte by byte."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.json import PACKET, RAW, Stamp
from bgptwist.api.encoders.text import TextEncoder, route_words
from bgptwist.speaker.events import (
    Event,
    FsmChanged,
    KeepaliveMessage,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    SignalReceived,
    StateChanged,
    UnknownMessage,
)
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family, ReceiveContext
from bgptwist.wire.messages import notification, operational, refresh
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import PathTable
from bgptwist.wire.registry import BY_CODE
from bgptwist.wire.words import Words
from tests.api.test_json import ADD_PATH, ATTRIBUTES, CONTEXT, HOP, IDENTITY, TIME, UpdateMessage, update


def no_split(data: bytes, at: int, end: int) -> list[bytes]:
    return []


def no_read(words: Words) -> bytes:
    return b""


def text(event: Event, form: int = 0) -> str:
    encoded = TextEncoder(lambda: Stamp("vm", 699, 697)).encode(event, form)
    assert encoded is not None and encoded[1] == ""
    assert encoded[0].isascii() and encoded[0].endswith("\n")
    return encoded[0]


class StateTests(SynchronousTestCase):
    """Events that are no messages."""

    def test_states(self) -> None:
        self.assertEqual(text(StateChanged(IDENTITY, TIME, "connected")), "neighbor 127.0.0.1 connected\n")
        self.assertEqual(text(StateChanged(IDENTITY, TIME, "up")), "neighbor 127.0.0.1 up\n")
        self.assertEqual(
            text(StateChanged(IDENTITY, TIME, "down", "notification sent (6,3)")),
            "neighbor 127.0.0.1 down - notification sent (6,3)\n",
        )

    def test_text_has_no_form_for_some_events(self) -> None:
        encoder = TextEncoder()
        self.assertIsNone(encoder.encode(FsmChanged(IDENTITY, TIME, "IDLE"), 0))
        self.assertIsNone(encoder.encode(SignalReceived(IDENTITY, TIME, 15, "SIGTERM"), 0))
        self.assertIsNone(encoder.encode(UnknownMessage(IDENTITY, TIME, "receive", 255, b"", None), 0))

    def test_shutdown(self) -> None:
        encoder = TextEncoder(lambda: Stamp("vm", 699, 697))
        self.assertEqual(encoder.shutdown(TIME), "shutdown 699 697\n")


class MessageTests(SynchronousTestCase):
    """Messages other than UPDATE."""

    def test_keepalive(self) -> None:
        self.assertEqual(
            text(KeepaliveMessage(IDENTITY, TIME, "send", 4, b"", None)), "neighbor 127.0.0.1 send keepalive\n"
        )

    def test_octets_beside_the_meaning(self) -> None:
        self.assertEqual(
            text(KeepaliveMessage(IDENTITY, TIME, "send", 4, b"", None), RAW),
            f"neighbor 127.0.0.1 send keepalive header 0x{'FF' * 16}001304 body 0x\n",
        )

    def test_octets_instead_of_meaning(self) -> None:
        self.assertEqual(
            text(KeepaliveMessage(IDENTITY, TIME, "receive", 4, b"", None), PACKET),
            f"neighbor 127.0.0.1 receive 4 header 0x{'FF' * 16}001304 body 0x\n",
        )

    def test_open(self) -> None:
        capabilities = (
            "010400010001" + "010400020001" + "0200" + "0600" + "4104" + "0000FDE9" + "45040001" + "0103" + "4600"
        )
        inner = bytes.fromhex(capabilities + "4909" + "04" + b"rtr1".hex() + "03" + b"lab".hex())
        body = bytes.fromhex("04FDE9005A09090909") + bytes((len(inner) + 2, 2, len(inner))) + inner
        found = opens.decode(body, BY_CODE)
        self.assertEqual(
            text(OpenMessage(IDENTITY, TIME, "receive", 1, body, None, found)),
            "neighbor 127.0.0.1 receive open version 4 asn 65001 hold_time 90 router_id 9.9.9.9 capabilities "
            "[multiprotocol(ipv4 unicast,ipv6 unicast), route refresh, extended message(65535), asn4(65001), "
            "addpath(send/receive ipv4 unicast), enhanced route refresh, hostname(rtr1 lab)]\n",
        )

    def test_a_host_name_that_is_not_ascii_is_escaped(self) -> None:
        name = "r\u00e9\n".encode()
        inner = bytes((73, len(name) + 2, len(name))) + name + b"\0"
        body = bytes.fromhex("04FDE9005A09090909") + bytes((len(inner) + 2, 2, len(inner))) + inner
        found = opens.decode(body, BY_CODE)
        self.assertIn("hostname(r\\xe9\\n )", text(OpenMessage(IDENTITY, TIME, "receive", 1, body, None, found)))

    def test_notification(self) -> None:
        found = notification.Notification(2, 7, b"\x01\x04")
        self.assertEqual(
            text(NotificationMessage(IDENTITY, TIME, "receive", 3, found.octets(), None, found)),
            "neighbor 127.0.0.1 receive notification code 2 subcode 7 data 0x0104\n",
        )

    def test_a_shutdown_communication_is_told_as_a_sentence(self) -> None:
        found = notification.shutdown("maint")
        told = text(NotificationMessage(IDENTITY, TIME, "receive", 3, found.octets(), None, found))
        self.assertTrue(told.startswith("neighbor 127.0.0.1 receive notification code 6 subcode 2 data 0x53687574"))

    def test_operational_has_no_empty_line_behind_it(self) -> None:
        for found, words in (
            (
                operational.Operational(1, 1, 1, advisory=b"hello world"),
                'ADM afi ipv4 safi unicast advisory "hello world"',
            ),
            (operational.Operational(3, 1, 1, sequence=7), "RPCQ afi ipv4 safi unicast"),
            (
                operational.Operational(4, 1, 1, router_id=bytes((1, 2, 3, 4)), sequence=7, counter=9),
                "RPCP afi ipv4 safi unicast router-id 1.2.3.4 sequence 7 counter 9",
            ),
        ):
            event = OperationalMessage(IDENTITY, TIME, "receive", 6, found.octets(), None, found)
            self.assertEqual(TextEncoder().encode(event, 0), (f"neighbor 127.0.0.1 receive operational {words}", ""))

    def test_route_refresh(self) -> None:
        found = refresh.RouteRefresh(1, 1)
        self.assertEqual(
            text(RefreshMessage(IDENTITY, TIME, "receive", 5, found.octets(), None, found)),
            "neighbor 127.0.0.1 receive route-refresh afi ipv4 safi unicast query\n",
        )


class UpdateTests(SynchronousTestCase):
    """UPDATEs are blocks of lines."""

    def test_an_announcement(self) -> None:
        self.assertEqual(
            text(update("180A0000")),
            "neighbor 127.0.0.1 receive update start\n"
            "neighbor 127.0.0.1 receive update announced 10.0.0.0/24 next-hop 1.1.1.1 origin igp as-path ( 65001 )\n"
            "neighbor 127.0.0.1 receive update end\n",
        )

    def test_path_identifiers(self) -> None:
        self.assertIn(
            "update announced 10.0.0.0/24 path-information 0.0.0.0 next-hop 1.1.1.1 origin igp as-path ( 65001 )\n",
            text(update("00000000180A0000", context=ADD_PATH)),
        )

    def test_the_line_that_a_known_program_waits_for(self) -> None:
        internal = ReceiveContext(CONTEXT.families, external=False)
        event = update("2000000000", "40010100400200" + "4003047F000001" + "40050400000064", context=internal)
        self.assertIn(
            "neighbor 127.0.0.1 receive update announced 0.0.0.0/32 next-hop 127.0.0.1 origin igp "
            "local-preference 100\n",
            text(event),
        )

    def test_withdrawals_come_first(self) -> None:
        lines = text(update("180A0000", withdrawn="180A0100")).split("\n")
        self.assertEqual(lines[1], "neighbor 127.0.0.1 receive update withdrawn 10.1.0.0/24")
        self.assertIn("announced 10.0.0.0/24", lines[2])

    def test_octets_stand_before_the_end(self) -> None:
        event = update(attributes="")
        event.direction = "send"
        self.assertEqual(
            text(event, RAW),
            "neighbor 127.0.0.1 send update start\n"
            "neighbor 127.0.0.1 send update route eor 1/1 (ipv4 unicast)\n"
            f" header 0x{'FF' * 16}001702 body 0x00000000\n"
            "neighbor 127.0.0.1 send update end\n",
        )

    def test_sets_differ_from_sequences(self) -> None:
        path = "400214" + "02020000000100000002" + "01020000000300000004"
        self.assertIn("as-path ( 1 2 ) [ 3 4 ]\n", text(update("180A0000", "40010100" + path + HOP)))

    def test_a_word_without_value_and_an_unknown_attribute(self) -> None:
        event = update("180A0000", ATTRIBUTES + HOP + "400600" + "C06302BEEF")
        self.assertIn(" as-path ( 65001 ) atomic-aggregate attribute [ 0x63 0xE0 0xbeef ]\n", text(event))

    def test_an_aggregator_stands_in_parentheses(self) -> None:
        event = update("180A0000", ATTRIBUTES + HOP + "C00708" + "0000FDE8" + "01020304")
        self.assertIn(" as-path ( 65001 ) aggregator ( 65000:1.2.3.4 )\n", text(event))

    def test_the_end_of_rib_of_another_family_has_its_numbers(self) -> None:
        self.assertIn("update route eor 2/1 (ipv6 unicast)\n", text(update(attributes="800F03000201")))

    def test_a_route_without_next_hop_has_no_word_for_it(self) -> None:
        event = update("180A0000")
        event.update.announced[0].next_hop = b""
        self.assertIn("update announced 10.0.0.0/24 origin igp", text(event))

    def test_a_route_distinguisher_stands_behind_the_next_hop(self) -> None:
        family = Family(
            1, 128, "ipv4 mpls-vpn", (), no_split, no_read, lambda nlri: "10.0.0.0/24 label 110 rd 1:2", str
        )
        self.assertEqual(route_words(family, b"", "1.1.1.1"), "10.0.0.0/24 label 110 next-hop 1.1.1.1 rd 1:2")

    def test_a_link_local_next_hop_has_a_line_of_its_own(self) -> None:
        hops = "20010DB8" + "00" * 11 + "01" + "FE80" + "00" * 13 + "01"
        told = text(update(attributes=ATTRIBUTES + "800E2A000201" + "20" + hops + "00" + "2020010DB8"))
        self.assertIn("announced 2001:db8::/32 next-hop 2001:db8::1 origin", told)
        self.assertIn("announced 2001:db8::/32 next-hop fe80::1 origin", told)

    @given(st.binary(max_size=80), st.binary(max_size=60), st.binary(max_size=30))
    def test_random_updates(self, gone: bytes, attributes: bytes, announced: bytes) -> None:
        body = len(gone).to_bytes(2, "big") + gone + len(attributes).to_bytes(2, "big") + attributes + announced
        try:
            found = updates.decode(body, CONTEXT, PathTable(CONTEXT))
        except Malformed:
            return
        told = text(UpdateMessage(IDENTITY, TIME, "receive", 2, body, None, found, CONTEXT), RAW)
        for line in told.splitlines():
            self.assertTrue(line.startswith(("neighbor 127.0.0.1 receive update ", " header 0x")))
