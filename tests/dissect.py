"""Sends every example of the golden corpus through a foreign dissector: `python tests/dissect.py`.

Each example becomes a whole BGP message in a capture file: the value of an attribute in an UPDATE with a route, an NLRI
in MP_REACH_NLRI, a capability in an OPEN.  tshark (Debian package) dissects the file.  An example agrees when tshark
knows the code point and all below it, finds nothing malformed, and reads each octet of the example as some field.
What tshark does not know, or reads otherwise, is counted with its reason from EXPLAINED; the status is 1 when
something is left without one, or when a reason is no longer needed; 2 when there is no tshark.
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory
from typing import NamedTuple

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP))

from bgptwist.wire.framing import OPEN, UPDATE, message  # noqa: E402
from bgptwist.wire.kinds import Capability, Family, Kind  # noqa: E402
from bgptwist.wire.path import header  # noqa: E402
from bgptwist.wire.registry import ATTRIBUTES, CAPABILITIES, FAMILIES  # noqa: E402
from tests.explained import EXPLAINED  # noqa: E402
from tests.wire.examples import Record, examples, name  # noqa: E402

BASICS = bytes.fromhex("400101004002060201000003e8")
"""ORIGIN and AS_PATH."""

HOPS = {1: bytes.fromhex("0a000001"), 2: bytes.fromhex("20010db8000000000000000000000001")}
"""By AFI; other AFIs have IPv4 next hops."""

LINK_STATE = bytes.fromhex("800e22400447040a0000010000010015020000000000000000010000080200000400000001")
"""MP_REACH_NLRI with a node of IS-IS: the BGP-LS attribute is read by the protocol of its route."""

OPTIONS = ("tcp.desegment_tcp_streams:FALSE", "bgp.asn_len:4")
LOWER = {"geninfo", "frame", "raw", "ip", "tcp"}
"""The layers below BGP."""

VERSION = "4.0."
"""The versions of tshark that EXPLAINED is about: newer ones know more, older ones less."""

BROKEN = ("_ws.malformed", "_ws.short", "_ws.unreassembled")
WARNING = 0x600000
"""The severity from which on an expert's remark counts."""

UNKNOWN = re.compile(r"unknown|undefined", re.IGNORECASE)
UNREAD = {
    "",
    "bgp.ext_com.value_raw",
    "bgp.prefix_sid.value",
    "bgp.update.encaps_tunnel_tlv_subtlv.value",
    "bgp.update.encaps_tunnel_tlv_subtlv.segment_list.subtlv.data",
}
"""Fields in which tshark shows octets of a code point that it knows by name only."""

CONSEQUENCES = ("malformed", "left out", "Unknown Next Hop length")
"""Remarks that follow from another one."""


class Sample(NamedTuple):
    """One message of the capture: the record, its example in words, the octets, and how many of these follow it."""

    record: Record
    words: str
    value: bytes
    octets: bytes
    after: int


def samples() -> Iterator[Sample]:
    """All examples as whole messages."""
    for kind in ATTRIBUTES:
        for octets, words, _ in examples(kind):
            yield of_attribute(kind, words, octets)
    for family in FAMILIES:
        for octets, words, _ in examples(family):
            yield Sample(family, words, octets, of_route(family, octets), 0)
    for capability in CAPABILITIES:
        for octets, words, _ in examples(capability):
            for instance in capability.decode(octets).instances():
                yield Sample(capability, words, instance, of_capability(capability, instance), 0)


def of_attribute(kind: Kind, words: str, value: bytes) -> Sample:
    """An UPDATE with ORIGIN, AS_PATH, NEXT_HOP and that attribute, in order of the codes."""
    parts = {1: "40010100", 2: "4002060201000003e8", 3: "4003040a000001"}
    octets = {code: bytes.fromhex(text) for code, text in parts.items()}
    if kind.code == 29:
        octets[14] = LINK_STATE
    octets[kind.code] = header(kind.flags, kind.code, len(value)) + value
    section = b"".join(octets[code] for code in sorted(octets))
    nlri = b"\x18\xc0\x00\x02"
    after = sum(len(octets[code]) for code in octets if code > kind.code) + len(nlri)
    whole = message(UPDATE, b"\0\0" + len(section).to_bytes(2, "big") + section + nlri)
    return Sample(kind, words, value, whole, after)


def of_route(family: Family, nlri: bytes) -> bytes:
    """An UPDATE that announces one NLRI in MP_REACH_NLRI."""
    hop = family.next_hop_prefix + HOPS.get(family.afi, HOPS[1])
    if 0 in family.next_hop_sizes:
        hop = b""
    elif len(hop) not in family.next_hop_sizes:
        hop = next(each for each in HOPS.values() if len(each) in family.next_hop_sizes)
    value = family.header + bytes((len(hop),)) + hop + b"\0" + nlri
    section = BASICS + header(0x80, 14, len(value)) + value
    return message(UPDATE, b"\0\0" + len(section).to_bytes(2, "big") + section)


def of_capability(capability: Capability, value: bytes) -> bytes:
    """An OPEN with one capability."""
    parameter = bytes((capability.code, len(value))) + value
    if len(parameter) > 253:
        parameters = b"\xff\xff" + (len(parameter) + 3).to_bytes(2, "big")
        parameters += b"\2" + len(parameter).to_bytes(2, "big") + parameter
    else:
        parameters = bytes((len(parameter) + 2, 2, len(parameter))) + parameter
    return message(OPEN, b"\4\x03\xe8\0\xb4\x0a\0\0\1" + parameters)


def capture(path: Path, listed: list[Sample]) -> None:
    """Write a capture file, one TCP packet a message, each in a connection of its own (link type 228: IPv4)."""
    with path.open("wb") as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 228))
        for number, sample in enumerate(listed):
            tcp = pack(">HHIIBBHHH", 1024 + number % 60000, 179, 1, 1, 0x50, 0x18, 65535, 0, 0)
            size = 20 + len(tcp) + len(sample.octets)
            ip = pack(">BBHHHBBH4s4s", 0x45, 0, size, 1, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
            file.write(pack("<IIII", number, 0, size, size) + ip + tcp + sample.octets)


def dissected(path: Path) -> list[ElementTree.Element]:
    """What tshark makes of each packet: its fields, each with name, text, position and size."""
    command = ["tshark", "-n", "-r", str(path), "-T", "pdml"]
    for option in OPTIONS:
        command += ["-o", option]
    run = subprocess.run(command, capture_output=True, check=True, timeout=300)
    return list(ElementTree.fromstring(run.stdout))


def version() -> str:
    """`4.0.17`, of the installed tshark."""
    text = subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout
    return text.partition("(Wireshark) ")[2].split()[0].rstrip(".")


def complaints(packet: ElementTree.Element) -> Iterator[str]:
    """What a dissection says against a message: malformed parts, warnings of experts, unknown and unread parts."""
    for layer in packet:
        if layer.get("name") in LOWER:
            continue
        for field in layer.iter():
            title = field.get("name", "")
            text = field.get("showname") or field.get("show", "")
            if title.startswith(BROKEN):
                yield "malformed"
            elif title == "_ws.expert":
                yield from warnings(field)
            elif title.startswith("_ws."):
                continue
            elif UNKNOWN.search(text):
                yield text.strip()
            elif title in UNREAD and len(field) == 0 and field.get("value"):
                yield f"not read: {title or text}"


def warnings(expert: ElementTree.Element) -> Iterator[str]:
    """The remark of an expert, if it is a warning or an error."""
    parts = {part.get("name"): part.get("show", "") for part in expert}
    if int(parts.get("_ws.expert.severity", "0")) >= WARNING:
        yield parts.get("_ws.expert.message", "")


def left_out(sample: Sample, bgp: ElementTree.Element) -> list[int]:
    """The octets of the example, by number, that no field covers; zeros, which reserved octets are, do not count."""
    begin = int(bgp.get("pos", 0)) + len(sample.octets) - sample.after - len(sample.value)
    missing = {at for at, octet in enumerate(sample.value) if octet}
    for field in bgp.iter():
        inner = [part for part in field if int(part.get("size", 0))]
        if not inner and field is not bgp:
            at = int(field.get("pos", 0)) - begin
            missing -= set(range(at, at + int(field.get("size", 0))))
    return sorted(missing)


def against(sample: Sample, packet: ElementTree.Element) -> list[str]:
    """What tshark has against a sample; what only follows from a part it does not know is left away."""
    layers = packet.findall("proto[@name='bgp']")
    if len(layers) != 1:
        return [f"{len(layers)} messages instead of one"]
    found = set(complaints(packet))
    if missing := left_out(sample, layers[0]):
        found.add(f"left out: {len(missing)} octets from {missing[0]} on")
    reasons = {remark for remark in found if not remark.startswith(CONSEQUENCES)}
    return sorted(reasons or found)


def explanations(sample: Sample, said: list[str]) -> list[str]:
    """The patterns of EXPLAINED that account for all that is said against a sample; none when something is left.

    A pattern found in the words stands for an example that is odd on purpose, and accounts for everything.
    """
    patterns = EXPLAINED.get(label(sample), {})
    if odd := [pattern for pattern in patterns if pattern in sample.words]:
        return odd
    found = [next((pattern for pattern in patterns if pattern in remark), "") for remark in said]
    return found if all(found) else []


def label(sample: Sample) -> str:
    """The name of a sample's record in EXPLAINED."""
    return name(sample.record).removesuffix(".txt")


def main() -> int:
    """Print agreements by record and the explained rest; 1 when something is not explained."""
    if shutil.which("tshark") is None:
        print("tshark is not installed (Debian: apt-get install tshark)")
        return 2
    known = version().startswith(VERSION)
    if not known:
        print(f"{version()} is not the {VERSION} that the reasons are about: the status is 0, whatever differs")
    listed = list(samples())
    with TemporaryDirectory() as folder:
        path = Path(folder, "examples.pcap")
        capture(path, listed)
        packets = dissected(path)
    agreed: Counter[str] = Counter()
    used: Counter[tuple[str, str]] = Counter()
    explained = unexplained = 0
    for sample, packet in zip(listed, packets, strict=True):
        record = label(sample)
        said = against(sample, packet)
        patterns = explanations(sample, said)
        if not said:
            agreed[record] += 1
        elif patterns:
            explained += 1
            used.update((record, pattern) for pattern in set(patterns))
        else:
            unexplained += 1
            print(f"NOT EXPLAINED {record}: {sample.words[:100]}\n    tshark: {said}\n    {sample.octets.hex()}")
    for record, count in sorted(agreed.items()):
        print(f"agreed {count:4}  {record}")
    for (record, pattern), count in sorted(used.items()):
        print(f"differ {count:4}  {record}: {EXPLAINED[record][pattern]}")
    idle = [(record, pattern) for record, several in EXPLAINED.items() for pattern in several]
    idle = [pair for pair in idle if not used[pair]]
    for record, pattern in idle:
        print(f"NOT NEEDED  {record}: {pattern!r}")
    total = sum(agreed.values())
    print(f"{len(listed)} examples: {total} agreed, {explained} explained, {unexplained} not")
    return 1 if known and (unexplained or idle) else 0


if __name__ == "__main__":
    sys.exit(main())
