"""What trials of typed NLRI have in common."""

import json
from collections.abc import Iterator

from hypothesis import strategies as st

from bgptwist.wire.kinds import Family
from bgptwist.wire.words import Words
from tests.wire.examples import examples
from tests.wire.spelling import lex

ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.just([]), st.just({}), st.just([[]]))


def read(family: Family, text: str) -> bytes:
    """The NLRI of words, all of which must be read."""
    words = Words(lex(text))
    found = family.read(words)
    if words.more:
        raise AssertionError(f"'{words.peek()}' was not read")
    return found


def objects(family: Family) -> Iterator[dict[str, object]]:
    """The JSON objects of all examples."""
    for _, _, text in examples(family):
        yield json.loads(text)


def changed(data: st.DataObject, family: Family) -> object:
    """A JSON object of the family with a member gone or become something else."""
    tree = data.draw(st.sampled_from(list(objects(family))))
    key = data.draw(st.sampled_from(list(tree)))
    if data.draw(st.booleans()):
        return {name: value for name, value in tree.items() if name != key}
    return {**tree, key: data.draw(ODD)}
