"""The versions of the API as records: how each writes events, and where it departs from what values say of themselves.

ExaBGP tags the format of its events with a version: `3.4.8` for 3.4, `4.0.1` for 4.x, `5.0.0` for 5.x, `6.0.0` for its
development.
"""

import re
from collections.abc import Callable
from copy import copy
from json import dumps
from typing import Final

from bgptwist.api.encoders import labelled_routes, link_state_routes, prefix_sid, tunnels, typed_routes
from bgptwist.api.encoders import link_state as link_state_attribute
from bgptwist.api.encoders.flow import FLOW_NLRIS, FLOW_NLRIS_6
from bgptwist.settings.model import Environment
from bgptwist.wire.attributes.communities import Communities
from bgptwist.wire.attributes.extended import ExtendedCommunities
from bgptwist.wire.attributes.large_communities import LargeCommunities
from bgptwist.wire.kinds import Attribute, Family
from bgptwist.wire.messages.notification import Notification
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
    `router_id`: our router identifier is told.  `sentence`: a NOTIFICATION has a member for people.  `reason` words why
    a session went down.  `former`: the envelope and the lists of routes are those of ExaBGP 3.4.
    `text` is the version whose lines of text it has.  `compact`: prefixes are strings instead of objects.
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
        router_id: bool = True,
        sentence: bool = True,
        reason: Callable[[str], str] = str,
        former: bool = False,
        text: str = "5",
    ) -> None:
        self.key = key
        self.tag = tag
        self.attributes = attributes or {}
        self.extra = extra or {}
        self.nlris = nlris or {}
        self.next_hop_in_withdraw = next_hop_in_withdraw
        self.both_next_hops = both_next_hops
        self.router_id = router_id
        self.sentence = sentence
        self.reason = reason
        self.former = former
        self.text = text
        self.compact = False
        self.ordinary = {
            code: f'"{kind.word}": '
            for code, kind in KINDS.items()
            if code not in self.attributes and code not in self.extra and code != AS_PATH
        }
        """The start of the members of attributes that are no exception."""

    def compacted(self) -> "Dialect":
        """The same with prefixes as strings (`exabgp.api.compact`)."""
        twin = copy(self)
        twin.compact = True
        return twin


# ------------------------------------------------------------------ attributes


def path_list(attribute: Attribute) -> str:
    """`[1, 2, [ 3 ]]`, the AS path of ExaBGP 3 and 4; confederation segments are told apart."""
    return listed(attribute.octets(), confederation=False)


def confederation_path(attribute: Attribute) -> str:
    """`"confederation-path": [[ 3 ]]`, empty when there is none."""
    return f'"confederation-path": {listed(attribute.octets(), confederation=True)}'


def listed(value: bytes, confederation: bool) -> str:
    """The segments of one sort as a list: a sequence as its numbers, a set as a list within."""
    parts: list[str] = []
    for at in as_segment.starts(value):
        if (value[at] in CONFEDERATION) != confederation:
            continue
        numbers = ", ".join(map(str, as_segment.numbers(value, at)))
        parts.append(f"[ {numbers} ]" if value[at] in SETS else numbers)
    return f"[{', '.join(parts)}]"


def path_sequence(attribute: Attribute) -> str:
    """`[1, 2]`, the AS numbers of sequences: ExaBGP 3 told those of sets elsewhere."""
    return dumps(gathered(attribute.octets(), as_segment.SEQUENCE))


def path_parts(attribute: Attribute) -> str:
    """`"as-set": [3], "confederation-path": []`: the other parts of a path, sets where there are any."""
    value = attribute.octets()
    parts = [
        (key, gathered(value, kind), always)
        for key, kind, always in (
            ("as-set", as_segment.SET, False),
            ("confederation-path", as_segment.CONFED_SEQUENCE, True),
            ("confederation-set", as_segment.CONFED_SET, False),
        )
    ]
    return ", ".join([f'"{key}": {dumps(numbers)}' for key, numbers, always in parts if numbers or always])


def gathered(value: bytes, kind: int) -> list[int]:
    """The AS numbers of all segments of one kind."""
    return [number for at in as_segment.starts(value) if value[at] == kind for number in as_segment.numbers(value, at)]


def path_words(attribute: Attribute) -> str:
    """`( 65001 65010 ) [ 65020 ]`, as the text encoder writes sequences and sets."""
    value = attribute.octets()
    parts: list[str] = []
    for at in as_segment.starts(value):
        numbers = " ".join(map(str, as_segment.numbers(value, at)))
        parts.append(f"[ {numbers} ]" if value[at] in SETS else f"( {numbers} )")
    return " ".join(parts)


def path_brackets(attribute: Attribute) -> str:
    """`[ 65001 65010 ( 65020 ) ]`, as the text encoder wrote it before version 5; confederations come after."""
    value = attribute.octets()
    parts: dict[bool, list[str]] = {}
    for at in as_segment.starts(value):
        numbers = " ".join(map(str, as_segment.numbers(value, at)))
        listed = parts.setdefault(value[at] in CONFEDERATION, [])
        listed.append(f"( {numbers} )" if value[at] in SETS else numbers)
    return " ".join([f"[ {' '.join(parts[confederation])} ]" for confederation in sorted(parts)])


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


def extended_numbers(attribute: Attribute) -> str:
    """Extended communities as the numbers that their octets are."""
    assert isinstance(attribute, ExtendedCommunities)
    return f"[ {', '.join([str(int.from_bytes(each, 'big')) for each in sorted(attribute.communities())])} ]"


# ------------------------------------------------------------------ reasons

PAIR: Final = re.compile(r"notification (?:sent|received) \((\d+),(\d+)\)\Z")
PLAIN: Final = str.maketrans("[]{}", "()()")


def reset_reason(reason: str) -> str:
    """`peer reset, message (notification sent (6,3)) error(Cease / Peer De-configured)`, as ExaBGP 4 says it."""
    if reason.startswith("stop"):
        return reason.translate(PLAIN)
    pair = PAIR.match(reason)
    error = Notification(int(pair[1]), int(pair[2])).describe() if pair else ""
    return f"peer reset, message ({reason.translate(PLAIN)}) error({error})"


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

NLRIS_5: Final = FLOW_NLRIS | labelled_routes.GENERATION_5 | LINK_STATE_5 | typed_routes.TYPED_NLRIS

VERSION_3_4: Final = Dialect(
    "3.4",
    "3.4.8",
    attributes=EXABGP_5 | {AS_PATH: path_sequence, EXTENDED: extended_numbers},
    extra={AS_PATH: path_parts},
    nlris=NLRIS_5,
    router_id=False,
    sentence=False,
    reason=reset_reason,
    former=True,
    text="3.4",
)

VERSION_4: Final = Dialect(
    "4",
    "4.0.1",
    attributes=EXABGP_5 | {AS_PATH: path_list},
    extra={AS_PATH: confederation_path},
    nlris=NLRIS_5,
    router_id=False,
    sentence=False,
    reason=reset_reason,
    text="4",
)
"""ExaBGP 4 before 4.2.22."""

VERSION_5: Final = Dialect("5", "5.0.0", attributes=EXABGP_5, nlris=NLRIS_5)

VERSION_6: Final = Dialect(
    "6",
    "6.0.0",
    attributes=EXABGP_6,
    nlris=labelled_routes.GENERATION_6 | LINK_STATE_6 | typed_routes.TYPED_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
)
"""The development branch of ExaBGP, called main and 6."""

VERSION_6_AS_4: Final = Dialect(
    "6-as-4",
    "4.0.1",
    attributes=EXABGP_6,
    nlris=FLOW_NLRIS_6 | labelled_routes.GENERATION_6 | LINK_STATE_6_AS_4 | typed_routes.TYPED_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
)
"""What ExaBGP 6 writes when its API version is 4."""

VERSIONS: Final[dict[str, Dialect]] = {
    dialect.key: dialect for dialect in (VERSION_3_4, VERSION_4, VERSION_5, VERSION_6, VERSION_6_AS_4)
}
"""By the word that asks for one."""

TEXT: Final[dict[int, Spelling]] = {AS_PATH: path_words, AGGREGATOR: aggregator_words}
"""Where text events differ from the words of a route statement."""
TEXT_4: Final[dict[int, Spelling]] = {AS_PATH: path_brackets, AGGREGATOR: aggregator_words}
"""The same before version 5."""
TEXTS: Final[dict[str, dict[int, Spelling]]] = {"3.4": TEXT_4, "4": TEXT_4, "5": TEXT}
"""By the version of the lines."""


def dialect_of(environment: Environment) -> Dialect:
    """The dialect that `compat.generation`, `api.version` and `api.compact` ask for."""
    if environment.api_version >= 6:
        dialect = VERSION_6
    elif environment.compat_generation >= 6:
        dialect = VERSION_6_AS_4
    else:
        dialect = VERSION_5
    return dialect.compacted() if environment.api_compact else dialect
