"""P14, O13: a backup taken under load is a site again elsewhere, with all that was in it, and with its mail held."""

import threading

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from rtpy.backups.home import MARKER
from rtpy.backups.restoring import restore
from rtpy.backups.taking import take_backup
from rtpy.cli.main import rtpy
from rtpy.cli.site import open_app
from rtpy.errors import Refused
from rtpy.mail import outbox
from rtpy.mail.delivery import deliver_due
from rtpy.models import Attachment, Blob, Configuration, OutgoingMail, Ticket
from rtpy.models.configuration import LAST_BACKUP
from rtpy.ports import Delivery
from rtpy.site_key import fingerprint, noted_fingerprint
from rtpy.testing.people import Factory
from rtpy.wellbeing.inside import backup_signs
from rtpy.wsgi import make_app
from tests.backups.killing import killed_at


@pytest.fixture
def writing(site):
    """While the block lasts, somebody makes one ticket after the other."""
    stop, began, errors = threading.Event(), threading.Event(), []

    def write():
        try:
            while not stop.is_set():
                with site.work() as work:
                    Factory(site, work.db).ticket("Under load", requestor="load@client.example", text="More")
                began.set()
        except Exception as error:
            errors.append(error)
            began.set()

    thread = threading.Thread(target=write)
    thread.start()
    began.wait(30)
    yield
    stop.set()
    thread.join(30)
    assert errors == []


def tickets_in(app):
    with app.work(reading=True) as work:
        return work.db.scalar(select(func.count()).select_from(Ticket))


def note_backup(app):
    with app.work() as work:
        value = {"at": work.now.isoformat(), "bytes": 5_000_000, "verified": True}
        work.db.merge(Configuration(name=LAST_BACKUP, value=value, updated=work.now))


def said_of_backups(app):
    with app.work(reading=True) as work:
        return [sign.sentence for sign in backup_signs(work)]


def restored_at(home, backup, url, app_at, tell, **given):
    def read():
        return app_at(home, url, **given).config

    def make(config):
        return app_at(home, url, **given)

    return restore(backup, home, url, read=read, make_app=make, tell=tell)


def test_a_backup_under_load_is_the_same_site_elsewhere_with_mail_held_which_says_what_it_came_from(
    site, writing, database_kind, empty_database, app_at, tell, tmp_path
):
    note_backup(site)
    before = tickets_in(site)
    backup = tmp_path / "site.tar"
    manifest = take_backup(site, backup, {}, tell)
    after = tickets_in(site)
    assert before <= int(manifest.figures.vital["tickets"]) <= after
    assert (after > before, manifest.outside.count) == (True, 1)
    assert backup.stat().st_mode & 0o777 == 0o600

    home, url = tmp_path / "new", empty_database("new-database")
    store = "folder" if database_kind == "postgresql" else "database"
    restored = restored_at(home, backup, url, app_at, tell, attachments__store=store)
    assert not restored.is_older
    assert (home / "attachments").exists() == (store == "folder")
    assert (home / "secret_key").read_bytes() == (site.config.home / "secret_key").read_bytes()
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert url in (home / "rtpy.toml").read_text()
    there = app_at(home, url)
    with there.engine.begin() as connection:  # a backup of before it was noted whose key it is
        assert noted_fingerprint(connection) == fingerprint(site.config)
    assert restored.key_problem == ""
    assert tickets_in(there) == int(manifest.figures.vital["tickets"])
    with there.work() as work, site.work() as here:
        for query in (select(Attachment.blob_sha256), select(Blob.sha256)):
            hashes = set(work.db.scalars(query))
            assert set(there.blobs.get_many(work.db, sorted(hashes))) == hashes
            assert hashes <= set(here.db.scalars(query))

    assert deliver_due(there, transport=Taking()) == 0
    with there.work() as work:
        assert outbox.is_held_as_restored(work.db)
        queued = work.db.scalar(select(func.count()).where(OutgoingMail.state == "queued"))
        outbox.hold_all(work.db, held=False, now=work.now)
    assert queued > 0
    assert deliver_due(there, transport=Taking(), limit=queued) > 0
    assert deliver_due(there, transport=Taking()) >= 0
    with there.work() as work:
        assert not outbox.is_all_held(work.db)

    made = f"{manifest.made[:10]} {manifest.made[11:16]} UTC"
    assert said_of_backups(there) == [
        f"This site was restored from the backup of {made}, and has made none of its own since."
    ]
    note_backup(there)
    assert said_of_backups(there) == said_of_backups(site) == ["verified, 0 s ago, 5 MB"]


class Taking:
    """A transport that takes everything."""

    def deliver(self, envelope_sender, recipients, raw):
        return tuple(Delivery(address, "sent", "250 ok") for address in recipients)


def test_only_an_empty_home_and_an_empty_database_are_filled_and_a_refusal_leaves_nothing(
    site, empty_database, app_at, tell, tmp_path
):
    backup = tmp_path / "site.tar"
    nothing = empty_database("nothing")
    with pytest.raises(Refused, match="Run: rtpy init"):
        take_backup(app_at(tmp_path / "nothing", nothing), backup, {}, tell)
    assert not backup.exists()
    take_backup(site, backup, {}, tell)
    home = tmp_path / "new"
    with pytest.raises(Refused, match=r"not empty|is a database already"):
        restored_at(home, backup, site.config.database.url, app_at, tell)
    assert list(home.iterdir()) == []
    (home / "notes").write_text("mine")
    with pytest.raises(Refused, match=r"is not empty, there is notes"):
        restored_at(home, backup, empty_database("other"), app_at, tell)
    assert (home / "notes").read_text() == "mine"


# SQLite alone: the folder is the same
@pytest.mark.databases("sqlite")
def test_a_file_that_cannot_be_read_costs_no_backup_and_is_told(site, app_at, tell, tmp_path, monkeypatch):
    (lost,) = (file for file in (site.config.home / "attachments").rglob("*") if len(file.name) == 64)
    lost.unlink()
    monkeypatch.setenv("RTPY_CONFIG", str(site.config.home / "rtpy.toml"))
    backup, home = tmp_path / "site.tar", tmp_path / "new"
    told = CliRunner().invoke(rtpy, ["backup", "--home", str(site.config.home), str(backup)])
    assert (told.exit_code, "1 attachments could not be read" in told.output) == (1, True), told.output
    restored = restored_at(home, backup, f"sqlite:///{home}/rtpy.db", app_at, tell)
    assert restored.lost == restored.manifest.unreadable
    assert len(restored.lost) == 1


# SQLite alone: what kills and versions leave behind is the home's, whatever the database
@pytest.mark.databases("sqlite")
def test_a_restore_that_is_killed_leaves_no_site_that_starts_and_is_run_again(
    site, app_at, tell, tmp_path, monkeypatch
):
    backup, home = tmp_path / "site.tar", tmp_path / "new"
    take_backup(site, backup, {}, tell)
    assert killed_at("database-restored", site, "restore", str(backup), "--home", str(home)).returncode == -9
    assert (home / "rtpy.db").exists()
    config = app_at(home, f"sqlite:///{home}/rtpy.db").config
    for start in (make_app, lambda config: open_app(config).__enter__()):
        with pytest.raises(Refused, match="is not wholly restored"):
            start(config)
    monkeypatch.setenv("RTPY_CONFIG", str(site.config.home / "rtpy.toml"))
    told = CliRunner().invoke(rtpy, ["restore", str(backup), "--home", str(home)])
    assert told.exit_code == 0, told.output
    assert "Outgoing mail is held" in told.output
    make_app(config)
    assert tickets_in(app_at(home, f"sqlite:///{home}/rtpy.db")) == tickets_in(site)


@pytest.mark.databases("sqlite")
def test_a_newer_backup_is_refused_and_an_older_one_waits_for_migrate(
    site, app_at, tell, tmp_path, monkeypatch
):
    from rtpy.migrations.lines import CORE
    from rtpy.migrations.run import downgrade_connection, is_line_current, upgrade

    with monkeypatch.context() as patch:
        patch.setattr("rtpy.backups.figures.revisions_in", lambda _: {"": "9999"})
        take_backup(site, tmp_path / "newer.tar", {}, tell)
    home, url = tmp_path / "new", f"sqlite:///{tmp_path}/new/rtpy.db"
    with pytest.raises(Refused, match=r"revision 9999\) are newer than this rtpy"):
        restored_at(home, tmp_path / "newer.tar", url, app_at, tell)
    assert not home.exists()

    with site.engine.begin() as connection:
        downgrade_connection(connection, "-1")
    take_backup(site, tmp_path / "older.tar", {}, tell)
    assert restored_at(home, tmp_path / "older.tar", url, app_at, tell).is_older
    there = app_at(home, url)
    upgrade(there.engine)
    with there.engine.connect() as connection:
        assert is_line_current(connection, CORE)
    assert tickets_in(there) == tickets_in(site)


# SQLite alone: it is about the folder
@pytest.mark.databases("sqlite")
def test_a_restore_that_begins_anew_does_not_delete_the_backup_it_comes_from(site, app_at, tell, tmp_path):
    home = tmp_path / "new"
    home.mkdir()
    (home / MARKER).touch()
    backup = home / "site.tar"
    take_backup(site, backup, {}, tell)
    with pytest.raises(Refused, match="move it elsewhere"):
        restored_at(home, backup, f"sqlite:///{home}/rtpy.db", app_at, tell)
    assert backup.exists()
