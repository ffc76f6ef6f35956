"""What `events` asks for."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.tail import MESSAGES, TYPES, read
from bgptwist.wire.errors import Misspelt


class TailTests(SynchronousTestCase):
    def test_without_words_it_is_all_but_the_many(self) -> None:
        tail = read([])
        self.assertEqual((tail.encoder, tail.version, tail.neighbors), ("json", "", set()))
        wanted = tail.wanted
        self.assertEqual(
            (wanted.neighbor_changes, wanted.negotiated, wanted.signal, wanted.fsm), (True, True, True, False)
        )
        self.assertEqual(wanted.receive.types, frozenset(MESSAGES) - {"keepalive"})
        self.assertTrue(wanted.receive.parsed)
        self.assertFalse(wanted.receive.packets)
        self.assertEqual(wanted.send.types, frozenset())

    def test_types_are_chosen_by_name(self) -> None:
        for word in TYPES:
            wanted = read([word]).wanted
            found = {
                word
                for word, on in (
                    ("state", wanted.neighbor_changes),
                    ("negotiated", wanted.negotiated),
                    ("signal", wanted.signal),
                    ("fsm", wanted.fsm),
                )
                if on
            } | wanted.receive.types
            self.assertEqual(found, {word})

    def test_a_direction_is_chosen(self) -> None:
        for words, received, sent in (("update", 1, 0), ("update send", 0, 1), ("send receive update", 1, 1)):
            wanted = read(words.split()).wanted
            self.assertEqual((len(wanted.receive.types), len(wanted.send.types)), (received, sent), words)

    def test_forms(self) -> None:
        for words, parsed, packets, consolidate in (
            ("packets", False, True, False),
            ("packets parsed", True, True, False),
            ("consolidate", True, True, True),
        ):
            block = read(words.split()).wanted.receive
            self.assertEqual((block.parsed, block.packets, block.consolidate), (parsed, packets, consolidate), words)

    def test_encoders_and_their_versions(self) -> None:
        for words, wanted in (
            ("json", ("json", "")),
            ("json 6", ("json", "6")),
            ("json 3.4 update", ("json", "3.4")),
            ("text", ("text", "")),
        ):
            tail = read(words.split())
            self.assertEqual((tail.encoder, tail.version), wanted)

    def test_neighbors_are_chosen_by_address(self) -> None:
        tail = read("neighbor 192.0.2.1 peer 2001:DB8::1 state".split())
        self.assertEqual(tail.neighbors, {"192.0.2.1", "2001:db8::1"})
        self.assertTrue(tail.hears("2001:db8::1"))
        self.assertFalse(tail.hears("192.0.2.2"))
        self.assertTrue(read(["neighbor", "*"]).hears("192.0.2.2"))

    def test_other_words_are_refused(self) -> None:
        for words in ("bogus", "json 7", "neighbor", "neighbor update", "neighbor 1.2.3"):
            self.assertRaises(Misspelt, read, words.split())
