"""Tables for people: columns that stay columns however long an address is, made while they are read."""

from collections.abc import Generator, Iterable, Sequence
from typing import Final

from bgptwist.api.call import Lines, Pause

BLOCK: Final = 250
"""Rows whose widths are found together."""

GAP: Final = "  "
NOTHING: Final = "-"
"""What stands in an empty cell, so that rows can be cut at blanks."""


def columns(headings: Sequence[str], rows: Iterable[Sequence[str] | Pause]) -> Lines:
    """The heading and the rows, each column as wide as its widest cell.

    The widths are those of a block of rows; when a later block needs more room there is an empty line and another
    heading.  The last column is not filled up.
    """
    widths: list[int] = []
    block: list[Sequence[str]] = []
    for row in rows:
        if isinstance(row, Pause):
            yield row
            continue
        block.append([cell or NOTHING for cell in row])
        if len(block) == BLOCK:
            widths = yield from written(headings, block, widths)
            block = []
    if block or not widths:
        yield from written(headings, block, widths)


def written(headings: Sequence[str], block: list[Sequence[str]], widths: list[int]) -> Generator[str, None, list[int]]:
    """The lines of a block; gives the widths."""
    wanted = [max(map(len, column)) for column in zip(headings, *block, strict=True)]
    if not widths or any(map(int.__gt__, wanted[:-1], widths)):
        if widths:
            yield ""
        widths = [max(pair) for pair in zip(wanted, widths or wanted, strict=True)]
        yield line(headings, widths)
    for row in block:
        yield line(row, widths)
    return widths


def line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """One row."""
    filled = [cell.ljust(width) for cell, width in zip(cells[:-1], widths[:-1], strict=True)]
    return GAP.join([*filled, cells[-1]])


def cut(text: str, size: int) -> str:
    """A cell of at most `size` characters."""
    return text if len(text) <= size else f"{text[: size - 3].rstrip()}..."
