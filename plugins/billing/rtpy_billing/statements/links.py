"""Links by which customers read their statement without an account: made, found, withdrawn."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.models import Organization
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_billing.models import Customer, StatementLink
from rtpy_billing.periods.period import Period
from rtpy_billing.rights import ADMIN_AGREEMENTS, ADMIN_BILLING, APPROVE_BILLING

DAYS = "billing.statement_link_days"
MAY_WITHDRAW = (ADMIN_AGREEMENTS, ADMIN_BILLING, APPROVE_BILLING)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it goes into a mail: nobody can read its token again."""

    token: str
    expires: datetime


def make_link(work: Work, customer: Customer, period: Period) -> NewLink | None:
    """A new link to a statement of these days, for the customer's address; None when links are switched off."""
    days = int(setting(work.app, work.db, DAYS))
    if days <= 0:
        return None
    token, expires = secrets.token_urlsafe(32), work.now + timedelta(days=days)
    work.db.add(
        StatementLink(
            organization_id=customer.organization_id,
            starts_on=period.start,
            ends_on=period.end,
            sent_to=customer.email,
            token_hash=_hash(token),
            created=work.now,
            expires=expires,
        )
    )
    return NewLink(token, expires)


def find_link(work: Work, token: str) -> StatementLink | None:
    """The link of a token, while it holds: not withdrawn, not too old, and the customer has the same address."""
    if not 40 <= len(token) <= 50:
        return None
    row = work.db.execute(
        select(StatementLink, Customer.email)
        .join(Customer, Customer.organization_id == StatementLink.organization_id)
        .join(Organization, Organization.id == StatementLink.organization_id)
        .where(StatementLink.token_hash == _hash(token), Organization.disabled.is_(False))
    ).one_or_none()
    return row[0] if row is not None and standing_of(work, row[0], row[1]) == "open" else None


def standing_of(work: Work, link: StatementLink, address: str) -> str:
    """`open`, `withdrawn`, `expired`, or `readdressed` when the customer's mails go to another `address` now."""
    if link.withdrawn is not None:
        return "withdrawn"
    if link.expires <= work.now:
        return "expired"
    return "open" if link.sent_to.lower() == address.lower() else "readdressed"


def links_of(db: Session, organization_id: int, most: int = 20) -> list[StatementLink]:
    """The newest links of a customer."""
    return list(
        db.scalars(
            select(StatementLink)
            .where(StatementLink.organization_id == organization_id)
            .order_by(StatementLink.id.desc())
            .limit(most)
        )
    )


def withdraw_link(work: Work, link: StatementLink) -> None:
    """It opens nothing any more. Needs AdminAgreements, AdminBilling or ApproveBilling; nothing when it was done."""
    need_system(work, *MAY_WITHDRAW)
    if link.withdrawn is not None:
        return
    link.withdrawn, link.withdrawn_by_id = work.now, work.actor.user_id
    organization = work.db.get_one(Organization, link.organization_id)
    note_configuration(
        work,
        "statement link",
        link.id,
        organization.name,
        {"sent to": link.sent_to, "opens": True},
        {"sent to": link.sent_to, "opens": False},
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
