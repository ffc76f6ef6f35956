"""Flow rules in statements and commands: what they match, what is done then, and where (configuration, 8).

A rule is a block with sections, over several lines of a file or in one line of a command, or a row of words:

    route NAME { rd 65000:1; match { source 10.0.0.0/24; } then { rate-limit 9600; } scope { interface-set ...; } }
    route source 10.0.0.0/24 rate-limit 9600

All become one list of words, divided into clauses; actions become communities (RFC 8955, 7) and a next hop.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Final, NamedTuple

from bgptwist.grammar.lexer import ROUTE_WORD, Misplaced, Statement
from bgptwist.wire.attributes import extended, ipv6_extended_communities
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.flow import FORMS, SAFI, VPN_SAFI
from bgptwist.wire.kinds import NO_NEXT_HOP, Attribute, Family
from bgptwist.wire.registry import BY_INDEX
from bgptwist.wire.spell import address, address_octets, ipv6_octets
from bgptwist.wire.values import extended_community
from bgptwist.wire.values.flow_component import KEYWORDS, L2VPN, RD_WORDS, Rule
from bgptwist.wire.values.flow_frame import whole
from bgptwist.wire.values.ipv6_extended_community import TABLE as IPV6_TABLE
from bgptwist.wire.values.tree import raw_octets
from bgptwist.wire.words import Words, number

SAFIS: Final = (SAFI, VPN_SAFI)

TOKEN: Final = re.compile(r'"([^"]*)"|([\[\](),{};"]|[^\s\[\](),{};"]+)')
BRACKETED: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::([0-9]+))?", re.ASCII)
UNSAFE: Final = frozenset(" \t\r\n\f\b[](),;{}")

ROUTE: Final = "route"
MATCH: Final = "match"
THEN: Final = "then"
SCOPE: Final = "scope"
SECTIONS: Final = (MATCH, THEN, SCOPE)
EVERYWHERE: Final = ""
"""The section of a row of words, which may be of any."""

MATCHES: Final = tuple(word for word, keyword in KEYWORDS.items() if keyword.afi != L2VPN)
"""The words of `match` that most rules need."""

OUTSIDE: Final = (*RD_WORDS, "next-hop", "path-information", "watchdog", "withdraw", "name")
"""What stands in a block and in none of its sections."""

FASTEST: Final = 10**12
"""The highest rate, as ExaBGP has it: higher ones become this one."""

REDIRECTIONS: Final = "redirect-to-nexthop", "copy-to-nexthop"
"""Actions whose target is the next hop of the rule."""


class Clause(NamedTuple):
    """Words from `start` up to `stop` in a section; behind them stands the word that the text counts as `end`."""

    section: str
    start: int
    stop: int
    end: int


class RuleText(Words):
    """The words of a rule, read clause by clause: no statement runs on into the next.

    `origins` are the indexes under which the text knows the words.
    """

    def __init__(self) -> None:
        super().__init__([])
        self.origins: list[int] = []
        self.clauses: list[Clause] = []
        self.current = 0

    def add(self, section: str, words: list[str], origins: list[int], end: int) -> None:
        """One more clause."""
        start = len(self.words)
        self.words += words
        self.origins += origins
        self.clauses.append(Clause(section, start, len(self.words), end))

    @property
    def clause(self) -> Clause:
        """The clause that is being read."""
        return self.clauses[self.current]

    def proceed(self) -> None:
        """Pass over the end of a clause."""
        while self.at >= self.clause.stop and self.current + 1 < len(self.clauses):
            self.current += 1

    def peek(self) -> str:
        return self.words[self.at] if self.clauses and self.at < self.clause.stop else ""

    def next(self, expected: str) -> str:
        if not self.clauses or self.at >= self.clause.stop:
            raise Misspelt("the statement ends too early", expected, self.at)
        self.at += 1
        return self.words[self.at - 1]

    def origin(self, at: int) -> int:
        """What the text calls the word that an error is about."""
        if self.clauses and at == self.clause.stop:
            return self.clause.end
        if 0 <= at < len(self.origins):
            return self.origins[at]
        return self.origins[0] if self.origins else 0


class FlowReader:
    """Takes the words that rules have beyond other routes: matches, actions, the scope, the route distinguisher."""

    def __init__(self, text: RuleText) -> None:
        self.text = text
        self.rule = Rule()
        self.communities: list[bytes] = []
        self.ipv6_communities: list[bytes] = []
        self.next_hop = NO_NEXT_HOP
        self.target_at = -1
        self.redirected_at = -1
        self.raw = b""
        self.raw_at = -1

    def accept(self, words: Words) -> bool:
        """Read what comes next if it is of a rule; Misspelt when it has no place where it stands."""
        text = self.text
        text.proceed()
        clause = text.clause
        word = text.peek()
        if clause.section and text.at > clause.start:
            raise Misspelt(f"'{word}' is one word too many", "';'", text.at)
        where = self.section_of(word)
        if clause.section and where not in (clause.section, EVERYWHERE):
            place = f"the section '{where}'" if where in SECTIONS else "the block outside of sections"
            raise Misspelt(f"'{word}' has no place in '{clause.section}'", place, text.at)
        if clause.section in (MATCH, SCOPE) and where != clause.section:
            known = MATCHES if clause.section == MATCH else tuple(SCOPES)
            raise Misspelt(f"'{word}' is no {clause.section}", f"one of {', '.join(known)}", text.at)
        if clause.section == ROUTE and word not in OUTSIDE:
            raise Misspelt(f"'{word}' has no place here", f"one of {', '.join((*SECTIONS, *OUTSIDE))}", text.at)
        if self.rule.accept(text):
            return True
        action = ACTIONS.get(word) or SCOPES.get(word)
        if action is None:
            return word == "raw" and self._raw()
        text.next("")
        action(self)
        return True

    def section_of(self, word: str) -> str:
        """Where a word belongs; attributes have no section of their own."""
        if word in KEYWORDS:
            return MATCH
        if word in ACTIONS:
            return THEN
        if word in SCOPES:
            return SCOPE
        return ROUTE if word in OUTSIDE else EVERYWHERE

    def _raw(self) -> bool:
        """`raw 0x...`: the whole NLRI."""
        self.text.next("")
        self.raw_at = self.text.at
        self.raw = whole(raw_octets(self.text.next("the rule in hexadecimal"), self.text), self.raw_at)
        return True

    def attributes(self, others: list[Attribute]) -> list[Attribute]:
        """The communities that the actions are; those of 20 octets that stand among `others` are taken along."""
        found: list[Attribute] = []
        if self.communities:
            found.append(extended.ExtendedCommunities(b"".join(sorted(self.communities))))
        if self.ipv6_communities:
            actions = ipv6_extended_communities.Ipv6ExtendedCommunities(b"".join(sorted(self.ipv6_communities)))
            for other in [other for other in others if other.code == actions.code]:
                others.remove(other)
                actions = actions.joined(other.octets())
            found.append(actions)
        return found

    def route(self, explicit: Family | None) -> tuple[Family, bytes]:
        """The family and NLRI; an `explicit` family must be of the rule's AFI, a route distinguisher makes it a VPN's.

        Without one the prefixes decide, and then words that only IPv6 or layer 2 have.
        """
        if self.raw:
            if explicit is None or self.rule.matches or self.rule.rd:
                raise Misspelt("a rule in hexadecimal stands alone, after its family", "no 'raw'", self.raw_at)
            try:
                FORMS[explicit.index].check(self.raw)
            except Malformed as error:
                raise Misspelt(error.reason, "a sound rule", self.raw_at) from None
            return explicit, self.raw
        if not self.rule.matches:
            raise Misspelt("the rule matches everything", "a match like 'destination 10.0.0.0/24'", self.text.at)
        afi = self.rule.afi() if explicit is None else explicit.afi
        vpn = bool(self.rule.rd) or (explicit is not None and explicit.safi == VPN_SAFI)
        index = afi << 8 | (VPN_SAFI if vpn else SAFI)
        try:
            return BY_INDEX[index], FORMS[index].encode(self.rule)
        except Misspelt as error:
            error.at = error.at if error.at >= 0 else len(self.text.words)
            raise

    def hop(self, given: bytes, withdraw: bool) -> bytes:
        """The next hop: that of a redirection, else the one given; they must not contradict each other."""
        if self.next_hop and given and given != self.next_hop:
            reason = f"the rule redirects to {address(self.next_hop)} and has another next hop"
            raise Misspelt(reason, "one of them", self.target_at)
        if self.redirected_at >= 0 and not (given or self.next_hop or withdraw):
            raise Misspelt("there is no next hop to redirect to", "next-hop ADDRESS in the rule", self.redirected_at)
        return given or self.next_hop

    # ------------------------------------------------------------------ actions

    def community(self, text: str, expected: str) -> None:
        """One more community, of the word just read."""
        found = extended_community.parse(text)
        if not found:
            raise self.text.wrong(expected)
        self.communities.append(found)

    def target(self, octets: bytes) -> None:
        """Redirect to this address, by way of the next hop."""
        if self.next_hop not in (NO_NEXT_HOP, octets):
            raise self.text.wrong("one address", "the rule redirects to two addresses")
        self.next_hop = octets
        self.target_at = self.text.at - 1


def bracketed(words: Words, expected: str) -> str:
    """The word that comes next; `[ ADDRESS ] :N`, cut at its brackets, is one."""
    word = words.next(expected)
    if word != "[":
        return word
    word = f"[{words.next(expected)}]"
    words.require("]")
    return word + words.next("") if words.peek().startswith(":") else word


def accepting(reader: FlowReader) -> None:
    """`accept`: nothing is done."""


def discarding(reader: FlowReader) -> None:
    """`discard`: a rate of 0 (RFC 8955, 7.1)."""
    reader.communities.append(bytes.fromhex("8006000000000000"))


def limiting(reader: FlowReader) -> None:
    """`rate-limit N`, `rate-limit N bytes`, `rate-limit N packets` (RFC 8955, 7.1 and 7.2)."""
    expected = "a rate: octets a second, or packets with 'packets' after it"
    word = reader.text.next(expected)
    rate = number(word)
    if rate > FASTEST:
        word = str(FASTEST)
    unit = ":packets" if reader.text.peek() == "packets" else ""
    reader.community(f"rate-limit:{word}{unit}", expected)
    if unit or reader.text.peek() == "bytes":
        reader.text.next("")


def redirecting(reader: FlowReader) -> None:
    """`redirect A:N` to a route target, `redirect IP` to an address, `redirect "[IP]:N"` to an IPv6 route target."""
    expected = "65000:1, 10.0.0.1:1, an address, or [IPv6]:1"
    word = bracketed(reader.text, expected)
    found = BRACKETED.fullmatch(word)
    if found is None:
        community = extended_community.parse(f"redirect:{word}")
        if community:
            reader.communities.append(community)
            return
    try:
        octets = address_octets(word) if found is None else ipv6_octets(found[1])
    except ValueError:
        raise reader.text.wrong(expected) from None
    if found is None or found[2] is None:
        reader.target(octets)
        reader.communities.append(bytes.fromhex("0800000000000000"))
        return
    value = number(found[2])
    if value > 0xFFFF:
        raise reader.text.wrong("a number up to 65535 after the address")
    reader.ipv6_communities.append(b"\x00\x0d" + octets + value.to_bytes(2, "big"))


def copying(reader: FlowReader) -> None:
    """`copy IP`: redirect a copy."""
    expected = "an address"
    word = bracketed(reader.text, expected)
    try:
        reader.target(address_octets(word.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise reader.text.wrong(expected) from None
    reader.communities.append(bytes.fromhex("0800000000000001"))


def to_next_hop(word: str) -> Callable[[FlowReader], None]:
    """`redirect-to-nexthop`, `copy-to-nexthop`: to the next hop of the rule (draft-simpson-idr-flowspec-redirect)."""

    def read(reader: FlowReader) -> None:
        reader.redirected_at = reader.text.at - 1
        reader.community(word, "")

    return read


def to_address(word: str) -> Callable[[FlowReader], None]:
    """`redirect-to-nexthop-ietf IP`, `copy-to-nexthop-ietf IP` (draft-ietf-idr-flowspec-redirect-ip)."""

    def read(reader: FlowReader) -> None:
        expected = "an address"
        target = bracketed(reader.text, expected).removeprefix("[").removesuffix("]")
        if ":" not in target:
            reader.community(f"{word} {target}", expected)
            return
        found = IPV6_TABLE.parse(f"{word} {target}")
        if not found:
            raise reader.text.wrong(expected)
        reader.ipv6_communities.append(found)

    return read


def spelt(word: str, expected: str) -> Callable[[FlowReader], None]:
    """An action that is written as its community is."""

    def read(reader: FlowReader) -> None:
        reader.community(f"{word} {reader.text.next(expected)}", expected)

    return read


def scoping(reader: FlowReader) -> None:
    """`interface-set transitive:input:65000:1`, or several in brackets (draft-ietf-idr-flowspec-interfaceset)."""
    expected = "an interface set like transitive:input:65000:1"
    text = reader.text
    start = text.at
    for word in text.items(expected, commas=True):
        found = extended_community.parse(f"interface-set:{word}")
        if not found:
            at = next(at for at in range(start, text.at) if text.words[at] == word)
            raise Misspelt(f"'{word}' cannot be read", expected, at)
        reader.communities.append(found)
    if text.at == start + 2:
        raise text.wrong(expected, "there is no interface set")


ACTIONS: Final[dict[str, Callable[[FlowReader], None]]] = {
    "accept": accepting,
    "discard": discarding,
    "rate-limit": limiting,
    "redirect": redirecting,
    **{word: to_next_hop(word) for word in REDIRECTIONS},
    **{f"{word}-ietf": to_address(f"{word}-ietf") for word in REDIRECTIONS},
    "copy": copying,
    "mark": spelt("mark", "a DSCP from 0 to 63"),
    "action": spelt("action", "sample, terminal or sample-terminal"),
}
"""What `then` may say beside attributes."""

SCOPES: Final[dict[str, Callable[[FlowReader], None]]] = {"interface-set": scoping}


# ------------------------------------------------------------------ text


def command(text: str) -> RuleText:
    """The words of a command, in braces or not; their origins are indexes among the words of the text."""
    starts = [found.start() for found in ROUTE_WORD.finditer(text)]
    tokens = [found[1] if found[2] is None else found[2] for found in TOKEN.finditer(text)]
    origins = [bisect_right(starts, found.start()) - 1 for found in TOKEN.finditer(text)]
    at = 0
    for word in ("flow", ROUTE):
        at += tokens[at : at + 1] == [word]
    end = len(starts)
    while tokens[at:] and tokens[-1] == ";":
        tokens.pop()
        end = origins.pop()
    if "{" in tokens:
        return braced(tokens, origins, at, end)
    for index, token in enumerate(tokens):
        if token in (";", "}"):
            raise Misspelt(f"'{token}' stands alone", "'{' before it", origins[index])
    found = RuleText()
    found.add(EVERYWHERE, tokens[at:], origins[at:], end)
    return found


def braced(tokens: list[str], origins: list[int], at: int, end: int) -> RuleText:
    """The words of a block in one line; a name may stand before it."""
    at += tokens[at] != "{"
    if tokens[at] != "{":
        raise Misspelt(f"'{tokens[at]}' is one word too many", "'{'", origins[at])
    found = RuleText()
    opened = [ROUTE]
    start = at + 1
    for index in range(start, len(tokens)):
        token = tokens[index]
        if not opened:
            raise Misspelt(f"'{token}' stands behind the rule", "nothing more", origins[index])
        if token not in ("{", "}", ";"):
            continue
        words = tokens[start:index]
        if token == "{":
            if len(opened) > 1 or len(words) != 1 or words[0] not in SECTIONS:
                raise Misspelt(f"there is no section '{' '.join(words)[:60]}'", "match, then or scope", origins[index])
            opened.append(words[0])
        elif token == "}" and words:
            raise Misspelt("the statement is not finished", "';'", origins[index])
        elif token == "}":
            opened.pop()
        elif words:
            found.add(opened[-1], words, origins[start:index], origins[index])
        else:
            raise Misspelt("there is nothing before this ';'", "a statement", origins[index])
        start = index + 1
    if opened:
        raise Misspelt("the rule is not closed", "'}'", end)
    if not found.clauses:
        found.add(ROUTE, [], [], end)
    return found


Places = list[tuple[Statement, int]]
"""By origin: a statement of a file and the index of one of its words, or of its end."""


def written(statement: Statement) -> tuple[RuleText, Places]:
    """The words of `route ...;` or of `route NAME { ... }` in a file; errors are Misplaced."""
    found = RuleText()
    places: Places = []
    if statement.inner is None:
        clause(found, places, EVERYWHERE, statement, 1)
        return found, places
    head = statement.route_words()
    if len(head) > 2:
        raise Misplaced(statement.route_place(2), f"'{head[2]}' is one word too many", "'{'")
    for part in statement.inner:
        if part.inner is None:
            clause(found, places, ROUTE, part, 0)
            continue
        words = part.words()
        if len(words) != 1 or words[0] not in SECTIONS:
            raise Misplaced(part.place(), f"there is no section '{' '.join(words)[:60]}'", "match, then or scope")
        for inner in part.inner:
            if inner.inner is not None:
                reason = f"there is no section '{inner.keyword}' in '{words[0]}'"
                raise Misplaced(inner.place(), reason, "a statement")
            clause(found, places, words[0], inner, 0)
    if not found.clauses:
        places.append((statement, 0))
        found.add(ROUTE, [], [], 0)
    return found, places


def clause(found: RuleText, places: Places, section: str, statement: Statement, first: int) -> None:
    """Add the words of one statement from the word `first` on."""
    words = statement.route_words()
    for index, word in enumerate(words):
        if not word or (len(word) > 1 and not UNSAFE.isdisjoint(word) and not BRACKETED.fullmatch(word)):
            raise Misplaced(
                statement.route_place(index), f"{word!r} is not possible in a rule", "a word without blanks"
            )
    begin = len(places)
    places += [(statement, index) for index in range(first, len(words) + 1)]
    found.add(section, words[first:], list(range(begin, len(places) - 1)), len(places) - 1)
