"""Where the daemon and those who command it meet: the folders of the Unix socket and of the named pipes.

Both sides look in the same folders in the same order (ExaBGP's API, 7).
"""

import os
import socket
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SUFFIX: Final = ".sock"

PRIVATE: Final = 0o700
"""Permissions of the folder that is made where there is no other."""

OTHERS: Final = 64
"""Sockets beside the first that are looked at."""

FOLDERS: Final = ("/run/bgptwist",)
PIPE_FOLDERS: Final = ("run/exabgp", "run/{uid}", "run", "var/run/exabgp", "var/run/{uid}", "var/run")


class Meeting:
    """What was said about the socket: a path of its own, else a name to be looked for in the usual folders.

    `path` may be a folder.  `root` is EXABGP_ROOT, `runtime` XDG_RUNTIME_DIR, each '' when it is not set.
    """

    def __init__(self, name: str = "bgptwist", path: str = "", root: str = "", runtime: str = "") -> None:
        self.name = name
        self.path = path
        self.root = root
        self.runtime = runtime

    def folders(self) -> list[Path]:
        """Where to look, the best first; the last one may have to be made, and is ours alone."""
        user = os.geteuid()
        found = [Path(self.root, "run/bgptwist"), Path(self.root, "run")] if self.root not in ("", "/") else []
        found += map(Path, FOLDERS)
        if self.runtime.startswith("/"):
            found.append(Path(self.runtime))
        found += [Path(f"/run/user/{user}"), Path("/run")]
        return [*dict.fromkeys(found), self.shelter()]

    @staticmethod
    def shelter() -> Path:
        """The folder for the sockets of this user where the system offers none."""
        return Path(tempfile.gettempdir(), f"bgptwist-{os.geteuid()}")

    def usable(self) -> Path | None:
        """The first folder in which a socket can be made, None when there is none."""
        *offered, shelter = self.folders()
        for folder in offered:
            if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
                return folder
        try:
            shelter.mkdir(mode=PRIVATE)
        except FileExistsError:
            pass
        except OSError:
            return None
        return shelter if is_private(shelter) else None

    def fixed(self) -> Path | None:
        """The one path at which the socket must be, None when it is looked for."""
        if not self.path:
            return None
        path = Path(self.path)
        return path / f"{self.name}{SUFFIX}" if path.is_dir() or self.path.endswith("/") else path

    def live(self) -> list[Path]:
        """The sockets at which a daemon answers: the one of the plain name alone, else all of its relatives.

        Those that we may not open come last: one of them when there is no other.
        """
        fixed = self.fixed()
        if fixed is not None:
            return [fixed] if is_live(fixed) else []
        relatives: list[Path] = []
        denied: list[Path] = []
        for folder in self.folders():
            if folder == self.shelter() and not is_private(folder):
                continue
            plain = folder / f"{self.name}{SUFFIX}"
            for path in (plain, *beside(plain)):
                if not is_live(path):
                    continue
                if not os.access(path, os.W_OK):
                    denied.append(path)
                elif path == plain:
                    return [plain]
                else:
                    relatives.append(path)
        return relatives or denied[:1]


def meeting(variables: Mapping[str, str], name: str = "", path: str = "") -> Meeting:
    """What the variables and the settings say together."""
    return Meeting(name or "bgptwist", path, variables.get("EXABGP_ROOT", ""), variables.get("XDG_RUNTIME_DIR", ""))


def beside(plain: Path) -> list[Path]:
    """The sockets of other daemons with that name, which have their process number in it."""
    try:
        return sorted(plain.parent.glob(f"{plain.stem}-[0-9]*{SUFFIX}"))[:OTHERS]
    except OSError:
        return []


def is_private(folder: Path) -> bool:
    """Whether nobody else can put anything into a folder."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def is_socket(path: Path) -> bool:
    """Whether a socket is there, whoever made it."""
    try:
        return stat.S_ISSOCK(path.lstat().st_mode)
    except OSError:
        return False


def is_live(path: Path) -> bool:
    """Whether somebody listens there, or may: only a refused connection shows that nobody does."""
    if not is_socket(path):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def pipe_folders(root: str = "", folder: str = "") -> list[Path]:
    """Where named pipes are looked for, in order; `folder` is where they must be, if somebody said so."""
    if folder:
        return [Path(folder)]
    user = os.geteuid()
    found = [Path("/", place.format(uid=user)) for place in PIPE_FOLDERS]
    if root not in ("", "/"):
        found += [Path(root, place.format(uid=user)) for place in PIPE_FOLDERS]
    return found


def pipes(name: str, folders: list[Path]) -> tuple[Path, Path] | None:
    """The pipes for commands and for answers, in the first folder that has both; None when none has."""
    for folder in folders:
        pair = folder / f"{name}.in", folder / f"{name}.out"
        if all(is_pipe(path) for path in pair):
            return pair
    return None


def is_pipe(path: Path) -> bool:
    """Whether a named pipe is there."""
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except OSError:
        return False
