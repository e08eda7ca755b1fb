"""What billing begins with: whoever is staff may log their own work."""

from rtpy.changes.grants import grant_right
from rtpy.changes.people import system_groups
from rtpy.models.group import PRIVILEGED
from rtpy.rights.holders import Holder, Place
from rtpy.rights.names import SYSTEM
from rtpy.work import Work
from rtpy_billing.rights import LOG_TIME


def give_first_data(work: Work) -> None:
    """Called once, when the tables are new. All other rights an administrator grants."""
    staff = system_groups(work, (PRIVILEGED,))[0]
    grant_right(work, Holder(staff), LOG_TIME, Place(SYSTEM))
