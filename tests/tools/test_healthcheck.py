"""`bgptwist healthcheck` as a daemon sees it: real processes, whose two pipes the test holds."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.tools.dialogue import kind
from bgptwist.tools.healthcheck_options import GROUPS, parse
from bgptwist.tools.loopback import addresses, hosts
from bgptwist.wire.errors import Refused
from tests.tools.test_cli import CHECKOUT

FAST = ("-i", "0.1", "-f", "0.02", "--no-ip-setup", "--no-syslog")
ONE = ("--ip", "10.0.0.1", *FAST)
UP = "neighbor * announce route 10.0.0.1/32 next-hop self med 100"
DOWN = "neighbor * announce route 10.0.0.1/32 next-hop self med 1000"
GONE = "neighbor * withdraw route 10.0.0.1/32 next-hop self"
LO = r"""1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever preferred_lft forever
1: lo    inet 10.1.1.1/32 scope global lo:web1\       valid_lft forever preferred_lft forever
1: lo    inet 10.1.1.2/32 scope global lo:dns\       valid_lft forever preferred_lft forever
1: lo    inet 10.1.1.3/32 scope global lo\       valid_lft forever preferred_lft forever
1: lo    inet 10.1.2.3/24 scope global lo\       valid_lft forever preferred_lft forever
1: lo    inet6 2001:db8::1/128 scope global \       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \       valid_lft forever preferred_lft forever
"""


class Helper:
    """A helper that is started, read line by line and answered."""

    def __init__(self, *words: str, answer: str = "done", **variables: str) -> None:
        self.answer = answer
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bgptwist.tools.healthcheck", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=CHECKOUT,
            env={**os.environ, **variables},
            process_group=0,
        )

    def line(self) -> str:
        """The next command, which is answered."""
        assert self.process.stdout is not None
        found = self.process.stdout.readline().decode().rstrip("\n")
        if found and self.answer:
            self.say(self.answer)
        return found

    def say(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{text}\n".encode())
        self.process.stdin.flush()

    def end(self) -> tuple[list[str], str, int]:
        """Wait for it: the lines that are left, what it logged, its status."""
        out, complaints = self.process.communicate(timeout=30)
        return out.decode().splitlines(), complaints.decode(), self.process.returncode

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self.process.wait()


class HelperTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()
        self.flag = self.folder / "flag"

    def start(self, *words: str, **named: Any) -> Helper:
        helper = Helper(*words, **named)
        self.addCleanup(helper.kill)
        return helper

    def until(self, check: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not check():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_it_says_each_state_again_and_again(self) -> None:
        helper = self.start(*ONE, "-c", f"test -f {self.flag}")
        self.assertEqual([helper.line() for _ in range(3)], [DOWN] * 3)
        self.flag.touch()
        found = DOWN
        while found == DOWN:
            found = helper.line()
        self.assertEqual([found, helper.line()], [UP, UP])
        helper.process.terminate()
        lines, _, status = helper.end()
        self.assertEqual((lines[-1], status), (GONE, 0))

    def test_it_says_it_once_when_that_is_wanted(self) -> None:
        helper = self.start(*ONE, "--debounce", "--withdraw-on-down", "-c", f"test -f {self.flag}", "--path-id", "5")
        self.assertEqual(helper.line(), f"{GONE} path-information 5")
        self.flag.touch()
        self.assertEqual(helper.line(), f"{UP} path-information 5")
        self.flag.unlink()
        self.assertEqual(helper.line(), f"{GONE} path-information 5")

    def test_disabled(self) -> None:
        helper = self.start(*ONE, "--debounce", "--disable", str(self.flag), "--disabled-metric", "7", "--rise", "1")
        self.assertEqual(helper.line(), UP)
        self.flag.touch()
        self.assertEqual(helper.line(), UP.replace("med 100", "med 7"))
        self.flag.unlink()
        self.assertEqual(helper.line(), UP)

    def test_an_interval_of_0_ends_after_the_first_announcement(self) -> None:
        helper = self.start(*ONE, "-i", "0", "--rise", "2")
        self.assertEqual(helper.line(), UP)
        self.assertEqual(helper.end()[::2], ([], 0))

    def test_events_between_answers_and_other_forms_of_answers(self) -> None:
        helper = self.start(*ONE, "--rise", "1", "--ip", "10.0.0.2", "--debounce", answer="")
        self.assertEqual(helper.line(), UP)
        helper.say('{ "exabgp": "5.0.0", "type": "state", "neighbor": { "state": "up" } }')
        helper.say("neighbor 127.0.0.1 up\n")
        helper.say(json.dumps({"answer": "done", "message": "command completed"}))
        self.assertEqual(helper.line(), UP.replace("0.1/32", "0.2/32").replace("100", "101"))
        helper.say("error: no such thing\nerror")
        helper.say('{ "exabgp": "5.0.0", "type": "notification", "notification": "shutdown" }')
        lines, complaints, status = helper.end()
        self.assertEqual((lines, status), ([GONE, GONE.replace("0.1/32", "0.2/32")], 0))
        self.assertIn("ERROR[healthcheck] no such thing, in: neighbor * announce route 10.0.0.2/32", complaints)

    def test_the_end_between_a_command_and_its_answer(self) -> None:
        for word in ("shutdown", "shutdown 12 11", ""):
            helper = self.start(*ONE, "--rise", "1", answer="")
            self.assertEqual(helper.line(), UP)
            assert helper.process.stdin is not None
            if word:
                helper.say(word)
            else:
                helper.process.stdin.close()
                helper.process.stdin = None
            lines, complaints, status = helper.end()
            self.assertEqual((lines, status), ([GONE], 0))
            self.assertNotIn("Traceback", complaints)

    def test_a_daemon_that_has_gone(self) -> None:
        helper = self.start(*ONE, "--rise", "1", "--no-ack", answer="")
        assert helper.process.stdout is not None
        self.assertEqual(helper.line(), UP)
        helper.process.stdout.close()
        helper.process.stdout = None
        self.assertEqual(helper.process.wait(20), 0)

    def test_a_check_that_hangs_is_killed_with_what_it_started(self) -> None:
        number = self.folder / "number"
        helper = self.start(*ONE, "-t", "0.2", "--fall", "1", "-c", f"sleep 100 & echo $! > {number}; wait")
        self.assertEqual(helper.line(), DOWN)
        self.until(lambda: not alive(int(number.read_text())))

    def test_a_check_that_hangs_does_not_keep_it(self) -> None:
        helper = self.start(*ONE, "-t", "100", "-c", f"touch {self.flag}; exec sleep 100")
        self.until(self.flag.exists)
        helper.process.terminate()
        self.assertEqual(helper.end()[::2], ([GONE], 0))

    def test_programs_are_told(self) -> None:
        log = self.folder / "log"
        helper = self.start(
            *(*ONE, "--rise", "2", "--execute", f"echo any $STATE >> {log}", "--up-execute", f"echo up >> {log}")
        )
        self.assertEqual(helper.line(), UP)
        self.assertEqual(log.read_text().split("\n")[:3], ["any RISING", "up", "any UP"])

    def test_files(self) -> None:
        options = self.folder / "options"
        options.write_text(
            "# comment\ndebug\n\nup-metric = 5\nip=10.0.0.9\ncommunity = 1:2 3:4\nno-ip-setup\nrise = 1\n"
        )
        number = self.folder / "number"
        helper = self.start("-F", str(options), "--up-metric", "6", "-i", "0", "--pid", str(number))
        self.assertEqual(
            helper.line(), "neighbor * announce route 10.0.0.9/32 next-hop self med 6 community [ 1:2 3:4 ]"
        )
        self.assertIn("DEBUG[healthcheck] neighbor * announce", helper.end()[1])
        self.assertEqual(int(number.read_text()), helper.process.pid)

    def test_what_is_wrong_is_one_line(self) -> None:
        for words, text, expected in (
            (("--community", "1:1\nwithdraw"), "has the control character", 2),
            (("--config", "/nonexistent/x"), "/nonexistent/x cannot be read: No such file", 2),
            (("--ip-ifname", "10.0.0.2%eth0"), "there is no --ip 10.0.0.2", 2),
            (("--ip", "10.0.0.0/8", "--deaggregate-networks"), "makes more than 65536", 2),
            (("--neighbor", "x"), "invalid neighbor value: 'x'", 2),
            (("--user", "no-such-user"), "we cannot become another user: ", 1),
            (("--pid", "/nonexistent/x"), "/nonexistent/x cannot be written: No such file", 1),
            (("--syslog-facility", "x"), "", 0),
        ):
            helper = self.start(*ONE, "-i", "0", "--rise", "1", *words, answer="")
            assert helper.process.stdin is not None
            helper.process.stdin.close()
            helper.process.stdin = None
            _, complaints, status = helper.end()
            self.assertEqual(status, expected, complaints)
            self.assertIn(text, complaints)
            self.assertNotIn("Traceback", complaints)

    def test_no_ip_program(self) -> None:
        path = str(self.folder)
        code = (
            "import sys; from bgptwist.tools import loopback, healthcheck; loopback.PLACES = ();"
            "sys.exit(healthcheck.main(['--ip', '10.0.0.1', '--no-syslog']))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PATH": path},
            cwd=CHECKOUT,
            capture_output=True,
            check=False,
        )
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        self.assertIn(b"there is no program 'ip'", done.stderr)


def alive(number: int) -> bool:
    """Whether a process runs, dead ones that wait to be collected left out."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class PureTests(SynchronousTestCase):
    def test_kinds_of_lines(self) -> None:
        for line, found in (
            ("done", "done"),
            ("error\r", "error"),
            ("error: why", "reason: why"),
            ("shutdown", "shutdown"),
            ("neighbor 10.0.0.1 up", ""),
            ("", ""),
            ('{"answer": "error", "message": "x"}', "error"),
            ('{"type": "state"}', ""),
            ('{"type": "notification", "notification": "shutdown"}', "shutdown"),
            ("{ broken", ""),
        ):
            self.assertEqual(kind(line), found, line)

    def test_addresses_of_lo(self) -> None:
        self.assertEqual(
            [str(each) for each in addresses(LO)], ["10.1.1.1/32", "10.1.1.2/32", "10.1.1.3/32", "2001:db8::1/128"]
        )
        self.assertEqual([str(each) for each in addresses(LO, "web")], ["10.1.1.1/32"])
        self.assertEqual(addresses(LO, "web", exact=True), [])

    def test_networks_are_set_up_address_by_address(self) -> None:
        self.assertEqual(len(hosts([ip_network("10.0.0.0/30"), ip_network("2001:db8::1/128")])), 5)
        self.assertRaises(Refused, hosts, [ip_network("2001:db8::/64")])

    def test_every_option_is_known_to_the_parser(self) -> None:
        found = parse([])
        for _, options in GROUPS:
            for option in options:
                self.assertTrue(hasattr(found, option.field), option.field)
                self.assertTrue(option.help)
