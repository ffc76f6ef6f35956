"""TUNNEL_ENCAP: what is malformed and what is not."""

import json
from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import tunnel_encapsulation
from bgptwist.wire.errors import KEEP, WITHDRAW, Malformed, Misspelt
from bgptwist.wire.kinds import Attribute, ReceiveContext
from bgptwist.wire.path import PathTable, header
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

KIND = tunnel_encapsulation.KIND


def verdict(octets: bytes) -> int:
    table = PathTable(ReceiveContext({}, external=False, mandatory=False))
    return table.receive(header(KIND.flags, KIND.code, len(octets)) + octets).verdict


def read(text: str) -> Attribute:
    words = Words(lex(text))
    assert KIND.read is not None
    value = KIND.read(words)
    assert not words.more, words.peek()
    return value


def policy(text: str) -> bytes:
    value = bytes.fromhex(text)
    return b"\0\x0f" + len(value).to_bytes(2, "big") + value


class VerdictTests(SynchronousTestCase):
    def test_tunnels_that_do_not_fit_withdraw_the_route(self) -> None:
        for text in ("", "00", "000f00", "000f0004", "000f000400", "00080001", "0008000000", "ffff0001"):
            self.assertEqual(verdict(bytes.fromhex(text)), WITHDRAW, text)

    def test_sub_tlvs_that_do_not_fill_their_tunnel_withdraw_the_route(self) -> None:
        for text in ("0008000108", "00080003080301", "000800028000", "00080003800001", "000f00010c", "000f00020c06"):
            self.assertEqual(verdict(bytes.fromhex(text)), WITHDRAW, text)

    def test_sub_tlvs_of_wrong_length_do_so_in_an_sr_policy_only(self) -> None:
        for text in ("0c0100", "0d0100", "0e020000", "0f0100", "140100", "800000", "810000", "820000"):
            self.assertEqual(verdict(policy(text)), WITHDRAW, text)
        self.assertEqual(verdict(bytes.fromhex("00080003" + "080101")), KEEP)

    def test_segments_must_have_a_length_of_their_type(self) -> None:
        for text in ("01", "0106", "010100", "090100", "0d020000", "03050000000000"):
            size = 1 + len(text) // 2
            self.assertEqual(verdict(policy(f"80{size:04x}00{text}")), WITHDRAW, text)
        self.assertEqual(verdict(policy("80000400c80100")), KEEP)

    def test_there_is_one_sr_policy(self) -> None:
        self.assertEqual(verdict(policy("")), KEEP)
        self.assertEqual(verdict(policy("") + policy("")), WITHDRAW)

    def test_what_is_unknown_is_kept(self) -> None:
        for text in ("00630004deadbeef", "00080002" + "4d00", "000f0002" + "4d00", "00120001ff"):
            self.assertEqual(verdict(bytes.fromhex(text)), KEEP, text)


class WordsTests(SynchronousTestCase):
    def test_what_would_be_malformed_is_not_read(self) -> None:
        for text in ("( )", "0x", "0x00", "( sr-policy ( unknown-subtlv-12 0x00 ) )", "vxlan", "( vxlan )"):
            with self.assertRaises(Misspelt):
                read(text)

    def test_a_whole_value_in_hexadecimal_is_read(self) -> None:
        value = read("0x00080004080212b5")
        self.assertEqual(json.loads(value.json()), {"vxlan": [{"udp-port": 4789}]})

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([1, 2, 7, 8, 9, 11, 15, 19, 99]),
                st.lists(
                    st.tuples(st.sampled_from([*range(1, 21), 77, 128, 129, 130, 200]), st.binary(max_size=20)),
                    max_size=6,
                ),
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_nothing_is_lost(self, tunnels: list[tuple[int, list[tuple[int, bytes]]]]) -> None:
        parts: list[bytes] = []
        for code, subs in tunnels:
            body = b"".join(
                [bytes((sub,)) + len(value).to_bytes(1 if sub < 128 else 2, "big") + value for sub, value in subs]
            )
            parts.append(code.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body)
        octets = b"".join(parts)
        try:
            value = KIND.decode(octets)
        except Malformed:
            self.assertIn(15, [code for code, _ in tunnels])
            return
        self.assertEqual(read(value.words()).octets(), octets)
        assert KIND.restore is not None
        self.assertEqual(read(KIND.restore(json.loads(value.json()))).octets(), octets)

    def test_checks_take_time_in_proportion(self) -> None:
        def least(count: int) -> float:
            body = b"\x4d\0" * count
            octets = b"\0\x0f" + len(body).to_bytes(2, "big") + body
            times = []
            for _ in range(5):
                begin = perf_counter()
                tunnel_encapsulation.check(octets)
                times.append(perf_counter() - begin)
            return min(times)

        self.assertLess(least(32000), 40 * least(1600) + 0.001)
