"""What mails to customers say of the known issue behind their request: its title, how far it is, where to read more."""

from collections.abc import Sequence

from rtpy.changes.ticket.create import CreateTicket
from rtpy.history.public_facts import PublicFact
from rtpy.models import Ticket
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues.reading import Known, has_any, issue_for, surely
from rtpy_portal.issues.stages import stage_words
from rtpy_portal.words import Say, say_in, spoken


def tell_customer(work: Work, ticket: Ticket, lang: str) -> Sequence[PublicFact]:
    """Of an issue that everybody may read, or the people of the request's organisation. One query.

    In mails alone: the pages of the portal say it in a piece of their own, with what can be done about it. A new
    request is linked to none yet; the answer to it names an open issue that its subject is about.
    """
    if not work.under_way or not has_any(work.app, work.db):
        return ()
    say = say_in(spoken(lang))
    reader = Reader(frozenset({ticket.organization_id} if ticket.organization_id is not None else ()))
    if any(isinstance(change, CreateTicket) for change in work.under_way):
        found = surely(work, reader, ticket.subject)
        if found is None:
            return ()
        return [_fact(work, say, say("It may be this, which we know about"), found)]
    issue = issue_for(work, ticket.id, reader)
    if issue is None:
        return ()
    return [_fact(work, say, say("We know about this"), Known(issue.id, issue.title, issue.stage))]


def _fact(work: Work, say: Say, label: str, issue: Known) -> PublicFact:
    url = work.app.config.url(f"/portal/issues/{issue.issue_id}")
    return PublicFact(label, f"{issue.title} – {stage_words(say, issue.stage)}: {url}", in_answers=True)
