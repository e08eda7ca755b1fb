"""Writing custom fields of what is no ticket, field by field, with RT's sentence for each value that comes or goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rtpy.changes.customfields.checking import GivenFields
from rtpy.customfields.parsing import Given
from rtpy.errors import Invalid, RtpyError
from rtpy.fields.contents import contents_of
from rtpy.models import Transaction
from rtpy.rest.field_values import leave_out_unfit, read_fields, removed_files, say_unfit
from rtpy.rest.names import read_names
from rtpy.rest.words import say
from rtpy.rest2.call import Call
from rtpy.rest2.changed_words import say_refused
from rtpy.rest2.documents import uploads_of
from rtpy.rest2.problem import Problem

SetFields = Callable[[GivenFields, frozenset[int]], Sequence[Transaction]]
"""Changes fields of the thing; the second are rows of files that go."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A thing that holds values: its kind and number, its queue, catalog or class, and the caller's roles on it."""

    lookup: str
    id: int
    place: int = 0
    roles: frozenset[str] = frozenset()


def first_fields(call: Call, lookup: str, place: int, value: Any) -> GivenFields:
    """The `CustomFields` of what is to be made; what no field of the caller's is, is passed over (RT).

    Raises Problem 400, and Invalid.
    """
    read = read_fields(call.work, lookup, place, value, uploads=uploads_of(call).files)
    if read.problems:
        raise Problem(400, read.problems[0])
    return leave_out_unfit(read)


def put_fields(call: Call, label: str, holder: Holder, value: Any, change: SetFields) -> list[str]:
    """Try each field by itself; what was said."""
    work = call.work
    try:
        read = read_fields(
            work, holder.lookup, holder.place, value, roles=holder.roles, uploads=uploads_of(call).files
        )
    except Invalid as invalid:
        raise Problem(400, str(invalid)) from None
    removed = (
        removed_files(read, contents_of(work.db, holder.lookup, holder.id)) if any(read.kept) else frozenset()
    )
    said = list(read.problems)
    done: list[Transaction] = []
    for field_id, given in read.given.values.items():
        try:
            with work.db.begin_nested():
                done += change(GivenFields({field_id: given}, read.given.zone), removed)
        except RtpyError as problem:
            said += say_done(call, label, done)
            done = []
            said.append(_reason(read.definitions[field_id], given, problem) or say_refused(label, problem))
    said += say_done(call, label, done)
    return said + [f"{label}: Unknown custom field '{name[:60]}'" for name in read.unknown]


def say_done(call: Call, label: str, done: Sequence[Transaction]) -> list[str]:
    """Sentences for transactions: of one field first what came, then what went, by text (RT)."""
    if not done:
        return []
    names = read_names(call.work, done)
    order = list(dict.fromkeys(each.field for each in done))
    ordered = sorted(done, key=lambda each: (order.index(each.field), not each.new_value, _gone(each)))
    return [say(each, names, label) for each in ordered]


def _gone(transaction: Transaction) -> str:
    return "" if transaction.new_value else transaction.old_value


def _reason(definition: Any, given: Sequence[Given], problem: RtpyError) -> str:
    return say_unfit(definition, given) if isinstance(problem, Invalid) else ""
