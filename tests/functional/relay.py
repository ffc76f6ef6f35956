"""A helper that tests drive through files: python relay.py EVENTS COMMANDS.

What the daemon writes is appended to EVENTS, line by line; what a test appends to COMMANDS goes to the daemon.
Ends with its input.
"""

import os
import select
import sys


def main(events: str, commands: str) -> None:
    open(commands, "ab").close()
    with open(events, "ab", buffering=0) as received, open(commands, "rb") as wanted:
        while True:
            readable, _, _ = select.select([0], [], [], 0.05)
            if readable:
                octets = os.read(0, 65536)
                if not octets:
                    return
                received.write(octets)
            octets = wanted.read()
            while octets:
                octets = octets[os.write(1, octets) :]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
