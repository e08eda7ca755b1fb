"""The page of an organisation, for its people: how it stands, its requests, its people, its documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyramid.request import Request
from pyramid.view import view_config

from rtpy.history.customer_side import CustomerDocument, customer_documents, customer_facts
from rtpy.http.security import LOGGED_IN
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.organizations.people import people_of
from rtpy_portal.organizations.saving import exceeds
from rtpy_portal.requests.listing import Asked, list_requests
from rtpy_portal.requests.stages import stage_words
from rtpy_portal.web.frame import frame, language_of
from rtpy_portal.web.organizations.place import member_here
from rtpy_portal.web.organizations.spoken import own_words, said_to_customers
from rtpy_portal.web.visitors import PersonResource
from rtpy_portal.words import say_day

SHOWN = 10


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the organisation; `said` and `url` only for who manages people."""

    name: str
    about: str
    said: str
    url: str
    is_you: bool


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One open request."""

    number: int
    subject: str
    url: str
    stage: str
    asker: str
    news: datetime


@view_config(
    route_name="portal.organizations.display",
    request_method="GET",
    renderer="portal/organizations/display.pt",
    permission=LOGGED_IN,
)
def show_organization(resource: PersonResource, request: Request) -> Mapping[str, object]:
    """As much of it as the visitor may see; at most twenty queries, whatever the plugins say."""
    mine = member_here(resource, request)
    path, say, lang = request.route_path, request.portal_say, language_of(request)
    place = mine.organization_id
    facts = [
        each for each in customer_facts(resource.work, place, lang) if mine.sees_money or not each.is_money
    ]
    return frame(
        request,
        mine.name,
        organization_id=place,
        sees=own_words(mine.grade, say),
        has_several=sum(not each.is_off for each in resource.visitor.memberships) > 1,
        choose_url=path("portal.organizations.list"),
        facts=facts,
        requests=_requests(resource, request, mine),
        requests_url=path("portal.requests.list", _query={"organization": place}),
        people=_people(resource, request, mine),
        invite_url=path("portal.organizations.invite", id=place) if mine.manages else "",
        documents=[
            (
                each.label,
                say_day(each.day, lang),
                path("portal.organizations.document", id=place, key=each.key),
            )
            for each in open_documents(resource, mine, lang)
        ],
        has_documents=mine.sees_money or mine.grade is Grade.ALL,
    )


def open_documents(resource: PersonResource, mine: Membership, lang: str) -> Sequence[CustomerDocument]:
    """Those that the visitor may read: of money for who sees it; what names all requests for who sees all of them."""
    return [
        each
        for each in customer_documents(resource.work, mine.organization_id, lang)
        if (mine.sees_money if each.is_money else mine.grade is Grade.ALL or not each.names_requests)
    ]


def _requests(resource: PersonResource, request: Request, mine: Membership) -> list[RequestLine]:
    say = request.portal_say
    asked = Asked(organization_id=mine.organization_id)
    return [
        RequestLine(
            each.number,
            each.subject or say("No subject"),
            request.route_path("portal.requests.display", id=each.number),
            stage_words(each.stage, say),
            each.asker,
            each.news,
        )
        for each in list_requests(resource.work, resource.visitor, asked, per_page=SHOWN).lines
    ]


def _people(resource: PersonResource, request: Request, mine: Membership) -> list[PersonLine] | None:
    """Everybody, for who has to do with colleagues; None for who has not."""
    if not (mine.manages or mine.may_raise or mine.may_copy or mine.sees_colleagues):
        return None
    me, say = resource.visitor.user_id, request.portal_say
    found = []
    for each in people_of(request.app, request.db, mine.organization_id):
        is_me = each.user_id == me
        may_change = mine.manages and not is_me and not exceeds(each.member, mine)
        found.append(
            PersonLine(
                each.name,
                " · ".join(filter(None, (each.title, each.site, each.address))),
                said_to_customers(each.member, say) if mine.manages else "",
                request.route_path(
                    "portal.organizations.person", id=mine.organization_id, user_id=each.user_id
                )
                if may_change
                else "",
                is_me,
            )
        )
    return found
