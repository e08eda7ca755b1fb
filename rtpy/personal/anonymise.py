"""Making somebody a former person: what would change where, and doing it for good."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text, and_, delete, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from rtpy.changes.accounts import COLUMNS
from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.configuring import note_configuration
from rtpy.changes.feed_keys import revoke_feeds_of
from rtpy.changes.guard import changing
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.opened_history import opened_history
from rtpy.changes.recording import record_on
from rtpy.changes.unused_bytes import HASH, delete_unused_bytes
from rtpy.db.base import Base, table_of
from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.issuing import revoke_tokens_of
from rtpy.identity.sessions import end_sessions_of
from rtpy.models import IncomingMail, Principal, Transaction, User
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.personal.declared import Deed, Personal, kept_of, personal_of
from rtpy.personal.former import Former, former_of
from rtpy.personal.occurrences import changes_in, searched, write
from rtpy.remembered import forget
from rtpy.rights.names import Right
from rtpy.work import Work

FINISHED = ("done", "duplicate", "refused", "junk")
"""States of mails that came whose bytes nobody needs any more."""
TELLING = ("Privileged", "Password")
"""Fields of accounts whose old and new values tell nothing of the person."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a preview: so many rows, of what, and what becomes of them."""

    rows: int
    what: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What making somebody a former person would do, and what would stay as it is, with the reason."""

    former: Former
    values: tuple[tuple[str, str, str], ...]
    """Of the account: column, value now, value afterwards."""
    lines: tuple[Line, ...]
    stays: tuple[tuple[str, str], ...]
    """Where, and why."""


def check_person(work: Work, user: User) -> None:
    """May the actor do it, to this person? Needs SuperUser, for it cannot be taken back. Raises Refused."""
    need_system(work, Right.ADMIN_USERS)
    if not work.rights.super_user:
        raise Refused("Only a super-user makes somebody a former person: it cannot be taken back.")
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself: it is nobody's name.")
    if user.merged_into_id is not None:
        raise Refused(f"{user.display_name} was merged into somebody else: choose that person.")
    if user.id == work.actor.user_id:
        raise Refused("You cannot make yourself a former person: ask another super-user.")
    if user.anonymised is not None:
        raise Refused(f"{user.display_name} is a former person already.")


def preview(work: Work, user: User) -> Preview:
    """What would happen; nothing is written. Reads every table of texts once: 5 s with 100,000 tickets."""
    check_person(work, user)
    former = former_of(work.db, user)
    lines = [
        Line(count, each.what, each.deed.value)
        for each in personal_of(work.app)
        if (count := _count(work.db, former, each))
    ]
    mails = work.db.scalar(select(func.count()).select_from(IncomingMail).where(_mails(former))) or 0
    if mails:
        lines.append(Line(mails, "mails from them as they came", "lose their bytes"))
    account = work.db.scalar(select(func.count()).select_from(Transaction).where(_account(former))) or 0
    if account:
        lines.append(Line(account, "entries of the account's own history", "lose their values"))
    for table, columns in searched(work.app).items():
        found = sum(1 for _ in changes_in(work.db, former, table, columns))
        if found:
            lines.append(Line(found, f"rows of {table.name} that name them", "name a former person"))
    stays = tuple((f"{each.table}: {', '.join(each.columns)}", each.why) for each in kept_of(work.app))
    return Preview(former, _values(user, former), tuple(lines), stays)


def _values(user: User, former: Former) -> tuple[tuple[str, str, str], ...]:
    after = {"name": former.login, "real_name": former.name}
    return tuple(
        (column, getattr(user, column) or "", after.get(column, ""))
        for column in COLUMNS
        if getattr(user, column) or column in after
    )


def anonymise(work: Work, user: User, typed: str) -> Former:
    """Make `user` a former person for good, in the transaction of `work`. Raises Refused, or Invalid for `typed`.

    `typed` must be the mail address, or the login name of who has none: this cannot be taken back. Histories keep what
    happened and who did it, as somebody without a name; what declares to stay does.
    """
    check_person(work, user)
    wanted = user.email_address or user.name
    if typed.strip().lower() != wanted.lower():
        raise Invalid(Problem("typed", f"Type {wanted} to say that you mean this person."))
    former, db = former_of(work.db, user), work.db
    people = db.scalars(select(User).where(User.id.in_(former.ids)).order_by(User.id)).all()
    with changing(db):
        for each in people:
            end_sessions_of(db, each.id)
            revoke_tokens_of(work, each)
            revoke_feeds_of(work, each)
        db.flush()
        hashes = _hashes(work, former)
        with opened_history(db):
            _forget_account(work, former)
            for table, columns in searched(work.app).items():
                write(db, table, list(changes_in(db, former, table, columns)))
        for personal in personal_of(work.app):
            _deal_with(db, former, personal)
        _empty_mails(db, former)
        for each in people:
            _forget_values(work, each, former)
        delete_unused_bytes(work, hashes)
        db.flush()
    note_configuration(work, "anonymised", former.id, former.name, None, {"accounts": len(former.ids)})
    record_on(work, "user", former.id, Record(Transaction(type="Disabled")))
    forget(db.connection())
    work.forget_rights()
    refuse_without_super_user(work)
    db.flush()
    db.expire_all()
    return former


def _forget_values(work: Work, user: User, former: Former) -> None:
    mine = user.id == former.id
    for column in COLUMNS:
        setattr(user, column, "" if column != "email_address" else None)
    user.name = former.login if mine else f"{former.login}-{user.id}"
    user.real_name = former.name
    user.password_hash, user.undeliverable = None, 0
    user.anonymised = user.last_updated = work.now
    work.db.get_one(Principal, user.id).disabled = True


def _where(former: Former, personal: Personal) -> tuple[Table, Any]:
    table = Base.metadata.tables[personal.table]
    only = (table.c[column] == value for column, value in personal.only)
    return table, and_(table.c[personal.person].in_(former.ids), *only)


def _count(db: Session, former: Former, personal: Personal) -> int:
    table, where = _where(former, personal)
    return db.connection().scalar(select(func.count()).select_from(table).where(where)) or 0


def _deal_with(db: Session, former: Former, personal: Personal) -> None:
    table, where = _where(former, personal)
    if personal.deed is Deed.DROP:
        db.connection().execute(delete(table).where(where))
    elif personal.deed is Deed.CLEAR:
        empty = {name: None if table.c[name].nullable else "" for name in personal.columns}
        db.connection().execute(update(table).where(where).values(empty))


def _account(former: Former) -> Any:
    """Entries of the history of the accounts that say what stood there."""
    return and_(
        Transaction.object_type == "user",
        Transaction.object_id.in_(former.ids),
        Transaction.field.not_in(TELLING),
        or_(Transaction.old_value != "", Transaction.new_value != "", Transaction.data != ""),
    )


def _forget_account(work: Work, former: Former) -> None:
    table = table_of(Transaction)
    emptied = {"old_value": "", "new_value": "", "data": "", "old_reference": None, "new_reference": None}
    work.db.connection().execute(update(table).where(_account(former)).values(emptied))


def _mails(former: Former) -> Any:
    senders = [each.lower() for each in former.addresses]
    return and_(
        func.lower(IncomingMail.sender).in_(senders),
        IncomingMail.state.in_(FINISHED),
        IncomingMail.size > 0,
    )


def _empty_mails(db: Session, former: Former) -> None:
    """The rows stay: they keep the same mail from being taken twice. By now they name the former person."""
    table = table_of(IncomingMail)
    theirs = and_(
        table.c.sender.in_([former.stand_in(each) for each in former.addresses]), table.c.state.in_(FINISHED)
    )
    emptied = {"raw": b"", "size": 0, "subject": "", "message_id": "", "traceback": ""}
    db.connection().execute(update(table).where(theirs).values({**emptied, "steps": type_coerce("[]", Text)}))


def _hashes(work: Work, former: Former) -> set[str]:
    """The bytes of rows that will be deleted: photos, files in their own fields."""
    found: set[str] = set()
    for personal in personal_of(work.app):
        table, where = _where(former, personal)
        if personal.deed is Deed.DROP and HASH in table.c:
            found |= set(work.db.connection().scalars(select(table.c[HASH]).where(where)))
    return {each for each in found if each}
