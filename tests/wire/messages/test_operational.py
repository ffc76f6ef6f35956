"""OPERATIONAL."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Source, Tokenizer
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.messages import operational
from bgptwist.wire.messages.operational import ADM, ASM, COUNTERS, KINDS, NAMES, QUERIES, Operational, decode
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

FAMILY = "000101"
OURS = bytes((1, 2, 3, 4))


def read(text: str) -> Operational:
    """The message of words that begin with its type."""
    words = Words(lex(text))
    found = operational.read(KINDS[words.next("")], words)
    if words.more:
        raise Misspelt("too many words", at=words.at)
    return found


class OctetsTests(SynchronousTestCase):
    """Octets, JSON and text, in ExaBGP's forms."""

    def spelt(self, octets: str, words: str, **told: object) -> None:
        found = decode(bytes.fromhex(octets))
        self.assertEqual(found.octets().hex(), octets)
        self.assertEqual(found.words(), words)
        self.assertEqual(json.loads(found.json()), told)

    def test_advisories(self) -> None:
        for kind, name in ((1, "ADM"), (2, "ASM")):
            self.spelt(
                f"000{kind}000e{FAMILY}" + b"hello world".hex(),
                f'{name} afi ipv4 safi unicast advisory "hello world"',
                name=name,
                afi="ipv4",
                safi="unicast",
                advisory="hello world",
            )

    def test_queries(self) -> None:
        for kind, name in ((3, "RPCQ"), (5, "APCQ"), (7, "LPCQ")):
            self.spelt(
                f"000{kind}000b00020109090909" + "00000007",
                f"{name} afi ipv6 safi unicast",
                name=name,
                afi="ipv6",
                safi="unicast",
            )

    def test_answers(self) -> None:
        for kind, name in ((4, "RPCP"), (6, "APCP"), (8, "LPCP")):
            self.spelt(
                f"000{kind}000f{FAMILY}01020304" + "0000000700000009",
                f"{name} afi ipv4 safi unicast router-id 1.2.3.4 sequence 7 counter 9",
                name=name,
                afi="ipv4",
                safi="unicast",
                counter=9,
                sequence=7,
                **{"router-id": "1.2.3.4"},
            )

    def test_a_long_counter_has_eight_octets(self) -> None:
        found = Operational(4, 1, 1, router_id=OURS, sequence=1, counter=1 << 40)
        self.assertEqual(decode(found.octets()), found)

    def test_other_types_are_told_in_hexadecimal(self) -> None:
        self.spelt("ffff00020102", "NS data 0x0102", name="NS", type=65535, data="0x0102")
        self.spelt("00630000", "99 data 0x", name="99", type=99, data="0x")
        for kind in NAMES:
            if kind not in KINDS.values():
                decode(kind.to_bytes(2, "big") + bytes(2)).json()

    def test_what_does_not_fit_its_type_is_told_in_hexadecimal(self) -> None:
        for octets, data in (
            ("00010002" + "0001", "0001"),  # no SAFI
            ("0001000c" + FAMILY + "68", FAMILY + "68"),  # shorter than it says
            ("00010003" + FAMILY + "68", FAMILY + "68"),  # longer
            ("0003000a" + FAMILY + "01020304000000", FAMILY + "01020304000000"),
            ("0004000e" + FAMILY + "0102030400000001000000", FAMILY + "0102030400000001000000"),
            ("0003000c" + FAMILY + "010203040000000100", FAMILY + "010203040000000100"),
            ("000100", ""),
            ("", ""),
        ):
            self.assertEqual(decode(bytes.fromhex(octets)).data, bytes.fromhex(data), octets)

    def test_whatever_the_peer_writes_is_one_line(self) -> None:
        advisory = 'a "quote"\r\n\x1b[31m\xff\u20ac'.encode("utf-8", "surrogateescape") + b"\xff\0"
        found = decode(Operational(ADM, 1, 1, advisory=advisory).octets())
        for text in (found.words(), found.json()):
            self.assertTrue(text.isascii() and text.isprintable(), text)
        self.assertEqual(json.loads(found.json())["advisory"][:11], 'a "quote"\r\n')

    @settings(max_examples=100)
    @given(st.sampled_from([*NAMES, 0, 99]), st.binary(max_size=24))
    def test_any_octets_are_spelt(self, kind: int, value: bytes) -> None:
        body = kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
        found = decode(body)
        self.assertEqual(found.octets(), body)
        self.assertTrue(found.words().isprintable())
        json.loads(found.json())

    @settings(max_examples=50)
    @given(st.binary(max_size=12))
    def test_any_body_is_spelt(self, body: bytes) -> None:
        found = decode(body)
        found.octets()
        found.words()
        json.loads(found.json())


class WordsTests(SynchronousTestCase):
    """Commands and statements of the configuration."""

    def test_words_are_those_of_exabgp(self) -> None:
        for text, wanted in (
            ("asm afi ipv4 safi unicast advisory hello", Operational(ASM, 1, 1, advisory=b"hello")),
            ("adm afi l2vpn safi evpn advisory hello", Operational(ADM, 25, 70, advisory=b"hello")),
            ("rpcq afi ipv4 safi unicast sequence 7", Operational(3, 1, 1, sequence=7)),
            ("apcq safi unicast afi ipv6", Operational(5, 2, 1)),
            ("lpcq afi ipv4 safi unicast router-id 1.2.3.4", Operational(7, 1, 1, router_id=OURS)),
            (
                "rpcp afi ipv4 safi unicast router-id 1.2.3.4 sequence 7 counter 9",
                Operational(4, 1, 1, router_id=OURS, sequence=7, counter=9),
            ),
            ("apcp afi ipv4 safi unicast sequence 0 counter 0", Operational(6, 1, 1, sequence=0)),
            ("lpcp afi afi-99 safi safi-99 sequence 1 counter 2", Operational(8, 99, 99, sequence=1, counter=2)),
        ):
            self.assertEqual(read(text), wanted, text)

    def test_an_advisory_has_no_router_id_to_tell(self) -> None:
        self.assertEqual(read("adm afi ipv4 safi unicast router-id 1.2.3.4 advisory x").router_id, b"")

    def test_what_is_wrong_is_misspelt(self) -> None:
        for text, reason in (
            ("asm", "'afi' is missing"),
            ("asm afi ipv4 safi unicast", "'advisory' is missing"),
            ("asm afi ipv5 safi unicast advisory x", "'ipv5' cannot be read"),
            ("asm afi ipv4 safi nothing advisory x", "'nothing' cannot be read"),
            ("asm afi ipv4 afi ipv4 safi unicast advisory x", "'afi' is here twice"),
            ("asm afi ipv4 safi unicast advisory x sequence 7", "too many words"),
            ("rpcq afi ipv4 safi unicast counter 7", "too many words"),
            ("rpcp afi ipv4 safi unicast counter 7", "'sequence' is missing"),
            ("rpcp afi ipv4 safi unicast sequence 7", "'counter' is missing"),
            ("rpcq afi ipv4 safi unicast sequence 4294967296", "'4294967296' cannot be read"),
            ("rpcp afi ipv4 safi unicast sequence 1 counter 18446744073709551616", "cannot be read"),
            ("rpcq afi ipv4 safi unicast router-id x", "'x' is no IPv4 address"),
            (f"adm afi ipv4 safi unicast advisory {'x' * 2049}", "the advisory has 2049 octets"),
        ):
            self.assertIn(reason, self.assertRaises(Misspelt, read, text).reason, text)

    def test_what_is_not_said_is_completed(self) -> None:
        for kind in (*QUERIES, *COUNTERS):
            found = Operational(kind, 1, 1).completed(OURS, 12)
            self.assertEqual((found.router_id, found.sequence), (OURS, 12))
        said = Operational(3, 1, 1, router_id=bytes(4), sequence=0)
        self.assertEqual(said.completed(OURS, 12), said)

    def test_messages_differ_in_every_part(self) -> None:
        one = Operational(4, 1, 1, router_id=OURS, sequence=1, counter=2)
        others = [
            Operational(6, 1, 1, router_id=OURS, sequence=1, counter=2),
            Operational(4, 2, 1, router_id=OURS, sequence=1, counter=2),
            Operational(4, 1, 2, router_id=OURS, sequence=1, counter=2),
            Operational(4, 1, 1, sequence=1, counter=2),
            Operational(4, 1, 1, router_id=OURS, counter=2),
            Operational(4, 1, 1, router_id=OURS, sequence=1),
        ]
        self.assertEqual(len({one, *others, decode(one.octets())}), 7)

    @settings(max_examples=100)
    @given(st.text(st.characters(codec="utf-8"), max_size=12))
    def test_the_statement_is_read_again(self, text: str) -> None:
        message = Operational(ADM, 1, 1, advisory=text.encode())
        reader = Tokenizer(Source("f", f"{message.statement()};"), 0)
        words = Words(reader.statement().words(), 1)
        self.assertEqual(reader.errors, [])
        self.assertEqual(operational.read(ADM, words), message)

    def test_statements_of_numbers_are_read_again(self) -> None:
        for message in (
            Operational(3, 1, 1),
            Operational(5, 1, 128, sequence=9),
            Operational(8, 2, 1, router_id=OURS, sequence=1, counter=2),
        ):
            self.assertEqual(read(message.statement()), message)
