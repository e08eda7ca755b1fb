"""The file of an export, as it was made."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import NotFound
from rtpy.http.resources import SystemResource
from rtpy_billing.documents.tables.formats import FORMATS
from rtpy_billing.invoicing.exports import find_batch
from rtpy_billing.rights import ISSUE_INVOICES


@view_config(route_name="billing.exports.file", request_method="GET", permission=ISSUE_INVOICES)
def fetch_export(resource: SystemResource, request: Request) -> Response:
    """To be saved, never shown: its texts are of many people. Two queries."""
    try:
        batch = find_batch(request.work, int(request.matchdict["id"]))
    except NotFound as gone:
        raise HTTPNotFound(str(gone)) from gone
    kind = FORMATS.get(batch.format)
    return Response(
        batch.content,
        content_type=kind.media_type if kind else "application/octet-stream",
        content_disposition=f'attachment; filename="{batch.file_name}"',
    )
