#!/usr/bin/env python3
"""anycast.py PREFIX HOST PORT: announces a prefix while a TCP service answers.

Commands go to standard output, one a line.  Standard input has an answer for each, `done` or `error`; its end says that
the daemon is gone.
"""

import select
import socket
import sys
import time

prefix, host, port = sys.argv[1:4]
announced = False
interval = 2.0


def answers():
    """Whether the service takes a connection."""
    try:
        socket.create_connection((host, int(port)), 1.0).close()
    except OSError:
        return False
    return True


while True:
    if answers() != announced:
        announced = not announced
        if announced:
            print("announce route", prefix, "next-hop self", flush=True)
        else:
            print("withdraw route", prefix, "next-hop self", flush=True)
    until = time.monotonic() + interval
    while (left := until - time.monotonic()) > 0:
        if select.select([sys.stdin], [], [], left)[0] and not sys.stdin.readline():
            sys.exit(0)
