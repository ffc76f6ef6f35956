"""`peer create` and `peer delete`: neighbors until the next reload."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import ApiSettings
from tests.api.stage import Stage

BASIC = "192.0.2.7 local-address 192.0.2.1 local-as 65000 peer-as 65007 router-id 192.0.2.1"


class CreationTests(SynchronousTestCase):
    """What the daemon is asked for."""

    def setUp(self) -> None:
        self.stage = Stage()
        self.conversation = self.stage.conversation
        self.conversation.reasons = True

    def test_both_spellings_make_a_neighbor_of_the_helper_that_asks(self) -> None:
        for line in (f"peer create {BASIC}", f"create neighbor {BASIC}"):
            self.assertEqual(self.stage.say(line), ["done"])
        one, other = self.stage.daemon.created
        self.assertEqual(one, other)
        self.assertEqual((one.peer_address, one.local_as, one.peer_as), ("192.0.2.7", 65000, 65007))
        self.assertEqual(one.api, (ApiSettings(("h",)),))

    def test_families_capabilities_and_statements_have_their_places(self) -> None:
        line = (
            f"peer create {BASIC} family-allowed ipv4-unicast/ipv6-unicast graceful-restart 120 group-updates false "
            "passive true hold-time 30"
        )
        self.assertEqual(self.stage.say(line), ["done"])
        made = self.stage.daemon.created[0]
        self.assertEqual([family.name for family in made.families], ["ipv4 unicast", "ipv6 unicast"])
        self.assertEqual(made.capability.graceful_restart, 120)
        self.assertEqual((made.group_updates, made.passive, made.hold_time), (False, True, 30))

    def test_helpers_are_named_and_hear_what_is_asked_for(self) -> None:
        line = f"peer create {BASIC} api h api other neighbor-changes true receive update/open"
        self.assertEqual(self.stage.say(line), ["done"])
        section = self.stage.daemon.created[0].api[0]
        self.assertEqual(section.processes, ("h", "other"))
        self.assertTrue(section.neighbor_changes)
        self.assertEqual((section.receive.types, section.receive.parsed), (frozenset({"update", "open"}), True))

    def test_what_is_wrong_is_said_and_nothing_is_made(self) -> None:
        for words, reason in {
            "": "the line is empty",
            "192.0.2.7 local-as": "a word has no value",
            f"{BASIC} colour red": "'colour' is no statement of a neighbor",
            f"{BASIC} hold-time long": "hold-time",
            f"{BASIC} description a;b": "'a;b' cannot be read",
            f"{BASIC} family-allowed ipv4-nonsense": "'ipv4-nonsense' is no address family",
            f"{BASIC} api stranger": "there is no process 'stranger'",
            f"{BASIC} receive gossip": "'gossip' is no type of message",
            "192.0.2.7 local-address 192.0.2.1 peer-as 65007": "local-as",
            "127.0.0.1 local-address 127.0.0.1 local-as 65000 peer-as 65001 router-id 1.2.3.4": "already",
        }.items():
            answer = self.stage.say(f"peer create {words}")
            self.assertEqual(answer[-1], "error", words)
            self.assertIn(reason, answer[0])
            self.assertEqual(len(answer), 2)
        self.assertEqual(self.stage.daemon.created, [])

    def test_neighbors_are_deleted_by_address_and_words_of_their_names(self) -> None:
        self.assertEqual(self.stage.say("peer delete 127.0.0.1"), ["done"])
        self.assertEqual(self.stage.say("delete neighbor 127.0.0.2 peer-as 65002"), ["done"])
        found = [names[0].split()[1] for names in self.stage.daemon.deleted]
        self.assertEqual(found, ["127.0.0.1", "127.0.0.2"])

    def test_nobody_is_deleted_by_mistake(self) -> None:
        for words in ("", "192.0.2.99", "127.0.0.1 peer-as 1", "127.0.0.1 colour red", "everybody"):
            self.assertEqual(self.stage.say(f"peer delete {words}")[-1], "error", words)
        self.assertEqual(self.stage.daemon.deleted, [])
