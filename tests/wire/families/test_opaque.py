"""Families whose NLRI nobody looks into."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.families import opaque
from bgptwist.wire.words import Words

EXAMPLES = {family: [("02190001", "0x02190001", '{"raw": "02190001"}')] for family in opaque.OPAQUE}


class OpaqueTests(SynchronousTestCase):
    def test_they_cannot_be_announced(self) -> None:
        for family in opaque.OPAQUE:
            self.assertRaises(Misspelt, family.read, Words(["0x02190001"]))
