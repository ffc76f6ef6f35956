"""`python -m bgptwist`: the same as the command `bgptwist`."""

import sys

from bgptwist.tools.cli import main

if __name__ == "__main__":
    sys.exit(main())
