"""`bgptwist server FILE...`: twistd with the plug-in, in the foreground."""

import argparse
import sys
from typing import Final

from twisted.scripts import twistd

REACTORS: Final = ("epoll", "asyncio", "poll", "select", "kqueue", "default")


def main(words: list[str]) -> int:
    """Run until a signal or command ends it; 1 when the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="bgptwist server", description="Run the speaker with configuration files.")
    parser.add_argument("files", metavar="FILE", nargs="+", help="configuration files; each reload takes the next one")
    parser.add_argument("--reactor", choices=REACTORS, help="which reactor of Twisted to use")
    parser.add_argument("-e", "--env", "--env-file", dest="environment", metavar="FILE", help="environment file")
    parser.add_argument("-1", "--once", action="store_true", help="try one connection for each neighbor, then end")
    found = parser.parse_args(words)
    line = ["twistd", "--nodaemon", "--pidfile="]
    if found.reactor:
        line.append(f"--reactor={found.reactor}")
    line.append("bgptwist")
    if found.environment:
        line += ["--env-file", found.environment]
    if found.once:
        line.append("--once")
    sys.argv = [*line, *found.files]
    twistd.run()
    return 0
