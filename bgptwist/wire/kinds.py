"""The records that describe attributes, families and capabilities, and what a session agreed."""

from collections.abc import Callable
from typing import Final

from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Misspelt
from bgptwist.wire.spell import address
from bgptwist.wire.words import Words

OPTIONAL: Final = 0x80
TRANSITIVE: Final = 0x40
PARTIAL: Final = 0x20
EXTENDED: Final = 0x10

WELL_KNOWN: Final = TRANSITIVE
OPTIONAL_TRANSITIVE: Final = OPTIONAL | TRANSITIVE
OPTIONAL_NON_TRANSITIVE: Final = OPTIONAL

SELF: Final = b"self!"
"""The next hop *self*: five octets, a length no next hop has; the SendContext resolves it."""

NO_NEXT_HOP: Final = b""


class Attribute:
    """A path attribute as a value, with its three spellings; `code` is its type code."""

    code: int = 0

    def octets(self) -> bytes:
        """The value without its header, in canonical form: four-octet AS numbers."""
        raise NotImplementedError

    def words(self) -> str:
        """The words that follow the keyword in a route statement; '' when the keyword is all."""
        raise NotImplementedError

    def json(self) -> str:
        """The JSON value as text, in ExaBGP's form."""
        raise NotImplementedError


class Kind:
    """What is known of one attribute type; RFC 7606 decides `malformed`.

    `sizes` are the lengths allowed, in canonical form (empty: any); `unit` a length the value must be a positive
    multiple of.  `widen` turns the value of a two-octet AS session into the canonical one, `narrow` the reverse.
    `internal` attributes are discarded when an external peer sends them, and not sent to one.
    `old_only` ones (AS4_PATH, AS4_AGGREGATOR) are discarded when a four-octet AS peer sends them.
    `restore` turns what JSON shows into the words that `read` reads; Misspelt when it has another shape.
    """

    def __init__(
        self,
        code: int,
        word: str,
        flags: int,
        decode: Callable[[bytes], Attribute],
        read: Callable[[Words], Attribute] | None,
        malformed: int = WITHDRAW,
        sizes: tuple[int, ...] = (),
        unit: int = 0,
        widen: Callable[[bytes], bytes] | None = None,
        narrow: Callable[[bytes], bytes] | None = None,
        internal: bool = False,
        old_only: bool = False,
        rfc: str = "",
        help: str = "",
        restore: Callable[[object], str] | None = None,
    ) -> None:
        self.code = code
        self.word = word
        self.flags = flags
        self.decode = decode
        self.read = read
        self.malformed = malformed
        self.sizes = sizes
        self.unit = unit
        self.widen = widen
        self.narrow = narrow
        self.internal = internal
        self.old_only = old_only
        self.rfc = rfc
        self.help = help
        self.restore = restore

    def policy(self, external: bool, asn4: bool) -> int:
        """What to do with this attribute, however well formed, from such a peer: KEEP or DISCARD."""
        if (self.internal and external) or (self.old_only and asn4):
            return DISCARD
        return KEEP


class Family:
    """One AFI/SAFI: how its NLRI are cut, read and spelt.

    An NLRI is its own octets.  `split(data, at, end)` cuts a field into NLRI, hosts bits masked; it raises Malformed
    with subcode 10.  `key` is the identity of an NLRI among the routes of a table.  `words` spells the words after
    `announce route` (`10.0.0.0/24`), `json` the JSON object.  `read` reads the words.
    `restore` turns what JSON shows of an NLRI into the words that `read` reads; Misspelt when it has another shape.
    `check` raises Malformed for an NLRI that could be cut but does not make sense; it alone is then withdrawn.
    `plain` families travel in the NLRI and withdrawn fields of UPDATE, others in MP attributes (RFC 4760).
    `next_hop_attribute`: NEXT_HOP is sent beside MP_REACH_NLRI when the next hop is IPv4, as ExaBGP does.
    `next_hop_prefix` stands before each next-hop address: a route distinguisher of zero for VPN families.
    `mapped_next_hop`: an IPv4 next hop is sent as IPv6 address (RFC 4291, 2.5.5.2), as ExaBGP does for MUP.
    `withdrawn` makes of an NLRI what is sent in MP_UNREACH_NLRI, where that differs (RFC 8277, 2.4).
    The ADD-PATH form of a family (RFC 7911, 3) is a Family of its own, `with_path_id`, whose NLRI start with
    four octets of path identifier; its `base` is the family without.
    """

    def __init__(
        self,
        afi: int,
        safi: int,
        name: str,
        next_hop_sizes: tuple[int, ...],
        split: Callable[[bytes, int, int], list[bytes]],
        read: Callable[[Words], bytes],
        words: Callable[[bytes], str],
        json: Callable[[bytes], str],
        key: Callable[[bytes], bytes] | None = None,
        plain: bool = False,
        next_hop_attribute: bool = True,
        next_hop_prefix: bytes = b"",
        rfc: str = "",
        restore: Callable[[object], str] | None = None,
        check: Callable[[bytes], None] | None = None,
        help: str = "",
        mapped_next_hop: bool = False,
        withdrawn: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self.afi = afi
        self.safi = safi
        self.name = name
        self.index = afi << 8 | safi
        self.next_hop_sizes = next_hop_sizes
        self.split = split
        self.read = read
        self.words = words
        self.json = json
        self.key = key
        """None when the NLRI is its own key."""
        self.plain = plain
        self.next_hop_attribute = next_hop_attribute
        self.next_hop_prefix = next_hop_prefix
        self.rfc = rfc
        self.restore = restore
        self.check = check
        self.help = help
        self.mapped_next_hop = mapped_next_hop
        self.withdrawn = withdrawn
        self.path_id = False
        self.base: Family = self
        self.with_path_id: Family = self
        self.header = afi.to_bytes(2, "big") + safi.to_bytes(1, "big")
        """AFI and SAFI as they stand in MP attributes."""

    @property
    def slashed(self) -> str:
        """`ipv4/unicast`, the spelling inside JSON OPEN events."""
        return self.name.replace(" ", "/")

    def __repr__(self) -> str:
        return f"<Family {self.name}{' with path id' if self.path_id else ''}>"


def add_path(family: Family, split: Callable[[bytes, int, int], list[bytes]]) -> Family:
    """Give `family` its ADD-PATH form, whose fields `split` cuts; the family itself is returned."""

    def read(words: Words) -> bytes:
        return b"\0\0\0\0" + family.read(words)

    def words(nlri: bytes) -> str:
        return f"{family.words(nlri[4:])} path-information {address(nlri[:4])}"

    def json(nlri: bytes) -> str:
        text = family.json(nlri[4:])
        return f'{text[: text.rindex("}")].rstrip()}, "path-information": "{address(nlri[:4])}" }}'

    def restore(tree: object) -> str:
        if family.restore is None or not isinstance(tree, dict):
            raise Misspelt(f"a route of {family.name} cannot be made of this", "an object")
        rest = {key: value for key, value in tree.items() if key != "path-information"}
        return f"{family.restore(rest)} path-information {tree.get('path-information', '0.0.0.0')}"

    key = family.key
    check = family.check
    withdrawn = family.withdrawn
    twin = Family(
        family.afi,
        family.safi,
        family.name,
        family.next_hop_sizes,
        split,
        read,
        words,
        json,
        None if key is None else lambda nlri: nlri[:4] + key(nlri[4:]),
        family.plain,
        family.next_hop_attribute,
        family.next_hop_prefix,
        family.rfc,
        restore,
        None if check is None else lambda nlri: check(nlri[4:]),
        family.help,
        family.mapped_next_hop,
        None if withdrawn is None else lambda nlri: nlri[:4] + withdrawn(nlri[4:]),
    )
    twin.path_id = True
    twin.base = family
    twin.with_path_id = twin
    family.with_path_id = twin
    return family


class CapabilityValue:
    """One capability as a value (RFC 5492, 4); `code` is its code."""

    code: int = 0

    def octets(self) -> bytes:
        """The value without code and length."""
        raise NotImplementedError

    def instances(self) -> list[bytes]:
        """The values it is sent as, each at most 255 octets: one, unless a capability is repeated (multiprotocol)."""
        return [self.octets()]

    def words(self) -> str:
        """The text form inside `capabilities [...]` of the text encoder."""
        raise NotImplementedError

    def json(self) -> str:
        """The JSON value as text."""
        raise NotImplementedError


class Capability:
    """What is known of one capability code: `name` is its JSON key in a sent OPEN.

    `decode` gets the value of one instance.  `merge` joins a second instance into the first where a capability may be
    repeated (multiprotocol); None: the last one counts.  `restore` turns what JSON shows into the value; Misspelt
    when it has another shape.
    """

    def __init__(
        self,
        code: int,
        name: str,
        decode: Callable[[bytes], CapabilityValue],
        merge: Callable[[CapabilityValue, CapabilityValue], CapabilityValue] | None = None,
        rfc: str = "",
        restore: Callable[[object], CapabilityValue] | None = None,
    ) -> None:
        self.code = code
        self.name = name
        self.decode = decode
        self.merge = merge
        self.rfc = rfc
        self.restore = restore


class Layout:
    """Where two generations of ExaBGP put different octets on the wire (`compat.generation`)."""

    def __init__(self, generation: int, unreach_first: bool, extended_message: bool, grouped: tuple[int, ...]) -> None:
        self.generation = generation
        self.unreach_first = unreach_first
        """MP_UNREACH_NLRI before the other attributes, else after them."""
        self.extended_message = extended_message
        """Capability 6 is announced unless the configuration says otherwise."""
        self.grouped = grouped
        """Family indexes whose NLRI share UPDATEs; the others have one NLRI in each."""


LAYOUT_5: Final = Layout(5, False, False, (0x101, 0x105, 0x205))
LAYOUT_6: Final = Layout(6, True, True, (0x101, 0x105, 0x205))


def layout(generation: int) -> Layout:
    """The layout of generation 5 or 6."""
    return LAYOUT_6 if generation >= 6 else LAYOUT_5


class ReceiveContext:
    """What octets from a peer mean: all that the two sides agreed about that direction.

    Equal sessions share one context, found by `identity`.
    `families` maps family indexes (AFI << 8 | SAFI) to the negotiated Family, with path ids where agreed.
    `external`: the peer is of another AS.  `mandatory`: whether well-known attributes that are missing, or that nobody
    knows, are a fault; tools that only show octets do without.
    """

    def __init__(
        self,
        families: dict[int, Family],
        asn4: bool = True,
        external: bool = True,
        aigp: bool = False,
        extended_next_hop: frozenset[int] = frozenset(),
        link_local: bool = False,
        mandatory: bool = True,
        message_size: int = 4096,
    ) -> None:
        self.families = families
        self.asn4 = asn4
        self.external = external
        self.aigp = aigp
        self.extended_next_hop = extended_next_hop
        self.link_local = link_local
        self.mandatory = mandatory
        self.message_size = message_size
        self.identity: Final = (
            tuple(sorted((index, family.path_id) for index, family in families.items())),
            asn4,
            external,
            aigp,
            tuple(sorted(extended_next_hop)),
            link_local,
            mandatory,
            message_size,
        )


class SendContext:
    """What octets to a peer must look like: all that the two sides agreed about that direction.

    Equal sessions share one context, found by `identity`, and with it every packing.
    `families`: as in ReceiveContext.  `next_hop_ipv4` and `next_hop_ipv6` are what *self* means (4 and 16 octets, or
    empty).  `group`: NLRI with the same attributes share UPDATEs.  `message_size`: octets of the longest message.
    `extended_next_hop`: family indexes whose next hop may be of the other address family (RFC 8950).
    """

    def __init__(
        self,
        families: dict[int, Family],
        local_as: int = 0,
        asn4: bool = True,
        external: bool = True,
        aigp: bool = False,
        next_hop_ipv4: bytes = b"",
        next_hop_ipv6: bytes = b"",
        link_local: bytes = b"",
        extended_next_hop: frozenset[int] = frozenset(),
        group: bool = True,
        message_size: int = 4096,
        layout: Layout = LAYOUT_5,
    ) -> None:
        self.families = families
        self.local_as = local_as
        self.asn4 = asn4
        self.external = external
        self.aigp = aigp
        self.next_hop_ipv4 = next_hop_ipv4
        self.next_hop_ipv6 = next_hop_ipv6
        self.link_local = link_local
        self.extended_next_hop = extended_next_hop
        self.group = group
        self.message_size = message_size
        self.layout = layout
        self.identity: Final = (
            tuple(sorted((index, family.path_id) for index, family in families.items())),
            local_as,
            asn4,
            external,
            aigp,
            next_hop_ipv4,
            next_hop_ipv6,
            link_local,
            tuple(sorted(extended_next_hop)),
            group,
            message_size,
            layout.generation,
        )
