"""Making and changing a webhook; a new secret is shown in the answer and never again."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.models import Webhook
from rtpy.rights.names import Right
from rtpy.web.admin.by_clock import card
from rtpy.web.admin.editing import form_values
from rtpy.web.admin.webhooks.fields import ANY, events_ticked, sections
from rtpy.web.admin.webhooks.frame import crumbs_of, tabs_of, webhook_asked
from rtpy.web.html import Html
from rtpy.web.shown import Deed, Link
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy.webhooks.events import events_of
from rtpy.webhooks.saving import Saved, delete_webhook, plain_webhook, renew_secret, save_webhook


@view_config(
    route_name="admin.webhook.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def new_webhook(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, {})


@view_config(
    route_name="admin.webhook.modify",
    request_method="GET",
    renderer="admin/webhooks/modify.pt",
    permission=Right.SUPER_USER,
)
def webhook_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form of one webhook."""
    row = webhook_asked(request)
    return _form(request, row, plain_webhook(request.work, row))


@view_config(
    route_name="admin.webhook.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def make_webhook(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it and show its secret, or say what is wrong."""
    return _save(request, None)


@view_config(
    route_name="admin.webhook.modify",
    request_method="POST",
    renderer="admin/webhooks/modify.pt",
    permission=Right.SUPER_USER,
)
def change_webhook(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it, or say what is wrong."""
    return _save(request, webhook_asked(request))


@view_config(route_name="admin.webhook.secret", request_method="POST", permission=Right.SUPER_USER)
def make_secret(resource: SystemResource, request: Request) -> Response:
    """Make a new secret and show it."""
    return _show(
        request,
        renew_secret(request.work, webhook_asked(request)),
        "For 24 hours each delivery is signed with both secrets, so that you can change over in peace.",
    )


@view_config(route_name="admin.webhook.delete", request_method="POST", permission=Right.SUPER_USER)
def remove_webhook(resource: SystemResource, request: Request) -> Response:
    """Delete it with all that waits, and its log."""
    row = webhook_asked(request)
    name = row.name
    delete_webhook(request.work, row)
    request.flash(f"“{name}” is deleted.")
    return HTTPSeeOther(request.route_path("admin.webhook.list"))


def _save(request: Request, row: Webhook | None) -> dict[str, object] | Response:
    given = texts_of(request)
    given["events"] = events_ticked(given, events_of(request.app))
    try:
        with request.db.begin_nested():
            saved = save_webhook(request.work, row, given)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    if saved.secret:
        said = (
            ""
            if row is None
            else "The address leads to another server: the old secret signs nothing any more."
        )
        return _show(request, saved, said)
    request.flash(f"“{saved.webhook.name}” is saved.")
    return HTTPSeeOther(request.route_path("admin.webhook.display", id=saved.webhook.id))


def _show(request: Request, saved: Saved, said: str) -> Response:
    """The page with the secret; no cache keeps it."""
    row = saved.webhook
    values = {
        "crumbs": crumbs_of(request, Link(row.name, request.route_path("admin.webhook.display", id=row.id))),
        "title": row.name,
        "secret": saved.secret,
        "mark": row.secret_mark,
        "said": said,
        "next_url": request.route_path("admin.webhook.display", id=row.id),
    }
    return render_to_response("admin/webhooks/secret.pt", values, request=request)


def _form(
    request: Request, row: Webhook | None, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> dict[str, object]:
    path = request.route_path
    # What is said of the events stands beside the first box.
    problems = {ANY if field == "events" else field: said for field, said in (wrong or {}).items()}
    url = path("admin.webhook.modify", id=row.id) if row is not None else path("admin.webhook.create")
    values = form_values(
        request,
        title=row.name if row is not None else "New webhook",
        post_url=url,
        sections=sections(given, events_of(request.app), is_new=row is None),
        problems=problems,
        crumbs=(Link("Webhooks", path("admin.webhook.list")),),
        tabs=tabs_of(request, row, "admin.webhook.modify") if row is not None else (),
        aside=Html(_aside(row)),
    )
    if row is not None:
        values["secret_mark"] = row.secret_mark
        values["old_until"] = request.when(row.old_until) if _old_signs(request, row) else None
        values["delete_url"] = path("admin.webhook.delete", id=row.id)
        values["deeds"] = (
            Deed("Make a new secret", path("admin.webhook.secret", id=row.id), icon="refresh"),
        )
    return values


def _old_signs(request: Request, row: Webhook) -> bool:
    return bool(row.old_nonce) and row.old_until is not None and request.work.now < row.old_until


def _aside(row: Webhook | None) -> str:
    lines = [
        "A POST with JSON, signed as standardwebhooks.com describes: ready-made libraries check it.",
        "An answer of 2xx within some seconds means that it was taken. Whatever else comes is tried again, with "
        "growing pauses up to a day, under the same webhook-id.",
        "After days of failures it switches itself off, and at once when the receiver answers 410.",
    ]
    return card("What is sent", lines)
