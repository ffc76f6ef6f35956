"""Events as JSON lines, in the forms of ExaBGP (its API, versions 4 to 6)."""

import os
from collections.abc import Callable, Iterable, Iterator
from json import dumps
from socket import gethostname
from typing import Final

from bgptwist.api.encoders.dialects import AS_PATH, Dialect
from bgptwist.session.counters import slot
from bgptwist.session.negotiation import Negotiated
from bgptwist.speaker.events import (
    SEND,
    Agreed,
    CapabilityMessage,
    Event,
    FsmChanged,
    Identity,
    KeepaliveMessage,
    Message,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    SignalReceived,
    StateChanged,
    UpdateMessage,
)
from bgptwist.wire import spell
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.capabilities import role
from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW
from bgptwist.wire.families.inet import texts4
from bgptwist.wire.kinds import Attribute, Family
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.update import Reach, Update
from bgptwist.wire.path import NEXT_HOP, Path, cut
from bgptwist.wire.registry import BY_CODE, BY_INDEX, KINDS
from bgptwist.wire.values.afi import afi_name, safi_name

RAW: Final = 1
"""With header and body of the message."""
NEGOTIATED: Final = 2
"""With a block that says what the session negotiated."""
PACKET: Final = 4
"""Header and body instead of the meaning."""

TYPES: Final = ("unknown", "open", "update", "notification", "keepalive", "refresh", "operational")
"""Message types by number."""

MARKER: Final = "FF" * 16

IPV4_UNICAST: Final = BY_INDEX[0x101]
UNICAST: Final = (0x101, 0x201)
MANY: Final = 10_000


class Stamp:
    """Who writes the events: host, process and its parent, as they are when the first event is written."""

    def __init__(self, host: str, pid: int, ppid: int) -> None:
        self.host = host
        self.pid = pid
        self.ppid = ppid


def here() -> Stamp:
    """The stamp of this process."""
    return Stamp(gethostname(), os.getpid(), os.getppid())


class JsonEncoder:
    """Events in one dialect; a line is given in two parts, between which the counter stands."""

    counted = True

    def __init__(self, dialect: Dialect, stamp: Callable[[], Stamp] = here) -> None:
        self.dialect = dialect
        self._stamp = stamp
        self._start = f'{{ "exabgp": "{dialect.tag}", "time": '
        self._middle = ""
        self._neighbors: dict[tuple[str, str, int, int, str], str] = {}
        self._last: Identity | None = None
        self._last_text = ""
        self._hops: dict[bytes, str] = {}
        self._agreed: dict[Negotiated, str] = {}
        self._plain = not dialect.compact
        self._both = dialect.both_next_hops

    def encode(self, event: Event, form: int) -> tuple[str, str] | None:
        """The line of an event before and after the counter; None when the form says nothing about it."""
        if not form and isinstance(event, UpdateMessage) and not event.causes:  # what nearly all events are
            return (
                f"{self._start}{event.time!r}{self._middle or self._begin()}",
                f', "type": "update", "neighbor": {{ {self._neighbor(event.identity)}"direction": "{event.direction}", '
                f"{self.update(event)} }} }}",
            )
        if isinstance(event, UpdateMessage) and not event.body:  # no message: nothing to show in hexadecimal
            if form & PACKET:
                return None
            form &= ~RAW
        if isinstance(event, UpdateMessage) and not form & PACKET:
            kind = "update"
            payload = f'"direction": "{event.direction}", {self.update(event)}'
        elif isinstance(event, Message):
            kind = "capability" if isinstance(event, CapabilityMessage) else TYPES[slot(event.kind)]
            found = self._packet(event) if form & PACKET else self._payload(event)
            if found is None:
                return None
            payload = f'"direction": "{event.direction}"{found}'
        else:
            kind, payload = self._condition(event)
        raw = ""
        if form and isinstance(event, Message):
            if form & RAW:
                raw = f'"header": "0x{header(event)}", "body": "0x{event.body.hex().upper()}", '
            if form & NEGOTIATED and event.negotiated is not None and (form & PACKET or event.kind == 2):
                payload = f'{payload}, "negotiated": {self.negotiated(event.negotiated)}'
        middle = self._middle or self._begin()
        end = causes(event) if event.causes else " }"
        return (
            f"{self._start}{event.time!r}{middle}",
            f', "type": "{kind}", {raw}"neighbor": {{ {self._neighbor(event.identity)}{payload} }}{end}',
        )

    def _begin(self) -> str:
        stamp = self._stamp()
        self._middle = f', "host" : {dumps(stamp.host)}, "pid" : {stamp.pid}, "ppid" : {stamp.ppid}, "counter": '
        return self._middle

    def _neighbor(self, identity: Identity) -> str:
        """The members about the session that every event has."""
        if identity is self._last:
            return self._last_text
        peer = identity.peer_address
        key = (peer, identity.local_address, identity.local_as, identity.peer_as, identity.router_id)
        text = self._neighbors.get(key)
        if text is None:
            if len(self._neighbors) >= MANY:
                self._neighbors.clear()
            text = self._write_neighbor(identity)
            self._neighbors[key] = text
        self._last = identity
        self._last_text = text
        return text

    def _write_neighbor(self, identity: Identity) -> str:
        text = (
            f'"address": {{ "local": "{local_address(identity)}", "peer": "{identity.peer_address}" }}, '
            f'"asn": {{ "local": {identity.local_as}, "peer": {identity.peer_as} }}, '
        )
        if identity.router_id and self.dialect.router_id:
            text += f'"router-id": "{identity.router_id}" , '
        return text

    def shutdown(self, time: float) -> str:
        """The event that tells a helper to end."""
        middle = (self._middle or self._begin()).removesuffix('"counter": ')
        return f'{self._start}{time!r}{middle}"type": "notification", "notification": "shutdown" }}'

    # ------------------------------------------------------------------ what is not an UPDATE

    def _condition(self, event: Event) -> tuple[str, str]:
        """Type and payload of an event that is no message."""
        if isinstance(event, StateChanged):
            reason = f', "reason": {dumps(self.dialect.reason(event.reason))}' if event.state == "down" else ""
            return "state", f'"state": "{event.state}"{reason}'
        if isinstance(event, FsmChanged):
            return "fsm", f'"state": "{event.state}"'
        if isinstance(event, SignalReceived):
            return "signal", f'"code": "{event.code}", "name": {dumps(event.signal)}'
        if isinstance(event, Agreed):
            return "negotiated", f'"negotiated": {self.negotiated(event.negotiated)}'
        raise TypeError(f"no JSON for {type(event).__name__}")

    def _packet(self, event: Message) -> str:
        """A message as octets."""
        return (
            f', "message": {{ "category": {event.kind}, "header": "0x{header(event)}", '
            f'"body": "0x{event.body.hex().upper()}" }}'
        )

    def _payload(self, event: Message) -> str | None:
        """The meaning of a message, with the comma before it."""
        if isinstance(event, KeepaliveMessage):
            return ""
        if isinstance(event, OpenMessage):
            return f', "open": {open_json(event.open, event.direction)}'
        if isinstance(event, NotificationMessage):
            return f', "notification": {notification_json(event.notification, event.direction, self.dialect.sentence)}'
        if isinstance(event, RefreshMessage):
            return f', "route-refresh": {event.refresh.json()}'
        if isinstance(event, OperationalMessage):
            return f', "operational": {event.operational.json()}'
        if isinstance(event, CapabilityMessage):
            return f', "capability": {event.change.json()}'
        return None

    def negotiated(self, negotiated: Negotiated) -> str:
        """What a session agreed."""
        text = self._agreed.get(negotiated)
        if text is None:
            if len(self._agreed) >= MANY:
                self._agreed.clear()
            text = self._agreed[negotiated] = negotiated_json(negotiated)
        return text

    # ------------------------------------------------------------------ UPDATE

    def update(self, event: UpdateMessage) -> str:
        """The member `message` of an UPDATE."""
        update = event.update
        if update.end_of_rib is not None:
            family = update.end_of_rib
            return (
                f'"message": {{ "eor": {{ "afi" : "{afi_name(family.afi)}", "safi" : "{safi_name(family.safi)}" }} }}'
            )
        path = update.path
        attributes = path.recall(self.dialect.key)
        if attributes is None:
            attributes = self._remember(path)
        if (update.faults or update.withdrawn) and path.octets:
            attributes = self._amend(attributes, event)
        elif update.faults:
            attributes = self._tell(attributes, update)
        announced = update.announced
        if not update.withdrawn and len(announced) == 1 and len(announced[0].next_hop) != 32:
            reach = announced[0]
            hop = self._hops.get(reach.next_hop) or self._hop(reach.next_hop)
            listed = self._nlris(reach.family, reach.nlris, hop)
            separator = ", " if attributes else ""
            return (
                f'"message": {{ "update": {{ {attributes}{separator}'
                f'"announce": {{ "{reach.family.name}": {{ "{hop}": [ {listed} ] }} }} }} }}'
            )
        parts = [attributes] if attributes else []
        if announced:
            parts.append(f'"announce": {self._announced(announced)}')
        if update.withdrawn:
            parts.append(f'"withdraw": {self._withdrawn(update)}')
        return f'"message": {{ "update": {{ {", ".join(parts)} }} }}'

    def _hop(self, octets: bytes) -> str:
        """A next hop as key: an address, or `no-nexthop`."""
        if len(self._hops) >= MANY:
            self._hops.clear()
        hop = self._hops[octets] = spell.address(octets[:16]) if octets else "no-nexthop"
        return hop

    def _nlris(self, family: Family, nlris: list[bytes], hop: str) -> str:
        """The members of a list of routes."""
        if family is IPV4_UNICAST and self._plain:
            texts = texts4(nlris)
            return '{ "nlri": "' + '" }, { "nlri": "'.join(texts) + '" }' if texts else ""
        if family.index in UNICAST and not self._plain:
            return ", ".join([f'"{family.base.words(nlri[4:] if family.path_id else nlri)}"' for nlri in nlris])
        special = self.dialect.nlris.get(family.index)
        if special is None:
            return ", ".join([family.json(nlri) for nlri in nlris])
        next_hop = "" if hop == "no-nexthop" else hop
        return ", ".join([special(family, nlri, next_hop) for nlri in nlris])

    def _announced(self, announced: Iterable[Reach]) -> str:
        """Routes by family and next hop; no key stands twice."""
        families: dict[str, dict[str, list[str]]] = {}
        for reach in announced:
            hops = families.setdefault(reach.family.name, {})
            octets = [reach.next_hop]
            if len(reach.next_hop) == 32:
                octets = [reach.next_hop[:16], reach.next_hop[16:]] if self._both else [reach.next_hop[:16]]
            for hop in map(self._hop, octets):
                hops.setdefault(hop, []).append(self._nlris(reach.family, reach.nlris, hop))
        texts = []
        for name, hops in families.items():
            members = ", ".join(f'"{hop}": [ {", ".join(filter(None, lists))} ]' for hop, lists in hops.items())
            texts.append(f'"{name}": {{ {members} }}')
        return f"{{ {', '.join(texts)} }}"

    def _withdrawn(self, update: Update) -> str:
        """Withdrawn routes by family."""
        families: dict[str, list[str]] = {}
        for unreach in update.withdrawn:
            families.setdefault(unreach.family.name, []).append(self._nlris(unreach.family, unreach.nlris, ""))
        members = [f'"{name}": [ {", ".join(filter(None, lists))} ]' for name, lists in families.items()]
        return f"{{ {', '.join(members)} }}"

    def _remember(self, path: Path) -> str:
        """Write the attributes of a path once."""
        found = members(path.attributes(), self.dialect)
        text = f'"attribute": {{ {", ".join(found)} }}' if found else ""
        path.remember(self.dialect.key, text)
        return text

    def _amend(self, attributes: str, event: UpdateMessage) -> str:
        """Add what belongs to this UPDATE and not to its path."""
        if self.dialect.next_hop_in_withdraw and event.update.withdrawn:
            body = event.body
            start = 4 + (body[0] << 8 | body[1])
            for _, code, value in cut(body[start : start + (body[start - 2] << 8 | body[start - 1])])[0]:
                if code == NEXT_HOP:
                    attributes = joined(attributes, f'"next-hop": "{spell.address(value)}"')
        return self._tell(attributes, event.update)

    def _tell(self, attributes: str, update: Update) -> str:
        """Say that an UPDATE is treated as withdrawal, and why (RFC 7606, 2); or what else is remarkable about it."""
        if update.verdict < WITHDRAW:
            remarks = [fault.reason for fault in update.faults if fault.verdict == KEEP]
            return joined(attributes, f'"reason": {dumps(remarks[0])}') if remarks else attributes
        reason = next((fault.reason for fault in update.faults if fault.verdict > DISCARD), "malformed")
        return joined(attributes, f'"error": "treat-as-withdraw", "reason": {dumps(reason)}')


def members(attributes: Iterable[Attribute], dialect: Dialect) -> list[str]:
    """`"origin": "igp"` and so on."""
    found: list[str] = []
    ordinary = dialect.ordinary
    for attribute in attributes:
        code = attribute.code
        start = ordinary.get(code)
        if start is not None and not isinstance(attribute, Unknown):
            found.append(start + attribute.json())
        elif isinstance(attribute, Unknown):
            found.append(f'"attribute-0x{code:02X}-0x{attribute.flags:02X}": {attribute.json()}')
        elif code != AS_PATH or attribute.octets():
            special = dialect.attributes.get(code)
            found.append(f'"{KINDS[code].word}": {attribute.json() if special is None else special(attribute)}')
            extra = dialect.extra.get(code)
            if extra is not None and (text := extra(attribute)):
                found.append(text)
    return found


def joined(attributes: str, more: str) -> str:
    """The attribute object with more members."""
    return f"{attributes[:-2]}, {more} }}" if attributes else f'"attribute": {{ {more} }}'


def causes(event: Event) -> str:
    """The end of a line that tells which commands brought the event about."""
    return f', "cause": [ {", ".join(map(dumps, event.causes))} ] }}'


def local_address(identity: Identity) -> str:
    """Our address; before the connection is made it is not known, but readers want to parse one."""
    return identity.local_address or ("::" if ":" in identity.peer_address else "0.0.0.0")


def header(event: Message) -> str:
    """The header of a message in hexadecimal (RFC 4271, 4.1)."""
    return f"{MARKER}{len(event.body) + 19:04X}{event.kind:02X}"


# ---------------------------------------------------------------------- messages


def open_json(message: Open, direction: str) -> str:
    """An OPEN; capabilities are keyed by name in one we sent, by number in one we received."""
    capabilities: dict[str, str] = {}
    for value in message.capabilities:
        known = BY_CODE.get(value.code)
        key = known.name if direction == SEND and known is not None else str(value.code)
        capabilities[key] = value.json()
    listed = ", ".join(f"{dumps(key)}: {text}" for key, text in capabilities.items())
    return (
        f'{{ "version": {message.version}, "asn": {message.asn}, "hold_time": {message.hold_time}, '
        f'"router_id": "{spell.address(message.router_id)}", "capabilities": {{ {listed} }} }}'
    )


def sentence(message: Notification, direction: str) -> str:
    """What a NOTIFICATION says to people; of one we sent, what was meant to be said."""
    if direction == SEND:
        return message.communication or message.sentence() or message.describe()
    return message.sentence()


def notification_data(message: Notification, direction: str) -> str:
    """What a NOTIFICATION carries, in hexadecimal: ExaBGP shows the sentence of a shutdown or of our own."""
    said = direction == SEND or (message.is_shutdown and message.data)
    return (sentence(message, direction).encode() if said else message.data).hex().upper()


def notification_json(message: Notification, direction: str, told: bool = True) -> str:
    """A NOTIFICATION; `told`: with what it says to people."""
    said = f', "message": {dumps(sentence(message, direction))}' if told else ""
    return (
        f'{{ "code": {message.code}, "subcode": {message.subcode}, '
        f'"data": "0x{notification_data(message, direction)}"{said} }}'
    )


def negotiated_json(negotiated: Negotiated) -> str:
    """What a session agreed."""

    def names(families: Iterable[Family]) -> str:
        return ", ".join(f'"{family.name}"' for family in families)

    hops = ", ".join(f'"{family.name} {afi_name(afi)}"' for family, afi in negotiated.next_hops)
    return (
        f'{{ "message_size": {negotiated.message_size}, "hold_time": {negotiated.hold_time}, '
        f'"asn4": {dumps(negotiated.asn4)}, "multisession": {dumps(bool(negotiated.multisession))}, '
        f'"operational": {dumps(bool(negotiated.operational))}, "refresh": "{negotiated.refresh}", '
        f'"families": [ {names(negotiated.families)} ], "nexthop": [ {hops} ], '
        f'"add_path": {{ "send": [ {names(negotiated.add_path_send)} ], '
        f'"receive": [ {names(negotiated.add_path_receive)} ] }}{"".join(limits_json(negotiated))} }}'
    )


def limits_json(negotiated: Negotiated) -> Iterator[str]:
    """What ExaBGP does not tell, each with the comma before it, where there is any of it."""
    tables = (
        ("paths_limit", negotiated.paths_limits),
        ("multiple_labels", negotiated.labels),
        ("long_lived", negotiated.long_lived),
    )
    for key, table in tables:
        if table:
            yield f', "{key}": {dumps({family.name: number for family, number in table})}'
    if negotiated.peer_role is not None and negotiated.local.role is not None:
        ours, theirs = role.name(negotiated.local.role), role.name(negotiated.peer_role)
        yield f', "role": {{ "local": "{ours}", "peer": "{theirs}" }}'


def encode_message(event: Event, dialect: Dialect) -> str:
    """The one line that `decode` prints for an event; '' when the dialect has none."""
    encoded = JsonEncoder(dialect).encode(event, 0)
    return "" if encoded is None else f"{encoded[0]}1{encoded[1]}"
