"""Ethernet VPN: what counts as one route, lengths, defaults and refusals."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.evpn import EVPN, NLRI, TYPES
from bgptwist.wire.values.typed import RouteType
from tests.wire.examples import examples
from tests.wire.families.typed import changed, read

MAC_IP = "mac-ip rd 65000:1 mac 00:11:22:33:44:55"


class EvpnTests(SynchronousTestCase):
    def refused(self, words: str) -> str:
        return str(self.assertRaises(Misspelt, read, EVPN, words))

    def keys(self, *words: str) -> int:
        """How many routes these are."""
        assert EVPN.key is not None
        return len({EVPN.key(read(EVPN, each)) for each in words})

    def test_every_type_occurs_in_the_corpus(self) -> None:
        codes = {octets[0] for octets, words, _ in examples(EVPN) if not words.startswith("raw")}
        self.assertEqual(codes, {route_type.code for route_type in TYPES})
        self.assertEqual(codes, set(range(1, 12)))

    def test_what_is_left_out_is_zero(self) -> None:
        short = read(EVPN, f"{MAC_IP} label 100")
        self.assertEqual(short, read(EVPN, f"{MAC_IP} esi 0 ethernet-tag 0 ip none label [ 100 ]"))
        self.assertEqual(read(EVPN, MAC_IP)[-3:], bytes(3))
        self.assertEqual(
            read(EVPN, "ip-prefix rd 1:1 prefix 10.0.0.0/8"),
            read(EVPN, "ip-prefix gateway 0.0.0.0 prefix 10.0.0.0/8 rd 1:1 label vni:0"),
        )
        smet = read(EVPN, "smet rd 1:1 originator 10.0.0.1")
        self.assertEqual(smet, read(EVPN, "smet rd 1:1 source any group * originator 10.0.0.1 flags 0"))

    def test_what_must_be_there_is_missed(self) -> None:
        for words, missing in (
            ("mac-ip rd 1:1", "mac"),
            ("mac-ip mac 00:11:22:33:44:55", "rd"),
            ("ethernet-ad rd 1:1", "esi"),
            ("ethernet-segment rd 1:1 esi 0", "ip"),
            ("multicast rd 1:1", "ip"),
            ("ip-prefix rd 1:1", "prefix"),
            ("smet rd 1:1", "originator"),
            ("leaf originator 10.0.0.1", "route-key"),
        ):
            self.assertIn(f"'{missing}' is missing", self.refused(words))

    def test_wrong_words_are_refused(self) -> None:
        for words, reason in (
            ("", "one of ethernet-ad, mac-ip"),
            ("mac rd 1:1", "'mac' is no type of route"),
            (f"{MAC_IP} rd 1:1", "'rd' stands twice"),
            (f"{MAC_IP} label 1048576", "1048575"),
            (f"{MAC_IP} label vni:16777216", "24 bits"),
            (f"{MAC_IP} label [ 1 2 3 ]", "2 at most"),
            (f"{MAC_IP} label [ ]", "1 at least"),
            (f"{MAC_IP} ip 10.0.0", "an address"),
            (f"{MAC_IP} ethernet-tag 4294967296", "4294967295"),
            ("mac-ip rd 1:1 mac 00:11:22:33:44", "MAC address"),
            ("mac-ip rd 70000:70000 mac 00:11:22:33:44:55", "route distinguisher"),
            ("ethernet-ad rd 1:1 esi 0 label [ 1 2 ]", "1 at most"),
            ("ip-prefix rd 1:1 prefix 10.0.0.1/8", "host bits"),
            ("ip-prefix rd 1:1 prefix 10.0.0.0/33", "prefix"),
            ("ip-prefix rd 1:1 prefix 10.0.0.0/8 gateway ::1", "not of the family"),
            ("ip-prefix rd 1:1 prefix ::/0 gateway 10.0.0.1", "not of the family"),
            ("per-region-i-pmsi rd 1:1 region 0x00", "8 octets"),
            ("smet rd 1:1 originator 10.0.0.1 flags v4", "IE+v3"),
            ("raw 0x0219", "one whole NLRI"),
            ("raw 0x0100", ""),
        ):
            if reason:
                self.assertIn(reason, self.refused(words))
            else:
                read(EVPN, words)

    def test_esi_and_labels_do_not_tell_routes_apart(self) -> None:
        self.assertEqual(
            self.keys(
                f"{MAC_IP} label 100",
                f"{MAC_IP} label [ 200 300 ]",
                f"{MAC_IP} esi 00:11:22:33:44:55:66:77:88:99 label 100",
            ),
            1,
        )
        self.assertEqual(
            self.keys(
                MAC_IP,
                f"{MAC_IP} ip 10.0.0.1",
                f"{MAC_IP} ip 10.0.0.2",
                f"{MAC_IP} ethernet-tag 1",
                "mac-ip rd 65000:2 mac 00:11:22:33:44:55",
                "mac-ip rd 65000:1 mac 00:11:22:33:44:56",
            ),
            6,
        )

    def test_other_types_have_their_own_identity(self) -> None:
        segment = "esi 00:11:22:33:44:55:66:77:88:99"
        self.assertEqual(self.keys(f"ethernet-ad rd 1:1 {segment} label 1", f"ethernet-ad rd 1:1 {segment} label 2"), 1)
        self.assertEqual(self.keys(f"ethernet-ad rd 1:1 {segment}", "ethernet-ad rd 1:1 esi 0"), 2)
        prefix = "ip-prefix rd 1:1 prefix 10.0.0.0/8"
        self.assertEqual(self.keys(prefix, f"{prefix} gateway 10.0.0.1 label 5", f"{prefix} {segment}"), 1)
        self.assertEqual(self.keys(prefix, "ip-prefix rd 1:1 prefix 10.0.0.0/9"), 2)
        smet = "smet rd 1:1 group 239.1.1.1 originator 10.0.0.1"
        self.assertEqual(self.keys(smet, f"{smet} flags v3", f"{smet} flags none"), 1)
        leave = f"igmp-leave-sync rd 1:1 {segment} originator 10.0.0.1"
        self.assertEqual(self.keys(leave, f"{leave} flags v2 max-response-time 9 reserved 1"), 1)
        self.assertEqual(self.keys(leave, f"{leave} group 239.1.1.1"), 2)
        self.assertEqual(self.keys("multicast rd 1:1 ip 10.0.0.1", "multicast rd 1:1 ip 10.0.0.2"), 2)

    def test_types_keep_apart_what_else_is_equal(self) -> None:
        self.assertEqual(
            self.keys("s-pmsi rd 1:1 originator 10.0.0.1", "smet rd 1:1 originator 10.0.0.1 flags none"), 2
        )

    def test_wrong_lengths_are_malformed(self) -> None:
        assert EVPN.check is not None
        right = {
            1: {25},
            2: {33, 36, 37, 40, 49, 52},
            3: {17, 29},
            4: {23, 35},
            5: {34, 58},
            9: {20},
        }
        seen: dict[int, set[int]] = {}
        for octets, words, _ in examples(EVPN):
            if not words.startswith("raw"):
                seen.setdefault(octets[0], set()).add(octets[1])
        for code, sizes in right.items():
            self.assertEqual(seen[code], sizes)
            for size in range(70):
                if size not in sizes:
                    nlri = bytes((code, size)) + bytes(size)
                    self.assertRaises(Malformed, EVPN.check, nlri)

    def test_octets_that_contradict_themselves_are_malformed(self) -> None:
        assert EVPN.check is not None
        for octets in (
            "0221" + "00" * 22 + "31" + "00" * 10,
            "0311" + "00" * 12 + "210a000001",
            "0222" + "00" * 22 + "30" + "00" * 11,
            "0522" + "00" * 22 + "21" + "00" * 11,
            "0b05" + "210a000001",
        ):
            error = self.assertRaises(Malformed, EVPN.check, bytes.fromhex(octets))
            self.assertEqual(error.code, 3)

    def test_types_nobody_knows_are_kept(self) -> None:
        assert EVPN.check is not None and EVPN.key is not None and EVPN.restore is not None
        nlri = bytes.fromhex("2a03010203")
        EVPN.check(nlri)
        self.assertEqual(EVPN.key(nlri), nlri)
        self.assertEqual(json.loads(EVPN.json(nlri)), {"code": 42, "parsed": False, "raw": "2A03010203"})
        self.assertEqual(EVPN.restore({"code": 42, "parsed": False, "raw": "2A03010203"}), "raw 0x2A03010203")

    def test_what_runs_past_the_end_is_malformed(self) -> None:
        for octets in ("02", "0221" + "00" * 32, "0219"):
            error = self.assertRaises(Malformed, EVPN.split, bytes.fromhex(octets), 0, len(octets) // 2)
            self.assertEqual((error.code, error.subcode), (3, 10))

    def test_json_counts_not_its_raw(self) -> None:
        assert EVPN.restore is not None
        tree = json.loads(EVPN.json(read(EVPN, f"{MAC_IP} label 100")))
        self.assertEqual(
            EVPN.restore({**tree, "ethernet-tag": 7, "ip": "10.0.0.1", "raw": "00"}),
            ("mac-ip rd 65000:1 ethernet-tag 7 mac 00:11:22:33:44:55 ip 10.0.0.1 label 100"),
        )

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_json_of_another_shape_is_read_or_misspelt(self, data: st.DataObject) -> None:
        assert EVPN.restore is not None
        try:
            EVPN.restore(changed(data, EVPN))
        except Misspelt:
            pass

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(TYPES), st.binary(max_size=80))
    def test_any_body_is_spelt(self, route_type: RouteType, body: bytes) -> None:
        assert EVPN.key is not None and EVPN.restore is not None
        nlri = NLRI.framed(route_type.code, body)
        words = EVPN.words(nlri)
        self.assertEqual(read(EVPN, words), nlri)
        self.assertEqual(EVPN.restore(json.loads(EVPN.json(nlri))), words)
        EVPN.key(nlri)
