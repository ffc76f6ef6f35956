"""Measures the installed daemon beside ExaBGP 5.0.15 with a long configuration file: from the start to the last UPDATE.

    python benchmarks/big_file.py [--routes 150000] [--neighbors 20] [--form spread|template|copies] [--runs 1]
                                  [--only bgptwist|exabgp] [--limit 280] [--exabgp FOLDER]

The file has a number of route statements, neighbors on 127.0.0.2 and up, and about a thousand different sets of
attributes, each for some prefixes in a row (4.7 on average, as on the Internet):

spread     the routes are divided among the neighbors, each has its own
template   they stand once, in a template that all neighbors inherit: each is told all of them
copies     they stand in each neighbor: each is told all of them, and the file is that much longer

The peers are sockets of this program: they answer OPEN, send KEEPALIVE, and tick off every prefix.  Time begins with
the start of the process and ends with the last prefix of the last peer; CPU and peak memory are those of the daemon
alone.  ExaBGP comes from PyPI into a virtual environment that is thrown away, or from FOLDER where there is one.
"""

import argparse
import os
import random
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

EXABGP = "5.0.15"
TICK = os.sysconf("SC_CLK_TCK")
PORT = 17900
HOLD = 180
FIRST = 0x010000
"""The first three octets of the first prefix: 1.0.0.0/24."""
MARKER = b"\xff" * 16
OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4


def attribute_sets(number: int, chance: random.Random) -> list[str]:
    """So many different sets of attributes."""
    found = []
    for index in range(number):
        path = " ".join(str(chance.randrange(1, 64000)) for _ in range(chance.randrange(2, 7)))
        words = [f"next-hop 192.0.2.{index % 250 + 1} as-path [ {path} ]"]
        if chance.random() < 0.7:
            communities = " ".join(f"65001:{chance.randrange(1000)}" for _ in range(chance.randrange(1, 5)))
            words.append(f"community [ {communities} ]")
        if chance.random() < 0.3:
            words.append(f"med {chance.randrange(1000)}")
        if chance.random() < 0.25:
            words.append(f"large-community [ 65001:{index}:{chance.randrange(1000)} ]")
        found.append(" ".join(words))
    return found


def statements(number: int, paths: int) -> list[str]:
    """Route statements for consecutive prefixes; some in a row share their attributes."""
    chance = random.Random(1)
    sets = attribute_sets(paths, chance)
    found: list[str] = []
    while len(found) < number:
        words = chance.choice(sets)
        for _ in range(min(chance.choice((1, 1, 1, 2, 2, 3, 4, 6, 9, 18)), number - len(found))):
            prefix = FIRST + len(found)
            found.append(f"route {prefix >> 16}.{prefix >> 8 & 255}.{prefix & 255}.0/24 {words};\n")
    return found


def neighbor(index: int, inside: str) -> str:
    """The section of one neighbor."""
    return (
        f"neighbor 127.0.0.{index + 2} {{ router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001; peer-as 65001;\n"
        f"hold-time {HOLD}; connect {PORT}; family {{ ipv4 unicast; }}\n{inside}}}\n"
    )


def write(path: Path, form: str, routes: int, neighbors: int, paths: int) -> list[range]:
    """Write the file; for each neighbor the numbers of its prefixes."""
    lines = statements(routes, paths)
    with path.open("w") as file:
        if form == "template":
            file.write("template { neighbor all { static {\n" + "".join(lines) + "} } }\n")
        for index in range(neighbors):
            if form == "template":
                file.write(neighbor(index, "inherit all;\n"))
            else:
                own = (
                    lines
                    if form == "copies"
                    else lines[routes * index // neighbors : routes * (index + 1) // neighbors]
                )
                file.write(neighbor(index, "static {\n" + "".join(own) + "}\n"))
    if form == "spread":
        return [range(routes * index // neighbors, routes * (index + 1) // neighbors) for index in range(neighbors)]
    return [range(routes)] * neighbors


def message(kind: int, body: bytes = b"") -> bytes:
    return MARKER + struct.pack("!HB", 19 + len(body), kind) + body


CAPABILITIES = bytes((1, 4, 0, 1, 0, 1)) + struct.pack("!BBI", 65, 4, 65001)
OPENING = message(
    OPEN,
    struct.pack("!BHH4sBBB", 4, 65001, HOLD, bytes((10, 0, 0, 2)), len(CAPABILITIES) + 2, 2, len(CAPABILITIES))
    + CAPABILITIES,
)


class Peer:
    """One session, and the prefixes that are still to come."""

    def __init__(self, connection: socket.socket, wanted: range) -> None:
        self.connection = connection
        self.rest = b""
        self.first = wanted.start + FIRST
        self.missing = bytearray(b"\1") * len(wanted)
        self.left = len(wanted)
        self.updates = 0
        self.again = 0
        """Prefixes that were announced more than once."""
        self.wrong = 0
        """Prefixes that do not belong here."""

    def read(self) -> bool:
        """Take what came; False at the end."""
        try:
            octets = self.connection.recv(1 << 20)
        except ConnectionError:
            return False
        if not octets:
            return False
        data = self.rest + octets
        at = 0
        while at + 19 <= len(data):
            size = data[at + 16] << 8 | data[at + 17]
            if at + size > len(data):
                break
            self.take(data[at + 18], data, at + 19, at + size)
            at += size
        self.rest = data[at:]
        return True

    def take(self, kind: int, data: bytes, at: int, end: int) -> None:
        """One message."""
        if kind == OPEN:
            self.connection.sendall(OPENING + message(KEEPALIVE))
        elif kind == NOTIFICATION:
            raise RuntimeError(f"the daemon ended a session: {data[at:end].hex()}")
        elif kind == UPDATE:
            self.updates += 1
            at += 2 + (data[at] << 8 | data[at + 1])
            at += 2 + (data[at] << 8 | data[at + 1])
            for (prefix,) in struct.iter_unpack("!I", data[at:end]):
                index = (prefix & 0xFFFFFF) - self.first
                if prefix >> 24 != 24 or not 0 <= index < len(self.missing):
                    self.wrong += 1
                elif self.missing[index]:
                    self.missing[index] = 0
                    self.left -= 1
                else:
                    self.again += 1


@dataclass
class Figures:
    """What one run took; `left` are prefixes that did not come in time."""

    wall: float
    cpu: float
    peak: float
    updates: int
    left: int
    again: int
    wrong: int


def usage(process: int) -> tuple[float, float]:
    """CPU seconds and peak memory in MB."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{process}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return (int(fields[11]) + int(fields[12])) / TICK, peak / 1024


def serve(
    daemon: "subprocess.Popen[bytes]", ports: list[socket.socket], wanted: list[range], limit: float
) -> list[Peer]:
    """Be all the peers until they have everything, or time is over, or the daemon has ended."""
    watch = selectors.DefaultSelector()
    for index, port in enumerate(ports):
        watch.register(port, selectors.EVENT_READ, index)
    peers: dict[int, Peer] = {}
    ends = time.monotonic() + limit
    alive = time.monotonic() + 30
    while time.monotonic() < ends and daemon.poll() is None:
        for key, _ in watch.select(0.5):
            found: Any = key.data
            if isinstance(found, int):
                connection, _ = ports[found].accept()
                if found in peers:
                    connection.close()
                    continue
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
                peers[found] = Peer(connection, wanted[found])
                watch.register(connection, selectors.EVENT_READ, peers[found])
            elif not found.read():
                watch.unregister(found.connection)
        if len(peers) == len(ports) and not any(peer.left for peer in peers.values()):
            break
        if time.monotonic() > alive:
            alive += 30
            for peer in peers.values():
                peer.connection.sendall(message(KEEPALIVE))
    return list(peers.values())


def run(command: list[str], wanted: list[range], limit: float, folder: Path) -> Figures:
    """One daemon, from its start to the last prefix."""
    settings = {
        "exabgp_daemon_user": "root" if os.getuid() == 0 else os.environ.get("USER", "nobody"),
        "exabgp_daemon_drop": "false",
        "exabgp_tcp_bind": "",
        "exabgp_api_cli": "false",
        "exabgp_log_enable": "false",
    }
    ports = []
    for index in range(len(wanted)):
        port = socket.socket()
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port.bind((f"127.0.0.{index + 2}", PORT))
        port.listen()
        ports.append(port)
    began = time.monotonic()
    daemon = subprocess.Popen(
        command, env={**os.environ, **settings}, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peers: list[Peer] = []
    try:
        peers = serve(daemon, ports, wanted, limit)
        wall = time.monotonic() - began
        if daemon.poll() is not None:
            raise RuntimeError(f"{command[0]} ended with status {daemon.returncode}")
        cpu, peak = usage(daemon.pid)
    finally:
        for port in ports:
            port.close()
        for peer in peers:
            peer.connection.close()
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    total = sum(map(len, wanted))
    came = sum(len(peer.missing) - peer.left for peer in peers)
    again, wrong = sum(peer.again for peer in peers), sum(peer.wrong for peer in peers)
    return Figures(wall, cpu, peak, sum(peer.updates for peer in peers), total - came, again, wrong)


def exabgp(folder: Path) -> Path:
    """ExaBGP from PyPI, in a virtual environment of its own."""
    program = folder / "bin" / "exabgp"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", f"exabgp=={EXABGP}"], check=True)
    return program


def show(name: str, found: list[Figures]) -> None:
    """One row: medians of all runs."""
    last = found[-1]
    note = f", {last.left} prefixes missing" if last.left else ""
    note += f", {last.again} announced again" if last.again else ""
    note += f", {last.wrong} wrong" if last.wrong else ""
    wall, cpu, peak = (median(getattr(each, field) for each in found) for field in ("wall", "cpu", "peak"))
    print(f"{name:<16}{wall:>9.2f} s{cpu:>9.2f} s{peak:>9.1f} MB{last.updates:>11} UPDATEs{note}", flush=True)


def main() -> int:
    """Run both and print what they took."""
    parser = argparse.ArgumentParser(description="A long file: from the start to the last UPDATE.")
    parser.add_argument("--routes", type=int, default=150_000, help="route statements")
    parser.add_argument("--neighbors", type=int, default=20, help="neighbors, 250 at most")
    parser.add_argument("--paths", type=int, default=1000, help="different sets of attributes")
    parser.add_argument("--form", choices=("spread", "template", "copies"), default="spread", help="where they stand")
    parser.add_argument("--runs", type=int, default=1, help="runs of each daemon, in turn")
    parser.add_argument("--only", choices=("bgptwist", "exabgp"), help="one of the two")
    parser.add_argument("--limit", type=float, default=280, help="seconds that one run may take")
    parser.add_argument("--exabgp", type=Path, help="folder of a virtual environment, made if it is not there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "big.conf"
        wanted = write(path, given.form, given.routes, given.neighbors, given.paths)
        size = path.stat().st_size / 1e6
        print(f"{given.routes} route statements ({given.form}), {given.neighbors} neighbors, {size:.1f} MB, ", end="")
        print(f"{sum(map(len, wanted))} prefixes to tell", flush=True)
        twistd = Path(sys.executable).with_name("twistd")
        commands = {"bgptwist": [str(twistd), "--nodaemon", "--pidfile=", "bgptwist", str(path)]}
        if given.only != "bgptwist":
            commands[f"ExaBGP {EXABGP}"] = [str(exabgp(given.exabgp or folder / "peer")), "server", str(path)]
        if given.only == "exabgp":
            del commands["bgptwist"]
        figures: dict[str, list[Figures]] = {each: [] for each in commands}
        print(f"{'':<16}{'wall':>11}{'CPU':>11}{'peak':>12}")
        for _ in range(given.runs):
            for each, command in commands.items():
                figures[each].append(run(command, wanted, given.limit, folder))
        for each, found in figures.items():
            show(each, found)
        if len(figures) == 2:
            ours, theirs = figures.values()
            cpu, peak = (
                median(getattr(each, field) for each in theirs) / median(getattr(each, field) for each in ours)
                for field in ("cpu", "peak")
            )
            whole = not theirs[-1].left
            print(f"{'' if whole else 'at least '}{cpu:.1f} times less CPU, {peak:.1f} times less memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
