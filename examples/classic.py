#!/usr/bin/env python3
"""classic.py [PREFIX ...]: announces prefixes and never reads what it is answered, as helpers of ExaBGP often do.

It may be that simple: answers that nobody reads are kept in little room, and the daemon ends its helpers itself.
"""

import sys
import time

for prefix in sys.argv[1:] or ["198.51.100.0/24", "203.0.113.0/24"]:
    sys.stdout.write(f"announce route {prefix} next-hop self\n")
    sys.stdout.flush()

while True:
    time.sleep(60)
