"""Multicast trees and SD-WAN: whatever is framed is passed on."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.mcast_tree import IPV4_MCAST_TREE, IPV6_MCAST_TREE
from bgptwist.wire.families.sdwan import IPV4_SDWAN, IPV6_SDWAN
from bgptwist.wire.kinds import Family
from tests.wire.families.typed import read

SHORT = (IPV4_MCAST_TREE, IPV6_MCAST_TREE)
LONG = (IPV4_SDWAN, IPV6_SDWAN)


class FramedTests(SynchronousTestCase):
    @settings(max_examples=100, deadline=None)
    @given(st.sampled_from((*SHORT, *LONG)), st.integers(0, 255), st.binary(max_size=60))
    def test_any_body_is_kept(self, family: Family, code: int, body: bytes) -> None:
        assert family.restore is not None and family.check is None
        size = 1 if family in SHORT else 2
        nlri = code.to_bytes(size, "big") + len(body).to_bytes(size, "big") + body
        self.assertEqual(family.split(nlri * 2, 0, 2 * len(nlri)), [nlri, nlri])
        self.assertEqual(read(family, family.words(nlri)), nlri)
        shown = json.loads(family.json(nlri))
        self.assertEqual(shown, {"code": code, "parsed": False, "raw": nlri.hex().upper()})
        self.assertEqual(family.restore(shown), family.words(nlri))

    def test_only_octets_are_read(self) -> None:
        for family in (*SHORT, *LONG):
            error = self.assertRaises(Misspelt, read, family, "leaf rd 1:1")
            self.assertIn("raw", error.expected)
            self.assertRaises(Misspelt, read, family, "raw 0x0001")
            self.assertRaises(Malformed, family.split, b"\0\1\0\5", 0, 4)
