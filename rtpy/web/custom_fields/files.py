"""Pictures and files in custom fields, sent by the rules of attachments to who may see the field and what it is on."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.content.part import PartRole
from rtpy.customfields.kinds import Lookup
from rtpy.fields.allowed import sees
from rtpy.fields.definitions import all_fields
from rtpy.history.reading import merged_ids
from rtpy.http.resources import SystemResource, TicketResource, may_read
from rtpy.http.security import STAFF
from rtpy.http.things import load_article, load_asset
from rtpy.models import Attachment, CustomFieldContent, Transaction
from rtpy.rights.names import Right
from rtpy.web.attachments import send_file

ON_PAGES_OF_STAFF = (Lookup.USER, Lookup.GROUP, Lookup.ORGANIZATION, Lookup.QUEUE)


@view_config(route_name="ticket.field_file", request_method="GET", permission=Right.SHOW_TICKET)
def send_ticket_field(resource: TicketResource, request: Request) -> Response:
    """A file in a field of this ticket, or of a message of it that the reader may read."""
    row = _row(request)
    ids = merged_ids(request.db, resource.ticket.id)
    if row.object_type == Lookup.TRANSACTION:
        said = request.db.execute(
            select(Transaction.object_id, Transaction.type).where(
                Transaction.id == row.object_id, Transaction.object_type == "ticket"
            )
        ).one_or_none()
        if said is None or said.object_id not in ids or not may_read(resource, said.type):
            raise HTTPNotFound()
    elif row.object_type != Lookup.TICKET or row.object_id not in ids:
        raise HTTPNotFound()
    return _send(request, row, resource.ticket.queue_id, resource.roles)


@view_config(route_name="custom_field.file", request_method="GET", permission=STAFF)
def send_field(resource: SystemResource, request: Request) -> Response:
    """A file in a field of a person, a group, an organisation, a queue, an article or an asset."""
    row = _row(request)
    if row.object_type in (Lookup.ARTICLE, Lookup.ASSET):
        return _send_of_thing(request, row)
    if row.object_type not in ON_PAGES_OF_STAFF:
        raise HTTPNotFound()
    container = row.object_id if row.object_type == Lookup.QUEUE else 0
    if container and not request.work.rights.of(Right.SEE_QUEUE).in_queue(container):
        raise HTTPNotFound()
    return _send(request, row, container, frozenset())


def _send_of_thing(request: Request, row: CustomFieldContent) -> Response:
    """A file in a field of an article or an asset that the reader may see."""
    if row.object_type == Lookup.ARTICLE:
        article = load_article(request.work, row.object_id)
        if article is not None:
            return _send(request, row, article.class_id, frozenset())
    else:
        seen = load_asset(request.work, row.object_id)
        if seen is not None:
            return _send(request, row, seen.asset.catalog_id, seen.roles)
    raise HTTPNotFound()


def _row(request: Request) -> CustomFieldContent:
    row: CustomFieldContent | None = request.db.get(CustomFieldContent, int(request.matchdict["row"]))
    if row is None or not row.blob_sha256:
        raise HTTPNotFound()
    return row


def _send(request: Request, row: CustomFieldContent, container: int, roles: frozenset[str]) -> Response:
    definition = all_fields(request.app, request.db).get(row.custom_field_id)
    if definition is None or not sees(request.work, definition, container, roles):
        raise HTTPNotFound()
    file = Attachment(
        blob_sha256=row.blob_sha256,
        content_type=row.content_type,
        filename=row.content,
        charset="",
        role=PartRole.FILE.value,
    )
    return send_file(request.work, file)
