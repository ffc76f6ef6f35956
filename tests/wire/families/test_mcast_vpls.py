"""Multicast VPLS: known types are read, whatever else is framed is kept."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.families.mcast_vpls import MCAST_VPLS
from tests.wire.families.typed import read


class MulticastVplsTests(SynchronousTestCase):
    def test_sources_and_groups_may_be_of_both_families_or_wildcards(self) -> None:
        four = read(MCAST_VPLS, "s-pmsi source 10.0.0.1 group 232.1.1.1 rd 1:1 originator 10.0.0.1")
        self.assertEqual(four[1], 22)
        self.assertEqual(read(MCAST_VPLS, "s-pmsi rd 1:1 originator ::1")[10:12], bytes(2))
        self.assertRaises(Misspelt, read, MCAST_VPLS, "s-pmsi rd 1:1")

    @settings(max_examples=200, deadline=None)
    @given(st.integers(0, 255), st.binary(max_size=60))
    def test_any_body_is_kept(self, code: int, body: bytes) -> None:
        assert MCAST_VPLS.restore is not None
        nlri = bytes((code, len(body))) + body
        self.assertIs(MCAST_VPLS.check, None)
        self.assertEqual(read(MCAST_VPLS, MCAST_VPLS.words(nlri)), nlri)
        self.assertEqual(MCAST_VPLS.restore(json.loads(MCAST_VPLS.json(nlri))), MCAST_VPLS.words(nlri))
