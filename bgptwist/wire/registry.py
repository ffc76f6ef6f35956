"""Every code point there is: three tuples, written by hand; two records with one code do not import."""

from typing import Final

from bgptwist.wire.attributes import (
    aggregator,
    aigp,
    as4_aggregator,
    as4_path,
    as_path,
    atomic_aggregate,
    cluster_list,
    communities,
    extended,
    large_communities,
    local_pref,
    med,
    next_hop,
    only_to_customer,
    origin,
    originator_id,
    unknown,
)
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
from bgptwist.wire.families import inet, opaque
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
    aigp.KIND,
    large_communities.KIND,
    only_to_customer.KIND,
)

FAMILIES: Final[tuple[Family, ...]] = (
    inet.IPV4_UNICAST,
    inet.IPV4_MULTICAST,
    inet.IPV6_UNICAST,
    inet.IPV6_MULTICAST,
    *opaque.OPAQUE,
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
WORDS: Final[dict[str, Kind]] = {kind.word: kind for kind in (*ATTRIBUTES, unknown.KIND) if kind.read is not None}
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
