"""Who plays a custom role on all assets of a catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import func, select

from rtpy.changes.catalogs import change_catalog, plain_catalog, values_of
from rtpy.initialdata.section import Entry, Section
from rtpy.initialdata.sections.catalogs import catalog_named
from rtpy.initialdata.sections.custom_roles import role_named
from rtpy.initialdata.sections.groups import principal_named
from rtpy.models import Catalog
from rtpy.work import Work


def _dump(work: Work) -> Sequence[Entry]:
    found: list[Entry] = []
    for catalog in work.db.scalars(select(Catalog).order_by(func.lower(Catalog.name), Catalog.id)):
        plain = plain_catalog(work, values_of(work, catalog))
        roles = cast(Mapping[str, list[str]], plain["roles"])
        found += [
            {"catalog": catalog.name, "role": role, "members": members} for role, members in roles.items()
        ]
    return found


def _save(work: Work, entry: Entry, before: Entry | None) -> None:
    catalog, role = catalog_named(work, str(entry["catalog"])), role_named(work, str(entry["role"])).role
    values = values_of(work, catalog)
    others = {each for each in values.people if each[0] != role}
    wanted = {(role, principal_named(work, str(member))) for member in entry["members"]}
    change_catalog(work, catalog, replace(values, people=frozenset(others | wanted)))


CATALOG_PEOPLE = Section(
    "catalog_people", ("catalog", "role"), {"members": []}, _dump, _save, unordered=frozenset({"members"})
)
