"""Tests of the twistd plug-in, in processes of their own because the reactor of this one is installed already."""

import os
import sys
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import TestCase

CHECKOUT = Path(__file__).resolve().parent.parent

SCAN = """
import sys
from twisted.application.service import IServiceMaker
from twisted.plugin import getPlugins
import twisted.plugins
makers = [maker for maker in getPlugins(IServiceMaker) if maker.tapname == "bgptwist"]
print(*((maker.name, maker.module, maker.description) for maker in makers))
print("twisted.internet.reactor" in sys.modules, "bgptwist" in sys.modules)
"""


def run(*arguments: str) -> Deferred[tuple[bytes, bytes, int]]:
    """Output, errors and status of Python with the checkout on its path."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return getProcessOutputAndValue(sys.executable, arguments, env=environment, path=str(CHECKOUT))


class PluginTests(TestCase):
    """What `twistd` sees of bgptwist."""

    async def test_a_scan_finds_one_maker_and_loads_no_reactor(self) -> None:
        output, errors, status = await run("-c", SCAN)
        self.assertEqual(
            (output.decode().splitlines(), status),
            (["('bgptwist', 'bgptwist.service', 'A programmable BGP speaker')", "False False"], 0),
            errors.decode(),
        )

    async def test_twistd_lists_the_subcommand(self) -> None:
        output, errors, status = await run("-m", "twisted", "--help")
        self.assertIn("bgptwist", output.decode(), errors.decode())
        self.assertEqual(status, 0)
