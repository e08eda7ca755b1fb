"""The page of a request: what stands on it, for its own view and for deeds that were refused."""

import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from pyramid.request import Request

from rtpy.content.filenames import safe_filename
from rtpy.errors import Problem
from rtpy.web.html import show_size
from rtpy_portal.access.visitor import Way
from rtpy_portal.requests.conversation import SentFile
from rtpy_portal.requests.deeds import Deeds, deeds_of
from rtpy_portal.requests.reading import PublicRequest, read_request
from rtpy_portal.requests.stages import Stage, holder_words, stage_words
from rtpy_portal.requests.wishing import Urgency, urgency_words
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.visitors import RequestResource
from rtpy_portal.words import Say

OPENLY = 4
"""So many of the newest messages stand openly, with the first one; those between are folded."""
TONES = {
    Stage.WAITING: "badge-warn",
    Stage.SOLVED: "badge-ok",
    Stage.CLOSED: "",
    Stage.RECEIVED: "badge-info",
}


def request_page(
    request: Request,
    resource: RequestResource,
    *,
    deed: str = "",
    problems: Sequence[Problem] = (),
    typed: Mapping[str, str] | None = None,
) -> Mapping[str, object]:
    """The values of `portal/requests/display.pt`; after a deed that was refused with what was typed, and why."""
    here = address_of(request, resource)
    shown = read_request(
        resource.work,
        resource.visitor,
        resource.ticket,
        request.portal_say,
        lambda transaction_id, cid: f"{here}/message/{transaction_id}/cid/{quote(cid, safe='')}",
        language_of(request),
    )
    deeds = deeds_of(resource.work, resource.visitor, resource.ticket, shown.participants)
    about = [Problem(f"{deed}-{each.field}", each.message) for each in problems]
    return {
        **page_values(request, resource, shown, deeds, about),
        "here": here,
        "file_url": lambda file: file_url(here, file),
        "is_preview": False,
        "done": done_words(request),
        "deed": deed,
        "typed": lambda name, field: (typed or {}).get(field, "") if name == deed else "",
        "token": secrets.token_urlsafe(16),
        "list_url": request.route_path("portal.requests.list")
        if resource.visitor.way is Way.ACCOUNT
        else None,
    }


def page_values(
    request: Request,
    resource: RequestResource,
    shown: PublicRequest,
    deeds: Deeds,
    problems: Sequence[Problem] = (),
) -> Mapping[str, object]:
    """What the page of a customer and the preview of staff have in common."""
    say = request.portal_say
    folded = shown.messages[1:-OPENLY] if len(shown.messages) > OPENLY + 1 else ()
    begin = 1 if folded else 0
    return frame(
        request,
        shown.subject or say("Request ${number}", number=shown.number),
        problems=problems,
        shown=shown,
        deeds=deeds,
        first=shown.messages[:begin],
        folded=folded,
        newest=shown.messages[begin + len(folded) :],
        stage=stage_words(shown.stage, say),
        stage_tone=TONES.get(shown.stage, ""),
        turn=holder_words(shown.ball.holder, say),
        resource=resource,
        size=show_size,
        estimate=estimate_words(say, shown.estimate),
        related=[
            (
                each,
                request.route_path("portal.requests.display", id=each.number),
                stage_words(each.stage, say),
            )
            for each in shown.related
        ],
        urgencies=[(each.value, urgency_words(each, say)) for each in Urgency],
    )


def estimate_words(say: Say, minutes: int) -> str:
    """`About 2 hours of work`; empty without an estimate. From an hour on in half hours, rounded up."""
    if not minutes:
        return ""
    if minutes < 60:
        return say("About ${minutes} minutes of work", minutes=minutes)
    halves = -(-minutes // 30)
    hours = f"{halves // 2}{'½' if halves % 2 else ''}"
    return say("About an hour of work") if halves == 2 else say("About ${hours} hours of work", hours=hours)


def address_of(request: Request, resource: RequestResource) -> str:
    """The request's address. Who came by a key stays where the key opens, whatever became of the number."""
    by_key = resource.visitor.way is Way.KEY
    number = request.matchdict["id"] if by_key else resource.ticket.id
    return str(request.route_path("portal.requests.display", id=number))


def file_url(here: str, file: SentFile) -> str:
    """The name in the address is for people only."""
    return f"{here}/file/{file.id}/{quote(safe_filename(file.name or 'file'), safe='')}"


def done_words(request: Request) -> str:
    """What is said after a deed (`?done=`): from a closed list."""
    say = request.portal_say
    said: Mapping[str, str] = {
        "answered": say("Thank you, your answer has reached us."),
        "closed": say("Thank you. The request is closed."),
        "told": say("Thank you, we know now that it works. We close the request."),
        "reopened": say("The request is open again, and we look at it."),
        "followed": say("Thank you, your new request has reached us."),
        "urgency": say("Thank you, we know now how urgent it is."),
        "call": say("Thank you, we will call you."),
        "escalated": say("Thank you, those who are responsible know that it needs more attention."),
        "added": say("They get copies from now on."),
        "removed": say("They get no more copies."),
        "quiet": say("You get no more mails about this request. You can still read it here."),
        "twice": say("This was sent already: it stands below once."),
    }
    return said.get(request.GET.get("done", ""), "")
