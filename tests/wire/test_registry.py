"""Every record of the registry goes through the same trials.

Examples stand in the golden corpus (`tests/corpus`, see `tests.wire.examples`).  A record without examples fails; so
does a file without a record.
"""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import unknown
from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Malformed, Misspelt
from bgptwist.wire.kinds import (
    OPTIONAL,
    TRANSITIVE,
    Attribute,
    Capability,
    CapabilityValue,
    Family,
    Kind,
    ReceiveContext,
)
from bgptwist.wire.path import NEXT_HOP, PathTable, header
from bgptwist.wire.registry import ATTRIBUTES, CAPABILITIES, FAMILIES
from bgptwist.wire.words import Words
from tests.wire.examples import CORPUS, Example, examples, name
from tests.wire.spelling import lex

SUBSTITUTES = (0, 1, 2, 3, 4, 8, 16, 32, 64, 127, 128, 129, 254, 255)
"""What each octet is changed to, one at a time."""

LONG = 40
"""Octets of an example beyond which fewer substitutes must do."""


KNOWN = (*ATTRIBUTES, *FAMILIES, *[family.with_path_id for family in FAMILIES if family.with_path_id is not family])
EXAMPLES: dict[object, list[Example]] = {record: examples(record) for record in (*KNOWN, *CAPABILITIES, unknown.KIND)}


class CorpusTrials(SynchronousTestCase):
    """The corpus as a whole."""

    def test_every_file_belongs_to_a_record(self) -> None:
        names = {name(record) for record in (*KNOWN, *CAPABILITIES, unknown.KIND)}
        files = {
            str(path.relative_to(CORPUS))
            for kind in ("attributes", "families", "capabilities")
            for path in (CORPUS / kind).glob("*.txt")
        }
        self.assertEqual(sorted(files - names), [])


def changed(octets: bytes) -> list[bytes]:
    """The octets cut at every place, and with every octet changed."""
    found = [octets[:at] for at in range(len(octets))]
    for at, octet in enumerate(octets):
        few = len(octets) > LONG
        for substitute in {*(() if few else SUBSTITUTES), octet ^ 0x80, octet ^ 1, (octet + 1) % 256}:
            found.append(octets[:at] + bytes((substitute,)) + octets[at + 1 :])
    return found


class AttributeTrials(SynchronousTestCase):
    """Kinds: octets, words and JSON into each other."""

    def examples(self) -> list[tuple[Kind, bytes, str, str]]:
        return [(kind, *example) for kind in ATTRIBUTES for example in EXAMPLES.get(kind, [])]

    def read(self, kind: Kind, value: Attribute) -> bytes | None:
        """The octets of the words of a value, None when nobody reads them."""
        if kind.read is None or kind.code == NEXT_HOP:
            return None
        words = Words(lex(value.words()))
        octets = kind.read(words).octets()
        self.assertFalse(words.more, f"{kind.word} {value.words()}")
        return octets

    def spell(self, kind: Kind, octets: bytes) -> None:
        """Whatever can be decoded can be spelt, and read again: lists in ascending order, all else as it was."""
        try:
            value = kind.decode(octets)
        except Malformed:
            return
        text = value.json()
        self.assertTrue(text.isascii() and text.isprintable(), text)
        json.loads(text)
        again = self.read(kind, value)
        if again is None:
            return
        unit = kind.unit or len(octets) or 1
        units = [[each[at : at + unit] for at in range(0, len(each), unit)] for each in (value.octets(), again)]
        self.assertEqual(sorted(units[0]), sorted(units[1]), f"{kind.word} {octets.hex()}")
        self.assertEqual(self.read(kind, kind.decode(again)), again, f"{kind.word} {octets.hex()}")

    def test_every_record_has_examples(self) -> None:
        self.assertEqual([kind.word for kind in ATTRIBUTES if not EXAMPLES.get(kind)], [])

    def test_every_record_is_described(self) -> None:
        for kind in ATTRIBUTES:
            self.assertTrue(kind.word and kind.rfc and kind.help, kind.word)
            self.assertIn(kind.malformed, (DISCARD, WITHDRAW))

    def test_octets_become_octets_words_and_json(self) -> None:
        for kind, octets, words, text in self.examples():
            value = kind.decode(octets)
            self.assertEqual(value.octets(), octets, kind.word)
            self.assertEqual(value.words(), words)
            self.assertEqual(json.loads(value.json()), json.loads(text))
            if value.code:
                self.assertEqual(value.code, kind.code, kind.word)

    def test_words_become_the_same_octets(self) -> None:
        for kind, octets, _, _ in self.examples():
            self.assertIn(self.read(kind, kind.decode(octets)), (octets, None), kind.word)

    def test_json_becomes_words_that_become_the_same_octets(self) -> None:
        for kind, octets, _, text in self.examples():
            if kind.read is None or kind.code == NEXT_HOP:
                continue
            assert kind.restore is not None, kind.word
            words = Words(lex(kind.restore(json.loads(text))))
            self.assertEqual(kind.read(words).octets(), octets, kind.word)
            self.assertFalse(words.more, kind.word)

    def test_examples_pass_the_checks_of_their_record(self) -> None:
        for kind, octets, _, _ in self.examples():
            self.assertTrue(not kind.sizes or len(octets) in kind.sizes, kind.word)
            self.assertTrue(not kind.unit or (octets and len(octets) % kind.unit == 0), kind.word)

    def test_octets_that_are_cut_or_changed_are_spelt_or_malformed(self) -> None:
        for kind, octets, _, _ in self.examples():
            for bad in changed(octets):
                self.spell(kind, bad)

    def test_widths_go_back_and_forth(self) -> None:
        for kind, octets, _, _ in self.examples():
            if kind.narrow is not None and kind.widen is not None:
                narrow = kind.narrow(octets)
                self.assertEqual(kind.narrow(kind.widen(narrow)), narrow, kind.word)

    def test_wrong_flags_have_the_verdict_of_the_record(self) -> None:
        for kind, octets, _, _ in self.examples():
            for wrong in (OPTIONAL, TRANSITIVE):
                table = PathTable(ReceiveContext({}, asn4=not kind.old_only, external=False, mandatory=False))
                flags = kind.flags ^ wrong
                received = table.receive(header(flags, kind.code, len(octets)) + octets)
                self.assertEqual(received.verdict, DISCARD if kind.malformed == DISCARD else WITHDRAW, kind.word)

    def test_right_flags_are_kept(self) -> None:
        for kind, octets, _, _ in self.examples():
            table = PathTable(ReceiveContext({}, asn4=not kind.old_only, external=False, mandatory=False))
            value = octets if kind.narrow is None or not kind.old_only else kind.narrow(octets)
            received = table.receive(header(kind.flags, kind.code, len(value)) + value)
            self.assertEqual(received.verdict, KEEP, f"{kind.word} {received.faults}")

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_octets_are_spelt_or_malformed(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(ATTRIBUTES))
        size = data.draw(st.sampled_from([*kind.sizes, kind.unit, 2 * kind.unit, 3 * kind.unit]))
        octets = data.draw(st.binary(min_size=size, max_size=size) if size else st.binary(max_size=60))
        self.spell(kind, octets)
        for change in (kind.widen, kind.narrow):
            if change is not None:
                try:
                    change(octets)
                except Malformed:
                    pass

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_words_are_read_or_misspelt(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from([kind for kind in ATTRIBUTES if kind.read is not None]))
        assert kind.read is not None
        known = st.sampled_from(["[", "]", "(", ")", ",", "1", "65000:1", "0x", "10.0.0.1", "target:1:2", "-1", ""])
        words = data.draw(st.lists(st.one_of(known, st.text(max_size=12)), max_size=6))
        try:
            value = kind.read(Words(words))
        except Misspelt as error:
            self.assertLessEqual(-1, error.at)
            self.assertLessEqual(error.at, len(words))
            return
        json.loads(value.json())
        value.octets()


class FamilyTrials(SynchronousTestCase):
    """Families: NLRI cut from a field, words and JSON."""

    def examples(self) -> list[tuple[Family, bytes, str, str]]:
        listed = [*FAMILIES, *[family.with_path_id for family in FAMILIES if family.with_path_id is not family]]
        return [(family, *example) for family in listed for example in EXAMPLES.get(family, [])]

    def spell(self, family: Family, field: bytes) -> None:
        """Whatever can be cut can be spelt; what is cut again is the same."""
        try:
            found = family.split(field, 0, len(field))
        except Malformed:
            return
        for nlri in found:
            words = family.words(nlri)
            text = family.json(nlri)
            tree = json.loads(text)
            self.assertTrue(text.isascii() and text.isprintable(), text)
            if family.check is not None:
                try:
                    family.check(nlri)
                except Malformed:
                    continue
            if family.restore is not None:
                self.assertEqual(family.restore(tree), words)
                cursor = Words(lex(words))
                again = family.base.read(cursor)
                self.assertEqual(again, nlri[4:] if family.path_id else nlri, words)
            if family.key is not None:
                family.key(nlri)
        joined = b"".join(found)
        self.assertEqual(family.split(joined, 0, len(joined)), found, f"{family} {field.hex()}")

    def test_every_record_has_examples(self) -> None:
        self.assertEqual([family.name for family in FAMILIES if not EXAMPLES.get(family)], [])

    def test_octets_become_words_and_json(self) -> None:
        for family, octets, words, text in self.examples():
            self.assertEqual(family.split(octets, 0, len(octets)), [octets], family.name)
            self.assertEqual(family.words(octets), words)
            self.assertEqual(json.loads(family.json(octets)), json.loads(text))

    def test_words_become_the_same_octets(self) -> None:
        for family, octets, words, _ in self.examples():
            source = Words(lex(words))
            found = family.base.read(source)
            self.assertEqual(found, octets[4:] if family.path_id else octets, words)
            self.assertEqual(source.more, family.path_id, words)

    def test_json_becomes_words_that_become_the_same_octets(self) -> None:
        for family, _, words, text in self.examples():
            assert family.restore is not None, family.name
            self.assertEqual(family.restore(json.loads(text)), words, family.name)

    def test_examples_make_sense(self) -> None:
        for family, octets, _, _ in self.examples():
            if family.check is not None:
                family.check(octets)

    def test_every_record_is_described(self) -> None:
        for family in FAMILIES:
            self.assertTrue(family.rfc, family.name)

    @settings(max_examples=200, deadline=None)
    @given(st.data())
    def test_any_words_are_read_or_misspelt(self, data: st.DataObject) -> None:
        family = data.draw(st.sampled_from(FAMILIES))
        given = data.draw(st.sampled_from([lex(words) for listed, _, words, _ in self.examples() if listed is family]))
        at = data.draw(st.integers(0, len(given)))
        other = data.draw(st.one_of(st.text(max_size=8), st.sampled_from(["[", "]", "(", ")", "0", "-1", "0x"])))
        words = Words([*given[:at], other, *given[at + data.draw(st.integers(0, 1)) :]])
        try:
            nlri = family.read(words)
        except Misspelt as error:
            self.assertLessEqual(error.at, len(words.words))
            return
        json.loads(family.json(nlri))
        self.assertEqual(family.split(nlri, 0, len(nlri)), [nlri], words.words)

    def test_a_field_is_cut_from_where_it_stands(self) -> None:
        for family, octets, _, _ in self.examples():
            self.assertEqual(family.split(b"\xff\xff" + octets + b"\xff", 2, 2 + len(octets)), [octets], family.name)
            self.assertEqual(family.split(octets, 0, 0), [], family.name)

    def test_octets_that_are_cut_or_changed_are_spelt_or_malformed(self) -> None:
        for family, octets, _, _ in self.examples():
            for bad in changed(octets):
                self.spell(family, bad)

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(FAMILIES), st.binary(max_size=60))
    def test_any_octets_are_spelt_or_malformed(self, family: Family, field: bytes) -> None:
        self.spell(family, field)
        self.spell(family.with_path_id, field)


class CapabilityTrials(SynchronousTestCase):
    """Capabilities: octets, words and JSON."""

    def examples(self) -> list[tuple[Capability, bytes, str, str]]:
        return [(record, *example) for record in CAPABILITIES for example in EXAMPLES.get(record, [])]

    def spell(self, record: Capability, octets: bytes) -> CapabilityValue | None:
        """Whatever can be decoded can be spelt; what it becomes is decoded to the same."""
        try:
            value = record.decode(octets)
        except Malformed:
            return None
        self.assertEqual(value.code, record.code)
        self.assertTrue(value.words().isprintable(), value.words())
        json.loads(value.json())
        again = [record.decode(instance) for instance in value.instances()]
        if len(again) == 1:
            self.assertEqual(again[0].octets(), value.octets(), f"{record.name} {octets.hex()}")
        return value

    def test_every_record_has_examples(self) -> None:
        self.assertEqual([record.name for record in CAPABILITIES if not EXAMPLES.get(record)], [])

    def test_every_record_is_described(self) -> None:
        for record in CAPABILITIES:
            self.assertTrue(record.name and record.rfc, record.name)

    def test_octets_become_octets_words_and_json(self) -> None:
        for record, octets, words, text in self.examples():
            value = record.decode(octets)
            self.assertEqual(value.code, record.code, record.name)
            self.assertEqual(value.octets(), octets, record.name)
            self.assertEqual(value.words(), words)
            self.assertEqual(json.loads(value.json()), json.loads(text))

    def test_json_becomes_a_value_of_the_same_octets(self) -> None:
        for record, octets, words, text in self.examples():
            assert record.restore is not None, record.name
            value = record.restore(json.loads(text))
            self.assertEqual((value.code, value.octets(), value.words()), (record.code, octets, words), record.name)

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for record in CAPABILITIES:
            assert record.restore is not None, record.name
            for tree in (None, 1, [], "x"):
                self.assertRaises(Misspelt, record.restore, tree)
            for shape in ({}, {"ipv4/unicast": []}, {"ipv4": 1}, {"families": 1}, {"directions": [1]}):
                try:
                    record.restore(shape).json()
                except Misspelt:
                    pass

    def test_what_is_sent_in_instances_is_merged_again(self) -> None:
        for record, octets, _, _ in self.examples():
            found = None
            for instance in record.decode(octets).instances():
                value = record.decode(instance)
                found = value if found is None or record.merge is None else record.merge(found, value)
            assert found is not None
            self.assertEqual(found.octets(), octets, record.name)

    def test_octets_that_are_cut_or_changed_are_spelt_or_malformed(self) -> None:
        for record, octets, _, _ in self.examples():
            for bad in changed(octets):
                self.spell(record, bad)

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(CAPABILITIES), st.binary(max_size=40), st.binary(max_size=40))
    def test_any_octets_are_spelt_and_merged_or_malformed(self, record: Capability, one: bytes, other: bytes) -> None:
        values = [value for value in (self.spell(record, one), self.spell(record, other)) if value is not None]
        if record.merge is not None and len(values) == 2:
            try:
                merged = record.merge(*values)
            except Malformed:
                return
            merged.words()
            json.loads(merged.json())
