"""`bgptwist demo`: two speakers in one process, a TCP session between them, a helper program that announces."""

import argparse
import sys
import time
from typing import Any, Final

from twisted.application.reactors import installReactor
from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import globalLogBeginner, textFileLogObserver
from twisted.python.reflect import namedAny
from zope.interface import implementer

from bgptwist.grammar.render import statement
from bgptwist.interfaces import IEventSink
from bgptwist.service import VERSION, Daemon
from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment
from bgptwist.speaker.events import SEND, Agreed, FsmChanged, StateChanged, UpdateMessage
from bgptwist.tools.announcer import COMMANDS
from bgptwist.wire import spell
from bgptwist.wire.errors import WITHDRAW
from bgptwist.wire.messages.update import Reach
from bgptwist.wire.route import Route

RIGHT: Final = """
neighbor 127.0.0.1 {
    router-id 192.0.2.2;
    local-address 127.0.0.1;
    local-as 65000;
    peer-as 65001;
    passive;
    family { ipv4 unicast; ipv6 unicast; }
    capability { route-refresh; }
}
"""

LEFT: Final = """
process announcer {
    run "%(python)s" -u -m bgptwist.tools.announcer;
    encoder json;
}
neighbor 127.0.0.1 {
    router-id 192.0.2.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65000;
    connect %(port)d;
    family { ipv4 unicast; ipv6 unicast; }
    capability { route-refresh; }
    api { processes [ announcer ]; }
}
"""

NEXT: Final = """
What to try next:
  bgptwist decode {update}
      the last UPDATE between the two, as the JSON line a helper gets
  echo 'announce route 203.0.113.0/24 next-hop 192.0.2.1' | bgptwist encode
      the octets of a command
  bgptwist validate -nrv my.conf && bgptwist server my.conf
      your own router: the README has a first my.conf; twistd --nodaemon bgptwist my.conf is the same
"""

STATES: Final = {"OPENSENT": "OpenSent", "OPENCONFIRM": "OpenConfirm"}


@implementer(IEventSink)
class Watcher:
    """Stands before a speaker's event sink and tells a person what happens."""

    def __init__(self, name: str, demo: "Demo", sink: IEventSink) -> None:
        self._name = name
        self._demo = demo
        self._sink = sink
        self._states = ["Idle"]
        self._began = 0.0

    def interest(self, name: str) -> frozenset[str]:
        """Everything that is printed, and what helpers want."""
        return self._sink.interest(name) | {"fsm", "negotiated", "neighbor-changes", "send-update", "receive-update"}

    def publish(self, event: object) -> None:
        """Print an event, then pass it on."""
        if isinstance(event, FsmChanged):
            self._state(event.state)
        elif isinstance(event, Agreed) and self._name == "left":
            families = ", ".join(family.name for family in event.negotiated.families)
            extras = [word for word, agreed in (("4-byte AS", event.negotiated.asn4),) if agreed]
            if event.negotiated.refresh != "absent":
                extras.append("route refresh")
            self._demo.say("", f"agreed: {', '.join([families, *extras])}")
        elif isinstance(event, StateChanged) and event.state == "down":
            self._demo.say(self._name, f"down: {event.reason}")
        elif isinstance(event, UpdateMessage):
            self._update(event)
        self._sink.publish(event)

    def _state(self, state: str) -> None:
        word = STATES.get(state, state.title())
        if word == "Idle":
            self._states = [word]
            return
        if word == "Connect":
            self._began = time.monotonic()
        self._states.append(word)
        if word == "Established":
            took = f"   ({(time.monotonic() - self._began) * 1000:.0f} ms)" if self._began else ""
            self._demo.say(self._name, " > ".join(dict.fromkeys(self._states)) + took)

    def _update(self, event: UpdateMessage) -> None:
        update = event.update
        for reach in update.announced:
            for nlri in reach.nlris:
                route = Route(reach.family, nlri, update.path, reach.next_hop)
                if event.direction == SEND:
                    self._demo.say(self._name, f"announce {statement(route)}")
                else:
                    self._demo.say(self._name, received(reach, nlri, event))
        if event.direction != SEND and update.announced:
            self._demo.update = event.body.hex()
        if update.verdict >= WITHDRAW:
            self._demo.say(self._name, "an UPDATE was malformed")


def received(reach: Reach, nlri: bytes, event: UpdateMessage) -> str:
    """A route as the receiver sees it."""
    words = [f"{value.words()}" for value in event.update.path.attributes() if value.code == 2]
    path = " ".join(words).strip("[ ]")
    return (
        f"received {reach.family.words(nlri)} from AS {event.identity.peer_as}   path {path}   "
        f"next-hop {spell.address(reach.next_hop[:16])}"
    )


class Demo:
    """Both speakers; `status` is 0 once the routes were seen on the right."""

    def __init__(self, reactor: Any, seconds: float | None) -> None:
        self.update = ""
        self._reactor = reactor
        self._seconds = seconds
        self._began = time.monotonic()
        self._told = False
        environment = Environment(tcp_bind=("127.0.0.1",), tcp_port=0)
        self.right = Daemon(
            reactor, load_text(RIGHT, environment), owner=False, watch=lambda sink: Watcher("right", self, sink)
        )
        self.left: Daemon | None = None

    def say(self, who: str, text: str) -> None:
        """One line, with the time since the start."""
        print(f"[{time.monotonic() - self._began:5.2f}s] {who:<6} {text}", flush=True)

    def start(self) -> None:
        """Start the right speaker, then the left one, which needs to know the other's port."""
        print(f"bgptwist {VERSION} demo: two speakers, one process, nothing outside this machine", flush=True)
        self._reactor.addSystemEventTrigger("before", "shutdown", self.stop)
        self.right.privilegedStartService()
        self.right.startService()
        port: int = next(iter(self.right.listeners.ports.values())).getHost().port  # type: ignore[no-untyped-call]
        self.say("right", f"AS 65000  listens on 127.0.0.1 port {port}")
        settings = load_text(LEFT % {"python": sys.executable, "port": port}, Environment())
        self.left = Daemon(self._reactor, settings, owner=False, watch=lambda sink: Watcher("left", self, sink))
        self.say("left", "AS 65001  connects to it; its helper program announces")
        self.left.startService()
        if self._seconds is not None:
            self._reactor.callLater(self._seconds, self._reactor.stop)
        self._look()

    @property
    def held(self) -> set[str]:
        """The prefixes that the right speaker holds."""
        return {
            route.family.words(route.nlri)
            for peer in self.right.speaker.peers.values()
            if peer.incoming is not None
            for route in peer.incoming.routes()
        }

    @property
    def arrived(self) -> bool:
        """Whether everything that the helper announced is held on the right."""
        return {command.split()[2] for command in COMMANDS} <= self.held

    def _look(self) -> None:
        """Say what to try next as soon as everything is there."""
        if self.arrived:
            self._told = True
            print(NEXT.format(update=self.update), flush=True)
            if self._seconds is None:
                print("Ctrl-C ends the demo.", flush=True)
        elif self._reactor.running:
            self._reactor.callLater(0.05, self._look)

    def stop(self) -> Deferred[Any]:
        """End both speakers; the status of the process is decided by what was held until now."""
        self._told = self._told and self.arrived
        daemons = [daemon for daemon in (self.left, self.right) if daemon is not None]
        return DeferredList([daemon.stopService() for daemon in daemons])

    @property
    def status(self) -> int:
        """0 when the routes arrived and were there until the end."""
        return 0 if self._told else 1


def main(words: list[str]) -> int:
    """Run the demo; 0 only if the routes arrived."""
    parser = argparse.ArgumentParser(prog="bgptwist demo", description="Two speakers that talk on 127.0.0.1.")
    parser.add_argument("--for", dest="seconds", type=float, metavar="SECONDS", help="end after so long")
    parser.add_argument("--reactor", help="which reactor of Twisted to use, epoll or asyncio")
    parser.add_argument("-v", "--verbose", action="store_true", help="the log, too")
    found = parser.parse_args(words)
    if found.reactor:
        installReactor(found.reactor)
    observers = [textFileLogObserver(sys.stderr)] if found.verbose else []
    globalLogBeginner.beginLoggingTo(observers, redirectStandardIO=False)
    reactor = namedAny("twisted.internet.reactor")
    demo = Demo(reactor, found.seconds)

    def start() -> None:
        try:
            demo.start()
        except Exception as error:
            print(f"the demo cannot run: {error}", file=sys.stderr)
            reactor.stop()

    reactor.callWhenRunning(start)
    reactor.run()
    print("the routes arrived" if demo.status == 0 else "the routes did not arrive")
    return demo.status
