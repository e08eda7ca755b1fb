"""The pages between a question and a request: the form, one more click, suggestions, an answer found."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyramid.request import Request

from rtpy.errors import Problem
from rtpy.plugin_settings import setting
from rtpy.web.html import Html, show_size
from rtpy.web.templating import draw_piece
from rtpy_portal.asking.fields import asked_fields
from rtpy_portal.asking.holding import names_of
from rtpy_portal.asking.settings import UPLOAD
from rtpy_portal.asking.stamps import new_stamp
from rtpy_portal.asking.suggesting import Kind, Suggestion
from rtpy_portal.web.asking.place import Place
from rtpy_portal.web.asking.typed import Typed, browser_of
from rtpy_portal.web.frame import frame

FORM, BETWEEN, AGAIN, ANSWERED = (
    "portal/asking/form.pt",
    "portal/asking/between.pt",
    "portal/asking/again.pt",
    "portal/asking/answered.pt",
)


def form_values(
    request: Request,
    place: Place,
    typed: Typed,
    problems: Sequence[Problem] = (),
    *,
    secret: str = "",
    is_human: bool = False,
    draft: str = "",
) -> Mapping[str, object]:
    """The values of the form, with everything that was typed; `draft` says when it was kept."""
    say, topic = request.portal_say, place.topic
    most = int(setting(request.app, request.db, UPLOAD))
    return frame(
        request,
        topic.name if topic else say("Ask us"),
        problems=problems,
        **_carrying(request, place, secret, again=is_human),
        topic=topic,
        typed=typed,
        fields=asked_fields(place.work, topic, typed.values, say),
        members=place.members if len(place.members) > 1 else (),
        sites=_site_choices(place),
        colleagues=place.colleagues,
        most_bytes=most * 1024 * 1024,
        most_size=show_size(most * 1024 * 1024),
        suggestions_url=request.route_path("portal.asking.suggestions"),
        other_url=request.route_path("portal.start"),
        draft=draft,
    )


def between_values(
    request: Request, place: Place, typed: Typed, found: Sequence[Suggestion], secret: str
) -> Mapping[str, object]:
    """Do any of these answer it? Everything that was typed waits in the page."""
    return frame(
        request,
        request.portal_say("Do any of these answer it?"),
        **_carrying(request, place, secret, again=True),
        carried=typed.carried,
        suggestions=shown(request, found),
        with_heading=False,
    )


def again_values(request: Request, place: Place, typed: Typed, *, had_files: bool) -> Mapping[str, object]:
    """One more click, for who was too quick or too late."""
    return frame(
        request,
        request.portal_say("One more click, please"),
        **_carrying(request, place, "", again=True),
        carried=typed.carried,
        had_files=had_files,
        text=typed.text("text"),
        subject=typed.text("subject"),
    )


def answered_values(
    request: Request, place: Place, typed: Typed, secret: str, token: str
) -> Mapping[str, object]:
    """It is answered; and the way back."""
    return frame(
        request,
        request.portal_say("Glad that you found it"),
        **_carrying(request, place, secret, again=True),
        carried=typed.carried,
        deflected=token,
        start_url=request.route_path("portal.start"),
    )


def shown(request: Request, found: Sequence[Suggestion]) -> list[Mapping[str, str]]:
    """Suggestions as templates draw them."""
    say = request.portal_say
    kinds = {
        Kind.REQUEST: say("You have asked this already"),
        Kind.ISSUE: say("We know about this"),
        Kind.PAGE: say("From our knowledge"),
    }
    return [
        {
            "name": each.name,
            "title": each.title,
            "detail": each.detail if each.kind is Kind.PAGE else "",
            "kind": kinds[each.kind],
            "url": url_of(request, each),
        }
        for each in found
    ]


def piece(request: Request, found: Sequence[Suggestion]) -> Html:
    """The list alone, for the script of the form."""
    values = {"say": request.portal_say, "suggestions": shown(request, found), "with_heading": True}
    return draw_piece(request, "portal/asking/suggestions.pt", values)


def url_of(request: Request, suggestion: Suggestion) -> str:
    """The page of a suggestion."""
    path = request.route_path
    if suggestion.kind is Kind.REQUEST:
        return str(path("portal.requests.display", id=suggestion.id))
    if suggestion.kind is Kind.ISSUE:
        return str(path("portal.issues.display", id=suggestion.id))
    if not suggestion.slug:
        return str(path("portal.knowledge.plain", id=suggestion.id))
    return str(path("portal.knowledge.display", id=suggestion.id, slug=suggestion.slug))


def form_url(request: Request, place: Place) -> str:
    """The address of the form itself."""
    if place.topic is None:
        return str(request.route_path("portal.asking.form"))
    return str(request.route_path("portal.asking.topic", id=place.topic.id))


def _carrying(request: Request, place: Place, secret: str, *, again: bool) -> Mapping[str, Any]:
    return {
        "post_url": form_url(request, place),
        "stamp": new_stamp(request.app, place.work.now, again=again),
        "secret": secret,
        "held": ", ".join(
            f"{each.name} ({show_size(each.size)})"
            for each in names_of(place.work, secret, browser_of(request))
        ),
    }


def _site_choices(place: Place) -> list[tuple[str, str]]:
    names = {each.organization_id: each.name for each in place.members}
    has_many = len({each.organization_id for each in place.sites}) > 1
    return [
        (str(each.id), f"{names[each.organization_id]}: {each.name}" if has_many else each.name)
        for each in place.sites
    ]
