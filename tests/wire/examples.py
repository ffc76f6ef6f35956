"""The golden corpus: `tests/corpus/KIND/RECORD.txt`, blocks of three lines that say the same in three spellings.

    octets 0A000001
    words  10.0.0.1
    json   "10.0.0.1"

Blocks are told apart by empty lines; a line that starts with # says what the next block is about.  `octets` may hold
blanks.  The name of a file is made of its record by `name`.
"""

from pathlib import Path

from bgptwist.wire.kinds import Capability, Family, Kind

CORPUS = Path(__file__).resolve().parents[1] / "corpus"

Record = Kind | Family | Capability
Example = tuple[bytes, str, str]


def name(record: Record) -> str:
    """The file of a record below the corpus: `attributes/001-origin.txt`, `families/ipv4-unicast+path.txt`."""
    if isinstance(record, Family):
        return f"families/{record.name.replace(' ', '-')}{'+path' if record.path_id else ''}.txt"
    if isinstance(record, Kind):
        return f"attributes/{record.code:03}-{record.word}.txt"
    return f"capabilities/{record.code:03}-{record.name}.txt"


def parse(text: str) -> list[Example]:
    """The examples of one file."""
    found: list[Example] = []
    block: dict[str, str] = {}
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if line.strip():
            key, _, rest = line.partition(" ")
            block[key] = rest.strip()
        elif block:
            found.append((bytes.fromhex(block["octets"]), block["words"], block["json"]))
            block = {}
    return found


def examples(record: Record) -> list[Example]:
    """The examples of a record, none when it has no file."""
    path = CORPUS / name(record)
    return parse(path.read_text()) if path.exists() else []
