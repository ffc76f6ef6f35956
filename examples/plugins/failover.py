"""Announces a prefix to one neighbor, and to another one while there is no session with the first.

plugin failover {
    use ../../examples/plugins/failover.py Failover;
    option prefix 198.51.100.0/24;
    option first 192.0.2.10;
    option second 192.0.2.11;
}
"""

from zope.interface import implementer

from bgptwist.interfaces import IPlugin, IPluginContext
from bgptwist.settings.plugin import interest
from bgptwist.speaker.events import StateChanged


@implementer(IPlugin)
class Failover:
    """The first neighbor has the route always; the second one only while it is needed."""

    wanted = interest("neighbor-changes")

    def start(self, context: IPluginContext) -> None:
        self.context = context
        self.route = f"route {context.options['prefix']} next-hop self"
        self.first = context.options["first"]
        self.second = context.options["second"]
        context.announce(self.route, neighbor=self.first)
        context.announce(self.route, neighbor=self.second)

    def event(self, event: object) -> None:
        if isinstance(event, StateChanged) and event.identity.peer_address == self.first:
            if event.state == "up":
                self.context.withdraw(self.route, neighbor=self.second)
            elif event.state == "down":
                self.context.announce(self.route, neighbor=self.second)

    def stop(self) -> None:
        self.context.withdraw(self.route, neighbor=self.first)
        self.context.withdraw(self.route, neighbor=self.second)
