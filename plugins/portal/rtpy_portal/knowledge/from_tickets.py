"""The beginning of a page made from a ticket: what its customers read there, without what belongs to them alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.content.fold import fold
from rtpy.content.plain import message_text
from rtpy.history.reading import merged_ids, read_public
from rtpy.models import Organization, OrganizationMember, Ticket, User, Watcher
from rtpy_portal.knowledge.redacting import redact

MOST = 50
"""Messages, the newest ones."""
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Beginning:
    """A title and a text to begin with; `found` says what was taken out, and how often."""

    title: str
    content: str
    found: Mapping[str, int]


def begin_from(db: Session, ticket: Ticket) -> Beginning:
    """What customers read of the ticket: no comment, quotation or signature, and no names that are known.

    Four queries.
    """
    entries = read_public(db, merged_ids(db, ticket.id), newest=MOST)
    said = [entry for entry in entries if entry.is_message and entry.parts]
    people = _people(db, ticket, {entry.creator_id for entry in said})
    companies = _companies(db, ticket, people)
    names = [name for _, name, real in people for name in (real, name.partition("@")[0]) if name]
    counts: Counter[str] = Counter()

    def cleared(text: str) -> str:
        done = redact(text, names, companies)
        counts.update(done.found)
        return done.text.strip()

    texts = []
    for entry in said:
        words = cleared(fold(message_text(entry.parts)).visible)
        if words:
            texts.append(words)
    return Beginning(cleared(ticket.subject), "\n\n".join(texts), dict(counts))


def _people(db: Session, ticket: Ticket, writers: set[int]) -> Sequence[tuple[int, str, str]]:
    """Id, name and real name of everybody who wrote, takes part or owns."""
    watching = select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id)
    rows = db.execute(
        select(User.id, User.name, User.real_name)
        .where(or_(User.id.in_(watching), User.id.in_({*writers, ticket.owner_id})))
        .limit(MOST_PEOPLE)
    )
    system = {"RT_System", "Nobody"}
    return [(number, name, real) for number, name, real in rows if name not in system]


def _companies(db: Session, ticket: Ticket, people: Sequence[tuple[int, str, str]]) -> Sequence[str]:
    ids = [number for number, _, _ in people]
    theirs = select(OrganizationMember.organization_id).where(OrganizationMember.user_id.in_(ids))
    own = or_(Organization.id.in_(theirs), Organization.id == ticket.organization_id)
    return db.scalars(select(Organization.name).where(own)).all()
