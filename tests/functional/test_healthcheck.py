"""Health checks of the installed daemon, at a peer made of octets: helpers, ours and ExaBGP's, and those inside.

ExaBGP comes from PyPI into a virtual environment of this run, or from the one in the folder BGPTWIST_EXABGP.
"""

import os
import signal
import struct
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol
from twisted.names import dns
from twisted.names.authority import FileAuthority
from twisted.names.common import ResolverBase
from twisted.names.server import DNSServerFactory
from twisted.web.resource import Resource
from twisted.web.server import Site

from daemon import Daemon, Start, until
from peer import NOTIFICATION, UPDATE, Conversation, Listener

pytest_plugins = ["stage"]

EXABGP = "5.0.15"
HERE = "127.0.0.1"
FAST = "--no-ip-setup --no-syslog -i 0.2 -f 0.1 --rise 2 --fall 2"


def neighbor(listener: Listener, inside: str = "") -> str:
    """A neighbor section for the peer behind `listener`."""
    return f"""
neighbor {listener.address} {{
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65001;
    hold-time 9;
    connect {listener.port};
    family {{ ipv4 unicast; }}
    {inside}
}}
"""


def routes(peer: Conversation) -> dict[str, int | None]:
    """What was announced and not withdrawn since: prefixes with their MED."""
    found: dict[str, int | None] = {}
    for kind, body in peer.messages:
        if kind != UPDATE:
            continue
        (withdrawn,) = struct.unpack("!H", body[:2])
        for prefix in prefixes(body[2 : 2 + withdrawn]):
            found.pop(prefix, None)
        (size,) = struct.unpack("!H", body[2 + withdrawn : 4 + withdrawn])
        attributes = body[4 + withdrawn : 4 + withdrawn + size]
        for prefix in prefixes(body[4 + withdrawn + size :]):
            found[prefix] = med(attributes)
    return found


def prefixes(octets: bytes) -> Iterator[str]:
    """IPv4 prefixes without path identifiers."""
    while octets:
        size = (octets[0] + 7) // 8
        address = octets[1 : 1 + size].ljust(4, b"\0")
        yield f"{'.'.join(map(str, address))}/{octets[0]}"
        octets = octets[1 + size :]


def med(attributes: bytes) -> int | None:
    """The MED among attributes, None when there is none."""
    while attributes:
        flags, code, size = attributes[:3]
        start = 3
        if flags & 0x10:
            (size,) = struct.unpack("!H", attributes[2:4])
            start = 4
        if code == 4:
            return int.from_bytes(attributes[start : start + size], "big")
        attributes = attributes[start + size :]
    return None


@pytest.fixture(scope="session")
def exabgp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an ExaBGP."""
    if "BGPTWIST_EXABGP" in os.environ:
        return Path(os.environ["BGPTWIST_EXABGP"]) / "bin"
    folder = tmp_path_factory.mktemp("exabgp")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", f"exabgp=={EXABGP}"], check=True)
    return folder / "bin"


async def follow(peer: Conversation, flag: Path, prefix: str) -> None:
    """The service comes, goes and comes again, and the routes with it."""
    assert routes(peer) == {}
    flag.touch()
    await until(lambda: routes(peer) == {prefix: 100}, "the route is announced")
    flag.unlink()
    await until(lambda: routes(peer) == {}, "the route is withdrawn")
    flag.touch()
    await until(lambda: routes(peer) == {prefix: 100}, "the route is announced again")


def of_helper(program: str, flag: Path, more: str = "") -> str:
    """A process section with a health check."""
    return f'process h {{ run {program} --cmd "test -f {flag}" --ip 192.0.2.53 {FAST} {more}; }}\n'


class TestHelper:
    @pytest_twisted.ensureDeferred
    async def test_ours(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        flag = tmp_path / "flag"
        section = of_helper(f"{sys.executable} -m bgptwist healthcheck", flag, "--withdraw-on-down")
        daemon: Daemon = start(section + neighbor(listener, "api { processes [ h ]; }"))
        peer = await listener.established()
        await follow(peer, flag, "192.0.2.53/32")
        # it ends because its options change, and takes back exactly what it said
        path = daemon.path.parent / "bgptwist.conf"
        path.write_text(path.read_text().replace("192.0.2.53", "192.0.2.54"))
        daemon.signal(signal.SIGUSR1)
        await until(lambda: routes(peer) == {"192.0.2.54/32": 100}, "one ends, another begins")
        assert peer.count(NOTIFICATION) == 0
        assert "Traceback" not in daemon.output

    @pytest_twisted.ensureDeferred
    async def test_metrics(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        flag = tmp_path / "flag"
        section = of_helper("bgptwist healthcheck", flag, "--ip 192.0.2.54 --debounce --disable maintenance")
        start(
            section.replace("maintenance", str(tmp_path / "maintenance"))
            + neighbor(listener, "api { processes [ h ]; }")
        )
        peer = await listener.established()
        await until(lambda: routes(peer) == {"192.0.2.53/32": 1000, "192.0.2.54/32": 1001}, "metrics when down")
        flag.touch()
        await until(lambda: routes(peer) == {"192.0.2.53/32": 100, "192.0.2.54/32": 101}, "metrics when up")
        (tmp_path / "maintenance").touch()
        await until(lambda: routes(peer) == {"192.0.2.53/32": 500, "192.0.2.54/32": 501}, "metrics when disabled")

    @pytest_twisted.ensureDeferred
    async def test_that_of_exabgp(self, tmp_path: Path, exabgp: Path, start: Start, listener: Listener) -> None:
        flag = tmp_path / "flag"
        section = of_helper(f"{exabgp / 'python'} -m exabgp healthcheck", flag, "--withdraw-on-down")
        daemon: Daemon = start(section + neighbor(listener, "api { processes [ h ]; }"))
        await follow(await listener.established(), flag, "192.0.2.53/32")
        assert "replaced" not in daemon.output

    @pytest_twisted.ensureDeferred
    async def test_in_place_of_that_of_exabgp(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        flag = tmp_path / "flag"
        section = of_helper(f"{tmp_path}/bin/exabgp healthcheck", flag, "--withdraw-on-down")
        daemon: Daemon = start(section + neighbor(listener, "api { processes [ h ]; }"))
        await follow(await listener.established(), flag, "192.0.2.53/32")
        assert "its health check is replaced by bgptwist's own" in daemon.output

    @pytest_twisted.ensureDeferred
    async def test_ours_as_a_helper_of_exabgp(
        self, tmp_path: Path, exabgp: Path, start: Start, listener: Listener
    ) -> None:
        flag = tmp_path / "flag"
        path = tmp_path / "exabgp.conf"
        section = of_helper(f"{sys.executable} -m bgptwist healthcheck", flag, "--withdraw-on-down")
        section = section.replace("; }", "; encoder text; }")
        path.write_text(
            section + neighbor(listener, "api { processes [ h ]; }").replace(f"connect {listener.port};", "")
        )
        start(
            command=[str(exabgp / "exabgp"), "server", str(path)],
            settings={
                "exabgp_tcp_port": str(listener.port),
                "exabgp_daemon_drop": "false",
                "exabgp_api_cli": "false",
            },
        )
        peer = await listener.established()
        await follow(peer, flag, "192.0.2.53/32")


class Page(Resource):
    """A page whose status the test sets."""

    isLeaf = True
    status = 200

    def render_GET(self, request: Any) -> bytes:
        request.setResponseCode(self.status)
        return b"all is well"


class Zone(FileAuthority):
    """One name."""

    def __init__(self) -> None:
        ResolverBase.__init__(self)
        start = dns.Record_SOA(b"ns.example")
        self.soa = (b"example", start)
        self.records = {b"example": [start], b"www.example": [dns.Record_A("192.0.2.80")]}


class TestInside:
    @pytest_twisted.ensureDeferred
    async def test_probes(self, tmp_path: Path, start: Start, listener: Listener) -> None:
        page = Page()
        web = reactor.listenTCP(0, Site(page), interface=HERE)
        plain = reactor.listenTCP(0, Factory.forProtocol(Protocol), interface=HERE)
        names = DNSServerFactory(authorities=[Zone()])
        resolver = reactor.listenUDP(0, dns.DNSDatagramProtocol(controller=names), interface=HERE)
        flag, off = tmp_path / "flag", tmp_path / "maintenance"
        flag.touch()
        text = f"""
        healthcheck all {{
            probe tcp {HERE}:{plain.getHost().port};
            probe http http://{HERE}:{web.getHost().port}/ contains "is well";
            probe dns {HERE}:{resolver.getHost().port} www.example A expect 192.0.2.80;
            probe command "test -f {flag}";
            interval 0.3; fast-interval 0.1; timeout 2; rise 2; fall 2;
            announce route 192.0.2.53/32 next-hop self;
            up-metric 100; disabled-metric 500;
            disable {off};
        }}
        """
        try:
            daemon: Daemon = start(text + neighbor(listener))
            peer = await listener.established()
            there = {"192.0.2.53/32": 100}
            await until(lambda: routes(peer) == there, "the route is announced")
            flag.unlink()
            await until(lambda: routes(peer) == {}, "the command is bad")
            flag.touch()
            await until(lambda: routes(peer) == there, "the command is good")
            page.status = 503
            await until(lambda: routes(peer) == {}, "the page is bad")
            page.status = 200
            await until(lambda: routes(peer) == there, "the page is good")
            off.touch()
            await until(lambda: routes(peer) == {"192.0.2.53/32": 500}, "it is disabled")
            off.unlink()
            await until(lambda: routes(peer) == there, "it is enabled")
            # a reload changes what it has to, and no session
            path = daemon.path.parent / "bgptwist.conf"
            path.write_text(path.read_text().replace("192.0.2.53/32", "192.0.2.54/32"))
            daemon.signal(signal.SIGUSR1)
            await until(lambda: routes(peer) == {"192.0.2.54/32": 100}, "the other route is announced")
            await plain.stopListening()
            await until(lambda: routes(peer) == {}, "nobody takes connections")
            path.write_text(neighbor(listener))
            daemon.signal(signal.SIGUSR1)
            await until(lambda: "was reloaded" in daemon.output.rpartition("is DOWN")[2], "the check is gone")
            assert peer.count(NOTIFICATION) == 0
            assert "Traceback" not in daemon.output
        finally:
            for port in (web, plain, resolver):
                port.stopListening()
