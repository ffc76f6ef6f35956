"""What must be right before a process is started for each of several files."""

from argparse import Namespace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import ConfigurationError, Environment
from bgptwist.tools.server import check, command_line, in_background
from bgptwist.wire.errors import Refused

GOOD = "neighbor 192.0.2.1 { router-id 10.0.0.1; local-as 1; peer-as 1; hold-time 30; }\n"


class CheckTests(SynchronousTestCase):
    def file(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_text(text)
        return path

    def test_good_files_and_a_log_for_all_of_them(self) -> None:
        for environment in (
            Environment(),
            Environment(log_destination="syslog"),
            Environment(log_destination="/no/such/file", log_enable=False),
        ):
            check([self.file(GOOD), self.file(GOOD)], environment)

    def test_one_broken_file_is_an_error(self) -> None:
        bad = self.file(GOOD.replace("30", "1"))
        error = self.assertRaises(ConfigurationError, check, [self.file(GOOD), bad], Environment())
        self.assertIn(f"{bad}:1:", str(error))

    def test_a_log_file_is_not_for_several(self) -> None:
        error = self.assertRaises(Refused, check, [self.file(GOOD)], Environment(log_destination="/var/log/bgp"))
        self.assertEqual(
            str(error), "several processes cannot write the log /var/log/bgp: expected stdout, stderr, syslog"
        )


def options(**given: object) -> Namespace:
    """What the parser gives, with some of it chosen."""
    usual = {"reactor": None, "profile": None, "environment": None, "once": False, "passive": False, "verbose": False}
    return Namespace(**{**usual, "signal": 0, **given})


class LineTests(SynchronousTestCase):
    def test_without_options_it_runs_in_the_foreground(self) -> None:
        self.assertEqual(command_line(options(), Environment()), ["twistd", "--pidfile=", "--nodaemon", "bgptwist"])

    def test_options_are_passed_on(self) -> None:
        line = command_line(options(reactor="epoll", once=True, passive=True, verbose=True, signal=5), Environment())
        self.assertIn("--reactor=epoll", line)
        self.assertEqual(
            line[line.index("bgptwist") + 1 :], ["--once", "--passive", "--verbose", "--reload-after", "5"]
        )

    def test_the_environment_says_whether_it_leaves_the_terminal(self) -> None:
        background = Environment(daemon_daemonize=True, log_destination="/var/log/bgp")
        self.assertTrue(in_background(background, False))
        self.assertFalse(in_background(background, True))
        self.assertFalse(in_background(Environment(), False))
        for destination in ("stdout", "stderr"):
            lost = Environment(daemon_daemonize=True, log_destination=destination)
            error = self.assertRaises(Refused, in_background, lost, False)
            self.assertIn(f"cannot write the log to {destination}", str(error))

    def test_the_process_number_goes_where_the_environment_says(self) -> None:
        line = command_line(options(), Environment(daemon_pid="/run/x.pid"))
        self.assertEqual(line[1], "--pidfile=/run/x.pid")
