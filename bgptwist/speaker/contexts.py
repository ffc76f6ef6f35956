"""The contexts of all sessions: those that agreed the same things share one, and with it every packing and Path."""

from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.path import PathTable


class Contexts:
    """Finds the context equal to one just negotiated."""

    def __init__(self) -> None:
        self._send: dict[object, SendContext] = {}
        self._receive: dict[object, ReceiveContext] = {}
        self._paths: dict[object, PathTable] = {}

    def send(self, context: SendContext) -> SendContext:
        """The shared context equal to this one."""
        return self._send.setdefault(context.identity, context)

    def receive(self, context: ReceiveContext) -> ReceiveContext:
        """The shared context equal to this one."""
        return self._receive.setdefault(context.identity, context)

    def paths(self, context: ReceiveContext) -> PathTable:
        """The path table of all sessions with that context."""
        table = self._paths.get(context.identity)
        if table is None:
            table = self._paths[context.identity] = PathTable(self.receive(context))
        return table
