"""Attributes whose value is a layout: octets are kept, the tree is made when somebody looks."""

from collections.abc import Callable
from json import dumps

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import hide, read_shown, show, shown_words
from bgptwist.wire.words import Words


class Structured(Attribute):
    """The octets of an attribute with the layout that shows them; what it cannot show is hexadecimal."""

    def __init__(self, code: int, layout: Field, value: bytes) -> None:
        self.code = code
        self.layout = layout
        self.value = value

    def tree(self) -> object:
        """What JSON shows."""
        return show(self.layout, self.value)

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return shown_words(self.layout, self.tree())

    def json(self) -> str:
        return dumps(self.tree())


class Shape:
    """What an attribute module makes its record of: decoder, reader and restorer around one layout.

    `check` raises Malformed for octets that RFC 7606 finds wrong; it runs for every UPDATE, the layout only for those
    who look, so it must take time linear in the octets and build nothing.
    """

    def __init__(self, code: int, layout: Field, check: Callable[[bytes], None]) -> None:
        self.code = code
        self.layout = layout
        self.check = check

    def decode(self, value: bytes) -> Attribute:
        """The attribute of octets; Malformed."""
        self.check(value)
        return Structured(self.code, self.layout, value)

    def read(self, words: Words) -> Attribute:
        """The attribute of words: those of the layout, `( ... )` unless they are one word or a list, or `0x...`."""
        return Structured(self.code, self.layout, read_shown(self.layout, words))

    def read_valid(self, words: Words) -> Attribute:
        """The same; Misspelt when `check` would not let its octets pass."""
        at = words.at
        attribute = self.read(words)
        try:
            self.check(attribute.octets())
        except Malformed as error:
            raise Misspelt(error.reason, "another value", at) from None
        return attribute

    def restore(self, tree: object) -> str:
        """The words of what JSON shows; Misspelt when it has another shape."""
        return shown_words(self.layout, show(self.layout, hide(self.layout, tree)))
