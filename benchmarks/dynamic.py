"""Measures the installed daemon with a range of neighbors that many peers connect to, all from the loopback network.

    python benchmarks/dynamic.py [--peers 1000] [--routes 100] [--program twistd]

Prints the CPU seconds of the daemon and its resident memory: before anybody came, when everybody was told all routes,
when one command reached them all, and when they had left and were forgotten.
"""

import argparse
import asyncio
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from socket import socket

HOLD = 180
MARKER = b"\xff" * 16
END_OF_RIB = b"\0\0\0\0"
COMMANDS = """\
import sys, time
for line in open(sys.argv[1]):
    sys.stdout.write(line)
    sys.stdout.flush()
time.sleep(3600)
"""


def message(kind: int, body: bytes = b"") -> bytes:
    return MARKER + struct.pack("!HB", 19 + len(body), kind) + body


def opening(number: int) -> bytes:
    """The OPEN of the peer with that number, which has an AS number of its own."""
    capabilities = bytes((1, 4, 0, 1, 0, 1)) + struct.pack("!BBI", 65, 4, 4200000000 + number)
    parameters = bytes((len(capabilities) + 2, 2, len(capabilities))) + capabilities
    return message(1, struct.pack("!BHHI", 4, 23456, HOLD, 0x0B000000 + number) + parameters)


class Peer(asyncio.Protocol):
    """Answers the OPEN, and counts the prefixes it is told."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.octets = b""
        self.prefixes = 0
        self.complete = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.octets += data
        while len(self.octets) >= 19:
            length, kind = struct.unpack("!HB", self.octets[16:19])
            if len(self.octets) < length:
                return
            body, self.octets = self.octets[19:length], self.octets[length:]
            if kind == 1:
                self.transport.write(opening(self.number) + message(4))  # type: ignore[attr-defined]
            elif kind == 2 and body == END_OF_RIB:
                self.complete = True
            elif kind == 2:
                size = struct.unpack("!H", body[2:4])[0]
                self.prefixes += (len(body) - 4 - size) // 4
            elif kind == 3:
                print("a NOTIFICATION came", body.hex(), file=sys.stderr)


def figures(process: int) -> tuple[float, float]:
    """CPU seconds and resident memory in MiB."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"), resident / 1048576


async def until(check: object, within: float = 240.0) -> None:
    deadline = time.monotonic() + within
    while not check():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit("it took too long")
        await asyncio.sleep(0.05)


async def measure(process: int, port: int, count: int, routes: int, commands: Path) -> None:
    """Let peers come, be told something, and leave."""
    loop = asyncio.get_running_loop()

    def tell(what: str, since: float) -> float:
        cpu, memory = figures(process)
        print(f"{what:<52}{cpu - since:>8.2f} s{memory:>10.1f} MiB")
        return cpu

    cpu = tell("started", 0.0)
    peers: list[Peer] = []
    for number in range(count):
        address = f"127.1.{number >> 8}.{number & 255}"
        _, peer = await loop.create_connection(lambda n=number: Peer(n), "127.0.0.1", port, local_addr=(address, 0))
        peers.append(peer)
    await until(lambda: all(peer.complete for peer in peers))
    assert all(peer.prefixes == routes for peer in peers), "everybody was told everything once"
    cpu = tell(f"{count} peers came and were told {routes} routes each", cpu)
    with commands.open("w") as stream:
        stream.write("announce route 203.0.113.0/24 next-hop 192.0.2.9\n")
    await until(lambda: all(peer.prefixes == routes + 1 for peer in peers))
    cpu = tell("one announcement reached them all", cpu)
    for peer in peers:
        peer.transport.close()
    await asyncio.sleep(6)
    cpu = tell("they left and were forgotten", cpu)


def main() -> None:
    """Start the daemon and measure it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", type=int, default=1000)
    parser.add_argument("--routes", type=int, default=100)
    parser.add_argument("--program", default=str(Path(sys.executable).with_name("twistd")))
    found = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, socket() as probe:
        folder = Path(name)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        commands = folder / "commands"
        os.mkfifo(commands)
        (folder / "helper.py").write_text(COMMANDS)
        routes = "".join(
            f"route 10.{number >> 8}.{number & 255}.0/24 next-hop 192.0.2.9 med {number % 50};\n"
            for number in range(found.routes)
        )
        path = folder / "range.conf"
        path.write_text(
            f"process h {{ run {sys.executable} {folder}/helper.py {commands}; encoder text; }}\n"
            f"neighbor 127.1.0.0/16 {{ passive; router-id 10.0.0.1; local-address 127.0.0.1; local-as 65001;"
            f" peer-as auto; listen {port}; range-limit {found.peers}; range-idle 1; hold-time {HOLD};"
            f" family {{ ipv4 unicast; }} api {{ processes [ h ]; neighbor-changes; }} static {{ {routes} }} }}"
        )
        environment = os.environ | {"exabgp_tcp_bind": "", "exabgp_daemon_user": "root", "exabgp_log_level": "ERROR"}
        daemon = subprocess.Popen(
            [found.program, "--nodaemon", "--pidfile=", "bgptwist", str(path)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            time.sleep(3)
            asyncio.run(measure(daemon.pid, port, found.peers, found.routes, commands))
        finally:
            daemon.terminate()
            daemon.wait(20)


if __name__ == "__main__":
    main()
