"""Custom roles: `/customrole/4`, `/customroles`. Read only, as in RT."""

from collections.abc import Collection as Numbers
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true

from rtpy.changes.custom_roles import PLACE_KINDS
from rtpy.changes.roles import KnownRole, roles_of
from rtpy.models import CustomRole
from rtpy.rest2.call import Call
from rtpy.rest2.collection import Collection, with_disabled
from rtpy.rest2.field_kind import FieldKind, Reader, column
from rtpy.rest2.histories.past import past_fields, pasts_of
from rtpy.rest2.kind import add_kind
from rtpy.rest2.nothing import Nothing
from rtpy.rest2.record import Record
from rtpy.rest2.route import Route
from rtpy.rest2.searchable import Holds, Searchable
from rtpy.rights.names import Right

LOGGED_AS = "custom_role"
LOOKUP_TYPES = {"ticket": "RT::Queue-RT::Ticket", "asset": "RT::Catalog-RT::Asset"}


def _enabled_is_not(_call: Call, rows: Sequence[Any]) -> Sequence[bool]:
    return [not row.is_enabled for row in rows]


def _max_values(_call: Call, rows: Sequence[Any]) -> Sequence[int]:
    return [int(row.is_single) for row in rows]


def _lookup_type(_call: Call, rows: Sequence[Any]) -> Sequence[str]:
    return [LOOKUP_TYPES[row.lookup] for row in rows]


class CustomRoleKind(FieldKind):
    """A role. Rows are `KnownRole`s."""

    name = "customrole"
    searchable: ClassVar[Mapping[str, Searchable]] = {
        "id": Searchable(CustomRole.id, Holds.NUMBER),
        "Name": Searchable(CustomRole.name),
        "Description": Searchable(CustomRole.description),
        "EntryHint": Searchable(CustomRole.entry_hint),
        "MaxValues": Searchable(CustomRole.max_values, Holds.NUMBER),
        "LookupType": Searchable(
            case((CustomRole.lookup == "asset", LOOKUP_TYPES["asset"]), else_=LOOKUP_TYPES["ticket"])
        ),
        "Disabled": Searchable(CustomRole.disabled, Holds.FLAG),
    }
    fields: ClassVar[Mapping[str, Reader]] = {
        "Name": column("name"),
        "Description": column("description"),
        "EntryHint": column("entry_hint"),
        "MaxValues": _max_values,
        "LookupType": _lookup_type,
        "Disabled": _enabled_is_not,
        **past_fields(LOGGED_AS),
    }

    def load(self, call: Call, ids: Numbers[int]) -> Mapping[int, KnownRole]:
        """No query as a rule: roles are remembered."""
        return {each.id: each for each in _all(call) if each.id in ids and sees_role(call, each)}


CUSTOM_ROLE = add_kind(CustomRoleKind())


def sees_role(call: Call, role: KnownRole) -> bool:
    """AdminCustomRoles, or SeeQueue on a queue in which it applies; ShowCatalog on a catalog for one of assets."""
    rights = call.work.rights
    if rights.system(Right.ADMIN_CUSTOM_ROLES):
        return True
    right = Right.SHOW_CATALOG if role.lookup == "asset" else Right.SEE_QUEUE
    held, kind = rights.of(right), PLACE_KINDS[role.lookup]
    if held.everywhere:
        return True
    return any(held.in_queue(each) if kind == "queue" else held.on(kind, each) for each in role.places)


def _all(call: Call) -> Sequence[KnownRole]:
    return list(roles_of(call.work.app, call.work.db).by_role.values())


class CustomRoleRecord(Record):
    """`/customrole/4`."""

    methods = ("GET",)
    kind = CUSTOM_ROLE

    def find(self) -> KnownRole | None:
        """By number."""
        number = self.call.number("id")
        return next((each for each in _all(self.call) if each.id == number), None)

    def is_forbidden(self) -> bool:
        """Where it is not seen; what is not there is a 404."""
        return self.row is not None and not sees_role(self.call, self.row)

    def etag(self) -> str | None:
        """The newest entry of the log of the set-up."""
        return str(pasts_of(self.call, LOGGED_AS, [self.row.id])[self.row.id].newest) if self.row else None

    def last_modified(self) -> datetime | None:
        """By that log."""
        return pasts_of(self.call, LOGGED_AS, [self.row.id])[self.row.id].changed if self.row else None


class CustomRoles(Collection):
    """`/customroles`."""

    kind = CUSTOM_ROLE
    needs_condition = True

    def rows(self) -> Select[Any]:
        """Those that the caller sees; switched off ones only when asked for."""
        query = select(CustomRole.id).where(_visible(self.call))
        return query if with_disabled(self.call) else query.where(CustomRole.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(CustomRole.name), CustomRole.id)

    def sees_total(self) -> bool:
        """With SeeQueue on the system."""
        return bool(self.work.rights.of(Right.SEE_QUEUE).everywhere)


def _visible(call: Call) -> ColumnElement[bool]:
    if call.work.rights.system(Right.ADMIN_CUSTOM_ROLES):
        return true()
    seen = [each.id for each in _all(call) if sees_role(call, each)]
    return or_(CustomRole.id.in_(seen))


ROUTES = (
    Route("customrole", Nothing),
    Route("customrole/{id}", CustomRoleRecord, "One custom role"),
    Route("customroles", CustomRoles, "Custom roles that fit"),
)
