"""Events as text in the form of ExaBGP 3.4, whose lines do not say which way a message went: it told what came.

What was sent is told in the form of later versions, which its programs pass over.
"""

from typing import Final

from bgptwist.api.encoders.json import PACKET, RAW, header
from bgptwist.api.encoders.text import TextEncoder, message_text
from bgptwist.speaker.events import (
    SEND,
    Event,
    Message,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    UpdateMessage,
)

FORMER: Final = (
    ("update announced flow ", "announced flow "),
    ("update announced ", "announced route "),
    ("update withdrawn ", "withdrawn route "),
    ("update route eor ", "announced route eor "),
)
"""How lines of an UPDATE begin behind the neighbor, and how they did."""


class FormerTextEncoder(TextEncoder):
    """Events as lines of version 3.4."""

    def encode(self, event: Event, form: int) -> tuple[str, str] | None:
        """The lines of an event and nothing; None when text has no form for it."""
        if not isinstance(event, Message) or (event.direction == SEND and not form & PACKET):
            return super().encode(event, form)
        is_told = isinstance(event, UpdateMessage) and not event.body
        start = f"neighbor {event.identity.peer_address}"
        octets = f"header {header(event)} body {event.body.hex().upper()}".removesuffix(" body ")
        if form & PACKET:
            way = "sent" if event.direction == SEND else "received"
            return None if is_told else (f"{start} {way} {event.kind} {octets}\n", "")
        raw = f" {octets}" if form & RAW and not is_told else ""
        if isinstance(event, UpdateMessage):
            inner = self._inner(event, start) + (f"{raw}\n" if raw else "")
            return f"{start} update start\n{inner}{start} update end\n", ""
        if isinstance(event, NotificationMessage):
            said = event.notification
            return f"notification code {said.code} subcode {said.subcode} data {said.data.hex().upper()}\n", ""
        text = message_text(event)
        if not text:
            return None
        if isinstance(event, OpenMessage):
            text = text.replace("open ", "open direction received ", 1)
        end = "" if isinstance(event, OperationalMessage) else "\n"
        return f"{start} {text}{raw}{end}", ""

    def _inner(self, event: UpdateMessage, start: str) -> str:
        """The lines between the first and the last."""
        lines = []
        for line in self.update(event, start).splitlines():
            rest = line.removeprefix(f"{start} ")
            old, new = next(pair for pair in FORMER if rest.startswith(pair[0]))
            lines.append(f"{start} {new}{rest.removeprefix(old)}\n")
        return "".join(lines)
