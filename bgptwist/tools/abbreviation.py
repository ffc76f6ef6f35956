"""What the command line client of ExaBGP lets people leave out: `s n s` is `show neighbor summary` (its API, 7)."""

from typing import Final

VERBS: Final = {
    "a": "announce",
    "c": "clear",
    "f": "flush",
    "h": "help",
    "s": "show",
    "t": "teardown",
    "w": "withdraw",
}

ROUTES: Final = {
    "a": "attributes",
    "e": "eor",
    "f": "flow",
    "o": "operational",
    "r": "route",
    "rr": "route-refresh",
    "v": "vpls",
    "w": "watchdog",
}

SHOWN: Final = {
    "a": "adj-rib",
    "c": "configuration",
    "e": "extensive",
    "i": "in",
    "n": "neighbor",
    "o": "out",
    "s": "summary",
}

AFTER: Final = {
    "announce": (ROUTES, 1),
    "withdraw": (ROUTES, 1),
    "show": (SHOWN, 8),
    "flush": (SHOWN, 2),
    "clear": (SHOWN, 2),
}
"""By verb: what the words behind it may be short for, and how many of them are looked at."""

NEIGHBOR: Final = frozenset(
    {
        *("n", "ne", "neigh", "neighbour", "neighbours", "neigbor", "neigbour", "neibor", "neibour"),
        *("neighor", "neighour", "nieghbor", "nieghbour", "neghbor", "neghbour", "neihbor", "neihbour", "neighbr"),
    }
)
"""What people write for `neighbor`."""


def expanded(words: list[str]) -> list[str]:
    """The words in full; values are left alone, and so is what is no abbreviation."""
    found: list[str] = []
    rest = list(words)
    while rest and (rest[0] == "neighbor" or rest[0] in NEIGHBOR):
        found += selector(rest)
    if rest:
        verb = VERBS.get(rest[0], rest[0])
        found.append(verb)
        table, count = AFTER.get(verb, ({}, 0))
        found += [full(word, table) for word in rest[1 : 1 + count]]
        found += rest[1 + count :]
    return found


def selector(rest: list[str]) -> list[str]:
    """Take a selector with its keys from the front, up to the verb or the comma before the next one."""
    found = ["neighbor"]
    rest.pop(0)
    if rest:
        found.append(rest.pop(0))
    while len(rest) > 2 and "-" in rest[0]:
        found += [rest.pop(0), rest.pop(0)]
    if rest and rest[0] == ",":
        found.append(rest.pop(0))
    return found


def full(word: str, table: dict[str, str]) -> str:
    """One word that stands behind a verb."""
    if table is SHOWN and word in NEIGHBOR:
        return "neighbor"
    return table.get(word, word)
