"""`bgptwist configuration ...`: what the language knows, and what can be done with files beyond running them."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from bgptwist.settings.completion import complete
from bgptwist.settings.description import described
from bgptwist.settings.formatting import document, formatted
from bgptwist.settings.mistake import WARNING, picture
from bgptwist.settings.model import ConfigurationError
from bgptwist.tools import difference, explanation, migrate, validate
from bgptwist.wire.errors import Refused

GOOD: Final = 0
WRONG: Final = 1
"""A file is wrong, or is to be rewritten."""
UNREADABLE: Final = 2


def fmt(words: list[str]) -> int:
    """Print files in canonical form, or rewrite them."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration fmt",
        description="Files in their canonical form; what they mean does not change.",
        epilog="The status is 1 when a file is wrong or, with --check, would change, 2 when one cannot be read.",
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("-w", "--write", action="store_true", help="rewrite the files")
    action.add_argument("-c", "--check", action="store_true", help="only name the files that would change")
    parser.add_argument("files", metavar="FILE", nargs="+", help="- for the standard input")
    found = parser.parse_args(words)
    return max(one(name, found) for name in found.files)


def one(name: str, options: argparse.Namespace) -> int:
    """One file in its canonical form; its status."""
    try:
        source = migrate.read(name)
        text = formatted(source)
        for warning in document(source).warnings:
            print(picture(warning, WARNING), file=sys.stderr)
        if options.check:
            if text != source.text:
                print(name)
            return WRONG if text != source.text else GOOD
        if not options.write or name == "-":
            sys.stdout.write(text)
        elif text != source.text:
            migrate.rewrite(name, source.text, text, False)
    except ConfigurationError as error:
        for mistake in error.errors:
            print(picture(mistake), file=sys.stderr)
        return WRONG
    except Refused as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    return GOOD


def show_schema(words: list[str]) -> int:
    """Print the language as JSON."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration show-schema", description="The configuration language as JSON."
    )
    parser.add_argument("section", nargs="?", default="", help="one section, 'neighbor'; all of them unless told")
    found = parser.parse_args(words)
    tree: Any = described()
    if found.section:
        known: dict[str, object] = {}
        for section in sections(tree["root"]):
            known.setdefault(str(section["section"]), section)
        if found.section not in known:
            named = ", ".join(sorted(filter(None, known)))
            print(f"there is no section '{found.section}', there are: {named}", file=sys.stderr)
            return WRONG
        tree = known[found.section]
    print(json.dumps(tree, indent=2))
    return GOOD


def sections(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A section and all that are inside of it, the outer ones first."""
    pending = [tree]
    while pending:
        section = pending.pop(0)
        yield section
        pending += section["sections"]


def completions(words: list[str]) -> int:
    """Print what may stand at a place of a file."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration complete",
        description="The words that may stand at a place, a line each, for editors.",
    )
    parser.add_argument("file", metavar="FILE", help="- for the standard input")
    parser.add_argument("line", metavar="LINE", type=int, help="1 is the first")
    parser.add_argument("column", metavar="COLUMN", type=int, help="1 is before the first character")
    found = parser.parse_args(words)
    try:
        text = migrate.read(found.file).text
    except Refused as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    lines = text.split("\n")
    if not 1 <= found.line <= len(lines):
        parser.error(f"the file has {len(lines)} lines")
    before = lines[: found.line - 1]
    cursor = sum(len(line) + 1 for line in before) + min(max(found.column - 1, 0), len(lines[found.line - 1]))
    for word in complete(text, cursor):
        print(word)
    return GOOD


COMMANDS: Final[dict[str, tuple[Callable[[list[str]], int], str]]] = {
    "validate": (validate.main, "the same as bgptwist validate"),
    "fmt": (fmt, "files in their canonical form"),
    "diff": (difference.main, "what a reload from one file to another would do"),
    "explain": (explanation.main, "what will be announced to whom"),
    "migrate": (migrate.main, "files and commands of older versions in the current spelling"),
    "show-schema": (show_schema, "the language as JSON"),
    "complete": (completions, "what may stand at a place of a file, for editors"),
}


def usage() -> str:
    """What can be done, a line each."""
    lines = ["usage: bgptwist configuration COMMAND ...", ""]
    lines += [f"  {word:<13}{help}" for word, (_, help) in COMMANDS.items()]
    return "\n".join([*lines, "", "bgptwist configuration COMMAND --help tells more."])


def main(words: list[str]) -> int:
    """Run one of the commands; its status."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        helped = words[:1] in (["-h"], ["--help"], ["help"])
        print(usage(), file=sys.stdout if helped else sys.stderr)
        return GOOD if helped else UNREADABLE
    try:
        status = command[0](words[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever reads has seen enough; what is left must not fail again at the end of the process
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    return status
