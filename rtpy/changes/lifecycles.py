"""Lifecycles: made, changed and deleted by who is SuperUser; what has a status that goes is moved by the system."""

from collections.abc import Mapping, Sequence
from typing import Any  # what a definition holds can be anything

from sqlalchemy import func, select

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.changes.lifecycle_uses import count_uses, give_statuses, how_many, users_of
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.lifecycle.lifecycle import CREATION, Lifecycle, Lifecycles
from rtpy.lifecycle.load import MAPS, LifecycleErrors
from rtpy.lifecycle.reading import LifecycleProblem
from rtpy.lifecycle.writing import Definition, arrow, document_of, empty_definition, read_document
from rtpy.models import LifecycleMap, StoredLifecycle
from rtpy.rights.names import Right
from rtpy.work import Work


def create_lifecycle(
    work: Work, name: str, of_type: str = "ticket", copy_of: str = "", definition: Definition | None = None
) -> StoredLifecycle:
    """A new one, with `definition`, as a copy of another, or with three statuses to begin with.

    Needs SuperUser; raises Invalid for a name that is taken or none.
    """
    need_system(work, Right.SUPER_USER)
    name = " ".join(name.replace("\x00", "").split())
    present = document_of(work.app.lifecycles)
    if name in work.app.lifecycles:
        raise Invalid(Problem("name", f"There is a lifecycle {name} already."))
    if not name or name.lower() == MAPS:
        raise Invalid(Problem("name", "Give the lifecycle a name, other than “maps”."))
    if definition is None:
        definition = empty_definition(of_type)
        if copy_of:
            definition = {**present[work.app.lifecycles.get(copy_of).name], "type": of_type}
    _check({**present, name: definition}, name)
    order = work.db.scalar(select(func.max(StoredLifecycle.sort_order)))
    row = StoredLifecycle(
        name=name,
        type=str(definition["type"]),
        definition=definition,
        disabled=bool(definition.get("disabled")),
        sort_order=0 if order is None else order + 1,
        created=work.now,
    )
    work.db.add(row)
    work.db.flush()  # the log names its id
    note_configuration(work, "lifecycle", row.id, name, None, definition)
    _forget(work)
    return row


def change_lifecycle(
    work: Work,
    row: StoredLifecycle,
    definition: Definition,
    *,
    becomes: Mapping[str, str] | None = None,
    sort_order: int | None = None,
) -> int:
    """Give it another definition; how many tickets or assets got another status.

    `becomes` says for each status that goes, while something has it, what it becomes (lower case); the system moves
    the tickets or assets, each with its transaction. Needs SuperUser. Raises Invalid with every contradiction, the
    field's name for each.
    """
    need_system(work, Right.SUPER_USER)
    chosen = {old.lower(): new.lower() for old, new in (becomes or {}).items() if new}
    old_life = work.app.lifecycles.get(row.name)
    definition = {**definition, "type": row.type}
    problems, new_life = problems_of(work, row, definition, chosen)
    counts = count_uses(work, row)
    gone = vanishing(old_life, definition)
    if new_life is not None:
        for status in gone:
            if counts.get(status) and not new_life.is_valid(chosen.get(status, "")):
                problems.append(Problem(f"becomes.{status}", _homeless(row, counts[status], status)))
    if problems or new_life is None:
        raise Invalid(*problems)
    moving = {status: chosen[status] for status in gone if counts.get(status)}
    before = {**row.definition, "sort_order": row.sort_order}
    _follow_in_maps(work, row, {status: chosen.get(status, "") for status in gone})
    if moving:
        row.definition = _with_both(definition, old_life, gone)
        _forget(work)
        give_statuses(work, row, moving)
    row.definition, row.disabled = definition, bool(definition.get("disabled"))
    if sort_order is not None:
        row.sort_order = sort_order
    after = {**definition, "sort_order": row.sort_order}
    note_configuration(work, "lifecycle", row.id, row.name, before, after)
    _forget(work)
    return sum(counts[status] for status in moving)


def problems_of(
    work: Work, row: StoredLifecycle, definition: Definition, becomes: Mapping[str, str] | None = None
) -> tuple[list[Problem], Lifecycle | None]:
    """Every contradiction of a definition, by the editor's fields; the lifecycle when there is none. Writes nothing."""
    document = document_of(work.app.lifecycles)
    document[row.name] = definition
    gone = {status: (becomes or {}).get(status, "") for status in vanishing(_life(work, row), definition)}
    document[MAPS] = {
        key: _mapped(key, statuses, row.name, gone) for key, statuses in document.get(MAPS, {}).items()
    }
    try:
        return [], read_document(document).get(row.name)
    except LifecycleErrors as errors:
        return [Problem(field_of(each), each.message) for each in errors.problems], None


def field_of(problem: LifecycleProblem) -> str:
    """The field of the editor that a contradiction is about."""
    key = str(problem.path[1]) if len(problem.path) > 1 else "initial"
    if key == "defaults" and len(problem.path) > 2:
        return f"default.{problem.path[2]}"
    return {"transitions": "moves"}.get(key, key)


def vanishing(lifecycle: Lifecycle, definition: Definition) -> list[str]:
    """The statuses, lower case, that a new definition has no more."""
    kept = {
        str(status).lower() for key in ("initial", "active", "inactive") for status in definition.get(key, [])
    }
    return [status.lower() for status in lifecycle.statuses if status.lower() not in kept]


def set_map(work: Work, old: StoredLifecycle, new: StoredLifecycle, statuses: Mapping[str, str]) -> None:
    """What each status of `old` becomes in `new`; empty statuses are left out, and an empty map is taken away.

    Needs SuperUser; raises Invalid for what is no status.
    """
    need_system(work, Right.SUPER_USER)
    wanted = {status.lower(): target.lower() for status, target in statuses.items() if target}
    ends = _life(work, old), _life(work, new)
    if old.type != new.type:
        raise Invalid(Problem("", f"{old.name} is for {old.type}s and {new.name} for {new.type}s."))
    problems = [
        Problem(f"map.{status}", f"“{status}” can not become “{target}”: choose a status of {new.name}.")
        for status, target in wanted.items()
        if not ends[0].is_valid(status) or not ends[1].is_valid(target)
    ]
    if problems:
        raise Invalid(*problems)
    row = work.db.get(LifecycleMap, (old.id, new.id))
    before = dict(row.statuses) if row else None
    if wanted and row:
        row.statuses = wanted
    elif wanted:
        work.db.add(LifecycleMap(old_id=old.id, new_id=new.id, statuses=wanted))
    elif row:
        work.db.delete(row)
    if before or wanted:
        name = arrow(old.name, new.name)
        note_configuration(work, "lifecycle_map", None, name, before, wanted or None)
    _forget(work)


def delete_lifecycle(work: Work, row: StoredLifecycle) -> None:
    """Take one away that nothing uses, with its maps. Needs SuperUser."""
    need_system(work, Right.SUPER_USER)
    used = users_of(work, row)
    if used:
        names = ", ".join(each.name for each in used[:5]) + (" …" if len(used) > 5 else "")
        raise Refused(f"{row.name} is the lifecycle of {names}: give these another one first, or disable it.")
    if not any(each.type == row.type for each in work.app.lifecycles if each.name != row.name):
        raise Refused(f"This is the only lifecycle of {row.type}s: without one there can be none.")
    work.db.delete(row)
    note_configuration(work, "lifecycle", row.id, row.name, row.definition, None)
    _forget(work)


def load_document(work: Work, document: Definition) -> Lifecycles:
    """Make and change lifecycles and maps as a file says; those that it does not name stay. For `rtpy load`.

    Needs SuperUser. Raises LifecycleErrors for contradictions, Invalid when tickets have a status that would go.
    """
    merged = document_of(work.app.lifecycles)
    named = {name.lower(): name for name in merged}
    for name, definition in document.items():
        merged[named.get(name.lower(), name)] = definition
    merged[MAPS] = {**document_of(work.app.lifecycles).get(MAPS, {}), **document.get(MAPS, {})}
    wanted = read_document(merged)
    rows = {row.name.lower(): row for row in work.db.scalars(select(StoredLifecycle))}
    for name, definition in document_of(wanted).items():
        if name == MAPS:
            continue
        if (row := rows.get(name.lower())) is None:
            rows[name.lower()] = create_lifecycle(work, name, definition=definition)
        else:
            change_lifecycle(work, row, definition)
    for (old, new), statuses in wanted.maps.items():
        set_map(work, rows[old], rows[new], statuses)
    return work.app.lifecycles


def stored(work: Work, name: str) -> StoredLifecycle:
    """The row of a lifecycle. Raises NotFound."""
    row = work.db.scalar(select(StoredLifecycle).where(func.lower(StoredLifecycle.name) == name.lower()))
    if row is None:
        raise NotFound(f"There is no lifecycle “{name}”.")
    return row


def _life(work: Work, row: StoredLifecycle) -> Lifecycle:
    return work.app.lifecycles.get(row.name)


def _forget(work: Work) -> None:
    work.db.flush()
    work.app.refresh_lifecycles(work.db)


def _check(document: Definition, name: str) -> None:
    try:
        read_document(document)
    except LifecycleErrors as errors:
        raise Invalid(
            *(
                Problem("name" if len(each.path) < 2 else field_of(each), each.message)
                for each in errors.problems
            )
        ) from None


def _homeless(row: StoredLifecycle, number: int, status: str) -> str:
    have, them = ("has", "it") if number == 1 else ("have", "them")
    return f"{how_many(row, number)} {have} the status “{status}”: choose what becomes of {them}."


def _mapped(key: str, statuses: Mapping[str, str], name: str, gone: Mapping[str, str]) -> dict[str, Any]:
    """A map without the statuses of one lifecycle that go, or with what they become."""
    old, _, new = (part.strip().lower() for part in key.partition("->"))
    found = dict(statuses)
    if old == name.lower():
        for status, becomes in gone.items():
            target = found.pop(status, None)
            if becomes and target:
                found.setdefault(becomes, target)
    if new == name.lower():
        found = {status: gone.get(target, target) for status, target in found.items()}
    return {status: target for status, target in found.items() if target}


def _follow_in_maps(work: Work, row: StoredLifecycle, gone: Mapping[str, str]) -> None:
    if not gone:
        return
    names = {each.id: each.name for each in work.db.scalars(select(StoredLifecycle))}
    for each in work.db.scalars(
        select(LifecycleMap).where((LifecycleMap.old_id == row.id) | (LifecycleMap.new_id == row.id))
    ):
        key, before = arrow(names[each.old_id], names[each.new_id]), dict(each.statuses)
        each.statuses = _mapped(key, before, row.name, gone)
        note_configuration(work, "lifecycle_map", None, key, before, each.statuses)


def _with_both(definition: Definition, old_life: Lifecycle, gone: Sequence[str]) -> Definition:
    """The new definition with the statuses that go: while tickets move, scrips understand both ends."""
    both = {key: list(definition.get(key, [])) for key in ("initial", "active", "inactive")}
    for status in gone:
        both[old_life.category(status).value].append(status)
    transitions = dict(definition.get("transitions", {}))
    if CREATION in transitions:
        transitions[CREATION] = [*transitions[CREATION], *gone]
    return {**definition, **both, "transitions": transitions}
