"""Giving somebody their data: a ZIP file with what is stored of them and what they could see of their requests."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any, Final

import orjson
from sqlalchemy import select

from rtpy.changes.accounts import COLUMNS
from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.content.filenames import safe_filename
from rtpy.db.base import Base
from rtpy.errors import NotFound
from rtpy.history.customer_side import kept_from_customers
from rtpy.history.public import public_clause
from rtpy.models import Attachment, Organization, OrganizationMember, Ticket, Transaction, User, Watcher
from rtpy.models.watcher import CC, REQUESTOR
from rtpy.personal.declared import Personal, personal_of
from rtpy.personal.former import Former, former_of
from rtpy.rights.names import Right
from rtpy.work import Work

AT_ONCE: Final = 100
"""Requests that are read at once."""
NOT_GIVEN: Final = frozenset({"comments"})
"""Columns of the account that are ours, not theirs: what we noted of them is told on request, by a person."""


def export_person(work: Work, user: User, out: Path | IO[bytes]) -> int:
    """Write the data of `user` into a ZIP file; says how many requests are in it. Needs AdminUsers.

    `person.json` has the account and all rows that are declared to be about them; `requests.json` the requests that
    they take part in, with the public part of the history alone; `files/` what they sent themselves. Nothing internal
    is in it, nor who else takes part: others are “somebody else”. That it was given out is noted in the log of
    configuration.
    """
    need_system(work, Right.ADMIN_USERS)
    former = former_of(work.db, user)
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("person.json", _json(_person(work, user, former)))
        with packed.open("requests.json", "w", force_zip64=True) as listed:
            files: list[tuple[str, str]] = []
            listed.write(b"[")
            for request in _requests(work, former, files):
                listed.write(b",\n" if count else b"\n")
                listed.write(_json(request))
                count += 1
            listed.write(b"\n]\n")
        for name, sha256 in files:
            try:
                packed.writestr(name, work.app.blobs.get(work.db, sha256))
            except NotFound:
                packed.writestr(f"{name}.missing.txt", "These bytes are not stored any more.\n")
    note_configuration(work, "given out", user.id, f"user {user.id}", None, {"requests": count})
    return count


def _json(value: object) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _person(work: Work, user: User, former: Former) -> dict[str, object]:
    organizations = work.db.scalars(
        select(Organization.name)
        .join(OrganizationMember, OrganizationMember.organization_id == Organization.id)
        .where(OrganizationMember.user_id.in_(former.ids))
        .order_by(Organization.name)
    )
    return {
        "account": {
            COLUMNS[column]: getattr(user, column) or "" for column in COLUMNS if column not in NOT_GIVEN
        },
        "created": user.created,
        "organizations": list(organizations),
        "stored": {each.what: rows for each in personal_of(work.app) if (rows := _rows(work, former, each))},
    }


def _rows(work: Work, former: Former, personal: Personal) -> list[dict[str, Any]]:
    if not personal.columns:
        return []
    table = Base.metadata.tables[personal.table]
    only = (table.c[column] == value for column, value in personal.only)
    where = (table.c[personal.person].in_(former.ids), *only)
    query = select(*(table.c[name] for name in personal.columns)).where(*where).order_by(*table.primary_key)
    return [dict(row) for row in work.db.connection().execute(query).mappings()]


def _requests(work: Work, former: Former, files: list[tuple[str, str]]) -> Iterator[dict[str, object]]:
    takes_part = select(Watcher.ticket_id).where(
        Watcher.principal_id.in_(former.ids),
        Watcher.role.in_((REQUESTOR, CC)),
        Watcher.ticket_id.is_not(None),
    )
    hidden = kept_from_customers(work.app)
    ids = list(
        work.db.scalars(
            select(Ticket.id)
            .where(Ticket.id.in_(takes_part), Ticket.type == "ticket", ~hidden)
            .order_by(Ticket.id)
        )
    )
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        said = _history(work, former, some, files)
        for row in work.db.execute(
            select(Ticket.id, Ticket.subject, Ticket.status, Ticket.created, Ticket.resolved)
            .where(Ticket.id.in_(some))
            .order_by(Ticket.id)
        ):
            yield {**row._mapping, "history": said.get(row.id, [])}


def _history(
    work: Work, former: Former, ids: Sequence[int], files: list[tuple[str, str]]
) -> dict[int, list[dict[str, object]]]:
    """The public entries of some requests; what they sent themselves is added to `files`. Two queries and the texts."""
    parts = work.db.execute(
        select(
            Transaction.id,
            Transaction.object_id,
            Transaction.type,
            Transaction.field,
            Transaction.old_value,
            Transaction.new_value,
            Transaction.created,
            Transaction.creator_id,
            Transaction.face,
            Attachment.id.label("part"),
            Attachment.role,
            Attachment.content_type,
            Attachment.charset,
            Attachment.filename,
            Attachment.blob_sha256,
        )
        .outerjoin(Attachment, Attachment.transaction_id == Transaction.id)
        .where(Transaction.object_id.in_(ids), public_clause())
        .order_by(Transaction.id, Attachment.position)
    ).all()
    texts = work.app.blobs.get_many(
        work.db, [row.blob_sha256 for row in parts if row.role == "body" and row.blob_sha256]
    )
    found: dict[int, dict[int, dict[str, object]]] = {}
    for row in parts:
        mine = row.creator_id in former.ids
        entry = found.setdefault(row.object_id, {}).setdefault(
            row.id,
            {
                "when": row.created,
                "who": "you" if mine else "somebody else",
                "what": row.type,
                **({"old": row.old_value, "new": row.new_value} if row.type in ("Status", "Set") else {}),
            },
        )
        if row.part is None:
            continue
        if row.role == "body":
            entry["text"] = texts.get(row.blob_sha256, b"").decode(_charset(row.charset), "replace")
        elif mine:
            name = f"files/{row.object_id}-{row.part}-{safe_filename(row.filename or 'part')}"
            files.append((name, row.blob_sha256))
            entry.setdefault("files", []).append(name)  # type: ignore[attr-defined]
    return {ticket: list(entries.values()) for ticket, entries in found.items()}


def _charset(name: str) -> str:
    try:
        "".encode(name or "utf-8")
    except LookupError:
        return "utf-8"
    return name or "utf-8"
