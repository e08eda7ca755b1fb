"""Joining a known issue by mail address, without an account: asked for by a form, confirmed by a link and a button.

What the form answers is the same whether we know the address or not.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import func, select

from rtpy.changes.people import find_person
from rtpy.identity.rates import hit
from rtpy.mail.header_lines import is_sendable
from rtpy.models import Organization, OrganizationDomain
from rtpy.work import Work
from rtpy_portal.issues.affected import check_impact, join, lock
from rtpy_portal.issues.mailing import write_asking
from rtpy_portal.models import Issue, IssueAffected

HOLDS = timedelta(days=7)
"""How long the link of the mail can be used."""
A_DAY = 86_400
MOST_TO_ADDRESS = 5
"""Mails that one address is sent in a day, for all issues together."""
MOST_FROM_PLACE = 30
"""Addresses that one network address asks for in a day."""


def ask_to_join(work: Work, issue: Issue, address: str, impact: str, lang: str, *, place: str) -> bool:
    """Write the mail that asks whether it was them; False when `address` cannot be one.

    Past the limits, and for who has joined already, nothing is written, and nobody can tell. Raises Invalid for an
    impact that is too long. `place` is the network address that asks.
    """
    impact, address = check_impact(impact), address.strip().lower()
    if not is_sendable(address):
        return False
    digest = hashlib.sha256(address.encode()).hexdigest()[:40]
    too_many = hit(work.db, f"portal issue join place {place}", A_DAY, work.now) > MOST_FROM_PLACE
    too_many |= hit(work.db, f"portal issue join address {digest}", A_DAY, work.now) > MOST_TO_ADDRESS
    if too_many:
        return True
    lock(work, issue)
    row = work.db.scalar(
        select(IssueAffected).where(IssueAffected.issue_id == issue.id, IssueAffected.address == address)
    )
    if row is not None and row.confirmed is not None and row.left is None:
        return True
    if row is None:
        row = IssueAffected(issue_id=issue.id, address=address, created=work.now)
        work.db.add(row)
    token = secrets.token_urlsafe(32)
    row.token_hash, row.asked, row.language = _hash(token), work.now, lang
    row.impact = impact or row.impact or ""
    work.db.flush()
    write_asking(work, issue, address, token, lang)
    return True


def find_asked(work: Work, token: str) -> IssueAffected | None:
    """What the link of a mail is about, while it holds. One query."""
    if not 40 <= len(token) <= 50:
        return None
    return work.db.scalar(
        select(IssueAffected).where(
            IssueAffected.token_hash == _hash(token), IssueAffected.asked > work.now - HOLDS
        )
    )


def confirm(work: Work, row: IssueAffected) -> None:
    """It was them: they count from now on. Whoever we know by the address counts as that person, once."""
    issue = work.db.get_one(Issue, row.issue_id)
    address = row.address or ""
    known = find_person(work.db, address)
    row.token_hash, row.asked = None, None
    if known is not None:
        joined = join(work, issue, known.id, row.impact)
        joined.language = joined.language or row.language
        work.db.delete(row)
    else:
        row.confirmed, row.left, row.subscribed = work.now, None, True
        row.organization_id = _organization_of(work, address)
    work.db.flush()


def _organization_of(work: Work, address: str) -> int | None:
    """By the mail domain."""
    domain = address.rpartition("@")[2]
    return work.db.scalar(
        select(OrganizationDomain.organization_id)
        .join(Organization, Organization.id == OrganizationDomain.organization_id)
        .where(func.lower(OrganizationDomain.domain) == domain, Organization.disabled.is_(False))
        .limit(1)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
