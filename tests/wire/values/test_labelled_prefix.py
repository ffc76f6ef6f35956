"""Prefixes behind labels and route distinguishers: labelled unicast, VPN, multicast VPN, classful transport."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import labelled, multicast_vpn, transport_class, vpn
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

FAMILIES = (
    labelled.IPV4,
    labelled.IPV6,
    vpn.IPV4,
    vpn.IPV6,
    multicast_vpn.IPV4,
    multicast_vpn.IPV6,
    transport_class.IPV4,
    transport_class.IPV6,
)


def read(family: Family, text: str) -> str:
    """The octets of words that are read to their end."""
    words = Words(lex(text))
    nlri = family.read(words)
    assert not words.more, text
    return nlri.hex()


def split(family: Family, octets: str) -> list[str]:
    field = bytes.fromhex(octets)
    return [nlri.hex() for nlri in family.split(field, 0, len(field))]


class WordsTests(SynchronousTestCase):
    def test_the_octets_are_those_of_exabgp(self) -> None:
        for family, text, octets in (
            (labelled.IPV4, "192.0.2.0/24 label [ 100 200 ]", "48000640000c81c00002"),
            (vpn.IPV4, "192.0.2.0/24 rd 65001:7 label 100", "700006410000fde900000007c00002"),
            (
                vpn.IPV6,
                "2001:db8:1::/48 route-distinguisher 10.0.0.1:7 label 100",
                "8800064100010a000001000720010db80001",
            ),
            (vpn.IPV4, "1.4.0.0/16 rd 65000:1 label 1000", "68003e810000fde8000000010104"),
            (vpn.IPV4, "10.1.0.0/24 rd 4:100 label 3", "7000003100000004000000640a0100"),
        ):
            self.assertEqual(read(family, text), octets)

    def test_words_end_at_the_next_word_of_the_statement(self) -> None:
        words = Words(lex("10.0.0.0/24 label 100 rd 65000:1 next-hop 10.0.0.9 med 5"))
        vpn.IPV4.read(words)
        self.assertEqual(words.peek(), "next-hop")

    def test_what_is_missing_or_too_much_is_said(self) -> None:
        for family, text, reason in (
            (vpn.IPV4, "10.0.0.0/24 rd 65000:1", "a route of ipv4 mpls-vpn needs a label"),
            (vpn.IPV4, "10.0.0.0/24 label 100", "a route of ipv4 mpls-vpn needs a route distinguisher"),
            (labelled.IPV4, "10.0.0.0/24", "a route of ipv4 nlri-mpls needs a label"),
            (labelled.IPV4, "10.0.0.0/24 label [ ]", "the label stack is empty"),
            (
                labelled.IPV6,
                "2001:db8::/32 label 3 rd 65000:1",
                "'rd' has no place here in a route of ipv6 nlri-mpls",
            ),
            (
                multicast_vpn.IPV4,
                "10.0.0.0/24 rd 65000:1 label 3",
                "'label' has no place here in a route of ipv4 mcast",
            ),
            (vpn.IPV4, "10.0.0.0/24 label 3 label 4 rd 65000:1", "'label' has no place here"),
            (vpn.IPV4, "10.0.0.0/24 label 3 rd 65000:1 rd 65000:2", "'rd' has no place here"),
            (vpn.IPV4, "10.0.0.0/24 label 3 rd 70000:70000", "'70000:70000' is no route distinguisher"),
            (vpn.IPV4, "2001:db8::/32 label 3 rd 65000:1", "'2001:db8::/32' is not a valid prefix"),
            (vpn.IPV6, "::/128 label [ 1 2 3 ] rd 65000:1", "3 labels are too many for this prefix"),
        ):
            error = self.assertRaises(Misspelt, read, family, text)
            self.assertIn(reason, error.reason)
            self.assertTrue(error.expected)

    def test_a_stack_that_would_not_be_read_again_is_refused(self) -> None:
        for text in (
            "10.0.0.0/24 label [ 0 100 ]",
            "10.0.0.0/24 label [ 524288 100 ]",
            "10.0.0.0/24 label [ 100/0/1 200 ]",
            "10.0.1.0/24 label 100/0/0",
        ):
            error = self.assertRaises(Misspelt, read, labelled.IPV4, text)
            self.assertIn("a receiver would see the end of this label stack elsewhere", error.reason)

    def test_the_label_of_a_withdrawal_has_words(self) -> None:
        self.assertEqual(read(vpn.IPV4, "10.0.0.0/8 label 524288/0/0 rd 65000:1"), "608000000000fde8000000010a")


class JsonTests(SynchronousTestCase):
    def test_labels_come_with_their_24_bits(self) -> None:
        nlri = bytes.fromhex("7000003100000004000000640a0100")
        self.assertEqual(json.loads(vpn.IPV4.json(nlri)), {"nlri": "10.1.0.0/24", "label": [[3, 49]], "rd": "4:100"})

    def test_the_form_of_exabgp_5_is_taken_too(self) -> None:
        tree = {"nlri": "10.1.0.0/24", "label": [[3]], "rd": "4:100"}
        assert vpn.IPV4.restore is not None
        self.assertEqual(vpn.IPV4.restore(tree), "10.1.0.0/24 label 3 rd 4:100")

    def test_other_shapes_are_misspelt(self) -> None:
        assert vpn.IPV4.restore is not None and labelled.IPV4.restore is not None
        good = {"nlri": "10.1.0.0/24", "label": [[3]], "rd": "4:100"}
        for change in ({"nlri": 1}, {"nlri": "10.1.0.1/24"}, {"label": 3}, {"label": []}, {"rd": 4}, {"rd": "x"}):
            self.assertRaises(Misspelt, vpn.IPV4.restore, {**good, **change})
        for key in good:
            self.assertRaises(Misspelt, vpn.IPV4.restore, {name: good[name] for name in good if name != key})
        self.assertRaises(Misspelt, labelled.IPV4.restore, good)
        self.assertRaises(Misspelt, vpn.IPV4.restore, [])


class OctetsTests(SynchronousTestCase):
    def test_a_field_is_cut_into_nlri(self) -> None:
        listed = ["7000003100000004000000640a0100", "88000640000c810000fde8000000010a0000", "580000310000fde800000001"]
        self.assertEqual(split(vpn.IPV4, "".join(listed)), listed)
        numbered = [f"000000{at:02x}{octets}" for at, octets in enumerate(listed)]
        self.assertEqual(split(vpn.IPV4.with_path_id, "".join(numbered)), numbered)

    def test_host_bits_are_masked(self) -> None:
        self.assertEqual(split(labelled.IPV4, "310006410a0000ff"), ["310006410a000080"])
        self.assertEqual(split(vpn.IPV4, "610006410000000400000064ffff"), ["610006410000000400000064ff80"])
        self.assertEqual(split(labelled.IPV4.with_path_id, "00000001310006410a0000ff"), ["00000001310006410a000080"])

    def test_lengths_that_cannot_be_right_are_malformed(self) -> None:
        for family, octets in (
            (labelled.IPV4, "17000641"),  # less than a label
            (labelled.IPV4, "00"),
            (labelled.IPV4, "39" + "000641" + "0a00000000"),  # 33 bits of prefix
            (labelled.IPV4, "51" + "000640" + "000641" + "0a00000000"),
            (labelled.IPV4, "50" + "000640" + "0a0000000a0002"),  # one label by default, 56 bits of prefix
            (labelled.IPV4, "30000641"),  # cut short
            (vpn.IPV4, "57" + "000641" + "0000fde8000000"),  # less than label and route distinguisher
            (vpn.IPV4, "79" + "000641" + "0000fde800000001" + "0a00000000"),
            (vpn.IPV6, "ff" + "000641" + "00" * 29),
            (multicast_vpn.IPV4, "3f" + "00" * 8),
            (multicast_vpn.IPV4, "61" + "00" * 13),
            (labelled.IPV4.with_path_id, "00000001"),
            (labelled.IPV4.with_path_id, "0000"),
            (labelled.IPV4.with_path_id, "0000000130000641"),
        ):
            error = self.assertRaises(Malformed, split, family, octets)
            self.assertEqual((error.code, error.subcode), (3, 10), octets)

    def test_a_label_without_its_bit_is_one_label(self) -> None:
        nlri = bytes.fromhex("300006400a0000")
        self.assertEqual(labelled.IPV4.words(nlri), "10.0.0.0/24 label 100/0/0")

    def test_labels_are_no_part_of_what_a_route_is_about(self) -> None:
        key = vpn.IPV4.key
        assert key is not None
        keys = {
            key(bytes.fromhex(read(vpn.IPV4, f"10.0.0.0/24 label {label} rd 65000:1")))
            for label in ("3", "[ 100 200 ]", "524288/0/0", "0/0/0", "100/3/1")
        }
        self.assertEqual(keys, {bytes.fromhex("580000fde8000000010a0000")})
        self.assertNotIn(key(bytes.fromhex(read(vpn.IPV4, "10.0.0.0/24 label 3 rd 65000:2"))), keys)
        numbered = vpn.IPV4.with_path_id.key
        assert numbered is not None
        octets = "00000007" + read(vpn.IPV4, "10.0.0.0/24 label 3 rd 65000:1")
        self.assertEqual(numbered(bytes.fromhex(octets)).hex(), "00000007580000fde8000000010a0000")
        self.assertIsNone(multicast_vpn.IPV4.key)

    def test_a_withdrawn_route_has_one_entry_instead_of_labels(self) -> None:
        for family, announced, withdrawn in (
            (labelled.IPV4, "300006410a0000", "300006410a0000"),
            (labelled.IPV4, "48000640000c810a0000", "308000000a0000"),
            (vpn.IPV6, "f003e81003e8210000fde80000000120010db8000000000000000000000001", ""),
            (labelled.IPV4.with_path_id, "0000000748000640000c810a0000", "00000007308000000a0000"),
        ):
            assert family.withdrawn is not None
            found = family.withdrawn(bytes.fromhex(announced)).hex()
            self.assertEqual(found, withdrawn or "d88000000000fde80000000120010db8000000000000000000000001")
        self.assertIsNone(multicast_vpn.IPV4.withdrawn)

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(FAMILIES), st.booleans(), st.binary(max_size=60), st.integers(0, 255))
    def test_what_is_withdrawn_is_found_again(self, family: Family, numbered: bool, octets: bytes, bits: int) -> None:
        form = family.with_path_id if numbered else family
        field = (b"\0\0\0\7" if numbered else b"") + bytes((bits,)) + octets
        try:
            found = form.split(field, 0, len(field))
        except Malformed:
            return
        key = form.key or bytes
        for nlri in found:
            sent = form.withdrawn(nlri) if form.withdrawn else nlri
            self.assertEqual([key(each) for each in form.split(sent, 0, len(sent))], [key(nlri)])

    def test_next_hops_stand_behind_eight_octets_of_zero(self) -> None:
        for family in (vpn.IPV4, vpn.IPV6, multicast_vpn.IPV4, transport_class.IPV6):
            self.assertEqual(family.next_hop_prefix, bytes(8))
            self.assertEqual(set(family.next_hop_sizes), {12, 24, 48})
        self.assertEqual(labelled.IPV4.next_hop_prefix, b"")

    @settings(max_examples=400, deadline=None)
    @given(st.sampled_from(FAMILIES), st.booleans(), st.binary(max_size=60), st.integers(0, 255))
    def test_whatever_is_cut_is_spelt_and_read_again(
        self, family: Family, numbered: bool, octets: bytes, bits: int
    ) -> None:
        form = family.with_path_id if numbered else family
        field = (b"\0\0\0\7" if numbered else b"") + bytes((bits,)) + octets
        try:
            found = form.split(field, 0, len(field))
        except Malformed:
            return
        for nlri in found:
            words = form.words(nlri)
            assert form.restore is not None
            self.assertEqual(form.restore(json.loads(form.json(nlri))), words)
            self.assertEqual(family.read(Words(lex(words))), nlri[4:] if numbered else nlri)
