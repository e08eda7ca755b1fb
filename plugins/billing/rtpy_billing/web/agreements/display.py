"""One agreement: its lines with what is left of them, the burn-down, the forecast, and what can be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.web.html import Html
from rtpy.web.times import show_day
from rtpy_billing.agreements.awaiting import Awaiting, awaiting
from rtpy_billing.agreements.conditions import TITLES, names_of
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.agreements.terms import last_day
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import Balance, balances_of
from rtpy_billing.balances.quantities import hours, in_words, left_in_words
from rtpy_billing.balances.rhythms import line_price_on, rhythm_of, rises_of, term_of
from rtpy_billing.ledgers.outlook import empty_on, expiring, use_of
from rtpy_billing.models import Agreement, AgreementLine, Customer
from rtpy_billing.money import shown
from rtpy_billing.pricing.words import About
from rtpy_billing.rights import ADMIN_AGREEMENTS, SEE_MONEY
from rtpy_billing.web.agreements.burn import draw_burn_down
from rtpy_billing.web.agreements.found import crumbs_of, customer_name, find_agreement
from rtpy_billing.web.agreements.words import EVERY, KINDS, STATES, price_in_words


@dataclass(frozen=True, slots=True)
class BalanceCard:
    """A balance: the headline, how much is used in whole percent, sentences about what is to come, the drawing."""

    left: str
    percent: int
    used: str
    tone: str
    sentences: tuple[str, ...]
    drawing: Html
    ledger_url: str


@dataclass(frozen=True, slots=True)
class LineCard:
    """A line of the agreement as its page shows it."""

    name: str
    kind: str
    price: str
    dates: str
    conditions: tuple[str, ...]
    modify_url: str
    balance: BalanceCard | None
    id: int = 0
    milestones: tuple[tuple[int, str, str, str, str], ...] = ()
    """Place, name, amount, the day it is due and the day it was accepted, empty where there is none."""


@view_config(
    route_name="billing.agreements.display",
    request_method="GET",
    renderer="billing/agreements/display.pt",
    permission=SEE_MONEY,
)
def display(resource: SystemResource, request: Request) -> dict[str, object]:
    """All of it. At most thirteen queries, however many lines."""
    agreement = find_agreement(request)
    today = today_of(request.work, agreement.organization_id)
    lines = list(
        request.db.scalars(
            select(AgreementLine)
            .where(AgreementLine.agreement_id == agreement.id)
            .order_by(AgreementLine.position, AgreementLine.id)
        )
    )
    balances = balances_of(request.db, [(line, agreement) for line in lines], today)
    waits = awaiting(request.work, lines)
    paid_in = request.db.scalar(
        select(Customer.currency).where(Customer.organization_id == agreement.organization_id)
    )
    names = names_of(request.db, [each for line in lines for each in line.conditions or ()])
    path, state = request.route_path, STATES[agreement.state]
    return {
        "crumbs": crumbs_of(request, agreement),
        "title": agreement.name,
        "state": agreement.state,
        "state_word": state[0],
        "state_tone": state[1],
        "customer": customer_name(request, agreement),
        "customer_url": path("organization.display", id=agreement.organization_id),
        "lines": [
            _line(request, agreement, line, balances.get(line.id), waits.get(line.id), names, today)
            for line in lines
        ],
        "other_currency": paid_in if paid_in is not None and paid_in != agreement.currency else "",
        "currency": agreement.currency,
        "facts": _facts(request, agreement, today),
        "rises": [
            (show_day(rise.on), _percent(rise.factor), rise.reason, rise.on.isoformat(), rise.on > today)
            for rise in rises_of(agreement)
        ],
        "may_change": resource.allows(ADMIN_AGREEMENTS),
        "replay_url": path("billing.replays.display", id=agreement.id) if resource.allows(SEE_MONEY) else "",
        "modify_url": path("billing.agreements.modify", id=agreement.id),
        "deed_url": path("billing.agreements.deed", id=agreement.id),
        "kinds_url": path("billing.agreements.line.kinds", id=agreement.id),
        "statement_url": path("billing.statements.display", id=agreement.organization_id),
        "is_noticed": agreement.noticed_on is not None,
        "has_end": agreement.ends_on is not None,
        "notes": agreement.notes,
    }


def _line(
    request: Request,
    agreement: Agreement,
    line: AgreementLine,
    balance: Balance | None,
    waiting: Awaiting | None,
    names: Mapping[tuple[str, Any], str],
    today: date,
) -> LineCard:
    kind = LineKind(line.kind)
    dates = []
    if line.starts_on:
        dates.append(f"from {line.starts_on.isoformat()}")
    if ends := last_day(line.ends_on):
        dates.append(f"to {ends.isoformat()}")
    where = {"id": agreement.id, "line": line.id}
    return LineCard(
        line.name,
        KINDS[kind][0],
        price_in_words(agreement, line, line_price_on(agreement, line, today)),
        " ".join(dates),
        conditions_in_words(line, names),
        request.route_path("billing.agreements.line.modify", **where),
        _balance(request, agreement, line, balance, waiting, today)
        if balance and agreement.state != "draft"
        else None,
        line.id,
        tuple(_milestones(line, agreement.currency)),
    )


def _milestones(line: AgreementLine, currency: str) -> Iterator[tuple[int, str, str, str, str]]:
    listed: Any = (line.details or {}).get("milestones") or ()  # JSON
    for place, each in enumerate(listed):
        due, accepted = (
            date.fromisoformat(each[name]) if each.get(name) else None for name in ("on", "accepted")
        )
        yield (
            place,
            str(each["name"]),
            shown(int(each["amount"]), currency),
            f"{due:%d %B %Y}" if due else "",
            f"{accepted:%d %B %Y}" if accepted else "",
        )


def _balance(
    request: Request,
    agreement: Agreement,
    line: AgreementLine,
    balance: Balance,
    waiting: Awaiting | None,
    today: date,
) -> BalanceCard:
    unit, currency = UNITS[LineKind(line.kind)], agreement.currency
    use = use_of(balance.drawn, today)
    sentences = []
    empty = empty_on(balance.drawn, today)
    if balance.left > 0 and empty is not None:
        sentences.append(f"At the pace of the last weeks it is used up on {empty:%d %B %Y}.")
    for lot in expiring(balance.drawn.remaining, today):
        sentences.append(f"{in_words(unit, lot.remaining, currency)} expire on {lot.expires_on:%d %B %Y}.")
    sentences += [*_waiting(waiting, currency)] if waiting is not None else []
    tone = "bad" if balance.left <= 0 else "warn" if use.percent >= 75 else "ok"
    return BalanceCard(
        left_in_words(unit, balance.left, currency),
        min(use.percent, 100),
        f"{in_words(unit, use.used, currency)} of {in_words(unit, use.whole, currency)} used",
        tone,
        tuple(sentences),
        draw_burn_down(line, balance, today, currency),
        request.route_path("billing.agreements.ledger", id=agreement.id, line=line.id),
    )


def _waiting(waiting: Awaiting, currency: str) -> Iterator[str]:
    """What is held until the customer agrees, and whether they were asked."""
    if waiting.since is not None:
        worth = f", worth {shown(waiting.value, currency)}," if waiting.value else ""
        days = f"{hours(waiting.seconds)} h of work since {waiting.since:%d %B %Y}{worth}"
        yield f"{days} wait for the customer's consent."
    asked = waiting.question
    if asked is not None:
        yield f"{asked.address} was asked on {asked.asked:%d %B %Y} and may answer until {asked.expires:%d %B %Y}."
    elif waiting.since is not None:
        yield "Nobody is asked at present: ask from the ledger."


def conditions_in_words(line: AgreementLine, names: Mapping[tuple[str, Any], str]) -> tuple[str, ...]:
    """`Kinds of work: Remote, On site`; an excluding one `Queues: all but Projects`."""
    found = []
    for condition in line.conditions or ():
        about = condition["about"]
        words = ", ".join(names.get((about, value), str(value)) for value in condition["values"])
        found.append(f"{TITLES[About(about)]}: {'all but ' if condition.get('excluded') else ''}{words}")
    return tuple(found)


def _facts(request: Request, agreement: Agreement, today: date) -> list[tuple[str, str | Html]]:
    ends = last_day(agreement.ends_on)
    facts: list[tuple[str, str | Html]] = [
        ("Number", agreement.number),
        ("First day", show_day(agreement.starts_on)),
    ]
    facts.append(("Last day", show_day(ends) if ends else "until further notice"))
    term = term_of(agreement)
    if agreement.renewal != "none":
        how = "by itself" if agreement.renewal == "automatic" else "when somebody renews it"
        facts.append(("Renewal", f"{how}, {agreement.renewal_months} months"))
        if term.notice_by:
            facts.append(("Notice by", show_day(term.notice_by)))
    if agreement.noticed_on:
        facts.append(("Notice given", show_day(agreement.noticed_on)))
    period = rhythm_of(agreement).period_of(today)
    facts.append(("Billed", EVERY[agreement.every] + (", in advance" if agreement.in_advance else "")))
    if period:
        until = show_day(period.billed.last_day)
        facts.append(("This period", Html(f"{show_day(period.billed.start)} to {until}")))
    people = {
        row.id: row.real_name or row.name
        for row in request.db.execute(
            select(User.id, User.name, User.real_name).where(
                User.id.in_([id_ for id_ in (agreement.approver_id, agreement.customer_approver_id) if id_])
            )
        )
    }
    if agreement.approver_id:
        facts.append(("Approves work", people.get(agreement.approver_id, "?")))
    if agreement.customer_approver_id:
        facts.append(("May agree to more", people.get(agreement.customer_approver_id, "?")))
    if agreement.purchase_order or agreement.purchase_order_required:
        facts.append(("Purchase order", agreement.purchase_order or "missing: nothing can be billed"))
    if agreement.purchase_order_limit is not None:
        facts.append(("Its limit", shown(agreement.purchase_order_limit, agreement.currency)))
    return facts


def _percent(factor: Fraction) -> str:
    return f"{round((factor - 1) * 10_000) / 100:+.2f} %"
