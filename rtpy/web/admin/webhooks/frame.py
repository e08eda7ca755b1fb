"""What the pages of one webhook share: the one that the address says, its tabs, how it goes with it in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy.models import Webhook, WebhookState
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.html import Html
from rtpy.web.shown import Link

TONES = {"delivered": "ok", "failed": "bad", "sending": "info", "queued": "info", "test": "info"}
WORDS = {
    "queued": "waiting",
    "test": "waiting",
    "sending": "going out",
    "delivered": "delivered",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class Going:
    """How it goes with a webhook: a word for lists, its tone, and a sentence where something needs a hand."""

    word: str
    tone: str
    sentence: str = ""


def webhook_asked(request: Request) -> Webhook:
    """The webhook whose number the address says. Raises HTTPNotFound."""
    row: Webhook | None = request.db.get(Webhook, int(request.matchdict["id"]))
    if row is None:
        raise HTTPNotFound()
    return row


def going(row: Webhook, state: WebhookState) -> Going:
    """In words."""
    if row.disabled and row.disabled_reason:
        said = f"It has switched itself off: {row.disabled_reason} Switch it on in its settings when that is mended."
        return Going("switched itself off", "bad", said)
    if row.disabled:
        return Going("off", "")
    if state.problem:
        return Going("misses events", "bad", state.problem)
    if state.consecutive_failures:
        times = (
            "The last try"
            if state.consecutive_failures == 1
            else f"The last {state.consecutive_failures} tries"
        )
        return Going(
            "failing", "warn", f"{times} failed. It is tried again, and switched off after some days."
        )
    return Going("on", "ok")


def soon(request: Request, moment: datetime) -> Html | str:
    """When something comes: what is near in words."""
    near = moment - request.work.now < timedelta(minutes=1)
    when: Html = request.when(moment)
    return "within a minute" if near else when


def tabs_of(request: Request, row: Webhook, current: str) -> tuple[Link, ...]:
    """The two pages of one webhook."""
    return tuple(
        Link(label, request.route_path(route, id=row.id), route == current)
        for label, route in (("Deliveries", "admin.webhook.display"), ("Settings", "admin.webhook.modify"))
    )


def crumbs_of(request: Request, *further: Link) -> tuple[Link, ...]:
    """The way to a page of one webhook."""
    return admin_crumbs(request, Link("Webhooks", request.route_path("admin.webhook.list")), *further)
