"""Prefixes that cannot be reached, and who says so and why (draft-tantsura-idr-unreachability-safi)."""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.values.field import Address, Choice, Number, Prefix
from bgptwist.wire.values.framed import Followed, FramedNlri, framed_family
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.prefix import masked
from bgptwist.wire.values.tlv import Tlv, Tlvs

REASONS: Final[dict[int, str]] = {
    0: "unspecified",
    1: "policy-blocked",
    2: "security-filtered",
    3: "rpki-invalid",
    4: "no-export-policy",
    5: "martian-address",
    6: "bogon-prefix",
    7: "route-dampening",
    8: "local-admin-action",
    9: "local-link-down",
}

SIZES: Final = (1, 2)
"""Octets of type and length of each TLV."""

REPORTER: Final = Followed(
    Struct(Member("identifier", Address(4), word=""), Member("as", Number(4))),
    Tlvs((Tlv(1, "reason", Choice(2, REASONS)), Tlv(2, "timestamp", Number(8))), sizes=SIZES),
)

TLVS: Final = Tlvs((Tlv(1, "reporter", REPORTER, many=True),), sizes=SIZES)


class Unreachable(FramedNlri):
    """A prefix with TLVs behind it, after two octets that count the octets of both; withdrawals have no TLVs."""

    head = 2

    def __init__(self, afi: int) -> None:
        super().__init__(Followed(Struct(Member("nlri", Prefix(afi), word="")), TLVS))
        self.maximum = 32 if afi == 1 else 128

    def size(self, data: bytes, at: int) -> int:
        return 2 + (data[at] << 8 | data[at + 1])

    def framed(self, body: bytes) -> bytes:
        if len(body) > 0xFFFF:
            raise Misspelt(f"{len(body)} octets are too many for an NLRI", "less")
        return len(body).to_bytes(2, "big") + body

    def end(self, nlri: bytes) -> int:
        """Where the prefix ends; beyond the NLRI when it does not fit."""
        return 3 + (nlri[2] + 7) // 8 if len(nlri) > 2 else 3

    def tidy(self, nlri: bytes) -> bytes:
        end = self.end(nlri)
        return nlri if end > len(nlri) else nlri[:2] + masked(nlri[2:end]) + nlri[end:]

    def check(self, nlri: bytes) -> None:
        """Malformed unless a prefix and TLVs fill the NLRI (types that nobody knows are fine)."""
        end = self.end(nlri)
        if end > len(nlri) or nlri[2] > self.maximum:
            raise Malformed("a prefix does not fit into its NLRI", 3, 10)
        TLVS.check(nlri[end:])

    def key(self, nlri: bytes) -> bytes:
        """The prefix alone: a withdrawal has nothing else."""
        return nlri[2 : self.end(nlri)]


def unreachable(afi: int, name: str) -> Family:
    """The family of prefixes of AFI 1 or 2."""
    form = Unreachable(afi)
    rfc = "draft-tantsura-idr-unreachability-safi"
    help = "Prefixes that somebody finds unreachable, for information only."
    return framed_family(afi, 81, name, (0, 4, 16), form, rfc, help, key=form.key)


IPV4: Final = unreachable(1, "ipv4 unreachability")
IPV6: Final = unreachable(2, "ipv6 unreachability")
