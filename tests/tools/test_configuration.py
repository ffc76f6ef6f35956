"""`bgptwist configuration`: what each of its commands prints and writes, and its status."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase, TestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment, Settings
from bgptwist.settings.plan import by_key, plan
from bgptwist.tools import configuration
from bgptwist.tools.difference import Difference
from bgptwist.tools.explanation import document, groups, own_address, text
from bgptwist.tools.reflection import Reflection
from bgptwist.wire.spell import address_octets
from tests.settings.test_plan_model import DRAFTS, Draft, pairs
from tests.tools.test_cli import run, start

BASE = "router-id 10.0.0.1; local-address 10.0.0.1; local-as 65001;"
FAMILIES = "family { ipv4 unicast; ipv6 unicast; }"


def neighbor(inside: str = "", number: int = 2, peer_as: int = 65002, base: str = BASE) -> str:
    return f"neighbor 10.0.0.{number} {{ {base} peer-as {peer_as}; {inside} }}\n"


def static(*routes: str) -> str:
    return f"static {{ {' '.join(f'route {route};' for route in routes)} }}"


class Files(SynchronousTestCase):
    maxDiff = None

    def write(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_bytes(text.encode())
        return path

    def run_command(self, *words: str) -> tuple[int, str, str]:
        return run(configuration.main, *words)


class CommandTests(Files):
    def test_without_words_the_usage_is_an_error(self) -> None:
        self.assertEqual(self.run_command(), (2, "", configuration.usage() + "\n"))
        self.assertEqual(self.run_command("bogus"), (2, "", configuration.usage() + "\n"))
        self.assertEqual(self.run_command("--help"), (0, configuration.usage() + "\n", ""))

    def test_every_command_tells_more(self) -> None:
        for word in configuration.COMMANDS:
            status, output, errors = self.run_command(word, "--help")
            self.assertEqual((status, errors), (0, ""), word)
            name = "bgptwist validate" if word == "validate" else f"bgptwist configuration {word}"
            self.assertTrue(output.startswith(f"usage: {name} "), output)

    def test_validate_is_the_same_as_without_configuration(self) -> None:
        path = self.write(neighbor())
        self.assertEqual(self.run_command("validate", path), (0, f"✓ loading {path}\n", ""))


class FormatTests(Files):
    TEXT = "neighbor x { a 1; }"
    CANONICAL = "neighbor x {\n    a 1;\n}\n"

    def test_the_canonical_form_is_printed(self) -> None:
        path = self.write(self.TEXT)
        self.assertEqual(self.run_command("fmt", path, path), (0, self.CANONICAL * 2, ""))
        self.assertEqual(Path(path).read_text(), self.TEXT)

    def test_files_are_rewritten(self) -> None:
        path = self.write(self.TEXT)
        self.assertEqual(self.run_command("fmt", "-w", path), (0, "", ""))
        self.assertEqual(Path(path).read_text(), self.CANONICAL)

    def test_check_names_the_files_that_would_change(self) -> None:
        one, other = self.write(self.TEXT), self.write(self.CANONICAL)
        self.assertEqual(self.run_command("fmt", "--check", one, other), (1, f"{one}\n", ""))
        self.assertEqual(self.run_command("fmt", "-c", other), (0, "", ""))
        self.assertEqual(Path(one).read_text(), self.TEXT)

    def test_mistakes_are_told_as_validate_tells_them(self) -> None:
        path = self.write("neighbor x {\n  a 1 }\n}\n")
        status, output, errors = self.run_command("fmt", "-w", path)
        self.assertEqual((status, output), (1, ""))
        self.assertTrue(errors.startswith(f"{path}:2:6: the statement is not finished, expected ';' or '{{'\n"), errors)
        self.assertIn("      a 1 }\n", errors)
        self.assertIn(f"\n{path}:3:1: this '}}' closes nothing", errors)

    def test_a_section_closed_at_the_end_is_a_warning(self) -> None:
        path = self.write("neighbor x {\n  family { a 1;\n}\n")
        status, output, errors = self.run_command("fmt", path)
        self.assertEqual((status, output), (0, "neighbor x {\n    family {\n        a 1;\n    }\n}\n"))
        self.assertTrue(errors.startswith(f"warning: {path}:1:1: section 'neighbor x' is not closed"), errors)

    def test_what_cannot_be_read_is_told(self) -> None:
        status, output, errors = self.run_command("fmt", self.mktemp())
        self.assertEqual((status, output, "No such file or directory" in errors), (2, "", True))
        path = self.mktemp()
        Path(path).write_bytes(b"a \xff;")
        status, output, errors = self.run_command("fmt", "-w", path)
        self.assertEqual((status, output, "the file is not in UTF-8" in errors), (2, "", True))
        self.assertEqual(Path(path).read_bytes(), b"a \xff;")

    def test_one_bad_file_does_not_keep_others_from_being_written(self) -> None:
        bad, good = self.write("}"), self.write(self.TEXT)
        self.assertEqual(self.run_command("fmt", "-w", bad, good)[0], 1)
        self.assertEqual(Path(good).read_text(), self.CANONICAL)


class DifferenceTests(Files):
    def lines(self, old: str, new: str, *options: str) -> tuple[int, list[str]]:
        status, output, errors = self.run_command("diff", *options, self.write(old), self.write(new))
        self.assertEqual(errors, "")
        return status, output.splitlines()

    def test_nothing(self) -> None:
        text = neighbor(static("10.0.0.0/8 next-hop self"))
        self.assertEqual(self.lines(text, text.replace(";", " ;\n")), (0, ["nothing would be done"]))

    def test_plugins(self) -> None:
        old = "plugin a { use x.A; }\nplugin b { use x.B; }\nplugin c { use x.C; }\n"
        new = "plugin b { use x.B; option y; }\nplugin c { use x.C; }\nplugin d { use x.D; }\n"
        told = ["plugin a: stopped", "plugin b: restarted", "plugin d: started"]
        self.assertEqual(self.lines(old, new), (1, told))
        found: Any = json.loads("\n".join(self.lines(old, new, "--format", "json")[1]))
        self.assertEqual(found["plugins"], {"stopped": ["a", "b"], "started": ["b", "d"]})

    def test_health_checks(self) -> None:
        text = "healthcheck {} {{ probe tcp 127.0.0.1:80; announce route 10.0.0.0/8 next-hop self; rise {}; }}\n"
        old, new = text.format("a", 1) + text.format("b", 1), text.format("b", 2)
        told = ["healthcheck a: stopped", "healthcheck b: started, or changed"]
        self.assertEqual(self.lines(old, new), (1, told))
        found: Any = json.loads("\n".join(self.lines(old, new, "--format", "json")[1]))
        self.assertEqual(found["healthchecks"], {"stopped": ["a"], "started": ["b"]})

    def test_routes_come_go_and_change(self) -> None:
        old = neighbor(static("10.0.0.0/8 next-hop self", "11.0.0.0/8 next-hop self", "12.0.0.0/8 next-hop self"))
        new = neighbor(static("10.0.0.0/8 next-hop self", "11.0.0.0/8 next-hop self med 5", "13.0.0.0/8 next-hop self"))
        self.assertEqual(
            self.lines(old, new),
            (
                1,
                [
                    "neighbor 10.0.0.2: changed, its session stays",
                    "    - ipv4 unicast 12.0.0.0/8",
                    "    ~ ipv4 unicast 11.0.0.0/8 next-hop self med 5",
                    "    + ipv4 unicast 13.0.0.0/8 next-hop self",
                ],
            ),
        )

    def test_watchdogs(self) -> None:
        old = neighbor(static("10.0.0.0/8 next-hop self watchdog a", "11.0.0.0/8 next-hop self watchdog a"))
        new = neighbor(static("10.0.0.0/8 next-hop self watchdog a", "11.0.0.0/8 next-hop self watchdog b withdraw"))
        self.assertEqual(
            self.lines(old, new)[1][1:],
            [
                "    - ipv4 unicast 11.0.0.0/8 (watchdog a)",
                "    + ipv4 unicast 11.0.0.0/8 next-hop self (watchdog b, held)",
            ],
        )

    def test_many_changes_are_counted(self) -> None:
        new = neighbor(static(*(f"10.0.{number}.0/24 next-hop self" for number in range(30))))
        _, lines = self.lines(neighbor(), new)
        self.assertEqual((len(lines), lines[-1]), (22, "    ... and 10 more (30 new; --all lists them)"))
        _, lines = self.lines(neighbor(), new, "--lines", "0")
        self.assertEqual(lines[1:], ["    ... and 30 more (30 new; --all lists them)"])
        self.assertEqual(len(self.lines(neighbor(), new, "--all")[1]), 31)

    def test_neighbors_with_the_same_changes_are_told_together(self) -> None:
        template = "template { neighbor t { %s } }\n" + neighbor("inherit t;") + neighbor("inherit t;", 3)
        new = template % static("10.0.0.0/8 next-hop self")
        self.assertEqual(
            self.lines(template % "", new)[1],
            [
                "neighbor 10.0.0.2: changed, its session stays",
                "neighbor 10.0.0.3: changed, its session stays",
                "    + ipv4 unicast 10.0.0.0/8 next-hop self",
            ],
        )

    def test_why_a_session_starts_again(self) -> None:
        old = neighbor(
            "hold-time 90; md5-password a; capability { add-path send; } family { ipv4 unicast; ipv4 flow; }"
        )
        new = neighbor(
            f"md5-password b; passive; description x; {FAMILIES}"
            " capability { add-path send/receive; graceful-restart 60; role customer; }"
        )
        status, lines = self.lines(old, new)
        self.assertEqual(status, 1)
        told = "changed, its session ends with NOTIFICATION 6/3 and a new one has 0 routes"
        self.assertEqual(lines[0], f"neighbor 10.0.0.2: {told}")
        self.assertEqual(
            set(lines[1:]),
            {
                "    hold-time: 90 -> 180",
                "    passive: false -> true",
                "    md5-password: changed",
                "    family: -ipv4 flow, +ipv6 unicast",
                "    capability add-path: send -> send/receive",
                "    capability graceful-restart: none -> 60",
                "    capability role: none -> customer",
                "    description: none -> x",
            },
        )

    def test_neighbors_come_and_go(self) -> None:
        _, lines = self.lines(neighbor(), neighbor(static("10.0.0.0/8 next-hop self"), 3))
        self.assertEqual(
            lines,
            [
                "neighbor 10.0.0.2: removed, its session ends with NOTIFICATION 6/3",
                "neighbor 10.0.0.3: added, with 1 route",
            ],
        )
        _, lines = self.lines(neighbor(), neighbor(peer_as=7))
        self.assertEqual([line.split()[2] for line in lines], ["local-ip", "local-ip"])

    def test_helpers_and_ports(self) -> None:
        old = "process a { run /bin/cat; }\nprocess b { run /bin/cat; }\n" + neighbor("listen 1790;")
        new = "process a { run /bin/cat -u; }\nprocess c { run /bin/cat; }\n" + neighbor("listen 1791;")
        _, lines = self.lines(old, new)
        self.assertEqual(
            lines,
            [
                "helper a: restarted",
                "    run: /bin/cat -> /bin/cat -u",
                "helper b: stopped",
                "listener 10.0.0.1 port 1790: closed",
                "neighbor 10.0.0.2: changed, its session ends with NOTIFICATION 6/3 and a new one has 0 routes",
                "    listen: 1790 -> 1791",
                "listener 10.0.0.1 port 1791: opened",
                "helper c: started, /bin/cat",
            ],
        )

    def test_json(self) -> None:
        old = "process a { run /bin/cat; }\n" + neighbor(f"hold-time 90; {static('10.0.0.0/8 next-hop self')}")
        new = "process a { run /bin/true; }\n" + neighbor(static("11.0.0.0/8 next-hop self med 5"))
        status, lines = self.lines(old, new, "--format", "json")
        found: Any = json.loads("\n".join(lines))
        self.assertEqual((status, found["same"], found["helpers"]["restarted"][0]["run"]), (1, False, ["/bin/true"]))
        (only,) = found["neighbors"]
        self.assertEqual((only["action"], only["total"]), ("restarted", 1))
        self.assertEqual(only["settings"], [{"statement": "hold-time", "old": "90", "new": "180"}])
        self.assertEqual(
            only["routes"],
            {
                "withdrawn": 1,
                "new": 1,
                "changed": 0,
                "listed": [
                    {"change": "withdrawn", "family": "ipv4 unicast", "route": "10.0.0.0/8"},
                    {
                        "change": "new",
                        "family": "ipv4 unicast",
                        "route": "11.0.0.0/8",
                        "next-hop": "self",
                        "attributes": "med 5",
                    },
                ],
            },
        )
        status, lines = self.lines(old, old, "--format", "json")
        self.assertEqual((status, json.loads("\n".join(lines))["same"]), (0, True))

    def test_a_wrong_file_is_status_2(self) -> None:
        good, bad = self.write(neighbor()), self.write(neighbor("hold-time 1;"))
        for words in ((good, bad), (bad, good), (good, self.mktemp())):
            status, output, errors = self.run_command("diff", *words)
            self.assertEqual((status, output), (2, ""))
            self.assertTrue(errors)

    @given(pairs())
    def test_any_two_files_have_their_difference_in_both_forms(self, pair: tuple[Settings, Settings]) -> None:
        old, new = pair
        difference = Difference(old, new, 3)
        lines = list(difference.lines())
        found: Any = json.loads(json.dumps(difference.json()))
        self.assertEqual((bool(lines), found["same"]), (bool(plan(old, new)), not plan(old, new)))
        before = {each.name: by_key(each.routes) for each in old.neighbors}
        after = {each.name: by_key(each.routes) for each in new.neighbors}
        for each in found["neighbors"]:
            name, counts = each["name"], each["routes"]
            heading = f"neighbor {each['peer-address']}: ", f"{name}: "
            self.assertTrue(any(line.startswith(heading) for line in lines), name)
            self.assertLessEqual(len(counts["listed"]), 3)
            if each["action"] in ("restarted", "adjusted"):
                self.assertGreaterEqual(counts["new"], len(after[name].keys() - before[name].keys()))
                self.assertGreaterEqual(counts["withdrawn"], len(before[name].keys() - after[name].keys()))
                self.assertTrue(each["settings"] or any(counts.values()), name)


class ExplainTests(Files):
    @given(DRAFTS)
    def test_every_route_of_any_file_is_told_to_everybody(self, draft: Draft) -> None:
        settings = draft.settings()
        found = groups(list(settings.neighbors))
        lines = list(text(found, None))
        whole: Any = json.loads("\n".join(document(found, None)))
        told = {each["name"]: group["routes"] for group in whole["groups"] for each in group["neighbors"]}
        for neighbor in settings.neighbors:
            self.assertEqual(len(told[neighbor.name]), len(neighbor.routes) + len(neighbor.watched))
            self.assertIn(f"neighbor {neighbor.peer_address}, ", "\n".join(lines))
        tables = sum(len(each["routes"]) + bool(each["routes"]) for each in whole["groups"])
        self.assertEqual(len(lines), len(settings.neighbors) + tables)

    def explained(self, text: str, *options: str) -> list[str]:
        status, output, errors = self.run_command("explain", *options, self.write(text))
        self.assertEqual((status, errors), (0, ""))
        return output.splitlines()

    def test_a_table_of_routes(self) -> None:
        text = neighbor(f"{FAMILIES} {static('10.0.0.0/8 next-hop self med 5', '2001:db8::/32 next-hop 2001:db8::1')}")
        self.assertEqual(
            self.explained(text),
            [
                "neighbor 10.0.0.2, AS 65002 (external): 2 routes; families: ipv4 unicast, ipv6 unicast",
                "    family        route          next hop         attributes",
                "    ipv4 unicast  10.0.0.0/8     self (10.0.0.1)  med 5",
                "    ipv6 unicast  2001:db8::/32  2001:db8::1",
            ],
        )

    def test_watchdogs_are_marked(self) -> None:
        routes = static("10.0.0.0/8 next-hop self watchdog a", "11.0.0.0/8 next-hop self watchdog b withdraw med 1")
        lines = self.explained(neighbor(f"family {{ ipv4 unicast; }} {routes}"))
        self.assertIn("2 routes, 1 of them held", lines[0])
        self.assertTrue(lines[2].endswith("self (10.0.0.1)  (until watchdog a withdraws it)"), lines[2])
        self.assertTrue(lines[3].endswith("med 1  (held until watchdog b announces it)"), lines[3])

    def test_what_is_not_sent_as_it_is_written_is_marked(self) -> None:
        inside = static("10.0.0.0/8 next-hop self path-information 7", "11.0.0.0/8 next-hop 2001:db8::1")
        lines = self.explained(neighbor(f"family {{ ipv4 unicast; }} {inside}"))
        self.assertTrue(lines[2].endswith("(without its path-information)"), lines[2])
        self.assertTrue(lines[3].endswith("(needs 'nexthop { ipv4 unicast ipv6; }')"), lines[3])
        capable = f"{FAMILIES} nexthop {{ ipv4 unicast ipv6; }} capability {{ add-path send; }} {inside}"
        self.assertNotIn("(needs", "\n".join(self.explained(neighbor(capable))))
        self.assertNotIn("(without", "\n".join(self.explained(neighbor(capable))))

    def test_an_address_that_is_not_known_yet(self) -> None:
        base = "router-id 10.0.0.1; local-as 65001;"
        text = neighbor(f"family {{ ipv4 unicast; }} {static('10.0.0.0/8 next-hop self')}", base=base)
        self.assertIn("self (our address of the connection)", self.explained(text)[2])

    def test_self_is_what_a_session_sends(self) -> None:
        addresses = ("10.0.0.2", "10.0.0.1"), ("2001:db8::2", "2001:db8::1")
        for peer, local in addresses:
            text = f"neighbor {peer} {{ router-id 10.9.9.9; local-address {local}; local-as 1; peer-as 2; }}"
            (settings,) = load_text(text).neighbors
            context = Reflection(settings, Environment()).negotiated.send
            for afi, octets in ((1, context.next_hop_ipv4), (2, context.next_hop_ipv6)):
                word = own_address(settings, afi)
                self.assertEqual(address_octets(word) if word else b"", octets)

    def test_neighbors_with_equal_routes_share_a_table(self) -> None:
        routes = static("10.0.0.0/8 next-hop 10.0.0.9")
        family = "family { ipv4 unicast; }"
        text = neighbor(f"{family} {routes}") + neighbor(f"{family} {routes}", 3) + neighbor(f"{FAMILIES} {routes}", 4)
        lines = self.explained(text)
        self.assertEqual(
            [line.split(",")[0] for line in lines if line[:1] == "n"], [f"neighbor 10.0.0.{n}" for n in (2, 3, 4)]
        )
        self.assertEqual(sum("10.0.0.0/8" in line for line in lines), 2)

    def test_self_tells_neighbors_apart_when_it_is_used(self) -> None:
        other = "router-id 10.0.0.1; local-address 10.0.0.8; local-as 65001;"
        for hop, tables in (("self", 2), ("10.0.0.9", 1)):
            inside = f"family {{ ipv4 unicast; }} {static(f'10.0.0.0/8 next-hop {hop}')}"
            lines = self.explained(neighbor(inside) + neighbor(inside, 3, base=other))
            self.assertEqual(sum("10.0.0.0/8" in line for line in lines), tables, hop)

    def test_one_neighbor_and_one_family(self) -> None:
        routes = static("10.0.0.0/8 next-hop self", "2001:db8::/32 next-hop 2001:db8::1")
        text = neighbor(f"{FAMILIES} {routes}") + neighbor(f"{FAMILIES} {routes}", 3)
        lines = self.explained(text, "--neighbor", "10.0.0.3", "--family", "ipv6 unicast")
        self.assertEqual((len(lines), lines[0].split(",")[0]), (3, "neighbor 10.0.0.3"))
        path = self.write(text)
        self.assertEqual(
            self.run_command("explain", "-n", "10.0.0.9", path), (1, "", "there is no neighbor 10.0.0.9\n")
        )
        self.assertEqual(self.run_command("explain", "-n", "x", path)[0], 1)
        self.assertEqual(self.run_command("explain", "--family", "ipv4 bogus", path)[0], 2)

    def test_ranges_helpers_and_limits(self) -> None:
        text = (
            f"process p {{ run /bin/cat; }} neighbor 10.0.0.0/24 {{ {BASE} peer-as auto; passive;"
            " family { ipv4 unicast; } api { processes [ p ]; } maximum-prefix-out 5; }"
        )
        self.assertEqual(
            self.explained(text),
            [
                "neighbor 10.0.0.0/24, AS any (external): 0 routes; families: ipv4 unicast; "
                "helpers may announce more: p; at most 5 routes are sent"
            ],
        )

    def test_json(self) -> None:
        routes = static("10.0.0.0/8 next-hop self med 5", "11.0.0.0/8 next-hop self watchdog b withdraw")
        text = neighbor(f"{FAMILIES} {routes}") + neighbor(number=3)
        found: Any = json.loads("\n".join(self.explained(text, "--format", "json")))
        first, second = found["groups"]
        self.assertEqual((first["neighbors"][0]["peer-as"], second["routes"]), (65002, []))
        self.assertEqual(
            first["routes"],
            [
                {
                    "family": "ipv4 unicast",
                    "route": "10.0.0.0/8",
                    "next-hop": "self",
                    "self": "10.0.0.1",
                    "attributes": "med 5",
                    "watchdog": None,
                    "held": False,
                    "remarks": [],
                },
                {
                    "family": "ipv4 unicast",
                    "route": "11.0.0.0/8",
                    "next-hop": "self",
                    "self": "10.0.0.1",
                    "attributes": "",
                    "watchdog": "b",
                    "held": True,
                    "remarks": ["held until watchdog b announces it"],
                },
            ],
        )

    def test_a_wrong_file_is_status_2(self) -> None:
        status, output, errors = self.run_command("explain", self.write(neighbor("hold-time 1;")))
        self.assertEqual((status, output, "hold-time 1;" in errors), (2, "", True))


class MigrateTests(Files):
    OLD = neighbor("ttl-security 5;").replace("{ ", "{\n  ").replace("; ", ";\n  ")

    def test_the_new_text_is_printed_and_what_changed_is_told(self) -> None:
        path = self.write(self.OLD)
        status, output, errors = self.run_command("migrate", path)
        self.assertEqual((status, errors), (0, f"{path}:6:3: 'ttl-security' is 'incoming-ttl' now\n"))
        self.assertIn("    incoming-ttl 5;\n", output)
        self.assertEqual(Path(path).read_text(), self.OLD)

    def test_files_are_rewritten_and_the_old_ones_kept(self) -> None:
        path = self.write(self.OLD)
        status, output, _ = self.run_command("migrate", "-w", path)
        self.assertEqual((status, output, Path(f"{path}.bak").read_text()), (0, "", self.OLD))
        self.assertIn("incoming-ttl 5;", Path(path).read_text())
        self.assertEqual(self.run_command("migrate", "-w", path), (0, "", ""))
        self.assertEqual(Path(f"{path}.bak").read_text(), self.OLD)

    def test_what_is_wrong_with_the_result_is_left_to_people(self) -> None:
        path = self.write(neighbor("ttl-security 5; hold-time 1;"))
        status, _, errors = self.run_command("migrate", path)
        self.assertEqual(status, 1)
        (line,) = [line for line in errors.splitlines() if "by hand" in line]
        self.assertTrue(line.startswith(f"{path} (new):7:15: to be done by hand: '1' cannot be read"), line)

    def test_a_file_that_cannot_be_cut_into_statements(self) -> None:
        status, output, errors = self.run_command("migrate", self.write("neighbor x { a 1 }"))
        self.assertEqual((status, output, "not finished" in errors), (1, "", True))
        self.assertEqual(self.run_command("migrate", self.mktemp())[0], 2)

    def test_commands(self) -> None:
        path = self.write("show routes\nneighbor 10.0.0.1 withdraw route 10.0.0.0/8\n# x\n\nannounce route x\n")
        status, output, errors = self.run_command("migrate", "--commands", path)
        lines = "show adj-rib out\nneighbor 10.0.0.1 withdraw route 10.0.0.0/8\n# x\n\nannounce route x\n"
        self.assertEqual((status, output), (1, lines))
        self.assertEqual(
            errors.splitlines(),
            [
                f"{path}:1:1: 'show routes' is 'show adj-rib out' now",
                f"{path}:5:1: to be done by hand: the route has no next hop, "
                "expected next-hop ADDRESS or next-hop self, at the end",
            ],
        )
        _, output, _ = self.run_command("migrate", "--commands", "--api", "6", path)
        self.assertEqual(output.splitlines()[:2], ["rib show out", "peer 10.0.0.1 withdraw route 10.0.0.0/8"])

    def test_all_commands_of_the_corpus_of_commands_can_be_tried(self) -> None:
        lines = (
            "announce route 10.0.0.0/8 next-hop self\nannounce eor ipv4 unicast\nannounce route-refresh ipv4 unicast\n"
            "announce watchdog a\nshow neighbor summary\nshow adj-rib in\nflush adj-rib out\nclear adj-rib out\n"
            "neighbor * teardown 4\nshutdown\nreload\nversion\nhelp\nstatus\ncrash\nenable-ack\ndisable-ack\n"
            "announce attributes next-hop self nlri 10.0.0.0/8 11.0.0.0/8\nsilence-ack\nping\nqueue-status\n"
            "announce flow route { match { source 10.0.0.0/8; } then { discard; } }\nreset\nbye\n"
        )
        path = self.write(lines)
        self.assertEqual(self.run_command("migrate", "-c", path), (0, lines, ""))
        status, output, _ = self.run_command("migrate", "-c", "--api", "6", path)
        self.assertEqual(status, 0)
        self.assertEqual(self.run_command("migrate", "-c", "--api", "6", self.write(output)), (0, output, ""))

    def test_an_environment_file(self) -> None:
        path = self.write("[exabgp.tcp]\nonce = true\n")
        status, output, errors = self.run_command("migrate", "-e", path)
        self.assertEqual((status, output), (0, "[exabgp.tcp]\nattempts = 1\n"))
        self.assertEqual(errors, f"{path}:2:1: 'once = true' is 'attempts = 1' now\n")


class SchemaTests(Files):
    def test_the_whole_language(self) -> None:
        status, output, errors = self.run_command("show-schema")
        self.assertEqual((status, errors), (0, ""))
        found: Any = json.loads(output)
        outermost = [each["section"] for each in found["root"]["sections"]]
        self.assertEqual(outermost, ["process", "plugin", "healthcheck", "template", "neighbor", "group"])

    def test_one_section(self) -> None:
        found: Any = json.loads(self.run_command("show-schema", "capability")[1])
        self.assertEqual(found["section"], "capability")
        found = json.loads(self.run_command("show-schema", "neighbor")[1])
        self.assertEqual(found["name"], "peer")
        status, output, errors = self.run_command("show-schema", "bogus")
        self.assertEqual((status, output, errors[:30]), (1, "", "there is no section 'bogus', t"))


class CompleteTests(Files):
    def test_words_at_a_place(self) -> None:
        path = self.write("process p { run /bin/cat; }\nneighbor x {\n    api { processes [ \n    pass\n}\n")
        self.assertEqual(self.run_command("complete", path, "4", "9"), (0, "", ""))
        self.assertEqual(self.run_command("complete", path, "3", "23"), (0, "p\n", ""))
        path = self.write("neighbor x {\n    pass\n}\n")
        self.assertEqual(self.run_command("complete", path, "2", "9"), (0, "passive\n", ""))
        self.assertEqual(self.run_command("complete", path, "2", "99"), (0, "passive\n", ""))
        self.assertEqual(self.run_command("complete", path, "9", "1")[0], 2)
        self.assertEqual(self.run_command("complete", self.mktemp(), "1", "1")[0], 2)


class ProcessTests(TestCase):
    """In a process of its own: the standard input, and a reader that goes away."""

    def test_the_standard_input_is_a_file(self) -> Deferred[None]:
        def check(result: tuple[bytes, bytes, int]) -> None:
            self.assertEqual(result, (b"a {\n    b;\n}\n", b"", 0))

        return start("configuration", "fmt", "-", given="a { b; }").addCallback(check)
