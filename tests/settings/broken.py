"""Wrong configurations: a name, what is put into a sound neighbor (or around it), and the whole error as it is printed.

The texts are what a person reads, so a change of them is seen here.  Many are Appendix B of the reference.
"""

BASE = """\
neighbor 127.0.0.1 {{
	router-id 10.0.0.1;
	local-address 127.0.0.1;
	local-as 65001;
	peer-as 65001;
	family {{ {families} }}
{fragment}
}}
"""
"""The fragment begins in line 7; it has no indentation of its own."""


def neighbor(fragment: str, families: str = "ipv4 unicast;") -> str:
    """A sound neighbor with a fragment in it."""
    return BASE.format(fragment=fragment, families=families)


def static(statement: str, families: str = "ipv4 unicast;") -> str:
    """A sound neighbor with a route in it, which begins at column 10 of line 7."""
    return neighbor(f"static {{ {statement} }}", families)


ROUTE = "route 192.0.2.0/24 next-hop 10.0.0.9"

BROKEN: tuple[tuple[str, str, str], ...] = (
    (
        "a statement without its semicolon",
        neighbor("hold-time 90\ndescription x;"),
        "f:8:1: 'description' is one word too many, expected ';' after '90'",
    ),
    (
        "a description without its semicolon",
        neighbor("description x\nhold-time 90;"),
        "f:7:1: the statement goes on in the next line, expected ';' at the end of the line",
    ),
    (
        "a quote that is not closed",
        neighbor('description "x;'),
        'f:7:13: the quote is not closed in its line, expected another "',
    ),
    (
        "a semicolon missing before a brace",
        neighbor("capability { asn4 }"),
        "f:7:18: the statement is not finished, expected ';' or '{'",
    ),
    (
        "a surplus brace",
        neighbor("}"),
        "f:8:1: this '}' closes nothing, expected a '{' before it",
    ),
    (
        "a semicolon alone",
        neighbor("hold-time 90;;"),
        "f:7:14: there is nothing before this ';', expected a statement",
    ),
    (
        "a semicolon after a brace",
        neighbor("static { };"),
        "f:7:11: there is nothing before this ';', expected a statement",
    ),
    (
        "a trailing word",
        neighbor("hold-time 90 100;"),
        "f:7:14: '100' is one word too many, expected ';' after '90'",
    ),
    (
        "an unknown keyword",
        neighbor("holdtime 90;"),
        "f:7:1: there is no keyword 'holdtime' in 'neighbor', expected 'hold-time'",
    ),
    (
        "an unknown section",
        neighbor("foo { }"),
        "f:7:1: there is no section 'foo' in 'neighbor'",
    ),
    (
        "an unknown word with nothing like it",
        neighbor("xyzzy;"),
        "f:7:1: there is no keyword 'xyzzy' in 'neighbor'",
    ),
    (
        "a keyword as a section",
        neighbor("hold-time { 90; }"),
        "f:7:1: 'hold-time' is no section, expected 'hold-time VALUE;'",
    ),
    (
        "a section as a keyword",
        neighbor("capability asn4;"),
        "f:7:1: 'capability' is a section, expected 'capability {'",
    ),
    (
        "a section with a name it does not have",
        neighbor("capability x { }"),
        "f:7:12: 'x' is one word too many, expected '{'",
    ),
    (
        "a keyword outside",
        "hold-time 90;",
        "f:1:1: there is no keyword 'hold-time' outside of a section, expected 'process' or 'template' or 'neighbor'",
    ),
    (
        "nothing at all",
        "# nothing\n",
        "f:2:1: the file says nothing, expected a section like 'neighbor'",
    ),
    (
        "a section without a name",
        "{ }",
        "f:1:1: a section has no name, expected a word before '{'\n"
        "f:1:1: there is no section '' outside of a section, expected 'process' or 'template' or 'neighbor'",
    ),
    (
        "a group of ExaBGP 3",
        "group x { }",
        "f:1:1: groups are of ExaBGP 3: use 'template' and 'inherit'",
    ),
    (
        "no local-as",
        "neighbor 127.0.0.1 { router-id 1.2.3.4; peer-as 1; }",
        "f:1:1: the neighbor is incomplete: local-as is missing, expected 'local-as NUMBER;'",
    ),
    (
        "no peer-as",
        "neighbor 127.0.0.1 { router-id 1.2.3.4; local-as 1; }",
        "f:1:1: the neighbor is incomplete: peer-as is missing, expected 'peer-as NUMBER;'",
    ),
    (
        "an IPv6 neighbor without router-id",
        "neighbor ::1 { local-as 1; peer-as 1; local-address ::2; }",
        "f:1:1: an IPv6 neighbor needs a router-id, expected 'router-id ADDRESS;'",
    ),
    (
        "no router-id and no local-address",
        "neighbor 127.0.0.1 { local-as 1; peer-as 1; local-address auto; }",
        "f:1:1: a neighbor without an IPv4 local-address needs a router-id, expected 'router-id ADDRESS;'",
    ),
    (
        "addresses of two families",
        "neighbor 2001:db8::1 { local-address 10.0.0.2; router-id 1.1.1.1; local-as 1; peer-as 1; }",
        "f:1:38: 10.0.0.2 and the neighbor 2001:db8::1 are of different families, expected an IPv6 address",
    ),
    (
        "a range that is not passive",
        "neighbor 10.0.0.0/24 { router-id 1.1.1.1; local-as 1; peer-as 1; }",
        "f:1:1: a range of neighbors cannot be connected to, expected 'passive true;'",
    ),
    (
        "a neighbor twice",
        neighbor("") + neighbor(""),
        "f:9:1: neighbor 127.0.0.1 is here twice, first at f:1:1, expected other addresses, AS numbers or router-id",
    ),
    (
        "one port of two neighbors",
        neighbor("listen 1790;") + neighbor("listen 1790; router-id 1.2.3.4;"),
        "f:15:8: port 1790 is for the neighbor 127.0.0.1 at f:1:1, expected another port",
    ),
    (
        "a listener without address",
        "neighbor 10.0.0.1 { router-id 1.1.1.1; local-as 1; peer-as 1; listen 1790; }",
        "f:1:63: the neighbor is incomplete: 'listen' needs a local-address, expected 'local-address ADDRESS;'",
    ),
    (
        "a name that is no address",
        "neighbor router { }",
        "f:1:10: 'router' is no address, expected an address",
    ),
    (
        "a neighbor without a name",
        "neighbor { }",
        "f:1:9: the statement ends too early, expected an address",
    ),
    (
        "a range that is too long",
        "neighbor 10.0.0.0/33 { }",
        "f:1:10: '10.0.0.0/33' is no range of addresses, expected a length from 0 to 32",
    ),
    (
        "a hold time of two seconds",
        neighbor("hold-time 2;"),
        "f:7:11: '2' cannot be read, expected 0, or a number from 3 to 65535",
    ),
    (
        "a hold time that is no number",
        neighbor("hold-time long;"),
        "f:7:11: 'long' cannot be read, expected 0, or a number from 3 to 65535",
    ),
    (
        "a keyword without its value",
        neighbor("hold-time;"),
        "f:7:10: the statement ends too early, expected 0, or a number from 3 to 65535",
    ),
    (
        "a boolean that is none",
        neighbor("passive maybe;"),
        "f:7:9: 'maybe' cannot be read, expected true or false",
    ),
    (
        "a TTL above 255",
        neighbor("outgoing-ttl 256;"),
        "f:7:14: '256' cannot be read, expected a number from 0 to 255, or disable",
    ),
    (
        "a port above 65535",
        neighbor("listen 70000;"),
        "f:7:8: '70000' cannot be read, expected a port from 1 to 65535, or 0 for none",
    ),
    (
        "an AS number above 32 bits",
        neighbor("local-as 4294967296;"),
        "f:7:10: '4294967296' cannot be read, expected an AS number (65000 or 1.10)",
    ),
    (
        "AS_TRANS",
        neighbor("peer-as 23456;"),
        "f:7:9: AS 23456 stands for others and is nobody's (RFC 6793), expected another AS number",
    ),
    (
        "a long AS number without asn4",
        neighbor("local-as 70000; capability { asn4 disable; }"),
        "f:7:10: AS 70000 needs the capability asn4, expected an AS number of at most 65535",
    ),
    (
        "a rate of nothing",
        neighbor("rate-limit 0;"),
        "f:7:12: '0' cannot be read, expected a number of at least 1, or disable",
    ),
    (
        "a host name that starts with a hyphen",
        neighbor("host-name -x;"),
        "f:7:11: '-x' is no host name, expected a name of letters, digits, '.' and '-'",
    ),
    (
        "a host name that is too long",
        neighbor("host-name " + "x" * 256 + ";"),
        "f:7:11: the name is too long, expected at most 255 characters",
    ),
    (
        "seconds to restart beyond twelve bits",
        neighbor("capability { graceful-restart 4096; }"),
        "f:7:31: '4096' cannot be read, expected a number from 0 to 4095, or disable",
    ),
    (
        "add-path in the wrong order",
        neighbor("capability { add-path receive/send; }"),
        "f:7:23: 'receive/send' cannot be read, expected disable, receive, send or send/receive",
    ),
    (
        "a password that is too long",
        neighbor("md5-password " + "x" * 81 + ";"),
        "f:7:14: the md5-password has 81 octets, expected 1 to 80",
    ),
    (
        "an empty password",
        neighbor('md5-password "";'),
        "f:7:14: the password is empty, expected a password of 1 to 80 characters",
    ),
    (
        "a password that is not base64",
        neighbor('md5-password "not base64!"; md5-base64 true;'),
        "f:7:14: the md5-password is not in base64, expected 'md5-base64 false;'",
    ),
    (
        "a family twice",
        neighbor("", "ipv4 unicast; ipv4 unicast;"),
        "f:6:25: 'ipv4 unicast' is here twice, expected each once",
    ),
    (
        "a family there is not",
        neighbor("", "l2vpn unicast;"),
        "f:6:17: family l2vpn unicast is not known, expected mspw, mcast-vpls, vpls, evpn, flow, flow-vpn, tunnel-flow",
    ),
    (
        "an address family there is not",
        neighbor("", "ipv5 unicast;"),
        "f:6:11: there is no keyword 'ipv5' in 'family', expected 'ipv6' or 'ipv4'",
    ),
    (
        "all families and one",
        neighbor("", "ipv4 unicast; all;"),
        "f:6:25: 'all' stands beside families, expected 'all;' alone, or families",
    ),
    (
        "one family and all",
        neighbor("", "all; ipv4 unicast;"),
        "f:6:16: 'all' stands beside families, expected 'all;' alone, or families",
    ),
    (
        "a next hop of no family",
        neighbor("nexthop { ipv4 unicast ipv5; }"),
        "f:7:24: 'ipv5' cannot be read, expected ipv4 or ipv6",
    ),
    (
        "a next hop for a family without",
        neighbor("nexthop { ipv4 flow ipv6; }"),
        "f:7:21: ipv4 flow has no other next hops, expected unicast, multicast, nlri-mpls or mpls-vpn",
    ),
    (
        "a template there is not",
        neighbor("inherit nope;"),
        "f:7:9: there is no template 'nope' before this neighbor, expected a template before this neighbor",
    ),
    (
        "a template that comes later",
        neighbor("inherit [ late ];") + "template { neighbor late { } }",
        "f:7:11: there is no template 'late' before this neighbor, expected a template before this neighbor",
    ),
    (
        "a template twice",
        "template { neighbor t { } neighbor t { } }",
        "f:1:36: template 't' is here twice, expected another name",
    ),
    (
        "a process there is not",
        neighbor("api { processes [ nope ]; }"),
        "f:7:19: there is no process 'nope', expected a 'process' section",
    ),
    (
        "both ways to name processes",
        "process p { run /bin/true; encoder json; }\n" + neighbor('api { processes [ p ]; processes-match [ "^p" ]; }'),
        "f:8:24: a neighbor has both 'processes' and 'processes-match', expected one of them",
    ),
    (
        "a pattern that no process has",
        "process p { run /bin/true; encoder json; }\n" + neighbor('api { processes-match [ "^q" ]; }'),
        "f:8:23: no process has such a name, expected a regular expression for its beginning",
    ),
    (
        "a pattern that is none",
        neighbor('api { processes-match [ "*x" ]; }'),
        "f:7:25: '*x' is no regular expression: nothing to repeat at position 0",
    ),
    (
        "a program there is not",
        "process p { run /nonexistent/prog; encoder json; }",
        "f:1:17: program '/nonexistent/prog' does not exist, expected a program that can be started",
    ),
    (
        "a program that is a folder",
        "process p { run /etc; encoder json; }",
        "f:1:17: program '/etc' is a folder, expected a program that can be started",
    ),
    (
        "a program that is not executable",
        "process p { run /etc/passwd; encoder json; }",
        "f:1:17: program '/etc/passwd' is not executable, expected a program that can be started",
    ),
    (
        "a process without a program",
        "process p { encoder json; }",
        "f:1:1: process 'p' is incomplete, expected 'run PROGRAM;'",
    ),
    (
        "a process twice",
        "process p { run /bin/true; encoder json; }\nprocess p { run /bin/true; encoder json; }",
        "f:2:9: process 'p' is here twice, expected another name",
    ),
    (
        "an encoder there is not",
        "process p { run /bin/true; encoder xml; }",
        "f:1:36: 'xml' cannot be read, expected json or text",
    ),
    (
        "a process without a name",
        "process { run /bin/true; }",
        "f:1:8: the statement ends too early, expected a word",
    ),
    (
        "a route of a family that is not configured",
        static("route 2001:db8::/32 next-hop 2001:db8::1;"),
        "f:7:10: routes of ipv6 unicast cannot be sent to 127.0.0.1, expected 'ipv6 unicast;' in the section 'family'",
    ),
    (
        "an IPv4 route of an IPv6 neighbor",
        static(ROUTE + ";", "ipv6 unicast;"),
        "f:7:10: routes of ipv4 unicast cannot be sent to 127.0.0.1, expected 'ipv4 unicast;' in the section 'family'",
    ),
    (
        "a route with host bits",
        static("route 192.0.2.1/24 next-hop 10.0.0.9;"),
        "f:7:16: '192.0.2.1/24' has host bits set, expected zero bits after /24",
    ),
    (
        "a route without a next hop",
        static("route 192.0.2.0/24 med 5;"),
        "f:7:34: the route has no next hop, expected next-hop ADDRESS or next-hop self",
    ),
    (
        "a route without anything",
        static("route 192.0.2.0/24;"),
        "f:7:28: the route has no next hop, expected next-hop ADDRESS or next-hop self",
    ),
    (
        "a route without a prefix",
        static("route;"),
        "f:7:15: the statement ends too early, expected a prefix",
    ),
    (
        "a block without a next hop",
        static("route 192.0.2.0/24 { med 5; }"),
        "f:7:36: the route has no next hop, expected next-hop ADDRESS or next-hop self",
    ),
    (
        "a wrong value in a block",
        static("route 192.0.2.0/24 {\n\tnext-hop 10.0.0.9;\n\tmed big;\n}"),
        "f:9:6: 'big' cannot be read, expected a number from 0 to 4294967295",
    ),
    (
        "a section in a block",
        static("route 192.0.2.0/24 { next-hop { } }"),
        "f:7:31: there is no section 'next-hop' in a route, expected an attribute",
    ),
    (
        "attributes without prefixes",
        static("attributes next-hop 10.0.0.9 med 5;"),
        "f:7:44: there are no prefixes, expected 'nlri' and prefixes",
    ),
    (
        "attributes with a wrong prefix",
        static("attributes next-hop 10.0.0.9 nlri 192.0.2.0/24 192.0.2.1/24;"),
        "f:7:57: '192.0.2.1/24' has host bits set, expected zero bits after /24",
    ),
    (
        "attributes without a next hop",
        static("attributes med 5 nlri 192.0.2.0/24;"),
        "f:7:27: the routes have no next hop, expected next-hop ADDRESS or next-hop self",
    ),
    (
        "attributes with a block",
        static("attributes { med 5; }"),
        "f:7:21: 'attributes' has no block, expected ';'",
    ),
    (
        "no address of our own",
        static("route 2001:db8::/32 next-hop self;", "ipv6 unicast;"),
        "f:7:39: 'next-hop self' of an IPv6 route has no address of ours on an IPv4 session, expected an IPv6 address",
    ),
    (
        "a next hop that is none",
        static("route 192.0.2.0/24 next-hop nowhere;"),
        "f:7:38: 'nowhere' is not a valid next hop, expected an address or 'self'",
    ),
    (
        "an unknown attribute",
        static(ROUTE + " metric 5;"),
        "f:7:47: 'metric' is not known in a route, expected an attribute",
    ),
    (
        "half a community too big",
        static(ROUTE + " community 65001:70000;"),
        "f:7:57: '65001:70000' is no community, expected a community (65000:1, 0x00010002, no-export)",
    ),
    (
        "nested segments",
        static(ROUTE + " as-path [ 1 ( 2 3 ) ];"),
        "f:7:59: '(' cannot be read, expected an AS number (65000 or 1.10)",
    ),
    (
        "a label of 21 bits",
        static(ROUTE + " label 1048576;"),
        "f:7:53: '1048576' is no label, expected a label from 0 to 1048575, or LABEL/CLASS/BOTTOM",
    ),
    (
        "an empty label stack",
        static(ROUTE + " label [ ];"),
        "f:7:55: the label stack is empty, expected a label from 0 to 1048575, or LABEL/CLASS/BOTTOM",
    ),
    (
        "a split that is too long",
        static(ROUTE + " split /33;"),
        "f:7:53: a prefix length of 33 is too long, expected split /32 at most",
    ),
    (
        "a split into too many",
        static("route 10.0.0.0/8 next-hop 10.0.0.9 split /32;"),
        "f:7:51: 10.0.0.0/8 has more than 65536 parts of /32, expected a shorter length",
    ),
    (
        "an attribute with odd digits",
        static(ROUTE + " attribute [ 0x63 0xc0 0x123 ];"),
        "f:7:69: '0x123' cannot be read, expected the value in hexadecimal (0xDEADBEEF)",
    ),
    (
        "an attribute code above 255",
        static(ROUTE + " attribute [ 0x163 0xc0 0x01 ];"),
        "f:7:59: '0x163' cannot be read, expected a type code (0x63)",
    ),
    (
        "a list that does not end",
        static(ROUTE + " community [ 1:2 ;"),
        "f:7:62: the statement ends too early, expected a community (65000:1, 0x00010002, no-export) or ']'",
    ),
    (
        "a path identifier above 32 bits",
        static(ROUTE + " path-information 4294967296;"),
        "f:7:64: '4294967296' cannot be read, expected a number from 0 to 4294967295 or four numbers like 0.0.0.1",
    ),
    (
        "a reserved watchdog",
        static(ROUTE + " watchdog withdraw;"),
        "f:7:56: 'withdraw' cannot name a watchdog, expected the name of a watchdog",
    ),
    (
        "an IPv6 prefix under ipv4",
        neighbor("announce { ipv4 { unicast 2001:db8::/32 next-hop 2001:db8::1; } }"),
        "f:7:27: '2001:db8::/32' is not a valid prefix, expected a prefix like 10.0.0.0/24",
    ),
    (
        "a block under announce",
        neighbor("announce { ipv4 { unicast 192.0.2.0/24 { next-hop 10.0.0.9; } } }"),
        "f:7:40: a route of 'announce' has no block, expected ';'",
    ),
    (
        "a family that cannot be announced",
        neighbor("announce { ipv4 { mup x; } }", "ipv4 mup;"),
        "f:7:23: 'x' is no type of route, expected one of mup-isd, mup-dsd, mup-t1st, mup-t2st, raw",
    ),
    (
        "a quoted word in a route",
        static('route 192.0.2.0/24 next-hop "10.0.0.9 med 5";'),
        "f:7:38: '10.0.0.9 med 5' is not possible in a route, expected a word without blanks",
    ),
    (
        "a section that is left open",
        neighbor("static { " + ROUTE + ";") + neighbor("hold-time 2;"),
        "f:9:1: there is no section 'neighbor' in 'neighbor', expected '}' before it",
    ),
    (
        "a route with words after its quote",
        static('route "192.0.2.0/24" next-hop 10.0.0.9 name "";'),
        "f:7:54: '' is not possible in a route, expected a word without blanks",
    ),
    (
        "a port of the peer that is none",
        neighbor("connect 0;"),
        "f:7:9: '0' cannot be read, expected a port from 1 to 65535",
    ),
    (
        "a link-local address that is none",
        neighbor("local-link-local 2001:db8::1;"),
        "f:7:18: '2001:db8::1' is not link-local, expected an address of fe80::/10",
    ),
    (
        "addresses for signatures of another family",
        neighbor("md5-ip ::1;"),
        "f:7:8: ::1 and the neighbor 127.0.0.1 are of different families, expected an IPv4 address",
    ),
    (
        "an advisory without a family",
        neighbor('operational { asm afi ipv4 advisory "x"; }'),
        "f:7:40: 'safi' is missing, expected safi and its value",
    ),
    (
        "an operational message of another type",
        neighbor("operational { ssq afi ipv4 safi unicast; }"),
        "f:7:15: there is no keyword 'ssq' in 'operational', "
        "expected 'adm' or 'asm' or 'rpcq' or 'apcq' or 'lpcq' or 'rpcp' or 'apcp' or 'lpcp'",
    ),
    (
        "an advisory that is too long",
        neighbor(f"operational {{ adm afi ipv4 safi unicast advisory {'x' * 2049}; }}"),
        "f:7:50: the advisory has 2049 octets, expected a text of at most 2048 octets",
    ),
    (
        "a sequence number of 33 bits",
        neighbor("operational { rpcq afi ipv4 safi unicast sequence 4294967296; }"),
        "f:7:51: '4294967296' cannot be read, expected a number from 0 to 4294967295",
    ),
    (
        "a role there is not",
        neighbor("capability { role client; }"),
        "f:7:19: 'client' cannot be read, expected provider, rs, rs-client, customer, peer",
    ),
    (
        "a capability of too many octets",
        neighbor(f"capability {{ raw [ 239 0x{'00' * 256} ]; }}"),
        "f:7:24: the capability has 256 octets, expected at most 255 octets",
    ),
    (
        "a capability code above 255",
        neighbor("capability { dynamic [ 1 256 ]; }"),
        "f:7:26: there is no such code, expected a number from 0 to 255",
    ),
    (
        "several errors",
        neighbor("hold-time 2;\npassive maybe;\nstatic { route x next-hop 10.0.0.9; }"),
        "f:7:11: '2' cannot be read, expected 0, or a number from 3 to 65535\n"
        "f:8:9: 'maybe' cannot be read, expected true or false\n"
        "f:9:16: 'x' is not a valid prefix, expected a prefix like 10.0.0.0/24",
    ),
    (
        "a flow of a family that is not agreed",
        neighbor("flow { route { match { source 10.0.0.0/8; } then { discard; } } }"),
        "f:7:8: routes of ipv4 flow cannot be sent to 127.0.0.1, expected 'ipv4 flow;' in the section 'family'",
    ),
    (
        "half a character",
        neighbor('description "\\ud800";'),
        "f:7:14: '\\ud800' is half a character",
    ),
)
"""A name, a configuration named f, and the lines of its error."""
