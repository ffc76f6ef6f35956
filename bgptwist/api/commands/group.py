"""Commands that are collected and then carried out together (ExaBGP 6)."""

from json import dumps
from typing import Final

from bgptwist.api.answers import Answer
from bgptwist.api.batch import Group
from bgptwist.api.call import Call, Command, Output
from bgptwist.wire.errors import BgptwistError, Refused

VERBS: Final = ("announce ", "withdraw ")
SHARED: Final = "attributes "


def belongs(line: str) -> bool:
    """Whether a line waits for the end of a group; others are carried out at once."""
    return line.startswith(VERBS)


def add(group: Group, line: str, answer: Answer) -> None:
    """Put a line into the group that was started."""
    group.add(line)
    answer.done()


def start(call: Call) -> Output:
    """Begin to collect."""
    if call.conversation.group is not None:
        raise Refused("a group was started before and not ended")
    if call.conversation.batch is not None:
        raise Refused("a batch was begun and not ended")
    call.conversation.collect(group=Group())
    return None


def end(call: Call) -> Output:
    """Carry out what was collected."""
    group = call.conversation.group
    if group is None:
        raise Refused("no group was started")
    call.conversation.collect()
    return process(call, group.lines)


def one_line(call: Call) -> Output:
    """`announce ... ; withdraw ...`: a group in one line, for the neighbors named before it."""
    return process(call, [part.strip() for part in call.text.split(" ; ") if part.strip(" ;")])


def process(call: Call, lines: list[str]) -> Output:
    """Carry out the lines and tell how many did what; one that is wrong does not stop the others.

    A line `attributes ATTRIBUTES` gives its words to those after it.  In a batch one that is wrong is the end of it.
    """
    errors: list[str] = []
    counts = {"announce": 0, "withdraw": 0}
    shared = ""
    for line in lines:
        if line.startswith(SHARED):
            shared = line[len(SHARED) - 1 :]
            continue
        try:
            if not belongs(line):
                raise Refused(f"'{line}' neither announces nor withdraws")
            call.perform(line + shared, call)
        except BgptwistError as error:
            if call.changes is not None:
                raise
            errors.append(str(error))
        else:
            counts[line.split(None, 1)[0]] += 1
    call.answer.count(rejected=len(errors))
    if call.changes is not None:
        return None
    report = {
        "status": "group processed",
        "announced": counts["announce"],
        "withdrawn": counts["withdraw"],
        "errors": errors,
    }
    return [dumps(report)]


COMMANDS: Final[tuple[Command, ...]] = (
    Command("", start, modern="group start"),
    Command("", end, modern="group end", json=True),
    Command("", one_line, selected=("group",), json=True, options="announce ... ; withdraw ...", changes=True),
)
