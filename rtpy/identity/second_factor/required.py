"""Who must have a second factor: everybody in a group that asks for one, however deep."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.identity.logins import Login
from rtpy.models import Group, Principal
from rtpy.remembered import remembered, watch
from rtpy.rights.standing import find_standing

watch(Group)


def must_have_factor(app: App, db: Session, principals: Collection[int]) -> bool:
    """Does one of these groups ask for it? `principals` are a user's as a login has them. No query as a rule."""
    asking = remembered(app, db, "second_factor.groups", _asking)
    return not asking.isdisjoint(principals)


def lacks_factor(app: App, db: Session, login: Login) -> bool:
    """Must who is logged in set a second factor up before anything else? No query as a rule."""
    if login.has_second_factor or login.standing is None:
        return False
    return must_have_factor(app, db, login.standing.principals)


def groups_asking(db: Session, user_id: int) -> list[str]:
    """The names of the groups of that person which ask for a second factor. Two queries."""
    principals = find_standing(db, user_id).principals
    asked = select(Group.name).where(Group.id.in_(principals), Group.second_factor).order_by(Group.name)
    return list(db.scalars(asked))


def _asking(db: Session) -> frozenset[int]:
    asked = (
        select(Group.id)
        .join(Principal, Principal.id == Group.id)
        .where(Group.second_factor, Principal.disabled.is_(False))
    )
    return frozenset(db.scalars(asked))
