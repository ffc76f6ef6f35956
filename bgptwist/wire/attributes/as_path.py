"""AS_PATH (RFC 4271, 5.1.2; RFC 5065, 3; RFC 6793; RFC 9774).

Everything here takes and gives canonical octets: four-octet AS numbers.
"""

from typing import Final

from bgptwist.wire.kinds import WELL_KNOWN, Attribute, Kind
from bgptwist.wire.values import as_segment
from bgptwist.wire.words import Words


class AsPath(Attribute):
    """The AS a route went through, newest first; `value` is its canonical octets."""

    code: int = 2

    def __init__(self, value: bytes) -> None:
        self.value = value

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return as_segment.words(self.value)

    def json(self) -> str:
        return as_segment.json(self.value)


def decode(value: bytes) -> Attribute:
    as_segment.check(value)
    return AsPath(value)


def read(words: Words) -> Attribute:
    return AsPath(as_segment.read(words))


def sequence(*asns: int) -> bytes:
    """A path of one AS_SEQUENCE; without AS numbers, the empty path."""
    return as_segment.segment(as_segment.SEQUENCE, list(asns))


def fits(value: bytes) -> bool:
    """Whether no AS number of a sound path is above 65535: a two-octet AS peer then needs no AS4_PATH."""
    return as_segment.fits(value)


def without_confed(value: bytes) -> bytes:
    """A sound path without confederation segments: the AS4_PATH that goes with it (RFC 6793, 4.2.2)."""
    return as_segment.without_confed(value)


def has_set(value: bytes) -> bool:
    """Whether a sound path has an AS_SET or AS_CONFED_SET, which RFC 9774 treats as a withdrawal."""
    return as_segment.has_kind(value, as_segment.SET, as_segment.CONFED_SET)


def has_confed(value: bytes) -> bool:
    """Whether a sound path has a confederation segment, which only a member of one may send (RFC 5065, 5.3)."""
    return as_segment.has_kind(value, as_segment.CONFED_SEQUENCE, as_segment.CONFED_SET)


def length(value: bytes) -> int:
    """How many AS a sound path counts: a set is one, confederation segments are none (RFC 4271, 9.1.2.2)."""
    return as_segment.length(value)


def first(value: bytes) -> int:
    """The leftmost AS of a sound path when it starts with an AS_SEQUENCE, else 0 (RFC 4271, 6.3)."""
    return int.from_bytes(value[2:6], "big") if value and value[0] == as_segment.SEQUENCE else 0


def origin(value: bytes) -> int:
    """The rightmost AS of a sound path when it ends with an AS_SEQUENCE, else 0 (RFC 6811, 2)."""
    found = as_segment.starts(value)
    if not found or value[found[-1]] != as_segment.SEQUENCE:
        return 0
    return int.from_bytes(value[-4:], "big")


def merge(as_path: bytes, as4_path: bytes) -> bytes:
    """The whole path, from the AS_PATH and the AS4_PATH of a two-octet AS peer (RFC 6793, 4.2.3).

    Of AS_PATH the leading AS that AS4_PATH lacks remain; when AS4_PATH is the longer one it is ignored.
    Malformed when either is.
    """
    as_segment.check(as_path)
    as_segment.check(as4_path)
    rest = as_segment.without_confed(as4_path)
    missing = as_segment.length(as_path) - as_segment.length(rest)
    if missing < 0 or not rest:
        return as_path
    head = leading(as_path, missing)
    return join(head, rest)


def leading(value: bytes, count: int) -> bytes:
    """The first `count` AS of a sound path, with the confederation segments beside them."""
    kept = b""
    for at in as_segment.starts(value):
        kind = value[at]
        size = value[at + 1]
        end = at + 2 + (size << 2)
        if kind in (as_segment.CONFED_SEQUENCE, as_segment.CONFED_SET):
            kept += value[at:end]
        elif count == 0:
            break
        elif kind == as_segment.SET:
            kept += value[at:end]
            count -= 1
        elif size <= count:
            kept += value[at:end]
            count -= size
        else:
            kept += bytes((kind, count)) + value[at + 2 : at + 2 + (count << 2)]
            break
    return kept


def join(head: bytes, rest: bytes) -> bytes:
    """Two sound paths one after the other; an AS_SEQUENCE on either side of the seam becomes one."""
    found = as_segment.starts(head)
    if not found or head[found[-1]] != as_segment.SEQUENCE or rest[0] != as_segment.SEQUENCE:
        return head + rest
    seam = found[-1]
    size = head[seam + 1] + rest[1]
    if size > as_segment.LONGEST:
        return head + rest
    return head[:seam] + bytes((as_segment.SEQUENCE, size)) + head[seam + 2 :] + rest[2:]


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    return as_segment.words(as_segment.of_tree(tree))


KIND: Final = Kind(
    2,
    "as-path",
    WELL_KNOWN,
    decode,
    read,
    widen=as_segment.widen,
    narrow=as_segment.narrow,
    rfc="RFC 4271",
    help="the AS the route went through: [ 65001 65010 ] in sequence, ( 65020 65030 ) as a set",
    restore=restore,
)
