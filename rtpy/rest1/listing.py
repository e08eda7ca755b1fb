"""What a search found: numbers in order, and how the forms for them are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rtpy.rest1.forms import Form

MOST = 10_000
"""Objects that one search gives. RT has no bound; who needs more asks in pieces."""


def too_many(what: str) -> str:
    """The sentence about it."""
    return f"More than {MOST} {what} match: narrow the query, such as by id > and id <=."


@dataclass(frozen=True, slots=True)
class Listing:
    """`title` is the field that short lists show; `read` gets the fields that are needed, none: all."""

    ids: Sequence[int]
    title: str
    read: Callable[[Sequence[str]], list[Form]]
