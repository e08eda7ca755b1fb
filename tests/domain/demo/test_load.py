"""The sample consultancy goes in through the real intake and pipeline, once, and comes out again without a trace."""

from datetime import UTC, datetime
from functools import cache

import pytest
from sqlalchemy import func, select

import rtpy.models
from rtpy.demo import load as loading
from rtpy.demo.made import read_made
from rtpy.demo.script import opens_ticket
from rtpy.models import (
    Article,
    ArticleTopic,
    Asset,
    AssetWatcher,
    Attachment,
    Catalog,
    CustomFieldContent,
    IncomingMail,
    Link,
    Organization,
    OrganizationMember,
    OutgoingMail,
    OutgoingRecipient,
    Queue,
    Ticket,
    Transaction,
    User,
    Watcher,
    WebhookDelivery,
)
from rtpy.search.assets import AssetFilter, list_assets
from rtpy.work import Actor, Face

END = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FIRST = 110
"""Events loaded to see what becomes of them: enough for every kind of event."""
FEW = 50
"""Events loaded where what is loaded matters less."""
_script = loading.script


@cache
def _whole(seed, end):
    return list(_script(seed, end))


@pytest.fixture
def short(monkeypatch):
    """Makes loading stop after the first events, as if the three months had been quiet afterwards."""
    return lambda first: monkeypatch.setattr(loading, "script", lambda seed, end: _whole(seed, end)[:first])


def count(app, *models):
    with app.reading_sessions() as db:
        return {model.__name__: db.scalar(select(func.count()).select_from(model)) for model in models}


def every(app):
    return count(
        app, *(row for name in rtpy.models.__all__ if hasattr(row := getattr(rtpy.models, name), "__table__"))
    )


def all_of_it_goes_away(app, before):
    assert loading.remove(app)
    after = every(app)
    left = {
        name: after[name] - before[name]
        for name in after
        if name not in ("RateCounter", "SearchPending") and after[name] != before[name]
    }
    assert left == {}


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.databases(
    "sqlite"
)  # the events after the first ones, which run on both, bring no other statement
def test_the_whole_script_makes_300_tickets_and_all_of_it_goes_away(committed_app):
    before, heard = every(committed_app), []
    loading.load(committed_app, end=END, progress=lambda done, total: heard.append((done, total)))
    with committed_app.reading_sessions() as db:
        states = set(db.scalars(select(IncomingMail.state)))
        unanswered = db.scalar(select(func.count()).where(OutgoingMail.state != "sent"))
        linked = db.scalars(select(Link.target).where(Link.target.startswith("asset:"))).all()
    assert count(committed_app, Ticket) == {"Ticket": 300}
    assert states == {"done"}
    assert unanswered == 0
    assert count(committed_app, Article) == {"Article": 12}
    assert len(set(linked)) >= 14
    assert heard[-1][0] == heard[-1][1] > 1500
    all_of_it_goes_away(committed_app, before)


def the_clients_are_there_with_their_people(loaded):
    assert count(loaded, Organization, OrganizationMember, Queue) == {
        "Organization": 8,
        "OrganizationMember": 40,
        "Queue": 4,
    }


def tickets_and_their_history_bear_the_dates_of_the_script(loaded):
    with loaded.reading_sessions() as db:
        first, last = db.execute(select(func.min(Ticket.created), func.max(Ticket.created))).one()
        latest = db.scalar(select(func.max(Transaction.created)))
    assert 85 < (END - first).days <= 90
    assert last <= latest < END


def customers_are_requestors_of_tickets_of_their_client(loaded):
    with loaded.reading_sessions() as db:
        without = db.scalar(select(func.count()).where(Ticket.organization_id.is_(None)))
        requestors = db.scalar(
            select(func.count(func.distinct(Watcher.ticket_id))).where(Watcher.role == "Requestor")
        )
    assert without == 0
    assert requestors == count(loaded, Ticket)["Ticket"]


def answers_join_their_tickets(loaded):
    with loaded.reading_sessions() as db:
        made = read_made(db)
        mails = db.scalar(select(func.count()).select_from(IncomingMail))
        replies = db.scalar(
            select(func.count()).where(Transaction.type == "Correspond", Transaction.face == "mail")
        )
        by_mail = db.scalar(
            select(func.count()).where(
                Transaction.type == "Create", Transaction.face == "mail", Transaction.object_type == "ticket"
            )
        )
    assert len(made.mails) == mails == replies + by_mail
    assert replies > 5


def time_owners_and_files_are_there(loaded):
    with loaded.reading_sessions() as db:
        worked = db.scalar(select(func.sum(Ticket.time_worked)))
        owned = db.scalar(select(func.count()).where(Ticket.owner_id != loaded.nobody_id(db)))
        names = set(db.scalars(select(Attachment.filename).where(Attachment.filename != "")))
    assert worked > 200
    assert owned > 8
    assert len(names) > 3


def no_mail_of_the_demo_waits_to_be_sent(loaded):
    with loaded.reading_sessions() as db:
        states = {tuple(row) for row in db.execute(select(OutgoingMail.state, OutgoingMail.last_answer))}
        recipients = set(db.scalars(select(OutgoingRecipient.state)))
    assert states == {("sent", "demo")}
    assert recipients == {"sent"}


def the_sample_people_cannot_log_in(loaded):
    with loaded.reading_sessions() as db:
        with_password = set(db.scalars(select(User.name).where(User.password_hash.is_not(None))))
    assert with_password == {"root"}


def clients_own_things_that_tickets_are_about(loaded):
    with loaded.reading_sessions() as db:
        assets = db.scalar(select(func.count()).select_from(Asset))
        linked = db.scalars(select(Link.target).where(Link.target.startswith("asset:"))).all()
        filled = db.scalar(
            select(func.count()).where(
                CustomFieldContent.object_type == "asset", CustomFieldContent.content != ""
            )
        )
        held = set(db.scalars(select(AssetWatcher.role)))
        staff = loaded.work_in(db, loaded.actor_named(db, "tom", Face.WEB))
        assert len(list_assets(staff, AssetFilter()).rows) == 25
    assert 38 <= assets <= 46
    assert filled == 3 * assets
    assert held == {"HeldBy", "Contact"}
    assert len(set(linked)) >= 2


def staff_have_written_articles_by_and_by(loaded):
    with loaded.reading_sessions() as db:
        rows = db.execute(
            select(Article.created, Article.content, User.name).join(User, User.id == Article.creator_id)
        )
        articles = rows.all()
        under = db.scalar(select(func.count(func.distinct(ArticleTopic.article_id))))
    assert len(articles) == under >= 1
    assert len({created for created, _, _ in articles}) == len(articles)
    assert all(name != "RT_System" and len(content) > 500 for _, content, name in articles)


def loading_again_does_nothing(loaded):
    before = every(loaded)
    loading.load(loaded, end=END)
    assert loading.is_loaded(loaded)
    assert every(loaded) == before


CHECKS = (
    the_clients_are_there_with_their_people,
    tickets_and_their_history_bear_the_dates_of_the_script,
    customers_are_requestors_of_tickets_of_their_client,
    answers_join_their_tickets,
    time_owners_and_files_are_there,
    no_mail_of_the_demo_waits_to_be_sent,
    the_sample_people_cannot_log_in,
    clients_own_things_that_tickets_are_about,
    staff_have_written_articles_by_and_by,
    loading_again_does_nothing,
)


def test_what_is_loaded_is_whole_and_goes_away(committed_app, short):
    # One loading for all checks: it takes seconds, and none of them changes anything.
    short(FIRST)
    before = every(committed_app)
    loading.load(committed_app, end=END)
    for check in CHECKS:
        check(committed_app)
    all_of_it_goes_away(committed_app, before)


@pytest.mark.databases("sqlite")  # what is taken away again is taken away on both by the test above
def test_a_loading_that_broke_off_is_started_anew(committed_app, short, monkeypatch):
    short(FEW)
    original = loading._Loader.do

    def breaks(self, event):
        if len(self.made.tickets) == 6:
            raise KeyboardInterrupt
        original(self, event)

    with monkeypatch.context() as patch:
        patch.setattr(loading._Loader, "do", breaks)
        with pytest.raises(KeyboardInterrupt):
            loading.load(committed_app, end=END)
    assert not loading.is_loaded(committed_app)
    assert count(committed_app, Ticket) == {"Ticket": 6}
    loading.load(committed_app, end=END)
    tickets = len(set(_opened()))
    assert count(committed_app, Ticket) == {"Ticket": tickets}


def _opened():
    return [event.key for event in loading.script(loading.SEED, END) if opens_ticket(event)]


@pytest.mark.databases("sqlite")  # who leans on what is asked in rows that the removal above asks on both
def test_what_real_work_leans_on_stays_disabled(committed_app, short):
    from rtpy.changes.people import find_by_address
    from rtpy.changes.pipeline import change_ticket, create_ticket
    from rtpy.changes.ticket.basics import SetSubject
    from rtpy.changes.ticket.create import CreateTicket
    from rtpy.changes.ticket.links import AddLink
    from rtpy.content.part import plain_message
    from rtpy.webhooks.saving import save_webhook

    short(FEW)
    loaded = committed_app
    loading.load(loaded, end=END)
    with loaded.sessions() as db:
        root = db.scalars(select(User).where(User.name == "root")).one()
        work = loaded.work_in(db, Actor(root.id, "root", Face.WEB))
        told = {"name": "n8n", "url": "https://hooks.example.com/", "events": "any", "user": "root"}
        save_webhook(work, None, told)
        sample = db.scalars(select(Ticket).limit(1)).one()
        change_ticket(work, sample, SetSubject("Looked at"))
        general = db.scalars(select(Queue).where(Queue.name == "General")).one()
        customer = find_by_address(db, "s.hoyer@belmont-logistics.example")
        real = create_ticket(
            work,
            CreateTicket(
                queue=general, subject="Real", message=plain_message("Real."), requestors=(customer,)
            ),
        ).ticket
        asset = db.scalar(select(Asset.id).where(Asset.name == "BLM-FS01"))
        change_ticket(work, real, AddLink("RefersTo", f"asset:{asset}"))
        real = real.id
        db.commit()
    loading.remove(loaded)
    with loaded.reading_sessions() as db:
        assert [ticket.id for ticket in db.scalars(select(Ticket))] == [real]
        assert set(db.scalars(select(WebhookDelivery.ticket_id))) == {real}
        assert [
            name
            for name, disabled in db.execute(select(Organization.name, Organization.disabled))
            if disabled
        ] == ["Belmont Logistics GmbH"]
        assert find_by_address(db, "s.hoyer@belmont-logistics.example") is not None
        assert find_by_address(db, "k.marsh@belmont-logistics.example") is None
        assert db.scalars(select(Asset.id)).all() == [asset]
        assert db.execute(select(Catalog.name, Catalog.disabled)).all() == [("Client equipment", True)]
        assert db.scalar(select(func.count()).select_from(Article)) == 0


def test_removing_nothing_does_nothing(committed_app):
    assert not loading.remove(committed_app)
