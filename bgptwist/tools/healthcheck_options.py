"""The options of `bgptwist healthcheck`: those of ExaBGP's, with the same names and defaults (its API, 8)."""

import argparse
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, Final, NamedTuple

from bgptwist.health.advertisement import EVERYBODY

PROGRAM: Final = "bgptwist healthcheck"
DESCRIPTION: Final = """\
A helper that announces prefixes while a check is good. Start it from a process section:

    process watch {
        run bgptwist healthcheck --cmd "curl -sf http://127.0.0.1/health" --ip 192.0.2.53/32 --no-ip-setup;
    }
"""
INTERFACE: Final = re.compile(r"[A-Za-z0-9._:-]{1,15}\Z")
DEAGGREGATED: Final = 65536
"""Addresses that networks are split into at most."""


class Option(NamedTuple):
    """An option: its spellings, the first of which is the long one that files use, and how its value is read.

    `read` None is a flag; `many` may be given again and again.
    """

    names: tuple[str, ...]
    field: str
    read: Callable[[str], Any] | None
    default: Any
    metavar: str
    help: str
    many: bool = False


def one_line(text: str) -> str:
    """A text without control characters: it becomes part of a command, which is one line."""
    for letter in text:
        if not letter.isprintable() and letter != "\t":
            raise argparse.ArgumentTypeError(f"{text!r} has the control character {letter!r}")
    return text


def seconds(text: str) -> float:
    """A number of seconds, with a fraction if need be."""
    found = float(text)
    if not 0 <= found <= 1e9:
        raise argparse.ArgumentTypeError(f"'{text}' are no seconds")
    return found


def neighbor(text: str) -> str:
    """An address, or `*`."""
    text = text.strip()
    return text if text == EVERYBODY else str(ip_address(text))


def address(text: str) -> str:
    """An address; `self` is what counts without one."""
    return text if text == "self" else str(ip_address(text))


GROUPS: Final[tuple[tuple[str, tuple[Option, ...]], ...]] = (
    (
        "how it runs",
        (
            Option(("--config", "-F"), "config", str, None, "FILE", "more options, one a line: interval = 10"),
            Option(("--name", "-n"), "name", one_line, "", "NAME", "name in logs"),
            Option(("--pid", "-p"), "pid", str, "", "FILE", "write the process id there"),
            Option(("--user",), "user", one_line, "", "USER", "become that user when addresses are set up"),
            Option(("--group",), "group", one_line, "", "GROUP", "become of that group then"),
            Option(("--no-ack", "-a"), "no_ack", None, False, "", "commands are not answered (api.ack is false)"),
            Option(("--silent", "-s"), "silent", None, False, "", "do not write on standard error"),
            Option(("--no-syslog",), "no_syslog", None, False, "", "do not write to syslog"),
            Option(("--debug", "-d"), "debug", None, False, "", "say more, on standard error only"),
        ),
    ),
    (
        "the check",
        (
            Option(("--command", "--cmd", "-c"), "command", str, None, "CMD", "for the shell; status 0 is good"),
            Option(("--timeout", "-t"), "timeout", seconds, 5.0, "N", "seconds the command may take"),
            Option(("--interval", "-i"), "interval", seconds, 5.0, "N", "seconds between checks; 0: say it once, end"),
            Option(("--fast-interval", "-f"), "fast", seconds, 1.0, "N", "the same while the state is about to change"),
            Option(("--rise",), "rise", int, 3, "N", "good checks in a row before it is up"),
            Option(("--fall",), "fall", int, 3, "N", "bad checks in a row before it is down"),
            Option(("--disable",), "disable", str, "", "FILE", "while this file exists, it is disabled"),
        ),
    ),
    (
        "what is announced",
        (
            Option(("--ip",), "ips", ip_network, None, "IP", "a prefix; without one, the addresses of lo", True),
            Option(("--next-hop", "-N"), "next_hop", address, "self", "IP", "its next hop, self without it"),
            Option(("--start-ip",), "start_ip", int, 0, "N", "which of the prefixes comes first, from 0"),
            Option(("--deaggregate-networks",), "deaggregate", None, False, "", "announce each address of networks"),
            Option(("--up-metric",), "up_metric", int, 100, "M", "MED of the first prefix when up"),
            Option(("--down-metric",), "down_metric", int, 1000, "M", "the same when down"),
            Option(("--disabled-metric",), "disabled_metric", int, 500, "M", "the same when disabled"),
            Option(("--increase",), "increase", int, 1, "M", "how much more the next prefix has"),
            Option(("--local-preference",), "local_preference", int, -1, "P", "local preference"),
            Option(("--community",), "community", one_line, "", "LIST", "communities"),
            Option(("--disabled-community",), "disabled_community", one_line, "", "LIST", "when down or disabled"),
            Option(("--extended-community",), "extended_community", one_line, "", "LIST", "extended communities"),
            Option(("--large-community",), "large_community", one_line, "", "LIST", "large communities"),
            Option(("--as-path",), "as_path", one_line, "", "LIST", "AS path"),
            Option(("--up-as-path",), "up_as_path", one_line, None, "LIST", "the same when up"),
            Option(("--down-as-path",), "down_as_path", one_line, None, "LIST", "the same when down"),
            Option(("--disabled-as-path",), "disabled_as_path", one_line, None, "LIST", "the same when disabled"),
            Option(("--path-id",), "path_id", int, 0, "N", "path identifier"),
            Option(("--withdraw-on-down",), "withdraw_on_down", None, False, "", "withdraw when down or disabled"),
            Option(("--neighbor",), "neighbors", neighbor, None, "IP", "who is told; without one, or *: all", True),
            Option(("--debounce",), "debounce", None, False, "", "say it when the state changes, not at each check"),
        ),
    ),
    (
        "addresses on lo",
        (
            Option(("--no-ip-setup",), "no_ip_setup", None, False, "", "do not add missing addresses"),
            Option(("--dynamic-ip-setup",), "ip_dynamic", None, False, "", "delete them while down or disabled"),
            Option(("--ip-ifname",), "ip_ifnames", one_line, None, "IP%IF", "the interface of a prefix, not lo", True),
            Option(("--label",), "label", one_line, "", "L", "label of addresses; only those are looked at"),
            Option(("--label-exact-match",), "exact", None, False, "", "the whole label, not its beginning"),
            Option(("--sudo",), "sudo", None, False, "", "call sudo to set up addresses"),
        ),
    ),
    (
        "programs that are told",
        (
            Option(("--execute",), "execute", str, None, "CMD", "for the shell, when the state changes", True),
            Option(("--up-execute",), "up_execute", str, None, "CMD", "when it comes up", True),
            Option(("--down-execute",), "down_execute", str, None, "CMD", "when it goes down", True),
            Option(("--disabled-execute",), "disabled_execute", str, None, "CMD", "when it is disabled", True),
        ),
    ),
)


def parser() -> argparse.ArgumentParser:
    """All options."""
    found = argparse.ArgumentParser(
        prog=PROGRAM, description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for title, options in GROUPS:
        group = found.add_argument_group(title)
        for option in options:
            if option.read is None:
                group.add_argument(*option.names, dest=option.field, action="store_true", help=option.help)
            else:
                group.add_argument(
                    *option.names,
                    dest=option.field,
                    action="append" if option.many else "store",
                    type=option.read,
                    default=option.default,
                    metavar=option.metavar,
                    help=option.help,
                )
        if title == GROUPS[0][0]:
            group.add_argument(
                *("--syslog-facility", "-sF"),
                dest="facility",
                nargs="?",
                const="daemon",
                default="daemon",
                type=one_line,
                metavar="FACILITY",
                help="of messages to syslog, daemon without it",
            )
    return found


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The options of a command line and of the file that it names; it wins.  What is wrong ends the program."""
    reader = parser()
    found = reader.parse_args(words)
    if found.config is not None:
        found = reader.parse_args([*read(reader, found.config), *words])
    found.interfaces = interfaces(reader, found)
    if found.deaggregate and sum(each.num_addresses for each in found.ips or ()) > DEAGGREGATED:
        reader.error(f"--deaggregate-networks makes more than {DEAGGREGATED} prefixes")
    return found


def read(reader: argparse.ArgumentParser, path: str) -> list[str]:
    """The options in a file: `interval = 10`, `debug`; what begins with # and empty lines do not count."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, UnicodeDecodeError) as error:
        reader.error(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")
    words = []
    for line in lines:
        if line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            words.append(f"--{name.strip()}{equals}{value.strip()}")
    return words


def interfaces(reader: argparse.ArgumentParser, found: argparse.Namespace) -> dict[Any, str]:
    """The interface of each prefix that has one of its own."""
    named = {}
    for pair in found.ip_ifnames or ():
        prefix, _, name = pair.partition("%")
        try:
            network = ip_network(prefix)
        except ValueError:
            reader.error(f"--ip-ifname {pair}: '{prefix}' is no address, expected IP%INTERFACE")
        if not INTERFACE.match(name):
            reader.error(f"--ip-ifname {pair}: '{name}' is no interface, expected IP%INTERFACE")
        if network not in (found.ips or ()):
            reader.error(f"--ip-ifname {pair}: there is no --ip {prefix}")
        for each in network:
            named[ip_network(each)] = name
    return named
