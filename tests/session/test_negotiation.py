"""Our OPEN, and what follows from both."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.session.negotiation import Local, Negotiated, negotiate
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.enhanced_refresh import EnhancedRefresh
from bgptwist.wire.capabilities.extended_next_hop import ExtendedNextHop
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.capabilities.long_lived import LongLived
from bgptwist.wire.capabilities.multiple_labels import MultipleLabels
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.multisession import MultiSession
from bgptwist.wire.capabilities.paths_limit import PathsLimit
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.capabilities.route_refresh import RouteRefresh
from bgptwist.wire.capabilities.unknown import Unknown
from bgptwist.wire.errors import Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import LAYOUT_5, LAYOUT_6, CapabilityValue
from bgptwist.wire.messages.open import Open, decode
from bgptwist.wire.registry import BY_CODE, BY_INDEX, FAMILIES

FLOW = BY_INDEX[0x185]
LABELLED = BY_INDEX[0x104]

ID = bytes((10, 0, 0, 2))
PEER_ID = bytes((10, 0, 0, 3))

LOCAL = Local(local_as=65001, router_id=ID, families=(IPV4_UNICAST, IPV6_UNICAST), peer_as=65002)
"""An ordinary external neighbor, `local()` with changes."""


def local(**changes: object) -> Local:
    return replace(LOCAL, **changes)  # type: ignore[arg-type]


def opening(*capabilities: CapabilityValue, asn: int = 65002, hold_time: int = 90, router_id: bytes = PEER_ID) -> Open:
    """An OPEN of the peer, as it is once it was on the wire."""
    return decode(Open(4, asn, hold_time, router_id, list(capabilities)).octets(), BY_CODE)


def mirrored(ours: Local, **changes: object) -> Open:
    """An OPEN of a peer that offers what we offer."""
    other = replace(ours, local_as=65002, router_id=PEER_ID)
    return decode(replace(other, **changes).open().octets(), BY_CODE)  # type: ignore[arg-type]


def agreed(ours: Local, received: Open, address: str = "192.0.2.1") -> Negotiated:
    return negotiate(ours, ours.open(), received, address)


class OpenTests(SynchronousTestCase):
    """The OPENs of the conformance kit, and the order of all that can be in one."""

    def octets(self, ours: Local) -> str:
        return ours.open().octets().hex().upper()

    def test_software_version_of_generation_5(self) -> None:
        ours = Local(65533, ID, (IPV4_UNICAST,), software_version="ExaBGP/5.0.0-0+test")
        self.assertEqual(
            self.octets(ours),
            "04FFFD00B40A000002280206010400010001020641040000FFFD02164B14134578614247502F352E302E302D302B74657374",
        )

    def test_software_version_of_generation_6(self) -> None:
        ours = Local(65533, ID, (IPV4_UNICAST,), software_version="ExaBGP/5.0.0-0+test", layout=LAYOUT_6)
        self.assertEqual(
            self.octets(ours),
            "04FFFD00B40A0000022C0206010400010001020641040000FFFD0202060002164B14"
            "134578614247502F352E302E302D302B74657374",
        )

    def test_host_name(self) -> None:
        ours = Local(65533, ID, (IPV4_UNICAST,), host_name="my-host-name", domain_name="my-domain-name.com")
        self.assertEqual(
            self.octets(ours),
            "04FFFD00B40A000002340206010400010001020641040000FFFD022249200C6D792D686F73742D6E616D6512"
            "6D792D646F6D61696E2D6E616D652E636F6D",
        )

    def test_the_order_is_that_of_exabgp(self) -> None:
        ours = local(
            next_hops=((IPV4_UNICAST, 2),),
            add_path=3,
            add_path_families=(IPV4_UNICAST,),
            graceful_restart=120,
            route_refresh=True,
            operational=True,
            extended_message=True,
            host_name="h",
            software_version="s",
            link_local_next_hop=True,
            multi_session=True,
        )
        order = [value.code for value in ours.open().capabilities for _ in value.instances()]
        self.assertEqual(order, [1, 1, 65, 5, 69, 64, 2, 70, 185, 6, 73, 75, 77, 68, 68, 131, 131])
        sixth = replace(ours, layout=LAYOUT_6)
        self.assertNotIn(131, [value.code for value in sixth.open().capabilities])

    def test_what_exabgp_does_not_have_stands_before_multi_session(self) -> None:
        ours = local(
            asn4=False,
            add_path=1,
            add_path_families=(IPV4_UNICAST,),
            paths_limits=((IPV4_UNICAST, 5), (IPV6_UNICAST, 6)),
            graceful_restart=120,
            long_lived=3600,
            role=0,
            orf=2,
            multiple_labels=3,
            dynamic=(1, 64),
            bfd_strict=True,
            multi_session=True,
            others=((128, b""), (66, b"\1"), (64, b"\0\0"), (7, b"\x08\0\2")),
            families=(IPV4_UNICAST, LABELLED),
        )
        opened = ours.open()
        self.assertEqual(
            [(value.code, value.octets().hex()) for value in opened.capabilities][1:],
            [
                (69, "00010101"),
                (76, "0001010005"),
                (64, "0078" + "00010180" + "00010480"),
                (9, "00"),
                (71, "00010180000e10" + "00010480000e10"),
                (3, "00010001014002" + "00010004014002"),
                (8, "00010403"),
                (67, "0140"),
                (74, ""),
                (68, "0001"),
                (131, "0001"),
                (128, ""),
                (66, "01"),
                (7, "080002"),
            ],
        )

    def test_what_depends_on_something_else_is_not_offered_without_it(self) -> None:
        ours = local(
            long_lived=60, role=4, peer_as=65001, add_path=2, add_path_families=(IPV4_UNICAST,),
            paths_limits=((IPV4_UNICAST, 5),),
        )  # fmt: skip
        codes = [value.code for value in ours.open().capabilities]
        self.assertEqual(codes, [1, 65, 69])

    def test_families_beyond_what_fits_into_a_capability_are_left_out_of_it(self) -> None:
        many = tuple(FAMILIES)[:40] * 2
        ours = local(families=many, graceful_restart=120, long_lived=60, route_refresh=True, orf=1)
        received = decode(replace(ours, local_as=65002).open().octets(), BY_CODE)
        restart, lived = received.find(64), received.find(71)
        assert isinstance(restart, GracefulRestart) and isinstance(lived, LongLived)
        self.assertEqual(len(restart.families), min(len(many), 63))
        self.assertEqual(len(received.families), len(tuple(FAMILIES)[:40]))
        self.assertLessEqual(len(lived.octets()), 255)

    def test_a_large_as_number_is_as_trans_in_the_field(self) -> None:
        ours = local(local_as=4200000000).open()
        self.assertEqual((ours.asn, ours.asn4), (23456, 4200000000))

    def test_without_asn4_there_is_no_capability_65(self) -> None:
        self.assertEqual(local(asn4=False).open().asn4, 0)

    def test_the_generation_decides_about_extended_messages_when_nobody_else_does(self) -> None:
        for layout, wanted, announced in (
            (LAYOUT_5, None, False),
            (LAYOUT_6, None, True),
            (LAYOUT_5, True, True),
            (LAYOUT_6, False, False),
        ):
            ours = local(layout=layout, extended_message=wanted)
            self.assertIs(ours.open().find(6) is not None, announced)

    def test_an_ipv6_next_hop_is_offered_for_ipv4_and_never_the_reverse(self) -> None:
        offered = local(next_hops=((IPV4_UNICAST, 2), (IPV6_UNICAST, 1))).open().find(5)
        assert isinstance(offered, ExtendedNextHop)
        self.assertEqual(offered.conversions, [(1, 1, 2)])

    def test_add_path_is_offered_for_all_families_that_are_named_in_the_order_of_exabgp(self) -> None:
        families = (FLOW, IPV6_UNICAST, IPV4_UNICAST)
        offered = local(families=families, add_path=2, add_path_families=families).open().find(69)
        assert isinstance(offered, AddPath)
        self.assertEqual(offered.families, [(1, 1, 2), (2, 1, 2), (FLOW.afi, FLOW.safi, 2)])

    def test_add_path_is_not_offered_for_a_family_that_is_not_configured(self) -> None:
        offered = local(families=(IPV4_UNICAST,), add_path=2, add_path_families=(IPV6_UNICAST,)).open().find(69)
        assert isinstance(offered, AddPath)
        self.assertEqual(offered.families, [])

    def test_graceful_restart_names_every_family_and_says_restarting_only_after_a_restart(self) -> None:
        first = local(graceful_restart=120).open().find(64)
        later = local(graceful_restart=5000, restarting=True).open().find(64)
        assert isinstance(first, GracefulRestart) and isinstance(later, GracefulRestart)
        self.assertEqual((first.restarting, first.time, first.families), (False, 120, [(1, 1, 128), (2, 1, 128)]))
        self.assertEqual((later.restarting, later.time), (True, 4095))

    def test_local_as_auto_takes_the_number_of_the_peer(self) -> None:
        ours = local(local_as=None).mirror(opening(Asn4(4200000000), asn=23456))
        self.assertEqual(ours.local_as, 4200000000)
        self.assertEqual(local(local_as=1).mirror(opening()).local_as, 1)


class RefusalTests(SynchronousTestCase):
    """OPENs that are well formed and not acceptable (wire.md, 3)."""

    def refusal(self, ours: Local, received: Open) -> tuple[int, int, bytes]:
        fault = self.assertRaises(Malformed, agreed, ours, received)
        return fault.code, fault.subcode, fault.data

    def test_another_as_number(self) -> None:
        self.assertEqual(self.refusal(LOCAL, opening(asn=65009)), (2, 2, b""))

    def test_another_as_number_in_the_capability(self) -> None:
        self.assertEqual(self.refusal(LOCAL, opening(Asn4(4200000000), asn=23456)), (2, 2, b""))

    def test_any_as_number_will_do_for_peer_as_auto(self) -> None:
        self.assertEqual(agreed(local(peer_as=None), opening(asn=65009)).peer_as, 65009)

    def test_our_identifier_on_an_internal_session(self) -> None:
        ours = local(peer_as=65001)
        self.assertEqual(self.refusal(ours, opening(asn=65001, router_id=ID)), (2, 3, b""))

    def test_our_identifier_on_an_external_session_is_legal(self) -> None:
        self.assertEqual(agreed(LOCAL, opening(router_id=ID)).router_id, ID)

    def test_no_family_in_common_is_answered_with_ours(self) -> None:
        received = opening(MultiProtocol([(25, 70)]))
        self.assertEqual(self.refusal(LOCAL, received), (2, 7, bytes.fromhex("010400010001 010400020001")))

    def test_a_peer_without_multiprotocol_speaks_only_ipv4(self) -> None:
        self.assertEqual(self.refusal(local(families=(IPV6_UNICAST,)), opening())[:2], (2, 7))

    def test_roles_must_fit(self) -> None:
        self.assertEqual(self.refusal(local(role=0), opening(Role(0)))[:2], (2, 11))
        self.assertEqual(agreed(local(role=0), opening(Role(3))).peer_as, 65002)

    def test_a_strict_role_needs_a_counterpart(self) -> None:
        self.assertEqual(self.refusal(local(role=0, role_strict=True), opening())[:2], (2, 11))
        self.assertEqual(agreed(local(role=0), opening()).peer_as, 65002)


class NegotiationTests(SynchronousTestCase):
    """Something is agreed when both sides said it."""

    def test_the_lower_hold_time_is_agreed(self) -> None:
        self.assertEqual(agreed(local(hold_time=180), opening(hold_time=90)).hold_time, 90)
        self.assertEqual(agreed(local(hold_time=30), opening(hold_time=90)).hold_time, 30)
        self.assertEqual(agreed(local(hold_time=180), opening(hold_time=0)).hold_time, 0)

    def test_families_are_the_common_ones_in_our_order(self) -> None:
        received = opening(MultiProtocol([(2, 1), (25, 70), (1, 1)]))
        self.assertEqual(agreed(LOCAL, received).families, (IPV4_UNICAST, IPV6_UNICAST))

    def test_without_multiprotocol_it_is_ipv4_unicast(self) -> None:
        found = agreed(LOCAL, opening())
        self.assertEqual(found.families, (IPV4_UNICAST,))
        self.assertEqual(found.receive.families, {0x101: IPV4_UNICAST})

    def test_everything_that_both_offer_is_agreed(self) -> None:
        ours = local(
            next_hops=((IPV4_UNICAST, 2),),
            add_path=3,
            add_path_families=(IPV4_UNICAST,),
            graceful_restart=120,
            route_refresh=True,
            operational=True,
            extended_message=True,
            multi_session=True,
            link_local_next_hop=True,
            link_local=bytes.fromhex("fe80") + bytes(13) + b"\1",
            aigp=True,
        )
        found = agreed(ours, mirrored(ours))
        self.assertEqual(
            (found.asn4, found.refresh, found.operational, found.multisession, found.message_size),
            (True, "enhanced", True, True, 65535),
        )
        self.assertEqual(found.next_hops, ((IPV4_UNICAST, 2),))
        self.assertEqual((found.add_path_send, found.add_path_receive), ((IPV4_UNICAST,), (IPV4_UNICAST,)))
        self.assertEqual((found.graceful_restart, found.peer_restart_time, found.peer_restarting), (True, 120, False))
        self.assertEqual(found.peer_forwarding, (IPV4_UNICAST, IPV6_UNICAST))
        self.assertTrue(found.send.families[0x101].path_id)
        self.assertFalse(found.send.families[0x201].path_id)
        self.assertEqual(found.send.link_local, ours.link_local)
        self.assertEqual((found.send.message_size, found.receive.message_size), (65535, 65535))
        self.assertEqual((found.send.extended_next_hop, found.receive.link_local), (frozenset({0x101}), True))

    def test_nothing_is_agreed_that_only_we_offer(self) -> None:
        ours = local(
            add_path=3,
            add_path_families=(IPV4_UNICAST,),
            graceful_restart=120,
            route_refresh=True,
            operational=True,
            extended_message=True,
            link_local_next_hop=True,
            link_local=bytes(16),
        )
        found = agreed(ours, opening())
        self.assertEqual(
            (found.asn4, found.refresh, found.operational, found.graceful_restart, found.message_size),
            (False, "absent", False, False, 4096),
        )
        self.assertEqual((found.add_path_send, found.add_path_receive, found.send.link_local), ((), (), b""))

    def test_nothing_is_agreed_that_only_the_peer_offers(self) -> None:
        theirs = local(route_refresh=True, extended_message=True, add_path=3, add_path_families=(IPV4_UNICAST,))
        found = agreed(local(asn4=False), mirrored(theirs))
        self.assertEqual((found.asn4, found.refresh, found.message_size), (False, "absent", 4096))
        self.assertFalse(found.receive.asn4 or found.send.asn4)

    def test_add_path_needs_one_side_to_send_and_the_other_to_receive(self) -> None:
        for our_way, their_way, send, receive in (
            (2, 1, True, False),
            (1, 2, False, True),
            (2, 2, False, False),
            (1, 1, False, False),
            (3, 2, False, True),
            (3, 1, True, False),
            (3, 3, True, True),
        ):
            ours = local(add_path=our_way, add_path_families=(IPV4_UNICAST,))
            found = agreed(ours, opening(AddPath([(1, 1, their_way)])))
            self.assertEqual(found.send.families[0x101].path_id, send)
            self.assertEqual(found.receive.families[0x101].path_id, receive)

    def test_what_the_peer_takes_is_known_by_family(self) -> None:
        ours = local(
            families=(IPV4_UNICAST, IPV6_UNICAST, LABELLED),
            add_path=2,
            add_path_families=(IPV4_UNICAST,),
            multiple_labels=2,
            graceful_restart=120,
            long_lived=60,
            role=0,
        )
        found = agreed(
            ours,
            opening(
                MultiProtocol([(1, 1), (2, 1), (1, 4)]),
                AddPath([(1, 1, 1)]),
                PathsLimit([(1, 1, 5), (2, 1, 6)]),
                MultipleLabels([(1, 4, 3)]),
                GracefulRestart(False, 120, []),
                LongLived([(1, 1, 0, 3600)]),
                Role(3),
            ),
        )
        self.assertEqual(found.paths_limits, ((IPV4_UNICAST, 5),))
        self.assertEqual(found.labels, ((LABELLED, 3),))
        self.assertEqual(found.long_lived, ((IPV4_UNICAST, 3600),))
        self.assertEqual(found.peer_role, 3)

    def test_what_only_one_side_says_is_not_agreed(self) -> None:
        found = agreed(LOCAL, opening(PathsLimit([(1, 1, 5)]), MultipleLabels([(1, 4, 3)]), LongLived([(1, 1, 0, 1)])))
        self.assertEqual((found.paths_limits, found.labels, found.long_lived, found.peer_role), ((), (), (), None))

    def test_roles_are_not_compared_inside_an_as(self) -> None:
        inside = agreed(local(peer_as=None, role=0, role_strict=True), opening(Role(0), asn=65001))
        self.assertFalse(inside.external)

    def test_the_refresh_of_before_the_standard_will_do(self) -> None:
        old = agreed(local(route_refresh=True), opening(RouteRefresh(128)))
        both = agreed(local(route_refresh=True), opening(RouteRefresh(2), RouteRefresh(128), EnhancedRefresh()))
        self.assertEqual((old.refresh, old.refresh_kind, old.old_refresh), ("normal", 128, True))
        self.assertEqual((both.refresh, both.refresh_kind, both.old_refresh), ("enhanced", 5, True))
        neither = agreed(LOCAL, opening(RouteRefresh(128)))
        self.assertEqual((neither.refresh, neither.old_refresh), ("absent", False))

    def test_refresh_is_normal_when_the_peer_knows_only_that(self) -> None:
        received = decode(bytes.fromhex("04fdea005a0a0000030402020200"), BY_CODE)
        self.assertEqual(agreed(local(route_refresh=True), received).refresh, "normal")

    def test_a_capability_that_makes_no_sense_is_not_agreed(self) -> None:
        received = opening(Unknown(6, b"\1"))
        self.assertEqual(agreed(local(extended_message=True), received).message_size, 4096)

    def test_an_unknown_capability_harms_nothing(self) -> None:
        self.assertEqual(agreed(LOCAL, opening(Unknown(66, b""))).peer_as, 65002)

    def test_multisession_may_be_the_old_code(self) -> None:
        ours = local(multi_session=True)
        self.assertTrue(agreed(ours, opening(MultiSession([1], 0, 131))).multisession)

    def test_external_and_internal_differ_in_both_contexts(self) -> None:
        outside = agreed(LOCAL, opening())
        inside = agreed(local(peer_as=65001), opening(asn=65001))
        self.assertEqual((outside.send.external, outside.receive.external), (True, True))
        self.assertEqual((inside.send.external, inside.receive.external), (False, False))

    def test_next_hop_self_is_our_address_or_our_identifier(self) -> None:
        fourth = agreed(LOCAL, opening(), "192.0.2.1").send
        sixth = agreed(LOCAL, opening(), "2001:db8::1%eth0").send
        self.assertEqual((fourth.next_hop_ipv4, fourth.next_hop_ipv6), (bytes((192, 0, 2, 1)), b""))
        self.assertEqual(sixth.next_hop_ipv4, ID)
        self.assertEqual(sixth.next_hop_ipv6, bytes.fromhex("20010db8000000000000000000000001"))

    def test_equal_peers_have_equal_contexts(self) -> None:
        one = agreed(LOCAL, opening())
        other = agreed(local(peer_as=65009), opening(asn=65009, router_id=bytes((1, 1, 1, 1))))
        self.assertEqual(one.send.identity, other.send.identity)
        self.assertEqual(one.receive.identity, other.receive.identity)
