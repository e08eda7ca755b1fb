"""Making, changing, previewing and deleting a template."""

from collections.abc import Mapping, Sequence

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.changes.templates import (
    TemplateValues,
    create_template,
    delete_template,
    modify_template,
    users_of,
)
from rtpy.content.sanitize import clean_html
from rtpy.errors import Invalid, Refused
from rtpy.http.automation import AutomationResource, TemplateResource
from rtpy.mail.carried import CarriedFile
from rtpy.mail.template import FILTERS
from rtpy.mail.variables import VARIABLES
from rtpy.models import Queue, Template
from rtpy.rights.names import Right
from rtpy.scrips.checking import check_template_text, checked_template
from rtpy.scrips.trying import Tried, try_template, values_of_ticket
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html, show_size
from rtpy.web.shown import Link
from rtpy.web.staff.forms import texts_of

MOST_PROBLEMS = 20


@view_config(
    route_name="admin.templates.create",
    request_method="GET",
    renderer="admin/templates/modify.pt",
    permission=Right.MODIFY_TEMPLATE,
)
def create_form(resource: AutomationResource, request: Request) -> dict[str, object]:
    """The empty form; `?name=` and `?queue=` begin one of that name, with the text of the global one."""
    name, queue = request.GET.get("name", "")[:200], request.GET.get("queue", "")
    text = request.db.scalar(
        select(Template.content).where(
            Template.name == name, Template.queue_id.is_(None), Template.lang == ""
        )
    )
    number = int(queue) if queue.isascii() and queue.isdigit() and len(queue) < 19 else None
    return _form(request, None, TemplateValues(name, number, "", "", text or ""), {}, may_change=True)


@view_config(
    route_name="admin.templates.create",
    request_method="POST",
    renderer="admin/templates/modify.pt",
    permission=Right.MODIFY_TEMPLATE,
)
def create(resource: AutomationResource, request: Request) -> dict[str, object] | Response:
    """Make it, or with `deed`=preview show what it gives."""
    values = _read(request)
    if texts_of(request).get("deed") == "preview":
        return _preview(request, None, values, may_change=True)
    try:
        with request.db.begin_nested():
            template = create_template(request.work, checked_template(request.work, values))
    except Invalid as invalid:
        return _form(request, None, values, _all_problems(invalid), may_change=True)
    except Refused as refused:
        return _form(request, None, values, {"queue": str(refused)}, may_change=True)
    request.flash(f"The template “{template.name}” is made.")
    return HTTPSeeOther(request.route_path("admin.templates.modify", id=template.id))


@view_config(
    route_name="admin.templates.modify",
    request_method="GET",
    renderer="admin/templates/modify.pt",
    permission=Right.SHOW_TEMPLATE,
)
def modify_form(resource: TemplateResource, request: Request) -> dict[str, object]:
    """The template as it is."""
    template = resource.template
    return _form(request, template, _values(template), {}, may_change=resource.allows(Right.MODIFY_TEMPLATE))


@view_config(
    route_name="admin.templates.modify",
    request_method="POST",
    renderer="admin/templates/modify.pt",
    permission=Right.SHOW_TEMPLATE,
)
def modify(resource: TemplateResource, request: Request) -> dict[str, object] | Response:
    """`deed`: save, preview or delete. A preview takes no more than to see the template."""
    template, work, deed = resource.template, request.work, texts_of(request).get("deed", "save")
    typed = _read(request)
    values = TemplateValues(template.name, template.queue_id, template.lang, typed.description, typed.content)
    here = request.route_path("admin.templates.modify", id=template.id)
    if deed == "preview":
        return _preview(request, template, values, may_change=resource.allows(Right.MODIFY_TEMPLATE))
    try:
        with request.db.begin_nested():
            if deed == "delete":
                delete_template(work, template)
            else:
                modify_template(work, template, checked_template(work, values))
    except Invalid as invalid:
        return _form(request, template, values, _all_problems(invalid), may_change=True)
    except Refused as refused:
        request.flash(str(refused), "bad")
        return HTTPSeeOther(here)
    if deed == "delete":
        request.flash(f"The template “{values.name}” is deleted.")
        return HTTPSeeOther(request.route_path("admin.templates.list"))
    request.flash("Saved. It counts from the next mail on.")
    return HTTPSeeOther(here)


def _all_problems(invalid: Invalid) -> dict[str, str]:
    """By field, each sentence in a line of its own: a text has many places to go wrong in."""
    found: dict[str, list[str]] = {}
    for problem in invalid.problems[:MOST_PROBLEMS]:
        found.setdefault(problem.field, []).append(problem.message)
    return {field: "\n".join(sentences) for field, sentences in found.items()}


def _read(request: Request) -> TemplateValues:
    given = texts_of(request)
    queue = given.get("queue", "")
    return TemplateValues(
        given.get("name", ""),
        int(queue) if queue.isascii() and queue.isdigit() and len(queue) < 19 else None,
        given.get("lang", ""),
        given.get("description", ""),
        given.get("content", "").replace("\r\n", "\n"),
    )


def _values(template: Template) -> TemplateValues:
    return TemplateValues(
        template.name, template.queue_id, template.lang, template.description, template.content
    )


def _preview(
    request: Request, template: Template | None, values: TemplateValues, *, may_change: bool
) -> dict[str, object]:
    """The form with what was typed, and the mail that it gives for a ticket."""
    number = texts_of(request).get("ticket", "").strip().lstrip("#")
    try:
        text = check_template_text(request.work, values.content)
        tried = try_template(request.work, text, number)
    except Invalid as invalid:
        return _form(request, template, values, _all_problems(invalid), may_change=may_change)
    return _form(request, template, values, {}, may_change=may_change, tried=tried)


def _form(
    request: Request,
    template: Template | None,
    values: TemplateValues,
    wrong: Mapping[str, str],
    *,
    may_change: bool,
    tried: Tried | None = None,
) -> dict[str, object]:
    if wrong:
        request.response.status_int = 422
    path, db = request.route_path, request.db
    beside = {name: words.replace("\n", " ") for name, words in wrong.items()}
    number = texts_of(request).get("ticket", "") if request.method == "POST" else ""
    names, ticket_id = values_of_ticket(request.work, tried.ticket_id if tried else None)
    url = path("admin.templates.modify", id=template.id) if template else path("admin.templates.create")
    return {
        "crumbs": admin_crumbs(request, Link("Templates", path("admin.templates.list"))),
        "title": values.name or "New template",
        "place": _place(request, template),
        "problems": [(f"field-{name}", each) for name, words in wrong.items() for each in words.split("\n")],
        "post_url": url,
        "fields": _fields(request, template, values, beside),
        "ticket_field": Field(
            "ticket", "Number of a ticket", number or (str(ticket_id) if ticket_id else ""),
            error=beside.get("ticket", ""), hint="Its last message is taken. You must be allowed to see it.",
        ),
        "tried": tried,
        "tried_html": Html(clean_html(tried.html, images=lambda _url: None)) if tried and tried.html else None,
        "tried_files": _files(tried.files) if tried else (),
        "tried_too_large": _files(tried.too_large) if tried else (),
        "may_change": may_change,
        "exists": template is not None,
        "users": [
            Link(scrip.description, path("admin.scrips.modify", id=scrip.id))
            for scrip in (users_of(db, template) if template else ())
        ],
        "versions_url": path("admin.templates.versions", id=template.id) if template else None,
        "version": template.version if template else 1,
        "variables": [(name, help, names.get(name, "")) for name, help in VARIABLES.items()],
        "filters": sorted(FILTERS),
        "ticket_id": ticket_id,
    }  # fmt: skip


def _files(files: Sequence[CarriedFile]) -> list[tuple[str, str]]:
    return [(each.name or "a file without a name", show_size(each.size)) for each in files]


def _place(request: Request, template: Template | None) -> str:
    if template is None:
        return ""
    queue = request.db.get(Queue, template.queue_id) if template.queue_id is not None else None
    where = f"in {queue.name}" if queue else "in every queue"
    return f"{where}, for recipients who read {template.lang}" if template.lang else where


def _fields(
    request: Request, template: Template | None, values: TemplateValues, wrong: Mapping[str, str]
) -> tuple[Field, ...]:
    fixed: tuple[Field, ...] = ()
    if template is None:
        queues = request.db.execute(
            select(Queue.id, Queue.name).where(Queue.disabled.is_(False)).order_by(Queue.name)
        )
        options = tuple(Option(str(row.id), row.name, row.id == values.queue_id) for row in queues)
        fixed = (
            Field(
                "name", "Name", values.name, required=True, error=wrong.get("name", ""),
                hint="Scrips call it by this name. The name of one that exists makes a queue's own or a translation.",
            ),
            Field(
                "queue", "Queue", kind="select", error=wrong.get("queue", ""),
                options=(Option("", "every queue", values.queue_id is None), *options),
            ),
            Field(
                "lang", "Language", values.lang, error=wrong.get("lang", ""),
                hint="Such as de: it goes to people whose language that is. Empty: for everybody else.",
            ),
        )  # fmt: skip
    return (
        *fixed,
        Field("description", "What it is for", values.description, error=wrong.get("description", "")),
        Field(
            "content", "Text", values.content, kind="textarea", rows=18, error=wrong.get("content", ""),
            hint="Header lines such as “Subject: …”, an empty line, and the text. Content-Type: text/html makes it "
            "HTML, multipart/alternative a text with an HTML twin. RT's templates can be pasted here.",
        ),
    )  # fmt: skip
