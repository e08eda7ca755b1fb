"""How a request came in by the form, beside its ticket, for staff."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from pyramid.request import Request
from sqlalchemy import bindparam, select

from rtpy.http.resources import TicketResource
from rtpy_portal.models import Asked, Topic
from rtpy_portal.web.ticket_facts import ticket_facts

_ASKED = (
    select(Asked.language, Asked.page, Asked.is_proved, Topic.name)
    .outerjoin(Topic, Topic.id == Asked.topic_id)
    .where(Asked.ticket_id == bindparam("ticket"))
)


def show_asked(request: Request, resource: TicketResource) -> Mapping[str, Any] | None:
    """Topic, language, page, and whether the address is proved. One query where it came in so."""
    if not ticket_facts(request, resource.ticket.id).was_asked:
        return None
    row = request.db.execute(_ASKED, {"ticket": resource.ticket.id}).one()
    return {
        "topic": row.name or "Something else",
        "language": Locale.parse(row.language.replace("-", "_")).get_display_name("en"),
        "page": row.page,
        "is_proved": row.is_proved,
    }
