"""Who might be the same person: equal names, and addresses that are alike."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rtpy.models import User
from rtpy.models.user import NOBODY, SYSTEM_USER

MOST = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody who may be the same person, and why."""

    id: int
    name: str
    address: str
    why: str


def suggest_duplicates(db: Session, user: User) -> list[Suggestion]:
    """People of the same name, or with the same words before the @ of another domain, oldest first. One query."""
    name = " ".join(user.real_name.lower().split())
    local = (user.email_address or "").lower().rpartition("@")[0]
    alike = []
    if name:
        alike.append(func.lower(User.real_name) == name)
    if len(local) > 3:
        alike.append(func.lower(User.email_address).startswith(f"{local}@", autoescape=True))
    if not alike:
        return []
    rows = db.execute(
        select(User.id, User.name, User.real_name, User.email_address)
        .where(
            or_(*alike),
            User.id != user.id,
            User.merged_into_id.is_(None),
            User.name.not_in((NOBODY, SYSTEM_USER)),
        )
        .order_by(User.id)
        .limit(MOST)
    )
    return [
        Suggestion(
            row.id,
            row.real_name or row.name,
            row.email_address or "",
            "has the same name" if name and row.real_name.lower() == name else "has a similar address",
        )
        for row in rows
    ]
