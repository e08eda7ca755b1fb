"""Who must have a second factor: everybody in a group that asks for one, however deep."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.identity.logins import Login
from rtpy.models import Group, Principal
from rtpy.rights.standing import Standing, find_standing

KEPT = "second_factor.groups"
"""The name of the groups that ask, among the values that the app keeps."""


def must_have_factor(app: App, db: Session, standing: Standing) -> bool:
    """Does one of the groups around somebody ask for it? No query as a rule.

    The groups that ask are kept with the stamp of the set-up, which `standing` has read in this very transaction.
    """
    kept: tuple[object, frozenset[int]] | None = app.caches.get(KEPT)
    if kept is None or kept[0] != standing.stamp:
        kept = app.caches[KEPT] = (standing.stamp, _asking(db))
    return not kept[1].isdisjoint(standing.principals)


def lacks_factor(app: App, db: Session, login: Login) -> bool:
    """Must who is logged in set a second factor up before anything else? No query as a rule."""
    if login.has_second_factor or login.standing is None:
        return False
    return must_have_factor(app, db, login.standing)


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
