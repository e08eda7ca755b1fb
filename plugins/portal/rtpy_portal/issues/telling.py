"""What mails to customers say of the known issue behind their request: its title, how far it is, where to read more."""

from collections.abc import Sequence

from sqlalchemy import select

from rtpy.changes.ticket.create import CreateTicket
from rtpy.history.public_facts import PublicFact
from rtpy.models import Ticket, User, Watcher
from rtpy.work import Work
from rtpy_portal.access.reader import Reader
from rtpy_portal.access.sight import REQUESTOR
from rtpy_portal.issues.reading import Known, has_any, issue_for, surely
from rtpy_portal.issues.stages import stage_words
from rtpy_portal.words import Say, say_in, spoken


def tell_customer(work: Work, ticket: Ticket) -> Sequence[PublicFact]:
    """Of an issue that everybody may read, or the people of the request's organisation, in the asker's language.

    One query, and one more where there is an issue.

    In mails alone: the pages of the portal say it in a piece of their own, with what can be done about it. A new
    request is linked to none yet; the answer to it names an open issue that its subject is about.
    """
    if not work.under_way or not has_any(work.app, work.db):
        return ()
    reader = Reader(frozenset({ticket.organization_id} if ticket.organization_id is not None else ()))
    if any(isinstance(change, CreateTicket) for change in work.under_way):
        found = surely(work, reader, ticket.subject)
        if found is None:
            return ()
        say = _say(work, ticket)
        return [_fact(work, say, say("It may be this, which we know about"), found)]
    issue = issue_for(work, ticket.id, reader)
    if issue is None:
        return ()
    say = _say(work, ticket)
    return [_fact(work, say, say("We know about this"), Known(issue.id, issue.title, issue.stage))]


def _fact(work: Work, say: Say, label: str, issue: Known) -> PublicFact:
    url = work.app.config.url(f"/portal/issues/{issue.issue_id}")
    return PublicFact(label, f"{issue.title} – {stage_words(say, issue.stage)}: {url}", in_answers=True)


def _say(work: Work, ticket: Ticket) -> Say:
    """In the language of who asked first: a mail says it to all of its people."""
    lang = work.db.scalar(
        select(User.lang)
        .join(Watcher, Watcher.principal_id == User.id)
        .where(Watcher.ticket_id == ticket.id, Watcher.role == REQUESTOR)
        .order_by(Watcher.id)
        .limit(1)
    )
    return say_in(spoken(lang or ""))
