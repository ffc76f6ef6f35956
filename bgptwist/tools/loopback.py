"""Addresses on interfaces by `ip`: those that are there, and adding and deleting those of a health check."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from bgptwist.wire.errors import Refused

LOOPBACK: Final = "lo"
MOST: Final = 4096
"""Addresses that are set up at most: a network is set up address by address."""
SECONDS: Final = 10
"""How long `ip` may take."""
EXISTS: Final = 2
"""The status of `ip` when the kernel refuses, as for an address that is there already."""
THERE: Final = ("exists", "already assigned")
"""How it says that it is."""
PLACES: Final = ("/sbin", "/usr/sbin")
LINE: Final = re.compile(r"\d+:\s+(?P<interface>\S+)\s+inet6?\s+(?P<address>[\da-f.:]+/\d+)\s(?P<rest>.*)")
LABEL: Final = re.compile(r"(?:^|\s)[^\s:\\]+:(?P<label>[^\s\\]+)")

Network = IPv4Network | IPv6Network


def addresses(output: str, label: str = "", exact: bool = False) -> list[Network]:
    """The addresses in the output of `ip -o address show`, those of 127.0.0.0/8 and ::1 left out.

    With a `label` those whose label, what stands behind `lo:`, begins with it; `exact`: is it.
    """
    found = []
    for line in output.splitlines():
        match = LINE.match(line.strip())
        if match is None:
            continue
        try:
            network = ip_network(match["address"])
        except ValueError:
            continue  # it has host bits: an interface that is no mere address
        given = LABEL.search(match["rest"])
        name = given["label"] if given else ""
        if label and not (name == label if exact else name.startswith(label)):
            continue
        if not network.is_loopback:
            found.append(network)
    return found


def hosts(networks: Sequence[Network]) -> list[Network]:
    """Every address of some networks; Refused when they are too many to set up."""
    if sum(network.num_addresses for network in networks) > MOST:
        raise Refused(f"more than {MOST} addresses cannot be set up: use --no-ip-setup")
    return [ip_network(address) for network in networks for address in network]


class Loopback:
    """The addresses of a health check on their interfaces, `lo` unless `interfaces` names another one.

    Refused says in one line why something could not be done.
    """

    def __init__(
        self, label: str = "", exact: bool = False, sudo: bool = False, interfaces: dict[Network, str] | None = None
    ) -> None:
        self.label = label
        self.exact = exact
        self.interfaces = interfaces or {}
        self.added: list[Network] = []
        """What was not there before."""
        self._before = ["sudo", "-n"] if sudo else []

    def present(self) -> list[Network]:
        """The addresses that are there now, with our label if we have one."""
        return addresses(self._listed(), self.label, self.exact)

    def _there(self) -> set[Network]:
        """The same, and all of IPv6, which has no labels."""
        output = self._listed()
        plain = [address for address in addresses(output) if address.version == 6]
        return {*addresses(output, self.label, self.exact), *plain}

    def _listed(self) -> str:
        """What `ip` says of the addresses of all our interfaces."""
        found = []
        for name in sorted({LOOPBACK, *self.interfaces.values()}):
            status, output = self._ip("-o", "address", "show", "dev", name)
            if status:
                raise Refused(f"the addresses of {name} cannot be listed: {reason(output, status)}")
            found.append(output)
        return "\n".join(found)

    def add(self, wanted: Sequence[Network]) -> None:
        """Add the addresses that are missing."""
        there = self._there()
        for address in hosts(wanted):
            if address in there:
                continue
            status, output = self._ip("address", "add", *self._words(address))
            if status == EXISTS and any(word in output for word in THERE):
                continue
            if status:
                raise Refused(f"{address} cannot be added: {reason(output, status)}; use --no-ip-setup or --sudo")
            self.added.append(address)

    def delete(self, wanted: Iterable[Network]) -> list[str]:
        """Delete those of the addresses that are there; what could not be done, in words."""
        problems = []
        there = self._there()
        for address in wanted:
            if address in there:
                status, output = self._ip("address", "delete", *self._words(address))
                if status:
                    problems.append(f"{address} cannot be deleted: {reason(output, status)}")
        self.added = [address for address in self.added if address not in set(wanted)]
        return problems

    def _words(self, address: Network) -> list[str]:
        """What `ip address add` and `delete` are told; labels are a thing of IPv4."""
        name = self.interfaces.get(address, LOOPBACK)
        words = [str(address), "dev", name]
        return [*words, "label", f"{name}:{self.label}"] if self.label else words

    def _ip(self, *words: str) -> tuple[int, str]:
        """Run `ip`: its status and what it said."""
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), *PLACES))
        program = shutil.which("ip", path=path)
        if program is None:
            raise Refused("there is no program 'ip', which sets up addresses: install iproute2, or use --no-ip-setup")
        try:
            done = subprocess.run(
                [*self._before, program, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise Refused("there is no program 'sudo': leave --sudo out, or install it") from None
        except (OSError, subprocess.SubprocessError) as error:
            raise Refused(f"'ip' cannot be used: {error}") from None
        return done.returncode, done.stdout.decode("utf-8", "replace")


def reason(output: str, status: int) -> str:
    """Why `ip` failed, in one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else f"ip ended with status {status}"
