"""What may stand where in a configuration: one table of sections and statements (configuration, 2 to 6).

A new statement is one line here and one field in the model.  The manual's tables are made from these records.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final

from bgptwist.grammar.lexer import Statement
from bgptwist.grammar.route import ALIASES, RouteReader
from bgptwist.settings import probe, value
from bgptwist.settings.model import (
    ApiSettings,
    CapabilitySettings,
    DirectionSettings,
    HealthcheckSettings,
    HelperSettings,
    MasterKey,
    NeighborSettings,
    PluginSettings,
)
from bgptwist.wire.capabilities.role import NAMES as ROLES
from bgptwist.wire.messages.operational import KINDS, usage
from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.route import Announcement
from bgptwist.wire.words import Words

REQUIRED: Final = object()
"""In place of a bare value: the keyword does not stand alone."""


class Keyword:
    """A statement `word VALUE;`.

    `read` makes the value of the words after the keyword; `bare` is the value when there are none.  The value is kept
    under `field`, the name in the model; the last one counts, but `many` are gathered.
    `surprise` is a warning about a bare keyword that does not mean what it seems to.  `required`: the section is
    incomplete without it.
    """

    def __init__(
        self,
        word: str,
        read: Callable[[Words], object],
        help: str,
        *,
        bare: object = REQUIRED,
        field: str = "",
        many: bool = False,
        surprise: str = "",
        required: bool = False,
    ) -> None:
        self.word = word
        self.read = read
        self.help = help
        self.required = required
        self.bare = bare
        self.field = field or word.replace("-", "_")
        self.many = many
        self.surprise = surprise


class Routes:
    """A statement, or a section without statements of its own, that makes routes."""

    def __init__(
        self,
        word: str,
        read: Callable[[RouteReader, Statement], Announcement],
        help: str,
        former: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`former`: words of ExaBGP 3 or 4 that may stand among those of the statement, and what they are today."""
        self.word = word
        self.read = read
        self.help = help
        self.former = former


class Refusal:
    """Something that is known and not possible; `reason` says so."""

    def __init__(self, word: str, reason: str) -> None:
        self.word = word
        self.reason = reason


class Former:
    """A spelling of ExaBGP 3 or 4 that is still read, with a warning: today the statement begins with `now`.

    `section` is where it stands today, '' for where it stood.  `second` is a word that must follow, and goes.
    `secret`: what follows is not to be told.
    """

    def __init__(self, word: str, now: str, section: str = "", second: str = "", *, secret: bool = False) -> None:
        self.word = word
        self.now = now
        self.section = section
        self.second = second
        self.secret = secret

    @property
    def help(self) -> str:
        """What to write today."""
        return f"of ExaBGP 3 and 4: {self.spelt('...')}"

    def spelt(self, rest: str) -> str:
        """The statement of today, with the words after the first."""
        if self.secret:
            rest = "..."
        words = f"{self.now} {rest}".strip()
        return f"'{self.section} {{ {words}; }}'" if self.section else f"'{words};'"


class Section:
    """A section `word NAME { ... }`.

    `name` reads the words before the brace; None when there must be none, `optional` when they may be missing.
    Sections of one kind add up, unless they are kept `apart`.  `model` has the defaults of the keywords.
    `distinct`: nothing may be gathered twice in one section.  `fold`: keywords may be written in capitals.
    `former`: the section is of ExaBGP 3; this says what is written today.
    """

    def __init__(
        self,
        word: str,
        contents: tuple["Keyword | Routes | Refusal | Former | Section", ...],
        help: str,
        *,
        name: Callable[[Words], object] | None = None,
        optional: bool = False,
        apart: bool = False,
        distinct: bool = False,
        fold: bool = False,
        former: str = "",
        model: type | None = None,
    ) -> None:
        self.word = word
        self.contents: Final = {record.word: record for record in contents}
        self.help = help
        self.name = name
        self.optional = optional
        self.apart = apart
        self.distinct = distinct
        self.fold = fold
        self.former = former
        self.model = model

    def default(self, keyword: Keyword) -> Any:
        """What counts when the statement is absent, None if nothing does."""
        if self.model is not None:
            for field in fields(self.model):
                if field.name == keyword.field:
                    return field.default
        return None


def flag(word: str, help: str, *, bare: bool = True, field: str = "") -> Keyword:
    """A statement with a boolean."""
    surprise = "" if bare else f"'{word};' means '{word} false;', as in ExaBGP"
    return Keyword(word, value.boolean, help, bare=bare, field=field, surprise=surprise)


INCLUDE: Final = Keyword("include", value.path, "the statements of a file, or of all that fit a pattern like *.conf")
"""May stand in every section, and outside."""

OLD_AFIS: Final = {"inet": "ipv4", "inet4": "ipv4", "inet6": "ipv6"}

PROCESS: Final = Section(
    "process",
    (
        Keyword("run", value.arguments, "the program and its arguments", required=True),
        Keyword("encoder", value.encoder, "how events are written for it: json or text, and in which version"),
        flag("respawn", "start it again when it ends"),
    ),
    "a helper program",
    name=value.word,
    apart=True,
    model=HelperSettings,
)

PLUGIN: Final = Section(
    "plugin",
    (
        Keyword("use", value.plugin, "what it is in Python", required=True),
        Keyword("neighbor", value.peer, "a neighbor of the file, all when there is none", field="neighbors", many=True),
        Keyword("events", value.events, "what it is told, in place of what it says itself", field="wanted", many=True),
        Keyword("option", value.option, "a name and words that are handed to it", field="options", many=True),
    ),
    "a program in Python inside the daemon",
    name=value.name,
    apart=True,
    model=PluginSettings,
)

HEALTHCHECK: Final = Section(
    "healthcheck",
    (
        Keyword("probe", probe.probe, "what is tried", field="probes", many=True, required=True),
        Keyword("require", probe.requirement, "how many probes must be good: all, any or a number"),
        Keyword("interval", probe.duration, "seconds between two checks"),
        Keyword("fast-interval", probe.duration, "the same while the state is about to change"),
        Keyword("timeout", probe.duration, "seconds that a probe may take"),
        Keyword("rise", probe.threshold, "good checks in a row before it is up"),
        Keyword("fall", probe.threshold, "bad checks in a row before it is down"),
        Keyword("disable", value.path, "while this file exists, it is disabled"),
        Keyword("neighbor", value.peer, "who is told, all when there is none", field="neighbors", many=True),
        Routes("announce", probe.announced, "what is announced when it is up: a route as in the command"),
        flag("withdraw-on-down", "withdraw when down or disabled, whatever else is said of these states"),
        Keyword("up-metric", probe.metric, "MED when up"),
        Keyword("down-metric", probe.metric, "MED when down; without any of down-... the routes are withdrawn"),
        Keyword("disabled-metric", probe.metric, "MED when disabled; without any of disabled-... they are withdrawn"),
        Keyword("increase", probe.metric, "how much more MED the next route has"),
        Keyword("up-as-path", probe.as_path, "AS path when up"),
        Keyword("down-as-path", probe.as_path, "AS path when down"),
        Keyword("disabled-as-path", probe.as_path, "AS path when disabled"),
        Keyword("disabled-community", probe.community, "communities when disabled, and when announced though down"),
        Keyword("execute", probe.command, "a program told of every change, with STATE in its environment", many=True),
    ),
    "a service whose routes are announced while it is well",
    name=value.name,
    apart=True,
    model=HealthcheckSettings,
)

FAMILY: Final = Section(
    "family",
    (
        *(
            Keyword(afi, value.FamilyReader(afi), f"a family of {afi}", field="families", many=True)
            for afi in dict.fromkeys(family.name.split()[0] for family in FAMILIES)
        ),
        Keyword("all", value.everything, "every known family", bare="all", field="families", many=True),
        *(Former(word, now) for word, now in OLD_AFIS.items()),
        Refusal("minimal", "'minimal' is of ExaBGP 3: name the families of the routes"),
    ),
    "the families to negotiate; all of them when there are none",
    distinct=True,
    fold=True,
)

CAPABILITY: Final = Section(
    "capability",
    (
        flag("asn4", "AS numbers of four octets (RFC 6793)"),
        flag("nexthop", "next hops of the other address family (RFC 8950)", field="next_hop"),
        Keyword("add-path", value.add_path, "several paths for a prefix (RFC 7911)"),
        Keyword("graceful-restart", value.graceful_restart, "seconds to restart (RFC 4724)", bare=0),
        flag("multi-session", "a session for each family"),
        flag("operational", "operational messages"),
        flag("route-refresh", "route refresh, plain and enhanced (RFC 2918, RFC 7313)"),
        flag("aigp", "accumulated IGP metric to external peers (RFC 7311)"),
        flag("extended-message", "messages of up to 65535 octets (RFC 8654)"),
        flag("software-version", "tell our software version", bare=False),
        flag("link-local-nexthop", "link-local next hops alone", field="link_local_next_hop"),
        flag("link-local-prefer", "prefer link-local next hops", bare=False),
        Keyword("role", value.role, f"what we are to the peer: {', '.join(ROLES)} (RFC 9234)"),
        flag("role-strict", "refuse a peer that has no role"),
        Keyword(
            "long-lived-graceful-restart",
            value.long_lived,
            "seconds to keep stale routes after graceful restart (RFC 9494)",
            field="long_lived",
        ),
        Keyword(
            "outbound-route-filtering",
            value.add_path,
            "filters of prefixes, which helpers are told of (RFC 5291, RFC 5292)",
            field="orf",
        ),
        Keyword("multiple-labels", value.labels, "how many labels we take for a prefix (RFC 8277)"),
        Keyword(
            "dynamic", value.capability_codes, "codes of capabilities that may change, of which helpers hear", bare=()
        ),
        flag("bfd-strict", "no session without BFD, which others must see to"),
        Keyword("raw", value.capability, "[ CODE 0xOCTETS ], any other capability", field="others", many=True),
        Former("route", "route-refresh", second="refresh"),
    ),
    "what to offer in OPEN",
    model=CapabilitySettings,
)

NEXTHOP: Final = Section(
    "nexthop",
    tuple(
        Keyword(
            afi, value.NextHopReader(afi), f"routes of {afi} with the other next hops", field="next_hops", many=True
        )
        for afi in value.AFIS
    ),
    "families whose next hops may be of the other address family",
    distinct=True,
    fold=True,
)

ADD_PATH: Final = Section(
    "add-path",
    (
        *(
            Keyword(afi, value.AddPathReader(afi), f"a family of {afi}", field="families", many=True)
            for afi in dict.fromkeys(family.name.split()[0] for family in FAMILIES)
        ),
        Keyword("all", value.everything, "every family that can", bare="all", field="families", many=True),
    ),
    "the families with several paths; all that can when there are none",
    distinct=True,
    fold=True,
)


def direction(word: str, help: str) -> Section:
    """A `send` or `receive` section."""
    kinds = ("open", "update", "notification", "keepalive", "refresh", "operational")
    return Section(
        word,
        (
            flag("parsed", "events with the message decoded"),
            flag("packets", "events with the message in hexadecimal"),
            flag("consolidate", "both in one event"),
            *(flag(kind, f"{kind} messages") for kind in kinds),
        ),
        help,
        model=DirectionSettings,
    )


API: Final = Section(
    "api",
    (
        Keyword("processes", value.names, "the helpers of this neighbor"),
        Keyword("processes-match", value.patterns, "the same by regular expressions"),
        flag("neighbor-changes", "when the session goes up and down"),
        flag("negotiated", "what was negotiated"),
        flag("fsm", "every state of the session"),
        flag("signal", "signals to the daemon"),
        direction("send", "the messages we send"),
        direction("receive", "the messages we get"),
    ),
    "which helpers are told what",
    name=value.name,
    optional=True,
    apart=True,
    model=ApiSettings,
)

STATIC: Final = Section(
    "static",
    (
        Routes("route", RouteReader.statement, "a prefix and its attributes"),
        Routes("attributes", RouteReader.statement, "attributes, then 'nlri' and prefixes"),
        Routes("attribute", RouteReader.statement, "the same as attributes"),
        Routes("sr-policy", RouteReader.policy_statement, "an SR policy; the family is that of its endpoint"),
    ),
    "routes; the family follows from the words",
)


class FamilyRoutes:
    """Reads the routes of one AFI."""

    def __init__(self, afi: str) -> None:
        self.afi = afi

    def __call__(self, reader: RouteReader, statement: Statement) -> Announcement:
        return reader.family_statement(self.afi, statement)


def announced(afi: str) -> Section:
    """The section of one AFI inside `announce`."""
    safis = [family.name.split()[1] for family in FAMILIES if family.name.split()[0] == afi]
    return Section(
        afi,
        tuple(Routes(safi, FamilyRoutes(afi), f"a route of {afi} {safi}") for safi in (*safis, *ALIASES)),
        f"routes of {afi}",
    )


AFIS: Final = tuple(dict.fromkeys(family.name.split()[0] for family in FAMILIES))

ANNOUNCE: Final = Section("announce", tuple(announced(afi) for afi in AFIS), "routes by family")

FLOW: Final = Section(
    "flow",
    (
        Routes(
            "route",
            RouteReader.flow_statement,
            "what a rule matches and does: in a block, or in a line",
            (("not-a-fragment", "!is-fragment"),),
        ),
    ),
    "flow rules; the family follows from what they match",
)

L2VPN: Final = Section(
    "l2vpn",
    (Routes("vpls", RouteReader.vpls_statement, "a route of VPLS: in a block with a name, or in a line"),),
    "routes of layer 2",
)

OPERATIONAL: Final = Section(
    "operational",
    tuple(
        Keyword(
            word,
            value.OperationalReader(kind),
            usage(kind),
            field="operational",
            many=True,
        )
        for word, kind in KINDS.items()
    ),
    "OPERATIONAL messages sent at the start of a session",
)

TCP_AO: Final = Section(
    "tcp-ao",
    (
        Keyword("keyid", value.key_id, "the number of the key, for both directions", required=True),
        Keyword(
            "algorithm",
            value.key_algorithm,
            f"how segments are signed: {', '.join(value.KEY_ALGORITHMS)}",
            required=True,
        ),
        Keyword("password", value.password, "the key", required=True),
        flag("base64", "the password is base64"),
    ),
    "sign the connection (RFC 5925), in place of md5-password; Linux 6.7 or later",
    model=MasterKey,
)

NEIGHBOR: Final = Section(
    "neighbor",
    (
        Keyword("description", value.text, "free text", bare=""),
        Keyword("peer-address", value.peer, "the peer, in place of the name of the section"),
        Keyword("router-id", value.ipv4, "our identifier; without it, an IPv4 local-address"),
        Keyword("local-address", value.address_or_auto, "our address, or auto for the kernel's choice"),
        Keyword("local-link-local", value.link_local, "our address on the link, a second next hop"),
        Keyword("local-as", value.asn_or_auto, "our AS number, or auto for the peer's", required=True),
        Keyword("peer-as", value.asn_or_auto, "the peer's AS number, or auto for any", required=True),
        Keyword("hold-time", value.hold_time, "seconds without a message before the session ends; 0 for ever"),
        flag("passive", "never connect"),
        Keyword("listen", value.port_or_none, "a port of our own for this neighbor"),
        Keyword("connect", value.port, "the peer's port"),
        Keyword("source-interface", value.optional_word, "the interface to use", bare=""),
        Keyword("md5-password", value.password, "sign the connection (RFC 2385)"),
        Keyword("md5-base64", value.boolean_or_auto, "the password is base64", bare=False),
        Keyword("md5-ip", value.address, "our address for signatures and outgoing connections"),
        Keyword("outgoing-ttl", value.ttl, "the TTL to send"),
        Keyword("incoming-ttl", value.ttl, "the least TTL to accept (RFC 5082)"),
        Keyword("rate-limit", value.rate_limit, "messages to send in a second"),
        Keyword("range-limit", value.range_limit, "how many peers of a range there may be at a time"),
        Keyword("range-idle", value.seconds, "seconds for which a peer of a range is remembered after its session"),
        Keyword(
            "maximum-prefix", value.prefix_limit, "routes to hold; one more ends the session (RFC 4486)", many=True
        ),
        Keyword("maximum-prefix-out", value.sent_limit, "routes to send; the others wait", many=True),
        Keyword("host-name", value.host_name, "tell our host name"),
        Keyword("domain-name", value.host_name, "tell our domain name, with a host name"),
        flag("group-updates", "routes with the same attributes share messages"),
        flag("auto-flush", "no effect"),
        flag("adj-rib-in", "keep the routes received", bare=False),
        flag("adj-rib-out", "keep the routes sent", bare=False),
        flag("manual-eor", "helpers send End-of-RIB", bare=False),
        Keyword("inherit", value.names, "templates, whose values override those here", many=True),
        FAMILY,
        CAPABILITY,
        NEXTHOP,
        ADD_PATH,
        API,
        STATIC,
        ANNOUNCE,
        FLOW,
        L2VPN,
        OPERATIONAL,
        TCP_AO,
        Former("ttl-security", "incoming-ttl"),
        Former("md5", "md5-password", secret=True),
        Former("process", "processes", "api"),
        Former("asn4", "asn4", "capability"),
        Former("graceful-restart", "graceful-restart", "capability"),
        Former("multi-session", "multi-session", "capability"),
        Former("route-refresh", "route-refresh", "capability"),
    ),
    "a peer, or a range of peers",
    name=value.peer,
    apart=True,
    model=NeighborSettings,
)

TEMPLATE: Final = Section(
    "template",
    (
        Section(
            "neighbor",
            tuple(NEIGHBOR.contents.values()),
            "what neighbors may inherit",
            name=value.name,
            apart=True,
            model=NeighborSettings,
        ),
    ),
    "parts of neighbors",
)

GROUP: Final = Section(
    "group",
    (*NEIGHBOR.contents.values(), NEIGHBOR),
    "neighbors that share what stands beside them; values of a neighbor win",
    name=value.name,
    optional=True,
    apart=True,
    former="'template { neighbor NAME { ... } }' and 'inherit NAME;' in the neighbors",
)

ROOT: Final = Section(
    "",
    (PROCESS, PLUGIN, HEALTHCHECK, TEMPLATE, NEIGHBOR, GROUP),
    "a configuration file",
)
