"""Host names."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import hostname
from bgptwist.wire.capabilities.hostname import HostName
from bgptwist.wire.errors import Malformed


class HostNameTests(SynchronousTestCase):
    def test_what_is_cut_or_too_long_is_malformed(self) -> None:
        for hexadecimal in ("", "00", "0472747231", "0472", "0472747231036c61", "000000"):
            self.assertRaises(Malformed, hostname.decode, bytes.fromhex(hexadecimal))

    def test_any_octets_of_a_peer_can_be_spelt(self) -> None:
        value = hostname.decode(b'\6"\n\xff\xc3\xa9\0\1\\')
        self.assertEqual(value.words(), 'hostname("\\n\\xff\u00e9\\x00 \\)')
        self.assertEqual(json.loads(value.json()), {"host-name": '"\n\\xff\u00e9\0', "domain-name": "\\"})

    def test_long_names_are_cut_between_characters(self) -> None:
        octets = HostName("\u20ac" * 30, "x" * 70).octets()
        self.assertEqual((octets[0], octets[64], len(octets)), (63, 64, 1 + 63 + 1 + 64))
        self.assertEqual(octets[1:64].decode(), "\u20ac" * 21)
