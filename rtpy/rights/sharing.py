"""Who may see and who may change what people, groups and the system keep: saved searches and dashboards.

Such a thing belongs to a person, to a group (its members see it) or to the system (its owner is None).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_

from rtpy.rights.grants import Rights
from rtpy.rights.names import GROUP, Right


@dataclass(frozen=True, slots=True)
class Sharing:
    """The rights on one kind of thing: to see and to change one's own, a group's and the system's."""

    see_own: Right
    see_group: Right
    see_system: Right
    admin_own: Right
    admin_group: Right
    admin_system: Right

    def sees(self, rights: Rights, user_id: int, owner_id: int | None) -> bool:
        """May this user see a thing of this owner?"""
        if rights.super_user:
            return owner_id is None or owner_id == user_id or owner_id in rights.principals
        if owner_id is None:
            return rights.system(self.see_system)
        if owner_id == user_id:
            return rights.system(self.see_own)
        return owner_id in rights.principals and rights.of(self.see_group).on(GROUP, owner_id)

    def changes(self, rights: Rights, user_id: int, owner_id: int | None) -> bool:
        """May this user make, change and delete things of this owner?"""
        if owner_id is None:
            return rights.system(self.admin_system)
        if owner_id == user_id:
            return rights.system(self.admin_own)
        if rights.super_user:
            return True
        return owner_id in rights.principals and rights.of(self.admin_group).on(GROUP, owner_id)

    def visible(self, rights: Rights, user_id: int, owner: ColumnElement[Any] | Any) -> ColumnElement[bool]:
        """`sees` as a clause over the column `owner`."""
        seen = {each for each in rights.principals | {user_id} if self.sees(rights, user_id, each)}
        mine: ColumnElement[bool] = owner.in_(sorted(seen))
        return or_(mine, owner.is_(None)) if self.sees(rights, user_id, None) else mine


SAVED_SEARCHES = Sharing(
    Right.SEE_OWN_SAVED_SEARCH,
    Right.SEE_GROUP_SAVED_SEARCH,
    Right.SEE_SAVED_SEARCH,
    Right.ADMIN_OWN_SAVED_SEARCH,
    Right.ADMIN_GROUP_SAVED_SEARCH,
    Right.ADMIN_SAVED_SEARCH,
)
DASHBOARDS = Sharing(
    Right.SEE_OWN_DASHBOARD,
    Right.SEE_GROUP_DASHBOARD,
    Right.SEE_DASHBOARD,
    Right.ADMIN_OWN_DASHBOARD,
    Right.ADMIN_GROUP_DASHBOARD,
    Right.ADMIN_DASHBOARD,
)
