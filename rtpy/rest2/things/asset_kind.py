"""Assets as a kind: what an asset shows, what it may be searched by, and where one may go from it."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import func, select

from rtpy.changes.roles import roles_of
from rtpy.customfields.kinds import Lookup
from rtpy.models import Asset, Organization, OrganizationSite
from rtpy.models.asset import CONTACT, HELD_BY
from rtpy.rest.naming import find_catalog, find_user
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs
from rtpy.rest2.field_kind import FieldKind, Reader, column, person
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.setup.queue_kind import custom_role_link
from rtpy.rest2.things.asset_people import custom_roles, role, roles_played
from rtpy.rest2.things.links import link_hyperlinks, read_links
from rtpy.rest2.values import Document, Ref, url
from rtpy.rights.names import CATALOG, Right
from rtpy.search.assets import known_catalogs, visible_assets


def _catalogs(_call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    return [Ref("catalog", row.catalog_id) for row in rows]


def _named(model: type[Organization] | type[OrganizationSite], attribute: str) -> Reader:
    """The name of the organisation or site, as tickets show theirs. One query."""

    def read(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
        ids = {getattr(row, attribute) for row in rows} - {None}
        query = select(model.id, model.name).where(model.id.in_(ids))
        names = {row.id: row.name for row in call.work.db.execute(query)} if ids else {}
        return [names.get(getattr(row, attribute)) for row in rows]

    return read


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = field_refs(call, Lookup.ASSET, {row.id: row.catalog_id for row in rows}, roles_played(call, rows))
    return [refs[row.id] for row in rows]


def _catalog_number(call: Call, text: str) -> int | None:
    found = find_catalog(call.work.db, text)
    return found.id if found else None


def _user_number(call: Call, text: str) -> int | None:
    found = find_user(call.work.db, text, by_address=True)
    return found.id if found else None


class AssetKind(FieldKind):
    """An asset."""

    name = "asset"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Asset.id, Holds.NUMBER),
        "Name": Searchable(Asset.name),
        "Description": Searchable(Asset.description),
        "Status": Searchable(Asset.status),
        "Catalog": Searchable(Asset.catalog_id, Holds.NUMBER, _catalog_number),
        "Owner": Searchable(Asset.owner_id, Holds.NUMBER, _user_number),
        "Creator": Searchable(Asset.creator_id, Holds.NUMBER, _user_number),
        "LastUpdatedBy": Searchable(Asset.last_updated_by_id, Holds.NUMBER, _user_number),
        "Created": Searchable(Asset.created, Holds.MOMENT),
        "LastUpdated": Searchable(Asset.last_updated, Holds.MOMENT),
        "Organization": Searchable(
            Asset.organization_id, Holds.NUMBER, lambda call, text: organization_number(call, text), None
        ),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "Status": column("status"),
        "Catalog": _catalogs,
        "Owner": person("owner_id"),
        HELD_BY: role(HELD_BY),
        CONTACT: role(CONTACT),
        "CustomRoles": custom_roles,
        "CustomFields": _custom_fields,
        "Organization": _named(Organization, "organization_id"),
        "Site": _named(OrganizationSite, "site_id"),
        "Creator": person("creator_id"),
        "Created": column("created"),
        "LastUpdatedBy": person("last_updated_by_id"),
        "LastUpdated": column("last_updated"),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        seen = visible_assets(call.work.rights.of(Right.SHOW_ASSET))
        return {row.id: row for row in call.work.db.scalars(select(Asset).where(Asset.id.in_(ids), seen))}

    def hyperlinks_of(self, call: Call, rows: Sequence[Any]) -> list[list[Document]]:
        """Those of each row; the links of all are read together, and the caller's roles."""
        roles_played(call, rows)
        read_links(call, self.name, [row.id for row in rows])
        return super().hyperlinks_of(call, rows)

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Links, custom fields and roles, history, and the moves of its lifecycle that the caller may make."""
        work = call.work
        played = roles_played(call, [row]).get(row.id, frozenset())
        return [
            self_link(call, self.name, row.id),
            *link_hyperlinks(call, self.name, row.id),
            *field_links(call, Lookup.ASSET, row.catalog_id, played),
            *(
                custom_role_link(call, each.id)
                for each in roles_of(work.app, work.db).in_catalog(row.catalog_id)
            ),
            {"ref": "history", "_url": url(call, self.name, row.id, "history")},
            *_lifecycle_links(call, row, played),
        ]


def _lifecycle_links(call: Call, row: Asset, played: frozenset[str]) -> list[Document]:
    """One for each action of the present status; a lifecycle that names no actions has one for each move."""
    catalog = known_catalogs(call.work.app, call.work.db)[row.catalog_id]
    life = call.work.app.lifecycles.get(catalog.lifecycle)
    rights = {move.new: move.right for move in life.moves_from(row.status)}
    labels = {action.new: action.label for action in life.actions_from(row.status)}
    return [
        {
            "ref": "lifecycle",
            "from": row.status,
            "to": new,
            "label": labels.get(new) or life.shown(new).capitalize(),
            "_url": url(call, "asset", row.id),
        }
        for new in (labels if life.actions else rights)
        if call.work.rights.of(rights[new]).on(CATALOG, row.catalog_id, played)
    ]


def organization_number(call: Call, text: str) -> int | None:
    """The organisation of that name. One query."""
    query = select(Organization.id).where(func.lower(Organization.name) == text.lower())
    return call.work.db.scalar(query)


ASSET_KIND = add_kind(AssetKind())
