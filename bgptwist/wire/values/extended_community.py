"""Extended communities as words (RFC 4360; RFC 7153): one table, put together of the rows of four subjects."""

from collections.abc import Callable
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.values import (
    extended_community_evpn,
    extended_community_flow,
    extended_community_path,
    extended_community_vpn,
)
from bgptwist.wire.values.community_table import Row, Table
from bgptwist.wire.words import Words

SIZE: Final = 8

EXPECTED: Final = "an extended community (target:65000:1, 0x0002FDE800000001)"

ROWS: Final = (
    *extended_community_vpn.ROWS,
    *extended_community_path.ROWS,
    *extended_community_flow.ROWS,
    *extended_community_evpn.ROWS,
)

TABLE: Final = Table(ROWS, SIZE, EXPECTED, nameless="target")

BY_CODE: Final[dict[int, list[Row]]] = TABLE.by_code

# The table's methods by the names of old; bound once, so that nobody pays for a second call.
text: Final[Callable[[bytes], str]] = TABLE.text
words: Final[Callable[[bytes], str]] = TABLE.words
json: Final[Callable[[bytes], str]] = TABLE.json
parse: Final[Callable[[str], bytes]] = TABLE.parse
read_one: Final[Callable[[Words], bytes]] = TABLE.read_one
read: Final[Callable[[Words], bytes]] = TABLE.read

EXABGP: Final = frozenset(
    {0x0002, 0x0102, 0x0202, 0x0003, 0x0103, 0x0203, 0x0013, 0x0113, 0x0213, 0x8008, 0x8108, 0x8208, 0x800A}
    | {0x4004, 0x0C00, 0x0800, 0x010C, 0x8006, 0x800C, 0x8007, 0x8009, 0x0702, 0x4702, 0x030C, 0x0314, 0x0600}
)
"""What ExaBGP has words for; it writes all else in hexadecimal."""


def exabgp_json(community: bytes) -> str:
    """As `json`, with words only where ExaBGP has them."""
    if community[0] << 8 | community[1] in EXABGP:
        return TABLE.json(community)
    return f'{{ "value": {int.from_bytes(community, "big")}, "string": "{spell.hexadecimal(community)}" }}'
