"""UPDATE: the verdicts of RFC 7606, and octets to routes and back."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.wire.attributes.as_path import read as read_as_path
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Malformed
from bgptwist.wire.families import labelled
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import LAYOUT_6, Family, ReceiveContext, SendContext
from bgptwist.wire.messages.update import announce, decode, end_of_rib, withdraw
from bgptwist.wire.path import PathTable, path_of
from bgptwist.wire.words import Words

FAMILIES: dict[int, Family] = {family.index: family for family in (IPV4_UNICAST, IPV6_UNICAST)}
PATHS: dict[int, Family] = {family.index: family.with_path_id for family in (IPV4_UNICAST, IPV6_UNICAST)}
EXTERNAL = ReceiveContext({IPV4_UNICAST.index: IPV4_UNICAST})
BOTH = ReceiveContext(dict(FAMILIES), external=False)
HOP = bytes((192, 0, 2, 1))

# name, verdict wanted, message without marker (shared/spec/vectors.md, the rows on attributes of this release)
VECTORS = (
    ("valid", KEEP, "002f02000000144001010040020602010000fde9400304c000020118c00002"),
    ("ORIGIN value 3", WITHDRAW, "002f02000000144001010340020602010000fde9400304c000020118c00002"),
    ("ORIGIN length 2", WITHDRAW, "00300200000015400102000040020602010000fde9400304c000020118c00002"),
    ("ORIGIN flags", WITHDRAW, "002f0200000014c001010040020602010000fde9400304c000020118c00002"),
    ("ORIGIN missing", WITHDRAW, "002b020000001040020602010000fde9400304c000020118c00002"),
    ("AS_PATH missing", WITHDRAW, "0026020000000b40010100400304c000020118c00002"),
    ("NEXT_HOP missing", WITHDRAW, "0028020000000d4001010040020602010000fde918c00002"),
    ("AS_PATH segment type 9", WITHDRAW, "002f02000000144001010040020609010000fde9400304c000020118c00002"),
    ("AS_PATH overrun", WITHDRAW, "002f02000000144001010040020602030000fde9400304c000020118c00002"),
    ("AS_PATH empty segment", WITHDRAW, "002b02000000104001010040020202 00400304c000020118c00002".replace(" ", "")),
    ("AS_PATH stray octet", WITHDRAW, "003002000000154001010040020702010000fde902400304c000020118c00002"),
    ("NEXT_HOP length 5", WITHDRAW, "003002000000154001010040020602010000fde9400305010203040518c00002"),
    ("MED length 3", WITHDRAW, "0035020000001a4001010040020602010000fde9400304c000020180040300000118c00002"),
    ("LOCAL_PREF length 3", DISCARD, "0035020000001a4001010040020602010000fde9400304c000020140050300000118c00002"),
    ("LOCAL_PREF", DISCARD, "0036020000001b4001010040020602010000fde9400304c00002014005040000000118c00002"),
    ("ATOMIC_AGGREGATE length 1", DISCARD, "003302000000184001010040020602010000fde9400304c00002014006010018c00002"),
    (
        "AGGREGATOR length 7",
        DISCARD,
        "0039020000001e4001010040020602010000fde9400304c0000201c007070000000000000018c00002",
    ),
    ("COMMUNITY length 5", WITHDRAW, "0037020000001c4001010040020602010000fde9400304c0000201c00805000000000018c00002"),
    ("COMMUNITY length 0", WITHDRAW, "003202000000174001010040020602010000fde9400304c0000201c0080018c00002"),
    ("ORIGINATOR_ID", DISCARD, "0036020000001b4001010040020602010000fde9400304c00002018009040102030418c00002"),
    (
        "CLUSTER_LIST length 5",
        DISCARD,
        "0037020000001c4001010040020602010000fde9400304c0000201800a05010203040518c00002",
    ),
    (
        "EXT_COMMUNITY length 9",
        WITHDRAW,
        "003b02000000204001010040020602010000fde9400304c0000201c0100900000000000000000018c00002",
    ),
    ("AS4_PATH", DISCARD, "0038020000001d4001010040020602010000fde9400304c0000201c0110602010000fde918c00002"),
    ("LARGE_COMMUNITY length 0", WITHDRAW, "003202000000174001010040020602010000fde9400304c0000201c0200018c00002"),
    ("OTC length 3", WITHDRAW, "0035020000001a4001010040020602010000fde9400304c0000201c0230300000018c00002"),
    (
        "duplicate MED",
        KEEP,
        "003d02000000224001010040020602010000fde9400304c0000201800404000000018004040000000218c00002",
    ),
    (
        "attribute length past end",
        WITHDRAW,
        "003402000000194001010040020602010000fde9400304c0000201800430000018c00002",
    ),
    ("1 octet left", WITHDRAW, "003002000000154001010040020602010000fde9400304c00002018018c00002"),
    ("unknown transitive", KEEP, "003302000000184001010040020602010000fde9400304c0000201c063010018c00002"),
    ("unknown non-transitive", KEEP, "003302000000184001010040020602010000fde9400304c00002018063010018c00002"),
    ("unknown family", KEEP, "003402000000194001010040020602010000fde9400304c0000201800e0900636304010203040018c00002"
     .replace("0000001940", "0000002040").replace("020602010000fde9800e", "020602010000fde9400304c0000201800e")
     .replace("0034", "003b", 1)),
)  # fmt: skip
RESETS = (
    (
        "MP_UNREACH twice",
        1,
        "003b02000000204001010040020602010000fde9400304c0000201800f03000201800f0300020118c00002",
    ),
    ("unknown well-known", 2, "003302000000184001010040020602010000fde9400304c00002014063010018c00002"),
    ("NLRI length 33", 10, "003102000000144001010040020602010000fde9400304c0000201210102030405"),
    ("NLRI truncated", 10, "002e02000000144001010040020602010000fde9400304c0000201180102"),
    ("withdrawn length 33", 10, "003502000621010203040500144001010040020602010000fde9400304c000020118c00002"),
)


class VerdictTests(SynchronousTestCase):
    """Malformed UPDATEs from an external peer."""

    def test_each_fault_gets_the_verdict_of_the_rfc(self) -> None:
        for name, verdict, text in VECTORS:
            octets = bytes.fromhex(text)
            update = decode(octets[3:], EXTERNAL, PathTable(EXTERNAL))
            self.assertEqual((name, update.verdict), (name, verdict))
            if verdict == WITHDRAW:
                self.assertEqual((name, update.announced), (name, []))
                self.assertEqual(update.withdrawn[-1].nlris, [b"\x18\xc0\x00\x02"])
            else:
                self.assertEqual(update.announced[0].nlris, [b"\x18\xc0\x00\x02"])

    def test_what_cannot_be_mended_ends_the_session(self) -> None:
        for name, subcode, text in RESETS:
            error = self.assertRaises(Malformed, decode, bytes.fromhex(text)[3:], EXTERNAL, PathTable(EXTERNAL))
            self.assertEqual((name, error.code, error.subcode), (name, 3, subcode))

    def test_the_first_of_two_counts(self) -> None:
        text = next(text for name, _, text in VECTORS if name == "duplicate MED")
        update = decode(bytes.fromhex(text)[3:], EXTERNAL, PathTable(EXTERNAL))
        self.assertIn(bytes.fromhex("80040400000001"), update.path.octets)

    def test_an_unknown_transitive_attribute_is_kept_as_partial(self) -> None:
        text = next(text for name, _, text in VECTORS if name == "unknown transitive")
        update = decode(bytes.fromhex(text)[3:], EXTERNAL, PathTable(EXTERNAL))
        self.assertIn(bytes.fromhex("e0630100"), update.path.octets)

    def test_a_bad_section_without_routes_ends_the_session(self) -> None:
        self.assertRaises(Malformed, decode, bytes.fromhex("0000000440010103"), EXTERNAL, PathTable(EXTERNAL))

    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=120))
    def test_random_octets_raise_nothing_but_malformed(self, octets: bytes) -> None:
        for context in (EXTERNAL, BOTH):
            try:
                decode(octets, context, PathTable(context))
            except Malformed:
                pass

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(VECTORS), st.integers(0, 60), st.integers(0, 255))
    def test_one_changed_octet_raises_nothing_but_malformed(
        self, vector: tuple[str, int, str], at: int, value: int
    ) -> None:
        octets = bytearray(bytes.fromhex(vector[2])[3:])
        octets[at % len(octets)] = value
        try:
            decode(bytes(octets), EXTERNAL, PathTable(EXTERNAL))
        except Malformed:
            pass


class EncodeTests(SynchronousTestCase):
    """Routes to octets, and read again."""

    def test_what_is_announced_is_decoded_again(self) -> None:
        path = path_of([Med(7), read_as_path(Words("[ 65001 4200000000 ]".split()))])
        for asn4 in (True, False):
            for families in (FAMILIES, PATHS):
                send = SendContext(families, 1, asn4=asn4, external=False)
                receive = ReceiveContext(families, asn4=asn4, external=False)
                for family, hop in ((IPV4_UNICAST, HOP), (IPV6_UNICAST, b" \x01" + bytes(14))):
                    nlri = b"\x10\x20\x01"
                    (whole,) = announce(send, family, path, hop, [nlri])
                    update = decode(whole[19:], receive, PathTable(receive))
                    self.assertEqual(update.verdict, KEEP)
                    self.assertEqual([str(one.words()) for one in update.path.attributes()][1], "[ 65001 4200000000 ]")
                    (reach,) = update.announced
                    self.assertEqual((reach.next_hop, reach.nlris[0][-3:]), (hop, nlri))
                    (whole,) = withdraw(send, family, path_of([]), b"", [nlri])
                    self.assertEqual(decode(whole[19:], receive, PathTable(receive)).withdrawn[0].nlris[0][-3:], nlri)

    def test_long_lists_are_cut_into_messages_that_fit(self) -> None:
        nlris = [bytes((24, 10, n >> 8, n & 255)) for n in range(3000)]
        send = SendContext(FAMILIES, 1)
        messages = announce(send, IPV4_UNICAST, path_of([]), HOP, nlris)
        self.assertEqual(max(map(len, messages)) <= 4096, True)
        table = PathTable(EXTERNAL)
        found = [nlri for whole in messages for nlri in decode(whole[19:], EXTERNAL, table).announced[0].nlris]
        self.assertEqual(found, nlris)
        self.assertEqual(len(messages), 3)

    def test_generations_differ_in_the_place_of_mp_unreach(self) -> None:
        for layout, wanted in ((None, "0000001540010100400200400504000000640f"), (LAYOUT_6, "800f")):
            send = SendContext(FAMILIES, 1, external=False, **({} if layout is None else {"layout": layout}))
            (whole,) = withdraw(send, IPV6_UNICAST, path_of([]), b"", [b"\x10\x20\x01"])
            body = whole[19:].hex()
            self.assertEqual(body[8:12], wanted[:4] if layout else "4001")

    def test_labels_do_not_stand_in_a_withdrawal(self) -> None:
        nlri = bytes.fromhex("48000640000c810a0000")
        families = {labelled.IPV4.index: labelled.IPV4}
        send = SendContext(families, 1, external=False)
        (whole,) = announce(send, labelled.IPV4, path_of([]), HOP, [nlri])
        self.assertTrue(whole.endswith(nlri))
        (whole,) = withdraw(send, labelled.IPV4, path_of([]), b"", [nlri])
        self.assertTrue(whole.endswith(bytes.fromhex("000104308000000a0000")))
        receive = ReceiveContext(families, external=False)
        for entry in ("800000", "000000", "000641"):
            body = bytes.fromhex(f"0000000d800f0a00010430{entry}0a0001")
            (unreach,) = decode(body, receive, PathTable(receive)).withdrawn
            self.assertEqual([labelled.IPV4.words(each).split()[0] for each in unreach.nlris], ["10.0.1.0/24"])

    def test_end_of_rib_is_recognised(self) -> None:
        for family in (IPV4_UNICAST, IPV6_UNICAST):
            update = decode(end_of_rib(family)[19:], BOTH, PathTable(BOTH))
            self.assertIs(update.end_of_rib, family)
            self.assertEqual((update.announced, update.withdrawn), ([], []))
