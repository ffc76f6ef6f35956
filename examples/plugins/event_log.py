"""Writes what happens to a file: a JSON object a line, in files of bounded size.

    plugin journal {
        use ../../examples/plugins/event_log.py EventLog;
        events [ neighbor-changes receive-update receive-notification ];
        option file /var/log/bgptwist/events.json;
        option size 10000000;
        option files 5;
    }

`size` is that of one file in octets; `files` is how many older ones are kept, as FILE.1, FILE.2 ...
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from twisted.python.logfile import LogFile
from zope.interface import implementer

from bgptwist.interfaces import IPlugin, IPluginContext
from bgptwist.settings.plugin import interest
from bgptwist.speaker.events import (
    Event,
    FsmChanged,
    NotificationMessage,
    SignalReceived,
    StateChanged,
    UpdateMessage,
)
from bgptwist.wire.messages.update import Reach, Unreach


def routes(parts: Iterable[Reach | Unreach]) -> list[str]:
    """The routes of an UPDATE."""
    return [f"{part.family.name} {part.family.words(nlri)}" for part in parts for nlri in part.nlris]


def told(event: Event) -> dict[str, Any]:
    """What is special about an event."""
    if isinstance(event, StateChanged):
        return {"state": event.state, "reason": event.reason}
    if isinstance(event, FsmChanged):
        return {"fsm": event.state}
    if isinstance(event, SignalReceived):
        return {"signal": event.signal}
    if isinstance(event, NotificationMessage):
        return {"direction": event.direction, "code": event.notification.code, "subcode": event.notification.subcode}
    if isinstance(event, UpdateMessage):
        return {
            "direction": event.direction,
            "announced": routes(event.update.announced),
            "withdrawn": routes(event.update.withdrawn),
        }
    return {}


@implementer(IPlugin)
class EventLog:
    """One line for each event."""

    wanted = interest("neighbor-changes", "receive-update", "receive-notification")

    def start(self, context: IPluginContext) -> None:
        options = context.options
        self.size = int(options.get("size", "10000000"))
        path = Path(options["file"])
        self.file = LogFile(
            path.name, str(path.parent), rotateLength=self.size, maxRotatedFiles=int(options.get("files", "5"))
        )

    def event(self, event: object) -> None:
        assert isinstance(event, Event)
        identity = event.identity
        line = {"time": event.time, "event": type(event).__name__, "neighbor": identity.peer_address} | told(event)
        self.file.write(json.dumps(line) + "\n")

    def stop(self) -> None:
        self.file.close()
