"""Sets of path attributes: how they are validated once, kept, and packed (RFC 4271, 4.3 and 5; RFC 7606)."""

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

from bgptwist.wire.attributes import as_path
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Malformed
from bgptwist.wire.kinds import EXTENDED, OPTIONAL, PARTIAL, TRANSITIVE, Attribute, Kind, ReceiveContext, SendContext
from bgptwist.wire.registry import KINDS

ORIGIN: Final = 1
AS_PATH: Final = 2
NEXT_HOP: Final = 3
LOCAL_PREF: Final = 5
AGGREGATOR: Final = 7
MP_REACH_NLRI: Final = 14
MP_UNREACH_NLRI: Final = 15
AS4_PATH: Final = 17
AS4_AGGREGATOR: Final = 18
AIGP: Final = 26
LINK_STATE: Final = 29

DEFAULT_ORIGIN: Final = b"\x40\x01\x01\x00"
DEFAULT_LOCAL_PREF: Final = b"\x40\x05\x04\x00\x00\x00\x64"

Key = TypeVar("Key")
Value = TypeVar("Value")


class Generations(Generic[Key, Value]):
    """A table of bounded size: the older of two generations is dropped whole when the younger is full."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.young: dict[Key, Value] = {}
        self.old: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """What was put under `key`, unless it was forgotten."""
        found = self.young.get(key)
        if found is None:
            found = self.old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: Key, value: Value) -> None:
        """Remember `value` for a while."""
        if len(self.young) >= self.limit:
            self.old = self.young
            self.young = {}
        self.young[key] = value


class Path:
    """An immutable set of attributes in canonical octets: by type code, four-octet AS, without next hop and MP.

    Renderers leave the text they wrote by `remember` and find it by `recall`.  `values` are the attributes while they
    are at hand: those of the path that a table learnt last.
    """

    __slots__ = ("_context", "_key", "_packed", "_packings", "_text", "_texts", "octets", "values")

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self._key = ""
        self._text = ""
        self._texts: dict[str, str] | None = None
        self.values: list[Attribute] | None = None
        self._context: SendContext | None = None
        self._packed: tuple[bytes, bytes] = (b"", b"")
        self._packings: dict[SendContext, tuple[bytes, bytes]] | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Path) and self.octets == other.octets)

    def __hash__(self) -> int:
        return hash(self.octets)

    def __repr__(self) -> str:
        return f"<Path {self.octets.hex()}>"

    def attributes(self) -> list[Attribute]:
        """The values in order of their codes, parsed now unless they are at hand."""
        if self.values is not None:
            return self.values
        found: list[Attribute] = []
        for flags, code, value in cut(self.octets)[0]:
            kind = KINDS.get(code)
            found.append(Unknown(flags, code, value) if kind is None else value_of(kind, flags, value))
        return found

    def recall(self, key: str) -> str | None:
        """The text that was remembered under that key."""
        if self._key == key:
            return self._text
        return None if self._texts is None else self._texts.get(key)

    def remember(self, key: str, text: str) -> None:
        """Keep text for the next one who renders; the first key costs least."""
        if not self._key or self._key == key:
            self._key = key
            self._text = text
            return
        if self._texts is None:
            self._texts = {}
        self._texts[key] = text

    def pack(self, context: SendContext) -> tuple[bytes, bytes]:
        """The octets to send in that context: those before NEXT_HOP and those after it; remembered."""
        if self._context is context:
            return self._packed
        if self._packings is not None and context in self._packings:
            return self._packings[context]
        packed = pack(self.octets, context)
        if self._context is None:
            self._context = context
            self._packed = packed
        else:
            if self._packings is None or len(self._packings) > 64:
                self._packings = {}
            self._packings[context] = packed
        return packed


def value_of(kind: Kind, flags: int, value: bytes) -> Attribute:
    """The value of a known attribute; one that a configuration wrote by hand may be anything."""
    if (flags ^ kind.flags) & (OPTIONAL | TRANSITIVE):
        return Unknown(flags, kind.code, value)
    try:
        return kind.decode(value)
    except Malformed:
        return Unknown(flags, kind.code, value)


def header(flags: int, code: int, size: int) -> bytes:
    """Flags, type and length; the extended form when the value needs it or the flags ask for it."""
    if size > 255 or flags & EXTENDED:
        return bytes((flags | EXTENDED, code, size >> 8, size & 0xFF))
    return bytes((flags, code, size))


def cut(section: bytes) -> tuple[list[tuple[int, int, bytes]], str]:
    """The (flags, code, value) of each attribute, and what is wrong with the framing ('' if nothing)."""
    found: list[tuple[int, int, bytes]] = []
    at = 0
    end = len(section)
    while at < end:
        if end - at < 3:
            return found, f"{end - at} octets are left for an attribute"
        flags = section[at]
        if flags & EXTENDED:
            if end - at < 4:
                return found, "3 octets are left for an attribute with extended length"
            size = section[at + 2] << 8 | section[at + 3]
            start = at + 4
        else:
            size = section[at + 2]
            start = at + 3
        stop = start + size
        if stop > end:
            return found, f"attribute {section[at + 1]} of {size} octets runs past the end"
        found.append((flags, section[at + 1], section[start:stop]))
        at = stop
    return found, ""


def path_of(values: Iterable[Attribute]) -> Path:
    """The Path of some values; of two with one code the first counts, and an Unknown one before a known."""
    chosen: dict[int, Attribute] = {}
    for value in values:
        if value.code not in chosen or (isinstance(value, Unknown) and not isinstance(chosen[value.code], Unknown)):
            chosen[value.code] = value
    parts: list[bytes] = []
    for code in sorted(chosen):
        value = chosen[code]
        octets = value.octets()
        flags = value.flags if isinstance(value, Unknown) else KINDS[code].flags
        parts.append(header(flags, code, len(octets)))
        parts.append(octets)
    return Path(b"".join(parts))


def pack(octets: bytes, context: SendContext) -> tuple[bytes, bytes]:
    """What a context sends of canonical octets: before NEXT_HOP, and after it."""
    parts: dict[int, bytes] = {}
    at = 0
    end = len(octets)
    while at < end:
        flags = octets[at]
        code = octets[at + 1]
        if flags & EXTENDED:
            start = at + 4
            stop = start + (octets[at + 2] << 8 | octets[at + 3])
        else:
            start = at + 3
            stop = start + octets[at + 2]
        kind = KINDS.get(code)
        if kind is None:
            parts[code] = octets[at:stop]
        elif context.external and (kind.internal or (code == AIGP and not context.aigp)):
            pass
        elif context.asn4 or kind.narrow is None or not (flags & OPTIONAL) == (kind.flags & OPTIONAL):
            parts[code] = octets[at:stop]
        else:
            narrow(parts, kind, octets[start:stop])
        at = stop
    if ORIGIN not in parts:
        parts[ORIGIN] = DEFAULT_ORIGIN
    if AS_PATH not in parts:
        if context.external:
            default = as_path.sequence(context.local_as)
            if context.asn4:
                parts[AS_PATH] = header(TRANSITIVE, AS_PATH, len(default)) + default
            else:
                narrow(parts, KINDS[AS_PATH], default)
        else:
            parts[AS_PATH] = b"\x40\x02\x00"
    if not context.external and LOCAL_PREF not in parts:
        parts[LOCAL_PREF] = DEFAULT_LOCAL_PREF
    codes = sorted(parts)
    head = b"".join([parts[code] for code in codes if code < NEXT_HOP])
    return head, b"".join([parts[code] for code in codes if code > NEXT_HOP])


def narrow(parts: dict[int, bytes], kind: Kind, value: bytes) -> None:
    """Write AS_PATH or AGGREGATOR for a two-octet AS peer, with its AS4 twin where one is needed (RFC 6793, 4.2.2).

    The twin stands right behind, where ExaBGP has it.
    """
    assert kind.narrow is not None
    try:
        short = kind.narrow(value)
    except Malformed:
        short = value  # written by hand in the configuration: its author's business
        parts[kind.code] = header(kind.flags, kind.code, len(short)) + short
        return
    parts[kind.code] = header(kind.flags, kind.code, len(short)) + short
    if kind.code == AS_PATH:
        if not as_path.fits(value):
            kept = as_path.without_confed(value)
            parts[AS_PATH] += header(KINDS[AS4_PATH].flags, AS4_PATH, len(kept)) + kept
    elif int.from_bytes(value[:4], "big") > 0xFFFF:
        parts[AGGREGATOR] += header(KINDS[AS4_AGGREGATOR].flags, AS4_AGGREGATOR, len(value)) + value


class Fault:
    """Something wrong with one attribute (0: with the list): its code, the verdict and why."""

    __slots__ = ("code", "reason", "verdict")

    def __init__(self, code: int, verdict: int, reason: str) -> None:
        self.code = code
        self.verdict = verdict
        self.reason = reason

    def __repr__(self) -> str:
        return f"<Fault {self.code} {self.verdict} {self.reason}>"


class Received:
    """What a section of attributes means: a Path, a next hop (None when absent) and what is wrong.

    `missing` is the code of a mandatory attribute that is not there (0: none), a fault only when routes come with it.
    `link_state`: the attribute of BGP-LS is there, which belongs to routes of its families alone.
    """

    __slots__ = ("faults", "link_state", "missing", "next_hop", "path", "verdict")

    def __init__(
        self,
        path: Path,
        next_hop: bytes | None,
        verdict: int,
        faults: tuple[Fault, ...],
        missing: int,
        link_state: bool = False,
    ) -> None:
        self.path = path
        self.next_hop = next_hop
        self.verdict = verdict
        self.faults = faults
        self.missing = missing
        self.link_state = link_state


class PathTable:
    """Where the Paths of one receive context come from; a section seen before costs one look."""

    def __init__(self, context: ReceiveContext, limit: int = 50000) -> None:
        self.context = context
        self.seen: Generations[bytes, Received] = Generations(limit)
        self._flags, self._decoders = decoders(context)
        self._newest: Path = Path(b"")

    def recognize(self, section: bytes) -> Received | None:
        """What a section means that was seen before or can be read at a glance; None for any other."""
        found = self.seen.get(section)
        if found is None:
            found = self.glance(section)
            if found is not None:
                self.seen.put(section, found)
        return found

    def receive(self, section: bytes) -> Received:
        """What a section without MP attributes means; Malformed when the session must end."""
        found = self.recognize(section)
        if found is None:
            found = self.learn(section)
            self.seen.put(section, found)
        return found

    def glance(self, section: bytes) -> Received | None:
        """Read a section that is as we would write it ourselves, which nearly all are; None: it must be learnt."""
        values: list[Attribute] = []
        flags = self._flags
        decode = self._decoders
        hop: bytes | None = None
        hop_at = hop_end = last = 0
        at = 0
        end = len(section)
        try:
            while at < end:
                code = section[at + 1]
                if section[at] != flags[code] or code <= last:
                    return None
                stop = at + 3 + section[at + 2]
                if code == NEXT_HOP:
                    hop, hop_at, hop_end = section[at + 3 : stop], at, stop
                else:
                    values.append(decode[code](section[at + 3 : stop]))
                last = code
                at = stop
        except (IndexError, Malformed):
            return None
        if at != end or (hop is not None and len(hop) != 4):
            return None
        path = Path(section if hop is None else section[:hop_at] + section[hop_end:])
        self._newest.values = None
        self._newest = path
        path.values = values
        # the codes rise: a path that begins with ORIGIN and AS_PATH lacks neither
        whole = len(values) > 1 and values[1].code == AS_PATH and self.context.external
        missing = 0 if whole else self._missing({value.code for value in values})
        return Received(path, hop, KEEP, (), missing, last >= LINK_STATE and LINK_STATE in {v.code for v in values})

    def _missing(self, present: set[int]) -> int:
        """The code of a mandatory attribute that is not among those present; 0 for none."""
        if self.context.mandatory:
            for code in (ORIGIN, AS_PATH) if self.context.external else (ORIGIN, AS_PATH, LOCAL_PREF):
                if code not in present:
                    return code
        return 0

    def learn(self, section: bytes) -> Received:
        """Validate a section that was not seen before (RFC 7606, 3 to 5)."""
        items, broken = cut(section)
        faults: list[Fault] = []
        kept: dict[int, tuple[int, bytes]] = {}
        known: set[int] = set()
        for flags, code, value in items:
            if code in known:
                continue
            known.add(code)
            kind = KINDS.get(code)
            if kind is None:
                if not self.context.mandatory:
                    kept[code] = (flags & 0xF0 | PARTIAL, value)
                    continue
                if not flags & OPTIONAL:
                    data = header(flags, code, len(value)) + value
                    raise Malformed(f"well-known attribute {code} is not known", 3, 2, data)
                if flags & TRANSITIVE:
                    kept[code] = (flags & 0xE0 | PARTIAL, value)
                continue
            fault = self.check(kind, flags, value, kept)
            if fault is not None:
                faults.append(fault)
        if broken:
            faults.append(Fault(0, WITHDRAW, broken))
        if not self.context.asn4:
            merge(kept)
        missing = self._missing(known)
        hop = kept.pop(NEXT_HOP, None)
        parts: list[bytes] = []
        for code in sorted(kept):
            flags, value = kept[code]
            parts.append(header(flags, code, len(value)))
            parts.append(value)
        verdict = KEEP
        for fault in faults:
            verdict = max(verdict, fault.verdict)
        path = Path(b"".join(parts))
        return Received(path, None if hop is None else hop[1], verdict, tuple(faults), missing, LINK_STATE in kept)

    def check(self, kind: Kind, flags: int, value: bytes, kept: dict[int, tuple[int, bytes]]) -> Fault | None:
        """Put a well-formed attribute in canonical form into `kept`, or say what is wrong with it."""
        context = self.context
        code = kind.code
        if kind.policy(context.external, context.asn4) == DISCARD:
            return Fault(code, DISCARD, f"{kind.word} is not for this peer to send")
        if (flags ^ kind.flags) & (OPTIONAL | TRANSITIVE):
            verdict = DISCARD if kind.malformed == DISCARD else WITHDRAW
            return Fault(code, verdict, f"{kind.word} has flags 0x{flags:02X}")
        try:
            if kind.widen is not None and not context.asn4:
                value = kind.widen(value)
            if kind.sizes and len(value) not in kind.sizes:
                return Fault(code, kind.malformed, f"{kind.word} has {len(value)} octets")
            if kind.unit and (not value or len(value) % kind.unit):
                return Fault(code, kind.malformed, f"{kind.word} has {len(value)} octets")
            kind.decode(value)
        except Malformed as error:
            return Fault(code, kind.malformed, f"{kind.word}: {error.reason}")
        kept[code] = (kind.flags | (flags & PARTIAL if kind.flags & TRANSITIVE and kind.flags & OPTIONAL else 0), value)
        return None


def decoders(context: ReceiveContext) -> tuple[list[int], list[Callable[[bytes], Attribute]]]:
    """By type code, the flags and the decoder of attributes whose octets can be taken as they are in that context.

    Other codes have flags that no octet has.
    """
    flags = [-1] * 256
    found: list[Callable[[bytes], Attribute]] = [KINDS[ORIGIN].decode] * 256
    for code, kind in KINDS.items():
        if kind.policy(context.external, context.asn4) == KEEP and (context.asn4 or kind.widen is None):
            flags[code] = kind.flags
            found[code] = kind.decode
    return flags, found


def merge(kept: dict[int, tuple[int, bytes]]) -> None:
    """Join AS4_PATH and AS4_AGGREGATOR of a two-octet AS peer into AS_PATH and AGGREGATOR (RFC 6793, 4.2.3)."""
    long_path = kept.pop(AS4_PATH, None)
    long_aggregator = kept.pop(AS4_AGGREGATOR, None)
    aggregator = kept.get(AGGREGATOR)
    if aggregator is not None and (long_path or long_aggregator):
        if int.from_bytes(aggregator[1][:4], "big") != 23456:
            return
        if long_aggregator is not None:
            kept[AGGREGATOR] = (aggregator[0], long_aggregator[1])
    path = kept.get(AS_PATH)
    if path is not None and long_path is not None:
        kept[AS_PATH] = (path[0], as_path.merge(path[1], long_path[1]))
