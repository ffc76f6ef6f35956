"""OPEN."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.capabilities.add_path import AddPath
from bgptwist.wire.capabilities.asn4 import Asn4
from bgptwist.wire.capabilities.extended_message import ExtendedMessage
from bgptwist.wire.capabilities.graceful_restart import GracefulRestart
from bgptwist.wire.capabilities.hostname import HostName
from bgptwist.wire.capabilities.multiprotocol import MultiProtocol
from bgptwist.wire.capabilities.multisession import MultiSession
from bgptwist.wire.capabilities.role import Role
from bgptwist.wire.capabilities.software_version import SoftwareVersion
from bgptwist.wire.capabilities.unknown import Unknown
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import OPEN, message
from bgptwist.wire.kinds import CapabilityValue
from bgptwist.wire.messages.open import Open, decode
from bgptwist.wire.registry import BY_CODE

HOSTNAME_5 = (
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00510104FFFD00B40A000002340206010400010001020641040000FFFD"
    "022249200C6D792D686F73742D6E616D65126D792D646F6D61696E2D6E616D652E636F6D"
)
HOSTNAME_6 = (
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00550104FFFD00B40A000002380206010400010001020641040000FFFD02020600"
    "022249200C6D792D686F73742D6E616D65126D792D646F6D61696E2D6E616D652E636F6D"
)
SOFTWARE = (
    "0104FFFD00B40A000002340206010400010001020641040000FFFD"
    "02224B201F4578614247502F6D61696E2D633261326561386562642D3230323430373135"
)

ROUTER = b"\x0a\0\0\2"
HEAD = "04fde900b40a000002"
"""Version 4, AS 65001, 180 seconds, 10.0.0.2."""


def body(capabilities: str) -> bytes:
    """An OPEN with the capabilities in one parameter."""
    octets = bytes.fromhex(capabilities)
    return bytes.fromhex(HEAD) + bytes((2 + len(octets), 2, len(octets))) + octets


def read(octets: bytes) -> Open:
    return decode(octets, BY_CODE)


class SendingTests(SynchronousTestCase):
    def sent(self, *capabilities: CapabilityValue) -> str:
        return message(OPEN, Open(4, 65533, 180, ROUTER, list(capabilities)).octets()).hex().upper()

    def test_it_is_what_exabgp_sends(self) -> None:
        families, asn, name = MultiProtocol([(1, 1)]), Asn4(65533), HostName("my-host-name", "my-domain-name.com")
        self.assertEqual(self.sent(families, asn, name), HOSTNAME_5)
        self.assertEqual(self.sent(families, asn, ExtendedMessage(), name), HOSTNAME_6)

    def test_repeated_capabilities_are_parameters_of_their_own(self) -> None:
        octets = Open(4, 1, 180, ROUTER, [MultiProtocol([(1, 1), (2, 1)]), MultiSession([1])]).octets()
        self.assertEqual(octets[9:].hex(), "1a" + "0206010400010001" + "0206010400020001" + "0203440100" + "0203440101")

    def test_the_plain_form_is_kept_below_255_octets(self) -> None:
        for size, start in ((250, "fe"), (251, "ffff0100"), (255, "ffff0104")):
            octets = Open(4, 1, 180, ROUTER, [Unknown(99, bytes(size))]).octets()
            self.assertTrue(octets[9:].hex().startswith(start), octets[9:].hex()[:8])
            self.assertEqual(read(octets).capabilities[0].octets(), bytes(size))

    def test_a_value_no_capability_can_hold_is_refused(self) -> None:
        self.assertRaises(ValueError, Open(4, 1, 180, ROUTER, [Unknown(99, bytes(256))]).octets)


class ReceivingTests(SynchronousTestCase):
    def test_what_exabgp_sends_is_read(self) -> None:
        found = read(bytes.fromhex(SOFTWARE)[1:])
        self.assertEqual((found.version, found.asn, found.hold_time, found.router_id), (4, 65533, 180, ROUTER))
        self.assertEqual([value.code for value in found.capabilities], [1, 65, 75])
        software = found.find(75)
        assert isinstance(software, SoftwareVersion)
        self.assertEqual(software.text, "ExaBGP/main-c2a2ea8ebd-20240715")

    def test_one_parameter_with_all_capabilities_is_read(self) -> None:
        found = read(body("0104000100010104000200010200" + "41040000fde9"))
        self.assertEqual(found.families, [(1, 1), (2, 1)])
        self.assertEqual(found.asn4, 65001)

    def test_nothing_announced_is_ipv4_unicast_and_the_as_of_the_field(self) -> None:
        found = read(bytes.fromhex(HEAD + "00"))
        self.assertEqual((found.families, found.asn4, found.speaker_as, found.find(1)), ([(1, 1)], 0, 65001, None))

    def test_the_as_of_the_capability_goes_first(self) -> None:
        found = read(bytes.fromhex("045ba000b40a00000208" + "02064104fa56ea01"))
        self.assertEqual((found.asn, found.asn4, found.speaker_as), (23456, 4200000001, 4200000001))

    def test_the_extended_form_is_read_at_any_size(self) -> None:
        tail = "ff0009" + "020006" + "010400010001"
        for length in ("ff", "01", "0c"):
            self.assertEqual(read(bytes.fromhex(HEAD + length + tail)).families, [(1, 1)])
        self.assertEqual(read(bytes.fromhex(HEAD + "ff" + "ff0000")).capabilities, [])

    def test_the_plain_form_may_have_255_octets(self) -> None:
        octets = bytes.fromhex(HEAD) + b"\xff" + b"\x02\xfd" + b"\x63\xfb" + bytes(251)
        self.assertEqual(read(octets).capabilities[0].octets(), bytes(251))

    def test_unknown_and_senseless_capabilities_are_kept_as_octets(self) -> None:
        found = read(body("6302abcd" + "4101ff" + "0100"))
        self.assertEqual(
            [(value.code, value.octets().hex()) for value in found.capabilities], [(99, "abcd"), (65, "ff"), (1, "")]
        )
        for value in found.capabilities:
            self.assertIsInstance(value, Unknown)
        self.assertEqual((found.asn4, found.families), (0, [(1, 1)]))

    def test_a_senseless_instance_does_not_hide_a_good_one(self) -> None:
        self.assertEqual(read(body("0101ff" + "010400020001")).families, [(2, 1)])
        self.assertEqual(read(body("010400020001" + "0101ff")).families, [(2, 1)])

    def test_the_last_of_a_capability_that_is_not_merged_counts(self) -> None:
        found = read(body("40020078" + "4006005a00010180")).find(64)
        assert isinstance(found, GracefulRestart)
        self.assertEqual((found.time, found.families), (90, [(1, 1, 0x80)]))

    def test_deprecated_capabilities_are_kept_as_octets(self) -> None:
        found = read(body("0400" + "42020102"))
        self.assertEqual([(value.code, value.octets()) for value in found.capabilities], [(4, b""), (66, b"\1\2")])
        self.assertEqual([value.words() for value in found.capabilities], ["unknown 4", "unknown 66"])

    def test_every_known_capability_of_a_wrong_length_is_kept_as_octets(self) -> None:
        lengths = {1: 3, 2: 1, 3: 4, 5: 5, 6: 1, 7: 2, 8: 3, 9: 2, 64: 1, 65: 3, 68: 0, 69: 3, 70: 1, 71: 6, 72: 3}
        lengths |= {73: 1, 74: 1, 75: 0, 76: 4, 77: 1, 128: 1, 129: 3, 130: 4, 131: 0, 184: 1, 185: 1}
        self.assertEqual(set(BY_CODE) - set(lengths), {67}, "dynamic has no length that is wrong")
        for code, size in lengths.items():
            found = read(body(bytes((code, size)).hex() + "00" * size))
            self.assertEqual([value.octets() for value in found.capabilities], [bytes(size)], code)
            self.assertIn(f'"value": {code}', found.capabilities[0].json())

    def test_merged_capabilities_are_one_value(self) -> None:
        found = read(body("450400010101" + "450400020102")).find(69)
        assert isinstance(found, AddPath)
        self.assertEqual(found.families, [(1, 1, 1), (2, 1, 2)])

    def test_two_roles_end_the_session(self) -> None:
        error = self.assertRaises(Malformed, read, body("090100" + "090103"))
        self.assertEqual((error.code, error.subcode), (2, 11))
        role = read(body("090103" + "090103")).find(9)
        assert isinstance(role, Role)
        self.assertEqual(role.role, 3)


class RefusalTests(SynchronousTestCase):
    """Section 3 of the wire reference, row by row."""

    def refused(self, octets: str, code: int, subcode: int, data: str = "") -> None:
        error = self.assertRaises(Malformed, read, bytes.fromhex(octets))
        self.assertEqual((error.code, error.subcode, error.data.hex()), (code, subcode, data))

    def test_another_version(self) -> None:
        self.refused("03fde900b40a00000200", 2, 1, "0004")

    def test_as_0(self) -> None:
        self.refused("04000000b40a00000200", 2, 2)

    def test_as_0_or_as_trans_in_the_capability(self) -> None:
        self.refused("045ba000b40a00000208" + "0206410400000000", 2, 2)
        self.refused("045ba000b40a00000208" + "0206410400005ba0", 2, 2)

    def test_two_as_numbers_that_differ(self) -> None:
        self.refused("04fde900b40a00000208" + "020641040000fdea", 2, 2)
        self.refused("04fde900b40a00000208" + "02064104fa56ea01", 2, 2)

    def test_hold_times_one_and_two(self) -> None:
        self.refused("04fde900010a00000200", 2, 6)
        self.refused("04fde900020a00000200", 2, 6)
        self.assertEqual(read(bytes.fromhex("04fde900000a00000200")).hold_time, 0)
        self.assertEqual(read(bytes.fromhex("04fde900030a00000200")).hold_time, 3)

    def test_identifier_zero(self) -> None:
        self.refused("04fde900b40000000000", 2, 3)

    def test_unknown_parameters(self) -> None:
        self.refused(HEAD + "04" + "0102abcd", 2, 4, "0102abcd")
        self.refused(HEAD + "0a" + "0206010400010001" + "7700", 2, 4, "7700")
        self.refused(HEAD + "ff" + "ff0004" + "770001ab", 2, 4, "770001ab")

    def test_lengths_that_disagree(self) -> None:
        for tail in (
            "01",
            "0000",
            "0302",
            "020203",
            "03020300",
            "0402026301",
            "0402026302",
            "03020163",
            "ff",
            "ffff",
            "ffff0001",
            "ffff000202",
            "ffff0003020001",
            "ffff000001",
        ):
            self.refused(HEAD + tail, 2, 0)

    def test_less_than_a_head(self) -> None:
        self.refused("04fde9", 1, 2, "0016")
        self.refused("", 1, 2, "0013")


class AnyOctetsTests(SynchronousTestCase):
    def spelt(self, octets: bytes) -> None:
        try:
            found = read(octets)
        except Malformed:
            return
        for value in found.capabilities:
            value.words()
            value.json()
        found.octets()

    def test_every_cut_and_every_octet_changed(self) -> None:
        whole = bytes.fromhex(HOSTNAME_6)[19:]
        for at in range(len(whole)):
            self.spelt(whole[:at])
            for octet in (0, 1, 2, 3, 4, 64, 127, 128, 254, 255):
                self.spelt(whole[:at] + bytes((octet,)) + whole[at + 1 :])

    @settings(max_examples=50, deadline=None)
    @given(st.binary(max_size=80))
    def test_any_body(self, octets: bytes) -> None:
        self.spelt(octets)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(sorted(BY_CODE)), st.binary(max_size=12)), max_size=6))
    def test_any_values_of_known_capabilities(self, found: list[tuple[int, bytes]]) -> None:
        self.spelt(body(b"".join([bytes((code, len(value))) + value for code, value in found]).hex()))
