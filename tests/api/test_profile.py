"""What is told of neighbors and helpers: `show neighbors`, `show neighbor detail`, `show processes`."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.call import PAUSE, ProcessState
from bgptwist.api.columns import BLOCK, columns, cut
from bgptwist.settings.model import ApiSettings, DirectionSettings
from bgptwist.wire.capabilities.unknown import Unknown
from tests.api.stage import NOW, Stage, neighbor

LONG = "2001:db8:1234:5678:9abc:def0:1234:5678"


class NeighborsTests(SynchronousTestCase):
    """show neighbors: a row each."""

    def stage(self) -> Stage:
        stage = Stage(neighbor("127.0.0.1"), neighbor("127.0.0.2", 4200000000), neighbor(LONG))
        stage.establish()
        stage.say(
            "announce route 10.0.0.0/24 next-hop 1.1.1.1", "neighbor 127.0.0.2 announce route 10.1.0.0/24 next-hop self"
        )
        stage.clock.advance(3)
        return stage

    def test_the_columns_hold_long_addresses(self) -> None:
        self.assertEqual(
            self.stage().say("show neighbors"),
            [
                "Neighbor                                AS          State        Since    In  Out  Last error",
                "127.0.0.1                               65001       established  0:00:03  0   1    -",
                "127.0.0.2                               4200000000  connect      0:00:03  -   2    -",
                "2001:db8:1234:5678:9abc:def0:1234:5678  65001       connect      0:00:03  -   1    -",
                "done",
            ],
        )

    def test_some_of_them(self) -> None:
        stage = self.stage()
        for line in ("neighbor 127.0.0.2 show neighbors", "neighbor 127.0.0.2 summary"):
            self.assertEqual(len(stage.say(line)), 3, line)

    def test_objects(self) -> None:
        stage = self.stage()
        for line in ("show neighbors json", "peer summary", "peer * summary"):
            found = [json.loads(each) for each in stage.say(line)[:-1]]
            self.assertEqual(len(found), 3, line)
            self.assertEqual(
                found[0],
                {
                    "neighbor": "127.0.0.1",
                    "as": 65001,
                    "state": "ESTABLISHED",
                    "since": NOW,
                    "in": 0,
                    "out": 1,
                    "last-error": "",
                },
            )
            self.assertIsNone(found[1]["in"])

    def test_what_is_wrong(self) -> None:
        stage = self.stage()
        self.assertEqual(stage.say("show neighbors nonsense"), ["error"])
        self.assertIn("expected json, or nothing more", stage.logged[-1])

    def test_the_last_error_of_who_is_gone(self) -> None:
        stage = self.stage()
        driver = stage.peer().session
        assert driver is not None
        stage.peer().disconnected(driver.driver, "Connection\x1b reset")
        row = stage.say("show neighbors")[1]
        self.assertTrue(row.endswith("closing connection: the connection was lost: Connection\\x1b reset"), row)


class DetailTests(SynchronousTestCase):
    """show neighbor detail: all that is known."""

    def stage(self) -> Stage:
        section = ApiSettings(
            processes=("h",), neighbor_changes=True, receive=DirectionSettings(parsed=True, types=frozenset({"update"}))
        )
        stage = Stage(neighbor("127.0.0.1", api=(section,), description="our upstream"), neighbor("127.0.0.2"))
        stage.establish("127.0.0.1", [Unknown(240, b"\1")])
        stage.say("announce route 10.0.0.0/24 next-hop 1.1.1.1")
        stage.clock.advance(3)
        return stage

    def test_text(self) -> None:
        lines = self.stage().say("show neighbor 127.0.0.1 detail")
        text = "\n".join(lines)
        self.assertEqual(lines[0], "Neighbor 127.0.0.1")
        for line in (
            "  Description     our upstream",
            "  Up for          0:00:03",
            "  Sessions        1 established, 0 lost, 1 attempts",
            "  AS              local 65000, peer 65001",
            "  Identifier      local 1.2.3.4, peer 9.9.9.9",
            "  Hold time       90 s (local 90 s, peer 90 s), fires in 87 s",
            "  Last message    3 s ago",
            "  Outgoing        in step",
            "  Capability      Sent  Received",
            "  asn4            yes   yes",
            "  capability-240  no    yes",
            "  Family        Agreed  Add-path  In  Out",
            "  ipv4 unicast  yes     -         0   1",
            "  ipv6 unicast  no      -         -   0",
            "  Helper h: neighbor-changes, receive-update",
        ):
            self.assertIn(line, text.split("\n"))
        self.assertEqual(lines[-2:], ["", "done"])

    def test_text_of_who_is_down(self) -> None:
        stage = self.stage()
        session = stage.peer().session
        assert session is not None
        stage.peer().disconnected(session.driver, "gone")
        stage.clock.advance(1)
        lines = stage.say("show neighbor 127.0.0.1 detail")
        self.assertIn("  Sessions        1 established, 1 lost, 2 attempts", lines)
        (line,) = [line for line in lines if line.startswith("  Last error")]
        self.assertIn("closing connection: the connection was lost: gone, at 20", line)
        self.assertFalse([line for line in lines if "Hold time" in line])

    def test_objects(self) -> None:
        stage = self.stage()
        for line in ("show neighbor detail json", "peer show detail", "peer * show detail"):
            found = [json.loads(each) for each in stage.say(line)[:-1]]
            self.assertEqual([each["neighbor"] for each in found], ["127.0.0.1", "127.0.0.2"], line)
            one, two = found
            self.assertEqual(one["sessions"], {"established": 1, "lost": 0})
            self.assertEqual((one["state"], one["since"], one["uptime"]), ("ESTABLISHED", NOW, 3))
            self.assertEqual(one["timers"]["last-message"], 3)
            self.assertEqual(one["timers"]["hold"], 87)
            self.assertEqual(one["routes"], {"in": {"ipv4 unicast": 0}, "out": {"ipv4 unicast": 1}})
            self.assertEqual(one["peer"]["capabilities"]["asn4"], {"name": "asn4", "asn4": 65001})
            self.assertIn("capability-240", one["peer"]["capabilities"])
            self.assertEqual(one["negotiated"]["families"], ["ipv4 unicast"])
            self.assertEqual(one["helpers"], {"h": ["neighbor-changes", "receive-update"]})
            self.assertEqual(one["messages"]["received"]["open"], 1)
            self.assertEqual((two["negotiated"], two["timers"], two["routes"]["in"]), (None, None, None))

    def test_one_of_them(self) -> None:
        stage = self.stage()
        for line in (
            "neighbor 127.0.0.2 show neighbor detail json",
            "peer 127.0.0.2 show detail",
            "show neighbor 127.0.0.2 detail json",
        ):
            self.assertEqual(len(stage.say(line)), 2, line)

    def test_what_is_wrong(self) -> None:
        stage = self.stage()
        self.assertEqual(stage.say("show neighbor nobody detail"), ["error"])
        self.assertIn("expected the address of a neighbor", stage.logged[-1])

    def test_others_have_their_turn(self) -> None:
        stage = self.stage()
        lines = stage.dispatcher.command(stage.conversation, "show neighbor detail json")
        assert lines is not None
        self.assertEqual(list(lines).count(PAUSE), 2)


class ProcessTests(SynchronousTestCase):
    """show processes."""

    def stage(self) -> Stage:
        stage = Stage()
        stage.control.processes = lambda: [
            ProcessState("h", 123, "running", 0, 12, (0, 0), (3, 400), 7, ("/bin/h", "a b")),
            ProcessState("g", 0, "given up", 5, 0, (0, 0), (0, 0), 0, ("/bin/g",)),
        ]
        return stage

    def test_columns(self) -> None:
        self.assertEqual(
            self.stage().say("show processes"),
            [
                "Helper  Process  State     Restarts  Lines  Answers  Octets  Events  Octets  Dropped  Command",
                "h       123      running   0         12     0        0       3       400     7        /bin/h 'a b'",
                "g       -        given up  5         0      0        0       0       0       0        /bin/g",
                "done",
            ],
        )

    def test_objects(self) -> None:
        stage = self.stage()
        for line in ("show processes json", "daemon processes"):
            first, second, done = stage.say(line)
            self.assertEqual(
                json.loads(first),
                {
                    "helper": "h",
                    "process": 123,
                    "state": "running",
                    "restarts": 0,
                    "lines": 12,
                    "answers": {"items": 0, "bytes": 0},
                    "events": {"items": 3, "bytes": 400, "dropped": 7},
                    "command": ["/bin/h", "a b"],
                },
                line,
            )
            self.assertIsNone(json.loads(second)["process"])

    def test_there_may_be_none(self) -> None:
        self.assertEqual(Stage().say("show processes")[-1], "done")
        self.assertEqual(Stage().say("show processes x"), ["error"])


class ColumnTests(SynchronousTestCase):
    """Tables whose rows are not known beforehand."""

    def test_a_wider_cell_in_a_later_block_begins_a_new_table(self) -> None:
        rows = [("a", "b")] * BLOCK + [("a much wider one", "c")]
        lines = [line for line in columns(("One", "Two"), rows) if isinstance(line, str)]
        self.assertEqual(lines[:2], ["One  Two", "a    b"])
        self.assertEqual(lines[-3:], ["", "One               Two", "a much wider one  c"])

    def test_what_fits_goes_on(self) -> None:
        rows = [("a", "b")] * BLOCK + [("c", "d")]
        self.assertEqual(len(list(columns(("One", "Two"), rows))), BLOCK + 2)

    def test_pauses_go_through_and_empty_cells_are_marked(self) -> None:
        self.assertEqual(list(columns(("A", "B"), [("", "x"), PAUSE, ("y", "")])), [PAUSE, "A  B", "-  x", "y  -"])
        self.assertEqual(list(columns(("A", "B"), [])), ["A  B"])

    def test_long_cells_are_cut(self) -> None:
        self.assertEqual([cut("a" * 10, 10), cut("a" * 11, 10)], ["a" * 10, "a" * 7 + "..."])
