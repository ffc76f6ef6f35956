"""Connections over real TCP, under whatever reactor runs the tests."""

import socket
from dataclasses import replace

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol

from bgptwist.net.sockets import IP_MINTTL, Unsupported, authenticate, sign
from bgptwist.settings.model import MasterKey
from bgptwist.wire.framing import KEEPALIVE_MESSAGE, NOTIFICATION, OPEN, Framer, message
from bgptwist.wire.path import path_of
from bgptwist.wire.route import Route
from tests.net.loopback import ACTIVE, HERE, PASSIVE, THERE, LoopbackTestCase, handle_of, pause, until
from tests.speaker.test_peer import HOP, IPV4_UNICAST, OFFER, PREFIX


def signs() -> bool:
    """Whether this kernel takes MD5 passwords."""
    with socket.socket() as probe:
        try:
            sign(probe, HERE, None, b"probe")
        except Unsupported:
            return False
        return True


def authenticates() -> bool:
    """Whether this kernel has TCP-AO."""
    with socket.socket() as probe:
        try:
            authenticate(probe, HERE, None, MasterKey(1, "hmac-sha-1-96", b"probe"))
        except Unsupported:
            return False
        return True


class SessionTests(LoopbackTestCase):
    """Two speakers over TCP."""

    async def test_they_become_established_and_exchange_routes(self) -> None:
        one, other = self.pair()
        one._outgoing.announce([Route(IPV4_UNICAST, PREFIX, path_of([]), HOP)], 1)
        await self.established(one, other)
        await until(lambda: other.incoming is not None and len(other.incoming) == 1)

    async def test_many_routes_pass_a_transport_that_fills_up(self) -> None:
        one, other = self.pair(replace(ACTIVE, group_updates=False))
        routes = [
            Route(IPV4_UNICAST, bytes((32, 10, number >> 16, number >> 8 & 255, number & 255)), path_of([]), HOP)
            for number in range(20000)
        ]
        one._outgoing.announce(routes, 1)
        await until(lambda: other.incoming is not None and len(other.incoming) == len(routes), 30)

    async def test_it_is_noticed_when_tcp_takes_octets(self) -> None:
        one, other = self.pair()
        await self.established(one, other)
        self.assertGreater(one.taken, 0)
        self.assertGreater(other.taken, 0)

    async def test_a_stop_is_heard_by_the_other_side(self) -> None:
        one, other = self.pair()
        await self.established(one, other)
        one.stop(6, 3)
        await until(lambda: other.totals.flaps == 1)
        self.assertEqual(other.last_error.split(":")[0], "notification received (6,3)")
        other.stop()
        await until(lambda: not len(self.connections))

    async def test_the_source_is_the_local_address(self) -> None:
        local = replace(ACTIVE, local_address="127.0.0.3")
        one, other = self.pair(local, replace(PASSIVE, peer_address="127.0.0.3"))
        await self.established(one, other)
        self.assertEqual(other.identity.peer_address, "127.0.0.3")
        self.assertEqual(one.identity.local_address, "127.0.0.3")

    async def test_the_source_is_chosen_by_the_kernel_when_none_is_configured(self) -> None:
        one, other = self.pair(replace(ACTIVE, local_address=""))
        await self.established(one, other)
        self.assertEqual(one.identity.local_address, HERE)

    async def test_nagle_does_not_delay_what_we_send(self) -> None:
        one, other = self.pair()
        await self.established(one, other)
        for peer in (one, other):
            self.assertTrue(handle_of(peer).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    async def test_ipv6(self) -> None:
        ours = replace(ACTIVE, peer_address="::1", local_address="::1")
        one, other = self.pair(ours, replace(PASSIVE, peer_address="::1", local_address="::1"))
        await self.established(one, other)
        self.assertEqual(one.negotiated.send.next_hop_ipv6, bytes(15) + b"\1")


class RefusalTests(LoopbackTestCase):
    """Attempts that come to nothing say why, in one line."""

    async def failure(self, **changes: object) -> str:
        peer = self.peer(replace(ACTIVE, connect=self.port, **changes))  # type: ignore[arg-type]
        peer.start()
        await until(lambda: peer.last_error)
        return peer.last_error

    async def test_nobody_listens(self) -> None:
        self.assertEqual(await self.failure(), "no connection: Connection refused")

    async def test_the_local_address_is_not_ours(self) -> None:
        self.assertEqual(
            await self.failure(local_address="192.0.2.77"), "no connection: Cannot assign requested address"
        )

    async def test_the_interface_does_not_exist(self) -> None:
        error = await self.failure(source_interface="nowhere0")
        self.assertTrue(error.startswith("no connection: the kernel refuses source-interface nowhere0: "), error)

    async def test_the_password_is_too_long(self) -> None:
        error = await self.failure(md5_password=b"x" * 81)
        self.assertIn("has 81 octets, 80 are allowed", error)

    async def test_a_cancelled_attempt_says_nothing(self) -> None:
        peer = self.peer(replace(ACTIVE, connect=self.port))
        attempt = self.network.connect(peer)
        attempt.cancel()
        attempt.cancel()
        await pause(0.05)
        self.assertEqual(peer.last_error, "")


class SecurityTests(LoopbackTestCase):
    """MD5 and TTL, as far as the kernel has them."""

    async def test_the_same_password_connects(self) -> None:
        one, other = self.pair(replace(ACTIVE, md5_password=b"secret"), replace(PASSIVE, md5_password=b"secret"))
        await self.established(one, other)

    async def test_another_password_does_not(self) -> None:
        one, other = self.pair(replace(ACTIVE, md5_password=b"secret"), replace(PASSIVE, md5_password=b"other"))
        await pause(0.3)
        self.assertEqual((one.state, other.state), ("CONNECT", "ACTIVE"))

    async def test_no_password_does_not(self) -> None:
        one, other = self.pair(ACTIVE, replace(PASSIVE, md5_password=b"secret"))
        await pause(0.3)
        self.assertEqual((one.state, other.state), ("CONNECT", "ACTIVE"))

    async def test_a_range_can_have_a_password(self) -> None:
        ours = replace(PASSIVE, peer_address="127.0.0.0", prefix_length=30, md5_password=b"secret")
        one, _ = self.pair(replace(ACTIVE, md5_password=b"secret"), ours)
        await self.established(one)

    async def test_the_password_can_change_while_listening(self) -> None:
        one, other = self.pair(replace(ACTIVE, md5_password=b"new"), replace(PASSIVE, md5_password=b"old"))
        await pause(0.1)
        other.settings = replace(other.settings, md5_password=b"new")
        self.assertEqual(self.listen(other.settings), [])
        one.teardown(4)
        await self.established(one, other)

    if not signs():
        for _case in (
            test_the_same_password_connects,
            test_another_password_does_not,
            test_no_password_does_not,
            test_a_range_can_have_a_password,
            test_the_password_can_change_while_listening,
        ):
            _case.skip = "this kernel takes no MD5 passwords"  # type: ignore[attr-defined]

    async def test_both_sides_may_demand_255_hops(self) -> None:
        one, other = self.pair(replace(ACTIVE, incoming_ttl=255), replace(PASSIVE, incoming_ttl=255))
        await self.established(one, other)
        for peer in (one, other):
            handle = handle_of(peer)
            self.assertEqual(handle.getsockopt(socket.IPPROTO_IP, socket.IP_TTL), 255)
            self.assertEqual(handle.getsockopt(socket.IPPROTO_IP, IP_MINTTL), 255)

    async def test_who_is_too_far_away_is_not_heard(self) -> None:
        one, other = self.pair(replace(ACTIVE, incoming_ttl=255), PASSIVE)
        await pause(0.3)
        self.assertEqual((one.state, other.state), ("CONNECT", "ACTIVE"))

    async def test_the_ttl_sent_can_be_chosen(self) -> None:
        one, other = self.pair(replace(ACTIVE, outgoing_ttl=7), replace(PASSIVE, outgoing_ttl=9))
        await self.established(one, other)
        sent = [handle_of(peer).getsockopt(socket.IPPROTO_IP, socket.IP_TTL) for peer in (one, other)]
        self.assertEqual(sent, [7, 9])


KEY = MasterKey(7, "hmac-sha-1-96", b"secret")


class AuthenticationTests(LoopbackTestCase):
    """TCP-AO, where the kernel has it; where it has none nothing is said unsigned."""

    async def test_the_same_key_connects(self) -> None:
        one, other = self.pair(replace(ACTIVE, tcp_ao=KEY), replace(PASSIVE, tcp_ao=KEY))
        await self.established(one, other)

    async def test_another_key_does_not(self) -> None:
        one, other = self.pair(
            replace(ACTIVE, tcp_ao=KEY), replace(PASSIVE, tcp_ao=MasterKey(7, "hmac-sha-1-96", b"other"))
        )
        await pause(0.3)
        self.assertEqual((one.state, other.state), ("CONNECT", "ACTIVE"))

    async def test_no_key_does_not(self) -> None:
        one, other = self.pair(ACTIVE, replace(PASSIVE, tcp_ao=KEY))
        await pause(0.3)
        self.assertEqual((one.state, other.state), ("CONNECT", "ACTIVE"))

    async def test_a_range_can_have_a_key(self) -> None:
        ours = replace(PASSIVE, peer_address="127.0.0.0", prefix_length=30, tcp_ao=KEY)
        one, _ = self.pair(replace(ACTIVE, tcp_ao=KEY), ours)
        await self.established(one)

    async def test_the_key_can_change_while_listening(self) -> None:
        new = MasterKey(7, "hmac-sha-256", b"new")
        one, other = self.pair(replace(ACTIVE, tcp_ao=new), replace(PASSIVE, tcp_ao=KEY))
        await pause(0.1)
        other.settings = replace(other.settings, tcp_ao=new)
        self.assertEqual(self.listen(other.settings), [])
        one.teardown(4)
        await self.established(one, other)

    async def test_no_attempt_is_made_unsigned(self) -> None:
        peer = self.peer(replace(ACTIVE, connect=self.port, tcp_ao=KEY))
        peer.start()
        await until(lambda: peer.last_error)
        self.assertEqual(peer.last_error, f"no connection: {self.missing(THERE)}")

    async def test_no_connection_is_taken_unsigned(self) -> None:
        settings = replace(PASSIVE, listen=self.port, tcp_ao=KEY)
        self.assertEqual(self.listen(settings), [self.missing(HERE)])
        other = self.peer(settings)
        other.start()
        one = self.peer(replace(ACTIVE, connect=self.port))
        one.start()
        await until(lambda: one.last_error)
        self.assertEqual((other.session, other.attempts), (None, 0))

    def missing(self, address: str) -> str:
        """What a kernel without TCP-AO makes of a neighbor that wants it."""
        return f"{address} wants TCP-AO, which this kernel does not have: it must be Linux 6.7 or later with TCP_AO"

    if authenticates():
        for _case in (test_no_attempt_is_made_unsigned, test_no_connection_is_taken_unsigned):
            _case.skip = "this kernel has TCP-AO"  # type: ignore[attr-defined]
    else:
        for _case in (
            test_the_same_key_connects,
            test_another_key_does_not,
            test_no_key_does_not,
            test_a_range_can_have_a_key,
            test_the_key_can_change_while_listening,
        ):
            _case.skip = "this kernel has no TCP-AO: Linux 6.7 with CONFIG_TCP_AO is needed"  # type: ignore[attr-defined]


class Flooder(Protocol):
    """Opens a session, and then sends nonsense without reading until its own side is done."""

    def __init__(self) -> None:
        self.octets = b""
        self.lost = False

    def connectionMade(self) -> None:
        self.transport.write(message(OPEN, OFFER.open().octets()) + KEEPALIVE_MESSAGE + bytes(200_000))

    def dataReceived(self, data: bytes) -> None:
        self.octets += data

    def connectionLost(self, reason: object = None) -> None:
        self.lost = True


class LastWordsTests(LoopbackTestCase):
    """A NOTIFICATION arrives though much of what the peer sent was never looked at."""

    async def test_the_notification_arrives(self) -> None:
        flooders: list[Flooder] = []

        class Flooding(Factory):
            def buildProtocol(self, addr: object) -> Flooder:
                flooders.append(Flooder())
                return flooders[-1]

        port = await TCP4ServerEndpoint(reactor, self.port, interface=THERE).listen(Flooding())
        peer = self.peer(replace(ACTIVE, connect=self.port))
        peer.start()
        await until(lambda: flooders and flooders[0].lost)
        peer.stop()
        await port.stopListening()
        await until(lambda: all(flooder.lost for flooder in flooders))
        messages = Framer().feed(flooders[0].octets)
        self.assertEqual(messages[-1], (NOTIFICATION, b"\1\1"))
