"""Catalogs of assets: `/catalog`, `/catalogs`."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, false, func, select, true

from rtpy.changes.assets.people import ROLES
from rtpy.changes.catalogs import CatalogValues, change_catalog, make_catalog, values_of
from rtpy.changes.roles import roles_of
from rtpy.customfields.kinds import Lookup
from rtpy.db.base import table_of
from rtpy.models import AssetWatcher, Catalog
from rtpy.rest.naming import find_catalog
from rtpy.rest.people import read_people
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection, with_disabled
from rtpy.rest2.field_kind import FieldKind, Reader, always, column
from rtpy.rest2.histories.past import past_fields
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.plain_values import Column, read_flag, read_number, read_text
from rtpy.rest2.principals import principal_refs
from rtpy.rest2.problem import Problem
from rtpy.rest2.role_lists import RoleDeed, custom_roles_in, put_role, say_unknown_roles
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.setup.queue_kind import applied_fields, create_link, custom_role_link
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document, Ref
from rtpy.rights.names import CATALOG, Right

LOGGED_AS = "catalog"
USUAL_LIFECYCLE = "assets"


def visible_catalogs(call: Call) -> Any:  # Any: a clause
    """A clause over catalogs: those that the caller sees."""
    grants = call.work.rights.of(Right.SHOW_CATALOG)
    ids = grants.ids(CATALOG)
    return true() if grants.everywhere else Catalog.id.in_(ids) if ids else false()


def catalog_people(call: Call, ids: Numbers[int]) -> Mapping[int, Mapping[str, list[Ref]]]:
    """Who has a role on all assets of these catalogs. Three queries at most, once for a call."""
    kept: dict[int, dict[str, list[Ref]]] = call.cache.setdefault("catalog_people", {})
    unknown = [each for each in ids if each not in kept]
    if unknown:
        rows = call.work.db.connection().execute(_PEOPLE, {"ids": unknown}).all()
        refs = principal_refs(call, {row.principal_id for row in rows})
        kept.update({each: defaultdict(list) for each in unknown})
        for row in rows:
            if row.principal_id in refs:
                kept[row.catalog_id][row.role].append(refs[row.principal_id])
    return kept


def _role(name: str) -> Reader:
    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        people = catalog_people(call, [row.id for row in rows])
        return [list(people[row.id].get(name, ())) for row in rows]

    return read


def _custom_roles(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    people, roles = catalog_people(call, [row.id for row in rows]), roles_of(call.work.app, call.work.db)
    return [
        {
            role.name: list(people[row.id].get(role.role, ()))
            for role in roles.in_catalog(row.id)
            if not role.is_single
        }
        or None
        for row in rows
    ]


class CatalogKind(FieldKind):
    """A catalog."""

    name = "catalog"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Catalog.id, Holds.NUMBER),
        "Name": Searchable(Catalog.name),
        "Description": Searchable(Catalog.description),
        "Lifecycle": Searchable(Catalog.lifecycle),
        "SortOrder": Searchable(Catalog.sort_order, Holds.NUMBER),
        "Disabled": Searchable(Catalog.disabled, Holds.FLAG),
        "Created": Searchable(Catalog.created, Holds.MOMENT),
    }
    for_staff = frozenset({"HeldBy", "Contact", "CustomRoles"})
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "Lifecycle": column("lifecycle"),
        "SortOrder": column("sort_order"),
        "Disabled": column("disabled"),
        **past_fields(LOGGED_AS),
        **{role: _role(role) for role in ROLES},
        "CustomRoles": _custom_roles,
        "CustomFields": always([]),
        "AssetCustomFields": applied_fields(Lookup.ASSET),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        rows = call.work.db.scalars(select(Catalog).where(Catalog.id.in_(ids), visible_catalogs(call)))
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Its custom roles, and where assets are made. There is no history of catalogs in RT."""
        roles = roles_of(call.work.app, call.work.db).in_catalog(row.id)
        found = [
            self_link(call, self.name, row.id),
            *(custom_role_link(call, role.id) for role in roles),
        ]
        if call.work.rights.of(Right.CREATE_ASSET).on(CATALOG, row.id):
            found.append(create_link(call, "asset", "Catalog", row.id))
        return found


CATALOG_KIND = add_kind(CatalogKind())


class CatalogRecord(SetupRecord):
    """`/catalog/2`, `/catalog/Laptops`."""

    kind = CATALOG_KIND
    label, logged_as, quote = "Catalog", LOGGED_AS, "'"
    columns: ClassVar[Mapping[str, Column]] = {
        "Name": Column("name", read_text),
        "Description": Column("description", read_text),
        "Lifecycle": Column("lifecycle", read_text),
        "SortOrder": Column("sort_order", read_number),
        "Disabled": Column("disabled", read_flag),
    }
    more = frozenset({*ROLES, "CustomRoles"})
    tolerated = frozenset({"CustomFields", "AssetCustomFields"})

    def find(self) -> Catalog | None:
        """By number or name."""
        name = self.call.args.get("catalog")
        return find_catalog(self.work.db, name) if name else None

    def sees(self, number: int) -> bool:
        """ShowCatalog."""
        return bool(self.work.rights.of(Right.SHOW_CATALOG).on(CATALOG, number))

    def administers(self, number: int) -> bool:
        """AdminCatalog."""
        grants = self.work.rights.of(Right.ADMIN_CATALOG)
        return bool(grants.on(CATALOG, number) if number else grants.everywhere)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Through the one function that changes catalogs."""
        change_catalog(self.work, self.thing, replace(values_of(self.work, self.thing), **values))

    def create(self, document: Document) -> Catalog:
        """Refused in RT's words; with its people at once."""
        given = self.read_columns(document)
        name = " ".join(given.get("name", "").split())
        if not name or name.isdigit() or find_catalog(self.work.db, name) is not None:
            raise Problem(400, "Invalid Name (names must be unique and may not be all digits)")
        if given.get("lifecycle", USUAL_LIFECYCLE) not in self.work.app.lifecycles:
            raise Problem(400, f"{given['lifecycle']} is not a valid lifecycle")
        people = frozenset(
            (role, number)
            for role in ROLES
            for number in read_people(self.work, document.get(role), make=True).ids
        )
        usual = CatalogValues(name, USUAL_LIFECYCLE, people=people)
        return make_catalog(self.work, replace(usual, **given))

    def put_more(self, document: Document) -> list[str]:
        """Its people."""
        said = []
        for role in ROLES:
            if role in document:
                said += self._put_role(role, document[role], role)
        applying = roles_of(self.work.app, self.work.db).in_catalog(self.thing.id)
        custom, unknown = custom_roles_in(self.work, document, "asset", applying)
        for known, people in custom:
            said += self._put_role(known.role, people, known.name)
        return said + say_unknown_roles(self.numbered, unknown)

    def _put_role(self, role: str, value: Any, shown: str) -> list[str]:
        def give(number: int) -> None:
            self._people(lambda people: people | {(role, number)})

        def take(number: int) -> None:
            self._people(lambda people: people - {(role, number)})

        present = catalog_people(self.call, [self.thing.id])[self.thing.id].get(role, ())
        deed = RoleDeed(
            role=shown,
            present=[ref.id for ref in present],
            may=True,  # who comes so far administers the catalog
            give=give,
            take=take,
            say_given=lambda who: f"Member added: {who}",
            say_taken=lambda who: "Member deleted",
        )
        return put_role(self.call, self.numbered, value, deed)

    def _people(self, change: Any) -> None:
        values = values_of(self.work, self.thing)
        change_catalog(self.work, self.thing, replace(values, people=change(values.people)))
        self.work.db.flush()  # the next one looks at the rows


class NewCatalog(CatalogRecord):
    """`/catalog`."""

    methods = ("POST",)


class Catalogs(Collection):
    """`/catalogs`."""

    kind = CATALOG_KIND
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; disabled ones only when asked for."""
        query = select(Catalog.id).where(visible_catalogs(self.call))
        return query if with_disabled(self.call) else query.where(Catalog.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(Catalog.name), Catalog.id)

    def sees_total(self) -> bool:
        """With ShowCatalog everywhere."""
        return bool(self.work.rights.of(Right.SHOW_CATALOG).everywhere)


class AllCatalogs(Catalogs):
    """`/catalogs/all`."""

    needs_condition = False


ROUTES = (
    Route("catalog", NewCatalog, "Make a catalog"),
    Route("catalog/{catalog*}", CatalogRecord, "One catalog, by number or name"),
    Route("catalogs", Catalogs, "Catalogs that fit"),
    Route("catalogs/all", AllCatalogs, "All catalogs"),
)

_watchers = table_of(AssetWatcher).c
_PEOPLE = (
    select(_watchers.catalog_id, _watchers.role, _watchers.principal_id)
    .where(_watchers.catalog_id.in_(bindparam("ids", expanding=True)))
    .order_by(_watchers.id)
)
