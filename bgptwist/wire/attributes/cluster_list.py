"""CLUSTER_LIST (RFC 4456, 8)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import router_id
from bgptwist.wire.values.tree import items, string
from bgptwist.wire.words import Words


class ClusterList(Attribute):
    """The clusters a route was reflected through, newest first; `value` is their octets."""

    code: int = 10

    def __init__(self, value: bytes) -> None:
        self.value = value

    def clusters(self) -> list[str]:
        """The cluster identifiers as addresses."""
        return [spell.address(self.value[at : at + 4]) for at in range(0, len(self.value), 4)]

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        listed = self.clusters()
        return listed[0] if len(listed) == 1 else f"[ {' '.join(listed)} ]"

    def json(self) -> str:
        listed = ", ".join([f'"{cluster}"' for cluster in self.clusters()])
        return f"[ {listed} ]"


def decode(value: bytes) -> Attribute:
    if not value or len(value) % 4:
        raise Malformed(f"cluster list of {len(value)} octets", 3, 5)
    return ClusterList(value)


def read(words: Words) -> Attribute:
    """In the order they are written."""
    if not words.accept("["):
        return ClusterList(router_id.read(words))
    found: list[bytes] = []
    while not words.accept("]"):
        if not words.accept(","):
            found.append(router_id.read(words))
    if not found:
        raise words.wrong(router_id.EXPECTED, "the list of clusters is empty")
    return ClusterList(b"".join(found))


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return read(Words(["[", *[string(each) for each in items(tree)], "]"])).words()


KIND: Final = Kind(
    10,
    "cluster-list",
    OPTIONAL_NON_TRANSITIVE,
    decode,
    read,
    unit=4,
    internal=True,
    rfc="RFC 4456",
    help="the clusters the route was reflected through: one address, or [ 10.0.0.1 10.0.0.2 ]",
    restore=restore,
)
