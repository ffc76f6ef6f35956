"""Tests of the stand-ins: each is what it stands in for."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from bgptwist.interfaces import IConnecting, IEventSink, INetwork, ISessionDriver, ITap, IUpdateWriter
from tests import fakes


class FakesTests(SynchronousTestCase):
    """Every fake provides its interface."""

    def test_each_provides_its_interface(self) -> None:
        network = fakes.FakeNetwork()
        for interface, provider in (
            (ISessionDriver, fakes.RecordingDriver()),
            (ISessionDriver, fakes.MemoryDriver(Clock(), None, "192.0.2.1", "192.0.2.2")),
            (INetwork, network),
            (IConnecting, network.connect(None)),
            (IEventSink, fakes.RecordingSink()),
            (ITap, fakes.RecordingTap()),
            (IUpdateWriter, fakes.RecordingWriter()),
        ):
            with self.subTest(provider=type(provider).__name__):
                self.assertTrue(verifyObject(interface, provider))
