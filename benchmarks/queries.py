"""Asks a million routes in every form: what comes, how long it takes, the longest turn, and what it takes of memory.

    python benchmarks/queries.py [--routes 1000000]

One peer told us the routes and is told the same; every five of them share a path.  A turn is what the shell draws of a
long answer before everybody else goes on: 500 lines at most, and no more after a pause.
"""

import argparse
import gc
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bgptwist.rib.incoming import Incoming
from bgptwist.wire.attributes.as_path import AsPath, sequence
from bgptwist.wire.attributes.communities import Communities
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.messages.update import Reach, Update
from bgptwist.wire.path import path_of
from bgptwist.wire.route import Route
from tests.api.stage import Stage, neighbor

SHARED = 5
DRAWN = 500
HOP = bytes((192, 0, 2, 1))
MIB = 1 << 20

QUESTIONS = (
    "show adj-rib in",
    "show adj-rib in json",
    "show adj-rib in detail",
    "show adj-rib in detail json",
    "show adj-rib in table",
    "show adj-rib in count",
    "show adj-rib in prefix 100.0.0.0 longest",
    "show adj-rib in prefix 0.0.100.0/22 covered",
    "show adj-rib in as-path 65500",
    "show adj-rib in community 65001:17 count",
    "show adj-rib out",
    "show adj-rib out count",
    "show adj-rib out next-hop 9.9.9.9",
    "show neighbors",
    "show neighbor detail json",
    "peer * routes list",
)


def memory() -> float:
    """What this process takes now, in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB


def fill(stage: Stage, incoming: Incoming, routes: int) -> None:
    """Put the routes into both tables."""
    member = stage.peer().member
    for n in range(routes // SHARED):
        communities = Communities((65001 << 16 | n % 5000).to_bytes(4, "big"))
        path = path_of([AsPath(sequence(65001, 65002 + n % 1000, n + 1)), communities])
        nlris = [b"\x18" + (SHARED * n + at).to_bytes(3, "big") for at in range(SHARED)]
        incoming.update(Update(path, [Reach(IPV4_UNICAST, HOP, nlris)], []))
        stage.speaker.announce([Route(IPV4_UNICAST, nlri, path, HOP) for nlri in nlris], member)
        if n % 2000 == 0:
            stage.settle()
    stage.settle()


def ask(stage: Stage, line: str, churn: Incoming | None = None) -> str:
    """A row about one question; with `churn` a route comes in every tenth turn."""
    before = peak = memory()
    begun = time.perf_counter()
    longest = 0.0
    lines = size = turns = 0
    stream = iter(stage.dispatcher.command(stage.conversation, line) or ())
    more = True
    while more:
        start = time.perf_counter()
        left = DRAWN
        while left > 0:
            text = next(stream, None)
            more = text is not None
            if not isinstance(text, str):
                break
            left -= 1
            lines += 1
            size += len(text) + 1
        longest = max(longest, time.perf_counter() - start)
        turns += 1
        if turns % 50 == 0:
            peak = max(peak, memory())
        if churn is not None and turns % 10 == 0:
            churn.update(Update(path_of([]), [Reach(IPV4_UNICAST, HOP, [b"\x20" + turns.to_bytes(4, "big")])], []))
    took = time.perf_counter() - begun
    peak = max(peak, memory())
    assert stage.caller.read()[-1:] == ["done"], line
    return (
        f"{line:45} {lines:8} lines {size / MIB:6.1f} MiB {turns:5} turns {took:6.2f} s, "
        f"longest turn {longest * 1e3:5.1f} ms, memory +{peak - before:.1f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--routes", type=int, default=1_000_000)
    routes = parser.parse_args().routes
    stage = Stage(neighbor("127.0.0.1", adj_rib_in=True))
    stage.establish()
    incoming = stage.peer().incoming
    assert incoming is not None
    before = memory()
    fill(stage, incoming, routes)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
    print(f"{routes} routes in both tables: {memory() - before:.0f} MiB")
    for question in QUESTIONS:
        print(ask(stage, question))
    print("with a new route in every tenth turn:")
    print(ask(stage, QUESTIONS[0], incoming))


if __name__ == "__main__":
    main()
