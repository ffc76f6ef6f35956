"""A daemon with a range of neighbors: what its parts hear of those that come."""

import json
from pathlib import Path
from typing import Any

from bgptwist.api.answers import Conversation
from bgptwist.service import Daemon
from bgptwist.speaker.peer import Peer
from bgptwist.wire.framing import KEEPALIVE, OPEN
from tests.api.stage import Caller
from tests.fakes import RecordingDriver
from tests.speaker.test_peer import OPENING
from tests.test_service import HERE, ServiceTestCase

RANGE = """
process h { run /bin/true; encoder json; }
neighbor 192.0.2.0/24 {
    passive; router-id 10.0.0.1; local-address 192.0.2.1; local-as 65001; peer-as auto;
    family { ipv4 unicast; }
    api { processes [ h ]; neighbor-changes; receive { parsed; update; } }
    range-idle 5;
    %s
}
"""
STATIC = """
neighbor 192.0.2.7 {
    passive; router-id 10.0.0.1; local-address 192.0.2.1; local-as 65001; peer-as %s; family { ipv4 unicast; }
    api { processes [ h ]; neighbor-changes; }
}
"""


class DynamicTests(ServiceTestCase):
    """Events, commands and reloads."""

    def setUp(self) -> None:
        super().setUp()
        self.path = self.mktemp()
        self.write_range()
        self.running: Daemon = self.daemon(self.path)
        self.lines: list[str] = []
        self.running.subscriptions.attach("h", self.lines.append)
        self.caller = Caller("h")
        self.conversation: Conversation = self.running.dispatcher.converse(self.caller)

    def write_range(self, inside: str = "", more: str = "") -> None:
        Path(self.path).write_text(RANGE % inside + more)

    def reload(self) -> None:
        self.running.reload()
        self.turn()

    def come(self, address: str = "192.0.2.7") -> RecordingDriver:
        """A session from that address."""
        driver = RecordingDriver(HERE, address)
        peer: Any = self.running._find(HERE, 179, address)
        self.assertIsInstance(peer, Peer)
        self.assertTrue(peer.accept(driver))
        peer.received(driver, OPEN, OPENING)
        peer.received(driver, KEEPALIVE, b"")
        self.turn()
        self.assertEqual(peer.state, "ESTABLISHED")
        return driver

    def leave(self, driver: RecordingDriver) -> None:
        self.peer(self.running, driver.peer_address).disconnected(driver, "lost")

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.reactor.advance(1)

    def states(self) -> list[tuple[str, str, int]]:
        """Address, state and count of the events since this was asked last."""
        found = [json.loads(line) for line in self.lines]
        self.lines.clear()
        return [(event["neighbor"]["address"]["peer"], event["neighbor"]["state"], event["counter"]) for event in found]

    def command(self, line: str) -> str:
        """The last word of the answer."""
        for text in self.running.dispatcher.command(self.conversation, line) or ():
            self.caller.write(text)
        self.turn()
        return self.caller.read()[-1]

    def test_helpers_of_the_range_hear_of_each(self) -> None:
        driver = self.come()
        self.come("192.0.2.8")
        self.leave(driver)
        self.assertEqual(
            self.states(),
            [
                ("192.0.2.7", "connected", 1),
                ("192.0.2.7", "up", 2),
                ("192.0.2.8", "connected", 1),
                ("192.0.2.8", "up", 2),
                ("192.0.2.7", "down", 3),
            ],
        )

    def test_who_was_forgotten_is_counted_anew(self) -> None:
        for _ in range(2):
            self.leave(self.come())
            self.assertEqual([count for _, _, count in self.states()], [1, 2, 3])
            self.wait(7)
            self.assertEqual(len(self.running.subscriptions._known), 1)

    def test_a_command_means_who_is_there_now(self) -> None:
        line = "neighbor 192.0.2.7 announce route 10.9.0.0/24 next-hop 1.1.1.1"
        everybody = "announce route 10.8.0.0/24 next-hop 1.1.1.1"
        self.assertEqual([self.command(line), self.command(everybody)], ["error", "done"])
        driver = self.come()
        self.assertEqual([self.command(line), self.command(everybody)], ["done", "done"])
        other = self.come("192.0.2.8")
        self.assertEqual(self.command("announce route 10.7.0.0/24 next-hop 1.1.1.1"), "done")
        for each, count in ((driver, 4), (other, 3)):
            self.assertEqual(sum(kind == 2 for kind, _ in each.messages), count, "the routes and an End-of-RIB")
        self.leave(driver)
        self.wait(7)
        self.assertEqual(self.command(line), "error")

    def test_numbers_that_were_learnt_can_be_named(self) -> None:
        line = "neighbor * peer-as 65002 announce route 10.9.0.0/24 next-hop 1.1.1.1"
        self.assertEqual(self.command(line), "error")
        self.come()
        self.assertEqual(self.command(line), "done")
        self.come("192.0.2.8")
        self.assertEqual(self.command(line), "done")
        self.assertEqual(sorted(self.held(self.running)), ["10.9.0.0/24"] * 2)

    def test_a_reload_leaves_them_and_their_listeners(self) -> None:
        driver = self.come()
        self.states()
        self.write_range("description x; range-limit 3;")
        self.reload()
        self.leave(driver)
        self.assertEqual(self.states(), [("192.0.2.7", "down", 3)])

    def test_a_helper_that_is_named_now_is_told_who_is_there(self) -> None:
        self.write_range()
        text = Path(self.path).read_text()
        Path(self.path).write_text(text.replace("neighbor-changes;", ""))
        self.reload()
        self.come()
        self.assertEqual(self.states(), [])
        Path(self.path).write_text(text)
        self.reload()
        self.assertEqual(self.states(), [("192.0.2.7", "connected", 1), ("192.0.2.7", "up", 2)])

    def test_a_neighbor_of_that_name_has_its_own_listeners(self) -> None:
        driver = self.come()
        self.states()
        self.write_range(more=STATIC % "auto")
        self.reload()
        self.assertEqual((self.states(), driver.closed), ([("192.0.2.7", "down", 3)], True))
        self.come()
        self.assertEqual([state for _, state, _ in self.states()], ["connected", "up"])

    def test_a_removed_range_says_good_bye(self) -> None:
        driver = self.come()
        self.states()
        Path(self.path).write_text(STATIC.replace("192.0.2.7", "192.0.2.99") % "auto" + RANGE.partition("neighbor")[0])
        self.reload()
        self.assertEqual((self.states(), driver.closed), ([("192.0.2.7", "down", 3)], True))
        self.assertEqual(len(self.running.speaker.peers), 1)

    def test_who_comes_while_a_helper_does_not_read_is_not_read_either(self) -> None:
        self.running._pressure.behind("h", True)
        driver = self.come()
        self.assertFalse(driver.reading)
        self.running._pressure.behind("h", False)
        self.assertTrue(driver.reading)
        self.assertTrue(self.come("192.0.2.8").reading)
