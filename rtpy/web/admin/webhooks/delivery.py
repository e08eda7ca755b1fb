"""One delivery: what was sent, what was answered, and sending it again."""

import json

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.models import WebhookDelivery
from rtpy.rights.names import Right
from rtpy.web.admin.webhooks.display import again, delivery_asked
from rtpy.web.admin.webhooks.frame import TONES, WORDS, crumbs_of, soon, webhook_asked
from rtpy.web.html import Html
from rtpy.web.shown import Deed, Link
from rtpy.webhooks.events import label_of
from rtpy.webhooks.sending import headers_of

MASK = "v1,********"


@view_config(
    route_name="admin.webhook.delivery",
    request_method="GET",
    renderer="admin/webhooks/delivery.pt",
    permission=Right.SUPER_USER,
)
def show_delivery(resource: SystemResource, request: Request) -> dict[str, object]:
    """The request with its signature masked, and the answer (A46: for super-users only)."""
    row, path = webhook_asked(request), request.route_path
    delivery = delivery_asked(request, row)
    moment = delivery.tried or delivery.created
    label = "Try now" if delivery.state in ("queued", "test", "sending") else "Send again"
    deed = Deed(label, path("admin.webhook.delivery.again", id=row.id, delivery=delivery.id), icon="refresh")
    return {
        "crumbs": crumbs_of(request, Link(row.name, path("admin.webhook.display", id=row.id))),
        "title": label_of(request.app, delivery.event),
        "state": WORDS[delivery.state],
        "tone": TONES[delivery.state],
        "ticket_id": delivery.ticket_id,
        "ticket_url": path("ticket.display", id=delivery.ticket_id) if delivery.ticket_id else None,
        "deeds": (deed,) if delivery.state != "sending" else (),
        "facts": _facts(request, delivery),
        "url": row.url,
        "headers": list(headers_of(delivery.event_id, delivery.event, moment, MASK).items()),
        "body": _pretty(delivery.body),
        "status_code": delivery.status_code,
        "answer": delivery.answer,
    }


@view_config(route_name="admin.webhook.delivery.again", request_method="POST", permission=Right.SUPER_USER)
def send_delivery_again(resource: SystemResource, request: Request) -> Response:
    """The same event once more; one that waits is tried at once."""
    row = webhook_asked(request)
    return again(request, row, [delivery_asked(request, row)])


def _facts(request: Request, delivery: WebhookDelivery) -> list[tuple[str, Html | str]]:
    found: list[tuple[str, Html | str]] = [
        ("Noted", request.when(delivery.created)),
        ("Tries", str(delivery.attempts)),
    ]
    if delivery.tried:
        found.append(("Last try", request.when(delivery.tried)))
    if delivery.state == "queued":
        found.append(("Next try", soon(request, delivery.not_before)))
    if delivery.address:
        found.append(("Connected to", delivery.address))
    if delivery.attempts and delivery.state != "sending":
        found.append(("It took", f"{delivery.duration:,} ms"))
    if delivery.problem:
        found.append(("What went wrong", delivery.problem))
    return found


def _pretty(body: str) -> str:
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2) if body else ""
