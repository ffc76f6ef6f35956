"""Claims against a simple model of them; the calendar stays small."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.speaker.ledger import SLACK, Ledger
from bgptwist.wire.errors import Refused
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import NO_NEXT_HOP
from bgptwist.wire.path import Path
from bgptwist.wire.route import Claim, Route

PATH = Path(b"")
ROUTES = [Route(IPV4_UNICAST, bytes((8, number)), PATH, NO_NEXT_HOP) for number in range(3)]

MEMBERS = st.integers(1, 7)
OWNERS = st.sampled_from(["", "a", "b"])
TTLS = st.sampled_from([0.0, 1.0, 5.0])
STEPS = st.one_of(
    st.tuples(st.just("announce"), st.integers(0, 2), MEMBERS, OWNERS, TTLS),
    st.tuples(st.just("withdraw"), st.integers(0, 2), MEMBERS, OWNERS),
    st.tuples(st.just("renew"), OWNERS, TTLS, MEMBERS),
    st.tuples(st.just("forget"), MEMBERS),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 4.0])),
)


class Model:
    """For each member and route: whether it is told, whose it is, and when it lapses."""

    def __init__(self) -> None:
        self.now = 0.0
        self.held: dict[tuple[int, int], tuple[str, float | None]] = {}

    def mine(self, route: int, members: int, owner: str) -> bool:
        return all(self.held.get((bit, route), ("", 0))[0] in ("", owner) for bit in bits(members))

    def announce(self, route: int, members: int, owner: str, ttl: float) -> None:
        for bit in bits(members):
            self.held.pop((bit, route), None)
            if owner or ttl:
                self.held[bit, route] = (owner, self.now + ttl if ttl else None)

    def withdraw(self, route: int, members: int, owner: str) -> None:
        for bit in bits(members):
            self.held.pop((bit, route), None)

    def renew(self, owner: str, ttl: float, members: int) -> None:
        for (bit, route), (whose, due) in self.held.items():
            if bit & members and owner and whose == owner and due is not None:
                self.held[bit, route] = (owner, self.now + ttl)

    def forget(self, members: int) -> None:
        self.held = {name: value for name, value in self.held.items() if not name[0] & members}

    def wait(self, seconds: float) -> set[tuple[int, int]]:
        self.now += seconds
        gone = {name for name, (_, due) in self.held.items() if due is not None and due <= self.now}
        self.held = {name: value for name, value in self.held.items() if name not in gone}
        return gone


def bits(members: int) -> list[int]:
    return [1 << at for at in range(3) if members >> at & 1]


class LedgerTests(SynchronousTestCase):
    def ledger(self, clock: Clock, gone: Callable[[list[Route], int], object]) -> Ledger:
        return Ledger(clock, gone, lambda text: None)

    @given(st.lists(STEPS, max_size=40))
    def test_it_is_as_the_model_says(self, steps: list[Any]) -> None:
        clock = Clock()
        lapsed: set[tuple[int, int]] = set()
        ledger = self.ledger(
            clock, lambda routes, members: lapsed.update((bit, routes[0].nlri[1]) for bit in bits(members))
        )
        model = Model()
        for name, *rest in steps:
            if name in ("announce", "withdraw"):
                number, members, owner = rest[:3]
                try:
                    ledger.check([ROUTES[number]], members, owner)
                except Refused:
                    self.assertFalse(model.mine(number, members, owner))
                    continue
                self.assertTrue(model.mine(number, members, owner))
            if name == "announce":
                claim = Claim(owner, rest[3]) if owner or rest[3] else None
                ledger.announced([ROUTES[number]], members, claim)
                model.announce(*rest)
            elif name == "withdraw":
                ledger.withdrawn([ROUTES[number]], members)
                model.withdraw(*rest)
            elif name == "renew" and rest[0] and rest[1]:
                ledger.renew(*rest)
                model.renew(*rest)
            elif name == "forget":
                ledger.forget(*rest)
                model.forget(*rest)
            elif name == "wait":
                clock.advance(rest[0])
                self.assertEqual(lapsed, model.wait(rest[0]))
                lapsed.clear()
            self.agree(ledger, model)

    def agree(self, ledger: Ledger, model: Model) -> None:
        found = {
            (bit, held.route.nlri[1]): (held.owner, held.due) for held in ledger.held() for bit in bits(held.members)
        }
        self.assertEqual(found, model.held)
        self.assertEqual(ledger.active, bool(found))
        self.assertEqual(set(ledger._owners), {owner for owner, _ in found.values()} - {""})
        leases = [held for held in ledger.held() if held.due is not None]
        self.assertEqual(ledger._leases, len(leases))
        self.assertEqual(ledger._timer is not None, bool(ledger._calendar))
        for held in leases:
            self.assertIsNotNone(held.noted)

    def test_renewals_do_not_fill_the_calendar(self) -> None:
        clock = Clock()
        ledger = self.ledger(clock, lambda routes, members: None)
        for number in range(20_000):
            ledger.announced(ROUTES, 1, Claim("a", 3600.0 - number % 7))
            if number % 3 == 0:
                ledger.withdrawn(ROUTES, 1)
            ledger.renew("a", 3600.0, 1)
            clock.advance(0.01)
        self.assertLess(len(ledger._calendar), SLACK + 10)
        self.assertEqual(len(clock.getDelayedCalls()), 1)

    def test_nothing_is_kept_of_routes_without_these_words(self) -> None:
        ledger = self.ledger(Clock(), lambda routes, members: None)
        ledger.announced(ROUTES, 7)
        self.assertEqual((ledger.active, ledger._held, ledger._causes), (False, {}, {}))
