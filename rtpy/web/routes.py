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

from rtpy.http.automation import automation_resource, scrip_resource, template_resource
from rtpy.http.field_resources import custom_field_resource
from rtpy.http.resources import (
    attachment_resource,
    queue_resource,
    system_resource,
    ticket_resource,
    transaction_resource,
)
from rtpy.http.things import article_resource, asset_resource

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
    Address("forgot", "/login/forgot"),
    Address("reset", "/login/reset"),
    Address("logout", "/logout"),
    Address("sign_on.header", "/sign-on/header"),
    Address("sign_on.start", f"/sign-on/{ID}"),
    Address("sign_on.callback", f"/sign-on/{ID}/callback"),
    Address("sessions", "/sessions"),
    Address("second_factor.ask", "/login/code"),
    Address("second_factor.overview", "/account/second-factor"),
    Address("second_factor.set_up", "/account/second-factor/set-up"),
    Address("second_factor.picture", "/account/second-factor/picture.svg"),
    Address("ticket.create", "/ticket/create"),
    Address("ticket.draft", f"/ticket/{ID}/draft", ticket_resource),
    Address("ticket.display", f"/ticket/{ID}", ticket_resource),
    Address("ticket.reply", f"/ticket/{ID}/reply", ticket_resource),
    Address("ticket.comment", f"/ticket/{ID}/comment", ticket_resource),
    Address("ticket.modify", f"/ticket/{ID}/modify", ticket_resource),
    Address("ticket.people", f"/ticket/{ID}/people", ticket_resource),
    Address("ticket.recipients", f"/ticket/{ID}/recipients", ticket_resource),
    Address("ticket.bookmark", f"/ticket/{ID}/bookmark", ticket_resource),
    Address("ticket.seen", f"/ticket/{ID}/seen", ticket_resource),
    Address("ticket.links", f"/ticket/{ID}/links", ticket_resource),
    Address("ticket.merge", f"/ticket/{ID}/merge", ticket_resource),
    Address("ticket.review", f"/ticket/{ID}/review", ticket_resource),
    Address("mail.review", "/mail/review"),
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
    Address("ticket.field_file", rf"/ticket/{ID}/field/{{row:\d{{1,18}}}}/{{filename}}", ticket_resource),
    Address("custom_field.thing", f"/fields/{{lookup:user|group|organization|queue}}/{ID}"),
    Address("custom_field.file", r"/field/{row:\d{1,18}}/{filename}"),
    Address("ticket.mail", rf"/ticket/{ID}/mail/{{mail:\d{{1,18}}}}", ticket_resource),
    Address("ticket.reminders", f"/ticket/{ID}/reminders", ticket_resource),
    Address("ticket.split", rf"/ticket/{ID}/transaction/{{txn:\d{{1,18}}}}/split", transaction_resource),
    Address("ticket.article", f"/ticket/{ID}/article", ticket_resource),
    Address("ticket.assets", f"/ticket/{ID}/assets", ticket_resource),
    Address("ticket.articles", f"/ticket/{ID}/articles", ticket_resource),
    Address("ticket.list", "/tickets"),
    Address("dashboard.list", "/dashboards"),
    Address("dashboard.create", "/dashboards/create"),
    Address("dashboard.display", f"/dashboards/{ID}"),
    Address("dashboard.modify", f"/dashboards/{ID}/modify"),
    Address("search.results", "/search"),
    Address("search.export", "/search/results.{kind:csv|tsv|xlsx}"),
    Address("search.print", "/search/results.print"),
    Address("search.feeds", "/feeds"),
    Address("search.feed", "/feeds/{key:[^/.]{1,200}}.{kind:ics|rss}"),
    Address("search.build", "/search/build"),
    Address("search.columns", "/search/columns"),
    Address("search.bulk", "/search/bulk"),
    Address("search.save", "/search/save"),
    Address("search.saved", "/search/saved"),
    Address("search.bookmarks", "/bookmarks"),
    Address("queue.list", "/queue"),
    Address("queue.display", f"/queue/{ID}", queue_resource),
    Address("people.list", "/people"),
    Address("people.create", "/people/create"),
    Address("people.display", f"/people/{ID}"),
    Address("people.account", "/account"),
    Address("people.password", "/account/password"),
    Address("people.tokens", "/account/tokens"),
    Address("people.mail", "/account/mail"),
    Address("people.modify", f"/people/{ID}/modify"),
    Address("organization.list", "/organisations"),
    Address("organization.create", "/organisations/create"),
    Address("organization.display", f"/organisations/{ID}"),
    Address("organization.modify", f"/organisations/{ID}/modify"),
    Address("article.list", "/articles"),
    Address("article.create", "/articles/create"),
    Address("article.display", f"/articles/{ID}", article_resource),
    Address("article.modify", f"/articles/{ID}/modify", article_resource),
    Address("article.history", f"/articles/{ID}/history", article_resource),
    Address("asset.list", "/assets"),
    Address("asset.create", "/assets/create"),
    Address("asset.display", f"/assets/{ID}", asset_resource),
    Address("asset.modify", f"/assets/{ID}/modify", asset_resource),
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
    Address("admin.scrips.list", "/admin/scrips", automation_resource),
    Address("admin.scrips.create", "/admin/scrips/create", automation_resource),
    Address("admin.scrips.modify", f"/admin/scrips/{ID}", scrip_resource),
    Address("admin.scrips.dry_run", f"/admin/scrips/{ID}/dry-run", scrip_resource),
    Address("admin.templates.list", "/admin/templates", automation_resource),
    Address("admin.templates.create", "/admin/templates/create", automation_resource),
    Address("admin.templates.modify", f"/admin/templates/{ID}", template_resource),
    Address("admin.templates.versions", f"/admin/templates/{ID}/versions", template_resource),
    Address("ticket.forward", f"/ticket/{ID}/forward", ticket_resource),
    Address("admin.custom_role.list", "/admin/custom-roles"),
    Address("admin.custom_role.create", "/admin/custom-roles/create"),
    Address("admin.custom_role.modify", f"/admin/custom-roles/{ID}"),
    Address("admin.queue.watchers", f"/admin/queues/{ID}/watchers", queue_resource),
    Address("admin.custom_field.list", "/admin/custom-fields"),
    Address("admin.custom_field.create", "/admin/custom-fields/create"),
    Address("admin.custom_field.modify", f"/admin/custom-fields/{ID}", custom_field_resource),
    Address("admin.custom_field.values", f"/admin/custom-fields/{ID}/values", custom_field_resource),
    Address("admin.custom_field.places", f"/admin/custom-fields/{ID}/places", custom_field_resource),
    Address("admin.custom_field.defaults", f"/admin/custom-fields/{ID}/defaults", custom_field_resource),
    Address("admin.rights.list", "/admin/rights"),
    Address("admin.rights.explain", "/admin/rights/explain"),
    Address("admin.rights.see_as", "/admin/rights/see_as"),
    Address("admin.queue.list", "/admin/queues"),
    Address("admin.queue.create", "/admin/queues/create"),
    Address("admin.queue.modify", f"/admin/queues/{ID}"),
    Address("admin.lifecycle.list", "/admin/lifecycles"),
    Address("admin.lifecycle.create", "/admin/lifecycles/create"),
    Address("admin.lifecycle.modify", f"/admin/lifecycles/{ID}"),
    Address("admin.lifecycle.rules", f"/admin/lifecycles/{ID}/rules"),
    Address("admin.lifecycle.maps", f"/admin/lifecycles/{ID}/maps"),
    Address("admin.lifecycle.delete", f"/admin/lifecycles/{ID}/delete"),
    Address("admin.catalog.list", "/admin/catalogs"),
    Address("admin.catalog.create", "/admin/catalogs/create"),
    Address("admin.catalog.modify", f"/admin/catalogs/{ID}"),
    Address("admin.class.list", "/admin/classes"),
    Address("admin.class.create", "/admin/classes/create"),
    Address("admin.class.modify", f"/admin/classes/{ID}"),
    Address("admin.topic.list", "/admin/topics"),
    Address("admin.topic.create", "/admin/topics/create"),
    Address("admin.topic.modify", f"/admin/topics/{ID}"),
    Address("admin.schedule.list", "/admin/schedules"),
    Address("admin.schedule.create", "/admin/schedules/create"),
    Address("admin.schedule.modify", f"/admin/schedules/{ID}"),
    Address("admin.recurring.list", "/admin/recurring"),
    Address("admin.recurring.create", "/admin/recurring/create"),
    Address("admin.recurring.modify", f"/admin/recurring/{ID}"),
    Address("admin.suppression.list", "/admin/suppressed-addresses"),
    Address("admin.suppression.create", "/admin/suppressed-addresses/create"),
    Address("admin.suppression.display", f"/admin/suppressed-addresses/{ID}"),
    Address("admin.mail_rule.list", "/admin/mail-rules"),
    Address("admin.mail_rule.create", "/admin/mail-rules/create"),
    Address("admin.mail_rule.modify", f"/admin/mail-rules/{ID}"),
    Address("admin.webhook.list", "/admin/webhooks"),
    Address("admin.webhook.create", "/admin/webhooks/create"),
    Address("admin.webhook.display", f"/admin/webhooks/{ID}"),
    Address("admin.webhook.modify", f"/admin/webhooks/{ID}/modify"),
    Address("admin.webhook.secret", f"/admin/webhooks/{ID}/secret"),
    Address("admin.webhook.delete", f"/admin/webhooks/{ID}/delete"),
    Address("admin.webhook.test", f"/admin/webhooks/{ID}/test"),
    Address("admin.webhook.again", f"/admin/webhooks/{ID}/again"),
    Address("admin.webhook.delivery", rf"/admin/webhooks/{ID}/deliveries/{{delivery:\d{{1,18}}}}"),
    Address(
        "admin.webhook.delivery.again", rf"/admin/webhooks/{ID}/deliveries/{{delivery:\d{{1,18}}}}/again"
    ),
    Address("admin.log.list", "/admin/log"),
    Address("admin.logins.list", "/admin/logins"),
    Address("admin.users.list", "/admin/users"),
    Address("admin.users.create", "/admin/users/create"),
    Address("admin.users.modify", f"/admin/users/{ID}"),
    Address("admin.users.groups", f"/admin/users/{ID}/groups"),
    Address("admin.users.organizations", f"/admin/users/{ID}/organisations"),
    Address("admin.users.rights", f"/admin/users/{ID}/rights"),
    Address("admin.users.tickets", f"/admin/users/{ID}/tickets"),
    Address("admin.users.sessions", f"/admin/users/{ID}/sessions"),
    Address("admin.users.tokens", f"/admin/users/{ID}/tokens"),
    Address("admin.users.history", f"/admin/users/{ID}/history"),
    Address("admin.users.merge", f"/admin/users/{ID}/merge"),
    Address("admin.groups.list", "/admin/groups"),
    Address("admin.groups.create", "/admin/groups/create"),
    Address("admin.groups.modify", f"/admin/groups/{ID}"),
    Address("admin.groups.members", f"/admin/groups/{ID}/members"),
    Address("admin.groups.history", f"/admin/groups/{ID}/history"),
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
    Address("rt.export", "/Search/Results.tsv"),
)


def includeme(config: Configurator) -> None:
    """Adds them all, in this order."""
    for address in ADDRESSES:
        config.add_route(address.name, address.path, factory=address.about)
