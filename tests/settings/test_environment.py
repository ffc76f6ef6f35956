"""Variables, the environment file, defaults."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.environment import SETTINGS, UNUSED, load
from bgptwist.settings.model import ConfigurationError, Environment

NOWHERE = {"EXABGP_ROOT": "/nonexistent"}
NAMES = st.sampled_from([setting.name for setting in SETTINGS] + ["tcp.once", "log.packets", "x.y", ""])


class EnvironmentTests(SynchronousTestCase):
    def load(self, **variables: str) -> Environment:
        """The environment of some variables; no warnings are expected."""
        found, warnings = load(NOWHERE | variables)
        self.assertEqual(warnings, [])
        return found

    def error(self, variables: Mapping[str, str]) -> str:
        return str(self.assertRaises(ConfigurationError, load, NOWHERE | dict(variables)))

    def file(self, text: str) -> str:
        path = Path(self.mktemp())
        path.write_text(text)
        return str(path)

    def test_without_anything_there_are_defaults(self) -> None:
        self.assertEqual(self.load(), Environment())

    def test_every_field_has_a_setting(self) -> None:
        named = {setting.field for setting in SETTINGS} | {"log_topics", "tcp_connect"}
        self.assertEqual({field.name for field in fields(Environment)}, named)

    def test_our_names_come_before_those_of_exabgp_and_dots_before_underscores(self) -> None:
        names = ("bgptwist.bgp.openwait", "bgptwist_bgp_openwait", "exabgp.bgp.openwait", "exabgp_bgp_openwait")
        variables = {name: str(at + 1) for at, name in enumerate(names)}
        for at, name in enumerate(names):
            self.assertEqual(self.load(**variables).bgp_openwait, at + 1)
            del variables[name]

    def test_variables_come_before_the_file(self) -> None:
        path = self.file("[exabgp.bgp]\nopenwait = 7\npassive = true\n")
        found = self.load(EXABGP_ENVFILE=path, exabgp_bgp_openwait="8")
        self.assertEqual((found.bgp_openwait, found.bgp_passive), (8, True))

    def test_our_sections_come_before_those_of_exabgp(self) -> None:
        path = self.file("[exabgp.bgp]\nopenwait = 7\n[bgptwist.bgp]\nopenwait = 8\n")
        self.assertEqual(self.load(BGPTWIST_ENVFILE=path).bgp_openwait, 8)

    def test_our_variable_names_the_file(self) -> None:
        one, two = self.file("[exabgp.bgp]\nopenwait = 7\n"), self.file("[exabgp.bgp]\nopenwait = 8\n")
        self.assertEqual(self.load(BGPTWIST_ENVFILE=one, EXABGP_ENVFILE=two).bgp_openwait, 7)
        found, _ = load(NOWHERE | {"EXABGP_ENVFILE": one}, two)
        self.assertEqual(found.bgp_openwait, 8)

    def test_the_file_has_a_place_of_its_own(self) -> None:
        root = Path(self.mktemp())
        (root / "etc/exabgp").mkdir(parents=True)
        (root / "etc/exabgp/exabgp.env").write_text("[exabgp.daemon]\nuser = 'bgp%%d'\n")
        self.assertEqual(self.load(EXABGP_ROOT=str(root)).daemon_user, "bgp%d")

    def test_values_have_their_types(self) -> None:
        found = self.load(
            exabgp_api_ack="Off",
            exabgp_api_encoder="TEXT",
            exabgp_api_version="6",
            exabgp_daemon_umask="0027",
            exabgp_log_level="debug",
            exabgp_tcp_bind=" ::0:1 127.0.0.1 ",
            bgptwist_compat_generation="6",
            bgptwist_bgp_eor_settle="0.5",
            exabgp_api_show_routes_format="v2",
        )
        self.assertEqual((found.api_ack, found.api_encoder, found.api_version), (False, "text", 6))
        self.assertEqual((found.daemon_umask, found.log_level, found.tcp_bind), (0o27, "DEBUG", ("::1", "127.0.0.1")))
        self.assertEqual((found.compat_generation, found.bgp_eor_settle), (6, 0.5))
        self.assertEqual(found.api_show_routes_format, "v2")

    def test_old_names_are_known(self) -> None:
        self.assertEqual(self.load(exabgp_tcp_attempts="3").tcp_connections, 3)
        self.assertEqual(self.load(exabgp_tcp_connections="4").tcp_connections, 4)
        self.assertEqual(self.load(exabgp_tcp_once="true").tcp_connections, 1)
        self.assertEqual(self.load(exabgp_tcp_once="true", exabgp_tcp_attempts="3").tcp_connections, 3)
        self.assertEqual(self.load(exabgp_tcp_once="false").tcp_connections, 0)
        self.assertEqual(self.load(exabgp_version="5.0.0-0+test").compat_version, "5.0.0-0+test")

    def test_the_port_is_that_of_peers_only_as_a_variable(self) -> None:
        found = self.load(exabgp_tcp_port="1790")
        self.assertEqual((found.tcp_port, found.tcp_connect), (1790, 1790))
        found = self.load(EXABGP_ENVFILE=self.file("[exabgp.tcp]\nport = 1790\n"))
        self.assertEqual((found.tcp_port, found.tcp_connect), (1790, 179))

    def test_topics_of_the_log_go_on_and_off(self) -> None:
        found = self.load(exabgp_log_packets="true", exabgp_log_network="false")
        self.assertEqual((found.log_packets, "network" in found.log_topics), (True, False))
        self.assertIn("rib", self.load(exabgp_log_all="true").log_topics)

    def test_unknown_settings_are_ignored_with_a_warning(self) -> None:
        path = self.file("[exabgp.tcp]\nspeed = 1\n[other]\nx = 1\n")
        _, warnings = load({"exabgp_tcp_colour": "1", "exabgp_x": "2", "EXABGP_ENVFILE": path})
        self.assertEqual(
            warnings,
            [
                f"{path}: [other] is not a section of bgptwist or ExaBGP, it is ignored",
                "exabgp_x: there is no such setting, it is ignored",
                f"{path}: [exabgp.tcp] speed: there is no such setting, it is ignored",
                "exabgp_tcp_colour: there is no such setting, it is ignored",
            ],
        )

    def test_settings_of_exabgp_without_a_meaning_are_ignored_in_silence(self) -> None:
        for name in UNUSED:
            self.load(**{"exabgp_" + name.replace(".", "_").replace("-", "_"): "1"})

    def test_bad_values_are_all_named(self) -> None:
        self.assertEqual(
            self.error(
                {
                    "exabgp_tcp_port": "x",
                    "exabgp.api.ack": "maybe",
                    "exabgp_tcp_bind": "1.1.1.1 localhost",
                    "exabgp_log_level": "loud",
                    "exabgp_daemon_umask": "888",
                    "bgptwist_compat_generation": "7",
                    "bgptwist_bgp_eor_settle": "soon",
                }
            ).split("\n"),
            [
                "environment exabgp.api.ack: 'maybe' cannot be read, expected true or false",
                "environment bgptwist_bgp_eor_settle: 'soon' cannot be read, expected a number of seconds",
                "environment bgptwist_compat_generation: '7' cannot be read, expected a number from 4 to 6",
                "environment exabgp_daemon_umask: '888' cannot be read, expected octal digits like 0137",
                "environment exabgp_log_level: 'loud' cannot be read, "
                "expected FATAL or CRITICAL or ERROR or WARNING or INFO or DEBUG or NOTSET",
                "environment exabgp_tcp_bind: '1.1.1.1 localhost' cannot be read, "
                "expected addresses, which 'localhost' is not",
                "environment exabgp_tcp_port: 'x' cannot be read, expected a number from 1 to 65535",
            ],
        )

    def test_a_file_that_was_named_must_be_there_and_be_one(self) -> None:
        self.assertEqual(
            self.error({"EXABGP_ENVFILE": "/nonexistent/x"}),
            "/nonexistent/x: the environment file cannot be read (No such file or directory)",
        )
        path = self.file("port = 1\n")
        self.assertEqual(
            self.error({"EXABGP_ENVFILE": path}), f"{path}:1:1: this is no environment file, expected NAME = VALUE"
        )
        path = self.file("[exabgp.tcp]\nport\n")
        self.assertIn("this is no environment file", self.error({"EXABGP_ENVFILE": path}))

    @given(st.dictionaries(NAMES.map(lambda name: f"exabgp.{name}"), st.text(max_size=8), max_size=4))
    def test_any_variables_are_an_environment_or_an_error(self, variables: dict[str, str]) -> None:
        try:
            load(NOWHERE | variables)
        except ConfigurationError as error:
            self.assertIn("cannot be read, expected ", str(error))

    @given(st.text(alphabet="[]exabgp.tcp=port 1\n%#;", max_size=40))
    def test_any_file_is_an_environment_or_an_error(self, text: str) -> None:
        path = self.file(text)
        try:
            load({"EXABGP_ENVFILE": path})
        except ConfigurationError as error:
            self.assertTrue(error.errors)
