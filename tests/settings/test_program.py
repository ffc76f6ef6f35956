"""Where programs are looked for."""

import os
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.program import candidates, find
from bgptwist.wire.errors import Refused


class ProgramTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir()

    def program(self, name: str, mode: int = 0o755) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(mode)
        return str(path)

    def refused(self, program: str, folder: str = "/nonexistent", **variables: str) -> str:
        return str(self.assertRaises(Refused, find, program, folder, variables))

    def test_an_absolute_program_is_used_as_it_is(self) -> None:
        path = self.program("x")
        self.assertEqual(find(path, "/nonexistent", {}), path)

    def test_relative_ones_are_looked_for_in_order(self) -> None:
        found = [str(path) for path in candidates("x", "/conf", {"PATH": "/a::/b"})]
        self.assertEqual(found, ["/conf/x", "/etc/exabgp/x", "/a/x", "/b/x"])

    def test_shipped_ones_have_a_folder_of_their_own(self) -> None:
        found = [str(path) for path in candidates("etc/exabgp/run/x", "/conf", {"EXABGP_ETC": "/e", "PATH": "/a"})]
        self.assertEqual(found[:3], ["/e/run/x", "/etc/exabgp/run/x", "/conf/etc/exabgp/run/x"])
        self.assertEqual(found[-2:], [os.path.abspath("etc/exabgp/run/x"), "/a/etc/exabgp/run/x"])

    def test_the_folder_of_the_configuration_comes_before_the_path(self) -> None:
        beside, elsewhere = self.program("here/x"), self.program("there/x")
        variables = {"PATH": str(self.folder / "there")}
        self.assertEqual(find("x", str(self.folder / "here"), variables), beside)
        self.assertEqual(find("x", "/nonexistent", variables), elsewhere)

    def test_a_folder_beside_the_configuration_does_not_hide_a_program(self) -> None:
        (self.folder / "here/x").mkdir(parents=True)
        path = self.program("there/x")
        self.assertEqual(find("x", str(self.folder / "here"), {"PATH": str(self.folder / "there")}), path)

    def test_links_are_followed(self) -> None:
        self.program("x")
        (self.folder / "y").symlink_to("x")
        self.assertEqual(find("y", str(self.folder), {}), str(self.folder / "y"))

    def test_what_may_not_be_started_is_refused(self) -> None:
        self.assertIn("does not exist", self.refused("/nonexistent/x"))
        self.assertIn("does not exist", self.refused("x", PATH="/nonexistent"))
        self.assertIn("does not exist", self.refused("\0"))
        self.assertIn("is a folder", self.refused(str(self.folder)))
        self.assertIn("is no file", self.refused("/dev/null"))
        self.assertIn("is not executable", self.refused(self.program("x", 0o644)))
        self.assertIn("is setuid or setgid", self.refused(self.program("x", 0o4755)))
