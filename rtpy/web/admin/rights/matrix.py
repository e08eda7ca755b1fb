"""The matrix of rights at one place: a row for each right, a column for each holder."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.changes.grants import holds, may_change_grants
from rtpy.models import Ace, Group
from rtpy.models.group import EVERYONE, PRIVILEGED, UNPRIVILEGED
from rtpy.rights.holders import (
    EVERYWHERE,
    Holder,
    Named,
    Place,
    lookups_of,
    name_holders,
    role_may_hold,
    roles_at,
)
from rtpy.rights.names import SYSTEM, Category, Right, RightHelp, rights_on
from rtpy.work import Work

GROUPS_OF_THE_SYSTEM = (EVERYONE, UNPRIVILEGED, PRIVILEGED)
HEADINGS = {
    Category.GENERAL: "General",
    Category.STAFF: "For staff",
    Category.ADMIN: "For administrators",
    Category.STATUS: "Of lifecycles",
}
"""What the pages call the categories."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One box: `token` is what the form sends. `everywhere`: the holder has it from the whole system.

    A box that cannot be ticked is not `possible`; one that the reader may only clear is possible while it is granted.
    """

    token: str
    holder: str
    granted: bool
    everywhere: bool
    possible: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One right with its help and a box for each holder."""

    right: str
    help: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What the page draws: the holders over the columns, the rows of one category, and who may do anything anyway."""

    columns: tuple[Named, ...]
    rows: tuple[Row, ...]
    categories: tuple[Category, ...]
    category: Category
    almighty: tuple[Named, ...]
    may_change: bool


def read_matrix(work: Work, place: Place, category: str, more: Iterable[Holder] = ()) -> Matrix:
    """The matrix of one category at a place; `more` are holders to show although they hold nothing. Six queries."""
    db = work.db
    known = rights_on(place.kind, work.app.further_rights())
    categories = tuple(each for each in Category if any(help.category == each for help in known.values()))
    chosen = next((each for each in categories if each == category), categories[0])
    granted = _granted(db, place, work.app.system_user_id(db))
    lookups = lookups_of(db)
    roles = [each for each in roles_at(db, place) if _may_hold_any(each, known.values(), lookups)]
    here = _holders_with(granted, known)
    almighty = {holder for holder, right, at in granted if right == Right.SUPER_USER and at == EVERYWHERE}
    named = name_holders(db, {*here, *more, *almighty})
    columns = _columns(db, named, {*here, *more}, roles)
    may_change = may_change_grants(work, place)
    rows = tuple(
        Row(
            right,
            help.help,
            tuple(_cell(work, place, right, help, each, granted, lookups) for each in columns),
        )
        for right, help in known.items()
        if help.category == chosen
    )
    who = tuple(sorted((named[each] for each in almighty if each in named), key=lambda each: each.words))
    return Matrix(columns, rows, categories, chosen, who, may_change)


def _cell(
    work: Work,
    place: Place,
    right: str,
    help: RightHelp,
    column: Named,
    granted: set[tuple[Holder, str, Place]],
    lookups: dict[str, str],
) -> Cell:
    holder = column.holder
    is_granted = (holder, right, place) in granted
    everywhere = place != EVERYWHERE and (holder, right, EVERYWHERE) in granted
    reason = ""
    if holder.role is not None and not role_may_hold(holder.role, help, lookups):
        reason = "not for roles"
    elif right == Right.SUPER_USER and column.kind == "group" and column.name in GROUPS_OF_THE_SYSTEM:
        reason = "never for everybody"
    elif not holds(work.rights, right, place):
        reason = "you do not hold it yourself"
    possible = is_granted or not reason
    return Cell(f"{holder.key}:{right}", column.shown, is_granted, everywhere, possible, reason)


def _granted(db: Session, place: Place, system_id: int) -> set[tuple[Holder, str, Place]]:
    """All grants here and on the whole system, without those of the system's own user. One query."""
    here = (Ace.object_type == place.kind) & (Ace.object_id == place.id)
    rows = db.execute(
        select(Ace.principal_id, Ace.role, Ace.right_name, Ace.object_type, Ace.object_id).where(
            or_(here, Ace.object_type == SYSTEM)
        )
    )
    found = set()
    for principal_id, role, right, kind, object_id in rows:
        at = EVERYWHERE if kind == SYSTEM else Place(kind, object_id)
        if principal_id != system_id:
            found.add((Holder(principal_id, role), right, at))
    return found


def _holders_with(granted: set[tuple[Holder, str, Place]], known: Iterable[str]) -> set[Holder]:
    """Who holds any right that things like this place know."""
    names = set(known)
    return {holder for holder, right, _ in granted if right in names}


def _may_hold_any(role: Named, helps: Iterable[RightHelp], lookups: dict[str, str]) -> bool:
    return any(role_may_hold(str(role.holder.role), help, lookups) for help in helps)


def _columns(
    db: Session, named: dict[Holder, Named], wanted: set[Holder], roles: list[Named]
) -> tuple[Named, ...]:
    """The groups of the system, then other groups, roles, and people, each by name."""
    ids = select(Group.id, Group.name).where(Group.domain == "SystemInternal")
    of_system = {row.name: Named(Holder(row.id), "group", row.name) for row in db.execute(ids)}
    first = [of_system[name] for name in GROUPS_OF_THE_SYSTEM if name in of_system]
    shown = {each.holder for each in (*first, *roles)}
    others = [named[each] for each in wanted if each in named and each not in shown]
    others.sort(key=lambda each: (each.shown.lower(), each.holder.key))
    by_kind = [[each for each in others if each.kind == kind] for kind in ("group", "role", "user")]
    return (*first, *by_kind[0], *roles, *by_kind[1], *by_kind[2])
