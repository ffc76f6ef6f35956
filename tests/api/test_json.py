"""Events as JSON lines: each form of the reference, letter by letter, and whatever a peer may send."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.dialects import VERSION_4, VERSION_5, VERSION_6, VERSION_6_AS_4, Dialect, dialect_of
from bgptwist.api.encoders.json import NEGOTIATED, PACKET, RAW, JsonEncoder, Stamp, encode_message
from bgptwist.settings.model import CapabilitySettings, Environment
from bgptwist.speaker.events import (
    Agreed,
    Event,
    FsmChanged,
    Identity,
    KeepaliveMessage,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    SignalReceived,
    StateChanged,
    UnknownMessage,
    UpdateMessage,
)
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.capabilities.long_lived import LongLived
from bgptwist.wire.capabilities.multiple_labels import MultipleLabels
from bgptwist.wire.capabilities.paths_limit import PathsLimit
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.errors import Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import Family, ReceiveContext
from bgptwist.wire.messages import notification, operational, refresh
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import PathTable
from bgptwist.wire.registry import BY_CODE, FAMILIES
from bgptwist.wire.words import Words
from tests.api.stage import Stage, neighbor

TIME = 1795334453.687413
IDENTITY = Identity("neighbor 127.0.0.1", "127.0.0.1", "127.0.0.1", 65000, 65001, "1.2.3.4")
HEAD = '{ "exabgp": "5.0.0", "time": 1795334453.687413, "host" : "vm", "pid" : 699, "ppid" : 697, "counter": 16, '
NEIGHBOR = (
    '"neighbor": { "address": { "local": "127.0.0.1", "peer": "127.0.0.1" }, '
    '"asn": { "local": 65000, "peer": 65001 }, "router-id": "1.2.3.4" , '
)
CONTEXT = ReceiveContext({family.index: family for family in FAMILIES}, mandatory=False)
ADD_PATH = ReceiveContext({0x101: IPV4_UNICAST.with_path_id}, mandatory=False)

ATTRIBUTES = "400101004002060201" + "0000FDE9"
HOP = "40030401010101"
ORIGIN_AND_PATH = '"origin": "igp", "as-path": { "0": { "element": "as-sequence", "value": [65001] } }'


def stamp() -> Stamp:
    return Stamp("vm", 699, 697)


def line(event: Event, form: int = 0, dialect: Dialect = VERSION_5) -> str:
    """The line with the counter 16; it must be JSON in ASCII, whatever else it is."""
    encoded = JsonEncoder(dialect, stamp).encode(event, form)
    assert encoded is not None
    text = f"{encoded[0]}16{encoded[1]}"
    assert text.isascii() and "\n" not in text
    json.loads(text, object_pairs_hook=unique)
    return text


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no key may stand twice."""
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def inside(event: Event, form: int = 0, dialect: Dialect = VERSION_5) -> dict[str, Any]:
    """What the event says about its neighbor, as a value."""
    found: dict[str, Any] = json.loads(line(event, form, dialect))["neighbor"]
    for key in ("address", "asn", "router-id", "direction"):
        found.pop(key, None)
    return found


def update(
    announced: str = "",
    attributes: str = ATTRIBUTES + HOP,
    withdrawn: str = "",
    context: ReceiveContext = CONTEXT,
    negotiated: Any = None,
) -> UpdateMessage:
    """An UPDATE from hexadecimal."""
    gone, middle = bytes.fromhex(withdrawn), bytes.fromhex(attributes)
    body = len(gone).to_bytes(2, "big") + gone + len(middle).to_bytes(2, "big") + middle + bytes.fromhex(announced)
    found = updates.decode(body, context, PathTable(context))
    return UpdateMessage(IDENTITY, TIME, "receive", 2, body, negotiated, found, context)


def message(event: UpdateMessage, dialect: Dialect = VERSION_5) -> Any:
    """The member `update` of an UPDATE event, as a value."""
    return inside(event, 0, dialect)["message"]["update"]


class EnvelopeTests(SynchronousTestCase):
    """What every event has."""

    def test_a_state_event_is_written_as_exabgp_does(self) -> None:
        event = StateChanged(IDENTITY, TIME, "connected")
        self.assertEqual(line(event), f'{HEAD}"type": "state", {NEIGHBOR}"state": "connected" }} }}')

    def test_a_session_that_went_down_says_why(self) -> None:
        event = StateChanged(IDENTITY, TIME, "down", "notification sent (6,3)")
        self.assertTrue(line(event).endswith('"state": "down", "reason": "notification sent (6,3)" } }'))

    def test_quotes_in_a_reason_are_escaped(self) -> None:
        self.assertEqual(inside(StateChanged(IDENTITY, TIME, "down", 'a "b" \u00e9\n'))["reason"], 'a "b" \u00e9\n')

    def test_a_router_id_that_is_not_set_is_left_out(self) -> None:
        identity = Identity("n", "127.0.0.1", "127.0.0.1", 1, 1, "")
        self.assertNotIn("router-id", json.loads(line(StateChanged(identity, TIME, "up")))["neighbor"])

    def test_an_unknown_local_address_is_the_unspecified_one(self) -> None:
        for peer, local in (("192.0.2.1", "0.0.0.0"), ("2001:db8::1", "::")):
            event = FsmChanged(Identity("n", "", peer, 1, 1, ""), TIME, "ACTIVE")
            self.assertEqual(json.loads(line(event))["neighbor"]["address"], {"local": local, "peer": peer})

    def test_an_identity_that_learned_more_is_written_anew(self) -> None:
        encoder = JsonEncoder(VERSION_5, stamp)
        encoder.encode(FsmChanged(Identity("n", "", "192.0.2.1", 1, 0, ""), TIME, "ACTIVE"), 0)
        encoded = encoder.encode(FsmChanged(Identity("n", "", "192.0.2.1", 1, 65001, ""), TIME, "ACTIVE"), 0)
        self.assertIn('"peer": 65001', encoded[1] if encoded else "")

    def test_the_shutdown_event_has_no_neighbor(self) -> None:
        self.assertEqual(
            JsonEncoder(VERSION_5, stamp).shutdown(TIME),
            '{ "exabgp": "5.0.0", "time": 1795334453.687413, "host" : "vm", "pid" : 699, "ppid" : 697, '
            '"type": "notification", "notification": "shutdown" }',
        )

    def test_the_stamp_is_of_this_process_unless_told_otherwise(self) -> None:
        found = json.loads(encode_message(StateChanged(IDENTITY, TIME, "up"), VERSION_5))
        self.assertEqual(found["counter"], 1)
        self.assertGreater(found["pid"], 0)

    def test_an_event_of_no_class_is_an_error(self) -> None:
        self.assertRaises(TypeError, JsonEncoder(VERSION_5, stamp).encode, Event(IDENTITY, TIME), 0)


class ConditionTests(SynchronousTestCase):
    """Events that are no messages, and what a session agreed."""

    def test_fsm_and_signal(self) -> None:
        self.assertEqual(inside(FsmChanged(IDENTITY, TIME, "OPENSENT")), {"state": "OPENSENT"})
        signal = SignalReceived(IDENTITY, TIME, 15, "SIGTERM")
        self.assertTrue(line(signal).endswith('"code": "15", "name": "SIGTERM" } }'))

    def test_negotiated(self) -> None:
        stage = Stage()
        stage.establish()
        event = stage.sink.of(Agreed)[0]
        self.assertEqual(
            inside(event)["negotiated"],
            {
                "message_size": 4096,
                "hold_time": 90,
                "asn4": True,
                "multisession": False,
                "operational": False,
                "refresh": "absent",
                "families": ["ipv4 unicast"],
                "nexthop": [],
                "add_path": {"send": [], "receive": []},
            },
        )

    def test_what_exabgp_does_not_negotiate_is_told_where_there_is_any(self) -> None:
        capability = CapabilitySettings(
            add_path=2, role=0, multiple_labels=2, graceful_restart=120, long_lived=60, operational=True
        )
        stage = Stage(neighbor("127.0.0.1", capability=capability))
        answers = [
            AddPath([(1, 1, 1)]),
            PathsLimit([(1, 1, 5)]),
            MultipleLabels([(1, 1, 3)]),
            GracefulRestart(False, 120, []),
            LongLived([(1, 1, 0, 3600)]),
            Role(3),
        ]
        stage.establish(capabilities=answers)
        found = inside(stage.sink.of(Agreed)[0])["negotiated"]
        self.assertEqual(found["paths_limit"], {"ipv4 unicast": 5})
        self.assertEqual(found["long_lived"], {"ipv4 unicast": 3600})
        self.assertEqual(found["role"], {"local": "provider", "peer": "customer"})


class MessageTests(SynchronousTestCase):
    """Messages other than UPDATE."""

    def test_keepalive(self) -> None:
        event = KeepaliveMessage(IDENTITY, TIME, "send", 4, b"", None)
        self.assertEqual(line(event), f'{HEAD}"type": "keepalive", {NEIGHBOR}"direction": "send" }} }}')

    def test_a_received_open_has_capabilities_by_number_and_a_sent_one_by_name(self) -> None:
        body = bytes.fromhex(
            "04FDE9005A09090909" + "12" + "0210" + "010400010001" + "4104" + "0000FDE9" + "4902" + "0000"
        )
        found = opens.decode(body, BY_CODE)
        received = inside(OpenMessage(IDENTITY, TIME, "receive", 1, body, None, found))["open"]
        self.assertEqual(
            received,
            {
                "version": 4,
                "asn": 65001,
                "hold_time": 90,
                "router_id": "9.9.9.9",
                "capabilities": {
                    "1": {"name": "multiprotocol", "families": ["ipv4/unicast"]},
                    "65": {"name": "asn4", "asn4": 65001},
                    "73": {"host-name": "", "domain-name": ""},
                },
            },
        )
        sent = inside(OpenMessage(IDENTITY, TIME, "send", 1, body, None, found))["open"]
        self.assertEqual(list(sent["capabilities"]), ["multiprotocol", "asn4", "hostname"])

    def test_an_unknown_capability_keeps_its_number(self) -> None:
        body = bytes.fromhex("04FDE9005A09090909" + "05" + "0203" + "420158")
        found = opens.decode(body, BY_CODE)
        for direction in ("send", "receive"):
            event = OpenMessage(IDENTITY, TIME, direction, 1, body, None, found)
            self.assertIn("66", inside(event)["open"]["capabilities"])

    def test_a_shutdown_communication_is_told_as_a_sentence(self) -> None:
        found = notification.shutdown("maint")
        event = NotificationMessage(IDENTITY, TIME, "receive", 3, found.octets(), None, found)
        said = 'Shutdown Communication: "maint"'
        self.assertEqual(
            inside(event)["notification"],
            {"code": 6, "subcode": 2, "data": "0x" + said.encode().hex().upper(), "message": said},
        )

    def test_what_we_sent_is_told_as_we_meant_it(self) -> None:
        for found, said in (
            (notification.shutdown("maint"), "maint"),
            (notification.Notification(6, 3), "Cease / Peer De-configured"),
        ):
            event = NotificationMessage(IDENTITY, TIME, "send", 3, found.octets(), None, found)
            told = inside(event)["notification"]
            self.assertEqual((told["message"], told["data"]), (said, "0x" + said.encode().hex().upper()))

    def test_other_data_of_a_notification_is_told_as_it_is(self) -> None:
        found = notification.Notification(2, 7, b"\x01\x04\x00\x01\x00\x01")
        event = NotificationMessage(IDENTITY, TIME, "receive", 3, found.octets(), None, found)
        self.assertEqual(inside(event)["notification"]["data"], "0x010400010001")

    def test_route_refresh(self) -> None:
        for subtype, name in enumerate(("query", "begin", "end")):
            found = refresh.RouteRefresh(1, 1, subtype)
            event = RefreshMessage(IDENTITY, TIME, "receive", 5, found.octets(), None, found)
            self.assertEqual(inside(event)["route-refresh"], {"afi": "ipv4", "safi": "unicast", "subtype": name})

    def test_operational(self) -> None:
        for found, told in (
            (
                operational.Operational(1, 1, 1, advisory=b"hello world"),
                {"name": "ADM", "afi": "ipv4", "safi": "unicast", "advisory": "hello world"},
            ),
            (
                operational.Operational(3, 1, 1, router_id=bytes((9, 9, 9, 9)), sequence=7),
                {"name": "RPCQ", "afi": "ipv4", "safi": "unicast"},
            ),
            (
                operational.Operational(4, 1, 1, router_id=bytes((1, 2, 3, 4)), sequence=7, counter=9),
                {
                    "name": "RPCP",
                    "afi": "ipv4",
                    "safi": "unicast",
                    "router-id": "1.2.3.4",
                    "sequence": 7,
                    "counter": 9,
                },
            ),
        ):
            event = OperationalMessage(IDENTITY, TIME, "receive", 6, found.octets(), None, found)
            for dialect in (VERSION_4, VERSION_5, VERSION_6):
                self.assertEqual(inside(event, 0, dialect), {"operational": told})
            self.assertEqual(json.loads(line(event))["type"], "operational")
            self.assertEqual(inside(event, PACKET)["message"]["category"], 6)

    def test_octets_instead_of_meaning(self) -> None:
        event = KeepaliveMessage(IDENTITY, TIME, "receive", 4, b"", None)
        self.assertEqual(
            line(event, PACKET),
            f'{HEAD}"type": "keepalive", {NEIGHBOR}"direction": "receive", '
            f'"message": {{ "category": 4, "header": "0x{"FF" * 16}001304", "body": "0x" }} }} }}',
        )

    def test_octets_beside_the_meaning(self) -> None:
        found = json.loads(line(update("180A0000"), RAW))
        self.assertEqual(found["header"], f"0x{'FF' * 16}002F02")
        self.assertEqual(found["body"], "0x00000014" + ATTRIBUTES + HOP.upper() + "180A0000")
        self.assertEqual(list(found)[-4:], ["type", "header", "body", "neighbor"])

    def test_a_message_of_no_known_type_has_octets_only(self) -> None:
        event = UnknownMessage(IDENTITY, TIME, "receive", 255, b"\x01", None)
        self.assertIsNone(JsonEncoder(VERSION_5, stamp).encode(event, 0))
        self.assertEqual(inside(event, PACKET)["message"]["category"], 255)

    def test_the_negotiated_block_stands_in_updates_and_packets(self) -> None:
        stage = Stage()
        stage.establish()
        negotiated = stage.peer().negotiated
        event = update("180A0000", negotiated=negotiated)
        self.assertEqual(inside(event, NEGOTIATED)["negotiated"]["hold_time"], 90)
        keepalive = KeepaliveMessage(IDENTITY, TIME, "receive", 4, b"", negotiated)
        self.assertNotIn("negotiated", inside(keepalive, NEGOTIATED))
        self.assertIn("negotiated", inside(keepalive, NEGOTIATED | PACKET))
        self.assertNotIn("negotiated", inside(update("180A0000"), NEGOTIATED))


class UpdateTests(SynchronousTestCase):
    """UPDATEs of generation 5."""

    def test_an_announcement_is_written_as_exabgp_does(self) -> None:
        self.assertEqual(
            line(update("180A0000")),
            f'{HEAD}"type": "update", {NEIGHBOR}"direction": "receive", '
            f'"message": {{ "update": {{ "attribute": {{ {ORIGIN_AND_PATH} }}, '
            '"announce": { "ipv4 unicast": { "1.1.1.1": [ { "nlri": "10.0.0.0/24" } ] } } } } } }',
        )

    def test_a_withdrawal_has_no_attributes(self) -> None:
        self.assertEqual(
            message(update(attributes="", withdrawn="180A0000")),
            {"withdraw": {"ipv4 unicast": [{"nlri": "10.0.0.0/24"}]}},
        )

    def test_prefixes_of_every_length(self) -> None:
        found = message(update("00" + "080A" + "100A01" + "200A010203"))
        prefixes = [route["nlri"] for route in found["announce"]["ipv4 unicast"]["1.1.1.1"]]
        self.assertEqual(prefixes, ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32"])

    def test_path_identifiers(self) -> None:
        found = message(update("01020304180A0000", context=ADD_PATH))
        self.assertEqual(
            found["announce"]["ipv4 unicast"]["1.1.1.1"],
            [{"nlri": "10.0.0.0/24", "path-information": "1.2.3.4"}],
        )

    def test_an_empty_as_path_is_left_out(self) -> None:
        self.assertEqual(message(update("180A0000", "40010100400200" + HOP))["attribute"], {"origin": "igp"})

    def test_an_unknown_attribute_is_named_by_code_and_flags(self) -> None:
        found = message(update("180A0000", ATTRIBUTES + HOP + "C06304DEADBEEF"))
        self.assertEqual(found["attribute"]["attribute-0x63-0xE0"], "0xdeadbeef")

    def test_end_of_rib(self) -> None:
        event = update(attributes="")
        self.assertTrue(line(event).endswith('"message": { "eor": { "afi" : "ipv4", "safi" : "unicast" } } } }'))
        event = update(attributes="800F03000201")
        self.assertEqual(inside(event)["message"], {"eor": {"afi": "ipv6", "safi": "unicast"}})

    def test_announced_and_withdrawn_in_one_message(self) -> None:
        found = message(update("180A0000", withdrawn="180A0100"))
        self.assertEqual(list(found), ["attribute", "announce", "withdraw"])

    def test_a_link_local_next_hop_lists_the_route_twice(self) -> None:
        hops = "20010DB8" + "00" * 11 + "01" + "FE80" + "00" * 13 + "01"
        reach = "800E2A000201" + "20" + hops + "00" + "2020010DB8"
        found = message(update(attributes=ATTRIBUTES + reach))
        route = [{"nlri": "2001:db8::/32"}]
        self.assertEqual(found["announce"], {"ipv6 unicast": {"2001:db8::1": route, "fe80::1": route}})
        found = message(update(attributes=ATTRIBUTES + reach), VERSION_6)
        self.assertEqual(found["announce"], {"ipv6 unicast": {"2001:db8::1": route}})

    def test_a_family_that_stands_twice_is_one_key(self) -> None:
        event = update("180A0000", withdrawn="180A0200")
        event.update.announced.append(updates.Reach(IPV4_UNICAST, bytes((1, 1, 1, 1)), [bytes.fromhex("180A0100")]))
        event.update.announced.append(updates.Reach(IPV4_UNICAST, bytes((2, 2, 2, 2)), [bytes.fromhex("180A0300")]))
        event.update.withdrawn.append(updates.Unreach(IPV4_UNICAST, [bytes.fromhex("180A0400")]))
        found = message(event)
        self.assertEqual(
            found["announce"]["ipv4 unicast"],
            {
                "1.1.1.1": [{"nlri": "10.0.0.0/24"}, {"nlri": "10.1.0.0/24"}],
                "2.2.2.2": [{"nlri": "10.3.0.0/24"}],
            },
        )
        self.assertEqual(len(found["withdraw"]["ipv4 unicast"]), 2)

    def test_a_route_without_next_hop_says_so(self) -> None:
        event = update("180A0000")
        event.update.announced[0].next_hop = b""
        self.assertIn("no-nexthop", message(event)["announce"]["ipv4 unicast"])

    def test_an_update_treated_as_withdrawal_says_why(self) -> None:
        event = update("180A0000", "40010105" + "4002060201" + "0000FDE9" + HOP)
        found = message(event)
        self.assertEqual(found["withdraw"], {"ipv4 unicast": [{"nlri": "10.0.0.0/24"}]})
        self.assertNotIn("announce", found)
        self.assertEqual(found["attribute"]["error"], "treat-as-withdraw")
        self.assertIn("origin", found["attribute"]["reason"])
        self.assertEqual(message(event, VERSION_6)["attribute"], found["attribute"] | {"next-hop": "1.1.1.1"})
        self.assertNotIn("announce", message(event, VERSION_6))

    def test_an_update_without_attributes_is_treated_as_withdrawal(self) -> None:
        found = message(update("180A0000", ""))
        self.assertEqual(found["attribute"]["error"], "treat-as-withdraw")

    def test_the_text_of_a_path_is_written_once(self) -> None:
        event = update("180A0000")
        first = line(event)
        self.assertEqual(event.update.path.recall("5"), f'"attribute": {{ {ORIGIN_AND_PATH} }}')
        self.assertEqual(line(event), first)

    def test_compact_prefixes_are_strings(self) -> None:
        compact = dialect_of(Environment(api_compact=True))
        found = message(update("180A0000", withdrawn="180A0100"), compact)
        self.assertEqual(found["announce"], {"ipv4 unicast": {"1.1.1.1": ["10.0.0.0/24"]}})
        self.assertEqual(found["withdraw"], {"ipv4 unicast": ["10.1.0.0/24"]})
        found = message(update("01020304180A0000", context=ADD_PATH), compact)
        self.assertEqual(found["announce"], {"ipv4 unicast": {"1.1.1.1": ["10.0.0.0/24"]}})


class DialectTests(SynchronousTestCase):
    """What versions write differently."""

    def test_the_environment_chooses(self) -> None:
        self.assertIs(dialect_of(Environment()), VERSION_5)
        self.assertIs(dialect_of(Environment(api_version=6)), VERSION_6)
        self.assertIs(dialect_of(Environment(api_version=6, compat_generation=6)), VERSION_6)
        self.assertIs(dialect_of(Environment(compat_generation=6)), VERSION_6_AS_4)
        self.assertEqual(VERSION_6_AS_4.tag, "4.0.1")

    def test_no_two_dialects_share_what_a_path_remembers(self) -> None:
        keys = [dialect.key for dialect in (VERSION_4, VERSION_5, VERSION_6, VERSION_6_AS_4)]
        self.assertEqual(len(keys), len(set(keys)))

    def test_generation_5_sorts_communities_and_generation_6_does_not(self) -> None:
        event = update("180A0000", ATTRIBUTES + HOP + "C008080002000100010002")
        self.assertEqual(message(event)["attribute"]["community"], [[1, 2], [2, 1]])
        self.assertEqual(message(event, VERSION_6)["attribute"]["community"], [[2, 1], [1, 2]])

    def test_generation_6_keeps_the_order_of_other_communities_too(self) -> None:
        large = "C02018" + "00000001" * 2 + "00000002" + "00000001" * 3
        extended = "C01010" + "0002FDE800000002" + "0002FDE800000001"
        event = update("180A0000", ATTRIBUTES + HOP + extended + large)
        found = message(event, VERSION_6)["attribute"]
        self.assertEqual(found["large-community"], [[1, 1, 2], [1, 1, 1]])
        self.assertEqual([item["string"] for item in found["extended-community"]], ["target:65000:2", "target:65000:1"])

    def test_version_4_has_the_as_path_as_a_list(self) -> None:
        path = "400216" + "02020000000100000002" + "010100000003" + "030100000004"
        event = update("180A0000", "40010100" + path + HOP)
        found = message(event, VERSION_4)["attribute"]
        self.assertEqual(found["as-path"], [1, 2, [3]])
        self.assertEqual(found["confederation-path"], [4])
        found = message(update("180A0000"), VERSION_4)["attribute"]
        self.assertEqual(found["confederation-path"], [])

    def test_generation_6_tells_the_next_hop_of_a_withdrawal(self) -> None:
        event = update(attributes="800F0700010118" + "0A0000" + "40010100400200" + "4003040A0A0603")
        found = message(event, VERSION_6)
        self.assertEqual(found["attribute"], {"origin": "igp", "next-hop": "10.10.6.3"})
        self.assertEqual(found["withdraw"], {"ipv4 unicast": [{"nlri": "10.0.0.0/24"}]})
        self.assertNotIn("next-hop", message(event)["attribute"])


class NlriTests(SynchronousTestCase):
    """NLRI objects that a dialect writes otherwise."""

    def family(self, safi: int, text: str, afi: int = 1) -> Family:
        def split(data: bytes, at: int, end: int) -> list[bytes]:
            return [data[at:end]]

        def read(words: Words) -> bytes:
            return b""

        return Family(afi, safi, "ipv4 flow", (0, 4), split, read, lambda nlri: "", lambda nlri: text)

    def told(self, family: Family, dialect: Dialect, nlri: bytes = b"", hop: bytes = b"\1\2\3\4") -> Any:
        event = update("180A0000")
        event.update.announced[0] = updates.Reach(family, hop, [nlri])
        (found,) = message(event, dialect)["announce"]["ipv4 flow"].values()
        return found[0]

    def test_a_flow_tells_its_next_hop(self) -> None:
        family = self.family(133, '{ "protocol": [ "=tcp" ], "string": "flow protocol =tcp" }')
        found = self.told(family, VERSION_5)
        self.assertEqual(list(found), ["protocol", "next-hop", "string"])
        self.assertEqual(found["string"], "flow protocol =tcp next-hop 1.2.3.4")
        self.assertEqual(self.told(family, VERSION_6_AS_4)["string"], "flow protocol =tcp")
        self.assertNotIn("next-hop", self.told(family, VERSION_6))
        self.assertNotIn("next-hop", self.told(family, VERSION_5, hop=b""))


class RobustnessTests(SynchronousTestCase):
    """Whatever a peer sends, the line is JSON in ASCII, and no key stands twice."""

    @given(st.binary(max_size=80), st.binary(max_size=60), st.binary(max_size=30))
    def test_random_updates(self, gone: bytes, attributes: bytes, announced: bytes) -> None:
        body = len(gone).to_bytes(2, "big") + gone + len(attributes).to_bytes(2, "big") + attributes + announced
        try:
            found = updates.decode(body, CONTEXT, PathTable(CONTEXT))
        except Malformed:
            return
        for dialect in (VERSION_4, VERSION_5, VERSION_6):
            line(UpdateMessage(IDENTITY, TIME, "receive", 2, body, None, found, CONTEXT), RAW, dialect)

    @given(st.binary(min_size=2, max_size=60))
    def test_random_notifications(self, body: bytes) -> None:
        found = notification.decode(body)
        for direction in ("send", "receive"):
            line(NotificationMessage(IDENTITY, TIME, direction, 3, body, None, found))

    @given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=20)), max_size=6))
    def test_random_capabilities(self, capabilities: list[tuple[int, bytes]]) -> None:
        inner = b"".join(bytes((code, len(value))) + value for code, value in capabilities)
        body = bytes.fromhex("04FDE9005A09090909") + bytes((len(inner) + 2, 2, len(inner))) + inner
        try:
            found = opens.decode(body, BY_CODE)
        except Malformed:
            return
        for direction in ("send", "receive"):
            line(OpenMessage(IDENTITY, TIME, direction, 1, body, None, found))


class Ipv6Tests(SynchronousTestCase):
    """Families of multiprotocol attributes."""

    def test_ipv6_unicast(self) -> None:
        reach = "800E1A000201" + "10" + "20010DB8" + "00" * 11 + "01" + "00" + "2020010DB8"
        found = message(update(attributes=ATTRIBUTES + reach))
        self.assertEqual(found["announce"], {IPV6_UNICAST.name: {"2001:db8::1": [{"nlri": "2001:db8::/32"}]}})
