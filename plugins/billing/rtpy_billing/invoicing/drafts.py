"""Draft invoices: prepared from what is unbilled, thrown away again, both without a trace in the numbers."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import delete, select, update

from rtpy.changes.allowed import need_system
from rtpy.errors import Conflict, Refused
from rtpy.models import Organization
from rtpy.models.locks import lock_name
from rtpy.work import Work
from rtpy_billing.balances.rhythms import rhythm_of
from rtpy_billing.documents.snapshot import Unit
from rtpy_billing.invoicing.due import Due, due_of
from rtpy_billing.invoicing.expense_lines import expense_lines
from rtpy_billing.invoicing.gathering import Piece, gather
from rtpy_billing.invoicing.grouping import LineDraft, work_lines
from rtpy_billing.invoicing.previewing import preview
from rtpy_billing.invoicing.words import words_of
from rtpy_billing.models import Agreement, Customer, EntryLine, Invoice, InvoiceLine, Seller
from rtpy_billing.money import Rounding
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.taxes.arithmetic import line_amount

AUTOMATIC = ("work", "agreement", "expense", "discount")
AT_ONCE = 500


def prepare_drafts(work: Work, organization: Organization, until: date) -> list[Invoice]:
    """Put everything of a customer that is unbilled before `until` onto drafts, one for each agreement.

    Needs IssueInvoices. What stands on a draft already stays there; further work joins it. Work without an agreement
    goes onto the draft of the only agreement, if there is one. Raises Refused when the customer cannot be billed.
    """
    need_system(work, ISSUE_INVOICES)
    lock_name(work.db, f"billing drafts of {organization.id}")
    customer = lock_customer(work, organization.id)
    if customer is None:
        raise Refused(
            f"Nothing is known of {organization.name} for billing: enter address and currency first."
        )
    seller = seller_of(work, customer)
    agreements = {
        row.id: row
        for row in work.db.scalars(
            select(Agreement)
            .where(Agreement.organization_id == organization.id, Agreement.state != "draft")
            .order_by(Agreement.id)
        )
    }
    touched = []
    for currency in sorted({customer.currency, *(row.currency for row in agreements.values())}):
        own = {id_: row for id_, row in agreements.items() if row.currency == currency}
        touched += _in_currency(work, customer, seller, own, until, currency)
    for invoice in touched:
        refigure(work, invoice)
    return touched


def lock_customer(work: Work, organization_id: int) -> Customer | None:
    """The customer, locked: work is not priced anew while it is put onto a draft or an invoice."""
    return work.db.scalar(
        select(Customer).where(Customer.organization_id == organization_id).with_for_update()
    )


def seller_of(work: Work, customer: Customer) -> Seller:
    """Who bills a customer: as chosen, else the only seller there is. Raises Refused."""
    if customer.seller_id is not None:
        return work.db.get_one(Seller, customer.seller_id)
    sellers = work.db.scalars(select(Seller).where(Seller.disabled.is_(False)).limit(2)).all()
    if len(sellers) != 1:
        raise Refused("Nobody is chosen who bills this customer: choose a seller first.")
    return sellers[0]


def _in_currency(
    work: Work,
    customer: Customer,
    seller: Seller,
    agreements: dict[int, Agreement],
    until: date,
    currency: str,
) -> list[Invoice]:
    organization_id = customer.organization_id
    pieces: dict[int | None, list[Piece]] = defaultdict(list)
    for piece in gather(work, organization_id, until, currency):
        pieces[piece.agreement_id if piece.agreement_id in agreements else None].append(piece)
    dues: dict[int | None, list[Due]] = defaultdict(list)
    for due in due_of(work.db, list(agreements.values()), until):
        dues[due.agreement_id].append(due)
    extra: dict[int | None, list[LineDraft]] = {
        None: expense_lines(work.db, organization_id, until, currency)
    }
    wanted: list[int | None] = [
        key for key in agreements if pieces[key] or any(due.bills for due in dues[key])
    ]
    if (pieces[None] or extra[None]) and len(wanted) == 1:
        pieces[wanted[0]] += pieces.pop(None, [])
        extra[wanted[0]] = extra.pop(None)
    elif pieces[None] or extra[None]:
        wanted.append(None)  # by the price book
    found = []
    for key in wanted:
        agreement = agreements.get(key) if key else None
        invoice = _draft(work, customer, seller, agreement, until, currency)
        drafts = _lines(customer, agreement, pieces[key], dues[key], until, invoice)
        store_lines(work, invoice, [*drafts, *extra.get(key, [])], Rounding(seller.rounding))
        found.append(invoice)
    return found


def _draft(
    work: Work, customer: Customer, seller: Seller, agreement: Agreement | None, until: date, currency: str
) -> Invoice:
    """The draft of that agreement: the one there is, or a new one."""
    found = work.db.scalar(
        select(Invoice)
        .where(
            Invoice.kind == "invoice",
            Invoice.state == "draft",
            Invoice.organization_id == customer.organization_id,
            Invoice.seller_id == seller.id,
            Invoice.currency == currency,
            Invoice.agreement_id == agreement.id if agreement else Invoice.agreement_id.is_(None),
        )
        .with_for_update()
    )
    start = period_start(agreement, until)
    if found is not None:
        found.period_end = max(found.period_end or until, until)
        found.period_start = min(found.period_start or start, start)
        return found
    invoice = Invoice(
        kind="invoice",
        state="draft",
        seller_id=seller.id,
        organization_id=customer.organization_id,
        agreement_id=agreement.id if agreement else None,
        currency=currency,
        period_start=start,
        period_end=until,
        purchase_order=(agreement.purchase_order if agreement else "") or customer.purchase_order,
        created=work.now,
        created_by_id=work.actor.user_id,
        note="",
        version=0,
    )
    work.db.add(invoice)
    work.db.flush()
    return invoice


def period_start(agreement: Agreement | None, until: date) -> date:
    """The first day of the period that ends before `until`: the agreement's, else the calendar month."""
    last = date.fromordinal(until.toordinal() - 1)
    period = rhythm_of(agreement).period_of(last) if agreement else None
    return period.billed.start if period else last.replace(day=1)


def _lines(
    customer: Customer,
    agreement: Agreement | None,
    pieces: Sequence[Piece],
    dues: Sequence[Due],
    until: date,
    invoice: Invoice,
) -> list[LineDraft]:
    grouping = (agreement.grouping if agreement else "") or customer.grouping
    period = (invoice.period_start or period_start(agreement, until), until)
    fees = [_fee(due) for due in dues if not due.discount]
    discounts = [_fee(due) for due in dues if due.discount]
    words = words_of(customer.language)
    work = work_lines(pieces, grouping, words, shows_names=customer.shows_names, period=period)
    return [*fees, *work, *discounts]


def _fee(due: Due) -> LineDraft:
    return LineDraft(
        "discount" if due.discount else "agreement",
        due.text,
        due.quantity.numerator,
        due.quantity.denominator,
        Unit.PIECE,
        due.unit_price,
        discount=due.discount,
        tax_class=due.line.tax_class,
        account=due.line.account,
        agreement_line_id=due.line.id,
        bills=due.bills,
        period_start=due.start,
        period_end=due.end,
    )


def store_lines(work: Work, invoice: Invoice, drafts: Sequence[LineDraft], rounding: Rounding) -> None:
    """Write the lines after those that are there, and say of each piece of work where it stands."""
    taken = work.db.execute(
        select(InvoiceLine.position, InvoiceLine.agreement_line_id, InvoiceLine.source).where(
            InvoiceLine.invoice_id == invoice.id
        )
    ).all()
    there = {row.agreement_line_id for row in taken if row.source == "discount"}
    position = max((row.position for row in taken), default=0)
    stored = []
    for draft in drafts:
        if draft.source == "discount" and draft.agreement_line_id in there:
            continue
        position += 1
        line = InvoiceLine(
            invoice_id=invoice.id,
            position=position,
            source=draft.source,
            agreement_line_id=draft.agreement_line_id,
            bills=draft.bills,
            expense_id=draft.expense_id,
            period_start=draft.period_start,
            period_end=draft.period_end,
            heading=draft.heading[:255],
            text=draft.text,
            seconds=draft.seconds,
            quantity=draft.quantity,
            quantity_base=draft.quantity_base,
            unit=draft.unit.value,
            unit_price=draft.unit_price,
            price_base=1,
            discount=draft.discount,
            discount_reason=draft.discount_reason,
            tax_class=draft.tax_class,
            account=draft.account,
            requests=draft.requests or None,
            net=0,
        )
        line.net = net_of(line, rounding)
        stored.append((line, draft.pieces))
    work.db.add_all(line for line, _ in stored)
    work.db.flush()
    for line, pieces in stored:
        for at in range(0, len(pieces), AT_ONCE):
            work.db.execute(
                update(EntryLine)
                .where(EntryLine.id.in_(pieces[at : at + AT_ONCE]))
                .values(invoice_line_id=line.id)
            )


def net_of(line: InvoiceLine, rounding: Rounding) -> int:
    """Quantity times price less discount; of a discount on the whole document nought, it is reckoned in the end."""
    if line.source == "discount":
        return 0
    quantity = Fraction(line.quantity, line.quantity_base)
    return line_amount(quantity, line.unit_price, line.price_base, line.discount, rounding).net


def refigure(work: Work, invoice: Invoice) -> None:
    """The sums of a draft as they are now; and one more version, so that nobody issues what they have not seen."""
    work.db.flush()
    totals = preview(work, invoice).snapshot.totals
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.payable
    invoice.version += 1
    work.db.flush()


def lock_draft(work: Work, invoice: Invoice, version: int | None = None) -> Invoice:
    """The draft, locked until the transaction ends. Raises Conflict when it is none any more or was changed."""
    found = work.db.scalar(
        select(Invoice)
        .where(Invoice.id == invoice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Conflict("This draft was thrown away meanwhile.")
    if found.state != "draft":
        raise Conflict(f"This was issued as {found.number} meanwhile; what is issued is never changed.")
    if version is not None and found.version != version:
        raise Conflict("Somebody else has changed this draft meanwhile: look at it again.")
    return found


def discard_draft(work: Work, invoice: Invoice) -> None:
    """Throw a draft away: its work is unbilled again, and no number is lost. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    draft = lock_draft(work, invoice)
    release_lines(work, line_ids_of(work, draft))
    work.db.delete(draft)
    work.db.flush()


def refresh_draft(work: Work, invoice: Invoice) -> Invoice:
    """Gather the work of a draft anew, as it is priced now; lines that somebody added stay. Needs IssueInvoices."""
    need_system(work, ISSUE_INVOICES)
    draft = lock_draft(work, invoice)
    if draft.kind != "invoice":
        raise Refused("A credit note takes back what stood on its invoice; there is nothing to gather anew.")
    until, id_ = draft.period_end or work.now.date(), draft.id
    release_lines(work, line_ids_of(work, draft), AUTOMATIC)
    work.db.flush()
    prepare_drafts(work, work.db.get_one(Organization, draft.organization_id), until)
    refigure(work, draft)
    return work.db.get_one(Invoice, id_)


def line_ids_of(work: Work, invoice: Invoice) -> Sequence[int]:
    """The ids of its lines."""
    return work.db.scalars(select(InvoiceLine.id).where(InvoiceLine.invoice_id == invoice.id)).all()


def release_lines(work: Work, line_ids: Sequence[int], sources: Sequence[str] = ()) -> None:
    """Take lines off a draft (only those of `sources`, if given): their work may be billed elsewhere."""
    wanted = select(InvoiceLine.id).where(InvoiceLine.id.in_(line_ids))
    if sources:
        wanted = wanted.where(InvoiceLine.source.in_(sources))
    ids = work.db.scalars(wanted).all()
    work.db.execute(update(EntryLine).where(EntryLine.invoice_line_id.in_(ids)).values(invoice_line_id=None))
    work.db.execute(delete(InvoiceLine).where(InvoiceLine.id.in_(ids)))
