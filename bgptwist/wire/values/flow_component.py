"""The components of flow specifications for IPv4, IPv6 and layer 2: types, words, order (RFC 8955, 4.2; RFC 8956, 3).

The types of layer 2 are those of draft-ietf-idr-flowspec-l2vpn.
"""

from typing import Final, NamedTuple

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.values import flow_names, rd, service
from bgptwist.wire.values.flow_matcher import (
    Bitmask,
    Ipv4Prefix,
    Ipv6Prefix,
    Item,
    LinkAddress,
    Matcher,
    Numeric,
)
from bgptwist.wire.values.tree import raw_octets
from bgptwist.wire.words import Words

IPV4: Final = 1
IPV6: Final = 2
L2VPN: Final = 25

RAW: Final = "raw:"
"""Before the octets of a component, in hexadecimal, that no words can say."""

PREFIXES: Final = (1, 2)
"""The types of destination and source prefix."""

COMPARED: Final = "with =, !=, >, >=, < or <= before it"


class Component:
    """One type of component: its code, its word in words and JSON, and what it matches."""

    def __init__(self, code: int, word: str, matcher: Matcher, help: str) -> None:
        self.code = code
        self.word = word
        self.matcher = matcher
        self.help = help

    def items(self, value: bytes, form: int) -> list[str]:
        """The items of octets; hexadecimal where the words would lose something."""
        try:
            items = [Item(text) for text in self.matcher.show(value, form)]
            if self.octets(items, form) == value and all(self.form(item) in (-1, form) for item in items):
                return [item.text for item in items]
        except Misspelt:
            pass
        return [RAW + spell.hexadecimal(value)]

    def octets(self, items: list[Item], form: int) -> bytes:
        """The octets of items; Misspelt blames the word."""
        if len(items) == 1 and items[0].text.startswith(RAW):
            try:
                return raw_octets(items[0].text.removeprefix(RAW))
            except Misspelt as error:
                raise Misspelt(error.reason, error.expected, items[0].at) from None
        return self.matcher.read(items, form)

    def form(self, item: Item) -> int:
        """Which form an item asks for, -1 when it does not matter."""
        return -1 if item.text.startswith(RAW) else self.matcher.form(item)


def numbers(size: int, help: str) -> Numeric:
    """Numbers of so many octets without names."""
    maximum = (1 << 8 * size) - 1
    return Numeric(maximum, f"a number up to {maximum}, {COMPARED}")


PROTOCOL: Final = Numeric(
    0xFF, f"a number up to 255 or a name like tcp, {COMPARED}", flow_names.PROTOCOLS, flow_names.MORE_PROTOCOLS
)
PORT: Final = Numeric(0xFFFF, f"a port or a service like http, {COMPARED}", find=service.port)
TCP_FLAGS: Final = Bitmask(
    0xFFFF,
    "flags like syn or syn+ack, with =, ! or != before them",
    flow_names.TCP_FLAGS,
    flow_names.MORE_TCP_FLAGS,
)
FRAGMENT: Final = Bitmask(
    0xFFFF, "is-fragment, first-fragment, last-fragment or dont-fragment, with =, ! or !=", flow_names.FRAGMENTS
)
TYPE: Final = f"a number up to 255 or a name like echo-request, {COMPARED}"
CODE: Final = f"a number up to 255 or a name like host-unreachable, {COMPARED}"
DSCP: Final = Numeric(63, f"a number up to 63, {COMPARED}")

IP: Final = (
    Component(4, "port", PORT, "source or destination port"),
    Component(5, "destination-port", PORT, "destination port"),
    Component(6, "source-port", PORT, "source port"),
    Component(9, "tcp-flags", TCP_FLAGS, "flags of TCP"),
    Component(10, "packet-length", numbers(2, "octets"), "length of the IP packet"),
    Component(12, "fragment", FRAGMENT, "which fragments of a packet"),
)
"""The components that IPv4 and IPv6 have alike."""

OF_IPV4: Final = (
    Component(1, "destination-ipv4", Ipv4Prefix(), "destination prefix"),
    Component(2, "source-ipv4", Ipv4Prefix(), "source prefix"),
    Component(3, "protocol", PROTOCOL, "IP protocol"),
    Component(7, "icmp-type", Numeric(0xFF, TYPE, flow_names.ICMP_TYPES), "type of ICMP"),
    Component(8, "icmp-code", Numeric(0xFF, CODE, more=flow_names.ICMP_CODES), "code of ICMP"),
    Component(11, "dscp", DSCP, "differentiated services code point"),
    *IP,
)

OF_IPV6: Final = (
    Component(1, "destination-ipv6", Ipv6Prefix(), "destination prefix"),
    Component(2, "source-ipv6", Ipv6Prefix(), "source prefix"),
    Component(3, "next-header", PROTOCOL, "last next header"),
    Component(7, "icmp-type", Numeric(0xFF, TYPE, flow_names.ICMPV6_TYPES), "type of ICMPv6"),
    Component(8, "icmp-code", Numeric(0xFF, CODE, more=flow_names.ICMPV6_CODES), "code of ICMPv6"),
    Component(11, "traffic-class", numbers(1, ""), "traffic class"),
    Component(13, "flow-label", Numeric(0xFFFFF, f"a number up to 1048575, {COMPARED}"), "flow label"),
    *IP,
)

OF_LAYER_2: Final = (
    *OF_IPV4,
    Component(
        14,
        "ethernet-type",
        Numeric(0xFFFF, f"a number up to 65535 or a name like arp, {COMPARED}", flow_names.ETHERTYPES, least=2),
        "Ethertype",
    ),
    Component(15, "source-mac", LinkAddress(), "source MAC address"),
    Component(16, "destination-mac", LinkAddress(), "destination MAC address"),
    Component(17, "dsap", numbers(1, ""), "destination service access point of LLC"),
    Component(18, "ssap", numbers(1, ""), "source service access point of LLC"),
    Component(19, "llc-control", numbers(1, ""), "control field of LLC"),
    Component(
        20, "snap", Numeric((1 << 40) - 1, f"a number of five octets, {COMPARED}", least=8, fixed=5), "SNAP header"
    ),
    Component(21, "vlan-id", Numeric(0xFFF, f"a number up to 4095, {COMPARED}", least=2), "VLAN"),
    Component(22, "vlan-cos", Numeric(7, f"a number up to 7, {COMPARED}"), "class of service of the VLAN"),
    Component(23, "inner-vlan-id", Numeric(0xFFF, f"a number up to 4095, {COMPARED}", least=2), "inner VLAN"),
    Component(24, "inner-vlan-cos", Numeric(7, f"a number up to 7, {COMPARED}"), "class of service of the inner VLAN"),
)


class Keyword(NamedTuple):
    """A word of a rule: the type it means, the AFI it hints at (0: any), and the largest number (-1: of the type)."""

    code: int
    afi: int = 0
    maximum: int = -1


def keywords() -> dict[str, Keyword]:
    """All words of rules; most mean the same type whatever the address family."""
    found: dict[str, Keyword] = {}
    for afi, components in ((0, OF_IPV4), (0, OF_IPV6), (L2VPN, OF_LAYER_2)):
        for component in components:
            found.setdefault(component.word, Keyword(component.code, afi))
    found |= {"destination": Keyword(1), "destination-ipv6": Keyword(1, IPV6)}
    found |= {"source": Keyword(2), "source-ipv6": Keyword(2, IPV6)}
    found["dscp"] = Keyword(11, 0, 63)
    found["traffic-class"] = Keyword(11, IPV6, 0xFF)
    found["next-header"] = Keyword(3, IPV6)
    found["flow-label"] = Keyword(13, IPV6)
    return found


KEYWORDS: Final = keywords()

RD_WORDS: Final = ("rd", "route-distinguisher")


class Match(NamedTuple):
    """A keyword and one of its items."""

    word: str
    item: Item


class Rule:
    """What the words of a rule match, before it is known of which family it is."""

    def __init__(self) -> None:
        self.matches: list[Match] = []
        self.rd = b""
        self.rd_at = -1

    def accept(self, words: Words) -> bool:
        """Read one keyword and what it matches, or the route distinguisher; False when the next word is neither."""
        word = words.peek()
        keyword = KEYWORDS.get(word)
        if keyword is None and word not in RD_WORDS:
            return False
        words.next("")
        if keyword is None:
            self._rd(words)
            return True
        start = words.at
        expected = f"what '{word}' matches"
        listed = words.items(expected, commas=True)
        if not listed:
            raise words.wrong(expected, f"'{word}' matches nothing")
        for at in range(start, words.at):
            if words.words[at] not in ("[", "]", ","):
                self.matches.append(Match(word, Item(words.words[at], at, keyword.maximum)))
        return True

    def _rd(self, words: Words) -> None:
        if self.rd:
            raise words.wrong("one route distinguisher", "there are two route distinguishers")
        word = words.next(rd.EXPECTED)
        try:
            self.rd = rd.octets(word)
        except Misspelt as error:
            raise words.wrong(error.expected, error.reason) from None
        self.rd_at = words.at - 1

    def afi(self) -> int:
        """The address family: of the prefixes, else the one that the words hint at, else IPv4; Misspelt if mixed."""
        found = [KEYWORDS[match.word] for match in self.matches]
        if any(keyword.afi == L2VPN for keyword in found):
            return L2VPN
        prefixes = [
            match.item
            for match in self.matches
            if KEYWORDS[match.word].code in PREFIXES and not match.item.text.startswith(RAW)
        ]
        for item in prefixes[1:]:
            if (":" in item.text) != (":" in prefixes[0].text):
                reason = f"'{item.text}' and '{prefixes[0].text}' are not of one address family"
                raise Misspelt(reason, "prefixes of IPv4 or of IPv6", item.at)
        if prefixes:
            return IPV6 if ":" in prefixes[0].text else IPV4
        return IPV6 if any(keyword.afi == IPV6 for keyword in found) else IPV4


class Vocabulary:
    """The components of one address family: octets in order of type, each type once but for prefixes.

    RFC 8955 wants each type once; ExaBGP sends several prefixes of one type as several components, so they are taken.
    """

    def __init__(self, name: str, components: tuple[Component, ...]) -> None:
        self.name = name
        self.by_code = {component.code: component for component in components}
        self.by_word = {component.word: component for component in components}

    def scan(self, data: bytes, at: int) -> tuple[int, list[tuple[Component, int, int]]]:
        """The components of `data` from `at` on, each with where it begins and ends, and the form they are in."""
        try:
            return 0, self.cut(data, at, 0)
        except Malformed as error:
            try:
                return 1, self.cut(data, at, 1)
            except Malformed:
                raise error from None

    def cut(self, data: bytes, at: int, form: int) -> list[tuple[Component, int, int]]:
        """The components if they are of that form."""
        found: list[tuple[Component, int, int]] = []
        last = 0
        end = len(data)
        while at < end:
            code = data[at]
            component = self.by_code.get(code)
            if component is None:
                raise Malformed(f"flow component {code} is not known for {self.name}", 3, 10)
            if code < last or (code == last and component.matcher.single):
                raise Malformed(f"flow component {code} stands behind {last}", 3, 10)
            stop = component.matcher.cut(data, at + 1, end, form)
            found.append((component, at + 1, stop))
            last = code
            at = stop
        if not found:
            raise Malformed("a flow without components matches everything", 3, 10)
        return found

    def tree(self, data: bytes, at: int) -> dict[str, list[str]]:
        """The items of `data` from `at` on, by the words of their components; Malformed."""
        form, parts = self.scan(data, at)
        found: dict[str, list[str]] = {}
        for component, start, stop in parts:
            found.setdefault(component.word, []).extend(component.items(data[start:stop], form))
        return found

    def octets(self, matches: list[Match]) -> bytes:
        """The components of matches, in order of type; Misspelt blames the word."""
        given: dict[int, list[Item]] = {}
        for match in matches:
            code = KEYWORDS[match.word].code
            if code not in self.by_code:
                at = match.item.at
                raise Misspelt(f"'{match.word}' has no place in a rule for {self.name}", "another match", at)
            given.setdefault(code, []).append(match.item)
        if not given:
            raise Misspelt("the rule matches everything", "a match like 'destination 10.0.0.0/24'")
        forms = {self.by_code[code].form(item) for code, items in given.items() for item in items}
        reason = "the components cannot be told apart"
        for form in (1, 0) if 1 in forms and 0 not in forms else (0,):
            found, stops = self.joined(given, form)
            try:
                read_as, parts = self.scan(found, 0)
                if [stop for _, _, stop in parts] == stops and (read_as == form or forms == {-1}):
                    return found
            except Malformed as error:
                reason = error.reason
        raise Misspelt(reason, "components that can be read again", given[min(given)][0].at)

    def joined(self, given: dict[int, list[Item]], form: int) -> tuple[bytes, list[int]]:
        """The octets of items by type, and where each component ends."""
        found = bytearray()
        stops: list[int] = []
        for code in sorted(given):
            component = self.by_code[code]
            groups = [given[code]] if component.matcher.single else [[item] for item in given[code]]
            for group in groups:
                found.append(code)
                found += component.octets(group, form)
                stops.append(len(found))
        return bytes(found), stops

    def precedence(self, one: bytes, other: bytes) -> int:
        """Which of two lists of components comes first: -1 the first, 1 the second, 0 they are the same.

        RFC 8955, 5.1 and RFC 8956, 4: type by type.  The lower type is first, the one with more components, the
        longer of two prefixes where one is in the other, else the lower value; prefixes with a lower offset are first.
        """
        one_form, one_parts = self.scan(one, 0)
        other_form, other_parts = self.scan(other, 0)
        for (first, start, stop), (second, begin, end) in zip(one_parts, other_parts, strict=False):
            if first.code != second.code:
                return -1 if first.code < second.code else 1
            if first.code in PREFIXES:
                order = prefix_order(
                    first.matcher.measures(one[start:stop], one_form),
                    second.matcher.measures(other[begin:end], other_form),
                )
            else:
                order = value_order(one[start:stop], other[begin:end])
            if order:
                return order
        return (len(one_parts) < len(other_parts)) - (len(one_parts) > len(other_parts))


def value_order(one: bytes, other: bytes) -> int:
    """The lower octets first; the longer ones where the others are their start."""
    common = min(len(one), len(other))
    if one[:common] != other[:common]:
        return -1 if one[:common] < other[:common] else 1
    return (len(one) < len(other)) - (len(one) > len(other))


def prefix_order(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    """The lower offset first, then the longer prefix where one is in the other, else the lower."""
    if one[0] != other[0]:
        return -1 if one[0] < other[0] else 1
    rest = 128 - min(one[1], other[1])
    bits = one[2] >> rest, other[2] >> rest
    if bits[0] != bits[1]:
        return -1 if bits[0] < bits[1] else 1
    return (one[1] < other[1]) - (one[1] > other[1])


IPV4_WORDS: Final = Vocabulary("IPv4", OF_IPV4)
IPV6_WORDS: Final = Vocabulary("IPv6", OF_IPV6)
LAYER_2_WORDS: Final = Vocabulary("layer 2", OF_LAYER_2)

VOCABULARIES: Final = {IPV4: IPV4_WORDS, IPV6: IPV6_WORDS, L2VPN: LAYER_2_WORDS}
"""By AFI."""
