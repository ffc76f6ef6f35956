"""Words for tests, cut as the lexer cuts them: brackets, parentheses and commas are words of their own."""

import re


def lex(text: str) -> list[str]:
    """The words of `text`."""
    return re.findall(r"[\[\](),]|[^\s\[\](),]+", text)
