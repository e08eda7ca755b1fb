"""Who may see and change which custom field: by the field itself, its queue, catalog or class, or the system."""

from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.rights.names import Right
from rtpy.work import Work


def holds(
    work: Work,
    right: str,
    definition: FieldDefinition,
    container_id: int = 0,
    roles: frozenset[str] = frozenset(),
) -> bool:
    """Does the actor hold `right` on this field of a thing in this queue, catalog or class? No query.

    `roles` are what the actor plays on the ticket or the asset. For fields of queues `container_id` is the queue.
    """
    kind = "queue" if definition.lookup == Lookup.QUEUE else definition.container
    return work.rights.of(right).on_field(definition.id, kind, container_id, roles)


def sees(
    work: Work, definition: FieldDefinition, container_id: int = 0, roles: frozenset[str] = frozenset()
) -> bool:
    """May the actor read its values? Needs SeeCustomField."""
    return holds(work, Right.SEE_CUSTOM_FIELD, definition, container_id, roles)


def sets(
    work: Work,
    definition: FieldDefinition,
    container_id: int = 0,
    roles: frozenset[str] = frozenset(),
    *,
    creating: bool = False,
) -> bool:
    """May the actor give it values? Needs ModifyCustomField; while creating SetInitialCustomField is enough (RT)."""
    if holds(work, Right.MODIFY_CUSTOM_FIELD, definition, container_id, roles):
        return True
    return creating and holds(work, Right.SET_INITIAL_CUSTOM_FIELD, definition, container_id, roles)
