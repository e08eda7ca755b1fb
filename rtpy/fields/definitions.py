"""The custom fields that there are, remembered between requests until somebody changes one."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.customfields.brought import BroughtKind
from rtpy.customfields.definition import Choice, FieldDefinition
from rtpy.customfields.kinds import TYPES, FieldType
from rtpy.models import CustomField, CustomFieldDefault, CustomFieldPlace, CustomFieldValue
from rtpy.remembered import remembered, watch

watch(CustomField, CustomFieldDefault, CustomFieldPlace, CustomFieldValue)


def all_fields(app: App, db: Session) -> Mapping[int, FieldDefinition]:
    """Every field by its id, also those that are switched off. No query as long as nobody changes one."""
    return remembered(app, db, "custom_fields", partial(_read, app.named("rtpy_custom_field_kinds")))


def fields_for(app: App, db: Session, lookup: str, container_id: int = 0) -> tuple[FieldDefinition, ...]:
    """The fields that stand on things of this kind, in the order of pages.

    `container_id`: the queue of a ticket or of its transactions, the catalog of an asset, the class of an article;
    0 for kinds that have none.
    """
    found = all_fields(app, db).values()
    mine = (each for each in found if each.lookup == lookup and each.applies(container_id))
    return tuple(sorted(mine, key=lambda each: each.order_in(container_id)))


def field_named(
    app: App, db: Session, lookup: str, name: str, container_id: int | None = None
) -> FieldDefinition | None:
    """The field of that name (without regard to case) or number; names need not be unique.

    Enabled ones come first, then those of the container, then those of everywhere, then by order (RT LoadByName).
    """
    wanted = name.casefold()
    found = [
        each
        for each in all_fields(app, db).values()
        if each.lookup == lookup and (each.name.casefold() == wanted or str(each.id) == name)
    ]
    if container_id is None:
        return min(found, key=lambda each: (each.disabled, each.sort_order, each.id), default=None)
    return min(
        (each for each in found if each.disabled or each.applies(container_id)),
        key=lambda each: (each.disabled, container_id not in each.places, each.sort_order, each.id),
        default=None,
    )


def _read(brought: Mapping[str, BroughtKind], db: Session) -> dict[int, FieldDefinition]:
    choices: dict[int, list[Choice]] = defaultdict(list)
    for value in db.scalars(
        select(CustomFieldValue).order_by(CustomFieldValue.sort_order, CustomFieldValue.id)
    ):
        choices[value.custom_field_id].append(Choice(value.name, value.description, value.category))
    places: dict[int, dict[int, int]] = defaultdict(dict)
    for place in db.scalars(select(CustomFieldPlace)):
        places[place.custom_field_id][place.object_id] = place.sort_order
    defaults: dict[int, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for default in db.scalars(select(CustomFieldDefault)):
        defaults[default.custom_field_id][default.object_id] = tuple(default.values)
    return {
        row.id: FieldDefinition(
            id=row.id,
            name=row.name,
            lookup=row.lookup,
            type=_counts_as(brought, row.type),
            brought=brought.get(row.type),
            kind_name="" if row.type in TYPES else row.type,
            max_values=row.max_values,
            render_type=row.render_type,
            pattern=row.pattern,
            entry_hint=row.entry_hint,
            validation_hint=row.validation_hint,
            description=row.description,
            grouping=row.grouping,
            based_on_id=row.based_on_id,
            unique_values=row.unique_values,
            canonicalizer=row.canonicalizer,
            link_template=row.link_template,
            include_template=row.include_template,
            sort_order=row.sort_order,
            disabled=row.disabled,
            choices=tuple(choices[row.id]),
            places=places[row.id],
            defaults=defaults[row.id],
        )
        for row in db.scalars(select(CustomField).order_by(CustomField.id))
    }


def _counts_as(brought: Mapping[str, BroughtKind], name: str) -> str:
    """The core's type; a line of text for a kind whose plugin is not listed."""
    if name in TYPES:
        return name
    return brought[name].base if name in brought else FieldType.FREEFORM
