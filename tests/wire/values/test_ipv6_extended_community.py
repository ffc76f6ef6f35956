"""The forms of communities of twenty octets: every row of the table."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import ipv6_extended_communities
from bgptwist.wire.values.community_table import Row
from bgptwist.wire.values.ipv6_extended_community import ROWS, TABLE
from tests.wire.examples import examples

ADDRESS = "20010db8000000000000000000000001"

FORMS = {
    "target6:2001:db8::1:100": f"0002{ADDRESS}0064",
    "target6::::0": "0002" + "00" * 18,
    "target6:::ffff:10.0.0.1:5": "0002" + "00" * 10 + "ffff0a0000010005",
    "origin6:2001:db8::1:65535": f"0003{ADDRESS}ffff",
    "vrf-route-import6:2001:db8::1:3": f"000b{ADDRESS}0003",
    "redirect-to-nexthop-ietf 2001:db8::1": f"000c{ADDRESS}0000",
    "copy-to-nexthop-ietf 2001:db8::1": f"000c{ADDRESS}0001",
    "redirect6:2001:db8::1:100": f"000d{ADDRESS}0064",
    "segmented-next-hop6:2001:db8::1:0": f"0012{ADDRESS}0000",
    "old-redirect6:2001:db8::1:100": f"800b{ADDRESS}0064",
}
"""Both ways."""

READ = {
    "target6:2001:DB8:0:0:0:0:0:1:100": f"0002{ADDRESS}0064",
    "redirect-to-nexthop-ietf:2001:db8::1": f"000c{ADDRESS}0000",
    f"0x0002{ADDRESS}0064": f"0002{ADDRESS}0064",
    f"0X0002{ADDRESS}0064".upper(): f"0002{ADDRESS}0064",
}
"""Other words for the same."""

REFUSED = (
    "",
    "target6",
    "target6:",
    "target6:2001:db8::1",
    "target6:2001:db8::1:",
    "target6:2001:db8::1:65536",
    "target6:2001:db8::1:-1",
    "target6:2001:db8::1:000100",
    "target6:10.0.0.1:100",
    "target6:65000:100",
    "target:65000:100",
    "2001:db8::1:100",
    "redirect-to-nexthop-ietf 10.0.0.1",
    "redirect-to-nexthop-ietf",
    f"0x0002{ADDRESS}00",
    f"0x0002{ADDRESS}006400",
    f"0x0002{ADDRESS}00zz",
    "0x0002FDE800000064",
)

HEXADECIMAL = (f"0010{ADDRESS}0064", f"4002{ADDRESS}0064")
"""What has no words: no row; the type octet counts whole."""


class FormTests(SynchronousTestCase):
    def test_every_form_is_read_and_written(self) -> None:
        for words, octets in FORMS.items():
            community = bytes.fromhex(octets)
            self.assertEqual(TABLE.parse(words).hex(), octets, words)
            self.assertEqual(TABLE.words(community), words)
            self.assertEqual(json.loads(TABLE.json(community)), {"value": int(octets, 16), "string": words})

    def test_other_words_are_read(self) -> None:
        for words, octets in READ.items():
            self.assertEqual(TABLE.parse(words).hex(), octets, words)

    def test_everything_else_is_refused(self) -> None:
        for words in REFUSED:
            self.assertEqual(TABLE.parse(words), b"", words)

    def test_what_has_no_words_is_hexadecimal(self) -> None:
        for octets in HEXADECIMAL:
            self.assertEqual(TABLE.words(bytes.fromhex(octets)), "0x" + octets.upper())

    def test_what_words_leave_out_is_not_lost_in_statements(self) -> None:
        community = bytes.fromhex(f"000c{ADDRESS}8001")
        self.assertEqual(TABLE.text(community), "copy-to-nexthop-ietf 2001:db8::1")
        self.assertEqual(TABLE.words(community), f"0x000C{ADDRESS}8001".upper().replace("0X", "0x"))

    def test_every_row_is_in_the_corpus(self) -> None:
        listed = [each for octets, _, _ in examples(ipv6_extended_communities.KIND) for each in TABLE.listed(octets)]
        words = [TABLE.words(each).replace(" ", ":").split(":")[0] for each in listed]
        self.assertEqual({row.word for row in ROWS} - set(words), set())

    @settings(max_examples=50)
    @given(st.sampled_from(ROWS), st.binary(min_size=18, max_size=18))
    def test_any_value_of_any_row_is_spelt_and_read_back(self, row: Row, value: bytes) -> None:
        community = row.code.to_bytes(2, "big") + value
        self.assertEqual(TABLE.parse(TABLE.words(community)), community)
        self.assertEqual(TABLE.of_tree(json.loads(TABLE.json(community))), community)

    @settings(max_examples=50)
    @given(st.text(max_size=50))
    def test_any_text_is_read_or_refused(self, word: str) -> None:
        self.assertIn(len(TABLE.parse(word)), (0, 20))
