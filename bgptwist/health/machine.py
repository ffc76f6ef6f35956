"""When a service counts as up or down: single results become states, with hysteresis (ExaBGP's API, 8)."""

from enum import Enum
from typing import Final


class State(Enum):
    """What a service is taken for; the values are the words that hooks and people are told."""

    INIT = "INIT"
    RISING = "RISING"
    UP = "UP"
    FALLING = "FALLING"
    DOWN = "DOWN"
    DISABLED = "DISABLED"
    EXIT = "EXIT"
    """The end, with everything taken back."""
    END = "END"
    """The end, with everything left as it is."""


class Input(Enum):
    """What may happen: a check was good or bad, a person has disabled the service, the program is to end."""

    GOOD = "good"
    BAD = "bad"
    DISABLE = "disable"
    EXIT = "exit"
    END = "end"


ENDINGS: Final = {Input.DISABLE: State.DISABLED, Input.EXIT: State.EXIT, Input.END: State.END}

TABLE: Final[dict[State, dict[Input, State]]] = {
    State.INIT: {**ENDINGS, Input.GOOD: State.RISING, Input.BAD: State.FALLING},
    State.RISING: {**ENDINGS, Input.GOOD: State.RISING, Input.BAD: State.FALLING},
    State.UP: {**ENDINGS, Input.GOOD: State.UP, Input.BAD: State.FALLING},
    State.FALLING: {**ENDINGS, Input.GOOD: State.RISING, Input.BAD: State.FALLING},
    State.DOWN: {**ENDINGS, Input.GOOD: State.RISING, Input.BAD: State.DOWN},
    State.DISABLED: {**ENDINGS, Input.GOOD: State.INIT, Input.BAD: State.INIT},
    State.EXIT: {},
    State.END: {},
}
"""The state after an input; RISING and FALLING become UP and DOWN when there were enough results of a kind."""

SPEAKING: Final = frozenset({State.UP, State.DOWN, State.DISABLED, State.EXIT})
"""The states in which neighbors are told something; in the others they keep what they were told."""

TURNING: Final = frozenset({State.RISING, State.FALLING})
"""The states in which the next check comes sooner."""


class Machine:
    """One service: `rise` good results in a row make it UP, `fall` bad ones DOWN; less than 1 is as 1.

    `state` is what it is taken for, `count` how many results in a row speak for a change.  `good` and `bad` count all
    results there were.
    """

    def __init__(self, rise: int = 3, fall: int = 3) -> None:
        self.rise = rise
        self.fall = fall
        self.state = State.INIT
        self.count = 0
        self.good = 0
        self.bad = 0

    def feed(self, given: Input) -> bool:
        """Take one input; whether the state is another one now."""
        before = self.state
        self.good += given is Input.GOOD
        self.bad += given is Input.BAD
        after = TABLE[before].get(given, before)
        if after in TURNING:
            self.count = self.count + 1 if after is before else 1
            if after is State.RISING and self.count >= self.rise:
                after = State.UP
            elif after is State.FALLING and self.count >= self.fall:
                after = State.DOWN
        else:
            self.count = 0
        self.state = after
        return after is not before

    def pause(self, interval: float, fast: float) -> float:
        """Seconds until the next check: `fast` while a change is under way, otherwise `interval`."""
        return fast if self.state in TURNING else interval
