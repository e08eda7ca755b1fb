"""Making, changing and deleting a mailbox."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.mailboxes.saving import FIRST, ask_test, delete_mailbox, plain_mailbox, save_mailbox
from rtpy.models import Mailbox, Queue
from rtpy.rights.names import Right
from rtpy.web.admin.by_clock import card
from rtpy.web.admin.editing import form_values
from rtpy.web.admin.mailboxes.fields import sections
from rtpy.web.admin.mailboxes.frame import mailbox_asked, tabs_of
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import problems_of, texts_of


@view_config(
    route_name="admin.mailbox.create",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def new_mailbox(resource: SystemResource, request: Request) -> dict[str, object]:
    """The empty form."""
    return _form(request, None, FIRST)


@view_config(
    route_name="admin.mailbox.modify",
    request_method="GET",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def mailbox_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """The form of one mailbox."""
    row = mailbox_asked(request)
    return _form(request, row, plain_mailbox(request.work, row))


@view_config(
    route_name="admin.mailbox.create",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def make_mailbox(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Make it and let it be tried, or say what is wrong."""
    return _save(request, None)


@view_config(
    route_name="admin.mailbox.modify",
    request_method="POST",
    renderer="admin/form.pt",
    permission=Right.SUPER_USER,
)
def change_mailbox(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it and let it be tried, or say what is wrong."""
    return _save(request, mailbox_asked(request))


@view_config(route_name="admin.mailbox.delete", request_method="POST", permission=Right.SUPER_USER)
def remove_mailbox(resource: SystemResource, request: Request) -> Response:
    """Fetch it no more; its mails and the tickets stay."""
    row = mailbox_asked(request)
    name = row.name
    delete_mailbox(request.work, row)
    request.flash(f"“{name}” is deleted. The mails in it are still there.")
    return HTTPSeeOther(request.route_path("admin.mailbox.list"))


def _save(request: Request, row: Mailbox | None) -> dict[str, object] | Response:
    given = texts_of(request)
    try:
        with request.db.begin_nested():
            saved = save_mailbox(request.work, row, given)
            ask_test(request.work, saved)
    except Invalid as invalid:
        return _form(request, row, given, problems_of(invalid))
    request.flash(f"“{saved.name}” is saved. The worker tries it within seconds.")
    return HTTPSeeOther(request.route_path("admin.mailbox.display", id=saved.id))


def _form(
    request: Request, row: Mailbox | None, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> dict[str, object]:
    path = request.route_path
    queues = request.db.scalars(
        select(Queue.name).where(Queue.disabled.is_(False)).order_by(func.lower(Queue.name))
    ).all()
    return form_values(
        request,
        title=row.name if row is not None else "New mailbox",
        post_url=path("admin.mailbox.modify", id=row.id) if row is not None else path("admin.mailbox.create"),
        sections=sections(given, queues, is_new=row is None),
        problems=wrong,
        crumbs=(Link("Mailboxes", path("admin.mailbox.list")),),
        tabs=tabs_of(request, row, "admin.mailbox.modify") if row is not None else (),
        aside=Html(_ASIDE),
    )


_ASIDE = card(
    "How it is fetched",
    [
        "Use a mailbox of its own: everything that arrives in the folder becomes a ticket or joins one.",
        "A mail is marked, moved or deleted only after it is stored here, so none is lost when something breaks.",
        "Where taken mails only are marked as read, mails that were read before the first fetch are left alone.",
        "After three refused logins it is not tried any more until somebody looks.",
    ],
)
