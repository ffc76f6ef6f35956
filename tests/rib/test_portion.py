"""The table in portions: who is told the same, in what order, and for how long it counts."""

import random

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.offer import Entry, Offer, share
from bgptwist.rib.outgoing import STEP, Outgoing
from bgptwist.rib.portion import Portion, Portions, cut, equals
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import SendContext
from bgptwist.wire.path import Path
from tests.rib.test_outgoing import Writer, context, route, sent

ONE, TWO, THREE = 1, 2, 4
HOP = b"\1\1\1\1"


def offer(members: int, nlri: bytes | None = None) -> Offer:
    return Offer(Path(b""), HOP, members, nlri)


def key(number: int) -> bytes:
    return bytes((24, 10, number >> 8, number & 255))


OFFERS = [offer(members) for members in range(8)]
ENTRIES = st.one_of(
    st.sampled_from(OFFERS), st.dictionaries(st.sampled_from((ONE, TWO, THREE)), st.sampled_from(OFFERS), min_size=1)
)


class CutTests(SynchronousTestCase):
    def test_a_small_table_keeps_its_order(self) -> None:
        table: dict[bytes, Entry] = {key(number): OFFERS[number % 2] for number in range(10)}
        self.assertEqual(cut(table, 10), [list(table)])

    def test_in_a_large_table_those_with_one_offer_follow_each_other(self) -> None:
        table: dict[bytes, Entry] = {key(number): OFFERS[number % 2] for number in range(10)}
        wanted = [key(number) for number in (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)]
        self.assertEqual(cut(table, 4), [wanted[:4], wanted[4:8], wanted[8:]])

    @given(st.lists(ENTRIES, max_size=30), st.integers(1, 40))
    def test_every_key_is_there_once(self, entries: list[Entry], size: int) -> None:
        table = {key(number): entry for number, entry in enumerate(entries)}
        found = [each for portion in cut(table, size) for each in portion]
        self.assertEqual(sorted(found), sorted(table))


class EqualsTests(SynchronousTestCase):
    @given(st.lists(st.none() | ENTRIES, max_size=8), st.sampled_from((ONE, TWO, THREE)))
    def test_who_is_equal_is_told_the_same(self, entries: list[Entry | None], member: int) -> None:
        table = {key(number): entry for number, entry in enumerate(entries) if entry is not None}
        keys = [key(number) for number in range(len(entries))]
        found = equals(table, keys, member)
        self.assertTrue(found & member)
        for other in (ONE, TWO, THREE):
            if found & other:
                for each in keys:
                    self.assertIs(share(table.get(each), other), share(table.get(each), member))

    def test_equal_neighbors_are_found(self) -> None:
        table: dict[bytes, Entry] = {key(1): offer(ONE | TWO), key(2): offer(THREE), key(3): offer(ONE | TWO | THREE)}
        found = equals(table, list(table), ONE)
        self.assertEqual(found & (ONE | TWO | THREE), ONE | TWO)


class PortionTests(SynchronousTestCase):
    def test_messages_count_for_equals_in_one_context_and_one_turn(self) -> None:
        context, other = SendContext({}), SendContext({})
        table: dict[bytes, Entry] = {key(1): offer(ONE | TWO)}
        portion = Portion(list(table))
        self.assertIsNone(portion.messages(ONE, context, 0))
        portion.remember(ONE, context, 7, table, [b"said"])
        self.assertEqual(portion.messages(TWO, context, 7), [b"said"])
        for member, where, turn in ((THREE, context, 7), (ONE, other, 7), (ONE, context, 8)):
            self.assertIsNone(portion.messages(member, where, turn))


class PortionsTests(SynchronousTestCase):
    def test_a_table_is_cut_once_until_it_changed_or_nobody_needs_it(self) -> None:
        tables: dict[object, dict[bytes, Entry]] = {IPV4_UNICAST: {key(1): OFFERS[1]}, IPV6_UNICAST: {}}
        portions = Portions()

        def take(base: object = None, changed: object = ()) -> list[tuple[object, Portion]]:
            return list(portions.all(tables, base, changed, 10))  # type: ignore[arg-type]

        ((family, first),) = take()
        self.assertEqual((family, first), (IPV4_UNICAST, [key(1)]))
        self.assertIs(take()[0][1], first)
        self.assertIs(take(IPV4_UNICAST)[0][1], first)
        self.assertEqual(take(IPV6_UNICAST), [])
        second = take(None, {IPV4_UNICAST})[0][1]
        self.assertIsNot(second, first)
        portions.forget({IPV6_UNICAST: {}})
        self.assertIs(take()[0][1], second)
        portions.forget({IPV4_UNICAST: {}})
        third = take()[0][1]
        self.assertIsNot(third, second)
        portions.forget()
        self.assertIsNot(take()[0][1], third)


class TransferTests(SynchronousTestCase):
    """Large tables, several sessions at once, and changes meanwhile."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.table = Outgoing(self.clock, lambda member, reason: None)
        self.shared = context()
        self.writers: dict[int, Writer] = {}
        self.wanted: dict[int, dict[bytes, bytes]] = {ONE: {}, TWO: {}, THREE: {}}

    def tell(self, numbers: range, med: int, members: int, announce: bool = True) -> None:
        """Announce or withdraw routes, and remember what each member should hold."""
        routes = [route(f"10.{number >> 8}.{number & 255}.0/24", med + number % 7) for number in numbers]
        (self.table.announce if announce else self.table.withdraw)(routes, members)
        for member, held in self.wanted.items():
            for each in routes if member & members else ():
                if announce:
                    held[each.nlri] = sent(each.path)
                else:
                    held.pop(each.nlri, None)

    def join(self, member: int) -> None:
        self.writers[member] = Writer()
        self.table.join(member, self.shared, self.writers[member], ())

    def settle(self) -> None:
        for _ in range(30):
            self.clock.advance(0)

    def test_equal_members_get_the_very_same_messages(self) -> None:
        self.tell(range(3 * STEP), 0, ONE | TWO | THREE)
        for member in self.wanted:
            self.join(member)
        self.settle()
        one, two, three = (self.writers[member] for member in self.wanted)
        self.assertTrue(all(mine is theirs for mine, theirs in zip(one.messages, two.messages, strict=True)))
        self.assertTrue(all(mine is theirs for mine, theirs in zip(one.messages, three.messages, strict=True)))
        self.assertEqual(one.held, self.wanted[ONE])

    def test_who_is_told_something_else_gets_messages_of_its_own(self) -> None:
        self.tell(range(3 * STEP), 0, ONE | TWO | THREE)
        self.tell(range(100), 50, TWO)
        self.tell(range(4000, 4010), 0, THREE, announce=False)
        for member in self.wanted:
            self.join(member)
        self.settle()
        self.assertEqual({member: writer.held for member, writer in self.writers.items()}, self.wanted)

    def test_changes_while_sessions_come_up_reach_everybody(self) -> None:
        for seed in range(20):
            self.setUp()
            chance = random.Random(seed)
            self.tell(range(3 * STEP), 0, ONE | TWO | THREE)
            joins = [ONE, TWO, THREE]
            for _ in range(12):
                if joins and chance.random() < 0.5:
                    self.join(joins.pop())
                if chance.random() < 0.5:
                    start = chance.randrange(3 * STEP + 500)
                    members = chance.choice((ONE, TWO | THREE, ONE | TWO | THREE))
                    self.tell(range(start, start + 50), chance.randrange(60), members, chance.random() < 0.6)
                self.clock.advance(0)
            for member in joins:
                self.join(member)
            self.settle()
            self.assertEqual({member: writer.held for member, writer in self.writers.items()}, self.wanted, seed)

    def test_a_refresh_in_the_turn_of_a_change_tells_the_change(self) -> None:
        self.tell(range(3 * STEP), 0, ONE)
        self.join(ONE)
        self.settle()
        self.tell(range(7000, 7100), 9, ONE)
        self.table.refresh(ONE, [IPV4_UNICAST], False)
        self.settle()
        self.assertEqual(self.writers[ONE].held, self.wanted[ONE])
