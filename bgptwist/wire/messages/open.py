"""OPEN (RFC 4271, 4.2 and 6.2; RFC 5492; RFC 6793, 4.1; RFC 9072)."""

from typing import Final

from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.unknown import Unknown
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import HEADER
from bgptwist.wire.kinds import Capability, CapabilityValue
from bgptwist.wire.values.asn import AS_TRANS

VERSION: Final = 4

SHORTEST: Final = 10
"""Octets of a body without parameters."""

MULTIPROTOCOL: Final = 1
ASN4: Final = 65
"""The capabilities that every OPEN is asked for."""

CAPABILITIES: Final = 2
EXTENDED: Final = 255
"""The length and the parameter type that announce the extended form."""


class Open:
    """What a speaker says first.

    `asn` is the two-octet field, `router_id` four octets; `capabilities` hold one value for each code, in their order.
    """

    def __init__(
        self, version: int, asn: int, hold_time: int, router_id: bytes, capabilities: list[CapabilityValue]
    ) -> None:
        self.version = version
        self.asn = asn
        self.hold_time = hold_time
        self.router_id = router_id
        self.capabilities = capabilities

    def find(self, code: int) -> CapabilityValue | None:
        """The capability of that code; one whose value made no sense is an Unknown."""
        for capability in self.capabilities:
            if capability.code == code:
                return capability
        return None

    @property
    def asn4(self) -> int:
        """The AS number of capability 65, 0 without it."""
        found = self.find(ASN4)
        return found.asn if isinstance(found, Asn4) else 0

    @property
    def speaker_as(self) -> int:
        """The AS number of who sends it, whichever field says it."""
        return self.asn4 or self.asn

    @property
    def families(self) -> list[tuple[int, int]]:
        """The (AFI, SAFI) it speaks; IPv4 unicast alone when it says nothing (RFC 4760, 8)."""
        found = self.find(MULTIPROTOCOL)
        return found.families if isinstance(found, MultiProtocol) else [(1, 1)]

    def octets(self) -> bytes:
        """The body: each instance of a capability is a parameter of its own, as ExaBGP sends them."""
        instances = [(value.code, octets) for value in self.capabilities for octets in value.instances()]
        head = bytes((self.version,)) + self.asn.to_bytes(2, "big") + self.hold_time.to_bytes(2, "big") + self.router_id
        size = sum([4 + len(octets) for _, octets in instances])
        if size < EXTENDED:
            plain = b"".join([bytes((2, 2 + len(octets), code, len(octets))) + octets for code, octets in instances])
            return head + bytes((size,)) + plain
        # RFC 9072, 2: two octets for every length but that of a capability.
        wide = b"".join(
            [
                b"\x02" + (2 + len(octets)).to_bytes(2, "big") + bytes((code, len(octets))) + octets
                for code, octets in instances
            ]
        )
        return head + bytes((EXTENDED, EXTENDED)) + len(wide).to_bytes(2, "big") + wide


def decode(body: bytes, table: dict[int, Capability]) -> Open:
    """The OPEN of a body; `table` knows the capabilities by their code."""
    size = len(body)
    if size < SHORTEST:
        raise Malformed(f"an OPEN of {size} octets", 1, 2, (HEADER + size).to_bytes(2, "big"))
    if body[0] != VERSION:
        raise Malformed(f"version {body[0]}", 2, 1, VERSION.to_bytes(2, "big"))
    asn = body[1] << 8 | body[2]
    if asn == 0:
        raise Malformed("AS 0", 2, 2)
    hold_time = body[3] << 8 | body[4]
    if hold_time in (1, 2):
        raise Malformed(f"hold time {hold_time}", 2, 6)
    router_id = body[5:9]
    if router_id == bytes(4):
        raise Malformed("identifier 0", 2, 3)
    found = Open(body[0], asn, hold_time, router_id, capabilities(parameters(body), table))
    check_asn(found)
    return found


def check_asn(found: Open) -> None:
    """Malformed when capability 65 holds no AS number, or not the one of the two-octet field (RFC 6793, 4.1)."""
    value = found.find(ASN4)
    if not isinstance(value, Asn4):
        return
    if value.asn in (0, AS_TRANS) or found.asn not in (AS_TRANS, value.asn):
        raise Malformed(f"AS {value.asn} in the capability, {found.asn} in the field", 2, 2)


def parameters(body: bytes) -> list[bytes]:
    """The values of the capabilities parameters, in either form, whatever the size (RFC 9072, 2)."""
    at = SHORTEST
    end = at + body[9]
    width = 1
    if body[9] and len(body) > SHORTEST and body[SHORTEST] == EXTENDED:
        # The length before it does not matter, whatever it is.
        width = 2
        at = SHORTEST + 3
        end = at + int.from_bytes(body[SHORTEST + 1 : at], "big")
    if end != len(body):
        raise Malformed(f"parameters end at octet {end} of {len(body)}", 2, 0)
    found: list[bytes] = []
    while at < end:
        value = at + 1 + width
        stop = value + int.from_bytes(body[at + 1 : value], "big")
        if value > end or stop > end:
            raise Malformed("a parameter runs past the message", 2, 0)
        if body[at] != CAPABILITIES:
            raise Malformed(f"parameter of type {body[at]}", 2, 4, body[at:stop])
        found.append(body[value:stop])
        at = stop
    return found


def capabilities(values: list[bytes], table: dict[int, Capability]) -> list[CapabilityValue]:
    """The capabilities of all parameters; those that are repeated are merged, or the last one counts."""
    found: dict[int, CapabilityValue] = {}
    for parameter in values:
        at = 0
        end = len(parameter)
        while at < end:
            if at + 2 > end or at + 2 + parameter[at + 1] > end:
                raise Malformed("a capability runs past its parameter", 2, 0)
            stop = at + 2 + parameter[at + 1]
            add(found, parameter[at], parameter[at + 2 : stop], table)
            at = stop
    return list(found.values())


def add(found: dict[int, CapabilityValue], code: int, value: bytes, table: dict[int, Capability]) -> None:
    """Add one instance; one that makes no sense is kept as octets, unless another of its code made some."""
    before = found.get(code)
    record = table.get(code)
    if record is None:
        found[code] = Unknown(code, value)
        return
    try:
        decoded = record.decode(value)
    except Malformed:
        if before is None:
            found[code] = Unknown(code, value)
        return
    if before is None or isinstance(before, Unknown) or record.merge is None:
        found[code] = decoded
    else:
        found[code] = record.merge(before, decoded)
