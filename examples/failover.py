#!/usr/bin/env python3
"""failover.py PREFIX PEER: announces a prefix while there is no session with PEER.

The `api` section of PEER needs `neighbor-changes` and this helper in `processes`.
"""

import sys

from bgptwist.client import DaemonGone, Helper


def guard(helper, prefix, peer):
    """Announce at first and after each `down` of the peer, withdraw after each `up`."""
    verdict = helper.announce("route", prefix, "next-hop self")
    for event in helper.events():
        if event.type == "state" and event.peer == peer:
            if event.neighbor["state"] == "up":
                verdict = helper.withdraw("route", prefix)
            elif event.neighbor["state"] == "down":
                verdict = helper.announce("route", prefix, "next-hop self")
        if not verdict:
            sys.exit(f"{prefix} was refused")


try:
    guard(Helper(), *sys.argv[1:3])
except DaemonGone:
    pass
