"""Routes that change together, in one turn of the reactor, or not at all."""

from json import dumps
from typing import Final

from bgptwist.api.batch import Batch
from bgptwist.api.call import Call, Command, Output
from bgptwist.wire.errors import Misspelt, Refused


def begin(call: Call) -> Output:
    """Read and check the lines that follow, and wait."""
    nothing_more(call)
    conversation = call.conversation
    if conversation.batch is not None:
        raise Refused("a batch was begun and not ended")
    if conversation.group is not None:
        raise Refused("a group was started and not ended")
    conversation.collect(batch=Batch(call.control.speaker))
    return None


def commit(call: Call) -> Output:
    """`[json]`: apply them all, or none when one is wrong; the batch is over in either case."""
    batch = open_batch(call)
    call.conversation.collect()
    if call.text not in ("", "json"):
        raise Misspelt(f"'{call.text}' cannot be read, nothing was changed", "json or nothing", 0)
    announced, withdrawn = batch.commit(call.answer.identifier)
    call.answer.count(announced, withdrawn)
    if not call.text:
        return None
    return [dumps({"status": "batch committed", "announced": announced, "withdrawn": withdrawn})]


def abort(call: Call) -> Output:
    """Forget them."""
    open_batch(call)
    call.conversation.collect()
    nothing_more(call)
    return None


def open_batch(call: Call) -> Batch:
    """The batch of this caller; Refused when there is none."""
    if call.conversation.batch is None:
        raise Refused("no batch was begun")
    return call.conversation.batch


def nothing_more(call: Call) -> None:
    """Misspelt when something follows the words of the command."""
    if call.text:
        raise Misspelt(f"'{call.text}' cannot be read", "nothing more", 0)


COMMANDS: Final[tuple[Command, ...]] = (
    Command("batch begin", begin, modern="batch begin"),
    Command("batch commit", commit, modern="batch commit", json=True, options="[json]"),
    Command("batch abort", abort, modern="batch abort"),
)
