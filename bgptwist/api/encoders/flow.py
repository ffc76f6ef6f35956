"""Flow rules in the JSON of ExaBGP, which tells the next hop of a rule inside of it."""

from collections.abc import Callable
from typing import Final

from bgptwist.wire.families.flow import FAMILIES
from bgptwist.wire.kinds import Family

STRING: Final = '"string": "'
"""The member with all words, which has no quotes in it."""


def flow_with_next_hop(family: Family, nlri: bytes, next_hop: str) -> str:
    """With the member `next-hop`, as ExaBGP 6 has it under version 4 of the API."""
    text = family.json(nlri)
    at = text.find(STRING)
    return text if not next_hop or at < 0 else f'{text[:at]}"next-hop": "{next_hop}", {text[at:]}'


def flow_with_both(family: Family, nlri: bytes, next_hop: str) -> str:
    """With the next hop in the member `string` as well, as ExaBGP 5 has it."""
    text = flow_with_next_hop(family, nlri, next_hop)
    at = text.find(STRING)
    if not next_hop or at < 0:
        return text
    end = text.index('"', at + len(STRING))
    return f"{text[:end]} next-hop {next_hop}{text[end:]}"


FLOW_NLRIS: Final[dict[int, Callable[[Family, bytes, str], str]]] = {
    family.index: flow_with_both for family in FAMILIES
}
"""By family index, for ExaBGP 5."""

FLOW_NLRIS_6: Final[dict[int, Callable[[Family, bytes, str], str]]] = {
    family.index: flow_with_next_hop for family in FAMILIES
}
"""By family index, for ExaBGP 6 under version 4 of the API; under version 6 it tells no next hop."""
