"""What a neighbor's settings and the environment say we offer in the OPEN."""

from bgptwist.session.negotiation import ADD_PATH, Local
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.wire.kinds import layout
from bgptwist.wire.spell import address_octets


def local_of(
    settings: NeighborSettings, environment: Environment, version: str, restarting: bool, local_address: str = ""
) -> Local:
    """The offer; `version` is our software's and `local_address` stands in for a router id that nobody configured."""
    capability = settings.capability
    restart = capability.graceful_restart
    announced_next_hops = bool(settings.next_hops) if capability.next_hop is None else capability.next_hop
    software = f"ExaBGP/{environment.compat_version}" if environment.compat_version else f"bgptwist/{version}"
    paths = settings.add_path_families
    if paths is None:
        paths = tuple([family for family in settings.families if family.index in ADD_PATH])
    return Local(
        local_as=settings.local_as,
        router_id=router_id(settings.router_id, local_address),
        families=settings.families,
        peer_as=settings.peer_as,
        hold_time=settings.hold_time,
        asn4=capability.asn4,
        next_hops=settings.next_hops if announced_next_hops else None,
        add_path=capability.add_path,
        add_path_families=paths,
        graceful_restart=settings.hold_time if restart == 0 else restart,
        restarting=restarting,
        route_refresh=capability.route_refresh,
        operational=capability.operational,
        extended_message=capability.extended_message,
        host_name=settings.host_name,
        domain_name=settings.domain_name,
        software_version=software if capability.software_version else "",
        link_local_next_hop=capability.link_local_next_hop,
        link_local=address_octets(settings.local_link_local) if settings.local_link_local else b"",
        multi_session=capability.multi_session,
        role=capability.role,
        role_strict=capability.role_strict,
        paths_limits=settings.paths_limits,
        long_lived=capability.long_lived,
        dynamic=capability.dynamic,
        orf=capability.orf,
        bfd_strict=capability.bfd_strict,
        multiple_labels=capability.multiple_labels,
        others=capability.others,
        aigp=capability.aigp,
        group=settings.group_updates,
        layout=layout(environment.compat_generation),
    )


def router_id(configured: str, local_address: str) -> bytes:
    """The identifier as four octets: the configured one, or our IPv4 address; zeros when neither is known."""
    octets = address_octets(configured or local_address or "0.0.0.0")
    return octets if len(octets) == 4 else bytes(4)
