"""`include FILE;`: which files a name means, and how far files may include each other."""

import os
import stat
from collections.abc import Iterator
from glob import glob
from pathlib import Path
from typing import Final

from bgptwist.grammar.lexer import Misplaced, Source, Statement

DEEPEST: Final = 10
"""Files that include each other."""
MOST: Final = 1000
"""Files in one configuration."""


EXPECTED: Final = "a file that can be read"


class Includes:
    """Finds the files that statements name, relative to the folder of the file they stand in."""

    def __init__(self) -> None:
        self._count = 0

    def sources(self, statement: Statement, name: str) -> Iterator[Source]:
        """The files that `name` means; Misplaced when one cannot be read."""
        source = statement.source
        try:
            for each in matching(name, source.folder):
                path = os.path.realpath(os.path.join(source.folder, each))
                self._check(statement, each, path)
                if not stat.S_ISREG(os.stat(path).st_mode):
                    raise Misplaced(statement.place(1), f"'{each}' is no file", "a file")
                text = Path(path).read_bytes().decode("utf-8-sig", "replace")
                shown = os.path.normpath(os.path.join(os.path.dirname(source.name), each))
                yield Source(shown, text, os.path.dirname(path), path, source)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Misplaced(statement.place(1), f"'{name}' cannot be read ({reason})", EXPECTED) from None

    def _check(self, statement: Statement, name: str, path: str) -> None:
        """A file may not include itself, and there must be an end."""
        place = statement.place(1)
        chain = [statement.source]
        while chain[-1].within is not None:
            chain.append(chain[-1].within)
        paths = [each.path for each in chain]
        if path in paths:
            names = [each.name for each in chain[paths.index(path) :: -1]]
            raise Misplaced(place, f"files include each other: {' > '.join([*names, name])}", "another file")
        if len(chain) > DEEPEST:
            raise Misplaced(place, f"more than {DEEPEST} files include each other", "fewer")
        self._count += 1
        if self._count > MOST:
            raise Misplaced(place, f"more than {MOST} files are included", "fewer")


def matching(name: str, folder: str) -> list[str]:
    """The files that a name means: one, or those that a pattern fits, in the order of their names."""
    if not any(letter in name for letter in "*?[") or os.path.lexists(os.path.join(folder, name)):
        return [name]
    return sorted(each for each in glob(name, root_dir=folder) if not os.path.isdir(os.path.join(folder, each)))
