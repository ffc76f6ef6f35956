"""Where everything is joined: options, what a command line becomes, reloads, signals, the end."""

import gc
import os
import pwd
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.application import service
from twisted.internet.error import ReactorNotRunning
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, Logger, formatEvent, globalLogPublisher
from twisted.python.failure import Failure
from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.logs import nowhere
from bgptwist.net.signals import Early
from bgptwist.service import RELOADS, VERSION, Daemon, Options, makeService
from bgptwist.settings.build import load
from bgptwist.settings.model import Environment, Settings
from bgptwist.speaker.events import SignalReceived, StateChanged
from bgptwist.speaker.peer import Peer
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, UPDATE
from tests.api.stage import Caller
from tests.fakes import RecordingDriver, RecordingSink
from tests.speaker.test_peer import OPENING

HERE, THERE = "192.0.2.1", "192.0.2.2"
OURSELVES = pwd.getpwuid(os.getuid()).pw_name if os.getuid() == 0 else "nobody"
"""Becoming that user changes nothing."""

NEIGHBOR = """\
neighbor %s {
	router-id 10.0.0.1;
	local-address 192.0.2.1;
	local-as 65001;
	peer-as 65002;
	passive;
	family { ipv4 unicast; }
	%s
}
"""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM)


class Pool:
    """Threads that have done everything at once, unless they are held."""

    def __init__(self) -> None:
        self.held = False
        self.waiting: list[Callable[[], None]] = []

    def callInThreadWithCallback(self, tell: Callable[..., object], function: Callable[..., Any], *words: Any) -> None:
        def work() -> None:
            try:
                done, found = True, function(*words)
            except Exception:
                done, found = False, Failure()
            tell(done, found)

        self.waiting.append(work)
        self.release(self.held)

    def release(self, held: bool = False) -> None:
        """Do what waits, if it need not wait on."""
        self.held = held
        while self.waiting and not held:
            self.waiting.pop(0)()


class Reactor(MemoryReactorClock):
    """A reactor whose turns the test makes; as the real one it runs on after a stop, and is stopped once."""

    def __init__(self) -> None:
        super().__init__()
        self.stops = 0
        self.pool = Pool()

    def getThreadPool(self) -> "Pool":
        return self.pool

    def callFromThread(self, function: Callable[..., object], *arguments: object) -> None:
        self.callLater(0, function, *arguments)

    def run(self) -> None:
        self.running = self.hasRun = True
        for hook, arguments, named in self.whenRunningHooks:
            hook(*arguments, **named)

    def stop(self) -> None:
        if self.stops:
            raise ReactorNotRunning("Can't stop reactor that isn't running.")
        self.stops += 1


def route(number: int) -> str:
    return f"static {{ route 10.0.{number}.0/24 next-hop 192.0.2.9; }}"


class ServiceTestCase(SynchronousTestCase):
    """Files, a reactor, and what is logged."""

    def setUp(self) -> None:
        self.reactor: Any = Reactor()
        self.logged: list[tuple[str, str]] = []
        globalLogPublisher.addObserver(self.observe)
        self.addCleanup(globalLogPublisher.removeObserver, self.observe)

    def observe(self, event: Any) -> None:
        if event["log_namespace"].startswith("bgptwist"):
            self.logged.append((event["log_level"].name, formatEvent(event)))

    def said(self, level: str) -> list[str]:
        """The lines of one level since this was asked last."""
        found = [text for name, text in self.logged if name == level]
        self.logged.clear()
        return found

    def write(self, inside: str = "", peer: str = THERE, path: str = "") -> str:
        """The path of a file with one neighbor."""
        path = path or self.mktemp()
        Path(path).write_text(NEIGHBOR % (peer, inside))
        return path

    def daemon(self, *files: str, **environment: Any) -> Daemon:
        """A daemon that runs with the first of some files, in a process that is not its own."""
        daemon = Daemon(self.reactor, load(files[:1], Environment(**environment)), files, owner=False)
        self.begin(daemon)
        return daemon

    def begin(self, daemon: Daemon) -> None:
        daemon.privilegedStartService()
        daemon.startService()
        self.addCleanup(self.end, daemon)
        self.reactor.run()
        self.turn()

    def end(self, daemon: Daemon) -> None:
        daemon.stopService()
        self.turn()

    def turn(self) -> None:
        for _ in range(5):
            self.reactor.advance(0)

    def peer(self, daemon: Daemon, address: str = THERE) -> Peer:
        return next(each for each in daemon.speaker.peers.values() if each.settings.peer_address == address)

    def establish(self, daemon: Daemon) -> RecordingDriver:
        """The neighbor connects, and a session comes up."""
        peer, driver = self.peer(daemon), RecordingDriver(HERE, THERE)
        self.assertTrue(peer.accept(driver))
        peer.received(driver, OPEN, OPENING)
        peer.received(driver, KEEPALIVE, b"")
        self.turn()
        self.assertEqual(peer.state, "ESTABLISHED")
        return driver

    def held(self, daemon: Daemon) -> list[str]:
        """What all neighbors are told."""
        routes = daemon.speaker.routes_out(daemon.speaker.select(None, None))
        return [each.family.words(each.nlri) for _, each in routes]


class OptionsTests(SynchronousTestCase):
    """What may follow `twistd bgptwist`."""

    def options(self, *words: str) -> Options:
        options = Options()
        options.parseOptions(words)
        return options

    def test_files_are_taken_in_order(self) -> None:
        self.assertEqual(self.options("one", "two")["files"], ("one", "two"))

    def test_without_a_file_there_is_nothing_to_do(self) -> None:
        error = self.assertRaises(UsageError, self.options)
        self.assertEqual(str(error), "a configuration file is needed")

    def test_everything_else_has_a_default(self) -> None:
        options = self.options("one")
        self.assertEqual((options["env-file"], options["once"]), ("", 0))

    def test_short_and_long_options_are_the_same(self) -> None:
        for words in (("-e", "x", "-1", "one"), ("--env-file", "x", "--once", "one")):
            options = self.options(*words)
            self.assertEqual((options["env-file"], options["once"], options["files"]), ("x", 1, ("one",)))

    def test_an_unknown_option_is_refused(self) -> None:
        self.assertRaises(UsageError, self.options, "--nothing", "one")


class MakeServiceTests(ServiceTestCase):
    """A command line becomes a service, or one clear line."""

    def setUp(self) -> None:
        super().setUp()
        for number in RELOADS:
            self.addCleanup(signal.signal, number, signal.getsignal(number))

    def make(self, *words: str) -> Daemon:
        options = Options()
        options.parseOptions(words)
        return makeService(options)

    def refused(self, *words: str) -> str:
        """Why the process ends."""
        return str(self.assertRaises(SystemExit, self.make, *words).code)

    def test_a_good_file_becomes_a_service_that_does_not_run_yet(self) -> None:
        daemon = self.make(self.write())
        self.assertFalse(daemon.running)
        self.assertEqual((daemon.speaker.peers, daemon.settings.neighbors), ({}, ()))

    def test_a_broken_file_ends_the_process_with_the_reason_and_its_place(self) -> None:
        path = self.write("hold-time 2;")
        self.assertEqual(
            self.refused(path).split("\n")[0],
            f"bgptwist: {path}:8:12: '2' cannot be read, expected 0, or a number from 3 to 65535",
        )

    def test_options_change_the_environment(self) -> None:
        environment = self.make("-1", "-P", "-v", self.write()).environment
        self.assertEqual((environment.tcp_connections, environment.bgp_passive), (1, True))
        self.assertEqual((environment.log_level, "packets" in environment.log_topics), ("DEBUG", True))

    def doors(self, **variables: str) -> set[str]:
        """What takes commands beside helpers."""
        for name, value in variables.items():
            self.patch(os, "environ", {**os.environ, name: value})
        found = {type(service).__name__ for service in self.make(self.write())}
        return found & {"ControlSocket", "CommandPipes"}

    def test_commands_are_taken_unless_somebody_says_no(self) -> None:
        self.assertEqual(self.doors(), {"ControlSocket", "CommandPipes"})
        self.assertEqual(self.doors(exabgp_cli_socket=""), {"CommandPipes"})
        self.assertEqual(self.doors(exabgp_cli_pipe=""), set())

    def test_the_setting_of_exabgp_shuts_both_doors(self) -> None:
        self.assertEqual(self.doors(exabgp_api_cli="false"), set())

    def test_a_missing_file_ends_the_process_with_one_line(self) -> None:
        path = self.mktemp()
        self.assertEqual(self.refused(path), f"bgptwist: {path}: the file cannot be read (No such file or directory)")

    def test_only_the_first_file_is_read_at_the_start(self) -> None:
        self.make(self.write(), self.mktemp())

    def test_a_reload_that_is_asked_for_during_the_start_waits(self) -> None:
        self.make(self.write())
        for number in RELOADS:
            signal.raise_signal(number)

    def test_a_wrong_environment_file_ends_the_process_with_one_line(self) -> None:
        path = self.mktemp()
        Path(path).write_text("[exabgp.tcp]\nport = many\n")
        wanted = "'many' cannot be read, expected a number from 1 to 65535"
        self.assertEqual(
            self.refused("-e", path, self.write()), f"bgptwist: environment {path}: [exabgp.tcp] port: {wanted}"
        )

    def test_the_environment_file_counts(self) -> None:
        path = self.mktemp()
        Path(path).write_text("[bgptwist.bgp]\nopenwait = 7\n[exabgp.tcp]\nattempts = 3\n")
        environment = self.make("-e", path, self.write()).environment
        self.assertEqual((environment.bgp_openwait, environment.tcp_connections), (7, 3))

    def test_once_is_one_attempt_for_each_neighbor(self) -> None:
        path = self.mktemp()
        Path(path).write_text("[exabgp.tcp]\nattempts = 3\n")
        self.assertEqual(self.make("--once", "-e", path, self.write()).environment.tcp_connections, 1)

    def test_warnings_are_logged(self) -> None:
        path = self.mktemp()
        Path(path).write_text("[bgptwist.nothing]\nx = 1\n")
        self.make("-e", path, self.write("manual-eor;"))
        one, other = self.said("warn")
        self.assertIn("[bgptwist.nothing] x", one)
        self.assertIn(":8:2: ", other)


class LogTests(ServiceTestCase):
    """An application is told where its log goes."""

    def observer(self, **environment: Any) -> Any:
        application = service.Application("bgptwist")
        settings = Settings(environment=Environment(**environment))
        Daemon(self.reactor, settings, owner=False).setServiceParent(application)
        return application.getComponent(ILogObserver)

    def test_it_is_left_alone_when_nothing_is_asked_for(self) -> None:
        self.assertIsNone(self.observer())

    def test_it_logs_where_the_settings_say(self) -> None:
        self.assertIs(self.observer(log_enable=False), nowhere)
        path = self.mktemp()
        Logger("bgptwist", observer=self.observer(log_destination=path)).info("one")
        self.assertIn("one", Path(path).read_text())

    def test_a_log_that_cannot_be_written_ends_the_process_with_one_line(self) -> None:
        path = os.path.join(self.mktemp(), "log")
        error = self.assertRaises(SystemExit, self.observer, log_destination=path)
        self.assertIn("the log cannot be written (exabgp.log.destination): ", str(error.code))
        self.assertIn(path, str(error.code))

    def test_a_parent_that_is_no_application_has_no_log(self) -> None:
        parent = service.MultiService()
        settings = Settings(environment=Environment(log_enable=False))
        daemon = Daemon(self.reactor, settings, owner=False)
        daemon.setServiceParent(parent)
        self.assertEqual(list(parent), [daemon])


class StartTests(ServiceTestCase):
    """Ports, user, neighbors."""

    def test_neighbors_of_the_file_run(self) -> None:
        daemon = self.daemon(self.write(route(1)))
        self.assertEqual((self.peer(daemon).state, self.held(daemon)), ("ACTIVE", ["10.0.1.0/24"]))
        self.assertEqual(self.said("info")[-1], f"bgptwist {VERSION} runs with 1 neighbors")

    def test_a_session_comes_up_and_is_logged(self) -> None:
        daemon = self.daemon(self.write(route(1)))
        self.establish(daemon)
        self.assertEqual(daemon.speaker.up, 1)
        self.assertIn("192.0.2.2: established, AS 65002, hold time 180 s, ipv4 unicast", self.said("info"))

    def test_ports_are_opened_before_the_service_starts_and_kept(self) -> None:
        settings = load([self.write()], Environment(tcp_bind=("127.0.0.1",), tcp_port=0))
        daemon = Daemon(self.reactor, settings, owner=False)
        daemon.privilegedStartService()
        before = dict(daemon.listeners.ports)
        self.assertEqual(list(before), [("127.0.0.1", 0)])
        self.assertEqual(daemon.speaker.peers, {})
        self.begin(daemon)
        self.assertEqual(daemon.listeners.ports, before)

    def test_a_port_in_use_is_one_line_at_the_start_and_one_at_each_reload(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            daemon = self.daemon(self.write(), tcp_bind=("127.0.0.1",), tcp_port=taken.getsockname()[1])
            self.assertTrue(daemon.running)
            self.assertEqual([line[:26] for line in self.said("error")], ["cannot listen on 127.0.0.1"])
            daemon.reload()
            self.turn()
            self.assertEqual([line[:26] for line in self.said("error")], ["cannot listen on 127.0.0.1"])
        daemon.reload()
        self.turn()
        self.assertEqual((self.said("error"), len(daemon.listeners.ports)), ([], 1))

    def test_events_pass_whoever_watches_the_sink(self) -> None:
        sink = RecordingSink()
        daemon = Daemon(self.reactor, load([self.write()]), owner=False, watch=lambda inner: sink)
        self.begin(daemon)
        self.establish(daemon)
        self.assertEqual([event.state for event in sink.of(StateChanged)], ["connected", "up"])

    def test_an_unknown_user_ends_the_start_where_there_is_something_to_give_up(self) -> None:
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.addCleanup(gc.unfreeze)
        for drop in (True, False):
            environment = Environment(daemon_user="no-such-user-of-bgptwist", daemon_drop=drop)
            daemon = Daemon(self.reactor, load([self.write()], environment))
            self.addCleanup(self.end, daemon)
            if os.getuid() == 0:
                error = self.assertRaises(SystemExit, daemon.startService)
                self.assertIn("there is no user 'no-such-user-of-bgptwist'", str(error.code))
            else:
                daemon.startService()
                self.assertTrue(daemon.running)

    def test_a_process_of_others_keeps_its_user_and_its_signals(self) -> None:
        before = (os.getuid(), [signal.getsignal(number) for number in SIGNALS])
        self.daemon(self.write(), daemon_user="no-such-user-of-bgptwist")
        self.assertEqual((os.getuid(), [signal.getsignal(number) for number in SIGNALS]), before)


class ReloadTests(ServiceTestCase):
    """Another configuration counts, or the one there is."""

    def test_a_new_file_counts_in_the_next_turn(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        self.write(route(2), path=path)
        daemon.reload()
        self.assertEqual(self.held(daemon), ["10.0.1.0/24"])
        self.turn()
        self.assertEqual(self.held(daemon), ["10.0.2.0/24"])
        self.assertEqual(self.said("info")[-1], f"the configuration was reloaded from {path}")

    def test_sessions_that_did_not_change_go_on(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        self.write(route(2), path=path)
        daemon.reload()
        self.turn()
        self.assertFalse(driver.closed)
        self.assertNotIn(NOTIFICATION, driver.kinds)

    def test_a_broken_file_changes_nothing_and_is_one_line(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        before = (daemon.settings, dict(daemon.speaker.peers), len(driver.sent))
        self.logged.clear()
        self.write(f"hold-time 2; {route(2)}", path=path)
        daemon.reload()
        self.turn()
        self.assertEqual((daemon.settings, dict(daemon.speaker.peers), len(driver.sent)), before)
        self.assertIs(daemon.settings, before[0])
        self.assertEqual(
            self.logged,
            [
                (
                    "error",
                    f"the configuration was not reloaded: {path}:8:12: '2' cannot be read, "
                    "expected 0, or a number from 3 to 65535",
                )
            ],
        )

    def test_the_number_of_further_errors_is_said(self) -> None:
        path = self.write()
        daemon = self.daemon(path)
        self.write("hold-time 2; passive maybe; listen x;", path=path)
        daemon.reload()
        self.turn()
        (line,) = self.said("error")
        self.assertTrue(line.endswith("a number from 3 to 65535 (and 2 more)"), line)

    def test_a_file_that_is_gone_changes_nothing(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        os.remove(path)
        daemon.reload()
        self.turn()
        self.assertEqual(self.held(daemon), ["10.0.1.0/24"])
        self.assertEqual(len(self.said("error")), 1)

    def test_a_good_file_counts_after_a_broken_one(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        for inside in ("hold-time 2;", "hold-time", route(2)):
            self.write(inside, path=path)
            daemon.reload()
            self.turn()
        self.assertEqual(self.held(daemon), ["10.0.2.0/24"])

    def test_each_reload_takes_the_next_file_and_begins_again_after_the_last(self) -> None:
        daemon = self.daemon(*(self.write(route(number)) for number in (1, 2, 3)))
        found = self.held(daemon)
        for _ in range(4):
            daemon.reload()
            self.turn()
            found += self.held(daemon)
        self.assertEqual(found, [f"10.0.{number}.0/24" for number in (1, 2, 3, 1, 2)])

    def test_a_broken_file_in_the_row_is_tried_again(self) -> None:
        broken = self.write("hold-time 2;")
        daemon = self.daemon(self.write(route(1)), broken, self.write(route(3)))
        found: list[str] = []
        for inside in ("hold-time 1;", route(2), route(2)):
            self.write(inside, path=broken)
            daemon.reload()
            self.turn()
            found += self.held(daemon)
        self.assertEqual(found, ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"])

    def test_warnings_of_the_new_file_are_logged(self) -> None:
        path = self.write()
        daemon = self.daemon(path)
        self.write("manual-eor;", path=path)
        daemon.reload()
        self.turn()
        (warning,) = self.said("warn")
        self.assertTrue(warning.startswith(f"{path}:8:2: "), warning)

    def test_neighbors_come_and_go(self) -> None:
        path = self.write()
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        self.write(peer="192.0.2.3", path=path)
        daemon.reload()
        self.turn()
        self.assertEqual([each.settings.peer_address for each in daemon.speaker.peers.values()], ["192.0.2.3"])
        self.assertEqual((driver.messages[-1], driver.closed), ((NOTIFICATION, b"\6\3"), True))

    def test_a_command_means_the_neighbors_there_are_now(self) -> None:
        path = self.write()
        daemon = self.daemon(path)
        caller = Caller("api-internal-cli-test")
        conversation = daemon.dispatcher.converse(caller)
        for number, more in enumerate(("", NEIGHBOR % ("192.0.2.3", ""), "")):
            with open(path, "a") as file:
                file.write(more)
            daemon.reload()
            self.turn()
            daemon.dispatcher.command(conversation, f"announce route 10.0.{number}.0/24 next-hop 192.0.2.9")
        self.assertEqual(caller.read(), ["done"] * 3)
        told = [daemon.speaker.outgoing.count(self.peer(daemon, address).member) for address in (THERE, "192.0.2.3")]
        self.assertEqual(told, [3, 2])

    def test_the_routes_of_a_neighbor_that_left_are_not_told_to_the_one_in_its_place(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        self.write(peer="192.0.2.3", path=path)
        daemon.reload()
        self.turn()
        self.assertEqual(self.held(daemon), [])

    def test_without_files_there_is_nothing_to_reload(self) -> None:
        daemon = Daemon(self.reactor, load([self.write(route(1))]), owner=False)
        self.begin(daemon)
        self.logged.clear()
        daemon.reload()
        self.turn()
        self.assertEqual((self.held(daemon), self.logged), (["10.0.1.0/24"], []))

    def test_a_restart_reloads_and_resets_every_session(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        self.write(route(2), path=path)
        daemon.restart()
        self.turn()
        self.assertEqual((driver.messages[-1], driver.closed), ((NOTIFICATION, b"\6\3"), True))
        self.assertEqual(self.held(daemon), ["10.0.2.0/24"])

    def test_what_is_asked_for_while_a_file_is_loaded_follows(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        self.reactor.pool.held = True
        daemon.reload()
        self.turn()
        for number in (2, 3, 4):
            self.write(route(number), path=path)
            daemon.reload()
        self.assertEqual(len(self.reactor.pool.waiting), 1)
        self.logged.clear()
        self.reactor.pool.release()
        self.turn()
        self.assertEqual(self.held(daemon), ["10.0.4.0/24"])
        self.assertEqual(len(self.said("info")), 2, "three requests that waited are one")

    def test_sessions_live_while_a_file_is_loaded(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        self.reactor.pool.held = True
        daemon.restart()
        self.turn()
        self.establish(daemon)
        self.reactor.pool.release()
        self.turn()
        self.assertEqual(self.peer(daemon).totals.flaps, 1)

    def test_several_files_are_taken_one_by_one_and_whole_rounds_are_none(self) -> None:
        files = [self.write(route(number)) for number in (1, 2, 3)]
        for times, wanted in ((1, 2), (2, 3), (3, 1), (4, 2), (300_001, 2)):
            daemon = self.daemon(*files)
            for _ in range(times):
                daemon.reload()
            self.turn()
            self.turn()
            self.assertEqual(self.held(daemon), [f"10.0.{wanted}.0/24"], times)

    def test_a_stop_while_a_file_is_loaded_is_the_end_of_it(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        self.reactor.pool.held = True
        daemon.reload()
        self.turn()
        self.write(route(2), path=path)
        daemon.stopService()
        self.reactor.pool.release()
        self.turn()
        self.assertEqual(self.held(daemon), ["10.0.1.0/24"])

    def test_each_way_to_break_a_file_changes_nothing_and_the_next_good_one_counts(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        good, later = Path(path).read_text(), NEIGHBOR % ("192.0.2.3", "nonsense;")
        broken = {
            "an error in a later neighbor": good.replace("10.0.1.", "10.0.7.") + later,
            "an unknown keyword": good.replace("passive;", "passiv;"),
            "an error of the lexer": good.replace("passive;", 'description "open;'),
            "an empty file": "",
            "a brace too much": good + "}",
            "an undefined process": good.replace("passive;", "passive; api { processes [ nobody ]; }"),
            "both lists of processes": "process p { run /bin/true; encoder json; }"
            + good.replace("passive;", "passive; api { processes [ p ]; processes-match [ p ]; }"),
        }
        sent = len(driver.sent)
        for number, (what, text) in enumerate(broken.items(), 2):
            Path(path).write_text(text)
            daemon.reload()
            self.turn()
            self.assertEqual((len(self.said("error")), len(driver.sent), driver.closed), (1, sent, False), what)
            self.write(route(number), path=path)
            daemon.reload()
            self.turn()
            self.assertEqual((self.held(daemon), driver.closed), ([f"10.0.{number}.0/24"], False), what)
            sent = len(driver.sent)

    def test_nothing_is_sent_when_nothing_changed(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        before = len(driver.sent)
        daemon.reload()
        self.turn()
        self.assertEqual(len(driver.sent), before)

    def test_an_added_route_is_announced_once(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        before = len(driver.sent)
        both = "static { route 10.0.1.0/24 next-hop 192.0.2.9; route 10.0.2.0/24 next-hop 192.0.2.9; }"
        self.write(both, path=path)
        daemon.reload()
        self.turn()
        self.assertEqual([kind for kind, _ in driver.messages[before:]], [UPDATE])

    def test_a_route_of_a_helper_outlives_a_reload(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        conversation = daemon.dispatcher.converse(Caller("api-internal-cli-test"))
        for number in (1, 5):
            daemon.dispatcher.command(conversation, f"announce route 10.0.{number}.0/24 next-hop 192.0.2.7")
        for inside in (route(2), "hold-time 30;", ""):
            self.write(inside, path=path)
            daemon.reload()
            self.turn()
            self.assertEqual(sorted(set(self.held(daemon)) - {"10.0.2.0/24"}), ["10.0.1.0/24", "10.0.5.0/24"], inside)

    def test_what_needs_a_new_session_and_what_does_not(self) -> None:
        gentle = ('description "x";', "manual-eor true;", "api { neighbor-changes; }")
        harsh = (
            *("hold-time 30;", "listen 1790;", "connect 1790;", "rate-limit 5;", "host-name h;", "outgoing-ttl 3;"),
            *("incoming-ttl 3;", "group-updates false;", "auto-flush false;", "adj-rib-in false;", "md5-ip 192.0.2.1;"),
            *("source-interface lo;", "md5-password x;", "capability { asn4 false; }", "family { ipv6 unicast; }"),
            *("family { ipv6 unicast; } nexthop { ipv4 unicast ipv6; }", "add-path { ipv4 unicast; }"),
            "tcp-ao { keyid 1; algorithm hmac-sha-256; password x; }",
        )
        for inside in (*gentle, *harsh):
            path = self.write()
            daemon = self.daemon(path)
            driver = self.establish(daemon)
            self.write(inside, path=path)
            daemon.reload()
            self.turn()
            ended = (NOTIFICATION, b"\6\3") in driver.messages
            self.assertEqual((ended, driver.closed), (inside in harsh,) * 2, inside)
            daemon.stopService()

    def test_a_restart_with_a_broken_file_resets_nothing(self) -> None:
        path = self.write()
        daemon = self.daemon(path)
        driver = self.establish(daemon)
        self.write("hold-time 2;", path=path)
        daemon.restart()
        self.turn()
        self.assertFalse(driver.closed)


class EndTests(ServiceTestCase):
    """The end of the process."""

    def test_a_shutdown_stops_the_reactor_in_the_next_turn(self) -> None:
        daemon = self.daemon(self.write())
        daemon.shutdown()
        self.assertEqual(self.reactor.stops, 0)
        self.turn()
        self.assertEqual(self.reactor.stops, 1)

    def test_several_shutdowns_are_one(self) -> None:
        daemon = self.daemon(self.write())
        self.logged.clear()
        daemon.shutdown()
        daemon.shutdown()
        self.turn()
        daemon.shutdown()
        self.turn()
        self.assertEqual(self.reactor.stops, 1)
        self.assertEqual(self.said("info"), ["shutting down"])

    def test_every_session_ends_with_an_administrative_shutdown(self) -> None:
        daemon = self.daemon(self.write())
        driver = self.establish(daemon)
        self.successResultOf(daemon.stopService())
        self.assertEqual((driver.messages[-1], driver.closed), ((NOTIFICATION, b"\6\2"), True))
        self.assertFalse(daemon.running)

    def test_the_end_waits_for_connections(self) -> None:
        daemon = self.daemon(self.write())
        connection: Any = object()
        daemon.connections.add(connection)
        stopped = daemon.stopService()
        self.assertNoResult(stopped)
        self.assertIs(daemon.stopService(), stopped)
        daemon.connections.remove(connection)
        self.successResultOf(stopped)

    def test_after_the_end_nothing_is_reloaded_and_nothing_stopped_again(self) -> None:
        path = self.write(route(1))
        daemon = self.daemon(path)
        daemon.reload()
        daemon.stopService()
        self.write(route(2), path=path)
        daemon.shutdown()
        self.turn()
        self.assertEqual((self.held(daemon), self.reactor.stops), (["10.0.1.0/24"], 0))

    def test_the_process_ends_when_no_attempt_is_left(self) -> None:
        daemon = self.daemon(self.write(), tcp_connections=1)
        driver = self.establish(daemon)
        self.assertEqual(self.reactor.stops, 0)
        self.peer(daemon).disconnected(driver, "gone")
        self.turn()
        self.assertEqual(self.reactor.stops, 1)
        self.assertIn("no connection attempt is left", self.said("info"))


class CommandTests(ServiceTestCase):
    """What commands ask of the process happens after their answer."""

    def setUp(self) -> None:
        super().setUp()
        self.path = self.write(route(1))
        self.running = self.daemon(self.path)
        self.session = self.establish(self.running)
        self.write(route(2), path=self.path)

    def say(self, line: str) -> list[str]:
        caller = Caller("api-internal-cli-test")
        for text in self.running.dispatcher.command(self.running.dispatcher.converse(caller), line) or ():
            caller.write(text)
        return caller.read()

    def test_shutdown(self) -> None:
        self.assertEqual(self.say("shutdown"), ["shutdown in progress", "done"])
        self.turn()
        self.assertEqual(self.reactor.stops, 1)

    def test_reload(self) -> None:
        self.assertEqual(self.say("reload"), ["reload in progress", "done"])
        self.turn()
        self.assertEqual((self.held(self.running), self.session.closed), (["10.0.2.0/24"], False))

    def test_restart(self) -> None:
        self.assertEqual(self.say("restart"), ["restart in progress", "done"])
        self.turn()
        self.assertEqual((self.held(self.running), self.session.closed), (["10.0.2.0/24"], True))

    def test_version(self) -> None:
        self.assertEqual(self.say("version"), [f"bgptwist {VERSION}", "done"])


class SignalTests(ServiceTestCase):
    """A process of our own; the handlers are put back after each test."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.addCleanup(gc.unfreeze)
        before = {number: signal.getsignal(number) for number in SIGNALS}
        for number, handler in before.items():
            self.addCleanup(signal.signal, number, handler)
        self.sink = RecordingSink()
        self.path = self.write(route(1))
        settings = load([self.path], Environment(daemon_user=OURSELVES))
        self.running = Daemon(self.reactor, settings, [self.path], watch=lambda inner: self.sink)
        self.begin(self.running)
        self.session = self.establish(self.running)
        self.write(route(2), path=self.path)
        for number, handler in before.items():
            assert signal.getsignal(number) not in (handler, signal.SIG_DFL), "raising it would end the tests"

    def after(self, number: signal.Signals) -> tuple[int, list[str], bool]:
        """How often the reactor was stopped, what is announced, and whether the session ended."""
        signal.raise_signal(number)
        self.turn()
        return self.reactor.stops, self.held(self.running), self.session.closed

    def test_term_int_and_hup_end_the_process_once(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.assertEqual(self.after(number), (1, ["10.0.1.0/24"], False), number.name)

    def test_usr1_reloads(self) -> None:
        self.assertEqual(self.after(signal.SIGUSR1), (0, ["10.0.2.0/24"], False))

    def test_signals_of_the_start_are_carried_out_when_it_runs(self) -> None:
        self.running.stopService()
        self.turn()
        early = Early(RELOADS)
        signal.raise_signal(signal.SIGUSR1)
        settings = load([self.path], Environment(daemon_user=OURSELVES))
        self.write(route(9), path=self.path)
        daemon = Daemon(self.reactor, settings, [self.path], early=early)
        self.begin(daemon)
        self.assertEqual(self.held(daemon), ["10.0.9.0/24"])

    def test_usr2_reloads_too(self) -> None:
        self.assertEqual(self.after(signal.SIGUSR2), (0, ["10.0.2.0/24"], False))

    def test_alrm_reloads_and_resets_every_session(self) -> None:
        self.assertEqual(self.after(signal.SIGALRM), (0, ["10.0.2.0/24"], True))

    def test_helpers_may_hear_of_every_signal(self) -> None:
        for number in SIGNALS:
            signal.raise_signal(number)
        self.turn()
        found = [(event.code, event.signal) for event in self.sink.of(SignalReceived)]
        self.assertEqual(found, [(int(number), number.name) for number in SIGNALS])

    def test_signals_are_ignored_after_the_end(self) -> None:
        self.running.stopService()
        for number in SIGNALS:
            signal.raise_signal(number)
        self.turn()
        self.assertEqual((self.reactor.stops, self.sink.of(SignalReceived)), (0, []))
