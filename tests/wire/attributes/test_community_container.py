"""COMMUNITY_CONTAINER."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import community_container
from bgptwist.wire.errors import WITHDRAW, Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class CommunityContainerTests(SynchronousTestCase):
    def read(self, text: str) -> str:
        words = Words(lex(text))
        octets = community_container.KIND.read(words).octets().hex()
        self.assertFalse(words.more)
        return octets

    def test_a_malformed_one_withdraws_the_route(self) -> None:
        self.assertEqual(community_container.KIND.malformed, WITHDRAW)

    def test_containers_that_do_not_fill_it_are_malformed(self) -> None:
        for octets in (
            "",
            "0001",
            "000100000c",
            "00010000000c",
            "000100000001",
            "0002000000000001",
        ):
            with self.assertRaises(Malformed, msg=octets):
                community_container.KIND.decode(bytes.fromhex(octets))

    def test_a_wide_community_is_read(self) -> None:
        self.assertEqual(
            self.read("[ ( type 1 flags T community 7 source-as 65000 context-as 0 targets ( as-numbers 65001 ) ) ]"),
            "000101000016" + "000000070000fde800000000" + "010007" + "010004" + "0000fde9",
        )

    def test_other_types_are_hexadecimal(self) -> None:
        self.assertEqual(self.read("( type 2 value 0xBEEF )"), "000200000002beef")
        self.assertEqual(self.read("0x000200000002beef"), "000200000002beef")

    def test_what_cannot_be_is_refused(self) -> None:
        for text in (
            "[ ]",
            "( type 2 community 7 source-as 1 context-as 0 )",
            "( type 1 community 7 )",
            "( type 1 value beef )",
            "( type 65536 value 0x )",
            "( type 1 community 7 source-as 1 context-as 0 targets ( colors 1 ) )",
            "( flags T value 0x )",
            "0x00",
        ):
            with self.assertRaises(Misspelt, msg=text):
                self.read(text)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for tree in (None, {}, [{}], [{"type": 2}], [{"type": 1}], [{"type": 2, "value": 7}], [7], "x"):
            self.assertRaises(Misspelt, community_container.SHAPE.restore, tree)
