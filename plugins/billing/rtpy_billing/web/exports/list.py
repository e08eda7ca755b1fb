"""Exports: batches that were handed to the books, and a new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.web.admin.editing import at_the_top, beside
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_billing.documents.tables.formats import FORMATS
from rtpy_billing.invoicing.exports import (
    PER_PAGE,
    BatchRow,
    Exported,
    Wanted,
    count_new,
    export,
    list_batches,
)
from rtpy_billing.models import Seller
from rtpy_billing.rights import ADMIN_BILLING, ISSUE_INVOICES
from rtpy_billing.web.fields import Fields

LIST = "billing.exports.list"
MOST_NAMED = 5  # documents that could not go into it, in the message


@dataclass(frozen=True, slots=True)
class ShownBatch:
    """One batch as the list shows it."""

    number: int
    format: str
    documents: int
    by: str
    at: Html
    is_repeat: bool
    file_name: str
    url: str
    sha256: str


@view_config(
    route_name=LIST, request_method="GET", renderer="billing/exports/list.pt", permission=ISSUE_INVOICES
)
def show_exports(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?page=`. Three queries beside the usual."""
    return _page(request, {"format": "csv"}, {})


@view_config(
    route_name=LIST, request_method="POST", renderer="billing/exports/list.pt", permission=ISSUE_INVOICES
)
def make_export(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """A new batch; its file is fetched from the list."""
    given = texts_of(request)
    try:
        made = export(request.work, _wanted(given))
    except Invalid as invalid:
        return _page(request, given, dict(problems_of(invalid)))
    request.flash(_said(made))
    return HTTPSeeOther(request.route_path(LIST))


def _wanted(given: Mapping[str, str]) -> Wanted:
    seller = given.get("seller", "")
    return Wanted(
        given.get("format", ""),
        int(seller) if seller.isascii() and seller.isdigit() and len(seller) <= 18 else None,
        _day(given, "start"),
        _day(given, "end"),
        given.get("again") == "1",
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    typed = given.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid(Problem(name, f"“{typed[:40]}” is not a day: write it as 2026-03-31.")) from None


def _said(made: Exported) -> str:
    documents = "1 document" if made.count == 1 else f"{made.count} documents"
    text = f"Export {made.batch.id} is made of {documents}."
    if not made.left_out:
        return text
    named = " ".join(f"{one.number}: {one.reason}" for one in made.left_out[:MOST_NAMED])
    more = len(made.left_out) - MOST_NAMED
    return f"{text} Left out were: {named}" + (f" And {more} more." if more > 0 else "")


def _page(request: Request, given: Mapping[str, str], wrong: Mapping[str, str]) -> dict[str, object]:
    work, path, number = request.work, request.route_path, asked_page(request)
    batches = list_batches(work, number)
    sellers = work.db.execute(select(Seller.id, Seller.name).order_by(Seller.name)).all()
    f = Fields(given)
    fields = (
        f.choice("format", "For", {one.name: one.label for one in FORMATS.values()}),
        f.one_of("seller", "Seller", [(row.id, row.name) for row in sellers], "All"),
        f.text("start", "Issued from", kind="date"),
        f.text("end", "To", "The day counts too.", "date"),
        f.box("again", "Also what was exported before", "The export is then marked as a repeat."),
    )
    may_set_up = work.rights.system(ADMIN_BILLING)
    format = FORMATS[given["format"] if given.get("format") in FORMATS else "csv"]
    settings = path("admin.plugin.settings", plugin="billing") if may_set_up else None
    return {
        "crumbs": (Link("Home", path("home")),),
        "title": "Exports",
        "fields": beside(fields, wrong),
        "problems": at_the_top(request, fields, wrong),
        "waiting": _waiting(count_new(work, format.name), format.label),
        "batches": [_shown(request, row) for row in batches[:PER_PAGE]],
        "settings_url": settings,
        "previous_url": path(LIST, _query={"page": str(number - 1)}) if number > 1 else None,
        "next_url": path(LIST, _query={"page": str(number + 1)}) if len(batches) > PER_PAGE else None,
    }


def _waiting(number: int, label: str) -> str:
    """How much there is to export."""
    if number == 0:
        return f"Everything that was issued has been exported for {label}."
    return f"{number} issued {'document has' if number == 1 else 'documents have'} not been exported for {label} yet."


def _shown(request: Request, row: BatchRow) -> ShownBatch:
    batch = row.batch
    kind = FORMATS.get(batch.format)
    return ShownBatch(
        batch.id,
        kind.label if kind else batch.format,
        row.count,
        row.actor,
        request.when(batch.created),
        batch.is_repeat,
        batch.file_name,
        request.route_path("billing.exports.file", id=batch.id),
        batch.sha256,
    )
