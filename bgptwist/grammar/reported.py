"""Routes from the JSON in which they were reported: an UPDATE event, or the part of it that matters.

Every value goes through its words (`restore` of its record), so whatever JSON says is checked like a statement.
"""

from json import JSONDecodeError, loads
from typing import Final

from bgptwist.grammar.route import RouteReader
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.registry import BY_NAME, KINDS
from bgptwist.wire.route import Announcement
from bgptwist.wire.values.tree import items, members, raw_octets, string

SHELLS: Final = ("neighbor", "message", "update")
"""The members, from the outside in, around what an UPDATE says."""

SILENT: Final = frozenset(("next-hop", "error", "reason", "confederation-path"))
"""Members beside the attributes that are told about an UPDATE and do not belong to its routes."""

NO_HOP: Final = ("no-nexthop", "null", "")

BY_WORD: Final = {kind.word: kind for kind in KINDS.values()}


class Reported:
    """What an UPDATE announces and withdraws."""

    def __init__(self, announced: list[Announcement], withdrawn: list[Announcement]) -> None:
        self.announced = announced
        self.withdrawn = withdrawn


def read(reader: RouteReader, text: str) -> Reported:
    """The routes of one JSON object; Misspelt says which member is wrong."""
    try:
        event = members(loads(text))
    except JSONDecodeError as error:
        reason = f"this is no JSON: {error.msg} at character {error.pos}"
        raise Misspelt(reason, 'an object like { "announce": { ... } }') from None
    except RecursionError:
        raise Misspelt("this JSON is nested too deeply", "an UPDATE event") from None
    for shell in SHELLS:
        if shell in event:
            event = members(event[shell])
    words = attribute_words(members(event.get("attribute", {})))
    announced: list[Announcement] = []
    for name, hops in members(event.get("announce", {})).items():
        for hop, listed in members(hops).items():
            tail = words if hop in NO_HOP else f"next-hop {word(hop)} {words}"
            announced += [route(reader, name, nlri, tail, False) for nlri in items(listed)]
    withdrawn = [
        route(reader, name, nlri, "", True)
        for name, listed in members(event.get("withdraw", {})).items()
        for nlri in items(listed)
    ]
    if not announced and not withdrawn:
        raise Misspelt("there are no routes in this JSON", "a member 'announce' or 'withdraw'")
    return Reported(announced, withdrawn)


def route(reader: RouteReader, name: str, nlri: object, tail: str, withdraw: bool) -> Announcement:
    """One NLRI of a family."""
    family = BY_NAME.get(name)
    if family is None:
        raise Misspelt(f"the family '{name[:60]}' is not known", "a name like 'ipv4 unicast'")
    try:
        if isinstance(nlri, str):
            words = word(nlri)
        else:
            given = dict(members(nlri))
            form = family.with_path_id if "path-information" in given else family
            if form.restore is None:
                raise Misspelt("JSON of this family cannot be read", "words")
            words = form.restore(given)
        afi, safi = name.split()
        return reader.family_route(afi, safi, f"{words} {tail}".rstrip(), withdraw=withdraw)
    except Misspelt as error:
        raise Misspelt(f"{name}: {error.reason}", error.expected) from None


def word(text: str) -> str:
    """A string that must be one word."""
    if not text or any(c.isspace() or c in "[](),;{}" for c in text):
        raise Misspelt(f"{text[:60]!r} is not one word", "an address")
    return text


def attribute_words(given: dict[str, object]) -> str:
    """The attributes as a route statement has them."""
    found: list[str] = []
    for key, value in given.items():
        if key in SILENT:
            continue
        kind = BY_WORD.get(key)
        try:
            if kind is not None and kind.restore is not None:
                words = kind.restore(value)
                found.append(f"{kind.word} {words}" if words else kind.word)
            else:
                found.append(unknown_words(key, value))
        except Misspelt as error:
            raise Misspelt(f"attribute {key[:60]}: {error.reason}", error.expected) from None
    return " ".join(found)


def unknown_words(key: str, value: object) -> str:
    """`"attribute-0x63-0xE0": "0xdeadbeef"` as `attribute [ 0x63 0xE0 0xdeadbeef ]`."""
    parts = key.split("-")
    if len(parts) != 3 or parts[0] != "attribute":
        raise Misspelt("it is not known", "an attribute as events name it")
    code, flags, octets = raw_octets(parts[1]), raw_octets(parts[2]), raw_octets(string(value))
    if len(code) != 1 or len(flags) != 1:
        raise Misspelt("its name has no type code and flags of one octet", "'attribute-0xCC-0xFF'")
    return f"attribute [ 0x{code.hex()} 0x{flags.hex()} 0x{octets.hex()} ]"
