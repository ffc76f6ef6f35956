"""The `bgptwist` command: one word chooses what to do; a file name alone starts the speaker."""

import sys
from collections.abc import Callable, Sequence
from platform import python_version
from typing import Final

from twisted._version import __version__ as twisted

from bgptwist.service import VERSION
from bgptwist.tools import configuration, decode, demo, encode, server, validate

Command = Callable[[list[str]], int]


def version(words: list[str]) -> int:
    """What runs here."""
    print(f"bgptwist {VERSION}")
    print(f"Twisted  {twisted.short()}")
    print(f"Python   {python_version()}")
    return 0


COMMANDS: Final[dict[str, tuple[Command, str]]] = {
    "server": (server.main, "run the speaker with configuration files"),
    "validate": (validate.main, "check configuration files"),
    "configuration": (configuration.main, "format, compare, explain, migrate and describe configuration files"),
    "decode": (decode.main, "BGP messages in hexadecimal to JSON"),
    "encode": (encode.main, "commands to BGP messages in hexadecimal"),
    "demo": (demo.main, "two speakers on this machine, nothing else needed"),
    "version": (version, "versions of bgptwist, Twisted and Python"),
}


def usage() -> str:
    """What can be done, a line each."""
    lines = ["usage: bgptwist COMMAND ...", "       bgptwist FILE...          the same as bgptwist server FILE...", ""]
    lines += [f"  {word:<15}{help}" for word, (_, help) in COMMANDS.items()]
    return "\n".join([*lines, "", "bgptwist COMMAND --help tells more."])


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its status is returned: 0 good, 1 something is wrong, 2 the words were not understood."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words:
        print(usage(), file=sys.stderr)
        return 1
    if words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if words[0] == "--version":
        return version([])
    command = COMMANDS.get(words[0])
    if command is not None:
        return command[0](words[1:])
    return server.main(words)
