"""Tells some neighbors to drop what is sent to some addresses: those in a file, and those that a trusted peer names.

    plugin blackhole {
        use ../../examples/plugins/blackhole.py Blackhole;
        option community 65001:666;
        option trusted 192.0.2.10;
        option others 192.0.2.11 192.0.2.12;
        option file /run/bgptwist/blackhole;
        option most 1000;
    }

A route of the trusted peer that has the community is announced to the others with BLACKHOLE (RFC 7999) until the peer
withdraws it or its session ends.  The file has an address or prefix a line, and is looked at every second.
"""

from collections.abc import Iterable
from pathlib import Path

from zope.interface import implementer

from bgptwist.interfaces import IPlugin, IPluginContext
from bgptwist.settings.plugin import interest
from bgptwist.speaker.events import StateChanged, UpdateMessage
from bgptwist.wire.attributes.communities import Communities
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.messages.update import Reach, Unreach, Update

LONGEST = 1 << 20
"""Octets of the file."""


def prefixes(parts: Iterable[Reach | Unreach]) -> set[str]:
    """The prefixes of an UPDATE."""
    return {
        part.family.words(nlri) for part in parts if part.family in (IPV4_UNICAST, IPV6_UNICAST) for nlri in part.nlris
    }


@implementer(IPlugin)
class Blackhole:
    """Why a prefix is dropped: `asked` by the peer, or `listed` in the file; once for both."""

    wanted = interest("neighbor-changes", "receive-update")

    def start(self, context: IPluginContext) -> None:
        self.context = context
        self.community = context.options["community"]
        self.trusted = context.options.get("trusted", "")
        self.others = context.options["others"].split()
        self.file = context.options.get("file", "")
        self.most = int(context.options.get("most", "1000"))
        self.asked: set[str] = set()
        self.listed: set[str] = set()
        self.dropped: set[str] = set()
        self.too_many = False
        self.seen: object = None
        if self.file:
            self.look()

    # ------------------------------------------------------------------ the peer

    def event(self, event: object) -> None:
        if isinstance(event, StateChanged) and event.identity.peer_address == self.trusted:
            if event.state == "down":
                self.change(set(), self.listed)
        elif isinstance(event, UpdateMessage) and event.identity.peer_address == self.trusted:
            gone = prefixes(event.update.withdrawn) | prefixes(event.update.announced)
            self.change(self.asked - gone | self.named(event.update), self.listed)

    def named(self, update: Update) -> set[str]:
        """The prefixes that an UPDATE wants dropped."""
        for attribute in update.path.attributes():
            if isinstance(attribute, Communities) and self.community in attribute.words().strip("[] ").split():
                return prefixes(update.announced)
        return set()

    # ------------------------------------------------------------------ the file

    def look(self) -> None:
        """Read the file again if it has changed."""
        self.context.call_later(1.0, self.look)
        path = Path(self.file)
        try:
            status = path.stat()
            now = status.st_mtime_ns, status.st_size, status.st_ino
            if now == self.seen:
                return
            with path.open(errors="replace") as stream:
                words = [word for word in stream.read(LONGEST).split() if word.isascii()]
        except FileNotFoundError:
            now, words = None, []
        self.seen = now
        self.change(self.asked, {word if "/" in word else f"{word}/{128 if ':' in word else 32}" for word in words})

    # ------------------------------------------------------------------ both

    def change(self, asked: set[str], listed: set[str]) -> None:
        """Announce what is new and withdraw what is no longer wanted."""
        self.asked, self.listed = asked, listed
        wanted = asked | listed
        too_many = len(wanted) > self.most
        if too_many and not self.too_many:
            self.context.log(f"{len(wanted)} prefixes, only {self.most} are dropped", "warn")
        self.too_many = too_many
        if too_many:
            wanted = set(sorted(wanted)[: self.most])
        for prefix in sorted(self.dropped - wanted):
            for neighbor in self.others:
                self.context.withdraw(f"route {prefix}", neighbor=neighbor)
        for prefix in sorted(wanted - self.dropped):
            for neighbor in self.others:
                self.context.announce(
                    f"route {prefix} next-hop self community [ blackhole no-export ]", neighbor=neighbor
                )
        self.dropped = wanted

    def stop(self) -> None:
        self.change(set(), set())
