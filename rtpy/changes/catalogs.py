"""Catalogs of assets: made, changed, switched off, and who holds or answers for all of their assets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from rtpy.changes.assets.people import ROLES, check_holder, check_role
from rtpy.changes.configuring import note_configuration
from rtpy.changes.roles import roles_of
from rtpy.errors import Invalid, Problem, Refused
from rtpy.lifecycle.lifecycle import ASSET
from rtpy.models import Asset, AssetWatcher, Catalog, Group, User
from rtpy.rights.names import Right
from rtpy.work import Work

LONGEST = 200
COLUMNS = ("name", "description", "lifecycle", "sort_order", "disabled")


@dataclass(frozen=True, slots=True)
class CatalogValues:
    """All that is known of a catalog; `people` are (role, principal) that hold for each of its assets.

    Roles are HeldBy, Contact, and the custom ones for several people that apply in the catalog.
    """

    name: str
    lifecycle: str
    description: str = ""
    sort_order: int = 0
    disabled: bool = False
    people: frozenset[tuple[str, int]] = frozenset()


def make_catalog(work: Work, values: CatalogValues) -> Catalog:
    """Make a catalog. Needs AdminCatalog on the system; raises Invalid."""
    if not work.rights.system(Right.ADMIN_CATALOG):
        raise Refused("You may not make catalogs: the right AdminCatalog on the system is needed.")
    values = _checked(work, values, None)
    made = Catalog(created=work.now, **{name: getattr(values, name) for name in COLUMNS})
    work.db.add(made)
    work.db.flush()  # its people point at it
    _set_people(work, made.id, values.people)
    note_configuration(work, "catalog", made.id, made.name, None, plain_catalog(work, values))
    return made


def change_catalog(work: Work, catalog: Catalog, values: CatalogValues) -> None:
    """Let the catalog be like this. Needs AdminCatalog on it; raises Invalid.

    Its lifecycle changes only to one that knows every status of its assets.
    """
    if not work.rights.of(Right.ADMIN_CATALOG).on("catalog", catalog.id):
        raise Refused(f"You may not change the catalog {catalog.name}: the right AdminCatalog is needed.")
    values = _checked(work, values, catalog)
    before = plain_catalog(work, values_of(work, catalog))
    for name in COLUMNS:
        setattr(catalog, name, getattr(values, name))
    _set_people(work, catalog.id, values.people)
    note_configuration(work, "catalog", catalog.id, catalog.name, before, plain_catalog(work, values))


def values_of(work: Work, catalog: Catalog) -> CatalogValues:
    """The catalog as it is. One query."""
    rows = work.db.execute(
        select(AssetWatcher.role, AssetWatcher.principal_id).where(AssetWatcher.catalog_id == catalog.id)
    )
    people = frozenset((row[0], row[1]) for row in rows)
    return CatalogValues(people=people, **{name: getattr(catalog, name) for name in COLUMNS})


def plain_catalog(work: Work, values: CatalogValues) -> Mapping[str, object]:
    """A catalog as log and export write it: people by login name, groups as `group:NAME`.

    Who plays custom roles stands under `roles`, by the names of these.
    """
    ids = {number for _, number in values.people}
    names = {row.id: row.name for row in work.db.execute(select(User.id, User.name).where(User.id.in_(ids)))}
    for row in work.db.execute(select(Group.id, Group.name).where(Group.id.in_(ids))):
        names[row.id] = f"group:{row.name}"
    plain: dict[str, object] = {name: getattr(values, name) for name in COLUMNS}
    players: dict[str, list[str]] = {role: [] for role in ROLES}
    for role, number in values.people:
        players.setdefault(role, []).append(names[number])
    known = roles_of(work.app, work.db)
    plain |= {role: sorted(players.pop(role)) for role in ROLES}
    plain["roles"] = {known.words(role): sorted(each) for role, each in sorted(players.items())}
    return plain


def _checked(work: Work, values: CatalogValues, own: Catalog | None) -> CatalogValues:
    name = _line(values.name)
    problems: list[Problem] = []
    if not name or len(name) > LONGEST:
        problems.append(Problem("name", f"Give the catalog a name of up to {LONGEST} letters."))
    taken = select(Catalog.id).where(func.lower(Catalog.name) == name.lower())
    if work.db.scalar(taken.where(Catalog.id != own.id) if own else taken) is not None:
        problems.append(Problem("name", f"There is a catalog {name} already."))
    if not -1_000_000 < values.sort_order < 1_000_000:
        problems.append(Problem("sort_order", "The place in lists is a number up to a million."))
    known = {each.name.lower(): each for each in work.app.lifecycles if each.type == ASSET}
    lifecycle = known.get(values.lifecycle.lower())
    if lifecycle is None:
        names = ", ".join(each.name for each in known.values()) or "none yet: make one first"
        problems.append(Problem("lifecycle", f"Choose a lifecycle of assets; there is {names}."))
    elif own is not None and own.lifecycle.lower() != lifecycle.name.lower():
        used = work.db.scalars(select(Asset.status).where(Asset.catalog_id == own.id).distinct())
        missing = sorted(status for status in used if not lifecycle.is_valid(status))
        if missing:
            sentence = f"Assets of this catalog have a status that it does not know: {', '.join(missing)}."
            problems.append(Problem("lifecycle", sentence))
    present = values_of(work, own).people if own is not None else frozenset()
    for role, principal_id in sorted(values.people - present):
        try:
            _check_person(work, role, principal_id, own)
        except Refused as refused:
            problems.append(Problem(role, str(refused)))
    if problems:
        raise Invalid(*problems)
    spelled = lifecycle.name if lifecycle else values.lifecycle
    return replace(values, name=name, description=_line(values.description), lifecycle=spelled)


def _check_person(work: Work, role: str, principal_id: int, own: Catalog | None) -> None:
    check_role(work, role, own.id if own is not None else 0)
    known = roles_of(work.app, work.db).by_role.get(role)
    if known is not None and known.is_single:
        raise Refused(f"{known.name} is for one person of each asset: no catalog has one for all.")
    check_holder(work, principal_id)


def _set_people(work: Work, catalog_id: int, people: frozenset[tuple[str, int]]) -> None:
    rows = {
        (row.role, row.principal_id): row
        for row in work.db.scalars(select(AssetWatcher).where(AssetWatcher.catalog_id == catalog_id))
    }
    for key in rows.keys() - people:
        work.db.delete(rows[key])
    work.db.add_all(
        AssetWatcher(catalog_id=catalog_id, role=role, principal_id=number)
        for role, number in sorted(people - rows.keys())
    )


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:255]
