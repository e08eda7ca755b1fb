"""Writing values of custom fields: rows that come and rows that are switched off, and what history says of it.

No right is asked here and nothing is checked: see ticket.py and others.py beside this.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import bindparam, update

from rtpy.changes.customfields.checking import Checked
from rtpy.changes.storing import store
from rtpy.content.plain import html_to_text
from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.showing import plain_text
from rtpy.fields.contents import contents_of, value_of
from rtpy.models import CustomFieldContent, Transaction
from rtpy.work import Work

SAID = 255
"""Characters of a value that a transaction repeats; the rows it refers to have all of it."""


def store_values(
    work: Work, checked: Checked, object_id: int, *, creator_id: int | None = None, after: int = 0
) -> list[FieldValue]:
    """Store the values as new rows of the thing, in order; `after` rows that it has already."""
    definition = checked.definition
    hashes: Sequence[str | None] = [None] * len(checked.values)
    if definition.facts.is_file:
        data = [each.data for each in checked.given if not isinstance(each, str)]
        hashes = work.app.blobs.put(work.db, *data)
    stored = []
    for position, (value, sha256) in enumerate(zip(checked.values, hashes, strict=True)):
        row = CustomFieldContent(
            custom_field_id=definition.id,
            object_type=definition.lookup,
            object_id=object_id,
            content=value.content,
            large_content=value.large,
            blob_sha256=sha256,
            content_type=value.content_type,
            size=value.size,
            sort_order=after + position,
            creator_id=creator_id or work.actor.user_id,
            created=work.now,
        )
        store(work.db, row)
        stored.append(value_of(row))
    return stored


def replace_values(work: Work, checked: Checked, object_id: int) -> Iterator[Transaction]:
    """Let the thing hold exactly these; one transaction for each value that goes or comes, none when all is the same.

    A field of one value says “from A to B” in one transaction. Files are all taken for new.
    """
    definition = checked.definition
    held = contents_of(work.db, definition.lookup, object_id).get(definition.id, [])
    wanted = {value.key for value in checked.values}
    is_file = definition.facts.is_file
    gone = [value for value in held if is_file or value.key not in wanted]
    known = {value.key for value in held}
    fresh = [value for value in checked.values if is_file or value.key not in known]
    _switch_off(work, gone)
    came = store_values(work, Checked(definition, tuple(fresh), checked.given), object_id, after=len(held))
    yield from _told(definition, gone, came)


def add_values(work: Work, checked: Checked, object_id: int) -> Iterator[Transaction]:
    """Let the thing hold these too; what it has is kept, up to the field's limit: then the oldest go (RT)."""
    definition = checked.definition
    held = contents_of(work.db, definition.lookup, object_id).get(definition.id, [])
    known = {value.key for value in held if not definition.facts.is_file}
    fresh = [value for value in checked.values if value.key not in known]
    if not fresh:
        return
    over = len(held) + len(fresh) - definition.max_values if definition.max_values else 0
    gone = held[: max(over, 0)]
    _switch_off(work, gone)
    came = store_values(work, Checked(definition, tuple(fresh), checked.given), object_id, after=len(held))
    yield from _told(definition, gone, came)


def delete_values(
    work: Work, definition: FieldDefinition, gone: Sequence[FieldValue]
) -> Iterator[Transaction]:
    """Switch these rows off."""
    _switch_off(work, gone)
    yield from _told(definition, gone, ())


def said_value(definition: FieldDefinition, value: FieldValue) -> str:
    """A value as history repeats it: text, not longer than SAID."""
    text = plain_text(definition.type, value)
    if definition.type == FieldType.HTML:
        text = html_to_text(text)
    text = " ".join(text.split())
    return text if len(text) <= SAID else f"{text[: SAID - 1]}…"


def _told(
    definition: FieldDefinition, gone: Sequence[FieldValue], came: Sequence[FieldValue]
) -> Iterator[Transaction]:
    old, new = list(gone), list(came)
    if definition.max_values:
        while old and new:
            yield _transaction(definition, old.pop(0), new.pop(0))
    for value in old:
        yield _transaction(definition, value, None)
    for value in new:
        yield _transaction(definition, None, value)


def _transaction(definition: FieldDefinition, old: FieldValue | None, new: FieldValue | None) -> Transaction:
    return Transaction(
        type="CustomField",
        field=str(definition.id),
        old_value=said_value(definition, old) if old else "",
        new_value=said_value(definition, new) if new else "",
        old_reference=old.id if old else None,
        new_reference=new.id if new else None,
    )


_table = CustomFieldContent.__table__
_SWITCH_OFF = (
    update(CustomFieldContent)
    .where(_table.c.id.in_(bindparam("ids", expanding=True)))
    .values(disabled=True)
    .execution_options(synchronize_session=False)
)


def _switch_off(work: Work, values: Sequence[FieldValue]) -> None:
    if values:
        work.db.execute(_SWITCH_OFF, {"ids": [value.id for value in values]})
