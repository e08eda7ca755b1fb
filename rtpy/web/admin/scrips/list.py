"""The list of scrips in the order in which they run, with what came of each in the last month."""

from collections import defaultdict
from datetime import timedelta

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.automation import AutomationResource, sees_scrip
from rtpy.models import Queue, Scrip, ScripAction, ScripCondition, ScripQueue
from rtpy.rights.names import Right
from rtpy.scrips.counts import Counted, counts_of
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.admin.queue_filter import read_queue_filter
from rtpy.web.forms import Field, Option

DAYS = 30
OFF = "only"


@view_config(
    route_name="admin.scrips.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SHOW_SCRIPS,
)
def list_scrips(resource: AutomationResource, request: Request) -> dict[str, object]:
    """`?q=` words of the description, condition, action, template or queue; `?queue=` a number or `global`;
    `?disabled=1` those that are switched off too, `only` them alone. Seven queries, however many there are.
    """
    asked, db, work = read_asked(request), request.db, request.work
    where_asked = read_queue_filter(request, lambda number: sees_scrip(work, (number,)))
    state = request.GET.get("disabled", "")
    state = state if state in ("1", OFF) else ""
    places: dict[int, list[tuple[int | None, str, str]]] = defaultdict(list)
    query = (
        select(ScripQueue.scrip_id, ScripQueue.queue_id, ScripQueue.stage, Queue.name)
        .outerjoin(Queue, Queue.id == ScripQueue.queue_id)
        .order_by(ScripQueue.sort_order, ScripQueue.id)
    )
    for row in db.execute(query):
        places[row.scrip_id].append((row.queue_id, row.stage, row.name or "every queue"))
    rows = db.execute(
        select(Scrip, ScripCondition.name, ScripAction.name)
        .join(ScripCondition, ScripCondition.id == Scrip.condition_id)
        .join(ScripAction, ScripAction.id == Scrip.action_id)
    ).all()
    order = {number: position for position, number in enumerate(places)}
    rows = sorted(rows, key=lambda row: order.get(row[0].id, len(order)))
    counts = counts_of(db, (work.now - timedelta(days=DAYS)).date())
    lines = []
    for scrip, condition, action in rows:
        here = places.get(scrip.id, [])
        queue_ids = tuple(number for number, _, _ in here if number is not None)
        where = ", ".join(name for _, _, name in here) or "nowhere"
        words = f"{scrip.description} {condition} {action} {scrip.template_name} {where}".lower()
        if state not in ("1", OFF if scrip.disabled else "") or not where_asked.takes(queue_ids):
            continue
        if not sees_scrip(work, queue_ids):
            continue
        if any(word not in words for word in asked.words.lower().split()):
            continue
        stage = "" if not here or here[0][1] == "create" else " (once a bundle)"
        lines.append(
            Line(
                scrip.description,
                request.route_path("admin.scrips.modify", id=scrip.id),
                (
                    f"{condition} → {action}{stage}",
                    scrip.template_name,
                    where,
                    _said(counts.get(scrip.id)),
                ),
                "off" if scrip.disabled else "",
            )
        )
    may_create = not work.rights.of(Right.MODIFY_SCRIPS).nowhere
    return list_values(
        request,
        asked,
        route="admin.scrips.list",
        title="Scrips",
        intro="When this happens, do that: in the order in which they run.",
        columns=("Scrip", "When → do", "Template", "Where", f"Last {DAYS} days"),
        lines=lines[asked.offset : asked.offset + PER_PAGE + 1],
        create_url=request.route_path("admin.scrips.create") if may_create else None,
        create_label="New scrip",
        empty="There are no scrips: nothing happens by itself, and nobody gets mail.",
        can_be_disabled=False,
        filters=(where_asked.field, _state_field(state)),
    )


def _state_field(chosen: str) -> Field:
    words = (("", "switched on"), ("1", "on and off"), (OFF, "switched off"))
    options = tuple(Option(value, label, value == chosen) for value, label in words)
    return Field("disabled", "State", kind="select", required=True, options=options)


def _said(counted: Counted | None) -> str:
    if counted is None or not counted.total:
        return "not asked"
    failed = f", {counted.failed} failed" if counted.failed else ""
    return f"{counted.done} done, {counted.skipped} skipped{failed}; {counted.mean_ms:.1f} ms each"
