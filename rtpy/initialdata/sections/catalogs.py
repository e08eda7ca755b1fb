"""Catalogs of assets with the people of each. The assets themselves are data, not set-up."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.assets.people import ROLES
from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, plain_catalog, values_of
from rtpy.errors import Invalid, Problem
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.groups import principal_named
from rtpy.models import Catalog
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(Catalog).order_by(func.lower(Catalog.name), Catalog.id))
    plain = (dict(plain_catalog(work, values_of(work, row))) for row in rows)
    return [{name: value for name, value in each.items() if name != "roles"} for each in plain]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    row = _find(work, name)
    people = {(role, principal_named(work, str(each))) for role in ROLES for each in entry[role]}
    if row is not None:  # who plays custom roles is in a section of its own, after that of the roles
        people |= {each for each in values_of(work, row).people if each[0] not in ROLES}
    values = CatalogValues(
        name,
        str(entry["lifecycle"]),
        str(entry["description"]),
        int(entry["sort_order"]),
        bool(entry["disabled"]),
        frozenset(people),
    )
    if row is None:
        make_catalog(work, values)
    else:
        change_catalog(work, row, values)


def catalog_named(work: Work, name: str) -> Catalog:
    """The catalog of that name. Raises Invalid."""
    row = _find(work, name)
    if row is None:
        raise Invalid(Problem("catalog", f"There is no catalog {name}: add it under catalogs."))
    return row


def _find(work: Work, name: str) -> Catalog | None:
    return work.db.scalar(select(Catalog).where(func.lower(Catalog.name) == name.lower()))


CATALOGS = Section(
    "catalogs",
    ("name",),
    {
        "lifecycle": "",
        "description": "",
        "sort_order": 0,
        "disabled": False,
        **{role: [] for role in ROLES},
    },
    _dump,
    _save,
    unordered=frozenset(ROLES),
)
