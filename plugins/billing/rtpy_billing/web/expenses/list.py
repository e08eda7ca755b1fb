"""Expenses, travel and parts: drafts to approve, approved, billed."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.models import Organization, User
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_named, texts_of
from rtpy.web.times import show_day
from rtpy_billing.invoicing.expenses import (
    APPROVED,
    DRAFT,
    INVOICED,
    KINDS,
    approve_expenses,
    send_expenses_back,
)
from rtpy_billing.models import Expense
from rtpy_billing.money import product, shown
from rtpy_billing.rights import APPROVE_BILLING, LOG_TIME, LOG_TIME_FOR_OTHERS, SEE_MONEY

PER_PAGE = 100
TABS = {DRAFT: "To approve", APPROVED: "Approved", INVOICED: "Billed"}


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """One line of the list."""

    id: int
    key: str
    day: Html
    kind: str
    text: str
    who: str
    customer: str
    amount: str
    mode: str
    receipt_url: str
    url: str
    problem: str


@view_config(
    route_name="billing.expenses.list",
    request_method="GET",
    renderer="billing/expenses/list.pt",
    permission=STAFF,
)
def show_list(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?show=` draft, approved or invoiced. Who sees no money sees their own. Two queries."""
    return _page(request, {})


@view_config(
    route_name="billing.expenses.list",
    request_method="POST",
    renderer="billing/expenses/list.pt",
    permission=STAFF,
)
def decide(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Approve what is ticked, or send it back."""
    deed, versions = texts_of(request).get("deed", ""), {}
    for key in texts_named(request, "expense")[: 2 * PER_PAGE]:
        number, of_version = (number_in(part) for part in (*key.split(":"), "", "")[:2])
        if number is not None and of_version is not None:
            versions[number] = of_version
    try:
        with request.db.begin_nested():
            if deed == "approve":
                request.flash(f"{approve_expenses(request.work, versions)} approved.")
            elif deed == "send_back":
                request.flash(f"{send_expenses_back(request.work, versions)} sent back.")
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, dict(problems_of(invalid)))
    return HTTPSeeOther(request.path_qs)


def _page(request: Request, wrong: dict[str, str]) -> dict[str, object]:
    work, path, page = request.work, request.route_path, asked_page(request)
    rights = work.rights
    if not any(rights.system(right) for right in (LOG_TIME, LOG_TIME_FOR_OTHERS, SEE_MONEY, APPROVE_BILLING)):
        raise Refused("You may not do that: the right LogTime is needed.")
    sees_all = any(rights.system(right) for right in (LOG_TIME_FOR_OTHERS, SEE_MONEY, APPROVE_BILLING))
    asked = request.GET.get("show", "")
    tab = asked if asked in TABS else DRAFT
    mine = [] if sees_all else [Expense.user_id == work.actor.user_id]
    sums = request.db.execute(select(Expense.state, func.count()).where(*mine).group_by(Expense.state))
    counts = {state: number for state, number in sums}  # noqa: C416 (rows are no pairs for dict)
    rows = request.db.execute(
        select(Expense, Organization.name, User.real_name, User.name)
        .outerjoin(Organization, Organization.id == Expense.organization_id)
        .join(User, User.id == Expense.user_id)
        .where(Expense.state == tab, *mine)
        .order_by(Expense.spent_on.desc(), Expense.id.desc())
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return {
        "crumbs": (Link("Home", path("home")),),
        "tabs": tuple(
            Link(
                label, path("billing.expenses.list", _query={"show": name}), name == tab, counts.get(name, 0)
            )
            for name, label in TABS.items()
        ),
        "show": tab,
        "rows": [
            _row(request, row, customer, real_name or name, wrong)
            for row, customer, real_name, name in rows[:PER_PAGE]
        ],
        "problems": [(None, text) for text in wrong.values()],
        "may_approve": rights.system(APPROVE_BILLING) and tab != INVOICED,
        "create_url": path("billing.expenses.create")
        if rights.system(LOG_TIME) or rights.system(LOG_TIME_FOR_OTHERS)
        else None,
        "post_url": request.path_qs,
        "next_url": path("billing.expenses.list", _query={**request.GET, "page": page + 1})
        if len(rows) > PER_PAGE
        else None,
    }


def _row(request: Request, row: Expense, customer: str | None, who: str, wrong: dict[str, str]) -> ExpenseRow:
    path = request.route_path
    amount = product(row.price, row.quantity, 1000)
    return ExpenseRow(
        row.id,
        f"{row.id}:{row.version}",
        show_day(row.spent_on),
        KINDS.get(row.kind, row.kind),
        row.text.splitlines()[0] if row.text else "–",
        who,
        customer or "no customer",
        shown(amount, row.currency),
        {"no_charge": "no charge", "hidden": "hidden"}.get(row.charge_mode, ""),
        path("billing.expenses.receipt", id=row.id) if row.receipt_name else "",
        path("billing.expenses.modify", id=row.id),
        wrong.get(f"expense.{row.id}", ""),
    )
