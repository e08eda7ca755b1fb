"""Catalogs of assets with the people of each. The assets themselves are data, not set-up."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rtpy.changes.assets.people import ROLES
from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, plain_catalog, values_of
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.groups import principal_named
from rtpy.models import Catalog
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    rows = work.db.scalars(select(Catalog).order_by(func.lower(Catalog.name), Catalog.id))
    return [dict(plain_catalog(work, values_of(work, row))) for row in rows]


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    name = str(entry["name"])
    people = {(role, principal_named(work, str(each))) for role in ROLES for each in entry[role]}
    values = CatalogValues(
        name,
        str(entry["lifecycle"]),
        str(entry["description"]),
        int(entry["sort_order"]),
        bool(entry["disabled"]),
        frozenset(people),
    )
    row = work.db.scalar(select(Catalog).where(func.lower(Catalog.name) == name.lower()))
    if row is None:
        make_catalog(work, values)
    else:
        change_catalog(work, row, values)


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
