"""Settings outside of the configuration: variables, then an environment file, then defaults (configuration, 14)."""

import os
from collections.abc import Callable, Mapping
from configparser import Error as NotIni
from configparser import RawConfigParser
from pathlib import Path
from typing import Any, Final

from bgptwist.grammar.lexer import Misplaced, Place
from bgptwist.settings.model import ConfigurationError, Environment
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.spell import address, address_octets

PREFIXES: Final = ("bgptwist", "exabgp")
"""Our names are read before those of ExaBGP."""

FILES: Final = ("BGPTWIST_ENVFILE", "EXABGP_ENVFILE")
"""The variables that name the environment file."""

DEFAULT_FILES: Final = ("etc/bgptwist/bgptwist.env", "etc/exabgp/exabgp.env")
"""Where it is otherwise, under $EXABGP_ROOT: the first that exists."""

TRUE: Final = ("1", "yes", "on", "enable", "enabled", "true")
FALSE: Final = ("0", "no", "off", "disable", "disabled", "false", "")
LEVELS: Final = ("FATAL", "CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG", "NOTSET")
GENERATIONS: Final = {4: 5, 5: 5, 6: 6}
"""The generation of ExaBGP whose octets we send; the fourth had those of the fifth."""


def boolean(text: str) -> bool:
    """`1 yes on enable true` or their opposites, in any case."""
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("true or false")


def integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """A decimal number in a range."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and minimum <= int(text) <= maximum):
            raise ValueError(f"a number from {minimum} to {maximum}")
        return int(text)

    return read


def choice(*words: str, fold: Callable[[str], str] = str.lower) -> Callable[[str], str]:
    """One of some words, in any case."""

    def read(text: str) -> str:
        if fold(text) not in words:
            raise ValueError(" or ".join(words))
        return fold(text)

    return read


def seconds(text: str) -> float:
    """A number of seconds, perhaps with a fraction."""
    whole, _, fraction = text.partition(".")
    if not text.isascii() or not whole.isdecimal() or (fraction and not fraction.isdecimal()) or len(text) > 12:
        raise ValueError("a number of seconds")
    return float(text)


def name(text: str) -> str:
    """The first part of the name of a file."""
    if not text or "/" in text or "\0" in text or text.startswith("."):
        raise ValueError("a name without /")
    return text


def octal(text: str) -> int:
    """Permissions, in octal digits."""
    if not text or len(text) > 5 or any(digit not in "01234567" for digit in text):
        raise ValueError("octal digits like 0137")
    return int(text, 8)


def addresses(text: str) -> tuple[str, ...]:
    """Addresses with blanks between them."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(address(address_octets(word)))
        except ValueError:
            raise ValueError(f"addresses, which '{word}' is not") from None
    return tuple(found)


def generation(text: str) -> int:
    """5 or 6; 4 is as good as 5."""
    return GENERATIONS[integer(4, 6)(text)]


def version(text: str) -> int:
    """The dialect of the commands: 4, or 6; 5 spoke that of 4."""
    return 6 if integer(4, 6)(text) == 6 else 4


class Setting:
    """One setting: `section.name` as in ExaBGP, its reader, and the field of Environment that it fills."""

    def __init__(self, name: str, read: Callable[[str], object], help: str, field: str = "") -> None:
        self.name = name
        self.read = read
        self.help = help
        self.field = field or name.replace(".", "_").replace("-", "_")


SETTINGS: Final = (
    Setting("api.ack", boolean, "answer done or error to commands of helpers"),
    Setting("api.chunk", integer(1, 1 << 31), "routes that show prints at once"),
    Setting("api.cli", boolean, "take commands from the command line"),
    Setting("api.compact", boolean, "shorter JSON for prefixes"),
    Setting("api.encoder", choice("json", "text"), "how events are written for who does not say it"),
    Setting("api.patience", seconds, "seconds the neighbors of a helper that does not read are slowed down for it"),
    Setting("api.pipename", name, "name of the pipes for commands"),
    Setting("api.reasons", boolean, "tell helpers why a command was refused, as with api.version 6"),
    Setting("api.respawn", boolean, "start helpers again that end"),
    Setting("api.show-routes-format", choice("v1", "v2"), "JSON of show adj-rib"),
    Setting("api.socketname", name, "name of the socket for commands"),
    Setting("api.socketpath", str, "path of the socket for commands, or its folder; else the first that can be used"),
    Setting("api.terminate", boolean, "end when a helper ends"),
    Setting("api.version", version, "dialect of answers: 4 or 6"),
    Setting("cli.pipe", str, "folder of the pipes for commands, in place of the usual ones; set and empty: no pipes"),
    Setting("cli.socket", str, "the same as api.socketpath; set and empty: no socket"),
    Setting("bgp.openwait", integer(1, 3600), "seconds to wait for an OPEN"),
    Setting("bgp.passive", boolean, "never connect to any neighbor"),
    Setting("bgp.eor-settle", seconds, "seconds without commands before End-of-RIB of graceful restart"),
    Setting("compat.generation", generation, "octets and JSON of ExaBGP 5 or 6"),
    Setting("compat.version", str, "the version to tell"),
    Setting("daemon.daemonize", boolean, "run in the background"),
    Setting("daemon.drop", boolean, "drop privileges before helpers start"),
    Setting("daemon.pid", str, "file for the process number"),
    Setting("daemon.umask", octal, "permissions that new files do not have"),
    Setting("daemon.user", str, "the user to run as"),
    Setting("debug.rotate", boolean, "use one file, and the next after each reload"),
    Setting("log.enable", boolean, "write a log"),
    Setting("log.destination", str, "stdout, stderr, syslog or a file"),
    Setting("log.level", choice(*LEVELS, fold=str.upper), "the least important level to write"),
    Setting("log.short", boolean, "lines without time, level and process"),
    Setting("tcp.bind", addresses, "addresses to listen on"),
    Setting("tcp.attempts", integer(0, 1 << 31), "connections to try before giving up, 0 for ever", "tcp_connections"),
    Setting("tcp.delay", integer(0, 1 << 31), "announce from a minute that is a multiple of this"),
    Setting("tcp.port", integer(1, 65535), "the port to listen on; as a variable also the port of peers"),
)

TOPICS: Final = (
    *("configuration", "reactor", "daemon", "processes", "network", "statistics"),
    *("packets", "rib", "message", "timers", "routes", "parser"),
)

OTHER_NAMES: Final = {"tcp.connections": "tcp.attempts"}

UNUSED: Final = frozenset(
    {
        *(
            "api.pipe",
            "asyncio.enable",
            "bgp.paths-limit-audit",
            "cache.attributes",
            "cache.nexthops",
        ),
        *("pdb.enable", "profile.enable", "profile.file", "reactor.asyncio", "reactor.speed"),
        *("tcp.acl", "debug.configuration", "debug.defensive", "debug.memory", "debug.pdb", "debug.route"),
        *("debug.selfcheck", "debug.timing", "log.all", "api.multi-client"),
    }
)
"""Settings of ExaBGP that mean nothing here, or are read by others; no reason for a warning."""

SECTIONS: Final = frozenset({setting.name.partition(".")[0] for setting in SETTINGS} | {"cache", "reactor", "profile"})

Values = dict[str, tuple[str, str]]
"""By setting: the text and who said so."""


def load(variables: Mapping[str, str] = os.environ, file: str = "") -> tuple[Environment, list[str]]:
    """The environment settings and warnings about unknown ones; ConfigurationError lists all that cannot be read.

    `file` is the environment file, else a variable names it.
    """
    warnings: list[str] = []
    errors: list[Misspelt] = []
    values = from_file(variables, file, warnings, errors)
    said, port = from_variables(variables, warnings)
    values.update(said)
    fields: dict[str, Any] = {}
    once = values.pop("tcp.once", None)
    if once is not None and "tcp.attempts" not in values and once[0].lower() in TRUE:
        fields["tcp_connections"] = 1
    topics = set(Environment().log_topics)
    for topic in TOPICS:
        said_so = values.pop(f"log.{topic}", values.get("log.all"))
        if said_so is not None:
            on = attempt(boolean, *said_so, errors)
            (topics.add if on else topics.discard)(topic)
    fields["log_topics"] = frozenset(topics)
    for setting in SETTINGS:
        found = values.pop(setting.name, None)
        if found is not None:
            fields[setting.field] = attempt(setting.read, *found, errors)
    for name, (_, source) in values.items():
        if name not in UNUSED:
            warnings.append(f"{source}: there is no such setting, it is ignored")
    if errors:
        raise ConfigurationError(tuple(errors))
    if port:
        fields["tcp_connect"] = fields["tcp_port"]
    return Environment(**fields), warnings


def attempt(read: Callable[[str], object], text: str, source: str, errors: list[Misspelt]) -> object:
    """The value of a text, without quotes around it; what cannot be read is noted."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    try:
        return read(text.strip())
    except ValueError as error:
        errors.append(Misspelt(f"environment {source}: '{text}' cannot be read", str(error)))
        return None


def setting_name(section: str, name: str) -> str:
    """One spelling for a setting: `show_routes_format` is `show-routes-format`, old names are new ones."""
    found = f"{section}.{name.replace('_', '-')}".lower()
    return OTHER_NAMES.get(found, found)


def from_variables(variables: Mapping[str, str], warnings: list[str]) -> tuple[Values, bool]:
    """What variables say, and whether one of them says tcp.port; later ones of the four spellings give way."""
    found: Values = {}
    for prefix in PREFIXES:
        for separator in (".", "_"):
            for variable, text in variables.items():
                start = prefix + separator
                if not variable.startswith(start):
                    continue
                section, _, name = variable[len(start) :].partition(separator)
                if section == "version" and not name:
                    found.setdefault("compat.version", (text, variable))
                elif section in SECTIONS or f"{section}.{name}" in UNUSED:
                    found.setdefault(setting_name(section, name), (text, variable))
                else:
                    warnings.append(f"{variable}: there is no such setting, it is ignored")
    return found, "tcp.port" in found


def from_file(variables: Mapping[str, str], file: str, warnings: list[str], errors: list[Misspelt]) -> Values:
    """What the environment file says; one that was named must exist."""
    named = file or next((variables[name] for name in FILES if variables.get(name)), "")
    defaults = [Path(variables.get("EXABGP_ROOT") or "/", path) for path in DEFAULT_FILES]
    path = named or str(next((path for path in defaults if path.is_file()), ""))
    if not path:
        return {}
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        errors.append(Misplaced(Place(path, 0, 0), f"the environment file cannot be read ({reason})"))
        return {}
    parser = RawConfigParser(strict=False, delimiters=("=",), default_section="")
    try:
        parser.read_string(text, path)
    except NotIni as error:
        errors.append(
            Misplaced(Place(path, getattr(error, "lineno", 0) or 0, 1), "this is no environment file", "NAME = VALUE")
        )
        return {}
    found: Values = {}
    for prefix in PREFIXES:
        for section in parser.sections():
            first, _, rest = section.partition(".")
            if first == prefix:
                for name, value in parser.items(section):
                    source = f"{path}: [{section}] {name}"
                    found.setdefault(setting_name(rest, name), (value.replace("%%", "%"), source))
            elif first not in PREFIXES and prefix == PREFIXES[0]:
                warnings.append(f"{path}: [{section}] is not a section of bgptwist or ExaBGP, it is ignored")
    return found
