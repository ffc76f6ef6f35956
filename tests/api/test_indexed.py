"""`peer X routes`: routes by index."""

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.commands.indexed import LISTED, index_of, named_by
from tests.api.stage import Stage

ROUTE = "10.0.0.0/24 next-hop 1.1.1.1 med 5"
INDEX = "00010100180a0000"


def answered(stage: Stage, line: str) -> Any:
    """The JSON of the one line before `done`."""
    shown, done = stage.say(line)
    assert done == "done", line
    return json.loads(shown)


class IndexTests(SynchronousTestCase):
    def test_a_route_is_added_listed_and_removed(self) -> None:
        stage = Stage()
        entry = {"index": INDEX, "route": "10.0.0.0/24 next-hop 1.1.1.1 med 5"}
        self.assertEqual(answered(stage, f"peer 127.0.0.1 routes add route {ROUTE}"), entry | {"success": True})
        self.assertEqual(answered(stage, "peer * routes list"), [entry | {"neighbor": stage.peer().settings.name}])
        self.assertEqual(answered(stage, f"peer * routes remove index {INDEX}"), {"removed": True, "index": INDEX})
        self.assertEqual(answered(stage, f"peer * routes remove index {INDEX}"), {"removed": False, "index": INDEX})
        self.assertEqual(answered(stage, "peer * routes list"), [])

    def test_a_route_is_removed_by_its_words(self) -> None:
        stage = Stage()
        answered(stage, f"peer * routes add {ROUTE}")
        self.assertEqual(
            answered(stage, "peer 127.0.0.1 routes remove route 10.0.0.0/24"),
            {"removed": True, "route": "10.0.0.0/24", "index": INDEX},
        )
        self.assertEqual((stage.routes(), stage.routes("127.0.0.2")), ([], ["10.0.0.0/24"]))
        self.assertFalse(answered(stage, "peer 127.0.0.1 routes remove route 10.0.0.0/24")["removed"])

    def test_families(self) -> None:
        stage = Stage()
        answered(stage, f"peer * routes ipv4 unicast add route {ROUTE}")
        stage.say("announce route 2001:db8::/32 next-hop 2001:db8::1")
        for words, count in {"ipv4": 2, "ipv4 unicast": 2, "ipv4 multicast": 0, "ipv6": 2, "": 4}.items():
            self.assertEqual(len(answered(stage, f"peer * routes {words} list")), count, words)

    def test_every_index_says_which_route_it_is(self) -> None:
        stage = Stage()
        for words in (
            ROUTE,
            "10.0.0.0/24 path-information 0.0.0.7 next-hop 1.1.1.1",
            "10.0.0.0/24 rd 1:1 label 100 next-hop 1.1.1.1",
            "10.0.0.0/24 label 100 next-hop 1.1.1.1",
            "2001:db8::/32 next-hop 2001:db8::1",
        ):
            index = answered(stage, f"peer 127.0.0.1 routes add route {words}")["index"]
            (found,) = answered(stage, "peer 127.0.0.1 routes list")
            self.assertEqual(found["index"], index, words)
            self.assertTrue(answered(stage, f"peer * routes remove index {index}")["removed"], words)
        route = stage.control.routes.announcement(ROUTE).routes[0]
        self.assertEqual(named_by(index_of(route)), (route.family, route.nlri))

    def test_many_are_several_arrays(self) -> None:
        stage = Stage()
        lines = stage.say("peer 127.0.0.1 routes add route 10.0.0.0/20 next-hop 1.1.1.1 split /32")
        self.assertEqual([len(json.loads(line)) for line in lines[:-1]], [LISTED] * 4 + [96])
        lines = stage.say("peer 127.0.0.1 routes list")
        self.assertEqual([len(json.loads(line)) for line in lines[:-1]], [LISTED] * 4 + [96])

    def test_what_is_wrong_is_said_and_nothing_changes(self) -> None:
        stage = Stage()
        for words, reason in {
            "": "expected [AFI [SAFI]] and list, add or remove",
            "show": "expected [AFI [SAFI]] and list, add or remove",
            "list all": "expected nothing after list",
            "moonlight list": "'moonlight' is no address family",
            "add": "the route is missing",
            "add route": "the route is missing",
            "add route 10.0.0.0/24": "next-hop",
            "ipv4 add route 10.0.0.0/24 next-hop 1.1.1.1": "an AFI alone says too little",
            "remove": "the route is missing",
            "remove index xyz": "'xyz' is not hexadecimal",
            "remove index 00": "'00' is no index",
            "remove index": "is no index",
            "remove index 00ffff00180a0000": "is no index",
        }.items():
            self.assertEqual(stage.say(f"peer * routes {words}".rstrip()), ["error"], words)
            self.assertIn(reason, stage.logged[-1], words)
        self.assertEqual(stage.say("peer 9.9.9.9 routes list"), ["error"])
        self.assertEqual(stage.routes(), [])
