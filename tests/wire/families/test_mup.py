"""Mobile user plane: how TEIDs are packed, what counts as one route, refusals."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families.mup import IPV4_MUP, IPV6_MUP, nlri
from bgptwist.wire.kinds import Family
from tests.wire.examples import examples
from tests.wire.families.typed import changed, read

BOTH = (IPV4_MUP, IPV6_MUP)
SESSION = "mup-t1st 10.0.0.0/24 rd 1:1 teid 1 qfi 9 endpoint 10.0.0.1"


class MobileTests(SynchronousTestCase):
    def refused(self, family: Family, words: str) -> str:
        return str(self.assertRaises(Misspelt, read, family, words))

    def test_every_type_occurs_in_the_corpus(self) -> None:
        for family in BOTH:
            codes = {octets[2] for octets, words, _ in examples(family) if not words.startswith("raw")}
            self.assertEqual(codes, set(nlri(family.afi).types))

    def test_a_teid_takes_as_many_octets_as_its_bits_need_and_stands_at_their_right_end(self) -> None:
        for bits, octets in ((32, "00003039"), (23, "003039"), (14, "3039")):
            found = read(IPV4_MUP, f"mup-t2st 10.0.0.1 rd 100:100 teid 12345/{bits}")
            self.assertEqual(found[12], 32 + bits)
            self.assertEqual(found[17:].hex(), octets)
        self.assertEqual(read(IPV4_MUP, "mup-t2st 10.0.0.1 rd 100:100 teid 0/0")[17:], b"")
        self.assertEqual(read(IPV6_MUP, "mup-t2st ::1 rd 100:100 teid 0x0a/5")[29:], b"\x0a")

    def test_a_teid_that_its_bits_cannot_hold_is_refused(self) -> None:
        for teid, reason in (
            ("16/4", "TEID 16 needs 5 bits, not 4"),
            ("12345/0", "needs 14 bits, not 0"),
            ("1/33", "0 to 32 bits"),
            ("1", "like 12345/32"),
            ("x/8", "like 12345/32"),
            ("-1/8", "like 12345/32"),
            ("0x0102/8", "1 octets for 8 bits"),
            ("0x1/8", "hexadecimal"),
        ):
            self.assertIn(reason, self.refused(IPV4_MUP, f"mup-t2st 10.0.0.1 rd 1:1 teid {teid}"))

    def test_wrong_words_are_refused(self) -> None:
        for words, reason in (
            ("mup-isd 10.0.0.1/24 rd 1:1", "host bits"),
            ("mup-isd 10.0.0.0/33 rd 1:1", "not a valid prefix"),
            ("mup-isd 2001:db8::/32 rd 1:1", "a prefix like 10.0.0.0/24"),
            ("mup-isd 10.0.0.0/24", "'rd' is missing"),
            ("mup-dsd 2001:db8::1 rd 1:1", "an IPv4 address"),
            ("mup-t2st 2001:db8::1 rd 1:1 teid 1/8", "an IPv4 address"),
            ("mup-t2st 10.0.0.1 rd 1:1", "'teid' is missing"),
            (SESSION.replace("qfi 9", "qfi 64"), "63"),
            (SESSION.replace("teid 1", "teid 4294967296"), "4294967295"),
            (SESSION.replace(" endpoint 10.0.0.1", ""), "'endpoint' is missing"),
            (f"{SESSION} source x", "an address"),
            ("mup-x 10.0.0.1", "'mup-x' is no type of route"),
            ("raw 0x0100", "one whole NLRI"),
        ):
            self.assertIn(reason, self.refused(IPV4_MUP, words))
        self.assertIn("an IPv6 address", self.refused(IPV6_MUP, "mup-dsd 10.0.0.1 rd 1:1"))

    def test_a_session_of_type_1_is_its_prefix(self) -> None:
        assert IPV4_MUP.key is not None
        other = "mup-t1st 10.0.0.0/24 rd 1:1 teid 2 qfi 8 endpoint 10.0.0.2 source 10.0.0.3"
        self.assertEqual(IPV4_MUP.key(read(IPV4_MUP, SESSION)), IPV4_MUP.key(read(IPV4_MUP, other)))
        for differs in (SESSION.replace("1:1", "1:2"), SESSION.replace("/24", "/25")):
            self.assertNotEqual(IPV4_MUP.key(read(IPV4_MUP, SESSION)), IPV4_MUP.key(read(IPV4_MUP, differs)))

    def test_a_session_of_type_2_is_all_of_it(self) -> None:
        assert IPV4_MUP.key is not None
        found = {
            IPV4_MUP.key(read(IPV4_MUP, f"mup-t2st 10.0.0.1 rd 1:1 teid {teid}")) for teid in ("1/8", "1/7", "2/8")
        }
        self.assertEqual(len(found), 3)

    def test_bodies_that_do_not_fit_are_malformed(self) -> None:
        assert IPV4_MUP.check is not None and IPV6_MUP.check is not None
        for octets in (
            "01000108" + "00" * 8,
            "0100010a" + "00" * 8 + "2100",
            "0100020b" + "00" * 11,
            "01000303" + "00" * 3,
            "0100040d" + "00" * 8 + "1f0a000001",
            "0100040d" + "00" * 8 + "410a000001",
            "0100040e" + "00" * 8 + "200a00000100",
            "0100040d" + "00" * 8 + "280a000001",
        ):
            self.assertRaises(Malformed, IPV4_MUP.check, bytes.fromhex(octets))
        self.assertRaises(Malformed, IPV6_MUP.check, read(IPV4_MUP, "mup-t2st 10.0.0.1 rd 1:1 teid 1/8"))
        for octets in ("01000500", "0200010101"):
            IPV4_MUP.check(bytes.fromhex(octets))

    def test_a_qfi_of_eight_bits_is_shown(self) -> None:
        octets = bytes.fromhex("010003170000fde800000001200a1400050000000140200a00003c")
        self.assertEqual(json.loads(IPV4_MUP.json(octets))["qfi"], "64")

    def test_json_of_exabgp_is_understood(self) -> None:
        assert IPV4_MUP.restore is not None
        tree = json.loads(IPV4_MUP.json(read(IPV4_MUP, SESSION)))
        self.assertEqual(IPV4_MUP.restore({**tree, "source_ip_len": 0, "source_ip": "b''"}), SESSION)

    @settings(max_examples=300, deadline=None)
    @given(st.data())
    def test_json_of_another_shape_is_read_or_misspelt(self, data: st.DataObject) -> None:
        for family in BOTH:
            assert family.restore is not None
            try:
                family.restore(changed(data, family))
            except Misspelt:
                pass

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(BOTH), st.integers(1, 4), st.binary(max_size=60))
    def test_any_body_is_spelt(self, family: Family, code: int, body: bytes) -> None:
        assert family.restore is not None and family.key is not None
        octets = nlri(family.afi).framed(code, body)
        words = family.words(octets)
        self.assertEqual(read(family, words), octets)
        self.assertEqual(family.restore(json.loads(family.json(octets))), words)
        family.key(octets)
