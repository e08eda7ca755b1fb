"""What issuing a credit note does to its invoice: amounts taken back, and work that is unbilled again."""

from fractions import Fraction

from sqlalchemy import select, update

from rtpy.work import Work
from rtpy_billing.balances.freezing import release_uses
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.models import EntryLine, Expense, Invoice, InvoiceLine, WorkEntry
from rtpy_billing.money import apportion
from rtpy_billing.repricing.reprice import reprice

APPROVED, INVOICED = "approved", "invoiced"


def note_credited(work: Work, note: Invoice, snapshot: Snapshot) -> None:
    """Add up what was taken back of each line; release the work behind it where the note says so."""
    db = work.db
    original = db.scalars(
        select(Invoice)
        .where(Invoice.id == note.credits_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    lines = {
        row.id: row for row in db.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == original.id))
    }
    nets = {line.source: line.net for line in snapshot.lines}
    rows = db.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == note.id)).all()
    touched: set[int] = set()
    for row in rows:
        line = lines[row.credits_line_id or 0]
        line.credited += nets.get(f"line:{line.id}", 0)
        if row.released:
            touched |= _release(work, line, row)
    db.flush()
    _reopen(work, note, touched)
    if all(_is_taken_back(work, line) for line in lines.values() if line.source != "discount"):
        original.state = "credited"
    db.flush()


def _is_taken_back(work: Work, line: InvoiceLine) -> bool:
    """Was all of its quantity credited, by this note and those before?"""
    rows = work.db.execute(
        select(InvoiceLine.quantity, InvoiceLine.quantity_base)
        .where(InvoiceLine.credits_line_id == line.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
    )
    taken = sum((Fraction(quantity, base) for quantity, base in rows), Fraction(0))
    return abs(taken) >= abs(Fraction(line.quantity, line.quantity_base))


def _release(work: Work, line: InvoiceLine, row: InvoiceLine) -> set[int]:
    """Let the work behind a credited quantity be billed again; answers with the entries that lost a line.

    Of a part the youngest work goes first; an entry that it cuts is cut in two.
    """
    db = work.db
    is_whole = row.quantity * line.quantity_base == line.quantity * row.quantity_base
    if line.expense_id is not None and is_whole:
        db.execute(
            update(Expense)
            .where(Expense.id == line.expense_id)
            .values(state=APPROVED, version=Expense.version + 1)
            .execution_options(synchronize_session="fetch")
        )
    pieces = db.scalars(
        select(EntryLine)
        .where(EntryLine.invoice_line_id == line.id)
        .order_by(EntryLine.customer_on.desc(), EntryLine.id.desc())
    ).all()
    if is_whole or line.unit != "HUR":
        freed = list(pieces) if is_whole else []
    else:
        freed = _cut(work, list(pieces), row.quantity * 3600 // row.quantity_base)
    for piece in freed:
        piece.invoice_line_id = None
    return {piece.entry_id for piece in freed}


def _cut(work: Work, pieces: list[EntryLine], seconds: int) -> list[EntryLine]:
    freed, rest = [], seconds
    for piece in pieces:
        if rest <= 0:
            break
        if piece.billed_seconds > rest:
            freed.append(_split(work, piece, rest))
            break
        freed.append(piece)
        rest -= piece.billed_seconds
    return freed


def _split(work: Work, piece: EntryLine, seconds: int) -> EntryLine:
    """Cut `seconds` off the end of a priced line, with their share of everything that adds up."""
    kept = piece.billed_seconds - seconds
    columns = {attr.key: getattr(piece, attr.key) for attr in EntryLine.__mapper__.column_attrs}
    highest = work.db.scalars(
        select(EntryLine.part)
        .where(EntryLine.entry_id == piece.entry_id, EntryLine.segment == piece.segment)
        .order_by(EntryLine.part.desc())
        .limit(1)
    ).one()
    columns.pop("id")
    part = EntryLine(**{**columns, "part": highest + 1, "invoice_line_id": None})
    for name in ("worked_seconds", "value", "amount", "taken"):
        mine, others = apportion(getattr(piece, name), [kept, seconds])
        setattr(piece, name, mine)
        setattr(part, name, others)
    piece.billed_seconds, part.billed_seconds = kept, seconds
    part.sources = None
    work.db.add(part)
    return part


def _reopen(work: Work, note: Invoice, entry_ids: set[int]) -> None:
    """Entries of which nothing is billed any more are approved, unbilled work again; balances get theirs back."""
    if not entry_ids:
        return
    billed = set(
        work.db.scalars(
            select(EntryLine.entry_id).where(
                EntryLine.entry_id.in_(entry_ids), EntryLine.invoice_line_id.is_not(None)
            )
        )
    )
    free = entry_ids - billed
    if not free:
        return
    release_uses(work, note, free)
    work.db.execute(
        update(WorkEntry)
        .where(WorkEntry.id.in_(free), WorkEntry.state == INVOICED)
        .values(state=APPROVED, updated=work.now, version=WorkEntry.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    work.db.flush()
    reprice(work, note.organization_id, free)
