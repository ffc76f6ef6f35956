"""Listening, and whose connection it is that comes."""

from dataclasses import replace

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.listen import wanted
from bgptwist.settings.model import Environment, NeighborSettings
from tests.net.loopback import ACTIVE, PASSIVE, THERE, LoopbackTestCase, until


class Witness(Protocol):
    """Sees what becomes of a connection."""

    def __init__(self) -> None:
        self.octets = b""
        self.lost = False

    def dataReceived(self, data: bytes) -> None:
        self.octets += data

    def connectionLost(self, reason: object = None) -> None:
        self.lost = True


class WantedTests(SynchronousTestCase):
    """Where to listen, and what for."""

    def places(
        self, *neighbors: NeighborSettings, **environment: object
    ) -> dict[tuple[str, int], dict[tuple[str, int | None], bytes]]:
        """Where, and whose passwords."""
        found = wanted(list(neighbors), Environment(**environment))  # type: ignore[arg-type]
        return {place: expectation.passwords for place, expectation in found.items()}

    def test_nowhere_unless_it_is_configured(self) -> None:
        self.assertEqual(self.places(PASSIVE), {})

    def test_tcp_bind_is_for_all(self) -> None:
        self.assertEqual(
            self.places(PASSIVE, tcp_bind=("127.0.0.2", "::1"), tcp_port=1790),
            {("127.0.0.2", 1790): {}, ("::1", 1790): {}},
        )

    def test_listen_is_for_one(self) -> None:
        self.assertEqual(self.places(replace(PASSIVE, listen=1790)), {("127.0.0.2", 1790): {}})

    def test_the_address_of_the_password_is_listened_on(self) -> None:
        settings = replace(PASSIVE, listen=1790, md5_ip="127.0.0.4", md5_password=b"x")
        self.assertEqual(self.places(settings), {("127.0.0.4", 1790): {("127.0.0.1", None): b"x"}})

    def test_passwords_are_expected_where_their_neighbor_may_come(self) -> None:
        here = replace(PASSIVE, md5_password=b"x")
        elsewhere = replace(PASSIVE, local_address="127.0.0.5", md5_password=b"y", peer_address="127.0.0.9")
        self.assertEqual(
            self.places(here, elsewhere, tcp_bind=("127.0.0.2", "0.0.0.0"), tcp_port=1790),
            {
                ("127.0.0.2", 1790): {("127.0.0.1", None): b"x"},
                ("0.0.0.0", 1790): {("127.0.0.1", None): b"x", ("127.0.0.9", None): b"y"},
            },
        )

    def test_a_password_of_ipv4_is_none_of_ipv6(self) -> None:
        settings = replace(PASSIVE, md5_password=b"x")
        self.assertEqual(self.places(settings, tcp_bind=("::",), tcp_port=1790), {("::", 1790): {}})

    def test_the_first_answer_has_the_highest_ttl_of_all(self) -> None:
        neighbors = [PASSIVE, replace(PASSIVE, incoming_ttl=254), replace(PASSIVE, outgoing_ttl=7)]
        environment = Environment(tcp_bind=(THERE,))
        self.assertEqual(wanted(neighbors, environment)[THERE, 179].ttl, 255)
        self.assertEqual(wanted(neighbors[:1], environment)[THERE, 179].ttl, 0)


class PortTests(LoopbackTestCase):
    """Ports that open and close."""

    async def witness(self, port: int, source: str = "127.0.0.1") -> Witness:
        endpoint = TCP4ClientEndpoint(reactor, THERE, port, timeout=2, bindAddress=(source, 0))
        witness: Witness = await connectProtocol(endpoint, Witness())
        return witness

    async def test_a_stranger_is_closed_without_a_word(self) -> None:
        settings = replace(PASSIVE, listen=self.port)
        self.listen(settings)
        self.peer(settings).start()
        stranger = await self.witness(self.port, "127.0.0.9")
        await until(lambda: stranger.lost)
        self.assertEqual(stranger.octets, b"")

    async def test_one_port_serves_many_neighbors(self) -> None:
        environment = Environment(tcp_bind=(THERE,), tcp_port=self.port)
        sources = ["127.0.0.3", "127.0.0.4", "127.0.0.5"]
        passive = [replace(PASSIVE, peer_address=source) for source in sources]
        self.assertEqual(self.listen(*passive, environment=environment), [])
        self.assertEqual(len(self.listeners.ports), 1)
        peers = [self.peer(settings) for settings in passive]
        peers += [self.peer(replace(ACTIVE, connect=self.port, local_address=source)) for source in sources]
        for peer in peers:
            peer.start()
        await self.established(*peers)

    async def test_a_port_in_use_is_one_line_and_the_others_open(self) -> None:
        self.listen(replace(PASSIVE, listen=self.port))
        environment = Environment(tcp_bind=(THERE, "127.0.0.6"), tcp_port=self.port)
        taken = self.listeners.ports[THERE, self.port]
        self.listeners.ports = {}
        problems = self.listen(environment=environment)
        self.assertEqual(problems, [f"cannot listen on {THERE} port {self.port}: [Errno 98] Address already in use"])
        self.assertEqual(list(self.listeners.ports), [("127.0.0.6", self.port)])
        await taken.stopListening()

    async def test_a_port_that_nobody_wants_any_more_is_closed(self) -> None:
        settings = replace(PASSIVE, listen=self.port)
        self.listen(settings)
        self.listen()
        self.assertEqual(self.listeners.ports, {})
        await until(lambda: self.listen(settings) == [])

    async def test_ipv4_and_ipv6_may_listen_side_by_side(self) -> None:
        environment = Environment(tcp_bind=("0.0.0.0", "::"), tcp_port=self.port)
        self.assertEqual(self.listen(environment=environment), [])

    async def test_a_password_that_the_kernel_does_not_take_is_one_line_and_its_neighbor_is_not_served(self) -> None:
        settings = replace(PASSIVE, listen=self.port, md5_password=b"x" * 81)
        problems = self.listen(settings)
        self.assertEqual(problems, ["the MD5 password for 127.0.0.1 has 81 octets, 80 are allowed"])
        self.peer(settings).start()
        unsigned = await self.witness(self.port)
        await until(lambda: unsigned.lost)
        self.assertEqual(unsigned.octets, b"")

    async def test_a_neighbor_that_was_stopped_is_not_served(self) -> None:
        settings = replace(PASSIVE, listen=self.port)
        self.listen(settings)
        self.peer(settings)
        early = await self.witness(self.port)
        await until(lambda: early.lost)
        self.assertEqual(early.octets, b"")
