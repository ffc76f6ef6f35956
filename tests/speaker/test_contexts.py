"""Sessions that agreed the same things share a context, a packing and a table of paths."""

from inspect import signature
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.speaker.contexts import REMEMBERED, TABLES, Contexts
from bgptwist.wire.attributes.med import Med
from bgptwist.wire.families.inet import IPV4_UNICAST, IPV6_UNICAST
from bgptwist.wire.kinds import LAYOUT_5, LAYOUT_6, ReceiveContext, SendContext
from bgptwist.wire.path import path_of

FAMILIES = {IPV4_UNICAST.index: IPV4_UNICAST}
SECTION = bytes.fromhex("40010100" + "400200" + "40050400000064")

FORMS: st.SearchStrategy[Any] = st.sampled_from(
    (
        FAMILIES,
        {**FAMILIES, IPV6_UNICAST.index: IPV6_UNICAST},
        {IPV4_UNICAST.index: IPV4_UNICAST.with_path_id},
    )
)
CROSSED: st.SearchStrategy[Any] = st.sampled_from((frozenset(), frozenset(FAMILIES)))
SIZES: st.SearchStrategy[Any] = st.sampled_from((4096, 65535))
SEND: dict[str, st.SearchStrategy[Any]] = {
    "families": FORMS,
    "local_as": st.sampled_from((1, 2)),
    "asn4": st.booleans(),
    "external": st.booleans(),
    "aigp": st.booleans(),
    "next_hop_ipv4": st.sampled_from((b"", b"\1\1\1\1")),
    "next_hop_ipv6": st.sampled_from((b"", bytes(16))),
    "link_local": st.sampled_from((b"", bytes(16))),
    "extended_next_hop": CROSSED,
    "group": st.booleans(),
    "message_size": SIZES,
    "layout": st.sampled_from((LAYOUT_5, LAYOUT_6)),
}
RECEIVE: dict[str, st.SearchStrategy[Any]] = {
    "families": FORMS,
    "asn4": st.booleans(),
    "external": st.booleans(),
    "aigp": st.booleans(),
    "extended_next_hop": CROSSED,
    "link_local": st.booleans(),
    "mandatory": st.booleans(),
    "message_size": SIZES,
}
"""The arguments of contexts."""


@st.composite
def pairs(draw: Any, fields: dict[str, st.SearchStrategy[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of two contexts that differ in one of them at most."""
    one = draw(st.fixed_dictionaries(fields))
    changed = draw(st.sampled_from(sorted(fields)))
    return one, one | {changed: draw(fields[changed])}


class ContextsTests(SynchronousTestCase):
    """What is shared, and what is not."""

    def test_the_first_of_equal_contexts_is_everybodys(self) -> None:
        contexts = Contexts()
        first = SendContext(dict(FAMILIES), local_as=1)
        self.assertIs(contexts.send(first), first)
        self.assertIs(contexts.send(SendContext(dict(FAMILIES), local_as=1)), first)
        receive = ReceiveContext(dict(FAMILIES))
        self.assertIs(contexts.receive(receive), receive)
        self.assertIs(contexts.receive(ReceiveContext(dict(FAMILIES))), receive)

    @given(pairs(SEND))
    def test_directions_to_peers_are_shared_by_those_that_agree_in_everything(self, both: tuple[Any, Any]) -> None:
        contexts = Contexts()
        one, other = (contexts.send(SendContext(**arguments)) for arguments in both)
        self.assertEqual(one is other, both[0] == both[1])

    @given(pairs(RECEIVE))
    def test_directions_from_peers_are_shared_by_those_that_agree_in_everything(self, both: tuple[Any, Any]) -> None:
        contexts = Contexts()
        one, other = (contexts.receive(ReceiveContext(**arguments)) for arguments in both)
        self.assertEqual(one is other, both[0] == both[1])
        self.assertEqual(contexts.paths(one) is contexts.paths(other), both[0] == both[1])

    def test_every_argument_of_a_context_is_tried(self) -> None:
        for kind, fields in ((SendContext, SEND), (ReceiveContext, RECEIVE)):
            self.assertEqual(list(signature(kind).parameters), list(fields))

    def test_a_path_is_packed_once_for_all_that_share_a_context(self) -> None:
        contexts = Contexts()
        path = path_of([Med(5)])
        one, other = (contexts.send(SendContext(dict(FAMILIES), local_as=1)) for _ in range(2))
        self.assertIs(path.pack(one), path.pack(other))

    def test_equal_attributes_from_two_peers_are_one_path(self) -> None:
        contexts = Contexts()
        one, other = (contexts.paths(ReceiveContext(dict(FAMILIES), external=False)) for _ in range(2))
        self.assertIs(one.receive(SECTION).path, other.receive(SECTION).path)

    def test_a_table_of_paths_reads_in_the_shared_context(self) -> None:
        contexts = Contexts()
        context = ReceiveContext(dict(FAMILIES))
        table = contexts.paths(context)
        self.assertIs(table.context, context)
        self.assertIs(contexts.receive(ReceiveContext(dict(FAMILIES))), context)

    def test_whatever_peers_agree_only_so_many_are_remembered(self) -> None:
        contexts = Contexts()
        for number in range(3 * REMEMBERED):
            contexts.send(SendContext(dict(FAMILIES), local_as=number))
            context = contexts.receive(ReceiveContext(dict(FAMILIES), message_size=number))
            contexts.paths(context)
        for table, limit in ((contexts._send, REMEMBERED), (contexts._receive, REMEMBERED), (contexts._paths, TABLES)):
            self.assertLessEqual(len(table.young) + len(table.old), 2 * limit)

    def test_what_is_asked_for_again_and_again_is_not_forgotten(self) -> None:
        contexts = Contexts()
        first = contexts.send(SendContext(dict(FAMILIES), local_as=0))
        for number in range(1, 3 * REMEMBERED):
            contexts.send(SendContext(dict(FAMILIES), local_as=number))
            self.assertIs(contexts.send(SendContext(dict(FAMILIES), local_as=0)), first)

    def test_two_directions_do_not_know_each_other(self) -> None:
        contexts = Contexts()
        send, receive = SendContext({}), ReceiveContext({})
        self.assertIs(contexts.send(send), send)
        self.assertIs(contexts.receive(receive), receive)
