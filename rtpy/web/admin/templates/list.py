"""The list of templates: by name, the queue's own and translations among them."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.http.automation import AutomationResource, sees_template
from rtpy.models import Queue, Scrip, Template
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.admin.queue_filter import read_queue_filter


@view_config(
    route_name="admin.templates.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SHOW_TEMPLATE,
)
def list_templates(resource: AutomationResource, request: Request) -> dict[str, object]:
    """`?q=` words of the name, the description or the queue; `?queue=` a number or `global`. Three queries."""
    asked, db, work = read_asked(request), request.db, request.work
    where_asked = read_queue_filter(request, lambda number: sees_template(work, number))
    counted = db.execute(select(Scrip.template_name, func.count(Scrip.id)).group_by(Scrip.template_name))
    used = {row[0]: row[1] for row in counted}
    rows = db.execute(
        select(Template, Queue.name)
        .outerjoin(Queue, Queue.id == Template.queue_id)
        .order_by(func.lower(Template.name), Template.queue_id, Template.lang)
    )
    lines = []
    for template, queue in rows:
        words = f"{template.name} {template.description} {queue or 'every queue'} {template.lang}".lower()
        queue_ids = () if template.queue_id is None else (template.queue_id,)
        if not sees_template(work, template.queue_id) or not where_asked.takes(queue_ids):
            continue
        if any(word not in words for word in asked.words.lower().split()):
            continue
        number = used.get(template.name, 0)
        lines.append(
            Line(
                template.name,
                request.route_path("admin.templates.modify", id=template.id),
                (
                    template.description,
                    queue or "every queue",
                    template.lang or "all others",
                    f"{number} scrip{'' if number == 1 else 's'}" if number else "no scrip",
                    str(template.version),
                ),
            )
        )
    may_create = not work.rights.of(Right.MODIFY_TEMPLATE).nowhere
    return list_values(
        request,
        asked,
        route="admin.templates.list",
        title="Templates",
        intro="The texts of mails. A queue's own goes before the one for every queue, a translation before both.",
        columns=("Template", "What for", "Where", "Language", "Used by", "Version"),
        lines=lines[asked.offset : asked.offset + PER_PAGE + 1],
        create_url=request.route_path("admin.templates.create") if may_create else None,
        create_label="New template",
        empty="There are no templates.",
        can_be_disabled=False,
        filters=(where_asked.field,),
    )
