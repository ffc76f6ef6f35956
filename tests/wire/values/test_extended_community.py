"""The forms of extended communities: every row of the table."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.values import extended_community

FORMS = {
    "target:65000:100": "0002fde800000064",
    "target:10.0.0.1:7": "01020a0000010007",
    "target:200000:9": "020200030d400009",
    "target:72L:5": "0202000000480005",
    "origin:65000:100": "0003fde800000064",
    "origin:10.0.0.1:7": "01030a0000010007",
    "origin:200000:9": "020300030d400009",
    "redirect:65500:12345": "8008ffdc00003039",
    "redirect:10.0.0.1:7": "81080a0000010007",
    "redirect:200000:5": "820800030d400005",
    "l2info:19:0:1500:111": "800a130005dc006f",
    "bandwidth:65001:1000000": "4004fde949742400",
    "mup:10:20": "0c00000a00000014",
    "redirect-to-nexthop": "0800000000000000",
    "copy-to-nexthop": "0800000000000001",
    "redirect-to-nexthop-ietf 10.0.0.77": "010c0a00004d0000",
    "copy-to-nexthop-ietf 10.0.0.77": "010c0a00004d0001",
    "rate-limit:0": "8006000000000000",
    "rate-limit:9600": "8006000046160000",
    "rate-limit:1000:packets": "800c0000447a0000",
    "action sample": "8007000000000002",
    "action terminal": "8007000000000001",
    "action sample-terminal": "8007000000000003",
    "mark 10": "800900000000000a",
    "interface-set:input:65001:9": "07020000fde94009",
    "interface-set:input-output:65001:16383": "07020000fde9ffff",
    "interface-set:non-transitive:output:65001:9": "47020000fde98009",
    "encap:VXLAN": "030c000000000008",
    "encap:500": "030c0000000001f4",
    "mac-mobility:7": "0600000000000007",
    "mac-mobility:7:sticky": "0600010000000007",
}
"""Both ways."""

READ = {
    "65000:100": "0002fde800000064",
    "10.0.0.1:7": "01020a0000010007",
    "200000:9": "020200030d400009",
    "target:72:0.0.0.1": "0002004800000001",
    "72:0.0.0.1": "0002004800000001",
    "target:1.10:5": "02020001000a0005",
    "target:200000L:9": "020200030d400009",
    "target4:200000:9": "010200030d400009",
    "target4:72:9": "0102000000480009",
    "origin4:200000:9": "010300030d400009",
    "rate-limit:9600:bytes": "8006000046160000",
    "rate-limit:1.5": "800600003fc00000",
    "mark:10": "800900000000000a",
    "action:terminal-sample": "8007000000000003",
    "interface-set:transitive:input:65001:9": "07020000fde94009",
    "encap:vxlan": "030c000000000008",
    "0x0002FDE800000064": "0002fde800000064",
    "0X0002fde800000064": "0002fde800000064",
}
"""Other words for the same."""

REFUSED = (
    "",
    "target",
    "target:",
    "target:1",
    "target:1:2:3",
    "target:65536:65536",
    "target:4294967296:1",
    "target:1:4294967296",
    "target:10.0.0.1:65536",
    "target:a:b",
    "Target:1:2",
    "target:1:0x10",
    "target4:1:65536",
    "1:2:3",
    "redirect:4294967296:1",
    "l2info:256:0:1500:111",
    "l2info:1:2:3",
    "bandwidth:65536:1",
    "bandwidth:1:x",
    "bandwidth:1:" + "9" * 50,
    "mup:65536:1",
    "redirect-to-nexthop:1",
    "redirect-to-nexthop-ietf ::1",
    "rate-limit:-1",
    "rate-limit:nan",
    "rate-limit:inf",
    "rate-limit:1e5",
    "rate-limit:1:packet",
    "action",
    "action x",
    "mark 64",
    "mark -1",
    "interface-set:up:1:1",
    "interface-set:input:1:16384",
    "encap:65536",
    "encap:nothing",
    "mac-mobility:4294967296",
    "0x0002FDE8000000",
    "0x0002FDE80000006400",
    "0x0002FDE8000000zz",
    "no-export",
)

HEXADECIMAL = (
    "030b000000000064",  # no row
    "4002fde800000064",  # the type octet counts whole
    "0008fde800000064",
    "000a130005dc006f",
    "8800000000000000",
    "800600017f800000",  # infinite
    "8007000000000000",  # no action
    "07020000fde90009",  # no direction
)
"""What has no words."""

LOSSY = {
    "800600003fc00000": "rate-limit:1",
    "8006fde946160000": "rate-limit:9600",
    "80090000000000ff": "mark 255",
    "8006000080000000": "rate-limit:0",
    "0800010000000000": "redirect-to-nexthop",
    "0600ff0000000007": "mac-mobility:7:sticky",
}
"""What words leave something out of: JSON says them, statements are in hexadecimal."""


class FormTests(SynchronousTestCase):
    def test_every_form_is_read_and_written(self) -> None:
        for words, octets in FORMS.items():
            community = bytes.fromhex(octets)
            self.assertEqual(extended_community.parse(words).hex(), octets, words)
            self.assertEqual(extended_community.words(community), words)
            self.assertEqual(
                json.loads(extended_community.json(community)), {"value": int(octets, 16), "string": words}
            )

    def test_other_words_are_read(self) -> None:
        for words, octets in READ.items():
            self.assertEqual(extended_community.parse(words).hex(), octets, words)

    def test_everything_else_is_refused(self) -> None:
        for words in REFUSED:
            self.assertEqual(extended_community.parse(words), b"", words)

    def test_what_has_no_words_is_hexadecimal(self) -> None:
        for octets in HEXADECIMAL:
            community = bytes.fromhex(octets)
            self.assertEqual(extended_community.text(community), "0x" + octets.upper())
            self.assertEqual(extended_community.words(community), "0x" + octets.upper())

    def test_what_words_leave_out_is_not_lost_in_statements(self) -> None:
        for octets, text in LOSSY.items():
            community = bytes.fromhex(octets)
            self.assertEqual(extended_community.text(community), text)
            self.assertEqual(extended_community.words(community), "0x" + octets.upper())

    def test_every_row_has_an_example(self) -> None:
        codes = {bytes.fromhex(octets)[:2] for octets in FORMS.values()}
        self.assertEqual({row.code.to_bytes(2, "big") for row in extended_community.ROWS} - codes, set())

    @settings(max_examples=50)
    @given(st.sampled_from(extended_community.ROWS), st.binary(min_size=6, max_size=6))
    def test_any_value_of_any_row_is_spelt_and_read_back(self, row: extended_community.Row, value: bytes) -> None:
        community = row.code.to_bytes(2, "big") + value
        self.assertEqual(extended_community.parse(extended_community.words(community)), community)
        self.assertEqual(json.loads(extended_community.json(community))["value"], int(community.hex(), 16))

    @settings(max_examples=50)
    @given(st.text(max_size=30))
    def test_any_text_is_read_or_refused(self, word: str) -> None:
        self.assertIn(len(extended_community.parse(word)), (0, 8))
