"""A session of a neighbor with itself."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import CapabilitySettings, ConfigurationError, Environment, NeighborSettings
from bgptwist.tools.reflection import ADDRESS, LOCAL_AS, Reflection, any_neighbor, environment, settings_of
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import LAYOUT_5, LAYOUT_6, Family
from bgptwist.wire.registry import FAMILIES

SETTINGS = NeighborSettings(
    "192.0.2.2",
    local_address="192.0.2.1",
    router_id="10.0.0.1",
    local_as=65001,
    peer_as=65002,
    families=(IPV4_UNICAST, IPV6_UNICAST),
)


class ReflectionTests(SynchronousTestCase):
    """What is agreed is what both sides, being equal, offer."""

    def reflect(self, generation: int = 5, **named: object) -> Reflection:
        return Reflection(replace(SETTINGS, **named), Environment(compat_generation=generation))  # type: ignore[arg-type]

    def test_families_are_those_of_the_neighbor(self) -> None:
        found = self.reflect()
        self.assertEqual(found.negotiated.families, SETTINGS.families)
        self.assertEqual(list(found.receive.families), [IPV4_UNICAST.index, IPV6_UNICAST.index])

    def test_the_peer_is_of_the_as_that_is_configured(self) -> None:
        found = self.reflect()
        self.assertEqual((found.negotiated.local_as, found.negotiated.peer_as), (65001, 65002))
        self.assertTrue(found.negotiated.send.external and found.receive.external)
        self.assertFalse(self.reflect(peer_as=65001).negotiated.send.external)

    def test_an_as_number_that_is_left_open_is_that_of_the_other_side(self) -> None:
        for local, peer, wanted in (
            (None, 65002, (65002, 65002)),
            (65001, None, (65001, 65001)),
            (None, None, (LOCAL_AS, LOCAL_AS)),
        ):
            found = self.reflect(local_as=local, peer_as=peer)
            self.assertEqual((found.negotiated.local_as, found.negotiated.peer_as), wanted)
            self.assertEqual((found.identity.local_as, found.identity.peer_as), wanted)

    def test_long_as_numbers_are_agreed_unless_they_are_not_offered(self) -> None:
        self.assertTrue(self.reflect(local_as=4200000001).negotiated.asn4)
        self.assertEqual(self.reflect(peer_as=4200000001).negotiated.peer_as, 4200000001)
        self.assertFalse(self.reflect(capability=CapabilitySettings(asn4=False)).receive.asn4)

    def test_paths_are_agreed_where_both_directions_are_offered(self) -> None:
        for add_path, agreed in ((0, False), (1, False), (2, False), (3, True)):
            found = self.reflect(capability=CapabilitySettings(add_path=add_path))
            self.assertEqual(found.receive.families[IPV4_UNICAST.index].path_id, agreed)
            self.assertEqual(found.negotiated.send.families[IPV4_UNICAST.index].path_id, agreed)

    def test_next_hops_of_the_other_family_are_agreed(self) -> None:
        found = self.reflect(next_hops=((IPV4_UNICAST, 2),))
        self.assertEqual(found.negotiated.send.extended_next_hop, {IPV4_UNICAST.index})

    def test_self_is_the_local_address_or_the_router_id(self) -> None:
        self.assertEqual(self.reflect().negotiated.send.next_hop_ipv4, bytes((192, 0, 2, 1)))
        self.assertEqual(self.reflect(local_address="").negotiated.send.next_hop_ipv4, bytes((10, 0, 0, 1)))
        found = self.reflect(peer_address="2001:db8::2", local_address="2001:db8::1").negotiated.send
        self.assertEqual((found.next_hop_ipv6[-1], found.next_hop_ipv4), (1, bytes((10, 0, 0, 1))))

    def test_the_layout_is_that_of_the_generation(self) -> None:
        for generation, layout, size in ((5, LAYOUT_5, 4096), (6, LAYOUT_6, 65535)):
            found = self.reflect(generation).negotiated.send
            self.assertEqual((found.layout, found.message_size), (layout, size))

    def test_octets_are_shown_that_a_session_would_refuse(self) -> None:
        found = self.reflect().receive
        self.assertEqual((found.mandatory, found.aigp, found.message_size), (False, True, 65535))

    def test_events_say_who_the_neighbor_is(self) -> None:
        found = self.reflect().identity
        self.assertEqual(
            (found.name, found.local_address, found.peer_address, found.router_id),
            (SETTINGS.name, "192.0.2.1", "192.0.2.2", "10.0.0.1"),
        )
        self.assertEqual(self.reflect(local_address="").identity.local_address, ADDRESS)

    @given(
        st.lists(st.sampled_from(FAMILIES), min_size=1, unique=True).map(tuple),
        st.builds(CapabilitySettings, st.booleans(), st.none() | st.booleans(), st.integers(0, 3)),
        st.sampled_from((None, 65001, 4200000001)),
        st.sampled_from((None, 65001, 4200000001)),
        st.sampled_from((5, 6)),
    )
    def test_any_neighbor_agrees_with_itself(
        self,
        families: tuple[Family, ...],
        capability: CapabilitySettings,
        local_as: int | None,
        peer_as: int | None,
        generation: int,
    ) -> None:
        found = self.reflect(
            generation, families=families, capability=capability, local_as=local_as, peer_as=peer_as
        ).negotiated
        self.assertEqual(found.families, families)
        self.assertEqual(found.add_path_send, found.add_path_receive)
        self.assertEqual(found.asn4, capability.asn4)


class NeighborTests(SynchronousTestCase):
    """Neighbors for tools that were given none."""

    def test_every_family_there_is(self) -> None:
        self.assertEqual(any_neighbor(Environment()).families, FAMILIES)

    def test_one_family(self) -> None:
        self.assertEqual(any_neighbor(Environment(), "ipv6 unicast").families, (IPV6_UNICAST,))

    def test_paths(self) -> None:
        self.assertEqual(any_neighbor(Environment(), add_path=True).capability.add_path, 3)

    def test_a_router_id_in_generation_6_only(self) -> None:
        self.assertEqual(any_neighbor(Environment(compat_generation=5)).router_id, "")
        self.assertEqual(any_neighbor(Environment(compat_generation=6)).router_id, ADDRESS)

    def test_it_is_of_our_own_as(self) -> None:
        self.assertFalse(Reflection(any_neighbor(Environment()), Environment()).negotiated.external)

    def test_the_settings_of_a_file(self) -> None:
        path = self.mktemp()
        Path(path).write_text("neighbor 192.0.2.2 { local-address 192.0.2.1; local-as 1; peer-as 2; }")
        found = settings_of(path)
        self.assertEqual([each.peer_address for each in found.neighbors], ["192.0.2.2"])
        self.assertEqual(found.environment, environment())
        self.assertRaises(ConfigurationError, settings_of, self.mktemp())
