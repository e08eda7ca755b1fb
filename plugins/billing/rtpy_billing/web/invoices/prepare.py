"""Preparing drafts: for one customer at once, for everybody by the worker."""

from collections.abc import Mapping
from datetime import date

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.editing import Button, Section
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_of
from rtpy.web.times import show_day
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.runs import DONE, STOPPED, start_run, stop_run
from rtpy_billing.models import Customer, Run
from rtpy_billing.rights import ISSUE_INVOICES
from rtpy_billing.typed import Typed
from rtpy_billing.web.fields import Fields
from rtpy_billing.web.invoices.pages import form_page

MOST = 2000


@view_config(
    route_name="billing.invoices.prepare",
    request_method="GET",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def show_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """For everything up to the first of this month, unless the address says otherwise."""
    first = request.work.now.date().replace(day=1)
    given = {"customer": request.GET.get("customer", ""), "last_day": _day_before(first).isoformat()}
    return _form(request, given)


@view_config(
    route_name="billing.invoices.prepare",
    request_method="POST",
    renderer="admin/form.pt",
    permission=ISSUE_INVOICES,
)
def prepare(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """One customer: the drafts; all: the run, and its page."""
    given = texts_of(request)
    typed = Typed(given)
    until = typed.end_after("last_day")
    if until is None:
        typed.wrong("last_day", "Up to which day?")
    organization = _chosen(request, given, typed)
    try:
        typed.check()
        assert until is not None  # or the check had raised
        if organization is None:
            run = start_run(request.work, until)
            return HTTPSeeOther(request.route_path("billing.invoices.run", id=run.id))
        with request.db.begin_nested():
            drafts = prepare_drafts(request.work, organization, until)
    except Invalid as invalid:
        return _form(request, given, problems_of(invalid))
    except Refused as refused:
        return _form(request, given, {"customer": str(refused)})
    if not drafts:
        request.flash(f"Nothing of {organization.name} is unbilled up to then.", "info")
        return HTTPSeeOther(request.route_path("billing.customer.display", id=organization.id))
    if len(drafts) == 1:
        return HTTPSeeOther(request.route_path("billing.invoices.display", id=drafts[0].id))
    request.flash(f"{len(drafts)} drafts are ready.")
    return HTTPSeeOther(
        request.route_path("billing.invoices.list", _query={"show": "draft", "customer": organization.id})
    )


@view_config(
    route_name="billing.invoices.run",
    request_method="GET",
    renderer="billing/invoices/run.pt",
    permission=ISSUE_INVOICES,
)
def show_run(resource: SystemResource, request: Request) -> dict[str, object]:
    """How far it got; the page asks again by itself while it goes on."""
    run, path = _run(request), request.route_path
    is_over = run.state in (DONE, STOPPED)
    if not is_over:
        request.response.headers["Refresh"] = "3"
    return {
        "crumbs": (Link("Home", path("home")), Link("Invoices", path("billing.invoices.list"))),
        "until": show_day(_day_before(run.until)),
        "state": {"waiting": "waits for the worker", "running": "goes on", "done": "done"}.get(
            run.state, run.state
        ),
        "is_over": is_over,
        "total": run.total,
        "done": run.done,
        "drafts": run.drafts,
        "problems_found": tuple(run.problems or ()),
        "started": request.when(run.created),
        "post_url": path("billing.invoices.run", id=run.id),
        "drafts_url": path("billing.invoices.list", _query={"show": "draft"}),
    }


@view_config(route_name="billing.invoices.run", request_method="POST", permission=ISSUE_INVOICES)
def stop(resource: SystemResource, request: Request) -> Response:
    """End it; what is drafted stays."""
    run = _run(request)
    stop_run(request.work, run)
    return HTTPSeeOther(request.route_path("billing.invoices.run", id=run.id))


def _run(request: Request) -> Run:
    found: Run | None = request.db.get(Run, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _chosen(request: Request, given: Mapping[str, str], typed: Typed) -> Organization | None:
    if not given.get("customer"):
        return None
    number = number_in(given["customer"])
    found: Organization | None = request.db.get(Organization, number) if number is not None else None
    if found is None:
        typed.wrong("customer", "Choose a customer of the list.")
    return found


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _form(
    request: Request, given: Mapping[str, str], problems: Mapping[str, str] | None = None
) -> dict[str, object]:
    f = Fields(given)
    customers = request.db.execute(
        select(Organization.id, Organization.name)
        .join(Customer, Customer.organization_id == Organization.id)
        .where(Customer.is_own.is_(False))
        .order_by(Organization.name)
        .limit(MOST)
    ).all()
    fields = (
        f.one_of("customer", "Customer", [(row.id, row.name) for row in customers], "All of them"),
        f.text(
            "last_day",
            "Everything up to and including",
            "Late work of earlier periods comes along. What is agreed in advance is billed for the period that begins "
            "the day after.",
            "date",
            required=True,
        ),
    )
    return form_page(
        request,
        title="Prepare drafts",
        intro="Approved work, fees that are due and expenses come onto drafts. Nothing is issued by it, and no number "
        "is used.",
        post_url=request.route_path("billing.invoices.prepare"),
        sections=(Section("What is billed", fields),),
        problems=problems,
        buttons=(Button("Prepare drafts", "prepare", "primary"),),
    )
