"""What is told of a peer, and which commands it is told to come from."""

from twisted.trial.unittest import SynchronousTestCase

from bgptwist.speaker.events import RECEIVE, SEND, Identity
from bgptwist.speaker.reporter import Reporter
from bgptwist.wire.families.inet import IPV4_UNICAST
from bgptwist.wire.kinds import ReceiveContext
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import PathTable
from tests.fakes import RecordingSink

CONTEXT = ReceiveContext({IPV4_UNICAST.index: IPV4_UNICAST})
END_OF_RIB = bytes(4)


class CauseTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.sink = RecordingSink()
        self.reporter = Reporter(self.sink, lambda: 1.5, [], Identity("n", "", "192.0.2.2", 1, 2, ""))

    def update(self, *causes: str) -> None:
        found = updates.decode(END_OF_RIB, CONTEXT, PathTable(CONTEXT))
        self.reporter.update(SEND, 2, END_OF_RIB, None, found, CONTEXT, *((causes,) if causes else ()))

    def test_events_have_none(self) -> None:
        self.reporter.state("up")
        self.reporter.message(RECEIVE, 4, b"", None, None)
        self.update()
        self.assertEqual([event.causes for event in self.sink.events], [(), (), ()])

    def test_what_happens_while_a_command_is_carried_out_names_it(self) -> None:
        self.reporter.causes = ("17",)
        self.reporter.state("down", "notification sent (6,4)")
        self.reporter.causes = ()
        self.reporter.state("connected")
        self.assertEqual([event.causes for event in self.sink.events], [("17",), ()])

    def test_an_update_names_the_commands_of_its_routes(self) -> None:
        self.update("3", "4")
        self.assertEqual([event.causes for event in self.sink.events], [("3", "4")])
