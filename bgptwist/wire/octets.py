"""A cursor over octets that checks every bound."""

from bgptwist.wire.errors import Malformed


class Octets:
    """Reads big-endian integers and slices of `data[at:end]`; reading past `end` is Malformed."""

    def __init__(self, data: bytes, at: int = 0, end: int = -1) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end < 0 else end

    @property
    def left(self) -> int:
        """How many octets are still unread."""
        return self.end - self.at

    def take(self, size: int) -> bytes:
        """The next `size` octets."""
        at = self.at
        if size < 0 or at + size > self.end:
            raise Malformed(f"{size} octets wanted, {self.end - at} left")
        self.at = at + size
        return self.data[at : at + size]

    def integer(self, size: int) -> int:
        """The next `size` octets as an unsigned integer."""
        return int.from_bytes(self.take(size), "big")

    def octet(self) -> int:
        """The next octet as an integer."""
        at = self.at
        if at >= self.end:
            raise Malformed("an octet wanted, none left")
        self.at = at + 1
        return self.data[at]

    def rest(self) -> bytes:
        """Whatever is left."""
        at = self.at
        self.at = self.end
        return self.data[at : self.end]
