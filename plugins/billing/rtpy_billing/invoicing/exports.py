"""Batches of issued documents for the books: each is kept as it was handed out, with its hash, who and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, select

from rtpy.changes.allowed import need_system
from rtpy.errors import Invalid, NotFound, Problem
from rtpy.models import User
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables.books import LeftOut
from rtpy_billing.documents.tables.formats import FORMATS
from rtpy_billing.invoicing.accounting import books_of
from rtpy_billing.models import Export, ExportedInvoice, Invoice
from rtpy_billing.rights import ISSUE_INVOICES

MOST = 5000  # documents in one batch
AT_ONCE = 500
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents: of a seller, issued from `start` to `end` (both days count), new ones only or all again."""

    format: str
    seller_id: int | None = None
    start: date | None = None
    end: date | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A new batch, how many documents are in it, and which could not be, and why."""

    batch: Export
    count: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    batch: Export
    actor: str
    count: int


def export(work: Work, wanted: Wanted) -> Exported:
    """Hand documents to the books: a batch of those that were never in one of this format. Needs IssueInvoices.

    With `again` those that were come too, and the batch is marked as a repeat. Documents stay as they are. Raises
    Invalid if there is nothing to export, too much at once, or the program's name of a tax is not set.
    """
    need_system(work, ISSUE_INVOICES)
    if wanted.format not in FORMATS:
        raise Invalid(Problem("format", "Choose one of the formats."))
    lock_name(work.db, f"billing export {wanted.format}")  # two at once would both take what is new
    found = _find(work, wanted)
    documents = list(_snapshots(work, [row_id for row_id, _ in found]))
    table = FORMATS[wanted.format].write(documents, books_of(work))
    without = {one.place for one in table.left_out}
    inside = [row for place, row in enumerate(found) if place not in without]
    if not inside:
        reason = table.left_out[0].reason if table.left_out else "Nothing new was issued in these days."
        raise Invalid(Problem("format", f"There is nothing to export. {reason}"))
    batch = Export(
        format=wanted.format,
        file_name="",
        content=table.content,
        sha256=sha256(table.content).hexdigest(),
        is_repeat=any(was_exported for _, was_exported in inside),
        created=work.now,
        actor_id=work.actor.user_id,
    )
    work.db.add(batch)
    work.db.flush()  # the number of the batch is part of its name
    stem, _, ending = table.name.rpartition(".")
    batch.file_name = f"{stem}-{batch.id}.{ending}"
    work.db.execute(
        insert(ExportedInvoice), [{"export_id": batch.id, "invoice_id": row_id} for row_id, _ in inside]
    )
    return Exported(batch, len(inside), table.left_out)


def list_batches(work: Work, number: int = 1) -> list[BatchRow]:
    """A page of the batches, the newest first, and one more if there is a next page. One query; needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    count = (
        select(func.count())
        .select_from(ExportedInvoice)
        .where(ExportedInvoice.export_id == Export.id)
        .scalar_subquery()
    )
    rows = work.db.execute(
        select(Export, User.name, count)
        .join(User, User.id == Export.actor_id)
        .order_by(Export.id.desc())
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    )
    return [BatchRow(batch, name, int(inside)) for batch, name, inside in rows]


def find_batch(work: Work, batch_id: int) -> Export:
    """One batch, to be handed out once more as it was. Needs IssueInvoices; raises NotFound."""
    need_system(work, ISSUE_INVOICES)
    batch = work.db.get(Export, batch_id)
    if batch is None:
        raise NotFound("There is no such export.")
    return batch


def count_new(work: Work, format: str) -> int:
    """How many issued documents were never in a batch of that format."""
    return (
        work.db.scalar(
            select(func.count()).select_from(Invoice).where(Invoice.state != "draft", ~_was_exported(format))
        )
        or 0
    )


def _find(work: Work, wanted: Wanted) -> Sequence[tuple[int, bool]]:
    """Ids in the order of the books, each with whether it was exported before."""
    was_exported = _was_exported(wanted.format)
    query = select(Invoice.id, was_exported).where(Invoice.state != "draft")
    if wanted.seller_id is not None:
        query = query.where(Invoice.seller_id == wanted.seller_id)
    if wanted.start is not None:
        query = query.where(Invoice.issued_on >= wanted.start)
    if wanted.end is not None:
        query = query.where(Invoice.issued_on <= wanted.end)
    if not wanted.again:
        query = query.where(~was_exported)
    order = (Invoice.issued_on, Invoice.seller_id, Invoice.kind, Invoice.sequence, Invoice.id)
    found = [(row[0], bool(row[1])) for row in work.db.execute(query.order_by(*order).limit(MOST + 1))]
    if len(found) > MOST:
        raise Invalid(Problem("start", f"These are more than {MOST} documents: choose fewer days."))
    return found


def _was_exported(format: str) -> ColumnElement[bool]:
    return exists(
        select(ExportedInvoice.invoice_id)
        .join(Export, Export.id == ExportedInvoice.export_id)
        .where(ExportedInvoice.invoice_id == Invoice.id, Export.format == format)
        .correlate(Invoice)
    )


def _snapshots(work: Work, ids: Sequence[int]) -> Iterator[Snapshot]:
    for place in range(0, len(ids), AT_ONCE):
        part = ids[place : place + AT_ONCE]
        rows = work.db.execute(select(Invoice.id, Invoice.snapshot).where(Invoice.id.in_(part)))
        stored: dict[int, Any] = {row.id: row.snapshot for row in rows}
        yield from (Snapshot.from_json(stored[row_id]) for row_id in part)
