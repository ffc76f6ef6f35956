"""Runs BIRD 2, an implementation that owes us nothing, as the peer of the installed daemon."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from daemon import free_port, until
from mirror import ASN, CLUSTER, NAMED, OURS, THEIRS

SEARCHED = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
BIRD = shutil.which("bird", path=SEARCHED)
BIRDC = shutil.which("birdc", path=SEARCHED)

CONFIGURATION = """
log "{folder}/bird.log" all;
debug protocols {{ states, events }};
router id 10.0.0.2;
protocol device {{ }}
protocol static static4 {{ ipv4; {static4} }}
protocol static static6 {{ ipv6; {static6} }}
protocol bgp twist {{
    local 127.0.0.1 port {port} as {asn};
    neighbor 127.0.0.1 port {remote} as 65001;
    strict bind yes;
    multihop;
    passive {passive};
    hold time 9;
    keepalive time 3;
    connect delay time 1;
    connect retry time 1;
    error wait time 1, 2;
    ipv4 {{ import all; export where source = RTS_STATIC; next hop address 192.0.2.2; }};
    ipv6 {{ import all; export where source = RTS_STATIC; next hop address 2001:db8::2; }};
}}
"""

Attributes = dict[str, str]


def version() -> str:
    """`2.0.12`."""
    assert BIRD
    run = subprocess.run([BIRD, "--version"], capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).rpartition(" ")[2].strip()


class Bird:
    """One BIRD with one peer, the daemon, on ports of 127.0.0.1; it may be stopped and started again."""

    def __init__(self, port: int, remote: int, passive: bool, asn: int = 65001, static4: str = "", static6: str = ""):
        self.prepare(
            CONFIGURATION,
            port=port,
            remote=remote,
            passive="yes" if passive else "no",
            asn=asn,
            static4=static4,
            static6=static6,
        )

    def prepare(self, configuration: str, **values: object) -> None:
        """A folder with the configuration, in which `folder` and `values` are put."""
        self._folder = tempfile.TemporaryDirectory(prefix="bird-")  # the path of a socket has at most 108 octets
        self.folder = Path(self._folder.name)
        self.process: subprocess.Popen[bytes] | None = None
        (self.folder / "bird.conf").write_text(configuration.format(folder=self.folder, **values))

    @property
    def log(self) -> str:
        path = self.folder / "bird.log"
        return path.read_text(errors="replace") if path.exists() else ""

    async def start(self) -> None:
        """Start it and wait until it answers."""
        assert BIRD
        command = [BIRD, "-f", "-c", "bird.conf", "-s", "bird.ctl", "-P", "bird.pid"]
        with (self.folder / "bird.out").open("ab") as stream:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
            )
        await until(lambda: "BIRD" in self.ask("show", "status"), "BIRD answers")

    def ask(self, *words: str) -> str:
        """The answer of BIRD's own client to a command; '' when BIRD does not run."""
        assert BIRDC
        run = subprocess.run(
            [BIRDC, "-s", "bird.ctl", *words], cwd=self.folder, capture_output=True, text=True, check=False, timeout=20
        )
        return run.stdout if run.returncode == 0 else ""

    def kill(self) -> None:
        """End it without a word to the peer."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(5)
            self.process = None

    def destroy(self) -> None:
        self.kill()
        self._folder.cleanup()

    def is_up(self) -> bool:
        return "Established" in self.ask("show", "protocols", "twist")

    async def established(self, within: float = 30.0) -> None:
        await until(self.is_up, "BIRD says that the session is up", within)

    def count(self) -> tuple[int, int]:
        """How many IPv4 and IPv6 routes the daemon has announced."""
        numbers = []
        for table in ("master4", "master6"):
            found = re.search(
                r"^(\d+) of", self.ask("show", "route", "table", table, "protocol", "twist", "count"), re.M
            )
            numbers.append(int(found[1]) if found else 0)
        return numbers[0], numbers[1]

    def routes(self) -> Mapping[str, Attributes]:
        """The routes the daemon has announced: by prefix, what BIRD prints of each attribute."""
        return parse_routes(self.ask("show", "route", "all", "protocol", "twist"))


def parse_routes(text: str) -> dict[str, Attributes]:
    """What `show route all` prints, by prefix: the text of each attribute by its name in BIRD."""
    routes: dict[str, Attributes] = {}
    prefix = ""
    for line in text.splitlines():
        if found := re.match(r"([0-9a-f.:]+/\d+)?\s+\S+ \[twist ", line):
            prefix = found[1] or prefix
            assert prefix not in routes, f"two routes to {prefix}"
            routes[prefix] = {}
        elif found := re.match(r"\tBGP\.(\w+): ?(.*)", line):
            routes[prefix][found[1]] = found[2].strip()
    return routes


REFLECTING = """
log "{folder}/bird.log" all;
debug protocols {{ states, events }};
router id {cluster};
protocol device {{ }}
ipv4 table nowhere4;
ipv6 table nowhere6;
{tables}
template bgp reflecting {{
    local as {asn};
    passive yes;
    strict bind yes;
    multihop;
    hold time 30;
    rr client;
    rr cluster id {cluster};
    error wait time 1, 2;
{channels}
}}
protocol bgp one from reflecting {{
    local {theirs[0]} port {port};
    neighbor {ours[0]} as {asn};
}}
protocol bgp two from reflecting {{
    local {theirs[1]} port {port};
    neighbor {ours[1]} as {asn};
}}
"""

CHANNELS = {
    "ipv4 unicast": ("ipv4", ""),
    "ipv6 unicast": ("ipv6", ""),
    "ipv4 multicast": ("ipv4", "multicast"),
    "ipv6 multicast": ("ipv6", "multicast"),
    "ipv4 nlri-mpls": ("ipv4", "mpls"),
    "ipv6 nlri-mpls": ("ipv6", "mpls"),
    "ipv4 mpls-vpn": ("vpn4", "mpls"),
    "ipv6 mpls-vpn": ("vpn6", "mpls"),
    "ipv4 mcast-mpls-vpn": ("vpn4", "multicast"),
    "ipv6 mcast-mpls-vpn": ("vpn6", "multicast"),
    "ipv4 flow": ("flow4", ""),
    "ipv6 flow": ("flow6", ""),
}
"""Our names of families, and BIRD's type of the table and name of the channel."""


class ReflectingBird(Bird):
    """One BIRD that reflects routes between two sessions of the daemon; `families` in our names."""

    def __init__(self, families: Iterable[str]) -> None:
        self.families = list(families)
        tables, channels = "", ""
        for number, name in enumerate(self.families):
            kind, channel = CHANNELS[name]
            tables += f"{kind} table t{number};\n"
            hops = "" if kind.startswith("flow") else f"igp table nowhere{kind[-1]};"
            channels += f"    {kind} {channel} {{ table t{number}; {hops} import all; export all; }};\n"
        self.port = free_port()
        self.prepare(
            REFLECTING,
            cluster=CLUSTER,
            asn=ASN,
            port=self.port,
            ours=OURS,
            theirs=THEIRS,
            tables=tables,
            channels=channels,
        )

    def is_up(self) -> bool:
        return all("Established" in self.ask("show", "protocols", name) for name in ("one", "two"))

    def received(self) -> dict[tuple[int, int], int]:
        """How many routes the daemon announced on the first session, by AFI and SAFI."""
        counts = {}
        for number, name in enumerate(self.families):
            text = self.ask("show", "route", "table", f"t{number}", "protocol", "one", "count")
            found = re.search(r"^(\d+) of", text, re.M)
            counts[NAMED[name].afi, NAMED[name].safi] = int(found[1]) if found else 0
        return counts
