"""`ttl` and `owner`: who may change a route, and how long it stays."""

import json
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.call import PAUSE
from bgptwist.settings.model import Settings
from bgptwist.settings.plan import plan
from tests.api.stage import NEIGHBORS, Stage, neighbor

ROUTE = "10.0.0.1/32 next-hop 1.1.1.1"
MINE = f"announce route {ROUTE} owner ddos"


class OwnerTests(SynchronousTestCase):
    def test_others_can_neither_replace_nor_withdraw(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say(MINE), ["done"])
        for line in (
            f"announce route {ROUTE} med 5",
            f"announce route {ROUTE} owner other",
            "withdraw route 10.0.0.1/32",
            "neighbor 127.0.0.2 withdraw route 10.0.0.1/32",
            "withdraw route 10.0.0.1/32 owner other",
            "announce attributes next-hop self nlri 10.9.0.0/24 10.0.0.1/32",
            '@1 withdraw json { "withdraw": { "ipv4 unicast": [ "10.9.0.0/24", "10.0.0.1/32" ] } }',
        ):
            self.assertIn("error", stage.say(line)[-1], line)
            self.assertIn("10.0.0.1/32 belongs to owner ddos", stage.logged[-1], line)
        self.assertEqual(stage.routes(), ["10.0.0.1/32"])
        self.assertEqual(stage.say(f"{MINE} med 9", "withdraw route 10.0.0.1/32 owner ddos"), ["done", "done"])
        self.assertEqual(stage.routes(), [])
        self.assertEqual(stage.say(f"announce route {ROUTE}"), ["done"])
        self.assertFalse(stage.speaker.ledger._held)

    def test_another_neighbor_is_another_matter(self) -> None:
        stage = Stage()
        stage.say(f"neighbor 127.0.0.1 {MINE}")
        self.assertEqual(stage.say(f"neighbor 127.0.0.2 announce route {ROUTE}"), ["done"])
        self.assertEqual(stage.say("neighbor 127.0.0.2 withdraw route 10.0.0.1/32"), ["done"])
        self.assertEqual(stage.say("withdraw route 10.0.0.1/32"), ["error"])

    def test_an_operator_withdraws_all_of_an_owner(self) -> None:
        stage = Stage()
        stage.say(
            MINE,
            "announce route 10.0.0.2/32 next-hop 1.1.1.1 owner ddos ttl 5",
            "announce route 10.1.0.0/24 next-hop self",
        )
        self.assertEqual(
            stage.say("@1 neighbor 127.0.0.2 withdraw owner ddos"), ["@1 done announced 0 withdrawn 2 rejected 0"]
        )
        self.assertEqual(stage.routes("127.0.0.1"), ["10.0.0.1/32", "10.0.0.2/32", "10.1.0.0/24"])
        self.assertEqual(stage.say("@1 withdraw owner ddos"), ["@1 done announced 0 withdrawn 2 rejected 0"])
        self.assertEqual((stage.routes("127.0.0.1"), stage.routes("127.0.0.2")), (["10.1.0.0/24"], ["10.1.0.0/24"]))
        self.assertEqual(stage.say("withdraw owner", "withdraw owner a b"), ["error", "error"])

    def test_a_helper_that_ends_takes_its_routes_along(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} owner h", "announce route 10.0.0.2/32 next-hop 1.1.1.1 owner g")
        stage.speaker.owner_gone("h")
        stage.speaker.owner_gone("nobody")
        self.assertEqual(stage.routes(), ["10.0.0.2/32"])
        self.assertEqual(stage.logged[-1], "withdrawn because their owner h ended: 1 routes")

    def test_a_watchdog_does_not_touch_what_is_owned(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} watchdog dog withdraw", MINE)
        self.assertEqual(stage.say("announce watchdog dog", "withdraw watchdog dog"), ["error", "error"])
        self.assertEqual(stage.say(f"announce route {ROUTE} watchdog dog owner ddos"), ["error"])

    def test_what_clears_the_table_clears_the_claims(self) -> None:
        stage = Stage()
        stage.say(MINE, "clear adj-rib out")
        self.assertEqual((stage.routes(), stage.say("show owners")), ([], ["done"]))
        stage.say(f"neighbor 127.0.0.2 {MINE}")
        stage.speaker.remove(stage.peer("127.0.0.2").settings.name)
        stage.clock.advance(2)
        self.assertFalse(stage.speaker.ledger.active)

    def test_a_reload_has_the_last_word(self) -> None:
        stage = Stage()
        before = Settings(neighbors=NEIGHBORS)
        routes = stage.control.routes.announcement(f"{ROUTE} med 7").routes
        after = Settings(neighbors=tuple(replace(each, routes=tuple(routes)) for each in NEIGHBORS))
        stage.say(f"{MINE} ttl 5", "announce route 10.0.0.2/32 next-hop 1.1.1.1 owner ddos")
        stage.speaker.apply(plan(before, after))
        self.assertEqual([held.route.nlri[-1] for held in stage.speaker.ledger.held()], [2])
        stage.clock.advance(6)
        self.assertEqual(stage.routes(), ["10.0.0.1/32", "10.0.0.2/32"])
        # what the file said is gone, but not what took its place
        stage.say(MINE)
        stage.speaker.apply(plan(after, before))
        self.assertEqual(stage.routes(), ["10.0.0.1/32", "10.0.0.2/32"])
        self.assertEqual(len(stage.speaker.ledger.owned("ddos", -1)), 2)

    def test_peers_of_a_range_have_what_the_range_has(self) -> None:
        stage = Stage(neighbor("127.0.0.0", prefix_length=8, passive=True))
        stage.say(f"announce route {ROUTE} owner ddos ttl 10")
        self.assertEqual(len(stage.speaker.ledger.owned("ddos", -1)), 1)
        stage.speaker.ledger.enrol(1 << 9, stage.peer("127.0.0.0").member)
        self.assertTrue(stage.speaker.ledger.owned("ddos", 1 << 9))


class LeaseTests(SynchronousTestCase):
    def test_a_route_goes_when_its_time_is_over(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} ttl 2.5")
        stage.clock.advance(2.4)
        self.assertEqual(stage.routes(), ["10.0.0.1/32"])
        stage.clock.advance(0.1)
        self.assertEqual(stage.routes(), [])
        self.assertEqual(stage.logged[-1], "withdrawn because the ttl is over: 10.0.0.1/32")
        self.assertFalse(stage.speaker.ledger.active)

    def test_it_is_renewed_by_announcing_it_again(self) -> None:
        stage = Stage()
        for _ in range(5):
            stage.say(f"announce route {ROUTE} ttl 10")
            stage.clock.advance(9)
        self.assertEqual(stage.routes(), ["10.0.0.1/32"])
        self.assertEqual(stage.say("show leases")[0], "127.0.0.1 ipv4 unicast 10.0.0.1/32 ttl 1.0")
        stage.clock.advance(1)
        self.assertEqual(stage.routes(), [])

    def test_without_ttl_it_stays_for_ever(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} ttl 10", f"announce route {ROUTE}")
        stage.clock.advance(100)
        self.assertEqual(stage.routes(), ["10.0.0.1/32"])

    def test_a_lease_is_for_the_neighbors_it_was_given(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} ttl 10", f"neighbor 127.0.0.2 announce route {ROUTE}")
        stage.clock.advance(10)
        self.assertEqual((stage.routes("127.0.0.1"), stage.routes("127.0.0.2")), ([], ["10.0.0.1/32"]))

    def test_all_of_an_owner_are_renewed_at_once(self) -> None:
        stage = Stage()
        for number in range(3):
            stage.say(f"announce route 10.0.0.{number}/32 next-hop 1.1.1.1 ttl 10 owner ddos")
        stage.say("announce route 10.0.0.9/32 next-hop 1.1.1.1 ttl 10")
        stage.clock.advance(9)
        self.assertEqual(stage.say("renew ttl 10 owner ddos", "renew owner nobody ttl 1"), ["done", "error"])
        stage.clock.advance(9)
        self.assertEqual(stage.routes(), ["10.0.0.0/32", "10.0.0.1/32", "10.0.0.2/32"])
        self.assertEqual(stage.say("peer 127.0.0.2 renew owner ddos ttl 10"), ["done"])
        stage.clock.advance(1)
        self.assertEqual((stage.routes("127.0.0.1"), len(stage.routes("127.0.0.2"))), ([], 3))
        stage.clock.advance(9)
        self.assertEqual(stage.routes("127.0.0.2"), [])
        self.assertFalse(stage.speaker.ledger.active)

    def test_what_is_said_wrongly(self) -> None:
        stage = Stage()
        for words in (
            "ttl",
            "ttl 0",
            "ttl -1",
            "ttl 1e3",
            "ttl 31536001",
            "ttl nan",
            "ttl inf",
            "owner",
            f"owner {'x' * 65}",
            "owner [ a ]",
        ):
            self.assertEqual(stage.say(f"announce route {ROUTE} {words}"), ["error"], words)
        for words in ("", "ttl 5", "owner a", "ttl 0 owner a", "ttl 5 owner a b"):
            self.assertEqual(stage.say(f"renew {words}"), ["error"], words)
        self.assertEqual(stage.routes(), [])

    def test_every_family_can_be_lent(self) -> None:
        stage = Stage()
        lines = (
            "announce flow route destination 10.0.0.0/24 discard ttl 10 owner a",
            "announce ipv4 mpls-vpn 10.0.0.0/24 rd 1:1 label 5 next-hop 1.1.1.1 ttl 10",
            "announce evpn mac-ip rd 65000:1 mac 00:11:22:33:44:55 label 100 next-hop 10.0.0.1 ttl 10",
            "announce attributes next-hop self ttl 10 owner b nlri 10.1.0.0/24 10.2.0.0/24",
            "announce route 10.4.0.0/22 next-hop self path-information 1 ttl 10 split /24",
        )
        self.assertEqual(stage.say(*lines), ["done"] * 5)
        self.assertEqual(len(stage.routes()), 9)
        stage.clock.advance(10)
        stage.settle()
        self.assertEqual(stage.routes(), [])

    def test_many_lapse_a_step_at_a_time(self) -> None:
        stage = Stage()
        stage.say("announce route 10.0.0.0/12 next-hop self ttl 10 split /24")
        stage.clock.advance(10)
        self.assertEqual(stage.routes(), [])
        told = [line for line in stage.logged if "the ttl is over" in line]
        self.assertEqual(len(told), 5)
        self.assertTrue(told[0].endswith("10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24 and 997 more"), told[0])

    def test_nothing_lapses_after_the_end(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} ttl 10")
        stage.speaker.stop()
        stage.say(f"announce route {ROUTE} ttl 5")
        stage.clock.advance(20)
        self.assertEqual(stage.routes(), ["10.0.0.1/32"])


class ShowTests(SynchronousTestCase):
    def test_text_and_json(self) -> None:
        stage = Stage()
        stage.say(
            f"neighbor 127.0.0.1 {MINE} ttl 60", "neighbor 127.0.0.2 announce route 10.1.0.0/24 next-hop self owner x"
        )
        stage.say("neighbor 127.0.0.2 announce route 10.2.0.0/24 next-hop self ttl 60")
        stage.clock.advance(0.5)
        one = "127.0.0.1 ipv4 unicast 10.0.0.1/32 owner ddos ttl 59.5"
        two = "127.0.0.2 ipv4 unicast 10.1.0.0/24 owner x"
        three = "127.0.0.2 ipv4 unicast 10.2.0.0/24 ttl 59.5"
        self.assertEqual(stage.say("show owners"), [one, two, "done"])
        self.assertEqual(stage.say("show leases"), [one, three, "done"])
        self.assertEqual(stage.say("neighbor 127.0.0.2 show leases"), [three, "done"])
        self.assertEqual(stage.say("show leases json"), stage.say("rib show leases"))
        first = json.loads(stage.say("rib show owners")[0])
        self.assertEqual(
            first,
            {
                "neighbor": "127.0.0.1",
                "family": "ipv4 unicast",
                "route": "10.0.0.1/32",
                "owner": "ddos",
                "ttl": 59.5,
            },
        )
        self.assertEqual(stage.say("show owners x"), ["error"])

    def test_nobody_waits_for_a_long_list(self) -> None:
        stage = Stage()
        stage.say("announce route 10.0.0.0/13 next-hop self owner x split /24")
        lines = stage.dispatcher.command(stage.conversation, "show leases")
        self.assertEqual(list(lines or ()).count(PAUSE), 2048 // 500)
