"""NOTIFICATION (RFC 4271, 4.5 and 6; RFC 8538, 3; RFC 9003, 2; names of the IANA registries)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import HEADER, NORMAL
from bgptwist.wire.spell import hexadecimal
from bgptwist.wire.values import short_text

CEASE: Final = 6
SHUTDOWN: Final = 2
RESET: Final = 4
HARD_RESET: Final = 9

COMMUNICATION: Final = 128
"""Octets of a shutdown communication that peers of before RFC 9003 take as well."""

CODES: Final[dict[int, str]] = {
    1: "Message Header Error",
    2: "OPEN Message Error",
    3: "UPDATE Message Error",
    4: "Hold Timer Expired",
    5: "Finite State Machine Error",
    6: "Cease",
    7: "ROUTE-REFRESH Message Error",
    8: "Send Hold Timer Expired",
    9: "Loss of LSDB Synchronization",
}

SUBCODES: Final[dict[int, dict[int, str]]] = {
    1: {1: "Connection Not Synchronized", 2: "Bad Message Length", 3: "Bad Message Type"},
    2: {
        1: "Unsupported Version Number",
        2: "Bad Peer AS",
        3: "Bad BGP Identifier",
        4: "Unsupported Optional Parameter",
        5: "Authentication Failure (deprecated)",
        6: "Unacceptable Hold Time",
        7: "Unsupported Capability",
        8: "Grouping Conflict (deprecated)",
        9: "Grouping Required (deprecated)",
        10: "Capability Value Mismatch (deprecated)",
        11: "Role Mismatch",
    },
    3: {
        1: "Malformed Attribute List",
        2: "Unrecognized Well-known Attribute",
        3: "Missing Well-known Attribute",
        4: "Attribute Flags Error",
        5: "Attribute Length Error",
        6: "Invalid ORIGIN Attribute",
        7: "AS Routing Loop (deprecated)",
        8: "Invalid NEXT_HOP Attribute",
        9: "Optional Attribute Error",
        10: "Invalid Network Field",
        11: "Malformed AS_PATH",
    },
    5: {
        1: "Receive Unexpected Message in OpenSent State",
        2: "Receive Unexpected Message in OpenConfirm State",
        3: "Receive Unexpected Message in Established State",
    },
    6: {
        1: "Maximum Number of Prefixes Reached",
        2: "Administrative Shutdown",
        3: "Peer De-configured",
        4: "Administrative Reset",
        5: "Connection Rejected",
        6: "Other Configuration Change",
        7: "Connection Collision Resolution",
        8: "Out of Resources",
        9: "Hard Reset",
        10: "BFD Down",
    },
    7: {1: "Invalid Message Length"},
}


class Notification:
    """Why a session ends; `data` is what the registries say of code and subcode, or whatever the peer put there."""

    def __init__(self, code: int, subcode: int, data: bytes = b"") -> None:
        self.code = code
        self.subcode = subcode
        self.data = data

    def __repr__(self) -> str:
        return f"<Notification {self.code}/{self.subcode} {self.describe()}>"

    def octets(self) -> bytes:
        """The body; data that would make the message too long for any peer is cut."""
        return bytes((self.code, self.subcode)) + self.data[: NORMAL - HEADER - 2]

    def describe(self) -> str:
        """`Cease / Administrative Shutdown`; subcode 0 says nothing that the code does not."""
        name = CODES.get(self.code) or f"unknown code {self.code}"
        if self.subcode == 0:
            return name
        return f"{name} / {SUBCODES.get(self.code, {}).get(self.subcode) or f'unknown subcode {self.subcode}'}"

    @property
    def is_shutdown(self) -> bool:
        """Whether the data may be a shutdown communication."""
        return self.code == CEASE and self.subcode in (SHUTDOWN, RESET)

    @property
    def communication(self) -> str:
        """What the operator of the peer wrote (RFC 9003), '' for nothing or for octets that are no such thing."""
        data = self.data
        if not self.is_shutdown or not data or len(data) != 1 + data[0]:
            return ""
        try:
            return data[1:].decode("utf-8")
        except UnicodeDecodeError:
            return ""

    @property
    def inner(self) -> "Notification | None":
        """The real reason inside a hard reset (RFC 8538, 3), None when there is none."""
        if self.code != CEASE or self.subcode != HARD_RESET or len(self.data) < 2:
            return None
        return Notification(self.data[0], self.data[1], self.data[2:])

    def sentence(self) -> str:
        """The data for people, as ExaBGP words it; '' without data."""
        if self.is_shutdown and self.data:
            return self.shutdown_sentence()
        if all(0x20 <= octet < 0x7F for octet in self.data):
            return self.data.decode("ascii")
        return hexadecimal(self.data)

    def shutdown_sentence(self) -> str:
        """What the data of a shutdown says, sound or not."""
        size, payload = self.data[0], self.data[1:]
        if size == 0:
            return "empty Shutdown Communication."
        if len(payload) < size:
            return f"invalid Shutdown Communication (buffer underrun) length : {size} [{hexadecimal(payload)}]"
        try:
            communication = payload[:size].decode("utf-8")
        except UnicodeDecodeError:
            return f"invalid Shutdown Communication (invalid UTF-8) length : {size} [{hexadecimal(payload)}]"
        trailer = f", trailing data: {hexadecimal(payload[size:])}" if payload[size:] else ""
        line = communication.replace("\r", " ").replace("\n", " ")
        return f'Shutdown Communication: "{line}"{trailer}'


def decode(body: bytes) -> Notification:
    """Malformed when it has no subcode; that must never be answered (RFC 4271, 6.4)."""
    if len(body) < 2:
        raise Malformed(f"a notification of {len(body)} octets", 1, 2, (HEADER + len(body)).to_bytes(2, "big"))
    return Notification(body[0], body[1], body[2:])


def shutdown(text: str, subcode: int = SHUTDOWN, limit: int = COMMUNICATION) -> Notification:
    """An administrative shutdown or reset with what the operator has to say (RFC 9003), at most `limit` octets."""
    communication = short_text.octets(text, min(limit, 255))
    data = bytes((len(communication),)) + communication if communication else b""
    return Notification(CEASE, subcode, data)


def hard_reset(reason: Notification) -> Notification:
    """A reset that no graceful restart survives (RFC 8538, 3)."""
    return Notification(CEASE, HARD_RESET, reason.octets())


def answer(fault: Malformed) -> Notification:
    """The NOTIFICATION that a fault calls for."""
    return Notification(fault.code, fault.subcode, fault.data)
