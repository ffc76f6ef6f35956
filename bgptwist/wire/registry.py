"""Every code point there is: three tuples, written by hand; two records with one code do not import."""

from typing import Final

from bgptwist.wire.attributes import (
    aggregator,
    aigp,
    as4_aggregator,
    as4_path,
    as_path,
    atomic_aggregate,
    attr_set,
    bfd_discriminator,
    bgpsec_path,
    bier,
    cluster_list,
    communities,
    community_container,
    d_path,
    edge_metadata,
    entropy_label,
    extended,
    ipv6_extended_communities,
    large_communities,
    local_pref,
    med,
    next_hop,
    next_hop_characteristics,
    only_to_customer,
    origin,
    originator_id,
    pe_distinguisher_labels,
    pmsi,
    prefix_sid,
    sfp,
    traffic_engineering,
    tunnel_encapsulation,
    unknown,
)
from bgptwist.wire.attributes import link_state as link_state_attribute
from bgptwist.wire.capabilities import (
    add_path,
    asn4,
    bfd_strict,
    bgpsec,
    dynamic,
    enhanced_refresh,
    extended_message,
    extended_next_hop,
    graceful_restart,
    hostname,
    link_local_next_hop,
    long_lived,
    multiple_labels,
    multiprotocol,
    multisession,
    operational,
    orf,
    paths_limit,
    policy_distribution,
    role,
    route_refresh,
    software_version,
)
from bgptwist.wire.families import (
    car,
    encapsulation,
    evpn,
    flow,
    inet,
    labelled,
    link_state,
    mcast_tree,
    mcast_vpls,
    mcast_vpn,
    mdt,
    mspw,
    multicast_vpn,
    mup,
    routing_policy,
    rtc,
    sdwan,
    service_chaining,
    softwire,
    sr_policy,
    transport_class,
    tunnelled_flow,
    unreachability,
    vpls,
    vpn,
    vpn_discovery,
)
from bgptwist.wire.kinds import Capability, Family, Kind

ATTRIBUTES: Final[tuple[Kind, ...]] = (
    origin.KIND,
    as_path.KIND,
    next_hop.KIND,
    med.KIND,
    local_pref.KIND,
    atomic_aggregate.KIND,
    aggregator.KIND,
    communities.KIND,
    originator_id.KIND,
    cluster_list.KIND,
    extended.KIND,
    as4_path.KIND,
    as4_aggregator.KIND,
    pmsi.KIND,
    tunnel_encapsulation.KIND,
    traffic_engineering.KIND,
    ipv6_extended_communities.KIND,
    aigp.KIND,
    pe_distinguisher_labels.KIND,
    entropy_label.KIND,
    link_state_attribute.KIND,
    large_communities.KIND,
    bgpsec_path.KIND,
    community_container.KIND,
    only_to_customer.KIND,
    d_path.KIND,
    sfp.KIND,
    bfd_discriminator.KIND,
    next_hop_characteristics.KIND,
    prefix_sid.KIND,
    bier.KIND,
    edge_metadata.KIND,
    attr_set.KIND,
)

SPELLINGS: Final[tuple[Kind, ...]] = (prefix_sid.SERVICE,)
"""Other words for attributes."""

FAMILIES: Final[tuple[Family, ...]] = (
    inet.IPV4_UNICAST,
    inet.IPV4_MULTICAST,
    labelled.IPV4,
    inet.IPV6_UNICAST,
    inet.IPV6_MULTICAST,
    labelled.IPV6,
    mcast_vpn.IPV4_MCAST_VPN,
    mspw.IPV4,
    encapsulation.IPV4,
    mdt.IPV4,
    softwire.IPV4_OVER_IPV6,
    softwire.IPV4_6OVER4,
    sr_policy.IPV4,
    sdwan.IPV4_SDWAN,
    routing_policy.IPV4,
    transport_class.IPV4,
    mcast_tree.IPV4_MCAST_TREE,
    unreachability.IPV4,
    car.IPV4,
    car.IPV4_VPN,
    mup.IPV4_MUP,
    vpn.IPV4,
    multicast_vpn.IPV4,
    rtc.IPV4,
    vpn_discovery.IPV4,
    mcast_vpn.IPV6_MCAST_VPN,
    encapsulation.IPV6,
    softwire.IPV6_6OVER4,
    sr_policy.IPV6,
    sdwan.IPV6_SDWAN,
    routing_policy.IPV6,
    transport_class.IPV6,
    mcast_tree.IPV6_MCAST_TREE,
    unreachability.IPV6,
    car.IPV6,
    car.IPV6_VPN,
    mup.IPV6_MUP,
    vpn.IPV6,
    multicast_vpn.IPV6,
    mspw.L2VPN,
    mcast_vpls.MCAST_VPLS,
    vpls.VPLS,
    evpn.EVPN,
    service_chaining.SERVICE_CHAINING,
    *flow.FAMILIES,
    *tunnelled_flow.FAMILIES,
    link_state.LINK_STATE,
    link_state.LINK_STATE_VPN,
    link_state.LINK_STATE_SPF,
    routing_policy.EITHER,
)

CAPABILITIES: Final[tuple[Capability, ...]] = (
    multiprotocol.CAPABILITY,
    route_refresh.CAPABILITY,
    route_refresh.OLD_CAPABILITY,
    orf.CAPABILITY,
    orf.OLD_CAPABILITY,
    multiple_labels.CAPABILITY,
    extended_next_hop.CAPABILITY,
    extended_message.CAPABILITY,
    bgpsec.CAPABILITY,
    role.CAPABILITY,
    graceful_restart.CAPABILITY,
    asn4.CAPABILITY,
    dynamic.CAPABILITY,
    multisession.CAPABILITY,
    multisession.OLD_CAPABILITY,
    add_path.CAPABILITY,
    enhanced_refresh.CAPABILITY,
    long_lived.CAPABILITY,
    policy_distribution.CAPABILITY,
    policy_distribution.OLD_CAPABILITY,
    hostname.CAPABILITY,
    hostname.OLD_CAPABILITY,
    bfd_strict.CAPABILITY,
    software_version.CAPABILITY,
    paths_limit.CAPABILITY,
    link_local_next_hop.CAPABILITY,
    operational.CAPABILITY,
)


def unique(count: int, table: str, found: int) -> None:
    """Refuse a registry in which two records share a code."""
    if count != found:
        raise ValueError(f"two records of {table} share a code")


KINDS: Final[dict[int, Kind]] = {kind.code: kind for kind in ATTRIBUTES}
WORDS: Final[dict[str, Kind]] = {
    kind.word: kind for kind in (*ATTRIBUTES, *SPELLINGS, unknown.KIND) if kind.read is not None
}
BY_INDEX: Final[dict[int, Family]] = {family.index: family for family in FAMILIES}
BY_NAME: Final[dict[str, Family]] = {family.name: family for family in FAMILIES}
BY_CODE: Final[dict[int, Capability]] = {capability.code: capability for capability in CAPABILITIES}
unique(len(ATTRIBUTES), "ATTRIBUTES", len(KINDS))
unique(len(FAMILIES), "FAMILIES", len(BY_INDEX))
unique(len(CAPABILITIES), "CAPABILITIES", len(BY_CODE))


def family(afi: str, safi: str) -> Family | None:
    """The family of two words, `ipv4 unicast`."""
    return BY_NAME.get(f"{afi} {safi}")


def by_index(index: int) -> Family | None:
    """The family of AFI << 8 | SAFI."""
    return BY_INDEX.get(index)
