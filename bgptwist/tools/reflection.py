"""A session of a neighbor with itself: what decode, encode and validate agree with, without a connection."""

import os
from dataclasses import replace

from bgptwist.session.negotiation import Negotiated
from bgptwist.settings import environment as environments
from bgptwist.settings.build import load
from bgptwist.settings.model import Environment, NeighborSettings, Settings
from bgptwist.speaker.events import Identity
from bgptwist.speaker.offer import local_of
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.path import PathTable
from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.spell import address_octets

LOCAL_AS = 65533
ADDRESS = "127.0.0.1"


class Reflection:
    """What a neighbor would agree with a peer that offers the same."""

    def __init__(self, settings: NeighborSettings, environment: Environment) -> None:
        self.settings = settings
        local = local_of(settings, environment, "", False, settings.local_address)
        if local.local_as is None:
            local = replace(local, local_as=settings.peer_as or LOCAL_AS)
        sent = local.open()
        peer_as = settings.peer_as if settings.peer_as is not None else local.local_as or LOCAL_AS
        received = replace(local, local_as=peer_as, peer_as=None).open()
        self.negotiated = Negotiated(local, sent, received, self._local_octets(local.router_id))
        agreed = self.negotiated.receive
        self.receive = ReceiveContext(
            agreed.families,
            agreed.asn4,
            agreed.external,
            True,
            agreed.extended_next_hop,
            agreed.link_local,
            mandatory=False,
            message_size=65535,
        )
        self.paths = PathTable(self.receive)
        self.identity = Identity(
            settings.name,
            settings.local_address or ADDRESS,
            settings.peer_address,
            local.local_as or 0,
            peer_as,
            settings.router_id,
        )

    def _local_octets(self, router_id: bytes) -> bytes:
        text = self.settings.local_address
        return router_id if not text else address_octets(text)


def any_neighbor(surroundings: Environment, families: str = "", add_path: bool = False) -> NeighborSettings:
    """A neighbor on the loopback with that family (`ipv4 unicast`), or with all there are.

    Events of generation 6 tell a router id, those of ExaBGP's `decode` of generation 5 do not.
    """
    settings = NeighborSettings(
        ADDRESS,
        local_address=ADDRESS,
        router_id=ADDRESS if surroundings.compat_generation >= 6 else "",
        local_as=LOCAL_AS,
        peer_as=LOCAL_AS,
        families=tuple(family for family in FAMILIES if not families or family.name == families),
    )
    if add_path:
        settings = replace(settings, capability=replace(settings.capability, add_path=3))
    return settings


def environment() -> Environment:
    """The environment settings of this process."""
    return environments.load(os.environ)[0]


def settings_of(path: str) -> Settings:
    """The settings of one configuration file; ConfigurationError says what is wrong with it."""
    return load([path], environment())
