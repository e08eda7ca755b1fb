"""A shop with a policy that has a ladder, for tests of escalation: everything counts around the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from rtpy.app import App
from rtpy.changes.pipeline import change_ticket
from rtpy.clock import SettableClock
from rtpy.models import OutgoingMail, Ticket
from rtpy.testing.people import Factory
from rtpy.work import Work
from rtpy_sla.clocks.words import Retarget
from rtpy_sla.escalation.mails import send_waiting
from rtpy_sla.escalation.run import due_tickets, look_after
from rtpy_sla.following.changes import PinPolicy
from rtpy_sla.following.recount import recount
from rtpy_sla.models import ClockRow, Firing, Ladder, Policy, PolicyVersion

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def step(
    key: str, *deeds: str, percent: int | None = 100, seconds: int = 0, **further: Any
) -> dict[str, Any]:
    """A step as plain values; deeds are written `kind` or `kind value`."""
    when = {"percent": percent} if not seconds else {"seconds": seconds}
    does = [dict(zip(("kind", "value"), deed.split(" ", 1), strict=False)) for deed in deeds]
    return {"key": key, **when, "do": does, **further}


@dataclass
class Shop:
    """Its clock, its tickets, and rounds of the worker."""

    app: App
    db: Session
    clock: SettableClock
    make: Factory

    def policy(
        self,
        steps: Sequence[dict[str, Any]],
        *,
        quiet: dict[str, Any] | None = None,
        name: str = "Gold",
        terms: dict[str, int] | None = None,
    ) -> int:
        """A policy of two hours until the first response; gives the number of its version."""
        ladder = Ladder(name=f"{name} ladder", steps=list(steps), quiet=quiet or {})
        self.db.add(ladder)
        self.db.flush()
        policy = Policy(name=name, position=1, ladder_id=ladder.id)
        self.db.add(policy)
        self.db.flush()
        given = terms or {"first_response": 7200}
        pauses = ["customer", "scheduled", "third"]
        version = PolicyVersion(
            policy_id=policy.id,
            number=1,
            conditions={},
            bands=[
                {
                    "from_priority": 0,
                    "calendar_id": None,
                    "terms": {
                        target: {"amount": amount, "unit": "business", "pauses": pauses}
                        for target, amount in given.items()
                    },
                }
            ],
            reopening="continue",
            confirm_seconds=7 * 86_400,
            on_priority="creation",
            created=self.clock.now(),
            creator_id=self.app.system_user_id(self.db),
        )
        self.db.add(version)
        self.db.flush()
        return version.id

    def ticket(self, version_id: int, subject: str = "Printer on fire") -> Ticket:
        """A ticket of a customer, pinned from its creation."""
        ticket = self.make.ticket(subject)
        change_ticket(self.work, ticket, PinPolicy(version_id, Retarget.FROM_CREATION))
        recount(self.work, ticket)
        return ticket

    @property
    def work(self) -> Work:
        """Work of the system, now."""
        return self.app.work_in(self.db, None)

    def round(self) -> int:
        """One round of the worker, in the transaction of the test."""
        work = self.work
        done = look_after(work, due_tickets(work))
        return done + send_waiting(work)

    def after(self, by: timedelta) -> int:
        """A round so much later."""
        self.clock.advance(by)
        return self.round()

    def taken(self) -> list[str]:
        """The keys of all steps that were taken, in order."""
        return list(self.db.scalars(select(Firing.step).order_by(Firing.id)))

    def said(self) -> list[str]:
        """What came of the actions, in order."""
        return [
            each["said"]
            for row in self.db.scalars(select(Firing.outcome).order_by(Firing.id))
            for each in row
        ]

    def mails(self) -> list[OutgoingMail]:
        """The mails of escalation, in order."""
        rows = self.db.scalars(
            select(OutgoingMail).options(selectinload(OutgoingMail.recipients)).order_by(OutgoingMail.id)
        )
        return [mail for mail in rows if mail.message_id.startswith("rt-notice-")]

    def clock_of(self, ticket: Ticket, target: str = "first_response") -> ClockRow:
        """The row of a ticket's first clock of that target."""
        query = select(ClockRow).where(ClockRow.ticket_id == ticket.id, ClockRow.target == target)
        return self.db.scalars(query.execution_options(populate_existing=True)).one()
