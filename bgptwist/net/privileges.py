"""Giving up root, once the ports are open."""

import grp
import os
import pwd

from bgptwist.wire.errors import Refused


def drop(user: str) -> bool:
    """Become `user` and its primary group if this process is root; whether anything changed.

    Refused when there is no such user or the system does not let us.
    """
    if os.getuid() != 0:
        return False
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise Refused(f"there is no user '{user}' to run as (exabgp.daemon.user)") from None
    if entry.pw_uid == os.getuid() and entry.pw_gid == os.getgid():
        return False
    try:
        os.setgroups([group.gr_gid for group in grp.getgrall() if user in group.gr_mem])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    except OSError as error:
        raise Refused(f"cannot become user '{user}': {error.strerror}") from None
    return True
