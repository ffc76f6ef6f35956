"""Options of BGP sockets: signatures (RFC 2385, RFC 5925), TTL security (RFC 5082), interface and delay, on Linux."""

import errno
import socket
import struct
from ipaddress import ip_address
from typing import Final

from bgptwist.settings.model import MasterKey, NeighborSettings

TCP_MD5SIG: Final = 14
TCP_MD5SIG_EXT: Final = 32
MD5SIG_PREFIX: Final = 1
"""Flag of TCP_MD5SIG_EXT: the key is for a prefix (linux/tcp.h)."""
MD5_LONGEST: Final = 80

TCP_AO_ADD_KEY: Final = 38
TCP_AO_DEL_KEY: Final = 39
TCP_AO_INFO: Final = 40
"""Linux 6.7 and later, if built with them (linux/tcp.h)."""
AO_REQUIRED: Final = 4
"""The bit of TCP_AO_INFO that forbids segments without a signature."""
AO_ALGORITHMS: Final = {
    "hmac-sha-1-96": b"hmac(sha1)",
    "aes-128-cmac-96": b"cmac(aes128)",
    "hmac-sha-256": b"hmac(sha256)",
}
"""How the kernel names them; of each the signature has 96 bits (RFC 5926, 3.2)."""
AO_SIGNATURE: Final = 12

Secret = bytes | MasterKey
"""What signs the segments of a neighbor: an MD5 password, or a key of TCP-AO."""

SYSTEM_TTL: Final = -1
IP_MINTTL: Final = 21
IPV6_MINHOPCOUNT: Final = 73

STORAGE: Final = 128
"""Octets of a sockaddr_storage."""


class Unsupported(OSError):
    """An option that this kernel, or our rights, do not give: error number, and one line that says which.

    It is an OSError because Twisted turns those into a connection that failed.
    """

    def __init__(self, error: OSError | None, text: str) -> None:
        super().__init__((error and error.errno) or 0, f"{text}: {error.strerror}" if error else text)
        self.text = self.args[1]


def family_of(address: str) -> socket.AddressFamily:
    """AF_INET6 for an address with colons, else AF_INET."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def sockaddr(address: str) -> bytes:
    """An address without port as a sockaddr_storage, as the kernel reads it."""
    if ":" in address:
        octets = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
        start = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, octets, 0)
    else:
        start = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_pton(socket.AF_INET, address))
    return start.ljust(STORAGE, b"\0")


def signature(address: str, prefix_length: int | None, key: bytes) -> bytes:
    """A struct tcp_md5sig: the key for one peer, or for a prefix of peers; an empty key removes it."""
    flags, length = (0, 0) if prefix_length is None else (MD5SIG_PREFIX, prefix_length)
    return sockaddr(address) + struct.pack("=BBHi80s", flags, length, len(key), 0, key)


def network_of(address: str, prefix_length: int | None) -> str:
    """The first address of a range, which the kernel wants without host bits; the address itself without a range."""
    if prefix_length is None:
        return address
    width = 128 if ":" in address else 32
    bits = int(ip_address(address)) >> (width - prefix_length) << (width - prefix_length)
    return str(ip_address(bits.to_bytes(width // 8, "big")))


def sign(handle: socket.socket, address: str, prefix_length: int | None, key: bytes) -> None:
    """Sign everything to and from that address, or nothing any more when the key is empty; may raise Unsupported."""
    if len(key) > MD5_LONGEST:
        raise Unsupported(None, f"the MD5 password for {address} has {len(key)} octets, {MD5_LONGEST} are allowed")
    option = TCP_MD5SIG if prefix_length is None else TCP_MD5SIG_EXT
    octets = signature(network_of(address, prefix_length), prefix_length, key)
    try:
        handle.setsockopt(socket.IPPROTO_TCP, option, octets)
    except FileNotFoundError:
        return  # there was no key to remove
    except OSError as error:
        raise Unsupported(error, f"the kernel takes no MD5 password for {address}") from None


def added_key(address: str, prefix_length: int | None, key: MasterKey) -> bytes:
    """A struct tcp_ao_add: the key for one peer, or for a prefix of peers."""
    length = prefix_length if prefix_length is not None else 128 if ":" in address else 32
    ids = (length, key.keyid, key.keyid, AO_SIGNATURE, 0, len(key.password), key.password)
    name = AO_ALGORITHMS[key.algorithm]
    return sockaddr(network_of(address, prefix_length)) + struct.pack("=64siIHBBBBBB80s", name, 0, 0, 0, *ids)


def removed_key(address: str, prefix_length: int | None, key: MasterKey) -> bytes:
    """A struct tcp_ao_del for such a key."""
    length = prefix_length if prefix_length is not None else 128 if ":" in address else 32
    numbers = (0, 0, 0, length, key.keyid, key.keyid, 0, 0, 0)
    return sockaddr(network_of(address, prefix_length)) + struct.pack("=iIHBBBBBB", *numbers)


def authenticate(handle: socket.socket, address: str, prefix_length: int | None, key: MasterKey) -> None:
    """Sign everything to and from that address as TCP-AO has it; Unsupported where the kernel does not know that."""
    try:
        handle.setsockopt(socket.IPPROTO_TCP, TCP_AO_ADD_KEY, added_key(address, prefix_length, key))
    except OSError as error:
        raise unsigned(error, address) from None


def unsigned(error: OSError, address: str) -> Unsupported:
    """Why there is no TCP-AO, without a word about the key."""
    if error.errno == errno.ENOPROTOOPT:
        reason = f"{address} wants TCP-AO, which this kernel does not have: it must be Linux 6.7 or later with TCP_AO"
        return Unsupported(None, reason)
    return Unsupported(error, f"the kernel takes no TCP-AO key for {address}")


def secret_of(settings: NeighborSettings) -> Secret | None:
    """What the segments of a neighbor are signed with, None for nothing."""
    return settings.tcp_ao or settings.md5_password or None


def change_secret(
    handle: socket.socket, address: str, prefix_length: int | None, old: Secret | None, new: Secret | None
) -> None:
    """Sign with another key from now on, or with none; may raise Unsupported."""
    if isinstance(old, MasterKey):
        # Two keys of one peer with one number cannot be; connections that are up keep the old one.
        try:
            handle.setsockopt(socket.IPPROTO_TCP, TCP_AO_DEL_KEY, removed_key(address, prefix_length, old))
        except FileNotFoundError:
            pass  # there was none
        except OSError as error:
            raise unsigned(error, address) from None
    elif old and not isinstance(new, bytes):
        sign(handle, address, prefix_length, b"")
    if isinstance(new, MasterKey):
        authenticate(handle, address, prefix_length, new)
    elif new:
        sign(handle, address, prefix_length, new)


def set_option(handle: socket.socket, level: int, option: int, value: int | bytes, what: str) -> None:
    """Set one option; Unsupported says what could not be had."""
    try:
        handle.setsockopt(level, option, value)
    except OSError as error:
        raise Unsupported(error, f"the kernel refuses {what}") from None


def sent_ttl(settings: NeighborSettings) -> int:
    """The TTL to send: `outgoing-ttl`, or 255 when the peer is to prove its own by `incoming-ttl`; 0 for no choice."""
    return settings.outgoing_ttl or (255 if settings.incoming_ttl else 0)


def send_ttl(handle: socket.socket, ttl: int) -> None:
    """The TTL to send with, 0 for the one of the system; may raise Unsupported."""
    sixth = handle.family == socket.AF_INET6
    level, option = (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if sixth else (socket.IPPROTO_IP, socket.IP_TTL)
    set_option(handle, level, option, ttl or SYSTEM_TTL, f"outgoing-ttl {ttl}")


def set_ttl(handle: socket.socket, settings: NeighborSettings) -> None:
    """The TTL sent and the least one accepted (RFC 5082, 3); may raise Unsupported."""
    send_ttl(handle, sent_ttl(settings))
    if least := settings.incoming_ttl:
        sixth = handle.family == socket.AF_INET6
        level, option = (socket.IPPROTO_IPV6, IPV6_MINHOPCOUNT) if sixth else (socket.IPPROTO_IP, IP_MINTTL)
        set_option(handle, level, option, least, f"incoming-ttl {least}")


def prepare_outgoing(handle: socket.socket, settings: NeighborSettings) -> None:
    """All options of a socket that is about to connect to this neighbor; may raise Unsupported."""
    handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if settings.source_interface:
        name = settings.source_interface.encode() + b"\0"
        set_option(
            handle, socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name, f"source-interface {settings.source_interface}"
        )
    set_ttl(handle, settings)
    change_secret(handle, settings.peer_address, None, None, secret_of(settings))


def prepare_accepted(handle: socket.socket, settings: NeighborSettings) -> None:
    """The options of a connection that this neighbor opened; may raise Unsupported.

    Its key came with it from the listening socket: without it there would be no connection.  TCP-AO can be asked
    about: the kernel refuses to require it on a connection that came without.
    """
    handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    set_ttl(handle, settings)
    if settings.tcp_ao is not None:
        required = struct.pack("=IHBB5Q", AO_REQUIRED, 0, 0, 0, 0, 0, 0, 0, 0)
        set_option(handle, socket.IPPROTO_TCP, TCP_AO_INFO, required, "a connection without TCP-AO")
