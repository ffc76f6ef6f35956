"""The forms of extended communities: every row of the table."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import extended
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values import extended_community
from bgptwist.wire.values.community_table import Row
from bgptwist.wire.values.extended_community import TABLE
from tests.wire.examples import examples

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
    "bandwidth:transitive:65001:1000000": "0004fde949742400",
    "ospf-domain:65000:1": "0005fde800000001",
    "ospf-domain:10.0.0.1:512": "01050a0000010200",
    "ospf-domain:200000:512": "020500030d400200",
    "ospf-router-id:10.0.0.1:0": "01070a0000010000",
    "data-collection:65000:100": "0008fde800000064",
    "data-collection:200000:100": "020800030d400064",
    "source-as:65000:0": "0009fde800000000",
    "source-as:200000:0": "020900030d400000",
    "l2vpn-id:65000:7": "000afde800000007",
    "l2vpn-id:10.0.0.1:7": "010a0a0000010007",
    "vrf-route-import:10.0.0.1:3": "010b0a0000010003",
    "vpn-distinguisher:65000:1": "0010fde800000001",
    "vpn-distinguisher:10.0.0.1:1": "01100a0000010001",
    "vpn-distinguisher:200000:1": "021000030d400001",
    "segmented-next-hop:10.0.0.1:0": "01120a0000010000",
    "rtrecord:65000:100": "0013fde800000064",
    "rtrecord:10.0.0.1:7": "01130a0000010007",
    "rtrecord:200000:9": "021300030d400009",
    "mvpn-sa-rp:10.0.0.1:0": "01200a0000010000",
    "generic:65000:1": "02040000fde80001",
    "generic:200000:1": "020400030d400001",
    "generic:non-transitive:200000:1": "420400030d400001",
    "cp-orf:0x000000000064": "0303000000000064",
    "ospf-route-type:0.0.0.0:5:external-2": "0306000000000501",
    "ospf-route-type:0.0.0.1:3:0": "0306000000010300",
    "e-tree-info:P+V": "800b000300000000",
    "e-tree-info:0": "800b000000000000",
    "eigrp-route:internal:100": "8800800000000064",
    "eigrp-delay:100:2560": "8801006400000a00",
    "eigrp-bandwidth:255:1:256000": "8802ff010003e800",
    "eigrp-mtu:0:1:1500": "88030001000005dc",
    "eigrp-origin:100:10.0.0.1": "880400640a000001",
    "eigrp-metric:11:20": "8805000b00000014",
    "cost:128:1:100": "0301800100000064",
    "cost:non-transitive:129:2:100": "4301810200000064",
    "color:100": "030b000000000064",
    "color:01:100": "030b400000000064",
    "color:10:100": "030b800000000064",
    "default-gateway": "030d000000000000",
    "consistentHashSortOrder:5": "0314000000050000",
    "qos-marking:1:2:3:4:5:6": "0400010203040506",
    "qos-marking:non-transitive:1:2:3:4:5:6": "4400010203040506",
    "cos-capability:0xF80000000000": "0500f80000000000",
    "transport-class:100": "0a00000000000064",
    "transport-class:non-transitive:100": "4a00000000000064",
    "transport-class-target:100": "0a02000000000064",
    "transport-class-target:non-transitive:100": "4a02000000000064",
    "sfir-pool:0x000000000001": "0b01000000000001",
    "sfc-labels:0x000000100002": "0b02000000100002",
    "validation-state:valid": "4300000000000000",
    "validation-state:not-found": "4300000000000001",
    "validation-state:invalid": "4300000000000002",
    "validation-state:9": "4300000000000009",
    "redirect-to-indirection-id:0:1:100": "0900000100000064",
    "esi-label:100:all-active": "0601000000000640",
    "esi-label:100:single-active": "0601010000000640",
    "esi-label:vni:1601:all-active": "0601000000000641",
    "es-import:00:11:22:33:44:55": "0602001122334455",
    "router-mac:52:54:00:aa:bb:cc": "0603525400aabbcc",
    "l2-attributes:P+C:1500": "0604000505dc0000",
    "l2-attributes:0:0": "0604000000000000",
    "l2-attributes:0x0101:9000": "0604010123280000",
    "e-tree:0:leaf": "0605010000000000",
    "e-tree:100:root": "0605000000000640",
    "df-election:default:0:0": "0606000000000000",
    "df-election:hrw:AC:0": "0606014000000000",
    "df-election:highest-preference:D+T:32767": "0606029000007fff",
    "df-election:31:0x0001:1": "06061f0001000001",
    "i-sid:10000": "0607000000002710",
    "arp-nd:R+O+I": "06080b0000000000",
    "multicast-flags:igmp-proxy+mld-proxy": "0609000300000000",
    "multicast-flags:0x0010": "0609001000000000",
    "evi-rt:65000:1": "060afde800000001",
    "evi-rt:10.0.0.1:1": "060b0a0000010001",
    "evi-rt:200000:1": "060c00030d400001",
    "evi-rt:0x000000000001": "060d000000000001",
    "attachment-circuit:0x000000000064": "060e000000000064",
    "service-carving-time:3912345678:32768": "060fe931a84e8000",
    "evpn-bandwidth:0:1000": "06100000000003e8",
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
    "link-bandwidth:65001:1000000": "4004fde949742400",
    "link-bandwidth:transitive:65001:1000000": "0004fde949742400",
    "bandwidth:non-transitive:65001:1000000": "4004fde949742400",
    "route-target-record:65000:100": "0013fde800000064",
    "encapsulation:vxlan": "030c000000000008",
    "consistent-hash-sort-order:5": "0314000000050000",
    "color:00:100": "030b000000000064",
    "cost:transitive:128:1:100": "0301800100000064",
    "generic:1.10:5": "02040001000a0005",
    "esi-label:100": "0601000000000640",
    "esi-label:vni:1600": "0601000000000640",
    "e-tree:100": "0605000000000640",
    "es-import:00:AA:22:33:44:55": "060200aa22334455",
    "l2-attributes:5:1500": "0604000505dc0000",
    "validation-state:0": "4300000000000000",
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
    "color",
    "color:4294967296",
    "color:1:100",
    "color:02:100",
    "color:00:00:100",
    "esi-label",
    "esi-label:1048576",
    "esi-label:vni:16777216",
    "esi-label:100:active",
    "esi-label:100:single-active:all-active",
    "es-import:00:11:22:33:44",
    "es-import:00:11:22:33:44:5g",
    "es-import:00:11:22:33:44:55:66",
    "es-import:0:11:22:33:44:555",
    "router-mac:001122334455",
    "l2-attributes:P",
    "l2-attributes:X:1500",
    "l2-attributes:P:1500:0",
    "l2-attributes:65536:1500",
    "df-election:hrw",
    "df-election:256:0:0",
    "df-election:hrw:0:65536",
    "i-sid:16777216",
    "arp-nd:256",
    "default-gateway:1",
    "validation-state:unknown",
    "validation-state:256",
    "ospf-router-id:65000:1",
    "cost:transitive:non-transitive:1:2:3",
    "cost:1:2",
    "cost:1:2:3:4",
    "generic:200000",
    "cp-orf:1",
    "cp-orf:0x01",
    "transport-class:4294967296",
    "eigrp-origin:1:1",
    "bandwidth:transitive:1",
)

HEXADECIMAL = (
    "4002fde800000064",  # the type octet counts whole
    "800dfde800000064",  # no row
    "0007fde800000064",
    "0000fde800000064",
    "800600017f800000",  # infinite
    "8007000000000000",  # no action
    "07020000fde90009",  # no direction
    "030b000100000064",  # reserved octets
    "030d000000000001",
    "4300000001000000",
    "0601020000000640",
    "0604000505dc0001",
    "0a00000100000064",
)
"""What has no words."""

LOSSY = {
    "800600003fc00000": "rate-limit:1",
    "8006fde946160000": "rate-limit:9600",
    "80090000000000ff": "mark 255",
    "8006000080000000": "rate-limit:0",
    "0800010000000000": "redirect-to-nexthop",
    "0600ff0000000007": "mac-mobility:7:sticky",
    "0004fde93fc00000": "bandwidth:transitive:65001:1",
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

    def test_every_row_says_what_its_words_are(self) -> None:
        self.assertEqual([row.word for row in extended_community.ROWS if not row.help], [])

    def test_every_row_is_in_the_corpus(self) -> None:
        listed = [community for octets, _, _ in examples(extended.KIND) for community in TABLE.listed(octets)]
        for row in extended_community.ROWS:
            found = [each for each in listed if int.from_bytes(each[:2], "big") == row.code]
            self.assertTrue(found, row.word)
            if row.write(found[0][2:]) is not None:
                self.assertIn(row.word, [TABLE.text(each).split(row.glue)[0] for each in found])

    def test_every_type_of_the_specification_has_a_row(self) -> None:
        wanted = {
            0x00: (2, 3, 4, 5, 8, 9, 0x0A, 0x10, 0x13),
            0x01: (2, 3, 5, 7, 0x0A, 0x0B, 0x0C, 0x10, 0x12, 0x13, 0x20),
            0x02: (2, 3, 4, 5, 8, 9, 0x10, 0x13),
            0x03: (1, 3, 6, 0x0B, 0x0C, 0x0D, 0x14),
            0x04: (0,),
            0x05: (0,),
            0x06: tuple(range(0x11)),
            0x07: (2,),
            0x08: (0,),
            0x09: (0,),
            0x0A: (0,),
            0x0B: (1,),
            0x0C: (0,),
            0x40: (4,),
            0x42: (4,),
            0x43: (0, 1),
            0x44: (0,),
            0x47: (2,),
            0x80: (6, 7, 8, 9, 0x0A, 0x0B, 0x0C),
            0x81: (8,),
            0x82: (8,),
            0x88: (0, 1, 2, 3, 4, 5),
        }
        codes = {high << 8 | low for high, lows in wanted.items() for low in lows}
        self.assertEqual({hex(code) for code in codes - set(extended_community.BY_CODE)}, set())

    def test_a_word_of_one_type_octet_is_read_as_no_other(self) -> None:
        for words, octets in FORMS.items():
            word = words.replace(" ", ":").split(":")[0]
            for row in TABLE.by_word[word]:
                self.assertIn(row, TABLE.by_code[row.code])
            self.assertNotIn(word, ("next-hop", "med", "community", "attribute"), octets)

    def test_exabgp_writes_in_hexadecimal_what_it_has_no_words_for(self) -> None:
        for octets, text in (("030b000000000064", "0x030B000000000064"), ("0002fde800000064", "target:65000:100")):
            shown = json.loads(extended_community.exabgp_json(bytes.fromhex(octets)))
            self.assertEqual(shown, {"value": int(octets, 16), "string": text})

    def test_json_becomes_octets_from_the_number_the_string_or_both(self) -> None:
        target = bytes.fromhex("0002fde800000064")
        for tree in (
            {"value": 842122827661412, "string": "target:65000:100"},
            {"value": 842122827661412},
            {"string": "target:65000:100"},
            {"value": 842122827661413, "string": "target:65000:100"},
            {"value": "0x0002FDE800000064"},
            "target:65000:100",
        ):
            self.assertEqual(TABLE.of_tree(tree), target, tree)
        lossy = bytes.fromhex("800600003fc00000")
        self.assertEqual(TABLE.of_tree(json.loads(TABLE.json(lossy))), lossy)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for tree in ({}, None, 7, [], {"value": 1 << 64}, {"value": -1}, {"value": True}, {"string": "x"}, "x"):
            self.assertRaises(Misspelt, TABLE.of_tree, tree)
        self.assertRaises(Misspelt, TABLE.restored, {"value": 1})

    @settings(max_examples=50)
    @given(st.sampled_from(extended_community.ROWS), st.binary(min_size=6, max_size=6))
    def test_any_value_of_any_row_is_spelt_and_read_back(self, row: Row, value: bytes) -> None:
        community = row.code.to_bytes(2, "big") + value
        self.assertEqual(extended_community.parse(extended_community.words(community)), community)
        self.assertEqual(json.loads(extended_community.json(community))["value"], int(community.hex(), 16))

    @settings(max_examples=50)
    @given(st.text(max_size=30))
    def test_any_text_is_read_or_refused(self, word: str) -> None:
        self.assertIn(len(extended_community.parse(word)), (0, 8))
