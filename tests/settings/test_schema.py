"""The table of sections and statements is complete and fits the model."""

from collections.abc import Iterator
from dataclasses import fields

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.model import NeighborSettings
from bgptwist.settings.schema import NEIGHBOR, REQUIRED, ROOT, TEMPLATE, Keyword, Refusal, Routes, Section
from bgptwist.wire.registry import FAMILIES

ELSEWHERE = {"processes_match", "md5_base64", "base64", "peer_address", "families", "inherit"}
"""Fields that become something else in the model."""


def sections(section: Section) -> Iterator[Section]:
    """A section and those inside it."""
    yield section
    for record in section.contents.values():
        if isinstance(record, Section):
            yield from sections(record)


class SchemaTests(SynchronousTestCase):
    def test_every_record_has_help(self) -> None:
        for section in sections(ROOT):
            for record in section.contents.values():
                self.assertTrue(record.reason if isinstance(record, Refusal) else record.help, record.word)

    def test_every_keyword_has_a_field_in_the_model(self) -> None:
        for section in sections(ROOT):
            if section.model is None:
                continue
            known = {field.name for field in fields(section.model)} | ELSEWHERE
            if section.word in ("send", "receive"):
                known |= {"open", "update", "notification", "keepalive", "refresh", "operational"}
            named = {record.field for record in section.contents.values() if isinstance(record, Keyword)}
            self.assertEqual(named - known, set(), section.word)

    def test_every_field_of_a_neighbor_has_a_keyword(self) -> None:
        named = {record.field for record in NEIGHBOR.contents.values() if isinstance(record, Keyword)}
        blocks = {
            "families",
            "next_hops",
            "add_path_families",
            "paths_limits",
            "operational",
            "capability",
            "api",
            "routes",
            "watched",
            "prefix_length",
            "tcp_ao",
        }
        self.assertEqual(
            {field.name for field in fields(NeighborSettings)}, (named - {"md5_base64", "inherit"}) | blocks
        )

    def test_defaults_come_from_the_model(self) -> None:
        found = {
            record.word: NEIGHBOR.default(record)
            for record in NEIGHBOR.contents.values()
            if isinstance(record, Keyword)
        }
        self.assertEqual((found["hold-time"], found["adj-rib-out"], found["inherit"]), (180, True, None))

    def test_bare_keywords_that_mean_off_warn(self) -> None:
        for section in sections(ROOT):
            for record in section.contents.values():
                if isinstance(record, Keyword) and record.bare is not REQUIRED and record.word != "md5-base64":
                    self.assertEqual(bool(record.surprise), record.bare is False, record.word)

    def test_templates_have_what_neighbors_have(self) -> None:
        template = TEMPLATE.contents["neighbor"]
        assert isinstance(template, Section)
        self.assertEqual(template.contents, NEIGHBOR.contents)

    def test_every_family_of_addresses_can_be_announced(self) -> None:
        announce = NEIGHBOR.contents["announce"]
        assert isinstance(announce, Section)
        for family in FAMILIES:
            afi, safi = family.name.split()
            if afi in announce.contents:
                section = announce.contents[afi]
                assert isinstance(section, Section)
                self.assertIsInstance(section.contents[safi], Routes)
