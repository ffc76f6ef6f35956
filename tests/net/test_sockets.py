"""Socket options as the kernel wants them."""

import errno
import socket
from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.sockets import (
    IP_MINTTL,
    IPV6_MINHOPCOUNT,
    Unsupported,
    added_key,
    authenticate,
    change_secret,
    network_of,
    prepare_accepted,
    prepare_outgoing,
    removed_key,
    secret_of,
    sent_ttl,
    set_option,
    set_ttl,
    sign,
    signature,
    sockaddr,
    unsigned,
)
from bgptwist.settings.model import MasterKey
from tests.net.loopback import ACTIVE
from tests.net.test_connect import authenticates

KEY = MasterKey(7, "hmac-sha-256", b"secret")


class SignatureTests(SynchronousTestCase):
    """struct tcp_md5sig of linux/tcp.h."""

    def test_an_ipv4_address(self) -> None:
        octets = sockaddr("192.0.2.1")
        self.assertEqual(len(octets), 128)
        self.assertEqual(octets[:8], socket.AF_INET.to_bytes(2, "little") + bytes((0, 0, 192, 0, 2, 1)))

    def test_an_ipv6_address(self) -> None:
        octets = sockaddr("2001:db8::1%eth0")
        self.assertEqual(octets[:2], socket.AF_INET6.to_bytes(2, "little"))
        self.assertEqual(octets[8:24], bytes.fromhex("20010db8000000000000000000000001"))

    def test_the_key_stands_behind_its_length(self) -> None:
        octets = signature("192.0.2.1", None, b"secret")
        self.assertEqual((len(octets), octets[128:136]), (216, bytes((0, 0, 6, 0, 0, 0, 0, 0))))
        self.assertEqual(octets[136:], b"secret" + bytes(74))

    def test_a_prefix_has_its_flag(self) -> None:
        self.assertEqual(signature("192.0.2.0", 24, b"x")[128:130], bytes((1, 24)))

    def test_removing_a_key_that_is_not_there_is_no_error(self) -> None:
        with socket.socket() as handle:
            try:
                sign(handle, "192.0.2.1", None, b"")
            except Unsupported as error:
                raise self.skipTest(error.text) from None

    def test_a_key_that_is_too_long_is_refused_in_one_line(self) -> None:
        with socket.socket() as handle:
            error = self.assertRaises(Unsupported, sign, handle, "192.0.2.1", None, b"x" * 81)
        self.assertEqual(error.text, "the MD5 password for 192.0.2.1 has 81 octets, 80 are allowed")

    def test_the_password_is_never_in_the_error(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
            error = self.assertRaises(Unsupported, sign, handle, "192.0.2.1", None, b"secret")
        self.assertNotIn("secret", str(error))
        self.assertTrue(error.text.startswith("the kernel takes no MD5 password for 192.0.2.1: "))


class AuthenticationTests(SynchronousTestCase):
    """struct tcp_ao_add and tcp_ao_del of linux/tcp.h, and what a kernel without them is told."""

    def test_a_key_for_an_address(self) -> None:
        octets = added_key("192.0.2.1", None, KEY)
        self.assertEqual((len(octets), octets[:128]), (288, sockaddr("192.0.2.1")))
        self.assertEqual(octets[128:192], b"hmac(sha256)".ljust(64, b"\0"))
        self.assertEqual(octets[192:200], bytes(8))
        self.assertEqual(octets[200:208], bytes((0, 0, 32, 7, 7, 12, 0, 6)))
        self.assertEqual(octets[208:], b"secret".ljust(80, b"\0"))

    def test_a_key_for_an_address_of_ipv6(self) -> None:
        self.assertEqual(added_key("2001:db8::1", None, KEY)[202], 128)

    def test_a_key_for_a_range_has_no_host_bits(self) -> None:
        octets = added_key("192.0.2.77", 24, KEY)
        self.assertEqual((octets[:128], octets[202]), (sockaddr("192.0.2.0"), 24))
        self.assertEqual((network_of("2001:db8::1", 32), network_of("::1", None)), ("2001:db8::", "::1"))

    def test_the_names_of_the_kernel(self) -> None:
        for word, name in (("hmac-sha-1-96", b"hmac(sha1)"), ("aes-128-cmac-96", b"cmac(aes128)")):
            octets = added_key("192.0.2.1", None, replace(KEY, algorithm=word))
            self.assertEqual((octets[128:192].rstrip(b"\0"), octets[205]), (name, 12))

    def test_a_key_is_removed_by_address_and_numbers(self) -> None:
        octets = removed_key("192.0.2.1", 24, KEY)
        self.assertEqual((len(octets), octets[:128]), (144, sockaddr("192.0.2.0")))
        self.assertEqual(octets[128:], bytes((0,) * 10 + (24, 7, 7, 0, 0, 0)))

    def test_a_kernel_without_it_is_named(self) -> None:
        error = unsigned(OSError(errno.ENOPROTOOPT, "Protocol not available"), "192.0.2.1")
        self.assertEqual(
            error.text,
            "192.0.2.1 wants TCP-AO, which this kernel does not have: it must be Linux 6.7 or later with TCP_AO",
        )

    def test_the_key_is_never_in_the_error(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
            error = self.assertRaises(Unsupported, authenticate, handle, "192.0.2.1", None, KEY)
        self.assertNotIn("secret", str(error))

    def test_no_socket_is_prepared_where_the_kernel_does_not_sign(self) -> None:
        if authenticates():
            raise self.skipTest("this kernel has TCP-AO")
        with socket.socket() as handle:
            for prepare in (prepare_outgoing, prepare_accepted):
                error = self.assertRaises(Unsupported, prepare, handle, replace(ACTIVE, tcp_ao=KEY))
                self.assertNotIn("\n", error.text)

    def test_one_secret_of_a_neighbor(self) -> None:
        self.assertIsNone(secret_of(ACTIVE))
        self.assertEqual(secret_of(replace(ACTIVE, md5_password=b"x")), b"x")
        self.assertEqual(secret_of(replace(ACTIVE, tcp_ao=KEY)), KEY)

    def test_a_key_is_exchanged_for_another(self) -> None:
        if not authenticates():
            raise self.skipTest("this kernel has no TCP-AO: Linux 6.7 with CONFIG_TCP_AO is needed")
        with socket.socket() as handle:
            for old, new in (
                (None, KEY),
                (KEY, replace(KEY, password=b"y")),
                (KEY, b"md5"),
                (b"md5", KEY),
                (KEY, None),
            ):
                change_secret(handle, "192.0.2.1", None, old, new)


class TTLTests(SynchronousTestCase):
    """How far a peer may be (RFC 5082)."""

    def test_who_demands_also_sends_255(self) -> None:
        self.assertEqual(sent_ttl(ACTIVE), 0)
        self.assertEqual(sent_ttl(replace(ACTIVE, incoming_ttl=254)), 255)
        self.assertEqual(sent_ttl(replace(ACTIVE, incoming_ttl=254, outgoing_ttl=3)), 3)

    def test_both_families(self) -> None:
        settings = replace(ACTIVE, incoming_ttl=254)
        with socket.socket(socket.AF_INET) as fourth, socket.socket(socket.AF_INET6) as sixth:
            set_ttl(fourth, settings)
            set_ttl(sixth, settings)
            self.assertEqual(fourth.getsockopt(socket.IPPROTO_IP, socket.IP_TTL), 255)
            self.assertEqual(fourth.getsockopt(socket.IPPROTO_IP, IP_MINTTL), 254)
            self.assertEqual(sixth.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS), 255)
            self.assertEqual(sixth.getsockopt(socket.IPPROTO_IPV6, IPV6_MINHOPCOUNT), 254)

    def test_nothing_is_set_that_nobody_configured(self) -> None:
        with socket.socket() as touched, socket.socket() as untouched:
            prepare_outgoing(touched, ACTIVE)
            for option in (socket.IP_TTL, IP_MINTTL):
                self.assertEqual(
                    touched.getsockopt(socket.IPPROTO_IP, option), untouched.getsockopt(socket.IPPROTO_IP, option)
                )

    def test_what_the_kernel_does_not_know_is_one_line(self) -> None:
        with socket.socket() as handle:
            error = self.assertRaises(Unsupported, set_option, handle, socket.IPPROTO_IP, 9999, 1, "magic")
        self.assertEqual(error.text, "the kernel refuses magic: Protocol not available")
