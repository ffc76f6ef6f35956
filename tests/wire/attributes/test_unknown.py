"""Attributes of any code."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import unknown
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class UnknownTests(SynchronousTestCase):
    def read(self, text: str) -> unknown.Unknown:
        value = unknown.read(Words(lex(text)))
        assert isinstance(value, unknown.Unknown)
        return value

    def test_code_flags_and_data_are_read(self) -> None:
        value = self.read("[ 0x63 0xc0 0xdeadbeef ]")
        self.assertEqual((value.code, value.flags, value.octets().hex()), (0x63, 0xC0, "deadbeef"))

    def test_it_is_written_as_it_is_read(self) -> None:
        self.assertEqual(self.read("[0x63 0xC0 0x]").words(), "[ 0x63 0xC0 0x ]")

    def test_what_cannot_be_read_is_refused(self) -> None:
        for text in (
            "[ 0x163 0xc0 0x01 ]",
            "[ 0x63 0x1c0 0x01 ]",
            "[ 0x63 0xc0 0x123 ]",
            "[ 0x63 0xc0 0xzz ]",
            "[ 0x63 0xc0 deadbeef ]",
            "[ 0x63 0xc0 ]",
            "[ 0x63 0xc0 0x01",
            "0x63 0xc0 0x01",
            "[ 0x63 0xc0 0x01 0x02 ]",
            "[ 0x63 0xc0 0x" + "00" * 65536 + " ]",
        ):
            with self.assertRaises(Misspelt, msg=text[:40]):
                self.read(text)

    @settings(max_examples=50)
    @given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=40))
    def test_words_say_everything(self, flags: int, code: int, data: bytes) -> None:
        value = self.read(unknown.Unknown(flags, code, data).words())
        self.assertEqual((value.flags, value.code, value.data), (flags, code, data))
