"""A database copied into one of the other kind: the same by counts, figures and pages, with its rules in force."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from webtest import TestApp

from rtpy.backups.copying import copy_database, tables_to_copy
from rtpy.backups.figures import count_rows, vital_figures
from rtpy.errors import Refused
from rtpy.http.transactions import join_sessions
from rtpy.mail import outbox
from rtpy.models import Ticket
from rtpy.search.text.indexing import index_some
from rtpy.search.text.matching import ticket_matches
from rtpy.site_key import fingerprint, noted_fingerprint, refuse_another_key
from rtpy.testing.fixtures import ROOT_PASSWORD
from rtpy.testing.people import Factory
from rtpy.wsgi import make_wsgi


@pytest.fixture
def other_kind(database_kind):
    return "postgresql" if database_kind == "sqlite" else "sqlite"


def page_of(wsgi, ticket):
    """The page of a ticket as root sees it."""
    browser = TestApp(wsgi, lint=False, extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    form = browser.get("/login").form
    form["username"], form["password"] = "root", ROOT_PASSWORD
    form.submit(status=303)
    return list(browser.get(f"/ticket/{ticket}").html.select_one("main").stripped_strings)


def test_everything_comes_along_and_goes_on(
    site, other_kind, empty_database, app_at, tell, compiled_templates, tmp_path
):
    url = empty_database("other", other_kind)
    refuse_another_key(site.engine, site.config, site.clock.now())  # as each start does, which notes it
    copied = copy_database(site, url, tell)
    folder = str(site.config.home / "attachments")
    there = app_at(tmp_path / "other", url, rtname="help.example", attachments__folder=folder)
    with site.work(reading=True) as here, there.work(reading=True) as new:
        assert vital_figures(here) == vital_figures(new)
        rows, others = count_rows(here.db.connection()), count_rows(new.db.connection())
        names = {table.name for table in tables_to_copy(site)}
        others["configurations"] -= 1  # that mail is held
        assert {name: rows[name] for name in names} == {name: others[name] for name in names} == copied
        newest = new.db.scalar(select(Ticket.id).order_by(Ticket.id.desc()).limit(1))
    if other_kind == "postgresql":  # once is enough: pages cost seconds
        wsgi = make_wsgi(site, **{"rtpy.template_cache": compiled_templates})
        before = page_of(wsgi, newest)
        join_sessions(wsgi.registry, there)
        assert page_of(wsgi, newest) == before
        assert "a b.png" in before

    with there.work() as work:
        assert noted_fingerprint(work.db.connection()) == fingerprint(site.config)
        assert outbox.is_held_as_restored(work.db)
        assert Factory(there, work.db).ticket("Goes on").id == newest + 1
    while index_some(there):
        pass
    with there.work(reading=True) as work:
        assert newest in set(work.db.scalars(select(Ticket.id).where(ticket_matches(work, "Ärger"))))
    with pytest.raises(DBAPIError, match="never changed"), there.engine.begin() as connection:
        connection.execute(text("UPDATE transactions SET type = 'x'"))
    with pytest.raises(DBAPIError), there.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET queue_id = 999999"))
    with pytest.raises(Refused, match="is not empty"):
        copy_database(site, url, tell)


# PostgreSQL is the one that takes less
@pytest.mark.databases("sqlite")
def test_a_row_that_the_other_database_does_not_take_is_told_and_nothing_is_copied(
    site, other_kind, empty_database, app_at, tell, tmp_path
):
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET subject = 'a' || char(0) || 'b'"))
    url = empty_database("other", other_kind)
    with pytest.raises(Refused, match=r"A row of the table tickets cannot be stored .* Nothing was copied"):
        copy_database(site, url, tell)
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET subject = 'mended'"))
    assert copy_database(site, url, tell)["tickets"] == 2


def test_two_of_one_kind_and_tables_of_plugins_that_are_not_listed_are_refused(
    site, empty_database, other_kind, tell
):
    with pytest.raises(Refused, match="of the same kind"):
        copy_database(site, empty_database("same"), tell)
    with site.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version_visits (version_num VARCHAR(32))"))
    with pytest.raises(Refused, match="tables of the plugin visits"):
        copy_database(site, empty_database("other", other_kind), tell)
