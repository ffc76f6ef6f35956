"""The command line of ExaBGP 3 and 4, word by word, as the one of today: `exabgp -e FILE --debug CONF` (its API, 6)."""

from collections.abc import Callable
from functools import partial
from typing import Final

from bgptwist.wire.errors import Misspelt

ENVIRONMENT_FILE: Final = "BGPTWIST_ENVFILE"

FILES: Final = frozenset({"-e", "--env", "--env-file"})
"""Before the name of an environment file."""

PLACES: Final = {"--root": "EXABGP_ROOT", "--folder": "EXABGP_ETC"}
"""Options whose value is a variable of today."""

ENVIRONMENT: Final[dict[str, list[str]]] = {
    "--fi": [],
    "--full-ini": [],
    "--di": ["-d"],
    "--diff-ini": ["-d"],
    "--fe": ["-e"],
    "--full-env": ["-e"],
    "--de": ["-d", "-e"],
    "--diff-env": ["-d", "-e"],
}
"""Options that show the settings, and those of `env`."""

FLAGS: Final = {
    "--debug": "-d",
    "--pdb": "-p",
    "--memory": "-m",
    "--once": "-1",
    "--passive": "-P",
    "--verbose": "-v",
}
"""Flags of the server and how they are written today; the short ones are as they were."""

SHORT: Final = "dpm1Pv"
VALUED: Final = {"-s": "-s", "--signal": "-s", "--profile": "--profile", "--reactor": "--reactor"}
"""Options of the server with a value."""

CHECKS: Final = ("--validate", "--test", "-t")
PROGRAMS: Final = {"healthcheck": ["healthcheck"], "cli": ["cli", "--compat"]}
"""What `--run` may run."""


class Reading:
    """What was understood so far, and the words that are left."""

    def __init__(self, rest: list[str]) -> None:
        self.rest = rest
        self.variables: dict[str, str] = {}
        self.flags: list[str] = []
        self.files: list[str] = []
        self.command: list[str] = []

    def argument(self, word: str, equals: str, value: str) -> str:
        """What an option is given: behind its `=`, else the next word."""
        if equals:
            return value
        if not self.rest:
            raise Misspelt(f"{word} has no value", "a value after it")
        return self.rest.pop(0)

    @property
    def words(self) -> list[str]:
        """The command line of today."""
        command = self.command or ["server"]
        if command[0] == "server":
            return [*command, *self.flags, *self.files]
        if command[0] == "validate":
            return [*command, *[flag for flag in self.flags if flag == "-v"], *self.files]
        if command[0] == "decode":
            return [*command, *[word for file in self.files[:1] for word in ("-c", file)]]
        return command


def read(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The variables that are said, and the command line of today; Misspelt for an option that nobody had."""
    reading = Reading(list(words))
    while reading.rest:
        word, equals, value = reading.rest.pop(0).partition("=")
        if not word.startswith("-") or word == "-":
            reading.files.append(f"{word}{equals}{value}")
            continue
        argument = partial(reading.argument, word, equals, value)
        if word == "--run":
            reading.command = program(argument(), reading.rest)
            reading.rest = []
        elif not option(reading, word, argument):
            raise Misspelt(f"there is no option {word}", "one of those of bgptwist server, see --help")
    return reading.variables, reading.words


def option(reading: Reading, word: str, argument: Callable[[], str]) -> bool:
    """Take one option; whether there is such a one."""
    if word in FILES:
        reading.variables[ENVIRONMENT_FILE] = argument()
    elif word in PLACES:
        reading.variables[PLACES[word]] = argument()
    elif word in ENVIRONMENT:
        reading.command = ["env", *ENVIRONMENT[word]]
    elif word in CHECKS:
        reading.command = ["validate"]
    elif word in ("--decode", "-x"):
        reading.command = ["decode", argument()]
    elif word in VALUED:
        reading.flags += [VALUED[word], argument()]
    elif word in FLAGS:
        reading.flags.append(FLAGS[word])
    elif not word.startswith("--") and set(word[1:]) <= set(SHORT):
        reading.flags += [f"-{letter}" for letter in word[1:]]
    else:
        return False
    return True


def program(name: str, rest: list[str]) -> list[str]:
    """What `--run NAME ...` is today."""
    if name not in PROGRAMS:
        raise Misspelt(f"--run knows no program '{name}'", " or ".join(PROGRAMS))
    return [*PROGRAMS[name], *rest]
