"""`migrate`: every construct of older versions becomes one of today, which loads without a warning."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar.lexer import Source
from bgptwist.grammar.render import statement
from bgptwist.settings.build import load_text
from bgptwist.settings.formatting import formatted
from bgptwist.settings.migration import Migration, migrated, migrated_environment
from bgptwist.settings.model import ConfigurationError, NeighborSettings, Settings
from tests.settings.test_formatting import remarks
from tests.settings.vocabulary import WORDS

BASE = "router-id 10.0.0.1; local-address 10.0.0.1; local-as 65001; peer-as 65002;"


def neighbor(inside: str, number: int = 2) -> str:
    """A neighbor that is complete."""
    return f"neighbor 10.0.0.{number} {{ {BASE} {inside} }}\n"


def processed(inside: str) -> str:
    """A process outside, and a neighbor."""
    return f"process p {{ run /bin/cat; encoder json; }}\n{neighbor(inside)}"


ROUTE = "static { route 10.0.0.0/8 next-hop 10.0.0.9 %s; }"

INSIDE: tuple[tuple[str, str], ...] = (
    ('md5 "some secret";', 'md5-password "some secret";'),
    ("md5 some secret;", 'md5-password "some secret";'),
    ("ttl-security 255;", "incoming-ttl 255;"),
    ("multi-session;", "capability { multi-session enable; }"),
    ("graceful-restart 60;", "capability { graceful-restart 60; }"),
    ("graceful-restart;", "capability { graceful-restart; }"),
    ("route-refresh;", "capability { route-refresh enable; }"),
    ("asn4 disable;", "capability { asn4 disable; }"),
    ("add-path send/receive;", "capability { add-path send/receive; }"),
    ("aigp enable;", "capability { aigp enable; }"),
    ("aigp;", "capability { aigp disable; }"),
    ("operational;", "capability { operational enable; }"),
    ("asn4; capability { aigp; }", "capability { asn4 enable; aigp disable; }"),
    ("capability { aigp enable; } asn4;", "capability { aigp enable; asn4 enable; }"),
    (
        "md5 x; adj-rib-out; manual-eor; passive;",
        "md5-password x; adj-rib-out enable; manual-eor enable; passive enable;",
    ),
    ("capability { route refresh; }", "capability { route-refresh; }"),
    ("capability { route refresh disable; }", "capability { route-refresh disable; }"),
    ("adj-rib-in; adj-rib-out; manual-eor;", "adj-rib-in false; adj-rib-out false; manual-eor false;"),
    ("capability { software-version; }", "capability { software-version false; }"),
    ("capability { link-local-prefer; }", "capability { link-local-prefer false; }"),
    ("family { inet unicast; inet4 flow; inet6 unicast; }", "family { ipv4 unicast; ipv4 flow; ipv6 unicast; }"),
    ("family { ipv4 labeled-unicast; }", "family { ipv4 nlri-mpls; }"),
    ("nexthop { ipv4 labeled-unicast ipv6; }", "nexthop { ipv4 nlri-mpls ipv6; }"),
    ("add-path { ipv4 labeled-unicast limit 5; }", "add-path { ipv4 nlri-mpls limit 5; }"),
    (
        f"family {{ minimal; }} {ROUTE % 'label 5'}",
        f"family {{ ipv4 nlri-mpls; }} {ROUTE % 'label 5'}",
    ),
    (
        "announce { ipv4 { labeled-unicast 10.0.0.0/8 next-hop 10.0.0.9 label 5; } }",
        "announce { ipv4 { nlri-mpls 10.0.0.0/8 next-hop 10.0.0.9 label 5; } }",
    ),
    (ROUTE % "as-sequence [ 1 2 ]", ROUTE % "as-path [ 1 2 ]"),
    (ROUTE % "as-path [ 1 2 ( 3 4 ) 5 ]", ROUTE % "as-path [ 1 2 ] ( 3 4 ) [ 5 ]"),
    (ROUTE % "as-path [ (3 4) ] med 5", ROUTE % "as-path ( 3 4 ) med 5"),
    (ROUTE % "watchdog dog withdrawn", ROUTE % "watchdog dog withdraw"),
    (
        "static { route 10.0.0.0/8 { next-hop 10.0.0.9; as-sequence 7; withdrawn; watchdog dog; } }",
        "static { route 10.0.0.0/8 { next-hop 10.0.0.9; as-path 7; withdraw; watchdog dog; } }",
    ),
    (
        "flow { route { match { source 10.0.0.0/8; fragment [ not-a-fragment ]; } then { discard; } } }",
        "flow { route { match { source 10.0.0.0/8; fragment [ !is-fragment ]; } then { discard; } } }",
    ),
    (
        "flow { route { next-hop 10.0.0.9; match { source 10.0.0.0/8; } then { redirect-next-hop; } } }",
        "flow { route { next-hop 10.0.0.9; match { source 10.0.0.0/8; } then { redirect-to-nexthop; } } }",
    ),
    (
        "l2vpn { vpls route-distinguisher 1:1 endpoint 3 base 262 offset 1 size 8 next-hop 10.0.0.9; }",
        "l2vpn { vpls rd 1:1 endpoint 3 base 262 offset 1 size 8 next-hop 10.0.0.9; }",
    ),
)
"""What stands in a neighbor: before and after."""

TYPES = "open; update; notification; keepalive; refresh; operational;"

FILES: tuple[tuple[str, str], ...] = (
    (processed("process p;"), processed("api { processes [ p ]; }")),
    (
        f"process p {{ run /bin/cat; }}\n{neighbor('')}",
        f"process p {{ run /bin/cat; encoder text; }}\n{neighbor('')}",
    ),
    (
        neighbor("process p { run /bin/cat; encoder json; }"),
        processed("api { processes [ p ]; }"),
    ),
    (
        neighbor('process p { run "/bin/cat -u"; parse-routes; }'),
        "process p { run /bin/cat -u; encoder text; }\n"
        + neighbor("api { processes [ p ]; neighbor-changes; receive { parsed; update; } }"),
    ),
    (
        neighbor("process p { run /bin/cat; encoder json; receive-routes; peer-updates; send-packets; }"),
        processed(
            "api { processes [ p ]; receive { parsed; update; refresh; } neighbor-changes;"
            f" send {{ packets; {TYPES} }} }}"
        ),
    ),
    (
        neighbor("process p { run /bin/cat; encoder json; receive { parsed; updates; neighbor-changes; } }"),
        processed("api { processes [ p ]; receive { parsed; update; } neighbor-changes; }"),
    ),
    (
        neighbor("process p { run /bin/cat; encoder json; }")
        + neighbor("process p { run /bin/cat; encoder json; }", 3),
        processed("api { processes [ p ]; }") + neighbor("api { processes [ p ]; }", 3),
    ),
    (
        neighbor("process p { run /bin/cat; encoder json; }")
        + neighbor("process p { run /bin/true; encoder json; }", 3),
        processed("api { processes [ p ]; }")
        + "process p-2 { run /bin/true; encoder json; }\n"
        + neighbor("api { processes [ p-2 ]; }", 3),
    ),
    (
        f"group g {{ process p {{ run /bin/cat; encoder json; }} neighbor 10.0.0.2 {{ {BASE}"
        " process { receive { parsed; update; } send { packets; } } } }",
        "process p { run /bin/cat; encoder json; } template { neighbor g { api { processes [ p ]; } } }"
        f" neighbor 10.0.0.2 {{ inherit g; {BASE} api {{ processes [ p ]; receive {{ parsed; update; }}"
        f" send {{ packets; {TYPES} }} }} }}",
    ),
    (
        "group g { hold-time 30; peer-as 7; local-as 7; router-id 1.1.1.1; neighbor 10.0.0.2 { passive; } }",
        "template { neighbor g { hold-time 30; peer-as 7; local-as 7; router-id 1.1.1.1; } }"
        " neighbor 10.0.0.2 { inherit g; passive enable; }",
    ),
    (
        f"group {{ hold-time 30; neighbor 10.0.0.2 {{ {BASE} hold-time 60; }} neighbor 10.0.0.3 {{ {BASE} }} }}",
        f"neighbor 10.0.0.2 {{ {BASE} hold-time 60; }} neighbor 10.0.0.3 {{ hold-time 30; {BASE} }}",
    ),
    (
        f"group g {{ capability {{ asn4 disable; aigp enable; }} family {{ ipv4 unicast; }} {ROUTE % 'med 1'}"
        f" neighbor 10.0.0.2 {{ {BASE} family {{ ipv4 unicast; ipv6 unicast; }} capability {{ asn4 enable; }} }}"
        f" neighbor 10.0.0.3 {{ {BASE} static {{ route 11.0.0.0/8 next-hop 10.0.0.9; }} }} }}",
        f"template {{ neighbor g {{ capability {{ aigp enable; }} {ROUTE % 'med 1'} }} }}"
        f" neighbor 10.0.0.2 {{ inherit g; {BASE} family {{ ipv4 unicast; ipv6 unicast; }}"
        " capability { asn4 enable; } }"
        f" neighbor 10.0.0.3 {{ inherit g; capability {{ asn4 disable; }} family {{ ipv4 unicast; }} {BASE}"
        " static { route 11.0.0.0/8 next-hop 10.0.0.9; } }",
    ),
    (
        f"template {{ neighbor g {{ hold-time 9; }} }} group g {{ passive true; neighbor 10.0.0.2 {{ {BASE} }} }}",
        "template { neighbor g { hold-time 9; } } template { neighbor g-2 { passive true; } }"
        f" neighbor 10.0.0.2 {{ inherit g-2; {BASE} }}",
    ),
    (
        f"group a {{ process p {{ run /bin/cat; encoder json; }} neighbor 10.0.0.2 {{ {BASE} }} }}",
        "process p { run /bin/cat; encoder json; } template { neighbor a { api { processes [ p ]; } } }"
        f" neighbor 10.0.0.2 {{ inherit a; {BASE} }}",
    ),
    (
        f"neighbor 10.0.0.2 {{ {BASE}\n family {{ ipv4 unicast;\n}}\n",
        f"neighbor 10.0.0.2 {{ {BASE} family {{ ipv4 unicast; }} }}",
    ),
)
"""Whole files: before and after."""


def migrate(text: str) -> Migration:
    return migrated(Source("f", text))


def meaning(settings: Settings) -> tuple[list[object], list[object]]:
    """What counts of settings, whatever the order of routes."""
    return [described(each) for each in settings.neighbors], sorted(settings.helpers, key=lambda each: each.name)


def described(settings: NeighborSettings) -> object:
    routes = sorted(statement(route) for route in settings.routes)
    watched = sorted((each.watchdog, each.held, statement(each.route)) for each in settings.watched)
    fields = (settings.families, settings.capability, settings.api, settings.hold_time, settings.md5_password)
    return settings.name, fields, settings.passive, settings.incoming_ttl, routes, watched


class MigrationTests(SynchronousTestCase):
    maxDiff = None

    def check(self, before: str, after: str) -> Migration:
        """What was written in the old way is what was written in the new one, which loads without a warning."""
        found = migrate(before)
        self.assertEqual(found.text, formatted(Source("f", after)), before)
        self.assertTrue(found.changes, before)
        self.assertEqual(load_text(found.text).warnings, (), before)
        again = migrate(found.text)
        self.assertEqual((again.text, again.changes, again.left), (found.text, [], []), before)
        self.assertEqual(remarks(found.text), remarks(before))
        return found

    def test_what_stands_in_a_neighbor(self) -> None:
        for before, after in INSIDE:
            self.check(neighbor(before), neighbor(after))

    def test_whole_files(self) -> None:
        for before, after in FILES:
            self.check(before, after)

    def test_the_loader_reads_both_the_same(self) -> None:
        different = ("aigp;", "adj-rib-out", "group g { capability", "minimal")
        compared = 0
        for text in (*(neighbor(before) for before, _ in INSIDE), *(before for before, _ in FILES)):
            try:
                old = load_text(text)
            except ConfigurationError:
                continue
            if not any(word in text for word in different):
                self.assertEqual(meaning(load_text(migrate(text).text)), meaning(old), text)
                compared += 1
        self.assertGreater(compared, 20)

    def test_every_change_is_told_with_its_place(self) -> None:
        found = migrate("neighbor 10.0.0.2 {\n  ttl-security 5;\n  family {\n    inet unicast;\n  }\n}\n")
        self.assertEqual(
            [str(note) for note in found.changes],
            ["f:2:3: 'ttl-security' is 'incoming-ttl' now", "f:4:5: 'inet' is 'ipv4' now"],
        )

    def test_what_cannot_be_rewritten_is_left_to_people(self) -> None:
        for text, wanted in (
            ("neighbor 10.0.0.2 { process { receive-routes; } }", "f:1:21: a process without a name"),
            ("neighbor 10.0.0.2 { family { minimal; } }", "f:1:30: 'minimal' is of ExaBGP 3: name the families"),
            (
                neighbor("process p { run /bin/cat; }") + neighbor("", 3),
                "f:1:96: ExaBGP 3 let 'p' speak to every neighbor: name it",
            ),
        ):
            (note,) = migrate(text).left
            self.assertEqual(str(note)[: len(wanted)], wanted)

    def test_a_current_file_is_only_formatted(self) -> None:
        text = processed("api { processes [ p ]; send { packets; } } capability { route-refresh; asn4; } passive;")
        found = migrate(text)
        self.assertEqual((found.text, found.changes, found.left), (formatted(Source("f", text)), [], []))

    def test_comments_are_kept_when_statements_move(self) -> None:
        text = (
            "# a\ngroup g { # b\n  # c\n  hold-time 30; # d\n  # e\n"
            "  capability { # f\n  # g\n asn4 disable; # h\n } # i\n"
            "  # j\n process p { # k\n  # l\n run /bin/cat; # m\n # n\n peer-updates; # o\n"
            " receive { # p\n updates; # q\n"
            " neighbor-changes; # q2\n # r\n } # s\n # t\n } # u\n # v\n multi-session; # w\n"
            f" neighbor 10.0.0.2 {{ # x\n {BASE}\n hold-time 60; # y\n"
            " capability { asn4 enable; # z\n } # 1\n # 2\n } # 3\n"
            " # 4\n} # 5\n# 6\n"
        )
        found = migrate(text)
        self.assertEqual(remarks(found.text), remarks(text), found.text)
        load_text(found.text)

    @given(
        st.lists(st.sampled_from(INSIDE).map(lambda pair: pair[0]), min_size=1, max_size=4),
        st.booleans(),
        st.booleans(),
    )
    def test_any_old_constructs_together_are_rewritten_once(self, parts: list[str], group: bool, own: bool) -> None:
        inside = " # x\n".join(parts)
        text = f"group g {{ {inside} # y\n {neighbor(parts[-1] if own else '')} }}" if group else neighbor(inside)
        found = migrate(text)
        again = migrate(found.text)
        self.assertEqual((again.text, again.changes), (found.text, []), text)
        self.assertEqual(remarks(found.text), remarks(text), text)

    @given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.sampled_from(("group", "neighbor", "")))
    def test_any_words_are_rewritten_or_refused(self, words: str, within: str) -> None:
        text = f"{within} a {{ {words} }}" if within else words
        try:
            found = migrate(text)
        except ConfigurationError:
            return
        self.assertEqual(migrate(found.text).text, found.text)

    def test_an_environment_file(self) -> None:
        text = (
            "# x\n[exabgp.tcp]\n once = true\nport = 179\n[exabgp.log]\nfacility = syslog\npackets = true\n"
            "[exabgp.tcp]\nconnections=3\nonce = no\n[exabgp.api]\nshow_routes_format = v1\n[other.x]\nonce = 1\n"
        )
        found = migrated_environment(Source("f", text))
        self.assertEqual(
            found.text,
            "# x\n[exabgp.tcp]\n attempts = 1\nport = 179\n[exabgp.log]\nfacility = syslog\npackets = true\n"
            "[exabgp.tcp]\nattempts=3\nattempts = 0\n[exabgp.api]\nshow_routes_format = v1\n[other.x]\nonce = 1\n",
        )
        self.assertEqual(str(found.changes[0]), "f:3:1: 'once = true' is 'attempts = 1' now")
        self.assertEqual([str(note) for note in found.left], ["f:6:1: there is no setting 'log.facility' any more"])
