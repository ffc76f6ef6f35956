"""The versions of the API as records: how each writes events, and where it departs from what values say of themselves.

ExaBGP tags the format of its events with a version: `4.0.1` for 4.x, `5.0.0` for 5.x, `6.0.0` for its development.
"""

import json
from collections.abc import Callable
from typing import Final

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
LARGE: Final = 32


class Dialect:
    """How one version of the API writes events.

    `tag` stands in every event, `key` is the name under which a Path remembers its text.  `attributes` and `nlris`
    hold the exceptions, by type code and by family index; `extra` adds members to the attribute object.
    `next_hop_in_withdraw`: NEXT_HOP is told among the attributes of an UPDATE that withdraws.
    `both_next_hops`: a route with a global and a link-local next hop is listed under each.
    `tell_errors`: an UPDATE treated as withdrawal says so.  `compact`: prefixes are strings instead of objects.
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
        tell_errors: bool = True,
        compact: bool = False,
    ) -> None:
        self.key = key
        self.tag = tag
        self.attributes = attributes or {}
        self.extra = extra or {}
        self.nlris = nlris or {}
        self.next_hop_in_withdraw = next_hop_in_withdraw
        self.both_next_hops = both_next_hops
        self.tell_errors = tell_errors
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
            tell_errors=self.tell_errors,
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
    return f"[ {', '.join([extended_community.json(community) for community in attribute.communities()])} ]"


# ------------------------------------------------------------------ NLRI


def flow_with_next_hop(family: Family, nlri: bytes, next_hop: str) -> str:
    """A flow with its next hop, before the member `string`."""
    text = family.json(nlri)
    at = text.rfind('"string":')
    return text if not next_hop or at < 0 else f'{text[:at]}"next-hop": "{next_hop}", {text[at:]}'


def flow_with_both(family: Family, nlri: bytes, next_hop: str) -> str:
    """A flow with its next hop, in the member `string` too."""
    text = flow_with_next_hop(family, nlri, next_hop)
    end = text.rfind('"')
    return f"{text[:end]} next-hop {next_hop}{text[end:]}" if next_hop else text


def link_state_with_next_hop(family: Family, nlri: bytes, next_hop: str) -> str:
    """A node or prefix of BGP-LS with its next hop."""
    text = family.json(nlri)
    if not next_hop or '"bgpls-link"' in text or '"ls-nlri-type"' not in text:
        return text
    return f'{text.rstrip().removesuffix("}").rstrip()}, "nexthop": "{next_hop}" }}'


def whole_labels(family: Family, nlri: bytes, next_hop: str) -> str:
    """A labelled prefix whose labels come with their 24 bits: `[[100, 1601]]`."""
    value = json.loads(family.json(nlri))
    at = 5 if family.path_id else 1
    labels: list[list[int]] = []
    for _ in value.get("label", ()):
        raw = int.from_bytes(nlri[at : at + 3], "big")
        labels.append([raw >> 4, raw] if raw else [0])
        at += 3
    return json.dumps({name: labels if name == "label" else item for name, item in value.items()})


FLOW: Final = (0x1_85, 0x1_86, 0x2_85, 0x2_86)
LABELLED: Final = (0x1_04, 0x2_04, 0x1_80, 0x2_80)
LINK_STATE: Final = (0x4004_47, 0x4004_48)

FLOW_NLRIS: Final[dict[int, NlriSpelling]] = dict.fromkeys(FLOW, flow_with_both)
FLOW_NLRIS_6: Final[dict[int, NlriSpelling]] = dict.fromkeys(FLOW, flow_with_next_hop)
LABELLED_NLRIS: Final[dict[int, NlriSpelling]] = dict.fromkeys(LABELLED, whole_labels)
LINK_STATE_NLRIS: Final[dict[int, NlriSpelling]] = dict.fromkeys(LINK_STATE, link_state_with_next_hop)

UNSORTED: Final[dict[int, Spelling]] = {
    COMMUNITY: unsorted_communities,
    EXTENDED: unsorted_extended,
    LARGE: unsorted_large,
}

# ------------------------------------------------------------------ the records

VERSION_4: Final = Dialect(
    "4",
    "4.0.1",
    attributes={AS_PATH: path_list},
    extra={AS_PATH: confederation_path},
    nlris=FLOW_NLRIS | LINK_STATE_NLRIS,
)
"""ExaBGP 4 before 4.2.22: the AS path is a list."""

VERSION_5: Final = Dialect("5", "5.0.0", nlris=FLOW_NLRIS | LINK_STATE_NLRIS)

VERSION_6: Final = Dialect(
    "6",
    "6.0.0",
    attributes=UNSORTED,
    nlris=LABELLED_NLRIS | LINK_STATE_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
    tell_errors=False,
)

VERSION_6_AS_4: Final = Dialect(
    "6/4",
    "4.0.1",
    attributes=UNSORTED,
    nlris=FLOW_NLRIS_6 | LABELLED_NLRIS | LINK_STATE_NLRIS,
    next_hop_in_withdraw=True,
    both_next_hops=False,
    tell_errors=False,
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
