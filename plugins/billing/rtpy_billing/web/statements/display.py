"""A customer's statement: as a page and as a PDF."""

from collections.abc import Mapping
from datetime import timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in
from rtpy.web.times import show_day
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.balances.quantities import hours, in_words, left_in_words
from rtpy_billing.documents.pdf import Logo, render_statement
from rtpy_billing.documents.statement import BalanceShown, Detail, Statement
from rtpy_billing.ledgers.values import Unit
from rtpy_billing.models import Customer, Seller
from rtpy_billing.money import shown
from rtpy_billing.periods.period import Period
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.links import MAY_WITHDRAW, links_of, standing_of
from rtpy_billing.statements.periods import month_of
from rtpy_billing.statements.questions import questions_of
from rtpy_billing.typed import Typed
from rtpy_billing.web.agreements.words import MOVEMENTS
from rtpy_billing.web.fields import Fields

LONGEST_DAYS = 3700
DETAILS = {
    "": "As the customer sees it",
    Detail.BALANCE.value: "Balances only",
    Detail.REQUESTS.value: "With sums for each request",
    Detail.ENTRIES.value: "With each entry",
}
STATES = {
    "withdrawn": "withdrawn",
    "expired": "too old",
    "readdressed": "opens nothing: the customer has another address now",
}


@view_config(
    route_name="billing.statements.display",
    request_method="GET",
    renderer="billing/statements/display.pt",
    permission=SEE_MONEY,
)
def display(resource: SystemResource, request: Request) -> dict[str, object]:
    """The statement of some days (this month, if none are given), exactly as the customer would read it."""
    organization = _organization(request)
    given = {name: request.GET.get(name, "").replace("\0", "") for name in ("first", "last", "detail")}
    period, detail, problem = _asked(request, organization, given)
    statement = build_statement(request.work, organization.id, period, detail)
    kept = {"first": period.start.isoformat(), "last": period.last_day.isoformat(), "detail": given["detail"]}
    f = Fields(kept)
    path = request.route_path
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link(organization.name, path("billing.customer.display", id=organization.id)),
            Link("Statement", request.path),
        ),
        "title": f"Statement of {statement.customer}",
        "first": show_day(period.start),
        "last": show_day(period.last_day),
        "fields": (
            f.text("first", "From", kind="date"),
            f.text("last", "To", kind="date"),
            f.choice("detail", "Detail", DETAILS),
        ),
        "problem": problem,
        "balances": [_balance(each, statement.currency) for each in statement.balances],
        "requests": _requests(request, statement),
        "work": _work(request, statement),
        "shows_requests": statement.detail is not Detail.BALANCE,
        "shows_work": statement.detail is Detail.ENTRIES,
        "invoices": [
            (
                "Credit note" if each.is_credit else "Invoice",
                each.number,
                show_day(each.issued_on),
                shown(each.total, statement.currency),
            )
            for each in statement.invoices
        ],
        "pdf_url": path("billing.statements.pdf", id=organization.id, _query=kept),
        "show_url": request.path,
        "links": _links(request, organization.id),
        "questions": [
            (
                f"#{each.number} {each.subject}",
                path("ticket.display", id=each.number),
                each.sent_to,
                request.when(each.asked),
                each.status,
            )
            for each in questions_of(request.work, organization.id)
        ],
    }


@view_config(route_name="billing.statements.pdf", request_method="GET", permission=SEE_MONEY)
def pdf(resource: SystemResource, request: Request) -> Response:
    """The same as a PDF."""
    organization = _organization(request)
    given = {name: request.GET.get(name, "").replace("\0", "") for name in ("first", "last", "detail")}
    period, detail, _ = _asked(request, organization, given)
    statement = build_statement(request.work, organization.id, period, detail)
    answer = Response(
        render_statement(statement, logo_of(request, organization.id)), content_type="application/pdf"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="statement-{period.start}.pdf"'
    return answer


def logo_of(request: Request, organization_id: int) -> Logo | None:
    """The logo of who bills the customer."""
    customer = request.db.get(Customer, organization_id)
    seller = request.db.get(Seller, customer.seller_id) if customer and customer.seller_id else None
    return Logo(seller.logo) if seller and seller.logo else None


def _asked(
    request: Request, organization: Organization, given: Mapping[str, str]
) -> tuple[Period, Detail | None, str]:
    """The days and the detail that the address asks for; what makes no sense becomes this month, with a sentence."""
    usual = month_of(today_of(request.work, organization.id))
    typed = Typed(given)
    first, last = typed.day("first") or usual.start, typed.day("last") or usual.last_day
    detail = Detail(given["detail"]) if given["detail"] in list(Detail) else None
    if typed.problems:
        return usual, detail, typed.problems[0].message
    if last < first:
        return usual, detail, "The last day comes before the first."
    if (last - first).days > LONGEST_DAYS:
        return usual, detail, "A statement covers ten years at most."
    return Period(first, last + timedelta(days=1)), detail, ""


def _balance(one: BalanceShown, currency: str) -> dict[str, object]:
    unit = Unit(one.unit.value)
    sentences = []
    if one.empty_on:
        sentences.append(f"At the pace of the last weeks it is used up on {one.empty_on:%d %B %Y}.")
    sentences += [
        f"{in_words(unit, row.quantity, currency)} expire on {row.expires_on:%d %B %Y}."
        for row in one.expiring
    ]
    return {
        "name": one.name,
        "left": left_in_words(unit, one.closing, currency),
        "percent": min(one.used_percent, 100),
        "opening": left_in_words(unit, one.opening, currency),
        "rows": [(MOVEMENTS[row.kind], in_words(unit, row.quantity, currency)) for row in one.rows],
        "closing": left_in_words(unit, one.closing, currency),
        "sentences": sentences,
    }


def _requests(request: Request, statement: Statement) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            f"#{row.number} {row.subject}" if row.number else "Work without a request",
            request.route_path("ticket.display", id=row.number) if row.number else "",
            hours(row.seconds),
            hours(row.covered_seconds),
            shown(row.amount, statement.currency),
        )
        for row in statement.requests
    ]


def _work(request: Request, statement: Statement) -> list[tuple[object, ...]]:
    return [
        (
            show_day(row.day),
            f"#{row.request}" if row.request else "",
            row.note or row.work_type or "Work",
            row.who,
            hours(row.seconds),
            "no charge" if row.is_no_charge else shown(row.amount, statement.currency),
        )
        for row in statement.work
    ]


def _links(request: Request, organization_id: int) -> list[dict[str, object]]:
    """The links that were mailed: whom to, of which days, and whether they open anything."""
    work, customer = request.work, request.db.get(Customer, organization_id)
    may = any(work.rights.system(right) for right in MAY_WITHDRAW)
    found = []
    for link in links_of(request.db, organization_id):
        state = standing_of(work, link, customer.email if customer is not None else "")
        path = request.route_path("billing.statements.withdraw", id=organization_id, link=link.id)
        found.append(
            {
                "days": Html(f"{show_day(link.starts_on)} to {show_day(link.ends_on - timedelta(days=1))}"),
                "first": link.starts_on.isoformat(),
                "sent_to": link.sent_to,
                "sent": request.when(link.created),
                "state": Html(f"opens until {show_day(link.expires.date())}")
                if state == "open"
                else STATES[state],
                "withdraw_url": path if may and state == "open" else "",
            }
        )
    return found


def _organization(request: Request) -> Organization:
    number = number_in(request.matchdict["id"])
    organization: Organization | None = request.db.get(Organization, number) if number is not None else None
    if organization is None:
        raise HTTPNotFound()
    return organization
