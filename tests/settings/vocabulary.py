"""Words of which old and new configurations are made, for texts that mean nothing."""

from bgptwist.settings.migration import FLAGS, OLD_CAPABILITIES, OLD_ROUTE_WORDS, PLURALS
from bgptwist.settings.schema import ROOT, Section


def vocabulary(section: Section) -> set[str]:
    """All words of the schema."""
    found = {section.word}
    for record in section.contents.values():
        found |= vocabulary(record) if isinstance(record, Section) else {record.word}
    return found - {""}


SHAPES = (
    "process p { run /bin/cat ; }",
    "api { processes [ p ] ; }",
    "capability { asn4 ; }",
    "family { minimal ; }",
    "static { route 10.0.0.0/8 next-hop self as-path [ 1 ( 2 ) ] ; }",
    "neighbor 10.0.0.1 {",
    "group g {",
    "receive { updates ; }",
    "} ;",
)

WORDS = (
    *sorted(vocabulary(ROOT)),
    *(*FLAGS, *OLD_CAPABILITIES, *OLD_ROUTE_WORDS, *PLURALS),
    *("10.0.0.0/8", "65001", "true", "refresh", "x", "[", "]", "(", ")", ","),
    *(";", "{", "}", "{ }") * 10,
    *SHAPES * 5,
)
