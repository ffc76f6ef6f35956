"""Flow specifications for IPv4, IPv6 and layer 2 (RFC 8955; RFC 8956; draft-ietf-idr-flowspec-l2vpn).

An NLRI is its length, one octet below 240 and two from there on, a route distinguisher for SAFI 134, and components.
"""

from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values import rd
from bgptwist.wire.values.flow_component import VOCABULARIES, Match, Rule, Vocabulary
from bgptwist.wire.values.flow_frame import cutter, framed, head, whole
from bgptwist.wire.values.flow_matcher import Item
from bgptwist.wire.values.tree import items, members, raw_octets, string
from bgptwist.wire.words import Words

SAFI: Final = 133
VPN_SAFI: Final = 134

NEXT_HOPS: Final = (0, 4, 16)
"""There is none, unless an action redirects to it."""

AROUND: Final = ("string", "next-hop")
"""Members of the JSON of ExaBGP that repeat what others say, or do not belong to the NLRI."""


class FlowNlri:
    """How the flow specifications of one family are read and spelt; its methods are what a Family is made of.

    Words are `flow WORD ITEM WORD [ ITEM ITEM ] rd R`; JSON has a list of items for each word, and all words together
    as `string`.  What is no sound list of components is `raw 0x...`, the whole NLRI.
    """

    def __init__(self, vocabulary: Vocabulary, vpn: bool) -> None:
        self.vocabulary = vocabulary
        self.vpn = vpn

    def start(self, nlri: bytes) -> int:
        """Where the components begin."""
        return head(nlri) + (rd.SIZE if self.vpn else 0)

    def tree(self, nlri: bytes) -> dict[str, object] | None:
        """The items by word, and the route distinguisher; None when they would not become the same octets again."""
        try:
            found: dict[str, object] = dict(self.vocabulary.tree(nlri, self.start(nlri)))
            if self.vpn:
                found["rd"] = rd.text(nlri[self.start(nlri) - rd.SIZE : self.start(nlri)])
            if self.encode(self.rule(found)) == nlri:
                return found
        except (Malformed, Misspelt):
            pass
        return None

    def rule(self, tree: dict[str, object]) -> Rule:
        """The rule that a tree shows."""
        found = Rule()
        for word, listed in tree.items():
            if word == "rd":
                found.rd = rd.octets(string(listed))
            elif word in self.vocabulary.by_word:
                found.matches += [Match(word, Item(string(text))) for text in items(listed)]
            else:
                expected = f"one of {', '.join(self.vocabulary.by_word)}"
                raise Misspelt(f"'{word[:60]}' is no component of a rule for {self.vocabulary.name}", expected)
        return found

    def encode(self, rule: Rule) -> bytes:
        """The NLRI of a rule; Misspelt blames the word."""
        if self.vpn and not rule.rd:
            raise Misspelt("a rule for a VPN has no route distinguisher", rd.EXPECTED)
        if rule.rd and not self.vpn:
            raise Misspelt("only rules for a VPN have a route distinguisher", "the family flow-vpn", rule.rd_at)
        return framed(rule.rd + self.vocabulary.octets(rule.matches))

    def words(self, nlri: bytes) -> str:
        """The words of an NLRI."""
        return self._words(nlri, self.tree(nlri))

    def _words(self, nlri: bytes, tree: dict[str, object] | None) -> str:
        if tree is None:
            return f"flow raw {spell.hexadecimal(nlri)}"
        found = ["flow"]
        for word, listed in tree.items():
            texts = [string(text) for text in items(listed)] if word != "rd" else [string(listed)]
            inner = " ".join(texts)
            # ExaBGP puts brackets around several terms, even if they are a single item
            found.append(f"{word} [ {inner} ]" if len(texts) > 1 or "&" in inner else f"{word} {inner}")
        return " ".join(found)

    def read(self, words: Words) -> bytes:
        """The NLRI of words; those that belong to no component are left."""
        start = words.at
        words.accept("flow")
        if words.accept("raw"):
            return whole(raw_octets(words.next("the rule in hexadecimal"), words), words.at - 1)
        rule = Rule()
        while rule.accept(words):
            pass
        try:
            return self.encode(rule)
        except Misspelt as error:
            error.at = error.at if error.at >= 0 else start
            raise

    def json(self, nlri: bytes) -> str:
        """The JSON object of an NLRI."""
        tree = self.tree(nlri)
        shown: dict[str, object] = {"parsed": False, "raw": nlri.hex().upper()} if tree is None else tree
        return dumps({**shown, "string": self._words(nlri, tree)})

    def restore(self, tree: object) -> str:
        """The words of a JSON object."""
        given = {word: value for word, value in members(tree).items() if word not in AROUND}
        if given.get("parsed") is False:
            return self.words(whole(raw_octets("0x" + string(given.get("raw")))))
        return self.words(self.encode(self.rule(given)))

    def check(self, nlri: bytes) -> None:
        """Malformed when the components are unknown, not in order, cut short, or none at all."""
        start = self.start(nlri)
        if start > len(nlri):
            raise Malformed("a flow for a VPN without route distinguisher", 3, 10)
        self.vocabulary.scan(nlri, start)

    def precedence(self, one: bytes, other: bytes) -> int:
        """Which rule is applied first: -1 the first, 1 the second, 0 they are the same (RFC 8955, 5.1)."""
        return self.vocabulary.precedence(one[self.start(one) :], other[self.start(other) :])


def flows(afi: int, safi: int, name: str, rfc: str, help: str) -> tuple[Family, FlowNlri]:
    """The family and its form of NLRI."""
    form = FlowNlri(VOCABULARIES[afi], safi == VPN_SAFI)
    family = Family(
        afi,
        safi,
        name,
        NEXT_HOPS,
        cutter(0),
        form.read,
        form.words,
        form.json,
        next_hop_attribute=False,
        rfc=rfc,
        restore=form.restore,
        check=form.check,
        help=help,
    )
    return add_path(family, cutter(4)), form


LISTED: Final = (
    flows(1, SAFI, "ipv4 flow", "RFC 8955", "destination 10.0.0.0/24 protocol tcp destination-port [ 80 443 ]"),
    flows(1, VPN_SAFI, "ipv4 flow-vpn", "RFC 8955", "rd 65000:1 source 10.0.0.0/24 tcp-flags syn&!ack"),
    flows(2, SAFI, "ipv6 flow", "RFC 8956", "destination 2001:db8::/32 next-header udp"),
    flows(2, VPN_SAFI, "ipv6 flow-vpn", "RFC 8956", "rd 65000:1 source 2001:db8::/32 flow-label 2013"),
    flows(25, SAFI, "l2vpn flow", "draft-ietf-idr-flowspec-l2vpn", "ethernet-type arp vlan-id 100"),
    flows(25, VPN_SAFI, "l2vpn flow-vpn", "draft-ietf-idr-flowspec-l2vpn", "rd 65000:1 source-mac 00:11:22:33:44:55"),
)

FAMILIES: Final[tuple[Family, ...]] = tuple(family for family, _ in LISTED)

FORMS: Final[dict[int, FlowNlri]] = {family.index: form for family, form in LISTED}
"""By family index, for rules that are read without a family in mind."""
