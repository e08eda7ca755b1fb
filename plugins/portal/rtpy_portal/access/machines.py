"""Machines: accounts that belong to a program which writes mails, such as a monitor, and to no person."""

import re

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.mail.loops import AutoKind
from rtpy.models import IncomingMail, User
from rtpy.plugin_settings import setting

MACHINES = "portal.ratings_machines"
_NO_PERSON = re.compile(
    r"^(?:(?:no|do[-_.]?not)[-_.]?reply|mailer[-_.]?daemon|post[-_.]?master|bounces?|notifications?|alerts?|monitoring)"
    r"(?:$|[-_.+])",
    re.I,
)


def is_machine_address(address: str) -> bool:
    """Does nobody read mail to this address, by how it is called?"""
    return _NO_PERSON.match(address.partition("@")[0][:100]) is not None


def named_machines(app: App, db: Session) -> frozenset[str]:
    """Names of accounts and addresses that the setting calls machines, in lower case. No query as a rule."""
    said = str(setting(app, db, MACHINES))
    return frozenset(filter(None, (each.strip().lower() for each in said.replace("\n", ",").split(","))))


def only_programs_wrote() -> ColumnElement[bool]:
    """A clause over `users`: mails came from the address, all of them written by a program; and nobody logs in."""
    sent = IncomingMail.sender.in_((User.email_address, func.lower(User.email_address)))
    kind = IncomingMail.auto_kind
    by_program = kind.in_((AutoKind.AUTO_REPLY.value, AutoKind.BULK.value))
    return and_(
        User.password_hash.is_(None),
        exists().where(sent, by_program),
        ~exists().where(sent, or_(kind == "", kind == AutoKind.HUMAN.value)),
    )
