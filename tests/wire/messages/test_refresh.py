"""ROUTE-REFRESH."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import MARKER
from bgptwist.wire.messages.refresh import RouteRefresh, decode


class RefreshTests(SynchronousTestCase):
    def test_every_subtype_goes_both_ways(self) -> None:
        for subtype, name in ((0, "query"), (1, "begin"), (2, "end"), (255, "255")):
            refresh = decode(bytes((0, 2, subtype, 133)))
            self.assertEqual((refresh.afi, refresh.safi, refresh.subtype, refresh.name), (2, 133, subtype, name))
            self.assertEqual(refresh.octets(), bytes((0, 2, subtype, 133)))

    def test_it_is_spelt(self) -> None:
        self.assertEqual(RouteRefresh(1, 1).words(), "afi ipv4 safi unicast query")
        self.assertEqual(RouteRefresh(2, 1, 2).json(), '{ "afi": "ipv6", "safi": "unicast", "subtype": "end" }')

    def test_filters_are_kept_as_octets(self) -> None:
        octets = bytes.fromhex("0001000101400001ff")
        refresh = decode(octets)
        self.assertEqual(refresh.orf.hex(), "01400001ff")
        self.assertEqual(refresh.octets(), octets)

    def test_a_marker_with_more_is_answered_with_the_whole_message(self) -> None:
        for subtype in (1, 2):
            body = bytes((0, 1, subtype, 1, 9))
            error = self.assertRaises(Malformed, decode, body)
            self.assertEqual((error.code, error.subcode, error.data), (7, 1, MARKER + b"\0\x18\5" + body))

    def test_less_than_four_octets_are_a_bad_length(self) -> None:
        error = self.assertRaises(Malformed, decode, b"\0\1\0")
        self.assertEqual((error.code, error.subcode, error.data), (1, 2, b"\0\x16"))

    @settings(max_examples=50)
    @given(st.binary(max_size=12))
    def test_any_body(self, body: bytes) -> None:
        try:
            refresh = decode(body)
        except Malformed:
            return
        self.assertEqual(refresh.octets(), body)
        refresh.words()
        refresh.json()
