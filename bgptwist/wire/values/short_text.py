"""Text of bounded size in UTF-8: host names, versions, shutdown communications (RFC 9003, 2)."""


def octets(text: str, size: int) -> bytes:
    """At most `size` octets of the text, never ending in the middle of a character."""
    encoded = text.encode("utf-8", "backslashreplace")
    if len(encoded) <= size:
        return encoded
    return encoded[:size].decode("utf-8", "ignore").encode("utf-8")
