"""What may come next on a command line, from the table of commands that the daemon gives; and a line's JSON form."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

SELECTORS: Final = ("neighbor", "peer")
FAMILIES: Final = ("eor", "route-refresh", "show", "adj-rib")
"""A family may follow a command with one of these words."""

LOCAL: Final = ("help", "quit", "events")
"""Commands of the console itself."""


class Known:
    """One command of the daemon: its words, alone and after a selector, what may follow, and whether it has JSON."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.words: str = record.get("words") or ""
        self.modern: str = record.get("command") or ""
        self.selected: list[str] = record.get("selected") or []
        self.options: list[str] = record.get("options") or []
        self.has_json: bool = bool(record.get("json_support"))

    @property
    def phrases(self) -> list[str]:
        """The ways to say it without a selector."""
        return [phrase for phrase in dict.fromkeys((self.words, self.modern)) if phrase and self.is_plain(phrase)]

    def is_plain(self, phrase: str) -> bool:
        """Whether a phrase is understood without a selector: a name that was borrowed from the others is not."""
        return phrase == self.words or phrase not in self.selected

    @property
    def described(self) -> str:
        """One line for the help."""
        head = self.words or self.modern
        prefix = "[neighbor IP] " if self.selected else ""
        return f"{prefix}{head} {' '.join(self.options)}".rstrip()


def known(answer: dict[str, Any]) -> list[Known]:
    """The commands that `system help` told."""
    return [Known(record) for record in answer.get("commands", [])]


def candidates(
    commands: Iterable[Known],
    line: str,
    neighbors: Callable[[], list[str]],
    families: Iterable[str] = (),
    local: Iterable[str] = LOCAL,
) -> list[str]:
    """The words that may stand at the end of a line, of which its last word, perhaps empty, is the beginning."""
    words = line.split()
    last = "" if not words or line[-1].isspace() else words.pop()
    found = set(following(list(commands), words, neighbors, families))
    if not words:
        found.update(local)
    return sorted(word for word in found if word.startswith(last))


def following(
    commands: list[Known], words: list[str], neighbors: Callable[[], list[str]], families: Iterable[str]
) -> set[str]:
    """The words that may follow others."""
    found: set[str] = set()
    if words and words[-1] in SELECTORS and (len(words) == 1 or words[-2] in ("show", "events", ",")):
        found.update(neighbors())
        if len(words) == 1:
            found.add("*")
    if words and words[0] in SELECTORS:
        phrases = [(phrase, command) for command in commands for phrase in command.selected]
        found |= after(phrases, words[2:]) if len(words) > 1 else set()
        plain = [(phrase, command) for command in commands for phrase in command.phrases]
        found |= after(plain, words)
    else:
        if not words:
            found.update(SELECTORS)
        found |= after([(phrase, command) for command in commands for phrase in command.phrases], words)
    if any(word in FAMILIES for word in words):
        found |= family_words(words, families)
    return found


def after(phrases: list[tuple[str, Known]], words: list[str]) -> set[str]:
    """The next words of the phrases that begin with these, and what may follow a phrase that is complete."""
    found: set[str] = set()
    for phrase, command in phrases:
        parts = phrase.split()
        if len(parts) > len(words) and parts[: len(words)] == words:
            found.add(parts[len(words)])
        elif parts == words[: len(parts)]:
            found.update(word for word in choices(command.options) if word not in words[len(parts) :])
    return found


def choices(options: list[str]) -> list[str]:
    """The words among the options of a command: not what stands for a value, which is in capitals or brackets."""
    found = []
    for option in options:
        for word in re.split(r"[][|()]+", option):
            if re.fullmatch(r"[a-z][a-z0-9-]+", word):
                found.append(word)
    return found


def family_words(words: list[str], families: Iterable[str]) -> set[str]:
    """The next word of a family: `ipv4`, or what follows it."""
    pairs = [family.split() for family in families]
    return {pair[1] for pair in pairs if pair[0] == words[-1]} or {
        pair[0] for pair in pairs if not any(pair[0] == word for word in words)
    }


def as_json(commands: Iterable[Known], line: str) -> str:
    """The line whose answer is JSON, where the command has such an answer; else the line as it is."""
    words = line.split()
    best: tuple[int, str] = (0, line)
    for command in commands:
        if not command.has_json:
            continue
        phrases = command.phrases if words[:1] not in ([each] for each in SELECTORS) else command.selected
        given = words if words[:1] not in ([each] for each in SELECTORS) else words[2:]
        for phrase in phrases:
            parts = phrase.split()
            if parts == given[: len(parts)] and len(parts) > best[0]:
                best = len(parts), json_line(command, line, words, len(parts))
    return best[1]


def json_line(command: Known, line: str, words: list[str], size: int) -> str:
    """A line of one command, with the word that asks for JSON or in the dialect that has nothing else."""
    if "json" in words:
        return line
    if "json" in choices(command.options):
        return f"{line} json"
    if words[0] not in SELECTORS and command.modern and command.modern != command.words and command.words:
        return " ".join([command.modern, *words[size:]])
    return line
