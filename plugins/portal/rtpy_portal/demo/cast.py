"""Who acts in the sample portal and when: its staff and customers, as far as they are there."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from rtpy.demo.made import Made
from rtpy.models import OrganizationMember, Principal, Ticket, User
from rtpy.work import Actor, Face, Work

MORNING = 8  # in UTC


class Cast:
    """People by the part of their address before the @, and the days of the three months."""

    def __init__(self, work: Work, made: Made) -> None:
        self.work = work
        oldest = work.db.scalar(select(func.min(Ticket.created)).where(Ticket.id.in_(made.tickets)))
        self.begun: datetime = oldest or work.now - timedelta(days=90)
        rows = work.db.scalars(
            select(User)
            .join(Principal, Principal.id == User.id)
            .where(User.id.in_(made.users), Principal.disabled.is_(False))
            .order_by(User.id)
        )
        self.members = set(work.db.scalars(select(OrganizationMember.user_id)))
        self.people = {(row.email_address or row.name).partition("@")[0]: row for row in rows}

    @property
    def customers(self) -> list[User]:
        """Members of organisations: neither staff nor machines."""
        return [row for row in self.people.values() if row.id in self.members]

    def user(self, name: str) -> User | None:
        """The person; None when they are not the demo's own."""
        return self.people.get(name)

    def as_person(self, name: str, at: datetime, right: str = "") -> Work:
        """Work of that person at that moment; of the system where they are not there or lack the right."""
        found = self.user(name)
        if found is None:
            return replace(self.work, now=at)
        person = self.work.app.work_in(self.work.db, Actor(found.id, found.name, Face.WEB))
        return replace(self.work if right and not person.rights.system(right) else person, now=at)

    def day(self, number: int) -> datetime:
        """The morning of that day of the three months, never later than now."""
        morning = (self.begun + timedelta(days=number)).replace(hour=MORNING, minute=7, second=0)
        return min(morning, self.work.now)

    def ago(self, days: int) -> datetime:
        """A morning, one day before now or more."""
        return (self.work.now - timedelta(days=days)).replace(hour=MORNING, minute=22, second=0)
