"""What holds in the sample portal: what staff may do, what customers can ask, who sees what of their organisation."""

from dataclasses import replace

from sqlalchemy import func, select

from rtpy.changes.grants import grant_right
from rtpy.demo.made import Made
from rtpy.models import Group, Organization, OrganizationMember, OrganizationSite, Queue
from rtpy.rights.holders import Holder, Place
from rtpy.rights.names import SYSTEM
from rtpy.work import Work
from rtpy_portal.access.grades import Grade
from rtpy_portal.asking.saving import TopicValues, save_topic
from rtpy_portal.models import MemberRow, Topic
from rtpy_portal.organizations.saving import Said, save_by_staff
from rtpy_portal.rights import (
    MANAGE_ISSUES,
    MANAGE_PORTAL_PEOPLE,
    PUBLISH_KNOWLEDGE,
    SEE_RATINGS,
    WRITE_KNOWLEDGE,
)

MAY = {
    "Management": (PUBLISH_KNOWLEDGE, MANAGE_ISSUES, SEE_RATINGS, MANAGE_PORTAL_PEOPLE),
    "Helpdesk": (WRITE_KNOWLEDGE, MANAGE_ISSUES),
    "Engineering": (WRITE_KNOWLEDGE, MANAGE_ISSUES),
    "Network team": (WRITE_KNOWLEDGE, MANAGE_ISSUES),
}
TOPICS: tuple[tuple[str, TopicValues], ...] = (
    (
        "Network",
        TopicValues(
            "Line, Wi-Fi or VPN",
            None,
            "No internet, no VPN, or it is slow.",
            "We look at your line at once. Does everything stand still? Then please call as well.",
            icon="link",
            questions="Who is affected? = Only me | Several of us | Everybody\n"
            "Where are you? = In the office | At home | On the road",
            words={
                "de": {
                    "name": "Leitung, WLAN oder VPN",
                    "hint": "Kein Internet, kein VPN, oder es ist langsam.",
                    "promise": "Wir sehen uns Ihre Leitung gleich an. Steht alles still? Dann rufen Sie bitte auch an.",
                    "questions": "Wen betrifft es? = Nur mich | Mehrere von uns | Alle\n"
                    "Wo sind Sie? = Im Büro | Zu Hause | Unterwegs",
                }
            },
            asks_site=True,
        ),
    ),
    (
        "Security",
        TopicValues(
            "Suspicious mail or lost device",
            None,
            "You are not sure about a mail, or something is gone.",
            "We answer within the hour. Have you clicked, or is it lost? Then please call at once.",
            icon="lock",
            words={
                "de": {
                    "name": "Verdächtige Mail oder verlorenes Gerät",
                    "hint": "Sie sind bei einer Mail unsicher, oder etwas ist weg.",
                    "promise": "Wir antworten binnen einer Stunde. Haben Sie geklickt, oder ist etwas weg? Dann rufen "
                    "Sie bitte gleich an.",
                }
            },
        ),
    ),
    (
        "Projects",
        TopicValues(
            "A quote, or something new",
            None,
            "New computers, a move, another program.",
            "You get a quote within three working days.",
            icon="calendar",
            words={
                "de": {
                    "name": "Angebot oder etwas Neues",
                    "hint": "Neue Rechner, ein Umzug, ein anderes Programm.",
                    "promise": "Sie bekommen binnen drei Werktagen ein Angebot.",
                }
            },
        ),
    ),
)
"""By the queue in which they ask."""
MANAGER = Said(Grade.ALL, may_raise=True, may_copy=True, sees_money=True, sees_names=True, manages=True)
SITE_ONLY = Said(Grade.SITE, may_copy=True)


def grant_staff(work: Work, made: Made) -> None:
    """To the demo's own groups; their grants go with them."""
    groups = work.db.execute(select(Group.id, Group.name).where(Group.id.in_(made.groups)))
    for group_id, name in groups.all():
        for right in MAY.get(name, ()):
            grant_right(work, Holder(group_id), right, Place(SYSTEM))


def offer_topics(work: Work, made: Made) -> None:
    """A topic for each of the demo's own queues; one of that name that is there already stays as it is."""
    for queue, values in TOPICS:
        found = work.db.scalar(select(Queue.id).where(Queue.name == queue, Queue.id.in_(made.queues)))
        there = work.db.scalar(select(Topic.id).where(func.lower(Topic.name) == values.name.lower()))
        if found is not None and there is None:
            save_topic(work, None, replace(values, queue_id=found))


def give_grades(work: Work, made: Made) -> None:
    """One who manages each organisation's people, and one who sees a site alone where there are several sites."""
    for organization_id in work.db.scalars(
        select(Organization.id).where(Organization.id.in_(made.organizations)).order_by(Organization.id)
    ).all():
        said = select(MemberRow.id).where(MemberRow.organization_id == organization_id).limit(1)
        if work.db.scalar(said) is not None:
            continue
        members = work.db.scalars(
            select(OrganizationMember)
            .where(OrganizationMember.organization_id == organization_id)
            .order_by(OrganizationMember.user_id)
        ).all()
        manager = next((each.user_id for each in members if each.is_contact), None)
        first_site = work.db.scalar(
            select(func.min(OrganizationSite.id)).where(OrganizationSite.organization_id == organization_id)
        )
        away = next(
            (
                each.user_id
                for each in members
                if not each.is_contact and each.site_id not in (None, first_site)
            ),
            None,
        )
        for user_id, grade in ((manager, MANAGER), (away, SITE_ONLY)):
            if user_id is not None:
                save_by_staff(work, organization_id, user_id, grade)
