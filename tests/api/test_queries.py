"""What `show adj-rib` answers when it is asked for some of the routes, and how."""

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.call import PAUSE
from bgptwist.rib.query import TURN
from bgptwist.wire.attributes.as_path import AsPath, sequence
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import path_of
from tests.api.stage import Stage, neighbor

UPDATE = 2

ROUTES = (
    "neighbor 127.0.0.1 announce route 10.2.0.0/24 next-hop 1.1.1.1 as-path [1 2] med 5 community 65000:1",
    "neighbor 127.0.0.1 announce route 10.2.0.0/16 next-hop 1.1.1.1 as-path [1] large-community 65000:1:2",
    "neighbor 127.0.0.2 announce route 10.3.0.0/24 next-hop self local-preference 200",
    "announce route 2001:db8::/32 next-hop 2001:db8::1 extended-community target:65000:7 as-path [ 7 1 2 ]",
    "announce ipv4 mpls-vpn 10.2.0.0/24 rd 65000:1 label 100 next-hop 1.1.1.2",
    "announce flow route destination 10.2.0.0/24 discard",
)


class QueryTests(SynchronousTestCase):
    """The same routes in the Adj-RIB-Out of two neighbors."""

    def setUp(self) -> None:
        self.stage = Stage()
        self.assertEqual(set(self.stage.say(*ROUTES)), {"done"})

    def shown(self, words: str) -> list[str]:
        """The lines, without `done`."""
        lines = self.stage.say(f"show adj-rib out {words}")
        self.assertEqual(lines[-1], "done", words)
        return lines[:-1]

    def prefixes(self, words: str, address: str = "127.0.0.1") -> list[str]:
        """The prefixes of the lines about one neighbor."""
        return [line.split()[3] for line in self.shown(words) if line.startswith(f"{address} ")]

    def test_a_family_by_its_two_names(self) -> None:
        self.assertEqual(self.prefixes("ipv4 unicast"), ["10.2.0.0/24", "10.2.0.0/16"])
        self.assertEqual(self.prefixes("ipv6 unicast ipv4 unicast"), ["10.2.0.0/24", "10.2.0.0/16", "2001:db8::/32"])
        self.assertEqual(self.prefixes("ipv4 flow-vpn"), [])
        self.assertEqual(len(self.prefixes("flow limit 1")), 1)

    def test_prefixes(self) -> None:
        self.assertEqual(self.prefixes("prefix 10.2.0.0/24"), ["10.2.0.0/24", "10.2.0.0/24"])
        self.assertEqual(self.prefixes("prefix 10.2.0.0/24 exact inet ipv4 unicast"), ["10.2.0.0/24", "10.2.0.0/24"])
        self.assertEqual(self.prefixes("ipv4 unicast prefix 10.2.0.9"), [])
        self.assertEqual(self.prefixes("ipv4 unicast prefix 10.2.0.9 covering"), ["10.2.0.0/24", "10.2.0.0/16"])
        self.assertEqual(self.prefixes("ipv4 unicast prefix 10.2.0.9 longest"), ["10.2.0.0/24"])
        self.assertEqual(self.prefixes("prefix 10.2.1.9 longest"), ["10.2.0.0/16"])
        self.assertEqual(self.prefixes("prefix 10.0.0.0/8 covered"), ["10.2.0.0/24", "10.2.0.0/16", "10.2.0.0/24"])
        self.assertEqual(self.prefixes("prefix 10.0.0.0/8 covered ipv4 unicast", "127.0.0.2"), ["10.3.0.0/24"])
        self.assertEqual(self.prefixes("prefix 2001::/16 covered"), ["2001:db8::/32"])

    def test_as_paths(self) -> None:
        for words, expected in {
            "as-path 2": ["10.2.0.0/24", "2001:db8::/32"],
            "as-path ^1": ["10.2.0.0/24", "10.2.0.0/16"],
            "as-path 1$": ["10.2.0.0/16"],
            "as-path ^1$": ["10.2.0.0/16"],
            "as-path [ 1 2 ]": ["10.2.0.0/24", "2001:db8::/32"],
            "as-path [ ^1 2$ ]": ["10.2.0.0/24"],
            "as-path [7 1]": ["2001:db8::/32"],
            "as-path [7 2]": [],
            "as-path ^$ inet": ["10.2.0.0/24"],
            "origin-as 2": ["10.2.0.0/24", "2001:db8::/32"],
            "origin-as 3": [],
        }.items():
            self.assertEqual(self.prefixes(words), expected, words)

    def test_communities_and_next_hops(self) -> None:
        for words, expected in {
            "community 65000:1": ["10.2.0.0/24"],
            "community 65000:1:2": ["10.2.0.0/16"],
            "community target:65000:7": ["2001:db8::/32"],
            "community 65000:1 community 65000:2": [],
            "community no-export": [],
            "next-hop 1.1.1.1": ["10.2.0.0/24", "10.2.0.0/16"],
            "next-hop 1.1.1.2": ["10.2.0.0/24"],
            "next-hop 2001:db8::1": ["2001:db8::/32"],
        }.items():
            self.assertEqual(self.prefixes(words), expected, words)
        self.assertEqual(self.prefixes("next-hop self", "127.0.0.2"), ["10.3.0.0/24"])

    def test_a_limit(self) -> None:
        self.assertEqual(len(self.shown("limit 3")), 3)
        self.assertEqual(len(self.shown("127.0.0.1 limit 100")), 5)

    def test_the_neighbor_may_stand_in_front(self) -> None:
        self.assertEqual(
            self.stage.say("neighbor 127.0.0.2 show adj-rib out prefix 10.0.0.0/8 covered ipv4 unicast"),
            ["127.0.0.2 ipv4 unicast 10.3.0.0/24 next-hop self", "done"],
        )

    def test_detail(self) -> None:
        self.assertEqual(
            self.shown("detail community 65000:1"),
            ["127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1 as-path ( 1 2 ) med 5 community 65000:1"],
        )

    def test_numbers(self) -> None:
        self.assertEqual(
            self.shown("count"),
            [
                "127.0.0.1 ipv4 unicast 2",
                "127.0.0.1 ipv4 mpls-vpn 1",
                "127.0.0.1 ipv4 flow 1",
                "127.0.0.1 ipv6 unicast 1",
                "127.0.0.2 ipv4 unicast 1",
                "127.0.0.2 ipv4 mpls-vpn 1",
                "127.0.0.2 ipv4 flow 1",
                "127.0.0.2 ipv6 unicast 1",
            ],
        )
        self.assertEqual(self.shown("count 127.0.0.1 as-path ^1"), ["127.0.0.1 ipv4 unicast 2"])
        self.assertEqual(
            [json.loads(line) for line in self.stage.say("rib show out count 127.0.0.2 ipv4 unicast")[:-1]],
            [{"neighbor": "127.0.0.2", "family": "ipv4 unicast", "routes": 1}],
        )
        self.assertEqual(
            self.shown("count table ipv4 unicast"),
            [
                "Neighbor   Family        Routes",
                "127.0.0.1  ipv4 unicast  2",
                "127.0.0.2  ipv4 unicast  1",
            ],
        )

    def test_columns(self) -> None:
        self.assertEqual(
            self.shown("table ipv4 unicast"),
            [
                "Neighbor   Family        Prefix       Next hop  AS path  MED  Local pref  Communities",
                "127.0.0.1  ipv4 unicast  10.2.0.0/24  1.1.1.1   1 2      5    -           65000:1",
                "127.0.0.1  ipv4 unicast  10.2.0.0/16  1.1.1.1   1        -    -           65000:1:2",
                "127.0.0.2  ipv4 unicast  10.3.0.0/24  self      -        -    200         -",
            ],
        )
        self.assertEqual(len(self.shown("table prefix 9.9.9.9")), 1)

    def test_objects(self) -> None:
        (line,) = self.shown("json community 65000:1")
        self.assertEqual(
            json.loads(line),
            {
                "neighbor": "127.0.0.1",
                "family": "ipv4 unicast",
                "nlri": "10.2.0.0/24",
                "next-hop": "1.1.1.1",
                "attributes": {
                    "as-path": {"0": {"element": "as-sequence", "value": [1, 2]}},
                    "med": 5,
                    "community": [[65000, 1]],
                },
            },
        )
        found = [json.loads(line) for line in self.stage.say("rib show out 127.0.0.1 detail")[:-1]]
        self.assertEqual(len(found), 5)
        (labelled,) = [each for each in found if each["family"] == "ipv4 mpls-vpn"]
        self.assertEqual((labelled["nlri"], labelled["rd"]), ("10.2.0.0/24", "65000:1"))
        (flow,) = [each for each in found if each["family"] == "ipv4 flow"]
        self.assertEqual((flow["nlri"]["destination-ipv4"], flow["next-hop"]), (["10.2.0.0/24"], None))

    def test_path_identifiers_and_both_next_hops_are_told(self) -> None:
        stage = Stage()
        stage.say("neighbor 127.0.0.1 announce route 10.2.0.0/24 path-information 0.0.0.9 next-hop 1.1.1.1")
        (found,) = [json.loads(line) for line in stage.say("show adj-rib out prefix 10.2.0.0/24 json")[:-1]]
        self.assertEqual((found["nlri"], found["path-information"]), ("10.2.0.0/24", "0.0.0.9"))

    def test_what_is_wrong_is_said(self) -> None:
        for words, reason in {
            "prefix": "expected a prefix",
            "prefix 10.0.0.1/24": "host bits set",
            "prefix 10.0.0.0/24 prefix 10.0.0.0/24": "prefix is said twice",
            "prefix 10.0.0.0/24 above": "'above' cannot be read",
            "as-path": "expected AS numbers",
            "as-path .*": "'.*' is no AS path",
            "as-path ^": "'^' is no AS path",
            "as-path [ ]": "is no AS path",
            "as-path 4294967296": "is no AS path",
            "origin-as x": "expected an AS number",
            "community 1:2:3:4": "'1:2:3:4' is no community",
            "community 65536:1:x": "is no community",
            "next-hop 1.1.1": "expected the address of a next hop",
            "limit 0": "expected how many routes",
            "ipv4 moonlight": "'ipv4 moonlight' is no address family",
            "ipv4": "'ipv4' is no address family",
            "table json": "table and json cannot both be had",
            "count limit 3": "routes are counted however many they are",
        }.items():
            self.assertEqual(self.stage.say(f"show adj-rib out {words}"), ["error"], words)
            self.assertIn(reason, self.stage.logged[-1], words)
            self.assertIn("expected", self.stage.logged[-1], words)

    def test_nobody_waits_for_a_long_look(self) -> None:
        stage = Stage()
        read = stage.control.routes.announcement
        for n in range(2 * TURN):
            stage.speaker.announce(read(f"10.{n >> 8}.{n & 255}.0/24 next-hop 1.1.1.1").routes, 1)
        for words in (
            "next-hop 9.9.9.9",
            "prefix 11.0.0.0/8 covered json",
            "count community 1:1",
            "table as-path 9",
            "",
            "json",
        ):
            lines = stage.dispatcher.command(stage.conversation, f"show adj-rib out {words}")
            assert lines is not None
            self.assertEqual(list(lines).count(PAUSE), 2, words)


class ReceivedTests(SynchronousTestCase):
    """The Adj-RIB-In."""

    def setUp(self) -> None:
        self.stage = Stage(neighbor("127.0.0.1", adj_rib_in=True), neighbor("127.0.0.2", 65002, adj_rib_in=True))
        self.drivers: dict[str, Any] = {}
        for address, number in (("127.0.0.1", 65001), ("127.0.0.2", 65002)):
            driver = self.drivers[address] = self.stage.establish(address)
            path = path_of([AsPath(sequence(number, 65010))])
            context = SendContext({IPV4_UNICAST.index: IPV4_UNICAST}, local_as=number)
            for octets in updates.announce(
                context, IPV4_UNICAST, path, bytes((127, 0, 0, 9)), [b"\x18\x0a\1\1", b"\x10\x0a\1"]
            ):
                self.stage.peer(address).received(driver, UPDATE, octets[19:])

    def test_each_neighbor_has_its_own(self) -> None:
        self.assertEqual(
            sorted(self.stage.say("show adj-rib in prefix 10.1.1.1 longest")[:-1]),
            [
                "127.0.0.1 ipv4 unicast 10.1.1.0/24 next-hop 127.0.0.9",
                "127.0.0.2 ipv4 unicast 10.1.1.0/24 next-hop 127.0.0.9",
            ],
        )
        self.assertEqual(len(self.stage.say("show adj-rib in as-path ^65001")), 3)
        self.assertEqual(
            self.stage.say("show adj-rib in count"),
            ["127.0.0.1 ipv4 unicast 2", "127.0.0.2 ipv4 unicast 2", "done"],
        )

    def test_what_is_over_is_not_told(self) -> None:
        lines = self.stage.dispatcher.command(self.stage.conversation, "show adj-rib in detail")
        assert lines is not None
        self.assertTrue(str(next(lines)).startswith("127.0.0.1 "))
        self.stage.peer().disconnected(self.drivers["127.0.0.1"], "lost")
        self.assertEqual([str(line)[:10] for line in lines], ["127.0.0.2 "] * 2)
