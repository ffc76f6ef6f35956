"""A client on the Unix socket: the language of helpers, `done` and reasons said, every neighbor within reach.

Beside the commands of helpers it has `events`, which makes the connection a stream of what happens.
"""

import os
import select
import socket
import struct
from collections.abc import Callable
from typing import Any, Final, Protocol

from twisted.internet import protocol
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from bgptwist.api import tail
from bgptwist.api.answers import CONSOLE, Conversation
from bgptwist.api.call import Lines
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.net.backlog import Limits
from bgptwist.net.talk import Talk
from bgptwist.settings.model import ApiSettings
from bgptwist.settings.value import VERSIONS
from bgptwist.wire.errors import BgptwistError

WATCH: Final = 2.0
"""Seconds between two looks at a client that says no more: does it still read?"""

CREDENTIALS: Final = struct.Struct("3i")
"""Process, user and group of the other side, as SO_PEERCRED tells them."""

HELP: Final = f"events [neighbor IP] [json [{'|'.join(VERSIONS)}] | text] [TYPE]..."


class Subscribe(Protocol):
    """`Subscriptions.subscribe`: events from now on, until the function that is returned is called."""

    def __call__(
        self,
        name: str,
        encoder: str,
        version: str,
        wanted: ApiSettings,
        send: Callable[[str], None],
        neighbors: Callable[[str], bool] = ...,
    ) -> Callable[[], None]: ...


@implementer(IHalfCloseableProtocol)
class ConsoleProtocol(Talk, protocol.Protocol):
    """One client.  `on_left(protocol)` is called when the connection is over; `refusal` is all that it is told."""

    kind = "client"

    def __init__(
        self, number: int, dispatcher: Dispatcher, clock: Any, limits: Limits, subscribe: Subscribe, refusal: str = ""
    ) -> None:
        super().__init__(f"{CONSOLE}-{number}", "json", dispatcher, clock, limits)
        self.on_gone = self._leave
        self.on_left: Callable[[ConsoleProtocol], None] = lambda protocol: None
        self.is_welcome: Callable[[int], bool] = lambda user: True
        self._refusal = refusal
        self._subscribe = subscribe
        self._unsubscribe: Callable[[], None] | None = None
        self._dispatch = self._command
        self._command = self._carry_out
        self._channel: Any = None
        self._leaving = False

    def converse(self, dispatcher: Dispatcher) -> Conversation:
        """Whoever may open the socket may command every neighbor; a person wants to know how it went."""
        conversation = dispatcher.converse(self, every=True)
        conversation.ack = conversation.reasons = True
        return conversation

    # ------------------------------------------------------------------ what Twisted calls

    def connectionMade(self) -> None:
        self._channel = self.transport
        self._channel.registerProducer(self, True)
        user = who(self._channel.socket)
        if not self._refusal and not self.is_welcome(user):
            self._refusal = f"user {user} may not give commands here"
            self.log.warn("a client was refused: {reason}", reason=self._refusal)
        if self._refusal:
            self.write(f"error: {self._refusal}")
            self.write("error")
            self._leave()

    def dataReceived(self, data: bytes) -> None:
        if not self._refusal:
            self.heard(data)

    def readConnectionLost(self) -> None:
        """It says no more; it is answered, and events end."""
        self._end_events()
        self.finish()
        self._watch()

    def writeConnectionLost(self) -> None:
        """It reads no more; Twisted calls this for what we close ourselves."""
        self.deafen()

    def connectionLost(self, reason: Failure = protocol.connectionDone) -> None:
        self._end_events()
        self.deafen()
        self._channel = None
        self.finish()
        on_left, self.on_left = self.on_left, lambda protocol: None
        on_left(self)

    # ------------------------------------------------------------------ the connection

    def put(self, octets: bytes) -> None:
        """Write to the client."""
        channel = self._channel
        if channel is not None:
            channel.write(octets)
            if channel.connected and not channel.disconnecting:
                channel.doWrite()

    def listen(self, flag: bool) -> None:
        """Read what it says, or leave it waiting."""
        if self._channel is not None and not self._ended and flag:
            self._channel.resumeProducing()
        elif self._channel is not None and not self._ended:
            self._channel.pauseProducing()

    def leave(self) -> None:
        """Say what was collected and close, whoever reads it."""
        self._end_events()
        self.flush()
        channel = self._channel
        if channel is not None:
            channel.unregisterProducer()
            channel.loseConnection()

    def abort(self) -> None:
        """Close at once."""
        if self._channel is not None:
            self._channel.abortConnection()

    def _leave(self) -> None:
        """All was carried out: close when all was read."""
        self._leaving = True
        self.flush()
        if not self.is_behind:
            self.leave()

    def resumeProducing(self) -> None:
        """The client has read everything."""
        super().resumeProducing()
        if self._leaving and not self.is_behind:
            self.leave()

    def _watch(self) -> None:
        """A client that closed both ways is gone, which nobody tells us who do not read."""
        channel = self._channel
        if channel is None or channel.disconnecting:
            return
        poll = select.poll()
        poll.register(channel.fileno(), 0)
        if any(state & (select.POLLHUP | select.POLLERR) for _, state in poll.poll(0)):
            self.deafen()
            self._channel.unregisterProducer()
            self._channel.loseConnection()
        else:
            self._clock.callLater(WATCH, self._watch)

    # ------------------------------------------------------------------ events

    def _carry_out(self, conversation: Conversation, line: str) -> Lines | None:
        """A line of helpers, or `events`."""
        words = line.split()
        if words[:1] == ["events"]:
            self._tail(conversation, words[1:])
            return None
        return self._dispatch(conversation, line)

    def _tail(self, conversation: Conversation, words: list[str]) -> None:
        """Send events from now on; a second wish replaces the first."""
        try:
            wish = tail.read(words)
        except BgptwistError as error:
            conversation.error(str(error))
            return
        self._end_events()
        conversation.done()
        self._unsubscribe = self._subscribe(self.name, wish.encoder, wish.version, wish.wanted, self.send, wish.hears)

    def _end_events(self) -> None:
        unsubscribe, self._unsubscribe = self._unsubscribe, None
        if unsubscribe is not None:
            unsubscribe()

    def missed(self, count: int) -> None:
        """Events had to be dropped: the client is told how many."""
        super().missed(count)
        if not self._deaf:
            self.write(f"# {count} events were dropped, because they were not read fast enough")


def who(connection: socket.socket) -> int:
    """The number of the user on the other side; -1 where the system does not tell."""
    try:
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    except (AttributeError, OSError):
        return -1
    user: int = CREDENTIALS.unpack(told)[1]
    return user


def welcome(started: int) -> Callable[[int], bool]:
    """Who may command: the superuser, the user we are, the user we were when we were started."""
    return lambda user: user in (0, started, os.geteuid())
