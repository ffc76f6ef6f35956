"""The 48 UPDATEs of `tests/corpus/vectors.txt`: what RFC 7606 and its followers want done with each."""

import json
from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.api.encoders.dialects import VERSION_5, VERSION_6
from bgptwist.api.encoders.json import JsonEncoder
from bgptwist.speaker.events import Identity, UpdateMessage
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.errors import DISCARD, KEEP, WITHDRAW, Malformed
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.framing import UPDATE
from bgptwist.wire.kinds import PARTIAL, ReceiveContext
from bgptwist.wire.messages.update import Update, decode
from bgptwist.wire.path import PathTable, cut
from tests.wire.examples import CORPUS

CONTEXT = ReceiveContext({IPV4_UNICAST.index: IPV4_UNICAST}, asn4=True, external=True)
IDENTITY = Identity("n", "192.0.2.1", "192.0.2.2", 65000, 65001, "1.2.3.4")
PREFIX = bytes((24, 192, 0, 2))
NEXT_HOP = 3
PLAIN = [1, 2]
"""The attributes that every vector has besides the one it is about, and besides NEXT_HOP."""


def vectors() -> list[tuple[str, str, bytes]]:
    """Name, what is wanted, and the body of each message."""
    found: list[tuple[str, str, bytes]] = []
    for block in (CORPUS / "vectors.txt").read_text().split("\n\n")[1:]:
        name, wanted, octets = (line.split(maxsplit=1)[1] for line in block.strip().splitlines())
        found.append((name, wanted, bytes.fromhex(octets)[3:]))
    return found


class VectorTests(SynchronousTestCase):
    """Each message by itself, and what a helper hears of it."""

    def announced(self, update: Update) -> list[int]:
        """The prefix is announced and nothing else; the codes of its attributes are returned."""
        self.assertEqual([reach.nlris for reach in update.announced], [[PREFIX]])
        self.assertEqual(update.withdrawn, [])
        return [attribute.code for attribute in update.path.attributes()]

    def ok(self, update: Update, body: bytes) -> None:
        self.assertEqual(self.announced(update), PLAIN)
        self.assertEqual((update.verdict, update.faults), (KEEP, ()))

    def withdraw(self, update: Update, body: bytes) -> None:
        self.assertEqual(update.announced, [])
        self.assertEqual([unreach.nlris for unreach in update.withdrawn], [[PREFIX]])
        self.assertEqual(update.verdict, WITHDRAW)
        self.assertTrue([fault.reason for fault in update.faults if fault.verdict == WITHDRAW and fault.reason])

    def discard(self, update: Update, body: bytes) -> None:
        end = 4 + int.from_bytes(body[2:4], "big")
        last = cut(body[4:end])[0][-1][1]
        self.assertEqual(self.announced(update), PLAIN)
        self.assertEqual([(fault.code, fault.verdict) for fault in update.faults], [(last, DISCARD)])
        self.assertTrue(update.faults[0].reason)

    def first_kept(self, update: Update, body: bytes) -> None:
        self.assertEqual(self.announced(update), [*PLAIN, 4])
        value = update.path.attributes()[-1]
        assert isinstance(value, Med)
        self.assertEqual(value.metric, 1)

    def partial(self, update: Update, body: bytes) -> None:
        self.assertEqual(self.announced(update), [*PLAIN, 99])
        value = update.path.attributes()[-1]
        assert isinstance(value, Unknown)
        self.assertTrue(value.flags & PARTIAL)

    def pass_over(self, update: Update, body: bytes) -> None:
        """The family nobody knows is passed over; the plain NLRI beside it have no NEXT_HOP."""
        self.withdraw(update, body)
        self.assertEqual([fault.code for fault in update.faults], [NEXT_HOP])
        self.assertEqual(update.withdrawn[0].family, IPV4_UNICAST)

    VERDICTS: dict[str, Callable[["VectorTests", Update, bytes], None]] = {
        "ok": ok,
        "withdraw": withdraw,
        "discard": discard,
        "first kept": first_kept,
        "kept, partial": partial,
        "ignored": ok,
        "skip/ignore": pass_over,
    }

    def test_each_has_its_verdict(self) -> None:
        wrong: list[str] = []
        for name, wanted, body in vectors():
            try:
                self.judge(wanted, body)
            except self.failureException as error:
                wrong.append(f"{name}, {wanted}: {error}")
            except Malformed as error:
                wrong.append(f"{name}, {wanted}: reset {error.code}/{error.subcode}, {error.reason}")
        self.assertEqual(wrong, [])

    def judge(self, wanted: str, body: bytes) -> None:
        """One message."""
        if not wanted.startswith("reset"):
            self.VERDICTS[wanted](self, decode(body, CONTEXT, PathTable(CONTEXT)), body)
            return
        error = self.assertRaises(Malformed, decode, body, CONTEXT, PathTable(CONTEXT))
        code, _, subcode = wanted.removeprefix("reset").strip().partition("/")
        self.assertEqual(error.code, int(code or 3))
        self.assertIn(str(error.subcode), subcode or str(error.subcode))
        self.assertTrue(error.reason)

    def test_there_are_48_and_the_context_does_not_wear_out(self) -> None:
        self.assertEqual(len(vectors()), 48)
        table = PathTable(CONTEXT)
        for _ in range(2):
            for name, wanted, body in vectors():
                try:
                    update = decode(body, CONTEXT, table)
                except Malformed:
                    self.assertIn("reset", wanted, name)
                    continue
                self.assertEqual(not update.announced, wanted in ("withdraw", "skip/ignore"), name)

    def test_helpers_hear_of_a_withdraw_and_its_reason(self) -> None:
        for name, wanted, body in vectors():
            if wanted != "withdraw":
                continue
            update = decode(body, CONTEXT, PathTable(CONTEXT))
            event = UpdateMessage(IDENTITY, 1.0, "receive", UPDATE, body, None, update, CONTEXT)
            for dialect in (VERSION_5, VERSION_6):
                encoded = JsonEncoder(dialect).encode(event, 0)
                assert encoded is not None
                found = json.loads(f"{encoded[0]}1{encoded[1]}")["neighbor"]["message"]["update"]
                self.assertNotIn("announce", found, name)
                self.assertEqual(found["withdraw"], {"ipv4 unicast": [{"nlri": "192.0.2.0/24"}]}, name)
                self.assertEqual(found["attribute"]["error"], "treat-as-withdraw", name)
                self.assertTrue(found["attribute"]["reason"], name)
