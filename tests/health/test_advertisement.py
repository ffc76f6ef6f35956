"""What is said in each state, word for word; every change of state against the commands sent."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.health.advertisement import Advertisement
from bgptwist.health.announced import Announced, Words
from bgptwist.health.machine import State
from bgptwist.health.report import Report

TWO = ("10.0.0.1/32", "10.0.0.2/32")


class LinesTests(SynchronousTestCase):
    def test_plain(self) -> None:
        said = Advertisement(TWO)
        first, second = (f"neighbor * announce route {prefix} next-hop self med" for prefix in TWO)
        self.assertEqual(said.lines(State.UP), [f"{first} 100", f"{second} 101"])
        self.assertEqual(said.lines(State.DOWN), [f"{first} 1000", f"{second} 1001"])
        self.assertEqual(said.lines(State.DISABLED), [f"{first} 500", f"{second} 501"])
        withdrawn = [f"neighbor * withdraw route {prefix} next-hop self" for prefix in TWO]
        self.assertEqual(said.lines(State.EXIT), withdrawn)
        for state in (State.INIT, State.RISING, State.FALLING, State.END):
            self.assertEqual(said.lines(state), [])

    def test_withdrawn_when_down(self) -> None:
        said = Advertisement(TWO[:1], withdraw_on_down=True, path_id=7, community="65000:1")
        withdrawn = ["neighbor * withdraw route 10.0.0.1/32 next-hop self path-information 7"]
        for state in (State.DOWN, State.DISABLED, State.EXIT):
            self.assertEqual(said.lines(state), withdrawn)
        self.assertEqual(
            said.lines(State.UP),
            ["neighbor * announce route 10.0.0.1/32 next-hop self med 100 community [ 65000:1 ] path-information 7"],
        )

    def test_every_word_in_its_order(self) -> None:
        said = Advertisement(
            TWO[1:],
            next_hop="192.0.2.1",
            increase=10,
            local_preference=50,
            community="65000:1",
            disabled_community="65000:2",
            extended_community="target:1:2",
            large_community="1:2:3",
            as_path="65001 65002",
            as_paths={State.DOWN: "65001 65001", State.DISABLED: ""},
            path_id=1,
            neighbors=("192.0.2.8", "192.0.2.9"),
        )
        head = "neighbor 192.0.2.8, neighbor 192.0.2.9 announce route 10.0.0.2/32 next-hop 192.0.2.1"
        lists = "extended-community [ target:1:2 ] large-community [ 1:2:3 ]"
        self.assertEqual(
            [said.lines(state)[0] for state in (State.UP, State.DOWN, State.DISABLED)],
            [
                f"{head} med 100 local-preference 50 community [ 65000:1 ] {lists} as-path [ 65001 65002 ]"
                " path-information 1",
                f"{head} med 1000 local-preference 50 community [ 65000:2 ] {lists} as-path [ 65001 65001 ]"
                " path-information 1",
                f"{head} med 500 local-preference 50 community [ 65000:2 ] {lists} path-information 1",
            ],
        )

    def test_a_star_among_neighbors_is_everybody(self) -> None:
        self.assertEqual(Advertisement(TWO, neighbors=("192.0.2.8", "*")).selector, "neighbor *")


class AnnouncedTests(SynchronousTestCase):
    def test_only_the_difference_is_said(self) -> None:
        announced = Announced()
        a, b, c = (Words(f"+{name}", f"-{name}") for name in "abc")
        self.assertEqual(announced.become({1: a, 2: b}), ["+a", "+b"])
        self.assertEqual(announced.become({1: a, 2: b}), [])
        self.assertEqual(announced.become({2: Words("+b2", "-b"), 3: c}), ["-a", "+b2", "+c"])
        self.assertEqual(announced.again(), ["+b2", "+c"])
        self.assertEqual(len(announced), 2)
        self.assertEqual(announced.become({}), ["-b", "-c"])
        self.assertEqual(announced.become({}), [])


class ReportTests(SynchronousTestCase):
    def test_it_has_names(self) -> None:
        self.assertEqual(Report("web", "UP", 0.0, "", 1, 2, None, 3, 4)._asdict()["state"], "UP")
