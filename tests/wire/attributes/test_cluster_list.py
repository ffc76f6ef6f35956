"""CLUSTER_LIST."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import cluster_list
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class ClusterListTests(SynchronousTestCase):
    def test_the_order_is_kept(self) -> None:
        self.assertEqual(cluster_list.read(Words(lex("[ 9.9.9.9, 1.1.1.1 ]"))).octets().hex(), "0909090901010101")

    def test_an_empty_list_and_other_addresses_are_refused(self) -> None:
        for text in ("[ ]", "[ ::1 ]", "::1", "[ 1.1.1.1", "["):
            with self.assertRaises(Misspelt, msg=text):
                cluster_list.read(Words(lex(text)))

    def test_no_octets_and_five_are_malformed(self) -> None:
        self.assertRaises(Malformed, cluster_list.decode, b"")
        self.assertRaises(Malformed, cluster_list.decode, bytes(5))
