"""`bgptwist cli`: one command for the running daemon, or a prompt for many."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from bgptwist.tools.abbreviation import expanded
from bgptwist.tools.completion import as_json
from bgptwist.tools.link import Answer, Gone, Link, Silence, Ways, connect
from bgptwist.tools.prompt import Prompt, commands_of
from bgptwist.wire.errors import BgptwistError

COMPLAINT: Final = "ExaBGP returns an error (see ExaBGP's logs for more information)"
"""What ExaBGP's client says of an error."""

PROGRAM: Final = "bgptwist cli"


def arguments() -> argparse.ArgumentParser:
    """What may stand behind the program."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Give commands to the running daemon.", epilog="Without WORD there is a prompt."
    )
    parser.add_argument("words", metavar="WORD", nargs="*", help="one command; - to read many")
    reach(parser)
    parser.add_argument("--json", action="store_true", help="JSON, where the command has such an answer")
    parser.add_argument("--compat", action="store_true", help="as ExaBGP's client: abbreviations, status 0 on error")
    return parser


def reach(parser: argparse.ArgumentParser) -> None:
    """The options that say where the daemon is."""
    parser.add_argument("--socket", metavar="PATH", default="", help="its Unix socket")
    parser.add_argument("--pipename", metavar="NAME", default="", help="its named pipes, NAME.in and NAME.out")
    parser.add_argument("--root", metavar="FOLDER", default="", help="where run/ is looked for, too")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=0.0, help="how long it may be silent")


def ways(found: argparse.Namespace) -> Ways:
    """Where the daemon is."""
    return Ways(found.socket, found.pipename, found.root, max(0.0, found.timeout))


def main(words: list[str], compat: bool = False) -> int:
    """0: it was carried out; 1: it was not, or nobody is there."""
    found = arguments().parse_intermixed_args(words)
    compat = compat or found.compat
    try:
        link = connect(ways(found))
    except BgptwistError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    try:
        if found.words == ["-"] or (not found.words and not sys.stdin.isatty()):
            status = many(link, (line.rstrip("\n") for line in sys.stdin), found.json, compat)
        elif found.words:
            status = one(link, " ".join(found.words), found.json, compat)
        else:
            return Prompt(link, lambda: connect(ways(found)), history()).run()
    except Gone:
        print(f"{PROGRAM}: the daemon hung up", file=sys.stderr)
        return 1
    except Silence:
        # as ExaBGP's client: that nothing was said is no error
        print(f"{PROGRAM}: the daemon has not answered in time", file=sys.stderr)
        return 0 if compat else 1
    except BrokenPipeError:
        # whoever read our output does not want more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return 0 if compat else status


def many(link: Link, lines: Iterable[str], json: bool, compat: bool) -> int:
    """Commands from the standard input, one after the other; the worst status."""
    status = 0
    for line in lines:
        if line.strip() and not line.startswith("#"):
            status = max(status, one(link, line, json, compat))
    return status


def one(link: Link, line: str, json: bool, compat: bool) -> int:
    """One command and its answer."""
    if compat:
        given = line.split()
        full = expanded(given)
        if full != given:
            line = " ".join(full)
            print(f"command: {line}")
    if json:
        line = as_json(commands_of(link), line)
    for told in link.ask(line):
        if isinstance(told, Answer):
            sys.stdout.flush()
            return 0 if told.error is None else complain(told.error, compat)
        print(told)
    return 0


def complain(reason: str, compat: bool) -> int:
    """Say why a command was not carried out."""
    print(COMPLAINT if compat and not reason else f"error: {reason or 'the daemon gave no reason'}", file=sys.stderr)
    return 1


def history() -> Path:
    """The file that remembers what was typed."""
    folder = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(folder, "bgptwist", "history")


def former(words: Sequence[str]) -> int:
    """`exabgpcli WORD...`: the client of ExaBGP, whose status is 0 even when the answer was an error."""
    return main(list(words), compat=True)
