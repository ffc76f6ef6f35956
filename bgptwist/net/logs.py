"""Where the log goes when the environment settings say so, in place of twistd's own choice."""

import sys
from typing import Any, Final

from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, textFileLogObserver
from twisted.logger import LegacyLogObserverWrapper as Legacy
from twisted.python.logfile import LogFile
from twisted.python.syslog import SyslogObserver

from bgptwist.settings.model import Environment

ROTATE: Final = 1 << 20
"""Octets of a log file."""
KEPT: Final = 3
LEVELS: Final = {
    "NOTSET": LogLevel.debug,
    "DEBUG": LogLevel.debug,
    "INFO": LogLevel.info,
    "WARNING": LogLevel.warn,
    "ERROR": LogLevel.error,
    "CRITICAL": LogLevel.critical,
    "FATAL": LogLevel.critical,
}


def nowhere(event: object) -> None:
    """Forget an event."""


def destination(name: str) -> Any:
    """An observer that writes to `stdout`, `stderr`, `syslog`, or a file of 1 MiB with three older ones kept."""
    if name == "syslog":
        emit: Any = SyslogObserver("bgptwist").emit
        return Legacy(emit)
    if name in ("stdout", "stderr"):
        return textFileLogObserver(sys.stderr)  # ExaBGP's log goes to the standard error either way
    file = LogFile.fromFullPath(name.removeprefix("file:"), rotateLength=ROTATE, maxRotatedFiles=KEPT)
    return textFileLogObserver(file)


def observer(environment: Environment) -> Any:
    """What the settings ask for, None when they ask for nothing special."""
    standard = Environment()
    if not environment.log_enable:
        return nowhere
    if (environment.log_level, environment.log_destination) == (standard.log_level, standard.log_destination):
        return None
    predicate = LogLevelFilterPredicate(LEVELS.get(environment.log_level, LogLevel.info))
    return FilteringLogObserver(destination(environment.log_destination), (predicate,))
