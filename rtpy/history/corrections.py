"""Corrections: a reply of ours that was put right later. What was said stays; both versions are shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rtpy.history.entry import Entry

CORRECT = "Correct"
"""The type of the transaction; its `old_value` is the number of the transaction that it puts right."""


def apart(entries: Sequence[Entry]) -> tuple[list[Entry], Mapping[int, tuple[Entry, ...]]]:
    """The entries without corrections of messages that are among them, and these corrections by the message's number.

    Oldest first. A correction whose message is not among the entries stays where it is.
    """
    there = {str(entry.id): entry.id for entry in entries if entry.is_message}
    found: dict[int, list[Entry]] = defaultdict(list)
    left = []
    for entry in entries:
        if entry.type == CORRECT and entry.old_value in there:
            found[there[entry.old_value]].append(entry)
        else:
            left.append(entry)
    return left, {number: tuple(several) for number, several in found.items()}
