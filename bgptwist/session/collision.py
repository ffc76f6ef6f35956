"""Which of two connections to one peer is kept (RFC 4271, 6.8; RFC 6286, 2.3; RFC 4724, 5)."""

from enum import Enum


class Survivor(Enum):
    """Whose connection goes on."""

    OURS = "the connection we opened"
    THEIRS = "the connection the peer opened"


def survivor(local_id: bytes, peer_id: bytes, local_as: int, peer_as: int) -> Survivor:
    """The connection opened by the side with the higher identifier, or among equal ones the higher AS number.

    Identifiers are the four octets of the OPENs.  Two speakers of one AS cannot have one identifier, so the last
    case, both equal, never reaches us: that OPEN was refused.
    """
    if local_id != peer_id:
        return Survivor.OURS if local_id > peer_id else Survivor.THEIRS
    return Survivor.OURS if local_as >= peer_as else Survivor.THEIRS


def replaces_established(peer_restarts: bool, agreed_restart: bool) -> bool:
    """Whether a new connection takes the place of an established session instead of being refused.

    A peer whose OPEN has the restart bit set has lost the old connection without our noticing (RFC 4724, 5);
    `agreed_restart` says that both sides announced graceful restart on the established session.
    """
    return peer_restarts and agreed_restart
