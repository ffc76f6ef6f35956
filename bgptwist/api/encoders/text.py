"""Events as text, in the form of ExaBGP's text encoder; programs compare these lines byte by byte."""

from collections.abc import Callable
from typing import Final

from bgptwist.api.encoders.dialects import TEXT, TEXTS, Spelling
from bgptwist.api.encoders.json import PACKET, RAW, Stamp, header, here, notification_data
from bgptwist.speaker.events import (
    CapabilityMessage,
    Event,
    KeepaliveMessage,
    Message,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    StateChanged,
    UpdateMessage,
)
from bgptwist.wire import spell
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.open import Open
from bgptwist.wire.messages.update import Update
from bgptwist.wire.path import Path
from bgptwist.wire.registry import KINDS

VPN: Final = 128
"""The SAFI of routes with a route distinguisher."""

KEY: Final = "text"
"""Under which a Path remembers its words."""


class TextEncoder:
    """Events as one or several lines, each event with the newline that makes an empty line after it.

    OPERATIONAL messages have no such newline: ExaBGP writes none.
    """

    counted = False

    def __init__(self, stamp: Callable[[], Stamp] = here, version: str = "5") -> None:
        """`version` is that of the lines."""
        self._stamp = stamp
        self._spellings = TEXTS[version]
        self._key = KEY if self._spellings is TEXT else f"{KEY} {version}"

    def encode(self, event: Event, form: int) -> tuple[str, str] | None:
        """The lines of an event and nothing; None when text has no form for it."""
        peer = event.identity.peer_address
        if isinstance(event, StateChanged):
            reason = f" - {escaped(event.reason)}" if event.state == "down" else ""
            return f"neighbor {peer} {event.state}{reason}\n", ""
        if not isinstance(event, Message):
            return None
        start = f"neighbor {peer} {event.direction}"
        raw = f"header 0x{header(event)} body 0x{event.body.hex().upper()}"
        if form & PACKET:
            return (f"{start} {event.kind} {raw}\n", "") if event.body or not isinstance(event, UpdateMessage) else None
        if isinstance(event, UpdateMessage):
            tail = f" {raw}\n" if form & RAW and event.body else ""
            return f"{start} update start\n{self.update(event, start)}{tail}{start} update end\n", ""
        text = message_text(event)
        if not text:
            return None
        end = "" if isinstance(event, OperationalMessage) else "\n"
        return f"{start} {text}{f' {raw}' if form & RAW else ''}{end}", ""

    def shutdown(self, time: float) -> str:
        """The line that tells a helper to end."""
        stamp = self._stamp()
        return f"shutdown {stamp.pid} {stamp.ppid}\n"

    def update(self, event: UpdateMessage, start: str) -> str:
        """The lines of an UPDATE between its first and its last."""
        update = event.update
        if update.end_of_rib is not None:
            family = update.end_of_rib
            return f"{start} update route eor {family.afi}/{family.safi} ({family.name})\n"
        withdrawn = [
            f"{start} update withdrawn {unreach.family.words(nlri)}\n"
            for unreach in update.withdrawn
            for nlri in unreach.nlris
        ]
        return "".join(withdrawn) + "".join(announced(update, start, self._path(update.path)))

    def _path(self, path: Path) -> str:
        """` origin igp as-path ( 65001 )`; written once for each path."""
        text = path.recall(self._key)
        if text is None:
            text = "".join(path_parts(path, self._spellings))
            path.remember(self._key, text)
        return text


def announced(update: Update, start: str, words: str) -> list[str]:
    """The lines of announced routes, with the words of their path; one for each next hop where there are two."""
    lines: list[str] = []
    for reach in update.announced:
        octets = reach.next_hop
        hops = [octets[:16], octets[16:]] if len(octets) == 32 else [octets]
        texts = [spell.address(hop) if hop else "" for hop in hops]
        for nlri in reach.nlris:
            lines += [f"{start} update announced {route_words(reach.family, nlri, hop)}{words}\n" for hop in texts]
    return lines


def route_words(family: Family, nlri: bytes, next_hop: str) -> str:
    """`10.0.0.0/24 next-hop 1.1.1.1`; the route distinguisher stands behind the next hop."""
    words = family.words(nlri)
    if not next_hop:
        return words
    if family.safi == VPN:
        words, rd, value = words.partition(" rd ")
        return f"{words} next-hop {next_hop}{rd}{value}"
    return f"{words} next-hop {next_hop}"


def path_parts(path: Path, spellings: dict[int, Spelling] = TEXT) -> list[str]:
    """Each attribute with a blank before it."""
    parts: list[str] = []
    for attribute in path.attributes():
        if isinstance(attribute, Unknown):
            parts.append(f" attribute [ 0x{attribute.code:02X} 0x{attribute.flags:02X} 0x{attribute.data.hex()} ]")
            continue
        spelling = spellings.get(attribute.code)
        words = attribute.words() if spelling is None else spelling(attribute)
        if words:
            parts.append(f" {KINDS[attribute.code].word} {words}")
        elif spelling is None:
            parts.append(f" {KINDS[attribute.code].word}")
    return parts


def message_text(event: Message) -> str:
    """The words of a message other than UPDATE; '' when there are none."""
    if isinstance(event, KeepaliveMessage):
        return "keepalive"
    if isinstance(event, OpenMessage):
        return open_text(event.open)
    if isinstance(event, RefreshMessage):
        return f"route-refresh {event.refresh.words()}"
    if isinstance(event, OperationalMessage):
        return f"operational {escaped(event.operational.words())}"
    if isinstance(event, CapabilityMessage):
        return f"capability {event.change.words()}"
    if isinstance(event, NotificationMessage):
        message = event.notification
        data = notification_data(message, event.direction)
        return f"notification code {message.code} subcode {message.subcode} data 0x{data}"
    return ""


def open_text(message: Open) -> str:
    """The words of an OPEN."""
    capabilities = ", ".join([escaped(value.words()) for value in message.capabilities])
    return (
        f"open version {message.version} asn {message.asn} hold_time {message.hold_time} "
        f"router_id {spell.address(message.router_id)} capabilities [{capabilities}]"
    )


def escaped(text: str) -> str:
    """Text of a peer in printable ASCII."""
    return spell.printable(text).encode("ascii", "backslashreplace").decode("ascii")
