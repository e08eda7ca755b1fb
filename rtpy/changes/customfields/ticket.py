"""Custom fields of tickets as changes of the pipeline, and what a new ticket gets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from rtpy.changes.allowed import may
from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import Checked, GivenFields, check_field
from rtpy.changes.customfields.creating import FirstValues, check_first
from rtpy.changes.customfields.writing import add_values, delete_values, replace_values
from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import Lookup
from rtpy.customfields.parsing import Given, check_values
from rtpy.customfields.showing import plain_text
from rtpy.errors import Invalid, Problem, Refused
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import all_fields, fields_for
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class SetCustomField:
    """Let a field of the ticket hold exactly these values; none empties it. `zone`: by which clock dates are meant."""

    field_id: int
    values: tuple[Given, ...]
    zone: tzinfo = UTC

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyCustomField on the field or the queue. Raises Invalid for values that do not fit."""
        self._checked(work, ticket)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it holds them already."""
        for transaction in replace_values(work, self._checked(work, ticket), ticket.id):
            yield Record(transaction)

    def _checked(self, work: Work, ticket: Ticket) -> Checked:
        definition = field_of_ticket(work, ticket, self.field_id)
        return check_field(work, definition, self.values, object_id=ticket.id, zone=self.zone)


@dataclass(frozen=True, slots=True)
class AddCustomFieldValue:
    """Let a field of the ticket hold this value too; in a field that is full it takes the place of the oldest."""

    field_id: int
    value: Given
    zone: tzinfo = UTC

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyCustomField on the field or the queue. Raises Invalid for a value that does not fit."""
        self._checked(work, ticket)

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it holds it already."""
        for transaction in add_values(work, self._checked(work, ticket), ticket.id):
            yield Record(transaction)

    def _checked(self, work: Work, ticket: Ticket) -> Checked:
        definition = field_of_ticket(work, ticket, self.field_id)
        return check_field(work, definition, (self.value,), object_id=ticket.id, zone=self.zone)


@dataclass(frozen=True, slots=True)
class DeleteCustomFieldValue:
    """Take one value out of a field of the ticket, named by its text or by the number of its row."""

    field_id: int
    value: str | int

    def check(self, work: Work, ticket: Ticket) -> None:
        """Needs ModifyCustomField; the last value of a mandatory field stays."""
        definition = field_of_ticket(work, ticket, self.field_id)
        held = contents_of(work.db, Lookup.TICKET, ticket.id).get(self.field_id, [])
        gone = find_values(definition, held, self.value)
        rest = [each for each in held if each not in gone]
        if gone and not rest and (sentences := check_values(definition, ())):
            raise Invalid(*(Problem(definition.input_name, sentence) for sentence in sentences))

    def apply(self, work: Work, ticket: Ticket) -> Iterator[Record]:
        """Nothing when it is not there."""
        definition = all_fields(work.app, work.db)[self.field_id]
        held = contents_of(work.db, Lookup.TICKET, ticket.id).get(self.field_id, [])
        for transaction in delete_values(work, definition, find_values(definition, held, self.value)):
            yield Record(transaction)


def field_of_ticket(work: Work, ticket: Ticket, field_id: int) -> FieldDefinition:
    """The field, if it stands on the ticket and the actor may change it. Raises Refused."""
    definition = all_fields(work.app, work.db).get(field_id)
    if (
        definition is None
        or definition.lookup != Lookup.TICKET
        or not definition.applies(ticket.queue_id)
        or not _may(work, ticket, definition, Right.SEE_CUSTOM_FIELD, Right.MODIFY_CUSTOM_FIELD)
    ):
        raise Refused(f"Ticket #{ticket.id} has no such field.")
    if not _may(work, ticket, definition, Right.MODIFY_CUSTOM_FIELD):
        raise Refused(
            f"You may not change {definition.name} of ticket #{ticket.id}: the right ModifyCustomField is needed."
        )
    return definition


def check_said(work: Work, ticket: Ticket, given: GivenFields) -> FirstValues | None:
    """The custom fields of a reply or a comment; None when there are none. Raises Refused or Invalid."""
    if not given.values and not fields_for(work.app, work.db, Lookup.TRANSACTION, ticket.queue_id):
        return None
    grants = [work.rights.of(right) for right in (Right.MODIFY_CUSTOM_FIELD, Right.SET_INITIAL_CUSTOM_FIELD)]
    by_role = any(each.by_role for each in grants)
    roles = roles_held(work.db, work.rights.principals, ticket) if by_role else frozenset()
    return check_first(work, Lookup.TRANSACTION, ticket.queue_id, given, roles=roles)


def set_fields_of(work: Work, ticket: Ticket, given: GivenFields) -> tuple[SetCustomField, ...]:
    """The changes for several fields at once, those first on which others are based."""
    known = all_fields(work.app, work.db)

    def depth(field_id: int) -> int:
        steps, each = 0, known.get(field_id)
        while each is not None and each.based_on_id is not None and steps < 20:
            steps, each = steps + 1, known.get(each.based_on_id)
        return steps

    ordered = sorted(given.values, key=lambda field_id: (depth(field_id), field_id))
    return tuple(SetCustomField(each, tuple(given.values[each]), given.zone) for each in ordered)


def find_values(
    definition: FieldDefinition, held: Sequence[FieldValue], wanted: str | int
) -> list[FieldValue]:
    """The values that are meant: the row of that number, or those that read like the text."""
    if isinstance(wanted, int):
        return [each for each in held if each.id == wanted]
    text = wanted.strip().casefold()
    return [each for each in held if plain_text(definition.type, each).casefold() == text]


def _may(work: Work, ticket: Ticket, definition: FieldDefinition, *rights: str) -> bool:
    if any(may(work, ticket, right) for right in rights):
        return True
    grants = [work.rights.of(right) for right in rights]
    by_role = any(each.by_role for each in grants)
    roles = roles_held(work.db, work.rights.principals, ticket) if by_role else frozenset()
    return any(each.on_field(definition.id, "queue", ticket.queue_id, roles) for each in grants)
