"""The statement behind the link of a mail: for whom it was sent to, without a login. Nothing is written here."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import number_in
from rtpy.work import Work
from rtpy_billing.agreements.granting import customer_day
from rtpy_billing.documents.pdf import render_statement
from rtpy_billing.documents.printed import Plain
from rtpy_billing.documents.printed_statement import print_statement
from rtpy_billing.documents.statement import Detail, Statement
from rtpy_billing.documents.words import Language
from rtpy_billing.invoicing.files import pdf_of, ubl_of
from rtpy_billing.models import Customer, Invoice, StatementLink
from rtpy_billing.periods.period import Period
from rtpy_billing.statements.building import build_statement
from rtpy_billing.statements.links import find_link
from rtpy_billing.statements.questions import open_questions
from rtpy_billing.web.statements.display import logo_of

Table = dict[str, object]
REQUESTS = ("", "subject", "number", "number", "number")
WORK = ("", "", "subject plain", "", "number", "number")
INVOICES = ("subject", "", "", "", "number")
"""The classes of their columns."""
NO_QUESTION = {"asked": "", "ask_url": ""}


@view_config(
    route_name="billing.statements.open",
    request_method="GET",
    renderer="billing/statements/open.pt",
    permission=NO_PERMISSION_REQUIRED,
)
def open_statement(resource: SystemResource, request: Request) -> dict[str, object]:
    """What is left first, then as much as the customer's switches show, with a question by each line."""
    link = link_of(request)
    if link is None:
        return gone(request)
    work, statement = _statement(request, link)
    say, printed = Language(statement.language), print_statement(statement)
    there = open_questions(work, link.organization_id)
    asked = request.GET.get("asked", "")
    customer = work.db.get(Customer, link.organization_id)
    return {
        **frame(request, say, printed["title"], statement.seller.name if statement.seller else ""),
        "gone": "",
        "printed": printed,
        "requests": _requests(request, statement, printed, there),
        "work": _work(request, statement, printed, there),
        "invoices": _invoices(request, statement, printed),
        "thanks": say.word("asked_thanks", number=asked, address=link.sent_to)
        if asked in map(str, there.values())
        else "",
        "pdf_url": request.route_path("billing.statements.open_pdf", token=request.matchdict["token"]),
        "until": say.word("link_until", date=say.day(customer_day(customer, link.expires))),
    }


@view_config(
    route_name="billing.statements.open_pdf", request_method="GET", permission=NO_PERMISSION_REQUIRED
)
def open_pdf(resource: SystemResource, request: Request) -> Response:
    """The same as a PDF."""
    link = link_of(request)
    if link is None:
        raise HTTPNotFound()
    _, statement = _statement(request, link)
    content = render_statement(statement, logo_of(request, link.organization_id))
    return _file(f"statement-{statement.start}.pdf", "application/pdf", content)


@view_config(
    route_name="billing.statements.open_invoice", request_method="GET", permission=NO_PERMISSION_REQUIRED
)
def open_invoice(resource: SystemResource, request: Request) -> Response:
    """An invoice or credit note that the statement lists: as PDF, or as electronic invoice where it is one."""
    link = link_of(request)
    number = number_in(request.matchdict["id"])
    if link is None or number is None:
        raise HTTPNotFound()
    work, statement = _statement(request, link)
    if number not in {each.key for each in statement.invoices}:
        raise HTTPNotFound()
    invoice = work.db.scalars(select(Invoice).where(Invoice.id == number)).one()
    try:
        found = pdf_of(work, invoice) if request.matchdict["ending"] == "pdf" else ubl_of(work, invoice)
    except Invalid:
        raise HTTPNotFound() from None  # it lacks what an electronic invoice needs: the customer has the PDF
    return _file(found.name, found.type, found.content)


def link_of(request: Request) -> StatementLink | None:
    """The link of the address, while it holds."""
    work: Work = request.app.work_in(request.db)
    return find_link(work, request.matchdict["token"])


def gone(request: Request) -> dict[str, object]:
    """The page for a link that opens nothing, in the browser's language, since nobody is known."""
    request.response.status_int = 404
    say = Language(request.accept_language.lookup(["en", "de"], default="en"))
    return {**frame(request, say, say.word("link_gone")), "gone": say.word("link_gone_text")}


def frame(request: Request, say: Language, title: str, brand: str = "") -> dict[str, object]:
    """What both pages behind the link have; `brand` is the name of who bills. No cache keeps it."""
    request.response.headers["Cache-Control"] = "no-store"
    name = brand or request.app.config.rtname
    return {"title": title, "language": say.code, "brand": name, "say": say.word}


def _statement(request: Request, link: StatementLink) -> tuple[Work, Statement]:
    work: Work = request.app.work_in(request.db)
    return work, build_statement(work, link.organization_id, Period(link.starts_on, link.ends_on))


def _requests(
    request: Request, statement: Statement, printed: Plain, there: Mapping[str, int]
) -> Table | None:
    if printed["requests"] is None:
        return None
    asks = statement.detail is Detail.REQUESTS  # where entries are shown, these are asked about
    about = [f"request-{row.number}" if asks and row.number else "" for row in statement.requests]
    return _table(request, printed["requests"], REQUESTS, statement, about, there)


def _work(request: Request, statement: Statement, printed: Plain, there: Mapping[str, int]) -> Table | None:
    if printed["work"] is None:
        return None
    return _table(
        request, printed["work"], WORK, statement, [f"entry-{row.key}" for row in statement.work], there
    )


def _table(
    request: Request,
    printed: Plain,
    classes: Sequence[str],
    statement: Statement,
    about: Sequence[str],
    there: Mapping[str, int],
) -> Table:
    say = Language(statement.language)

    def ask(each: str) -> dict[str, str]:
        if each in there:
            return {"asked": say.word("asked", number=str(there[each])), "ask_url": ""}
        path = request.route_path("billing.statements.ask", token=request.matchdict["token"], about=each)
        return {"asked": "", "ask_url": path}

    rows = [
        {"cells": _cells(printed["columns"], cells, classes), **(ask(each) if each else NO_QUESTION)}
        for cells, each in zip(printed["rows"], about, strict=True)
    ]
    heads = list(zip(printed["columns"], classes, strict=True))
    return {"title": printed["title"], "heads": heads, "rows": rows, "asks": any(about)}


def _invoices(request: Request, statement: Statement, printed: Plain) -> Table:
    table, token = printed["invoices"], request.matchdict["token"]

    def url(number: int, ending: str) -> str:
        return request.route_path("billing.statements.open_invoice", token=token, id=number, ending=ending)

    rows = [
        {
            "cells": _cells(table["columns"], cells, INVOICES),
            "pdf_url": url(row.key, "pdf"),
            "xml_url": url(row.key, "xml"),
        }
        for cells, row in zip(table["rows"], statement.invoices, strict=True)
    ]
    return {
        "title": table["title"],
        "heads": list(zip(table["columns"], INVOICES, strict=True)),
        "rows": rows,
    }


def _cells(
    columns: Sequence[str], cells: Sequence[str], classes: Sequence[str]
) -> list[tuple[str, str, str]]:
    """(label, text, class) of each cell."""
    return list(zip(columns, cells, classes, strict=True))


def _file(name: str, kind: str, content: bytes) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
