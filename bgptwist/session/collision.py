"""Which of two connections to one peer is kept (RFC 4271, 6.8; RFC 6286, 2.3; RFC 4724, 5)."""

from enum import Enum
from typing import Final

from bgptwist.session.fsm import Input, Session, State

RANKS: Final = {
    State.CLOSED: 0,
    State.CONNECT: 1,
    State.OPEN_SENT: 2,
    State.OPEN_CONFIRM: 3,
    State.ESTABLISHED: 4,
}


def rank(session: Session) -> int:
    """How far a session has come."""
    return RANKS[session.state]


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


def resolve(session: Session, other: Session) -> None:
    """End one of two: a session whose OPEN just came, or the other one."""
    negotiated, before = session.negotiated, other.negotiated
    assert negotiated is not None
    if other.state is State.ESTABLISHED:
        if replaces_established(negotiated.peer_restarting, before is not None and before.graceful_restart):
            other.feed(Input.CONNECTION_LOST, "the peer restarted and opened another")
        else:
            session.feed(Input.COLLISION)
    elif other.state is State.OPEN_CONFIRM:
        local = negotiated.local
        kept = survivor(local.router_id, negotiated.router_id, negotiated.local_as, negotiated.peer_as)
        loser = other if session.ours is (kept is Survivor.OURS) else session
        loser.feed(Input.COLLISION)


def replaces_established(peer_restarts: bool, agreed_restart: bool) -> bool:
    """Whether a new connection takes the place of an established session instead of being refused.

    A peer whose OPEN has the restart bit set has lost the old connection without our noticing (RFC 4724, 5);
    `agreed_restart` says that both sides announced graceful restart on the established session.
    """
    return peer_restarts and agreed_restart
