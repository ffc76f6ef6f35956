"""UPDATE: octets to routes and back (RFC 4271, 4.3; RFC 4760; RFC 7606)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Malformed, Refused
from bgptwist.wire.framing import UPDATE, message
from bgptwist.wire.kinds import EXTENDED, SELF, Family, ReceiveContext, SendContext
from bgptwist.wire.path import (
    LINK_STATE,
    MP_REACH_NLRI,
    MP_UNREACH_NLRI,
    NEXT_HOP,
    Fault,
    Path,
    PathTable,
    Received,
    header,
    path_of,
)
from bgptwist.wire.registry import by_index
from bgptwist.wire.values import flow_action

IPV4_UNICAST_INDEX: Final = 0x101
LINK_STATE_AFI: Final = 16388
FLOW_SAFIS: Final = (133, 134)
TOO_MANY: Final = 100
"""Malformed NLRI of one UPDATE after which no other is looked at."""
NOTHING: Final = Path(b"")
UNSPECIFIED: Final = bytes(4)
"""The next hop 0.0.0.0, which a command for a withdrawal may have: none."""
MAPPED: Final = bytes(10) + b"\xff\xff"
"""What makes an IPv6 address of an IPv4 one (RFC 4291, 2.5.5.2)."""


class Reach:
    """Routes announced with one next hop: octets of 4 or 16, or 32 with a link-local address, or none."""

    __slots__ = ("family", "next_hop", "nlris")

    def __init__(self, family: Family, next_hop: bytes, nlris: list[bytes]) -> None:
        self.family = family
        self.next_hop = next_hop
        self.nlris = nlris


class Unreach:
    """Routes withdrawn."""

    __slots__ = ("family", "nlris")

    def __init__(self, family: Family, nlris: list[bytes]) -> None:
        self.family = family
        self.nlris = nlris


class Update:
    """What an UPDATE says once RFC 7606 was applied: with verdict WITHDRAW, what it announced stands in `withdrawn`.

    `end_of_rib` is the family whose End-of-RIB this is (RFC 4724, 2).
    """

    __slots__ = ("announced", "end_of_rib", "faults", "path", "verdict", "withdrawn")

    def __init__(self, path: Path, announced: list[Reach], withdrawn: list[Unreach]) -> None:
        self.path = path
        self.announced = announced
        self.withdrawn = withdrawn
        self.verdict = KEEP
        self.faults: tuple[Fault, ...] = ()
        self.end_of_rib: Family | None = None


def decode(body: bytes, context: ReceiveContext, paths: PathTable) -> Update:
    """Read the body of an UPDATE; Malformed when the session must end with a NOTIFICATION."""
    size = len(body)
    if size < 4:
        raise Malformed("an UPDATE has less than 4 octets")
    end_withdrawn = 2 + (body[0] << 8 | body[1])
    if end_withdrawn + 2 > size:
        raise Malformed("the withdrawn routes run past the message")
    start = end_withdrawn + 2
    end = start + (body[end_withdrawn] << 8 | body[end_withdrawn + 1])
    if end > size:
        raise Malformed("the attributes run past the message")
    if size == 4:
        return marker(IPV4_UNICAST_INDEX, context)
    announced: list[Reach] = []
    withdrawn: list[Unreach] = []
    plain = context.families.get(IPV4_UNICAST_INDEX)
    if plain is None and (end_withdrawn > 2 or end < size):
        plain_form = by_index(IPV4_UNICAST_INDEX)
        assert plain_form is not None
        plain_form.split(body, 2, end_withdrawn)
        plain_form.split(body, end, size)
    if end_withdrawn > 2 and plain is not None:
        withdrawn.append(Unreach(plain, plain.split(body, 2, end_withdrawn)))
    nlris = plain.split(body, end, size) if end < size and plain is not None else None
    if start == end:
        update = Update(NOTHING, announced, withdrawn)
        if nlris:
            assert plain is not None
            fault(update, Fault(1, WITHDRAW, "an UPDATE with routes has no attributes"))
            withdrawn.append(Unreach(plain, nlris))
        return update
    section = body[start:end]
    known = paths.recognize(section)
    reach = unreach = None
    if known is None:
        rest, reach, unreach = separate(section, nlris is not None)
        if reach is None and unreach is not None and not rest and len(unreach) == 3 and nlris is None and not withdrawn:
            return marker(unreach[0] << 16 | unreach[1] << 8 | unreach[2], context)
        known = paths.receive(rest)
    if unreach is not None:
        multiprotocol_unreach(unreach, context, withdrawn)
    if nlris:
        assert plain is not None
        announced.append(Reach(plain, known.next_hop or b"", nlris))
    if reach is not None:
        multiprotocol_reach(reach, context, announced)
    update = Update(known.path, announced, withdrawn)
    if known.verdict or known.missing or (nlris and known.next_hop is None):
        judge(update, known, nlris is not None, reach is not None or unreach is not None)
    if reach is not None:
        sift(update)
    if known.link_state and not all(each.family.afi == LINK_STATE_AFI for each in update.announced):
        unlink(update)
    return update


def unlink(update: Update) -> None:
    """Discard the BGP-LS attribute of routes of other families (RFC 9552, 5.3)."""
    kept = [value for value in update.path.attributes() if value.code != LINK_STATE]
    update.path = path_of(kept)
    fault(update, Fault(LINK_STATE, DISCARD, "bgp-ls stands with routes that are not of BGP-LS"))


def sift(update: Update) -> None:
    """Withdraw those NLRI that could be cut but make no sense to their family; the others stay (RFC 7606, 5.4).

    When there are many of them nothing of that peer's list is trusted, and all of it is withdrawn.
    """
    for reach in list(update.announced):
        check = reach.family.check
        if check is None:
            continue
        bad: dict[bytes, str] = {}
        reason = flow_action.fault(update.path.attributes()) if reach.family.safi in FLOW_SAFIS else ""
        if reason:
            bad = dict.fromkeys(reach.nlris, reason)
        else:
            for nlri in set(reach.nlris):
                try:
                    check(nlri)
                except Malformed as error:
                    bad[nlri] = error.reason
                    if len(bad) > TOO_MANY:
                        bad = dict.fromkeys(reach.nlris, error.reason)
                        break
        if bad:
            reason = reason or next(iter(bad.values()))
            more = f" ({len(bad)} such routes)" if len(bad) > 1 else ""
            fault(update, Fault(MP_REACH_NLRI, WITHDRAW, f"{reach.family.name}: {reason}{more}"))
            update.withdrawn.append(Unreach(reach.family, [nlri for nlri in reach.nlris if nlri in bad]))
            reach.nlris = [nlri for nlri in reach.nlris if nlri not in bad]
            if not reach.nlris:
                update.announced.remove(reach)


def marker(index: int, context: ReceiveContext) -> Update:
    """The End-of-RIB of a family; of one that was not negotiated, an UPDATE that says nothing."""
    update = Update(NOTHING, [], [])
    update.end_of_rib = context.families.get(index)
    return update


def separate(section: bytes, has_nlri: bool) -> tuple[bytes, bytes | None, bytes | None]:
    """Take the values of MP_REACH_NLRI and MP_UNREACH_NLRI out of a section: what is left, reach, unreach.

    Broken framing is the path table's business, unless an MP attribute may be hidden in it (RFC 7606, 5.3).
    """
    reach: bytes | None = None
    unreach: bytes | None = None
    parts: list[bytes] = []
    at = 0
    mark = 0
    end = len(section)
    while at < end:
        if end - at < 3:
            break
        if section[at] & EXTENDED:
            start = at + 4
            stop = start + (section[at + 2] << 8 | section[at + 3]) if start <= end else end + 1
        else:
            start = at + 3
            stop = start + section[at + 2]
        if stop > end:
            break
        code = section[at + 1]
        if code == MP_REACH_NLRI or code == MP_UNREACH_NLRI:
            if code == MP_REACH_NLRI:
                if reach is not None:
                    raise Malformed("MP_REACH_NLRI stands twice")
                reach = section[start:stop]
            else:
                if unreach is not None:
                    raise Malformed("MP_UNREACH_NLRI stands twice")
                unreach = section[start:stop]
            parts.append(section[mark:at])
            mark = stop
        at = stop
    if at != end and not has_nlri and reach is None:
        raise Malformed("the attributes cannot be told apart and no route is found")
    if not mark:
        return section, None, None
    parts.append(section[mark:])
    return b"".join(parts), reach, unreach


def multiprotocol_unreach(value: bytes, context: ReceiveContext, withdrawn: list[Unreach]) -> None:
    """Read MP_UNREACH_NLRI (RFC 4760, 4); a family that was not negotiated is ignored."""
    if len(value) < 3:
        raise Malformed("MP_UNREACH_NLRI has less than 3 octets", 3, 9)
    family = context.families.get(value[0] << 16 | value[1] << 8 | value[2])
    if family is not None:
        withdrawn.append(Unreach(family, split(family, value, 3)))


def multiprotocol_reach(value: bytes, context: ReceiveContext, announced: list[Reach]) -> None:
    """Read MP_REACH_NLRI (RFC 4760, 3); a family that was not negotiated is ignored."""
    size = len(value)
    if size < 5:
        raise Malformed("MP_REACH_NLRI has less than 5 octets", 3, 9)
    family = context.families.get(value[0] << 16 | value[1] << 8 | value[2])
    length = value[3]
    if 5 + length > size:
        raise Malformed("the next hop runs past MP_REACH_NLRI", 3, 9)
    known = family or by_index(value[0] << 16 | value[1] << 8 | value[2])
    if known is not None and length not in known.next_hop_sizes:
        raise Malformed(f"a next hop of {length} octets for {known.name}", 3, 9)
    if family is None:
        return
    next_hop = value[4 : 4 + length]
    prefix = len(family.next_hop_prefix)
    if prefix:
        half = prefix + 16
        next_hop = next_hop[prefix:] if length != 2 * half else next_hop[prefix:half] + next_hop[half + prefix :]
    announced.append(Reach(family, next_hop, split(family, value, 5 + length)))


def split(family: Family, value: bytes, at: int) -> list[bytes]:
    """Cut the NLRI of an MP attribute; one that cannot be told from the next is an optional attribute error."""
    try:
        return family.split(value, at, len(value))
    except Malformed as error:
        raise Malformed(f"{family.name}: {error.reason}", 3, 9) from None


def fault(update: Update, found: Fault) -> None:
    """Note one more fault."""
    update.faults = (*update.faults, found)
    update.verdict = max(update.verdict, found.verdict)


def judge(update: Update, known: Received, has_nlri: bool, multiprotocol: bool) -> None:
    """Apply the strongest of the errors met (RFC 7606, 3)."""
    update.faults = known.faults
    update.verdict = known.verdict
    if update.announced:
        if known.missing:
            fault(update, Fault(known.missing, WITHDRAW, f"mandatory attribute {known.missing} is missing"))
        if has_nlri and known.next_hop is None and not any(f.code == NEXT_HOP for f in known.faults):
            fault(update, Fault(NEXT_HOP, WITHDRAW, "NEXT_HOP is missing"))
    if update.verdict < WITHDRAW:
        return
    if not update.announced and not update.withdrawn and not multiprotocol:
        reason = next((found.reason for found in update.faults if found.verdict > DISCARD), "malformed")
        raise Malformed(f"{reason}, and there is no route to withdraw")
    for reach in update.announced:
        update.withdrawn.append(Unreach(reach.family, reach.nlris))
    update.announced = []


# ------------------------------------------------------------------ to octets


def end_of_rib(family: Family) -> bytes:
    """The whole End-of-RIB message of a family (RFC 4724, 2)."""
    if family.index == IPV4_UNICAST_INDEX:
        return message(UPDATE, b"\0\0\0\0")
    return message(UPDATE, b"\0\0\0\7\x90\x0f\0\3" + family.header)


def announce(context: SendContext, family: Family, path: Path, next_hop: bytes, nlris: list[bytes]) -> list[bytes]:
    """Whole messages that announce NLRI sharing a path and a next hop; none when the family was not negotiated.

    Refused when they do not fit into a message of the session, or *self* has no meaning in it.
    """
    form = context.families.get(family.index)
    if form is None:
        return []
    nlris = adapt(form, family, nlris)
    hop = resolve(context, family, next_hop)
    head, tail = path.pack(context)
    if form.plain and len(hop) == 4:
        attributes = b"".join((head, b"\x40\x03\x04", hop, tail))
        front = b"\0\0" + len(attributes).to_bytes(2, "big") + attributes
        room = context.message_size - 19 - len(front)
        return [message(UPDATE, front + field) for field in fields(context, form, nlris, room)]
    attributes = b"".join((head, b"\x40\x03\x04", hop, tail)) if hop_beside(family, hop) else head + tail
    start = family.header + next_hop_field(context, family, hop) + b"\0"
    room = context.message_size - 19 - 4 - len(attributes) - 4 - len(start)
    messages: list[bytes] = []
    for field in fields(context, form, nlris, room):
        value = header(0x80, MP_REACH_NLRI, len(start) + len(field))
        size = len(attributes) + len(value) + len(start) + len(field)
        messages.append(message(UPDATE, b"".join((b"\0\0", size.to_bytes(2, "big"), attributes, value, start, field))))
    return messages


def withdraw(context: SendContext, family: Family, path: Path, next_hop: bytes, nlris: list[bytes]) -> list[bytes]:
    """Whole messages that withdraw NLRI; path and next hop are those of the command, which ExaBGP sends along with MP.

    Where they stand depends on the layout: generation 6 puts MP_UNREACH_NLRI first (RFC 7606, 5.1).
    """
    form = context.families.get(family.index)
    if form is None:
        return []
    nlris = adapt(form, family, nlris)
    if form.plain:
        room = context.message_size - 19 - 4
        return [
            message(UPDATE, len(field).to_bytes(2, "big") + field + b"\0\0")
            for field in fields(context, form, nlris, room)
        ]
    if form.withdrawn is not None:
        nlris = [form.withdrawn(nlri) for nlri in nlris]
    head, tail = path.pack(context)
    hop = b"" if next_hop in (SELF, UNSPECIFIED) else next_hop
    attributes = b"".join((head, b"\x40\x03\x04", hop, tail)) if hop_beside(family, hop) else head + tail
    room = context.message_size - 19 - 4 - len(attributes) - 4 - 3
    messages: list[bytes] = []
    for field in fields(context, form, nlris, room):
        value = header(0x80, MP_UNREACH_NLRI, 3 + len(field)) + family.header + field
        both = value + attributes if context.layout.unreach_first else attributes + value
        messages.append(message(UPDATE, b"\0\0" + len(both).to_bytes(2, "big") + both))
    return messages


def bare(context: SendContext, path: Path) -> bytes:
    """A whole message with attributes and no route."""
    section = b"".join(path.pack(context))
    return message(UPDATE, b"\0\0" + len(section).to_bytes(2, "big") + section)


def hop_beside(family: Family, hop: bytes) -> bool:
    """Whether NEXT_HOP stands beside MP_REACH_NLRI, as ExaBGP has it."""
    return len(hop) == 4 and family.next_hop_attribute


def adapt(form: Family, family: Family, nlris: list[bytes]) -> list[bytes]:
    """Add a path identifier of zero, or remove one, as the session has it (RFC 7911, 3)."""
    if form.path_id == family.path_id:
        return nlris
    if form.path_id:
        return [b"\0\0\0\0" + nlri for nlri in nlris]
    return [nlri[4:] for nlri in nlris]


def resolve(context: SendContext, family: Family, next_hop: bytes) -> bytes:
    """What the next hop is in that context."""
    hop = next_hop
    if next_hop == SELF:
        hop = context.next_hop_ipv6 if family.afi == 2 else context.next_hop_ipv4
        if not hop:
            raise Refused(f"next-hop self has no address for {family.name} on this session")
    return MAPPED + hop if family.mapped_next_hop and len(hop) == 4 else hop


def next_hop_field(context: SendContext, family: Family, hop: bytes) -> bytes:
    """Length and next hop as MP_REACH_NLRI has them."""
    prefix = family.next_hop_prefix
    if not hop:
        return b"\0"
    if context.link_local and len(hop) == 16 and family.afi == 2:
        field = prefix + hop + prefix + context.link_local
    elif len(hop) == 32:
        field = prefix + hop[:16] + prefix + hop[16:]
    else:
        field = prefix + hop
    return bytes((len(field),)) + field


def fields(context: SendContext, form: Family, nlris: list[bytes], room: int) -> list[bytes]:
    """NLRI joined into fields of at most `room` octets, sorted as ExaBGP has them; one in each without grouping."""
    if not context.group or form.index not in context.layout.grouped:
        if any(len(nlri) > room for nlri in nlris):
            raise Refused(f"the attributes leave {max(room, 0)} octets for a route")
        return nlris
    nlris = sorted(nlris)
    if sum(map(len, nlris)) <= room:
        return [b"".join(nlris)]
    found: list[bytes] = []
    begin = 0
    used = 0
    for at, nlri in enumerate(nlris):
        size = len(nlri)
        if size > room:
            raise Refused(f"the attributes leave {max(room, 0)} octets for a route")
        if used + size > room:
            found.append(b"".join(nlris[begin:at]))
            begin = at
            used = 0
        used += size
    found.append(b"".join(nlris[begin:]))
    return found
