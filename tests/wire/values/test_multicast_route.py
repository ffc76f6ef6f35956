"""Sources, groups and the keys of leaf routes."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Number
from bgptwist.wire.values.multicast_route import Late, Multicast, RouteKey
from bgptwist.wire.words import Words


class MulticastTests(SynchronousTestCase):
    def test_a_wildcard_stands_only_where_it_may(self) -> None:
        self.assertEqual(Multicast(wildcard=True).decode(Octets(b"\0")), "*")
        self.assertEqual(Multicast(wildcard=True).encode("*"), b"\0")
        for word in ("*", "any"):
            self.assertEqual(Multicast(wildcard=True).read(Words([word])), "*")
        self.assertRaises(Malformed, Multicast().decode, Octets(b"\0"))
        self.assertRaises(Misspelt, Multicast().encode, "*")
        self.assertRaises(Misspelt, Multicast().read, Words(["*"]))

    def test_the_address_is_of_a_size_that_may_be(self) -> None:
        four = b"\x20\x0a\0\0\1"
        sixteen = b"\x80" + bytes(16)
        self.assertEqual(Multicast().decode(Octets(four)), "10.0.0.1")
        self.assertEqual(Multicast().decode(Octets(sixteen)), "::")
        self.assertRaises(Malformed, Multicast((16,)).decode, Octets(four))
        self.assertRaises(Malformed, Multicast((4,)).decode, Octets(sixteen))
        self.assertRaises(Malformed, Multicast().decode, Octets(b"\x21" + bytes(5)))
        error = self.assertRaises(Misspelt, Multicast((4,)).read, Words(["2001:db8::1"]))
        self.assertEqual(error.expected, "an IPv4 address")

    def test_octets_that_end_early_are_malformed(self) -> None:
        for value in (b"", b"\x20\x0a\0\0", b"\x80\0"):
            self.assertRaises(Malformed, Multicast().decode, Octets(value))


class RouteKeyTests(SynchronousTestCase):
    def key(self, field: RouteKey, value: str) -> object:
        return field.decode(Octets(bytes.fromhex(value)))

    def test_an_nlri_ends_by_its_own_length(self) -> None:
        plain = RouteKey((4, 16), counted=False)
        self.assertEqual(self.key(plain, "0302aabb" + "0a000002"), "0x0302AABB")
        self.assertEqual(self.key(plain, "0302aabb" + "20" * 16), "0x0302AABB")
        counted = RouteKey((5, 17), counted=True)
        self.assertEqual(self.key(counted, "0302aabb" + "200a000002"), "0x0302AABB")
        self.assertEqual(self.key(counted, "0302aabb" + "80" + "20" * 16), "0x0302AABB")

    def test_another_key_ends_where_an_originator_can_begin(self) -> None:
        self.assertEqual(self.key(RouteKey((16, 4), counted=False), "ff" * 2 + "01" * 16), "0xFFFF")
        self.assertEqual(self.key(RouteKey((16, 4), counted=False), "ff" * 2 + "01" * 4), "0xFFFF")
        self.assertEqual(self.key(RouteKey((5, 17), counted=True), "ff" * 2 + "80" + "01" * 16), "0xFFFF")
        self.assertEqual(self.key(RouteKey((5, 17), counted=True), "200a000002"), "0x")

    def test_no_originator_is_malformed(self) -> None:
        self.assertRaises(Malformed, self.key, RouteKey((4, 16), counted=False), "010101")
        self.assertRaises(Malformed, self.key, RouteKey((5, 17), counted=True), "010101010101")
        self.assertRaises(Malformed, self.key, RouteKey((5, 17), counted=True), "")


class LateTests(SynchronousTestCase):
    def test_it_is_there_when_so_many_octets_are_left(self) -> None:
        field = Late(Number(1), (1,))
        self.assertEqual(field.decode(Octets(b"\7")), 7)
        self.assertIs(field.decode(Octets(b"")), None)
        self.assertEqual([field.encode(tree) for tree in (7, None)], [b"\7", b""])
        self.assertEqual([field.words(tree) for tree in (7, None)], ["7", "none"])
        self.assertEqual([field.read(Words([word])) for word in ("7", "none")], [7, None])
