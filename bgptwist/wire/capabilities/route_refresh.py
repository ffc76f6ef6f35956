"""Route refresh (RFC 2918, 2), and its code from before the standard."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.tree import members

STANDARD: Final = 2
OLD: Final = 128


class RouteRefresh(CapabilityValue):
    """Sends its routes again when asked; `code` is 2, or 128 for the old form."""

    code: int = STANDARD

    def __init__(self, code: int = STANDARD) -> None:
        self.code = code

    def octets(self) -> bytes:
        return b""

    def words(self) -> str:
        return "route refresh" if self.code == STANDARD else "cisco route refresh"

    def json(self) -> str:
        return f'{{ "name": "route-refresh", "variant": "{"RFC" if self.code == STANDARD else "Cisco"}" }}'


def decode(value: bytes) -> CapabilityValue:
    return of(STANDARD, value)


def decode_old(value: bytes) -> CapabilityValue:
    return of(OLD, value)


def of(code: int, value: bytes) -> CapabilityValue:
    if value:
        raise Malformed(f"{len(value)} octets where none belong", 2, 0)
    return RouteRefresh(code)


def restore(tree: object) -> CapabilityValue:
    members(tree)
    return RouteRefresh(STANDARD)


def restore_old(tree: object) -> CapabilityValue:
    members(tree)
    return RouteRefresh(OLD)


CAPABILITY: Final = Capability(STANDARD, "route-refresh", decode, rfc="RFC 2918", restore=restore)
OLD_CAPABILITY: Final = Capability(OLD, "cisco-route-refresh", decode_old, rfc="RFC 2918", restore=restore_old)
