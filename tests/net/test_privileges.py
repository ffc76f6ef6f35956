"""Giving up root, tried in processes of their own: as root something changes, for everybody else nothing does."""

import grp
import json
import os
import pwd
import sys
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import SynchronousTestCase, TestCase

from bgptwist.net.privileges import drop
from bgptwist.wire.errors import Refused

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NOBODY = "nobody"
STRANGER = "no-such-user-of-bgptwist"

IS_ROOT = os.getuid() == 0

SCRIPT = """
import json, os, pwd, sys
from bgptwist.net.privileges import drop
from bgptwist.wire.errors import Refused

def state():
    return [list(os.getresuid()), list(os.getresgid()), sorted(os.getgroups())]

if os.getuid() == 0:
    os.setgroups([0])
if len(sys.argv) > 2 and os.getuid() == 0:
    os.setuid(pwd.getpwnam(sys.argv[2]).pw_uid)
before = state()
try:
    answers = [drop(sys.argv[1]), drop(sys.argv[1])]
except Refused as error:
    answers = [str(error)]
after = state()
try:
    os.setuid(0)
    back = True
except PermissionError:
    back = False
print(json.dumps([answers, before, after, back]))
"""


def run(*users: str) -> Deferred[tuple[bytes, bytes, int]]:
    """A process that becomes the first user, twice; with a second one it is not root, but of root's group, before."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return getProcessOutputAndValue(sys.executable, ("-c", SCRIPT, *users), env=environment, path=str(CHECKOUT))


class HereTests(SynchronousTestCase):
    """What changes nothing can be tried in this process."""

    def test_becoming_who_we_are_changes_nothing(self) -> None:
        before = (os.getresuid(), os.getresgid(), os.getgroups())
        self.assertFalse(drop(pwd.getpwuid(os.getuid()).pw_name))
        self.assertEqual((os.getresuid(), os.getresgid(), os.getgroups()), before)

    def test_an_unknown_user_is_refused_where_there_is_something_to_give_up(self) -> None:
        before = (os.getresuid(), os.getresgid(), os.getgroups())
        if IS_ROOT:
            error = self.assertRaises(Refused, drop, STRANGER)
            self.assertEqual(str(error), f"there is no user '{STRANGER}' to run as (exabgp.daemon.user)")
        else:
            self.assertFalse(drop(STRANGER))
        self.assertEqual((os.getresuid(), os.getresgid(), os.getgroups()), before)


class ProcessTests(TestCase):
    """What a process is after it gave up root."""

    async def become(self, *users: str) -> Any:
        output, errors, status = await run(*users)
        self.assertEqual((errors, status), (b"", 0))
        return json.loads(output)

    async def test_root_becomes_another_user_for_good_and_nobody_else_does(self) -> None:
        answers, before, after, back = await self.become(NOBODY)
        if IS_ROOT:
            entry = pwd.getpwnam(NOBODY)
            groups = sorted(group.gr_gid for group in grp.getgrall() if NOBODY in group.gr_mem)
            self.assertEqual(after, [[entry.pw_uid] * 3, [entry.pw_gid] * 3, groups])
            self.assertEqual((answers, back), ([True, False], False))
        else:
            self.assertEqual((after, answers, back), (before, [False, False], False))

    async def test_an_unknown_user_changes_nothing(self) -> None:
        answers, before, after, back = await self.become(STRANGER)
        self.assertEqual((after, back), (before, IS_ROOT))
        self.assertEqual(answers == [False, False], not IS_ROOT)

    async def test_who_is_not_root_has_nothing_to_give_up_whatever_its_group(self) -> None:
        answers, before, after, back = await self.become("root", NOBODY)
        self.assertEqual((answers, back), ([False, False], False))
        self.assertEqual(after, before)
