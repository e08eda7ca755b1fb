"""Nothing works with another secret_key than the site's: nodes, backups and restored sites compare it."""

import secrets

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from rtpy import site_key
from rtpy.app import App
from rtpy.backups.taking import take_backup
from rtpy.cli.main import rtpy
from rtpy.cli.prepare import prepare
from rtpy.config import Config
from rtpy.errors import Refused
from rtpy.identity.second_factor.factor import PURPOSE
from rtpy.models import ConfigChange, Configuration, SecondFactor
from rtpy.sealing import seal
from rtpy.site_key import fingerprint, refuse_another_key
from rtpy.stores.build import store_of
from rtpy.wsgi import make_served_app, make_wsgi
from tests.web.conftest import make_browser

ANOTHER = "is not the key of this site: copy that file from a machine on which this site runs"


@pytest.fixture
def nodes(new_database, tmp_path, compiled_templates):
    """Makes homes of their own over one database: `nodes("b")`, the app of that machine."""
    made = []
    with new_database(tmp_path) as url:

        def at(name):
            config = Config.for_tests(tmp_path / name, database__url=url)
            (config.home / "cache").mkdir(parents=True)
            (config.home / "cache" / "templates").symlink_to(compiled_templates)
            made.append(App(config, blobs=store_of(config)))
            return made[-1]

        yield at
        for app in made:
            app.engine.dispose()


def start(app):
    """What each `serve` and `worker` does before it begins."""
    refuse_another_key(app.engine, app.config, app.clock.now())


def run(app, monkeypatch, *words):
    monkeypatch.setenv("RTPY_HOME", str(app.config.home))
    monkeypatch.setenv("RTPY_DATABASE_URL", app.config.database.url)
    answer = CliRunner().invoke(rtpy, words)
    return answer.exit_code, answer.output + str(answer.exception or "")


def noted(app):
    with app.engine.connect() as connection:
        return connection.scalar(
            text("SELECT count(*) FROM configurations WHERE name = :name"), {"name": site_key.NAME}
        )


def test_a_node_with_another_key_or_none_does_not_start(nodes, monkeypatch, tmp_path):
    first, second = nodes("a"), nodes("b")
    start(first)
    assert noted(first) == 1
    for begin in (make_served_app, lambda _: prepare(second, None, contract=False)):
        with pytest.raises(Refused, match=r"There is no .*/b/secret_key: copy that file"):
            begin(second.config)
    assert not (second.config.home / "secret_key").exists(), (
        "a key that is made here would be taken for the site's"
    )
    (second.config.home / "secret_key").write_text(secrets.token_hex(32))
    with pytest.raises(Refused, match=ANOTHER):
        make_served_app(second.config)
    for words in (("worker",), ("lmtp", "--listen", str(tmp_path / "socket")), ("init",), ("secret-key",)):
        code, said = run(second, monkeypatch, *words)
        assert (code, ANOTHER in said) == (1, True), (words, said)
    (second.config.home / "secret_key").write_bytes((first.config.home / "secret_key").read_bytes())
    start(second)
    assert run(second, monkeypatch, "secret-key") == (0, "This is the key of the site.\n")


@pytest.mark.databases("sqlite")  # which command asks; how is asked above
def test_commands_that_seal_or_sign_do_nothing_with_another_key_and_the_others_run(
    nodes, monkeypatch, tmp_path
):
    first, second = nodes("a"), nodes("b")
    prepare(first, "a long password", contract=False)
    for app in (first, second):
        (app.config.home / "rtpy.toml").write_text('plugins = ["billing"]\n')
    assert run(first, monkeypatch, "migrate")[0] == 0
    setup = tmp_path / "shop.toml"
    setup.write_text('[[queues]]\nname = "Servers"\n')
    act = ("--search", "Simple", "--action", "SetPriority", "--action-arg", "9")
    for words in (
        ("load", str(setup)),
        ("load", str(setup), "--dry-run"),
        ("ldap-import",),
        ("crontool", *act),
        ("demo", "load"),
        ("user", "create", "ann"),
        ("user", "password", "root"),
        ("user", "disable", "root"),
        ("user", "reset-second-factor", "root"),
        ("token", "create", "root", "disks"),
        ("token", "revoke", "root", "--all"),
        ("time", "-", "5m", "a note", "--user", "root"),
    ):
        code, said = run(second, monkeypatch, *words)
        assert (code, f"There is no {second.config.home}/secret_key: copy" in said) == (1, True), (
            words,
            said,
        )
    assert not (second.config.home / "secret_key").exists()
    for words in (("user", "list"), ("token", "list", "root"), ("config", "export")):
        code, said = run(second, monkeypatch, *words)
        assert code == 0, (words, said)


@pytest.mark.databases("sqlite")  # a file and a sentence
def test_what_is_no_key_is_told(nodes):
    app = nodes("a")
    start(app)
    for nonsense in ("", "nonsense"):
        (app.config.home / "secret_key").write_text(nonsense)
        with pytest.raises(Refused, match="secret_key holds no key: copy"):
            start(app)


@pytest.mark.databases("postgresql")  # SQLite has one machine
def test_of_two_first_starts_at_once_one_key_counts(nodes, monkeypatch):
    first, second = nodes("a"), nodes("b")
    second.config.secret_key()
    asked, looks = site_key.noted_fingerprint, []

    def look(connection):
        found = asked(connection)
        looks.append(found)
        if len(looks) == 2:  # the second one has found nothing twice and is about to write its own
            monkeypatch.setattr(site_key, "noted_fingerprint", asked)
            start(first)
        return found

    monkeypatch.setattr(site_key, "noted_fingerprint", look)
    with pytest.raises(Refused, match=ANOTHER):
        start(second)
    assert looks == ["", ""]
    start(first)


@pytest.mark.databases("sqlite")  # one row that both kinds have
def test_a_running_node_whose_key_is_not_the_sites_any_more_is_not_ready(nodes):
    first, second = nodes("a"), nodes("b")
    start(first)
    second.config.secret_key()
    there = make_browser(make_wsgi(second), "127.0.0.1")
    said = there.get("/ready", status=503).text
    assert said == "The secret_key of this node is not the site's: run `rtpy secret-key` on it.\n"
    assert make_browser(make_wsgi(first), "127.0.0.1").get("/ready", status=200)


def test_a_key_that_was_lost_is_replaced_and_what_is_closed_then_is_listed(nodes, monkeypatch):
    app = nodes("a")
    start(app)
    with app.work() as work:
        values = {
            "secret": seal(app.config, PURPOSE, "JBSWY3DPEHPK3PXP"),
            "new_secret": "",
            "created": work.now,
        }
        work.db.add(SecondFactor(user_id=work.actor.user_id, **values))
    old = (app.config.home / "secret_key").read_text()
    (app.config.home / "secret_key").unlink()
    code, said = run(app, monkeypatch, "check")
    assert (code, f"WRONG secret_key: There is no {app.config.home}/secret_key; copy that file" in said) == (
        1,
        True,
    )
    code, said = run(app, monkeypatch, "secret-key", "--accept")
    assert code == 0, said
    assert "- 1 second factor: take it off on the page of each person" in said
    new = (app.config.home / "secret_key").read_text()
    assert new != old
    start(app)
    code, said = run(app, monkeypatch, "check")
    assert (code, "secret_key: does not open 1 second factor; take it off" in said) == (0, True), said
    with app.work() as work:
        row = work.db.get_one(Configuration, site_key.NAME)
        assert row.value == fingerprint(app.config)
        assert new not in str(row.value)
        change = work.db.query(ConfigChange).filter_by(kind="secret key").one()
        assert change.after == {"begins with": row.value[:8]}


@pytest.mark.databases("sqlite")  # the same rows on both
def test_no_backup_is_taken_where_the_key_is_another_one(nodes, tmp_path):
    start(nodes("a"))
    second = nodes("b")
    with pytest.raises(Refused, match="would hold no key that opens it"):
        take_backup(second, tmp_path / "site.tar", {}, lambda *_: None)
    assert not (tmp_path / "site.tar").exists()
