"""A factory of people, queues and tickets for tests: everything through the domain's own functions."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.calendars.saving import save_calendar
from rtpy.changes.calendars.terms import USUAL
from rtpy.changes.people import create_person, find_person
from rtpy.changes.pipeline import create_ticket
from rtpy.changes.ticket.create import CreateTicket
from rtpy.content.part import plain_message
from rtpy.identity.passwords import hash_password
from rtpy.models import Ace, Organization, OrganizationDomain, Queue, Ticket, User, WorkCalendar
from rtpy.setup import grant_queue
from rtpy.work import Work


class Factory:
    """Makes what a test needs; names are given, so that a test reads well."""

    def __init__(self, app: App, db: Session) -> None:
        self._app = app
        self._db = db

    @property
    def system(self) -> Work:
        """Work of the system."""
        return self._app.work_in(self._db)

    def customer(self, address: str, name: str = "") -> User:
        """A person without privileges."""
        found = find_person(self._db, address)
        return found or create_person(self.system, name=address, email_address=address, real_name=name)

    def staff(self, name: str, *, password: str = "", real_name: str = "") -> User:
        """A privileged person with the address NAME@staff.example."""
        user = create_person(
            self.system,
            name=name,
            email_address=f"{name}@staff.example",
            real_name=real_name,
            privileged=True,
        )
        if password:
            user.password_hash = hash_password(password)
        self._db.flush()
        return user

    def queue(self, name: str = "General", *, open_to_all: bool = True, granted: bool = True) -> Queue:
        """The queue of that name; made when there is none, with a fresh installation's rights unless not `granted`."""
        found = self._db.scalar(select(Queue).where(Queue.name == name))
        if found is not None:
            return found
        queue = Queue(name=name, created=self._app.clock.now())
        self._db.add(queue)
        self._db.flush()
        if granted:
            grant_queue(self._db, queue, everyone=open_to_all)
            self._db.flush()
        return queue

    def organization(self, name: str, *domains: str) -> Organization:
        """A client company with mail domains."""
        organization = Organization(name=name, created=self._app.clock.now())
        self._db.add(organization)
        self._db.flush()
        self._db.add_all(
            OrganizationDomain(organization_id=organization.id, domain=domain) for domain in domains
        )
        self._db.flush()
        return organization

    def grant(self, user: User | str, *rights: str, queue: Queue | None = None) -> None:
        """Grant rights to a user, or to whoever plays the role of that name, on a queue or on the system."""
        who = {"role": user} if isinstance(user, str) else {"principal_id": user.id}
        where = ("queue", queue.id) if queue else ("system", 0)
        self._db.add_all(
            Ace(right_name=right, object_type=where[0], object_id=where[1], **who) for right in rights
        )
        self._db.flush()

    def revoke(self, right: str, queue: Queue) -> None:
        """Take a right on a queue away from everybody who has it there."""
        self._db.execute(
            delete(Ace).where(Ace.right_name == right, Ace.object_type == "queue", Ace.object_id == queue.id)
        )

    def calendar(self, name: str = "Office", zone: str = "Europe/Berlin", **given: str) -> WorkCalendar:
        """A working calendar, Monday to Friday from 8 to 17 unless `day_0` and so on say otherwise."""
        return save_calendar(self.system, None, {**USUAL, "name": name, "zone": zone, **given})

    def ticket(
        self,
        subject: str = "Printer on fire",
        *,
        queue: str = "General",
        requestor: str = "ann@client.example",
        text: str = "It burns.",
        cc: Sequence[str] = (),
    ) -> Ticket:
        """A ticket written by its requestor."""
        create = CreateTicket(
            queue=self.queue(queue),
            subject=subject,
            message=plain_message(text),
            requestors=(self.customer(requestor),),
            cc=tuple(self.customer(address).id for address in cc),
        )
        return create_ticket(self.system, create).ticket
