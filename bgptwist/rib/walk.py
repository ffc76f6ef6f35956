"""A walk through a table of routes that may change meanwhile, without a copy of its keys."""

from collections.abc import Iterator, Mapping
from itertools import islice
from operator import indexOf
from typing import Final

BLOCK: Final = 1 << 16
"""Keys that are held at a time: half a megabyte of references."""

ATTEMPTS: Final = 8
"""Keys that are looked for, of those told last, before the place is lost; and how often it may be."""


def walk(table: Mapping[bytes, object], block: int = BLOCK) -> Iterator[bytes]:
    """The keys of a table, in its order; the caller may stop anywhere and go on when the table has changed.

    A key that stays is given, and once; one that comes or goes meanwhile perhaps.  A table keeps the order in which
    keys came, so what follows the last key told that is still there has not been told.  Only when a whole block of
    neighbours goes at once the place is lost: then the walk begins again, and tells some keys twice.
    """
    told: list[bytes] = []
    place = 0
    left = len(table)  # those that come later stand behind, and need not be told: the walk has an end
    losses = 0
    while left > 0 and losses < ATTEMPTS:
        found = resume(table, told, place)
        if found == 0 and told:
            losses += 1
            left = len(table)
        told = list(islice(table, found, found + min(block, left)))
        if not told:
            return
        yield from told
        place = found + len(told)
        left -= len(told)


def resume(table: Mapping[bytes, object], told: list[bytes], place: int) -> int:
    """Where a walk goes on which was at `place` and told these keys last; quick in a table that is as it was."""
    if not told or next(islice(table, place - 1, None), None) == told[-1]:
        return place
    left = (key for key in reversed(told) if key in table)
    for key in islice(left, ATTEMPTS):
        found = indexOf(table, key)
        # a key can only move towards the front, unless it went and came back
        if found < place:
            return found + 1
    return 0
