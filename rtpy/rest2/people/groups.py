"""Groups: `/group`, `/group/7`, `/groups`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.groups import USER_DEFINED, change_group, make_group, set_group_disabled
from rtpy.customfields.kinds import Lookup
from rtpy.models import Group, Principal, Transaction
from rtpy.models.locks import lock_memberships
from rtpy.rest2.collection import with_disabled
from rtpy.rest2.field_conditions import SearchesFields
from rtpy.rest2.field_values_of_things import Holder, first_fields, put_fields
from rtpy.rest2.histories.newest import newest_event
from rtpy.rest2.people.groups_kind import GROUP, LOGGED_AS, sees_group, shown_groups
from rtpy.rest2.plain_values import Column, read_flag, read_text
from rtpy.rest2.problem import Problem
from rtpy.rest2.route import Route
from rtpy.rest2.setup_record import SetupRecord
from rtpy.rest2.values import Document
from rtpy.rights.names import Right


class GroupRecord(SetupRecord):
    """`/group/7`; there is no address by name (RT). SeeGroup to read, AdminGroup to write."""

    kind = GROUP
    label, logged_as, quote = "Group", LOGGED_AS, "'"
    columns = {  # noqa: RUF012
        "Name": Column("name", read_text),
        "Description": Column("description", read_text),
        "Disabled": Column("disabled", read_flag),
    }
    more = frozenset({"CustomFields"})
    tolerated = frozenset({"Members", "Domain", "Instance"})

    def find(self) -> Group | None:
        """By number."""
        return self.work.db.get(Group, self.call.number("id")) if "id" in self.call.args else None

    def sees(self, number: int) -> bool:
        """SeeGroup, or another right on it; of the system's own groups SeeGroup on the system."""
        return sees_group(self.call, self.row)

    def administers(self, number: int) -> bool:
        """AdminGroup. Nobody administers the system's own groups."""
        return bool(self.work.rights.of(Right.ADMIN_GROUP).on("group", number))

    def lock(self) -> None:
        """Memberships first, which a change may need: the order of all locks."""
        lock_memberships(self.work.db)
        super().lock()

    def etag(self) -> str | None:
        """The newest entry of the history."""
        newest = newest_event(self.call, "group", self.thing.id)
        return str(newest[0]) if newest else super().etag()

    def last_modified(self) -> datetime | None:
        """When the newest entry was written."""
        newest = newest_event(self.call, "group", self.thing.id)
        return newest[1] if newest else super().last_modified()

    def create(self, document: Document) -> Group:
        """A group without members."""
        given = {name: read_text(name, document.get(name)) for name in ("Name", "Description")}
        name = " ".join(given["Name"].split())
        if not name:
            raise Problem(400, "Name is required")
        same = select(Group.id).where(Group.domain == USER_DEFINED, func.lower(Group.name) == name.lower())
        if self.work.db.scalar(same) is not None:
            raise Problem(400, f"Group name '{name}' is already in use")
        group = make_group(self.work, name=name, description=given["Description"])
        fields = first_fields(self.call, Lookup.GROUP, 0, document.get("CustomFields"))
        if fields.values:
            set_fields(self.work, Lookup.GROUP, group.id, fields)
        if read_flag("Disabled", document.get("Disabled")):
            set_group_disabled(self.work, group, disabled=True)
        return group

    def put_more(self, document: Document) -> list[str]:
        """Custom fields."""
        if "CustomFields" not in document:
            return []
        holder = Holder(Lookup.GROUP, self.thing.id)
        return put_fields(self.call, self.numbered, holder, document["CustomFields"], self._set_fields)

    def current(self, attribute: str) -> Any:
        """What is so now."""
        if attribute == "disabled":
            return self.work.db.get_one(Principal, self.thing.id).disabled
        return getattr(self.thing, attribute)

    def apply(self, values: Mapping[str, Any]) -> None:
        """Each through the function that the pages use."""
        work, group = self.work, self.thing
        for attribute, value in values.items():
            if attribute == "disabled":
                set_group_disabled(work, group, disabled=value)
            else:
                texts = {"name": group.name, "description": group.description, attribute: value}
                change_group(work, group, **texts)
        work.db.flush()

    def _set(self, name: str, column: Column, value: Any) -> list[str]:
        """RT says who did it, here and nowhere else."""
        said = super()._set(name, column, value)
        begun = f"{self.numbered}: {name} changed from "
        return [f"{each} by {self.call.login.name}" if each.startswith(begun) else each for each in said]

    def _set_fields(self, given: GivenFields, removed: frozenset[int]) -> list[Transaction]:
        return set_fields(self.work, Lookup.GROUP, self.thing.id, given, removed=removed)


class NewGroup(GroupRecord):
    """`/group`."""

    methods = ("POST",)


class Groups(SearchesFields):
    """`/groups`: all that the caller sees."""

    kind = GROUP
    lookup = Lookup.GROUP

    def rows(self) -> Select[Any]:
        """Those that are switched off only when asked for."""
        query = select(Group.id).where(shown_groups(self.call))
        if with_disabled(self.call):
            return query
        return query.join(Principal, Principal.id == Group.id).where(Principal.disabled.is_(False))

    def default_order(self) -> Sequence[Any]:
        """By name."""
        return (func.lower(Group.name), Group.id)

    def sees_total(self) -> bool:
        """With SeeGroup on the system."""
        return self.call.login.is_privileged and self.work.rights.system(Right.SEE_GROUP)


ROUTES = (
    Route("group", NewGroup, "Make a group"),
    Route("group/{id}", GroupRecord, "One group"),
    Route("groups", Groups, "Groups that fit"),
)
