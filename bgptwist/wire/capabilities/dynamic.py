"""Capabilities that may change during the session (draft-ietf-idr-dynamic-cap, 3)."""

from typing import Final

from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import integer, items, members


class Dynamic(CapabilityValue):
    """The capability codes that may change."""

    code: int = 67

    def __init__(self, codes: list[int]) -> None:
        self.codes = codes

    def octets(self) -> bytes:
        return bytes(self.codes)

    def words(self) -> str:
        return f"dynamic capability({' '.join(map(str, self.codes))})"

    def json(self) -> str:
        return f'{{ "name": "dynamic-capability", "capabilities": [ {", ".join(map(str, self.codes))} ] }}'


def decode(value: bytes) -> CapabilityValue:
    return Dynamic(list(value))


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """The codes of both, each once."""
    if not isinstance(one, Dynamic) or not isinstance(other, Dynamic):
        return other
    return Dynamic(list(dict.fromkeys(one.codes + other.codes)))


def restore(tree: object) -> CapabilityValue:
    return Dynamic([integer(code, 255) for code in items(members(tree).get("capabilities"))])


CAPABILITY: Final = Capability(
    67, "dynamic-capability", decode, merge, rfc="draft-ietf-idr-dynamic-cap", restore=restore
)
