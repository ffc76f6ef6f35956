"""Coverage-guided fuzzing of every decoder: `python tests/fuzz/fuzz.py --runs 100000 [--seeds FOLDER]`.

The first octet of an input chooses a target, the rest are its octets.  A target decodes, and spells in words and JSON
whatever could be decoded; no exception but Malformed may leave it, JSON must be one line that a reader accepts.  The
inputs begin with the golden corpus and with `tests/corpus/fuzz.txt`, the inputs of past runs that reach something new;
`--keep` writes those of this run there.  Needs atheris (`tox -e fuzz`).
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP))

with atheris.instrument_imports(include=["bgptwist.wire"]):
    from bgptwist.wire.errors import Malformed, Misspelt
    from bgptwist.wire.kinds import ReceiveContext
    from bgptwist.wire.messages import notification, operational, refresh, update
    from bgptwist.wire.messages import open as opens
    from bgptwist.wire.path import PathTable
    from bgptwist.wire.registry import ATTRIBUTES, BY_CODE, BY_INDEX, CAPABILITIES, FAMILIES, KINDS
    from bgptwist.wire.words import Words

from tests.wire.examples import CORPUS, examples  # noqa: E402
from tests.wire.spelling import lex  # noqa: E402

KEPT = CORPUS / "fuzz.txt"
CONTEXTS = (
    ReceiveContext(dict(BY_INDEX)),
    ReceiveContext({index: family.with_path_id for index, family in BY_INDEX.items()}, asn4=False),
    ReceiveContext(dict(BY_INDEX), external=False, aigp=True, mandatory=False),
)
Target = Callable[[bytes], None]


def line(text: str) -> None:
    """JSON must be one printable line."""
    if not (text.isascii() and text.isprintable()):
        raise AssertionError(f"not one line of ASCII: {text!r}")
    json.loads(text)


def updating(context: ReceiveContext) -> Target:
    """UPDATE in one context."""

    def run(octets: bytes) -> None:
        found = update.decode(octets, context, PathTable(context, 8))
        for value in found.path.attributes():
            value.words()
            line(value.json())
        for group in (*found.announced, *found.withdrawn):
            for nlri in group.nlris:
                group.family.words(nlri)
                line(group.family.json(nlri))

    return run


def opening(octets: bytes) -> None:
    for value in opens.decode(octets, BY_CODE).capabilities:
        value.words()
        value.octets()
        line(value.json())


def notifying(octets: bytes) -> None:
    notification.decode(octets).sentence()


def refreshing(octets: bytes) -> None:
    line(refresh.decode(octets).json())


def operating(octets: bytes) -> None:
    line(operational.decode(octets).json())


def attribute(kind: object) -> Target:
    """The value of one attribute; its words are read again."""
    record = next(each for each in ATTRIBUTES if each is kind)

    def run(octets: bytes) -> None:
        value = record.decode(octets)
        line(value.json())
        words = value.words()
        if record.read is not None and record.code != 3:
            cursor = Words(lex(words))
            record.read(cursor)
            if cursor.more:
                raise AssertionError(f"{record.word} {words}")

    return run


def nlri(index: int, path_id: bool) -> Target:
    """The NLRI of one family; words are read again, and JSON becomes the same words."""
    family = BY_INDEX[index].with_path_id if path_id else BY_INDEX[index]

    def run(octets: bytes) -> None:
        for each in family.split(octets, 0, len(octets)):
            words = family.words(each)
            text = family.json(each)
            line(text)
            if family.key is not None:
                family.key(each)
            if family.check is not None:
                family.check(each)
            if family.restore is not None and family.restore(json.loads(text)) != words:
                raise AssertionError(f"{family.name}: {words} / {text}")
            if family.base.read(Words(lex(words))) != each[4 * path_id :]:
                raise AssertionError(f"{family.name}: {words}")

    return run


def targets() -> list[Target]:
    """All targets; the order gives the first octet of an input."""
    found: list[Target] = [updating(context) for context in CONTEXTS]
    found += [opening, notifying, refreshing, operating]
    found += [attribute(KINDS[code]) for code in sorted(KINDS)]
    for index in sorted(BY_INDEX):
        found += [nlri(index, False), nlri(index, True)]
    return found


TARGETS = targets()


def one(octets: bytes) -> None:
    """One input."""
    if not octets:
        return
    try:
        TARGETS[octets[0] % len(TARGETS)](octets[1:])
    except (Malformed, Misspelt) as error:
        if isinstance(error, Misspelt):
            raise AssertionError("what was decoded cannot be written") from error


def kept() -> list[bytes]:
    """The inputs of past runs."""
    return [bytes.fromhex(text) for text in KEPT.read_text().split()] if KEPT.exists() else []


def seeds() -> list[bytes]:
    """Inputs made of the golden corpus."""
    found: list[bytes] = []
    attributes = 7
    families = attributes + len(KINDS)
    for at, code in enumerate(sorted(KINDS)):
        for octets, _, _ in examples(KINDS[code]):
            found.append(bytes((attributes + at,)) + octets)
            flags = bytes((KINDS[code].flags | 0x10, code)) + len(octets).to_bytes(2, "big")
            found.append(b"\0\0\0" + (4 + len(octets)).to_bytes(2, "big") + flags + octets)
    for at, index in enumerate(sorted(BY_INDEX)):
        family = BY_INDEX[index]
        for octets, _, _ in examples(family):
            found.append(bytes((families + 2 * at,)) + octets)
            found.append(bytes((families + 2 * at + 1,)) + b"\0\0\0\1" + octets)
            value = family.header + b"\0\0" + octets
            section = b"\x90\x0e" + len(value).to_bytes(2, "big") + value
            found.append(b"\2\0\0" + len(section).to_bytes(2, "big") + section)
    for record in CAPABILITIES:
        for octets, _, _ in examples(record):
            parameter = bytes((record.code, len(octets) & 0xFF)) + octets[:255]
            body = b"\4\xfd\xe8\0\xb4\1\2\3\4" + bytes((len(parameter) + 2, 2, len(parameter))) + parameter
            found.append(b"\3" + body)
    return found


def collect(folder: Path) -> None:
    """Write the inputs of a folder, the shortest first, as the corpus of the next run."""
    given = {path.read_bytes() for path in folder.iterdir()} - set(seeds())
    listed = sorted(given, key=lambda octets: (len(octets), octets))
    KEPT.write_text("\n".join(octets.hex() for octets in listed if octets) + "\n")
    print(f"{len(listed)} inputs kept in {KEPT.relative_to(TOP)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage-guided fuzzing of every decoder.")
    parser.add_argument("--runs", type=int, default=100_000, help="executions")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; 0: another each time")
    parser.add_argument("--length", type=int, default=512, help="octets of the longest input")
    parser.add_argument("--keep", metavar="FOLDER", help="keep inputs that reach something new in this folder")
    parser.add_argument("--collect", metavar="FOLDER", help="write the inputs of a folder to tests/corpus/fuzz.txt")
    found = parser.parse_args()
    if found.collect:
        collect(Path(found.collect))
        return
    print(
        f"{len(TARGETS)} targets: messages, {len(ATTRIBUTES)} attributes, {len(FAMILIES)} families;"
        f" {len(seeds())} seeds, {len(kept())} inputs kept"
    )
    with TemporaryDirectory() as folder:
        for at, octets in enumerate([*seeds(), *kept()]):
            one(octets)
            Path(folder, f"{at:05}").write_bytes(octets)
        output = [found.keep] if found.keep else []
        atheris.Setup(
            [
                sys.argv[0],
                f"-runs={found.runs}",
                f"-seed={found.seed}",
                f"-max_len={found.length}",
                "-timeout=5",
                "-rss_limit_mb=1024",
                "-print_final_stats=1",
                *output,
                folder,
            ],
            one,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
