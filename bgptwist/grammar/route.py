"""Route statements and commands: words become routes that share a Path (configuration, 6 and 7; commands, 2.3)."""

import re
from typing import Final

from bgptwist.grammar import flow, sr_policy
from bgptwist.grammar.lexer import Misplaced, Statement, split_route
from bgptwist.grammar.tail import KEYWORDS, QUOTED, Tail
from bgptwist.wire.attributes import unknown
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import SELF, Attribute, Family
from bgptwist.wire.path import Generations, Path, path_of
from bgptwist.wire.registry import WORDS, family
from bgptwist.wire.route import Announcement, Claim, Route
from bgptwist.wire.values import label_stack
from bgptwist.wire.values.community_table import TabledCommunities
from bgptwist.wire.words import Words

PARTS: Final = 65536
"""The most routes that one `split` may make."""

LONGEST: Final = 65000
"""Octets of attributes that an extended message surely holds (RFC 8654)."""

REMEMBERED: Final = 4096
"""Characters of the longest text that is worth remembering."""

PREFIXED: Final = (1, 2, 4, 67, 68, 76, 128, 129)
"""The SAFI whose statements begin with a prefix; label and route distinguisher may stand anywhere after it."""

LABELLED: Final = (4, 76, 128)
"""Those of them whose NLRI have labels (RFC 8277, 2)."""

ALIASES: Final = {"labeled-unicast": "nlri-mpls"}
"""Other names of families, of generation 6."""

BRACES: Final = re.compile(r"[^{};]*\{(?:[^{};]*[^{};\s][^{};]*;)*\s*\}\s*;?\s*\Z")
NLRI: Final = re.compile(r"(?:\A|\s)nlri(?=\s|\Z)")

SCATTERED: Final = {0x19_41: ("rd", "endpoint", "base", "offset", "size", "pe")}
"""By family index, the words of NLRI that ExaBGP lets stand anywhere among the attributes: VPLS."""

LISTS: Final = (8, 16, 25, 32)
"""The codes of communities of all sizes, which are not sent when there are none."""

NEXT_HOP_WANTED: Final = "next-hop ADDRESS or next-hop self"


class RouteReader:
    """Reads routes; remembers what it read lately, so that equal words cost little and give the same Path."""

    def __init__(self, limit: int = 16384) -> None:
        self._tails: Generations[str, Tail] = Generations(limit)
        self._paths: Generations[bytes, Path] = Generations(limit)
        self._bare = Tail(self._intern(path_of([])))
        self._ipv4 = known_family("ipv4", "unicast")
        self._ipv6 = known_family("ipv6", "unicast")
        self._multicast = known_family("ipv4", "multicast")
        self._cursor = Words([""])

    def announcement(self, text: str, *, withdraw: bool = False) -> Announcement:
        """What `announce route TEXT` means; Misspelt counts the words from the prefix, which is 0.

        A withdrawal needs no next hop.
        """
        parts = text.split(None, 1)
        if len(parts) == 2:
            return self._announcement(parts[0], parts[1], None, withdraw)
        return self._announcement(text.strip().removesuffix(";"), "", None, withdraw)

    def withdrawal(self, text: str) -> Announcement:
        """What `withdraw route TEXT` means: the routes by key, whatever their attributes."""
        return self.announcement(text, withdraw=True)

    def attributes(self, text: str, *, withdraw: bool = False) -> Announcement:
        """What `announce attributes ATTRIBUTES nlri PREFIX PREFIX` means."""
        found = NLRI.search(text)
        if found is None:
            raise Misspelt("there are no prefixes", "'nlri' and prefixes", len(split_route(text)))
        prefixes = text[found.end() :].rstrip().removesuffix(";").split()
        head = text[: found.start()].strip()
        if not prefixes:
            raise Misspelt("there are no prefixes", "a prefix after 'nlri'", len(split_route(text)))
        tail = self._tail(head, 0)
        first = len(split_route(head)) + 1
        if not tail.next_hop and not withdraw:
            raise Misspelt("the routes have no next hop", NEXT_HOP_WANTED, first - 1)
        routes: list[Route] = []
        for index, prefix in enumerate(prefixes):
            try:
                routes.extend(self._routes(prefix, tail, None, withdraw))
            except Misspelt as error:
                error.at = first + index
                raise
            if tail.split >= 0 and len(routes) > PARTS:
                raise Misspelt(f"the prefixes have more than {PARTS} parts", "a shorter 'split'", first + index)
        return Announcement(routes, tail.watchdog, tail.held, tail.name, tail.claim)

    def family_route(self, afi: str, safi: str, text: str, *, withdraw: bool = False) -> Announcement:
        """What `announce AFI SAFI TEXT` means; Misspelt counts the words of TEXT from 0."""
        found = known_family(afi, safi)
        if found.safi in flow.SAFIS:
            return self.flow_route(text, found, withdraw=withdraw)
        if found.safi in PREFIXED:
            parts = text.split(None, 1)
            return self._announcement(parts[0] if parts else "", parts[1] if len(parts) == 2 else "", found, withdraw)
        given = split_route(text)
        order = fronted(given, SCATTERED[found.index]) if found.index in SCATTERED else None
        words = Words(given if order is None else [given[at] for at in order])
        try:
            return self._typed_route(found, words, withdraw)
        except Misspelt as error:
            if order is not None and 0 <= error.at < len(order):
                error.at = order[error.at]
            raise

    def _typed_route(self, found: Family, words: Words, withdraw: bool) -> Announcement:
        """The route whose NLRI words stand first, with path, next hop and path identifier from the words after them."""
        nlri = found.read(words)
        tail = self._tail(" ".join(words.words[words.at :]), words.at, found.safi == sr_policy.SAFI)
        if tail.label or tail.rd or tail.split >= 0:
            surplus = "split" if tail.split >= 0 else "rd" if tail.rd else "label"
            raise Misspelt(f"'{surplus}' has no place after the NLRI of {found.name}", "another attribute", words.at)
        if not tail.next_hop and not withdraw and 0 not in found.next_hop_sizes:
            raise Misspelt("the route has no next hop", NEXT_HOP_WANTED, len(words.words))
        fitting(found, tail)
        if tail.path_id:
            found = found.with_path_id
            nlri = tail.path_id + nlri
        return Announcement(
            [Route(found, nlri, tail.path, tail.next_hop)], tail.watchdog, tail.held, tail.name, tail.claim
        )

    def statement(self, statement: Statement) -> Announcement:
        """What `route P ...;`, `route P { ... }` or `attributes ... nlri P ...;` means; errors are Misplaced."""
        if statement.inner is not None:
            return self._block(statement)
        try:
            parts = statement.text.split(None, 2) if statement.plain else ["", statement.keyword]
            if len(parts) == 3 and parts[0] == "route":
                return self._announcement(parts[1], parts[2], None, False)
            text = " ".join(quote_free(statement.route_words()[1:]))
            return self.announcement(text) if statement.keyword == "route" else self.attributes(text)
        except Misspelt as error:
            raise Misplaced(statement.route_place(error.at + 1), error.reason, error.expected) from None

    def family_statement(self, afi: str, statement: Statement) -> Announcement:
        """A statement of an `announce { AFI { } }` section: `SAFI P ...;`; errors are Misplaced."""
        if statement.inner is not None:
            raise Misplaced(statement.mark_place(), "a route of 'announce' has no block", "';'")
        try:
            words = statement.route_words()[1:]
            text = " ".join(quote_free(sr_policy.plain_names(words) if statement.keyword == "sr-policy" else words))
            return self.family_route(afi, statement.keyword, text)
        except Misspelt as error:
            raise Misplaced(statement.route_place(error.at + 1), error.reason, error.expected) from None

    def policy_statement(self, statement: Statement) -> Announcement:
        """`sr-policy distinguisher N color N endpoint IP ...;`, of the family of its endpoint; errors are Misplaced."""
        return self.family_statement(sr_policy.afi(statement.route_words()), statement)

    def vpls_statement(self, statement: Statement) -> Announcement:
        """`vpls NAME { rd R; endpoint N; ... }` or `vpls rd R endpoint N ...;`; errors are Misplaced."""
        if statement.inner is None:
            return self.family_statement("l2vpn", statement)
        words: list[str] = []
        places: list[tuple[Statement, int]] = []
        for part in statement.inner:
            if part.inner is not None:
                raise Misplaced(part.place(), f"there is no section '{part.keyword}' in vpls", "an attribute")
            given = part.route_words()
            words += given
            places += [(part, at) for at in range(len(given))]
        try:
            return self.family_route("l2vpn", "vpls", " ".join(quote_free(words)))
        except Misspelt as error:
            if 0 <= error.at < len(places):
                part, at = places[error.at]
                raise Misplaced(part.route_place(at), error.reason, error.expected) from None
            raise Misplaced(statement.route_place(0), error.reason, error.expected) from None

    def flow_route(self, text: str, explicit: Family | None = None, *, withdraw: bool = False) -> Announcement:
        """What `announce flow TEXT` means; the family follows from the words, unless its AFI is `explicit`."""
        return self._rule(flow.command(text), explicit, withdraw)

    def flow_statement(self, statement: Statement) -> Announcement:
        """`route NAME { match { } then { } scope { } }` or `route MATCH ... ACTION ...;`; errors are Misplaced."""
        text, places = flow.written(statement)
        try:
            return self._rule(text, None, False)
        except Misspelt as error:
            part, at = places[error.at]
            raise Misplaced(part.route_place(at), error.reason, error.expected) from None

    def _rule(self, text: flow.RuleText, explicit: Family | None, withdraw: bool) -> Announcement:
        """The flow rule of some words; Misspelt counts them as their text does."""
        reader = flow.FlowReader(text)
        try:
            tail = self._read_words(text, reader)
            if tail.label or tail.split >= 0:
                surplus = "split" if tail.split >= 0 else "label"
                raise Misspelt(f"'{surplus}' has no place in a rule", "another word", len(text.words))
            found, nlri = reader.route(explicit)
            next_hop = reader.hop(tail.next_hop, withdraw)
        except Misspelt as error:
            error.at = text.origin(error.at)
            raise
        fitting(found, tail)
        if tail.path_id:
            found = found.with_path_id
            nlri = tail.path_id + nlri
        return Announcement([Route(found, nlri, tail.path, next_hop)], tail.watchdog, tail.held, tail.name, tail.claim)

    def _block(self, statement: Statement) -> Announcement:
        """`route P { attribute value; ... }`; words between P and the brace count as well."""
        if statement.keyword != "route":
            raise Misplaced(statement.mark_place(), f"'{statement.keyword}' has no block", "';'")
        head = statement.route_words()[1:]
        words = list(head)
        inner = statement.inner or []
        for part in inner:
            if part.inner is not None:
                raise Misplaced(part.place(), f"there is no section '{part.keyword}' in a route", "an attribute")
            words.extend(part.route_words())
        try:
            return self.announcement(" ".join(quote_free(words)))
        except Misspelt as error:
            at = error.at - len(head)
            if at < 0 or not inner:
                raise Misplaced(statement.route_place(error.at + 1), error.reason, error.expected) from None
            for part in inner:
                size = len(part.route_words())
                if at < size or part is inner[-1]:
                    raise Misplaced(part.route_place(at), error.reason, error.expected) from None
                at -= size
            raise

    def _announcement(self, prefix: str, text: str, explicit: Family | None, withdraw: bool) -> Announcement:
        """The routes of one prefix; the words of `text` count from 1."""
        tail = self._tails.get(text)
        if tail is None:
            if not prefix:
                raise Misspelt("the statement ends too early", "a prefix", 0)
            tail = self._tail(text, 1)
        if not tail.next_hop and not withdraw:
            raise Misspelt("the route has no next hop", NEXT_HOP_WANTED, len(split_route(text)) + 1)
        if not tail.plain or explicit is not None:
            try:
                routes = self._routes(prefix, tail, explicit, withdraw)
            except Misspelt as error:
                error.at = blamed(error.at, tail, split_route(text))
                raise
            return Announcement(routes, tail.watchdog, tail.held, tail.name, tail.claim)
        cursor = self._cursor
        cursor.words[0] = prefix
        cursor.at = 0
        if ":" in prefix:
            found = self._ipv6
            nlri = found.read(cursor)
        else:
            found = self._ipv4
            nlri = found.read(cursor)
            if nlri[0] >= 4 and nlri[1] & 0xF0 == 0xE0:
                found = self._multicast
        return Announcement([Route(found, nlri, tail.path, tail.next_hop)])

    def _routes(self, prefix: str, tail: Tail, explicit: Family | None, withdraw: bool = False) -> list[Route]:
        """The routes of a prefix and a tail with everything a statement may ask for; a withdrawal needs no label."""
        found = explicit or self._family(prefix, tail)
        words = [prefix]
        if tail.label:
            words += "label", "[", *tail.label, "]"
        elif withdraw and found.safi in LABELLED:
            words += "label", label_stack.WITHDRAWN
        if tail.rd:
            words += "rd", tail.rd
        cursor = Words(words)
        nlri = found.read(cursor)
        if cursor.more:
            raise Misspelt(f"'{cursor.peek()}' has no place in a route of {found.name}", "another family", 0)
        if explicit is None and found is self._ipv4 and nlri[0] >= 4 and nlri[1] & 0xF0 == 0xE0:
            found = self._multicast
        fitting(found, tail)
        nlris = [nlri] if tail.split < 0 else self._parts(words, nlri, tail.split, found)
        if tail.path_id:
            if not found.with_path_id.path_id:
                raise Misspelt(f"routes of {found.name} have no path identifiers", "no path-information", 0)
            found = found.with_path_id
            nlris = [tail.path_id + nlri for nlri in nlris]
        return [Route(found, nlri, tail.path, tail.next_hop) for nlri in nlris]

    def _family(self, prefix: str, tail: Tail) -> Family:
        """The family that follows from the words present."""
        if not tail.rd and not tail.label:
            return self._ipv6 if ":" in prefix else self._ipv4
        return known_family("ipv6" if ":" in prefix else "ipv4", "mpls-vpn" if tail.rd else "nlri-mpls")

    def _parts(self, words: list[str], whole: bytes, length: int, found: Family) -> list[bytes]:
        """The NLRI of all subnets with that prefix length; the prefix itself when it is not shorter."""
        plain = self._ipv6 if ":" in words[0] else self._ipv4
        prefix = plain.read(Words(words[:1]))
        maximum = 128 if plain is self._ipv6 else 32
        if length > maximum:
            raise Misspelt(f"a prefix length of {length} is too long", f"split /{maximum} at most", -1)
        if length <= prefix[0]:
            return [whole]
        if 1 << (length - prefix[0]) > PARTS:
            raise Misspelt(f"{words[0]} has more than {PARTS} parts of /{length}", "a shorter length", -1)
        size = (length + 7) // 8
        first = int.from_bytes(prefix[1:].ljust(size, b"\0"), "big")
        step = 1 << (size * 8 - length)
        head = bytes((length,))
        count = 1 << (length - prefix[0])
        subnets = [head + (first + part * step).to_bytes(size, "big") for part in range(count)]
        if found.safi in (1, 2):
            return subnets
        return [found.read(Words([plain.words(subnet), *words[1:]])) for subnet in subnets]

    def _tail(self, text: str, first: int, policy: bool = False) -> Tail:
        """The words after a prefix, from memory if they were seen lately; Misspelt counts them from `first`.

        `policy`: those of an SR policy may be among them.
        """
        if not text:
            return self._bare
        key = f"sr-policy {text}" if policy else text
        tail = self._tails.get(key)
        if tail is None:
            try:
                tail = self._read(text, sr_policy.PolicyReader() if policy else None)
            except Misspelt as error:
                error.at += first
                raise
            if len(text) <= REMEMBERED:
                self._tails.put(key, tail)
        return tail

    def _read(self, text: str, policy: sr_policy.PolicyReader | None = None) -> Tail:
        """Read the words after a prefix."""
        if ";" in text or "{" in text:
            text = unbraced(text)
        return self._read_words(Words(split_route(text)), policy)

    def _read_words(self, words: Words, more: sr_policy.PolicyReader | flow.FlowReader | None) -> Tail:
        """The same of words; `more` takes those that only some families have."""
        tail = Tail(self._bare.path)
        values: list[Attribute] = []
        given = words.words
        while words.at < len(given):
            if more is not None and more.accept(words):
                continue
            word = given[words.at]
            words.at += 1
            keyword = KEYWORDS.get(word)
            if keyword is not None:
                keyword(tail, words)
                continue
            kind = WORDS.get(word)
            if kind is None or kind.read is None:
                raise words.wrong("an attribute", f"'{word}' is not known in a route")
            values.append(kind.read(words))
        if more is not None:
            values += more.attributes(values)
        values = gathered(values)
        size = sum([len(value.octets()) for value in values])
        if size > LONGEST:
            raise Misspelt(f"the attributes take {size} octets", f"at most {LONGEST}", len(given))
        if values:
            tail.path = self._intern(path_of(values))
        if not tail.watchdog:
            tail.held = False
        if tail.owner or tail.ttl:
            if tail.watchdog:
                raise Misspelt("a route with a watchdog has neither 'ttl' nor 'owner'", "one or the other", len(given))
            tail.claim = Claim(tail.owner, tail.ttl)
        special = tail.path_id or tail.label or tail.rd or tail.watchdog or tail.name or tail.claim
        tail.plain = not special and tail.split < 0
        return tail

    def _intern(self, path: Path) -> Path:
        """The Path with the same octets that was made before, if it is still known."""
        found = self._paths.get(path.octets)
        if found is None:
            self._paths.put(path.octets, path)
            return path
        return found


def known_family(afi: str, safi: str) -> Family:
    """The family of two words; Misspelt when there is none."""
    found = family(afi, ALIASES.get(safi, safi))
    if found is None:
        raise Misspelt(f"family {afi} {safi} is not known", "another family", 0)
    return found


def fronted(words: list[str], names: tuple[str, ...]) -> list[int]:
    """The indexes of words with those of `NAME VALUE` first, wherever they stand outside of brackets."""
    first: list[int] = []
    later: list[int] = []
    depth = 0
    at = 0
    while at < len(words):
        depth += (words[at] in ("[", "(")) - (words[at] in ("]", ")"))
        if depth == 0 and words[at] in names and at + 1 < len(words):
            first += at, at + 1
            at += 2
            continue
        later.append(at)
        at += 1
    return first + later


def fitting(found: Family, tail: Tail) -> None:
    """Refuse a next hop of a length that routes of this family cannot have."""
    size = len(tail.next_hop) + len(found.next_hop_prefix)
    if tail.next_hop and tail.next_hop != SELF and size not in found.next_hop_sizes:
        raise Misspelt(f"a route of {found.name} cannot have this next hop", "a next hop of the other kind", 0)


def gathered(values: list[Attribute]) -> list[Attribute]:
    """The values that count: extended communities add up, `[ ]` is as good as nothing."""
    kept: list[Attribute] = []
    sums: dict[int, int] = {}
    for value in values:
        if value.code in LISTS and not value.octets() and not isinstance(value, unknown.Unknown):
            continue
        if isinstance(value, TabledCommunities):
            at = sums.get(value.code)
            if at is not None:
                kept[at] = value.joined(kept[at].octets())
                continue
            sums[value.code] = len(kept)
        kept.append(value)
    return kept


def blamed(at: int, tail: Tail, words: list[str]) -> int:
    """Which word, counted from the prefix, an error about an NLRI means: the prefix, a label, the RD, the split."""
    if at == 0:
        return 0
    guilty: tuple[str, ...] = ("split",)
    if at > 0:
        guilty = ("label",) if tail.label and at <= 3 + len(tail.label) else ("rd", "route-distinguisher")
    return next((index + 2 for index, word in enumerate(words) if word in guilty), 0)


def unbraced(text: str) -> str:
    """The words of `{ attribute value; ... }` or of a command that ends with a semicolon."""
    if BRACES.match(text):
        return text.replace("{", " ").replace("}", " ").replace(";", " ")
    return text.rstrip().removesuffix(";")


def quote_free(words: list[str]) -> list[str]:
    """The words themselves; Misspelt when a quoted one is no word at all."""
    for index, word in enumerate(words):
        if not word or (len(word) > 1 and not QUOTED.isdisjoint(word)):
            raise Misspelt(f"{word!r} is not possible in a route", "a word without blanks", index)
    return words
