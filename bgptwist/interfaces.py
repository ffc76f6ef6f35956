"""Every interface between the packages: how the core reaches outwards, and how the shell is told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from zope.interface import Attribute, Interface


class ISessionDriver(Interface):
    """What a session needs from the connection it lives on."""

    local_address: str = Attribute("our address on this connection, as text")
    peer_address: str = Attribute("the peer's address, as text")
    given: int = Attribute("how many octets it was given to send")
    taken: int = Attribute("how many of these TCP took")

    def send(octets: bytes) -> None:
        """Send whole messages."""

    def send_many(messages: Sequence[bytes]) -> None:
        """Send whole messages with one write."""

    def close() -> None:
        """Send what is waiting, then close; the session hears of it by `Peer.disconnected`."""

    def abort() -> None:
        """Close without sending what is waiting."""

    def set_limit(octets: int) -> None:
        """The longest message to accept from now on (RFC 8654)."""

    def pause_reading() -> None:
        """Take nothing from the peer for now."""

    def resume_reading() -> None:
        """Take messages again."""


class IConnecting(Interface):
    """An outgoing connection that has not come up yet."""

    def cancel() -> None:
        """Stop trying; nothing is reported any more."""


class INetwork(Interface):
    """Where connections come from."""

    def connect(peer: object) -> IConnecting:
        """Connect to the peer; `Peer.connected(driver)` or `Peer.connect_failed(reason)` follows, never within."""


class IEventSink(Interface):
    """Who is told what happened."""

    def publish(event: object) -> None:
        """One of bgptwist.speaker.events."""

    def interest(name: str) -> frozenset[str]:
        """Which events of that neighbor somebody wants.

        Words: `neighbor-changes`, `fsm`, `negotiated`, and `send-TYPE`, `receive-TYPE` with TYPE in
        `open update notification keepalive refresh operational`.  Events of no interest need not be made.
        """


class ICaller(Interface):
    """Who gave a command, and how to answer."""

    name: str = Attribute("the helper's name, for logs and for the right to command a neighbor")
    encoder: str = Attribute("`json` or `text`")

    def write(line: str) -> None:
        """Send one line of output, without newline."""


class IUpdateWriter(Interface):
    """Takes the UPDATEs of the Adj-RIB-Out for one peer."""

    def write_updates(messages: Sequence[bytes]) -> None:
        """Whole messages, in order."""


class ITap(Interface):
    """Sees every message of every session as octets."""

    def message(name: str, direction: str, kind: int, body: bytes) -> None:
        """A message came or went; `direction` is `receive` or `send`."""


class IOriginCheck(Interface):
    """Says whether an origin AS may announce a prefix (RFC 6811)."""

    def verdict(nlri: bytes, origin: int) -> str:
        """`valid`, `invalid` or `not-found`."""


class IPluginContext(Interface):
    """What a plug-in can do: all of it belongs to one start, and ends with `IPlugin.stop`."""

    name: str = Attribute("the name of its section")
    options: Mapping[str, str] = Attribute("the words of each `option`, by its name")
    reactor: object = Attribute("the reactor, for what is not here; what it does with it must end by itself")

    def announce(*words: str, neighbor: str = "") -> bool:
        """Say `announce WORDS`, to one neighbor or to all that it may command; False when it was refused, see the log.

        ValueError for what is not one line.
        """

    def withdraw(*words: str, neighbor: str = "") -> bool:
        """The same with `withdraw`."""

    def command(line: str, receive: Callable[[str], object] | None = None) -> Awaitable[list[str]]:
        """Say any command: a Deferred with its data lines, or with bgptwist.client.CommandRefused.

        A long answer is made in many turns of the reactor; with `receive` each line is given to it, and none is kept.
        """

    def log(text: str, level: str = "info") -> None:
        """A line for the log, with the name of the plug-in; `level` is `debug`, `info`, `warn` or `error`."""

    def call_later(seconds: float, call: Callable[..., object], *arguments: object) -> Callable[[], None]:
        """Call something later, unless the plug-in was stopped before; the function that is returned calls it off."""


class IPlugin(Interface):
    """A program in the daemon; it is made by calling its class without arguments, for each start anew.

    Whatever it raises is logged and counted.  What a method returns may be a Deferred or a coroutine.
    """

    wanted: object = Attribute(
        "bgptwist.settings.model.ApiSettings: of what it is told, where its section says nothing"
    )

    def start(context: IPluginContext) -> object:
        """Begin; the daemon has all its neighbors, though their sessions may not be up."""

    def event(event: object) -> object:
        """One of bgptwist.speaker.events; first, if changes are wanted, the states in which the sessions are."""

    def stop() -> object:
        """End, within seconds; routes that were announced stay unless they are withdrawn here."""
