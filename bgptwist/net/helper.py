"""One run of a helper program: what it says is carried out, what it is told waits for it alone (ExaBGP's API, 1)."""

import fcntl
from collections.abc import Callable
from typing import Any, Final

from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from bgptwist.api.dispatcher import Dispatcher
from bgptwist.net.backlog import Limits
from bgptwist.net.talk import Talk, nothing
from bgptwist.wire.spell import printable

PIPE: Final = 1 << 20
"""Octets that the pipe to a helper is asked to hold."""

COMPLAINT: Final = 4096
"""Octets of a line on standard error that are logged as one."""


class HelperProtocol(Talk, ProcessProtocol):
    """Speaks with one process through its pipes.

    `on_closed()` is called when it closed its output, `on_exited()` when it ended, `on_gone()` when in addition all
    that it said was carried out; `on_behind(flag)` when it stops to read or has read everything.
    """

    def __init__(
        self,
        name: str,
        encoder: str,
        dispatcher: Dispatcher,
        clock: Any,
        limits: Limits,
        reasons: bool | None = None,
    ) -> None:
        """`reasons`: whether it is told why a command was refused, None: as all are."""
        super().__init__(name, encoder, dispatcher, clock, limits)
        if reasons is not None:
            self._conversation.reasons = reasons
        self.on_closed: Callable[[], None] = nothing
        self.on_exited: Callable[[Failure], None] = nothing
        self._pipes: dict[int, Any] = {}
        self._stderr = b""

    # ------------------------------------------------------------------ what Twisted calls

    def connectionMade(self) -> None:
        # the pipes are what Twisted's own process transport has beyond its interface
        self._pipes = getattr(self.transport, "pipes", {})
        pipe = self._pipes[0]
        try:
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
        except (AttributeError, OSError):
            pass
        pipe.registerProducer(self, True)

    def childDataReceived(self, childFD: int, data: bytes) -> None:
        if childFD == 1:
            self.heard(data)
        else:
            self._complain(data)

    def childConnectionLost(self, childFD: int) -> None:
        if childFD == 0:
            self.deafen()
        elif childFD == 1:
            self.on_closed()

    def processExited(self, reason: Failure) -> None:
        self.deafen()
        self.on_exited(reason)

    def processEnded(self, reason: Failure) -> None:
        self.deafen()
        self._complain(b"\n" if self._stderr else b"")
        self.finish()

    # ------------------------------------------------------------------ the pipes

    def put(self, octets: bytes) -> None:
        """Write into its standard input."""
        pipe = self._pipes.get(0)
        if pipe is not None:
            pipe.write(octets)
            # what the pipe takes now need not wait for the next turn, nor make the helper look behind
            if pipe.connected and not pipe.disconnecting:
                pipe.doWrite()

    def listen(self, flag: bool) -> None:
        """Read its standard output, or leave it waiting."""
        pipe = self._pipes.get(1)
        if pipe is not None and flag:
            pipe.resumeProducing()
        elif pipe is not None:
            pipe.pauseProducing()

    def _complain(self, data: bytes) -> None:
        """Log what it writes on standard error, line by line."""
        lines = (self._stderr + data).split(b"\n")
        self._stderr = lines.pop()
        while len(self._stderr) > COMPLAINT:
            lines.append(self._stderr[:COMPLAINT])
            self._stderr = self._stderr[COMPLAINT:]
        for line in lines:
            text = printable(line.decode("utf-8", "backslashreplace").rstrip())
            self.log.info("helper {name} says: {text}", name=self.name, text=text)
