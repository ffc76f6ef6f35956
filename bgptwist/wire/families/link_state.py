"""BGP-LS: the topology that an IGP knows, as NLRI of type, length, protocol, identifier and descriptors.

RFC 9552, 5.2 (nodes, links, prefixes; with route distinguishers in SAFI 72); RFC 9514, 6 (SRv6 SIDs); RFC 9857, 4
(candidate paths of SR policies); draft-ietf-idr-bgp-ls-inter-as-topology-ext (stub links); RFC 9815, 5.1 (SAFI 80).
"""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import rd as rds
from bgptwist.wire.values.layout import read_enclosed, show, shown_words
from bgptwist.wire.values.link_state_descriptors import (
    GENERIC,
    LINK_PARTS,
    LOCAL_NODE,
    LOCAL_PART,
    NODE_PART,
    POLICY_PARTS,
    PROTOCOL,
    REMOTE_PART,
    SID_PARTS,
    Part,
    Reachability,
    Tlv,
    framed,
    generic_code,
    prefix_parts,
    read_generic,
    read_raw,
)
from bgptwist.wire.values.tree import integer, items, members, raw_octets, string
from bgptwist.wire.words import Words

HEADER: Final = 4
FIXED: Final = 9
"""Octets of protocol and identifier."""

IGNORED: Final = frozenset({"ls-nlri-type", "ip-reach-prefix", "nexthop"})
"""Members of the JSON object that say nothing that other members do not say."""


class RouteKind:
    """One type of NLRI: its code, its word, its name in JSON, and the parts that may follow protocol and identifier.

    `mandatory` are the TLVs without which it makes no sense.  `always` are lists that JSON shows though they are empty.
    `inner` is the object in which JSON has the descriptors, '' when they stand beside the others.
    """

    def __init__(
        self,
        code: int,
        word: str,
        name: str,
        parts: tuple[Part, ...],
        mandatory: tuple[int, ...],
        *,
        always: tuple[str, ...] = (),
        inner: str = "",
    ) -> None:
        self.code = code
        self.word = word
        self.name = name
        self.parts = parts
        self.mandatory = frozenset(mandatory)
        self.always = always
        self.inner = inner
        self.generic = f"{GENERIC}tlv-" if inner else GENERIC
        self.by_key = {part.key: part for part in parts}
        self.by_word = {part.word: part for part in parts}
        self.rows: dict[int, tuple[Part, Tlv]] = {tlv.code: (part, tlv) for part in parts for tlv in part.tlvs}
        self.rules = {code: tlv for code, (_, tlv) in self.rows.items()}


LISTS: Final = ("interface-addresses", "neighbor-addresses", "multi-topology-ids", "link-identifiers")

KINDS: Final = (
    RouteKind(1, "node", "bgpls-node", (NODE_PART,), (256,)),
    RouteKind(2, "link", "bgpls-link", (LOCAL_PART, REMOTE_PART, *LINK_PARTS), (256, 257), always=LISTS),
    RouteKind(3, "prefix-v4", "bgpls-prefix-v4", (NODE_PART, *prefix_parts(1)), (256, 265)),
    RouteKind(4, "prefix-v6", "bgpls-prefix-v6", (NODE_PART, *prefix_parts(2)), (256, 265)),
    RouteKind(5, "sr-policy", "bgpls-sr-policy", (NODE_PART, *POLICY_PARTS), (256, 554)),
    RouteKind(
        6,
        "srv6-sid",
        "bgpls-srv6sid",
        (NODE_PART, *SID_PARTS),
        (256, 518),
        always=("multi-topology-ids",),
        inner="srv6-sid-descriptors",
    ),
    RouteKind(7, "stub-link", "bgpls-stub-link", (LOCAL_PART, *LINK_PARTS), (256,), always=LISTS),
)
BY_CODE: Final = {kind.code: kind for kind in KINDS}
BY_WORD: Final = {kind.word: kind for kind in KINDS}
BY_NAME: Final = {kind.name: kind for kind in KINDS}

EXPECTED: Final = f"one of {', '.join(BY_WORD)}, raw"


def cutter(path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
    """A function that cuts a field into NLRI, each after `path_id` octets."""
    head = path_id + HEADER

    def split(data: bytes, at: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        while at < end:
            stop = at + head
            if stop > end:
                raise Malformed(f"{end - at} octets where an NLRI begins", 3, 10)
            stop += data[stop - 2] << 8 | data[stop - 1]
            if stop > end:
                raise Malformed(f"an NLRI of {stop - at} octets where {end - at} are left", 3, 10)
            found.append(data[at:stop])
            at = stop
        return found

    return split


split: Final = cutter(0)


def clamp(octets: bytes, path_id: int = 0) -> bytes:
    """The same field, but the length of its last NLRI is what is left when it says more; for tools that show octets."""
    at = 0
    head = path_id + HEADER
    while at + head <= len(octets):
        body = at + head
        at = body + int.from_bytes(octets[body - 2 : body], "big")
        if at > len(octets):
            return octets[: body - 2] + (len(octets) - body).to_bytes(2, "big") + octets[body:]
    return octets


class Routes:
    """How NLRI are checked, read and spelt; its methods are what a Family is made of.

    The tree of an NLRI is flat: `rd`, `protocol`, `identifier`, the keys of its parts, and lists of octets under
    `generic-N` for TLVs nobody knows.  `rd`: a route distinguisher stands before the protocol.
    """

    def __init__(self, rd: bool) -> None:
        self.rd = rd
        self.fixed = ("rd", "protocol") if rd else ("protocol",)
        self.head = HEADER + (rds.SIZE if rd else 0)

    # -------------------------------------------------------------- octets

    def check(self, nlri: bytes) -> None:
        """Malformed when TLVs run over, are not in rising order, not of their length, or missing (RFC 9552, 8.2.2)."""
        kind = BY_CODE.get(nlri[0] << 8 | nlri[1])
        if kind is None:
            return
        at = self.head + FIXED
        end = len(nlri)
        if at > end:
            raise Malformed(f"an NLRI of {end} octets has no room for its protocol and identifier", 3, 10)
        rules = kind.rules
        mandatory = kind.mandatory
        missing = len(mandatory)
        last = -1
        start = 0
        while at < end:
            value = at + 4
            if value > end:
                raise Malformed(f"{end - at} octets where a TLV begins", 3, 10)
            code = nlri[at] << 8 | nlri[at + 1]
            size = nlri[at + 2] << 8 | nlri[at + 3]
            if value + size > end:
                raise Malformed(f"a TLV of {size} octets where {end - value} are left", 3, 10)
            rule = rules.get(code)
            if code <= last:
                self._again(nlri, rule, code, last, start, at, value + size)
            elif code in mandatory:
                missing -= 1
            if rule is not None:
                if size not in rule.sizes:
                    raise Malformed(f"TLV {code} has {size} octets", 3, 10)
                if rule.check is not None:
                    rule.check(nlri, value, value + size)
            last = code
            start = value
            at = value + size
        if missing:
            raise Malformed(f"a {kind.word} must have the TLVs {', '.join(map(str, sorted(mandatory)))}", 3, 10)

    def _again(self, nlri: bytes, rule: Tlv | None, code: int, last: int, start: int, at: int, end: int) -> None:
        """Malformed unless TLV `code` may follow `last`: of the same type, repeatable, its value not lower."""
        if code < last:
            raise Malformed(f"TLV {code} follows {last}", 3, 10)
        if rule is not None and not rule.many:
            raise Malformed(f"TLV {code} stands twice", 3, 10)
        if nlri[at + 4 : end] < nlri[start:at]:
            raise Malformed(f"the values of TLV {code} are not in rising order", 3, 10)

    def tree(self, nlri: bytes) -> dict[str, object] | None:
        """What stands in an NLRI, None when its type is not known or something would be lost."""
        kind = BY_CODE.get(nlri[0] << 8 | nlri[1])
        if kind is None:
            return None
        octets = Octets(nlri, HEADER)
        try:
            tree: dict[str, object] = {"rd": rds.text(octets.take(rds.SIZE))} if self.rd else {}
            tree["protocol"] = octets.octet()
            tree["identifier"] = octets.integer(8)
            self._parts(kind, octets, tree)
            if self.encode(kind, tree) == nlri[HEADER:]:
                return tree
        except (Malformed, Misspelt):
            pass
        return None

    def _parts(self, kind: RouteKind, octets: Octets, tree: dict[str, object]) -> None:
        """Put the TLVs into the tree: parts in the order of the kind, then those nobody knows."""
        found: dict[str, list[object]] = {part.key: [] for part in kind.parts}
        generic: dict[str, list[object]] = {}
        while octets.left:
            code = octets.integer(2)
            value = octets.take(octets.integer(2))
            part, tlv = kind.rows.get(code, (None, None))
            if part is not None and tlv is not None and (part.listed or not found[part.key]):
                shown = show(tlv.field, value)
                if not isinstance(shown, str) or tlv.field.single:
                    found[part.key].append(shown)
                    continue
            generic.setdefault(f"{GENERIC}{code}", []).append(spell.hexadecimal(value))
        for part in kind.parts:
            if found[part.key]:
                tree[part.key] = found[part.key] if part.listed else found[part.key][0]
        tree.update(generic)

    def encode(self, kind: RouteKind, tree: dict[str, object]) -> bytes:
        """What follows type and length."""
        for key in self.fixed:
            if key not in tree:
                raise Misspelt(f"'{key}' is missing", f"{key} and what it is")
        head = rds.octets(string(tree["rd"])) if self.rd else b""
        head += PROTOCOL.encode(tree["protocol"])
        head += integer(tree.get("identifier", 0), (1 << 64) - 1).to_bytes(8, "big")
        found: list[tuple[int, bytes]] = []
        for key, given in tree.items():
            part = kind.by_key.get(key)
            if part is not None:
                found += part.encode(given)
            elif key not in self.fixed and key != "identifier":
                code = generic_code(key)
                found += [(code, raw_octets(string(value))) for value in items(given)]
        return head + b"".join([framed(code, value) for code, value in sorted(found)])

    def made(self, kind: RouteKind, tree: dict[str, object], at: int = -1) -> bytes:
        """The NLRI of a tree, which must pass the check; words blame the word at `at`."""
        try:
            nlri = framed(kind.code, self.encode(kind, tree))
            self.check(nlri)
        except Malformed as error:
            raise Misspelt(error.reason, f"a {kind.word} that makes sense", at) from None
        except Misspelt as error:
            raise Misspelt(error.reason, error.expected, at) from None
        return nlri

    # -------------------------------------------------------------- words

    def words(self, nlri: bytes) -> str:
        """`node protocol ospfv2 identifier 0 local ( router-id 10.0.0.1 )`, or `raw 0x...`."""
        tree = self.tree(nlri)
        if tree is None:
            return f"raw {spell.hexadecimal(nlri)}"
        kind = BY_CODE[nlri[0] << 8 | nlri[1]]
        found = [kind.word]
        for key, given in tree.items():
            part = kind.by_key.get(key)
            if part is not None:
                found += part.word, shown_words(part.field, given)
            elif key == "protocol":
                found += "protocol", PROTOCOL.words(given)
            elif key in ("rd", "identifier"):
                found += key, str(given)
            else:
                for value in items(given):
                    found += key, str(value)
        return " ".join(found)

    def read(self, words: Words) -> bytes:
        """The NLRI of words: the type, then its members in any order."""
        at = words.at
        word = words.next(EXPECTED)
        if word == "raw":
            return self._whole(raw_octets(words.next("the NLRI in hexadecimal"), words), words.at - 1)
        kind = BY_WORD.get(word)
        if kind is None:
            raise words.wrong(EXPECTED, f"'{word}' is no type of BGP-LS route")
        tree = self._read_members(kind, words)
        missing = [key for key in self.fixed if key not in tree]
        for part in kind.parts:
            code = part.tlvs[0].code
            if code in kind.mandatory and part.key not in tree and f"{GENERIC}{code}" not in tree:
                missing.append(part.word)
        if missing:
            raise Misspelt(f"'{missing[0]}' is missing", f"{missing[0]} and what it is", words.at)
        return self.made(kind, tree, at)

    def _read_members(self, kind: RouteKind, words: Words) -> dict[str, object]:
        """What stands after the type, up to a word that is no member."""
        tree: dict[str, object] = {}
        generic: dict[str, list[object]] = {}
        while True:
            word = words.peek()
            part = kind.by_word.get(word)
            known = part is not None or word == "identifier" or word in self.fixed
            if not known and not word.startswith(GENERIC):
                return tree
            words.next("")
            if known and (word if part is None else part.key) in tree:
                raise words.wrong("another word", f"'{word}' stands twice")
            if part is not None:
                tree[part.key] = read_enclosed(part.field, words)
            elif word == "protocol":
                tree[word] = PROTOCOL.read(words)
            elif word == "identifier":
                tree[word] = words.integer((1 << 64) - 1)
            elif word == "rd":
                tree[word] = rds.RouteDistinguisher().read(words)
            else:
                key = f"{GENERIC}{read_generic(words)}"
                tree[key] = generic.setdefault(key, [])
                generic[key].append(read_raw(words))

    def _whole(self, octets: bytes, at: int = -1) -> bytes:
        """The same octets if they are one NLRI."""
        try:
            if split(octets, 0, len(octets)) == [octets]:
                return octets
        except Malformed:
            pass
        raise Misspelt("these octets are not one NLRI", "one whole NLRI in hexadecimal, with type and length", at)

    # -------------------------------------------------------------- JSON

    def json(self, nlri: bytes) -> str:
        """The JSON object, in the form of ExaBGP with whatever else there is."""
        return dumps(self.shown(nlri))

    def shown(self, nlri: bytes) -> dict[str, object]:
        """The same as a dictionary."""
        code = nlri[0] << 8 | nlri[1]
        tree = self.tree(nlri)
        if tree is None:
            return {"code": code, "parsed": False, "raw": nlri.hex().upper()}
        kind = BY_CODE[code]
        found: dict[str, object] = {
            "ls-nlri-type": kind.name,
            "l3-routing-topology": tree["identifier"],
            "protocol-id": tree["protocol"],
        }
        inner: dict[str, object] = {} if kind.inner else found
        for part in kind.parts:
            given = tree.get(part.key, [] if part.key in kind.always else None)
            if given is None:
                continue
            (found if part.tlvs[0].code == LOCAL_NODE else inner)[part.key] = given
            if isinstance(part.field, Reachability):
                found["ip-reach-prefix"] = part.field.text(given)
        inner.update({kind.generic + key[len(GENERIC) :]: tree[key] for key in tree if key.startswith(GENERIC)})
        if kind.inner:
            found[kind.inner] = inner
        if self.rd:
            found["rd"] = tree["rd"]
        return found

    def restore(self, tree: object) -> str:
        """The words of a JSON object: its members count, `raw` only where there are none."""
        given = members(tree)
        if "ls-nlri-type" not in given:
            return self.words(self._whole(raw_octets("0x" + string(given.get("raw", "")))))
        kind = BY_NAME.get(string(given["ls-nlri-type"]))
        if kind is None:
            raise Misspelt(f"{dumps(given['ls-nlri-type'])[:60]} is not known", f"one of {', '.join(BY_NAME)}")
        flat = dict(given)
        if kind.inner:
            flat.update(members(flat.pop(kind.inner, {})))
        found: dict[str, object] = {}
        for key, value in flat.items():
            if key.startswith(kind.generic):
                key = GENERIC + key[len(kind.generic) :]
            key = {"l3-routing-topology": "identifier", "protocol-id": "protocol"}.get(key, key)
            if key not in IGNORED:
                found[key] = value
        reach = str(given.get("ip-reachability-tlv", ""))
        if "ip-reach-prefix" in given and reach[:2] != "0x":
            found["ip-reachability-tlv"] = given["ip-reach-prefix"]
        return self.words(self.made(kind, found))


HELP: Final = """\
A route is a type and its members, in any order:

    node       protocol P identifier N local ( NODE )
    link       protocol P identifier N local ( NODE ) remote ( NODE ) LINK
    prefix-v4  protocol P identifier N local ( NODE ) prefix 10.0.0.0/24 [ospf-route-type T] [multi-topology N]
               [bgp-route-type N]
    prefix-v6  the same with an IPv6 prefix
    sr-policy  protocol sr identifier N local ( NODE ) candidate-path ( PATH ) [tunnel-id N] [lsp-id N]
    srv6-sid   protocol P identifier N local ( NODE ) sid 2001:db8:1:: [multi-topology N]
    stub-link  protocol P identifier N local ( NODE ) LINK

P is isis-l1, isis-l2, ospfv2, direct, static, ospfv3, bgp, rsvp-te, sr or a number; the identifier is 0 when it is left
out.  NODE is any of autonomous-system N, bgp-ls-identifier N, ospf-area 0.0.0.0, router-id ID, bgp-router-id 10.0.0.1,
confederation-member N.  ID is 10.0.0.1 [designated-router 10.0.0.2] for OSPF, 1921.6825.2240 [psn 1] for IS-IS.
LINK is any of interface-address A, neighbor-address A, link-identifiers ( local N remote N ), multi-topology N,
remote-as-number N, remote-asbr A; `[ A B ]` where there are several.  PATH is protocol-origin N endpoint A color N
[originator-as-number N] [originator-address A] [discriminator N].  T is intra-area, inter-area, external-1, external-2,
nssa-1, nssa-2 or a number.  Other TLVs are `generic-N 0x...`, other types `raw 0x...` with the whole NLRI."""

PLAIN: Final = Routes(rd=False)
VPN: Final = Routes(rd=True)


def link_state(safi: int, name: str, routes: Routes, next_hop_sizes: tuple[int, ...], rfc: str) -> Family:
    """The family of one SAFI."""
    family = Family(
        16388,
        safi,
        name,
        next_hop_sizes,
        split,
        routes.read,
        routes.words,
        routes.json,
        next_hop_prefix=bytes(rds.SIZE) if routes.rd else b"",
        rfc=rfc,
        restore=routes.restore,
        check=routes.check,
        help=HELP.replace(" protocol P", " rd RD protocol P").replace("protocol sr", "rd RD protocol sr")
        if routes.rd
        else HELP,
    )
    return add_path(family, cutter(4))


LINK_STATE: Final = link_state(71, "bgp-ls bgp-ls", PLAIN, (4, 16, 32), "RFC 9552")
LINK_STATE_VPN: Final = link_state(72, "bgp-ls bgp-ls-vpn", VPN, (12, 24), "RFC 9552")
LINK_STATE_SPF: Final = link_state(80, "bgp-ls bgp-ls-spf", PLAIN, (4, 16, 32), "RFC 9815")
