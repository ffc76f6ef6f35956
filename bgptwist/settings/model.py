"""What a configuration means: frozen values, compared field by field when a new file is loaded."""

from dataclasses import dataclass, field
from typing import Final

from bgptwist.wire.errors import BgptwistError, Misspelt
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.route import Route


class ConfigurationError(BgptwistError):
    """What is wrong with a configuration or the environment: at least one error, each of which makes one line.

    Errors and warnings about a file are bgptwist.grammar.lexer.Misplaced: they have a `place`.
    """

    def __init__(self, errors: tuple[Misspelt, ...], warnings: tuple[Misspelt, ...] = ()) -> None:
        super().__init__("\n".join([str(error) for error in errors]))
        self.errors = errors
        self.warnings = warnings


@dataclass(frozen=True, slots=True)
class HelperSettings:
    """A `process` section: `run` is an argument list with an absolute program, `encoder` is `json` or `text`.

    `version` is that of the API in which it is spoken to (`3.4` to `6`), '' for that of the environment.
    """

    name: str
    run: tuple[str, ...]
    encoder: str = "text"
    respawn: bool = True
    version: str = ""

    @property
    def reasons(self) -> bool | None:
        """Whether `error: REASON` comes before `error`, as in version 6; None: as the environment says."""
        return self.version == "6" if self.version else None


@dataclass(frozen=True, slots=True)
class DirectionSettings:
    """A `send` or `receive` block: forms, and types (`open update notification keepalive refresh operational`)."""

    types: frozenset[str] = frozenset()
    parsed: bool = False
    packets: bool = False
    consolidate: bool = False


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """One `api` section: the helpers it names and what they are told.

    `processes` are all attached helpers by name, those found by `processes-match` included.
    """

    processes: tuple[str, ...] = ()
    neighbor_changes: bool = False
    negotiated: bool = False
    fsm: bool = False
    signal: bool = False
    send: DirectionSettings = DirectionSettings()
    receive: DirectionSettings = DirectionSettings()

    @property
    def is_of_plugins(self) -> bool:
        """Whether it stands in no file: `plugin` sections give the right to command the neighbor."""
        return bool(self.processes) and all(name.startswith(PLUGIN) for name in self.processes)


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """A `plugin` section: `use` is a dotted name, a name of those in bgptwist.plugins, or something in `file`.

    `file` is an absolute path, '' for none.  `neighbors` are what it may command and hears of, as names of sections
    spell them; none: all.  `wanted` is what it is told, None: what it says itself.  `options` are words for it.
    """

    name: str
    use: str
    file: str = ""
    neighbors: tuple[str, ...] = ()
    wanted: ApiSettings | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def caller(self) -> str:
        """Its name among those of helpers, none of which has a blank."""
        return f"{PLUGIN}{self.name}"


PLUGIN: Final = "plugin "
"""How the names of plug-ins begin where those of helpers stand."""


@dataclass(frozen=True, slots=True)
class CapabilitySettings:
    """The `capability` block.  `add_path`: 0 off, 1 receive, 2 send, 3 both (RFC 7911).

    `graceful_restart`: seconds, 0 to use the hold time, None for off.  `extended_message` None: by compat.generation.
    `next_hop` None: on when a `nexthop` block exists.  `long_lived` is in seconds, None for off; `role` a number of
    RFC 9234; `dynamic` capability codes, None for off; `orf` like `add_path`; `others` are codes with octets.
    """

    asn4: bool = True
    next_hop: bool | None = None
    add_path: int = 0
    graceful_restart: int | None = None
    multi_session: bool = False
    operational: bool = False
    route_refresh: bool = False
    aigp: bool = False
    extended_message: bool | None = None
    software_version: bool = False
    link_local_next_hop: bool = False
    link_local_prefer: bool = False
    role: int | None = None
    role_strict: bool = False
    long_lived: int | None = None
    orf: int = 0
    multiple_labels: int = 0
    dynamic: tuple[int, ...] | None = None
    bfd_strict: bool = False
    others: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The `tcp-ao` block: a master key tuple of RFC 5925, 3.1; `keyid` is that of both directions."""

    keyid: int
    algorithm: str
    password: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrefixLimit:
    """A `maximum-prefix` statement: `bound` routes of a family, or with None of all families together, may be held.

    From `warning` percent on that is logged.  One more ends the session, for `restart` seconds or, with None, until
    somebody resets the neighbor; with `warning_only` it is logged as well.
    """

    bound: int
    family: Family | None = None
    warning: int = 75
    restart: int | None = 300
    warning_only: bool = False


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A route of the configuration that belongs to a watchdog; `held` ones wait for `announce watchdog`."""

    route: Route
    watchdog: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class NeighborSettings:
    """A `neighbor` section after inheritance; addresses are text in canonical form, '' when unset or `auto`.

    `local_as` and `peer_as` are None for `auto`.  `prefix_length` is set for a range of peers, of which `range_limit`
    may be there at a time, each for `range_idle` seconds after its session.
    `routes` are what is announced without being asked, in the order of the file; `watched` those of a watchdog.
    Neither is part of the comparison that decides about a restart of the session.
    """

    peer_address: str
    local_address: str = ""
    local_link_local: str = ""
    router_id: str = ""
    local_as: int | None = None
    peer_as: int | None = None
    prefix_length: int | None = None
    description: str = ""
    hold_time: int = 180
    passive: bool = False
    listen: int = 0
    connect: int = 179
    source_interface: str = ""
    md5_password: bytes = field(default=b"", repr=False)
    md5_ip: str = ""
    tcp_ao: MasterKey | None = None
    outgoing_ttl: int = 0
    incoming_ttl: int = 0
    rate_limit: int = 0
    range_limit: int = 1000
    range_idle: int = 60
    maximum_prefix: tuple[PrefixLimit, ...] = ()
    maximum_prefix_out: tuple[tuple[Family | None, int], ...] = ()
    """How many routes of a family, or of all together, are told to the peer."""
    host_name: str = ""
    domain_name: str = ""
    group_updates: bool = True
    auto_flush: bool = True
    adj_rib_in: bool = True
    adj_rib_out: bool = True
    manual_eor: bool = False
    families: tuple[Family, ...] = ()
    next_hops: tuple[tuple[Family, int], ...] = ()
    """The `nexthop` block: family and AFI of the next hop."""
    add_path_families: tuple[Family, ...] | None = None
    """The `add-path` block; None: every family that can have it."""
    paths_limits: tuple[tuple[Family, int], ...] = ()
    """How many paths are wanted, where the `add-path` block says it."""
    operational: tuple[Operational, ...] = ()
    """What is said at the start of every session."""
    capability: CapabilitySettings = CapabilitySettings()
    api: tuple[ApiSettings, ...] = ()
    routes: tuple[Route, ...] = field(default=(), repr=False)
    watched: tuple[StaticRoute, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The neighbor's name for commands, logs and reloads, spelt as ExaBGP does."""
        length = "" if self.prefix_length is None else f"/{self.prefix_length}"
        return (
            f"neighbor {self.peer_address}{length} local-ip {self.local_address or 'auto'} "
            f"local-as {'auto' if self.local_as is None else self.local_as} "
            f"peer-as {'auto' if self.peer_as is None else self.peer_as} "
            f"router-id {self.router_id or 'auto'} family-allowed {self.family_allowed}"
        )

    @property
    def family_allowed(self) -> str:
        """`in-open`, or the families of a multi-session neighbor: `ipv4-unicast/ipv6-unicast`."""
        if not self.capability.multi_session:
            return "in-open"
        return "/".join(family.name.replace(" ", "-") for family in self.families)


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings that are not in the configuration file: variables, an environment file, defaults.

    The names are those of `exabgp.SECTION.NAME` with an underscore.
    """

    api_ack: bool = True
    api_chunk: int = 1
    api_cli: bool = True
    api_compact: bool = False
    api_encoder: str = "json"
    api_patience: float = 10.0
    """Seconds for which the neighbors of a helper that does not read are slowed down; then it loses events."""
    api_pipename: str = "exabgp"
    api_reasons: bool = False
    api_respawn: bool = True
    api_show_routes_format: str = "v1"
    api_socketname: str = "bgptwist"
    api_socketpath: str = ""
    """Where the socket for commands is, or its folder; '' for the first folder that can be used."""
    api_terminate: bool = False
    api_version: int = 4
    bgp_openwait: int = 60
    bgp_passive: bool = False
    bgp_eor_settle: float = 0.0
    """Seconds the helpers of a graceful-restart neighbor must be silent before End-of-RIB is sent; 0: it is sent when
    the routes known at the start of the session were."""
    cli_pipe: str | None = None
    """The folder of the named pipes; None for the usual ones, '' for no pipes."""
    cli_socket: str | None = None
    """As api_socketpath; '' for no socket."""
    compat_generation: int = 5
    compat_version: str = ""
    """The software version told in capability 75 and by `version`; '' for our own."""
    daemon_daemonize: bool = False
    daemon_drop: bool = True
    daemon_pid: str = ""
    daemon_umask: int = 0o137
    daemon_user: str = "nobody"
    debug_rotate: bool = False
    """Of several configuration files one is used, the next after each reload."""
    log_enable: bool = True
    log_destination: str = "stdout"
    log_level: str = "INFO"
    log_short: bool = True
    log_topics: frozenset[str] = frozenset({"configuration", "reactor", "daemon", "processes", "network", "statistics"})
    """What is logged besides the rest: also `packets rib message timers routes parser`."""
    tcp_bind: tuple[str, ...] = ()
    tcp_connect: int = 179
    """The port of a peer that has no `connect`: `tcp.port` when a variable says it."""
    tcp_connections: int = 0
    """How often to try to connect before giving up, 0 for ever: `tcp.attempts`."""
    tcp_port: int = 179
    tcp_delay: int = 0

    @property
    def log_packets(self) -> bool:
        """Whether the messages are logged."""
        return "packets" in self.log_topics


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """A connection can be made."""

    host: str
    port: int

    @property
    def text(self) -> str:
        """What it is, in short."""
        return f"tcp {f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """A GET is answered with a status from `expect`, and a body with the text `contains`.

    `host` is named in place of that of the URL.  `insecure`: the certificate is not checked.
    """

    url: str
    expect: tuple[int, int] = (200, 399)
    contains: str = ""
    host: str = ""
    insecure: bool = False

    @property
    def text(self) -> str:
        """What it is, in short."""
        return f"http {self.url}"


@dataclass(frozen=True, slots=True)
class DnsProbe:
    """A server has records of a type for a name; with `expect` one of them says that."""

    server: str
    port: int
    name: str
    kind: str = "A"
    expect: str = ""

    @property
    def text(self) -> str:
        """What it is, in short."""
        return f"dns {self.server} {self.name} {self.kind}"


@dataclass(frozen=True, slots=True)
class CommandProbe:
    """A program ends with status 0; `run` is an argument list."""

    run: tuple[str, ...]

    @property
    def text(self) -> str:
        """What it is, in short."""
        return f"command {' '.join(self.run[2:] if self.run[:2] == ('/bin/sh', '-c') else self.run)}"


Probe = TcpProbe | HttpProbe | DnsProbe | CommandProbe


@dataclass(frozen=True, slots=True)
class CheckedRoute:
    """A route of a health check: what is said of it after `announce` in each state, '' where it is withdrawn.

    `withdrawal` follows `withdraw`.  `family` and `key` say which route of a table it is.
    """

    family: str
    key: bytes
    withdrawal: str
    up: str
    down: str = ""
    disabled: str = ""


@dataclass(frozen=True, slots=True)
class HealthcheckSettings:
    """A `healthcheck` section.  Times are in seconds; `require` is how many probes must be good, 0 for all.

    `neighbors` are as names of sections spell them; none: all.  What the other fields say of metrics, AS paths and
    communities is in the `routes` already.
    """

    name: str
    probes: tuple[Probe, ...] = ()
    require: int = 0
    interval: float = 5.0
    fast_interval: float = 1.0
    timeout: float = 5.0
    rise: int = 3
    fall: int = 3
    disable: str = ""
    neighbors: tuple[str, ...] = ()
    withdraw_on_down: bool = False
    up_metric: int | None = None
    down_metric: int | None = None
    disabled_metric: int | None = None
    increase: int = 0
    up_as_path: str = ""
    down_as_path: str = ""
    disabled_as_path: str = ""
    disabled_community: str = ""
    execute: tuple[CommandProbe, ...] = ()
    routes: tuple[CheckedRoute, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything one load of the configuration gave."""

    neighbors: tuple[NeighborSettings, ...] = ()
    helpers: tuple[HelperSettings, ...] = ()
    environment: Environment = Environment()
    warnings: tuple[Misspelt, ...] = ()
    plugins: tuple[PluginSettings, ...] = ()
    healthchecks: tuple[HealthcheckSettings, ...] = ()
