"""maximum-prefix: what is counted, what is said, how the session ends and when another one may begin."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.incoming import Incoming
from bgptwist.rib.tally import Tally
from bgptwist.session.negotiation import Local
from bgptwist.settings.model import CapabilitySettings, NeighborSettings, PrefixLimit
from bgptwist.speaker.ceiling import Ceiling
from bgptwist.speaker.events import StateChanged, UpdateMessage
from bgptwist.wire.families import labelled
from bgptwist.wire.families.inet import IPV4_MULTICAST, IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.framing import KEEPALIVE, NOTIFICATION, OPEN, ROUTE_REFRESH, UPDATE
from bgptwist.wire.kinds import Family, SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.update import Reach, Unreach, Update
from bgptwist.wire.path import Path, path_of
from tests.fakes import RecordingDriver
from tests.speaker.test_peer import HOP, OFFER, OURS, PeerTestCase, route

ADD_PATH = IPV4_UNICAST.with_path_id
FAMILIES = (IPV4_UNICAST, IPV6_UNICAST, ADD_PATH, labelled.IPV4)
NLRIS = {
    IPV4_UNICAST: [bytes((24, 10, 0, number)) for number in range(4)],
    IPV6_UNICAST: [bytes((16, 32, number)) for number in range(4)],
    ADD_PATH: [bytes((0, 0, 0, number, 24, 10, 0, 0)) for number in range(4)],
    labelled.IPV4: [bytes((48, 0, number, 1, 10, 0, number & 1)) for number in range(4)],
}
CHANGES = st.lists(
    st.tuples(st.booleans(), st.sampled_from(FAMILIES), st.lists(st.integers(0, 3), min_size=1, max_size=4)),
    max_size=20,
)


def prefix(number: int) -> bytes:
    return bytes((24, 10, number >> 8, number & 255))


def message(*numbers: int, withdraw: bool = False, family: Family = IPV4_UNICAST) -> bytes:
    """The body of an UPDATE as the peer sends it."""
    context = SendContext({family.index: family}, local_as=65002)
    nlris = [prefix(number) for number in numbers]
    if withdraw:
        return updates.withdraw(context, family, path_of([]), HOP, nlris)[0][19:]
    return updates.announce(context, family, path_of([]), HOP, nlris)[0][19:]


class TallyTests(SynchronousTestCase):
    """Without an Adj-RIB-In the keys are counted: the same as with one."""

    @given(CHANGES)
    def test_it_counts_what_an_adj_rib_in_holds(self, changes: list[tuple[bool, Family, list[int]]]) -> None:
        tally, incoming = Tally(), Incoming()
        tally.keep((IPV4_UNICAST, IPV6_UNICAST, labelled.IPV4))
        for announce, family, numbers in changes:
            nlris = [NLRIS[family][number] for number in numbers]
            reach = [Reach(family, HOP, nlris)] if announce else []
            update = Update(Path(b""), reach, [] if announce else [Unreach(family, nlris)])
            tally.update(update)
            incoming.update(update)
            for counted in (None, IPV4_UNICAST, IPV6_UNICAST, labelled.IPV4):
                self.assertEqual(tally.count(counted), incoming.count(counted))

    def test_it_keeps_only_what_is_wanted(self) -> None:
        tally = Tally()
        update = Update(Path(b""), [Reach(family, HOP, NLRIS[family]) for family in FAMILIES], [])
        tally.update(update)
        self.assertEqual(tally.count(None), 0)
        tally.keep((IPV4_UNICAST, IPV6_UNICAST))
        tally.update(update)
        self.assertEqual((tally.count(None), tally.count(IPV4_UNICAST)), (12, 8))
        tally.keep((IPV6_UNICAST,))
        self.assertEqual((tally.count(None), tally.count(IPV6_UNICAST)), (4, 4))


class CeilingTests(SynchronousTestCase):
    """The limits of one session."""

    def ceiling(self, *limits: PrefixLimit, kept: bool = True) -> Ceiling:
        self.lines: list[str] = []
        self.incoming = Incoming() if kept else None
        return Ceiling(limits, (IPV4_UNICAST, IPV6_UNICAST), self.incoming, self.lines.append)

    def feed(self, ceiling: Ceiling, first: int, last: int, family: Family = IPV4_UNICAST) -> Any:
        """The outcome of an UPDATE with these routes."""
        nlris = [bytes((24, 10, 0, number)) for number in range(first, last)]
        update = Update(Path(b""), [Reach(family, HOP, nlris)], [])
        if self.incoming is not None:
            self.incoming.update(update)
        return ceiling.update(update)

    def test_one_more_than_allowed_is_too_much(self) -> None:
        for kept in (True, False):
            ceiling = self.ceiling(PrefixLimit(4, restart=30), kept=kept)
            self.assertIsNone(self.feed(ceiling, 0, 4))
            self.assertIsNone(self.feed(ceiling, 0, 4), "the same again")
            cease = self.feed(ceiling, 4, 5)
            self.assertEqual((cease.code, cease.subcode, cease.data.hex()), (6, 1, "00010100000004"))
            self.assertEqual(ceiling.penalty, 30)
            self.assertEqual(self.lines, ["maximum-prefix: 4 routes of 4", "maximum-prefix: 5 routes, 4 are allowed"])

    def test_a_family_is_counted_by_itself(self) -> None:
        ceiling = self.ceiling(PrefixLimit(2, IPV6_UNICAST))
        self.assertIsNone(self.feed(ceiling, 0, 100))
        self.assertEqual(self.feed(ceiling, 0, 3, IPV6_UNICAST).data.hex(), "00020100000002")
        self.assertEqual(self.lines, ["maximum-prefix: 3 routes of ipv6 unicast, 2 are allowed"])

    def test_all_together_name_the_family_that_was_too_much(self) -> None:
        ceiling = self.ceiling(PrefixLimit(10))
        self.feed(ceiling, 0, 6)
        self.assertEqual(self.feed(ceiling, 0, 6, IPV6_UNICAST).data.hex(), "0002010000000a")

    def test_several_limits_are_all_watched(self) -> None:
        ceiling = self.ceiling(PrefixLimit(100), PrefixLimit(2, IPV4_UNICAST))
        self.assertEqual(self.feed(ceiling, 0, 3).data.hex(), "00010100000002")

    def test_a_limit_of_a_family_that_was_not_agreed_counts_nothing(self) -> None:
        self.assertIsNone(self.feed(self.ceiling(PrefixLimit(1, IPV4_MULTICAST)), 0, 5))

    def test_the_warning_comes_once(self) -> None:
        ceiling = self.ceiling(PrefixLimit(10, warning=50))
        for number in range(1, 10):
            self.feed(ceiling, 0, number)
        self.assertEqual(self.lines, ["maximum-prefix: 5 routes of 10"])

    def test_a_limit_may_only_warn(self) -> None:
        for kept in (True, False):
            ceiling = self.ceiling(PrefixLimit(2, warning_only=True), kept=kept)
            for number in range(2, 100):
                self.assertIsNone(self.feed(ceiling, 0, number))
            self.assertEqual(len(self.lines), 2)
            self.assertEqual(ceiling.held(None), 99 if kept else 0, "keys are kept only while somebody counts")

    def test_a_lower_limit_counts_at_once(self) -> None:
        ceiling = self.ceiling(PrefixLimit(10))
        self.feed(ceiling, 0, 5)
        ceiling.adjust((PrefixLimit(5),))
        self.assertIsNone(ceiling.check(IPV4_UNICAST))
        ceiling.adjust((PrefixLimit(4),))
        self.assertIsNotNone(ceiling.check(IPV4_UNICAST))


class SessionTests(PeerTestCase):
    """A session that ends because of it."""

    LIMITED = replace(OURS, maximum_prefix=(PrefixLimit(3, restart=100),))

    def meet(self, settings: NeighborSettings = LIMITED, theirs: Local = OFFER) -> None:
        self.begin(settings)
        self.driver: RecordingDriver = self.establish(theirs.open().octets())

    def hear(self, *numbers: int, **how: Any) -> None:
        self.peer.received(self.driver, UPDATE, message(*numbers, **how))

    def ending(self) -> str:
        """The NOTIFICATION that was sent, in hexadecimal."""
        kind, body = self.driver.messages[-1]
        return body.hex() if kind == NOTIFICATION else ""

    def test_the_session_ends_with_the_bound_and_helpers_hear_the_reason(self) -> None:
        self.meet()
        self.hear(1, 2, 3)
        self.assertEqual(self.ending(), "")
        self.hear(4)
        self.assertEqual((self.ending(), self.driver.closed), ("060100010100000003", True))
        self.assertEqual(self.world.downs(), ["notification sent (6,1)"])
        self.assertEqual(len([event for event in self.sink.of(UpdateMessage) if event.direction == "receive"]), 2)
        self.assertIn("maximum-prefix: 4 routes, 3 are allowed", "\n".join(self.world.lines))

    def test_nothing_is_heard_after_it(self) -> None:
        self.meet()
        self.hear(1, 2, 3, 4)
        self.hear(5)
        self.assertEqual(len(self.sink.of(UpdateMessage)), 2, "one came and one, the End-of-RIB, went")

    def test_the_next_attempt_waits(self) -> None:
        self.meet()
        attempts = len(self.network.attempts)
        self.hear(1, 2, 3, 4)
        self.clock.advance(99)
        self.assertEqual(len(self.network.attempts), attempts)
        self.clock.advance(1)
        self.assertEqual(len(self.network.attempts), attempts + 1)

    def test_its_connections_are_refused_meanwhile(self) -> None:
        self.meet(replace(self.LIMITED, passive=False))
        self.hear(1, 2, 3, 4)
        self.assertFalse(self.peer.accept(RecordingDriver()))
        self.clock.advance(100)
        self.assertFalse(self.peer.barred)

    def test_for_ever_is_until_somebody_resets_it(self) -> None:
        self.meet(replace(OURS, maximum_prefix=(PrefixLimit(3, restart=None),)))
        attempts = len(self.network.attempts)
        self.hear(1, 2, 3, 4)
        self.clock.advance(1e9)
        self.assertEqual((len(self.network.attempts), self.peer.state), (attempts, "ACTIVE"))
        self.assertFalse(self.peer.accept(RecordingDriver()))
        self.peer.teardown(4)
        self.clock.advance(0)
        self.assertEqual(len(self.network.attempts), attempts + 1)
        self.assertTrue(self.peer.takes)

    def test_another_end_means_no_penalty(self) -> None:
        self.meet()
        self.hear(1)
        self.peer.disconnected(self.driver, "lost")
        self.assertFalse(self.peer.barred)

    def test_without_an_adj_rib_in_keys_are_counted(self) -> None:
        self.meet(replace(self.LIMITED, adj_rib_in=False))
        self.hear(1, 2, 3)
        self.hear(1, withdraw=True)
        self.hear(4)
        self.assertEqual((self.ending(), self.peer.incoming), ("", None))
        assert self.peer.exchange is not None
        self.assertEqual(self.peer.exchange.held(None), 3)
        self.hear(5)
        self.assertEqual(self.ending(), "060100010100000003")

    def test_what_a_refresh_removes_is_not_counted(self) -> None:
        capability = CapabilitySettings(route_refresh=True)
        self.meet(replace(self.LIMITED, capability=capability))
        self.hear(1, 2, 3)
        self.peer.received(self.driver, ROUTE_REFRESH, bytes((0, 1, 1, 1)))
        self.peer.received(self.driver, ROUTE_REFRESH, bytes((0, 1, 2, 1)))
        self.hear(4, 5, 6)
        self.assertEqual(self.ending(), "")

    def test_a_reload_changes_the_limit_of_a_session(self) -> None:
        self.meet(OURS)
        self.hear(1, 2, 3)
        self.peer.adjust(replace(OURS, maximum_prefix=(PrefixLimit(3),)))
        self.assertEqual(self.ending(), "")
        self.peer.adjust(self.LIMITED)
        self.hear(1)
        self.peer.adjust(replace(OURS, maximum_prefix=(PrefixLimit(2),)))
        self.assertEqual(self.ending(), "060100010100000002")

    def test_the_next_session_counts_from_the_beginning(self) -> None:
        self.meet()
        self.hear(1, 2, 3, 4)
        self.clock.advance(100)
        self.driver = self.network.attempts[-1].succeed()
        self.peer.received(self.driver, OPEN, OFFER.open().octets())
        self.peer.received(self.driver, KEEPALIVE, b"")
        self.hear(1, 2, 3)
        self.assertEqual((self.ending(), [event.state for event in self.sink.of(StateChanged)][-1]), ("", "up"))


class SentTests(PeerTestCase):
    """maximum-prefix-out: the session lives, the rest waits."""

    def test_the_rest_waits(self) -> None:
        self.begin(replace(OURS, maximum_prefix_out=((None, 2),)))
        driver = self.establish()
        self.world.outgoing.announce([route(prefix(number)) for number in range(5)], self.peer.member)
        self.clock.advance(0)
        assert self.peer.exchange is not None
        self.assertEqual((driver.closed, self.peer.exchange.untold), (False, 3))
        body = [body for kind, body in driver.messages if kind == UPDATE][-1]
        self.assertEqual(body[-8:], prefix(0) + prefix(1))
        self.assertEqual(self.world.problems, ["maximum-prefix-out: 2 routes are told, the others wait"])

    def test_the_last_before_the_end_count_too(self) -> None:
        self.begin(replace(OURS, maximum_prefix_out=((IPV4_UNICAST, 2),)))
        self.world.outgoing.announce([route(prefix(number)) for number in range(5)], self.peer.member)
        driver = self.establish()
        self.clock.advance(0)
        bodies = [body for kind, body in driver.messages if kind == UPDATE]
        self.assertEqual([len(body) for body in bodies][1:], [4], "one UPDATE and the End-of-RIB")
