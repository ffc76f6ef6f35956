"""What must be right before a process is started for each of several files."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import ConfigurationError, Environment
from bgptwist.tools.server import check
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
