"""The rules for new mail, in the order in which they are asked."""

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.mail.sorting.rule import KINDS
from rtpy.models import MailRule, Organization, Queue
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked


@view_config(
    route_name="admin.mail_rule.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=Right.SUPER_USER,
)
def list_mail_rules(resource: SystemResource, request: Request) -> dict[str, object]:
    """By place. Three queries."""
    asked = read_asked(request)
    rows = request.db.scalars(select(MailRule).order_by(MailRule.position, MailRule.id)).all()
    queues = {row.id: row.name for row in request.db.execute(select(Queue.id, Queue.name))}
    clients = {row.id: row.name for row in request.db.execute(select(Organization.id, Organization.name))}
    found = [row for row in rows if asked.finds(row.name, disabled=row.disabled)]
    lines = [
        Line(
            row.name,
            request.route_path("admin.mail_rule.modify", id=row.id),
            (
                str(row.position),
                when_words(row, queues, clients),
                then_words(row, queues, clients),
                "yes" if row.goes_on else "no",
            ),
            "off" if row.disabled else "",
        )
        for row in found[asked.offset :][: PER_PAGE + 1]
    ]
    return list_values(
        request,
        asked,
        route="admin.mail_rule.list",
        title="Rules for mail",
        intro="What becomes of a mail that opens a ticket. The first rule that fits decides.",
        columns=("Name", "Place", "When", "Then", "Goes on"),
        lines=lines,
        create_url=request.route_path("admin.mail_rule.create"),
        create_label="New rule",
        empty="No rules yet: each mail goes into the queue for which it came in.",
    )


def when_words(row: MailRule, queues: dict[int, str], clients: dict[int, str]) -> str:
    """The conditions in a few words."""
    said = []
    if row.from_queue_id is not None:
        said.append(f"for {queues.get(row.from_queue_id, '?')}")
    labels = {
        "mailbox": "by mailbox",
        "recipient": "to",
        "plus": "with +",
        "sender": "from",
        "subject": "subject",
        "header": "header",
    }
    for name, label in labels.items():
        if text := row.wanted.get(name, ""):
            said.append(f"{label} {' or '.join(text.splitlines()[:3])}")
    if row.from_organization_id is not None:
        said.append(f"from {clients.get(row.from_organization_id, '?')}")
    if kind := row.wanted.get("kind"):
        said.append(f"written by {KINDS.get(kind, kind)}")
    return ", ".join(said) or "any mail"


def then_words(row: MailRule, queues: dict[int, str], clients: dict[int, str]) -> str:
    """What it sets, in a few words."""
    said = ["junk"] if row.junk else []
    if row.queue_id is not None:
        said.append(f"queue {queues.get(row.queue_id, '?')}")
    if row.organization_id is not None:
        said.append(f"for {clients.get(row.organization_id, '?')}")
    if row.priority is not None:
        said.append(f"priority {row.priority}")
    if row.status:
        said.append(row.status)
    said += [f"{name} {', '.join(values)}" for name, values in row.fields.items()]
    if row.silent:
        said.append("no automatic answer")
    return ", ".join(said)
