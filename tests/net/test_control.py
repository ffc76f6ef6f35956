"""The Unix socket for commands, and clients on it: real sockets, in folders of the test."""

import os
import socket
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor as real_reactor
from twisted.internet.interfaces import IHalfCloseableProtocol, IPushProducer
from twisted.internet.task import deferLater
from twisted.logger import globalLogPublisher
from twisted.trial.unittest import TestCase
from zope.interface.verify import verifyObject

from bgptwist.interfaces import ICaller
from bgptwist.net.backlog import Limits
from bgptwist.net.console import ConsoleProtocol, welcome
from bgptwist.net.control import CLIENTS, ControlSocket
from bgptwist.net.rendezvous import Meeting
from bgptwist.settings.model import ApiSettings
from tests.api.stage import Stage

reactor: Any = real_reactor


class Hub:
    """Gives events to whoever subscribed."""

    def __init__(self) -> None:
        self.subscribed: dict[str, tuple[str, str, ApiSettings]] = {}
        self.send: Callable[[str], None] = lambda event: None

    def subscribe(
        self,
        name: str,
        encoder: str,
        version: str,
        wanted: ApiSettings,
        send: Callable[[str], None],
        neighbors: Callable[[str], bool] = lambda neighbor: True,
    ) -> Callable[[], None]:
        self.subscribed[name] = encoder, version, wanted
        self.send = send
        return lambda: self.subscribed.pop(name) and None


class Client:
    """A client that does not wait: what it was told is in `told`."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.setblocking(False)
        self.told = b""
        self.over = False

    def say(self, text: str) -> None:
        self.socket.send(text.encode())

    def look(self) -> list[str]:
        """All whole lines so far."""
        try:
            while data := self.socket.recv(1 << 16):
                self.told += data
            self.over = True
        except BlockingIOError:
            pass
        except ConnectionError:
            self.over = True
        return self.told.decode().split("\n")[:-1]


class ControlTests(TestCase):
    timeout = 30

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="b"))
        self.stage = Stage()
        self.hub = Hub()
        self.services: list[ControlSocket] = []
        self.clients: list[Client] = []
        self.logged: list[str] = []
        globalLogPublisher.addObserver(self.observe)
        self.addCleanup(globalLogPublisher.removeObserver, self.observe)

    def observe(self, event: Any) -> None:
        self.logged.append(event["log_format"].format(**event) if event.get("log_format") else "")

    async def tearDown(self) -> None:
        for client in self.clients:
            client.socket.close()
        for service in self.services:
            if service.running:
                await service.stopService()
        self.assertEqual(os.listdir(self.folder), [])
        self.folder.rmdir()

    def serve(self, name: str = "x", path: str = "", limits: Limits | None = None) -> ControlSocket:
        service = ControlSocket(
            reactor, self.stage.dispatcher, self.hub.subscribe, Meeting(name, path or f"{self.folder}/"), limits
        )
        service.privilegedStartService()
        service.startService()
        self.services.append(service)
        return service

    def client(self, service: ControlSocket) -> Client:
        assert service.path is not None
        client = Client(service.path)
        self.clients.append(client)
        return client

    async def until(self, true: Callable[[], object]) -> None:
        for _ in range(1000):
            if true():
                return
            await deferLater(reactor, 0.01)
        self.fail("it did not happen")

    async def told(self, client: Client, count: int) -> list[str]:
        await self.until(lambda: len(client.look()) >= count)
        return client.look()

    # ------------------------------------------------------------------ the socket

    def test_it_is_for_its_user_alone(self) -> None:
        service = self.serve()
        assert service.path is not None
        self.assertEqual(service.path.stat().st_mode & 0o777, 0o600)

    async def test_it_is_taken_away_in_the_end(self) -> None:
        service = self.serve()
        path = service.path
        assert path is not None
        await service.stopService()
        self.assertFalse(path.exists())

    async def test_what_a_dead_daemon_left_is_replaced(self) -> None:
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(self.folder / "x.sock"))
        left.close()
        client = self.client(self.serve())
        client.say("version\n")
        self.assertEqual(await self.told(client, 2), ["bgptwist 0.1.0", "done"])

    def test_at_a_path_of_its_own_a_second_daemon_runs_without(self) -> None:
        first, second = self.serve(), self.serve()
        self.assertIsNotNone(first.path)
        self.assertIsNone(second.path)
        self.assertIn("another daemon takes commands at", "".join(self.logged))

    async def test_where_any_place_is_good_a_second_daemon_has_its_number_in_the_name(self) -> None:
        (self.folder / "run").mkdir()
        services = []
        for _ in range(2):
            service = ControlSocket(
                reactor, self.stage.dispatcher, self.hub.subscribe, Meeting("x", root=str(self.folder))
            )
            service.startService()
            services.append(service)
        names = [service.path.name for service in services if service.path is not None]
        self.assertEqual(names, ["x.sock", f"x-{os.getpid()}.sock"])
        for service in services:
            await service.stopService()
        (self.folder / "run").rmdir()

    def test_a_file_in_the_way_is_left_alone(self) -> None:
        path = self.folder / "y"
        path.write_text("precious")
        self.assertIsNone(self.serve(path=str(path)).path)
        self.assertEqual(path.read_text(), "precious")
        path.unlink()

    def test_what_cannot_be_made_is_one_line_in_the_log(self) -> None:
        for path in (str(self.folder / "none" / "x"), str(self.folder / ("x" * 120))):
            self.logged.clear()
            self.assertIsNone(self.serve(path=path).path)
            said = [line for line in self.logged if "no commands are taken" in line]
            self.assertEqual(len(said), 1, path)
            self.assertNotIn("\n", said[0])

    # ------------------------------------------------------------------ clients

    def test_a_client_provides_its_interfaces(self) -> None:
        client = ConsoleProtocol(1, self.stage.dispatcher, reactor, Limits(), self.hub.subscribe)
        for interface in (ICaller, IPushProducer, IHalfCloseableProtocol):
            self.assertTrue(verifyObject(interface, client))

    async def test_commands_are_answered_with_reasons(self) -> None:
        client = self.client(self.serve())
        client.say("announce route 10.0.0.0/24 next-hop 1.1.1.1\nbogus\n")
        told = await self.told(client, 3)
        self.assertEqual(
            (told[0], told[1].startswith("error: 'bogus' is no command"), told[2]), ("done", True, "error")
        )
        self.assertEqual(self.stage.routes(), ["10.0.0.0/24"])

    async def test_clients_have_conversations_of_their_own(self) -> None:
        service = self.serve()
        first, second = self.client(service), self.client(service)
        first.say("silence-ack\n#\n")
        second.say("#\n")
        self.assertEqual(await self.told(second, 1), ["done"])
        self.assertEqual(first.look(), [])

    async def test_one_that_says_no_more_is_answered_and_let_go(self) -> None:
        client = self.client(self.serve())
        client.say("version\n#\nunfinished")
        client.socket.shutdown(socket.SHUT_WR)
        await self.until(lambda: client.look() and client.over)
        self.assertEqual(client.look(), ["bgptwist 0.1.0", "done", "done"])

    async def test_what_one_said_before_it_hung_up_is_carried_out(self) -> None:
        service = self.serve()
        client = self.client(service)
        client.say("announce route 10.0.0.0/24 next-hop 1.1.1.1\n")
        client.socket.close()
        await self.until(self.stage.routes)
        await self.until(lambda: not service.clients)

    async def test_there_is_room_for_so_many_and_no_more(self) -> None:
        service = self.serve()
        clients = [self.client(service) for _ in range(CLIENTS)]
        await self.until(lambda: len(service.clients) == CLIENTS)
        more = self.client(service)
        await self.until(lambda: more.look() and more.over)
        self.assertEqual(more.look(), [f"error: {CLIENTS} clients are connected, which is all there may be", "error"])
        clients[0].socket.close()
        await self.until(lambda: len(service.clients) == CLIENTS - 1)
        last = self.client(service)
        last.say("#\n")
        self.assertEqual(await self.told(last, 1), ["done"])

    async def test_who_may_not_command_is_told_so(self) -> None:
        service = self.serve()
        service._factory._is_welcome = lambda user: False
        client = self.client(service)
        await self.until(lambda: client.look() and client.over)
        self.assertEqual(client.look(), [f"error: user {os.geteuid()} may not give commands here", "error"])
        self.assertTrue([line for line in self.logged if line.startswith("a client was refused")])

    def test_the_superuser_and_our_users_are_welcome(self) -> None:
        is_welcome = welcome(12345)
        self.assertTrue(is_welcome(0) and is_welcome(12345) and is_welcome(os.geteuid()))
        self.assertFalse(is_welcome(54321) or is_welcome(-1))

    async def test_at_the_end_clients_hear_what_is_left(self) -> None:
        service = self.serve()
        client = self.client(service)
        await self.until(lambda: service.clients)
        service.clients[0].write("left")
        await service.stopService()
        await self.until(lambda: client.look() and client.over)
        self.assertEqual(client.look(), ["left"])

    async def test_one_that_does_not_read_is_not_waited_for(self) -> None:
        service = self.serve()
        client = self.client(service)
        routes = [f"announce route 10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1" for n in range(10_000)]
        self.stage.say("silence-ack", *routes)
        client.say("show adj-rib out\n" * 3)
        await self.until(lambda: service.clients and service.clients[0].is_behind)
        self.assertLess(service.clients[0].answers.size, 1 << 17)
        await service.stopService()
        self.assertEqual(service.clients, [])
        await deferLater(reactor, 0.01)

    async def test_octets_that_are_no_text_do_no_harm(self) -> None:
        client = self.client(self.serve())
        client.socket.send(b"\x00\xff\xfe\n\r\n" + struct.pack("!I", 1) + b"\n#\n")
        await self.until(lambda: client.look()[-1:] == ["done"])

    # ------------------------------------------------------------------ events

    async def test_events_are_streamed_until_the_client_hangs_up(self) -> None:
        client = self.client(self.serve())
        client.say("events neighbor 192.0.2.1 json 6 state\n")
        self.assertEqual(await self.told(client, 1), ["done"])
        ((encoder, version, wanted),) = self.hub.subscribed.values()
        self.assertEqual((encoder, version, wanted), ("json", "6", ApiSettings(neighbor_changes=True)))
        self.hub.send("one")
        self.hub.send("two")
        self.assertEqual(await self.told(client, 3), ["done", "one", "two"])
        client.socket.close()
        await self.until(lambda: not self.hub.subscribed)

    async def test_wrong_words_are_refused(self) -> None:
        client = self.client(self.serve())
        client.say("events bogus\n")
        told = await self.told(client, 2)
        self.assertEqual((told[0].startswith("error: 'bogus' is no type of event"), told[1]), (True, "error"))
        self.assertEqual(self.hub.subscribed, {})

    async def test_events_that_are_not_read_are_dropped_and_counted(self) -> None:
        service = self.serve(limits=Limits(lines=10))
        client = self.client(service)
        client.say("events\n")
        await self.told(client, 1)
        for number in range(20_000):
            self.hub.send(f"event {number:0100}")
        self.assertLess(len(service.clients[0].events), 11)
        await self.until(lambda: any(line.startswith("# ") for line in client.look()))
        events = [line for line in client.look() if line.startswith("event")]
        (remark,) = [line for line in client.look() if line.startswith("# ")]
        self.assertEqual(remark.split()[1], str(20_000 - len(events)))
        self.assertEqual(events[-1], f"event {19_999:0100}")
