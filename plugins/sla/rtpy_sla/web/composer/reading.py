"""What a moment that is being typed means, for the script beside the field."""

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy_sla.promises.reading import Unclear, read_moment, say_moment


@view_config(route_name="sla.composer.reading", request_method="GET", renderer="json", permission=STAFF)
def read_words(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?words=` as `{"says": sentence, "ok": bool}`. No query."""
    typed = request.GET.get("words", "").replace("\x00", "")
    try:
        due = read_moment(typed, request.work.now, request.zone)
    except Unclear as unclear:
        return {"ok": False, "says": str(unclear)}
    return {"ok": True, "says": f"That is {say_moment(due, request.zone)}."}
