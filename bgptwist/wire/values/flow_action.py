"""When the actions of a flow specification are malformed (RFC 8955, 7.1, 7.2 and 10)."""

from collections.abc import Iterable
from math import isfinite
from struct import unpack
from typing import Final

from bgptwist.wire.kinds import Attribute

EXTENDED: Final = 16
SIZE: Final = 8

RATES: Final = (b"\x80\x06", b"\x80\x0c")
"""Type and subtype of rates in octets and in packets a second."""


def fault(attributes: Iterable[Attribute]) -> str:
    """Why the flows of an UPDATE with these attributes are to be withdrawn; '' when nothing is wrong."""
    for attribute in attributes:
        if attribute.code != EXTENDED:
            continue
        value = attribute.octets()
        for at in range(0, len(value) - SIZE + 1, SIZE):
            if value[at : at + 2] in RATES:
                rate: float = unpack(">f", value[at + 4 : at + SIZE])[0]
                if not isfinite(rate) or rate < 0:
                    return f"a flow has a rate of {rate}"
    return ""
