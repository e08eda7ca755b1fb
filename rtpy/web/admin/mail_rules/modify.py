"""Making, changing, trying and deleting a rule for new mail."""

from collections.abc import Mapping, Sequence
from html import escape

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.mail.sorting.saving import delete_rule, plain_rule, read_rule, save_rule
from rtpy.mail.sorting.trying import Match, try_rule
from rtpy.models import MailRule
from rtpy.rights.names import Right
from rtpy.web.admin.by_clock import card
from rtpy.web.admin.editing import SAVE, Button, form_values
from rtpy.web.admin.mail_rules.fields import sections
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of

TRY = Button("Dry run", "try")
DELETE = Button("Delete the rule", "delete", "danger")
SHOWN = 50


@view_config(
    route_name="admin.mail_rule.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.mail_rule.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def mail_rule_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form, or that of one rule."""
    row = _row(request)
    return _form(resource, request, row, plain_rule(request.work, row) if row is not None else {})


@view_config(
    route_name="admin.mail_rule.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
@view_config(
    route_name="admin.mail_rule.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def mail_rule_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, delete it, or say which mails it would have sorted."""
    row, given = _row(request), texts_of(request)
    deed = given.get("deed")
    if deed == "delete" and row is not None:
        delete_rule(request.work, row)
        request.flash(f"The rule “{row.name}” is deleted.")
        return HTTPSeeOther(request.route_path("admin.mail_rule.list"))
    try:
        if deed == "try":
            looked_at, found = try_rule(request.work, read_rule(request.work, given).rule)
            return _form(resource, request, row, given, shown=_tried(request, looked_at, found))
        with request.work.db.begin_nested():
            saved = save_rule(request.work, row, given)
    except Invalid as invalid:
        return _form(resource, request, row, given, wrong=problems_of(invalid))
    request.flash(f"The rule “{saved.name}” is saved.")
    return HTTPSeeOther(request.route_path("admin.mail_rule.modify", id=saved.id))


def _form(
    resource: SystemResource,
    request: Request,
    row: MailRule | None,
    given: Mapping[str, str],
    *,
    shown: str = "",
    wrong: Mapping[str, str] | None = None,
) -> dict[str, object]:
    path = request.route_path
    return form_values(
        request,
        title=row.name if row is not None else "New rule for mail",
        post_url=path("admin.mail_rule.modify", id=row.id) if row else path("admin.mail_rule.create"),
        sections=sections(resource, given),
        problems=wrong,
        crumbs=(Link("Rules for mail", path("admin.mail_rule.list")),),
        buttons=(SAVE, TRY, DELETE) if row is not None else (SAVE, TRY),
        aside=Html(shown) if shown else None,
    )


def _tried(request: Request, looked_at: int, found: Sequence[Match]) -> str:
    items = []
    for each in found[:SHOWN]:
        url = request.route_path("admin.mail.incoming.display", id=each.mail_id)
        became = f"ticket #{each.ticket_id}" if each.ticket_id and each.opened else each.state
        if each.ticket_id and not each.opened:
            became = f"a reply in #{each.ticket_id}: it would stay there"
        items.append(
            f'<a class="title" href="{escape(url)}">{escape(each.subject or "(no subject)")}</a>'
            f'<span class="meta">{escape(became)} · {escape(each.sender)} · {request.when(each.received)}</span>'
        )
    note = f"{len(found)} of the newest {looked_at} mails fit. Rules above this one are not asked. Nothing was changed."
    return card("Dry run", items, "None of the newest mails fits.", note)


def _row(request: Request) -> MailRule | None:
    if "id" not in request.matchdict:
        return None
    row: MailRule | None = request.db.get(MailRule, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row
