"""ORIGINATOR_ID (RFC 4456, 8)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import router_id
from bgptwist.wire.values.tree import string
from bgptwist.wire.words import Words


class OriginatorId(Attribute):
    """The router that brought the route into the AS, as four octets."""

    code: int = 9

    def __init__(self, router: bytes) -> None:
        self.router = router

    def octets(self) -> bytes:
        return self.router

    def words(self) -> str:
        return spell.address(self.router)

    def json(self) -> str:
        return f'"{spell.address(self.router)}"'


def decode(value: bytes) -> Attribute:
    if len(value) != 4:
        raise Malformed(f"originator of {len(value)} octets", 3, 5)
    return OriginatorId(value)


def read(words: Words) -> Attribute:
    return OriginatorId(router_id.read(words))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return read(Words([string(tree)])).words()


KIND: Final = Kind(
    9,
    "originator-id",
    OPTIONAL_NON_TRANSITIVE,
    decode,
    read,
    sizes=(4,),
    internal=True,
    rfc="RFC 4456",
    help="the router that brought the route into the AS, set by a route reflector",
    restore=restore,
)
