"""Checks what the manual says against what there is: `python tests/manual.py` prints what is wrong, one line each.

Links must lead to files and headings, paths in code must exist, commands in examples must be commands of the installed
programs with options that their help names, and environments of tox must be defined.  The status is 1 when anything is
wrong.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PAGES = ("*.md", "docs/**/*.md", "changes/README.md", "etc/**/*.md", "benchmarks/**/*.md")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
OURS = re.compile(r"(?:bgptwist|tests|docs|changes|benchmarks|twisted/plugins|etc/bgptwist)/[\w./*-]*|\.ci/run")
WORD = re.compile(r"[a-z][a-z-]*")


def anchors(path: Path) -> set[str]:
    """The names that links may give to the headings of a page."""
    headings = re.findall(r"^#+\s+(.+?)\s*$", path.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path, line: str) -> Iterator[str]:
    for target in LINK.findall(line):
        name, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (page.parent / name).resolve() if name else page
        if not path.exists():
            yield f"no file {name}"
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            yield f"no heading {anchor} in {path.relative_to(TOP)}"


def missing_paths(line: str) -> Iterator[str]:
    for code in CODE.findall(line):
        if OURS.fullmatch(code) and not any(TOP.glob(code.rstrip("/"))):
            yield f"no file {code}"


@cache
def help_of(*words: str) -> str:
    """What an installed program says of itself; '' when it fails."""
    program = Path(sys.executable).parent / words[0]
    if not program.exists():
        return ""
    run = subprocess.run([program, *words[1:], "--help"], capture_output=True, text=True, check=False, timeout=60)
    return run.stdout + run.stderr if run.returncode == 0 else ""


def wrong_command(words: list[str]) -> Iterator[str]:
    """What is wrong with one line `bgptwist ...`: a subcommand, or an option after it, that the help does not name."""
    asked = ["bgptwist"]
    if len(words) > 1 and WORD.fullmatch(words[1]):
        if not re.search(rf"^\s+{words[1]}\b", help_of("bgptwist"), re.M):
            yield f"no command bgptwist {words[1]}"
            return
        asked.append(words[1])
        if len(words) > 2 and re.search(rf"^\s+{re.escape(words[2])}\b", help_of(*asked), re.M):
            asked.append(words[2])
    for word in words[len(asked) :]:
        option = word.partition("=")[0]
        if option.startswith("--") and len(option) > 2 and option not in re.findall(r"--[\w-]+", help_of(*asked)):
            yield f"no option {option} of {' '.join(asked)}"


@cache
def environments() -> frozenset[str]:
    """The environments of tox, those named like Python versions aside."""
    parser = ConfigParser(interpolation=None)
    parser.read(TOP / "tox.ini")
    names = set(re.split(r"[,\s]+", parser["tox"]["env_list"]))
    for section in parser.sections():
        if found := re.fullmatch(r"testenv:([\w-]+?)(?:\{([\w,]+)\})?", section):
            names |= {found[1] + factor for factor in (found[2] or "").split(",")}
    return frozenset(names)


def wrong_example(line: str) -> Iterator[str]:
    """What is wrong with one line of an example."""
    try:
        words = shlex.split(line.strip().removeprefix("$ "), comments=True)
    except ValueError:
        return
    if words[:1] == ["bgptwist"]:
        yield from wrong_command(words)
    if words[:1] == ["tox"] and "-e" in words:
        for name in words[words.index("-e") + 1].split(","):
            if name not in environments() and not re.fullmatch(r"py3\d+", name):
                yield f"no environment {name} of tox"


def problems(page: Path) -> Iterator[str]:
    """What is wrong with one page."""
    fenced = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        found = wrong_example(line) if fenced else (*broken_links(page, line), *missing_paths(line))
        for problem in found:
            yield f"{page.relative_to(TOP)}:{number}: {problem}"


def main() -> int:
    pages = sorted({page for pattern in PAGES for page in TOP.glob(pattern)})
    found = [problem for page in pages for problem in problems(page)]
    if subprocess.run([sys.executable, str(TOP / "docs" / "generate.py"), "--check"], check=False).returncode:
        found.append("docs: the tables are not those of the code: python docs/generate.py")
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(found)} problems in {len(pages)} pages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
