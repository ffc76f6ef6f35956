"""Where the log goes when the environment settings say so."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import FilteringLogObserver, ILogObserver, LogEvent, Logger, LogLevel, LogPublisher
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from bgptwist.net.logs import KEPT, LEVELS, ROTATE, destination, limit, nowhere, observer
from bgptwist.settings import environment
from bgptwist.settings.model import Environment

ORDER = ("debug", "info", "warn", "error", "critical")


class DestinationTests(SynchronousTestCase):
    """What is written where."""

    def lines(self, path: Path) -> list[str]:
        """The lines of a file without their times."""
        return [line.partition(" ")[2] for line in path.read_text().splitlines()]

    def test_a_file_gets_a_line_for_each_event(self) -> None:
        path = Path(self.mktemp())
        log = Logger("bgptwist", observer=destination(str(path)))
        log.info("{text}", text="one")
        log.warn("{text}", text="two")
        self.assertEqual(self.lines(path), ["[bgptwist#info] one", "[bgptwist#warn] two"])

    def test_a_file_goes_on_where_it_ended(self) -> None:
        path = Path(self.mktemp())
        for word in ("one", "two"):
            Logger("bgptwist", observer=destination(str(path))).info(word)
        self.assertEqual(self.lines(path), ["[bgptwist#info] one", "[bgptwist#info] two"])

    def test_a_file_may_be_marked_as_one(self) -> None:
        path = Path(self.mktemp())
        Logger("bgptwist", observer=destination(f"file:{path}")).info("here")
        self.assertEqual(self.lines(path), ["[bgptwist#info] here"])

    def test_a_long_log_is_rotated_and_the_oldest_part_is_forgotten(self) -> None:
        folder = Path(self.mktemp())
        folder.mkdir()
        log = Logger("bgptwist", observer=destination(str(folder / "log")))
        for number in range(KEPT + 3):
            log.info("{number} {text}", number=number, text="x" * ROTATE)
        names = sorted(path.name for path in folder.iterdir())
        self.assertEqual(names, ["log", *(f"log.{number}" for number in range(1, KEPT + 1))])
        newest = [self.lines(folder / name)[-1].split()[1] for name in names]
        self.assertEqual(newest, [str(number) for number in range(KEPT + 2, 1, -1)])

    def test_the_standard_output_is_kept_for_others(self) -> None:
        for name in ("stdout", "stderr"):
            output, errors = io.StringIO(), io.StringIO()
            with redirect_stdout(output), redirect_stderr(errors):
                Logger("bgptwist", observer=destination(name)).info("one")
            self.assertEqual(output.getvalue(), "", name)
            self.assertTrue(errors.getvalue().endswith("[bgptwist#info] one\n"), errors.getvalue())

    def test_every_destination_observes(self) -> None:
        for name in ("stdout", "stderr", "syslog", self.mktemp()):
            self.assertTrue(verifyObject(ILogObserver, destination(name)), name)

    def test_a_folder_that_is_not_there_is_an_error_of_the_system(self) -> None:
        self.assertRaises(OSError, destination, os.path.join(self.mktemp(), "log"))


class ObserverTests(SynchronousTestCase):
    """What the settings ask for."""

    def test_nothing_special_leaves_the_choice_to_twistd(self) -> None:
        self.assertIsNone(observer(Environment()))
        self.assertIsNone(observer(Environment(log_short=False, log_topics=frozenset())))

    def test_a_log_that_is_not_wanted_goes_nowhere(self) -> None:
        self.assertIs(observer(Environment(log_enable=False)), nowhere)
        self.assertIs(observer(Environment(log_enable=False, log_level="DEBUG", log_destination="stderr")), nowhere)
        Logger("bgptwist", observer=nowhere).critical("lost")

    def test_another_destination_is_something_special(self) -> None:
        self.assertIsInstance(observer(Environment(log_destination=self.mktemp())), FilteringLogObserver)

    def test_another_level_alone_holds_the_observers_of_twistd_to_it(self) -> None:
        self.assertIsNone(observer(Environment(log_level="ERROR")))
        for level, wanted in (("ERROR", ["two"]), ("INFO", ["one", "two"])):
            seen: list[LogEvent] = []
            publisher = LogPublisher(seen.append)
            limit(publisher, Environment(log_level=level))
            log = Logger("bgptwist", observer=publisher)
            log.info("one")
            log.error("two")
            self.assertEqual([event["log_format"] for event in seen], wanted)

    def test_another_host_is_refused(self) -> None:
        self.assertRaises(ValueError, destination, "host:example")

    def test_every_level_of_the_settings_has_one_of_twisted(self) -> None:
        self.assertEqual(set(LEVELS), set(environment.LEVELS))

    @given(st.sampled_from(environment.LEVELS), st.sampled_from(ORDER))
    def test_what_is_less_important_is_left_out(self, wanted: str, told: str) -> None:
        errors = io.StringIO()
        with redirect_stderr(errors):
            log = Logger("bgptwist", observer=observer(Environment(log_level=wanted, log_destination="stderr")))
        log.emit(LogLevel.levelWithName(told), "one")
        important = ORDER.index(told) >= ORDER.index(LEVELS[wanted].name)
        self.assertEqual("one" in errors.getvalue(), important)

    def test_the_reader_of_the_settings_and_the_log_agree(self) -> None:
        path = self.mktemp()
        found, warnings = environment.load(
            {"exabgp.log.level": "warning", "exabgp.log.destination": path, "EXABGP_ROOT": self.mktemp()}
        )
        log = Logger("bgptwist", observer=observer(found))
        log.info("one")
        log.warn("two")
        self.assertEqual(warnings, [])
        self.assertTrue(Path(path).read_text().endswith("[bgptwist#warn] two\n"))
        self.assertNotIn("one", Path(path).read_text())
