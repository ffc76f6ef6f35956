"""What a speaker is to its neighbor (RFC 9234, 4)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import integer, members

PROVIDER: Final = 0
RS: Final = 1
RS_CLIENT: Final = 2
CUSTOMER: Final = 3
PEER: Final = 4

NAMES: Final = ("provider", "rs", "rs-client", "customer", "peer")

COUNTERPARTS: Final = (CUSTOMER, RS_CLIENT, RS, PROVIDER, PEER)
"""By role, the only one that the neighbor may have."""


class Role(CapabilityValue):
    """The role of who sends it; a number above 4 has no name and fits no neighbor."""

    code: int = 9

    def __init__(self, role: int) -> None:
        self.role = role

    def octets(self) -> bytes:
        return bytes((self.role,))

    def words(self) -> str:
        return f"role({name(self.role)})"

    def json(self) -> str:
        return f'{{ "name": "role", "role": "{name(self.role)}" }}'


def name(role: int) -> str:
    """`provider`; a number when it has no name."""
    return NAMES[role] if role < len(NAMES) else str(role)


def fit(ours: int, theirs: int) -> bool:
    """Whether two roles may meet (RFC 9234, 4.2)."""
    return ours < len(COUNTERPARTS) and COUNTERPARTS[ours] == theirs


def decode(value: bytes) -> CapabilityValue:
    if len(value) != 1:
        raise Malformed(f"role of {len(value)} octets", 2, 0)
    return Role(value[0])


def merge(one: CapabilityValue, other: CapabilityValue) -> CapabilityValue:
    """Two roles that differ end the session (RFC 9234, 4.2)."""
    if isinstance(one, Role) and isinstance(other, Role) and one.role != other.role:
        raise Malformed(f"roles {name(one.role)} and {name(other.role)}", 2, 11)
    return other


def restore(tree: object) -> CapabilityValue:
    given = members(tree).get("role")
    return Role(NAMES.index(given) if isinstance(given, str) and given in NAMES else integer(given, 255))


CAPABILITY: Final = Capability(9, "role", decode, merge, rfc="RFC 9234", restore=restore)
