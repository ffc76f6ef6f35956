"""Every wrong configuration has its error, word for word."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.build import load, load_text
from bgptwist.settings.model import ConfigurationError
from bgptwist.settings.schema import ROOT, Section
from tests.settings.broken import BROKEN, neighbor


def vocabulary(section: Section) -> set[str]:
    """All words of the schema."""
    found = {section.word}
    for record in section.contents.values():
        found |= vocabulary(record) if isinstance(record, Section) else {record.word}
    return found


WORDS = (
    *sorted(vocabulary(ROOT)),
    *("127.0.0.1", "10.0.0.0/8", "::1", "65001", "0", "true", "disable", "auto", "unicast", "next-hop", "self", "x"),
    *(*"[](),;{}", ";", ";", "{", "{", "}", "}", "}", "\n", "'", '"', "\\", "#", "\u00e9", "1.2.3.4", "4294967296"),
)


class BrokenTests(SynchronousTestCase):
    def error(self, text: str) -> str:
        return str(self.assertRaises(ConfigurationError, load_text, text, name="f"))

    def test_errors_say_what_is_wrong_and_where(self) -> None:
        for name, text, wanted in BROKEN:
            self.assertEqual(self.error(text), wanted, name)

    def test_names_of_examples_are_unique(self) -> None:
        self.assertEqual(len({name for name, _, _ in BROKEN}), len(BROKEN))

    def test_there_are_never_more_than_a_hundred_errors(self) -> None:
        self.assertEqual(len(self.error(neighbor("hold-time 1;\n" * 1000)).splitlines()), 100)
        self.assertEqual(len(self.error("}" * 1000).splitlines()), 100)
        self.assertEqual(len(self.error("neighbor 10.0.0.1 { }" * 1000).splitlines()), 100)

    def test_a_file_that_cannot_be_read_is_an_error(self) -> None:
        error = self.assertRaises(ConfigurationError, load, ["/nonexistent/file", "\0"])
        self.assertEqual(
            str(error),
            "/nonexistent/file: the file cannot be read (No such file or directory)\n"
            "\0: the file cannot be read (embedded null byte)",
        )

    @given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
    def test_any_words_are_settings_or_errors(self, text: str) -> None:
        self.load(text)

    @given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
    def test_any_words_in_a_neighbor_are_settings_or_errors(self, text: str) -> None:
        self.load(neighbor(text))

    @given(st.sampled_from([text for _, text, _ in BROKEN]), st.integers(0, 300), st.integers(0, 300))
    def test_any_piece_of_a_configuration_is_settings_or_errors(self, text: str, start: int, end: int) -> None:
        self.load(text[start:end])

    @given(st.text(max_size=50))
    def test_any_text_is_settings_or_errors(self, text: str) -> None:
        self.load(text)

    def load(self, text: str) -> None:
        try:
            load_text(text)
        except ConfigurationError as error:
            self.assertTrue(error.errors)
            for line in str(error).split("\n"):
                self.assertRegex(line, r"^text:\d+:\d+: .")
