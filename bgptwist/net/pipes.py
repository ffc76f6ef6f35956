"""Named pipes for commands and answers, as ExaBGP 4 and 5 have them (ExaBGP's API, 7).

NAME.in takes commands, NAME.out gives answers.  Whoever administers the machine makes both; without them nothing
happens.  We hold both ends of both, so a writer may come and go, and answers wait a while for who reads them.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from twisted.internet import fdesc
from twisted.internet.abstract import FileDescriptor
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from bgptwist.api.answers import CONSOLE, Conversation
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.net.backlog import Limits
from bgptwist.net.control import OpenedOnce
from bgptwist.net.rendezvous import pipes
from bgptwist.net.talk import Talk

PATIENCE: Final = 5.0
"""Seconds for which answers that nobody reads hold up the commands that follow; ExaBGP's client waits as long."""

MODE: Final = os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC
"""A pipe with both ends open at ours never ends and never breaks."""


class Pipe(FileDescriptor):
    """One named pipe under the eyes of the reactor."""

    def __init__(self, reactor: Any, path: Path, heard: Callable[[bytes], None]) -> None:
        super().__init__(reactor)
        self._heard = heard
        self._number = os.open(path, MODE)
        self.connected = 1

    def fileno(self) -> int:
        """The number of the open file, -1 after the end."""
        return self._number

    def doRead(self) -> object:
        """Hand over what was written into it."""
        return fdesc.readFromFD(self._number, self._heard)

    def writeSomeData(self, data: bytes) -> int | BaseException:
        """Write as much as there is room for."""
        written: int | BaseException = fdesc.writeToFD(self._number, data)
        return written

    def pour_away(self) -> None:
        """Throw away what nobody read, and what waits behind it."""
        self.dataBuffer, self.offset = b"", 0
        self._tempDataBuffer: list[bytes] = []
        self._tempDataLen = 0
        try:
            while os.read(self._number, 65536):
                continue
        except OSError:
            # the pipe is empty: the reactor will find that there is room, and nothing to write
            return

    def connectionLost(self, reason: Failure) -> None:
        """Close it."""
        super().connectionLost(reason)  # type: ignore[no-untyped-call]
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)


class PipeTalk(Talk):
    """The conversation through a pair of pipes, whoever uses them."""

    kind = "pipe"

    def __init__(self, reactor: Any, dispatcher: Dispatcher, limits: Limits, pair: tuple[Path, Path]) -> None:
        super().__init__(f"{CONSOLE}-pipe", "text", dispatcher, reactor, limits)
        self._patience: IDelayedCall | None = None
        self._written = 0
        self._commands = Pipe(reactor, pair[0], self.heard)
        try:
            self._answers = Pipe(reactor, pair[1], lambda data: None)
        except OSError:
            os.close(self._commands.fileno())
            raise
        self._answers.registerProducer(self, True)
        self._commands.startReading()  # type: ignore[no-untyped-call]

    def converse(self, dispatcher: Dispatcher) -> Conversation:
        """Its name gives it every neighbor; clients wait for `done` or `error`."""
        conversation = dispatcher.converse(self, every=True)
        conversation.ack = True
        return conversation

    def put(self, octets: bytes) -> None:
        """Write an answer."""
        self._answers.write(octets)
        if self._answers.connected:
            self._answers.doWrite()  # type: ignore[no-untyped-call]

    def listen(self, flag: bool) -> None:
        """Read commands, or leave them waiting."""
        if flag:
            self._commands.resumeProducing()  # type: ignore[no-untyped-call]
        else:
            self._commands.pauseProducing()  # type: ignore[no-untyped-call]

    def pauseProducing(self) -> None:
        """Nobody reads the answers, for now."""
        super().pauseProducing()
        if self._patience is None:
            self._patience = self._clock.callLater(PATIENCE, self._look)

    def resumeProducing(self) -> None:
        """All answers are in the pipe."""
        self._end_patience()
        super().resumeProducing()

    def _look(self) -> None:
        """Forget the answers when nobody reads them, so that the next client is served."""
        self._patience = None
        if not self.is_behind:
            return
        waiting = len(self._answers.dataBuffer) - self._answers.offset + self.answers.size
        if waiting != self._written:
            # somebody reads, or more is said
            self._written = waiting
            self._patience = self._clock.callLater(PATIENCE, self._look)
            return
        self.log.info("answers in the pipe {name} were thrown away: nobody reads them", name=self.name)
        self.forget()
        self._answers.pour_away()

    def _end_patience(self) -> None:
        patience, self._patience = self._patience, None
        if patience is not None and patience.active():
            patience.cancel()

    def close(self) -> None:
        """Write what was collected, as far as it goes, and close both."""
        self.flush()
        self.deafen()
        self._end_patience()
        for pipe in (self._commands, self._answers):
            pipe.stopReading()  # type: ignore[no-untyped-call]
            pipe.stopWriting()  # type: ignore[no-untyped-call]
            pipe.connectionLost(Failure(ConnectionError("the daemon ends")))


class CommandPipes(OpenedOnce):
    """Serves the pipes while the daemon runs, if there are any."""

    log = Logger()

    def __init__(self, reactor: Any, dispatcher: Dispatcher, name: str, folders: list[Path]) -> None:
        self._reactor = reactor
        self._dispatcher = dispatcher
        self._name = name
        self._folders = folders
        self.talk: PipeTalk | None = None

    def open(self) -> None:
        """Open them, if they are there."""
        pair = pipes(self._name, self._folders)
        if pair is None:
            # nobody wants them, and nobody is told to
            return
        try:
            self.talk = PipeTalk(self._reactor, self._dispatcher, Limits(), pair)
        except OSError as error:
            self.log.error("no commands are taken from {pipe}: {error}", pipe=pair[0], error=error)
            return
        self.log.info("commands are taken from {pipe}", pipe=pair[0])

    def stopService(self) -> None:
        """Close them."""
        super().stopService()  # type: ignore[no-untyped-call]
        talk, self.talk = self.talk, None
        if talk is not None:
            talk.close()
