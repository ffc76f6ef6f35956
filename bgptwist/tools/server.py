"""`bgptwist server FILE...`: twistd with the plug-in, in the foreground; a process for each of several files."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

from twisted.scripts import twistd

from bgptwist.settings.build import load
from bgptwist.settings.environment import load as load_environment
from bgptwist.settings.mistake import report
from bgptwist.settings.model import Environment
from bgptwist.wire.errors import BgptwistError, Refused

REACTORS: Final = ("epoll", "asyncio", "poll", "select", "kqueue", "default")
SHARED: Final = ("stdout", "stderr", "syslog")
"""Logs that several processes can write."""
SIGNALS: Final = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM),
)


def main(words: list[str]) -> int:
    """Run until a signal or command ends it; 1 when the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="bgptwist server", description="Run the speaker with configuration files.")
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="configuration files: a process for each, or a state for each reload"
    )
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
    if len(found.files) > 1:
        try:
            environment, _ = load_environment(os.environ, found.environment or "")
            if not environment.debug_rotate:
                check(found.files, environment)
                return each(found.files, lambda file: run([*line, file]))
        except BgptwistError as error:
            raise SystemExit(f"bgptwist: {report(error)}") from None
    return run([*line, *found.files])


def run(line: list[str]) -> int:
    """Be twistd with that command line."""
    sys.argv = line
    twistd.run()
    return 0


def check(files: Sequence[str], environment: Environment) -> None:
    """Nothing starts unless everything can: a BgptwistError says what is wrong with a file or the log."""
    destination = environment.log_destination
    if environment.log_enable and destination not in SHARED and not destination.startswith("host:"):
        raise Refused(f"several processes cannot write the log {destination}: expected {', '.join(SHARED)}")
    for file in files:
        load([file], environment)


def each(files: Sequence[str], begin: Callable[[str], int]) -> int:
    """Begin in a process for each file, give them our signals, and wait: the highest of their status is ours."""
    sys.stdout.flush()
    children: dict[int, str] = {}
    for file in files:
        child = os.fork()
        if child == 0:
            return begin(file)
        children[child] = file

    def forward(number: int, frame: FrameType | None) -> None:
        for child in list(children):
            try:
                os.kill(child, number)
            except ProcessLookupError:
                continue

    for number in SIGNALS:
        signal.signal(number, forward)
    status = 0
    while children:
        child, ended = os.wait()
        file = children.pop(child, "")
        code = os.waitstatus_to_exitcode(ended)
        if code:
            how = f"status {code}" if code > 0 else f"signal {-code}"
            print(f"bgptwist: the process of {file} ended with {how}", file=sys.stderr)
        status = max(status, code if code >= 0 else 1)
    return status
