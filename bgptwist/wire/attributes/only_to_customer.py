"""ONLY_TO_CUSTOMER (RFC 9234, 5)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import asn
from bgptwist.wire.values.tree import integer
from bgptwist.wire.words import Words


class OnlyToCustomer(Attribute):
    """The AS from which on a route may go to customers only."""

    code: int = 35

    def __init__(self, asn: int) -> None:
        self.asn = asn

    def octets(self) -> bytes:
        return self.asn.to_bytes(4, "big")

    def words(self) -> str:
        return str(self.asn)

    def json(self) -> str:
        return str(self.asn)


def decode(value: bytes) -> Attribute:
    if len(value) != 4:
        raise Malformed(f"only-to-customer of {len(value)} octets", 3, 5)
    return OnlyToCustomer(int.from_bytes(value, "big"))


def read(words: Words) -> Attribute:
    return OnlyToCustomer(asn.read(words))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return str(integer(tree, asn.MAXIMUM))


KIND: Final = Kind(
    35,
    "only-to-customer",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    sizes=(4,),
    rfc="RFC 9234",
    help="the AS from which on the route may go to customers only: a route leak is seen by it",
    restore=restore,
)
