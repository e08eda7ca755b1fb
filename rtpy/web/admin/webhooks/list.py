"""The list of webhooks, with how it goes with each."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.app import App
from rtpy.http.resources import SystemResource
from rtpy.models import User, Webhook, WebhookDelivery, WebhookState
from rtpy.outbound.allowed import read_allowed
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.admin.webhooks.frame import going
from rtpy.webhooks.events import events_of, label_of


@view_config(
    route_name="admin.webhook.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_webhooks(resource: SystemResource, request: Request) -> dict[str, object]:
    """By name, also those that switched themselves off. One query."""
    asked = read_asked(request)
    waiting = (
        select(func.count(WebhookDelivery.id))
        .where(
            WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.state.in_(("queued", "test", "sending"))
        )
        .correlate(Webhook)
        .scalar_subquery()
    )
    query = (
        select(Webhook, WebhookState, User.name, waiting)
        .join(WebhookState, WebhookState.webhook_id == Webhook.id)
        .join(User, User.id == Webhook.user_id)
        .order_by(func.lower(Webhook.name))
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    )
    for word in asked.words.split()[:5]:
        query = query.where(Webhook.name.icontains(word, autoescape=True))
    if not asked.with_disabled:
        query = query.where(Webhook.disabled.is_(False) | (Webhook.disabled_reason != ""))
    lines = []
    for row, state, user, count in request.db.execute(query):
        how = going(row, state)
        lines.append(
            Line(
                row.name,
                request.route_path("admin.webhook.display", id=row.id),
                (
                    told_of(request.app, row.events),
                    user,
                    request.when(state.last_success) if state.last_success else "never",
                    str(count or ""),
                ),
                "" if how.word == "on" else how.word,
            )
        )
    wrong = read_allowed(request.app.config.webhooks.allow).wrong
    intro = (
        "Other programs that are told over HTTP what happens to tickets. The worker sends it, within seconds."
    )
    if wrong:
        intro += (
            f" The option webhooks.allow has words that make no sense and allow nothing: {', '.join(wrong)}."
        )
    return list_values(
        request,
        asked,
        route="admin.webhook.list",
        title="Webhooks",
        intro=intro,
        columns=("Name", "Is told", "Sees as", "Last delivered", "Waiting"),
        lines=lines,
        create_url=request.route_path("admin.webhook.create"),
        create_label="New webhook",
        empty="Nobody is told of anything yet.",
    )


def told_of(app: App, events: list[str]) -> str:
    """The events in a few words."""
    if {event.key for event in events_of(app)} <= set(events):
        return "everything"
    labels = [label_of(app, each).partition(":")[0] for each in events]
    return "; ".join(labels[:3]) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")
