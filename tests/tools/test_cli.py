"""The `bgptwist` command: the first word chooses, its status says how it went."""

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import SynchronousTestCase, TestCase

from bgptwist.service import VERSION
from bgptwist.tools import cli

CHECKOUT = Path(__file__).resolve().parent.parent.parent
COMMAND = "import sys; from bgptwist.tools.cli import main; sys.exit(main())"
UPDATE = "000000144001010040020602010000fde94003040a00000918c00002"

GOOD = "neighbor 127.0.0.2 { local-address 127.0.0.1; local-as 65001; peer-as 65001; }\n"
BROKEN = "neighbor 127.0.0.2 { local-address 127.0.0.1; local-as 65001; peer-as 65001; hold-time 2; }\n"
REASON = f"{{}}:1:88: '2' cannot be read, expected 0, or a number from 3 to 65535\n    {{}}    {' ' * 87}^\n"


def run(main: Callable[[list[str]], int], *words: str) -> tuple[int, str, str]:
    """Status, output and errors of one program in this process."""
    output, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        try:
            status = main(list(words))
        except SystemExit as error:
            # how argparse ends
            status = error.code if isinstance(error.code, int) else 1
    return status, output.getvalue(), errors.getvalue()


def start(*words: str, given: str = "") -> Deferred[tuple[bytes, bytes, int]]:
    """Output, errors and status of the command in a process of its own, which is given a standard input."""
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    arguments = ("-c", COMMAND, *words)
    return getProcessOutputAndValue(
        sys.executable, arguments, env=environment, path=str(CHECKOUT), stdinBytes=given.encode()
    )


class CommandTests(SynchronousTestCase):
    """In this process."""

    def test_without_words_the_usage_is_an_error(self) -> None:
        status, output, errors = run(cli.main)
        self.assertEqual((status, output, errors), (1, "", cli.usage() + "\n"))

    def test_whoever_asks_for_help_gets_it(self) -> None:
        for word in ("-h", "--help", "help"):
            self.assertEqual(run(cli.main, word), (0, cli.usage() + "\n", ""), word)

    def test_the_usage_lists_every_command(self) -> None:
        lines = cli.usage().splitlines()
        for word, (_, help) in cli.COMMANDS.items():
            self.assertIn(f"  {word:<15}{help}", lines)

    def test_every_command_that_has_options_tells_more(self) -> None:
        for word in cli.COMMANDS:
            if word not in ("version", "configuration"):
                status, output, errors = run(cli.main, word, "--help")
                self.assertEqual((status, errors), (0, ""), word)
                self.assertTrue(output.startswith(f"usage: bgptwist {word} "), output)

    def test_options_of_exabgp_4_are_understood(self) -> None:
        path = self.mktemp()
        Path(path).write_text(GOOD)
        self.assertEqual(run(cli.main, "--test", path), run(cli.main, "validate", path))
        self.assertEqual(run(cli.main, "--decode", UPDATE)[0], 0)
        self.assertEqual(run(cli.main, "--fi"), run(cli.main, "env"))
        status, output, errors = run(cli.main, "--nothing", path)
        self.assertEqual((status, output, errors.count("\n")), (2, "", 1))

    def test_the_version_is_told_with_those_it_depends_on(self) -> None:
        for word in ("version", "--version"):
            status, output, errors = run(cli.main, word)
            self.assertEqual((status, errors), (0, ""))
            self.assertEqual([line.split()[0] for line in output.splitlines()], ["bgptwist", "Twisted", "Python"])
            self.assertEqual(output.split()[1], VERSION)

    def test_words_and_status_are_passed_on(self) -> None:
        status, output, _ = run(cli.main, "decode", UPDATE)
        self.assertEqual((status, '"192.0.2.0/24"' in output), (0, True))
        self.assertEqual(run(cli.main, "decode", "zz")[0], 1)
        self.assertEqual(run(cli.main, "encode", "announce eor ipv4 unicast")[1][38:], "00000000\n")

    def test_validate_has_the_spelling_of_generation_6_too(self) -> None:
        path = self.mktemp()
        Path(path).write_text(GOOD)
        self.assertEqual(run(cli.main, "configuration", "validate", path), run(cli.main, "validate", path))
        self.assertEqual(run(cli.main, "configuration", "validate", path)[0], 0)

    def test_configuration_alone_is_not_understood(self) -> None:
        for words in ((), ("export", "file")):
            status, output, errors = run(cli.main, "configuration", *words)
            self.assertEqual((status, output), (2, ""))
            self.assertTrue(errors.startswith("usage: bgptwist configuration COMMAND "), errors)

    def test_a_command_without_what_it_needs_is_not_understood(self) -> None:
        for words in (
            ("server",),
            ("validate",),
            ("decode", "--nothing"),
            ("demo", "x"),
            ("server", "--reactor=x", "f"),
        ):
            status, output, errors = run(cli.main, *words)
            self.assertEqual((status, output), (2, ""), words)
            self.assertTrue(errors.startswith(f"usage: bgptwist {words[0]} "), errors)


class ProcessTests(TestCase):
    """As it is installed; nothing is started, because there is no file, or a broken one."""

    def broken(self) -> str:
        path = os.path.abspath(self.mktemp())
        Path(path).write_text(BROKEN)
        return path

    async def test_a_word_that_is_no_command_is_taken_for_a_file(self) -> None:
        output, errors, status = await start("valdate")
        self.assertEqual(status, 1)
        self.assertEqual(
            (output, errors), (b"", b"bgptwist: valdate: the file cannot be read (No such file or directory)\n")
        )

    async def test_a_file_alone_is_for_the_server(self) -> None:
        path = self.broken()
        wanted = f"bgptwist: {REASON.format(path, BROKEN)}".encode()
        self.assertEqual(await start(path), (b"", wanted, 1))
        self.assertEqual(await start("server", path), (b"", wanted, 1))

    async def test_the_server_takes_a_reactor_an_environment_file_and_one_attempt(self) -> None:
        path = self.broken()
        for reactor in ("epoll", "asyncio"):
            output, errors, status = await start("server", f"--reactor={reactor}", "-1", "-e", "/dev/null", path)
            self.assertEqual((output, errors, status), (b"", f"bgptwist: {REASON.format(path, BROKEN)}".encode(), 1))
        output, errors, status = await start("server", "-e", "/nonexistent/env", path)
        self.assertEqual((output, status), (b"", 1))
        self.assertIn(b"/nonexistent/env: the environment file cannot be read", errors)

    async def test_the_status_is_that_of_the_process(self) -> None:
        for words, wanted in (((), 1), (("help",), 0), (("configuration",), 2), (("decode", "zz"), 1)):
            _, _, status = await start(*words)
            self.assertEqual(status, wanted, words)

    async def test_under_the_names_of_exabgp_it_is_those_programs(self) -> None:
        folder = Path(os.path.abspath(self.mktemp()))
        folder.mkdir()
        for name, words, wanted in (
            ("exabgp", ("nofile.conf",), b"bgptwist: nofile.conf: the file cannot be read"),
            ("exabgpcli", ("--socket", "none", "version"), b"bgptwist cli: none: "),
            ("exabgp-cli", ("--socket", "none", "version"), b"bgptwist cli: none: "),
            ("exabgp-healthcheck", ("--nothing",), b"usage: bgptwist healthcheck"),
        ):
            program = folder / name
            program.write_text(f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{COMMAND}\n")
            _, errors, status = await getProcessOutputAndValue(sys.executable, (str(program), *words), env=os.environ)
            self.assertTrue(errors.startswith(wanted), errors)
            self.assertNotEqual(status, 0)

    async def test_it_is_a_module_too(self) -> None:
        output, _, status = await getProcessOutputAndValue(
            sys.executable, ("-m", "bgptwist", "version"), env=os.environ, path=str(CHECKOUT)
        )
        self.assertEqual((output.split()[0], status), (b"bgptwist", 0))
