"""Saying in time, to both sides and once: a balance runs out, a block expires, a term ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from rtpy.models import Organization, User
from rtpy.notices.writing import Notice, write_notice
from rtpy.work import Work
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.balances.quantities import in_words, left_in_words
from rtpy_billing.balances.rhythms import term_of
from rtpy_billing.ledgers.outlook import USED_MARKS, Use, empty_on, expiring, passed_marks, use_of
from rtpy_billing.models import Agreement, AgreementLine, BalanceWarning, Customer, Invoice, WorkEntry
from rtpy_billing.money import shown

RENEWAL_DAYS = 30
PURCHASE_ORDER_MARKS = (80, 100)  # percent


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to say: `keys` are all marks it stands for; `theirs` is empty for what only concerns ourselves."""

    keys: tuple[str, ...]
    subject: str
    ours: str
    theirs: str = ""


def warn(work: Work, agreement: Agreement) -> int:
    """Write the mails that are due about an agreement; how many things were said.

    Ours go to the agreement's approver, else to who looks after the customer; theirs to their approver, else to the
    address for invoices. A mark that was passed together with a higher one is not said any more.
    """
    today = today_of(work, agreement.organization_id)
    said = set(work.db.scalars(select(BalanceWarning.key).where(BalanceWarning.agreement_id == agreement.id)))
    due = [each for each in _due(work, agreement, today) if each.keys[-1] not in said]
    if not due:
        return 0
    our_side, their_side = _readers(work, agreement)
    client = work.db.get_one(Organization, agreement.organization_id).name
    for each in due:
        url = work.app.config.url(f"/billing/agreements/{agreement.id}")
        if our_side is not None and our_side[0]:
            text = f"{client}, {agreement.name} ({agreement.number}): {each.ours}\n\n{url}"
            write_notice(
                work, Notice(f"{client}: {each.subject}", text), address=our_side[0], name=our_side[1]
            )
        if each.theirs and their_side is not None and their_side[0]:
            text = f"{each.theirs}\n\nThis is about your agreement {agreement.name} ({agreement.number})."
            write_notice(work, Notice(each.subject, text), address=their_side[0], name=their_side[1])
        for key in each.keys:
            if key not in said:
                work.db.add(BalanceWarning(agreement_id=agreement.id, key=key, sent=work.now))
    return len(due)


def _due(work: Work, agreement: Agreement, today: date) -> Iterator[Warned]:
    lines = list(work.db.scalars(select(AgreementLine).where(AgreementLine.agreement_id == agreement.id)))
    balances = balances_of(work.db, [(line, agreement) for line in lines], today)
    for line in lines:
        if line.id in balances:
            yield from _of_balance(agreement, line, balances[line.id], today)
    yield from _of_purchase_order(work, agreement)
    term = term_of(agreement)
    if term.is_up_for_renewal(today, RENEWAL_DAYS) and term.ends_on and term.notice_by:
        how = "is renewed by itself" if agreement.renewal == "automatic" else "ends unless it is renewed"
        yield Warned(
            (f"renewal {term.ends_on.isoformat()}",),
            "an agreement comes to its end",
            f"it {how} on {term.ends_on:%d %B %Y}; the last day for notice is {term.notice_by:%d %B %Y}.",
        )


def purchase_order_used(db: Session, agreement: Agreement) -> int:
    """What of the purchase order's limit is used: invoiced net, less what was credited, and open work. Two queries."""
    signed = case((Invoice.kind == "credit_note", -Invoice.net), else_=Invoice.net)
    invoiced = db.scalar(
        select(func.sum(signed)).where(
            Invoice.agreement_id == agreement.id,
            Invoice.state != "draft",
            Invoice.purchase_order == agreement.purchase_order,
        )
    )
    waiting = db.scalar(
        select(func.sum(WorkEntry.amount)).where(
            WorkEntry.agreement_id == agreement.id, WorkEntry.state != "invoiced"
        )
    )
    return int(invoiced or 0) + int(waiting or 0)


def _of_purchase_order(work: Work, agreement: Agreement) -> Iterator[Warned]:
    limit = agreement.purchase_order_limit
    if not limit:
        return
    used = purchase_order_used(work.db, agreement)
    marks = passed_marks(Use(limit, used), PURCHASE_ORDER_MARKS)
    if marks:
        spent = f"{shown(used, agreement.currency)} of {shown(limit, agreement.currency)}"
        yield Warned(
            tuple(f"purchase order {agreement.purchase_order[:60]} {limit} {mark}" for mark in marks),
            f"{marks[-1]} % of a purchase order used",
            f"{spent} of the purchase order {agreement.purchase_order} are used, work that is not invoiced included.",
        )


def _of_balance(agreement: Agreement, line: AgreementLine, balance: Balance, today: date) -> Iterator[Warned]:
    unit, currency = UNITS[LineKind(line.kind)], agreement.currency
    use = use_of(balance.drawn, today)
    marks = passed_marks(use, sorted({*USED_MARKS, *([line.low_water] if line.low_water else [])}))
    if marks:
        newest = max(
            (one.lot.usable_from for one in balance.drawn.remaining if one.lot.pays_for(today)), default=today
        )
        left = left_in_words(unit, balance.left, currency)
        empty = empty_on(balance.drawn, today) if marks[-1] < 100 else None
        ahead = f" At the pace of the last weeks it will be used up on {empty:%d %B %Y}." if empty else ""
        yield Warned(
            tuple(f"{line.id} used {newest.isoformat()} {mark}" for mark in marks),
            f"{marks[-1]} % of {line.name} used",
            f"{use.percent} % of “{line.name}” is used; {left}.{ahead}",
            f"{use.percent} % of “{line.name}” is used; {left}.{ahead}",
        )
    for lot in expiring(balance.drawn.remaining, today):
        words = in_words(unit, lot.remaining, currency)
        sentence = (
            f"{words} of “{line.name}” expire on {lot.expires_on:%d %B %Y} unless they are used before."
        )
        yield Warned(
            (f"{line.id} expires {lot.key} {lot.days}"[:120],),
            f"{words} of {line.name} expire soon",
            sentence,
            sentence,
        )


def _readers(work: Work, agreement: Agreement) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    customer = work.db.get(Customer, agreement.organization_id)
    ours = agreement.approver_id or (customer.account_owner_id if customer else None)
    theirs = _reader(work, agreement.customer_approver_id)
    if theirs is None and customer and customer.email:
        theirs = (customer.email, customer.contact)
    return _reader(work, ours), theirs


def _reader(work: Work, user_id: int | None) -> tuple[str, str] | None:
    user = work.db.get(User, user_id) if user_id is not None else None
    return (user.email_address, user.display_name) if user and user.email_address else None
