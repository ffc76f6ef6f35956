"""A byte stream cut into messages."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import (
    KEEPALIVE,
    KEEPALIVE_MESSAGE,
    MARKER,
    NOTIFICATION,
    OPEN,
    ROUTE_REFRESH,
    UPDATE,
    Framer,
    message,
)

EMPTY_UPDATE = message(UPDATE, bytes(4))


class MessageTests(SynchronousTestCase):
    def test_a_message_is_marker_length_type_and_body(self) -> None:
        self.assertEqual(KEEPALIVE_MESSAGE.hex(), "ff" * 16 + "001304")
        self.assertEqual(message(ROUTE_REFRESH, b"\0\1\0\1").hex(), "ff" * 16 + "001705" + "00010001")


class FramerTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.framer = Framer()

    def fault(self, octets: bytes) -> Malformed:
        """What is wrong with what follows one good message."""
        self.assertEqual(self.framer.feed(KEEPALIVE_MESSAGE + octets), [(KEEPALIVE, b"")])
        assert self.framer.fault is not None
        return self.framer.fault

    def test_whole_messages_come_out_at_once(self) -> None:
        self.assertEqual(self.framer.feed(EMPTY_UPDATE + KEEPALIVE_MESSAGE), [(UPDATE, bytes(4)), (KEEPALIVE, b"")])

    def test_nothing_gives_nothing(self) -> None:
        self.assertEqual(self.framer.feed(b""), [])
        self.assertEqual(self.framer.feed(KEEPALIVE_MESSAGE[:7]), [])
        self.assertEqual(self.framer.feed(b""), [])
        self.assertEqual(self.framer.feed(KEEPALIVE_MESSAGE[7:]), [(KEEPALIVE, b"")])

    def test_octets_may_come_one_by_one(self) -> None:
        found = [pair for octet in EMPTY_UPDATE + KEEPALIVE_MESSAGE for pair in self.framer.feed(bytes((octet,)))]
        self.assertEqual(found, [(UPDATE, bytes(4)), (KEEPALIVE, b"")])
        self.assertIsNone(self.framer.fault)

    def test_unknown_types_are_given_out(self) -> None:
        self.assertEqual(self.framer.feed(message(255, b"abc") + message(0, b"")), [(255, b"abc"), (0, b"")])

    def test_a_bad_marker(self) -> None:
        error = self.fault(b"\xfe" + KEEPALIVE_MESSAGE[1:])
        self.assertEqual((error.code, error.subcode, error.data), (1, 1, b""))

    def test_a_bad_marker_goes_before_a_bad_length(self) -> None:
        self.assertEqual(self.fault(bytes(19)).subcode, 1)

    def test_bad_lengths_are_answered_with_the_length(self) -> None:
        for kind, length in (
            (UPDATE, 18),
            (UPDATE, 0),
            (UPDATE, 4097),
            (UPDATE, 22),
            (OPEN, 28),
            (NOTIFICATION, 20),
            (KEEPALIVE, 20),
            (ROUTE_REFRESH, 22),
            (128, 22),
            (200, 4097),
            (6, 18),
        ):
            self.framer = Framer()
            error = self.fault(MARKER + length.to_bytes(2, "big") + bytes((kind,)))
            self.assertEqual((error.code, error.subcode, error.data), (1, 2, length.to_bytes(2, "big")))

    def test_the_header_is_enough_to_refuse_a_message(self) -> None:
        self.assertEqual(self.framer.feed(MARKER + b"\xff\xff\2"), [])
        self.assertIsNotNone(self.framer.fault)

    def test_nothing_comes_out_after_a_fault(self) -> None:
        self.fault(bytes(19))
        self.assertEqual(self.framer.feed(KEEPALIVE_MESSAGE), [])

    def test_the_limit_may_be_raised_but_not_for_all(self) -> None:
        self.framer.limit = 65535
        long = message(UPDATE, bytes(65535 - 19))
        self.assertEqual([len(body) for _, body in self.framer.feed(long + long)], [65516, 65516])
        self.assertEqual(self.fault(MARKER + b"\x10\x01\1").subcode, 2)
        self.framer = Framer(65535)
        self.assertEqual(self.fault(MARKER + b"\0\x14\4").subcode, 2)

    def test_the_longest_message_is_taken(self) -> None:
        self.assertEqual(len(self.framer.feed(message(OPEN, bytes(4077)))), 1)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.integers(5, 255), st.binary(min_size=4, max_size=200)), max_size=10), st.integers())
    def test_pieces_of_any_size_give_the_same_messages(self, messages: list[tuple[int, bytes]], seed: int) -> None:
        stream = b"".join([message(kind, body) for kind, body in messages])
        dice = random.Random(seed)
        framer = Framer()
        found: list[tuple[int, bytes]] = []
        at = 0
        while at < len(stream):
            size = dice.randint(1, 150)
            found += framer.feed(stream[at : at + size])
            at += size
        self.assertEqual(found, messages)
        self.assertIsNone(framer.fault)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.binary(max_size=60), max_size=6))
    def test_any_octets_are_framed_or_refused(self, chunks: list[bytes]) -> None:
        framer = Framer()
        for chunk in chunks:
            framer.feed(chunk)
