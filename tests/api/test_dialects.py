"""Golden lines: one event of each sort in every dialect (`tests/corpus/events`).

A block of a file begins with `# what happened`, then come the type and the octets of a message, then a line for each
dialect that writes it, before which stand the versions that write the very same; `-` means that it has no form.
`text` is that of version 5 and 6, and of the others where they have no lines of their own.
`BGPTWIST_REWRITE=1` writes the files anew: read the difference.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path as File

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.dialects import VERSION_5, VERSIONS, dialect_of, reset_reason
from bgptwist.api.encoders.json import NEGOTIATED, PACKET, RAW, Stamp
from bgptwist.api.subscriptions import Subscriptions
from bgptwist.settings import value
from bgptwist.settings.model import Environment, HelperSettings
from bgptwist.speaker import events
from bgptwist.speaker.events import Event, Message, StateChanged, UpdateMessage
from bgptwist.wire.errors import Malformed
from bgptwist.wire.messages import notification, operational
from bgptwist.wire.messages import open as opens
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import Path, PathTable, header
from bgptwist.wire.registry import ATTRIBUTES, BY_CODE, BY_INDEX, FAMILIES, KINDS
from tests.api.events import (
    CONTEXT,
    FILES,
    FRAGMENTS,
    IDENTITY,
    PATHS,
    TIME,
    decoded,
    negotiated,
    octets_of,
    of_family,
)
from tests.api.test_json import unique
from tests.wire.examples import CORPUS, examples, name

GOLDEN = CORPUS / "events"
FORMS = {"": 0, ", octets": PACKET, ", octets as well": RAW, ", with what was negotiated": NEGOTIATED}
WHOLE = ("keepalive that came", "keepalive that was sent", "open that came", "a message of an unknown type")
"""Messages that are told with their octets, too."""
SUBSCRIPTIONS = Subscriptions(VERSION_5, lambda: Stamp("vm", 699, 697))
ENCODERS = {version: SUBSCRIPTIONS.encoder("json", version) for version in VERSIONS}
TEXTS = {version: SUBSCRIPTIONS.encoder("text", version) for version in ("3.4", "4", "5")}


CONTEXTS = 3
FIRST_FAMILY = CONTEXTS + 4 + len(KINDS)
TARGETS = FIRST_FAMILY + 2 * len(BY_INDEX)
"""How tests/fuzz/fuzz.py numbers what it feeds: by the first octet of an input."""


def kept() -> list[bytes]:
    """The inputs of past runs of the fuzzer."""
    return [bytes.fromhex(text) for text in (CORPUS / "fuzz.txt").read_text().split()]


def line(event: Event, version: str, form: int = 0) -> str:
    """What JSON of that version writes; '' when it has no form.  It must be JSON in ASCII, whatever else it is."""
    encoded = ENCODERS[version].encode(event, form)
    if encoded is None:
        return ""
    text = f"{encoded[0]}16{encoded[1]}"
    assert text.isascii() and text.isprintable(), text
    found = json.loads(text, object_pairs_hook=unique)
    assert {"exabgp", "time", "host", "pid", "ppid", "counter", "type", "neighbor"} <= set(found), text
    return text


def words(event: Event, form: int = 0, version: str = "5") -> list[str]:
    """The lines of text in that version."""
    encoded = TEXTS[version].encode(event, form)
    if encoded is None:
        return []
    text = encoded[0] + encoded[1]
    assert text.isascii() and text.replace("\n", "").isprintable(), text
    return text.splitlines()


def fragment(text: str) -> str:
    """What a line says about an UPDATE."""
    start = text.index('"message": ')
    return text[start + len('"message": ') : text.rindex(" } }")]


def block(title: str, event: Event, form: int, short: bool) -> Iterator[str]:
    """The lines of one event."""
    yield f"# {title}"
    octets = "" if short else octets_of(event)
    if octets:
        yield f"octets    {octets}"
    texts: dict[str, list[str]] = {}
    for version in VERSIONS:
        found = line(event, version, form)
        texts.setdefault(fragment(found) if short else found or "-", []).append(version)
    for text, versions in texts.items():
        yield f"{' '.join(versions):<9} {text}"
    told = {version: words(event, form, version) for version in TEXTS}
    for version, lines in told.items():
        if version == "5" or lines != told["5"]:
            for text in lines[1:-1] if short else lines or ["-"]:
                yield f"{'text' if version == '5' else f'text {version}':<9} {text}"
    yield ""


def golden(stem: str) -> str:
    """The text of a file."""
    lines: list[str] = []
    for title, event in FILES[stem]():
        lines += block(title, event, 0, stem in FRAGMENTS)
        if title in WHOLE:
            lines += block(f"{title}, octets", event, PACKET, False)
            lines += block(f"{title}, octets as well", event, RAW, False)
    if stem == "updates":
        event = decoded("180A0000")
        event.negotiated = negotiated()
        for title, form in FORMS.items():
            lines += block(f"one route{title}", event, form, False)
    return "\n".join(lines)


class GoldenTests(SynchronousTestCase):
    """The files, and that nothing is missing from them."""

    maxDiff = None

    def test_every_file_is_as_it_was(self) -> None:
        for stem in FILES:
            path = GOLDEN / f"{stem}.txt"
            found = golden(stem)
            if os.environ.get("BGPTWIST_REWRITE"):
                path.parent.mkdir(exist_ok=True)
                path.write_text(found)
            self.assertEqual(found, path.read_text(), path.name)

    def test_there_are_no_other_files(self) -> None:
        self.assertEqual({path.stem for path in GOLDEN.iterdir()}, set(FILES))

    def test_every_class_of_events_is_there(self) -> None:
        found = {type(event) for make in FILES.values() for _, event in make()}
        classes = {each for each in vars(events).values() if isinstance(each, type) and issubclass(each, Event)}
        self.assertEqual(found, classes - {Event, Message})

    def test_every_state_is_there(self) -> None:
        found = {event.state for _, event in FILES["states"]() if isinstance(event, StateChanged)}
        self.assertEqual(found, {"connected", "up", "down"})

    def test_every_family_and_attribute_is_there(self) -> None:
        for stem, records in (("families", FAMILIES), ("attributes", ATTRIBUTES)):
            text = (GOLDEN / f"{stem}.txt").read_text()
            for record in records:
                self.assertIn(f"# {File(name(record)).stem} ", text)

    def test_every_operational_message_is_there(self) -> None:
        text = (GOLDEN / "messages.txt").read_text()
        for word in operational.NAMES.values():
            self.assertIn(f"# operational {word}\n", text)


class VersionTests(SynchronousTestCase):
    """The words that choose."""

    def test_the_configuration_knows_the_same_versions(self) -> None:
        self.assertEqual(tuple(VERSIONS), value.VERSIONS)

    def test_tags(self) -> None:
        found = {version: dialect.tag for version, dialect in VERSIONS.items()}
        self.assertEqual(found, {"3.4": "3.4.8", "4": "4.0.1", "5": "5.0.0", "6": "6.0.0", "6-as-4": "4.0.1"})

    def test_compact_counts_for_all(self) -> None:
        compact = Subscriptions(dialect_of(Environment(api_compact=True)))
        for version in ("", "4", "5", "6", "6-as-4"):
            encoded = compact.encoder("json", version).encode(decoded("180A0000"), 0)
            self.assertIn('"10.0.0.1": [ "10.0.0.0/24" ]', encoded[1] if encoded else "")

    def test_reasons_come_with_version_6(self) -> None:
        for version, reasons in (("", None), ("3.4", False), ("5", False), ("6", True), ("6-as-4", False)):
            self.assertIs(HelperSettings("h", ("/bin/h",), "json", version=version).reasons, reasons)

    def test_the_reason_of_version_4_has_no_brackets_or_braces(self) -> None:
        self.assertEqual(reset_reason("a [b] {c}"), "peer reset, message (a (b) (c)) error()")
        self.assertEqual(
            reset_reason("notification sent (6,3)"),
            "peer reset, message (notification sent (6,3)) error(Cease / Peer De-configured)",
        )


class FormerTests(SynchronousTestCase):
    """ExaBGP 3.4, by lines that it wrote."""

    def told(self, event: UpdateMessage) -> dict[str, object]:
        found: dict[str, object] = json.loads(line(event, "3.4"))["neighbor"]["message"]
        return found

    def test_an_announcement(self) -> None:
        found = json.loads(
            line(decoded("180A0000" + "100A01", "40010100" + "400206" + "020100000002" + "40030401010101"), "3.4")
        )
        self.assertEqual(
            found,
            {
                "exabgp": "3.4.8",
                "time": 1795334453,
                "host": "vm",
                "pid": "699",
                "ppid": "697",
                "counter": 16,
                "type": "update",
                "neighbor": {
                    "ip": "127.0.0.2",
                    "address": {"local": "127.0.0.1", "peer": "127.0.0.2"},
                    "asn": {"local": "65000", "peer": "65001"},
                    "message": {
                        "update": {
                            "attribute": {"origin": "igp", "as-path": [2], "confederation-path": []},
                            "announce": {"ipv4 unicast": {"1.1.1.1": {"10.0.0.0/24": {}, "10.1.0.0/16": {}}}},
                        }
                    },
                },
            },
        )

    def test_a_withdrawal(self) -> None:
        found = self.told(decoded(attributes="", withdrawn="18010101"))
        self.assertEqual(found, {"update": {"withdraw": {"ipv4 unicast": {"1.1.1.0/24": {}}}}})

    def test_the_end_of_rib(self) -> None:
        marker = {"eor": {"afi": "ipv4", "safi": "unicast"}}
        found = self.told(decoded(attributes=""))
        self.assertEqual(found, {"update": {"announce": {"ipv4 unicast": {"null": marker}}}})

    def test_the_same_prefix_by_several_paths_is_told_each_time(self) -> None:
        event = decoded("01020304180A0000" + "00000001180A0000" + "00000001180A0000", context=PATHS)
        routes = json.loads(line(event, "3.4"))["neighbor"]["message"]["update"]["announce"]["ipv4 unicast"]
        self.assertEqual(
            routes["10.0.0.1"],
            {
                "10.0.0.0/24": {"path-information": "1.2.3.4"},
                "10.0.0.0/24 0.0.0.1": {"path-information": "0.0.0.1"},
                "10.0.0.0/24 0.0.0.1-2": {"path-information": "0.0.0.1"},
            },
        )

    def test_the_shutdown(self) -> None:
        found = json.loads(ENCODERS["3.4"].shutdown(TIME))
        self.assertEqual(
            found,
            {
                "exabgp": "3.4.8",
                "time": 1795334453,
                "host": "vm",
                "pid": "699",
                "ppid": "697",
                "type": "notification",
                "notification": "shutdown",
            },
        )


class CauseTests(SynchronousTestCase):
    """The commands that brought an event about."""

    def test_they_are_the_last_member(self) -> None:
        for form in FORMS.values():
            event = decoded("180A0000")
            event.causes = ("17", 'a "b" \u00e9')
            for version in VERSIONS:
                found = json.loads(line(event, version, form))
                self.assertEqual(list(found)[-1], "cause")
                self.assertEqual(found["cause"], ["17", 'a "b" \u00e9'])

    def test_without_them_there_is_none(self) -> None:
        for version in VERSIONS:
            self.assertNotIn("cause", json.loads(line(decoded("180A0000"), version)))


class RobustnessTests(SynchronousTestCase):
    """Whatever a peer sends, in every dialect the line is JSON in ASCII, and no key stands twice; text is ASCII."""

    def told(self, event: Event) -> None:
        for form in FORMS.values():
            for version in VERSIONS:
                line(event, version, form)
            for version in TEXTS:
                words(event, form, version)

    def told_once(self, event: Event) -> None:
        for version in VERSIONS:
            line(event, version)
        for version in TEXTS:
            words(event, 0, version)

    def test_every_example_of_an_attribute(self) -> None:
        for kind in ATTRIBUTES:
            for octets, _, _ in examples(kind):
                event = decoded("180A0000")
                event.update.path = Path(header(kind.flags, kind.code, len(octets)) + octets)
                self.told_once(event)

    def test_every_example_of_a_family(self) -> None:
        for base in FAMILIES:
            for family in (base, base.with_path_id):
                for octets, _, _ in examples(family):
                    self.told_once(of_family(family, octets, announce=True))

    def test_what_fuzzing_found(self) -> None:
        for octets in kept():
            chosen = octets[0] % TARGETS
            if chosen >= FIRST_FAMILY:
                index = sorted(BY_INDEX)[(chosen - FIRST_FAMILY) // 2]
                family = BY_INDEX[index] if (chosen - FIRST_FAMILY) % 2 == 0 else BY_INDEX[index].with_path_id
                try:
                    nlris = family.split(octets, 1, len(octets))
                except Malformed:
                    continue
                event = of_family(family, b"", announce=True)
                event.update.announced[0].nlris = nlris
                self.told_once(event)
            elif chosen < CONTEXTS:
                try:
                    found = updates.decode(octets[1:], CONTEXT, PathTable(CONTEXT))
                except Malformed:
                    continue
                self.told_once(UpdateMessage(IDENTITY, TIME, "receive", 2, octets[1:], None, found, CONTEXT))

    @settings(max_examples=60)
    @given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=30), st.booleans())
    def test_updates(self, gone: bytes, attributes: bytes, announced: bytes, paths: bool) -> None:
        body = len(gone).to_bytes(2, "big") + gone + len(attributes).to_bytes(2, "big") + attributes + announced
        context = PATHS if paths else CONTEXT
        try:
            found = updates.decode(body, context, PathTable(context))
        except Malformed:
            return
        self.told(UpdateMessage(IDENTITY, TIME, "receive", 2, body, None, found, context))

    @settings(max_examples=60)
    @given(st.sampled_from(FAMILIES), st.binary(max_size=60), st.booleans())
    def test_routes_of_every_family(self, family: object, octets: bytes, paths: bool) -> None:
        assert isinstance(family, type(FAMILIES[0]))
        chosen = family.with_path_id if paths else family
        try:
            nlris = chosen.split(octets, 0, len(octets))
        except Malformed:
            return
        event = decoded("180A0000")
        event.update.announced = [updates.Reach(chosen, bytes((10, 0, 0, 1)), nlris)]
        event.update.withdrawn = [updates.Unreach(chosen, nlris)]
        self.told(event)

    @settings(max_examples=60)
    @given(st.binary(min_size=2, max_size=60), st.sampled_from(("send", "receive")))
    def test_notifications(self, body: bytes, direction: str) -> None:
        said = notification.decode(body)
        self.told(events.NotificationMessage(IDENTITY, TIME, direction, 3, body, None, said))

    @settings(max_examples=60)
    @given(st.integers(1, 15), st.binary(max_size=40))
    def test_operational_messages(self, kind: int, data: bytes) -> None:
        body = kind.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
        self.told(events.OperationalMessage(IDENTITY, TIME, "receive", 6, body, None, operational.decode(body)))

    @settings(max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=20)), max_size=6))
    def test_capabilities(self, capabilities: list[tuple[int, bytes]]) -> None:
        inner = b"".join(bytes((code, len(octets))) + octets for code, octets in capabilities)
        body = bytes.fromhex("04FDE9005A09090909") + bytes((len(inner) + 2, 2, len(inner))) + inner
        try:
            found = opens.decode(body, BY_CODE)
        except Malformed:
            return
        for direction in ("send", "receive"):
            self.told(events.OpenMessage(IDENTITY, TIME, direction, 1, body, None, found))

    @given(st.text(max_size=40))
    def test_reasons(self, reason: str) -> None:
        self.told(StateChanged(IDENTITY, TIME, "down", reason))
