"""IPv4 and IPv6 prefixes."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import inet
from bgptwist.wire.words import Words

IPV4 = [
    ("18c00002", "192.0.2.0/24", '{"nlri": "192.0.2.0/24"}'),
    ("00", "0.0.0.0/0", '{"nlri": "0.0.0.0/0"}'),
    ("20c6336407", "198.51.100.7/32", '{"nlri": "198.51.100.7/32"}'),
    ("190a000080", "10.0.0.128/25", '{"nlri": "10.0.0.128/25"}'),
]
IPV6 = [
    ("3020010db80001", "2001:db8:1::/48", '{"nlri": "2001:db8:1::/48"}'),
    ("00", "::/0", '{"nlri": "::/0"}'),
    ("80" + "00" * 15 + "01", "::1/128", '{"nlri": "::1/128"}'),
]


def numbered(examples: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The examples with the path identifier 0.0.0.10 before them."""
    return [
        ("0000000a" + octets, f"{words} path-information 0.0.0.10", f'{text[:-1]}, "path-information": "0.0.0.10"}}')
        for octets, words, text in examples
    ]


class PrefixTests(SynchronousTestCase):
    def test_a_field_is_cut_into_prefixes(self) -> None:
        field = bytes.fromhex("18c00002" + "00" + "20c6336407")
        self.assertEqual(
            [nlri.hex() for nlri in inet.IPV4_UNICAST.split(field, 0, len(field))], ["18c00002", "00", "20c6336407"]
        )

    def test_host_bits_are_masked(self) -> None:
        self.assertEqual(inet.IPV4_UNICAST.split(b"\x19\x0a\0\0\xff", 0, 5), [b"\x19\x0a\0\0\x80"])

    def test_too_long_and_cut_prefixes_are_malformed(self) -> None:
        for family, octets in (
            (inet.IPV4_UNICAST, "210102030405"),
            (inet.IPV4_UNICAST, "180102"),
            (inet.IPV6_UNICAST, "81" + "00" * 17),
            (inet.IPV4_UNICAST.with_path_id, "00000001"),
            (inet.IPV4_UNICAST.with_path_id, "0000"),
        ):
            field = bytes.fromhex(octets)
            error = self.assertRaises(Malformed, family.split, field, 0, len(field))
            self.assertEqual((error.code, error.subcode), (3, 10))

    def test_host_bits_and_bad_lengths_are_refused_in_words(self) -> None:
        for word in ("192.0.2.1/24", "10.0.0.0/33", "10.0.0/24", "10.0.0.0/", "::/0", ""):
            self.assertRaises(Misspelt, inet.IPV4_UNICAST.read, Words([word]))
        for word in ("2001:db8::1/64", "::/129", "10.0.0.0/8", ""):
            self.assertRaises(Misspelt, inet.IPV6_UNICAST.read, Words([word]))

    def test_an_address_alone_is_a_host_route(self) -> None:
        self.assertEqual(inet.IPV4_UNICAST.read(Words(["198.51.100.7"])).hex(), "20c6336407")
