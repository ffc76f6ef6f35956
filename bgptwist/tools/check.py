"""One run of a check command: in a process group of its own, which is killed when it takes too long."""

import os
import signal
import subprocess
import time
from typing import Final, NamedTuple

from bgptwist.tools.dialogue import Dialogue

KEPT: Final = 1000
"""Octets of its output that are kept, the last ones."""
LOOK: Final = 1.0
"""Seconds between two looks at a command, should its end not be told."""


class Outcome(NamedTuple):
    """Whether it was good, how it ended in words, and the end of what it said."""

    good: bool
    text: str
    output: str = ""


def run(command: str, timeout: float, dialogue: Dialogue, variables: dict[str, str] | None = None) -> Outcome | None:
    """Have /bin/sh carry out a command; None when we were asked to end meanwhile.  A `timeout` of 0 is none."""
    try:
        process = subprocess.Popen(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            env={**os.environ, **(variables or {})},
        )
    except (OSError, ValueError) as error:
        return Outcome(False, f"the command cannot be started: {error}")
    try:
        return watch(process, timeout, dialogue)
    finally:
        if process.poll() is None:
            kill(process)
        if process.stdout is not None:
            process.stdout.close()


def watch(process: "subprocess.Popen[bytes]", timeout: float, dialogue: Dialogue) -> Outcome | None:
    """Follow a command to its end; its output may stay open longer, in the hands of what it started."""
    assert process.stdout is not None
    number = process.stdout.fileno()
    os.set_blocking(number, False)
    also = [number]
    output = b""
    deadline = time.monotonic() + timeout if timeout > 0 else float("inf")
    # its end is a signal, which ends the waiting as output does
    while process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return Outcome(False, f"the command did not end in {timeout:g} s", said(output))
        if dialogue.over():
            return None
        if number in dialogue.listen(min(left, LOOK), also):
            octets = read(number)
            output = (output + octets)[-KEPT:]
            also = [number] if octets else []
    output = (output + read(number))[-KEPT:]
    status = process.returncode
    if status == 0:
        return Outcome(True, "the command was good", said(output))
    how = f"status {status}" if status > 0 else f"signal {-status}"
    return Outcome(False, f"the command ended with {how}", said(output))


def read(number: int) -> bytes:
    """What a command has said by now."""
    try:
        return os.read(number, 65536)
    except OSError:
        return b""


def said(output: bytes) -> str:
    """The output as text."""
    return output.decode("utf-8", "replace").strip()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a command and what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass
    process.wait()
