"""What becomes of JSON: the words of each simple attribute, and what is refused."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes import unknown
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.registry import KINDS

RESTORED: dict[int, list[tuple[object, str]]] = {
    1: [("igp", "igp"), ("EGP", "egp"), ("incomplete", "incomplete")],
    2: [
        ({}, "[ ]"),
        ({"0": {"element": "as-sequence", "value": [65001, 65002]}}, "[ 65001 65002 ]"),
        (
            {
                "1": {"element": "as-set", "value": [3]},
                "0": {"element": "as-sequence", "value": ["1", 2]},
                "10": {"element": "as-confed-set", "value": [6]},
                "2": {"element": "as-confed-sequence", "value": [4, 5]},
            },
            "[ 1 2 ] ( 3 ) confed-sequence [ 4 5 ] confed-set ( 6 )",
        ),
        ([], "[ ]"),
        ([1, 2, [3, 4], 5], "[ 1 2 ] ( 3 4 ) [ 5 ]"),
        ([[3]], "( 3 )"),
    ],
    3: [("10.0.0.1", "10.0.0.1")],
    4: [(0, "0"), (4294967295, "4294967295"), ("5", "5")],
    5: [(100, "100")],
    6: [(True, "")],
    7: [("65000:10.0.0.1", "65000:10.0.0.1"), ("1.10:10.0.0.1", "65546:10.0.0.1")],
    8: [
        ([[65000, 1]], "65000:1"),
        ([[65000, 1], [65535, 65281]], "[ 65000:1 no-export ]"),
        (["65000:1", "graceful-shutdown", "0x00010002"], "[ 65000:1 65535:0 1:2 ]"),
        ([], "[  ]"),
    ],
    9: [("10.0.0.1", "10.0.0.1")],
    10: [(["10.0.0.1"], "10.0.0.1"), (["10.0.0.1", "10.0.0.2"], "[ 10.0.0.1 10.0.0.2 ]")],
    16: [
        ([{"value": 842122827661412, "string": "target:65000:100"}], "target:65000:100"),
        (["mark 10", {"string": "color:5"}], "[ mark 10 color:5 ]"),
    ],
    25: [(["target6:2001:db8::1:1"], "target6:2001:db8::1:1")],
    26: [(100, "100"), ("0x0200040101000b0000000000000064", "0x0200040101000B0000000000000064")],
    32: [([[1, 2, 3]], "1:2:3"), (["1:2:3", [4, 5, 6]], "[ 1:2:3 4:5:6 ]")],
    35: [(65000, "65000")],
}

SHAPELESS: tuple[object, ...] = (None, False, {"x": 1}, [None], [{}], 1.5, "x", "")
"""What no attribute can be made of."""

REFUSED: dict[int, list[object]] = {
    1: [0, "bgp", ["igp"]],
    2: [
        5,
        {"0": {}},
        {"0": {"element": "set", "value": [1]}},
        {"0": {"element": "as-set"}},
        {"0": {"element": "as-set", "value": [0]}},
        {"0": {"element": "as-set", "value": [1 << 32]}},
        {"x": {"element": "as-set", "value": [1]}},
        [[[1]]],
        [0],
        ["a"],
    ],
    3: ["::1", 1],
    4: [-1, 1 << 32, True, [1]],
    5: [-1, 1 << 32],
    6: [1, "true", [], {}],
    7: ["65000", "0:10.0.0.1", "65000:::1", 5],
    8: [5, [5], [[1]], [[1, 2, 3]], [[65536, 1]], [[1, -1]], ["1:70000"], {}],
    9: ["::1", 5],
    10: [[], "10.0.0.1", ["::1"], [5]],
    16: [5, "target:1:1", ["target:1"], [{"value": -1}], [5]],
    25: [["target:1:1"], [{"value": 1 << 160}]],
    26: [-1, 1 << 64, "0x", []],
    32: [[[1, 2]], [[1, 2, 1 << 32]], ["1:2"], 5],
    35: [-1, 1 << 32, "AS1"],
}


class RestoredTests(SynchronousTestCase):
    def restore(self, code: int, tree: object) -> str:
        restore = KINDS[code].restore
        assert restore is not None, code
        return restore(tree)

    def test_json_becomes_words(self) -> None:
        for code, pairs in RESTORED.items():
            for tree, words in pairs:
                self.assertEqual(self.restore(code, tree), words, f"{code} {tree}")

    def test_json_of_another_shape_is_misspelt(self) -> None:
        for code in RESTORED:
            for tree in (*SHAPELESS, *REFUSED[code]):
                with self.assertRaises(Misspelt, msg=f"{code} {tree}"):
                    self.restore(code, tree)

    def test_no_attribute_that_can_be_written_is_without(self) -> None:
        self.assertEqual([kind.word for kind in KINDS.values() if kind.read is not None and kind.restore is None], [])

    def test_an_attribute_of_any_code_needs_code_and_flags(self) -> None:
        self.assertEqual(unknown.restore(0x63, 0xE0, "0xdeadbeef"), "[ 0x63 0xE0 0xDEADBEEF ]")
        self.assertEqual(unknown.restore(0x63, 0xE0, "0x"), "[ 0x63 0xE0 0x ]")
        for code, flags, tree in (
            (256, 0, "0x"),
            (-1, 0, "0x"),
            (1, 256, "0x"),
            (1, 0, "de"),
            (1, 0, "0xd"),
            (1, 0, 5),
        ):
            self.assertRaises(Misspelt, unknown.restore, code, flags, tree)
