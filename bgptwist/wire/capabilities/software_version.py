"""The software of the speaker (draft-abraitis-bgp-version-capability)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.spell import printable, string, text
from bgptwist.wire.values import short_text
from bgptwist.wire.values.tree import members
from bgptwist.wire.values.tree import string as tree_string

LONGEST: Final = 64


class SoftwareVersion(CapabilityValue):
    """Name and version as text; what is too long is cut when it is sent."""

    code: int = 75

    def __init__(self, text: str) -> None:
        self.text = text

    def octets(self) -> bytes:
        software = short_text.octets(self.text, LONGEST)
        return bytes((len(software),)) + software

    def words(self) -> str:
        return f"software({printable(self.text)})"

    def json(self) -> str:
        return f'{{ "software": {string(self.text)} }}'


def decode(value: bytes) -> CapabilityValue:
    if not value or len(value) != 1 + value[0]:
        raise Malformed(f"software version of {len(value)} octets", 2, 0)
    return SoftwareVersion(text(value[1:]))


def restore(tree: object) -> CapabilityValue:
    return SoftwareVersion(tree_string(members(tree).get("software")))


CAPABILITY: Final = Capability(
    75, "software-version", decode, rfc="draft-abraitis-bgp-version-capability", restore=restore
)
