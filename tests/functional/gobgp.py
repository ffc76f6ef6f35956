"""Runs GoBGP, which knows more families than other peers, as the peer of the installed daemon.

It reflects routes between two sessions of the same daemon (RFC 4456), so that what the daemon announces on the first
one comes back on the second, taken apart and put together again by GoBGP.
"""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from daemon import free_port, until
from mirror import ASN, CLUSTER, OURS, THEIRS

GOBGPD = shutil.which("gobgpd")
GOBGP = shutil.which("gobgp")

VERSION = "3.10."
"""The version that `limits` is about."""

CONFIGURATION = """
[global.config]
  as = {asn}
  router-id = "{cluster}"
  port = {port}
  local-address-list = ["{first}", "{second}"]
"""

PEER = """
[[neighbors]]
  [neighbors.config]
    neighbor-address = "{address}"
    peer-as = {asn}
  [neighbors.transport.config]
    passive-mode = true
  [neighbors.route-reflector.config]
    route-reflector-client = true
    route-reflector-cluster-id = "{cluster}"
"""

FAMILY = """
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "{name}"
"""

ADD_PATH = """
    [neighbors.afi-safis.add-paths.config]
      receive = true
      send-max = 8
"""

NAMES = {
    "ipv4 unicast": "ipv4-unicast",
    "ipv6 unicast": "ipv6-unicast",
    "ipv4 nlri-mpls": "ipv4-labelled-unicast",
    "ipv6 nlri-mpls": "ipv6-labelled-unicast",
    "ipv4 mpls-vpn": "l3vpn-ipv4-unicast",
    "ipv6 mpls-vpn": "l3vpn-ipv6-unicast",
    "ipv4 encapsulation": "ipv4-encap",
    "ipv6 encapsulation": "ipv6-encap",
    "ipv4 rtc": "rtc",
    "ipv4 sr-policy": "ipv4-srpolicy",
    "ipv6 sr-policy": "ipv6-srpolicy",
    "ipv4 mup": "ipv4-mup",
    "ipv6 mup": "ipv6-mup",
    "l2vpn vpls": "l2vpn-vpls",
    "l2vpn evpn": "l2vpn-evpn",
    "ipv4 flow": "ipv4-flowspec",
    "ipv6 flow": "ipv6-flowspec",
    "ipv4 flow-vpn": "l3vpn-ipv4-flowspec",
    "ipv6 flow-vpn": "l3vpn-ipv6-flowspec",
    "l2vpn flow-vpn": "l2vpn-flowspec",
    "bgp-ls bgp-ls": "ls",
}
"""Our names of families, and GoBGP's.

GoBGP 3.10 has names for multicast, too, but files SAFI 2 under unicast and cannot parse SAFI 129.
"""


def missing() -> str:
    """Why the tests cannot run, '' when they can."""
    if not (GOBGPD and GOBGP):
        return "no GoBGP here: install the package gobgpd"
    text = subprocess.run([GOBGPD, "--version"], capture_output=True, text=True, check=False).stdout
    return "" if f" {VERSION}" in text else f"{text.strip()} is not {VERSION}x: what it gets wrong is not known"


class GoBgp:
    """One GoBGP, to which the daemon connects twice, to `port` of the two addresses THEIRS; `families` in our names.

    Its OPEN holds the capabilities of at most some 15 families: it does not know RFC 9072.
    """

    def __init__(self, families: Iterable[str], add_path: bool = False) -> None:
        self.port = free_port()
        self.api = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="gobgp-")
        self.folder = Path(self._folder.name)
        text = CONFIGURATION.format(asn=ASN, cluster=CLUSTER, port=self.port, first=THEIRS[0], second=THEIRS[1])
        listed = [FAMILY.format(name=NAMES[name]) + ADD_PATH * add_path for name in families]
        for address in OURS:
            text += PEER.format(address=address, asn=ASN, cluster=CLUSTER) + "".join(listed)
        (self.folder / "gobgpd.toml").write_text(text)
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        assert GOBGPD
        command = [GOBGPD, "-f", "gobgpd.toml", f"--api-hosts=127.0.0.1:{self.api}", "--pprof-disable"]
        with (self.folder / "log").open("ab") as stream:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
            )
        await until(lambda: "BGP state" in self.ask("neighbor", OURS[1]), "GoBGP answers")

    def ask(self, *words: str) -> str:
        """What GoBGP's own client says to a command; '' when it fails."""
        assert GOBGP
        run = subprocess.run(
            [GOBGP, "-p", str(self.api), *words], capture_output=True, text=True, check=False, timeout=20
        )
        return run.stdout if run.returncode == 0 else ""

    def tell(self, *words: str) -> None:
        """Carry out a command that must work."""
        assert GOBGP
        run = subprocess.run(
            [GOBGP, "-p", str(self.api), *words], capture_output=True, text=True, check=False, timeout=20
        )
        assert run.returncode == 0 and "error" not in run.stdout.lower(), f"{words}: {run.stdout}{run.stderr}"

    def received(self) -> dict[tuple[int, int], int]:
        """How many routes the daemon announced on the first session, by AFI and SAFI."""
        states = [family["state"] for family in json.loads(self.ask("neighbor", OURS[0], "-j"))["afi_safis"]]
        return {(state["family"]["afi"], state["family"]["safi"]): state.get("received", 0) for state in states}

    def is_up(self) -> bool:
        return all("BGP state = ESTABLISHED" in self.ask("neighbor", address) for address in OURS)

    def flaps(self) -> int:
        """How often the sessions went down."""
        texts = [self.ask("neighbor", address) for address in OURS]
        return sum(int(text.partition("Flops = ")[2].split()[0]) for text in texts)

    async def established(self, within: float = 30.0) -> None:
        await until(self.is_up, "GoBGP says that both sessions are up", within)

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def destroy(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(5)
            self.process = None
        self._folder.cleanup()
