"""An address that refused mail is good again, somebody says: mail goes there as before."""

from rtpy.changes.change import Record
from rtpy.changes.people import system_groups
from rtpy.changes.recording import record
from rtpy.errors import Refused
from rtpy.models import Transaction, User
from rtpy.models.group import PRIVILEGED
from rtpy.work import Work


def say_address_is_good(work: Work, user: User) -> None:
    """Forget the failures in a row of a person's address; recorded. Anybody of the staff may say so; else Refused."""
    if system_groups(work, (PRIVILEGED,))[0] not in work.rights.principals and not work.rights.super_user:
        raise Refused("Only staff may say that an address is good again.")
    if user.undeliverable:
        failures, user.undeliverable = user.undeliverable, 0
        change = Transaction(type="Set", field="Undeliverable", old_value=str(failures), new_value="0")
        record(work, "user", user.id, Record(change))
