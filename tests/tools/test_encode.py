"""`bgptwist encode`: commands to the octets that a session would carry."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase, TestCase

from bgptwist.settings.model import Environment
from bgptwist.tools import decode, encode
from bgptwist.tools.reflection import Reflection, any_neighbor
from tests.tools.test_cli import run, start

MARKER = "FF" * 16
ANNOUNCE = f"{MARKER}00300200000015400101004002004003040102030440050400000064180A0000"
"""The example of the reference for ExaBGP's own `encode`: an internal session, 10.0.0.0/24 by 1.2.3.4."""

FILE = """\
neighbor 192.0.2.2 {
	router-id 10.0.0.1;
	local-address 192.0.2.1;
	local-as 65001;
	peer-as 65002;
	family { ipv4 unicast; }
	capability { add-path send/receive; }
}
"""


class CommandTests(SynchronousTestCase):
    """One command."""

    def messages(self, *words: str) -> list[str]:
        """The messages of a command that is carried out."""
        status, output, errors = run(encode.main, *words)
        self.assertEqual((status, errors, output.count("\n")), (0, "", 1))
        return output.split()

    def refused(self, *words: str) -> str:
        """Why a command is not carried out."""
        status, output, errors = run(encode.main, *words)
        self.assertEqual((status, output, errors.count("\n")), (1, "\n", 1), errors)
        return errors

    def test_an_announcement(self) -> None:
        self.assertEqual(self.messages("announce route 10.0.0.0/24 next-hop 1.2.3.4"), [ANNOUNCE])

    def test_a_command_may_be_one_word_or_several(self) -> None:
        self.assertEqual(self.messages(*"announce route 10.0.0.0/24 next-hop 1.2.3.4".split()), [ANNOUNCE])

    def test_a_withdrawal(self) -> None:
        self.assertEqual(
            self.messages("withdraw route 10.0.0.0/24 next-hop 1.2.3.4"), [f"{MARKER}001B020004180A00000000"]
        )

    def test_end_of_rib(self) -> None:
        self.assertEqual(self.messages("announce eor ipv4 unicast"), [f"{MARKER}00170200000000"])
        self.assertEqual(self.messages("announce eor ipv6 unicast"), [f"{MARKER}001E0200000007900F0003000201"])

    def test_a_request_to_send_again(self) -> None:
        self.assertEqual(self.messages("announce route-refresh ipv6 unicast"), [f"{MARKER}00170500020001"])

    def test_routes_of_one_path_share_a_message(self) -> None:
        (message,) = self.messages("announce route 10.0.0.0/24 next-hop 1.2.3.4 split /25")
        self.assertTrue(message.endswith("40050400000064" + "190A000000" + "190A000080"), message)
        (message,) = self.messages("announce attributes next-hop 1.2.3.4 nlri 10.0.0.0/24 10.0.1.0/24")
        self.assertTrue(message.endswith("40050400000064" + "180A0000" + "180A0001"), message)

    def test_other_families_have_a_message_for_each_route(self) -> None:
        found = self.messages("announce route 2001:db8::/32 next-hop 2001:db8::1 split /33")
        self.assertEqual([message[-12:] for message in found], ["2120010DB800", "2120010DB880"])

    def test_a_watchdog_makes_no_difference(self) -> None:
        for words in ("watchdog dog", "watchdog dog withdraw"):
            self.assertEqual(self.messages(f"announce route 10.0.0.0/24 next-hop 1.2.3.4 {words}"), [ANNOUNCE])

    def test_any_selector_means_the_neighbor_there_is(self) -> None:
        self.assertEqual(self.messages("neighbor 192.0.2.77 announce route 10.0.0.0/24 next-hop 1.2.3.4"), [ANNOUNCE])

    def test_what_makes_no_message_is_an_empty_line(self) -> None:
        self.assertEqual(self.messages("version"), [])
        self.assertEqual(self.messages("show neighbor"), [])

    def test_a_wrong_command_says_what_is_wrong_and_where(self) -> None:
        error = self.refused("announce route 10.0.0.0/24 next-hop 1.2.3.4 med big")
        self.assertIn("'big' cannot be read, expected a number from 0 to 4294967295, at 'big', in: announce", error)
        self.assertIn("has host bits set", self.refused("announce route 10.0.0.1/24 next-hop 1.2.3.4"))
        self.assertIn("'nonsense' is no command", self.refused("nonsense"))
        self.assertIn("no next hop", self.refused("announce route 10.0.0.0/24"))

    def test_what_needs_a_session_or_a_table_is_refused(self) -> None:
        for command in (
            "flush adj-rib out",
            "clear adj-rib out",
            "clear adj-rib in",
            "show adj-rib out",
            "show adj-rib in",
            "announce watchdog dog",
            "neighbor 192.0.2.77 teardown 4",
        ):
            self.assertIn("that needs a running daemon", self.refused(command), command)

    def test_nothing_is_stopped_or_loaded(self) -> None:
        for command in ("shutdown", "reload", "restart"):
            self.assertEqual(self.messages(command), [])

    def test_only_the_family_that_was_asked_for_is_agreed(self) -> None:
        self.assertEqual(self.messages("-f", "ipv4 unicast", "announce route 10.0.0.0/24 next-hop 1.2.3.4"), [ANNOUNCE])
        status, output, errors = run(encode.main, "-f", "ipv6 unicast", "announce route 10.0.0.0/24 next-hop 1.2.3.4")
        self.assertEqual((status, output), (1, "\n"))
        self.assertEqual(errors, "the family ipv4 unicast was not agreed\n")

    def test_a_family_that_nobody_knows_is_not_understood(self) -> None:
        status, output, errors = run(encode.main, "-f", "ipv4 nothing", "announce eor")
        self.assertEqual((status, output), (2, ""))
        self.assertIn("family 'ipv4 nothing' is not known, there are: ", errors)

    @given(st.integers(0, 0xFFFFFFFF), st.integers(0, 255), st.lists(st.integers(0, 0xFFFF), max_size=5))
    def test_decode_reads_what_encode_writes(self, med: int, third: int, values: list[int]) -> None:
        communities = " ".join(f"65001:{value}" for value in values)
        (message,) = self.messages(
            f"announce route 10.0.{third}.0/24 next-hop 1.2.3.4 med {med} community [ {communities} ]"
        )
        _, output, _ = run(decode.main, message)
        update = json.loads(output)["neighbor"]["message"]["update"]
        self.assertEqual(update["attribute"]["med"], med)
        self.assertEqual(update["attribute"].get("community", []), sorted([65001, value] for value in values))
        self.assertEqual(update["announce"], {"ipv4 unicast": {"1.2.3.4": [{"nlri": f"10.0.{third}.0/24"}]}})


class FileTests(SynchronousTestCase):
    """`-c FILE`: as for its first neighbor."""

    def write(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_text(text)
        return path

    def test_what_it_would_agree_counts(self) -> None:
        path = self.write(FILE)
        status, output, errors = run(
            encode.main, "-c", path, "announce route 10.0.0.0/24 next-hop self path-information 5"
        )
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output[38:], "000000144001010040020602010000FDE9400304C0000201" + "00000005180A0000\n")

    def test_a_broken_file_is_refused_with_its_place(self) -> None:
        path = self.write(FILE.replace("65002", "x"))
        status, output, errors = run(encode.main, "-c", path, "announce eor")
        self.assertEqual((status, output), (1, ""))
        self.assertTrue(errors.startswith(f"{path}:5:10: "), errors)

    def test_a_file_without_neighbors_is_refused(self) -> None:
        path = self.write("process p { run /bin/true; encoder json; }")
        self.assertEqual(run(encode.main, "-c", path, "announce eor"), (1, "", f"{path}: there is no neighbor\n"))


class LinesTests(TestCase):
    """Without a command there is one in each line of the standard input."""

    LINES = (
        "announce route 10.0.0.0/24 next-hop 1.2.3.4\n",
        "nonsense\n",
        "announce route 2001:db8::/32 next-hop 2001:db8::1 split /33\n",
        "# a remark\n",
        "withdraw route 10.0.0.0/24 next-hop 1.2.3.4\n",
    )

    def counts(self, output: str) -> list[int]:
        """How many messages stand in each line."""
        return [len(line.split()) for line in output.split("\n")[:-1]]

    def test_each_line_has_a_line(self) -> None:
        environment = Environment()
        reflection = Reflection(any_neighbor(environment), environment)
        status, output, errors = run(lambda words: encode.play(words, reflection, environment), *self.LINES)
        self.assertEqual((status, self.counts(output)), (1, [1, 0, 2, 0, 1]))
        self.assertEqual(errors.count("\n"), 1)

    def test_good_lines_are_a_good_status(self) -> None:
        environment = Environment()
        reflection = Reflection(any_neighbor(environment), environment)
        self.assertEqual(
            run(lambda words: encode.play(words, reflection, environment), self.LINES[0]), (0, f"{ANNOUNCE}\n", "")
        )

    def test_no_lines_are_no_messages(self) -> None:
        environment = Environment()
        reflection = Reflection(any_neighbor(environment), environment)
        self.assertEqual(run(lambda words: encode.play(words, reflection, environment)), (0, "", ""))

    async def test_the_standard_input_is_read(self) -> None:
        output, errors, status = await start("encode", given="".join(self.LINES))
        self.assertEqual((status, self.counts(output.decode())), (1, [1, 0, 2, 0, 1]))
        self.assertTrue(output.decode().startswith(f"{ANNOUNCE}\n"))
        self.assertEqual(errors.count(b"\n"), 1)
