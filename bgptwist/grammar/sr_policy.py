"""The words of SR policies in route statements (configuration, 10): they stand among the attributes, in any order.

`distinguisher D color C endpoint IP` is the NLRI and stands first; `preference`, `binding-sid`, `segment-list` and the
like make the SR policy tunnel of TUNNEL_ENCAP, its sub-TLVs in the order of the words.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.attributes import tunnel_encapsulation
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values.field import BREAKING
from bgptwist.wire.values.ordered import Pair
from bgptwist.wire.values.tunnel import LAYOUT, POLICY, POLICY_ROWS
from bgptwist.wire.words import Words

SAFI: Final = 73
KEYWORD: Final = "sr-policy"

WORDS: Final = frozenset(row.word for row in POLICY_ROWS)
NAMES: Final = ("policy-name", "candidate-path-name")
"""What may stand in quotes."""


class PolicyReader:
    """Takes the words of one policy from those of a statement."""

    def __init__(self) -> None:
        self._pairs: list[Pair] = []

    def accept(self, words: Words) -> bool:
        """Read what comes next if it is of the policy."""
        word = words.peek()
        if word not in WORDS and not word.startswith(f"{POLICY.unknown}-"):
            return False
        following = words.words[words.at + 1 : words.at + 2]
        if word in NAMES and following and following[0].startswith('"'):
            self._quoted(words)
        else:
            self._pairs.append(POLICY.pair(words, self._pairs))
        return True

    def _quoted(self, words: Words) -> None:
        """A name in quotes, as commands have it: it may be several words."""
        key = words.next("a name")
        if any(known == key for known, _ in self._pairs):
            raise words.wrong("another word", f"'{key}' stands twice")
        parts = [words.next("a name")]
        while len(parts) == 1 and parts[0] == '"' or not parts[-1].endswith('"'):
            parts.append(words.next("the end of the quote"))
        self._pairs.append((key, spell.hexadecimal(" ".join(parts)[1:-1].encode("utf-8", "replace"))))

    def attributes(self, others: list[Attribute]) -> list[Attribute]:
        """TUNNEL_ENCAP with the policy, nothing when there were no words of one."""
        if not self._pairs:
            return []
        if any(other.code == tunnel_encapsulation.CODE for other in others):
            raise Misspelt("the policy is said twice", "either its words or tunnel-encap", 0)
        try:
            octets = LAYOUT.encode({KEYWORD: POLICY.joined(self._pairs)})
            return [tunnel_encapsulation.KIND.decode(octets)]
        except Misspelt as error:
            raise Misspelt(error.reason, error.expected, 0) from None
        except Malformed as error:
            raise Misspelt(error.reason, "a valid SR policy", 0) from None


def plain_names(words: list[str]) -> list[str]:
    """The words of a statement; names that were in quotes and are no words become hexadecimal."""
    return [
        spell.hexadecimal(word.encode())
        if at and words[at - 1] in NAMES and (not word or not word.isprintable() or not BREAKING.isdisjoint(word))
        else word
        for at, word in enumerate(words)
    ]


def afi(words: list[str]) -> str:
    """Which family a statement means that does not say: that of its endpoint."""
    at = words.index("endpoint") + 1 if "endpoint" in words else len(words)
    return "ipv6" if at < len(words) and ":" in words[at] else "ipv4"
