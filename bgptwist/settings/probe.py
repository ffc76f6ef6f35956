"""The values of a `healthcheck` section: probes, how many must be good, what is announced and how it looks."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from bgptwist.grammar.lexer import Misplaced, Statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.model import CommandProbe, DnsProbe, HttpProbe, Probe, TcpProbe
from bgptwist.wire.attributes.as_path import KIND as AS_PATH
from bgptwist.wire.attributes.communities import KIND as COMMUNITY
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.route import Announcement
from bgptwist.wire.spell import address_octets
from bgptwist.wire.words import Words

KINDS_OF_ANSWERS: Final = ("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT")
LONGEST: Final = 86400
"""Seconds of the longest pause."""
ALL: Final = 0
WHAT: Final = "tcp, http, dns or command"


def decimal(word: str) -> float:
    """Seconds, -1 when the word is no such number."""
    whole, _, part = word.partition(".")
    good = word.isascii() and len(word) < 20 and (whole + part).isdecimal() and bool(whole)
    return float(word) if good else -1.0


def duration(words: Words) -> float:
    """Seconds, with a fraction if need be."""
    wanted = f"seconds from 0.1 to {LONGEST}"
    found = decimal(words.next(wanted))
    if not 0.1 <= found <= LONGEST:
        raise words.wrong(wanted)
    return found


def threshold(words: Words) -> int:
    """How many results in a row."""
    return words.integer(1000, "a number from 1 to 1000", 1)


def metric(words: Words) -> int:
    """A MED."""
    return words.integer(0xFFFFFFFF, "a number from 0 to 4294967295")


def requirement(words: Words) -> int:
    """How many probes must be good: `any` is 1, `all` is 0."""
    named = {"all": ALL, "any": 1}.get(words.peek().lower())
    if named is not None:
        words.next("")
        return named
    return words.integer(1000, "all, any or a number", 1)


def as_path(words: Words) -> str:
    """An AS path in its words."""
    assert AS_PATH.read is not None
    return AS_PATH.read(words).words()


def community(words: Words) -> str:
    """Communities in their words."""
    assert COMMUNITY.read is not None
    return COMMUNITY.read(words).words()


def host_and_port(words: Words, usual: int = 0) -> tuple[str, int]:
    """`HOST:PORT`, `[ADDRESS]:PORT` or `HOST PORT`; the port may be missing where there is a `usual` one."""
    wanted = "an address or a name with a port, like 127.0.0.1:80 or [::1]:80"
    if words.accept("["):
        host = words.next("an IPv6 address")
        words.require("]")
        port = words.next("a port, like :80").removeprefix(":") if words.peek().startswith(":") or not usual else ""
    else:
        host, colon, port = words.next(wanted).rpartition(":")
        if ":" in host or not colon:
            host, port = f"{host}{colon}{port}", ""
            if words.peek().isdecimal():
                port = words.next(wanted)
    number = int(port) if port.isdecimal() and port.isascii() and len(port) < 6 else 0 if port else usual
    if not host or not 1 <= number <= 65535:
        raise words.wrong(wanted)
    return host, number


def tcp(words: Words) -> TcpProbe:
    """`HOST:PORT`."""
    return TcpProbe(*host_and_port(words))


def http(words: Words) -> HttpProbe:
    """`URL [expect STATUS[-STATUS]] [contains TEXT] [host NAME] [insecure]`."""
    wanted = "a URL like http://127.0.0.1/health, in quotes where it has [ ] ; #"
    url = words.next(wanted)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and url.isascii()
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url or (parts.username is not None):
        raise words.wrong(wanted, f"'{url}' is no URL that can be asked")
    fields: dict[str, Any] = {}
    readers: dict[str, Callable[[Words], object]] = {
        "expect": statuses,
        "contains": lambda words: words.next("a text"),
        "host": lambda words: words.next("a host name"),
        "insecure": lambda words: True,
    }
    options(words, readers, fields)
    return HttpProbe(url, **fields)


def statuses(words: Words) -> tuple[int, int]:
    """`200`, or `200-299`."""
    wanted = "a status like 200, or a range like 200-299"
    first, dash, last = words.next(wanted).partition("-")
    found = [int(each) if len(each) == 3 and each.isdecimal() and each.isascii() else 0 for each in (first, last)]
    lowest, highest = found[0], found[1] if dash else found[0]
    if not 100 <= lowest <= highest:
        raise words.wrong(wanted)
    return lowest, highest


def dns(words: Words) -> DnsProbe:
    """`SERVER[:PORT] NAME [TYPE] [expect TEXT]`; the server is an address."""
    start = words.at
    server, port = host_and_port(words, 53)
    try:
        address_octets(server)
    except ValueError:
        raise Misspelt(f"'{server}' is no address", "the address of a server", start) from None
    name = words.next("a name to ask for")
    kind = "A"
    if words.more and words.peek() != "expect":
        wanted = ", ".join(KINDS_OF_ANSWERS)
        kind = words.next(wanted).upper()
        if kind not in KINDS_OF_ANSWERS:
            raise words.wrong(wanted)
    if not name.isascii() or not name.isprintable() or len(name) > 253 or any(len(x) > 63 for x in name.split(".")):
        raise Misspelt(f"'{name}' is no domain name", "a name to ask for", start)
    fields: dict[str, Any] = {}
    options(words, {"expect": lambda words: words.next("what the answer is to be")}, fields)
    return DnsProbe(server, port, name, kind, **fields)


def options(words: Words, readers: dict[str, Callable[[Words], object]], fields: dict[str, Any]) -> None:
    """Words that may follow in any order, each once."""
    while words.more:
        word = words.next("")
        if word not in readers or word in fields:
            raise words.wrong(f"{', '.join(each for each in readers if each not in fields)} or ';'")
        fields[word] = readers[word](words)


def command(words: Words) -> CommandProbe:
    """A program and its arguments; a single quoted text with blanks is for the shell."""
    found = [words.next("a program, or a command in quotes")]
    found += words.words[words.at :]
    words.at = len(words.words)
    if not found[0].strip():
        raise Misspelt("the command is empty", "a program, or a command in quotes", words.at - len(found))
    if len(found) == 1 and len(found[0].split()) > 1:
        return CommandProbe(("/bin/sh", "-c", found[0]))
    return CommandProbe(tuple(found))


PROBES: Final[dict[str, Callable[[Words], Probe]]] = {"tcp": tcp, "http": http, "dns": dns, "command": command}


def probe(words: Words) -> Probe:
    """What is tried, and what it takes to be good."""
    read = PROBES.get(words.next(WHAT))
    if read is None:
        raise words.wrong(WHAT)
    return read(words)


def announced(reader: RouteReader, statement: Statement) -> Announcement:
    """`announce route P ...;` and the other forms of the command; errors are Misplaced."""
    if statement.inner is not None:
        raise Misplaced(statement.mark_place(), "a route of a health check has no block", "';'")
    words = statement.route_words()[1:]
    noun = words[0] if words else ""
    start = 2
    try:
        if noun == "route":
            found = reader.announcement(" ".join(words[1:]))
        elif noun in ("attributes", "attribute"):
            found = reader.attributes(" ".join(words[1:]))
        elif noun == "flow":
            found = reader.flow_route(" ".join(words[1:]))
        elif noun in {family.name.split()[0] for family in FAMILIES}:
            start = 3
            found = reader.family_route(noun, words[1] if len(words) > 1 else "", " ".join(words[2:]))
        else:
            raise Misspelt(f"'{noun}' is nothing to announce", "route, attributes, flow or a family", -1)
    except Misspelt as error:
        raise Misplaced(statement.route_place(error.at + start), error.reason, error.expected) from None
    if found.watchdog or found.held:
        raise Misplaced(statement.place(), "a route of a health check has no watchdog", "a route without 'watchdog'")
    return found
