"""What may stand at the cursor."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.settings.completion import complete
from bgptwist.settings.schema import CAPABILITY, NEIGHBOR, ROOT, Former, Keyword
from bgptwist.settings.section import names

FILE = """\
process watch { run /bin/cat; }
process speak { run /bin/cat; }
template { neighbor up { hold-time 30; } neighbor down { } }
neighbor 10.0.0.1 {
    %s
}
"""


def at(inside: str) -> list[str]:
    """What may stand at the `|` inside a neighbor."""
    text = FILE % inside
    return complete(text.replace("|", ""), text.index("|"))


class CompletionTests(SynchronousTestCase):
    def test_outside_are_the_sections(self) -> None:
        self.assertEqual(complete("", 0), ["healthcheck", "include", "neighbor", "plugin", "process", "template"])
        self.assertEqual(complete("nei", 3), ["neighbor"])
        self.assertEqual(complete("neighbor 10.0.0.1 { } pro", 25), ["process"])

    def test_in_a_section_are_its_words_without_former_ones(self) -> None:
        found = at("|")
        self.assertEqual(found, sorted((*names(NEIGHBOR), "include")))
        old = {word for word, record in NEIGHBOR.contents.items() if isinstance(record, Former)}
        self.assertEqual(old.intersection(found), set())
        self.assertEqual(at("local-|"), ["local-address", "local-as", "local-link-local"])
        self.assertEqual(at("capability { gr|"), ["graceful-restart"])

    def test_every_keyword_is_offered_in_its_section(self) -> None:
        for word, record in CAPABILITY.contents.items():
            if isinstance(record, Keyword):
                self.assertIn(word, at(f"capability {{ {word[:2]}|"))

    def test_values_of_a_few_words(self) -> None:
        self.assertEqual(at("passive |"), ["false", "true"])
        self.assertEqual(at("passive t|;"), ["true"])
        self.assertEqual(at("local-as |"), ["auto"])
        self.assertEqual(at("capability { add-path s|"), ["send", "send/receive"])
        self.assertEqual(at("capability { role |"), ["customer", "peer", "provider", "rs", "rs-client"])
        self.assertEqual(complete("process a { encoder ", 20), ["json", "text"])
        self.assertEqual(complete("process a { encoder json ", 25), ["3.4", "4", "5", "6", "6-as-4"])
        self.assertEqual(at("hold-time |"), [])
        self.assertEqual(at("passive true |"), [])

    def test_families(self) -> None:
        self.assertIn("unicast", at("family { ipv4 |"))
        self.assertEqual(at("family { IPV4 unic|"), ["unicast"])
        self.assertEqual(at("family { ipv4 unicast |"), [])
        self.assertEqual(at("nexthop { ipv4 |"), ["mpls-vpn", "multicast", "nlri-mpls", "unicast"])
        self.assertEqual(at("nexthop { ipv4 unicast |"), ["ipv4", "ipv6"])
        self.assertEqual(at("add-path { ipv4 unicast |"), ["limit"])
        self.assertIn("vpls", at("announce { l2vpn { |"))

    def test_names_of_helpers_and_templates(self) -> None:
        self.assertEqual(at("inherit |"), ["down", "up"])
        self.assertEqual(at("inherit [ u|"), ["up"])
        self.assertEqual(at("api { processes [ watch, |"), ["speak", "watch"])

    def test_routes(self) -> None:
        self.assertEqual(at("static { |"), ["attribute", "attributes", "include", "route", "sr-policy"])
        self.assertEqual(at("static { route |"), [])
        self.assertEqual(at("static { route 10.0.0.0/8 local-p|"), ["local-preference"])
        self.assertEqual(at("static { route 10.0.0.0/8 next-hop |"), ["self"])
        self.assertNotIn("next-hop", at("static { route 10.0.0.0/8 next-hop self |"))
        self.assertIn("med", at("static { route 10.0.0.0/8 next-hop self |"))
        self.assertEqual(at("static { route 10.0.0.0/8 origin |"), ["egp", "igp", "incomplete"])
        self.assertIn("no-export", at("static { route 10.0.0.0/8 community [ 1:1 no-|"))
        self.assertIn("med", at("static { route 10.0.0.0/8 community [ 1:1 ] |"))
        self.assertEqual(at("static { route 10.0.0.0/8 { next-hop |"), ["self"])
        self.assertIn("origin", at("static { route 10.0.0.0/8 { med 5; |"))
        self.assertIn("nlri", at("static { attributes med 5 |"))
        self.assertIn("med", at("announce { ipv4 { unicast 10.0.0.0/8 |"))

    def test_rules(self) -> None:
        self.assertIn("match", at("flow { route a { |"))
        self.assertIn("source-port", at("flow { route a { match { sou|"))
        self.assertIn("tcp", at("flow { route a { match { protocol |"))
        self.assertIn("udp", at("flow { route a { match { protocol [ tcp |"))
        self.assertIn("rate-limit", at("flow { route a { then { ra|"))
        self.assertEqual(at("flow { route a { scope { |"), ["interface-set"])
        self.assertIn("discard", at("flow { route source 10.0.0.0/8 di|"))
        self.assertIn("endpoint", at("l2vpn { vpls a { |"))

    def test_operational(self) -> None:
        self.assertEqual(at("operational { asm |"), ["advisory", "afi", "safi"])
        self.assertIn("ipv4", at("operational { asm afi |"))
        self.assertIn("unicast", at("operational { asm afi ipv4 safi |"))
        self.assertEqual(at("operational { asm afi ipv4 safi unicast |"), ["advisory"])

    def test_nothing_in_comments_and_quotes_and_unknown_sections(self) -> None:
        for inside in ("# pa|", 'description "pa|', "description pa|", "nowhere { pa|", "nowhere |", "hold-time { a|"):
            self.assertEqual(at(inside), [], inside)

    def test_the_rest_of_the_file_may_be_broken(self) -> None:
        self.assertEqual(complete("} ; neighbor 10.0.0.1 { passi", 29), ["passive"])

    @given(st.lists(st.sampled_from((*names(ROOT), *names(NEIGHBOR), *"{};[]\"'\\#\n ", "ipv4", "route")), max_size=20))
    def test_any_text_has_completions(self, words: list[str]) -> None:
        text = " ".join(words)
        for cursor in (0, len(text) // 2, len(text)):
            self.assertIsInstance(complete(text, cursor), list)
