"""Color-aware routing."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.families import car
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex


def read(family: Family, text: str) -> bytes:
    words = Words(lex(text))
    nlri = family.read(words)
    assert not words.more, text
    return nlri


class ColorAwareTests(SynchronousTestCase):
    def test_a_key_and_tlvs_stand_behind_their_lengths(self) -> None:
        nlri = read(car.IPV4, "color-aware 10.0.0.0/24 color 100 label 24000")
        self.assertEqual(nlri.hex(), "0f0801180a000000000064" + "010305dc01")
        nlri = read(car.IPV4_VPN, "ip-prefix 10.0.0.0/24 rd 65000:1")
        self.assertEqual(nlri.hex(), "0e0c02" + "0000fde800000001" + "180a0000")

    def test_every_type_and_tlv_has_an_example(self) -> None:
        for family in (car.IPV4, car.IPV6, car.IPV4_VPN, car.IPV6_VPN):
            keys = {key for _, _, text in examples(family) for key in json.loads(text)}
            self.assertEqual({row.key for row in car.TLVS.rows.values()} - keys, set(), family.name)
            codes = {json.loads(text)["code"] for _, _, text in examples(family)}
            self.assertEqual(set(car.TYPES) - codes, set(), family.name)

    def test_the_key_tells_routes_apart(self) -> None:
        for family in (car.IPV4, car.IPV4_VPN):
            rd = " rd 65000:1" if family is car.IPV4_VPN else ""
            start = f"color-aware 10.0.0.0/24{rd} color"
            key = family.key
            assert key is not None
            self.assertEqual(key(read(family, f"{start} 1")), key(read(family, f"{start} 1 label 3")))
            self.assertNotEqual(key(read(family, f"{start} 1")), key(read(family, f"{start} 2")))
            self.assertNotEqual(key(read(family, f"ip-prefix 10.0.0.0/24{rd}")), key(read(family, f"{start} 1")))
        assert car.IPV4.key is not None
        for octets in ("00", "01ff", "02ff01"):
            car.IPV4.key(bytes.fromhex(octets))

    def test_nlri_that_make_no_sense_are_withdrawn_alone(self) -> None:
        check = car.IPV4.check
        assert check is not None
        for octets in (
            "00",
            "0108",
            "0208ff",  # the key runs past the end
            "0a0901180a00000000006400",  # an octet too many in the key
            "0a0801210a000000000064",  # a prefix of 33 bits
            "0a0701180a000000000064",  # a key that is cut short
            "0e0801180a00000000006401ff000641",  # a TLV that runs past the end
        ):
            nlri = bytes.fromhex(octets)
            self.assertRaises(Malformed, check, nlri)
            self.assertEqual(json.loads(car.IPV4.json(nlri))["parsed"], False, octets)
            self.assertEqual(car.IPV4.words(nlri), f"raw 0x{octets.upper()}")

    def test_types_that_nobody_knows_are_passed_on(self) -> None:
        nlri = read(car.IPV4, "raw 0x06040912345678")
        assert car.IPV4.check is not None
        car.IPV4.check(nlri)
        self.assertEqual(nlri.hex(), "06040912345678")

    def test_host_bits_are_masked(self) -> None:
        field = bytes.fromhex("0b0901190a0000ff00000064")
        self.assertEqual([nlri.hex() for nlri in car.IPV4.split(field, 0, 12)], ["0b0901190a00008000000064"])

    def test_one_that_runs_past_the_field_is_malformed(self) -> None:
        error = self.assertRaises(Malformed, car.IPV4.split, b"\x0a\x08\x01", 0, 3)
        self.assertEqual((error.code, error.subcode), (3, 10))

    def test_wrong_words_are_misspelt(self) -> None:
        for text in (
            "",
            "10.0.0.0/24 color 1",
            "color-aware 10.0.0.0/24",
            "color-aware 10.0.0.1/24 color 1",
            "color-aware color 1",
            "ip-prefix 10.0.0.0/24 label x",
            "raw 0x0604",
            "raw 0x060409123456780a",
            "raw 0x0b0901190a0000ff00000064",
        ):
            self.assertRaises(Misspelt, read, car.IPV4, text)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        assert car.IPV4.restore is not None
        good = {"code": 1, "prefix": "10.0.0.0/24", "color": 1}
        self.assertEqual(car.IPV4.restore(good), "color-aware 10.0.0.0/24 color 1")
        for change in ({"code": 3}, {"code": "x"}, {"prefix": "::/0"}, {"color": -1}, {"other": 1}, {"label": 3}):
            self.assertRaises(Misspelt, car.IPV4.restore, {**good, **change})
        self.assertRaises(Misspelt, car.IPV4.restore, {"parsed": False, "raw": "06"})
        self.assertRaises(Misspelt, car.IPV4.restore, {"parsed": False})
