"""The Adj-RIB-Out: who is told what, when, and how it is packed."""

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from bgptwist.interfaces import IUpdateWriter
from bgptwist.rib.outgoing import STEP, Outgoing
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.messages.update import decode
from bgptwist.wire.path import Path, PathTable, path_of
from bgptwist.wire.route import Route
from bgptwist.wire.words import Words

FAMILIES = {family.index: family for family in (IPV4_UNICAST, IPV6_UNICAST)}
HOP = bytes((192, 0, 2, 1))
YARDSTICK = SendContext(dict(FAMILIES), local_as=1, external=False)
RECEIVE = ReceiveContext(dict(FAMILIES), external=False)


@implementer(IUpdateWriter)
class Writer:
    """Keeps what it is given, and the state a peer would be in."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.held: dict[bytes, bytes] = {}
        self.ended = 0
        self.paths = PathTable(RECEIVE)
        self.full: Callable[[], None] = lambda: None

    def write_updates(self, messages: Sequence[bytes]) -> None:
        self.full()
        for whole in messages:
            self.messages.append(whole)
            if whole[18] != 2:
                continue
            update = decode(whole[19:], RECEIVE, self.paths)
            for unreach in update.withdrawn:
                for nlri in unreach.nlris:
                    self.held.pop(nlri, None)
            for reach in update.announced:
                for nlri in reach.nlris:
                    self.held[nlri] = sent(update.path)
            self.ended += update.end_of_rib is not None

    def take(self) -> list[str]:
        found = [whole[19:].hex() for whole in self.messages if whole[18] == 2]
        self.messages = []
        return found


def sent(path: Path) -> bytes:
    """The attributes as a peer sees them."""
    return b"".join(path.pack(YARDSTICK))


def route(prefix: str, med: int | None = None) -> Route:
    family = IPV6_UNICAST if ":" in prefix else IPV4_UNICAST
    path = path_of([] if med is None else [Med(med)])
    return Route(family, family.read(Words([prefix])), path, HOP)


def context(group: bool = True) -> SendContext:
    return SendContext(dict(FAMILIES), local_as=1, external=False, group=group)


class OutgoingTests(SynchronousTestCase):
    """A table, a clock and some writers."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.problems: list[str] = []
        self.table = Outgoing(self.clock, lambda member, reason: self.problems.append(reason))

    def turn(self) -> None:
        self.clock.advance(0)

    def join(self, member: int, shared: SendContext | None = None, settle: float = 0.0) -> Writer:
        writer = Writer()
        self.table.join(member, shared or context(), writer, (IPV4_UNICAST,), settle)
        self.turn()
        return writer

    def test_a_route_that_goes_and_comes_back_in_one_turn_is_seen_to_do_both(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        writer.take()
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        first, second = [decode(bytes.fromhex(body), RECEIVE, writer.paths) for body in writer.take()]
        self.assertEqual((len(first.withdrawn), len(first.announced)), (1, 0))
        self.assertEqual((len(second.withdrawn), len(second.announced)), (0, 1))

    def test_a_route_that_comes_and_goes_in_one_turn_is_seen_to_do_both_unless_it_is_plain(self) -> None:
        for prefix, messages in (("2001:db8::/32", 2), ("10.0.0.0/24", 0)):
            self.table = Outgoing(self.clock, lambda member, reason: self.problems.append(reason))
            writer = self.join(1)
            writer.take()
            self.table.announce([route(prefix)], 1)
            self.table.withdraw([route(prefix)], 1)
            self.turn()
            self.assertEqual(len(writer.take()), messages, prefix)
            self.assertEqual(writer.held, {})

    def told(self, writer: Writer) -> list[bytes]:
        """The NLRI that were announced, message by message."""
        updates = [decode(bytes.fromhex(body), RECEIVE, writer.paths) for body in writer.take()]
        return [nlri for update in updates for reach in update.announced for nlri in reach.nlris]

    def test_what_comes_while_a_session_begins_comes_last_and_nothing_twice(self) -> None:
        first = [route(f"10.{number >> 8}.{number & 255}.0/24") for number in range(3 * STEP)]
        later = [route(f"11.0.{number}.0/24") for number in range(200)]
        self.table.announce(first, 1)
        writer = Writer()
        self.table.join(1, context(), writer, (IPV4_UNICAST,))
        self.table.announce(later[:50], 1)
        self.turn()
        self.table.announce(later[50:100], 1)
        self.turn()
        self.table.pause(1)
        self.table.announce(later[100:150], 1)
        self.turn()
        self.table.resume(1)
        self.table.announce(later[150:], 1)
        for _ in range(10):
            self.turn()
        found = self.told(writer)
        self.assertEqual(found[: len(first) + 50], [each.nlri for each in (*first, *later[:50])])
        self.assertEqual(found[len(first) + 50 :], [each.nlri for each in later[50:]])
        self.assertFalse(self.table.is_behind(1))
        self.assertEqual(writer.ended, 1)

    def test_attributes_alone_stand_before_a_first_withdrawal_as_in_exabgp(self) -> None:
        writer = self.join(1)
        writer.take()
        self.table.withdraw([route("2001:db8::/32", 5)], 1)
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.turn()
        bare, gone = [decode(bytes.fromhex(body), RECEIVE, writer.paths) for body in writer.take()]
        self.assertEqual((bare.announced, bare.withdrawn, sent(bare.path)), ([], [], sent(route("::/0", 5).path)))
        self.assertEqual([unreach.family for unreach in gone.withdrawn], [IPV6_UNICAST])
        self.table.withdraw([route("2001:db8::/32", 5)], 1)
        self.turn()
        self.assertEqual(len(writer.take()), 1)

    def test_a_session_is_told_everything_then_end_of_rib(self) -> None:
        self.table.announce([route("10.0.0.0/24"), route("10.0.1.0/24")], 1)
        writer = self.join(1)
        self.assertEqual(
            writer.take(),
            ["0000001540010100400200400304c0000201400504000000" + "64180a0000180a0001", "00000000"],
        )

    def test_routes_of_one_turn_share_an_update(self) -> None:
        writer = self.join(1)
        writer.take()
        for third in range(3):
            self.table.announce([route(f"10.0.{third}.0/24", 5)], 1)
        self.turn()
        self.assertEqual(len(writer.take()), 1)

    def test_without_grouping_each_route_has_its_update(self) -> None:
        writer = self.join(1, context(group=False))
        writer.take()
        self.table.announce([route("10.0.0.0/24"), route("10.0.1.0/24")], 1)
        self.turn()
        self.assertEqual(len(writer.take()), 2)

    def test_the_same_route_again_is_not_told_again(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        writer.take()
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        self.assertEqual(writer.take(), [])

    def test_the_newest_of_one_turn_wins(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24", 1)], 1)
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.table.announce([route("10.0.0.0/24", 2)], 1)
        self.turn()
        self.assertEqual(writer.held, {route("10.0.0.0/24").nlri: sent(route("10.0.0.0/24", 2).path)})

    def test_a_peer_that_was_told_nothing_gets_no_withdrawal(self) -> None:
        writer = self.join(1)
        writer.take()
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.turn()
        self.assertEqual(writer.take(), [])

    def test_an_unknown_prefix_is_withdrawn_once_something_was_told(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        writer.take()
        self.table.withdraw([route("10.9.0.0/24")], 1)
        self.turn()
        self.assertEqual(writer.take(), ["0004180a09000000"])

    def test_two_peers_can_be_told_different_things(self) -> None:
        one, two = self.join(1), self.join(2)
        self.table.announce([route("10.0.0.0/24", 1)], 3)
        self.table.announce([route("10.0.0.0/24", 2)], 2)
        self.turn()
        key = route("10.0.0.0/24").nlri
        self.assertEqual(one.held[key], sent(route("10.0.0.0/24", 1).path))
        self.assertEqual(two.held[key], sent(route("10.0.0.0/24", 2).path))
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.turn()
        self.assertEqual((one.held, len(two.held)), ({}, 1))

    def test_equal_peers_share_one_packing(self) -> None:
        shared = context()
        one, two = self.join(1, shared), self.join(2, shared)
        one.take(), two.take()
        self.table.announce([route("10.0.0.0/24")], 3)
        self.turn()
        self.assertIs(one.messages[0], two.messages[0])

    def test_a_full_transport_is_owed_only_the_newest(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24", 1), route("10.0.1.0/24", 1)], 1)
        self.turn()
        writer.take()
        self.table.pause(1)
        for med in range(2, 50):
            self.table.announce([route("10.0.0.0/24", med)], 1)
            self.turn()
        self.table.withdraw([route("10.0.1.0/24")], 1)
        self.turn()
        self.assertEqual(writer.take(), [])
        self.table.resume(1)
        self.turn()
        self.assertEqual(len(writer.take()), 2)
        self.assertEqual(writer.held, {route("10.0.0.0/24").nlri: sent(route("10.0.0.0/24", 49).path)})

    def test_a_long_table_is_told_in_steps_that_stop_when_the_transport_is_full(self) -> None:
        self.table.announce([route(f"10.{n >> 8}.{n & 255}.0/24", n % 7) for n in range(10000)], 1)
        self.turn()
        writer = Writer()
        writer.full = lambda: self.table.pause(1)
        self.table.join(1, context(), writer, (IPV4_UNICAST,))
        steps = 0
        while not writer.ended:
            before = len(writer.held)
            self.turn()
            self.assertLessEqual(len(writer.held) - before, 2000)
            self.table.resume(1)
            steps += 1
        self.assertGreaterEqual(steps, 5)
        self.assertEqual((len(writer.held), writer.ended), (10000, 1))

    def test_clear_withdraws_everything_of_one_peer(self) -> None:
        one, two = self.join(1), self.join(2)
        self.table.announce([route("10.0.0.0/24"), route("10.0.1.0/24", 4)], 3)
        self.turn()
        self.table.clear(1)
        self.turn()
        self.assertEqual((len(one.held), len(two.held)), (0, 2))

    def test_a_refresh_is_bracketed_when_it_is_enhanced(self) -> None:
        writer = self.join(1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        writer.messages = []
        self.table.refresh(1, [IPV4_UNICAST], True)
        self.turn()
        self.assertEqual([whole[18] for whole in writer.messages], [5, 2, 5])
        self.assertEqual(writer.messages[0][19:].hex(), "00010101")
        self.assertEqual(writer.messages[2][19:].hex(), "00010201")

    def test_end_of_rib_waits_for_helpers_to_settle(self) -> None:
        writer = self.join(1, settle=1.0)
        self.clock.advance(0.5)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        self.clock.advance(0.6)
        self.assertEqual(writer.ended, 0)
        self.clock.advance(0.5)
        self.assertEqual(writer.ended, 1)

    def test_a_new_session_gets_everything_again(self) -> None:
        self.join(1)
        self.table.announce([route("10.0.0.0/24")], 1)
        self.turn()
        self.table.leave(1)
        self.table.withdraw([route("10.5.0.0/24")], 1)
        self.turn()
        self.assertEqual(len(self.join(1).held), 1)

    def test_routes_of_a_family_that_was_not_agreed_are_reported_once(self) -> None:
        self.join(1, SendContext({IPV4_UNICAST.index: IPV4_UNICAST}, local_as=1))
        for number in range(3):
            self.table.announce([route(f"2001:db8:{number}::/48")], 1)
            self.turn()
        self.assertEqual(self.problems, ["routes of ipv6 unicast are not sent: the peer did not agree to that family"])

    def test_each_of_many_peers_can_be_told_something_else(self) -> None:
        shared = context()
        writers = [self.join(1 << number, shared) for number in range(40)]
        for number in range(40):
            self.table.announce([route("10.0.0.0/24", number)], 1 << number)
        self.turn()
        key = route("10.0.0.0/24").nlri
        self.assertEqual(
            [writer.held[key] for writer in writers], [sent(route("10.0.0.0/24", n).path) for n in range(40)]
        )
        self.table.announce([route("10.0.0.0/24", 99)], (1 << 40) - 1)
        self.turn()
        self.assertEqual({writer.held[key] for writer in writers}, {sent(route("10.0.0.0/24", 99).path)})
        self.table.withdraw([route("10.0.0.0/24")], (1 << 39) - 1)
        self.turn()
        self.assertEqual([len(writer.held) for writer in writers], [0] * 39 + [1])
        self.assertEqual(self.table.count(1 << 39), 1)

    def test_without_add_path_a_route_goes_with_the_last_of_its_paths(self) -> None:
        writer = self.join(1)
        family = IPV4_UNICAST.with_path_id
        plain = route("10.0.0.0/24").nlri
        one, two = (Route(family, bytes((0, 0, 0, n)) + plain, path_of([Med(n)]), HOP) for n in (1, 2))
        self.table.announce([one, two, route("10.0.0.0/24", 3)], 1)
        self.turn()
        self.table.withdraw([route("10.0.0.0/24")], 1)
        self.turn()
        self.assertIn(writer.held[plain], [sent(one.path), sent(two.path)])
        self.table.withdraw([two], 1)
        self.turn()
        self.assertEqual(writer.held, {plain: sent(one.path)})
        self.table.pause(1)
        self.table.announce([two], 1)
        self.table.withdraw([one], 1)
        self.turn()
        self.table.resume(1)
        self.turn()
        self.assertEqual(writer.held, {plain: sent(two.path)})
        self.table.withdraw([two], 1)
        self.turn()
        self.assertEqual(writer.held, {})

    def test_what_cannot_be_sent_is_reported(self) -> None:
        self.join(1)
        self.table.announce([Route(IPV6_UNICAST, b"\x20\x20\x01\x0d\xb8", path_of([]), b"self!")], 1)
        self.turn()
        self.assertEqual(len(self.problems), 1)
        self.assertIn("next-hop self", self.problems[0])

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["announce", "withdraw", "turn", "pause", "resume", "leave", "clear"]),
                st.integers(0, 5),
                st.integers(0, 3),
                st.sampled_from([1, 2, 4, 3, 7]),
            ),
            max_size=60,
        )
    )
    def test_in_the_end_every_peer_holds_what_the_table_says(self, steps: list[tuple[str, int, int, int]]) -> None:
        clock = Clock()
        table = Outgoing(clock, lambda member, reason: self.fail(reason))
        shared = context()
        writers: dict[int, Writer] = {}
        expected: dict[int, dict[bytes, bytes]] = {1: {}, 2: {}, 4: {}}
        for word, prefix, med, members in steps:
            one = route(f"10.0.{prefix}.0/24", med)
            if word == "announce":
                table.announce([one], members)
                for bit in (1, 2, 4):
                    if bit & members:
                        expected[bit][one.nlri] = sent(one.path)
            elif word == "withdraw":
                table.withdraw([one], members)
                for bit in (1, 2, 4):
                    if bit & members:
                        expected[bit].pop(one.nlri, None)
            elif word == "clear":
                table.clear(members)
                for bit in (1, 2, 4):
                    if bit & members:
                        expected[bit].clear()
            elif word == "turn":
                clock.advance(0)
            elif word == "leave":
                table.leave(members & -members)
                writers.pop(members & -members, None)
            else:
                bit = members & -members
                if bit not in writers:
                    writers[bit] = Writer()
                    table.join(bit, shared, writers[bit], (IPV4_UNICAST,))
                elif word == "pause":
                    table.pause(bit)
                else:
                    table.resume(bit)
        for bit in writers:
            table.resume(bit)
        for _ in range(5):
            clock.advance(0)
        for bit, writer in writers.items():
            self.assertEqual(writer.held, expected[bit])
            self.assertEqual({r.nlri: sent(r.path) for _, r in table.routes(bit)}, expected[bit])
            self.assertEqual(writer.ended, 1)
