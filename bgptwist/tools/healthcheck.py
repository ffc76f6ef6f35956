"""`bgptwist healthcheck`: a helper that announces prefixes while a check is good; of bgptwist and of ExaBGP.

It needs nothing of Twisted and is one loop: check, change the state, say what that means, wait.
"""

import grp
import logging
import os
import pwd
import sys
from argparse import Namespace
from collections.abc import Callable
from ipaddress import ip_network
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import Final

from bgptwist.health.advertisement import Advertisement
from bgptwist.health.machine import SPEAKING, Input, Machine, State
from bgptwist.tools import check
from bgptwist.tools.dialogue import Bell, Dialogue
from bgptwist.tools.healthcheck_options import parse
from bgptwist.tools.loopback import Loopback, Network, hosts
from bgptwist.wire.errors import Refused
from bgptwist.wire.spell import printable

SYSLOG: Final = ("/dev/log", "/var/run/syslog", "/var/run/log")
HOOK: Final = 60.0
"""Seconds that a program may take which is told of a change."""
FAREWELL: Final = 1.0
"""Seconds for which the last commands are offered to a daemon: it will not wait longer for us either."""


def main(words: list[str]) -> int:
    """Check until we are told to end; the status is 1 when we cannot, 2 when the words were not understood."""
    options = parse(words)
    log = logger(options)
    try:
        return Healthcheck(options, log).run()
    except Refused as error:
        log.error("%s", printable(str(error)))
        return 1


def program() -> int:
    """The same with the words of our command line."""
    return main(sys.argv[1:])


def logger(options: Namespace) -> logging.Logger:
    """Where messages go: `LEVEL[healthcheck] TEXT` on standard error, and syslog."""
    log = logging.Logger("healthcheck", logging.DEBUG if options.debug else logging.INFO)
    if not options.silent:
        console = logging.StreamHandler()
        console.setFormatter(logging.Formatter("%(levelname)s[%(name)s] %(message)s"))
        log.addHandler(console)
    if options.debug or options.no_syslog:
        return log
    facility = getattr(SysLogHandler, f"LOG_{options.facility.upper()}", None)
    if not isinstance(facility, int):
        raise SystemExit(f"bgptwist healthcheck: there is no syslog facility '{printable(options.facility)}'")
    for path in SYSLOG:
        if not os.path.exists(path):
            continue
        try:
            handler = Syslog(path, facility)
        except OSError:
            continue
        name = f"healthcheck-{options.name}" if options.name else "healthcheck"
        handler.setFormatter(logging.Formatter(f"{name}[{os.getpid()}]: %(message)s"))
        log.addHandler(handler)
        break
    else:
        log.debug("there is no syslog here")
    return log


class Syslog(SysLogHandler):
    """A log that nobody need read: what cannot be written there is not worth a traceback."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Go on without it."""


def drop(user: str, group: str) -> None:
    """Become another user and group; Refused when that cannot be."""
    try:
        if group:
            number = grp.getgrnam(group).gr_gid
            if os.geteuid() == 0:
                os.setgroups([number])
            os.setgid(number)
        if user:
            entry = pwd.getpwnam(user)
            if os.geteuid() == 0 and not group:
                os.setgroups([entry.pw_gid])
            os.setuid(entry.pw_uid)
    except KeyError as error:
        raise Refused(f"we cannot become another user: {error.args[0]}") from None
    except OSError as error:
        raise Refused(f"we cannot become {user or group}: {error.strerror}") from None


class Healthcheck:
    """One service that is checked."""

    def __init__(self, options: Namespace, log: logging.Logger) -> None:
        self.options = options
        self.log = log
        self.machine = Machine(options.rise, options.fall)
        self.loopback = Loopback(options.label, options.exact, options.sudo, options.interfaces)
        self.networks: list[Network] = []
        self.advertisement = Advertisement(())
        self.dialogue = Dialogue(Bell(), not options.no_ack)
        self._result = ""
        self._mute = False

    def run(self) -> int:
        """From the set-up to the end."""
        self._set_up()
        while not self.dialogue.over():
            changed = self._step()
            if changed or not self.options.debounce:
                self._speak()
            if self.options.interval == 0 and self.machine.pause(0, 1) == 0:
                self.machine.feed(Input.END)
                self.log.info("the interval is 0: it ends after this announcement")
                return 0
            self.dialogue.wait(self.machine.pause(self.options.interval, self.options.fast))
        self._end()
        return 0

    # ------------------------------------------------------------------ the beginning

    def _set_up(self) -> None:
        """The process id, addresses, the user; and what there is to announce."""
        options = self.options
        if options.pid:
            try:
                Path(options.pid).write_text(f"{os.getpid()}\n")
            except OSError as error:
                raise Refused(f"{options.pid} cannot be written: {error.strerror}") from None
        self.networks = options.ips or list(dict.fromkeys(self.loopback.present()))
        if not self.networks:
            raise Refused("there is nothing to announce: expected --ip, or addresses on lo beside 127.0.0.1")
        if not options.no_ip_setup:
            self.loopback.add(self.networks)
        drop(options.user, options.group)
        prefixes = self.networks
        if options.deaggregate:
            prefixes = [ip_network(each) for network in prefixes for each in network]
        first = options.start_ip % len(prefixes)
        self.advertisement = advertisement(options, [*prefixes[first:], *prefixes[:first]])

    # ------------------------------------------------------------------ a check

    def _step(self) -> bool:
        """Check once; whether the state is another one now."""
        options = self.options
        if options.disable and os.path.exists(options.disable):
            given = Input.DISABLE
        elif options.command is None:
            given = Input.GOOD
        else:
            outcome = check.run(options.command, options.timeout, self.dialogue)
            if outcome is None:
                return False
            given = Input.GOOD if outcome.good else Input.BAD
            self._tell(outcome)
        changed = self.machine.feed(given)
        if changed:
            self._changed()
        return changed

    def _tell(self, outcome: check.Outcome) -> None:
        """Log how a check ended: each way once, until it ends in another."""
        level = logging.DEBUG if outcome.good or outcome.text == self._result else logging.WARNING
        self._result = outcome.text
        self.log.log(level, "%s", outcome.text)
        if outcome.output and not outcome.good:
            self.log.log(min(level, logging.INFO), "it said: %s", printable(outcome.output))

    def _changed(self) -> None:
        """Tell the programs that are to know."""
        state = self.machine.state.value
        self.log.log(logging.INFO if self.machine.state in SPEAKING else logging.DEBUG, "the service is %s", state)
        commands = [*(getattr(self.options, f"{state.lower()}_execute", None) or ()), *(self.options.execute or ())]
        for command in commands:
            outcome = check.run(command, HOOK, self.dialogue, {"STATE": state})
            if outcome is None:
                return
            if not outcome.good:
                self.log.warning("told of %s: %s: %s", state, outcome.text, printable(command))

    # ------------------------------------------------------------------ what follows from it

    def _speak(self) -> None:
        """Announce or withdraw what the state demands, addresses before announcements and after withdrawals."""
        state = self.machine.state
        if state not in SPEAKING or self.dialogue.over():
            return
        if state is State.UP and self.options.ip_dynamic:
            self._try(self.loopback.add)
        for line in self.advertisement.lines(state):
            self.log.debug("%s", line)
            self.dialogue.say(line)
            for reason in self.dialogue.refused:
                self.log.log(logging.DEBUG if self._mute else logging.ERROR, "%s, in: %s", printable(reason), line)
            if self.dialogue.refused:
                self._mute = True
                self.dialogue.refused.clear()
            if self.dialogue.over():
                return
        if self.dialogue.unanswered:
            self.log.warning("a command was not answered: with api.ack false, --no-ack is needed")
            self.dialogue.unanswered = 0
        if state is not State.UP and self.options.ip_dynamic:
            self._try(lambda networks: self._delete(hosts(networks)))

    def _try(self, change: Callable[[list[Network]], None]) -> None:
        """Change addresses; the service is up or down whether or not that is possible."""
        try:
            change(self.networks)
        except Refused as error:
            self.log.error("%s", printable(str(error)))

    def _delete(self, networks: list[Network]) -> None:
        for problem in self.loopback.delete(networks):
            self.log.warning("%s", printable(problem))

    def _end(self) -> None:
        """Take back what was announced, then the addresses that were added."""
        self.machine.feed(Input.EXIT)
        self.log.info("it ends, and takes back what it announced")
        for line in self.advertisement.lines(State.EXIT):
            if self.dialogue.lost:
                break
            self.dialogue.say(line, FAREWELL)
        if self.options.label and not self.options.no_ip_setup:
            # those with our label are ours, whoever added them; IPv6 has no labels
            added = self.loopback.added
            self._try(lambda networks: self._delete([x for x in hosts(networks) if x.version == 4 or x in added]))
        elif self.loopback.added:
            self._try(lambda networks: self._delete(list(self.loopback.added)))


def advertisement(options: Namespace, prefixes: list[Network]) -> Advertisement:
    """What is said of these prefixes."""
    paths = {
        State.UP: options.up_as_path,
        State.DOWN: options.down_as_path,
        State.DISABLED: options.disabled_as_path,
    }
    return Advertisement(
        tuple([str(prefix) for prefix in prefixes]),
        next_hop=options.next_hop,
        metrics={
            State.UP: options.up_metric,
            State.DOWN: options.down_metric,
            State.DISABLED: options.disabled_metric,
        },
        increase=options.increase,
        local_preference=options.local_preference,
        community=options.community,
        disabled_community=options.disabled_community,
        extended_community=options.extended_community,
        large_community=options.large_community,
        as_path=options.as_path,
        as_paths={state: path for state, path in paths.items() if path is not None},
        path_id=options.path_id,
        withdraw_on_down=options.withdraw_on_down,
        neighbors=tuple(options.neighbors or ()),
    )


if __name__ == "__main__":
    sys.exit(program())
