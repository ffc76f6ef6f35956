"""One event of each sort, by a name that says what happened: what the golden files of the dialects are made of."""

from collections.abc import Iterator

from bgptwist.session.negotiation import Negotiated
from bgptwist.settings.model import CapabilitySettings
from bgptwist.speaker.events import (
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
    UnknownMessage,
    UpdateMessage,
)
from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.extended_next_hop import ExtendedNextHop
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import Family, ReceiveContext
from bgptwist.wire.messages import capability, notification, operational, refresh
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import Path, PathTable, header, path_of
from bgptwist.wire.registry import ATTRIBUTES, BY_CODE, CAPABILITIES, FAMILIES
from tests.api.stage import Stage, neighbor
from tests.wire.examples import examples, name

TIME = 1795334453.687413
IDENTITY = Identity("neighbor 127.0.0.2", "127.0.0.1", "127.0.0.2", 65000, 65001, "1.2.3.4")
YOUNG = Identity("neighbor 2001:db8::2", "", "2001:db8::2", 65000, 0, "1.2.3.4")

FAMILY_TABLE = {family.index: family for family in FAMILIES}
CONTEXT = ReceiveContext(FAMILY_TABLE, mandatory=False)
PATHS = ReceiveContext({**FAMILY_TABLE, 0x101: IPV4_UNICAST.with_path_id}, mandatory=False)

ORIGIN = "40010100"
SEQUENCE = "400206" + "0201" + "0000FDE9"
SEGMENTS = "400220" + "0202" + "0000FDE9" + "00010000" + "0102" + "00000001" + "00000002" + "0301" + "00000003"
SEGMENTS += "0401" + "00000004"
HOP = "4003040A000001"
COMMUNITIES = "C00808" + "0002000100010002"
EXTENDED = "C01010" + "0002FDE800000002" + "0002FDE800000001"
LARGE = "C02018" + "00000001" * 2 + "00000002" + "00000001" * 3
BOTH_HOPS = "800E2A00020120" + "20010DB8" + "00" * 11 + "01" + "FE80" + "00" * 13 + "01" + "002020010DB8"

Named = Iterator[tuple[str, Event]]


def states() -> Named:
    """What is no message."""
    yield "connected, before our address is known", StateChanged(YOUNG, TIME, "connected")
    yield "connected", StateChanged(IDENTITY, TIME, "connected")
    yield "up", StateChanged(IDENTITY, TIME, "up")
    for reason in (
        *("notification sent (6,3)", "notification received (6,4)", "closing connection"),
        *("stop, message [shutting down]", 'said "\u00e9\n"'),
    ):
        yield f"down, {reason!a}", StateChanged(IDENTITY, TIME, "down", reason)
    yield "up, brought about by commands", caused(StateChanged(IDENTITY, TIME, "up"))
    for state in ("IDLE", "CONNECT", "ACTIVE", "OPENSENT", "OPENCONFIRM", "ESTABLISHED"):
        yield f"fsm {state}", FsmChanged(IDENTITY, TIME, state)
    yield "signal", SignalReceived(IDENTITY, TIME, 15, "SIGTERM")
    yield "negotiated", Agreed(IDENTITY, TIME, negotiated())


def caused(event: Event) -> Event:
    """An event that two commands brought about."""
    event.causes = ("17", 'a "b"')
    return event


def negotiated() -> Negotiated:
    """What two speakers agreed that can do nearly everything."""
    capabilities = CapabilitySettings(add_path=3, role=0, graceful_restart=120, operational=True, route_refresh=True)
    stage = Stage(neighbor("127.0.0.1", capability=capabilities))
    stage.establish(capabilities=[AddPath([(1, 1, 3)]), Role(3), ExtendedNextHop([(1, 1, 2)])])
    found = stage.peer().negotiated
    assert found is not None
    return found


def messages() -> Named:
    """Messages other than UPDATE."""
    yield "keepalive that came", KeepaliveMessage(IDENTITY, TIME, "receive", 4, b"", None)
    yield "keepalive that was sent", KeepaliveMessage(IDENTITY, TIME, "send", 4, b"", None)
    for direction, way in (("receive", "that came"), ("send", "that was sent")):
        body = every_capability()
        yield f"open {way}", OpenMessage(IDENTITY, TIME, direction, 1, body, None, opens.decode(body, BY_CODE))
        for what, said in (
            ("shutdown", notification.shutdown("maint \u00e9")),
            ("an error with data", notification.Notification(2, 7, b"\x01\x04")),
            ("de-configured", notification.Notification(6, 3, b"")),
        ):
            event = NotificationMessage(IDENTITY, TIME, direction, 3, said.octets(), None, said)
            yield f"notification {way}, {what}", event
    for subtype, word in enumerate(("query", "begin", "end")):
        asked = refresh.RouteRefresh(1, 1, subtype)
        yield f"refresh, {word}", RefreshMessage(IDENTITY, TIME, "receive", 5, asked.octets(), None, asked)
    for kind, word in operational.NAMES.items():
        data = None if kind in operational.KINDS.values() else b"\x01\x02"
        advice = operational.Operational(
            kind, 1, 1, advisory=b'hello "w\xc3\xb6rld"', router_id=b"\1\2\3\4", sequence=7, counter=9, data=data
        )
        yield f"operational {word}", OperationalMessage(IDENTITY, TIME, "receive", 6, advice.octets(), None, advice)
    change = bytes.fromhex("80" + "00000001" + "0045" + "0004" + "00010103")
    told = capability.decode(change)
    yield "capability", CapabilityMessage(IDENTITY, TIME, "receive", 6, change, None, told)
    yield "a message of an unknown type", UnknownMessage(IDENTITY, TIME, "receive", 255, b"\x01", None)


def every_capability() -> bytes:
    """An OPEN with an example of each capability that is known, and one that is not (RFC 9072 for its length)."""
    values = [(record.code, examples(record)[0][0]) for record in CAPABILITIES]
    values.append((200, b"\x01\x02"))
    inner = b"".join([bytes((code, len(octets))) + octets for code, octets in values])
    parameter = b"\x02" + len(inner).to_bytes(2, "big") + inner
    return bytes.fromhex("04FDE8005A09090909" + "FFFF") + len(parameter).to_bytes(2, "big") + parameter


def decoded(
    announced: str = "",
    attributes: str = ORIGIN + SEQUENCE + HOP,
    withdrawn: str = "",
    direction: str = "receive",
    context: ReceiveContext = CONTEXT,
) -> UpdateMessage:
    """An UPDATE from hexadecimal."""
    gone, middle = bytes.fromhex(withdrawn), bytes.fromhex(attributes)
    body = len(gone).to_bytes(2, "big") + gone + len(middle).to_bytes(2, "big") + middle + bytes.fromhex(announced)
    found = updates.decode(body, context, PathTable(context))
    return UpdateMessage(IDENTITY, TIME, direction, 2, body, None, found, context)


def changes() -> Named:
    """UPDATEs."""
    yield "routes", decoded("180A0000" + "100A01")
    yield "routes that were sent", decoded("180A0000", direction="send")
    yield "routes that were sent because of commands", caused(decoded("180A0000", direction="send"))
    yield "routes withdrawn", decoded(attributes="", withdrawn="180A0000")
    yield "routes and others withdrawn", decoded("180A0000", withdrawn="180A0100")
    yield "routes with path identifiers", decoded("01020304180A0000" + "00000001180A0000", context=PATHS)
    yield "routes with several segments", decoded("180A0000", ORIGIN + SEGMENTS + HOP)
    yield "routes with communities", decoded("180A0000", ORIGIN + SEQUENCE + HOP + COMMUNITIES + EXTENDED + LARGE)
    yield "routes with two next hops", decoded(attributes=ORIGIN + SEQUENCE + BOTH_HOPS)
    yield "routes with an unknown attribute", decoded("180A0000", ORIGIN + SEQUENCE + HOP + "C06304DEADBEEF")
    yield "routes treated as withdrawn", decoded("180A0000", "40010105" + SEQUENCE + HOP)
    yield "end of rib", decoded(attributes="")
    yield "end of rib of another family", decoded(attributes="800F03000201")
    silent = decoded(attributes="", withdrawn="180A0000")
    silent.body = b""
    yield "routes withdrawn without a message", silent


def attributes() -> Named:
    """A path with one attribute, for each that is known."""
    for kind in ATTRIBUTES:
        for octets, _, _ in examples(kind)[:2]:
            event = decoded("180A0000")
            event.update.path = Path(header(kind.flags, kind.code, len(octets)) + octets)
            yield f"{name(kind)[11:-4]} {octets.hex()[:40]}", event


def families() -> Named:
    """A route of each family, and one withdrawn."""
    for base in FAMILIES:
        for family in filter(None, (base, None if base.with_path_id is base else base.with_path_id)):
            found = examples(family)[:1]
            for octets, _, _ in found:
                yield f"{name(family)[9:-4]} announced", of_family(family, octets, announce=True)
                if family is base:
                    yield f"{name(family)[9:-4]} withdrawn", of_family(family, octets, announce=False)


def of_family(family: Family, octets: bytes, announce: bool) -> UpdateMessage:
    """An UPDATE with one route."""
    event = decoded("180A0000")
    event.update.path = path_of([])
    if announce:
        event.update.announced = [updates.Reach(family, bytes((10, 0, 0, 1)), [octets])]
    else:
        event.update.announced = []
        event.update.withdrawn = [updates.Unreach(family, [octets])]
    return event


FILES = {
    "states": states,
    "messages": messages,
    "updates": changes,
    "attributes": attributes,
    "families": families,
}
"""By golden file."""

FRAGMENTS = ("attributes", "families")
"""Files that hold what UPDATEs say and not whole lines."""


def octets_of(event: Event) -> str:
    """The octets of a message, for who reads a golden file."""
    return f"{event.kind} {event.body.hex()}".strip() if isinstance(event, Message) else ""
