"""Tests of the size limits: each is seen to refuse something, so that a silent check is not taken for a pass."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests import house

ROOT = Path(__file__).resolve().parents[1]


class HouseTests(SynchronousTestCase):
    """What `tests/house.py` finds in a small package written for the purpose."""

    def found(self, name: str, text: str) -> list[str]:
        """The problems of a package that has one module, `name`, with `text`."""
        folder = Path(self.mktemp()) / "bgptwist"
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return house.problems(folder)

    def test_a_tidy_module_passes(self) -> None:
        self.assertEqual(self.found("wire/octets.py", '"""Octets."""\n\n\ndef f() -> int:\n    return 1\n'), [])

    def test_a_long_function_is_refused(self) -> None:
        body = "    x = 1\n" * 60
        found = self.found("a.py", f'"""A."""\n\n\ndef f() -> None:\n{body}')
        self.assertEqual(found, ["bgptwist/a.py:4: f has 61 lines, 60 are allowed"])

    def test_a_long_module_is_refused(self) -> None:
        found = self.found("a.py", '"""A."""\n' + "x = 1\n" * 600)
        self.assertEqual(found, ["bgptwist/a.py: 601 lines, 600 are allowed"])

    def test_a_deep_module_is_refused(self) -> None:
        self.assertEqual(self.found("a/b/c/d.py", '"""D."""\n'), ["bgptwist/a/b/c/d.py: deeper than bgptwist/a/b/c.py"])

    def test_an_import_inside_a_function_is_refused(self) -> None:
        found = self.found("a.py", '"""A."""\n\n\ndef f() -> None:\n    import os\n')
        self.assertEqual(found, ["bgptwist/a.py:5: import inside the function f"])

    def test_an_import_behind_type_checking_is_refused(self) -> None:
        text = '"""A."""\n\nimport typing\n\nif typing.TYPE_CHECKING:\n    import os\n'
        self.assertEqual(self.found("a.py", text), ["bgptwist/a.py:5: import hidden behind TYPE_CHECKING"])

    def test_a_name_that_says_nothing_is_refused(self) -> None:
        self.assertEqual(self.found("utils.py", '"""U."""\n'), ["bgptwist/utils.py: a name that says nothing"])
        found = self.found("a.py", '"""A."""\n\n\nclass PeerManager:\n    """M."""\n')
        self.assertEqual(found, ["bgptwist/a.py:4: PeerManager is a name that says nothing"])

    def test_the_package_of_plugins_may_extend_its_path(self) -> None:
        self.assertEqual(self.found("plugins/__init__.py", '"""A."""\n\nx = 1\n'), [])

    def test_a_package_file_with_code_is_refused(self) -> None:
        found = self.found("__init__.py", '"""A."""\n\nx = 1\n')
        self.assertEqual(found, ["bgptwist/__init__.py:3: an __init__ holds a docstring only"])


class ToxTests(SynchronousTestCase):
    """What `.ci/run` runs."""

    def test_every_module_of_functional_tests_is_run(self) -> None:
        text = (ROOT / "tox.ini").read_text()
        for path in (ROOT / "tests" / "functional").glob("test_*.py"):
            self.assertIn(f"tests/functional/{path.name}", text)
