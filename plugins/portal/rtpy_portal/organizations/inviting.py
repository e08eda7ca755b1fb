"""Inviting a colleague: by one who manages the organisation's people, to an address of its mail domains."""

from rtpy.changes.people import find_person, person_for_address
from rtpy.errors import Invalid, Problem, Refused
from rtpy.identity.rates import hit
from rtpy.mail.header_lines import is_sendable
from rtpy.notices.writing import Notice, write_notice
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.settings import LOGIN_LINKS
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.looks.theme import theme_of
from rtpy_portal.organizations.people import Person, belongs_by_domain, person_of
from rtpy_portal.organizations.saving import managing
from rtpy_portal.words import Say

MOST_A_DAY = 20
"""Invitations for one organisation: an account is no way to send mail to anybody."""
LONGEST_NAME = 200


def invite(
    work: Work, visitor: Visitor, organization_id: int, address: str, name: str, url: str, say: Say
) -> Person:
    """Let somebody be known as a colleague, and mail them where to log in; who is known is mailed again.

    The invitation is in the words of who invites. Raises NotFound for who manages nobody there, Invalid for an address
    that is none of the organisation's, Refused after MOST_A_DAY on one day.
    """
    mine = managing(visitor, organization_id)
    address, name = address.strip().lower(), " ".join(name.split())[:LONGEST_NAME]
    if not is_sendable(address) or not belongs_by_domain(work.db, organization_id, address):
        raise Invalid(
            Problem(
                "address",
                say(
                    "Please give an address of ${organization}. For colleagues who write from elsewhere, ask us.",
                    organization=mine.name,
                ),
            )
        )
    if hit(work.db, f"portal invite {organization_id}", 86_400, work.now) > MOST_A_DAY:
        raise Refused(say("Many people were invited today. Please go on tomorrow, or ask us."))
    known = find_person(work.db, address)
    user = known or person_for_address(work, address, name)
    person = person_of(work.app, work.db, organization_id, user.id)
    if person is None or person.member.is_off:
        raise Invalid(Problem("address", say("This address cannot be invited here. Please ask us.")))
    portal = theme_of(work.app, work.db).name
    subject = say("You are invited to ${portal}", portal=portal)
    paragraphs = (
        say("${name} of ${organization} invites you.", name=visitor.name, organization=mine.name),
        say(
            "You can follow your requests there, answer, and ask for something new. Log in with your mail address:"
        ),
        url,
        say("You need no password: we can mail you a link instead.")
        if setting(work.app, work.db, LOGIN_LINKS)
        else say("If you have no password yet, please ask us for one."),
    )
    write_notice(work, Notice(subject, "\n\n".join(paragraphs)), address=address, name=person.name)
    return person
