"""`bgptwist server FILE...`: twistd with the plug-in, in the foreground; a process for each of several files."""

import argparse
import os
import signal
import stat
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import FrameType
from typing import Final, TextIO

from twisted.scripts import twistd

from bgptwist.settings.build import load
from bgptwist.settings.environment import load as load_environment
from bgptwist.settings.mistake import report
from bgptwist.settings.model import Environment
from bgptwist.wire.errors import BgptwistError, Refused

REACTORS: Final = ("epoll", "asyncio", "poll", "select", "kqueue", "default")
PROFILER: Final = "cProfile"

TERMINALS: Final = ("stdout", "stderr")
SHARED: Final = (*TERMINALS, "syslog")
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
    parser.add_argument("-P", "--passive", action="store_true", help="never connect to a neighbor")
    parser.add_argument("-s", "--signal", metavar="N", type=int, default=0, help="reload once, after N seconds")
    parser.add_argument("-v", "-d", "--verbose", action="store_true", help="log everything")
    parser.add_argument("--profile", metavar="FILE", help="write to a file where the time goes")
    parser.add_argument("-p", "-m", dest="without", action="append_const", const="-p or -m", help=argparse.SUPPRESS)
    found = parser.parse_args(words)
    if found.without:
        print("bgptwist: -p and -m have no effect: there is no debugger and no report of memory", file=sys.stderr)
    try:
        environment, _ = load_environment(os.environ, found.environment or "")
        line = command_line(found, environment)
        if len(found.files) > 1:
            if not environment.debug_rotate:
                check(found.files, environment)
                return each(found.files, lambda file: run([*line, file]))
    except BgptwistError as error:
        raise SystemExit(f"bgptwist: {report(error)}") from None
    return run([*line, *found.files])


def command_line(found: argparse.Namespace, environment: Environment) -> list[str]:
    """The command line of twistd for the options of ours, without files."""
    line = ["twistd", f"--pidfile={os.path.abspath(environment.daemon_pid) if environment.daemon_pid else ''}"]
    if not in_background(environment, os.getppid() == 1 or is_socket(sys.stdin)):
        line.append("--nodaemon")
    if found.reactor:
        line.append(f"--reactor={found.reactor}")
    if found.profile:
        if find_spec(PROFILER) is None:
            raise Refused(f"--profile needs the module {PROFILER}, which this Python does not have")
        line += [f"--profile={found.profile}", "--profiler=cprofile"]
    line.append("bgptwist")
    if found.environment:
        line += ["--env-file", found.environment]
    line += [word for flag, word in ((found.once, "--once"), (found.passive, "--passive")) if flag]
    if found.verbose:
        line.append("--verbose")
    if found.signal > 0:
        line += ["--reload-after", str(found.signal)]
    return line


def in_background(environment: Environment, supervised: bool) -> bool:
    """Whether to leave the terminal; Refused when the log would be lost with it.

    `supervised`: init or a server of sockets started us, and we stay where we are, as ExaBGP does.
    """
    if not environment.daemon_daemonize or supervised:
        return False
    if environment.log_enable and environment.log_destination in TERMINALS:
        raise Refused(
            f"a daemon in the background (daemon.daemonize) cannot write the log to {environment.log_destination}: "
            "expected log.destination to be syslog or a file"
        )
    return True


def is_socket(stream: TextIO | None) -> bool:
    """Whether a stream is a socket."""
    try:
        return stream is not None and stat.S_ISSOCK(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


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
