"""`bgptwist events`: what happens in the running daemon, line by line, until nobody wants to see more."""

import argparse
import os
import sys
from typing import Final

from bgptwist.api.tail import DIRECTIONS, FORMS, TYPES
from bgptwist.settings.value import VERSIONS
from bgptwist.tools.console import reach, ways
from bgptwist.tools.link import Answer, Gone, Link, Silence, connect
from bgptwist.wire.errors import BgptwistError

PROGRAM: Final = "bgptwist events"
REMARK: Final = "#"
"""How a line begins that is no event, but says that some were lost."""


def main(words: list[str]) -> int:
    """0 when enough was seen, 1 when nothing can be or the daemon ended."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Show events of the running daemon as they happen.",
        epilog="Without TYPE: all but keepalive and fsm. Messages are those received, those sent with the word send.",
    )
    known = (*TYPES, *DIRECTIONS, *FORMS)
    parser.add_argument("words", metavar="TYPE", nargs="*", help=" ".join(known))
    parser.add_argument("--neighbor", metavar="IP", action="append", default=[], help="of this neighbor only")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", metavar="VERSION", choices=VERSIONS, default="", help=f"one of {' '.join(VERSIONS)}")
    form.add_argument("--text", action="store_true", help="as text")
    parser.add_argument("--count", metavar="N", type=int, default=0, help="end after so many events")
    reach(parser)
    found = parser.parse_intermixed_args(words)
    line = ["events", *[word for address in found.neighbor for word in ("neighbor", address)]]
    line += ["text"] if found.text else ["json", found.json] if found.json else []
    line += found.words
    try:
        return watch(connect(ways(found)), " ".join(line), found.count)
    except BgptwistError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    except Gone:
        print(f"{PROGRAM}: the daemon hung up", file=sys.stderr)
        return 1
    except Silence:
        return 0
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # whoever read our output does not want more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def watch(link: Link, line: str, count: int) -> int:
    """Print events, `count` of them if it is not 0."""
    for told in link.ask(line):
        if isinstance(told, Answer) and told.error is not None:
            print(f"error: {told.error}", file=sys.stderr)
            return 1
    seen = 0
    while not count or seen < count:
        event = link.line()
        if event.startswith(REMARK):
            print(event, file=sys.stderr)
        elif event:
            print(event)
            seen += 1
        if not link.has_lines:
            sys.stdout.flush()
    return 0
