"""Where the program of a `run` statement is, and whether it may be started (configuration, 4)."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bgptwist.wire.errors import Refused

ETC: Final = "/etc/exabgp"
SHIPPED: Final = "etc/exabgp/"
"""Paths that begin so are meant to be under $EXABGP_ETC."""


def find(program: str, folder: str, variables: Mapping[str, str] = os.environ) -> str:
    """The absolute path of a program; `folder` is that of the configuration file.  Refused says what is wrong.

    Relative ones are looked for beside the configuration, in /etc/exabgp, and along $PATH: the first one counts
    (ExaBGP takes the last).
    """
    reason = f"program '{program}' does not exist"
    for path in candidates(program, folder, variables):
        try:
            found = path.stat()
        except (OSError, ValueError):
            continue
        refusal = refused(path, found)
        if not refusal:
            return str(path)
        reason = refusal
        if not stat.S_ISDIR(found.st_mode):
            break
    raise Refused(reason)


HEALTHCHECK: Final = "healthcheck"
STAND_INS: Final = {"exabgp": (HEALTHCHECK,), "exabgp-healthcheck": ()}
"""Programs of ExaBGP, and the word after them that starts a health check."""
OURS: Final = ("-m", "bgptwist.tools.healthcheck")
PACKAGES: Final = ("lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/python3/dist-packages")


def stand_in(run: tuple[str, ...], folder: str, variables: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Our health check in place of one of ExaBGP where that is not installed; () when it is no such command.

    `exabgp healthcheck ...`, `exabgp-healthcheck ...` and `python -m exabgp healthcheck ...` are meant.
    """
    program, *words = run
    ours = (sys.executable, *OURS)
    before = STAND_INS.get(Path(program).name)
    if before is not None and tuple(words[: len(before)]) == before:
        try:
            find(program, folder, variables)
        except Refused:
            return (*ours, *words[len(before) :])
    if Path(program).name.startswith("python") and words[:3] == ["-m", "exabgp", HEALTHCHECK]:
        try:
            python = find(program, folder, variables)
        except Refused:
            return (*ours, *words[3:])
        if not has_exabgp(python, variables):
            return (*ours, *words[3:])
    return ()


def has_exabgp(python: str, variables: Mapping[str, str]) -> bool:
    """Whether ExaBGP is installed for an interpreter, by the folders that it looks at."""
    prefixes = {Path(python).parent.parent, Path(os.path.realpath(python)).parent.parent}
    folders = [path for prefix in (*prefixes, Path("/usr"), Path("/usr/local")) for path in packages(prefix)]
    if "HOME" in variables:
        folders += packages(Path(variables["HOME"], ".local"))
    folders += [Path(entry) for entry in variables.get("PYTHONPATH", "").split(":") if entry]
    return any((path / "exabgp").is_dir() for path in folders)


def packages(prefix: Path) -> list[Path]:
    """The folders of packages below a prefix."""
    return [path for pattern in PACKAGES for path in prefix.glob(pattern)]


def candidates(program: str, folder: str, variables: Mapping[str, str]) -> Iterator[Path]:
    """Where a program may be, the best place first."""
    if program.startswith("/"):
        yield Path(program)
        return
    if program.startswith(SHIPPED):
        rest = program.removeprefix(SHIPPED)
        if "EXABGP_ETC" in variables:
            yield Path(variables["EXABGP_ETC"], rest).absolute()
        yield Path(ETC, rest)
    yield Path(folder, program).absolute()
    yield Path(ETC, program)
    if program.startswith(SHIPPED):
        yield Path(program).absolute()
    for entry in variables.get("PATH", os.defpath).split(":"):
        if entry:
            yield Path(entry, program).absolute()


def refused(path: Path, found: os.stat_result) -> str:
    """Why a file may not be started, '' if it may."""
    if stat.S_ISDIR(found.st_mode):
        return f"program '{path}' is a folder"
    if not stat.S_ISREG(found.st_mode):
        return f"program '{path}' is no file"
    if found.st_mode & (stat.S_ISUID | stat.S_ISGID):
        return f"program '{path}' is setuid or setgid"
    if not os.access(path, os.X_OK):
        return f"program '{path}' is not executable"
    return ""
