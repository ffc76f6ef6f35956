"""Where the daemon and its clients meet, with real sockets and pipes in folders of the test."""

import os
import socket
import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.net.rendezvous import Meeting, is_live, is_private, meeting, pipe_folders, pipes


class FolderTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="b"))
        self.addCleanup(self.clear)
        self.sockets: list[socket.socket] = []

    def clear(self) -> None:
        for each in self.sockets:
            each.close()
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.folder.rmdir()

    def listen(self, name: str) -> socket.socket:
        made = socket.socket(socket.AF_UNIX)
        made.bind(str(self.folder / name))
        made.listen(1)
        self.sockets.append(made)
        return made

    def place(self) -> Meeting:
        return Meeting("x", f"{self.folder}/")

    def test_a_socket_lives_while_somebody_listens(self) -> None:
        made = self.listen("x.sock")
        path = self.folder / "x.sock"
        self.assertTrue(is_live(path))
        self.assertEqual(self.place().live(), [path])
        made.close()
        self.assertFalse(is_live(path))
        self.assertEqual(self.place().live(), [])

    def test_what_is_no_socket_does_not_live(self) -> None:
        (self.folder / "x.sock").write_text("")
        self.assertFalse(is_live(self.folder / "x.sock"))
        self.assertFalse(is_live(self.folder / "none"))

    def test_a_path_may_be_a_folder_or_a_file(self) -> None:
        self.assertEqual(self.place().fixed(), self.folder / "x.sock")
        self.assertEqual(Meeting("x", str(self.folder)).fixed(), self.folder / "x.sock")
        self.assertEqual(Meeting("x", str(self.folder / "y")).fixed(), self.folder / "y")
        self.assertIsNone(Meeting("x").fixed())

    def test_the_variables_say_where_to_look_first(self) -> None:
        runtime = self.folder / "runtime"
        root = self.folder / "root"
        place = meeting({"XDG_RUNTIME_DIR": str(runtime), "EXABGP_ROOT": str(root)}, "x")
        folders = place.folders()
        self.assertEqual(folders[:2], [root / "run/bgptwist", root / "run"])
        self.assertIn(runtime, folders)
        self.assertEqual(folders[-1], Meeting.shelter())
        (root / "run").mkdir(parents=True)
        self.assertEqual(place.usable(), root / "run")

    def test_the_plain_name_is_the_one_and_others_are_beside(self) -> None:
        root = self.folder / "root"
        (self.folder / "root/run").mkdir(parents=True)
        place = Meeting("x", root=str(root))
        self.listen("root/run/x-12.sock")
        self.listen("root/run/x-13.sock")
        self.listen("root/run/x-y.sock")
        self.assertEqual(place.live(), [root / "run/x-12.sock", root / "run/x-13.sock"])
        self.listen("root/run/x.sock")
        self.assertEqual(place.live(), [root / "run/x.sock"])

    def test_a_private_folder_is_ours_alone(self) -> None:
        self.assertTrue(is_private(self.folder))
        self.folder.chmod(0o750)
        self.assertFalse(is_private(self.folder))
        self.assertFalse(is_private(self.folder / "none"))

    def test_pipes_are_there_only_in_pairs(self) -> None:
        self.assertIsNone(pipes("x", [self.folder]))
        os.mkfifo(self.folder / "x.in")
        self.assertIsNone(pipes("x", [self.folder]))
        (self.folder / "x.out").write_text("")
        self.assertIsNone(pipes("x", [self.folder]))
        (self.folder / "x.out").unlink()
        os.mkfifo(self.folder / "x.out")
        self.assertEqual(pipes("x", [self.folder / "none", self.folder]), (self.folder / "x.in", self.folder / "x.out"))

    def test_pipes_are_looked_for_where_exabgp_looks(self) -> None:
        user = os.geteuid()
        usual = ["/run/exabgp", f"/run/{user}", "/run", "/var/run/exabgp", f"/var/run/{user}", "/var/run"]
        self.assertEqual(pipe_folders(), [Path(path) for path in usual])
        self.assertEqual(pipe_folders("/r")[6:], [Path(f"/r{path}") for path in usual])
        self.assertEqual(pipe_folders("/r", "/here"), [Path("/here")])
