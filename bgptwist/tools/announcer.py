"""The helper program of the demo: announces a few routes, then reads its answers until it is told to end."""

import sys
from typing import Final

COMMANDS: Final = (
    "announce route 198.51.100.0/24 next-hop 192.0.2.1 community [ 65001:1 ]",
    "announce route 203.0.113.0/24 next-hop 192.0.2.1 med 50",
    "announce route 2001:db8:1::/48 next-hop 2001:db8::1",
)


def main() -> None:
    """Write commands on the standard output, as any helper does."""
    for command in COMMANDS:
        print(command, flush=True)
    for line in sys.stdin:
        if "shutdown" in line:
            break


if __name__ == "__main__":
    main()
