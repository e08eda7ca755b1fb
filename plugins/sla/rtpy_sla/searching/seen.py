"""Who sees clocks in lists: staff."""

from sqlalchemy import select

from rtpy.models import Group
from rtpy.models.group import PRIVILEGED
from rtpy.work import Face, Work


def sees_clocks(work: Work) -> bool:
    """Is the actor of the staff, or the system? The number of the group of all staff is asked for once."""
    if work.actor.face is Face.SYSTEM or work.rights.super_user:
        return True
    caches = work.app.caches
    if "sla staff" not in caches:
        query = select(Group.id).where(Group.domain == "SystemInternal", Group.name == PRIVILEGED)
        caches["sla staff"] = work.db.scalar(query)
    return caches["sla staff"] in work.rights.principals
