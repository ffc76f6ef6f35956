"""Events as JSON lines in the form of ExaBGP 3.4, as far as it is known from what it wrote.

Nothing is known of how it wrote BGP-LS, tunnels, prefix SIDs and families that came later: those have the form of
version 5.  `fsm`, `negotiated` and `signal` it did not have.
"""

from collections.abc import Iterable, Iterator
from json import dumps, loads
from typing import Final

from bgptwist.api.encoders.json import (
    IPV4_UNICAST,
    NEGOTIATED,
    PACKET,
    RAW,
    TYPES,
    JsonEncoder,
    causes,
    header,
    local_address,
    notification_data,
)
from bgptwist.session.counters import slot
from bgptwist.speaker.events import (
    SEND,
    CapabilityMessage,
    Event,
    Identity,
    Message,
    NotificationMessage,
    OpenMessage,
    UpdateMessage,
)
from bgptwist.wire import spell
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.notification import Notification
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.update import Reach, Unreach
from bgptwist.wire.values.afi import afi_name, safi_name

SENT: Final = {SEND: "sent"}
"""What a direction is called; `received` is the other."""

GRACEFUL_RESTART: Final = {"address-family-flags": "address family flags", "restart-flags": "restart flags"}
"""Members whose names had blanks."""


class FormerEncoder(JsonEncoder):
    """Events in the envelope of ExaBGP 3.4, where routes are the keys of objects.

    It told what was sent in octets only.  Here it can be told decoded as well, with a member `direction`.
    """

    def encode(self, event: Event, form: int) -> tuple[str, str] | None:
        """The line of an event before and after the counter; None when the form says nothing about it."""
        is_told = isinstance(event, UpdateMessage) and not event.body
        if is_told and form & PACKET:
            return None
        kind = TYPES[slot(event.kind)] if isinstance(event, Message) else ""
        beside = raw = ""
        if not isinstance(event, Message):
            kind, payload = self._condition(event)
        elif form & PACKET:
            payload = packet(event)
            kind = kind if event.direction == SEND else "raw"
        elif isinstance(event, NotificationMessage):
            payload = direction(event)
            beside = f'"notification": {notification_json(event.notification, event.direction)}, '
        elif isinstance(event, OpenMessage):
            payload = f'"direction": "{SENT.get(event.direction, "received")}", "open": {open_json(event.open)}'
        else:
            found = self.update(event) if isinstance(event, UpdateMessage) else self._payload(event)
            if found is None:
                return None
            payload = f"{direction(event)}, {found.removeprefix(', ')}".strip(", ")
            kind = "capability" if isinstance(event, CapabilityMessage) else kind
        if form & NEGOTIATED and isinstance(event, Message) and event.negotiated is not None:
            if form & PACKET or isinstance(event, UpdateMessage):
                payload = f'{payload}, "negotiated": {self.negotiated(event.negotiated)}'
        if form & RAW and isinstance(event, Message) and not is_told:
            body = f'"body": "{event.body.hex().upper()}", ' if event.body else ""
            raw = f'"header": "{header(event)}", {body}'
        inner = f"{self._neighbor(event.identity)}{payload}".removesuffix(", ")
        return (
            f"{self._start}{int(event.time)}{self._middle or self._begin()}",
            f', "type": "{kind}", {raw}{beside}"neighbor": {{ {inner} }}{causes(event) if event.causes else " }"}',
        )

    def _begin(self) -> str:
        stamp = self._stamp()
        self._middle = f', "host" : {dumps(stamp.host)}, "pid" : "{stamp.pid}", "ppid" : "{stamp.ppid}", "counter": '
        return self._middle

    def _write_neighbor(self, identity: Identity) -> str:
        peer = identity.peer_address
        return (
            f'"ip": "{peer}", "address": {{ "local": "{local_address(identity)}", "peer": "{peer}" }}, '
            f'"asn": {{ "local": "{identity.local_as}", "peer": "{identity.peer_as}" }}, '
        )

    def shutdown(self, time: float) -> str:
        """The event that tells a helper to end."""
        return super().shutdown(int(time))

    # ------------------------------------------------------------------ UPDATE

    def update(self, event: UpdateMessage) -> str:
        """The member `message` of an UPDATE."""
        update, path = event.update, event.update.path
        family = update.end_of_rib
        if family is not None:
            told = f'"eor": {{ "afi": "{afi_name(family.afi)}", "safi": "{safi_name(family.safi)}" }}'
            if family is IPV4_UNICAST:
                told = f'"update": {{ "announce": {{ "{family.name}": {{ "null": {{ {told} }} }} }} }}'
            return f'"message": {{ {told} }}'
        attributes = path.recall(self.dialect.key)
        if attributes is None:
            attributes = self._remember(path)
        if update.faults:
            attributes = self._tell(attributes, update)
        parts = [attributes] if attributes else []
        if update.announced:
            parts.append(f'"announce": {self._by_hop(update.announced)}')
        if update.withdrawn:
            parts.append(f'"withdraw": {self._by_family(update.withdrawn)}')
        return f'"message": {{ "update": {{ {", ".join(parts)} }} }}'

    def _by_hop(self, announced: Iterable[Reach]) -> str:
        """Routes by family, next hop and what they are."""
        families: dict[str, dict[str, dict[str, object]]] = {}
        for reach in announced:
            octets = reach.next_hop
            hops = [octets[:16], octets[16:]] if len(octets) == 32 else [octets]
            for hop in map(self._hop, hops):
                routes = families.setdefault(reach.family.name, {}).setdefault(hop, {})
                routes.update(keyed(reach.family, self._shown(reach.family, reach.nlris, hop), routes))
        return dumps(families)

    def _by_family(self, withdrawn: Iterable[Unreach]) -> str:
        """Withdrawn routes by family and what they are."""
        families: dict[str, dict[str, object]] = {}
        for unreach in withdrawn:
            routes = families.setdefault(unreach.family.name, {})
            routes.update(keyed(unreach.family, self._shown(unreach.family, unreach.nlris, ""), routes))
        return dumps(families)

    def _shown(self, family: Family, nlris: list[bytes], hop: str) -> Iterator[dict[str, object]]:
        """Each route as an object."""
        special = self.dialect.nlris.get(family.index)
        next_hop = "" if hop == "no-nexthop" else hop
        for nlri in nlris:
            found = loads(family.json(nlri) if special is None else special(family, nlri, next_hop))
            yield found if isinstance(found, dict) else {"nlri": found}


def keyed(
    family: Family, routes: Iterable[dict[str, object]], known: dict[str, object]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Routes with their keys: the prefix, or `flow-0` and so on for what is none.

    ExaBGP repeats the prefix for another path.  Here each route has a key of its own: `10.0.0.0/24 1.2.3.4`, with the
    identifier of the path behind the prefix, from the second on.
    """
    taken = set(known)
    for members in routes:
        prefix = members.pop("nlri", None)
        if "label" in members:
            members["label"] = flat(members["label"])
        key = family.name.split()[1] if prefix is None else str(prefix)
        if prefix is not None and key in taken and "path-information" in members:
            key = f"{key} {members['path-information']}"
        if prefix is None or key in taken:
            key = f"{key}-{len(taken)}"
        taken.add(key)
        yield key, members


def flat(labels: object) -> object:
    """`[ 100 ]` for `[[100]]`."""
    return [label[0] for label in labels] if isinstance(labels, list) else labels


# ---------------------------------------------------------------------- messages


def direction(event: Message) -> str:
    """The member that says that a message was sent, '' for one that came."""
    return f'"direction": "{SEND}"' if event.direction == SEND else ""


def packet(event: Message) -> str:
    """A message as octets."""
    way = SENT.get(event.direction, "received")
    return f'"message": {{ "{way}": {event.kind}, "header": "{header(event)}", "body": "{event.body.hex().upper()}" }}'


def notification_json(message: Notification, way: str) -> str:
    """A NOTIFICATION, which stands beside the neighbor."""
    data = notification_data(message, way) if way == SEND else message.data.hex().upper()
    return f'{{ "code": {message.code}, "subcode": {message.subcode}, "data": "{data}" }}'


def open_json(message: Open) -> str:
    """An OPEN; capabilities are keyed by number in both directions."""
    capabilities = {str(value.code): renamed(loads(value.json())) for value in message.capabilities}
    return (
        f'{{ "version": {message.version}, "asn": {message.asn}, "hold_time": {message.hold_time}, '
        f'"router_id": "{spell.address(message.router_id)}", "capabilities": {dumps(capabilities)} }}'
    )


def renamed(capability: object) -> object:
    """A capability with the names of its members of old."""
    if not isinstance(capability, dict):
        return capability
    return {GRACEFUL_RESTART.get(key, key): value for key, value in capability.items()}
