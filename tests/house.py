"""Checks the sizes and shapes that the house prescribes: `python tests/house.py [FOLDER]` prints what breaks them.

The floors (who may import whom) are contracts of import-linter in `setup.cfg`; this is the rest of
`docs/decisions` and CONTRIBUTING.md that a machine can see.  The status is 1 when anything is wrong.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 60
MODULE_LINES = 600
DEPTH = 4
"""Parts of the longest path: bgptwist/a/b/c.py."""

MODULES = 340
PLUGINS = Path("bgptwist/plugins/__init__.py")
"""The one package file with code, because twisted.plugin wants it so."""
VAGUE = frozenset({"utils", "util", "common", "base", "manager", "misc"})


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def long_functions(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for function in functions(tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield function.lineno, f"{function.name} has {lines} lines, {FUNCTION_LINES} are allowed"


def hidden_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Imports which are not at the top: in a function, or behind type checking."""
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, f"import inside the function {function.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            yield node.lineno, "import hidden behind TYPE_CHECKING"


def vague_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Classes with a word in their name that says nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            words = re.findall(r"[A-Z][a-z0-9]*", node.name)
            if VAGUE.intersection(word.lower() for word in words):
                yield node.lineno, f"{node.name} is a name that says nothing"


def missing_docstring(tree: ast.Module) -> Iterator[tuple[int, str]]:
    if not ast.get_docstring(tree):
        yield 1, "no docstring says what this module is"


def full_init(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Package files hold a docstring only."""
    for node in tree.body[1:]:
        yield node.lineno, "an __init__ holds a docstring only"


def examine(path: Path, name: Path) -> Iterator[str]:
    """What is wrong with one module; `name` is its path as people write it."""
    text = path.read_text()
    tree = ast.parse(text, str(name))
    lines = text.count("\n")
    if lines > MODULE_LINES:
        yield f"{name}: {lines} lines, {MODULE_LINES} are allowed"
    if len(name.parts) > DEPTH:
        yield f"{name}: deeper than bgptwist/a/b/c.py"
    if VAGUE.intersection((name.stem, *name.parts[:-1])):
        yield f"{name}: a name that says nothing"
    checks = [long_functions, hidden_imports, vague_names, missing_docstring]
    if name.name == "__init__.py" and name != PLUGINS:
        checks.append(full_init)
    for check in checks:
        for line, problem in check(tree):
            yield f"{name}:{line}: {problem}"


def problems(folder: Path) -> list[str]:
    """What is wrong with the package in `folder`, one line each."""
    paths = sorted(folder.rglob("*.py"))
    found = [problem for path in paths for problem in examine(path, path.relative_to(folder.parent))]
    if len(paths) > MODULES:
        found.append(f"{folder.name}: {len(paths)} modules, the house has room for {MODULES}")
    return found


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "bgptwist"
    found = problems(folder)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} problems in {len(list(folder.rglob('*.py')))} modules")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
