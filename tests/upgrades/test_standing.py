"""Older and newer code over one database: who may go on, who is stopped, and with which sentence."""

import pytest
from sqlalchemy import text
from webtest import TestApp

from rtpy.errors import Conflict, Refused
from rtpy.migrations.lines import CORE
from rtpy.migrations.run import is_current, upgrade
from rtpy.migrations.standing import State, refuse_unfit, standing_of
from rtpy.web import health
from rtpy.wsgi import make_wsgi


@pytest.fixture
def stands(engine):
    """`stands(line)`: the state of the line, and whether code with it may work."""

    def ask(line):
        with engine.connect() as connection:
            standing = standing_of(connection, line)
            assert standing.fits == is_current(connection, [line])
            return standing.state, standing.fits

    return ask


def test_code_of_before_works_until_something_is_taken_away(older, shipped, stands):
    old, new, newest = shipped(2), shipped(4), shipped(5)
    assert stands(old) == (State.BEHIND, False)
    upgrade(older, [old])
    assert stands(old) == (State.CURRENT, True)
    assert stands(new) == (State.BEHIND, False)

    upgrade(older, [new])
    assert (stands(old), stands(new)) == ((State.AHEAD, True), (State.CURRENT, True))
    upgrade(older, [old])  # there is nothing to do for it
    assert stands(newest) == (State.TRAILING, True)
    left = upgrade(older, [newest], contract=False)
    assert [revision.name for revision in left] == ["0005"]
    assert (stands(old), stands(newest)) == ((State.AHEAD, True), (State.TRAILING, True))

    assert upgrade(older, [newest]) == []
    assert (stands(old), stands(new), stands(newest)) == (
        (State.TOO_NEW, False),
        (State.TOO_NEW, False),
        (State.CURRENT, True),
    )
    with pytest.raises(
        Refused, match=r"tables of sample are of a newer version .*: update the plugin on this"
    ):
        refuse_unfit(older, [old])
    with pytest.raises(Conflict, match=r"with which this one .* cannot work"):
        upgrade(older, [old])


def test_a_newer_database_that_tells_nothing_is_not_worked_with(older, shipped, stands):
    upgrade(older, [shipped(4)])
    with older.begin() as connection:
        connection.execute(text("DELETE FROM schema_revisions WHERE line = 'sample' AND revision = '0004'"))
    assert stands(shipped(2)) == (State.TOO_NEW, False)


def test_a_database_without_tables_or_with_older_ones_is_refused_with_what_to_run(older, shipped):
    with pytest.raises(
        Refused, match=r"of sample are of an older version \(revision 0001, this one needs 0002\): run"
    ):
        refuse_unfit(older, [shipped(2)])
    upgrade(older, [shipped(2)])
    refuse_unfit(older, [shipped(2)])


def test_the_core_notes_what_it_has_had_on_a_new_database(engine):
    with engine.connect() as connection:
        assert standing_of(connection, CORE).state is State.CURRENT
        noted = connection.execute(text("SELECT revision, kind FROM schema_revisions WHERE line = ''")).all()
    assert dict(map(tuple, noted))["0031"] == "expand"
    assert len(noted) >= 31


@pytest.mark.databases("sqlite")  # the same words
def test_a_running_node_stays_ready_until_something_is_taken_away(committed_app, monkeypatch):
    monkeypatch.setattr(health, "KEPT", 0.0)
    node = TestApp(make_wsgi(committed_app), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert node.get("/ready").text.startswith("ready")
    note = (
        "INSERT INTO schema_revisions (line, revision, kind, release, applied) VALUES ('', {}, '7.0.0', '{}')"
    )
    with committed_app.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))
        connection.execute(text(note.format("'9998', 'expand'", "2030-01-01 00:00:00")))
    assert node.get("/ready").text.startswith("ready")
    with committed_app.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text(note.format("'9999', 'contract'", "2030-01-01 00:00:00")))
    assert "of a newer version (7.0.0), with which this one" in node.get("/ready", status=503).text
    with committed_app.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0031'"))
    assert "(revision 0031, this one needs " in node.get("/ready", status=503).text
