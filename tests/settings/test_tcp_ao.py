"""The section `tcp-ao`: complete, alone, never printed."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import ConfigurationError, MasterKey, NeighborSettings

NEIGHBOR = """\
%s
neighbor 192.0.2.1 {
	router-id 10.0.0.1;
	local-address 192.0.2.2;
	local-as 65001;
	peer-as 65002;
	family { ipv4 unicast; }
	%s
}
"""


def settings(inside: str, before: str = "") -> NeighborSettings:
    return load_text(NEIGHBOR % (before, inside)).neighbors[0]


def error(inside: str, before: str = "") -> str:
    """What is wrong, one line each."""
    try:
        settings(inside, before)
    except ConfigurationError as wrong:
        return str(wrong)
    raise AssertionError("it was accepted")


class SectionTests(SynchronousTestCase):
    def test_without_the_section_nothing_is_signed(self) -> None:
        self.assertIsNone(settings("").tcp_ao)

    def test_all_three_ways_to_sign(self) -> None:
        for algorithm in ("hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256"):
            found = settings(f"tcp-ao {{ keyid 7; algorithm {algorithm}; password secret; }}")
            self.assertEqual(found.tcp_ao, MasterKey(7, algorithm, b"secret"))

    def test_the_password_may_be_in_base64(self) -> None:
        for word, wanted in (("base64;", b"key"), ("base64 true;", b"key"), ("base64 no;", b"a2V5"), ("", b"a2V5")):
            found = settings(f"tcp-ao {{ keyid 0; algorithm hmac-sha-256; password a2V5; {word} }}").tcp_ao
            self.assertEqual(found and found.password, wanted)

    def test_eighty_octets_are_allowed(self) -> None:
        found = settings(f"tcp-ao {{ keyid 0; algorithm hmac-sha-256; password {'x' * 80}; }}").tcp_ao
        self.assertEqual(found and len(found.password), 80)

    def test_a_template_may_have_a_part_of_it(self) -> None:
        template = "template { neighbor t { tcp-ao { keyid 3; algorithm hmac-sha-1-96; } } }"
        found = settings("inherit t; tcp-ao { password own; }", template).tcp_ao
        self.assertEqual(found, MasterKey(3, "hmac-sha-1-96", b"own"))

    def test_the_password_is_in_no_representation(self) -> None:
        found = settings("tcp-ao { keyid 7; algorithm hmac-sha-256; password topsecret; }")
        self.assertNotIn("topsecret", repr(found))


class ErrorTests(SynchronousTestCase):
    def test_an_empty_section_is_refused(self) -> None:
        self.assertEqual(
            error("tcp-ao { }"),
            "text:8:2: tcp-ao is incomplete: keyid and algorithm and password are missing, "
            "expected 'keyid ...;' and 'algorithm ...;' and 'password ...;'",
        )

    def test_one_missing_word(self) -> None:
        self.assertEqual(
            error("tcp-ao { keyid 1; algorithm hmac-sha-256; }"),
            "text:8:2: tcp-ao is incomplete: password is missing, expected 'password ...;'",
        )

    def test_it_excludes_an_md5_password(self) -> None:
        self.assertEqual(
            error("md5-password x; tcp-ao { keyid 1; algorithm hmac-sha-256; password y; }"),
            "text:8:18: a neighbor has both 'tcp-ao' and 'md5-password', expected one of them",
        )

    def test_a_key_that_is_too_long(self) -> None:
        self.assertEqual(
            error(f"tcp-ao {{ keyid 1; algorithm hmac-sha-256; password {'x' * 81}; }}"),
            "text:8:53: the password has 81 octets, expected 1 to 80",
        )

    def test_an_empty_key(self) -> None:
        self.assertEqual(
            error('tcp-ao { keyid 1; algorithm hmac-sha-256; password ""; }'),
            "text:8:53: the password is empty, expected a password of 1 to 80 characters",
        )

    def test_what_is_no_base64(self) -> None:
        self.assertEqual(
            error("tcp-ao { keyid 1; algorithm hmac-sha-256; password !!; base64 true; }"),
            "text:8:53: the password is not in base64, expected 'base64 false;'",
        )

    def test_a_number_out_of_range_and_an_unknown_way(self) -> None:
        self.assertEqual(
            error("tcp-ao { keyid 256; algorithm md5; password x; }").split("\n"),
            [
                "text:8:17: '256' cannot be read, expected a number from 0 to 255",
                "text:8:32: 'md5' cannot be read, expected hmac-sha-1-96, aes-128-cmac-96, hmac-sha-256",
            ],
        )
