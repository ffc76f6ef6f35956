"""The `bgptwist` command: one word chooses what to do; a file name alone starts the speaker.

Only the module of that word is loaded: a healthcheck or a client need not wait for what the speaker is made of.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from bgptwist.tools import former
from bgptwist.wire.errors import BgptwistError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "server": ("server", "run the speaker with configuration files"),
    "cli": ("console", "commands to the running daemon"),
    "events": ("events", "what happens in the running daemon"),
    "run": ("run", "the commands of a file to the running daemon"),
    "validate": ("validate", "check configuration files"),
    "configuration": ("configuration", "format, compare, explain, migrate and describe configuration files"),
    "decode": ("decode", "BGP messages in hexadecimal to JSON"),
    "encode": ("encode", "commands to BGP messages in hexadecimal"),
    "healthcheck": ("healthcheck", "announce prefixes while a check is good"),
    "demo": ("demo", "two speakers on this machine, nothing else needed"),
    "env": ("variables", "the settings of the environment"),
    "version": ("version", "versions of bgptwist, Twisted and Python"),
}
"""By word: the module of this package whose `main` is given the rest of the words, and what it does."""


def usage() -> str:
    """What can be done, a line each."""
    lines = ["usage: bgptwist COMMAND ...", "       bgptwist FILE...          the same as bgptwist server FILE...", ""]
    lines += [f"  {word:<15}{help}" for word, (_, help) in COMMANDS.items()]
    return "\n".join([*lines, "", "bgptwist COMMAND --help tells more."])


NAMES: Final[dict[str, list[str]]] = {
    "exabgp-cli": ["cli", "--compat"],
    "exabgpcli": ["cli", "--compat"],
    "exabgp-healthcheck": ["healthcheck"],
    "healthcheck": ["healthcheck"],
}
"""Programs of ExaBGP: under their names this one does what they did; a link is enough."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its status is returned: 0 good, 1 something is wrong, 2 the words were not understood."""
    words = [*NAMES.get(Path(sys.argv[0]).name, []), *sys.argv[1:]] if argv is None else list(argv)
    if not words:
        print(usage(), file=sys.stderr)
        return 1
    if words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if words[0] == "--version":
        return start("version", [])
    while words and words[0].partition("=")[0] == "--env-file":
        words = with_file(words)
    if words and words[0] in COMMANDS:
        return start(words[0], words[1:])
    try:
        said, words = former.read(words)
    except BgptwistError as error:
        print(f"bgptwist: {error}", file=sys.stderr)
        return 2
    os.environ.update(said)
    return start(words[0], words[1:])


def start(word: str, words: list[str]) -> int:
    """Carry out a command, whose status is returned."""
    run: Callable[[list[str]], int] = import_module(f"bgptwist.tools.{COMMANDS[word][0]}").main
    return run(words)


def with_file(words: list[str]) -> list[str]:
    """The words without the environment file before them, which all commands then read."""
    _, equals, file = words[0].partition("=")
    rest = words[1 if equals else 2 :]
    os.environ[former.ENVIRONMENT_FILE] = file if equals else "".join(words[1:2])
    return rest
