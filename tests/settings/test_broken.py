"""Every broken file has its messages, word for word; no text whatsoever gives anything but settings or errors.

`tests/corpus/broken/NAME.txt` is what is said about `NAME.conf`, a line for each error and, after `warning: `, for each
warning.  Set BGPTWIST_REWRITE to write them anew, and read the difference.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load, load_text
from bgptwist.settings.mistake import entry, picture
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.schema import INCLUDE, ROOT, Former, Refusal, Section
from tests.settings.broken import neighbor

ROOT_FOLDER = Path(__file__).resolve().parents[2]
CORPUS = ROOT_FOLDER / "tests" / "corpus" / "broken"
FILES = sorted(CORPUS.glob("*.conf"))
KIT = Path(os.environ.get("CONFORMANCE", ROOT_FOLDER.parent / "shared" / "conformance")) / "corpus"
GOOD = [path.read_text() for path in sorted((ROOT_FOLDER / "etc" / "bgptwist").glob("*.conf"))]
"""Configurations that are right, to be spoilt."""
if KIT.is_dir():
    GOOD += [path.read_text() for path in sorted(KIT.glob("*/conf-*/*.conf"))]

SECONDS = 5.0
"""Far more processor time than a megabyte of anything takes."""
CODE = re.compile(r"Appendix B, (\d+)")


def messages(path: Path) -> Iterator[str]:
    """What is said about a file, without the folder."""
    try:
        settings = load([str(path)])
        errors, warnings = (), settings.warnings
    except ConfigurationError as error:
        errors, warnings = error.errors, error.warnings  # type: ignore[assignment]
    for each in errors:
        yield str(each).replace(f"{CORPUS}/", "")
    for each in warnings:
        yield f"warning: {each}".replace(f"{CORPUS}/", "")


def words_of(section: Section) -> Iterator[str]:
    """All words of the schema that are read today."""
    for word, record in section.contents.items():
        if not isinstance(record, Refusal):
            yield word
        if isinstance(record, Section) and not record.former:
            yield from words_of(record)


class CorpusTests(SynchronousTestCase):
    maxDiff = None

    def test_every_file_has_its_messages(self) -> None:
        for path in FILES:
            found = "".join([f"{line}\n" for line in messages(path)])
            expected = path.with_suffix(".txt")
            if os.environ.get("BGPTWIST_REWRITE"):
                expected.write_text(found)
            self.assertEqual(found, expected.read_text(), path.name)

    def test_every_file_has_its_twin(self) -> None:
        names = {path.stem for path in FILES}
        self.assertEqual({path.stem for path in CORPUS.glob("*.txt")}, names)
        self.assertGreaterEqual(len(names), 100)

    def test_no_file_is_right(self) -> None:
        for path in FILES:
            self.assertNotEqual(path.with_suffix(".txt").read_text().strip(), "", path.name)

    def test_every_message_names_a_place_in_a_file_of_the_corpus(self) -> None:
        for path in FILES:
            for line in path.with_suffix(".txt").read_text().splitlines():
                found = re.match(r"(?:warning: )?([^:]+):([1-9]\d*):([1-9]\d*): \S", line)
                assert found is not None, f"{path.name}: {line}"
                lines = (CORPUS / found[1]).read_text(encoding="utf-8-sig").split("\n")
                self.assertLessEqual(int(found[3]), len(lines[int(found[2]) - 1]) + 1, line)

    def test_every_row_of_the_appendix_is_here(self) -> None:
        rows = {int(row) for path in FILES for row in CODE.findall(path.read_text(encoding="utf-8-sig"))}
        self.assertEqual(rows, set(range(1, 51)))

    def test_every_word_of_the_language_is_in_a_broken_file(self) -> None:
        text = " ".join([path.read_text(encoding="utf-8-sig") for path in FILES])
        used = set(re.split(r"[\s;{}\[\],\"']+", text))
        self.assertEqual({*words_of(ROOT), INCLUDE.word} - used, set())

    def test_mistakes_can_be_shown_and_told_to_programs(self) -> None:
        for path in FILES:
            try:
                mistakes = load([str(path)]).warnings
            except ConfigurationError as error:
                mistakes = (*error.errors, *error.warnings)
            for mistake in mistakes:
                told = entry(mistake)
                self.assertEqual(json.loads(json.dumps(told)), told)
                shown = picture(mistake).split("\n")
                self.assertEqual(shown[0], str(mistake))
                self.assertTrue(len(shown) == 1 or re.match(r"\s+\^+$", shown[2]), shown)


def vocabulary(section: Section) -> set[str]:
    """All words of the schema."""
    found = {section.word}
    for record in section.contents.values():
        found |= vocabulary(record) if isinstance(record, Section) else {record.word}
        found |= {record.now} if isinstance(record, Former) else set()
    return found


WORDS = (
    *sorted(vocabulary(ROOT)),
    *("127.0.0.1", "10.0.0.0/8", "::1", "65001", "0", "true", "disable", "auto", "unicast", "next-hop", "self", "x"),
    *(*"[](),;{}", ";", ";", "{", "{", "}", "}", "}", "\n", "'", '"', "\\", "#", "\u00e9", "1.2.3.4", "4294967296"),
    *("include", "/nonexistent", "\n", "\n\t", "\x00", "\x1b", "\u65e5\u672c", "not-a-fragment", "refresh"),
)
MUTATIONS = (*WORDS, "", "", "", "}", "{", ";", "\n", '"')


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good file with some words taken out, put in, doubled or exchanged."""
    pieces = re.split(r"(\s+|[;{}\[\],])", draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(pieces) - 1))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            pieces[at] = draw(st.sampled_from(MUTATIONS))
        elif kind == 1:
            pieces.insert(at, draw(st.sampled_from(MUTATIONS)) + draw(st.sampled_from(("", " ", "\n"))))
        elif kind == 2:
            pieces[at : at + draw(st.integers(1, 30))] = []
        else:
            pieces[at:at] = pieces[at : at + draw(st.integers(1, 30))]
        pieces = pieces or [""]
    return "".join(pieces)


class AnyTextTests(SynchronousTestCase):
    """Nothing but settings or ConfigurationError comes of any text."""

    def load(self, text: str) -> None:
        try:
            mistakes = load_text(text, folder=str(CORPUS)).warnings
        except ConfigurationError as error:
            self.assertTrue(error.errors)
            for line in str(error).split("\n"):
                self.assertRegex(line, r"^(text|[^:]*):\d+:\d+: .")
            mistakes = (*error.errors, *error.warnings)
        for mistake in mistakes:
            json.dumps(entry(mistake))
            self.assertTrue(picture(mistake).split("\n", 1)[0].endswith(str(mistake)))

    @given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
    def test_any_words_are_settings_or_errors(self, text: str) -> None:
        self.load(text)

    @given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
    def test_any_words_in_a_neighbor_are_settings_or_errors(self, text: str) -> None:
        self.load(neighbor(text))

    @given(spoilt())
    def test_any_spoilt_file_is_settings_or_errors(self, text: str) -> None:
        self.load(text)

    @given(st.sampled_from(GOOD), st.integers(0, 3000), st.integers(0, 3000))
    def test_any_piece_of_a_file_is_settings_or_errors(self, text: str, start: int, end: int) -> None:
        self.load(text[start:end])

    @given(st.text(max_size=50))
    def test_any_text_is_settings_or_errors(self, text: str) -> None:
        self.load(text)

    @given(st.text(max_size=50))
    def test_any_text_in_a_neighbor_is_settings_or_errors(self, text: str) -> None:
        self.load(neighbor(text))


class BoundTests(SynchronousTestCase):
    """What a file may cost."""

    def error(self, text: str) -> str:
        return str(self.assertRaises(ConfigurationError, load_text, text, name="f"))

    def test_there_are_never_more_than_a_hundred_errors(self) -> None:
        self.assertEqual(len(self.error(neighbor("hold-time 1;\n" * 1000)).splitlines()), 100)
        self.assertEqual(len(self.error("}" * 1000).splitlines()), 100)
        self.assertEqual(len(self.error("neighbor 10.0.0.1 { }" * 1000).splitlines()), 100)

    def test_there_are_never_more_than_a_hundred_warnings_and_one_that_says_so(self) -> None:
        warnings = load_text(neighbor("adj-rib-in;\n" * 1000)).warnings
        self.assertEqual(len(warnings), 101)
        self.assertIn("text: there are more warnings than these", [str(each) for each in warnings])

    def test_a_word_as_long_as_the_file_is_not_told_whole(self) -> None:
        self.assertLess(len(self.error(f"{'x' * 1_000_000};")), 2000)

    def test_a_file_that_cannot_be_read_is_an_error(self) -> None:
        error = self.assertRaises(ConfigurationError, load, ["/nonexistent/file", "\0"])
        self.assertEqual(
            str(error),
            "/nonexistent/file: the file cannot be read (No such file or directory)\n"
            "\\x00: the file cannot be read (embedded null byte)",
        )

    def test_a_megabyte_of_anything_is_read_in_time(self) -> None:
        route = "static { route 10.0.0.0/8 next-hop 1.2.3.4 "
        for start, piece in (
            *((start, letter) for start in ("", "neighbor 127.0.0.1 { ") for letter in "[](){};,\"'\\#\n x"),
            *((start, "x ") for start in ("description ", neighbor("")[:-2] + "description ")),
            *(("", piece) for piece in ("passive\n", "a {\n", "a { b; }\n", "\\\n", "'\n", "[ ]", "hold-time 90\n")),
            *(
                (neighbor("")[:-2], piece)
                for piece in ("passive\n", "hold-time 2;\n", "inherit [ ", "api { ", "group {")
            ),
            *((neighbor("")[:-2] + route, piece) for piece in ("[ ", "( ", "1:1 ", "community [ 1:1 ", "med 5 ", "{ ")),
            (neighbor("")[:-2] + "static { route 10.0.0.0/8 { ", "med x; "),
            (neighbor("")[:-2] + "static { route 10.0.0.0/8 { ", "community [ 1:1 1:x ]\n"),
            (neighbor("")[:-2] + "static { ", "route 10.0.0.0/8 next-hop 1.2.3.4\n"),
            (neighbor("")[:-2] + "flow { route { match { ", "port [ 80 90 ]; "),
            (neighbor("")[:-2] + "flow { route { match { ", "fragment not-a-fragment; "),
            (neighbor("")[:-2] + "flow { route { match { ", "port x; "),
            (neighbor("")[:-2] + "flow { route ", "port 80 "),
            (neighbor("")[:-2] + "l2vpn { vpls x { ", "rd 1:1; "),
            (neighbor("")[:-2] + "announce { ipv4 { ", "sr-policy distinguisher 1 segment-list "),
        ):
            text = start + piece * (1_000_000 // len(piece))
            before = time.process_time()
            self.assertTrue(self.error(text))
            took = time.process_time() - before
            self.assertLess(took, SECONDS, f"{start[-60:]}{piece} ...")
