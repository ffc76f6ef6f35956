"""NOTIFICATION."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed
from bgptwist.wire.messages.notification import Notification, answer, decode, hard_reset, shutdown


class NotificationTests(SynchronousTestCase):
    def test_it_goes_both_ways(self) -> None:
        found = decode(b"\6\2\5maint")
        self.assertEqual((found.code, found.subcode, found.data), (6, 2, b"\5maint"))
        self.assertEqual(found.octets(), b"\6\2\5maint")

    def test_codes_and_subcodes_have_names(self) -> None:
        names = {
            (1, 2): "Message Header Error / Bad Message Length",
            (2, 11): "OPEN Message Error / Role Mismatch",
            (3, 11): "UPDATE Message Error / Malformed AS_PATH",
            (4, 0): "Hold Timer Expired",
            (5, 3): "Finite State Machine Error / Receive Unexpected Message in Established State",
            (6, 0): "Cease",
            (6, 2): "Cease / Administrative Shutdown",
            (6, 10): "Cease / BFD Down",
            (7, 1): "ROUTE-REFRESH Message Error / Invalid Message Length",
            (8, 0): "Send Hold Timer Expired",
            (9, 0): "Loss of LSDB Synchronization",
            (6, 99): "Cease / unknown subcode 99",
            (4, 1): "Hold Timer Expired / unknown subcode 1",
            (77, 1): "unknown code 77 / unknown subcode 1",
        }
        for (code, subcode), name in names.items():
            self.assertEqual(Notification(code, subcode).describe(), name)

    def test_one_without_subcode_is_malformed(self) -> None:
        self.assertRaises(Malformed, decode, b"\6")
        self.assertRaises(Malformed, decode, b"")

    def test_data_is_cut_to_what_any_peer_takes(self) -> None:
        self.assertEqual(len(Notification(3, 1, bytes(9000)).octets()), 4096 - 19)

    def test_a_fault_is_answered_with_its_codes(self) -> None:
        self.assertEqual(answer(Malformed("x", 1, 2, b"\0\x13")).octets(), b"\1\2\0\x13")


class ShutdownTests(SynchronousTestCase):
    """RFC 9003."""

    def test_what_the_operator_says_is_sent_and_read(self) -> None:
        found = shutdown("maintenance \u2615")
        self.assertEqual(found.octets(), b"\6\2\x0fmaintenance \xe2\x98\x95")
        self.assertEqual(decode(found.octets()).communication, "maintenance \u2615")
        self.assertEqual(shutdown("x", 4).octets(), b"\6\4\1x")

    def test_nothing_said_is_no_data(self) -> None:
        self.assertEqual(shutdown("").octets(), b"\6\2")
        self.assertEqual(Notification(6, 2, b"\0").communication, "")

    def test_long_text_is_cut_between_characters(self) -> None:
        self.assertEqual(len(shutdown("\u2615" * 100).data), 1 + 126)
        self.assertEqual(len(shutdown("\u2615" * 100, limit=255).data), 1 + 255)
        self.assertEqual(len(shutdown("x" * 300, limit=999).data), 1 + 255)

    def test_what_is_no_communication_is_none(self) -> None:
        for code, subcode, data in (
            (6, 2, b"\5mai"),
            (6, 2, b"\2maint"),
            (6, 2, b"\1\xff"),
            (6, 3, b"\1x"),
            (3, 2, b"\1x"),
        ):
            self.assertEqual(Notification(code, subcode, data).communication, "")

    def test_the_sentence_is_that_of_exabgp(self) -> None:
        sentences = {
            b"": "",
            b"\0": "empty Shutdown Communication.",
            b"\5maint": 'Shutdown Communication: "maint"',
            b"\3a\r\n": 'Shutdown Communication: "a  "',
            b"\1xyz": 'Shutdown Communication: "x", trailing data: 0x797A',
            b"\5mai": "invalid Shutdown Communication (buffer underrun) length : 5 [0x6D6169]",
            b"\1\xff": "invalid Shutdown Communication (invalid UTF-8) length : 1 [0xFF]",
        }
        for data, sentence in sentences.items():
            self.assertEqual(Notification(6, 4, data).sentence(), sentence)

    def test_other_data_is_text_or_hexadecimal(self) -> None:
        self.assertEqual(Notification(6, 3, b"bye").sentence(), "bye")
        self.assertEqual(Notification(6, 1, b"\0\1\1").sentence(), "0x000101")


class HardResetTests(SynchronousTestCase):
    """RFC 8538."""

    def test_the_reason_is_inside(self) -> None:
        found = decode(hard_reset(shutdown("bye")).octets())
        self.assertEqual(found.octets(), b"\6\x09\6\2\3bye")
        assert found.inner is not None
        self.assertEqual(found.inner.communication, "bye")

    def test_others_have_no_reason_inside(self) -> None:
        self.assertIsNone(Notification(6, 9, b"\6").inner)
        self.assertIsNone(Notification(6, 2, b"\6\2").inner)
        self.assertIsNone(Notification(3, 9, b"\6\2").inner)


class AnyOctetsTests(SynchronousTestCase):
    @settings(max_examples=50)
    @given(st.integers(1, 7), st.integers(0, 11), st.binary(max_size=12))
    def test_any_notification_is_told(self, code: int, subcode: int, data: bytes) -> None:
        found = decode(bytes((code, subcode)) + data)
        self.assertEqual(found.octets(), bytes((code, subcode)) + data)
        for text in (found.describe(), found.sentence(), found.communication, repr(found.inner)):
            self.assertIsInstance(text, str)
