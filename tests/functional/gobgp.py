"""Runs GoBGP, which knows more families than other peers, as the peer of the installed daemon."""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from daemon import free_port, until

GOBGPD = shutil.which("gobgpd")
GOBGP = shutil.which("gobgp")

CONFIGURATION = """
[global.config]
  as = 65001
  router-id = "10.0.0.2"
  port = {port}
  local-address-list = ["127.0.0.1"]
[[neighbors]]
  [neighbors.config]
    neighbor-address = "127.0.0.1"
    peer-as = 65001
  [neighbors.transport.config]
    passive-mode = true
"""

FAMILY = """
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "{name}"
"""


class GoBgp:
    """One GoBGP with one peer, the daemon, which connects to `port` of 127.0.0.1; `families` in GoBGP's names."""

    def __init__(self, families: Iterable[str]) -> None:
        self.port = free_port()
        self.api = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="gobgp-")
        self.folder = Path(self._folder.name)
        text = CONFIGURATION.format(port=self.port) + "".join(FAMILY.format(name=name) for name in families)
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
        await until(lambda: "BGP state" in self.ask("neighbor", "127.0.0.1"), "GoBGP answers")

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

    def received(self, family: str) -> list[Any]:
        """The paths that the daemon announced of a family, in the name of GoBGP's client."""
        text = self.ask("neighbor", "127.0.0.1", "adj-in", "-a", family, "-j")
        found = json.loads(text) if text.strip() else {}
        return [path for paths in found.values() for path in paths] if isinstance(found, dict) else list(found)

    def is_up(self) -> bool:
        return "BGP state = ESTABLISHED" in self.ask("neighbor", "127.0.0.1")

    def flaps(self) -> int:
        """How often the session went down."""
        return int(self.ask("neighbor", "127.0.0.1").partition("Flops = ")[2].split()[0])

    async def established(self, within: float = 30.0) -> None:
        await until(self.is_up, "GoBGP says that the session is up", within)

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
