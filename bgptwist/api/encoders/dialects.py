"""The versions of the API as records: how each writes events, and where it departs from what values say of themselves.

ExaBGP tags the format of its events with a version: `4.0.1` for 4.x, `5.0.0` for 5.x, `6.0.0` for its development.
"""

from collections.abc import Callable
from typing import Final

from bgptwist.api.encoders import labelled_routes, link_state_routes, prefix_sid, tunnels, typed_routes
from bgptwist.api.encoders import link_state as link_state_attribute
from bgptwist.api.encoders.flow import FLOW_NLRIS, FLOW_NLRIS_6
from bgptwist.settings.model import Environment
from bgptwist.wire.attributes.communities import Communities
from bgptwist.wire.attributes.extended import ExtendedCommunities
from bgptwist.wire.attributes.large_communities import LargeCommunities
from bgptwist.wire.kinds import Attribute, Family
from bgptwist.wire.registry import KINDS
from bgptwist.wire.values import as_segment, extended_community

Spelling = Callable[[Attribute], str]
"""An attribute as text."""

NlriSpelling = Callable[[Family, bytes, str], str]
"""An NLRI as JSON object: its family, its octets and the next hop as text ('' when there is none)."""

SETS: Final = (as_segment.SET, as_segment.CONFED_SET)
CONFEDERATION: Final = (as_segment.CONFED_SEQUENCE, as_segment.CONFED_SET)

AS_PATH: Final = 2
AGGREGATOR: Final = 7
COMMUNITY: Final = 8
EXTENDED: Final = 16
LINK_STATE_ATTRIBUTE: Final = 29
LARGE: Final = 32


class Dialect:
    """How one version of the API writes events.

    `tag` stands in every event, `key` is the name under which a Path remembers its text.  `attributes` and `nlris`
    hold the exceptions, by type code and by family index; `extra` adds members to the attribute object.
    `next_hop_in_withdraw`: NEXT_HOP is told among the attributes of an UPDATE that withdraws.
    `both_next_hops`: a route with a global and a link-local next hop is listed under each.
    `compact`: prefixes are strings instead of objects.
    """

    def __init__(
        self,
        key: str,
        tag: str,
        *,
        attributes: dict[int, Spelling] | None = None,
        extra: dict[int, Spelling] | None = None,
        nlris: dict[int, NlriSpelling] | None = None,
        next_hop_in_withdraw: bool = False,
        both_next_hops: bool = True,
        compact: bool = False,
    ) -> None:
        self.key = key
        self.tag = tag
        self.attributes = attributes or {}
        self.extra = extra or {}
        self.nlris = nlris or {}
        self.next_hop_in_withdraw = next_hop_in_withdraw
        self.both_next_hops = both_next_hops
        self.compact = compact
        self.ordinary = {
            code: f'"{kind.word}": '
            for code, kind in KINDS.items()
            if code not in self.attributes and code not in self.extra and code != AS_PATH
        }
        """The start of the members of attributes that are no exception."""

    def compacted(self) -> "Dialect":
        """The same with prefixes as strings (`exabgp.api.compact`)."""
        return Dialect(
            self.key,
            self.tag,
            attributes=self.attributes,
            extra=self.extra,
            nlris=self.nlris,
            next_hop_in_withdraw=self.next_hop_in_withdraw,
            both_next_hops=self.both_next_hops,
            compact=True,
        )


# ------------------------------------------------------------------ attributes


def path_list(attribute: Attribute) -> str:
    """`[1, 2, [ 3 ]]`, the AS path of ExaBGP 4; confederation segments are told apart."""
    return listed(attribute.octets(), confederation=False)


def confederation_path(attribute: Attribute) -> str:
    """`"confederation-path": [[ 3 ]]`, '' when there is none."""
    found = listed(attribute.octets(), confederation=True)
    return "" if found == "[]" else f'"confederation-path": {found}'


def listed(value: bytes, confederation: bool) -> str:
    """The segments of one sort as a list: a sequence as its numbers, a set as a list within."""
    parts: list[str] = []
    for at in as_segment.starts(value):
        if (value[at] in CONFEDERATION) != confederation:
            continue
        numbers = ", ".join(map(str, as_segment.numbers(value, at)))
        parts.append(f"[ {numbers} ]" if value[at] in SETS else numbers)
    return f"[{', '.join(parts)}]"


def path_words(attribute: Attribute) -> str:
    """`( 65001 65010 ) [ 65020 ]`, as the text encoder writes sequences and sets."""
    value = attribute.octets()
    parts: list[str] = []
    for at in as_segment.starts(value):
        numbers = " ".join(map(str, as_segment.numbers(value, at)))
        parts.append(f"[ {numbers} ]" if value[at] in SETS else f"( {numbers} )")
    return " ".join(parts)


def aggregator_words(attribute: Attribute) -> str:
    """`( 65000:1.2.3.4 )`."""
    return f"( {attribute.words().strip('() ')} )"


def unsorted_communities(attribute: Attribute) -> str:
    """Communities in the order of the wire."""
    assert isinstance(attribute, Communities)
    return f"[ {', '.join([f'[{number >> 16}, {number & 0xFFFF}]' for number in attribute.numbers()])} ]"


def unsorted_large(attribute: Attribute) -> str:
    """Large communities in the order of the wire."""
    assert isinstance(attribute, LargeCommunities)
    return f"[ {', '.join([f'[ {owner}, {one}, {two} ]' for owner, one, two in attribute.triples()])} ]"


def unsorted_extended(attribute: Attribute) -> str:
    """Extended communities in the order of the wire."""
    assert isinstance(attribute, ExtendedCommunities)
    return f"[ {', '.join([extended_community.exabgp_json(each) for each in attribute.communities()])} ]"


def sorted_extended(attribute: Attribute) -> str:
    """Extended communities in ascending order; those that ExaBGP has no words for are hexadecimal."""
    assert isinstance(attribute, ExtendedCommunities)
    return f"[ {', '.join([extended_community.exabgp_json(each) for each in sorted(attribute.communities())])} ]"


# ------------------------------------------------------------------ NLRI

LINK_STATE: Final = (0x4004_47, 0x4004_48, 0x4004_50)

LINK_STATE_5: Final[dict[int, NlriSpelling]] = dict.fromkeys(LINK_STATE, link_state_routes.generation_5)
LINK_STATE_6: Final[dict[int, NlriSpelling]] = dict.fromkeys(LINK_STATE, link_state_routes.generation_6)
LINK_STATE_6_AS_4: Final[dict[int, NlriSpelling]] = dict.fromkeys(LINK_STATE, link_state_routes.generation_6_as_4)

UNSORTED: Final[dict[int, Spelling]] = {
    COMMUNITY: unsorted_communities,
    EXTENDED: unsorted_extended,
    LARGE: unsorted_large,
}

EXABGP: Final[dict[int, Spelling]] = {22: tunnels.pmsi, 23: tunnels.tunnel_encap, 40: prefix_sid.prefix_sid}
"""Attributes that ExaBGP writes in another form than ours, which is complete."""

EXABGP_5: Final = EXABGP | {EXTENDED: sorted_extended, LINK_STATE_ATTRIBUTE: link_state_attribute.generation_5}
EXABGP_6: Final = EXABGP | UNSORTED | {LINK_STATE_ATTRIBUTE: link_state_attribute.generation_6}

# ------------------------------------------------------------------ the records

VERSION_4: Final = Dialect(
    "4",
    "4.0.1",
    attributes=EXABGP_5 | {AS_PATH: path_list},
    extra={AS_PATH: confederation_path},
    nlris=FLOW_NLRIS | labelled_routes.GENERATION_5 | LINK_STATE_5 | typed_routes.TYPED_NLRIS,
)
"""ExaBGP 4 before 4.2.22: the AS path is a list."""

VERSION_5: Final = Dialect(
    "5",
    "5.0.0",
    attributes=EXABGP_5,
    nlris=FLOW_NLRIS | labelled_routes.GENERATION_5 | LINK_STATE_5 | typed_routes.TYPED_NLRIS,
)

VERSION_6: Final = Dialect(
    "6",
    "6.0.0",
    attributes=EXABGP_6,
    nlris=labelled_routes.GENERATION_6 | LINK_STATE_6 | typed_routes.TYPED_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
)

VERSION_6_AS_4: Final = Dialect(
    "6/4",
    "4.0.1",
    attributes=EXABGP_6,
    nlris=FLOW_NLRIS_6 | labelled_routes.GENERATION_6 | LINK_STATE_6_AS_4 | typed_routes.TYPED_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
)
"""What ExaBGP 6 writes when its API version is 4."""

TEXT: Final[dict[int, Spelling]] = {AS_PATH: path_words, AGGREGATOR: aggregator_words}
"""Where text events differ from the words of a route statement."""


def dialect_of(environment: Environment) -> Dialect:
    """The dialect that `compat.generation`, `api.version` and `api.compact` ask for."""
    if environment.api_version >= 6:
        dialect = VERSION_6
    elif environment.compat_generation >= 6:
        dialect = VERSION_6_AS_4
    else:
        dialect = VERSION_5
    return dialect.compacted() if environment.api_compact else dialect
