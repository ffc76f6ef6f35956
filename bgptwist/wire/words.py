"""A cursor over words, of the same shape as the one over octets."""

from bgptwist.wire.errors import Misspelt


class Words:
    """Reads the words of one statement or command; what does not fit is Misspelt at its index.

    Brackets, parentheses and commas are words of their own, as the lexer and the command reader make them.
    """

    def __init__(self, words: list[str], at: int = 0) -> None:
        self.words = words
        self.at = at

    @property
    def more(self) -> bool:
        """Whether a word is left."""
        return self.at < len(self.words)

    def peek(self) -> str:
        """The next word, '' when none is left."""
        return self.words[self.at] if self.at < len(self.words) else ""

    def next(self, expected: str) -> str:
        """The next word; `expected` says in an error what it should have been."""
        if self.at >= len(self.words):
            raise Misspelt("the statement ends too early", expected, self.at)
        self.at += 1
        return self.words[self.at - 1]

    def accept(self, word: str) -> bool:
        """Pass over `word` if it is the next one."""
        if self.peek() == word:
            self.at += 1
            return True
        return False

    def require(self, word: str) -> None:
        """Pass over `word`, which must be the next one."""
        if self.next(f"'{word}'") != word:
            raise self.wrong(f"'{word}'")

    def wrong(self, expected: str, reason: str = "") -> Misspelt:
        """The error to raise about the word just read."""
        at = max(self.at - 1, 0)
        word = self.words[at] if at < len(self.words) else ""
        return Misspelt(reason or f"'{word}' cannot be read", expected, at)

    def integer(self, maximum: int, expected: str = "", minimum: int = 0) -> int:
        """A decimal or 0x number between `minimum` and `maximum`."""
        wanted = expected or f"a number from {minimum} to {maximum}"
        word = self.next(wanted)
        value = number(word)
        if value < minimum or value > maximum:
            raise self.wrong(wanted)
        return value

    def items(self, expected: str, *, commas: bool = False) -> list[str]:
        """The words of `[ a b ]` (with `commas`, also `[ a, b ]`), or the single word that stands there."""
        if not self.accept("["):
            return [self.next(expected)]
        found: list[str] = []
        while True:
            word = self.next(f"{expected} or ']'")
            if word == "]":
                return found
            if word == "," and commas:
                continue
            if word in ("[", "(", ")", ","):
                raise self.wrong(f"{expected} or ']'")
            found.append(word)


def number(word: str) -> int:
    """The value of a decimal or 0x word, -1 when it is no such number."""
    if word.isdecimal() and word.isascii():
        return int(word) if len(word) <= 40 else -1
    if word[:2] in ("0x", "0X"):
        digits = word[2:]
        if digits and len(digits) <= 64 and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            return int(digits, 16)
    return -1
