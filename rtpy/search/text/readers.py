"""What of a ticket's texts somebody may read: customers what is public, staff more, comments by right (A21)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from rtpy.models import Group
from rtpy.models.group import PRIVILEGED
from rtpy.remembered import remembered
from rtpy.rights.names import Right
from rtpy.search.text.numbering import Seal
from rtpy.work import Work


@dataclass(frozen=True, slots=True)
class Reach:
    """Documents with one of these seals, of tickets for which the clause is true."""

    seals: frozenset[Seal]
    tickets: ColumnElement[bool]
    is_everywhere: bool = True


def reach_of(work: Work) -> tuple[Reach, ...]:
    """What the actor may read of tickets that they may see, in one or two parts. No query as a rule."""
    if not is_staff(work):
        return (Reach(frozenset((Seal.PUBLIC,)), true()),)
    comments = work.rights.of(Right.SHOW_TICKET_COMMENTS)
    if comments.everywhere:
        return (Reach(frozenset(Seal), true()),)
    open_ = Reach(frozenset((Seal.PUBLIC, Seal.INTERNAL)), true())
    if comments.nowhere:
        return (open_,)
    return (open_, Reach(frozenset((Seal.COMMENT,)), comments.visible(), is_everywhere=False))


def is_staff(work: Work) -> bool:
    """Is the actor one of the privileged, or the system?"""
    if work.rights.super_user:
        return True
    return remembered(work.app, work.db, "search.staff", _staff) in work.rights.principals


def _staff(db: Session) -> int | None:
    """The group's id never changes."""
    return db.scalar(select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED))
