"""`bgptwist decode`: BGP messages in hexadecimal to JSON events, one line each."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Final

from bgptwist.api.encoders.dialects import Dialect, dialect_of
from bgptwist.api.encoders.json import encode_message
from bgptwist.speaker.events import (
    KeepaliveMessage,
    Message,
    NotificationMessage,
    OpenMessage,
    OperationalMessage,
    RefreshMessage,
    UpdateMessage,
)
from bgptwist.tools.reflection import Reflection, any_neighbor, environment, settings_of
from bgptwist.wire.errors import BgptwistError, Malformed
from bgptwist.wire.families import link_state
from bgptwist.wire.framing import HEADER, KEEPALIVE, MARKER, NOTIFICATION, OPEN, OPERATIONAL, ROUTE_REFRESH, UPDATE
from bgptwist.wire.messages import notification, operational, refresh
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import update as updates
from bgptwist.wire.registry import BY_CODE, BY_NAME

DIRECTION: Final = "in"
LINK_STATE_AFI: Final = 16388


def octets_of(text: str) -> bytes:
    """Hexadecimal with blanks, colons or 0x; ValueError when it is none."""
    digits = "".join(text.split()).replace(":", "")
    return bytes.fromhex(digits.removeprefix("0x"))


def messages(octets: bytes, kind: int) -> Iterator[tuple[int, bytes]]:
    """Type and body of each message, one after the other with their headers, or of one body without header."""
    if octets[:16] != MARKER or len(octets) < HEADER:
        yield kind, octets
        return
    while octets:
        size = int.from_bytes(octets[16:18], "big")
        if octets[:16] != MARKER or not HEADER <= size <= len(octets):
            raise Malformed(f"the header of {len(octets)} octets does not fit", 1, 2)
        yield octets[HEADER - 1], octets[HEADER:size]
        octets = octets[size:]


def event(kind: int, body: bytes, reflection: Reflection) -> Message:
    """The event of one message; Malformed when it cannot be read."""
    about = (reflection.identity, time.time(), DIRECTION, kind, body, None)
    if kind == UPDATE:
        update = updates.decode(body, reflection.receive, reflection.paths)
        return UpdateMessage(*about, update, reflection.receive)
    if kind == OPEN:
        return OpenMessage(*about, opens.decode(body, BY_CODE))
    if kind == NOTIFICATION:
        return NotificationMessage(*about, notification.decode(body))
    if kind == ROUTE_REFRESH:
        return RefreshMessage(*about, refresh.decode(body))
    if kind == OPERATIONAL:
        return OperationalMessage(*about, operational.decode(body))
    if kind == KEEPALIVE:
        return KeepaliveMessage(*about)
    raise Malformed(f"message type {kind} cannot be shown", 1, 3)


def routes(octets: bytes, family: str, reflection: Reflection, dialect: Dialect) -> str:
    """The JSON objects of an NLRI field, one a line."""
    known = BY_NAME[family or "ipv4 unicast"]
    form = reflection.receive.families.get(known.index, known)
    if known.afi == LINK_STATE_AFI:
        octets = link_state.clamp(octets, 4 if form.path_id else 0)
    special = dialect.nlris.get(known.index)
    return "\n".join(
        form.json(nlri) if special is None else special(form, nlri, "") for nlri in form.split(octets, 0, len(octets))
    )


def shown(text: str, found: argparse.Namespace, reflection: Reflection, dialect: Dialect) -> str:
    """The lines for a text in hexadecimal, as the options say."""
    octets = octets_of(text)
    if found.kind == 0:
        return routes(octets, found.family, reflection, dialect)
    events = [event(kind, body, reflection) for kind, body in messages(octets, found.kind or UPDATE)]
    return "\n".join([encode_message(each, dialect) for each in events])


def play(lines: Iterable[str], found: argparse.Namespace, reflection: Reflection, dialect: Dialect) -> int:
    """Decode each line; what cannot be read is told on the standard error."""
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            print(shown(line, found, reflection, dialect), flush=True)
        except (ValueError, Malformed) as error:
            print(f"line {number}: {reason(error)}", file=sys.stderr)
            status = 1
    return status


def reason(error: Exception) -> str:
    """Why a message cannot be shown."""
    return f"invalid payload: {error}" if isinstance(error, Malformed) else f"invalid hexadecimal: {error}"


def arguments(words: list[str]) -> argparse.Namespace:
    """The options and the message."""
    parser = argparse.ArgumentParser(prog="bgptwist decode", description="BGP messages in hexadecimal to JSON.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("-u", "--update", action="store_const", dest="kind", const=UPDATE, help="an UPDATE (default)")
    kind.add_argument("-o", "--open", action="store_const", dest="kind", const=OPEN, help="an OPEN")
    kind.add_argument("-n", "--nlri", action="store_const", dest="kind", const=0, help="the routes of one family")
    parser.add_argument("-f", "--family", default="", help="the family agreed, 'ipv4 unicast'; default: all")
    parser.add_argument("-i", "--path-information", action="store_true", help="ADD-PATH was agreed")
    parser.add_argument("-c", "--configuration", metavar="FILE", help="decode as the first neighbor of this file would")
    parser.add_argument("message", nargs="*", help="hexadecimal, with or without header; none: lines of standard input")
    found = parser.parse_args(words)
    if found.family and found.family not in BY_NAME:
        parser.error(f"family '{found.family}' is not known, there are: {', '.join(sorted(BY_NAME))}")
    return found


def main(words: list[str]) -> int:
    """Print events; 0 when all messages could be read."""
    found = arguments(words)
    try:
        surroundings = environment()
        neighbor = any_neighbor(surroundings, found.family, found.path_information)
        if found.configuration:
            neighbors = settings_of(found.configuration).neighbors
            if not neighbors:
                print(f"{found.configuration}: there is no neighbor", file=sys.stderr)
                return 1
            neighbor = neighbors[0]
    except BgptwistError as error:
        print(error, file=sys.stderr)
        return 1
    reflection = Reflection(neighbor, surroundings)
    dialect = dialect_of(surroundings)
    if not found.message:
        return play(sys.stdin, found, reflection, dialect)
    try:
        print(shown("".join(found.message), found, reflection, dialect))
    except (ValueError, Malformed) as error:
        print(reason(error), file=sys.stderr)
        return 1
    return 0
