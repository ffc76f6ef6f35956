"""What `show neighbor` says of ranges and limits."""

import json
from dataclasses import replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api import report
from bgptwist.settings.build import load_text
from bgptwist.settings.model import PrefixLimit
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.framing import KEEPALIVE, OPEN, UPDATE
from tests.api.stage import Stage, neighbor
from tests.fakes import RecordingDriver
from tests.speaker.test_peer import OFFER, announcement

RANGE = neighbor("127.0.0.0", prefix_length=24, passive=True, range_limit=1)
LIMITS = (PrefixLimit(9), PrefixLimit(5, IPV4_UNICAST, warning_only=True))
LIMITED = neighbor("127.0.0.1", 65002, maximum_prefix=LIMITS, maximum_prefix_out=((IPV4_UNICAST, 1),))


class RangeTests(SynchronousTestCase):
    """A range and who came from it."""

    def setUp(self) -> None:
        self.stage = Stage(replace(RANGE, peer_as=None))
        peer: Any = self.stage.speaker.admit("127.0.0.1", 179, "127.0.0.7")
        driver = RecordingDriver("127.0.0.1", "127.0.0.7")
        peer.accept(driver)
        peer.received(driver, OPEN, replace(OFFER, router_id=bytes((9, 9, 9, 9))).open().octets())
        peer.received(driver, KEEPALIVE, b"")
        self.stage.speaker.admit("127.0.0.1", 179, "127.0.0.8")

    def test_summary(self) -> None:
        lines = self.stage.say("show neighbor summary")
        self.assertEqual([line.split()[:2] for line in lines[1:-1]], [["127.0.0.0/24", "auto"], ["127.0.0.7", "65002"]])
        self.assertEqual([line.split()[3] for line in lines[1:-1]], ["active", "established"])

    def test_extensive(self) -> None:
        lines = self.stage.say("neighbor 127.0.0.0/24 show neighbor extensive")
        self.assertIn(["range", "peers", "1", "of", "1", "1", "refused"], [line.split() for line in lines])
        self.assertEqual(sum(line.startswith("Neighbor ") for line in lines), 2)

    def test_json(self) -> None:
        both = json.loads(self.stage.say("show neighbor json")[0])
        self.assertEqual([each["peer"]["address"] for each in both], ["127.0.0.0/24", "127.0.0.7"])
        self.assertEqual(both[0]["range"], {"peers": 1, "limit": 1, "refused": 1})
        self.assertNotIn("range", both[1])

    def test_detail(self) -> None:
        lines = self.stage.say("neighbor 127.0.0.0/24 show neighbor detail")
        self.assertIn("  Range           1 peers of 1, 1 refused", lines)
        rows = self.stage.say("show neighbors")[1:-1]
        self.assertEqual(
            [row.split()[:3] for row in rows],
            [["127.0.0.0/24", "auto", "active"], ["127.0.0.7", "65002", "established"]],
        )
        found = [json.loads(line) for line in self.stage.say("show neighbor detail json")[:-1]]
        self.assertEqual(found[0]["range"], {"peers": 1, "limit": 1, "refused": 1})

    def test_the_tables_of_one(self) -> None:
        self.stage.say("announce route 10.2.0.0/24 next-hop 1.1.1.1")
        shown = self.stage.say("show adj-rib out 127.0.0.7")
        self.assertEqual(shown, ["127.0.0.7 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1", "done"])


class LimitTests(SynchronousTestCase):
    """maximum-prefix and maximum-prefix-out."""

    def setUp(self) -> None:
        self.stage = Stage(LIMITED)
        driver = self.stage.establish()
        self.stage.peer().received(driver, UPDATE, announcement())
        for number in range(3):
            self.stage.say(f"announce route 10.{number}.0.0/24 next-hop 1.1.1.1")

    def test_extensive(self) -> None:
        lines = [line.split() for line in self.stage.say("show neighbor extensive")]
        self.assertIn(["maximum-prefix", "1", "of", "9", "all"], lines)
        self.assertIn(["maximum-prefix", "1", "of", "5", "ipv4", "unicast"], lines)
        self.assertIn(["maximum-prefix-out", "2", "wait"], lines)

    def test_json(self) -> None:
        (shown,) = json.loads(self.stage.say("show neighbor json")[0])
        self.assertEqual(
            shown["maximum-prefix"],
            [{"family": "all", "received": 1, "limit": 9}, {"family": "ipv4 unicast", "received": 1, "limit": 5}],
        )
        self.assertEqual(shown["maximum-prefix-out"], {"waiting": 2})

    def test_detail(self) -> None:
        lines = self.stage.say("show neighbor detail")
        self.assertIn("  Maximum prefix  1 of 9, all", lines)
        self.assertIn("  Maximum prefix  1 of 5, ipv4 unicast", lines)
        self.assertIn("  Waiting         2 routes (maximum-prefix-out)", lines)
        (shown, _) = self.stage.say("show neighbor detail json")
        self.assertEqual(json.loads(shown)["outgoing"], {"behind": False, "waiting": 2})

    def test_who_has_no_limits_is_shown_as_ever(self) -> None:
        (one, _) = json.loads(Stage().say("show neighbor json")[0])
        self.assertEqual({"range", "maximum-prefix", "maximum-prefix-out"} & set(one), set())

    def test_configuration(self) -> None:
        text = """neighbor 10.0.0.0/24 {
            passive; local-address 127.0.0.2; router-id 1.2.3.4; local-as 1; peer-as auto; range-limit 7; range-idle 8;
            maximum-prefix 9 restart never; maximum-prefix ipv4 unicast 5 warning 10 warning-only;
            maximum-prefix-out 8; maximum-prefix-out ipv4 unicast 7;
            family { ipv4 unicast; }
            capability { nexthop false; }
        }"""
        (settings,) = load_text(text).neighbors
        again = load_text("\n".join(report.configuration(settings))).neighbors
        self.assertEqual(again, (settings,))
