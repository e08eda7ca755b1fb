"""Organisations as a kind: client companies with their domains, sites and members. They are ours, RT has none."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import select

from rtpy.customfields.kinds import Lookup
from rtpy.models import Organization, OrganizationDomain, OrganizationMember, OrganizationSite
from rtpy.rest2.call import Call
from rtpy.rest2.custom_field_cells import field_links, field_refs
from rtpy.rest2.field_kind import FieldKind, Reader, column
from rtpy.rest2.kind import add_kind, self_link
from rtpy.rest2.principals import user_refs
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rest2.values import Document, Ref

MOST_MEMBERS = 5000
"""Members that one answer lists, of all its organisations together."""


def may_see(call: Call) -> bool:
    """Staff see all organisations, as on the pages; a login that is limited to queues sees none."""
    return bool(call.login.is_privileged) and call.login.scope.queues is None


def _domains(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    found: dict[int, list[str]] = defaultdict(list)
    query = select(OrganizationDomain).where(OrganizationDomain.organization_id.in_([row.id for row in rows]))
    for each in call.work.db.scalars(query.order_by(OrganizationDomain.domain)):
        found[each.organization_id].append(each.domain)
    return [found[row.id] for row in rows]


def sites_of(call: Call, ids: Numbers[int]) -> Mapping[int, list[OrganizationSite]]:
    """By the number of the organisation, by name. One query."""
    found: dict[int, list[OrganizationSite]] = defaultdict(list)
    query = select(OrganizationSite).where(OrganizationSite.organization_id.in_(ids))
    for each in call.work.db.scalars(query.order_by(OrganizationSite.name)):
        found[each.organization_id].append(each)
    return found


def _sites(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    found = sites_of(call, [row.id for row in rows])
    return [
        [{"id": str(each.id), "Name": each.name, "Address": each.address} for each in found[row.id]]
        for row in rows
    ]


def members_of(call: Call, ids: Numbers[int]) -> Mapping[int, list[OrganizationMember]]:
    """By the number of the organisation, in the order in which they came. One query."""
    found: dict[int, list[OrganizationMember]] = defaultdict(list)
    query = select(OrganizationMember).where(OrganizationMember.organization_id.in_(ids))
    for each in call.work.db.scalars(query.order_by(OrganizationMember.id).limit(MOST_MEMBERS)):
        found[each.organization_id].append(each)
    return found


def _members(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    """Users, each with what they are there. Three queries."""
    ids = [row.id for row in rows]
    members, sites = members_of(call, ids), sites_of(call, ids)
    names = {site.id: site.name for each in sites.values() for site in each}
    people = user_refs(call, {each.user_id for row in members.values() for each in row})
    return [
        [
            Ref(
                "user",
                people[each.user_id].id,
                people[each.user_id].key,
                {
                    "Title": each.title,
                    "Site": names.get(each.site_id or 0, ""),
                    "IsContact": "1" if each.is_contact else "0",
                },
            )
            for each in members[row.id]
            if each.user_id in people
        ]
        for row in rows
    ]


def _custom_fields(call: Call, rows: Sequence[Any]) -> Sequence[Any]:
    refs = field_refs(call, Lookup.ORGANIZATION, {row.id: 0 for row in rows})
    return [refs[row.id] for row in rows]


class OrganizationKind(FieldKind):
    """An organisation."""

    name = "organization"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(Organization.id, Holds.NUMBER),
        "Name": Searchable(Organization.name),
        "Notes": Searchable(Organization.notes),
        "Disabled": Searchable(Organization.disabled, Holds.FLAG),
        "Created": Searchable(Organization.created, Holds.MOMENT),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Notes": column("notes"),
        "Disabled": column("disabled"),
        "Created": column("created"),
        "Domains": _domains,
        "Sites": _sites,
        "Members": _members,
        "CustomFields": _custom_fields,
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, Any]:
        """One query."""
        if not may_see(call):
            return {}
        rows = call.work.db.scalars(select(Organization).where(Organization.id.in_(ids)))
        return {row.id: row for row in rows}

    def hyperlinks(self, call: Call, row: Any) -> list[Document]:
        """Itself and its custom fields."""
        return [self_link(call, self.name, row.id), *field_links(call, Lookup.ORGANIZATION, 0)]


ORGANIZATION = add_kind(OrganizationKind())
