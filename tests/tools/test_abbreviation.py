"""What ExaBGP's client lets people leave out."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.tools.abbreviation import NEIGHBOR, expanded

EXAMPLES = (
    ("s n s", "show neighbor summary"),
    ("s n e", "show neighbor extensive"),
    ("s n c", "show neighbor configuration"),
    ("show neighbor 192.0.2.1 s", "show neighbor 192.0.2.1 summary"),
    ("s a i e", "show adj-rib in extensive"),
    ("s a o", "show adj-rib out"),
    ("f a o", "flush adj-rib out"),
    ("c a i", "clear adj-rib in"),
    ("h", "help"),
    ("a r 10.0.0.0/24 next-hop 1.1.1.1", "announce route 10.0.0.0/24 next-hop 1.1.1.1"),
    ("w r 10.0.0.0/24", "withdraw route 10.0.0.0/24"),
    ("a rr ipv4 unicast", "announce route-refresh ipv4 unicast"),
    ("a e ipv4 unicast", "announce eor ipv4 unicast"),
    ("a w a", "announce watchdog a"),
    ("w v r", "withdraw vpls r"),
    ("w w s", "withdraw watchdog s"),
    ("a f route s", "announce flow route s"),
    ("a a next-hop 1.1.1.1 nlri 10.0.0.0/24", "announce attributes next-hop 1.1.1.1 nlri 10.0.0.0/24"),
    ("t 6", "teardown 6"),
    ("n 192.0.2.1 t 6", "neighbor 192.0.2.1 teardown 6"),
    ("neighbour 192.0.2.1 local-as 1 peer-as 2 a r x", "neighbor 192.0.2.1 local-as 1 peer-as 2 announce route x"),
    ("n 192.0.2.1 , n 192.0.2.2 a r x", "neighbor 192.0.2.1 , neighbor 192.0.2.2 announce route x"),
    ("version", "version"),
    ("peer * teardown 6", "peer * teardown 6"),
    ("", ""),
)


class AbbreviationTests(SynchronousTestCase):
    def test_words_are_completed_where_they_are_words_of_the_command(self) -> None:
        for short, full in EXAMPLES:
            self.assertEqual(" ".join(expanded(short.split())), full, short)

    def test_what_is_written_in_full_stays(self) -> None:
        for _, full in EXAMPLES:
            self.assertEqual(" ".join(expanded(full.split())), full)

    def test_the_usual_mistakes_for_neighbor_are_understood(self) -> None:
        for word in NEIGHBOR:
            self.assertEqual(expanded(["show", word, "summary"]), ["show", "neighbor", "summary"])
