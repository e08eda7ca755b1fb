"""What the pages of one mailbox share: the one that the address says, its tabs, how it goes with it in words."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.mailboxes.state import MOST_REFUSALS
from rtpy.models import Mailbox, MailboxState
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link


@dataclass(frozen=True, slots=True)
class Going:
    """How it goes with a mailbox: a word for lists, its tone, and a sentence where something needs a hand."""

    word: str
    tone: str
    sentence: str = ""


def mailbox_asked(request: Request) -> Mailbox:
    """The mailbox whose number the address says. Raises HTTPNotFound."""
    row: Mailbox | None = request.db.get(Mailbox, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def going(row: Mailbox, state: MailboxState) -> Going:
    """In words."""
    if row.disabled:
        return Going("off", "")
    if state.login_refusals >= MOST_REFUSALS:
        said = (
            f"{state.problem} It was refused {MOST_REFUSALS} times and is not tried any more, so that the account "
            "is not locked. Correct the login in the settings, or press Fetch now."
        )
        return Going("stopped", "bad", said)
    if state.problem:
        return Going(
            "failing", "warn", f"{state.problem} It is tried again; mails stay in the folder until then."
        )
    if state.last_good is None:
        return Going("not fetched yet", "info")
    return Going("on", "ok")


def tabs_of(request: Request, row: Mailbox, current: str) -> tuple[Link, ...]:
    """The two pages of one mailbox."""
    return tuple(
        Link(label, request.route_path(route, id=row.id), route == current)
        for label, route in (("How it goes", "admin.mailbox.display"), ("Settings", "admin.mailbox.modify"))
    )


def crumbs_of(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of one mailbox."""
    return admin_crumbs(request, Link("Mailboxes", request.route_path("admin.mailbox.list")), *further)
