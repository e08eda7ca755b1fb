"""Assets: `/asset`, `/assets`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false, select

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.customfields.definition import FieldDefinition
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.models import Asset, Catalog
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.models.locks import lock_asset
from rtpy.rest.customers import check_query
from rtpy.rest.link_targets import LINK_KEYS
from rtpy.rest.naming import find_catalog
from rtpy.rest2.call import FORM
from rtpy.rest2.documents import read_document
from rtpy.rest2.field_conditions import SearchesFields
from rtpy.rest2.field_values_of_things import first_fields
from rtpy.rest2.plain_values import read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.record import Record
from rtpy.rest2.resource import Created
from rtpy.rest2.role_lists import RT_ROLE
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Condition, Searchable
from rtpy.rest2.things.asset_kind import ASSET_KIND
from rtpy.rest2.things.asset_people import roles_played
from rtpy.rest2.things.asset_update import AssetUpdate, find_place, first_roles
from rtpy.rest2.things.links import first_links
from rtpy.rest2.things.things import thing_etag
from rtpy.rest2.unknown import refuse_unknown, say_unknown
from rtpy.rest2.values import Document, stub
from rtpy.rights.names import CATALOG, Right
from rtpy.search.assets import known_catalogs, visible_assets
from rtpy.search.language.parser import parse
from rtpy.search.patience import patient
from rtpy.search.run import Search, clauses_of
from rtpy.search.searched import Target

KNOWN = frozenset(
    {"Catalog", "Name", "Description", "Status", "Owner", HELD_BY, CONTACT, "CustomRoles", "CustomFields"}
    | {"Organization", "Site"}
    | LINK_KEYS
)


class AssetRecord(Record):
    """`/asset/5`. What is missing is a 404 for everybody, what is hidden a 403 (RT)."""

    kind = ASSET_KIND

    @classmethod
    def fields_written(cls) -> frozenset[str]:
        """All that a body may have."""
        return KNOWN

    def find(self) -> Asset | None:
        """By number."""
        if "id" not in self.call.args:
            return None
        return self.work.db.get(Asset, self.call.number("id"))

    @property
    def asset(self) -> Asset:
        """One that exists."""
        found: Any = self.row
        return cast(Asset, found)

    @property
    def played(self) -> frozenset[str]:
        """The caller's roles on it."""
        return roles_played(self.call, [self.asset]).get(self.asset.id, frozenset())

    def is_forbidden(self) -> bool:
        """It is there, and ShowAsset is not held."""
        if self.row is None:
            return False
        return not self.work.rights.of(Right.SHOW_ASSET).on(CATALOG, self.asset.catalog_id, self.played)

    def etag(self) -> str | None:
        """The newest transaction that the caller may see; of the locked asset while something is to be changed."""
        if self.call.method not in ("GET", "HEAD"):
            lock_asset(self.work.db, self.asset)
        fields = [
            each.id
            for each in all_fields(self.work.app, self.work.db).values()
            if each.lookup == Lookup.ASSET and sees(self.work, each, self.asset.catalog_id, self.played)
        ]
        return thing_etag(self.work.db, "asset", self.asset.id, fields)

    def last_modified(self) -> datetime | None:
        """Its last update."""
        return self.asset.last_updated

    def post(self) -> Created:
        """A new one. A catalog that is not there is refused as one where nothing may be made (RT)."""
        document = read_document(self.call)
        refuse_unknown(document, _known(document))
        catalog = self._catalog(document.get("Catalog"))
        status = read_text("Status", document.get("Status")).strip()
        if status and not self.work.app.lifecycles.get(catalog.lifecycle).is_valid(status):
            raise Problem(400, f"Status '{status[:60]}' isn't a valid status for assets.")
        owner, people = first_roles(self.call, document, catalog)
        organization_id, site_id = find_place(self.call, document)
        made = create_asset(
            self.work,
            CreateAsset(
                catalog,
                read_text("Name", document.get("Name")),
                description=read_text("Description", document.get("Description")),
                status=status,
                owner_id=owner,
                organization_id=organization_id,
                site_id=site_id,
                people=people,
                fields=first_fields(self.call, Lookup.ASSET, catalog.id, document.get("CustomFields")),
            ),
        )
        first_links(self.call, "asset", made, document)
        return Created(f"asset/{made.id}", stub(self.call, self.kind.ref(made)))

    def put(self) -> list[str]:
        """Columns by name, custom fields, roles, links; then what nobody knows."""
        document = read_document(self.call)
        said = AssetUpdate(self.call, self.asset, self.played).do(document)
        return said + say_unknown(f"Asset {self.asset.id}", document, _known(document))

    def delete(self) -> None:
        """Its status becomes `deleted`, as on the pages; nothing when it has that."""
        if self.asset.status != "deleted":
            AssetUpdate(self.call, self.asset, self.played).set_status("deleted")

    def _catalog(self, given: Any) -> Catalog:
        if isinstance(given, dict):
            given = given.get("id")
        text = read_text("Catalog", given).strip()
        if not text:
            raise Problem(400, "Invalid Catalog")
        catalog = find_catalog(self.work.db, text)
        may = catalog is not None and self.work.rights.of(Right.CREATE_ASSET).on(CATALOG, catalog.id)
        if catalog is None or catalog.disabled or not may:
            raise Problem(403, "Permission Denied")
        return catalog


def _known(document: Document) -> set[str]:
    return {*KNOWN, *(name for name in document if name.startswith(RT_ROLE))}


class NewAsset(AssetRecord):
    """`/asset`."""

    methods = ("POST",)

    def is_forbidden(self) -> bool:
        """Asked about the catalog."""
        return False


class Assets(SearchesFields):
    """`/assets`: by AssetSQL, or by JSON."""

    kind = ASSET_KIND
    lookup = Lookup.ASSET
    needs_condition = True

    def fields(self) -> Mapping[str, Searchable]:
        """Only staff may know which organisations there are."""
        found = dict(self.kind.searchable)
        if not self.call.login.is_privileged:
            del found["Organization"]
        return found

    def rows(self) -> Select[Any]:
        """Those that the caller sees; what is deleted only where the search is about the status."""
        query = select(Asset.id).where(visible_assets(self.work.rights.of(Right.SHOW_ASSET)))
        about_status = any(each.field.lower() == "status" for each in self.conditions())
        return query if about_status else query.where(Asset.status != "deleted")

    def seen_where(self, definition: FieldDefinition) -> ColumnElement[bool]:
        """In the catalogs in which the field is seen."""
        known = known_catalogs(self.work.app, self.work.db)
        ids = [each for each in known if sees(self.work, definition, each)]
        return Asset.catalog_id.in_(ids) if ids else false()

    def sees_total(self) -> bool:
        """With ShowAsset everywhere."""
        return bool(self.work.rights.of(Right.SHOW_ASSET).everywhere)

    def get(self) -> Document:
        """One page, in bounded time."""
        with patient(self.work):
            return super().get()

    post = get

    def _clauses(self, conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:  # type: ignore[override]
        found = super()._clauses(conditions)
        text = self._asset_sql()
        if text:
            search = Search(Target.ASSETS, parse(text).node)
            check_query(self.work, search.kind, search.node, ())
            found += clauses_of(self.work, search)
        return found

    def _asset_sql(self) -> str:
        call = self.call
        form = dict(call.form()) if call.method == "POST" and call.content_type == FORM else {}
        text = (call.param("query") or form.get("query", "")).strip()
        return "" if text.startswith("[") else text


ROUTES = (
    Route("asset", NewAsset, "Make an asset"),
    Route("asset/{id}", AssetRecord, "One asset"),
    Route("assets", Assets, "Assets that fit, by AssetSQL or JSON"),
)
