"""Members that come and go while there are routes: a new one has what another one has, one that left has nothing."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.offer import Offer
from bgptwist.rib.outgoing import Outgoing
from bgptwist.rib.watchdog import Watchdogs
from bgptwist.wire.families import labelled
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.route import Announcement, Route
from tests.rib.test_outgoing import HOP, Writer, context, route

OURS, ONE, TWO, THREE = 1, 2, 4, 8
PREFIXES = [f"10.0.{number}.0/24" for number in range(4)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("announce", "withdraw", "enrol", "forget")),
        st.sampled_from(PREFIXES),
        st.integers(1, 15),
        st.integers(0, 2),
    ),
    max_size=25,
)


def labels(label: int) -> Route:
    """A labelled route, whose label is no part of its key."""
    return Route(labelled.IPV4, bytes((48, 0, label, 1, 10, 0, 0)), route(PREFIXES[0]).path, HOP)


class MembersTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.table = Outgoing(self.clock, lambda member, reason: None)

    def held(self, member: int) -> dict[bytes, bytes]:
        """What a member is told: NLRI and attributes."""
        return {found.nlri: found.path.octets for _, found in self.table.routes(member)}

    def turn(self) -> None:
        self.clock.advance(0)

    def test_a_new_one_has_what_the_other_has(self) -> None:
        self.table.announce([route(prefix, number) for number, prefix in enumerate(PREFIXES)], OURS | ONE)
        self.table.announce([route("10.9.9.0/24")], ONE)
        self.table.enrol(TWO, OURS)
        self.assertEqual(self.held(TWO), self.held(OURS))
        self.assertEqual(len(self.held(TWO)), 4)

    def test_what_it_has_of_its_own_stays(self) -> None:
        self.table.announce([route(PREFIXES[0], 1)], OURS)
        self.table.announce([route(PREFIXES[0], 2)], TWO)
        self.table.enrol(TWO, OURS)
        self.assertEqual(self.held(TWO), {route(PREFIXES[0]).nlri: route(PREFIXES[0], 2).path.octets})
        self.assertEqual(self.held(OURS), {route(PREFIXES[0]).nlri: route(PREFIXES[0], 1).path.octets})

    def test_labels_come_along(self) -> None:
        self.table.announce([labels(5)], OURS)
        self.table.enrol(TWO, OURS)
        self.assertEqual(list(self.held(TWO)), [labels(5).nlri])
        self.table.forget(OURS)
        self.assertEqual((list(self.held(OURS)), list(self.held(TWO))), ([], [labels(5).nlri]))

    def test_it_is_told_once_and_hears_of_changes_like_the_others(self) -> None:
        self.table.announce([route(prefix, 1) for prefix in PREFIXES], OURS)
        self.table.enrol(TWO, OURS)
        writer = Writer()
        self.table.join(TWO, context(), writer, ())
        self.turn()
        self.assertEqual((len(writer.take()), len(writer.held)), (1, 4))
        self.table.announce([route(prefix, 1) for prefix in PREFIXES], OURS | TWO)
        self.turn()
        self.assertEqual(writer.take(), [], "it knows them")
        self.table.withdraw([route(PREFIXES[0])], OURS | TWO)
        self.turn()
        self.assertEqual(len(writer.held), 3)

    def test_routes_that_are_alike_share_messages_though_they_came_between_members(self) -> None:
        for number, prefix in enumerate(PREFIXES):
            self.table.announce([route(prefix, 1)], OURS | sum(2 << each for each in range(number)))
            self.table.enrol(2 << number, OURS)
        writer = Writer()
        self.table.join(ONE, context(), writer, ())
        self.turn()
        self.assertEqual((len(writer.take()), len(writer.held)), (1, 4))

    def test_who_left_has_nothing_and_the_others_what_they_had(self) -> None:
        self.table.announce([route(prefix, 1) for prefix in PREFIXES], OURS | ONE | TWO)
        self.table.announce([route(PREFIXES[0], 2)], TWO)
        self.table.announce([route("10.9.9.0/24")], ONE)
        before = self.held(OURS)
        self.table.forget(ONE | TWO)
        self.assertEqual((self.held(ONE), self.held(TWO), self.held(OURS)), ({}, {}, before))
        self.table.forget(OURS)
        self.assertEqual(sum(map(len, self.table._tables.values())), 0)

    def test_one_that_comes_in_its_place_is_told_nothing_of_it(self) -> None:
        self.table.announce([route(PREFIXES[0], 1)], OURS | ONE)
        self.turn()
        self.table.forget(ONE)
        self.table.announce([route(PREFIXES[0], 1)], OURS)
        self.table.announce([route(PREFIXES[1], 1)], OURS | TWO)
        writer = Writer()
        self.table.join(ONE, context(), writer, ())
        self.turn()
        self.assertEqual(writer.take(), [])

    @given(STEPS)
    def test_whatever_happens_everybody_has_what_it_should(self, steps: list[tuple[str, str, int, int]]) -> None:
        self.table = Outgoing(Clock(), lambda member, reason: None)
        wanted: dict[int, dict[bytes, bytes]] = {OURS: {}, ONE: {}, TWO: {}, THREE: {}}
        for step, prefix, members, med in steps:
            chosen = [bit for bit in wanted if bit & members]
            told = route(prefix, med)
            if step == "announce":
                self.table.announce([told], members)
                for bit in chosen:
                    wanted[bit][told.nlri] = told.path.octets
            elif step == "withdraw":
                self.table.withdraw([told], members)
                for bit in chosen:
                    wanted[bit].pop(told.nlri, None)
            elif step == "enrol":
                self.table.enrol(members & ~OURS, OURS)
                for bit in chosen:
                    wanted[bit] = wanted[OURS] | wanted[bit]
            else:
                self.table.forget(members)
                for bit in chosen:
                    wanted[bit] = {}
            for bit, held in wanted.items():
                self.assertEqual(self.held(bit), held, step)
        self.table.forget(15)
        self.assertEqual(sum(map(len, self.table._tables.values())), 0)

    def test_who_is_told_this_very_route(self) -> None:
        self.table.announce([route(PREFIXES[0], 1)], OURS | ONE)
        self.table.announce([route(PREFIXES[0], 2)], TWO)
        for med, members in ((1, OURS | ONE), (2, TWO), (3, 0)):
            self.assertEqual(self.table.holders(route(PREFIXES[0], med), 15), members)
        self.assertEqual(self.table.holders(route(PREFIXES[0], 1), ONE | TWO), ONE)
        self.assertEqual(self.table.holders(route(PREFIXES[1]), 15), 0)
        self.table.announce([labels(5)], OURS)
        self.assertEqual([self.table.holders(labels(number), 15) for number in (5, 6)], [OURS, 0])

    def test_offers_are_counted_in_place(self) -> None:
        """Thousands of keys share an offer: no key is written for a member that comes."""
        self.table.announce([route(prefix, 1) for prefix in PREFIXES], OURS)
        before = list(self.table._tables[IPV4_UNICAST].values())
        self.table.enrol(ONE | TWO, OURS)
        after = list(self.table._tables[IPV4_UNICAST].values())
        self.assertTrue(all(one is other for one, other in zip(before, after, strict=True)))
        self.assertEqual([entry.members for entry in after if isinstance(entry, Offer)], [OURS | ONE | TWO] * 4)


class WatchdogTests(SynchronousTestCase):
    """Routes that belong to a name."""

    def test_a_new_member_has_those_of_another(self) -> None:
        dogs = Watchdogs()
        one, other = route(PREFIXES[0], 1), route(PREFIXES[0], 2)
        dogs.add(Announcement([one, route(PREFIXES[1])], "dog"), OURS)
        dogs.add(Announcement([other], "dog"), TWO)
        dogs.enrol(ONE | TWO, OURS)
        self.assertEqual(
            sorted(dogs.routes("dog"), key=lambda each: each[1]),
            [(one, OURS | ONE), (other, TWO), (route(PREFIXES[1]), OURS | ONE | TWO)],
        )
        dogs.forget(ONE | TWO)
        self.assertEqual(dogs.routes("dog"), [(one, OURS), (route(PREFIXES[1]), OURS)])
