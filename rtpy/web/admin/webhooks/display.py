"""One webhook: how it goes with it, its deliveries, a test, and sending again what failed."""

from collections.abc import Sequence

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Refused
from rtpy.http.resources import SystemResource
from rtpy.models import Webhook, WebhookDelivery, WebhookState
from rtpy.rights.names import Right
from rtpy.web.admin.mail.paging import older_url, read_page
from rtpy.web.admin.webhooks.frame import TONES, WORDS, crumbs_of, going, soon, tabs_of, webhook_asked
from rtpy.web.shown import Deed, Link
from rtpy.webhooks.events import label_of
from rtpy.webhooks.saving import count_lost, lost, send_again, send_test

SHOWN = {"waiting": ("queued", "test", "sending"), "delivered": ("delivered",), "failed": ("failed",)}
MOST_AGAIN = 500


@view_config(
    route_name="admin.webhook.display",
    request_method="GET",
    renderer="admin/webhooks/display.pt",
    permission=Right.SUPER_USER,
)
def show_webhook(resource: SystemResource, request: Request) -> dict[str, object]:
    """The newest deliveries; `?state=` waiting, delivered or failed. A handful of queries."""
    row, path = webhook_asked(request), request.route_path
    chosen = request.GET.get("state", "")
    counts = _counts(request, row)
    query = select(
        WebhookDelivery.id,
        WebhookDelivery.event,
        WebhookDelivery.ticket_id,
        WebhookDelivery.created,
        WebhookDelivery.state,
        WebhookDelivery.attempts,
        WebhookDelivery.status_code,
        WebhookDelivery.duration,
        WebhookDelivery.problem,
        WebhookDelivery.not_before,
    ).where(WebhookDelivery.webhook_id == row.id)
    if chosen in SHOWN:
        query = query.where(WebhookDelivery.state.in_(SHOWN[chosen]))
    rows, more = read_page(request, query, WebhookDelivery.id)
    here = path("admin.webhook.display", id=row.id)
    filters = [Link("All", here, chosen not in SHOWN, sum(counts.values()))]
    filters += [
        Link(
            word.capitalize(),
            path("admin.webhook.display", id=row.id, _query={"state": word}),
            chosen == word,
            sum(counts.get(state, 0) for state in states),
        )
        for word, states in SHOWN.items()
    ]
    state = request.db.get_one(WebhookState, row.id)
    how = going(row, state)
    return {
        "crumbs": crumbs_of(request),
        "title": row.name,
        "tabs": tabs_of(request, row, "admin.webhook.display"),
        "how": how,
        "notice_tone": "bad" if how.tone == "bad" else "warn",
        "rests_until": soon(request, state.paused_until) if _rests(request, row, state) else None,
        "last_success": request.when(state.last_success) if state.last_success else None,
        "url": row.url,
        "deeds": _deeds(request, row, count_lost(request.work, row) if counts.get("failed") else 0),
        "filters": filters,
        "lines": [
            {
                "url": path("admin.webhook.delivery", id=row.id, delivery=each.id),
                "event": label_of(request.app, each.event),
                "ticket_id": each.ticket_id,
                "ticket_url": path("ticket.display", id=each.ticket_id) if each.ticket_id else None,
                "created": request.when(each.created),
                "state": WORDS[each.state],
                "tone": TONES[each.state],
                "attempts": each.attempts,
                "answer": f"{each.status_code} in {each.duration} ms" if each.status_code else "",
                "problem": each.problem if each.state != "delivered" else "",
                "next": soon(request, each.not_before) if each.state == "queued" and each.attempts else None,
            }
            for each in rows
        ],
        "older_url": _older(request, row, chosen, rows[-1].id) if more else None,
    }


@view_config(route_name="admin.webhook.test", request_method="POST", permission=Right.SUPER_USER)
def test_webhook(resource: SystemResource, request: Request) -> Response:
    """Send a test, and show what becomes of it."""
    row = webhook_asked(request)
    made = send_test(request.work, row)
    request.flash("The worker sends the test within seconds: look at this page again then.", "info")
    return HTTPSeeOther(request.route_path("admin.webhook.delivery", id=row.id, delivery=made.id))


@view_config(route_name="admin.webhook.again", request_method="POST", permission=Right.SUPER_USER)
def send_failed_again(resource: SystemResource, request: Request) -> Response:
    """All that failed and was not sent again since, at most 500 at once."""
    row = webhook_asked(request)
    return again(request, row, lost(request.work, row, most=MOST_AGAIN))


def again(request: Request, row: Webhook, deliveries: Sequence[WebhookDelivery]) -> Response:
    """Send some again, and say so."""
    try:
        done = send_again(request.work, deliveries)
    except Refused as refused:
        request.flash(str(refused), "warn")
    else:
        what = "One delivery is" if done == 1 else f"{done} deliveries are"
        request.flash(
            f"{what} sent again within seconds, under the same id." if done else "Nothing has failed."
        )
    return HTTPSeeOther(request.route_path("admin.webhook.display", id=row.id))


def delivery_asked(request: Request, row: Webhook) -> WebhookDelivery:
    """The delivery whose number the address says. Raises HTTPNotFound."""
    found: WebhookDelivery | None = request.db.get(WebhookDelivery, int(request.matchdict["delivery"]))
    if found is None or found.webhook_id != row.id:
        raise HTTPNotFound()
    return found


def _counts(request: Request, row: Webhook) -> dict[str, int]:
    counted = request.db.execute(
        select(WebhookDelivery.state, func.count(WebhookDelivery.id))
        .where(WebhookDelivery.webhook_id == row.id)
        .group_by(WebhookDelivery.state)
    )
    return {row[0]: row[1] for row in counted}


def _rests(request: Request, row: Webhook, state: WebhookState) -> bool:
    return not row.disabled and state.paused_until is not None and state.paused_until > request.work.now


def _deeds(request: Request, row: Webhook, failed: int) -> tuple[Deed, ...]:
    found = [Deed("Send a test", request.route_path("admin.webhook.test", id=row.id), icon="check")]
    if failed and not row.disabled:
        label = "Send the failed one again" if failed == 1 else f"Send the {failed:,} failed again"
        found.append(Deed(label, request.route_path("admin.webhook.again", id=row.id), icon="refresh"))
    return tuple(found)


def _older(request: Request, row: Webhook, chosen: str, last: int) -> str:
    kept = {"state": chosen} if chosen in SHOWN else {}
    return older_url(request, "admin.webhook.display", kept, last)
