"""When a service is up: every state with every input, and long runs against the rules as people read them."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from bgptwist.health.machine import SPEAKING, TABLE, TURNING, Input, Machine, State

GOOD, BAD, OFF = Input.GOOD, Input.BAD, Input.DISABLE

CHANGES = {
    # rise and fall of 3: state and count before, input, state and count after
    (State.INIT, 0, GOOD): (State.RISING, 1),
    (State.INIT, 0, BAD): (State.FALLING, 1),
    (State.INIT, 0, OFF): (State.DISABLED, 0),
    (State.RISING, 1, GOOD): (State.RISING, 2),
    (State.RISING, 2, GOOD): (State.UP, 3),
    (State.RISING, 2, BAD): (State.FALLING, 1),
    (State.RISING, 2, OFF): (State.DISABLED, 0),
    (State.UP, 0, GOOD): (State.UP, 0),
    (State.UP, 0, BAD): (State.FALLING, 1),
    (State.UP, 0, OFF): (State.DISABLED, 0),
    (State.FALLING, 1, BAD): (State.FALLING, 2),
    (State.FALLING, 2, BAD): (State.DOWN, 3),
    (State.FALLING, 2, GOOD): (State.RISING, 1),
    (State.FALLING, 2, OFF): (State.DISABLED, 0),
    (State.DOWN, 0, BAD): (State.DOWN, 0),
    (State.DOWN, 0, GOOD): (State.RISING, 1),
    (State.DOWN, 0, OFF): (State.DISABLED, 0),
    (State.DISABLED, 0, OFF): (State.DISABLED, 0),
    (State.DISABLED, 0, GOOD): (State.INIT, 0),
    (State.DISABLED, 0, BAD): (State.INIT, 0),
}


def expected(state: str, count: int, given: Input, rise: int, fall: int) -> tuple[str, int]:
    """The rules of ExaBGP 5.0.15 once more, as they were seen from outside: a chain of cases."""
    if given is OFF:
        return "DISABLED", count
    good = given is GOOD
    if state == "DISABLED":
        return "INIT", count
    if (state == "UP" and good) or (state == "DOWN" and not good):
        return state, count
    here, end, bound = ("RISING", "UP", rise) if good else ("FALLING", "DOWN", fall)
    count = count + 1 if state == here else 1
    return (end if count >= bound else here), count


class MachineTests(SynchronousTestCase):
    def test_every_change(self) -> None:
        for (before, count, fed), (after, counted) in CHANGES.items():
            machine = Machine(3, 3)
            machine.state, machine.count = before, count
            changed = machine.feed(fed)
            self.assertEqual((machine.state, machine.count), (after, counted), (before, fed))
            self.assertEqual(changed, before is not after)

    def test_every_pair_is_in_the_table_above(self) -> None:
        checks = (GOOD, BAD, OFF)
        states = [state for state in State if state not in (State.EXIT, State.END)]
        self.assertEqual({(state, each) for state, _, each in CHANGES}, {(s, i) for s in states for i in checks})

    def test_ends_come_from_everywhere_and_stay(self) -> None:
        for state in State:
            for fed, end in ((Input.EXIT, State.EXIT), (Input.END, State.END)):
                machine = Machine()
                machine.state = state
                machine.feed(fed)
                self.assertIs(machine.state, state if not TABLE[state] else end)

    @given(st.lists(st.sampled_from((GOOD, GOOD, BAD, BAD, OFF)), max_size=60), st.integers(-1, 4), st.integers(-1, 4))
    def test_long_runs(self, inputs: list[Input], rise: int, fall: int) -> None:
        machine = Machine(rise, fall)
        state, count = "INIT", 0
        for each in inputs:
            state, count = expected(state, count, each, rise, fall)
            machine.feed(each)
            self.assertEqual(machine.state.value, state)
        self.assertEqual((machine.good, machine.bad), (inputs.count(GOOD), inputs.count(BAD)))

    def test_checks_are_closer_while_a_change_is_under_way(self) -> None:
        machine = Machine()
        for state in State:
            machine.state = state
            self.assertEqual(machine.pause(5.0, 1.0), 1.0 if state in TURNING else 5.0)
        self.assertEqual(SPEAKING & TURNING, frozenset())
