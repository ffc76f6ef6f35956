#!/usr/bin/env python3
"""collector.py [FILE]: a line for each route that comes or goes and each session that goes up or down.

Events come on standard input, one JSON object a line.  Standard output would be commands, so the lines go to a file or
to standard error.
"""

import json
import sys
import time

out = open(sys.argv[1], "a", buffering=1) if len(sys.argv) > 1 else sys.stderr


def note(event, *words):
    """Write one line: the time, the peer, and what happened."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["time"]))
    print(moment, event["neighbor"]["address"]["peer"], *words, file=out)


for line in sys.stdin:
    if not line.startswith("{"):
        continue
    event = json.loads(line)
    if event["type"] == "state":
        note(event, event["neighbor"]["state"], event["neighbor"].get("reason", ""))
    if event["type"] == "update":
        update = event["neighbor"]["message"].get("update", {})
        path = update.get("attribute", {}).get("as-path", {})
        hops = [str(asn) for segment in path.values() for asn in segment["value"]]
        for family, next_hops in update.get("announce", {}).items():
            for next_hop, routes in next_hops.items():
                for route in routes:
                    note(event, "announce", family, route["nlri"], "next-hop", next_hop, "as-path", *hops)
        for family, routes in update.get("withdraw", {}).items():
            for route in routes:
                note(event, "withdraw", family, route["nlri"])
