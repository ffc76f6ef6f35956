"""The values of statements: what each accepts, and what it is afterwards (configuration, 3 and 5)."""

import re
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from bgptwist.grammar.route import ALIASES
from bgptwist.settings.model import PrefixLimit
from bgptwist.wire.capabilities import role as roles
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages import operational
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.registry import FAMILIES, family
from bgptwist.wire.spell import address as spelt
from bgptwist.wire.spell import address_octets, ipv4_octets
from bgptwist.wire.values import asn
from bgptwist.wire.values.tree import raw_octets
from bgptwist.wire.words import Words, number

BOOLEANS: Final = {
    **dict.fromkeys(("true", "enable", "enabled", "yes", "1"), True),
    **dict.fromkeys(("false", "disable", "disabled", "no", "0"), False),
}
"""Those of both generations, in any case."""

AFIS: Final = {"ipv4": 1, "ipv6": 2}
TTL_OFF: Final = ("disable", "false")
MD5_LONGEST: Final = 80
KEY_ALGORITHMS: Final = ("hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256")
HOST_LONGEST: Final = 255
RECEIVE: Final = 1
SEND: Final = 2
ADD_PATH: Final = {
    "disable": 0,
    "disabled": 0,
    "false": 0,
    "receive": RECEIVE,
    "send": SEND,
    "send/receive": SEND | RECEIVE,
}
ALL_FAMILIES: Final = "all"
NAME: Final = re.compile(r"[A-Za-z0-9._-]+\Z")
DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
ENCODERS: Final = ("json", "text")
VERSIONS: Final = ("3.4", "4", "5", "6", "6-as-4")
"""Of the API, as events and answers are written."""
EVENTS: Final = (
    *("neighbor-changes", "fsm", "negotiated", "signal"),
    *(
        f"{direction}-{kind}"
        for direction in ("receive", "send")
        for kind in ("open", "update", "notification", "keepalive", "refresh", "operational")
    ),
)
HOST_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")


class Range(NamedTuple):
    """One peer, or with a length the peers of a range."""

    address: str
    length: int | None


def boolean(words: Words) -> bool:
    """`true enable enabled yes 1`, `false disable disabled no 0`."""
    found = BOOLEANS.get(words.next("true or false").lower())
    if found is None:
        raise words.wrong("true or false")
    return found


def boolean_or_auto(words: Words) -> bool | None:
    """A boolean; None for `auto`."""
    if words.peek().lower() == "auto":
        words.next("")
        return None
    return boolean(words)


def asn_or_auto(words: Words) -> int | None:
    """An AS number; None for `auto`."""
    if words.peek().lower() == "auto":
        words.next("")
        return None
    found = asn.read(words)
    if found == asn.AS_TRANS:
        raise words.wrong("another AS number", f"AS {found} stands for others and is nobody's (RFC 6793)")
    return found


def address(words: Words) -> str:
    """An address in its canonical form."""
    word = words.next("an address")
    try:
        return spelt(address_octets(word))
    except ValueError:
        raise words.wrong("an address", f"'{word}' is no address") from None


def address_or_auto(words: Words) -> str:
    """An address; '' for `auto`."""
    if words.peek().lower() == "auto":
        words.next("")
        return ""
    return address(words)


def ipv4(words: Words) -> str:
    """Four numbers with dots."""
    word = words.next("an IPv4 address")
    try:
        return spelt(ipv4_octets(word))
    except ValueError:
        raise words.wrong("an IPv4 address", f"'{word}' is no IPv4 address") from None


def link_local(words: Words) -> str:
    """An address of fe80::/10."""
    found = address(words)
    octets = address_octets(found)
    if len(octets) != 16 or octets[0] != 0xFE or octets[1] & 0xC0 != 0x80:
        raise words.wrong("an address of fe80::/10", f"'{found}' is not link-local")
    return found


def peer(words: Words) -> Range:
    """The address of a neighbor, or a range of addresses; its host bits stay as they are."""
    word = words.next("an address")
    text, slash, length = word.partition("/")
    try:
        octets = address_octets(text)
    except ValueError:
        raise words.wrong("an address", f"'{word}' is no address") from None
    if not slash:
        return Range(spelt(octets), None)
    bits = number(length) if length.isdecimal() else -1
    if not 0 <= bits <= len(octets) * 8:
        raise words.wrong(f"a length from 0 to {len(octets) * 8}", f"'{word}' is no range of addresses")
    return Range(spelt(octets), None if bits == len(octets) * 8 else bits)


def hold_time(words: Words) -> int:
    """Seconds: 0, or 3 and more (RFC 4271, 4.2)."""
    wanted = "0, or a number from 3 to 65535"
    found = words.integer(65535, wanted)
    if found in (1, 2):
        raise words.wrong(wanted)
    return found


def port(words: Words) -> int:
    """A TCP port."""
    return words.integer(65535, "a port from 1 to 65535", 1)


def port_or_none(words: Words) -> int:
    """A TCP port, or 0 for none."""
    return words.integer(65535, "a port from 1 to 65535, or 0 for none")


def ttl(words: Words) -> int:
    """0 to 255; 0 for `disable`."""
    wanted = "a number from 0 to 255, or disable"
    if words.peek().lower() in TTL_OFF:
        words.next(wanted)
        return 0
    return words.integer(255, wanted)


def rate_limit(words: Words) -> int:
    """Updates a second; 0 for `disable`."""
    wanted = "a number of at least 1, or disable"
    if words.peek().lower() in TTL_OFF:
        words.next(wanted)
        return 0
    return words.integer(1 << 31, wanted, 1)


def text(words: Words) -> str:
    """Everything up to the `;`: a word, a quoted text, or words that are joined."""
    found = " ".join(words.words[words.at :])
    words.at = len(words.words)
    return found


def word(words: Words) -> str:
    """One word that is not empty."""
    found = words.next("a word")
    if not found:
        raise words.wrong("a word", "the word is empty")
    return found


def path(words: Words) -> str:
    """The name of a file."""
    found = words.next("the name of a file")
    if not found:
        raise words.wrong("the name of a file", "the name of the file is empty")
    return found


def optional_word(words: Words) -> str:
    """One word, which may be empty."""
    return words.next("a word")


def name(words: Words) -> str:
    """Letters, digits, dots, hyphens and underscores."""
    wanted = "a name of letters, digits, '.', '_' and '-'"
    found = words.next(wanted)
    if not NAME.match(found):
        raise words.wrong(wanted, f"'{found}' is no name")
    return found


def password(words: Words) -> str:
    """A password of at most 80 octets; in base64 it may be longer before it is decoded."""
    wanted = f"a password of 1 to {MD5_LONGEST} characters"
    found = words.next(wanted)
    if not found:
        raise words.wrong(wanted, "the password is empty")
    if words.more:
        raise Misspelt("the password is several words", "quotes around it", words.at)
    return found


def key_id(words: Words) -> int:
    """A KeyID of TCP-AO (RFC 5925, 2.2)."""
    return words.integer(255, "a number from 0 to 255")


def key_algorithm(words: Words) -> str:
    """How TCP-AO signs: two ways of RFC 5926, and SHA-256."""
    wanted = ", ".join(KEY_ALGORITHMS)
    found = words.next(wanted).lower()
    if found not in KEY_ALGORITHMS:
        raise words.wrong(wanted)
    return found


def host_name(words: Words) -> str:
    """A host name of at most 255 characters."""
    wanted = "a name of letters, digits, '.' and '-'"
    found = words.next(wanted)
    if len(found) > HOST_LONGEST:
        raise words.wrong(f"at most {HOST_LONGEST} characters", "the name is too long")
    if not HOST_NAME.match(found) or ".." in found:
        raise words.wrong(wanted, f"'{found}' is no host name")
    return found


def names(words: Words) -> tuple[str, ...]:
    """One name, or `[ a b ]` with or without commas."""
    return tuple(words.items("a name", commas=True))


def patterns(words: Words) -> tuple[str, ...]:
    """One regular expression, or `[ a b ]`."""
    start = words.at
    found = words.items("a regular expression", commas=True)
    for index, pattern in enumerate(found):
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise Misspelt(f"'{pattern}' is no regular expression: {error}", "", start + index + 1) from None
    return tuple(found)


def graceful_restart(words: Words) -> int | None:
    """Seconds in twelve bits (RFC 4724, 3); 0 is the hold time, None is `disable`."""
    wanted = "a number from 0 to 4095, or disable"
    if BOOLEANS.get(words.peek().lower()) is False and words.peek() != "0":
        words.next(wanted)
        return None
    return words.integer(4095, wanted)


def long_lived(words: Words) -> int | None:
    """Seconds in three octets (RFC 9494, 3.1); None is `disable`."""
    wanted = "a number from 1 to 16777215, or disable"
    if BOOLEANS.get(words.peek().lower()) is False:
        words.next(wanted)
        return None
    return words.integer(0xFFFFFF, wanted, 1)


def role(words: Words) -> int:
    """One of the five roles (RFC 9234, 4.1)."""
    wanted = ", ".join(roles.NAMES)
    word = words.next(wanted).lower()
    if word not in roles.NAMES:
        raise words.wrong(wanted)
    return roles.NAMES.index(word)


def labels(words: Words) -> int:
    """How many labels (RFC 8277, 2.1); 0 for `disable`."""
    wanted = "a number from 2 to 255, or disable"
    if BOOLEANS.get(words.peek().lower()) is False:
        words.next(wanted)
        return 0
    return words.integer(255, wanted, 2)


def capability_codes(words: Words) -> tuple[int, ...] | None:
    """`[ 1 64 ]`, the capabilities that may change; none for `enable`, None for `disable`."""
    word = words.peek().lower()
    if word in BOOLEANS and not word.isdecimal():
        words.next("")
        return () if BOOLEANS[word] else None
    start = words.at
    found = [number(item) for item in words.items("a capability code", commas=True)]
    for index, code in enumerate(found):
        if not 0 <= code <= 255:
            raise Misspelt("there is no such code", "a number from 0 to 255", start + index + 1)
    return tuple(found)


def capability(words: Words) -> tuple[int, bytes]:
    """`[ CODE 0xOCTETS ]`, a capability as it stands in OPEN; without octets it is empty."""
    words.require("[")
    code = words.integer(255, "a capability code from 1 to 255", 1)
    value = b"" if words.peek() == "]" else raw_octets(words.next("0x and hexadecimal digits"), words)
    if len(value) > 255:
        raise words.wrong("at most 255 octets", f"the capability has {len(value)} octets")
    words.require("]")
    return code, value


class OperationalReader:
    """Reads the words of an OPERATIONAL message behind its type."""

    def __init__(self, kind: int) -> None:
        self.kind = kind

    def __call__(self, words: Words) -> Operational:
        return operational.read(self.kind, words)


def add_path(words: Words) -> int:
    """`disable receive send send/receive` (RFC 7911, 4)."""
    wanted = "disable, receive, send or send/receive"
    found = ADD_PATH.get(words.next(wanted).lower())
    if found is None:
        raise words.wrong(wanted)
    return found


def arguments(words: Words) -> tuple[str, ...]:
    """A program and its arguments."""
    found = [words.next("a program")]
    found += words.words[words.at :]
    words.at = len(words.words)
    if not found[0]:
        raise Misspelt("the name of the program is empty", "a program", words.at - len(found))
    return tuple(found)


def plugin(words: Words) -> tuple[str, str]:
    """`FILE NAME`, or a name with or without dots, before which the file is ''."""
    wanted = "the dotted name of a class, or a file and a name"
    found = words.next(wanted)
    file = ""
    if "/" in found or found.endswith(".py"):
        file = found
        found = words.next(f"the name of a class in {file}")
    pattern = DOTTED if file or "." in found else NAME
    if not pattern.match(found):
        raise words.wrong(wanted, f"'{found}' is no name")
    return file, found


def events(words: Words) -> tuple[str, ...]:
    """Words for events, one or a list."""
    start = words.at
    found = words.items("an event", commas=True)
    for each in found:
        if each.lower() not in EVENTS:
            raise Misspelt(f"there is no event '{each}'", like(each), words.words.index(each, start))
    return tuple([each.lower() for each in found])


def like(event: str) -> str:
    """The words for events that may be meant by another."""
    return " or ".join(get_close_matches(event, EVENTS, 2)) or "neighbor-changes, receive-update, send-update ..."


def option(words: Words) -> tuple[str, str]:
    """A name and what else is said."""
    return name(words), text(words)


def encoder(words: Words) -> tuple[str, str]:
    """`json` or `text`, and perhaps the version of the API."""
    found = words.next("json or text").lower()
    if found not in ENCODERS:
        raise words.wrong("json or text")
    version = words.next("").lower() if words.more else ""
    if version and version not in VERSIONS:
        raise words.wrong(f"a version: {', '.join(VERSIONS)}")
    return found, version


class FamilyReader:
    """Reads the second word of a family whose first is the keyword."""

    def __init__(self, afi: str) -> None:
        self.afi = afi

    def __call__(self, words: Words) -> Family:
        known = ", ".join(each.name.split()[1] for each in FAMILIES if each.name.split()[0] == self.afi)
        safi = words.next(known).lower()
        found = family(self.afi, ALIASES.get(safi, safi))
        if found is None:
            raise words.wrong(known, f"family {self.afi} {safi} is not known")
        return found


class NextHopReader(FamilyReader):
    """Reads `SAFI ipv6` after `ipv4`: a family and the AFI its next hops may have (RFC 8950, 4)."""

    def __call__(self, words: Words) -> tuple[Family, int]:  # type: ignore[override]
        found = super().__call__(words)
        wanted = " or ".join(AFIS)
        afi = AFIS.get(words.next(wanted).lower())
        if afi is None:
            raise words.wrong(wanted)
        if found.safi not in (1, 2, 4, 128):
            raise words.wrong("unicast, multicast, nlri-mpls or mpls-vpn", f"{found.name} has no other next hops")
        return found, afi


class AddPathReader(FamilyReader):
    """Reads `SAFI` or `SAFI limit N` after an AFI; the limit is 0 when there is none."""

    def __call__(self, words: Words) -> tuple[Family, int]:  # type: ignore[override]
        found = super().__call__(words)
        return found, words.integer(65535, "a number from 1 to 65535", 1) if words.accept("limit") else 0


def some_family(words: Words) -> Family | None:
    """`ipv4 unicast` or another family, if one stands there."""
    word = words.peek().lower()
    if word not in {each.name.split()[0] for each in FAMILIES}:
        return None
    words.next("")
    return FamilyReader(word)(words)


def prefix_limit(words: Words) -> PrefixLimit:
    """`[AFI SAFI] N [warning PERCENT] [restart SECONDS|never] [warning-only]`."""
    found = some_family(words)
    bound = words.integer(0xFFFFFFFF, "a number of routes, or a family and a number", 1)
    fields: dict[str, Any] = {}
    while words.more:
        if words.accept("warning"):
            fields["warning"] = words.integer(100, "a percentage from 1 to 100", 1)
        elif words.accept("restart"):
            never = words.accept("never")
            fields["restart"] = None if never else words.integer(65535, "seconds from 1 to 65535, or never", 1)
        elif words.accept("warning-only"):
            fields["warning_only"] = True
        else:
            words.next("")
            raise words.wrong("warning, restart or warning-only")
    if fields.get("warning_only") and "restart" in fields:
        raise Misspelt("a limit that only warns ends no session", "'restart' or 'warning-only'", 0)
    return PrefixLimit(bound, found, **fields)


def sent_limit(words: Words) -> tuple[Family | None, int]:
    """`[AFI SAFI] N`."""
    found = some_family(words)
    return found, words.integer(0xFFFFFFFF, "a number of routes, or a family and a number", 1)


def range_limit(words: Words) -> int:
    """How many peers of a range there may be at a time."""
    return words.integer(65535, "a number from 1 to 65535", 1)


def seconds(words: Words) -> int:
    """Seconds, 0 for none."""
    return words.integer(65535, "seconds from 0 to 65535")


def everything(words: Words) -> str:
    """`all;` has no value."""
    return ALL_FAMILIES
