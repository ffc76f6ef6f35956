"""How much a session may be told: never more, and the rest once there is room."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.outgoing import REFILL, Outgoing
from bgptwist.rib.quota import Quota, seen
from bgptwist.wire.families import labelled
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import Family, SendContext
from tests.rib.test_outgoing import Writer, context, route

ADD_PATH = IPV4_UNICAST.with_path_id
PREFIXES = [f"10.0.{number}.0/24" for number in range(8)] + [f"2001:db8:{number}::/48" for number in range(8)]


class QuotaTestCase(SynchronousTestCase):
    """A table and a session with a quota."""

    def setUp(self) -> None:
        self.begin({None: 3})

    def begin(self, bounds: dict[Family | None, int], shared: SendContext | None = None) -> None:
        self.clock = Clock()
        self.problems: list[str] = []
        self.table = Outgoing(self.clock, lambda member, reason: self.problems.append(reason))
        self.writer = Writer()
        self.join(bounds, shared)

    def join(self, bounds: dict[Family | None, int], shared: SendContext | None = None) -> None:
        self.writer = Writer()
        self.table.join(1, shared or context(), self.writer, (IPV4_UNICAST,), 0.0, Quota(bounds))
        self.turn()

    def turn(self, seconds: float = 0.0) -> None:
        self.clock.advance(seconds)
        self.clock.advance(0)

    def announce(self, *prefixes: str, med: int | None = None) -> None:
        for prefix in prefixes:
            self.table.announce([route(prefix, med)], 3)
        self.turn()

    def withdraw(self, *prefixes: str) -> None:
        for prefix in prefixes:
            self.table.withdraw([route(prefix)], 3)
        self.turn()


class QuotaTests(QuotaTestCase):
    """One bound for everything."""

    def test_the_first_are_told_and_the_others_wait(self) -> None:
        self.announce(*PREFIXES[:5])
        self.assertEqual(sorted(self.writer.held), [route(prefix).nlri for prefix in PREFIXES[:3]])
        self.assertEqual((self.table.untold(1), self.table.untold(2)), (2, 0))

    def test_the_log_says_it_once(self) -> None:
        self.announce(*PREFIXES[:5])
        self.announce(*PREFIXES[5:])
        self.assertEqual(self.problems, ["maximum-prefix-out: 3 routes are told, the others wait"])

    def test_a_route_that_was_told_may_change(self) -> None:
        self.announce(*PREFIXES[:5])
        self.writer.take()
        self.announce(PREFIXES[1], PREFIXES[4], med=7)
        self.assertEqual(len(self.writer.take()), 1)
        self.assertEqual(len(self.writer.held), 3)

    def test_what_was_not_told_is_not_withdrawn(self) -> None:
        self.announce(*PREFIXES[:5])
        self.writer.take()
        self.withdraw(PREFIXES[4])
        self.assertEqual((self.writer.take(), self.table.untold(1)), ([], 1))

    def test_who_waits_is_told_when_there_is_room(self) -> None:
        self.announce(*PREFIXES[:5])
        self.withdraw(PREFIXES[0], PREFIXES[1])
        self.turn(REFILL)
        self.assertEqual(sorted(self.writer.held), [route(prefix).nlri for prefix in PREFIXES[2:5]])
        self.assertEqual(self.table.untold(1), 0)

    def test_the_table_is_looked_through_once_for_many_withdrawals(self) -> None:
        self.announce(*PREFIXES[:5])
        self.withdraw(PREFIXES[0])
        self.withdraw(PREFIXES[1])
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)

    def test_a_session_that_is_over_is_not_told_more(self) -> None:
        self.announce(*PREFIXES[:5])
        self.withdraw(PREFIXES[0])
        self.table.leave(1)
        held = dict(self.writer.held)
        self.turn(REFILL)
        self.assertEqual(self.writer.held, held)

    def test_a_new_session_begins_with_all_its_room(self) -> None:
        self.announce(*PREFIXES[:5])
        self.table.leave(1)
        self.join({None: 4})
        self.assertEqual((len(self.writer.held), self.writer.ended), (4, 1))

    def test_a_refresh_tells_the_same_again(self) -> None:
        self.announce(*PREFIXES[:5])
        self.writer.take()
        self.table.refresh(1, (IPV4_UNICAST,), False)
        self.turn()
        self.assertEqual(len(self.writer.take()), 1)
        self.assertEqual(len(self.writer.held), 3)

    def test_others_are_told_everything(self) -> None:
        other = Writer()
        self.table.join(2, context(), other, ())
        self.turn()
        self.announce(*PREFIXES[:5])
        self.assertEqual((len(self.writer.held), len(other.held)), (3, 5))

    def test_families_have_bounds_of_their_own(self) -> None:
        self.begin({IPV4_UNICAST: 2, None: 5})
        self.announce(*PREFIXES)
        self.assertEqual(sorted(len(nlri) for nlri in self.writer.held), [4, 4, 7, 7, 7])
        self.assertEqual(self.problems, ["maximum-prefix-out: 2 routes of ipv4 unicast are told, the others wait"])
        self.assertEqual(self.table.untold(1), 11)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(("announce", "withdraw", "wait", "pause", "resume", "change")),
                st.lists(st.sampled_from(PREFIXES), min_size=1, max_size=4),
            ),
            max_size=25,
        ),
        st.integers(1, 6),
        st.integers(1, 6),
    )
    def test_never_more_and_never_less_in_the_end(
        self, steps: list[tuple[str, list[str]]], everything: int, fourth: int
    ) -> None:
        self.begin({None: everything, IPV4_UNICAST: fourth})
        for step, prefixes in steps:
            if step == "announce":
                self.announce(*prefixes)
            elif step == "change":
                self.announce(*prefixes, med=9)
            elif step == "withdraw":
                self.withdraw(*prefixes)
            elif step == "wait":
                self.turn(REFILL)
            elif step == "pause":
                self.table.pause(1)
            else:
                self.table.resume(1)
                self.turn()
            self.assertLessEqual(len(self.writer.held), everything)
            self.assertLessEqual(sum(len(nlri) == 4 for nlri in self.writer.held), fourth)
        self.table.resume(1)
        for _ in range(3):
            self.turn(REFILL)
        wanted = {found.nlri for _, found in self.table.routes(1)}
        self.assertEqual(set(self.writer.held) - wanted, set())
        fourths = sum(len(nlri) == 4 for nlri in wanted)
        self.assertEqual(len(self.writer.held), min(everything, min(fourth, fourths) + len(wanted) - fourths))
        self.assertEqual(self.table.untold(1), len(wanted) - len(self.writer.held))


class SeenTests(QuotaTestCase):
    """What is one route for the peer."""

    def test_without_add_path_all_paths_of_a_prefix_are_one(self) -> None:
        plain = route(PREFIXES[0]).nlri
        self.assertEqual(seen(IPV4_UNICAST, ADD_PATH, b"\0\0\0\5" + plain), plain)
        self.assertEqual(seen(ADD_PATH, ADD_PATH, b"\0\0\0\5" + plain), b"\0\0\0\5" + plain)
        self.assertEqual(seen(ADD_PATH, IPV4_UNICAST, plain), b"\0\0\0\0" + plain)

    def test_a_label_does_not_make_another_route(self) -> None:
        one, other = (bytes((48, 0, label, 1, 10, 0, 0)) for label in (1, 2))
        self.assertEqual(seen(labelled.IPV4, labelled.IPV4, one), seen(labelled.IPV4, labelled.IPV4, other))

    def test_paths_count_where_the_peer_hears_of_several(self) -> None:
        paths = [bytes((0, 0, 0, number)) + route(PREFIXES[0]).nlri for number in range(1, 6)]
        self.assertEqual(Quota({None: 2}).admit(ADD_PATH, ADD_PATH, paths), paths[:2])
        self.assertEqual(Quota({None: 2}).admit(IPV4_UNICAST, ADD_PATH, paths), paths)
