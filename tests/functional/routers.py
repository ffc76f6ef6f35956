"""Runs the BGP daemons of FRR and OpenBGPD as the peer of the installed daemon, which connects to them."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from daemon import free_port, until

FRR = shutil.which("bgpd", path="/usr/lib/frr:/usr/libexec/frr")
VTYSH = shutil.which("vtysh")
OPENBGPD = shutil.which("bgpd", path="/usr/sbin:/usr/local/sbin")
BGPCTL = shutil.which("bgpctl", path="/usr/sbin:/usr/local/sbin")

OWN = "198.51.100.0/24"
"""What the router announces."""

FRR_CONFIGURATION = f"""
frr defaults traditional
router bgp 65002
 bgp router-id 10.0.0.2
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
 neighbor 127.0.0.1 remote-as 65001
 neighbor 127.0.0.1 passive
 neighbor 127.0.0.1 disable-connected-check
 neighbor 127.0.0.1 timers 3 9
 address-family ipv4 unicast
  neighbor 127.0.0.1 activate
  network {OWN}
 exit-address-family
 address-family ipv6 unicast
  neighbor 127.0.0.1 activate
 exit-address-family
"""

OPENBGPD_CONFIGURATION = """
AS 65002
router-id 10.0.0.2
fib-update no
listen on 127.0.0.1 port {port}
socket "{folder}/socket"
network {own}
neighbor 127.0.0.1 {{
    remote-as 65001
    passive
    local-address 127.0.0.1
    announce IPv4 unicast
    announce IPv6 unicast
    holdtime 9
}}
allow from any
allow to any
"""

Routes = dict[str, dict[str, Any]]
"""By prefix: `path` (the AS path as text) and `med`."""


class Router:
    """One router in a folder of its own; `command` starts it and `ask` is its own client."""

    label = ""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="peer-")  # the path of a socket has at most 108 octets
        self.folder = Path(self._folder.name)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> list[str]:
        """Write what it needs; the command that starts it."""
        raise NotImplementedError

    def ask(self, *words: str) -> Any:
        """The JSON that its client prints, None while it does not answer."""
        raise NotImplementedError

    def state(self) -> str:
        """The state of the session, in the router's words."""
        raise NotImplementedError

    def routes(self) -> Routes:
        """What the daemon told it."""
        raise NotImplementedError

    def communities(self, prefix: str) -> str:
        """The communities of one IPv4 route, divided by blanks."""
        raise NotImplementedError

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    async def start(self) -> None:
        """Start it and wait until it answers."""
        command = self.prepare()
        with (self.folder / "log").open("ab") as stream:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
            )
        await until(lambda: self.state(), f"{self.label} answers")

    async def established(self) -> None:
        await until(lambda: self.state() == "Established", f"{self.label} says that the session is up", 30)

    def destroy(self) -> None:
        """End its process group, which is named by the id of the process."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(5)
        self._folder.cleanup()

    def _run(self, command: list[str]) -> Any:
        run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=20)
        try:
            return json.loads(run.stdout) if run.returncode == 0 else None
        except ValueError:
            return None


class Frr(Router):
    """FRR's bgpd alone: no zebra, nothing of the kernel's."""

    label = "FRR"

    @staticmethod
    def missing() -> str:
        """Why the tests cannot run, '' when they can."""
        if not (FRR and VTYSH):
            return "no FRR here: install the package frr"
        return "" if os.geteuid() == 0 else "FRR's bgpd starts for root only"

    def prepare(self) -> list[str]:
        assert FRR
        (self.folder / "frr.conf").write_text(FRR_CONFIGURATION)
        self.folder.chmod(0o755)
        paths = ["-f", f"{self.folder}/frr.conf", "-i", f"{self.folder}/pid", "--vty_socket", f"{self.folder}"]
        own = ["-Z", "-S", "-n", "-u", "root", "-g", "root", "-P", "0"]
        return [FRR, *own, *paths, "-l", "127.0.0.1", "-p", str(self.port)]

    def ask(self, *words: str) -> Any:
        assert VTYSH
        return self._run([VTYSH, "--vty_socket", str(self.folder), "-d", "bgpd", "-c", " ".join([*words, "json"])])

    def state(self) -> str:
        found = self.ask("show bgp neighbors") or {}
        return str(found.get("127.0.0.1", {}).get("bgpState", ""))

    def routes(self) -> Routes:
        found: Routes = {}
        for family in ("ipv4", "ipv6"):
            table = self.ask(f"show bgp {family} unicast") or {}
            for prefix, paths in table.get("routes", {}).items():
                for path in paths:
                    if path["peerId"] == "127.0.0.1":
                        found[prefix] = {"path": path["path"], "med": path.get("metric")}
        return found

    def communities(self, prefix: str) -> str:
        paths = (self.ask(f"show bgp ipv4 unicast {prefix}") or {}).get("paths", [])
        return str(paths[0]["community"]["string"]) if paths else ""


class OpenBgpd(Router):
    """OpenBGPD, which leaves the kernel's table alone."""

    label = "OpenBGPD"

    @staticmethod
    def missing() -> str:
        """Why the tests cannot run, '' when they can."""
        if not (OPENBGPD and BGPCTL):
            return "no OpenBGPD here: install the package openbgpd"
        return "" if os.geteuid() == 0 else "OpenBGPD starts for root only"

    def prepare(self) -> list[str]:
        assert OPENBGPD
        home = Path(pwd.getpwnam("_openbgpd").pw_dir)
        home.mkdir(parents=True, exist_ok=True)  # the package's init script does it: this becomes the daemon's root
        path = self.folder / "bgpd.conf"
        path.write_text(OPENBGPD_CONFIGURATION.format(port=self.port, folder=self.folder, own=OWN))
        path.chmod(0o600)
        return [OPENBGPD, "-d", "-f", str(path)]

    def ask(self, *words: str) -> Any:
        assert BGPCTL
        return self._run([BGPCTL, "-s", f"{self.folder}/socket", "-j", *words])

    def state(self) -> str:
        found = (self.ask("show", "neighbor") or {}).get("neighbors", [])
        return str(found[0]["state"]) if found else ""

    def routes(self) -> Routes:
        table = self.ask("show", "rib", "detail", "neighbor", "127.0.0.1") or {}
        return {entry["prefix"]: {"path": entry["aspath"], "med": entry["metric"]} for entry in table.get("rib", [])}

    def communities(self, prefix: str) -> str:
        entries = (self.ask("show", "rib", "detail", prefix) or {}).get("rib", [])
        return " ".join(entries[0].get("communities", [])) if entries else ""
