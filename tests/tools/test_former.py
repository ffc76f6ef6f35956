"""The command line of ExaBGP 3 and 4."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.tools.former import read
from bgptwist.wire.errors import Misspelt

EXAMPLES = (
    ("a.conf", "server a.conf"),
    ("a.conf b.conf", "server a.conf b.conf"),
    ("-d a.conf", "server -d a.conf"),
    ("-dp1 a.conf", "server -d -p -1 a.conf"),
    ("--debug --once a.conf", "server -d -1 a.conf"),
    ("a.conf -s 5 --profile out", "server -s 5 --profile out a.conf"),
    ("--signal=5 a.conf", "server -s 5 a.conf"),
    ("--validate a.conf", "validate a.conf"),
    ("-t -v a.conf", "validate -v a.conf"),
    ("--test a.conf", "validate a.conf"),
    ("--decode 00:01", "decode 00:01"),
    ("a.conf -x 0001", "decode 0001 -c a.conf"),
    ("--fi", "env"),
    ("--di", "env -d"),
    ("--fe", "env -e"),
    ("--de", "env -d -e"),
    ("--run healthcheck --cmd true -f", "healthcheck --cmd true -f"),
    ("--run cli show neighbor summary", "cli --compat show neighbor summary"),
)


class FormerTests(SynchronousTestCase):
    def test_each_line_is_one_of_today(self) -> None:
        for old, new in EXAMPLES:
            self.assertEqual(read(old.split()), ({}, new.split()), old)

    def test_an_environment_file_is_a_variable(self) -> None:
        for words in ("-e a.env a.conf", "--env a.env a.conf", "a.conf --env=a.env", "--env-file=a.env a.conf"):
            self.assertEqual(read(words.split()), ({"BGPTWIST_ENVFILE": "a.env"}, ["server", "a.conf"]))

    def test_folders_are_variables(self) -> None:
        self.assertEqual(
            read("--root /a --folder /b c".split()), ({"EXABGP_ROOT": "/a", "EXABGP_ETC": "/b"}, ["server", "c"])
        )

    def test_what_nobody_had_is_refused_in_one_line(self) -> None:
        for words in ("--nothing a.conf", "-e", "--run bogus", "-q a.conf"):
            error = self.assertRaises(Misspelt, read, words.split())
            self.assertNotIn("\n", str(error))
