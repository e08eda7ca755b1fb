"""The fields that a lifecycle wants filled before a ticket makes a move, for every face alike."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import bindparam, select

from rtpy.changes.customfields.checking import NO_FIELDS, GivenFields, missing_fields
from rtpy.customfields.kinds import Lookup
from rtpy.errors import Invalid, Problem
from rtpy.fields.definitions import field_named
from rtpy.lifecycle.lifecycle import CREATION, Lifecycle
from rtpy.lifecycle.mandatory import custom_name, label_of
from rtpy.models import Ticket, Transaction
from rtpy.work import Face, Work

SENTENCES = {
    "owner": "say who owns it",
    "due": "set the due date",
    "starts": "set the start date",
    "organization": "choose its organisation",
    "time_worked": "book the minutes worked",
    "time_taken": "book the minutes that this took",
    "reply": "write a reply to the customer",
    "comment": "write what was done",
}
"""What is to be done for each field, after “To set the status to …,”."""


class FieldsMissing(Invalid):
    """A move needs fields that are empty; `names` are theirs, as the lifecycle spells them.

    The problems are named alike, but those of custom fields like their inputs.
    """

    def __init__(self, status: str, names: Iterable[str], inputs: Mapping[str, str]) -> None:
        self.status, self.names = status, tuple(names)
        super().__init__(*(Problem(inputs.get(name, name), _sentence(status, name)) for name in self.names))


def check_mandatory(work: Work, ticket: Ticket, lifecycle: Lifecycle, new: str) -> None:
    """Raises FieldsMissing, a problem for each empty field. What was changed before in the same bundle counts.

    The system is not asked: nobody could answer it.
    """
    names = lifecycle.mandatory_for(ticket.status, new)
    if not names or work.actor.face is Face.SYSTEM:
        return
    minutes, said = _done_with_it(work, ticket) if _STEP.intersection(names) else (0, frozenset())
    filled = _Filled(work, ticket, minutes, "Correspond" in said, bool(said))
    inputs = _empty_fields(work, ticket, names, NO_FIELDS)
    _refuse(lifecycle.shown(new), [name for name in names if name in inputs or not filled.has(name)], inputs)


def check_created(
    work: Work,
    ticket: Ticket,
    lifecycle: Lifecycle,
    *,
    minutes: int,
    is_said: bool,
    fields: GivenFields = NO_FIELDS,
) -> None:
    """The same for a ticket that is to begin with a status which somebody asked for. Raises FieldsMissing."""
    names = lifecycle.mandatory_for(CREATION, ticket.status)
    if not names or work.actor.face is Face.SYSTEM:
        return
    filled = _Filled(work, ticket, minutes, is_said, is_said)
    inputs = _empty_fields(work, ticket, names, fields)
    empty = [name for name in names if name in inputs or not filled.has(name)]
    _refuse(lifecycle.shown(ticket.status), empty, inputs)


class _Filled:
    """Which fields of a ticket hold something."""

    def __init__(self, work: Work, ticket: Ticket, minutes: int, is_replied: bool, is_said: bool) -> None:
        nobody = work.app.nobody_id(work.db)
        self._by_name: dict[str, Callable[[], bool]] = {
            "owner": lambda: ticket.owner_id != nobody,
            "due": lambda: ticket.due is not None,
            "starts": lambda: ticket.starts is not None,
            "organization": lambda: ticket.organization_id is not None,
            "time_worked": lambda: ticket.time_worked + (0 if ticket.id else minutes) > 0,
            "time_taken": lambda: minutes > 0,
            "reply": lambda: is_replied,
            "comment": lambda: is_said,
        }

    def has(self, name: str) -> bool:
        """Custom fields are asked elsewhere."""
        return name not in self._by_name or self._by_name[name]()


_STEP = frozenset({"time_taken", "reply", "comment"})
"""What has to come with the move itself."""

_SAID = ("Correspond", "Comment")

_DONE = select(Transaction.type, Transaction.time_taken).where(
    Transaction.object_type == "ticket",
    Transaction.object_id == bindparam("ticket"),
    Transaction.creator_id == bindparam("actor"),
    Transaction.created == bindparam("now"),
    Transaction.type != "Create",
)


def _done_with_it(work: Work, ticket: Ticket) -> tuple[int, frozenset[str]]:
    """The minutes that the actor booked in this piece of work, and how they spoke. One query."""
    given = {"ticket": ticket.id, "actor": work.actor.user_id, "now": work.now}
    rows = work.db.connection().execute(_DONE, given).all()
    return sum(row.time_taken for row in rows), frozenset(row.type for row in rows if row.type in _SAID)


def _empty_fields(work: Work, ticket: Ticket, names: Iterable[str], fields: GivenFields) -> dict[str, str]:
    """The custom fields among `names` that would be empty, with the names of their inputs.

    A field that the ticket's queue does not have can be asked of nobody. At most one query, none without such names.
    """
    inputs, given = {}, {}
    for name in names:
        if (own := custom_name(name)) is None:
            continue
        definition = field_named(work.app, work.db, Lookup.TICKET, own, ticket.queue_id)
        if definition is not None:
            inputs[definition.input_name] = name
            defaults = () if ticket.id else definition.defaults_in(ticket.queue_id)
            given[own] = fields.values.get(definition.id, defaults)
    if not inputs:
        return {}
    missing = missing_fields(work, ticket, list(given), given)
    return {inputs[each.field]: each.field for each in missing if each.field in inputs}


def _refuse(status: str, missing: list[str], inputs: Mapping[str, str]) -> None:
    if missing:
        raise FieldsMissing(status, missing, inputs)


def _sentence(status: str, name: str) -> str:
    return f"To set the status to “{status}”, {SENTENCES.get(name) or f'fill in “{label_of(name)}”'}."
