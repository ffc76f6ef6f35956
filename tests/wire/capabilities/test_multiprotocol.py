"""Multiprotocol extensions."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities import multiprotocol
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.errors import Malformed


class MultiProtocolTests(SynchronousTestCase):
    def test_every_family_is_an_instance(self) -> None:
        self.assertEqual(
            [octets.hex() for octets in MultiProtocol([(1, 1), (2, 1)]).instances()], ["00010001", "00020001"]
        )

    def test_families_are_listed(self) -> None:
        value = MultiProtocol([(1, 1), (2, 1)])
        self.assertEqual(value.words(), "multiprotocol(ipv4 unicast,ipv6 unicast)")

    def test_instances_are_merged_without_duplicates(self) -> None:
        found = multiprotocol.merge(MultiProtocol([(1, 1)]), MultiProtocol([(2, 1), (1, 1)]))
        assert isinstance(found, MultiProtocol)
        self.assertEqual(found.families, [(1, 1), (2, 1)])

    def test_five_octets_are_malformed(self) -> None:
        self.assertRaises(Malformed, multiprotocol.decode, bytes(5))

    def test_the_reserved_octet_does_not_matter(self) -> None:
        self.assertEqual(multiprotocol.decode(b"\0\1\xff\1").octets(), b"\0\1\0\1")
