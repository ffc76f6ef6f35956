"""Probes against real servers on this machine: what is good, what is bad, and that nothing stays behind."""

import datetime
import os
import socket
import time
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import crypto
from twisted.internet import reactor as real_reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.ssl import CertificateOptions
from twisted.internet.task import deferLater
from twisted.names import dns
from twisted.names.authority import FileAuthority
from twisted.names.common import ResolverBase
from twisted.names.server import DNSServerFactory
from twisted.trial.unittest import TestCase
from twisted.web.resource import Resource
from twisted.web.server import Site

from bgptwist.net.probe_dns import ask
from bgptwist.net.probe_http import http
from bgptwist.net.probe_tcp import tcp
from bgptwist.net.probes import command
from bgptwist.settings.model import CommandProbe, DnsProbe, HttpProbe, TcpProbe

reactor: Any = real_reactor
HERE = "127.0.0.1"


def unused() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        port: int = listener.getsockname()[1]
        return port


def certificate(name: str, folder: Path) -> CertificateOptions:
    """Makes a certificate that vouches for itself; it is written to the file `certificate`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return CertificateOptions(crypto.PKey.from_cryptography_key(key), crypto.X509.from_cryptography(made))


class Page(Resource):
    """Says which host was asked for, or fails."""

    isLeaf = True

    def render_GET(self, request: Any) -> bytes:
        if request.path == b"/bad":
            request.setResponseCode(503)
        if request.path == b"/away":
            request.redirect(b"/bad")
        if request.path == b"/long":
            return b"x" * 3_000_000
        return b"all is well at " + request.getHeader("host").encode()


class Zone(FileAuthority):
    """Names that are not in a file."""

    def __init__(self, soa: tuple[bytes, Any], records: dict[bytes, list[Any]]) -> None:
        ResolverBase.__init__(self)  # type: ignore[no-untyped-call]
        self.soa = soa
        self.records = records


class Silent(Protocol):
    """Takes connections and says nothing."""


class ServerTests(TestCase):
    def listen(self, factory: Factory) -> int:
        port = reactor.listenTCP(0, factory, interface=HERE)
        self.addCleanup(port.stopListening)
        number: int = port.getHost().port
        return number

    async def test_tcp(self) -> None:
        port = self.listen(Factory.forProtocol(Silent))
        self.assertEqual(await tcp(TcpProbe(HERE, port), reactor), (True, "takes connections"))
        good, text = await tcp(TcpProbe(HERE, unused()), reactor)
        self.assertFalse(good)
        self.assertIn("refused", text)

    async def test_http(self) -> None:
        port = self.listen(Site(Page()))
        url = f"http://{HERE}:{port}"
        for probe, good, text in (
            (HttpProbe(f"{url}/"), True, "status 200"),
            (HttpProbe(f"{url}/bad"), False, "status 503, expected 200 to 399"),
            (HttpProbe(f"{url}/bad", (503, 503)), True, "status 503"),
            (HttpProbe(f"{url}/away"), True, "status 302"),
            (HttpProbe(f"{url}/away", (200, 200)), False, "status 302, expected 200"),
            (HttpProbe(f"{url}/", contains="is well"), True, "status 200"),
            (HttpProbe(f"{url}/", contains="is ill"), False, "status 200, without 'is ill'"),
            (HttpProbe(f"{url}/", contains="at web.example:8", host="web.example:8"), True, "status 200"),
            (HttpProbe(f"{url}/", contains=f"at web.example:{port}", host="web.example"), True, "status 200"),
            (HttpProbe(f"{url}/long", contains="y"), False, "status 200, without 'y'"),
        ):
            self.assertEqual(await http(probe, reactor), (good, text), probe)
        good, text = await http(HttpProbe(f"http://{HERE}:{unused()}/"), reactor)
        self.assertFalse(good)
        self.assertIn("refused", text)
        await deferLater(reactor, 0.05)

    async def test_https(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        keys = certificate("web.example", folder)
        listening = reactor.listenSSL(0, Site(Page()), keys, interface=HERE)
        self.addCleanup(listening.stopListening)
        url = f"https://{HERE}:{listening.getHost().port}/"
        known, before = str(folder / "certificate"), os.environ.get("SSL_CERT_FILE")
        for trusted, probe, good, text in (
            (known, HttpProbe(url, host="web.example"), True, "status 200"),
            (known, HttpProbe(url, host="web.example:8443", contains="at web.example:8443"), True, "status 200"),
            (known, HttpProbe(url, host="other.example"), False, "other.example"),
            ("/nowhere", HttpProbe(url, host="web.example"), False, "certificate verify failed"),
            (known, HttpProbe(url, host="no name at all"), False, "Codepoint"),
            ("/nowhere", HttpProbe(url, insecure=True), True, "status 200"),
        ):
            os.environ["SSL_CERT_FILE"] = trusted
            try:
                found = await http(probe, reactor)
            finally:
                os.environ.pop("SSL_CERT_FILE")
                if before is not None:
                    os.environ["SSL_CERT_FILE"] = before
            self.assertEqual(found.good, good, (probe, found))
            self.assertIn(text, found.text)
        await deferLater(reactor, 0.05)

    async def test_no_answer(self) -> None:
        port = self.listen(Factory.forProtocol(Silent))
        for probing in (http(HttpProbe(f"http://{HERE}:{port}/"), reactor),):
            await deferLater(reactor, 0.05)
            probing.addErrback(lambda failure: failure.trap(CancelledError) and None)
            probing.cancel()
            await probing
        await deferLater(reactor, 0.05)

    async def test_dns(self) -> None:
        records: dict[bytes, list[Any]] = {
            b"www.example": [dns.Record_A("192.0.2.1"), dns.Record_A("192.0.2.2"), dns.Record_AAAA("2001:db8::1")],
            b"example": [
                dns.Record_SOA(b"ns.example"),
                dns.Record_TXT(b"one", b"two"),
                dns.Record_MX(10, b"mx.example"),
            ],
        }
        factory = DNSServerFactory(authorities=[Zone((b"example", records[b"example"][0]), records)])
        factory.noisy = False
        factory.verbose = 0
        protocol = dns.DNSDatagramProtocol(controller=factory)
        server = reactor.listenUDP(0, protocol, interface=HERE)
        self.addCleanup(server.stopListening)
        port = server.getHost().port
        for name, kind, expect, good, text in (
            ("www.example", "A", "", True, "answers 192.0.2.1, 192.0.2.2"),
            ("www.example", "A", "192.0.2.2", True, "answers 192.0.2.1, 192.0.2.2"),
            ("www.example", "A", "192.0.2.3", False, "answers 192.0.2.1, 192.0.2.2, expected 192.0.2.3"),
            ("www.example", "AAAA", "2001:db8::1", True, "answers 2001:db8::1"),
            ("example", "TXT", "onetwo", True, "answers onetwo"),
            ("example", "MX", "MX.example.", True, "answers mx.example"),
            ("www.example", "TXT", "", False, "no TXT record"),
            ("no.example", "A", "", False, "there is no such name"),
        ):
            found = await ask(DnsProbe(HERE, port, name, kind, expect), reactor)
            self.assertEqual(found, (good, text), name)

    async def test_no_dns_server(self) -> None:
        asking = ask(DnsProbe(HERE, unused(), "www.example"), reactor)
        asking.addErrback(lambda failure: failure.trap(CancelledError) and None)
        await deferLater(reactor, 0.05)
        if not asking.called:
            asking.cancel()
        await asking
        # the resolver forgets its question after its own timeout
        for call in reactor.getDelayedCalls():
            call.cancel()


class CommandTests(TestCase):
    async def tearDown(self) -> None:
        # a group is looked at until it is gone
        await deferLater(reactor, 0.2)

    async def shell(self, text: str, **variables: str) -> tuple[bool, str]:
        return await command(CommandProbe(("/bin/sh", "-c", text)), reactor, variables)

    async def test_how_it_ends(self) -> None:
        for text, found in (
            ("true", (True, "ended well")),
            ("exit 3", (False, "ended with status 3")),
            ("echo a; echo b$STATE >&2; exit 1", (False, "ended with status 1: bUP")),
            ("kill -9 $$", (False, "ended by signal 9")),
            ("read x && exit 0; exit 4", (False, "ended with status 4")),
        ):
            self.assertEqual(await self.shell(text, STATE="UP"), found, text)

    async def test_a_program_that_cannot_be_started(self) -> None:
        good, text = await command(CommandProbe(("/nonexistent/x",)), reactor)
        self.assertFalse(good)
        self.assertTrue(text)

    async def test_what_it_started_ends_with_it(self) -> None:
        path = self.mktemp()
        self.assertTrue((await self.shell(f"sleep 60 & echo $! > {os.path.abspath(path)}"))[0])
        await self.gone(path)

    async def test_one_that_is_cancelled_is_killed(self) -> None:
        path = self.mktemp()
        text = f"trap '' TERM; echo $$ > {os.path.abspath(path)}; while :; do sleep 0.1; done"
        running: Deferred[Any] = command(CommandProbe(("/bin/sh", "-c", text)), reactor)
        deadline = time.monotonic() + 10
        while not (os.path.exists(path) and open(path).read().strip()) and time.monotonic() < deadline:
            await deferLater(reactor, 0.02)
        running.addErrback(lambda failure: failure.trap(CancelledError) and None)
        running.cancel()
        await running
        await self.gone(path)

    async def gone(self, path: str) -> None:
        """Wait until the process whose number is in a file has ended, or is but a name."""
        number = int(open(path).read())
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with open(f"/proc/{number}/stat") as stat:
                    if stat.read().rpartition(")")[2].split()[0] in "ZX":
                        return
            except OSError:
                return
            await deferLater(reactor, 0.02)
        self.fail(f"process {number} is still there")
