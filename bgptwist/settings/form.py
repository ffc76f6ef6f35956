"""What the values of statements look like, for people, editors and the manual: a record for each reader."""

from collections.abc import Callable
from typing import Final

from bgptwist.settings import probe, value
from bgptwist.wire.capabilities.role import NAMES as ROLES
from bgptwist.wire.errors import Misspelt
from bgptwist.wire.messages.operational import usage
from bgptwist.wire.registry import FAMILIES
from bgptwist.wire.words import Words

OFF: Final = ("disable",)
OTHER_OFF: Final = ("disabled", "false", "no")
ALL_OFF: Final = (*OTHER_OFF, "0")


class Form:
    """The form of a value.

    `accepts` says it in words, `examples` are values that are accepted.  `words` are those that may stand there, with
    others for the same in `also`.  `least` and `most` bound a number.  `many`: a list `[ a b ]` is possible.
    """

    def __init__(
        self,
        name: str,
        accepts: str,
        *examples: str,
        words: tuple[str, ...] = (),
        also: tuple[str, ...] = (),
        least: int | None = None,
        most: int | None = None,
        many: bool = False,
    ) -> None:
        self.name = name
        self.accepts = accepts
        self.examples = examples or words
        self.words = words
        self.also = also
        self.least = least
        self.most = most
        self.many = many


TRUTH: Final = ("true", "false")
OTHER_TRUTH: Final = ("enable", "enabled", "yes", "1", "disable", "disabled", "no", "0")
PLAIN_NAME: Final = "letters, digits, `.`, `_` and `-`"

FORMS: Final[dict[object, Form]] = {
    value.boolean: Form(
        "boolean",
        "`true enable enabled yes 1` or `false disable disabled no 0`",
        words=TRUTH,
        also=OTHER_TRUTH,
    ),
    value.boolean_or_auto: Form("boolean or auto", "the same, or `auto`", words=(*TRUTH, "auto"), also=OTHER_TRUTH),
    value.ipv4: Form("ipv4", "an IPv4 address", "192.0.2.1"),
    value.address: Form("address", "an address", "192.0.2.1", "2001:db8::1"),
    value.address_or_auto: Form("address or auto", "an address, or `auto`", "192.0.2.1", "auto", words=("auto",)),
    value.peer: Form(
        "peer",
        "an address, or a range like `10.0.0.0/24`, whose host bits stay as they are written",
        "192.0.2.1",
        "10.0.0.0/24",
    ),
    value.link_local: Form("link local", "an address of fe80::/10", "fe80::1"),
    value.asn_or_auto: Form(
        "asn or auto",
        "0 to 4294967295, or `1.10` for 65546, or `auto`; not 23456",
        "65001",
        "1.10",
        words=("auto",),
        least=0,
        most=0xFFFFFFFF,
    ),
    value.hold_time: Form("hold time", "0, or 3 to 65535 seconds", "180", least=0, most=65535),
    value.port: Form("port", "1 to 65535", "179", least=1, most=65535),
    value.port_or_none: Form("port or none", "1 to 65535; 0 for none", "1790", least=0, most=65535),
    value.ttl: Form("ttl", "0 to 255; `disable` is 0", "255", words=OFF, also=("false",), least=0, most=255),
    value.rate_limit: Form(
        "rate limit", "1 and more; `disable` is none", "100", words=OFF, also=("false",), least=1, most=1 << 31
    ),
    value.range_limit: Form("range limit", "1 to 65535", "1000", least=1, most=65535),
    value.seconds: Form("seconds", "0 to 65535", "60", least=0, most=65535),
    value.prefix_limit: Form(
        "prefix limit",
        "`[AFI SAFI] N [warning PERCENT] [restart SECONDS|never] [warning-only]`, N from 1",
        "1000",
        "ipv4 unicast 1000 warning 80 restart 60",
        words=("warning", "restart", "warning-only"),
        least=1,
        most=0xFFFFFFFF,
    ),
    value.sent_limit: Form(
        "sent limit", "`[AFI SAFI] N`, N from 1", "1000", "ipv6 unicast 10", least=1, most=0xFFFFFFFF
    ),
    value.text: Form("text", "all words up to the `;`", "some text", '"some text"'),
    value.word: Form("word", "one word", "a"),
    value.optional_word: Form("optional word", "one word, which may be empty", "eth0", '""'),
    value.name: Form("name", PLAIN_NAME, "upstream-1"),
    value.names: Form("names", "one name or a list", "a", "[ a b ]", "[ a, b ]", many=True),
    value.patterns: Form(
        "patterns",
        "one regular expression or a list; each is matched at the beginning of a name",
        "^web",
        "[ ^web ^dns ]",
        many=True,
    ),
    value.path: Form("path", "the name of a file, or a pattern like `*.conf`", "peers.conf"),
    value.password: Form("password", "1 to 80 octets, after base64 is decoded", "secret"),
    value.key_id: Form("key id", "0 to 255", "1", least=0, most=255),
    value.key_algorithm: Form("key algorithm", ", ".join(value.KEY_ALGORITHMS), words=value.KEY_ALGORITHMS),
    value.host_name: Form(
        "host name",
        "letters, digits, `.` and `-`, 255 characters at most, a letter or digit at both ends, no `..`",
        "router.example",
    ),
    value.graceful_restart: Form(
        "graceful restart",
        "0 to 4095 seconds, `disable`; 0 is the hold time",
        "120",
        words=OFF,
        also=OTHER_OFF,
        least=0,
        most=4095,
    ),
    value.long_lived: Form(
        "long lived", "1 to 16777215 seconds, `disable`", "3600", words=OFF, also=ALL_OFF, least=1, most=0xFFFFFF
    ),
    value.role: Form("role", ", ".join(f"`{role}`" for role in ROLES), words=ROLES),
    value.labels: Form("labels", "2 to 255, `disable`", "3", words=OFF, also=ALL_OFF, least=2, most=255),
    value.capability_codes: Form(
        "capability codes", "0 to 255, or a list, `enable` or `disable`", "[ 1 64 ]", words=("enable", *OFF), many=True
    ),
    value.capability: Form("capability", "`[ CODE 0xOCTETS ]`, CODE from 1 to 255", "[ 200 0x0102 ]", "[ 200 ]"),
    value.add_path: Form(
        "add path",
        "`disable`, `receive`, `send` or `send/receive`",
        words=("disable", "receive", "send", "send/receive"),
        also=("disabled", "false"),
    ),
    value.arguments: Form(
        "arguments",
        "a program and its arguments up to the `;`; quoted words stay one argument; no shell",
        "/bin/cat -u",
        './helper.py "two words"',
    ),
    value.plugin: Form(
        "plug-in",
        "the dotted name of a class, a name that `bgptwist.plugins` knows, or a file and the name of a class in it",
        "my.package.Failover",
        "failover",
        "./failover.py Failover",
    ),
    value.events: Form(
        "events", "one or a list of these words", "fsm", "[ fsm receive-update ]", words=value.EVENTS, many=True
    ),
    value.option: Form("option", "a name, and any words up to the `;`", "prefix 192.0.2.0/24", "verbose"),
    probe.probe: Form(
        "probe",
        "`tcp HOST:PORT`, `http URL ...`, `dns SERVER NAME ...` or `command PROGRAM ...`",
        "tcp 127.0.0.1:80",
        "http http://127.0.0.1/health expect 200 contains ok",
        "dns 127.0.0.1 www.example A expect 192.0.2.1",
        "command /usr/bin/check web",
    ),
    probe.requirement: Form("requirement", "`all`, `any` or a number", "any", words=("all", "any"), least=1, most=1000),
    probe.duration: Form("duration", "0.1 to 86400 seconds", "5", "0.5", most=probe.LONGEST),
    probe.threshold: Form("threshold", "1 to 1000", "3", least=1, most=1000),
    probe.metric: Form("metric", "0 to 4294967295", "100", least=0, most=0xFFFFFFFF),
    probe.as_path: Form("as path", "one AS number, or a path as in routes", "65001", "[ 65001 65001 ]", many=True),
    probe.community: Form("community list", "one community, or a list", "65001:1", "[ 65001:1 no-export ]", many=True),
    probe.command: Form(
        "command",
        "a program and its arguments up to the `;`; a single text in quotes with blanks in it is for `/bin/sh`",
        "/usr/bin/logger",
        '"logger the state is $STATE"',
    ),
    value.encoder: Form(
        "encoder",
        f"`json` or `text`, and perhaps a version: {', '.join(f'`{version}`' for version in value.VERSIONS)}",
        *value.ENCODERS,
        "json 6",
        words=value.ENCODERS,
    ),
    value.everything: Form("nothing", "nothing stands behind it"),
}


def safis(afi: str) -> tuple[str, ...]:
    """The second words of the families of an AFI."""
    return tuple(family.name.split()[1] for family in FAMILIES if family.name.split()[0] == afi)


def accepts(read: Callable[[Words], object], given: list[str]) -> bool:
    """Whether a reader takes these words, and all of them."""
    words = Words(given)
    try:
        read(words)
    except Misspelt:
        return False
    return not words.more


def form_of(read: Callable[[Words], object]) -> Form:
    """The form that a reader reads; a plain one when nothing is known of it."""
    if isinstance(read, value.NextHopReader):
        words = tuple(safi for safi in safis(read.afi) if accepts(read, [safi, "ipv6"]))
        return Form("family and afi", "`SAFI ipv4` or `SAFI ipv6`", f"{words[0]} ipv6", words=words)
    if isinstance(read, value.AddPathReader):
        words = safis(read.afi)
        limited = "`SAFI` or `SAFI limit N`, N from 1 to 65535"
        return Form("family and limit", limited, words[0], f"{words[0]} limit 4", words=words)
    if isinstance(read, value.FamilyReader):
        return Form("family", "the second word of a family", words=safis(read.afi))
    if isinstance(read, value.OperationalReader):
        return Form("operational", f"`{usage(read.kind)}`")
    name = getattr(read, "__name__", "value").replace("_", " ")
    return FORMS.get(read) or Form(name, name)
