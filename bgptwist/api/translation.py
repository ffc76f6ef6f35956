"""Commands of helpers from one dialect into the other, and those of ExaBGP 3 into either (ExaBGP's API, 2 and 3).

The table of commands knows both spellings; here is what differs beyond words: selectors, and forms that only one has.
"""

import re
from typing import Final, NamedTuple

from bgptwist.api.call import Command
from bgptwist.api.dispatcher import COMMANDS, NOUNS, OPTIONS, VERBS, longest, selected, table
from bgptwist.grammar.lexer import ROUTE_WORD, split_route
from bgptwist.grammar.selector import ANY, Selector, parse
from bgptwist.settings.migration import OLD_ROUTE_WORDS, as_path
from bgptwist.wire.errors import Misspelt

FORMER: Final = {
    "show neighbors": "show neighbor configuration",
    "show neighbor": "show neighbor configuration",
    "show neighbor status": "show neighbor summary",
    "show routes": "show adj-rib out",
    "show routes extensive": "show adj-rib out extensive",
    "show routes static": "show adj-rib out inet extensive",
    "show routes flow": "show adj-rib out flow extensive",
    "show routes l2vpn": "show adj-rib out l2vpn extensive",
    "flush route": "flush adj-rib out",
}
"""Commands of ExaBGP 3 as whole lines; an address may follow those that begin with `show routes`."""

ROUTE_WORDS: Final = {**OLD_ROUTE_WORDS, "labeled-unicast": "nlri-mpls"}
OLD: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(ROUTE_WORDS)})(?![\w-])")
AS_PATH: Final = re.compile(r"as-path\s*\[[^\[\]]*[({][^\[\]]*\]")
TABLE: Final = table(COMMANDS)
SELECTED: Final = selected(COMMANDS)
SHOWING: Final = ("show neighbor", "show adj-rib")
"""Commands whose answer is JSON in version 6, and in version 4 when it is asked for."""


class Translation(NamedTuple):
    """A line, why it was changed, and what is left to people; '' for nothing."""

    line: str
    change: str = ""
    left: str = ""


def translated(line: str, modern: bool) -> Translation:
    """A line in version 6 when `modern`, else in version 4; one that is in it already stays as it is."""
    text = line.strip()
    if not text or text.startswith(("#", "debug ")) or text == "debug":
        return Translation(line)
    now = former(text)
    try:
        found = spelt(now, modern)
    except Misspelt as error:
        found = Translation(now, "", str(error))
    if found.line == text:
        return Translation(line, "", found.left)
    return Translation(found.line, f"'{shown(text)}' is '{shown(found.line)}' now", found.left)


def shown(text: str) -> str:
    """The beginning of a line."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def former(text: str) -> str:
    """A line with commands and words of ExaBGP 3 and 4 in their spelling of version 4."""
    words = text.split()
    head = ""
    if words[0] == "neighbor" and " flush route" in text:
        head, _, _ = text.partition(" flush route")
        return f"{head} {FORMER['flush route']}"
    for size in (len(words), len(words) - 1):
        known = FORMER.get(" ".join(words[:size]))
        if known is not None and (size == len(words) or words[:2] == ["show", "routes"]):
            return insert(known, words[size:])
    if not {"announce", "withdraw"}.intersection(words) or " json {" in text:
        return text
    if "\\n" in text:
        text = " ".join(text.replace("\\n", " ").split())
    return AS_PATH.sub(flat, OLD.sub(lambda found: ROUTE_WORDS[found[0]], text))


def flat(found: re.Match[str]) -> str:
    """An AS path whose sets stand beside its sequences."""
    return " ".join(as_path(split_route(found[0])) or [found[0]])


def insert(known: str, words: list[str]) -> str:
    """A `show` command with the address behind the name of the table."""
    return " ".join([known, *words]) if not words else " ".join(["show adj-rib out", *words, *known.split()[3:]])


def spelt(text: str, modern: bool) -> Translation:
    """A line of version 4 or 6 in one of them; Misspelt when there is no such command."""
    words = text.split(None, 4)
    command, size = longest(TABLE, words)
    if command is not None:
        rest = " ".join(text.split(None, size)[size:])
        return alone(text, command, rest, modern)
    if words[0] not in ("neighbor", "peer"):
        raise Misspelt(f"'{shown(text)}' is no command", "a command, see help", -1)
    given = split_route(text)
    selectors, at = parse(given)
    command, size = longest(SELECTED, given[at:])
    if command is None:
        raise Misspelt(f"'{' '.join(given[at : at + 3])}' is no command for a neighbor", "a command, see help", -1)
    rest = tail(text, at + size)
    left = ""
    if not modern and words[0] in NOUNS and command.words.startswith(VERBS) and not command.verbatim:
        rest, left = without_options(rest)
    if modern:
        verb = "show" if command.words == "show neighbor" else " ".join(given[at : at + size])
        return Translation(f"peer {peers(selectors)} {verb} {rest}".strip())
    if not command.words:
        return Translation(text, "", f"'{shown(text)}' has no words in version 4; bgptwist takes it as it is")
    return Translation(four(command, selectors, rest, words[0] == "peer"), "", left)


def alone(text: str, command: Command, rest: str, modern: bool) -> Translation:
    """A command without a selector."""
    is_modern = text.split(None, 1)[0] in NOUNS
    if is_modern == modern:
        return Translation(text)
    if not modern:
        if not command.words:
            return Translation(text, "", f"'{shown(text)}' has no words in version 4; bgptwist takes it as it is")
        return Translation(as_json(command, f"{command.words} {rest}".strip()))
    if command.words == "teardown":
        return Translation(text, "", "'teardown' without a neighbor does nothing: 'peer X teardown' ends sessions")
    if command.words == "show neighbor":
        return Translation(shown_peer(rest))
    if command.modern:
        return Translation(f"{command.modern} {rest}".strip())
    return Translation(f"peer {ANY} {command.words} {rest}".strip())


def shown_peer(rest: str) -> str:
    """`show neighbor [IP] FORM` in version 6, where the address stands before the verb."""
    words = rest.split()
    forms = [word for word in words if word in ("summary", "extensive", "configuration", "json")]
    others = [word for word in words if word not in forms]
    return " ".join(["peer", *others, "show", *forms])


def four(command: Command, selectors: list[Selector], rest: str, was_modern: bool) -> str:
    """A command with a selector in version 4."""
    everybody = selectors == [Selector(ANY)] and was_modern and command.words != "teardown"
    line = f"{command.words} {rest}".strip()
    if was_modern:
        line = as_json(command, line)
    return line if everybody else f"{', '.join(f'neighbor {spelling(each)}' for each in selectors)} {line}"


def as_json(command: Command, line: str) -> str:
    """A command whose answer was JSON, and is to be."""
    return f"{line} json" if command.words in SHOWING and "json" not in line.split() else line


def peers(selectors: list[Selector]) -> str:
    """Selectors as version 6 has them."""
    if len(selectors) == 1:
        return spelling(selectors[0])
    return f"[{', '.join(spelling(each) for each in selectors)}]"


def spelling(selector: Selector) -> str:
    """A selector without the word before it."""
    return " ".join([selector.address, *(word for pair in selector.conditions for word in pair)])


def tail(text: str, count: int) -> str:
    """What follows the first words of a line, as it was written."""
    for index, found in enumerate(ROUTE_WORD.finditer(text)):
        if index == count:
            return text[found.start() :].strip()
    return ""


def without_options(rest: str) -> tuple[str, str]:
    """What follows a command without the words that say how to answer, and what is left to people."""
    words = rest.split()
    left = ""
    while words and words[-1] in OPTIONS:
        if words.pop() == "sync":
            left = "'sync' has no word in version 4: use 'enable-sync' before, or leave it"
        rest = rest.rstrip().rpartition(" ")[0] if words else ""
    return rest.strip(), left
