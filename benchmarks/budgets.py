"""Measures the budgets of docs/architecture.md on one core, and fails when one is missed.

    python benchmarks/budgets.py [--json FILE]

CPU seconds are compared with those of a fixed loop, run before each measure: a figure is scaled to the reference
machine, on which the loop takes REFERENCE seconds.  Each measure is the best of several runs.
"""

import argparse
import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from twisted.internet.task import Clock
from zope.interface import implementer

from bgptwist.api.call import Control
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.api.encoders.dialects import VERSION_5
from bgptwist.api.encoders.json import JsonEncoder
from bgptwist.grammar.route import RouteReader
from bgptwist.interfaces import ICaller, IUpdateWriter
from bgptwist.rib.incoming import Incoming
from bgptwist.rib.outgoing import Outgoing
from bgptwist.settings.model import Environment
from bgptwist.speaker.events import RECEIVE, Identity, UpdateMessage
from bgptwist.speaker.ledger import Ledger
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.framing import UPDATE, Framer, message
from bgptwist.wire.kinds import ReceiveContext, SendContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import Path, PathTable
from bgptwist.wire.route import Announcement, Route

REFERENCE = 0.2
RUNS = 5
COUNT = 20_000
FAMILIES = {IPV4_UNICAST.index: IPV4_UNICAST}
RECEIVED = ReceiveContext(FAMILIES)
SENT = SendContext(FAMILIES, 65001)
HOP = bytes((192, 0, 2, 1))
IDENTITY = Identity("bench", "127.0.0.1", "127.0.0.2", 65000, 65001, "192.0.2.1")


class Row(NamedTuple):
    """One budget: `value` is what was measured, `limit` the least, or the most where `most` is set."""

    work: str
    value: float
    limit: float
    unit: str
    most: bool = False

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.most else self.value >= self.limit


def spin(loops: int = 2_000_000) -> float:
    """The yardstick: CPU seconds of a fixed loop."""
    start = time.process_time()
    x = 0
    for i in range(loops):
        x = (x * 31 + i) & 0xFFFFFFFF
    return time.process_time() - start


def best(work: Callable[[], Callable[[], object]]) -> float:
    """The fewest CPU seconds, on the reference machine, of what `work` prepares."""
    found: list[float] = []
    for _ in range(RUNS):
        yardstick = spin()
        run = work()
        gc.collect()
        start = time.process_time()
        run()
        found.append((time.process_time() - start) * REFERENCE / yardstick)
    return min(found)


def attributes(rng: random.Random) -> bytes:
    """A section of an Internet-like shape: ORIGIN, a path of 3 to 6, NEXT_HOP, MED, communities."""
    hops = [rng.randrange(1, 400_000) for _ in range(rng.randrange(3, 7))]
    path = bytes((2, len(hops))) + b"".join(asn.to_bytes(4, "big") for asn in hops)
    tags = b"".join(rng.randrange(1, 1 << 32).to_bytes(4, "big") for _ in range(rng.randrange(1, 6)))
    return b"".join(
        (
            b"\x40\x01\x01\x00",
            b"\x40\x02" + bytes((len(path),)) + path,
            b"\x40\x03\x04" + HOP,
            b"\x80\x04\x04" + rng.randrange(1 << 20).to_bytes(4, "big"),
            b"\xc0\x08" + bytes((len(tags),)) + tags,
        )
    )


def bodies(seed: int = 1) -> list[bytes]:
    """UPDATE bodies: 3.6 prefixes each, one new path in five."""
    rng = random.Random(seed)
    found = []
    section = attributes(rng)
    for number in range(COUNT):
        if number % 5 == 0:
            section = attributes(rng)
        size = 4 if number % 5 < 3 else 3
        nlri = b"".join(bytes((24, 1 + (number >> 13), number >> 5 & 255, (number * 4 + i) & 255)) for i in range(size))
        found.append(b"\0\0" + len(section).to_bytes(2, "big") + section + nlri)
    return found


BODIES = bodies()


def decoding() -> Callable[[], object]:
    """Stream to decoded UPDATE."""
    stream = b"".join(message(UPDATE, body) for body in BODIES)
    chunks = [stream[at : at + 65536] for at in range(0, len(stream), 65536)]
    framer = Framer()
    table = PathTable(RECEIVED)

    def run() -> None:
        for chunk in chunks:
            for _, body in framer.feed(chunk):
                updates.decode(body, RECEIVED, table)

    return run


def rendering() -> Callable[[], object]:
    """Decoded UPDATE to JSON line."""
    table = PathTable(RECEIVED)
    events = [
        UpdateMessage(IDENTITY, 1.5, RECEIVE, UPDATE, body, None, updates.decode(body, RECEIVED, table), RECEIVED)
        for body in BODIES
    ]
    encoder = JsonEncoder(VERSION_5)

    def run() -> None:
        for number, event in enumerate(events):
            parts = encoder.encode(event, 0)
            assert parts is not None
            f"{parts[0]}{number}{parts[1]}".encode("ascii")

    return run


def packing() -> Callable[[], object]:
    """Path and NLRI to UPDATE octets, first time."""
    table = PathTable(RECEIVED)
    octets = [table.receive(attributes(random.Random(number))).path.octets for number in range(COUNT)]
    paths = [Path(each) for each in octets]
    nlris = [bytes((24, 10, number >> 8 & 255, number & 255)) for number in range(COUNT)]

    def run() -> None:
        for path, nlri in zip(paths, nlris, strict=True):
            updates.announce(SENT, IPV4_UNICAST, path, HOP, [nlri])

    return run


def parsing() -> Callable[[], object]:
    """`announce` lines with a path not seen before."""
    rng = random.Random(3)
    lines = [
        f"10.{number >> 8 & 255}.{number & 255}.0/24 next-hop 192.0.2.1 origin igp "
        f"as-path [ {' '.join(str(rng.randrange(1, 400_000)) for _ in range(4))} ] med {rng.randrange(1 << 20)} "
        f"community [ 65001:{number & 65535} 65002:{rng.randrange(65536)} ] local-preference 100"
        for number in range(COUNT // 2)
    ]
    reader = RouteReader()

    def run() -> None:
        for line in lines:
            reader.announcement(line)

    return run


@implementer(IUpdateWriter)
class Sink:
    """Counts octets."""

    def __init__(self) -> None:
        self.octets = 0

    def write_updates(self, messages: Sequence[bytes]) -> None:
        self.octets += sum(map(len, messages))


class Speaker:
    """What the dispatcher needs of a speaker, over a real Adj-RIB-Out."""

    def __init__(self, peers: int) -> None:
        self.clock = Clock()
        self.table = Outgoing(self.clock, lambda member, reason: None)
        self.ledger = Ledger(self.clock, self.table.withdraw, print)
        self.members = (1 << peers) - 1
        self.sinks = [Sink() for _ in range(peers)]
        self.peers: dict[str, object] = {}
        for number, sink in enumerate(self.sinks):
            self.table.join(1 << number, SENT, sink, (IPV4_UNICAST,))
        self.clock.advance(0)

    def select(self, selectors: object, helper: object) -> int:
        return self.members

    def announce(self, routes: Sequence[Route], members: int) -> None:
        self.table.announce(routes, members)

    def hold(self, announcement: Announcement, members: int) -> None:
        self.table.announce(announcement.routes, members)


@implementer(ICaller)
class Caller:
    """A helper that wants no answers."""

    name = "bench"
    encoder = "text"

    def write(self, line: str) -> None:
        raise AssertionError(line)


def fanning() -> Callable[[], object]:
    """10,000 `announce` lines to octets for 100 equal peers."""
    speaker = Speaker(100)
    nothing: Any = None
    whole: Any = speaker
    control = Control(whole, nothing, Environment(api_ack=False), "", time.time, lambda level, text: None)
    dispatcher = Dispatcher(control)
    conversation = dispatcher.converse(Caller())
    lines = [
        f"announce route 10.{number >> 8}.{number & 255}.0/24 next-hop 192.0.2.1 med {number // 100}"
        for number in range(10_000)
    ]

    def run() -> None:
        for line in lines:
            dispatcher.command(conversation, line)
        speaker.clock.advance(0)
        assert all(sink.octets > 40_000 for sink in speaker.sinks)

    return run


def memory() -> tuple[float, float]:
    """Octets a route in both tables together holds, and octets a path holds once it was sent and rendered."""
    count = 100_000
    nlris = [bytes((24, 10 + (n >> 16), n >> 8 & 255, n & 255)) for n in range(count)]
    path = Path(b"\x40\x01\x01\x00")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    clock = Clock()
    outgoing = Outgoing(clock, lambda member, reason: None)
    for nlri in nlris:
        outgoing.announce([Route(IPV4_UNICAST, bytes(bytearray(nlri)), path, HOP)], 1)
    clock.advance(0)
    out = (tracemalloc.get_traced_memory()[0] - before) / count
    incoming = Incoming()
    before = tracemalloc.get_traced_memory()[0]
    update = updates.Update(path, [updates.Reach(IPV4_UNICAST, HOP, [bytes(bytearray(nlri)) for nlri in nlris])], [])
    incoming.update(update)
    del update
    into = (tracemalloc.get_traced_memory()[0] - before) / count
    table = PathTable(RECEIVED)
    encoder = JsonEncoder(VERSION_5)
    sections = [attributes(random.Random(number)) for number in range(COUNT)]
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for section in sections:
        body = b"\0\0" + len(section).to_bytes(2, "big") + section + b"\x08\x0a"
        found = updates.decode(body, RECEIVED, table)
        encoder.encode(UpdateMessage(IDENTITY, 1.5, RECEIVE, UPDATE, body, None, found, RECEIVED), 0)
        updates.announce(SENT, IPV4_UNICAST, found.path, HOP, [b"\x08\x0a"])
    each = (tracemalloc.get_traced_memory()[0] - before) / COUNT
    tracemalloc.stop()
    return max(out, into), each


def measure() -> list[Row]:
    """All budgets."""
    route, path = memory()
    return [
        Row("stream to decoded UPDATE", COUNT / best(decoding), 60_000, "a second"),
        Row("decoded UPDATE to JSON line", COUNT / best(rendering), 80_000, "a second"),
        Row("path and NLRI to UPDATE octets, first time", COUNT / best(packing), 120_000, "a second"),
        Row("announce lines with a new path, parsed", COUNT / 2 / best(parsing), 20_000, "a second"),
        Row("10,000 announce lines to 100 equal peers", best(fanning), 0.1, "seconds", True),
        Row("memory of a prefix route", route, 160, "octets", True),
        Row("memory of a path, sent and rendered", path, 1024, "octets", True),
    ]


def main() -> int:
    """Print the table; 1 when a budget is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    rows = measure()
    print(f"CPU of one core, scaled to a machine on which the loop takes {REFERENCE} s; here it takes {spin():.3f} s")
    print(f"{'work':<45}{'measured':>12}{'budget':>12}  unit")
    for row in rows:
        mark = "" if row.met else "  MISSED"
        number = f"{row.value:,.3f}" if row.limit < 1 else f"{row.value:,.0f}"
        print(f"{row.work:<45}{number:>12}{row.limit:>12,.5g}  {row.unit}{mark}")
    if options.json:
        with open(options.json, "w") as out:
            json.dump([row._asdict() for row in rows], out, indent=1)
    missed = sum(not row.met for row in rows)
    print(f"{len(rows) - missed} passed, {missed} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
