"""AS4_PATH, the path as it would be if everyone knew four-octet AS numbers (RFC 6793, 3 and 6)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import as_segment


class As4Path(Attribute):
    """`value` is canonical octets; as_path.merge leaves out the confederation segments it should not have."""

    code: int = 17

    def __init__(self, value: bytes) -> None:
        self.value = value

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return as_segment.words(self.value)

    def json(self) -> str:
        return as_segment.json(self.value)


def decode(value: bytes) -> Attribute:
    if len(value) < 6:
        raise Malformed(f"AS4_PATH of {len(value)} octets", 3, 5)
    as_segment.check(value)
    return As4Path(value)


KIND: Final = Kind(
    17,
    "as4-path",
    OPTIONAL_TRANSITIVE,
    decode,
    None,
    malformed=DISCARD,
    old_only=True,
    rfc="RFC 6793",
    help="the path with four-octet AS numbers, for and from peers that do not know them; made when needed",
)
