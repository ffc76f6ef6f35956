"""Labelled and VPN prefixes as ExaBGP writes them."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.labelled_routes import GENERATION_5, GENERATION_6
from bgptwist.wire.families import labelled, vpn
from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.spelling import lex


class GenerationTests(SynchronousTestCase):
    def check(self, family: Family, text: str, old: object, new: object) -> None:
        nlri = family.base.read(Words(lex(text)))
        if family.path_id:
            nlri = b"\0\0\0\1" + nlri
        for table, expected in ((GENERATION_5, old), (GENERATION_6, new)):
            self.assertEqual(json.loads(table[family.index](family, nlri, "10.0.0.9")), expected)

    def test_generation_5_has_labels_alone(self) -> None:
        nlri = {"nlri": "10.1.0.0/24"}
        for text, old, new in (
            ("label 3", [[3]], [[3, 49]]),
            ("label [ 100 200 ]", [[100], [200]], [[100, 1600], [200, 3201]]),
            ("label 0/0/0", [[0]], [[0]]),
            ("label [ 100 0/0/0 ]", [[100], [0]], [[100, 1600], [0]]),
            ("label 524288/0/0", [[524288]], [[524288, 8388608]]),
        ):
            self.check(labelled.IPV4, f"10.1.0.0/24 {text}", {**nlri, "label": old}, {**nlri, "label": new})
            with_rd = {**nlri, "rd": "4:100"}
            self.check(vpn.IPV4, f"10.1.0.0/24 {text} rd 4:100", {**with_rd, "label": old}, {**with_rd, "label": new})
            numbered = {**with_rd, "path-information": "0.0.0.1"}
            self.check(
                vpn.IPV4.with_path_id,
                f"10.1.0.0/24 {text} rd 4:100",
                {**numbered, "label": old},
                {**numbered, "label": new},
            )

    def test_both_write_long_as_numbers_without_a_mark(self) -> None:
        expected = {"nlri": "2001:db8::/32", "rd": "65000:1"}
        old, new = {**expected, "label": [[3]]}, {**expected, "label": [[3, 49]]}
        self.check(vpn.IPV6, "2001:db8::/32 label 3 rd 65000L:1", old, new)
