"""The Unix socket on which the daemon takes commands: made for its user alone, and never in the way of a start."""

import fcntl
import os
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet import unix
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.internet.tcp import Port
from twisted.logger import Logger
from twisted.python.failure import Failure

from bgptwist.api.dispatcher import Dispatcher
from bgptwist.net.backlog import Limits
from bgptwist.net.console import ConsoleProtocol, Subscribe, welcome
from bgptwist.net.rendezvous import SUFFIX, Meeting, beside, is_live, is_socket
from bgptwist.wire.errors import Refused

CLIENTS: Final = 32
"""Clients at the same time."""

QUEUE: Final = 50
"""Connections that the kernel keeps for us."""

UMASK: Final = 0o177
"""Nobody but the user may open the socket."""

GRACE: Final = 1.0
"""Seconds for a client to read what is left to tell, at the end."""

TRIES: Final = 20
PAUSE: Final = 0.01
"""How often, and after how many seconds, a lock is tried that another daemon holds for a moment."""


class ConsoleFactory(Factory):
    """Makes a conversation for each client, as long as there are not too many."""

    noisy = False

    def __init__(self, clock: Any, dispatcher: Dispatcher, subscribe: Subscribe, limits: Limits) -> None:
        self._clock = clock
        self._dispatcher = dispatcher
        self._subscribe = subscribe
        self._limits = limits
        self._is_welcome: Callable[[int], bool] = welcome(os.getuid())
        self._number = 0
        self.clients: list[ConsoleProtocol] = []

    def buildProtocol(self, addr: IAddress | None) -> ConsoleProtocol:
        """The protocol of one more client, which may be told that there is no room."""
        self._number += 1
        refusal = f"{CLIENTS} clients are connected, which is all there may be" if self._is_full else ""
        client = ConsoleProtocol(
            self._number, self._dispatcher, self._clock, self._limits, self._subscribe, refusal=refusal
        )
        client.factory = self
        client.is_welcome = self._is_welcome
        if not refusal:
            client.on_left = self.clients.remove
            self.clients.append(client)
        return client

    @property
    def _is_full(self) -> bool:
        return len(self.clients) >= CLIENTS


class ControlPort(unix.Port):
    """A listening socket that takes nothing away but its own file."""

    file: tuple[int, int] = (0, 0)
    """Device and inode of the file that we made."""

    def connectionLost(self, reason: Failure) -> None:
        """Stop to listen; whoever replaced our file keeps the new one."""
        path = os.fsdecode(self._bindPath)
        try:
            if identity(path) == self.file:
                os.unlink(path)
        except OSError:
            # it is gone, or made by root for a daemon that is root no more: the next daemon will replace it
            pass
        Port.connectionLost(self, reason)


class OpenedOnce(ABC, Service):
    """A service that opens something while we may still do what the superuser may, and tries it once."""

    _tried = False

    def privilegedStartService(self) -> None:
        """Open it before the user is changed."""
        self._try()

    def startService(self) -> None:
        """Open it, unless that was done or tried."""
        super().startService()  # type: ignore[no-untyped-call]
        self._try()

    def _try(self) -> None:
        if not self._tried:
            self._tried = True
            self.open()

    @abstractmethod
    def open(self) -> None:
        """Open it; what prevents it is a line in the log."""


class ControlSocket(OpenedOnce):
    """Listens for clients while the daemon runs; a socket that cannot be made is one line in the log."""

    log = Logger()

    def __init__(
        self,
        reactor: Any,
        dispatcher: Dispatcher,
        subscribe: Subscribe,
        meeting: Meeting,
        limits: Limits | None = None,
    ) -> None:
        self._reactor = reactor
        self._meeting = meeting
        self._factory = ConsoleFactory(reactor, dispatcher, subscribe, limits or Limits())
        self._port: Any = None
        self.path: Path | None = None
        """Where the socket is, while there is one."""

    @property
    def clients(self) -> list[ConsoleProtocol]:
        """Who is connected."""
        return self._factory.clients

    def open(self) -> None:
        """Make the socket."""
        try:
            listening, path = made(self._meeting)
        except (OSError, Refused) as error:
            self.log.error("no commands are taken on a Unix socket: {error}", error=error)
            return
        try:
            self._listen(listening, path)
        except Exception as error:
            path.unlink(missing_ok=True)
            self.log.error("no commands are taken on a Unix socket: {error}", error=error)
            return
        finally:
            listening.close()
        self.path = path
        self.log.info("commands are taken at {path}", path=path)

    def _listen(self, listening: socket.socket, path: Path) -> None:
        """Take clients; Twisted has a copy of the socket then."""
        port: Any = ControlPort._fromListeningDescriptor(  # type: ignore[no-untyped-call]
            self._reactor, listening.fileno(), self._factory
        )
        port.file = identity(path)
        port.mode = ~UMASK & 0o777
        port.startListening()
        self._port = port

    def stopService(self) -> "Deferred[Any]":
        """Take the socket away, tell clients what is left to tell; fires when they are gone or do not read."""
        super().stopService()  # type: ignore[no-untyped-call]
        port, self._port = self._port, None
        self.path = None
        ending = [self._dismissed(client) for client in list(self.clients)]
        if port is not None:
            ending.append(maybeDeferred(port.stopListening))
        return DeferredList(ending)

    def _dismissed(self, client: ConsoleProtocol) -> "Deferred[Any]":
        """Fires when a client is gone, which is soon."""
        gone: Deferred[None] = Deferred()
        patience = self._reactor.callLater(GRACE, client.abort)

        def left(protocol: ConsoleProtocol) -> None:
            self.clients.remove(protocol)
            if patience.active():
                patience.cancel()
            gone.callback(None)

        client.on_left = left
        client.leave()
        return gone


def identity(path: Path | str) -> tuple[int, int]:
    """Device and inode of a file."""
    found = os.lstat(path)
    return found.st_dev, found.st_ino


def made(meeting: Meeting) -> tuple[socket.socket, Path]:
    """A listening socket and where it is; OSError or Refused say why there can be none.

    At a path of its own it replaces only what a dead daemon left.  Otherwise a second daemon of the same user has its
    process number in the name.
    """
    fixed = meeting.fixed()
    if fixed is not None:
        with Turn(fixed.parent):
            return bound(fixed), fixed
    folder = meeting.usable()
    if folder is None:
        raise Refused(f"there is no folder for it, expected one of {', '.join(map(str, meeting.folders()))}")
    path = folder / f"{meeting.name}{SUFFIX}"
    with Turn(folder):
        for left in beside(path):
            if is_socket(left) and not is_live(left):
                left.unlink(missing_ok=True)
        if is_live(path):
            path = folder / f"{meeting.name}-{os.getpid()}{SUFFIX}"
        return bound(path), path


def bound(path: Path) -> socket.socket:
    """A socket that listens there, for our user alone."""
    if is_live(path):
        raise Refused(f"another daemon takes commands at {path}")
    if is_socket(path):
        path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(UMASK)
    try:
        listening.bind(os.fspath(path))
        listening.listen(QUEUE)
    except OSError as error:
        listening.close()
        raise Refused(f"{path}: {error.strerror or error}") from None
    finally:
        os.umask(before)
    listening.setblocking(False)
    return listening


class Turn:
    """The folder of the socket is ours for a moment: of two daemons that start together one sees the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle = -1

    def __enter__(self) -> None:
        try:
            self._handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:
            return
        for _ in range(TRIES):
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                time.sleep(PAUSE)

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)
