"""Who may know which tickets a known issue is behind: staff."""

from rtpy.changes.people import system_groups
from rtpy.models.group import PRIVILEGED
from rtpy.work import Face, Work


def sees_issues(work: Work) -> bool:
    """Is the actor of the staff, or the system? One query at most."""
    if work.actor.face is Face.SYSTEM or work.rights.super_user:
        return True
    return system_groups(work, (PRIVILEGED,))[0] in work.rights.principals
