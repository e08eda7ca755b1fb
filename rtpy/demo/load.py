"""Loads the sample consultancy: every event runs through the mail intake or the change pipeline at its own date.

The mails that the system answers with are kept as sent, with the answer `demo`, and go nowhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from email import message_from_bytes
from email.policy import default as default_policy
from email.utils import parseaddr
from typing import assert_never

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from rtpy.app import App
from rtpy.changes.change import Change
from rtpy.changes.people import find_by_address, find_by_name, person_for_address
from rtpy.changes.pipeline import change_ticket, create_ticket
from rtpy.changes.ticket import basics, content, dates, owner, status
from rtpy.changes.ticket.create import CreateTicket
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.people import AddWatcher
from rtpy.clock import SettableClock
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.demo import events as told
from rtpy.demo.brought import begin_brought, load_brought
from rtpy.demo.inventory import DemoAsset, inventory
from rtpy.demo.knowledge import DemoArticle, Knowledge, knowledge
from rtpy.demo.made import Made, read_made, write_made
from rtpy.demo.people import Consultancy, consultancy
from rtpy.demo.remove import remove
from rtpy.demo.script import script
from rtpy.demo.settling import settle
from rtpy.demo.shelving import settle_assets, settle_shelves, write_article
from rtpy.links.things import asset_uri
from rtpy.mail.intake import AnswerKind, take_in
from rtpy.mail.message_ids import ticket_reference
from rtpy.mail.tags import subject_tag
from rtpy.models import OutgoingMail, OutgoingRecipient, Queue, Ticket, User
from rtpy.models.watcher import CC
from rtpy.work import Face, Work

SEED = 42
SENT_ANSWER = "demo"
_NOTED_EVERY = 25


def is_loaded(app: App) -> bool:
    """Whether the sample consultancy is in the database, all of it."""
    with app.reading_sessions() as db:
        made = read_made(db)
        return made is not None and made.is_complete


def load(
    app: App,
    *,
    seed: int = SEED,
    end: datetime | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Load the 90 days before `end` (now), unless they are loaded; `progress` hears of events done and in all.

    What an earlier loading left when it was broken off is removed first. The app's clock is set back meanwhile:
    call it only where nothing else uses this app. Commits after every event.
    """
    if is_loaded(app):
        load_brought(app)
        return
    remove(app)
    clock = app.clock
    end = end or clock.now()
    house = consultancy(seed)
    happenings = list(script(seed, end))
    known = knowledge(happenings[0].at)
    dated = SettableClock(happenings[0].at)
    app.clock = dated
    try:
        loader = _Loader(app, house, Made(seed))
        loader.settle(known, inventory(house, seed, end.date()))
        begin_brought(app)
        waiting = list(known.articles)
        for done, event in enumerate(happenings, 1):
            while waiting and waiting[0].at < event.at:
                dated.set(waiting[0].at)
                loader.write(known, waiting.pop(0))
            dated.set(event.at)
            loader.do(event)
            if done % _NOTED_EVERY == 0:
                loader.note()
                progress(done, len(happenings))
        loader.made.is_complete = True
        loader.note()
        progress(len(happenings), len(happenings))
    finally:
        app.clock = clock
    load_brought(app)


class _Loader:
    """Does one event after the other, and keeps which ticket each key has become."""

    def __init__(self, app: App, house: Consultancy, made: Made) -> None:
        self.app, self.house, self.made = app, house, made
        self.tickets: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.equipment: dict[int, DemoAsset] = {}
        self.customers: dict[str, str] = {}
        self.meant: dict[str, set[int]] = defaultdict(set)
        self.linked: dict[str, set[int]] = defaultdict(set)
        self.begun = app.clock.now()

    def settle(self, known: Knowledge, things: Iterable[DemoAsset]) -> None:
        with self.app.work() as work:
            self.names = settle(work, self.house, self.made)
            settle_shelves(work, known, self.made)
            write_made(self.app, work.db, self.made)
        with self.app.sessions() as db:
            work = self.staff_work(db, "tom")
            self.equipment = settle_assets(work, self.house, self.names, things, self.made)
            write_made(self.app, db, self.made)
            db.commit()

    def write(self, known: Knowledge, article: DemoArticle) -> None:
        with self.app.sessions() as db:
            write_article(self.staff_work(db, article.author), known, article, self.made)
            db.commit()

    def staff_work(self, db: Session, login: str) -> Work:
        return self.app.work_in(db, self.app.actor_named(db, self.names[login], Face.WEB))

    def note(self) -> None:
        with self.app.work() as work:
            write_made(self.app, work.db, self.made)

    def do(self, event: told.Event) -> None:
        if isinstance(event, told.MailIn):
            self.take_in(event)
            with self.app.work() as work:
                keep_as_sent(work, self.tickets[event.key])
            return
        with self.app.sessions() as db:
            work = self.staff_work(db, event.staff)
            if isinstance(event, told.PhoneTicket):
                self.open_by_phone(work, event)
            else:
                ticket = self.ticket(db, event.key)
                change_ticket(work, ticket, *self.links(event), *self.changes(work, ticket, event))
            keep_as_sent(work, self.tickets[event.key])
            db.commit()

    def take_in(self, event: told.MailIn) -> None:
        answer = take_in(self.app, self.filled(event), queue=event.queue, peer="demo")
        if answer.kind is not AnswerKind.OK or answer.ticket_id is None:
            raise RuntimeError(f"The sample mail of {event.key} was not filed: {answer.text or answer.kind}")
        self.made.mails.append(answer.mail_id)
        if event.opens:
            self.opened(event.key, answer.ticket_id)
            self.note_sender(event.raw)
            self.customers[event.key], text = words_of(event.raw)
            self.note_equipment(event.key, text)

    def filled(self, event: told.MailIn) -> bytes:
        with self.app.reading_sessions() as db:
            return told.with_ticket(
                event.raw,
                lambda key: subject_tag(self.app.config.rtname, self.tickets[key]),
                lambda key: f"<{self.last_message_id(db, self.tickets[key])}>",
            )

    def note_sender(self, raw: bytes) -> None:
        """The intake made a user of a machine that writes for the first time."""
        address = parseaddr(str(message_from_bytes(raw)["From"]))[1]
        with self.app.reading_sessions() as db:
            user = find_by_address(db, address)
        if user is not None and user.created >= self.begun and user.id not in self.made.users:
            self.made.users.append(user.id)
            self.note()  # or its tickets would stay when loading is broken off before the next note

    def note_equipment(self, key: str, text: str) -> None:
        """What of the customer's own company a text about the ticket speaks of."""
        customer = self.customers.get(key, "")
        own = next((each.organization for each in self.house.customers if each.email == customer), "")
        for number, thing in self.equipment.items():
            if own and thing.organization == own and thing.is_meant(text, customer):
                self.meant[key].add(number)

    def links(self, event: told.Event) -> list[AddLink]:
        """Whoever of the staff comes next says what the ticket is about."""
        if isinstance(event, told.StaffReply | told.StaffComment):
            self.note_equipment(event.key, event.text)
        new = sorted(self.meant[event.key] - self.linked[event.key])
        self.linked[event.key].update(new)
        return [AddLink("RefersTo", asset_uri(each)) for each in new]

    def last_message_id(self, db: Session, ticket_id: int) -> str:
        """Of the last mail that the customer had from us."""
        found = db.scalar(
            select(OutgoingMail.message_id)
            .where(OutgoingMail.ticket_id == ticket_id, OutgoingMail.internal.is_(False))
            .order_by(OutgoingMail.id.desc())
            .limit(1)
        )
        return found or ticket_reference(self.app.config, ticket_id)

    def open_by_phone(self, work: Work, event: told.PhoneTicket) -> None:
        queue = work.db.scalars(select(Queue).where(Queue.name == event.queue)).one()
        create = CreateTicket(
            queue=queue,
            subject=event.subject,
            message=plain_message(event.text),
            requestors=(person_for_address(work.as_system(), event.customer),),
            time_taken=event.minutes,
        )
        self.opened(event.key, create_ticket(work, create).ticket.id)
        self.customers[event.key] = event.customer
        self.note_equipment(event.key, f"{event.subject}\n{event.text}")

    def changes(self, work: Work, ticket: Ticket, event: told.Event) -> list[Change]:
        match event:
            case told.StaffReply():
                return self.said(content.Correspond, event)
            case told.StaffComment():
                return self.said(content.Comment, event)
            case told.Take():
                return [owner.Take()]
            case told.Give():
                return [owner.SetOwner(self.staff(work, event.to))]
            case told.SetStatus():
                return [status.SetStatus(event.status)]
            case told.SetPriority():
                return [basics.SetPriority(event.priority)]
            case told.SetDue():
                return [dates.SetDate("Due", event.due)]
            case told.Merge():
                return [MergeInto(self.ticket(work.db, event.into_key))]
            case told.AddCc():
                return [AddWatcher(CC, person_for_address(work.as_system(), event.customer).id)]
            case told.MailIn() | told.PhoneTicket():
                raise TypeError(f"{event!r} opens or continues a ticket by itself")
            case _:
                assert_never(event)

    @staticmethod
    def said(
        kind: type[content.Correspond | content.Comment], event: told.StaffReply | told.StaffComment
    ) -> list[Change]:
        files = tuple(
            Part(file.content_type, file.data, PartRole.FILE, filename=file.name) for file in event.files
        )
        changes: list[Change] = [kind(plain_message(event.text, files=files), event.minutes)]
        if event.status:
            changes.append(status.SetStatus(event.status))
        return changes

    def staff(self, work: Work, login: str) -> User:
        user = find_by_name(work.db, self.names[login])
        assert user is not None
        return user

    def ticket(self, db: Session, key: str) -> Ticket:
        query = select(Ticket).options(joinedload(Ticket.queue)).where(Ticket.id == self.tickets[key])
        return db.scalars(query).one()

    def opened(self, key: str, ticket_id: int) -> None:
        self.tickets[key] = ticket_id
        self.made.tickets.append(ticket_id)


def words_of(raw: bytes) -> tuple[str, str]:
    """Who wrote a mail, and what its subject and its plain text say."""
    mail = message_from_bytes(raw, policy=default_policy)
    body = mail.get_body(("plain", "html"))
    return parseaddr(str(mail["From"]))[1], f"{mail['Subject']}\n{body.get_content() if body else ''}"


def keep_as_sent(work: Work, ticket_id: int) -> None:
    """The mails about a ticket that wait to be sent count as sent, at the time of the work, and reach nobody."""
    db = work.db
    waiting = db.scalars(
        select(OutgoingMail.id).where(OutgoingMail.ticket_id == ticket_id, OutgoingMail.state == "queued")
    ).all()
    if not waiting:
        return
    sent = {"state": "sent", "last_answer": SENT_ANSWER}
    db.execute(
        update(OutgoingRecipient).where(OutgoingRecipient.mail_id.in_(waiting)).values(**sent),
        execution_options={"synchronize_session": False},
    )
    db.execute(
        update(OutgoingMail).where(OutgoingMail.id.in_(waiting)).values(**sent, sent=work.now, attempts=1),
        execution_options={"synchronize_session": False},
    )
