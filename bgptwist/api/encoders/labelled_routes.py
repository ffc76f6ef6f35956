"""Labelled and VPN prefixes as ExaBGP writes them: generation 5 leaves out the 24 bits that a label comes from.

Generation 6 differs from what the families say of themselves only in route distinguishers of type 2 with a small AS
number, which ExaBGP does not tell from those of type 0.
"""

import re
from collections.abc import Callable
from typing import Final

from bgptwist.wire.kinds import Family

START: Final = '"label": [['
PAIR: Final = re.compile(r"\[([0-9]+), [0-9]+\]")
LONG: Final = re.compile(r'"rd": "([0-9]+)L:')

LABELLED: Final = (0x1_04, 0x2_04, 0x1_80, 0x2_80)
"""By index, the families that ExaBGP knows."""


def generation_6(family: Family, nlri: bytes, next_hop: str) -> str:
    """`{ "nlri": "10.0.0.0/24", "label": [[100, 1601]], "rd": "65000:1" }`."""
    text = family.json(nlri)
    return LONG.sub(r'"rd": "\1:', text) if "L:" in text else text


def generation_5(family: Family, nlri: bytes, next_hop: str) -> str:
    """`{ "nlri": "10.0.0.0/24", "label": [[100]], "rd": "65000:1" }`."""
    text = generation_6(family, nlri, next_hop)
    at = text.find(START) + len(START)
    comma, end = text.find(",", at), text.find("]", at)
    if 0 < comma < end and text[end + 1] == "]":
        # a single label, as most have
        return text[:comma] + text[end:]
    return PAIR.sub(r"[\1]", text)


GENERATION_5: Final[dict[int, Callable[[Family, bytes, str], str]]] = dict.fromkeys(LABELLED, generation_5)
GENERATION_6: Final[dict[int, Callable[[Family, bytes, str], str]]] = dict.fromkeys(LABELLED, generation_6)
