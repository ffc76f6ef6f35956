"""What each command does and answers."""

import json
import os
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api import report
from bgptwist.settings.build import load_text
from bgptwist.settings.model import ApiSettings, CapabilitySettings, DirectionSettings
from bgptwist.wire.capabilities.operational import Operational
from bgptwist.wire.errors import Malformed
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import PathTable
from tests.api.stage import NEIGHBORS, Stage, neighbor
from tests.fakes import RecordingDriver

ROUTE = "10.0.0.0/24 next-hop 1.1.1.1"
UPDATE, NOTIFICATION = 2, 3


class RouteTests(SynchronousTestCase):
    """announce and withdraw."""

    def test_routes_of_every_form(self) -> None:
        stage = Stage()
        for line in (
            f"announce route {ROUTE} med 5 community [65000:1]",
            "announce route 2001:db8::/32 next-hop 2001:db8::1",
            "announce attributes med 100 next-hop 1.1.1.1 nlri 10.1.0.0/24 10.2.0.0/24",
            "announce attribute next-hop 1.1.1.1 nlri 10.3.0.0/24",
            "announce ipv4 unicast 10.4.0.0/24 next-hop self",
            "announce ipv6 unicast 2001:db8:1::/48 next-hop 2001:db8::1",
            "announce route 10.5.0.0/24 next-hop 1.1.1.1 split /25",
        ):
            self.assertEqual(stage.say(line), ["done"], line)
        self.assertEqual(
            sorted(stage.routes()),
            sorted(
                "10.0.0.0/24 2001:db8::/32 10.1.0.0/24 10.2.0.0/24 10.3.0.0/24 10.4.0.0/24 2001:db8:1::/48 "
                "10.5.0.0/25 10.5.0.128/25".split()
            ),
        )

    def test_withdrawals_of_every_form(self) -> None:
        stage = Stage()
        for prefix in ("10.0.0.0/24", "10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24"):
            stage.say(f"announce route {prefix} next-hop 1.1.1.1")
        for line in (
            "withdraw route 10.0.0.0/24",
            "withdraw route 10.1.0.0/24 next-hop 0.0.0.0",
            "withdraw attributes nlri 10.2.0.0/24",
            "withdraw ipv4 unicast 10.3.0.0/24",
            "neighbor 127.0.0.1 withdraw route 10.9.0.0/24",
        ):
            self.assertEqual(stage.say(line), ["done"], line)
        self.assertEqual(stage.routes(), [])

    def test_what_is_wrong_is_an_error(self) -> None:
        stage = Stage()
        for line in (
            "announce route",
            "announce route 10.0.0.0/24",
            "announce route 9.9.9.9/24 next-hop 1.1.1.1",
            "announce ipv4",
            "announce ipv4 unicast",
            "announce ipv4 nonsense 10.0.0.0/24 next-hop 1.1.1.1",
            "announce attributes next-hop 1.1.1.1",
            "announce operational asm afi ipv4 safi unicast advisory hello",
        ):
            self.assertEqual(stage.say(line), ["error"], line)
        self.assertEqual(stage.routes(), [])

    def test_a_route_with_a_watchdog_waits_if_it_says_so(self) -> None:
        stage = Stage()
        stage.say(
            f"announce route {ROUTE} watchdog dog withdraw", "announce route 10.1.0.0/24 next-hop 1.1.1.1 watchdog dog"
        )
        self.assertEqual(stage.routes(), ["10.1.0.0/24"])
        self.assertEqual(stage.say("announce watchdog dog"), ["done"])
        self.assertEqual(len(stage.routes()), 2)
        self.assertEqual(stage.say("withdraw watchdog dog"), ["done"])
        self.assertEqual(stage.routes(), [])

    def test_a_watchdog_is_named_like_the_helper_by_default(self) -> None:
        stage = Stage()
        stage.say(f"announce route {ROUTE} watchdog h withdraw")
        self.assertEqual(stage.say("announce watchdog"), ["done"])
        self.assertEqual(len(stage.routes()), 1)

    def test_an_unknown_watchdog_is_done_and_logged(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("announce watchdog cat", "peer * withdraw watchdog cat"), ["done", "done"])
        self.assertIn("watchdog cat", stage.logged[-1])


class SessionTests(SynchronousTestCase):
    """Commands that need a session."""

    def test_end_of_rib_needs_a_session(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("announce eor"), ["error"])
        driver = stage.establish()
        driver.sent.clear()
        self.assertEqual(stage.say("announce eor", "peer 127.0.0.1 announce eor ipv4 unicast"), ["done", "done"])
        self.assertEqual(driver.messages.count((UPDATE, bytes(4))), 2)
        self.assertEqual(stage.say("announce eor ipv4 nonsense", "announce eor ipv4"), ["error", "error"])

    def test_route_refresh_needs_a_session_and_a_family(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("announce route-refresh ipv4 unicast"), ["error"])
        driver = stage.establish()
        driver.sent.clear()
        # the two have not agreed to route refresh, so nobody may be asked
        self.assertEqual(stage.say("announce route-refresh ipv4 unicast"), ["error"])
        self.assertEqual(stage.say("announce route-refresh", "announce route-refresh ipv4"), ["error", "error"])
        self.assertEqual(driver.sent, [])

    def operational(self) -> tuple[Stage, RecordingDriver]:
        """A stage whose first neighbor has agreed to OPERATIONAL messages."""
        stage = Stage(neighbor("127.0.0.1", capability=CapabilitySettings(operational=True)))
        return stage, stage.establish(capabilities=[Operational()])

    def test_operational_messages_are_sent(self) -> None:
        stage, driver = self.operational()
        for line, octets in (
            ("announce operational asm afi ipv4 safi unicast advisory hello", "00020008" + "000101" + b"hello".hex()),
            (
                'neighbor 127.0.0.1 announce operational adm afi ipv4 safi unicast advisory "hi,  [there] (you)"',
                "00010015" + "000101" + b"hi,  [there] (you)".hex(),
            ),
            (
                "peer * announce operational rpcq afi ipv4 safi unicast sequence 7 json",
                "0003000b" + "000101" + "01020304" + "00000007",
            ),
            (
                "announce operational LPCP afi ipv4 safi unicast router-id 9.9.9.9 sequence 7 counter 9",
                "0008000f" + "000101" + "09090909" + "00000007" + "00000009",
            ),
            ("announce operational apcq afi ipv4 safi unicast", "0005000b" + "000101" + "01020304" + "00000001"),
        ):
            driver.sent.clear()
            self.assertEqual(stage.say(line), ["done"], line)
            self.assertEqual([(kind, body.hex()) for kind, body in driver.messages], [(6, octets)], line)

    def test_operational_messages_that_make_no_sense_are_errors(self) -> None:
        stage, driver = self.operational()
        driver.sent.clear()
        for line in (
            "announce operational",
            "announce operational ssq afi ipv4 safi unicast",
            "announce operational asm afi ipv4 safi unicast advisory hi there",
            'announce operational asm afi ipv4 safi unicast advisory "hi',
            "announce operational asm afi ipv4 safi unicast advisory hi; shutdown",
            "announce operational asm afi ipv4 safi unicast advisory { hi }",
            "announce operational rpcq afi ipv6 safi unicast",
            "neighbor 9.9.9.9 announce operational rpcq afi ipv4 safi unicast",
        ):
            self.assertEqual(stage.say(line), ["error"], line)
        self.assertEqual(driver.sent, [])

    def test_advice_that_can_be_given_later_is_accepted(self) -> None:
        stage = Stage(neighbor("127.0.0.1", capability=CapabilitySettings(operational=True)))
        self.assertEqual(stage.say("announce operational asm afi ipv4 safi unicast advisory later"), ["done"])
        self.assertEqual(stage.say("announce operational adm afi ipv4 safi unicast advisory now"), ["error"])
        driver = stage.establish(capabilities=[Operational()])
        self.assertEqual([body[7:] for kind, body in driver.messages if kind == 6], [b"later"])

    def test_end_of_rib_is_of_an_agreed_family(self) -> None:
        stage = Stage()
        driver = stage.establish()
        driver.sent.clear()
        self.assertEqual(stage.say("announce eor ipv6 unicast"), ["error"])
        self.assertEqual(driver.sent, [])

    def test_teardown_ends_the_sessions_of_the_neighbors_named(self) -> None:
        stage = Stage()
        driver = stage.establish()
        self.assertEqual(stage.say("neighbor 127.0.0.1 teardown 4"), ["done"])
        self.assertEqual(driver.messages[-1], (NOTIFICATION, b"\x06\x04"))

    def test_teardown_without_neighbor_does_nothing(self) -> None:
        stage = Stage()
        driver = stage.establish()
        self.assertEqual(stage.say("teardown 4"), ["done"])
        self.assertNotIn(NOTIFICATION, driver.kinds)

    def test_teardown_wants_a_number(self) -> None:
        stage = Stage()
        for line in ("teardown", "teardown x", "neighbor 127.0.0.1 teardown 256", "peer * teardown 4 5"):
            self.assertEqual(stage.say(line), ["error"], line)

    def test_flush_sends_everything_again(self) -> None:
        stage = Stage()
        driver = stage.establish()
        stage.say(f"announce route {ROUTE}")
        before = driver.kinds.count(UPDATE)
        for line in ("flush adj-rib out", "rib flush out", "neighbor 127.0.0.1 flush adj-rib out"):
            self.assertEqual(stage.say(line), ["done"], line)
        self.assertGreater(driver.kinds.count(UPDATE), before)
        self.assertEqual(stage.say("flush adj-rib", "flush adj-rib in"), ["error", "error"])

    def test_clear_withdraws_everything(self) -> None:
        for line in ("clear adj-rib out", "clear adj-rib", "rib clear out", "neighbor 127.0.0.1 clear adj-rib out"):
            stage = Stage()
            stage.say(f"announce route {ROUTE}")
            self.assertEqual(stage.say(line), ["done"], line)
            self.assertEqual(stage.routes(), [], line)

    def test_clear_in_forgets_what_was_received(self) -> None:
        stage = Stage()
        self.receive(stage, stage.establish())
        self.assertEqual(len(stage.say("show adj-rib in")), 2)
        self.assertEqual(stage.say("clear adj-rib in"), ["done"])
        self.assertEqual(stage.say("show adj-rib in"), ["done"])
        self.assertEqual(stage.say("clear adj-rib sideways", "clear adj-rib in now"), ["error", "error"])

    def receive(self, stage: Stage, driver: RecordingDriver) -> None:
        """The peer announces 10.7.0.0/24."""
        body = bytes.fromhex("00000014" + "400101004002060201" + "0000FDE9" + "40030401010101" + "180A0700")
        stage.peer().received(driver, UPDATE, body)


class RibTests(SynchronousTestCase):
    """show adj-rib."""

    def stage(self) -> Stage:
        stage = Stage()
        stage.say(
            "neighbor 127.0.0.1 announce route 10.2.0.0/24 next-hop 1.1.1.1 as-path [1 2] med 5 community 65000:1",
            "neighbor 127.0.0.2 announce route 10.3.0.0/24 next-hop self",
        )
        return stage

    def test_short_lines(self) -> None:
        lines = self.stage().say("show adj-rib out")
        self.assertEqual(
            sorted(lines[:-1]),
            ["127.0.0.1 ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1", "127.0.0.2 ipv4 unicast 10.3.0.0/24 next-hop self"],
        )
        self.assertEqual(lines[-1], "done")

    def test_long_lines(self) -> None:
        self.assertEqual(
            self.stage().say("show adj-rib out 127.0.0.1 extensive"),
            [
                "neighbor 127.0.0.1 local-ip 127.0.0.1 local-as 65000 peer-as 65001 router-id 1.2.3.4 family-allowed "
                "in-open ipv4 unicast 10.2.0.0/24 next-hop 1.1.1.1 as-path ( 1 2 ) med 5 community 65000:1",
                "done",
            ],
        )

    def test_json_lines(self) -> None:
        stage = self.stage()
        for line in ("neighbor 127.0.0.1 show adj-rib out json", "rib show out 127.0.0.1"):
            shown, done = stage.say(line)
            self.assertEqual(
                shown, '{"127.0.0.1": {"routes": [{"prefix": "10.2.0.0/24", "family": "ipv4 unicast"}]}}', line
            )

    def test_long_json_lines(self) -> None:
        shown, done = self.stage().say("show adj-rib out 127.0.0.1 extensive json")
        self.assertEqual(
            json.loads(shown),
            {
                "peer": {"address": "127.0.0.1"},
                "route": {
                    "nlri": {
                        "prefix": "10.2.0.0/24",
                        "nexthop": "1.1.1.1",
                        "family": {"afi": "ipv4", "safi": "unicast"},
                    },
                    "attributes": {
                        "as-path": {"0": {"element": "as-sequence", "value": [1, 2]}},
                        "med": 5,
                        "community": [[65000, 1]],
                    },
                },
            },
        )

    def test_groups_of_families(self) -> None:
        stage = self.stage()
        self.assertEqual(len(stage.say("show adj-rib out inet")), 3)
        self.assertEqual(stage.say("show adj-rib out flow", "show adj-rib out l2vpn json"), ["done", "done"])

    def test_the_table_must_be_named(self) -> None:
        stage = self.stage()
        for line in ("show adj-rib", "show adj-rib all", "show adj-rib out everything", "rib show"):
            self.assertEqual(stage.say(line), ["error"], line)

    def test_a_dump_survives_changes_while_it_is_read(self) -> None:
        stage = Stage()
        for number in range(20):
            stage.say(f"announce route 10.{number}.0.0/24 next-hop 1.1.1.1")
        stream = stage.dispatcher.command(stage.conversation, "show adj-rib out")
        assert stream is not None
        shown = [next(stream)]
        stage.say("clear adj-rib out", "announce route 172.16.0.0/16 next-hop 1.1.1.1")
        shown += list(stream)
        self.assertEqual(stage.caller.read(), ["done"])
        self.assertLess(len(shown), 42)

    def test_a_dump_that_fails_ends_with_an_error(self) -> None:
        stage = Stage()

        def broken(members: int) -> Any:
            yield stage.peer(), None

        stage.control.speaker.outgoing.sources = broken  # type: ignore[method-assign]
        self.assertEqual(stage.say("show adj-rib out"), ["error"])


class ShowTests(SynchronousTestCase):
    """show neighbor: programs read its columns."""

    def stage(self) -> Stage:
        stage = Stage()
        stage.establish()
        stage.say(*[f"announce route 10.{n}.0.0/24 next-hop 1.1.1.1 med {n}" for n in range(4)])
        stage.clock.advance(3)
        return stage

    def test_summary(self) -> None:
        stage = self.stage()
        sent = stage.peer().counters.sent[UPDATE]
        self.assertEqual(
            stage.say("show neighbor summary"),
            [
                "Peer            AS        up/down state       |     #sent     #recvd",
                f"127.0.0.1       65001     0:00:03 established  {sent:>10}          0",
                f"127.0.0.2       65002        down {stage.peer('127.0.0.2').state.lower():<12}          0          0",
                "done",
            ],
        )

    def test_summary_of_one(self) -> None:
        self.assertEqual(len(self.stage().say("show neighbor 127.0.0.1 summary")), 3)
        self.assertEqual(len(self.stage().say("neighbor 127.0.0.1 show neighbor summary")), 3)

    def test_without_a_form_the_usage_is_told(self) -> None:
        answers = Stage().say("show neighbor")
        self.assertEqual((len(answers), answers[-1]), (3, "done"))

    def test_extensive(self) -> None:
        stage = self.stage()
        sent = stage.peer().counters.sent
        lines = stage.say("show neighbor 127.0.0.1 extensive")
        self.assertEqual({len(line) for line in lines if line.startswith("   ") and line[3] != " "}, {71})
        self.assertEqual(
            [line.rstrip() for line in lines],
            [
                "Neighbor 127.0.0.1",
                "",
                "    Session                       Local",
                "   local                      127.0.0.1",
                "   state                    ESTABLISHED",
                "   up for                       0:00:03",
                "",
                "    Setup                         Local          Remote",
                "   AS                             65000           65001",
                "   ID                           1.2.3.4         9.9.9.9",
                "   hold-time                         90              90",
                "",
                "    Capability                    Local          Remote",
                "   asn4:                        enabled         enabled",
                "   route-refresh:              disabled         enabled",
                "   multi-session:              disabled        disabled",
                "   operational:                disabled        disabled",
                "   add-path:                   disabled        disabled",
                "   extended-message:           disabled        disabled",
                "   graceful-restart:           disabled        disabled",
                "",
                "    Families                      Local          Remote        Add-Path",
                "   ipv4 unicast:                enabled         enabled disabled",
                "   ipv6 unicast:                enabled        disabled disabled",
                "",
                "    Message Statistic              Sent        Received",
                "   open:                              1               1",
                "   notification:                      0               0",
                f"   keepalive:           {sent[4]:>15}               1",
                f"   update:              {sent[2]:>15}               0",
                "   refresh:                           0               0",
                f"   total:               {sum(sent):>15}               2",
                "",
                "done",
            ],
        )

    def test_extensive_of_a_neighbor_that_is_down(self) -> None:
        lines = [line.rstrip() for line in self.stage().say("show neighbor 127.0.0.2 extensive")]
        self.assertIn("   asn4:                        enabled             n/a", lines)
        self.assertNotIn("up for", "".join(lines))

    def test_json(self) -> None:
        stage = self.stage()
        for line in ("show neighbor extensive json", "peer show", "peer * show summary", "peer show summary"):
            shown, done = stage.say(line)
            first, second = json.loads(shown)
            self.assertEqual(
                list(first),
                ["state", "duration", "fsm", "local", "peer", "messages", "capabilities", "families", "add-path"],
            )
            self.assertEqual((first["state"], first["duration"], second["state"]), ("up", 3, "down"))
            self.assertEqual(
                list(first["local"]), ["capabilities", "families", "add-path", "address", "as", "id", "hold"]
            )
            self.assertEqual(first["capabilities"], ["asn4"])
            self.assertEqual(first["families"], ["ipv4 unicast"])
            self.assertEqual(first["add-path"], {"ipv4 unicast": "disabled"})
            self.assertEqual(first["peer"]["id"], "9.9.9.9")
            self.assertIs(first["peer"]["capabilities"]["route-refresh"], True)
            self.assertEqual(first["messages"]["received"]["open"], 1)

    def test_json_of_one(self) -> None:
        self.assertEqual(len(json.loads(self.stage().say("peer 127.0.0.2 show summary")[0])), 1)

    def test_list(self) -> None:
        shown, done = self.stage().say("peer list")
        self.assertEqual(json.loads(shown)[0], {"peer-address": "127.0.0.1", "peer-as": 65001, "state": "established"})

    def test_what_cannot_be_shown(self) -> None:
        for line in ("show neighbor 127.0.0.1 everything", "show neighbor summary now", "show"):
            self.assertEqual(Stage().say(line), ["error"], line)

    def test_configuration(self) -> None:
        section = ApiSettings(
            ("h",), neighbor_changes=True, receive=DirectionSettings(frozenset({"update", "open"}), parsed=True)
        )
        stage = Stage(
            neighbor(
                "127.0.0.1",
                api=(section,),
                description="a test",
                capability=CapabilitySettings(graceful_restart=120, extended_message=True, add_path=3),
            )
        )
        lines = stage.say("show neighbor configuration")
        self.assertEqual(lines[0], "neighbor 127.0.0.1 {")
        self.assertEqual(lines[-2:], ["}", "done"])
        for line in (
            '\tdescription "a test";',
            "\trouter-id 1.2.3.4;",
            "\tlocal-as 65000;",
            "\thold-time 90;",
            "\t\tgraceful-restart 120;",
            "\t\tadd-path send/receive;",
            "\t\textended-message enable;",
            "\t\tipv4 unicast;",
            "\tapi api-0 {",
            "\t\tprocesses [ h ];",
            "\t\tneighbor-changes;",
            "\t\treceive {",
            "\t\t\tparsed;",
            "\t\t\tupdate;",
        ):
            self.assertIn(line, lines)
        self.assertNotIn("None", "".join(lines))

    def test_a_configuration_is_read_again(self) -> None:
        text = """neighbor 127.0.0.1 {
            local-address 127.0.0.2; router-id 1.2.3.4; local-as 1; peer-as 2;
            family { ipv4 unicast; ipv6 unicast; }
            capability {
                nexthop false; graceful-restart 9; long-lived-graceful-restart 60; software-version true; operational;
                role peer; role-strict; outbound-route-filtering send; multiple-labels 3; dynamic [ 1 2 ]; bfd-strict;
                add-path receive; link-local-nexthop true; raw [ 239 0x01FF ]; raw [ 7 0x080002 ];
            }
            add-path { ipv4 unicast limit 5; ipv6 unicast; }
            operational {
                asm afi ipv4 safi unicast advisory "two \\"words\\"";
                lpcp afi ipv6 safi unicast sequence 1 counter 2;
            }
        }"""
        (settings,) = load_text(text).neighbors
        again = load_text("\n".join(report.configuration(settings))).neighbors
        self.assertEqual(again, (settings,))


class DaemonTests(SynchronousTestCase):
    """Commands about the daemon."""

    def test_control_is_answered_before_it_takes_effect(self) -> None:
        for word in ("shutdown", "reload", "restart"):
            stage = Stage()
            self.assertEqual(stage.say(word), [f"{word} in progress", "done"])
            self.assertEqual(stage.say(f"daemon {word}"), [f'{{"status": "{word} in progress"}}', "done"])
            self.assertEqual(stage.daemon.asked, [word, word])

    def test_an_effect_that_fails_is_logged(self) -> None:
        stage = Stage()

        def broken() -> None:
            raise ZeroDivisionError("oh")

        stage.daemon.reload = broken  # type: ignore[method-assign]
        self.assertEqual(stage.say("reload"), ["reload in progress", "done"])
        self.assertIn("ZeroDivisionError", stage.logged[-1])

    def test_version(self) -> None:
        self.assertEqual(Stage().say("version"), ["bgptwist 0.1.0", "done"])
        self.assertEqual(Stage(compat_version="5.0.15").say("version"), ["exabgp 5.0.15", "done"])
        self.assertEqual(json.loads(Stage().say("system version")[0]), {"version": "0.1.0", "application": "bgptwist"})

    def test_status(self) -> None:
        stage = Stage()
        stage.clock.advance(7)
        text = "\n".join(stage.say("status"))
        self.assertIn("UUID", text)
        self.assertIn("PID", text)
        value = json.loads(stage.say("daemon status")[0])
        self.assertEqual((value["uptime"], value["pid"]), (7, os.getpid()))
        self.assertEqual(value["peers"], {peer.name: stage.speaker.peers[peer.name].state for peer in NEIGHBORS})

    def test_ping(self) -> None:
        stage = Stage()
        pong = stage.say("ping")[0]
        self.assertTrue(pong.startswith("pong ") and pong.endswith(" active=true"))
        self.assertEqual(json.loads(stage.say("session ping 123 4")[0])["active"], True)
        self.assertEqual(stage.say("session ping text")[0], pong)

    def test_help_lists_every_command(self) -> None:
        lines = Stage().say("help")
        self.assertIn("[neighbor <ip> [filters]] announce route PREFIX [ATTRIBUTE ...]", lines)
        self.assertIn("shutdown", lines)
        value = json.loads(Stage().say("system help")[0])
        self.assertEqual(list(value), ["description", "peer_filters", "commands"])

    def test_help_lists_the_commands_with_a_word(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("help reload"), ["reload", "done"])
        self.assertEqual(len(stage.say("help announce route")), 2)
        self.assertEqual(
            [each["command"] for each in json.loads(stage.say("system help reload")[0])["commands"]], ["daemon reload"]
        )
        self.assertEqual(stage.say("help nonsense"), ["error"])

    def test_queues_and_api_version(self) -> None:
        stage = Stage()
        stage.control.queues = lambda: {"h": (2, 30)}
        self.assertEqual(json.loads(stage.say("system queue-status")[0]), {"h": {"items": 2, "bytes": 30}})
        self.assertEqual(stage.say("queue-status"), ["h: 2 items, 30 bytes", "done"])
        self.assertEqual(json.loads(stage.say("api version")[0])["api_version"], 4)
        self.assertEqual(json.loads(stage.say("system api version 6")[0])["api_version"], 6)
        self.assertEqual(stage.say("api version 5"), ["error"])

    def test_crash_is_an_error(self) -> None:
        self.assertEqual(Stage().say("crash", "system crash"), ["error", "error"])


class AckTests(SynchronousTestCase):
    """Acknowledgements are each caller's own."""

    def test_enable_and_disable(self) -> None:
        stage = Stage()
        line = f"announce route {ROUTE}"
        self.assertEqual(stage.say("disable-ack"), ["done"])
        self.assertEqual(stage.say(line, "bogus"), [])
        self.assertEqual(stage.say("version"), ["bgptwist 0.1.0"])
        self.assertEqual(stage.say("enable-ack", line), ["done", "done"])
        self.assertEqual(stage.say("silence-ack", line), [])
        self.assertEqual(stage.say("session ack enable", "session ack disable", line), ["done", "done"])
        self.assertEqual(stage.say("session ack silence", line), [])

    def test_the_environment_gives_the_default(self) -> None:
        stage = Stage(api_ack=False)
        self.assertEqual(stage.say("version"), ["bgptwist 0.1.0"])
        self.assertEqual(stage.say("enable-ack", "version"), ["done", "bgptwist 0.1.0", "done"])

    def test_a_new_conversation_begins_anew(self) -> None:
        stage = Stage()
        stage.say("silence-ack")
        stage.conversation = stage.dispatcher.converse(stage.caller)
        self.assertEqual(stage.say("#"), ["done"])

    def test_waiting_for_the_wire_is_refused(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("enable-sync", "disable-sync", "session sync enable"), ["done", "done", "done"])

    def test_reset_and_bye(self) -> None:
        stage = Stage()
        self.assertEqual(stage.say("reset"), ["asynchronous queue cleared", "done"])
        self.assertEqual(stage.say("session reset")[0], '{"status": "asynchronous queue cleared"}')
        self.assertEqual(stage.say("bye", "session bye 1-2-3"), ["done", "done"])


class WireTests(SynchronousTestCase):
    """What is announced is what a peer reads."""

    def test_the_octets_say_what_the_command_said(self) -> None:
        stage = Stage()
        driver = stage.establish()
        stage.say(f"announce route {ROUTE} med 5")
        context = stage.peer().negotiated
        assert context is not None
        bodies = [body for kind, body in driver.messages if kind == UPDATE]
        found = updates.decode(bodies[-1], context.receive, PathTable(context.receive))
        self.assertEqual(found.announced[0].nlris, [bytes.fromhex("180A0000")])
        self.assertRaises(Malformed, updates.decode, b"", context.receive, PathTable(context.receive))
