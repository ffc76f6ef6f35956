"""The section `healthcheck`: probes, the words of routes in each state, and what is wrong with it."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load_text
from bgptwist.settings.model import (
    CommandProbe,
    ConfigurationError,
    DnsProbe,
    HealthcheckSettings,
    HttpProbe,
    TcpProbe,
)
from bgptwist.settings.plan import plan

NEIGHBOR = "neighbor 192.0.2.10 { router-id 1.2.3.4; local-address 192.0.2.1; local-as 65001; peer-as 65000; }\n"
PROBE = "probe tcp 127.0.0.1:80;"
ROUTE = "announce route 192.0.2.1/32 next-hop self;"


def check(text: str, folder: str = "/") -> HealthcheckSettings:
    (found,) = load_text(f"healthcheck web {{ {text} }}\n{NEIGHBOR}", folder=folder).healthchecks
    return found


class HealthcheckTests(SynchronousTestCase):
    def wrong(self, text: str) -> str:
        error = self.assertRaises(ConfigurationError, check, text)
        self.assertEqual(len(error.errors), 1, str(error))
        return str(error.errors[0]).removeprefix("text:1:")

    def test_defaults(self) -> None:
        found = check(PROBE + ROUTE)
        self.assertEqual(found.probes, (TcpProbe("127.0.0.1", 80),))
        self.assertEqual((found.interval, found.fast_interval, found.rise, found.fall), (5.0, 1.0, 3, 3))
        (route,) = found.routes
        self.assertEqual(route.up, "route 192.0.2.1/32 next-hop self")
        self.assertEqual((route.down, route.disabled, route.withdrawal), ("", "", "route 192.0.2.1/32"))

    def test_probes(self) -> None:
        for text, probe in (
            ("tcp web.example:8080", TcpProbe("web.example", 8080)),
            ("tcp [::1]:80", TcpProbe("::1", 80)),
            ("tcp ::1 80", TcpProbe("::1", 80)),
            ("http http://127.0.0.1/x", HttpProbe("http://127.0.0.1/x")),
            (
                'http "https://[::1]/x" expect 200-204 contains "a b" host w.example insecure',
                HttpProbe("https://[::1]/x", (200, 204), "a b", "w.example", True),
            ),
            ("dns 127.0.0.1 www.example", DnsProbe("127.0.0.1", 53, "www.example")),
            ("dns [::1]:5353 www.example aaaa expect ::1", DnsProbe("::1", 5353, "www.example", "AAAA", "::1")),
            ("command /bin/sh -x", CommandProbe(("/bin/sh", "-x"))),
            ('command "test -f x"', CommandProbe(("/bin/sh", "-c", "test -f x"))),
        ):
            self.assertEqual(check(f"probe {text}; {ROUTE}").probes, (probe,), text)
            self.assertTrue(probe.text)

    def test_what_states_say_replaces_what_the_route_says(self) -> None:
        route = "announce route 192.0.2.0/24 next-hop self med 1 community 65000:1 split /25;"
        words = "up-metric 100; down-metric 1000; down-as-path [ 65001 65001 ]; disabled-community [ 65000:9 ];"
        first, second = check(f"{PROBE}{route}{words} increase 10;").routes
        self.assertEqual(first.up, "route 192.0.2.0/25 next-hop self med 100 community 65000:1")
        self.assertEqual(second.up, "route 192.0.2.128/25 next-hop self med 110 community 65000:1")
        down = "route 192.0.2.128/25 next-hop self as-path [ 65001 65001 ] med 1010 community 65000:9"
        self.assertEqual(second.down, down)
        self.assertEqual(first.disabled, "route 192.0.2.0/25 next-hop self med 1 community 65000:9")
        (first, _) = check(f"{PROBE}{route}{words} withdraw-on-down;").routes
        self.assertEqual((first.down, first.disabled), ("", ""))

    def test_other_families(self) -> None:
        text = (
            "announce ipv4 mpls-vpn 10.0.0.0/24 rd 1:1 label 5 next-hop 192.0.2.1;"
            "announce attributes next-hop self nlri 10.1.0.0/16 10.2.0.0/16;"
            "announce flow route destination 10.9.0.0/16 discard;"
        )
        found = check(f"{PROBE}{text} up-metric 5;").routes
        self.assertEqual(
            [each.up.partition(" next-hop")[0] for each in found[:3]],
            ["ipv4 mpls-vpn 10.0.0.0/24 label 5 rd 1:1", "route 10.1.0.0/16", "route 10.2.0.0/16"],
        )
        self.assertIn("med 5", found[3].up)

    def test_paths_are_those_of_the_file(self) -> None:
        folder = Path(self.mktemp()).absolute()
        folder.mkdir()
        (folder / "check").write_text("#!/bin/sh\n")
        (folder / "check").chmod(0o755)
        found = check(f"probe command ./check a; {ROUTE} disable off; execute ./check;", str(folder))
        self.assertEqual(found.probes, (CommandProbe((str(folder / "check"), "a")),))
        self.assertEqual(
            (found.disable, found.execute), (str(folder / "off"), (CommandProbe((str(folder / "check"),)),))
        )

    def test_what_is_wrong(self) -> None:
        for text, message in (
            (ROUTE, "healthcheck 'web' is incomplete, expected 'probe tcp HOST:PORT;' or another probe"),
            (PROBE, "healthcheck 'web' is incomplete, expected 'announce route PREFIX next-hop self;'"),
            (f"probe udp 1; {ROUTE}", "'udp' cannot be read, expected tcp, http, dns or command"),
            (f"{PROBE}{ROUTE} require 2;", "there are fewer probes, expected at most 1"),
            (f"{PROBE}{ROUTE} interval 0;", "'0' cannot be read, expected seconds from 0.1 to 86400"),
            (
                f"{PROBE}{ROUTE} neighbor 192.0.2.11;",
                "healthcheck 'web' is for the neighbor 192.0.2.11, which is not there",
            ),
            (f"{PROBE} announce route 10.0.0.0/8;", "the route has no next hop"),
            (f"{PROBE} announce nothing;", "'nothing' is nothing to announce"),
            (f"{PROBE} announce route 10.0.0.0/8 next-hop self watchdog dog;", "a route of a health check has no"),
            (f"probe command /nonexistent/x; {ROUTE}", "program '/nonexistent/x' does not exist"),
            (f"probe tcp 127.0.0.1; {ROUTE}", "'127.0.0.1' cannot be read, expected an address or a name with"),
            (f"probe http ftp://x/; {ROUTE}", "'ftp://x/' is no URL that can be asked"),
            (f"probe http http://x/ expect 99; {ROUTE}", "'99' cannot be read, expected a status like 200"),
            (f"probe dns x.example www.example; {ROUTE}", "'x.example' is no address"),
            (f"probe dns 127.0.0.1 www.example HINFO; {ROUTE}", "'HINFO' cannot be read, expected A, AAAA"),
        ):
            found = self.wrong(text)
            self.assertIn(message, found, text)

    def test_twice(self) -> None:
        text = f"healthcheck web {{ {PROBE}{ROUTE} }}\n" * 2
        error = self.assertRaises(ConfigurationError, load_text, text + NEIGHBOR)
        self.assertEqual(str(error), "text:2:13: healthcheck 'web' is here twice, expected another name")

    def test_plan(self) -> None:
        def settings(text: str) -> object:
            return load_text(text + NEIGHBOR)

        one = load_text(f"healthcheck web {{ {PROBE}{ROUTE} }} healthcheck dns {{ {PROBE}{ROUTE} }} {NEIGHBOR}")
        two = load_text(f"healthcheck web {{ {PROBE}{ROUTE} rise 2; }} {NEIGHBOR}")
        self.assertFalse(plan(one, one))
        steps = plan(one, two)
        self.assertEqual(steps.stopped_healthchecks, ("dns",))
        self.assertEqual(steps.started_healthchecks, two.healthchecks)


class StandInTests(SynchronousTestCase):
    """ExaBGP's health check where there is no ExaBGP."""

    def run_of(self, text: str) -> tuple[tuple[str, ...], int]:
        settings = load_text(f"process h {{ run {text}; }}")
        return settings.helpers[0].run[1:], len(settings.warnings)

    def test_other_programs_are_what_they_are(self) -> None:
        self.assertEqual(self.run_of("/bin/cat -u"), (("-u",), 0))

    def test_a_program_that_is_not_there(self) -> None:
        ours = ("-m", "bgptwist.tools.healthcheck", "--ip", "10.0.0.1")
        for text in ("/nonexistent/exabgp healthcheck", "/nonexistent/exabgp-healthcheck"):
            self.assertEqual(self.run_of(f"{text} --ip 10.0.0.1"), (ours, 1))
        self.assertRaises(ConfigurationError, load_text, "process h { run /nonexistent/exabgp server; }")

    def test_a_python_without_exabgp(self) -> None:
        folder = Path(self.mktemp()).absolute()
        (folder / "bin").mkdir(parents=True)
        python = folder / "bin" / "python3"
        python.write_text("#!/bin/sh\n")
        python.chmod(0o755)
        (folder / "lib/python3.11/site-packages/exabgp").mkdir(parents=True)
        found, warnings = self.run_of(f"{python} -m exabgp healthcheck --ip 10.0.0.1")
        self.assertEqual((found, warnings), (("-m", "exabgp", "healthcheck", "--ip", "10.0.0.1"), 0))
        found, warnings = self.run_of("/nonexistent/python3 -m exabgp healthcheck --ip 10.0.0.1")
        self.assertEqual((found[1], warnings), ("bgptwist.tools.healthcheck", 1))
