"""SR policies in route statements, as ExaBGP has them."""

import json

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.grammar import render
from bgptwist.grammar.lexer import Misplaced, Source, Statement, statements
from bgptwist.grammar.route import RouteReader
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.kinds import LAYOUT_6, SendContext
from bgptwist.wire.messages import update
from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.route import Route

NLRI = "distinguisher 1 color 100 endpoint 10.0.0.50"
FRONT = f"{NLRI} next-hop 10.0.0.9"
LIST = "segment-list weight 1 segment type-a mpls 16001"


def one(text: str, afi: str = "ipv4") -> Route:
    [route] = RouteReader().family_route(afi, "sr-policy", text).routes
    return route


def encap(route: Route) -> str:
    """The words of TUNNEL_ENCAP."""
    return next(value.words() for value in route.path.attributes() if value.code == 23)


def sent(route: Route) -> str:
    context = SendContext({family.index: family for family in FAMILIES}, external=False, layout=LAYOUT_6)
    [message] = update.announce(context, route.family, route.path, route.next_hop, [route.nlri])
    return message[19:].hex()


def statement(text: str) -> Statement:
    found = next(statements(Source("test", text)))
    assert isinstance(found, Statement)
    return found


class StatementTests(SynchronousTestCase):
    def test_a46_of_the_reference(self) -> None:
        text = (
            f"sr-policy {FRONT} preference 150 binding-sid mpls 24000 segment-list weight 1 "
            "segment type-a mpls 16001 segment type-a mpls 16002;"
        )
        [route] = RouteReader().policy_statement(statement(text)).routes
        self.assertEqual(
            sent(route),
            "0000005a4001010040020040050400000064c01730000f002c0c060000000000960d06100005dc0100800019000906000000000001"
            "0106000003e810000106000003e82100800e16000149040a000009006000000001000000640a000032",
        )

    def test_the_family_of_a_static_policy_is_that_of_its_endpoint(self) -> None:
        text = f"sr-policy distinguisher 0 color 1 endpoint 2001:db8::1 next-hop 2001:db8::2 {LIST};"
        [route] = RouteReader().policy_statement(statement(text)).routes
        self.assertEqual(route.family.name, "ipv6 sr-policy")

    def test_words_of_the_policy_stand_in_any_order_and_are_sent_so(self) -> None:
        route = one(f"{FRONT} {LIST} preference 5 community 65000:1 priority 3 med 7")
        self.assertEqual(encap(route), f"( sr-policy ( {LIST} preference 5 priority 3 ) )")
        self.assertEqual([value.code for value in route.path.attributes()], [4, 8, 23])

    def test_next_hop_may_stand_anywhere(self) -> None:
        self.assertEqual(one(f"{NLRI} preference 5 next-hop 10.0.0.9 {LIST}"), one(f"{FRONT} preference 5 {LIST}"))

    def test_rendered_statements_give_the_same_route(self) -> None:
        for words in (
            f"preference 5 {LIST}",
            f"{LIST} policy-name x {LIST} candidate-path-name y",
            "binding-sid null srv6-binding-sid fc00::1 enlp 4",
            "unknown-subtlv-77 0x0102 community no-advertise",
        ):
            route = one(f"{FRONT} {words}")
            again = one(render.statement(route))
            self.assertEqual(
                (again.family, again.nlri, again.path, again.next_hop),
                (route.family, route.nlri, route.path, route.next_hop),
            )

    def test_a_policy_may_be_given_as_tunnel_encap(self) -> None:
        self.assertEqual(
            one(f"{FRONT} tunnel-encap ( sr-policy ( preference 5 {LIST} ) )").path,
            one(f"{FRONT} preference 5 {LIST}").path,
        )
        with self.assertRaises(Misspelt) as caught:
            one(f"{FRONT} preference 5 tunnel-encap ( sr-policy ( ) )")
        self.assertIn("twice", str(caught.exception))

    def test_names_in_quotes(self) -> None:
        plain = one(f'{FRONT} policy-name "my-policy" candidate-path-name "primary"')
        self.assertEqual(encap(plain), "( sr-policy ( policy-name my-policy candidate-path-name primary ) )")
        blanks = one(f'{FRONT} policy-name "my own policy" preference 5')
        value = next(value for value in blanks.path.attributes() if value.code == 23)
        self.assertEqual(json.loads(value.json()), {"sr-policy": {"policy-name": "my own policy", "preference": 5}})
        text = f'sr-policy {FRONT} policy-name "my own policy" preference 5;'
        [route] = RouteReader().policy_statement(statement(text)).routes
        self.assertEqual(route.path, blanks.path)

    def test_quotes_must_be_closed(self) -> None:
        for text in (f'{FRONT} policy-name "my policy', f'{FRONT} policy-name "', f"{FRONT} policy-name"):
            with self.assertRaises(Misspelt):
                one(text)

    def test_withdrawals_need_no_policy(self) -> None:
        [route] = RouteReader().family_route("ipv4", "sr-policy", NLRI, withdraw=True).routes
        self.assertEqual(route.path.octets, b"")

    def test_path_identifiers(self) -> None:
        route = one(f"{FRONT} path-information 7 preference 5")
        self.assertTrue(route.family.path_id)
        self.assertEqual(route.nlri[:4], b"\0\0\0\7")

    def test_equal_words_share_a_path(self) -> None:
        reader = RouteReader()
        first, second = (
            reader.family_route(
                "ipv4", "sr-policy", f"distinguisher {n} color 1 endpoint 10.0.0.1 next-hop 10.0.0.9 {LIST}"
            )
            for n in (1, 2)
        )
        self.assertIs(first.routes[0].path, second.routes[0].path)

    def test_wrong_words_are_errors(self) -> None:
        for words, reason in (
            ("unknown 5", "'unknown' is not known"),
            ("preference 4294967296", "4294967296"),
            ("preference 1 preference 2", "twice"),
            ('policy-name "x" policy-name "y"', "twice"),
            ("priority 256", "256"),
            ("segment type-a mpls 5", "'segment' is not known"),
            ("binding-sid 5", "'5'"),
            ("color 5", "'color' is not known"),
            ("unknown-subtlv-12 0x00", "sub-TLV 12"),
            ("unknown-subtlv-300 0x00", "300"),
            ("segment-list segment raw 1 0x00", "segment 1"),
            ("label 5", "'label'"),
        ):
            with self.assertRaises(Misspelt) as caught:
                one(f"{FRONT} {words}")
            self.assertIn(reason, str(caught.exception), words)

    def test_policy_words_are_for_policies(self) -> None:
        reader = RouteReader()
        one(f"{FRONT} preference 5")
        for text in ("10.0.0.0/24 next-hop 10.0.0.9 preference 5", "10.0.0.0/24 next-hop 10.0.0.9 binding-sid null"):
            with self.assertRaises(Misspelt):
                reader.announcement(text)

    def test_errors_of_statements_have_a_place(self) -> None:
        with self.assertRaises(Misplaced) as caught:
            RouteReader().policy_statement(statement(f"sr-policy {FRONT} priority 256;"))
        self.assertEqual(caught.exception.place.column, len(f"sr-policy {FRONT} priority ") + 1)
