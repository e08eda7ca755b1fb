"""The requests that somebody may see."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.http.security import LOGGED_IN
from rtpy.web.paging import asked_page, show_numbers
from rtpy.web.staff.forms import number_in
from rtpy_portal.requests.listing import PER_PAGE, Asked, list_requests
from rtpy_portal.requests.stages import Stage, stage_words
from rtpy_portal.web.frame import frame
from rtpy_portal.web.requests.page import TONES
from rtpy_portal.web.visitors import PersonResource

LONGEST = 200


@view_config(
    route_name="portal.requests.list",
    request_method="GET",
    renderer="portal/requests/list.pt",
    permission=LOGGED_IN,
)
def show_requests(resource: PersonResource, request: Request) -> Mapping[str, object]:
    """`?show=closed`, `?whose=mine`, `?organization=`, `?text=`, `?page=`."""
    say, visitor, given = request.portal_say, resource.visitor, request.GET
    sees_others = any(each.sees_colleagues for each in visitor.memberships)
    organization_id = number_in(given.get("organization", ""))
    asked = Asked(
        is_open=given.get("show") != "closed",
        text=given.get("text", "").replace("\0", "")[:LONGEST].strip(),
        is_mine=sees_others and given.get("whose") == "mine",
        organization_id=organization_id,
        page=asked_page(request),
    )
    listed = list_requests(resource.work, visitor, asked)
    organization = next(
        (each for each in visitor.memberships if each.organization_id == organization_id), None
    )

    def url(**changed: Any) -> str:
        wanted = {
            "show": "" if asked.is_open else "closed",
            "whose": "mine" if asked.is_mine else "",
            "organization": organization_id or "",
            "text": asked.text,
            **changed,
        }
        query = {name: value for name, value in wanted.items() if value}
        return str(request.route_path("portal.requests.list", _query=query))

    return frame(
        request,
        say("Requests of ${name}", name=organization.name) if organization else say("My requests"),
        lines=[
            {
                "line": line,
                "url": request.route_path("portal.requests.display", id=line.number),
                "stage": stage_words(line.stage, say),
                "tone": TONES.get(line.stage, ""),
                "is_waiting": line.stage is Stage.WAITING,
            }
            for line in listed.lines
        ],
        asked=asked,
        shows=(
            (say("Open"), url(show=""), asked.is_open),
            (say("Closed"), url(show="closed"), not asked.is_open),
        ),
        whose=(
            (say("All that I may see"), url(whose=""), not asked.is_mine),
            (say("Only mine"), url(whose="mine"), asked.is_mine),
        )
        if sees_others
        else (),
        sees_others=sees_others,
        kept=[(name, given[name]) for name in ("show", "whose", "organization") if given.get(name)],
        list_url=request.route_path("portal.requests.list"),
        pages=show_numbers(asked.page, PER_PAGE, listed.total, lambda page: url(page=page)),
    )
