"""Where a request is asked: by whom, about which topic, for which organisation."""

from dataclasses import dataclass

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import OrganizationSite
from rtpy.work import Work
from rtpy_portal.access.grades import Membership
from rtpy_portal.access.reader import Reader, reader_of
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.asking.topics import KnownTopic, topic_for
from rtpy_portal.organizations.rules import Colleague, people_to_ask_for
from rtpy_portal.web.frame import language_of


@dataclass(frozen=True, slots=True)
class Site:
    """A place where an organisation works."""

    id: int
    organization_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Who asks (None: nobody is logged in), what about, and what can be chosen. `work` is the system's."""

    work: Work
    visitor: Visitor | None
    reader: Reader
    topic: KnownTopic | None
    members: tuple[Membership, ...] = ()
    sites: tuple[Site, ...] = ()
    colleagues: tuple[Colleague, ...] = ()


def visitor_here(request: Request) -> Visitor | None:
    """Who is logged in, once they have the second factor that is asked of them."""
    visitor: Visitor | None = request.portal_account
    if visitor is not None and request.login.lacks_second_factor:
        raise HTTPSeeOther(request.route_path("second_factor.set_up"))
    return visitor


def place_of(request: Request) -> Place:
    """What the address asks about. Raises HTTPNotFound for a topic that this reader does not see."""
    visitor = visitor_here(request)
    work = request.app.work_in(request.db)
    reader = reader_of(visitor, language_of(request))
    topic = None
    if "id" in request.matchdict:
        topic = topic_for(request.app, request.db, reader, int(request.matchdict["id"]))
        if topic is None:
            raise HTTPNotFound()
    if visitor is None:
        return Place(work, None, reader, topic)
    members = tuple(each for each in visitor.memberships if not each.is_off)
    sites = _sites(work, members) if topic is None or topic.asks_site else ()
    return Place(work, visitor, reader, topic, members, sites, tuple(people_to_ask_for(work, visitor)))


def _sites(work: Work, members: tuple[Membership, ...]) -> tuple[Site, ...]:
    """Of organisations with more than one. One query, none for who belongs to none."""
    if not members:
        return ()
    ids = [each.organization_id for each in members]
    rows = work.db.execute(
        select(OrganizationSite.id, OrganizationSite.organization_id, OrganizationSite.name)
        .where(OrganizationSite.organization_id.in_(ids))
        .order_by(OrganizationSite.organization_id, OrganizationSite.name)
    ).all()
    many = {row.organization_id for row in rows if sum(row.organization_id == each[1] for each in rows) > 1}
    return tuple(Site(*row) for row in rows if row.organization_id in many)
