"""The language as data says what the readers do."""

import json
from collections.abc import Iterator
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Source
from bgptwist.settings.description import described, sections, values
from bgptwist.settings.form import FORMS, accepts, form_of
from bgptwist.settings.schema import ROOT, Former, Keyword, Refusal, Routes, Section
from bgptwist.settings.tree import parse


def readers() -> Iterator[tuple[str, Any]]:
    """All readers of the schema with the words they belong to."""
    for section in sections(ROOT):
        if section.name is not None:
            yield section.word, section.name
        for record in section.contents.values():
            if isinstance(record, Keyword):
                yield f"{section.word} {record.word}", record.read


def words(text: str) -> list[str]:
    """The words of a value."""
    return parse(Source("f", f"x {text};")).statements[0].words()[1:]


def walk(section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A section of the description and those in it."""
    yield section
    for inner in section["sections"]:
        yield from walk(inner)


class FormTests(SynchronousTestCase):
    def test_every_reader_has_a_form(self) -> None:
        missing = [word for word, read in readers() if form_of(read).accepts == form_of(read).name]
        self.assertEqual(missing, [])

    def test_two_forms_have_two_names(self) -> None:
        found = [form.name for form in FORMS.values()]
        self.assertEqual(len(found), len(set(found)))

    def test_examples_and_words_are_accepted(self) -> None:
        for word, read in readers():
            form = form_of(read)
            if form.name == "nothing":
                continue
            texts = list(form.examples)
            if form.name not in ("prefix limit", "family and afi"):
                texts += [*form.words, *form.also, *(each.upper() for each in form.words if form.name != "name")]
            for text in texts:
                self.assertTrue(accepts(read, words(text)), f"{word} {text}")
            if form.many:
                single = next(each for each in words(form.examples[0]) if each not in "[]")
                self.assertTrue(accepts(read, ["[", single, single, "]"]), word)

    def test_words_are_all_that_are_accepted_where_there_are_no_others(self) -> None:
        for word, read in readers():
            form = form_of(read)
            if form.words == form.examples and form.words:
                self.assertFalse(accepts(read, ["nothing-like-it"]), word)

    def test_numbers_have_their_bounds(self) -> None:
        for word, read in readers():
            form = form_of(read)
            if form.least is None or form.most is None:
                continue
            for number in (form.least, form.most):
                self.assertTrue(accepts(read, [str(number)]), f"{word} {number}")
            for number in (form.least - 1, form.most + 1):
                self.assertFalse(accepts(read, [str(number)]) and str(number) not in form.also, f"{word} {number}")


class DescriptionTests(SynchronousTestCase):
    def test_it_is_json_that_is_the_same_every_time(self) -> None:
        text = json.dumps(described())
        self.assertEqual(json.dumps(described()), text)
        self.assertEqual(json.loads(text), described())

    def test_everything_of_the_schema_is_there(self) -> None:
        def check(section: Section, found: dict[str, Any]) -> None:
            kinds = (("statements", Keyword), ("routes", Routes), ("sections", Section), ("former", Former))
            for key, kind in (*kinds, ("refused", Refusal)):
                wanted = [word for word, record in section.contents.items() if isinstance(record, kind)]
                named = [each["section" if kind is Section else "word"] for each in found[key]]
                self.assertEqual(named, wanted, section.word)
            for inner in found["sections"]:
                record = section.contents[inner["section"]]
                assert isinstance(record, Section)
                check(record, inner)

        tree: Any = described()["root"]
        check(ROOT, tree)

    def test_every_value_is_explained(self) -> None:
        tree: Any = described()
        explained = values()
        for section in walk(tree["root"]):
            self.assertTrue(section["name"] is None or section["name"] in explained)
            for statement in section["statements"]:
                self.assertIn(statement["value"], explained, statement["word"])
                self.assertTrue(statement["help"])

    def test_one_statement(self) -> None:
        tree: Any = described()
        neighbor = next(each for each in tree["root"]["sections"] if each["section"] == "neighbor")
        found = {each["word"]: each for each in neighbor["statements"]}
        self.assertEqual(
            found["hold-time"],
            {
                "word": "hold-time",
                "value": "hold time",
                "words": [],
                "required": False,
                "default": 180,
                "many": False,
                "help": "seconds without a message before the session ends; 0 for ever",
            },
        )
        self.assertEqual((found["adj-rib-in"]["alone"], found["adj-rib-in"]["default"]), (False, True))
        self.assertIn("means", found["adj-rib-in"]["warning"])
        self.assertEqual([word for word, each in found.items() if each["required"]], ["local-as", "peer-as"])
        self.assertEqual(tree["values"]["hold time"]["maximum"], 65535)

    def test_routes_and_rules_have_their_words(self) -> None:
        tree: Any = described()
        self.assertIn("next-hop", [each["word"] for each in tree["route"]["words"]])
        self.assertIn("community", [each["word"] for each in tree["route"]["attributes"]])
        self.assertIn("destination", tree["flow"]["match"])
        self.assertIn("discard", tree["flow"]["then"])
        self.assertIn({"family": "ipv4 unicast", "afi": 1, "safi": 1}, tree["families"])
