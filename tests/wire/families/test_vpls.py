"""VPLS: two forms told by their length."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.vpls import VPLS
from tests.wire.families.typed import changed, read

BLOCK = "rd 192.168.201.1:123 endpoint 5 base 10702 offset 1 size 8"


class VplsTests(SynchronousTestCase):
    def refused(self, words: str) -> str:
        return str(self.assertRaises(Misspelt, read, VPLS, words))

    def test_words_stand_in_any_order(self) -> None:
        octets = "00110001c0a8c901007b000500010008029ce1"
        self.assertEqual(read(VPLS, BLOCK).hex(), octets)
        self.assertEqual(read(VPLS, "size 8 offset 1 base 10702 endpoint 5 rd 192.168.201.1:123").hex(), octets)
        self.assertEqual(read(VPLS, "pe 10.0.0.1 rd 65000:1"), read(VPLS, "rd 65000:1 pe 10.0.0.1"))

    def test_each_part_is_missed(self) -> None:
        for part in ("rd 192.168.201.1:123", "endpoint 5", "base 10702", "offset 1", "size 8"):
            reason = self.refused(BLOCK.replace(part, ""))
            self.assertIn(f"'{part.split()[0]}' is missing", reason)
        self.assertIn("'rd' is missing", self.refused("pe 10.0.0.1"))
        self.assertIn("'rd' is missing", self.refused(""))

    def test_wrong_words_are_refused(self) -> None:
        for words, reason in (
            (BLOCK.replace("endpoint 5", "endpoint 65536"), "65535"),
            (BLOCK.replace("offset 1", "offset 65536"), "65535"),
            (BLOCK.replace("size 8", "size x"), "65535"),
            (BLOCK.replace("base 10702", "base 1048576"), "1048575"),
            (BLOCK.replace("rd 192.168.201.1:123", "rd 1"), "route distinguisher"),
            (f"{BLOCK} size 9", "'size' stands twice"),
            (f"{BLOCK} pe 10.0.0.1", "has no place beside 'pe'"),
            ("rd 1:1 pe 2001:db8::1", "an IPv4 address"),
            ("raw 0x0011", "one whole NLRI"),
            ("raw 0x00", "one whole NLRI"),
            ("raw x", "hexadecimal"),
        ):
            self.assertIn(reason, self.refused(words))

    def test_a_base_has_twenty_bits(self) -> None:
        self.assertEqual(read(VPLS, BLOCK.replace("10702", "1048575"))[-3:].hex(), "fffff1")

    def test_the_label_does_not_tell_routes_apart(self) -> None:
        assert VPLS.key is not None
        self.assertEqual(VPLS.key(read(VPLS, BLOCK)), VPLS.key(read(VPLS, BLOCK.replace("10702", "5"))))
        for change in (("size 8", "size 9"), ("offset 1", "offset 2"), ("endpoint 5", "endpoint 6"), (":123", ":124")):
            self.assertNotEqual(VPLS.key(read(VPLS, BLOCK)), VPLS.key(read(VPLS, BLOCK.replace(*change))))
        self.assertNotEqual(VPLS.key(read(VPLS, "rd 1:1 pe 10.0.0.1")), VPLS.key(read(VPLS, "rd 1:1 pe 10.0.0.2")))

    def test_other_lengths_are_malformed_but_framed(self) -> None:
        assert VPLS.check is not None and VPLS.key is not None and VPLS.restore is not None
        for size in range(30):
            nlri = size.to_bytes(2, "big") + bytes(size)
            self.assertEqual(VPLS.split(nlri + nlri, 0, 2 * len(nlri)), [nlri, nlri])
            self.assertEqual(read(VPLS, VPLS.words(nlri)), nlri)
            self.assertEqual(VPLS.restore(json.loads(VPLS.json(nlri))), VPLS.words(nlri))
            VPLS.key(nlri)
            if size not in (12, 17):
                self.assertRaises(Malformed, VPLS.check, nlri)
        for octets in ("00", "0011" + "00" * 16):
            self.assertRaises(Malformed, VPLS.split, bytes.fromhex(octets), 0, len(octets) // 2)

    def test_no_next_hop_stands_beside_the_route(self) -> None:
        self.assertFalse(VPLS.next_hop_attribute)

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_json_of_another_shape_is_read_or_misspelt(self, data: st.DataObject) -> None:
        assert VPLS.restore is not None
        try:
            VPLS.restore(changed(data, VPLS))
        except Misspelt:
            pass

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from((17, 12)), st.binary(min_size=17, max_size=17))
    def test_any_octets_are_spelt(self, size: int, body: bytes) -> None:
        assert VPLS.restore is not None
        nlri = size.to_bytes(2, "big") + body[:size]
        words = VPLS.words(nlri)
        self.assertEqual(read(VPLS, words), nlri)
        self.assertEqual(VPLS.restore(json.loads(VPLS.json(nlri))), words)
