"""`bgptwist env`: the environment settings as they are now, as a file or as variables (ExaBGP's API, 6)."""

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Final

from bgptwist.settings.environment import SETTINGS, Setting, load, octal
from bgptwist.settings.model import Environment
from bgptwist.wire.errors import BgptwistError

PROGRAM: Final = "bgptwist env"
PREFIX: Final = "exabgp"
"""The names that ExaBGP and bgptwist both read."""


def main(words: list[str]) -> int:
    """0, or 1 when the settings cannot be read."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Show the settings of the environment, as a file of settings."
    )
    parser.add_argument("-d", "--diff", action="store_true", help="only those that are not as they are by default")
    parser.add_argument("-e", "--env", action="store_true", help="as variables")
    parser.add_argument("file", metavar="FILE", nargs="?", default="", help="an environment file")
    found = parser.parse_args(words)
    try:
        environment, warnings = load(os.environ, found.file)
    except BgptwistError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    for warning in warnings:
        print(f"{PROGRAM}: {warning}", file=sys.stderr)
    for line in as_variables(environment, found.diff) if found.env else as_file(environment, found.diff):
        print(line)
    return 0


def shown(environment: Environment, differences: bool) -> Iterator[tuple[Setting, str]]:
    """Settings and their values as they are written; those that nobody gave a value are left out."""
    usual = Environment()
    for setting in SETTINGS:
        value = getattr(environment, setting.field)
        if value is not None and not (differences and value == getattr(usual, setting.field)):
            yield setting, written(setting, value)


def written(setting: Setting, value: object) -> str:
    """A value as it is written in an environment file."""
    if setting.read is octal and isinstance(value, int):
        return f"{value:04o}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "''"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) or "''"


def as_file(environment: Environment, differences: bool) -> Iterator[str]:
    """Sections and their settings."""
    before = ""
    for setting, value in shown(environment, differences):
        section, _, name = setting.name.partition(".")
        if section != before:
            if before:
                yield ""
            yield f"[{PREFIX}.{section}]"
            before = section
        yield f"{name} = {value}"


def as_variables(environment: Environment, differences: bool) -> Iterator[str]:
    """A variable on each line."""
    for setting, value in shown(environment, differences):
        yield f"{PREFIX}.{setting.name}={value}"
