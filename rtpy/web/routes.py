"""Every address of the pages, its name, and what it is about.

A route's name is the path of its view's module and of its template: `ticket.reply` is `rtpy/web/staff/ticket/reply.py`
and `staff/ticket/reply.pt`. What it is about is loaded by a factory of `rtpy.http.resources` before the view runs, or
the answer is 404; the view names the right that it takes (`permission=`). Routes do not name methods, views do: an
address that is asked by the wrong method then answers 405.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyramid.config import Configurator

from rtpy.http.resources import (
    attachment_resource,
    queue_resource,
    system_resource,
    ticket_resource,
    transaction_resource,
)

ID = r"{id:\d{1,18}}"
"""A number in an address; 18 digits fit into every database's integers."""


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the table; `about` is a factory."""

    name: str
    path: str
    about: Callable[..., Any] = system_resource


ADDRESSES = (
    Address("home", "/"),
    Address("login", "/login"),
    Address("logout", "/logout"),
    Address("sessions", "/sessions"),
    Address("ticket.create", "/ticket/create"),
    Address("ticket.draft", f"/ticket/{ID}/draft", ticket_resource),
    Address("ticket.display", f"/ticket/{ID}", ticket_resource),
    Address("ticket.reply", f"/ticket/{ID}/reply", ticket_resource),
    Address("ticket.comment", f"/ticket/{ID}/comment", ticket_resource),
    Address("ticket.modify", f"/ticket/{ID}/modify", ticket_resource),
    Address("ticket.people", f"/ticket/{ID}/people", ticket_resource),
    Address("ticket.history", f"/ticket/{ID}/history", ticket_resource),
    Address("ticket.raw", rf"/ticket/{ID}/transaction/{{txn:\d{{1,18}}}}/raw", transaction_resource),
    Address(
        "ticket.attachment",
        rf"/ticket/{ID}/attachment/{{attachment_id:\d{{1,18}}}}/{{filename}}",
        attachment_resource,
    ),
    Address(
        "ticket.inline", rf"/ticket/{ID}/transaction/{{txn:\d{{1,18}}}}/cid/{{cid:.*}}", transaction_resource
    ),
    Address("ticket.mail", rf"/ticket/{ID}/mail/{{mail:\d{{1,18}}}}", ticket_resource),
    Address("ticket.list", "/tickets"),
    Address("search", "/search"),
    Address("queue.list", "/queue"),
    Address("queue.display", f"/queue/{ID}", queue_resource),
    Address("people.list", "/people"),
    Address("people.create", "/people/create"),
    Address("people.display", f"/people/{ID}"),
    Address("people.modify", f"/people/{ID}/modify"),
    Address("organization.list", "/organisations"),
    Address("organization.create", "/organisations/create"),
    Address("organization.display", f"/organisations/{ID}"),
    Address("organization.modify", f"/organisations/{ID}/modify"),
    Address("admin.home", "/admin"),
    Address("admin.grants", "/admin/grants"),
    Address("admin.styleguide", "/admin/styleguide"),
    Address("admin.mail.incoming", "/admin/mail/incoming"),
    Address("admin.mail.incoming.display", f"/admin/mail/incoming/{ID}"),
    Address("admin.mail.incoming.raw", f"/admin/mail/incoming/{ID}/raw"),
    Address("admin.mail.incoming.retry", f"/admin/mail/incoming/{ID}/retry"),
    Address("admin.mail.incoming.ticket", f"/admin/mail/incoming/{ID}/ticket"),
    Address("admin.mail.incoming.junk", f"/admin/mail/incoming/{ID}/junk"),
    Address("admin.mail.outgoing", "/admin/mail/outgoing"),
    Address("admin.mail.outgoing.display", f"/admin/mail/outgoing/{ID}"),
    Address("admin.mail.outgoing.raw", f"/admin/mail/outgoing/{ID}/raw"),
    Address("admin.mail.outgoing.retry", f"/admin/mail/outgoing/{ID}/retry"),
    Address("admin.mail.outgoing.hold", f"/admin/mail/outgoing/{ID}/hold"),
    Address("admin.mail.outgoing.release", f"/admin/mail/outgoing/{ID}/release"),
    Address("admin.mail.outgoing.cancel", f"/admin/mail/outgoing/{ID}/cancel"),
    Address("admin.mail.outgoing.hold_all", "/admin/mail/outgoing/hold_all"),
    Address("admin.scrip_failures", "/admin/scrip_failures"),
    Address("admin.log.list", "/admin/log"),
    Address("health", "/health"),
    Address("ready", "/ready"),
    Address("metrics", "/metrics"),
    Address("rt.index", "/index.html"),
    Address(
        "rt.ticket", r"/Ticket/{page:(Display|Update|Modify|ModifyAll|ModifyPeople|ModifyDates|History)}.html"
    ),
    Address("rt.create", "/Ticket/Create.html"),
    Address("rt.attachment", r"/Ticket/Attachment/{txn:\d{1,18}}/{attachment_id:\d{1,18}}/{filename:.*}"),
    Address("rt.search", "/Search/Results.html"),
)


def includeme(config: Configurator) -> None:
    """Adds them all, in this order."""
    for address in ADDRESSES:
        config.add_route(address.name, address.path, factory=address.about)
