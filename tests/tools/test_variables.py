"""`bgptwist env`: what it shows can be read again."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.environment import load
from bgptwist.settings.model import Environment
from bgptwist.tools.variables import as_file, as_variables

ODD = Environment(
    api_ack=False, api_patience=2.5, tcp_bind=("127.0.0.1", "::1"), daemon_umask=0o22, tcp_port=1790, cli_socket=""
)


class VariableTests(SynchronousTestCase):
    def test_a_file_of_all_settings_makes_the_same_settings(self) -> None:
        for environment in (Environment(), ODD):
            for differences in (False, True):
                path = self.mktemp()
                Path(path).write_text("\n".join(as_file(environment, differences)) + "\n")
                self.assertEqual(load({}, path), (environment, []))

    def test_variables_make_the_same_settings(self) -> None:
        variables = dict(line.split("=", 1) for line in as_variables(ODD, True))
        found, warnings = load(variables)
        self.assertEqual((found.tcp_port, found.tcp_bind, warnings), (1790, ("127.0.0.1", "::1"), []))
        self.assertEqual(found.tcp_connect, 1790)

    def test_without_differences_there_is_nothing_to_show(self) -> None:
        self.assertEqual([*as_file(Environment(), True), *as_variables(Environment(), True)], [])

    def test_the_form_is_that_of_exabgp(self) -> None:
        self.assertEqual(list(as_variables(ODD, True))[:1], ["exabgp.api.ack=false"])
        self.assertEqual(list(as_file(ODD, True))[:2], ["[exabgp.api]", "ack = false"])
