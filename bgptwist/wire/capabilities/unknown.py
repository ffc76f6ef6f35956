"""A capability that nobody knows, or whose value makes no sense, as octets (RFC 5492, 3)."""

from bgptwist.wire.kinds import CapabilityValue


class Unknown(CapabilityValue):
    """Reported, never an error; has no record, because it has no code of its own."""

    def __init__(self, code: int, value: bytes) -> None:
        self.code = code
        self.value = value

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        return f"{standing(self.code)} {self.code}"

    def json(self) -> str:
        raw = self.value.hex().upper()
        return f'{{ "name": "unknown", "iana": "{standing(self.code)}", "value": {self.code}, "raw": "{raw}" }}'


def standing(code: int) -> str:
    """What the registry says of a code: `unassigned`, `reserved` (experimental or private use), or `unknown` to us."""
    if 10 <= code <= 63 or 78 <= code <= 127:
        return "unassigned"
    return "reserved" if code == 0 or code >= 128 else "unknown"
