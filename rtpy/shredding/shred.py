"""Shredding and undoing it, each in one transaction of the caller."""

import getpass
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rtpy.changes.configuring import note_configuration
from rtpy.changes.guard import changing
from rtpy.changes.last_super_user import refuse_without_super_user
from rtpy.changes.opened_history import opened_history
from rtpy.changes.unused_bytes import delete_unused_bytes
from rtpy.db.base import table_of
from rtpy.errors import Conflict, NotFound, Refused
from rtpy.models import (
    Attachment,
    Blob,
    IncomingMail,
    Principal,
    SearchDocument,
    Ticket,
    Transaction,
    User,
)
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.remembered import forget
from rtpy.search.text.forgetting import forget_documents
from rtpy.shredding.dump import write_dump
from rtpy.shredding.following import gather
from rtpy.shredding.plan import Plan, portions
from rtpy.work import Work


def plan_tickets(work: Work, ids: Iterable[int], *, lock: bool = True) -> Plan:
    """What would go with these tickets. Raises NotFound for a number that is no ticket, Refused with all reasons.

    Without `lock`, here and below, the plan is only to be looked at.
    """
    wanted = set(ids)
    plan = Plan(work.db, "ticket", lock, nobody=work.app.nobody_id(work.db))
    plan.take_all(Ticket, Ticket.id, wanted)
    missing = sorted(wanted - set(plan.ids(Ticket)))
    if missing:
        raise NotFound(f"There is no ticket {missing[0]}. Nothing was changed.")
    gather(work.app, plan)
    return plan


def plan_user(work: Work, user: User, replacement: User | None = None, *, lock: bool = True) -> Plan:
    """What would go with a person, and what points at `replacement` afterwards. Raises Refused with all reasons."""
    if user.name in (SYSTEM_USER, NOBODY):
        raise Refused(f"{user.name} is part of rtpy itself and cannot be shredded.")
    if replacement is not None and replacement.id == user.id:
        raise Refused("Nobody takes their own place: name somebody else with --replace-with.")
    place = replacement.id if replacement else user.merged_into_id
    plan = Plan(work.db, "user", lock, place, nobody=work.app.nobody_id(work.db))
    plan.take(Principal, Principal.id == user.id)
    gather(work.app, plan)
    return plan


def plan_attachments(work: Work, larger_than: int, older_than: int, *, lock: bool = True) -> Plan:
    """Files of more than `larger_than` bytes in messages of more than `older_than` days ago. Raises Refused.

    The message stays, and says that there was a file. The mail as it came goes with the file.
    """
    plan = Plan(work.db, "attachment", lock)
    before = work.now - timedelta(days=older_than)
    old = select(Transaction.id).where(Transaction.created < before)
    plan.take(
        Attachment,
        Attachment.role == "file",
        Attachment.position > 0,
        Attachment.size > larger_than,
        Attachment.transaction_id.in_(old),
    )
    ids = plan.ids(Attachment)
    nothing = work.app.blobs.put(work.db, b"")[0] if ids else ""
    table, said = table_of(Attachment), f"on {work.now.date().isoformat()}"
    for which in plan.clauses(Attachment):
        for row in work.db.connection().execute(select(table).where(which)).mappings():
            remark = f"The file was taken away {said}: {row['size']} bytes."
            plan.emptied[row["id"]] = {
                **row, "blob_sha256": nothing, "size": 0, "headers": "", "remark": remark
            }  # fmt: skip
    transactions = {row["transaction_id"] for row in plan.emptied.values()}
    plan.take_all(IncomingMail, IncomingMail.transaction_id, transactions)
    gather(work.app, plan)
    return plan


def shred(work: Work, plan: Plan, name: str) -> Path:
    """Dump what `plan` takes away and delete it, noted in the log of configuration; `name` says what it was.

    `plan` was made in the same transaction, with locks. Returns the dump. When the transaction is not committed
    afterwards, the dump is of no use and does no harm. Raises OSError when the dump cannot be written, Refused, and
    Conflict when something was written to a ticket past its lock: then nothing was changed.
    """
    assert plan.locks, "a plan that is only to be looked at"
    db = work.db
    db.flush()
    stamp = work.now.strftime("%Y%m%d-%H%M%S-%f")
    header = {"created": work.now.isoformat(), "by": _who(work), "kind": plan.kind, "what": name}
    file = write_dump(work.app, plan, f"{stamp}-{plan.kind}", header)
    with changing(db):
        _forget_texts(work, plan)
        try:
            with db.begin_nested():
                _change(work, plan)
                _delete(work, plan)
                _refuse_what_came_meanwhile(plan)
                for finish in plan.afterwards.values():
                    finish()
        except Conflict:
            file.unlink(missing_ok=True)
            raise
        except IntegrityError as problem:
            file.unlink(missing_ok=True)
            raise Refused(
                "Rows of another table point at it, perhaps of a plugin that is not listed: list it, so that its rows "
                "go too. Nothing was changed."
            ) from problem
    counted = {str(each.name): len(plan.rows[each]) for each in plan.tables()}
    note_configuration(work, "shredded", None, name, {"rows": counted}, None)  # never what stood in them
    forget(db.connection())
    db.flush()
    db.expire_all()
    if plan.kind == "user":
        work.forget_rights()
        refuse_without_super_user(work)
    return file


def _who(work: Work) -> str:
    try:
        return f"{work.actor.name} ({getpass.getuser()})"
    except (OSError, KeyError):  # nobody of that number on this machine
        return work.actor.name


def _refuse_what_came_meanwhile(plan: Plan) -> None:
    """Histories point at tickets without a foreign key, so nothing else would find what was written past the lock."""
    for some in portions(plan.ids(Ticket)):
        for_these = (Transaction.object_type == "ticket", Transaction.object_id.in_(some))
        if (number := plan.db.scalar(select(Transaction.object_id).where(*for_these).limit(1))) is not None:
            raise Conflict(
                f"Something was written to ticket #{number} just now. Nothing was changed: try again."
            )


def _forget_texts(work: Work, plan: Plan) -> None:
    """What the worker has read already and is putting in goes at its next turn: triggers note what is deleted."""
    for some in portions(plan.ids(Ticket)):
        forget_documents(work.app, work.db, SearchDocument.origin_id.in_(some))
    for some in portions(plan.ids(Attachment)):
        forget_documents(work.app, work.db, SearchDocument.attachment_id.in_(some))


def _change(work: Work, plan: Plan) -> None:
    if not plan.changed:
        return
    with opened_history(work.db):
        for (table, column), noted in plan.changed.items():
            set_values(work, table, column, [(key, to) for key, (_, to) in noted.items()])


def set_values(work: Work, table: Table, column: str, values: list[tuple[Any, Any]]) -> None:
    """Give rows, by their keys, new values of one column."""
    keys = list(table.primary_key)
    here = and_(*(key == bindparam(f"key{at}") for at, key in enumerate(keys)))
    rows = [{**{f"key{at}": part for at, part in enumerate(key)}, "to": to} for key, to in values]
    if rows:
        work.db.connection().execute(update(table).where(here).values({column: bindparam("to")}), rows)


def self_references(table: Table) -> list[str]:
    """The columns that point at other rows of the same table."""
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _delete(work: Work, plan: Plan) -> None:
    connection = work.db.connection()
    for table in reversed(plan.tables()):
        if table is table_of(Blob):
            continue
        clauses = list(plan.clauses(table))
        for column in self_references(table):
            for which in clauses:
                connection.execute(update(table).where(which).values({column: None}))
        for which in clauses:
            connection.execute(delete(table).where(which))
    if plan.emptied:
        connection.execute(insert(table_of(Attachment)), [plan.emptied[key] for key in sorted(plan.emptied)])
    # since they were planned somebody may have sent the same bytes
    delete_unused_bytes(work, (key[0] for key in plan.rows.get(table_of(Blob), ())))
