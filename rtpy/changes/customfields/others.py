"""Custom fields of people, groups, organisations, queues, assets and articles: changed, and recorded for each."""

from rtpy.changes.change import Record
from rtpy.changes.customfields.checking import GivenFields, check_all
from rtpy.changes.customfields.writing import add_values, delete_values, replace_values
from rtpy.changes.recording import record
from rtpy.customfields.kinds import LOOKUPS, Lookup
from rtpy.errors import Invalid, Problem, Refused
from rtpy.fields.allowed import sees, sets
from rtpy.fields.contents import contents_of
from rtpy.fields.definitions import fields_for
from rtpy.models import Transaction
from rtpy.work import Work


def set_fields(
    work: Work,
    lookup: str,
    object_id: int,
    given: GivenFields,
    *,
    container_id: int = 0,
    removed: frozenset[int] = frozenset(),
    roles: frozenset[str] = frozenset(),
) -> list[Transaction]:
    """Let these fields of a thing hold exactly what is given; what was recorded.

    `container_id`: the catalog of an asset, the class of an article; a queue is its own. `roles`: those that the actor
    plays on it. Of file fields that take
    several, uploads are added; `removed` are rows of files that go. Needs ModifyCustomField on each field. Raises
    Refused, or Invalid with every problem; then nothing is changed. Tickets have the pipeline.
    """
    if lookup in (Lookup.TICKET, Lookup.TRANSACTION):
        raise ValueError("tickets are changed through the pipeline")
    place = object_id if lookup == Lookup.QUEUE else container_id
    fields = {each.id: each for each in fields_for(work.app, work.db, lookup, place)}
    for field_id in given.values:
        definition = fields.get(field_id)
        may = definition is not None and sets(work, definition, place, roles)
        if definition is None or not (may or sees(work, definition, place, roles)):
            raise Refused(f"There is no such field on {LOOKUPS[lookup].label.lower()}.")
        if not may:
            raise Refused(f"You may not change {definition.name}: the right ModifyCustomField is needed.")
    held = contents_of(work.db, lookup, object_id)
    done: list[Transaction] = []
    values = dict(given.values)
    for definition in [fields[each] for each in given.values if fields[each].facts.is_file]:
        rest = [value for value in held.get(definition.id, ()) if value.id not in removed]
        if rest and not any(not isinstance(each, str) for each in values[definition.id]):
            del values[definition.id]  # some stay and none comes: nothing to check
            gone = [value for value in held[definition.id] if value.id in removed]
            done += delete_values(work, definition, gone)
    checked = check_all(
        work, fields.values(), GivenFields(values, given.zone), object_id=object_id, held=held
    )
    for each in checked:
        definition = each.definition
        gone = [value for value in held.get(definition.id, ()) if value.id in removed]
        if definition.facts.is_file and not definition.is_single:
            stay = len(held.get(definition.id, ())) - len(gone)
            if definition.max_values and stay + len(each.values) > definition.max_values:
                sentence = f"{definition.name} takes at most {definition.max_values} files: remove one first."
                raise Invalid(Problem(definition.input_name, sentence))
            done += delete_values(work, definition, gone)
            done += add_values(work, each, object_id)
        else:
            done += replace_values(work, each, object_id)
    return [record(work, lookup, object_id, Record(transaction)) for transaction in done]
