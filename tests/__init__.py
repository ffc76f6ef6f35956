"""The tests: unit tests mirror the packages of bgptwist, functional ones drive the installed daemon.

Importing this package chooses how hard Hypothesis looks: the profile named by `BGPTWIST_HYPOTHESIS`, which is *modest*
(seconds, the same examples on every run) or *thorough* (minutes, new ones each time).
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "modest",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("BGPTWIST_HYPOTHESIS", "modest"))
