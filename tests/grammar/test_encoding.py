"""From the words of a configuration to octets: the fragments of Appendix A of the reference.

The octets are those that ExaBGP sends: 5.0.15, a development version and `main` agree unless a comment says otherwise.
"""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.rib.outgoing import Outgoing
from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.tools.reflection import Reflection
from bgptwist.wire.framing import HEADER, MARKER, UPDATE
from bgptwist.wire.kinds import SELF
from bgptwist.wire.messages.update import decode
from bgptwist.wire.route import Route
from tests.fakes import RecordingWriter

BASE = """\
neighbor 127.0.0.1 {{
	router-id 10.0.0.1;
	local-address 127.0.0.1;
	local-as 65001;
	peer-as {peer_as};
	family {{ {families} }}
	{fragment}
}}
"""

ROUTE = "route 192.0.2.0/24 next-hop 10.0.0.9"


class Example(NamedTuple):
    """A fragment and the bodies of its UPDATEs; who is not `external` has our AS number."""

    fragment: str
    bodies: tuple[str, ...]
    external: bool = False
    families: str = "ipv4 unicast;"


EXAMPLES: dict[str, Example] = {
    "A1": Example(
        f"static {{ {ROUTE}; }}",
        ("000000144001010040020602010000fde94003040a00000918c00002",),
        external=True,
    ),
    "A2": Example(
        f"static {{ {ROUTE}; }}",
        ("00000015400101004002004003040a0000094005040000006418c00002",),
    ),
    "A3": Example(
        "static { route 198.51.100.7 { next-hop 10.0.0.9; origin incomplete; med 50; local-preference 300; } }",
        ("0000001c400101024002004003040a000009800404000000324005040000012c20c6336407",),
    ),
    "A4": Example(
        "static { route 0.0.0.0/0 next-hop self; }",
        ("00000015400101004002004003047f0000014005040000006400",),
    ),
    "A5": Example(
        f"static {{ {ROUTE} as-path [ 65001 65010 ] ( 65020 65030 ); }}",
        ("000000224001010040021402020000fde90000fdf201020000fdfc0000fe064003040a00000918c00002",),
        external=True,
    ),
    "A6": Example(
        f"static {{ {ROUTE} atomic-aggregate aggregator ( 65010:10.0.0.7 ); }}",
        ("00000023400101004002004003040a00000940050400000064400600c007080000fdf20a00000718c00002",),
    ),
    "A7": Example(
        f"static {{ {ROUTE} community [ 65001:30 no-export blackhole 0x00010002 ]; }}",
        ("00000028400101004002004003040a00000940050400000064c0081000010002fde9001effff029affffff0118c00002",),
    ),
    "A8": Example(
        f"static {{ {ROUTE} large-community [ 65001:2:3 65001:1:1 ]; }}",
        (
            "00000030400101004002004003040a00000940050400000064c020180000fde900000001000000010000fde90000000200000003"
            "18c00002",
        ),
    ),
    "A9": Example(
        f"static {{ {ROUTE} extended-community"
        " [ target:65001:100 origin:10.0.0.1:7 bandwidth:65001:1000000 0x030b000000000064 ]; }",
        (
            "00000038400101004002004003040a00000940050400000064c010200002fde90000006401030a0000010007030b000000000064"
            "4004fde94974240018c00002",
        ),
    ),
    "A11": Example(
        f"static {{ {ROUTE} aigp 0x64; }}",
        ("00000023400101004002004003040a00000940050400000064801a0b01000b000000000000006418c00002",),
    ),
    "A12": Example(
        f"static {{ {ROUTE} attribute [ 0x63 0xc0 0xdeadbeef ]; }}",
        ("0000001c400101004002004003040a00000940050400000064c06304deadbeef18c00002",),
    ),
    "A15": Example(
        f"static {{ {ROUTE} split /26; }}",
        ("00000015400101004002004003040a000009400504000000641ac00002001ac00002401ac00002801ac00002c0",),
    ),
    "A16": Example(
        f"static {{ {ROUTE} med 1; route 198.51.100.0/24 next-hop 10.0.0.9 med 1;"
        " route 203.0.113.0/24 next-hop 10.0.0.9 med 2; }",
        (
            "0000001c400101004002004003040a000009800404000000014005040000006418c0000218c63364",
            "0000001c400101004002004003040a000009800404000000024005040000006418cb0071",
        ),
    ),
    "A17": Example(
        "static { route 2001:db8:1::/48 next-hop 2001:db8::9 med 7; }",
        (
            "00000034400101004002008004040000000740050400000064"
            "800e1c0002011020010db8000000000000000000000009003020010db80001",
        ),
        families="ipv6 unicast;",
    ),
    "A18": Example(
        "nexthop { ipv4 unicast ipv6; } static { route 192.0.2.0/24 next-hop 2001:db8::9; }",
        ("0000002a4001010040020040050400000064800e190001011020010db80000000000000000000000090018c00002",),
        families="ipv4 unicast; ipv6 unicast;",
    ),
    "A19": Example(
        f"capability {{ add-path send/receive; }} static {{ {ROUTE} path-information 10;"
        " route 192.0.2.0/24 next-hop 10.0.0.8 path-information 0.0.0.11; }",
        (
            "00000015400101004002004003040a000009400504000000640000000a18c00002",
            "00000015400101004002004003040a000008400504000000640000000b18c00002",
        ),
    ),
    "A23": Example(
        "announce { ipv4 { unicast 192.0.2.0/24 next-hop 10.0.0.9 community [ 65001:1 ]; } }",
        ("0000001c400101004002004003040a00000940050400000064c00804fde9000118c00002",),
    ),
    "A24": Example(
        "flow { route { match { destination 192.0.2.1/32; protocol [ tcp udp ]; destination-port [ =53 >1023&<2000 ]; }"
        " then { discard; } } }",
        (
            "000000364001010040020040050400000064c010088006000000000000"
            "800e1a0001850000140120c000020103010681110501351203ffd407d0",
        ),
        families="ipv4 flow;",
    ),
    "A25": Example(
        "flow { route { match { source 198.51.100.0/24; tcp-flags [ =syn !ack&rst ]; } then { rate-limit 9600; } } }",
        ("0000002e4001010040020040050400000064c010088006000046160000800e1200018500000c0218c633640901020210c004",),
        families="ipv4 flow;",
    ),
    "A26": Example(
        "flow { route { match { fragment [ is-fragment first-fragment+last-fragment ]; packet-length >=1400; }"
        " then { redirect 65001:99; } } }",
        ("0000002b4001010040020040050400000064c010088008fde900000063800e0f0001850000090a9305780c0002800c",),
        families="ipv4 flow;",
    ),
    "A27": Example(
        "flow { route { match { icmp-type [ echo-request unreachable ]; icmp-code host-unreachable; dscp 46; }"
        " then { mark 8; action sample-terminal; } } }",
        (
            "000000354001010040020040050400000064c0101080070000000000038009000000000008"
            "800e1100018500000b07010881030881010b812e",
        ),
        families="ipv4 flow;",
    ),
    "A28": Example(
        "flow { route { match { destination 192.0.2.0/24; } then { redirect 10.0.0.77; } } }",
        ("0000002b4001010040020040050400000064c010080800000000000000800e0f000185040a00004d00050118c00002",),
        families="ipv4 flow;",
    ),
    "A29": Example(
        "flow { route { match { destination 192.0.2.0/24; } then { redirect-to-nexthop-ietf 10.0.0.77; } } }",
        ("000000274001010040020040050400000064c01008010c0a00004d0000800e0b0001850000050118c00002",),
        families="ipv4 flow;",
    ),
    "A30": Example(
        "flow { route { match { destination 192.0.2.0/24; } then { redirect 200000:5; } } }",
        ("000000274001010040020040050400000064c01008820800030d400005800e0b0001850000050118c00002",),
        families="ipv4 flow;",
    ),
    "A31": Example(
        "flow { route { rd 65001:1; next-hop 10.0.0.77; match { source 198.51.100.0/24; }"
        " then { redirect-to-nexthop; } } }",
        (
            "000000334001010040020040050400000064c010080800000000000000"
            "800e17000186040a00004d000d0000fde9000000010218c63364",
        ),
        families="ipv4 flow-vpn;",
    ),
    "A32": Example(
        "flow { route { match { destination 2001:db8:1::/48; next-header udp; traffic-class 46; flow-label 2013; }"
        " then { discard; } } }",
        (
            "000000354001010040020040050400000064c010088006000000000000"
            "800e1900028500001301300020010db800010381110b812e0d9107dd",
        ),
        families="ipv6 flow;",
    ),
    # 5.0.15 and RFC 8956; the others send the whole address.
    "A33": Example(
        "flow { route { match { destination 2001:db8::/64/32; } then { discard; } } }",
        ("000000294001010040020040050400000064c010088006000000000000800e0d00028500000701402000000000",),
        families="ipv6 flow;",
    ),
    # 5.0.15 and main; the development version does not know packets.
    "A34": Example(
        "flow { route destination 192.0.2.0/24 source-port =123 rate-limit 1000 packets; }",
        ("0000002a4001010040020040050400000064c01008800c0000447a0000800e0e0001850000080118c0000206817b",),
        families="ipv4 flow;",
    ),
    "A35": Example(
        "flow { route { match { destination 192.0.2.0/24; } scope { interface-set transitive:input:65001:9; }"
        " then { discard; } } }",
        ("0000002f4001010040020040050400000064c0101007020000fde940098006000000000000800e0b0001850000050118c00002",),
        families="ipv4 flow;",
    ),
    "A13": Example(
        "static { route 192.0.2.0/24 next-hop 10.0.0.9 bgp-prefix-sid [ 30, [ ( 16000,800 ) ] ]; }",
        ("0000002d400101004002004003040a00000940050400000064c028150100070000000000001e0300080000003e8000032018c00002",),
        families="ipv4 unicast;",
    ),
    "A14": Example(
        "static { route 192.0.2.0/24 next-hop 10.0.0.9 bgp-prefix-sid-srv6 ( l3-service "
        "2001:db8:f::1 0x13 [ 40,24,16,0,0,0 ] ); }",
        (
            "0000003d400101004002004003040a00000940050400000064c028250500220001001e0020010db8000f000000"
            "000000000000010000130001000628181000000018c00002",
        ),
        families="ipv4 unicast;",
    ),
    "A20": Example(
        "static { route 192.0.2.0/24 next-hop 10.0.0.9 label [ 100 200 ]; }",
        ("0000002b400101004002004003040a00000940050400000064800e13000104040a0000090048000640000c81c00002",),
        families="ipv4 nlri-mpls;",
    ),
    "A21": Example(
        "static { route 192.0.2.0/24 { next-hop 10.0.0.9; rd 65001:7; label 100; "
        "extended-community target:65001:7; } }",
        (
            "00000043400101004002004003040a00000940050400000064c010080002fde900000007800e200001800c0000"
            "0000000000000a00000900700006410000fde900000007c00002",
        ),
        families="ipv4 mpls-vpn;",
    ),
    "A22": Example(
        "static { route 2001:db8:1::/48 next-hop 2001:db8::9 route-distinguisher 10.0.0.1:7 label 100; }",
        (
            "000000404001010040020040050400000064800e2f00028018000000000000000020010db80000000000000000"
            "00000009008800064100010a000001000720010db80001",
        ),
        families="ipv6 mpls-vpn;",
    ),
    "A36": Example(
        "l2vpn { vpls s1 { endpoint 3; base 262; offset 1; size 8; rd 65001:3; next-hop 10.0.0.9; "
        "extended-community [ target:65001:3 l2info:19:0:1500:111 ]; } }",
        (
            "000000404001010040020040050400000064c010100002fde900000003800a130005dc006f800e1c001941040a"
            "0000090000110000fde900000003000300010008001061",
        ),
        families="l2vpn vpls;",
    ),
    "A37": Example(
        "announce { ipv4 { mcast-vpn source-ad source 10.9.0.1 group 232.1.1.1 rd 65001:9 next-hop 10.0.0.9; } }",
        (
            "00000035400101004002004003040a00000940050400000064800e1d000105040a0000090005120000fde90000"
            "0009200a09000120e8010101",
        ),
        families="ipv4 mcast-vpn;",
    ),
    "A38": Example(
        "announce { ipv4 { mcast-vpn shared-join rp 10.9.0.2 group 239.1.1.1 rd 65001:9 source-as "
        "65001 next-hop 10.0.0.9; } }",
        (
            "00000039400101004002004003040a00000940050400000064800e21000105040a0000090006160000fde90000"
            "00090000fde9200a09000220ef010101",
        ),
        families="ipv4 mcast-vpn;",
    ),
    "A39": Example(
        "announce { ipv4 { mup mup-isd 10.20.0.0/24 rd 65001:5 next-hop 2001:db8::9 "
        "extended-community target:65001:5 bgp-prefix-sid-srv6 ( l3-service 2001:db8:f::1 0x48 [ "
        "64,24,16,0,0,0 ] ); } }",
        (
            "000000694001010040020040050400000064c010080002fde900000005c028250500220001001e0020010db800"
            "0f0000000000000000000100004800010006401810000000800e250001551020010db800000000000000000000"
            "0009000100010c0000fde900000005180a1400",
        ),
        families="ipv4 mup;",
    ),
    "A40": Example(
        "announce { ipv4 { mup mup-t1st 10.20.0.5/32 rd 65001:5 teid 305419896 qfi 9 endpoint "
        "10.0.0.60 next-hop 10.0.0.9; } }",
        (
            "0000003c400101004002004003040a00000940050400000064800e24000155040a00000900010003170000fde9"
            "00000005200a1400051234567809200a00003c",
        ),
        families="ipv4 mup;",
    ),
    "A41": Example(
        "announce { ipv4 { mup mup-t2st 10.0.0.61 rd 65001:5 teid 305419896/32 next-hop 10.0.0.9 "
        "extended-community mup:10:20; } }",
        (
            "00000041400101004002004003040a00000940050400000064c010080c00000a00000014800e1e000155040a00"
            "000900010004110000fde900000005400a00003d12345678",
        ),
        families="ipv4 mup;",
    ),
    # 5.0.15 and the development version send nothing here; this is what main sends.
    "A45": Example(
        "announce { ipv4 { mpls-vpn 192.0.2.0/24 next-hop 10.0.0.9 label 100 rd 65001:7; } }",
        (
            "00000038400101004002004003040a00000940050400000064800e200001800c00000000000000000a00000900"
            "700006410000fde900000007c00002",
        ),
        families="ipv4 mpls-vpn;",
    ),
    # 5.0.15 and the development version send nothing here; this is what main sends.
    "A46": Example(
        "static { sr-policy distinguisher 1 color 100 endpoint 10.0.0.50 next-hop 10.0.0.9 "
        "preference 150 binding-sid mpls 24000 segment-list weight 1 segment type-a mpls 16001 "
        "segment type-a mpls 16002; }",
        (
            "0000005a4001010040020040050400000064c01730000f002c0c060000000000960d06100005dc010080001900"
            "09060000000000010106000003e810000106000003e82100800e16000149040a00000900600000000100000064"
            "0a000032",
        ),
        families="ipv4 sr-policy;",
    ),
    # 5.0.15 announces nothing here and the development version only the attributes; this is what main sends.
    "A42": Example(
        "static { attributes next-hop 10.0.0.9 med 5 nlri 192.0.2.0/24 198.51.100.0/24; }",
        ("0000001c400101004002004003040a000009800404000000054005040000006418c0000218c63364",),
    ),
    # 5.0.15; the development version sends the routes as unicast and main refuses them.
    "A44": Example(
        "announce { ipv4 { multicast 192.0.2.0/24 next-hop 10.0.0.9; } }",
        ("00000025400101004002004003040a00000940050400000064800e0d000102040a0000090018c00002",),
        families="ipv4 multicast;",
    ),
}
"""By the number in the appendix."""

A10 = f"static {{ {ROUTE} extended-community target:200000:9; }}"

A43 = Example(
    f"capability {{ asn4 disable; }} static {{ {ROUTE} as-path [ 4200000001 65010 ] aggregator 4200000001:10.0.0.7; }}",
    (
        "000000354001010040020602025ba0fdf2c0110a0202fa56ea010000fdf24003040a000009c007065ba00a000007"
        "c01208fa56ea010a00000718c00002",
    ),
    external=True,
)


PREFIXES = st.tuples(st.integers(0, 255), st.integers(0, 3))
"""The third number of a prefix, and a metric."""


def example_of(routes: list[tuple[int, int]], more: str = "") -> Example:
    """Some routes, written in this order."""
    words = [f"route 192.0.{third}.0/24 next-hop 10.0.0.9 med {med};" for third, med in routes]
    return Example(f"{more} static {{ {' '.join(words)} }}", ())


def words(route: Route) -> str:
    """Family and prefix, with a path identifier where there is one."""
    return f"{route.family.name} {route.family.words(route.nlri)}"


class Encoding:
    """What a neighbor with a fragment is sent by a peer that offers the same."""

    def __init__(self, example: Example, generation: int = 5) -> None:
        text = BASE.format(
            peer_as=65002 if example.external else 65001, families=example.families, fragment=example.fragment
        )
        environment = Environment(compat_generation=generation)
        self.problems: list[str] = []
        self.neighbor: NeighborSettings = load_text(text, environment).neighbors[0]
        self.reflection = Reflection(self.neighbor, environment)
        self.messages = self.send()

    def send(self) -> list[bytes]:
        clock = Clock()
        writer = RecordingWriter()
        table = Outgoing(clock, lambda member, reason: self.problems.append(reason))
        table.announce(self.neighbor.routes, 1)
        table.join(1, self.reflection.negotiated.send, writer, ())
        clock.advance(0)
        return writer.written

    @property
    def bodies(self) -> list[str]:
        """The bodies in hexadecimal, in an order that does not depend on who was packed first."""
        return sorted(message[HEADER:].hex() for message in self.messages)

    def received(self) -> list[Route]:
        """The routes as the peer reads them."""
        found: list[Route] = []
        for message in self.messages:
            update = decode(message[HEADER:], self.reflection.receive, self.reflection.paths)
            for reach in update.announced:
                found += [Route(reach.family, nlri, update.path, reach.next_hop) for nlri in reach.nlris]
        return found


class FragmentTests(SynchronousTestCase):
    """Each fragment alone in its neighbor."""

    def test_every_fragment_has_the_octets_of_exabgp_in_both_generations(self) -> None:
        for name, example in EXAMPLES.items():
            for generation in (5, 6):
                found = Encoding(example, generation)
                self.assertEqual(found.bodies, sorted(example.bodies), f"{name} in generation {generation}")
                self.assertEqual(found.problems, [], name)

    def test_a_message_has_a_marker_its_length_and_its_type(self) -> None:
        for name, example in EXAMPLES.items():
            for message in Encoding(example).messages:
                self.assertEqual(message[:HEADER], MARKER + len(message).to_bytes(2, "big") + bytes([UPDATE]), name)

    def test_a_peer_reads_the_routes_that_were_written(self) -> None:
        for name, example in EXAMPLES.items():
            found = Encoding(example)
            own = found.reflection.negotiated.send.next_hop_ipv4
            sent = {words(each): own if each.next_hop == SELF else each.next_hop for each in found.neighbor.routes}
            self.assertEqual({words(each): each.next_hop for each in found.received()}, sent, name)

    def test_a_target_with_a_long_as_number_has_the_type_of_rfc_5668(self) -> None:
        # On purpose: ExaBGP has the type of an IPv4 address there, 0102, and no other speaker reads that as the AS
        # (16 of the reference).  Whoever needs those octets writes `target4`.
        ours = "00000020400101004002004003040a00000940050400000064c01008020200030d40000918c00002"
        theirs = "00000020400101004002004003040a00000940050400000064c01008010200030d40000918c00002"
        for generation in (5, 6):
            self.assertEqual(Encoding(Example(A10, ()), generation).bodies, [ours])
            self.assertEqual(Encoding(Example(A10.replace("target:", "target4:"), ()), generation).bodies, [theirs])

    def test_a_peer_with_short_as_numbers_gets_the_long_ones_right_behind(self) -> None:
        self.assertEqual(Encoding(A43).bodies, list(A43.bodies))

    def test_the_long_as_numbers_are_read_back_from_beside_the_short_ones(self) -> None:
        (route,) = Encoding(A43).received()
        told = {attribute.code: attribute.words() for attribute in route.path.attributes()}
        self.assertEqual((told[2], told[7]), ("[ 4200000001 65010 ]", "4200000001:10.0.0.7"))


class GroupTests(SynchronousTestCase):
    """Routes that share their attributes share UPDATEs, in whatever order they are written."""

    @given(st.lists(PREFIXES, min_size=1, max_size=20, unique_by=lambda route: route[0]))
    def test_there_is_an_update_for_each_set_of_attributes(self, routes: list[tuple[int, int]]) -> None:
        found = Encoding(example_of(routes))
        self.assertEqual(len(found.messages), len({med for _, med in routes}))
        self.assertEqual({route.nlri for route in found.received()}, {bytes((24, 192, 0, at)) for at, _ in routes})

    @given(st.lists(PREFIXES, min_size=1, max_size=20, unique_by=lambda route: route[0]))
    def test_the_order_of_the_file_does_not_matter(self, routes: list[tuple[int, int]]) -> None:
        self.assertEqual(Encoding(example_of(routes)).bodies, Encoding(example_of(sorted(routes))).bodies)

    @given(st.lists(PREFIXES, min_size=1, max_size=20, unique_by=lambda route: route[0]))
    def test_without_grouping_each_route_has_an_update(self, routes: list[tuple[int, int]]) -> None:
        found = Encoding(example_of(routes, "group-updates false;"))
        self.assertEqual(len(found.messages), len(routes))
