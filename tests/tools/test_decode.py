"""`bgptwist decode`: hexadecimal in many spellings to events, and what is said about the rest."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase, TestCase

from bgptwist.api.encoders.dialects import dialect_of
from bgptwist.settings.model import Environment
from bgptwist.tools import decode
from bgptwist.tools.reflection import Reflection, any_neighbor
from bgptwist.wire.framing import message
from tests.tools.test_cli import run, start

BODY = "000000144001010040020602010000fde94003040a00000918c00002"
OPEN, UPDATE, NOTIFICATION, KEEPALIVE, REFRESH = range(1, 6)

FILE = """\
neighbor 192.0.2.2 {
	router-id 10.0.0.1;
	local-address 192.0.2.1;
	local-as 65001;
	peer-as 65002;
	family { ipv4 unicast; }
	capability { asn4 disable; }
}
"""
SHORT = "0000001240010100400204" + "0201fdea" + "4003040a00000918c00002"
"""An UPDATE with AS numbers of two octets."""


def whole(kind: int, body: str = "") -> str:
    """A message with its header, in hexadecimal."""
    return message(kind, bytes.fromhex(body)).hex()


def events(output: str) -> list[dict[str, Any]]:
    """The events in some lines, without what is never the same."""
    found = [json.loads(line) for line in output.splitlines()]
    for event in found:
        del event["time"], event["counter"]
    return found


class SpellingTests(SynchronousTestCase):
    """One message, written in many ways."""

    def event(self, *words: str) -> dict[str, Any]:
        status, output, errors = run(decode.main, *words)
        self.assertEqual((status, errors), (0, ""))
        (event,) = events(output)
        return event

    def test_an_update_is_an_event(self) -> None:
        update = self.event(BODY)["neighbor"]["message"]["update"]
        self.assertEqual(
            update,
            {
                "attribute": {"origin": "igp", "as-path": {"0": {"element": "as-sequence", "value": [65001]}}},
                "announce": {"ipv4 unicast": {"10.0.0.9": [{"nlri": "192.0.2.0/24"}]}},
            },
        )

    def test_the_header_may_be_there_or_not(self) -> None:
        self.assertEqual(self.event(whole(UPDATE, BODY)), self.event(BODY))

    def test_blanks_colons_and_0x_do_not_matter(self) -> None:
        pairs = [BODY[at : at + 2] for at in range(0, len(BODY), 2)]
        for words in (
            pairs,
            [" ".join(pairs)],
            [":".join(pairs)],
            [f"0x{BODY}"],
            [BODY.upper()],
            [f"  {BODY}\n"],
            [BODY[:7], BODY[7:]],
        ):
            self.assertEqual(self.event(*words), self.event(BODY), words)

    @given(st.binary(min_size=1, max_size=40), st.lists(st.sampled_from(("", " ", ":", "\n", "  ")), min_size=40))
    def test_whatever_stands_between_octets_is_left_out(self, octets: bytes, between: list[str]) -> None:
        text = "".join(f"{octet:02x}{mark}" for octet, mark in zip(octets, between, strict=False))
        self.assertEqual(decode.octets_of(text), octets)
        self.assertEqual(decode.octets_of(f"0x{text}"), octets)

    def test_every_type_of_message_is_known_by_its_header(self) -> None:
        for kind, body, wanted in (
            (OPEN, "04fde900b40a00000100", "open"),
            (UPDATE, BODY, "update"),
            (NOTIFICATION, "0602", "notification"),
            (KEEPALIVE, "", "keepalive"),
            (REFRESH, "00010001", "refresh"),
        ):
            self.assertEqual(self.event(whole(kind, body))["type"], wanted)

    def test_an_open_without_header_is_asked_for(self) -> None:
        found = self.event("-o", "04fde900b40a00000100")["neighbor"]["open"]
        self.assertEqual((found["asn"], found["hold_time"], found["router_id"]), (65001, 180, "10.0.0.1"))

    def test_end_of_rib_is_told(self) -> None:
        found = self.event("00000007900f0003000201")["neighbor"]["message"]
        self.assertEqual(found, {"eor": {"afi": "ipv6", "safi": "unicast"}})

    def test_messages_one_after_the_other_are_a_line_each(self) -> None:
        status, output, _ = run(decode.main, whole(UPDATE, BODY) + whole(KEEPALIVE) + whole(UPDATE, "00000000"))
        self.assertEqual((status, [event["type"] for event in events(output)]), (0, ["update", "keepalive", "update"]))

    def test_an_attribute_error_is_an_event_that_says_so(self) -> None:
        update = self.event(BODY.replace("40010100", "40010103"))["neighbor"]["message"]["update"]
        self.assertEqual(update["attribute"]["error"], "treat-as-withdraw")
        self.assertEqual(update["withdraw"], {"ipv4 unicast": [{"nlri": "192.0.2.0/24"}]})


class RefusalTests(SynchronousTestCase):
    """What cannot be read."""

    def refused(self, *words: str) -> str:
        status, output, errors = run(decode.main, *words)
        self.assertEqual((status, output, errors.count("\n")), (1, "", 1), errors)
        return errors.strip()

    def test_digits_that_are_none(self) -> None:
        for text in ("zz", "0", "00 0", f"{BODY}0", "0x0x00", "é0"):
            self.assertTrue(self.refused(text).startswith("invalid hexadecimal: "), text)

    def test_an_update_that_is_cut(self) -> None:
        self.assertEqual(self.refused("0000"), "invalid payload: an UPDATE has less than 4 octets")
        self.assertEqual(self.refused(BODY[:20]), "invalid payload: the attributes run past the message")

    def test_an_open_that_is_cut(self) -> None:
        self.assertTrue(self.refused("-o", "04fde9").startswith("invalid payload: "))

    def test_a_header_that_does_not_fit(self) -> None:
        for text in (
            whole(UPDATE, BODY)[:-2],
            whole(UPDATE, BODY) + "00",
            whole(KEEPALIVE).replace("0013", "0012"),
            whole(KEEPALIVE) + "00" * 19,
        ):
            self.assertRegex(self.refused(text), r"invalid payload: the header of \d+ octets does not fit")

    def test_a_type_that_nobody_knows(self) -> None:
        self.assertEqual(self.refused(whole(9)), "invalid payload: message type 9 cannot be shown")

    def test_a_family_that_nobody_knows(self) -> None:
        status, output, errors = run(decode.main, "-f", "ipv4 nothing", BODY)
        self.assertEqual((status, output), (2, ""))
        self.assertIn("family 'ipv4 nothing' is not known, there are: ", errors)

    @given(st.binary(max_size=80), st.sampled_from((OPEN, UPDATE, NOTIFICATION, KEEPALIVE, REFRESH, 6, 9)))
    def test_any_octets_are_events_or_one_line(self, octets: bytes, kind: int) -> None:
        for text in (octets.hex(), whole(kind, octets.hex())):
            status, output, errors = run(decode.main, text or "00")
            self.assertEqual((status, bool(output), errors.count("\n")), (0, True, 0) if not status else (1, False, 1))
            events(output)


class FieldTests(SynchronousTestCase):
    """`--nlri`: the routes of one family."""

    def routes(self, *words: str) -> list[dict[str, Any]]:
        status, output, errors = run(decode.main, "--nlri", *words)
        self.assertEqual((status, errors), (0, ""))
        return [json.loads(line) for line in output.splitlines()]

    def test_each_route_is_a_line(self) -> None:
        self.assertEqual(self.routes("18c0000218c63364"), [{"nlri": "192.0.2.0/24"}, {"nlri": "198.51.100.0/24"}])

    def test_another_family_is_asked_for(self) -> None:
        self.assertEqual(self.routes("-f", "ipv6 unicast", "3020010db80001"), [{"nlri": "2001:db8:1::/48"}])

    def test_a_path_identifier_is_read_where_it_was_agreed(self) -> None:
        self.assertEqual(
            self.routes("-i", "0000000a18c00002"), [{"nlri": "192.0.2.0/24", "path-information": "0.0.0.10"}]
        )

    def test_a_field_that_cannot_be_cut_is_refused(self) -> None:
        self.assertEqual(
            run(decode.main, "-n", "2118c00002aa")[::2], (1, "invalid payload: a prefix of 33 bits does not fit\n")
        )


class AgreementTests(SynchronousTestCase):
    """What the octets mean depends on what was agreed."""

    def update(self, *words: str) -> dict[str, Any]:
        status, output, errors = run(decode.main, *words)
        self.assertEqual((status, errors), (0, ""))
        (event,) = events(output)
        found: dict[str, Any] = event["neighbor"]
        return found

    def write(self, text: str) -> str:
        path = self.mktemp()
        Path(path).write_text(text)
        return path

    def test_add_path_is_asked_for(self) -> None:
        body = "00000015400101004002004003040a000009400504000000640000000a18c00002"
        announced = self.update("-i", body)["message"]["update"]["announce"]
        self.assertEqual(
            announced, {"ipv4 unicast": {"10.0.0.9": [{"nlri": "192.0.2.0/24", "path-information": "0.0.0.10"}]}}
        )

    def test_a_family_alone_leaves_the_others_out(self) -> None:
        body = (
            "00000034400101004002008004040000000740050400000064"
            "800e1c0002011020010db8000000000000000000000009003020010db80001"
        )
        self.assertIn("announce", self.update("-f", "ipv6 unicast", body)["message"]["update"])
        self.assertNotIn("announce", self.update("-f", "ipv4 unicast", body)["message"]["update"])

    def test_the_first_neighbor_of_a_file_reads_as_it_would(self) -> None:
        found = self.update("-c", self.write(FILE), SHORT)
        self.assertEqual(found["address"], {"local": "192.0.2.1", "peer": "192.0.2.2"})
        self.assertEqual(found["asn"], {"local": 65001, "peer": 65002})
        path = found["message"]["update"]["attribute"]["as-path"]
        self.assertEqual(path, {"0": {"element": "as-sequence", "value": [65002]}})

    def test_a_broken_file_is_refused_with_its_place(self) -> None:
        path = self.write(FILE.replace("65002", "x"))
        status, output, errors = run(decode.main, "-c", path, BODY)
        self.assertEqual((status, output), (1, ""))
        self.assertTrue(errors.startswith(f"{path}:5:10: "), errors)

    def test_a_file_without_neighbors_is_refused(self) -> None:
        path = self.write("process p { run /bin/true; encoder json; }")
        self.assertEqual(run(decode.main, "-c", path, BODY), (1, "", f"{path}: there is no neighbor\n"))


class LinesTests(TestCase):
    """Without a message there is one in each line of the standard input."""

    def play(self, *lines: str, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        environment = Environment()
        reflection = Reflection(any_neighbor(environment), environment)
        output, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(output), redirect_stderr(errors):
            found = decode.arguments([*options])
            status = decode.play(lines, found, reflection, dialect_of(environment))
        return status, output.getvalue(), errors.getvalue()

    def test_each_line_is_an_event_and_empty_ones_are_none(self) -> None:
        status, output, errors = self.play(f"{BODY}\n", "\n", f"{whole(KEEPALIVE)}\n", "  \n")
        self.assertEqual((status, [event["type"] for event in events(output)]), (0, ["update", "keepalive"]))
        self.assertEqual(errors, "")

    def test_a_wrong_line_is_told_with_its_number_and_the_others_go_on(self) -> None:
        status, output, errors = self.play("zz", BODY, "", "0000", BODY)
        self.assertEqual((status, len(events(output))), (1, 2))
        self.assertEqual([line.partition(": ")[0] for line in errors.splitlines()], ["line 1", "line 4"])

    def test_options_count_for_lines_too(self) -> None:
        status, output, _ = self.play("04fde900b40a00000100", options=("-o",))
        self.assertEqual((status, events(output)[0]["type"]), (0, "open"))
        self.assertEqual(self.play("18c00002", options=("-n",)), (0, '{ "nlri": "192.0.2.0/24" }\n', ""))

    async def test_the_standard_input_is_read_as_the_neighbor_of_a_file_would(self) -> None:
        path = Path(self.mktemp()).absolute()
        path.write_text(FILE)
        output, errors, status = await start("decode", "-c", str(path), given=f"{SHORT}\n\n{whole(UPDATE, SHORT)}\n")
        one, other = events(output.decode())
        self.assertEqual((status, errors, one), (0, b"", other))
        self.assertEqual(one["neighbor"]["asn"], {"local": 65001, "peer": 65002})
