"""P13: an upgrade that is killed anywhere and started again ends as if nothing had happened, while the site goes on."""

import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import inspect, text

from rtpy.errors import Conflict, Refused
from rtpy.migrations.applied import half_done, position_of
from rtpy.migrations.patience import Patience
from rtpy.migrations.revisions import revisions_of
from rtpy.migrations.run import upgrade
from rtpy.migrations.standing import State, standing_of
from tests.upgrades.conftest import ROWS

UPGRADES = """
import os
import sys
import traceback
from pathlib import Path

import alembic.command
import psycopg

from rtpy import faults
from rtpy.db.session import make_engine
from rtpy.migrations.lines import Line
from rtpy.migrations.run import upgrade

for order in sys.stdin:
    if (child := os.fork()) == 0:
        faults.arm(order.strip())
        try:
            upgrade(make_engine(sys.argv[1]), [Line("sample", Path(sys.argv[2]))], contract=False)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""One process for each line that it reads, which upgrades and dies at that point; imported is only once."""

DEATHS = (
    ("migration-revision", "0001"),  # the column is added and not committed
    ("migration-batch:3", "0002"),  # three batches are committed
    ("migration-batch:4", "0002"),  # seven
    ("migration-revision:2", "0003"),  # all is filled in; the index is there, and its revision is not noted
)
"""Where one process after the other dies, and the revision at which it leaves the database."""


@pytest.fixture
def upgrade_process(older, shipped):
    """`upgrade_process("migration-batch:3")`: a process that dies there; its exit code."""
    url = older.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", UPGRADES, url, str(shipped(5).versions)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run(crash_at=""):
            process.stdin.write(f"{crash_at}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield run
        process.stdin.close()


def test_p13_killed_at_every_point_it_goes_on_and_does_nothing_twice(
    older, shipped, upgrade_process, database_kind
):
    newer = shipped(5)
    backfill = revisions_of(newer)[2]
    for point, left_at in DEATHS:
        assert upgrade_process(point) == -9, point
        with older.connect() as connection:
            standing = standing_of(connection, newer)
            assert standing.pending[0].before == left_at, point
            if point.startswith("migration-batch"):
                assert half_done(connection, newer) == ("0003",)
                assert "was interrupted at revision 0003: run `rtpy migrate`, it goes on" in standing.sentence
                assert 0 < position_of(connection, backfill, "sample_marks") < 3 * ROWS
    if database_kind == "postgresql":
        with older.begin() as connection:  # as a server leaves it that dies while it builds
            invalid = (
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_sample_marks_length'::regclass"
            )
            assert connection.execute(text(invalid)).rowcount == 1
    assert upgrade_process() == 0

    with older.connect() as connection:
        assert standing_of(connection, newer).state is State.TRAILING
        wrong = "SELECT count(*) FROM sample_marks WHERE length IS NULL OR length <> length(word)"
        assert connection.execute(text(wrong)).scalar() == 0
        assert half_done(connection, newer) == ()
        found = inspect(connection)
        assert [column["name"] for column in found.get_columns("sample_marks")] == ["id", "word", "length"]
        assert [index["name"] for index in found.get_indexes("sample_marks")] == ["ix_sample_marks_length"]
        if database_kind == "postgresql":
            valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_sample_marks_length'::regclass"
            assert connection.execute(text(valid)).scalar() is True


@pytest.mark.databases("postgresql")  # on SQLite writers take turns, and readers wait for nobody
def test_a_lock_of_somebody_else_is_waited_for_in_short_tries_between_which_the_site_goes_on(older, shipped):
    said, ended, slowest = [], [], 0.0
    patience = Patience(lock_timeout=0.3, say=said.append)
    report = older.connect()
    report.execute(text("SELECT count(*) FROM sample_marks"))  # a long one: its transaction stays open

    def migrate():
        ended.append(upgrade(older, [shipped(4)], patience=patience))

    thread = threading.Thread(target=migrate)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while len([sentence for sentence in said if "waits for a lock" in sentence]) < 2:
            assert time.monotonic() < deadline
            began = time.monotonic()
            with older.begin() as page:
                page.execute(text("UPDATE sample_marks SET word = 'y' WHERE id = 3"))
            slowest = max(slowest, time.monotonic() - began)
    finally:
        report.rollback()
        report.close()
        thread.join(60)

    assert ended == [[]]
    assert slowest < 5, "a page waits for one try at most"
    waiting = next(sentence for sentence in said if "waits for a lock" in sentence)
    assert waiting.startswith("sample 0002 waits for a lock (the oldest other transaction: process ")
    with older.connect() as connection:
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "0", "given back as it was"


@pytest.mark.databases("postgresql")  # as above
def test_it_gives_up_with_a_sentence_and_keeps_what_was_done(older, shipped):
    with older.connect() as report:
        report.execute(text("SELECT count(*) FROM sample_marks"))
        with pytest.raises(Conflict, match=r"sample 0002 found no moment in 0 s .* run `rtpy migrate` again"):
            upgrade(older, [shipped(4)], patience=Patience(lock_timeout=0.1, longest=0))
        report.rollback()
    upgrade(older, [shipped(4)])
    with older.connect() as connection:
        assert standing_of(connection, shipped(4)).state is State.CURRENT


def test_what_the_database_refuses_is_told_and_the_revisions_before_it_stay(older, shipped):
    line = shipped(4)
    (line.versions / "0003_step.py").write_text(
        (line.versions / "0003_step.py")
        .read_text()
        .replace("UPDATE sample_marks SET length", "UPDATE absent SET length")
    )
    with pytest.raises(
        Refused, match=r"sample 0003 failed: .*absent.*\. What came before it is kept; `rtpy migrate`"
    ):
        upgrade(older, [line])
    with older.connect() as connection:
        assert [revision.name for revision in standing_of(connection, line).pending] == ["0003", "0004"]
