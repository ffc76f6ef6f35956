"""What BGP-LS tells about links."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_link import INNER, LINK_ROWS, Anomalous, Applications, Bandwidths
from bgptwist.wire.values.link_state_tlv import LinkStateTlvs
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

LINK = LinkStateTlvs(LINK_ROWS)


def tree(text: str) -> object:
    return LINK.decode(Octets(bytes.fromhex(text)))


def octets(words: str) -> str:
    return LINK.encode(LINK.read(Words(lex(words)))).hex()


class LinkTests(SynchronousTestCase):
    def test_there_are_eight_bandwidths(self) -> None:
        field = Bandwidths()
        self.assertEqual(field.read(Words(["5"])), [5.0] * 8)
        self.assertRaises(Malformed, field.decode, Octets(bytes(28)))
        self.assertRaises(Malformed, field.decode, Octets(bytes(36)))
        self.assertRaises(Misspelt, field.encode, [1.0] * 9)

    def test_the_bit_before_a_measured_value(self) -> None:
        for octet, value in ((0, False), (0x80, True)):
            self.assertEqual(Anomalous().decode(Octets(bytes((octet,)))), value)
            self.assertEqual(Anomalous().encode(value), bytes((octet,)))
        self.assertRaises(Malformed, Anomalous().decode, Octets(b"\x01"))
        self.assertEqual(Anomalous().encode(1), b"\x80")
        for bad in (2, "yes", None):
            self.assertRaises(Misspelt, Anomalous().encode, bad)

    def test_applications_by_name_or_in_octets(self) -> None:
        field = Applications()
        for words, value in (
            ("rsvp-te+flex-algo", "90000000"),
            ("0", "00000000"),
            ("0x90000001", "90000001"),
            ("0x9000000000000000", "9000000000000000"),
            ("0x10", "10"),
        ):
            found = field.read(Words([words]))
            self.assertEqual(field.encode(found).hex(), value)
            self.assertEqual(field.words(found), words)

    def test_attributes_for_applications(self) -> None:
        self.assertEqual(octets("application-specific ( te-metric 5 )"), "0462000c00000000" + "0444000400000005")
        self.assertEqual(octets("application-specific ( standard sr-policy+lfa )"), "0462000804000000" + "60000000")
        self.assertEqual(
            octets("application-specific ( te-metric 5 user 0xFF )"), "0462000d00010000ff" + "0444000400000005"
        )
        self.assertRaises(Misspelt, octets, "application-specific ( application-specific ( te-metric 5 ) )")

    def test_masks_longer_than_the_value_are_generic(self) -> None:
        self.assertEqual(tree("0462000504040000ff"), {"generic-lsid-1122": ["0x04040000FF"]})

    def test_the_tables_in_a_link_end(self) -> None:
        self.assertNotIn(1122, INNER.rows)
        self.assertNotIn(1172, INNER.rows)
        self.assertEqual(set(LINK.rows) - set(INNER.rows), {1122, 1172})

    def test_a_label_has_twenty_bits_of_which_more_are_shown(self) -> None:
        self.assertEqual(
            tree("044b0007 00000000 ffffff"),
            {"sr-adjs": [{"flags": {**dict.fromkeys("FBVLSP", 0), "RSV": 0}, "weight": 0, "sid": 0xFFFFFF}]},
        )

    def test_a_neighbor_on_a_lan_is_told_by_the_length(self) -> None:
        for size, key in ((11, "neighbor-id"), (12, "neighbor-id"), (13, "system-id"), (14, "system-id")):
            found = tree(f"044c{size:04x}" + "00" * size)
            assert isinstance(found, dict)
            self.assertIn(key, found["sr-adj-lan-sids"][0])
        for size in (0, 3, 4, 10, 15):
            self.assertEqual(tree(f"044c{size:04x}" + "00" * size), {"generic-lsid-1100": ["0x" + "00" * size]})

    def test_bits_of_protection_are_those_of_gmpls(self) -> None:
        names = ("extra-traffic", "unprotected", "shared", "dedicated-one-to-one", "dedicated-one-plus-one", "enhanced")
        for at, name in enumerate(names):
            self.assertEqual(octets(f"link-protection {name}"), f"04450002{1 << at:02x}00")
