"""Reloads of any configurations, carried out on a model of a daemon: what was planned makes the old the new.

The configurations are texts, drawn from a grammar and loaded as files are; the model has what a plan must not disturb
besides what it must change: sessions, running helpers, routes that helpers announced, the state of watchdogs.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.route import RouteReader
from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment, HelperSettings, NeighborSettings, Settings, StaticRoute
from bgptwist.settings.plan import GENTLE, HARSH, Listener, Plan, RouteChanges, listeners, plan, route_key
from bgptwist.wire.kinds import Family
from bgptwist.wire.route import Route

Key = tuple[Family, bytes]

# ------------------------------------------------------------------ configurations


def some(*values: str) -> st.SearchStrategy[str]:
    """One of the words, or nothing."""
    return st.sampled_from(("", *values))


PREFIXES = ("10.0.0.0/8", "10.1.0.0/16", "192.0.2.1", "224.1.0.0/16")
TAILS = st.builds(
    lambda *parts: " ".join(filter(None, parts)),
    st.sampled_from(("next-hop self", "next-hop 10.9.9.1", "next-hop 10.9.9.2")),
    some("med 1", "med 2"),
    some("as-path [ 1 2 ] community [ 1:1 no-export ]"),
    some("", "", "", "label 3", "label 3 rd 1:1", "path-information 1", "path-information 2"),
    some("watchdog dog", "watchdog cat", "watchdog dog withdraw"),
    some("", "", "", "split /10", "split /17"),
)
ROUTES = st.builds(lambda prefix, tail: f"static {{ route {prefix} {tail}; }}", st.sampled_from(PREFIXES), TAILS)
RULES = st.builds(
    lambda source, action: f"flow {{ route {{ match {{ source {source}; }} then {{ {action}; }} }} }}",
    st.sampled_from(("10.0.0.0/8", "10.1.0.0/16")),
    st.sampled_from(("discard", "rate-limit 9600", "redirect 1:1")),
)
APIS = st.builds(
    lambda names, flags: f"api {{ processes [ {names} ]; {flags} }}",
    st.sampled_from(("a", "b", "a b", "c")),
    some("neighbor-changes;", "fsm;", "receive { parsed; update; }"),
)
VALUES = (
    *("hold-time 30;", "hold-time 90;", "description x;", "description y;", "connect 1790;", "listen 1790;"),
    *("listen 1791;", "md5-password a;", "md5-password b;", "passive true;", "manual-eor true;", "rate-limit 5;"),
    *("outgoing-ttl 5;", "host-name a;", "capability { asn4 disable; }", "capability { add-path send; }"),
    *("capability { graceful-restart 60; }", "add-path { ipv4 unicast; }", "nexthop { ipv4 unicast ipv6; }"),
    *("maximum-prefix 10;", "maximum-prefix-out 20;", "family { ipv6 unicast; }", "group-updates false;"),
)
STATEMENTS = st.one_of(st.sampled_from(VALUES), APIS, RULES, ROUTES, ROUTES, ROUTES)
FAMILIES = "family { ipv4 unicast; ipv4 multicast; ipv4 nlri-mpls; ipv4 mpls-vpn; ipv4 flow; }"
ADDRESSES = ("10.9.9.2", "10.9.9.3", "10.9.9.4")


class Peer(NamedTuple):
    """A neighbor as it is drawn."""

    peer_as: int
    inherits: bool
    statements: list[str]


class Draft(NamedTuple):
    """A configuration as it is drawn: programs by name, the statements of a template, neighbors by address."""

    helpers: dict[str, str]
    template: list[str]
    peers: dict[str, Peer]
    environment: Environment

    def text(self) -> str:
        """The file."""
        parts = [f"process {name} {{ run {run}; encoder json; }}" for name, run in self.helpers.items()]
        parts.append(f"template {{ neighbor t {{ {' '.join(self.template)} }} }}")
        start = f"router-id 10.9.9.1; local-address 10.9.9.1; local-as 65001; {FAMILIES}"
        for address, peer in self.peers.items():
            use = "inherit t;" if peer.inherits else ""
            inside = f"{start} peer-as {peer.peer_as}; {use} {' '.join(peer.statements)}"
            parts.append(f"neighbor {address} {{ {inside} }}")
        return "\n".join(parts)

    def settings(self, reader: RouteReader | None = None) -> Settings:
        """What the file means."""
        return load_text(self.text(), self.environment, routes=reader)


HELPERS = st.fixed_dictionaries(
    {name: st.sampled_from(("/bin/cat", "/bin/cat -u", "/bin/true")) for name in "abc"},
    optional={"d": st.just("/bin/cat")},
)
PEERS = st.builds(Peer, st.sampled_from((65001, 65001, 65002)), st.booleans(), st.lists(STATEMENTS, max_size=6))
ENVIRONMENTS = st.builds(
    Environment,
    tcp_bind=st.sampled_from(((), ("127.0.0.1",), ("127.0.0.1", "::1"))),
    tcp_port=st.sampled_from((179, 1790)),
)
DRAFTS = st.builds(
    Draft,
    HELPERS,
    st.lists(STATEMENTS, max_size=4),
    st.dictionaries(st.sampled_from(ADDRESSES), PEERS, max_size=3),
    ENVIRONMENTS,
)


@st.composite
def edited(draw: st.DrawFn, before: Draft) -> Draft:
    """A configuration after somebody changed a few lines."""

    def lines(old: list[str]) -> list[str]:
        cut = draw(st.integers(0, 2 * len(old)))
        return [*old[:cut], *old[cut + 1 :], *draw(st.lists(STATEMENTS, max_size=2))]

    peers = {
        address: peer._replace(statements=lines(peer.statements))
        for address, peer in before.peers.items()
        if draw(st.integers(0, 5))
    }
    peers = draw(st.dictionaries(st.sampled_from(ADDRESSES), PEERS, max_size=1)) | peers
    return before._replace(
        helpers=draw(st.one_of(st.just(before.helpers), HELPERS)),
        template=draw(st.one_of(st.just(before.template), st.just(lines(before.template)))),
        peers=peers,
        environment=draw(st.one_of(st.just(before.environment), ENVIRONMENTS)),
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Settings, Settings]:
    """Two configurations, of which the second often is the first with a few changes; as the daemon loads them."""
    reader = RouteReader() if draw(st.booleans()) else None
    old = draw(DRAFTS)
    new = draw(edited(old)) if draw(st.integers(0, 4)) else draw(DRAFTS)
    return old.settings(reader), new.settings(reader)


# ------------------------------------------------------------------ the model


class Peering:
    """A neighbor of the model: its settings, its session, and its table.

    `static` are the routes of the file, `announced` those of helpers, which a reload must leave alone.  `watched` are
    the routes of watchdogs, of two with one key the later, and whether each is announced now.  `table` is what the peer
    has of the file: a route of its own wins over one of a watchdog.
    """

    def __init__(self, settings: NeighborSettings, number: int) -> None:
        self.settings = settings
        self.session = number
        self.static: dict[Key, Route] = {route_key(route): route for route in settings.routes}
        self.announced: dict[Key, Route] = {}
        self.watched: dict[tuple[str, Key], tuple[StaticRoute, bool]] = {}
        self.table: dict[Key, Route] = {}
        self.watch(settings.watched)
        self.table |= self.static

    def watch(self, routes: Iterable[StaticRoute]) -> None:
        """Routes of watchdogs, announced unless they are held."""
        for static in routes:
            key = route_key(static.route)
            self.watched[static.watchdog, key] = (static, not static.held)
            if not static.held:
                self.table[key] = static.route

    def change(self, changes: RouteChanges) -> None:
        """As the speaker does it."""
        for route in (*changes.withdraw, *(static.route for static in changes.unwatch)):
            if self.table.get(route_key(route)) == route:
                del self.table[route_key(route)]
        for route in changes.withdraw:
            del self.static[route_key(route)]
        for static in changes.unwatch:
            known, _ = self.watched.pop((static.watchdog, route_key(static.route)))
            assert known == static
        self.watch(changes.watch)
        for route in changes.announce:
            self.static[route_key(route)] = self.table[route_key(route)] = route


class Daemon:
    """What a plan acts on."""

    def __init__(self, settings: Settings) -> None:
        self.count = 0
        self.helpers: dict[str, tuple[HelperSettings, int]] = {}
        self.ports: dict[Listener, int] = {}
        self.peers: dict[str, Peering] = {}
        self.told: list[str] = []
        """What was done, in order."""
        for helper in settings.helpers:
            self.helpers[helper.name] = (helper, self.next())
        for listener in listeners(settings):
            self.ports[listener] = self.next()
        for neighbor in settings.neighbors:
            self.peers[neighbor.name] = Peering(neighbor, self.next())

    def next(self) -> int:
        """A number for something that was started."""
        self.count += 1
        return self.count

    def apply(self, found: Plan) -> None:
        """Carry out a plan in its order; what it names must be there, and what it starts must not."""
        for name in found.stopped_helpers:
            del self.helpers[name]
        for listener in found.closed:
            del self.ports[listener]
        for name in found.removed:
            del self.peers[name]
        for neighbor in found.restarted:
            self.peers[neighbor.name].settings = neighbor
            self.peers[neighbor.name].session = self.next()
        for neighbor in found.adjusted:
            self.peers[neighbor.name].settings = neighbor
        for neighbor in found.added:
            assert neighbor.name not in self.peers
            self.peers[neighbor.name] = Peering(neighbor, self.next())
        for listener in found.opened:
            assert listener not in self.ports
            self.ports[listener] = self.next()
        for helper in found.started_helpers:
            assert helper.name not in self.helpers
            self.helpers[helper.name] = (helper, self.next())
        for name, changes in found.routes:
            self.peers[name].change(changes)


def state(daemon: Daemon) -> object:
    """What the file decides, without the numbers of what was started."""
    return (
        {name: settings for name, (settings, _) in daemon.helpers.items()},
        set(daemon.ports),
        {name: peer.settings for name, peer in daemon.peers.items()},
        {name: peer.static for name, peer in daemon.peers.items()},
        {name: {key: static for key, (static, _) in peer.watched.items()} for name, peer in daemon.peers.items()},
    )


def check_untouched(before: Settings, after: Settings, daemon: Daemon, numbers: dict[str, int], found: Plan) -> None:
    """What is the same before and after goes on; what differs does not."""
    old, new = ({each.name: each for each in file.neighbors} for file in (before, after))
    for name in old.keys() & new.keys():
        same = all(getattr(old[name], field) == getattr(new[name], field) for field in HARSH)
        assert (daemon.peers[name].session == numbers[f"peer {name}"]) == same, name
        unchanged = all(getattr(old[name], each.name) == getattr(new[name], each.name) for each in fields(old[name]))
        named = {each.name for each in (*found.restarted, *found.adjusted)} | {each for each, _ in found.routes}
        assert not (unchanged and name in named), name
    programs, others = ({each.name: each for each in file.helpers} for file in (before, after))
    for name in programs.keys() & others.keys():
        assert (daemon.helpers[name][1] == numbers[f"helper {name}"]) == (programs[name] == others[name]), name
    for listener in set(listeners(before)) & set(listeners(after)):
        assert daemon.ports[listener] == numbers[f"port {listener}"]


def numbered(daemon: Daemon) -> dict[str, int]:
    """The numbers of all that runs."""
    found = {f"peer {name}": peer.session for name, peer in daemon.peers.items()}
    found |= {f"helper {name}": number for name, (_, number) in daemon.helpers.items()}
    return found | {f"port {listener}": number for listener, number in daemon.ports.items()}


class PlanTests(SynchronousTestCase):
    @given(pairs())
    def test_a_plan_makes_the_old_the_new_and_touches_nothing_else(self, pair: tuple[Settings, Settings]) -> None:
        old, new = pair
        daemon = Daemon(old)
        numbers = numbered(daemon)
        found = plan(old, new)
        daemon.apply(found)
        fresh = Daemon(new)
        self.assertEqual(state(daemon), state(fresh))
        check_untouched(old, new, daemon, numbers, found)
        uncovered = {name: {route_key(route) for route in changes.withdraw} for name, changes in found.routes}
        for name, peer in daemon.peers.items():
            # a route of a watchdog that another one covered comes again when its watchdog says so
            hidden = uncovered.get(name, set()) | doubled(old, name) | doubled(new, name)
            wanted = {key: route for key, route in fresh.peers[name].table.items() if key not in hidden}
            self.assertEqual({key: route for key, route in peer.table.items() if key in wanted}, wanted)
            self.assertEqual({key: peer.table.get(key) for key in peer.static}, peer.static)

    @given(DRAFTS)
    def test_the_same_file_is_nothing_to_do(self, draft: Draft) -> None:
        reader = RouteReader()
        file = draft.settings(reader)
        for other in (file, draft.settings(reader), draft.settings()):
            self.assertEqual(plan(file, other), Plan())

    @given(pairs())
    def test_back_again_is_where_it_began(self, pair: tuple[Settings, Settings]) -> None:
        one, other = pair
        daemon = Daemon(one)
        daemon.apply(plan(one, other))
        daemon.apply(plan(other, one))
        self.assertEqual(state(daemon), state(Daemon(one)))

    @given(pairs())
    def test_every_change_of_a_route_is_needed(self, pair: tuple[Settings, Settings]) -> None:
        old, new = pair
        before = {each.name: each for each in old.neighbors}
        after = {each.name: each for each in new.neighbors}
        for name, changes in plan(old, new).routes:
            was, now = Peering(before[name], 0), Peering(after[name], 0)
            self.assertTrue(changes)
            for route in changes.withdraw:
                self.assertTrue(route_key(route) in was.static and route_key(route) not in now.static)
            covered = {route_key(static.route) for static in (*changes.unwatch, *changes.watch)}
            for route in changes.announce:
                same = was.static.get(route_key(route)) == now.static[route_key(route)]
                self.assertTrue(not same or route_key(route) in covered)
            self.assertEqual(len(changes.announce), len({route_key(route) for route in changes.announce}))
            earlier, later = ({static for static, _ in each.watched.values()} for each in (was, now))
            self.assertEqual((set(changes.unwatch), set(changes.watch)), (earlier - later, later - earlier))

    @given(DRAFTS, st.sampled_from(sorted((*GENTLE, *HARSH))))
    def test_every_field_of_a_neighbor_is_compared(self, draft: Draft, name: str) -> None:
        file = draft.settings()
        read_by_the_plan = ("routes", "watched", "families", "capability", "listen")
        if not file.neighbors or name in read_by_the_plan:
            return
        changed = replace(file.neighbors[0], **{name: ("changed",)})
        self.assertTrue(plan(file, replace(file, neighbors=(changed, *file.neighbors[1:]))), name)


def doubled(file: Settings, name: str) -> set[Key]:
    """The keys that several routes of watchdogs have, of which the last one that was announced counts."""
    watched = [static for neighbor in file.neighbors if neighbor.name == name for static in neighbor.watched]
    counts = Counter(route_key(static.route) for static in watched)
    return {key for key, count in counts.items() if count > 1}


class Reloads(RuleBasedStateMachine):
    """Many reloads, with helpers and watchdogs at work between them."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = RouteReader()
        self.draft = Draft({}, [], {}, Environment())
        self.settings = Settings()
        self.daemon = Daemon(self.settings)

    @initialize(draft=DRAFTS)
    def begin(self, draft: Draft) -> None:
        self.draft = draft
        self.settings = draft.settings(self.reader)
        self.daemon = Daemon(self.settings)

    @rule(data=st.data())
    def reload(self, data: st.DataObject) -> None:
        self.draft = data.draw(edited(self.draft))
        file = self.draft.settings(self.reader)
        found = plan(self.settings, file)
        numbers = numbered(self.daemon)
        kept = {name: dict(peer.announced) for name, peer in self.daemon.peers.items()}
        watched = {name: dict(peer.watched.values()) for name, peer in self.daemon.peers.items()}
        self.daemon.apply(found)
        check_untouched(self.settings, file, self.daemon, numbers, found)
        for name, peer in self.daemon.peers.items():
            added = name in {each.name for each in found.added}
            assert peer.announced == ({} if added else kept[name])
            for static, announced in peer.watched.values():
                known = {} if added else watched[name]
                assert announced == known.get(static, not static.held), (name, static)
        self.settings = file

    @rule(number=st.integers(0, 3), path=st.integers(0, 2))
    def helper_announces(self, number: int, path: int) -> None:
        text = f"10.7.{number}.0/24 next-hop self med {path}"
        (route,) = self.reader.announcement(text).routes
        for peer in self.daemon.peers.values():
            peer.announced[route_key(route)] = route

    @rule(name=st.sampled_from(("dog", "cat")), announce=st.booleans())
    def watchdog_speaks(self, name: str, announce: bool) -> None:
        for peer in self.daemon.peers.values():
            for key, (static, _) in peer.watched.items():
                if static.watchdog == name:
                    peer.watched[key] = (static, announce)

    @invariant()
    def the_daemon_is_as_its_file_says(self) -> None:
        assert state(self.daemon) == state(Daemon(self.settings))


class ReloadTests(SynchronousTestCase):
    def test_many_reloads_one_after_the_other(self) -> None:
        run_state_machine_as_test(Reloads, settings=settings(max_examples=20, stateful_step_count=12))
