"""What BGP-LS tells about prefixes."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.octets import Octets
from bgptwist.wire.values.link_state_prefix import PREFIX_ROWS
from bgptwist.wire.values.link_state_tlv import LinkStateTlvs
from bgptwist.wire.words import Words
from tests.wire.spelling import lex

PREFIX = LinkStateTlvs(PREFIX_ROWS)


def octets(words: str) -> str:
    return PREFIX.encode(PREFIX.read(Words(lex(words)))).hex()


class PrefixTests(SynchronousTestCase):
    def test_what_people_write(self) -> None:
        for words, found in (
            ("prefix-metric 100", "0483000400000064"),
            ("igp-flags D+N", "04800001c0"),
            ("igp-route-tag 5", "0481000400000005"),
            ("igp-extended-route-tag [ 5 6 ]", "0482001000000000000000050000000000000006"),
            ("sr-prefix-sid ( index 101 )", "048600080000000000000065"),
            ("sr-prefix-sid ( flags V+L algorithm 128 sid 16001 )", "048600070c800000003e81"),
            ("sr-prefix-range ( size 10 sr-prefix-sid ( index 1 ) )", "048700100000000a048600080000000000000001"),
            ("srv6-locator ( algorithm 128 metric 5 )", "048a0008008000" + "0000000005"),
        ):
            self.assertEqual(octets(words), found, words)

    def test_prefix_sids_for_several_algorithms_are_all_shown(self) -> None:
        found = PREFIX.decode(Octets(bytes.fromhex("048600080000000000000065" + "048600080080000000000066")))
        assert isinstance(found, dict)
        self.assertEqual(
            [(each["algorithm"], each["index"]) for each in found["sr-prefix-sids"]], [(0, 101), (128, 102)]
        )

    def test_addresses_of_another_length_are_generic(self) -> None:
        for code in (1156, 1171, 1174):
            tlv = code.to_bytes(2, "big") + b"\x00\x05" + bytes(5)
            self.assertEqual(PREFIX.decode(Octets(tlv)), {f"generic-lsid-{code}": ["0x0000000000"]})
