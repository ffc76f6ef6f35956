"""Every interface between the packages: how the core reaches outwards, and how the shell is told."""

from collections.abc import Sequence

from zope.interface import Attribute, Interface


class ISessionDriver(Interface):
    """What a session needs from the connection it lives on."""

    local_address: str = Attribute("our address on this connection, as text")
    peer_address: str = Attribute("the peer's address, as text")

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
