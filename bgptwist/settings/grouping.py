"""Groups of ExaBGP 3 as templates: what neighbors share, where the values of a neighbor win."""

import re
from typing import Final, NamedTuple

from bgptwist.settings.formatting import Line
from bgptwist.settings.schema import NEIGHBOR, Keyword

ADDED: Final = ("static", "flow", "l2vpn", "announce", "api", "include")
"""Sections of a group that come beside those of a neighbor; of all others, what the neighbor says counts."""

CAPABILITY: Final = "capability"
"""The section whose statements are shared one by one."""

UNNAMED: Final = "group"
STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Split(NamedTuple):
    """What stands in place of a group: its template, '' for none, the lines, and comments before and after them."""

    template: str
    lines: list[Line]
    before: list[str]
    after: list[str]


class Grouping:
    """Splits the groups of a file; each gets a template with a name of its own."""

    def __init__(self, lines: list[Line]) -> None:
        self._names = {
            template.words[1]
            for line in lines
            if line.keyword == "template"
            for template in line.contents
            if len(template.words) > 1
        }

    def split(self, group: Line) -> Split:
        """The template of a group, if there is something to share, and its neighbors."""
        neighbors = [line for line in group.contents if is_neighbor(line)]
        common: list[Line] = []
        before = [*group.before, *filter(None, [group.beside])]
        after = [*group.ending, *filter(None, [group.closing])]
        given: list[list[Line]] = [[] for _ in neighbors]
        for line in group.contents:
            if is_neighbor(line):
                continue
            both, apart = divided(line, neighbors)
            if both is not None:
                common.append(both)
            for single in apart:
                if not share(single, neighbors, given):
                    before += single.remarks()
        for neighbor, lines in zip(neighbors, given, strict=True):
            neighbor.inner = [*lines, *neighbor.contents]
        if not common:
            return Split("", neighbors, before, after)
        name = self._name(group)
        for neighbor in neighbors:
            neighbor.inner = [Line(["inherit", name], None, group.place), *neighbor.contents]
        template = Line(["template"], [Line(["neighbor", name], common, group.place)], group.place)
        return Split(name, [template, *neighbors], before, after)

    def _name(self, group: Line) -> str:
        """The name of the template."""
        wanted = STRANGE.sub("-", "-".join(group.words[1:])).strip("-") or UNNAMED
        name = wanted
        count = 1
        while name in self._names:
            count += 1
            name = f"{wanted}-{count}"
        self._names.add(name)
        return name


def is_neighbor(line: Line) -> bool:
    """Whether it is a neighbor of the group."""
    return line.keyword == NEIGHBOR.word and line.inner is not None


def divided(line: Line, neighbors: list[Line]) -> tuple[Line | None, list[Line]]:
    """A shared statement: what goes into the template, and what only those neighbors get that do not say it."""
    record = NEIGHBOR.contents.get(line.keyword)
    if line.keyword in ADDED or (isinstance(record, Keyword) and record.many):
        return line, []
    if line.keyword != CAPABILITY or line.inner is None:
        return (None, [line]) if any(says(neighbor, line) for neighbor in neighbors) else (line, [])
    singles = [Line(line.words, [each], each.place) for each in line.inner]
    apart = [single for single in singles if any(says(neighbor, single) for neighbor in neighbors)]
    kept = [each for each in line.inner if not any(each is single.contents[0] for single in apart)]
    line.inner = kept
    if kept or not apart:
        return line, apart
    apart[0].before = line.remarks()
    return None, apart


def says(neighbor: Line, line: Line) -> bool:
    """Whether a neighbor has a statement of its own in place of a shared one."""
    rivals = [each for each in neighbor.contents if each.keyword == line.keyword]
    if line.keyword != CAPABILITY or line.inner is None:
        return bool(rivals)
    words = {each.keyword for rival in rivals for each in rival.contents}
    return any(each.keyword in words for each in line.inner)


def share(line: Line, neighbors: list[Line], given: list[list[Line]]) -> bool:
    """Give a statement to each neighbor that does not say it; False when there is none.

    The first one gets its comments as well.
    """
    found = False
    for neighbor, lines in zip(neighbors, given, strict=True):
        if says(neighbor, line):
            continue
        whole = copied(line, not found)
        found = True
        home = next((each for each in lines if each.keyword == CAPABILITY == line.keyword), None)
        if home is None or home.inner is None:
            lines.append(whole)
            continue
        for each in whole.contents:
            each.before = [*whole.before, *each.before]
        home.inner += whole.contents
    return found


def copied(line: Line, commented: bool) -> Line:
    """The same statement for another place, with or without its comments."""
    found = Line(list(line.words), None, line.place, list(line.spellings))
    if commented:
        found.adopt(line)
    if line.inner is not None:
        found.inner = [copied(each, commented) for each in line.inner]
    return found
