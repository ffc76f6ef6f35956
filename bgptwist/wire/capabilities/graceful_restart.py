"""Graceful restart (RFC 4724, 3; RFC 8538, 2)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values import afi, family_tuple
from bgptwist.wire.values.tree import integer, items, members

RESTARTING: Final = 0x8
NOTIFICATION: Final = 0x4
FORWARDING: Final = 0x80

LONGEST: Final = 4095


class GracefulRestart(CapabilityValue):
    """How long routes are to be kept for a speaker that went away.

    `restarting` is set in the first OPEN after a restart.  `families` are (AFI, SAFI, flags), flag 0x80 saying that
    forwarding went on; no family at all means that it only helps others.  `notification`: a NOTIFICATION is survived
    like any other end of the session (RFC 8538).
    """

    code: int = 64

    def __init__(
        self, restarting: bool, time: int, families: list[tuple[int, int, int]], notification: bool = False
    ) -> None:
        self.restarting = restarting
        self.time = time
        self.families = families
        self.notification = notification

    def flags(self) -> int:
        """The four bits before the time."""
        return (RESTARTING if self.restarting else 0) | (NOTIFICATION if self.notification else 0)

    def octets(self) -> bytes:
        return (self.flags() << 12 | self.time & LONGEST).to_bytes(2, "big") + family_tuple.join(self.families, 1)

    def words(self) -> str:
        listed = [f"{afi.slashed(code, safi)}={flags:#x}" for code, safi, flags in self.families]
        return " ".join([f"graceful restart flags {self.flags():#x} time {self.time}", *listed])

    def json(self) -> str:
        """The names of the flags are those of ExaBGP, which says restart for forwarding and the reverse."""
        listed = [
            f'"{afi.slashed(code, safi)}": [{FAMILY_FLAG if flags & FORWARDING else " "}]'
            for code, safi, flags in family_tuple.first(self.families)
        ]
        flags = [flag for flag, is_set in RESTART_FLAGS if self.flags() & is_set]
        return (
            f'{{ "name": "graceful restart", "time": {self.time}, '
            f'"address-family-flags": {{ {", ".join(listed)} }}, "restart-flags": [ {", ".join(flags)} ] }}'
        )


FAMILY_FLAG: Final = ' "restart" '
RESTART_FLAGS: Final = (('"forwarding"', RESTARTING), ('"notification"', NOTIFICATION))


def decode(value: bytes) -> CapabilityValue:
    """Reserved bits are dropped."""
    if len(value) < 2:
        raise Malformed(f"graceful restart of {len(value)} octets", 2, 0)
    families = [(code, safi, flags & FORWARDING) for code, safi, flags in family_tuple.split(value, 2, 1)]
    flags = value[0] >> 4
    return GracefulRestart(
        bool(flags & RESTARTING), (value[0] & 0xF) << 8 | value[1], families, bool(flags & NOTIFICATION)
    )


def restore(tree: object) -> CapabilityValue:
    given = members(tree)
    families = [
        (code, safi, FORWARDING if items(flags) else 0)
        for code, safi, flags in family_tuple.families(given.get("address-family-flags"))
    ]
    flags = items(given.get("restart-flags"))
    return GracefulRestart(
        "forwarding" in flags, integer(given.get("time"), LONGEST), families, "notification" in flags
    )


CAPABILITY: Final = Capability(64, "graceful-restart", decode, rfc="RFC 4724", restore=restore)
