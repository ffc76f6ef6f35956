"""Where the log goes when the environment settings say so, in place of twistd's own choice."""

import sys
from typing import Any, Final

from twisted.logger import FilteringLogObserver, LogLevel, LogLevelFilterPredicate, LogPublisher, textFileLogObserver
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
    """An observer that writes to `stdout`, `stderr`, `syslog`, or a file of 1 MiB with three older ones kept.

    OSError when the file cannot be written, ValueError for a destination that we do not have.
    """
    if name == "syslog":
        emit: Any = SyslogObserver("bgptwist").emit
        return Legacy(emit)
    if name in ("stdout", "stderr"):
        return textFileLogObserver(sys.stderr)  # ExaBGP's log goes to the standard error either way
    if name.startswith("host:"):
        raise ValueError("a log on another host is not supported, use syslog")
    file = LogFile.fromFullPath(name.removeprefix("file:"), rotateLength=ROTATE, maxRotatedFiles=KEPT)
    return textFileLogObserver(file)


def observer(environment: Environment) -> Any:
    """What the settings ask for in place of twistd's choice, None when they leave that to it."""
    if not environment.log_enable:
        return nowhere
    if environment.log_destination == Environment().log_destination:
        return None
    return limited(destination(environment.log_destination), environment.log_level)


def limited(observer: Any, level: str) -> Any:
    """The same observer for events of that level or a more important one."""
    return FilteringLogObserver(observer, (LogLevelFilterPredicate(LEVELS.get(level, LogLevel.info)),))


def limit(publisher: LogPublisher, environment: Environment) -> None:
    """Hold the observers that twistd chose to the level that the settings ask for, if it is a special one."""
    if observer(environment) is None and environment.log_level != Environment().log_level:
        for each in list(publisher._observers):
            publisher.removeObserver(each)
            publisher.addObserver(limited(each, environment.log_level))
