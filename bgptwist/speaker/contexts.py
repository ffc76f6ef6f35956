"""The contexts of all sessions: those that agreed the same things share one, and with it every packing and Path."""

from typing import Final

from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.path import Generations, PathTable

REMEMBERED: Final = 500
"""Contexts of each direction in one generation: peers of a range may agree whatever they like, again and again."""

TABLES: Final = 100
"""Tables of paths in one generation; a session keeps the one that it began with."""


class Contexts:
    """Finds the context equal to one just negotiated, unless too many others came in between."""

    def __init__(self) -> None:
        self._send: Generations[object, SendContext] = Generations(REMEMBERED)
        self._receive: Generations[object, ReceiveContext] = Generations(REMEMBERED)
        self._paths: Generations[object, PathTable] = Generations(TABLES)

    def send(self, context: SendContext) -> SendContext:
        """The shared context equal to this one."""
        found = self._send.get(context.identity)
        if found is None:
            found = context
            self._send.put(context.identity, context)
        return found

    def receive(self, context: ReceiveContext) -> ReceiveContext:
        """The shared context equal to this one."""
        found = self._receive.get(context.identity)
        if found is None:
            found = context
            self._receive.put(context.identity, context)
        return found

    def paths(self, context: ReceiveContext) -> PathTable:
        """The path table of all sessions with that context."""
        table = self._paths.get(context.identity)
        if table is None:
            table = PathTable(self.receive(context))
            self._paths.put(context.identity, table)
        return table
