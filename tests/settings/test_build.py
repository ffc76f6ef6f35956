"""Sound configurations: what each statement means, defaults, inheritance, helpers."""

import os
from pathlib import Path

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from bgptwist.grammar.render import statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.build import load, load_text
from bgptwist.settings.model import (
    ApiSettings,
    CapabilitySettings,
    ConfigurationError,
    DirectionSettings,
    Environment,
    HelperSettings,
    NeighborSettings,
    Settings,
)
from bgptwist.settings.neighbor import USUAL
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.operational import ADM, ASM, RPCQ, Operational
from bgptwist.wire.registry import BY_NAME, family
from bgptwist.wire.values import asn
from tests.settings.broken import neighbor, static

BARE = "neighbor 10.0.0.1 { local-address 10.0.0.2; local-as 1; peer-as 2; }"

WHOLE = """
neighbor 10.0.0.1 {
	description "the whole of it";
	router-id 1.2.3.4;
	local-address 10.0.0.2;
	local-link-local FE80::1;
	local-as 1.10;
	peer-as auto;
	hold-time 0;
	passive;
	listen 1790;
	connect 1791;
	source-interface eth0;
	md5-password 'a secret';
	md5-ip 10.0.0.3;
	outgoing-ttl 2;
	incoming-ttl 254;
	rate-limit 10;
	host-name rtr1.lab-1;
	domain-name lab;
	group-updates false;
	auto-flush disable;
	adj-rib-in no;
	adj-rib-out 0;
	manual-eor yes;
	family { IPv6 Unicast; ipv4 unicast; l2vpn evpn; }
	capability {
		asn4;
		nexthop enable;
		add-path send/receive;
		graceful-restart 120;
		multi-session;
		operational true;
		route-refresh disabled;
		aigp;
		extended-message false;
		software-version enable;
		link-local-nexthop true;
		link-local-prefer true;
		role rs-client;
		role-strict;
		long-lived-graceful-restart 86400;
		outbound-route-filtering receive;
		multiple-labels 3;
		dynamic [ 1 64 ];
		bfd-strict;
		raw [ 239 0x0102 ];
		raw [ 0x80 ];
	}
	nexthop { ipv4 unicast ipv6; }
	add-path { ipv4 unicast; ipv6 unicast limit 4; }
	operational { asm afi ipv4 safi unicast advisory "hello, world"; rpcq afi ipv6 safi unicast sequence 7; }
	api { neighbor-changes; negotiated; fsm true; signal; send { parsed; update; } receive { packets; open; } }
}
"""


def known(afi: str, safi: str) -> Family:
    found = family(afi, safi)
    assert found is not None
    return found


UNICAST4 = known("ipv4", "unicast")
UNICAST6 = known("ipv6", "unicast")


def one(text: str, environment: Environment = Environment()) -> NeighborSettings:  # noqa: B008
    """The only neighbor of a text."""
    (found,) = load_text(text, environment).neighbors
    return found


def routes(settings: NeighborSettings) -> list[str]:
    return [statement(route) for route in settings.routes]


def warnings(settings: Settings) -> tuple[str, ...]:
    """The warnings as lines."""
    return tuple([str(warning) for warning in settings.warnings])


class NeighborTests(SynchronousTestCase):
    def test_a_neighbor_has_defaults(self) -> None:
        wanted = NeighborSettings(
            peer_address="10.0.0.1",
            local_address="10.0.0.2",
            router_id="10.0.0.2",
            local_as=1,
            peer_as=2,
            families=tuple(sorted([BY_NAME[name] for name in USUAL], key=lambda each: each.index)),
        )
        self.assertEqual(one(BARE), wanted)
        self.assertEqual((wanted.hold_time, wanted.connect, wanted.adj_rib_in, wanted.group_updates), (180, 179, 1, 1))

    def test_every_keyword_has_its_value(self) -> None:
        wanted = NeighborSettings(
            peer_address="10.0.0.1",
            local_address="10.0.0.2",
            local_link_local="fe80::1",
            router_id="1.2.3.4",
            local_as=0x1000A,
            peer_as=None,
            description="the whole of it",
            hold_time=0,
            passive=True,
            listen=1790,
            connect=1791,
            source_interface="eth0",
            md5_password=b"a secret",
            md5_ip="10.0.0.3",
            outgoing_ttl=2,
            incoming_ttl=254,
            rate_limit=10,
            host_name="rtr1.lab-1",
            domain_name="lab",
            group_updates=False,
            auto_flush=False,
            adj_rib_in=False,
            adj_rib_out=False,
            manual_eor=True,
            families=(UNICAST4, UNICAST6, known("l2vpn", "evpn")),
            next_hops=((UNICAST4, 2),),
            add_path_families=(UNICAST4, UNICAST6),
            paths_limits=((UNICAST6, 4),),
            operational=(
                Operational(ASM, 1, 1, advisory=b"hello, world"),
                Operational(RPCQ, 2, 1, sequence=7),
            ),
            capability=CapabilitySettings(
                asn4=True,
                next_hop=True,
                add_path=3,
                graceful_restart=120,
                multi_session=True,
                operational=True,
                route_refresh=False,
                aigp=True,
                extended_message=False,
                software_version=True,
                link_local_next_hop=True,
                link_local_prefer=True,
                role=2,
                role_strict=True,
                long_lived=86400,
                orf=1,
                multiple_labels=3,
                dynamic=(1, 64),
                bfd_strict=True,
                others=((239, b"\1\2"), (128, b"")),
            ),
            api=(
                ApiSettings(
                    (),
                    neighbor_changes=True,
                    negotiated=True,
                    fsm=True,
                    signal=True,
                    send=DirectionSettings(frozenset({"update"}), parsed=True),
                    receive=DirectionSettings(frozenset({"open"}), packets=True),
                ),
            ),
        )
        self.assertEqual(one(WHOLE), wanted)

    def test_the_name_is_that_of_exabgp(self) -> None:
        name = "neighbor 10.0.0.1 local-ip 10.0.0.2 local-as 1 peer-as 2 router-id 10.0.0.2 family-allowed in-open"
        self.assertEqual(one(BARE).name, name)
        name = (
            "neighbor 10.0.0.1 local-ip auto local-as auto peer-as auto router-id 1.1.1.1 family-allowed ipv4-unicast"
        )
        text = "neighbor 10.0.0.1 { router-id 1.1.1.1; local-as auto; peer-as auto; family { ipv4 unicast; }"
        self.assertEqual(one(text + "capability { multi-session; } }").name, name)

    def test_the_last_of_two_values_counts(self) -> None:
        self.assertEqual(one(neighbor("hold-time 5; hold-time 6;")).hold_time, 6)

    def test_values_may_be_switched_off(self) -> None:
        settings = one(
            neighbor(
                "outgoing-ttl disable; incoming-ttl false; rate-limit disable; local-address auto;"
                "capability { graceful-restart disable; add-path disable; }"
            )
        )
        self.assertEqual((settings.outgoing_ttl, settings.incoming_ttl, settings.rate_limit), (0, 0, 0))
        self.assertEqual((settings.local_address, settings.capability.graceful_restart), ("", None))

    def test_keywords_alone_mean_what_exabgp_means(self) -> None:
        settings = load_text(
            neighbor(
                "passive; group-updates; adj-rib-in; adj-rib-out; manual-eor; description; source-interface;"
                "md5-base64; capability { software-version; graceful-restart; }"
            )
        )
        (found,) = settings.neighbors
        self.assertEqual((found.passive, found.group_updates), (True, True))
        self.assertEqual((found.adj_rib_in, found.adj_rib_out, found.manual_eor), (False, False, False))
        self.assertEqual((found.capability.software_version, found.capability.graceful_restart), (False, 0))
        self.assertEqual(len(settings.warnings), 4)
        self.assertIn("text:7:25: 'adj-rib-in;' means 'adj-rib-in false;', as in ExaBGP", warnings(settings))

    def test_peer_address_replaces_the_name(self) -> None:
        self.assertEqual(one(neighbor("peer-address 127.0.0.5;")).peer_address, "127.0.0.5")

    def test_a_passive_range_is_a_neighbor(self) -> None:
        settings = one("neighbor 10.0.0.7/24 { router-id 1.1.1.1; local-as 1; peer-as auto; passive true; }")
        self.assertEqual((settings.peer_address, settings.prefix_length), ("10.0.0.7", 24))
        self.assertTrue(settings.name.startswith("neighbor 10.0.0.7/24 local-ip auto"))

    def test_a_range_of_one_is_one_neighbor(self) -> None:
        settings = one("neighbor 10.0.0.7/32 { router-id 1.1.1.1; local-as 1; peer-as 1; }")
        self.assertEqual((settings.peer_address, settings.prefix_length), ("10.0.0.7", None))

    def test_an_ipv6_route_does_not_disturb_ipv4_neighbors(self) -> None:
        settings = one(static("route 2001:db8::/32 next-hop 2001:db8::1;", "ipv6 unicast;"))
        self.assertEqual(settings.prefix_length, None)

    def test_neighbors_of_one_peer_may_differ_in_anything_else(self) -> None:
        texts = [BARE, BARE.replace("local-as 1", "local-as 3"), BARE.replace("}", "router-id 9.9.9.9; }")]
        self.assertEqual(len(load_text("".join(texts)).neighbors), 3)

    def test_route_refresh_needs_the_routes_sent(self) -> None:
        settings = load_text(neighbor("adj-rib-out false; capability { route-refresh; }"))
        self.assertEqual(settings.neighbors[0].adj_rib_out, True)
        self.assertEqual(len(settings.warnings), 1)

    def test_a_password_may_be_in_base64(self) -> None:
        for text, key in (
            ("md5-password c2VjcmV0; md5-base64 true;", b"secret"),
            ("md5-base64 auto; md5-password c2VjcmV0;", b"secret"),
            ("md5-password 'no base64'; md5-base64 auto;", b"no base64"),
            ("md5-password c2VjcmV0;", b"c2VjcmV0"),
        ):
            self.assertEqual(one(neighbor(text)).md5_password, key)

    def test_families_are_sorted_and_repeated_sections_add_up(self) -> None:
        text = neighbor("family { } family { ipv4 unicast; l2vpn vpls; }", "ipv6 flow; ipv4 mpls-vpn;")
        names = [each.name for each in one(text).families]
        self.assertEqual(names, ["ipv4 unicast", "ipv4 mpls-vpn", "ipv6 flow", "l2vpn vpls"])

    def test_an_advisory_about_another_family_is_dropped(self) -> None:
        found = load_text(
            neighbor("operational { adm afi ipv6 safi unicast advisory x; adm afi ipv4 safi unicast advisory y; }")
        )
        self.assertEqual(found.neighbors[0].operational, (Operational(ADM, 1, 1, advisory=b"y"),))
        self.assertEqual(warnings(found), ("text:7:15: ADM is not sent: its family is not in 'family'",))

    def test_capabilities_that_will_not_be_offered_are_worth_a_warning(self) -> None:
        found = load_text(neighbor("capability { long-lived-graceful-restart 60; role peer; }"))
        self.assertEqual(
            warnings(found),
            (
                "text:7:14: long-lived graceful restart is not offered without 'graceful-restart'",
                "text:7:46: a role is told to peers of another AS only",
            ),
        )

    def test_newer_capabilities_can_be_switched_off(self) -> None:
        words = ("long-lived-graceful-restart", "multiple-labels", "dynamic", "outbound-route-filtering", "bfd-strict")
        off = " ".join([f"{word} disable;" for word in words])
        self.assertEqual(load_text(neighbor(f"capability {{ {off} }}")).neighbors[0].capability, CapabilitySettings())
        self.assertEqual(load_text(neighbor("capability { dynamic; }")).neighbors[0].capability.dynamic, ())

    def test_no_family_means_all_that_exabgp_has(self) -> None:
        for families in ("", "all;"):
            self.assertEqual(len(one(neighbor("", families)).families), len(USUAL))

    def test_newer_names_of_families_are_known(self) -> None:
        self.assertEqual(one(neighbor("", "ipv4 labeled-unicast;")).families, (known("ipv4", "nlri-mpls"),))

    def test_add_path_for_all_is_no_limit(self) -> None:
        self.assertEqual(one(neighbor("add-path { all; }")).add_path_families, None)

    def test_a_long_as_number_has_two_spellings(self) -> None:
        self.assertEqual(one(neighbor("local-as 2.3;")).local_as, asn.number("131075"))

    def test_the_environment_gives_defaults(self) -> None:
        settings = one(BARE, Environment(bgp_passive=True, tcp_connect=1790))
        self.assertEqual((settings.passive, settings.connect), (True, 1790))

    def test_a_description_without_quotes_is_kept_whole(self) -> None:
        self.assertEqual(one(neighbor("description hello big world;")).description, "hello big world")


class RoutesTests(SynchronousTestCase):
    def test_all_sections_with_routes_count(self) -> None:
        text = neighbor(
            "static { route 10.0.0.0/24 next-hop 1.1.1.1; }"
            "announce { ipv4 { unicast 10.0.1.0/24 next-hop 1.1.1.1; multicast 10.0.2.0/24 next-hop 1.1.1.1; } }"
            "announce { ipv6 { unicast 2001:db8::/32 next-hop ::1; } } announce { }"
            "static { attributes med 5 next-hop self nlri 10.0.3.0/24 10.0.4.0/24; }",
            "ipv4 unicast; ipv4 multicast; ipv6 unicast;",
        )
        wanted = [
            "10.0.0.0/24 next-hop 1.1.1.1",
            "10.0.3.0/24 next-hop self med 5",
            "10.0.4.0/24 next-hop self med 5",
            "10.0.1.0/24 next-hop 1.1.1.1",
            "10.0.2.0/24 next-hop 1.1.1.1",
            "2001:db8::/32 next-hop ::1",
        ]
        self.assertEqual(routes(one(text)), wanted)

    def test_routes_of_a_watchdog_are_kept_apart(self) -> None:
        text = "route 10.0.0.0/31 next-hop 1.1.1.1 watchdog dog withdraw split /32; route 10.0.1.0/24 next-hop self"
        settings = one(static(text + " { watchdog cat; } route 10.0.2.0/24 next-hop 1.1.1.1 withdraw;"))
        found = [(statement(each.route), each.watchdog, each.held) for each in settings.watched]
        wanted = [
            ("10.0.0.0/32 next-hop 1.1.1.1", "dog", True),
            ("10.0.0.1/32 next-hop 1.1.1.1", "dog", True),
            ("10.0.1.0/24 next-hop self", "cat", False),
        ]
        self.assertEqual(found, wanted)
        self.assertEqual(routes(settings), ["10.0.2.0/24 next-hop 1.1.1.1"])

    def test_self_is_possible_for_ipv4_everywhere_and_ipv6_on_ipv6(self) -> None:
        text = "neighbor ::1 { router-id 1.1.1.1; local-as 1; peer-as 1; static { route 10.0.0.0/24 next-hop self; "
        self.assertEqual(len(one(text + "route 2001:db8::/32 next-hop self; } }").routes), 2)

    def test_a_next_hop_of_the_other_family_is_worth_a_warning(self) -> None:
        text = static("route 10.0.0.0/24 next-hop ::1;")
        (warning,) = warnings(load_text(text))
        self.assertIn("text:7:10: the peer must accept such a next hop, which needs 'nexthop { ipv4 unicast", warning)
        both = load_text(text + neighbor("nexthop { ipv4 unicast ipv6; } peer-as 2;"))
        self.assertEqual(warnings(both), (warning,))

    def test_a_section_that_is_not_closed_is_used(self) -> None:
        text = neighbor("static {\nroute 172.10.0.0/23 { next-hop 192.0.2.1; split /24; }\n}").rstrip()
        settings = load_text(text.replace("}\n}\n", "}\n"))
        self.assertEqual(len(settings.neighbors[0].routes), 2)
        self.assertEqual(len(settings.warnings), 1)

    def test_neighbors_that_inherit_the_same_routes_share_them(self) -> None:
        template = "template { neighbor t { static { route 10.0.0.0/24 next-hop 1.1.1.1; } } }"
        one, two = load_text(template + neighbor("inherit t;") + neighbor("inherit t; peer-as 2;")).neighbors
        self.assertIdentical(one.routes, two.routes)

    def test_a_reader_that_is_kept_gives_the_same_paths_again(self) -> None:
        reader = RouteReader()
        text = static("route 10.0.0.0/24 next-hop 1.1.1.1 med 5;")
        one, two = (load_text(text, routes=reader).neighbors[0].routes[0] for _ in range(2))
        self.assertIdentical(one.path, two.path)


class TemplateTests(SynchronousTestCase):
    TEMPLATE = """template {
	neighbor one {
		hold-time 30;
		local-as auto;
		family { ipv4 unicast; }
		capability { route-refresh; asn4 false; }
		static { route 10.0.1.0/24 next-hop 1.1.1.1; }
		api { neighbor-changes; }
	}
	neighbor two {
		hold-time 40;
		family { ipv4 unicast; ipv4 multicast; }
		static { route 10.0.2.0/24 next-hop 1.1.1.1; }
		api { fsm; }
	}
}
"""

    def test_values_of_a_template_win(self) -> None:
        settings = load_text(self.TEMPLATE + neighbor("inherit one; hold-time 90; capability { asn4; aigp; }"))
        (found,) = settings.neighbors
        self.assertEqual((found.hold_time, found.local_as, found.router_id), (30, None, "10.0.0.1"))
        self.assertEqual(found.capability, CapabilitySettings(asn4=False, route_refresh=True, aigp=True))
        self.assertEqual(
            warnings(settings),
            (
                "text:20:2: template 'one' replaces 'local-as 65001' by 'local-as auto', as in ExaBGP",
                "text:23:14: template 'one' replaces 'hold-time 90' by 'hold-time 30', as in ExaBGP",
                "text:23:41: template 'one' replaces 'asn4' by 'asn4 false', as in ExaBGP",
            ),
        )

    def test_a_later_template_wins_over_an_earlier(self) -> None:
        self.assertEqual(one(self.TEMPLATE + neighbor("inherit [ one two ];")).hold_time, 40)
        self.assertEqual(one(self.TEMPLATE + neighbor("inherit two; inherit one;")).hold_time, 30)
        self.assertEqual(one(self.TEMPLATE + neighbor("inherit [ two, one ];")).hold_time, 30)

    def test_lists_are_appended_in_order(self) -> None:
        text = "inherit [ two one ]; static { route 10.0.0.0/24 next-hop 1.1.1.1; } api { signal; }"
        found = one(self.TEMPLATE + neighbor(text))
        self.assertEqual(routes(found), [f"10.0.{at}.0/24 next-hop 1.1.1.1" for at in (0, 2, 1)])
        self.assertEqual([each.name for each in found.families], ["ipv4 unicast", "ipv4 multicast"])
        self.assertEqual(
            [(each.signal, each.fsm, each.neighbor_changes) for each in found.api], [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
        )

    def test_templates_do_not_leak_into_each_other(self) -> None:
        first, second = load_text(
            self.TEMPLATE + neighbor("inherit [ one two ];") + neighbor("inherit one; peer-as 9;")
        ).neighbors
        self.assertEqual((len(first.routes), len(second.routes)), (2, 1))
        self.assertEqual([each.name for each in second.families], ["ipv4 unicast"])

    def test_a_template_may_inherit_from_one_before_it(self) -> None:
        text = "template { neighbor base { hold-time 30; } neighbor heir { inherit base; passive; } }"
        settings = load_text(text + neighbor("inherit heir;"))
        self.assertEqual((settings.neighbors[0].hold_time, settings.neighbors[0].passive), (30, True))
        self.assertEqual(len(settings.warnings), 1)

    def test_an_unused_template_is_not_checked(self) -> None:
        self.assertEqual(load_text("template { neighbor t { local-as 1; } }").neighbors, ())


class HelperTests(SynchronousTestCase):
    PROCESSES = "process ann { run /bin/cat 'a b' -n [ 1 ]; encoder json; }\nprocess bob { run sh; respawn false; }\n"

    def test_a_process_is_a_helper(self) -> None:
        one, two = load_text(self.PROCESSES).helpers
        self.assertEqual(one, HelperSettings("ann", ("/bin/cat", "a b", "-n", "[", "1", "]"), "json", True))
        self.assertEqual(
            (two.name, two.run[0].rpartition("/")[2], two.encoder, two.respawn), ("bob", "sh", "text", False)
        )
        self.assertTrue(two.run[0].startswith("/"))

    def test_an_encoder_may_have_a_version(self) -> None:
        for text, encoder, version in (
            *(("json 6", "json", "6"), ("text 6", "text", "6"), ("JSON 3.4", "json", "3.4")),
            *(("json 6-as-4", "json", "6-as-4"), ("json", "json", "")),
        ):
            (helper,) = load_text(f"process a {{ run /bin/cat; encoder {text}; }}").helpers
            self.assertEqual((helper.encoder, helper.version), (encoder, version))

    def test_processes_are_attached_by_name(self) -> None:
        (api,) = one(neighbor("api { processes [ ann, bob ]; }") + self.PROCESSES).api
        self.assertEqual(api.processes, ("ann", "bob"))

    def test_processes_are_attached_by_the_beginning_of_their_name(self) -> None:
        for pattern, wanted in (
            ('"^a"', ("ann",)),
            ('[ "b" "x" ]', ("bob",)),
            ('".*"', ("ann", "bob")),
            ("a|b", ("ann", "bob")),
        ):
            (api,) = one(self.PROCESSES + neighbor(f"api {{ processes-match {pattern}; neighbor-changes; }}")).api
            self.assertEqual((api.processes, api.neighbor_changes), (wanted, True))

    def test_several_api_sections_are_kept_apart(self) -> None:
        text = neighbor("api x { processes ann; receive { parsed; update; } } api { processes [ bob ]; }")
        first, second = one(self.PROCESSES + text).api
        self.assertEqual((first.processes, first.receive.parsed), (("ann",), True))
        self.assertEqual((second.processes, second.receive.parsed), (("bob",), False))

    def test_messages_without_a_form_are_worth_a_warning(self) -> None:
        settings = load_text(neighbor("api { receive { update; } send { packets; } }"))
        self.assertEqual(
            warnings(settings),
            (
                "text:7:7: 'receive' without a form like 'parsed' gives no events",
                "text:7:27: 'send' without messages like 'update' gives no events",
            ),
        )


class FileTests(SynchronousTestCase):
    def write(self, text: bytes, name: str = "f.conf") -> str:
        folder = Path(self.mktemp())
        folder.mkdir()
        path = folder / name
        path.write_bytes(text)
        return str(path)

    def test_several_files_are_one_configuration(self) -> None:
        paths = [self.write(BARE.encode()), self.write(neighbor("").encode())]
        self.assertEqual(len(load(paths).neighbors), 2)

    def test_templates_count_in_their_file_alone(self) -> None:
        paths = [self.write(b"template { neighbor t { } }"), self.write(neighbor("inherit t;").encode())]
        self.assertRaises(ConfigurationError, load, paths)

    def test_the_name_of_the_file_is_in_errors(self) -> None:
        path = self.write(b"x;")
        error = self.assertRaises(ConfigurationError, load, [path])
        self.assertTrue(str(error).startswith(f"{path}:1:1: "))
        self.assertEqual(error.errors[0].place, (path, 1, 1))

    def test_other_encodings_are_worth_a_warning(self) -> None:
        path = self.write(b"\xef\xbb\xbf# caf\xe9\r\n" + BARE.encode())
        self.assertEqual(
            warnings(load([path])), (f"{path}:1:1: the file is not in UTF-8; what cannot be read is replaced",)
        )

    def test_programs_beside_the_file_are_found(self) -> None:
        path = self.write(b"process p { run helper.py; encoder json; }")
        helper = Path(path).parent / "helper.py"
        helper.write_text("#!/bin/sh\n")
        helper.chmod(0o755)
        self.assertEqual(load([path]).helpers[0].run, (str(helper.absolute()),))


class CorpusTests(SynchronousTestCase):
    """The configurations of the conformance kit, where there is one."""

    def test_every_configuration_of_the_kit_loads(self) -> None:
        kit = Path(os.environ.get("CONFORMANCE") or Path(__file__).resolve().parents[3] / "shared" / "conformance")
        paths = sorted(kit.rglob("*.conf"))
        if not paths:
            raise SkipTest(f"no conformance kit in {kit}: set CONFORMANCE to its folder")
        for path in paths:
            text = path.read_text().replace("@PLAYER@", "/bin/true").replace("@CASE@", "/")
            settings: Settings = load_text(text, name=str(path))
            self.assertTrue(settings.neighbors or settings.helpers)
